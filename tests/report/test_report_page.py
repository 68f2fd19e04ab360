from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs
from synthetic import bare_day, bare_results, school

from wifisim.errors import ResultsError
from wifisim.report.page import report_html, write_report
from wifisim.report.payload import packed_json
from wifisim.results.readiness import assess
from wifisim.results.records import Results

EVIL = "<script>window.hacked=1</script>"
QUOTES = "\"'><img src=x onerror=window.hacked=1>"


def hostile_school() -> Results:
    """A school whose every name is an attack."""
    plain = school(2)
    rooms = tuple(
        replace(room, name=f"{room.id}{EVIL}" if number % 2 else f"{room.id}{QUOTES}</script>")
        for number, room in enumerate(plain.run.rooms)
    )
    run = replace(plain.run, site_name=f"School {EVIL}", rooms=rooms, floors=(("G", EVIL), ("F1", QUOTES)))
    stages = tuple(
        replace(
            stage,
            label=f"{stage.label} {EVIL}",
            resources=tuple(replace(one, label=f"{one.label} {EVIL}") for one in stage.resources),
            radios=tuple(replace(radio, ap_id=f"{radio.ap_id}{QUOTES}") for radio in stage.radios),
        )
        for stage in plain.stages
    )
    days = tuple(
        replace(day, lessons=tuple(replace(one, class_id=EVIL, subject=QUOTES) for one in day.lessons))
        for day in plain.days
    )
    return Results(run, stages, days, {"wifisim": EVIL, "seed": 1, "inputs": [f"{EVIL}.yaml sha256:0"]})


@lru_cache(maxsize=2)
def page_text(kind: str = "school") -> str:
    results = school() if kind == "school" else hostile_school()
    return report_html(results, assess(results)).decode("utf-8")


def unpacked(page: str, name: str) -> str:
    found = re.search(rf'<script type="text/plain" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return zlib.decompress(base64.b64decode(found[1])).decode("utf-8")


def data_of(page: str) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(unpacked(page, "data"))
    return loaded


def test_the_same_results_give_the_same_bytes() -> None:
    results = school()
    assert report_html(results, assess(results)) == page_text().encode("utf-8")


def test_nothing_is_fetched() -> None:
    page = page_text()
    assert "default-src 'none'" in page
    outside_data = re.sub(r'<script type="text/plain".*?</script>', "", page, flags=re.DOTALL)
    addresses = re.findall(r'(?:src|href)="([^"#][^"]{0,20})', outside_data)
    assert {address[:5] for address in addresses} == {"data:"}
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#[\w${}]+\)", "", outside_data)


def test_the_page_leaves_room_under_its_limit() -> None:
    # 6 MB is the limit for the secondary; the page without its data must leave most of that to the data.
    assert len(page_text()) < 3_000_000


def test_scripts_in_names_never_stand_as_markup() -> None:
    page = page_text("hostile")
    own = re.findall(r"<script[^>]*>", page)
    # The data, plotly and the six scripts of static/.
    assert len(own) == 8
    assert "<img src=x" not in page
    assert "&lt;script&gt;window.hacked=1&lt;/script&gt;" in page
    rooms = data_of(page)["rooms"]
    assert isinstance(rooms, list)
    assert rooms[1]["name"].endswith(EVIL)


def test_characters_that_reorder_text_are_taken_out() -> None:
    plain = bare_results(bare_day("a"))
    tricky = replace(plain, run=replace(plain.run, site_name="Oak\u202efield\x1b"))
    page = report_html(tricky, assess(tricky)).decode("utf-8")
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        packed_json(float("nan"))


def test_plotly_comes_whole() -> None:
    assert unpacked(page_text(), "plotly") == get_plotlyjs()


def test_the_films_unpack_to_what_they_were() -> None:
    data = data_of(page_text())
    groups = data["groups"]
    assert isinstance(groups, list)
    assert len(groups) == 7  # today: typical; wave-1 to wave-3: typical and arrival
    for group in groups:
        airtime = base64.b64decode(group["airtime"])
        assert len(airtime) == 6 * 480  # six radios, eight hours of minutes
        assert len(base64.b64decode(group["clients"])) == 6 * 96
        assert max(airtime) <= 100
        assert 0 <= group["worst"] < 480


def test_the_verdict_comes_first_and_the_cards_tell_what_fails() -> None:
    page = page_text()
    order = [
        page.index(f'id="{name}"') for name in ("verdict", "criteria", "plan", "figures", "tables", "method", "inputs")
    ]
    assert order == sorted(order)
    assert "Oakfield School: the network is not ready for the whole plan" in page


def test_a_page_without_days_is_refused() -> None:
    results = replace(school(1), days=())
    with pytest.raises(ResultsError, match="no simulated day"):
        report_html(results, assess(results))


def test_results_without_radios_or_lessons_still_make_a_page() -> None:
    plain = bare_results(bare_day("a", clients=bare_day("a").clients[:, :0]))
    bare = replace(plain, stages=tuple(replace(stage, radios=(), maps=()) for stage in plain.stages))
    assert b"</html>" in report_html(bare, assess(bare))


def test_an_existing_file_stays_unless_forced(tmp_path: Path) -> None:
    results = bare_results(bare_day("a"))
    page = report_html(results, assess(results))
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(ResultsError, match="--force"):
        write_report(page, path, force=False)
    assert path.read_text() == "mine"
    write_report(page, path, force=True)
    assert path.read_bytes().startswith(b"<!DOCTYPE html>")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_help_does_not_load_the_report() -> None:
    script = """
import sys
sys.argv = ["wifisim", "--help"]
from wifisim.cli.main import main
try:
    main()
except SystemExit:
    assert not {"plotly", "jinja2", "matplotlib"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
