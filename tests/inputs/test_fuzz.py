"""Whatever is done to a site file, reading it gives a site or an ``InputError``: never another exception."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wifisim.errors import InputError
from wifisim.inputs.reader import read_site
from wifisim.inputs.show.text import site_text
from wifisim.inputs.site import Site

VALID = Path(__file__).resolve().parent.parent / "corpus" / "valid"
TEXTS = {name: (VALID / name).read_text(encoding="utf-8") for name in ("small.yaml", "names.yaml", "rollout.yaml")}
WORD = re.compile(r"[^\s,:{}\[\]]+")
VALUE = re.compile(r"(?<=: )(\{[^{}]*\}|\[[^\[\]]*\]|[^\s,{}\[\]]+)")
NASTY = (
    *(".nan", "-1", "0", "1e999", "9" * 30, "null", "[]", "{}", '""', "true", "off", "-0.0", "1e-320", "0x10", "1e18"),
    *("&a", "*a", "!!str x", "{{", "]", "2026-13-01", '"../../x"', "[0, 0]", "{a: 1}", "none", "#", "---", "- x"),
    *("G01", "AP-G01", "core", "filter", "wan", "5", "2.4", "everyone", '["a"]', "0.0001", "500", "36", '"\\u202e"'),
)
SETTINGS = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    text = TEXTS[draw(st.sampled_from(sorted(TEXTS)))]
    for _ in range(draw(st.integers(1, 3))):
        text = _mutate(text, draw)
    return text


def _mutate(text: str, draw: st.DrawFn) -> str:
    way = draw(st.sampled_from(["word", "value", "swap", "drop line", "repeat line", "insert"]))
    if way == "insert":
        at = draw(st.integers(0, len(text)))
        return text[:at] + draw(st.characters(codec="utf-8")) + text[at:]
    lines = text.split("\n")
    if way.endswith("line"):
        line = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        lines[line : line + 1] = [] if way == "drop line" else [lines[line], lines[other]]
        return "\n".join(lines)
    spots = list((VALUE if way == "value" else WORD).finditer(text))
    if not spots:
        return text
    spot = draw(st.sampled_from(spots))
    new = draw(st.sampled_from(spots)).group() if way == "swap" else draw(st.sampled_from(NASTY))
    return text[: spot.start()] + new + text[spot.end() :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    for path in VALID.iterdir():
        shutil.copy(path, folder)
    return folder


def _read(path: Path) -> Site | InputError:
    try:
        return read_site(path)
    except InputError as error:
        return error


@given(_mutated())
@SETTINGS
def test_mutated_sites_are_read_or_refused(folder: Path, text: str) -> None:
    path = folder / "mutated.yaml"
    path.write_text(text, encoding="utf-8")
    outcome = _read(path)
    if isinstance(outcome, Site):
        path.write_text(site_text(outcome), encoding="utf-8")
        assert dataclasses.replace(read_site(path), sources=outcome.sources) == outcome
        return
    assert outcome.problems
    for problem in outcome.problems:
        assert problem.rule
        assert str(problem).isprintable()
        assert len(str(problem)) < 1500


@given(st.binary(max_size=400))
@SETTINGS
def test_any_bytes_are_refused(folder: Path, data: bytes) -> None:
    path = folder / "bytes.yaml"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_site(path)


@given(st.binary(max_size=200))
@SETTINGS
def test_any_lessons_file_is_read_or_refused(folder: Path, data: bytes) -> None:
    lines = TEXTS["rollout.yaml"].replace("rollout-lessons.csv", "any.csv")
    (folder / "with-csv.yaml").write_text(lines, encoding="utf-8")
    (folder / "any.csv").write_bytes(b"day,period,class,room,profile\n" + data)
    outcome = _read(folder / "with-csv.yaml")
    assert isinstance(outcome, Site) or outcome.problems
