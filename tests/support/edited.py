"""Shipped sites changed as a user would change them: in the YAML, then read again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.results.records import DayRecord
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import build_models

ROOT = Path(__file__).resolve().parent.parent.parent

Edit = Callable[[dict[str, Any]], None]


class _PlainLoader(yaml.SafeLoader):
    """Numbers are numbers, everything else is text: no yes/no, no base 60, no dates."""


_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?\d+$"), list("-0123456789"))
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?\d+\.\d*(e[-+]?\d+)?$"), list("-0123456789")
)


def edited_site(stem: str, folder: Path, edit: Edit | None = None) -> Site:
    """The shipped site ``stem`` after ``edit`` of its YAML, read from a copy in ``folder``."""
    document = yaml.load((ROOT / "sites" / f"{stem}.yaml").read_text(encoding="utf-8"), _PlainLoader)  # noqa: S506
    if edit is not None:
        edit(document)
    (folder / "sites").mkdir(exist_ok=True)
    for table in (ROOT / "sites").glob("*.csv"):
        shutil.copy(table, folder / "sites" / table.name)
    if not (folder / "profiles").exists():
        shutil.copytree(ROOT / "profiles", folder / "profiles")
    path = folder / "sites" / f"{stem}.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return read_site(path)


def typical_day(site: Site, *, stage: int = -1, replication: int = 0) -> DayRecord:
    """The typical day of one stage under one replication."""
    quick = replace(site, simulation=replace(site.simulation, days=("typical",)))
    models = build_models(replace(quick, stages=(site.stages[stage],)))
    return run_stage(quick, models[0], replication)[0]


def late_share(day: DayRecord) -> float:
    """Share of a day's transfers that missed their target."""
    return float(day.late_counts.sum()) / max(day.flows, 1)
