"""The pages on results and report name every file, column and figure, and no others; their code runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
from PIL import Image
from synthetic import school

from wifisim.plots.figures import KINDS
from wifisim.results.extracts import EXTRACTS
from wifisim.results.readiness import assess
from wifisim.results.store import SUMMARY_FILE, write_results
from wifisim.results.tables import DAY_COLUMNS, TABLES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "results.md").read_text("utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages' code finds results and a style as they show them."""
    folder = tmp_path_factory.mktemp("docs")
    results = school()
    write_results(results, assess(results), folder / "results" / "secondary-oakfield")
    style = re.findall(r"```toml\n(.*?)```", (DOCS / "report.md").read_text("utf-8"), flags=re.DOTALL)[0]
    (folder / "style.toml").write_text(style, "utf-8")
    Image.new("RGB", (40, 20), "#0b5394").save(folder / "logo.png")
    (folder / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return folder


def test_every_file_is_explained() -> None:
    named = set(re.findall(r"`(\w+)\.(?:parquet|csv)`", PAGE))
    assert named == {*TABLES, *EXTRACTS, "sensitivity"}


def test_every_column_is_explained(home: Path) -> None:
    rows = re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|", PAGE.split("### Columns")[1].split("## Faults")[0], re.MULTILINE)
    told = {
        (table.strip(), column)
        for columns, tables in rows
        for column in re.findall(r"`(\w+)`", columns)
        for table in tables.split(",")
    }
    found = {
        (name, column)
        for name in TABLES
        for column in pq.ParquetFile(home / "results" / "secondary-oakfield" / f"{name}.parquet").schema_arrow.names
        if column not in DAY_COLUMNS
    }
    assert told == found


def test_every_figure_is_explained() -> None:
    table = PAGE.split("## Figures")[1].split("## Limits")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == KINDS


@pytest.mark.parametrize("name", ["results.md", "report.md"])
def test_the_code_of_the_page_runs(home: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / name).read_text("utf-8"), flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile("\n".join(blocks), f"docs/{name}", "exec"), names)  # noqa: S102  the pages are ours
    written = {"results.md": home / "readiness.png", "report.md": home / "report.html"}[name]
    assert written.stat().st_size > 10_000
    if name == "results.md":
        assert {path.name for path in home.glob("airtime-*.png")} >= {"airtime-today-typical-G.png"}
        # 30 devices in each of the lessons that had any.
        assert set(names["lessons"].devices) == {30}


def test_the_published_schema_holds_for_a_summary(home: Path) -> None:
    schema = json.loads((DOCS / "summary.schema.json").read_text("utf-8"))
    summary = json.loads((home / "results" / "secondary-oakfield" / SUMMARY_FILE).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(summary, schema)
    summary["verdict"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(summary, schema)
