from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import bare_day, bare_results, lesson, school

from wifisim.results.extracts import EXTRACTS, csv_text, safe_cell
from wifisim.results.readiness import assess
from wifisim.results.summarise import summarise
from wifisim.results.summary import summary_json, summary_schema

ROOT = Path(__file__).parents[2]


def test_summary_holds_what_the_assessment_says() -> None:
    results = school()
    readiness = assess(results)
    found = json.loads(summary_json(summarise(results, readiness)))
    assert (found["format"], found["version"], found["verdict"]) == ("wifisim-summary", 2, "not_ready")
    save = next(c for c in found["stages"][3]["criteria"] if c["metric"] == "cloud_save_p95_s")
    assert (save["status"], save["cause"]["resource"], save["failing_since"]) == ("fail", "line:down", "wave-3")
    assert save["low"] < save["value"] < save["high"]
    assert len(save["values"]) == 3
    typical = found["stages"][3]["days"][0]
    assert typical["saves"]["p50_s"] < typical["saves"]["p95_s"] < typical["saves"]["p99_s"]
    assert {radio["access_point"] for radio in typical["radios"]} == {f"AP-{number}" for number in range(1, 7)}
    assert {row["kind"] for row in typical["resources"]} == {"air", "line", "appliance"}
    assert found["ladder"][0]["resource"] == "line:down"
    assert tuple(found["sentences"]) == readiness.sentences


def test_published_schema_is_the_one_in_the_code() -> None:
    published = json.loads((ROOT / "docs" / "summary.schema.json").read_text("utf-8"))
    assert published == summary_schema()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "|calc", "%0A"])
def test_cells_that_a_spreadsheet_would_run_become_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["G01", "7A", -69.0, 0, True, "a=b", "École"])
def test_other_cells_stay_as_they_are(cell: str | float) -> None:
    assert safe_cell(cell) == cell


def test_csv_text_quotes_and_leaves_gaps() -> None:
    rows = list(csv.reader(io.StringIO(csv_text(("a", "b"), [('x, "y"\nz', None), ("=A1", -2.5)]))))
    assert rows == [["a", "b"], ['x, "y"\nz', ""], ["'=A1", "-2.5"]]


def test_hostile_names_do_not_reach_a_spreadsheet_as_formulas() -> None:
    results = bare_results(bare_day("a", lessons=(lesson(0),)))
    rooms = (replace(results.run.rooms[0], id='=HYPERLINK("http://x")'), *results.run.rooms[1:])
    hostile = replace(results, run=replace(results.run, rooms=rooms))
    summary = summarise(hostile, assess(hostile))
    for extract in EXTRACTS.values():
        for row in csv.reader(io.StringIO(csv_text(*extract(summary)))):
            assert not any(cell.startswith(("=", "+", "@")) for cell in row)


def test_lessons_that_fail_are_listed_with_what_held_them_back() -> None:
    lessons = (lesson(0), lesson(1, good=10, binding_resource=2))
    mended = (lesson(0), lesson(1))
    days = [bare_day("a", replication=n, lessons=found) for n, found in enumerate((lessons, mended))]
    results = bare_results(*days)
    (failing,) = summarise(results, assess(results)).stages[0].days[0].failing_lessons
    assert (failing.start, failing.class_id, failing.room) == ("09:00", "7B", "G02")
    assert (failing.runs, failing.good_runs, failing.devices, failing.good_devices) == (2, 1, 30, 20)
    assert failing.held_back_by == "5 GHz channel 44 at AP-3"
