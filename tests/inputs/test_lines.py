"""Where the parts of a site stand in its file: lines of what was written, of templates and of upgrades."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wifisim.errors import InputError
from wifisim.inputs.lines import Lines, read_lines

TEXT = """\
building:
  floors:
    - id: G
      rooms:
        - {id: "G{n:02}", repeat: {first: 1, count: 3, step_m: [9, 0]}}
        - {id: HALL}
network:
  filter:
    throughput_mbps: 200
  access_points:
    - {id: "AP-{room}", rooms: [G01, G02]}
    - {id: AP-HALL, room: HALL}
upgrades:
  - {date: 2027-04-05, set: {network.filter.throughput_mbps: 400}}
  - {date: 2027-09-01, add: {network.access_points: [{id: "AP-{room}", rooms: [G03]}]}}
"""
BEFORE, BETWEEN, AFTER = dt.date(2027, 1, 1), dt.date(2027, 5, 1), dt.date(2027, 10, 1)


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    path = tmp_path / "site.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_lines(path)


def test_a_key_that_is_not_written_has_the_place_of_its_section(lines: Lines) -> None:
    assert lines.at("network", "filter", "throughput_mbps").line == 9
    assert lines.at("network", "filter", "sessions").line == 8
    assert lines.at("network", "dhcp", "addresses").key_path == "network"


def test_values_come_from_the_last_upgrade(lines: Lines) -> None:
    key = ("filter", "throughput_mbps")
    assert [lines.network(date, *key).line for date in (BEFORE, BETWEEN, AFTER)] == [9, 14, 14]


def test_templates_and_additions_are_found(lines: Lines) -> None:
    assert [lines.access_point(AFTER, name).line for name in ("AP-G01", "AP-HALL", "AP-G03")] == [11, 12, 15]
    assert lines.access_point(BEFORE, "AP-G03").line == 10  # not there yet: the list
    assert [lines.room(name).line for name in ("G03", "HALL", "G04")] == [5, 6, 2]  # G04 is none of three


def test_a_file_that_cannot_be_parsed_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(InputError):
        read_lines(path)
