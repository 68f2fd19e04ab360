"""The page that explains the result folder names every file and every figure, and no others."""

from __future__ import annotations

import re
from pathlib import Path

from wifisim.plots.figures import KINDS
from wifisim.results.extracts import EXTRACTS
from wifisim.results.tables import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "results.md").read_text("utf-8")


def test_every_file_is_explained() -> None:
    named = set(re.findall(r"`(\w+)\.(?:parquet|csv)`", PAGE))
    assert named == {*TABLES, *EXTRACTS, "sensitivity"}


def test_every_figure_is_explained() -> None:
    table = PAGE.split("## Figures")[1].split("## Limits")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == KINDS
