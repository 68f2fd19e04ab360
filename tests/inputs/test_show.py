"""What ``show`` prints reads back as the same site; the schema files in the repository are the current ones."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wifisim.inputs.findings import Findings
from wifisim.inputs.reader import read_site
from wifisim.inputs.schema import json_schema, schema_text
from wifisim.inputs.show.emit import yaml_text
from wifisim.inputs.show.network import change_form
from wifisim.inputs.show.text import site_text
from wifisim.inputs.show.units import mbps, milliseconds, minutes
from wifisim.inputs.site import Site
from wifisim.inputs.source import parse

ROOT = Path(__file__).resolve().parent.parent.parent


def test_shown_sites_read_back_equal(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(site_text(site), encoding="utf-8")
    again = read_site(path)
    assert dataclasses.replace(again, sources=site.sources) == site
    assert site_text(again) == path.read_text(encoding="utf-8")


def test_the_class_of_a_wave_may_be_shown_alone(secondary: Site) -> None:
    text = site_text(secondary, sections=("waves",))
    assert text.startswith("waves:\n")
    assert "building" not in text


@pytest.mark.parametrize(
    ("kind", "path"), [("site", "sites/site.schema.json"), ("profiles", "profiles/profiles.schema.json")]
)
def test_schema_files_are_current(kind: str, path: str) -> None:
    # Mend with: wifisim schema --out sites/site.schema.json; wifisim schema profiles --out profiles/...
    assert (ROOT / path).read_text(encoding="utf-8") == schema_text(kind)  # type: ignore[arg-type]


def test_every_key_of_the_schema_is_explained() -> None:
    for name, form in json_schema("site")["$defs"].items():
        assert form["description"], name
        for key, field in form["properties"].items():
            assert field["description"], f"{name}.{key}"


def test_shipped_files_carry_the_modeline() -> None:
    for path in (ROOT / "sites").glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=./site.schema.json\n")


@given(st.floats(1e-3, 1e6), st.floats(0.01, 60_000), st.floats(0.01, 1440))
def test_units_go_back_and_forth(rate_mbps: float, time_ms: float, time_min: float) -> None:
    assert mbps(rate_mbps * 1e6) * 1e6 == rate_mbps * 1e6
    assert milliseconds(time_ms / 1000) / 1000 == time_ms / 1000
    assert minutes(time_min * 60) * 60 == time_min * 60


TEXT = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=60)


@given(
    st.dictionaries(TEXT, st.one_of(TEXT, st.integers(-(10**15), 10**15), st.booleans(), st.lists(TEXT)), max_size=5)
)
def test_any_text_survives_the_emitter(value: dict[str, object]) -> None:
    findings = Findings()
    node = parse(yaml_text({"wifisim": 1, **{f"k{key}": inner for key, inner in value.items()}}), "f", findings)
    assert node is not None
    assert len(findings) == 0
    assert node.plain() == {"wifisim": 1, **{f"k{key}": inner for key, inner in value.items()}}


ITEMS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@given(ITEMS, ITEMS)
def test_changes_of_a_list_keep_its_order(before: list[str], after: list[str]) -> None:
    old = {"access_points": [{"id": name, "v": 1} for name in before]}
    new = {"access_points": [{"id": name, "v": 1} for name in after]}
    change = change_form(old, new)
    gone = {path.rsplit(".", 1)[1] for path in change.get("remove", [])}
    added = change.get("add", {}).get("network.access_points", [])
    assert [name for name in before if name not in gone] + [item["id"] for item in added] == after


def test_dates_are_quoted_for_readers_that_would_parse_them() -> None:
    assert yaml_text({"date": dt.date(2026, 11, 2).isoformat()}) == 'date: "2026-11-02"\n'
