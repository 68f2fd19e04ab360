"""A pilot by department, staff before the first bell, storms that meet staff machines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import shipped_site
from support.edited import edited_site

from wifisim.errors import InputError
from wifisim.inputs.rollout import Adoption
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.storm import Spread, Storm
from wifisim.traffic.carried import STAFF_MORNING_PROFILE
from wifisim.traffic.demand import plan_day
from wifisim.traffic.population import Population, populate
from wifisim.traffic.sessions import Session


def planned(site: Site, stage: int, kind: DayKind = "typical") -> tuple[Population, tuple[Session, ...]]:
    population = populate(site, site.stages[stage], seed=1, replication=0)
    return population, plan_day(site, site.stages[stage], population, kind=kind, seed=1, replication=0)


def oakfield(folder: Path, who: Any) -> Site:
    """Oakfield with a pilot as its only wave, its devices in school."""

    def edit(document: dict[str, Any]) -> None:
        document["waves"] = [{"id": "pilot", "date": "2026-09-14", "who": who, "arrival": {"slots": 2, "slot_min": 30}}]
        document["upgrades"] = []
        document["programme"] = {"model": "school-owned", "device": document["programme"]["device"]}
        document["events"] = []
        document.pop("today", None)

    return edited_site("secondary-oakfield", folder, edit)


def test_a_department_has_a_class_set_in_each_of_its_rooms(tmp_path: Path) -> None:
    site = oakfield(tmp_path, {"department": "science"})
    population, sessions = planned(site, -1)
    taught = {lesson.room_id for lesson in site.timetable.lessons if lesson.subject == "science"}
    assert {one.room_id for one in population.sets} == taught
    sizes = {school_class.id: school_class.size for school_class in site.timetable.classes}
    for one in population.sets:
        lessons = [x for x in site.timetable.lessons if x.subject == "science" and x.room_id == one.room_id]
        assert one.block.keys.size == max(sizes[lesson.class_id] for lesson in lessons)
    before = populate(site, site.stages[0], seed=1, replication=0)
    assert population.count == before.count + sum(one.block.keys.size for one in population.sets)
    # Used in science lessons in their own room and nowhere else.
    keys = {int(key): one.room_id for one in population.sets for key in one.block.keys}
    rooms = [room.id for room in site.building.rooms]
    used = [session for session in sessions if session.keys.size and int(session.keys[0]) in keys]
    assert used
    for session in used:
        assert all(keys[int(key)] == rooms[session.room] for key in session.keys)
        assert session.lesson is None or session.lesson.subject == "science"
    # On the day of the hand-out each set is enrolled in its room.
    _, arrival = planned(site, -1, "arrival")
    enrolled = {s.lesson.room_id for s in arrival if s.lesson and s.lesson.period_id == "hand-out"}
    assert enrolled == taught


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ({"department": "sience"}, "is not a subject of the timetable"),
        ({"department": "science", "year": "7"}, "must not stand beside department: write two waves"),
    ],
)
def test_a_department_that_does_not_exist_is_told(tmp_path: Path, who: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        oakfield(tmp_path, who)


def test_use_of_a_class_set_grows_by_the_key_stage_of_the_class(tmp_path: Path) -> None:
    site = oakfield(tmp_path, {"department": "science"})
    # Nobody uses devices before, everybody would after; of that KS3 reaches all and KS4 nothing.
    profiles = {key: replace(one, device_share=0.0, device_share_one_to_one=1.0) for key, one in site.profiles.items()}
    adoption = Adoption(1.0, 0.0, (("KS4", 0.0),), 1.0)
    site = replace(site, profiles=profiles, programme=replace(site.programme, adoption=adoption))
    population, sessions = planned(site, -1)
    ids = {int(key) for one in population.sets for key in one.block.keys}
    used = {s.lesson.class_id for s in sessions if s.lesson and s.keys.size and int(s.keys[0]) in ids}
    stages = {group.id: group.stage for group in site.timetable.classes}
    assert {stages[name] for name in used} == {"KS3"}


def test_class_sets_break_as_other_devices_do_and_share_the_pool(tmp_path: Path) -> None:
    site = oakfield(tmp_path, {"department": "science"})
    kept = {}
    for name, changes in {
        "whole": {"fault_share": 0.0, "pool_share": 0.0},
        "bare": {"fault_share": 0.2, "pool_share": 0.0},
        "some": {"fault_share": 0.2, "pool_share": 0.05},
        # Never forgotten at home: they stay in their room.
        "home": {"fault_share": 0.0, "pool_share": 0.0, "model": "take-home", "forgotten_share": 0.5},
    }.items():
        tried = replace(site, programme=replace(site.programme, **changes))
        kept[name] = sum(one.block.keys.size for one in populate(tried, tried.stages[-1], seed=1, replication=0).sets)
    assert kept["home"] == kept["whole"]
    # Binomial: four standard deviations of some 300 draws at 0.2 are 0.09.
    assert kept["bare"] / kept["whole"] == pytest.approx(0.8, abs=0.09)
    # Each spare device (5 % of all, rounded up) replaces one.
    assert kept["some"] - kept["bare"] == -(-kept["whole"] * 5 // 100)


def test_a_class_set_charges_once_for_all_classes_that_use_it(tmp_path: Path) -> None:
    site = oakfield(tmp_path, {"department": "science"})
    profiles = {key: replace(one, device_share=1.0, device_share_one_to_one=1.0) for key, one in site.profiles.items()}
    site = replace(site, profiles=profiles, programme=replace(site.programme, lessons_per_charge=1))
    population, sessions = planned(site, -1)
    rooms = {one.room_id: one.block.keys for one in population.sets}
    for room_id, keys in rooms.items():
        lessons = [x for x in site.timetable.lessons if x.room_id == room_id and x.day == site.simulation.weekday]
        ids = {int(key) for key in keys}
        used = [s for s in sessions if s.lesson and s.keys.size and int(s.keys[0]) in ids]
        # In use, on the charger, in use ...: every second lesson in the room, whichever class without a trolley has it.
        science = [x for x in lessons if x.subject == "science" and not population.pupils.get(x.class_id)]
        assert len({s.start_s for s in used}) == -(-len(science) // 2)


def test_staff_sign_in_before_the_first_bell() -> None:
    site = shipped_site("secondary-oakfield")
    _, sessions = planned(site, -1)
    bell_s = min(period.start_s for period in site.timetable.periods)
    early = [session for session in sessions if session.staff and session.end_s == bell_s]
    people = sum(session.keys.size for session in early)
    assert people == sum(round(site.staff * f.per_person) for f in site.fleets if f.use == "staff")
    active = {int(key) for s in early for t in s.tasks if t.activity_id == "sign-in" for key in s.keys[t.members]}
    share = site.profiles[STAFF_MORNING_PROFILE].device_share
    # Binomial: four standard deviations of 110 draws at 0.8 are 0.15.
    assert abs(len(active) / people - share) < 0.16


@pytest.mark.parametrize(("who", "staff", "pupils"), [("pupils", 0, 1), ("staff", 1, 0), ("everyone", 1, 1)])
def test_a_storm_meets_whom_it_is_meant_for(who: Any, staff: int, pupils: int) -> None:
    site = shipped_site("secondary-oakfield")
    storm = Storm("s", "antivirus", "typical", 0.0, "", "antivirus", 1.0, Spread("at-once"), 0.0, who)
    _, calm = planned(replace(site, storms=()), -1)
    _, sessions = planned(replace(site, storms=(storm,)), -1)
    added = [
        session for session in sessions if session.tasks and session.tasks[0].activity_id == "antivirus-definitions"
    ]
    assert len(sessions) == len(calm) + len(added)
    met = {
        flag: {int(k) for s in added if s.staff is flag for t in s.tasks for k in s.keys[t.members]}
        for flag in (True, False)
    }
    assert (bool(met[True]), bool(met[False])) == (bool(staff), bool(pupils))
    # Everybody once.
    assert sum(t.members.size for s in added for t in s.tasks) == len(met[True] | met[False])
