"""What a verdict says is needed, done and simulated again, holds for every kind of resource; clearly less does not.

A school of two rooms: 9 pupils get devices first, 27 more later, and all read pages of 3 MB at once. Wanted are
36 x 24 Mbit / (10 s + transfer), some 75 Mbit/s; one resource is made for 45. In the first stage it is a quarter as
loaded, so that its demand can be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from wifisim.inputs.reader import read_site
from wifisim.results.assessment import Assessment
from wifisim.results.causes import radios_of
from wifisim.results.daygroup import day_groups
from wifisim.results.readiness import assess
from wifisim.simulation.run import simulate

Document = dict[str, Any]
EVIDENCE = {"confidence": "project", "source": "test data"}


def school() -> Document:
    """Nothing is short in it."""
    rooms = [
        {"id": name, "kind": "classroom", "at_m": [x, 0], "size_m": [9, 7], "seats": 30}
        for name, x in (("G01", 0), ("G02", 9))
    ]
    radio = {"5": {"channel": 36, "width_mhz": 80, "power_dbm": 17}, "2.4": "off"}
    return {
        "wifisim": 1,
        "site": {"name": "Two rooms", "phase": "primary", "country": "GB", "pupils": 36, "staff": 1},
        "building": {"floors": [{"id": "G", "rooms": rooms}]},
        "network": {
            "wan": {"main": {"down_mbps": 1000, "up_mbps": 1000}},
            "filter": {"throughput_mbps": 2000},
            "switches": {"core": {"uplink": "filter", "uplink_mbps": 1000},
                         "sw": {"uplink": "core", "uplink_mbps": 1000, "poe_w": 370}},
            "access_points": [
                {"id": "AP1", "model": "wifi6-2x2", "room": "G01", "switch": "sw", "radios": radio},
                {"id": "AP2", "model": "wifi6-2x2", "room": "G02", "switch": "sw",
                 "radios": {"5": {**radio["5"], "channel": 100}, "2.4": "off"}},
            ],
        },
        "timetable": {
            "days": ["Tue"],
            "periods": {"p1": "09:00-09:30"},
            "years": {"3": {"classes": ["3A"], "size": 9, "stage": "KS2"},
                      "4": {"classes": ["4A"], "size": 27, "stage": "KS2"}},
            "lessons": [
                {"day": "Tue", "period": "p1", "class": name, "room": room, "subject": "english", "profile": "reading"}
                for name, room in (("3A", "G01"), ("4A", "G02"))
            ],
        },
        "devices": {"already": {}},
        "profiles": [{
            "activities": {"page": {
                "kind": "transaction", "service": "web", "direction": "down", "size_bytes": {"constant": 3.0e6},
                "think_s": {"exponential": {"mean": 10}}, "good_s": 3, "evidence": EVIDENCE,
            }},
            "profiles": {"reading": {
                "device_share": 1.0, "device_share_one_to_one": 1.0, "activities": {"page": 1.0}, "evidence": EVIDENCE,
            }},
        }],
        "programme": {"model": "take-home", "device": "chromebook", "fault_share": 0, "forgotten_share": 0},
        "waves": [
            {"id": "few", "date": "2026-11-02", "who": {"class": "3A"}, "arrival": {"enrol": False}},
            {"id": "all", "date": "2026-11-16", "who": {"class": "4A"}, "arrival": {"enrol": False}},
        ],
        "simulate": {"days": ["typical"], "weekday": "Tue", "replications": 1, "vary": "off"},
    }  # fmt: skip


def line(document: Document, mbps: float) -> None:
    document["network"]["wan"]["main"]["down_mbps"] = mbps


def filtered(document: Document, mbps: float) -> None:
    document["network"]["filter"]["throughput_mbps"] = mbps


def cable(document: Document, mbps: float) -> None:
    document["network"]["switches"]["sw"]["uplink_mbps"] = mbps


def lessons_at_the_end(document: Document, folder: Path) -> tuple[Assessment, str]:
    """The lessons' assessment in the last stage, and the kind of resource behind it."""
    path = folder / "school.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    results = simulate(read_site(path))
    found = next(one for one in assess(results).stages[-1].assessments if one.criterion.metric == "lessons_good_share")
    resource = found.cause.resource if found.cause is not None else -1
    return found, results.stages[-1].resources[resource].kind if resource >= 0 else ""


def test_with_enough_of_everything_the_lessons_work(tmp_path: Path) -> None:
    assert lessons_at_the_end(school(), tmp_path)[0].estimate.value == 1.0


@pytest.mark.parametrize(("kind", "limit"), [("line", line), ("appliance", filtered), ("link", cable)])
def test_the_capacity_that_is_named_mends_the_lessons(
    kind: str, limit: Callable[[Document, float], None], tmp_path: Path
) -> None:
    now_mbps = 45.0

    def lessons(mbps: float) -> tuple[Assessment, str]:
        document = school()
        limit(document, mbps)
        return lessons_at_the_end(document, tmp_path)

    before, cause = lessons(now_mbps)
    assert (before.status, cause) == ("fail", kind)
    assert before.need is not None
    assert before.need.factor > 1.5
    assert not before.need.at_least
    assert lessons(before.need.factor * now_mbps)[0].estimate.value == 1.0
    assert lessons((1.0 + 0.5 * (before.need.factor - 1.0)) * now_mbps)[0].status == "fail"


def on_air(second_channel: int) -> Document:
    """Both rooms' radios 20 MHz wide and pages of 8 MB: one channel is too little for both."""
    document = school()
    document["profiles"][0]["activities"]["page"] |= {"size_bytes": {"constant": 8.0e6}, "good_s": 3}
    for point, channel in zip(document["network"]["access_points"], (36, second_channel), strict=True):
        point["radios"]["5"] |= {"width_mhz": 20, "channel": channel}
    return document


def test_the_load_that_must_leave_a_channel_is_what_mends_it(tmp_path: Path) -> None:
    before, cause = lessons_at_the_end(on_air(36), tmp_path)
    assert (before.status, cause) == ("fail", "air")
    assert before.need is not None
    # The second room is three quarters of the load; moved to a channel of its own it is more than what is asked for.
    must_leave = 1.0 - 1.0 / before.need.factor
    assert 0.2 < must_leave < 3 / 4
    assert lessons_at_the_end(on_air(100), tmp_path)[0].estimate.value == 1.0

    def smaller(pupils: int) -> Assessment:
        document = on_air(36)
        document["timetable"]["years"]["4"]["size"] = pupils
        document["site"]["pupils"] = 9 + pupils
        return lessons_at_the_end(document, tmp_path)[0]

    # Load that leaves for other channels, as pupils: all that is named mends the lessons, a quarter of it does not.
    assert smaller(27 - round(36 * must_leave)).estimate.value == 1.0
    assert smaller(27 - round(36 * must_leave / 4)).status == "fail"


def test_the_air_that_is_full_is_that_of_both_radios(tmp_path: Path) -> None:
    path = tmp_path / "school.yaml"
    path.write_text(yaml.safe_dump(on_air(36), sort_keys=False), encoding="utf-8")
    results = simulate(read_site(path))
    group = day_groups(results)[-1]
    found = next(
        one for one in assess(results).stages[-1].assessments if one.criterion.metric == "airtime_busy_quarter"
    )
    assert found.cause is not None
    assert {radio.ap_id for radio in radios_of(group, found.cause.resource)} == {"AP1", "AP2"}
    assert found.tight
