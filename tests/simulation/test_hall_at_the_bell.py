"""252 devices leave a hall at the bell: sites/questions/hall-at-the-bell.yaml, by themselves and with 802.11k and v."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import shipped_site

from wifisim.inputs.reader import read_site
from wifisim.inputs.what_if import with_faults
from wifisim.results.records import DayRecord
from wifisim.simulation.attendance import Attendance
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import StageModel, build_models

SITES = Path(__file__).resolve().parent.parent.parent / "sites" / "questions"
JOINS = 3 * 252  # of each device: before the first bell, in the hall, in its classroom


@lru_cache(maxsize=4)
def day(*, reports: bool, asks: bool) -> tuple[DayRecord, StageModel]:
    site = read_site(SITES / "hall-at-the-bell.yaml")
    air = replace(site.simulation.air, neighbour_reports=reports, bss_transition=asks)
    site = replace(site, stages=site.stages[-1:], simulation=replace(site.simulation, air=air))
    model = build_models(site)[0]
    return run_stage(site, model, 0)[0], model


def test_the_second_file_is_the_first_with_both_settings_on() -> None:
    one, other = (read_site(SITES / f"hall-at-the-bell{end}.yaml") for end in ("", "-assisted"))
    assert (one.simulation.air.neighbour_reports, one.simulation.air.bss_transition) == (False, False)
    assert (other.simulation.air.neighbour_reports, other.simulation.air.bss_transition) == (True, True)
    assert (one.building, one.stages, one.timetable) == (other.building, other.stages, other.timetable)


def test_devices_by_themselves_stay_on_the_halls_radios() -> None:
    found = day(reports=False, asks=False)[0].roaming
    assert found.joins == JOINS
    assert found.steered == 0
    # Two thirds of the 252 keep a radio of the hall that is far weaker than the one in their room.
    assert 0.5 * 252 < found.weak < 252
    # Who changes visits all channels of the country (3.33 s, see test_mac_scanning) and sets up its keys (0.15 s).
    np.testing.assert_allclose(found.waited_s / found.changed, 22 * 2 / 33 + 16 / 8 + 0.15)


def test_a_neighbour_report_shortens_the_search_and_moves_nobody() -> None:
    alone, told = day(reports=False, asks=False)[0].roaming, day(reports=True, asks=False)[0].roaming
    assert (told.joins, told.changed, told.weak, told.steered) == (alone.joins, alone.changed, alone.weak, 0)
    assert told.longest_s <= 6 / 8 + 0.15 < alone.longest_s


def test_the_network_takes_sticky_devices_off_the_halls_radios() -> None:
    alone, asked = day(reports=True, asks=False)[0].roaming, day(reports=True, asks=True)[0].roaming
    # Four in five Chromebooks obey: about a fifth of the sticky ones are left.
    assert 0.1 * alone.weak < asked.weak < 0.35 * alone.weak
    assert asked.steered >= alone.weak - asked.weak
    assert asked.changed > alone.changed


def test_the_halls_radios_are_relieved() -> None:
    (alone, model), (asked, _) = day(reports=True, asks=False), day(reports=True, asks=True)
    hall = [number for number, placed in enumerate(model.radios) if "HALL" in placed.access_point_id]
    lesson = slice(round((9.5 * 3600 - alone.start_s) / 60), None)
    assert asked.clients[lesson, hall].max() < 0.5 * alone.clients[lesson, hall].max()
    air = [index for index, resource in enumerate(model.network.resources) if "HALL" in resource.id]
    assert asked.utilisation[lesson, air].mean() < 0.5 * alone.utilisation[lesson, air].mean()


def test_the_network_and_the_day_agree_on_who_is_where(monkeypatch: pytest.MonkeyPatch) -> None:
    """Radios that take few devices, the network makes room on them, and an access point dies in the lesson."""
    told: list[bool] = []

    def watched(method: Any) -> Any:
        def then(self: Attendance, *args: Any, **options: Any) -> None:
            method(self, *args, **options)
            on = {key: radio for radio, members in enumerate(self._associations._members) for key in members}
            for presence in self._present:
                places = [on.get(key, -1) for key in presence.session.keys.tolist()]
                told.append(bool(presence.session.wired_switch_id) or places == presence.radio.tolist())

        return then

    for name in ("admit", "dismiss", "reassociate"):
        monkeypatch.setattr(Attendance, name, watched(getattr(Attendance, name)))
    site = shipped_site("secondary-linden")
    stage, periods = site.stages[-1], site.timetable.periods[:3]
    lessons = tuple(one for one in site.timetable.lessons if one.period_id in {period.id for period in periods})
    small = tuple(
        replace(point, radios=tuple(replace(radio, max_clients=24) for radio in point.radios))
        for point in stage.network.access_points
    )
    site = replace(
        site,
        stages=(replace(stage, network=replace(stage.network, access_points=small)),),
        timetable=replace(site.timetable, periods=periods, lessons=lessons),
        simulation=replace(site.simulation, days=("typical",), air=replace(site.simulation.air, bss_transition=True)),
    )
    site = with_faults(site, ("ap-down:AP-G03@09:20-09:50", "ap-down:AP-F103@09:30-10:20"))
    found = run_stage(site, build_models(site)[0], 0)[0]
    assert found.roaming.steered > 0
    assert found.without_wifi.max() > 0
    assert len(told) > 100
    assert all(told)
