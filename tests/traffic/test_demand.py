"""traffic.demand: a day's sessions on the shipped sites."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import shipped_site

from wifisim.inputs.rollout import Adoption
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.timetable import Term
from wifisim.traffic import demand
from wifisim.traffic.demand import plan_day, special_kinds, worst_kinds
from wifisim.traffic.population import populate
from wifisim.traffic.sessions import Session


def day(site: Site, kind: DayKind = "typical", *, stage: int = -1, replication: int = 0) -> tuple[Session, ...]:
    chosen = site.stages[stage]
    population = populate(site, chosen, seed=1, replication=replication)
    return plan_day(site, chosen, population, kind=kind, seed=1, replication=replication)


def test_sessions_are_ordered_and_tasks_stay_inside_them(site: Site) -> None:
    sessions = day(site)
    starts = [session.start_s for session in sessions]
    assert starts == sorted(starts)
    for session in sessions:
        for task in session.tasks:
            assert session.start_s <= task.start_s < task.end_s <= session.end_s
            assert task.members.max() < session.keys.size


@pytest.mark.parametrize("kind", ["typical", "assessment", "update"])
def test_no_device_is_in_two_rooms_at_once(site: Site, kind: DayKind) -> None:
    at: dict[int, list[tuple[float, float, int]]] = {}
    for session in day(site, kind):
        for key in session.keys.tolist():
            at.setdefault(key, []).append((session.start_s, session.end_s, session.room))
    for spans in at.values():
        for (_, end_s, room), (start_s, _, other) in zip(sorted(spans), sorted(spans)[1:], strict=False):
            assert start_s >= end_s or room == other


def test_lessons_with_devices_happen_where_the_timetable_says(site: Site) -> None:
    rooms = [room.id for room in site.building.rooms]
    for session in day(site):
        if session.lesson is not None:
            assert rooms[session.room] == session.lesson.room_id


def test_two_designs_see_the_same_lessons(secondary: Site) -> None:
    stage = secondary.stages[-1]
    faster = replace(stage.network, wan=(replace(stage.network.wan[0], down_bps=5e9), *stage.network.wan[1:]))
    other = replace(secondary, stages=(*secondary.stages[:-1], replace(stage, network=faster)))
    for mine, theirs in zip(day(secondary), day(other), strict=True):
        assert (mine.keys == theirs.keys).all()
        assert [task.activity_id for task in mine.tasks] == [task.activity_id for task in theirs.tasks]


def test_replications_differ(secondary: Site) -> None:
    def used(replication: int) -> Counter[str]:
        return Counter(task.activity_id for s in day(secondary, replication=replication) for task in s.tasks)

    assert used(0) == used(0)
    assert used(0) != used(1)


def test_more_lessons_use_devices_once_everybody_has_one(secondary: Site) -> None:
    before = sum(session.lesson is not None for session in day(secondary, stage=0))
    after = sum(session.lesson is not None for session in day(secondary, stage=-1))
    assert after > before


def test_on_an_assessment_day_every_class_with_devices_sits_the_test_in_the_second_lesson(secondary: Site) -> None:
    second = [period for period in secondary.timetable.periods if period.kind == "lesson"][1]
    test = {part.activity_id for part in secondary.profiles["assessment"].activities}
    sessions = [s for s in day(secondary, "assessment") if s.lesson is not None and s.start_s == second.start_s]
    population = populate(secondary, secondary.stages[-1], seed=1, replication=0)
    assert {session.lesson.class_id for session in sessions if session.lesson} >= set(population.pupils)
    in_class = [s for s in sessions if s.lesson and s.lesson.class_id in population.pupils]
    assert all({task.activity_id for task in session.tasks} <= test for session in in_class)


def with_tests(site: Site, *spans: tuple[dt.date, dt.date]) -> Site:
    tests = tuple(Term(f"test {number}", *span) for number, span in enumerate(spans))
    site = replace(site, timetable=replace(site.timetable, assessments=tests))
    return replace(site, simulation=replace(site.simulation, days=("typical", "arrival", "assessment", "worst")))


def test_assessment_days_are_where_the_calendar_has_them(secondary: Site) -> None:
    stages = secondary.stages
    week = dt.timedelta(days=7)
    # Without dates in every stage with devices; with them only in the stage that has one, to the day before the next.
    always = [stage.id for stage in stages if "assessment" in special_kinds(with_tests(secondary), stage)]
    assert len(always) > 3
    later = next(stage for stage in stages if stage.id == always[2])
    eve = stages[stages.index(later) + 1].date - dt.timedelta(days=1)
    for span in ((later.date, later.date), (eve, eve), (later.date + week, later.date + week)):
        site = with_tests(secondary, span)
        assert [stage.id for stage in stages if "assessment" in special_kinds(site, stage)] == [later.id]


def test_the_worst_day_puts_a_test_on_a_hand_out_only_where_they_meet(
    secondary: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if every kind of day weighed the same: the worst has as many together as the calendar lets fall together.
    monkeypatch.setattr(demand, "_sessions", lambda day: day.kinds)
    monkeypatch.setattr(demand, "busiest_hour_bits", lambda kinds, _: float(len(kinds)))
    stage = next(stage for stage in reversed(secondary.stages) if stage.arriving)
    population = populate(secondary, stage, seed=1, replication=0)
    day_after = stage.date + dt.timedelta(days=1)
    for span, together in (((stage.date, day_after), 2), ((day_after, day_after), 1)):
        found = worst_kinds(with_tests(secondary, span), stage, population, seed=1, replication=0)
        assert len(found & {"arrival", "assessment"}) == together


def test_every_pupil_device_updates_once_on_an_update_day(secondary: Site) -> None:
    update = {part.activity_id for part in secondary.profiles["os-update"].activities}
    normal = {t.activity_id for s in day(secondary) for t in s.tasks}
    updated: Counter[int] = Counter()
    for session in day(secondary, "update"):
        for task in session.tasks:
            if task.activity_id in update - normal:
                updated.update(session.keys[task.members].tolist())
    assert updated
    assert set(updated.values()) == {1}


def test_a_hand_out_enrols_the_wave_and_nobody_else(secondary: Site) -> None:
    number, stage = next((i, s) for i, s in enumerate(secondary.stages) if s.arriving)
    wave = stage.arriving[0]
    enrolled = [s for s in day(secondary, "arrival", stage=number) if s.lesson and s.lesson.period_id == "hand-out"]
    assert {session.lesson.class_id for session in enrolled if session.lesson} == set(wave.class_ids)
    population = populate(secondary, stage, seed=1, replication=0)
    assert sum(s.keys.size for s in enrolled) == sum(b.keys.size for c in wave.class_ids for b in population.pupils[c])
    slots = {round((session.start_s - wave.arrival.start_s) / wave.arrival.slot_s, 9) for session in enrolled}
    assert slots <= set(np.arange(wave.arrival.slots, dtype=float).tolist())


def test_devices_from_home_sync_before_the_first_bell(secondary: Site) -> None:
    bell_s = min(period.start_s for period in secondary.timetable.periods)
    early = [session for session in day(secondary) if session.start_s < bell_s and not session.staff]
    assert early
    population = populate(secondary, secondary.stages[-1], seed=1, replication=0)
    home = {int(key) for group in population.pupils.values() for b in group if b.goes_home for key in b.keys}
    synced = {int(key) for session in early for task in session.tasks for key in session.keys[task.members]}
    # Nobody else, and about the profile's nine in ten of them.
    assert synced <= home
    assert abs(len(synced) / len(home) - 0.9) < 0.05
    assert all(session.end_s == bell_s for session in early)


def test_trolleys_wake_once_and_never_come_early() -> None:
    site = shipped_site("primary-brookside")
    bell_s = min(period.start_s for period in site.timetable.periods)
    woken: Counter[int] = Counter()
    for session in day(site):
        assert session.start_s >= bell_s or session.staff
        for task in session.tasks:
            if task.activity_id == "wake-check":
                woken.update(session.keys[task.members].tolist())
    assert woken
    assert set(woken.values()) == {1}


def test_a_trolley_charges_after_so_many_lessons() -> None:
    site = shipped_site("primary-brookside")
    tired = replace(site, programme=replace(site.programme, lessons_per_charge=1))
    for class_id in site.stages[-1].landed[0].class_ids:
        lessons = [s.start_s for s in day(site) if s.lesson and s.lesson.class_id == class_id]
        charging = [s.start_s for s in day(tired) if s.lesson and s.lesson.class_id == class_id]
        # One lesson on the charger after each in use: every other lesson is left.
        assert sorted(set(charging)) == sorted(set(lessons))[::2]


def test_slow_adoption_means_fewer_lessons_with_devices(secondary: Site) -> None:
    slow = Adoption(start_share=0.0, full_after_weeks=1000.0, by_stage=(), staff_readiness=0.5)
    cautious = replace(secondary, programme=replace(secondary.programme, adoption=slow))
    eager = {(s.start_s, s.lesson.class_id) for s in day(secondary) if s.lesson}
    careful = {(s.start_s, s.lesson.class_id) for s in day(cautious) if s.lesson}
    assert careful < eager


def test_brought_devices_do_not_use_the_schools_cache(secondary: Site) -> None:
    brought = replace(secondary, programme=replace(secondary.programme, model="byod"))
    assert {session.managed for session in day(brought)} == {True, False}
    assert {session.managed for session in day(secondary)} == {True}


def test_a_class_uses_its_new_devices_only_after_the_hand_out(secondary: Site) -> None:
    number = next(i for i, stage in enumerate(secondary.stages) if any(w.arrival.enrol for w in stage.arriving))
    wave = secondary.stages[number].arriving[0]
    sessions = day(secondary, "arrival", stage=number)
    new = {s.lesson.class_id: s.end_s for s in sessions if s.lesson and s.lesson.period_id == "hand-out"}
    assert new.keys() == set(wave.class_ids)
    # No device is in two sessions at a time with a lesson: a class that unpacks has no other lesson on its devices.
    for session in sessions:
        if session.lesson and session.lesson.period_id != "hand-out" and session.lesson.class_id in new:
            owned = session.keys.size and session.client_id == wave.client_id
            assert not owned or session.start_s >= new[session.lesson.class_id]
    # On the next typical day they have them from the first lesson on.
    typical = day(secondary, "typical", stage=number)
    first_s = min(period.start_s for period in secondary.timetable.periods if period.kind == "lesson")
    early = {s.lesson.class_id for s in typical if s.lesson and s.start_s == first_s and s.client_id == wave.client_id}
    assert early & set(wave.class_ids)
