"""Storms on a shipped site, and what each way to stagger them does for the lessons of the day.

Each kind of storm, with its remedy, is in test_storms_and_faults.

Brookside's trolleys stay in school on a line of 100 Mbit/s: seven of ten of its 240 new Chromebooks want 400 MB.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import shipped_site
from support.edited import edited_site

from wifisim.inputs.site import DayKind, Site
from wifisim.results.records import DayRecord
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import build_models
from wifisim.traffic.combination import parts_of
from wifisim.traffic.demand import plan_day, plan_kinds, special_kinds, worst_kinds
from wifisim.traffic.load import busiest_hour_bits
from wifisim.traffic.population import populate
from wifisim.traffic.storms import PEER_SUFFIX

STAGE = 3  # wave 2: the juniors have their own Chromebooks, before the last wave
LAST_BELL_S = (15 * 60 + 10) * 60.0


def brookside(folder: Path, storms: list[dict[str, Any]], *, days: tuple[DayKind, ...] = ("update",)) -> Site:
    def edit(document: dict[str, Any]) -> None:
        document["storms"] = storms

    site = edited_site("primary-brookside", folder, edit)
    return replace(site, simulation=replace(site.simulation, days=days))


def run(site: Site) -> DayRecord:
    model = build_models(replace(site, stages=(site.stages[STAGE],)))[0]
    return run_stage(site, model, 0)[0]


@pytest.fixture(scope="module")
def update_day(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The update day with one ChromeOS update and these further keys."""

    @lru_cache(maxsize=16)
    def day(**keys: Any) -> DayRecord:
        storm = {"what": "os-update", "platform": "chromeos"}
        spread = {name: keys[name] for name in ("over_min", "days", "evenings") if name in keys}
        rest = {name: value for name, value in keys.items() if name not in spread}
        storms = [] if keys.get("share") == 0 else [{**storm, **rest, **({"spread": spread} if spread else {})}]
        kind: DayKind = "update" if storms else "typical"
        return run(brookside(tmp_path_factory.mktemp("storm"), storms, days=(kind,)))

    return day


def good_share(day: DayRecord) -> float:
    return sum(lesson.good_devices for lesson in day.lessons) / sum(lesson.devices for lesson in day.lessons)


def line_bytes(day: DayRecord, *, from_s: float = 0.0, to_s: float = 86_400.0) -> float:
    """Bytes that came over the internet line between two times."""
    time_s = day.start_s + day.bin_s * np.arange(day.carried_bps.shape[0])
    during = (time_s >= from_s) & (time_s < to_s)
    return float(day.carried_bps[during, _line_column()].sum()) * day.bin_s / 8.0


@lru_cache(maxsize=1)
def _line_column() -> int:
    site = shipped_site("primary-brookside")
    model = build_models(replace(site, stages=(site.stages[STAGE],)))[0]
    return [resource.id for resource in model.network.resources].index("line:down")


def test_an_update_at_the_first_lesson_spoils_the_morning_and_three_evenings_mend_it(update_day: Any) -> None:
    calm, storm, evenings = update_day(share=0), update_day(), update_day(evenings=3)
    assert good_share(storm) < good_share(calm) - 0.05
    assert good_share(evenings) == pytest.approx(good_share(calm), abs=0.01)
    # The bytes have moved: nothing of the update before the last bell, a good part of it after.
    assert line_bytes(evenings, to_s=LAST_BELL_S) == pytest.approx(line_bytes(calm), rel=0.02)
    assert line_bytes(evenings, from_s=LAST_BELL_S) > 3e9


def test_more_spreading_never_hurts_lessons(update_day: Any) -> None:
    at_once, an_hour, a_day, fifth = update_day(), update_day(over_min=60), update_day(over_min=300), update_day(days=5)
    assert good_share(at_once) <= good_share(an_hour) + 0.02
    assert good_share(an_hour) <= good_share(a_day) + 0.02
    assert good_share(a_day) <= good_share(fifth) + 0.02
    assert good_share(fifth) > good_share(at_once)


def test_peers_take_load_off_the_line(update_day: Any) -> None:
    alone, helped = update_day(), update_day(peers=0.5)
    # Not by half: with peers more of the updates are through before the bell cuts them off.
    assert line_bytes(helped) < 0.9 * line_bytes(alone)
    assert good_share(helped) >= good_share(alone)


def test_staggering_meets_the_same_devices(tmp_path: Path) -> None:
    hit: dict[str, set[int]] = {}
    for name, spread in {"at-once": "at-once", "over": {"over_min": 60}, "peers": "at-once"}.items():
        storm = {"what": "os-update", "platform": "chromeos", "spread": spread, "share": 0.5}
        site = brookside(tmp_path, [{**storm, **({"peers": "platform"} if name == "peers" else {})}])
        stage = site.stages[STAGE]
        population = populate(site, stage, seed=1, replication=0)
        sessions = plan_day(site, stage, population, kind="update", seed=1, replication=0)
        update = {part.activity_id for part in site.profiles["os-update"].activities}
        hit[name] = {
            int(key)
            for session in sessions
            for task in session.tasks
            if task.activity_id.removesuffix(PEER_SUFFIX) in update
            for key in session.keys[task.members]
        }
    assert hit["at-once"] == hit["peers"]
    # Whose moment comes after its last lesson with devices is not hit at all.
    assert hit["over"] <= hit["at-once"]
    assert len(hit["over"]) > 0.8 * len(hit["at-once"])


def test_the_worst_day_puts_the_heaviest_together(tmp_path: Path) -> None:
    site = brookside(tmp_path, [{"what": "os-update"}], days=("typical", "arrival", "update", "worst"))
    stage = site.stages[STAGE]
    population = populate(site, stage, seed=1, replication=0)
    assert special_kinds(site, stage) == ("arrival", "update", "worst")
    # A hand-out brings its classes online slot by slot: then the update no longer meets them all in one lesson. So the
    # worst is the update on a day when everybody has devices from the first lesson on.
    together = worst_kinds(site, stage, population, seed=1, replication=0)
    assert together == {"update", "worst"}
    worst = plan_day(site, stage, population, kind="worst", seed=1, replication=0)
    played = {task.activity_id for session in worst for task in session.tasks}
    assert "chromeos-update" in played
    assert "chromebook-enrol" not in played
    # Every other combination wants less of the line in its busiest hour.
    loads = {
        kinds: busiest_hour_bits(plan_kinds(site, stage, population, kinds=kinds, seed=1, replication=0), site)
        for kinds in (frozenset({"arrival", "worst"}), frozenset({"arrival", "update", "worst"}), together)
    }
    assert max(loads, key=lambda kinds: loads[kinds]) == together


def test_a_worst_day_says_what_falls_together(tmp_path: Path) -> None:
    storms = [{"what": "os-update", "spread": {"over_min": 60}}, {"what": "antivirus", "day": "worst", "at": "11:00"}]
    site = brookside(tmp_path, storms, days=("typical", "arrival", "assessment", "update", "worst"))
    told = parts_of(site, site.stages[STAGE], frozenset({"arrival", "assessment", "update", "worst"}))
    assert told == (
        "hand-out of wave-2 to 4 classes on 2027-03-01 at 09:00-14:00",
        "assessment of all classes with devices in s2 at 09:50",
        "os-update at the first use of the day, spread over 60 min",
        "antivirus from 11:00",
    )
    day = run(replace(site, simulation=replace(site.simulation, days=("worst",))))
    assert "os-update at the first use of the day, spread over 60 min" in day.combines
    assert "antivirus from 11:00" in day.combines
