from __future__ import annotations

import math
from dataclasses import replace

import pytest
from synthetic import run_facts

from wifisim.results.phrases import date_text, interval_text, rate_text, room_name, value_text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.82, "share", "82 %"), (0.996, "share", "99.6 %"), (0.99999, "share", "100 %"), (1.0, "share", "100 %"),
        (0.0, "share", "0 %"), (0.004, "share", "0.4 %"), (7.04, "s", "7 s"), (0.234, "s", "0.23 s"),
        (14.27, "s", "14.3 s"), (12.02, "s", "12 s"), (1000.0, "Mbit/s", "1,000 Mbit/s"), (-69.0, "dBm", "-69 dBm"),
        (-math.inf, "dBm", "nothing"), (1.0, "devices", "1 device"), (1.3, "devices", "2 devices"),
        (0.0, "devices", "0 devices"), (7.0000000001, "devices", "7 devices"), (0.2, "devices", "1 device"),
        (1234.0, "devices", "1,234 devices"), (1.0, "yes = 1", "yes"),
        (0.0, "yes = 1", "no"), (math.nan, "s", "-"), (0.5, "", "0.5"),
    ],
)  # fmt: skip
def test_value_text(value: float, unit: str, text: str) -> None:
    assert value_text(value, unit) == text


def test_intervals_and_rates() -> None:
    assert interval_text(0.521, 0.738, "share") == "52-74"
    assert interval_text(1.2, 7.0, "s") == "1.2-7"
    # Whole devices only: outwards, so that the interval is not made narrower.
    assert interval_text(0.4, 3.2, "devices") == "0-4"
    assert interval_text(-70.0, -60.0, "dBm") == "-70 to -60"
    assert (rate_text(1.36e9), rate_text(97e6), rate_text(123.4e6)) == ("1.4 Gbit/s", "97 Mbit/s", "120 Mbit/s")


def test_dates() -> None:
    assert (date_text("2027-09-07"), date_text("some day")) == ("7 Sep 2027", "some day")


def test_rooms_of_the_same_name_are_told_apart() -> None:
    run = run_facts()
    twin = replace(run, rooms=(replace(run.rooms[0], name="Lab"), replace(run.rooms[1], name="Lab"), *run.rooms[2:]))
    assert [room_name(twin, room) for room in (0, 1, 2)] == ["Lab (G01)", "Lab (G02)", "G03"]
