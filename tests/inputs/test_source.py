"""YAML's traps: what looks like something else, and what must never be followed."""

from __future__ import annotations

from typing import Any

import pytest

from wifisim.inputs.findings import Findings
from wifisim.inputs.source import MAX_DEPTH, decode, parse


def _problems(text: str) -> list[str]:
    findings = Findings()
    parse(text, "f.yaml", findings)
    return [str(problem) for problem in findings._problems]


def _value(text: str) -> Any:
    findings = Findings()
    node = parse(f"key: {text}\n", "f.yaml", findings)
    assert len(findings) == 0
    assert node is not None
    return node.plain()["key"]


@pytest.mark.parametrize(
    "text", ["10:05", "NO", "off", "on", "yes", "y", "2026-11-02", "1_000", "1,000", "0b11", "1.2.3"]
)
def test_text_that_yaml_1_1_would_change_stays_text(text: str) -> None:
    assert _value(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e3", 1000.0), ("1.5E-3", 0.0015), (".5", 0.5), ("-7", -7), ("+7", 7), ("007", 7), ("0x10", 16), ("0o17", 15)],
)
def test_numbers_by_the_core_schema(text: str, value: float) -> None:
    assert _value(text) == value


def test_numbers_remember_how_they_were_written() -> None:
    assert _value("007").text == "007"
    assert _value("1E1").text == "1E1"


def test_keys_are_always_text() -> None:
    node = parse("7: a\n2.4: b\nNO: c\n", "f.yaml", Findings())
    assert node is not None
    assert node.plain() == {"7": "a", "2.4": "b", "NO": "c"}


def test_a_place_has_line_and_key_path() -> None:
    node = parse("a:\n  - b: 1\n  - c:\n      d: x\n", "f.yaml", Findings())
    assert node is not None
    place = node.place(("a", 1, "c", "d"))
    assert (place.line, place.key_path, place.value) == (4, "a[1].c.d", "x")
    missing = node.place(("a", 0, "z"))
    assert (missing.line, missing.key_path, missing.value) == (2, "a[0].z", "")


def test_equal_keys_however_quoted_are_one_key() -> None:
    assert _problems('5: a\n"5": b\n') == ["f.yaml:2: 5: is written twice (first in line 1)"]


def test_an_alias_bomb_stops_early() -> None:
    # Nine lists of nine aliases each: 9 ** 9 = 387,420,489 values if they were followed.
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert _problems("\n".join(lines)) == ["f.yaml:6: a5: expands to more than 400000 values (aliases of aliases?)"]


def test_ordinary_aliases_work() -> None:
    node = parse("a: &w [1, 2]\nb: *w\n", "f.yaml", Findings())
    assert node is not None
    assert node.plain() == {"a": [1, 2], "b": [1, 2]}
    assert node.place(("b", 0)).key_path == "b[0]"


def test_deep_nesting_is_refused_without_recursion() -> None:
    deep = "[" * 900 + "]" * 900
    (problem,) = _problems(f"a: {deep}")
    assert problem.endswith(f"is nested deeper than {MAX_DEPTH} levels")


@pytest.mark.parametrize("data", [b"\xff\xfea\x00", b"\xfe\xff\x00a", b"a\x00b"])
def test_other_encodings_are_refused(data: bytes) -> None:
    findings = Findings()
    assert decode(data, "f.yaml", findings) is None
    assert len(findings) == 1


def test_a_byte_order_mark_is_no_harm() -> None:
    assert decode(b"\xef\xbb\xbfa: 1", "f.yaml", Findings()) == "a: 1"


def test_many_problems_are_counted_not_listed() -> None:
    findings = Findings()
    parse("\n".join(["a: 1"] * 500), "f.yaml", findings)
    with pytest.raises(Exception, match="further problems not shown"):
        findings.raise_if_any()
