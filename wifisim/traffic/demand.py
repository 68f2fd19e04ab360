"""One school day's demand: sessions, each a group of like devices in one room from one bell to the next.

Days: *typical* follows the timetable. *arrival* adds enrolment of the wave that opens the stage, class by class in
its time slots; a class uses its new devices in the lessons that begin after its slot. *assessment* has every class with
devices sit the test (profile ``assessment``) in the second lesson period. *update* adds the storms of that day, or the
profile ``os-update`` on every pupil device. *worst* is the combination of the others that wants most in one hour, by
their mean loads (``traffic.load``), and is then drawn like them. Left out: pupils between rooms (a change of rooms
takes no time), absence, and clubs after the last bell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import numpy as np

from wifisim.inputs.profile import TrafficProfile
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.timetable import Lesson, Period
from wifisim.traffic.activities import lesson_uses_devices, tasks_of
from wifisim.traffic.carried import STAFF_MORNING_PROFILE, arrivals, breaks, first_uses
from wifisim.traffic.combination import assessment_period
from wifisim.traffic.load import busiest_hour_bits
from wifisim.traffic.population import Block, ClassSet, Population
from wifisim.traffic.sessions import GATHERING_KINDS, HandOut, SchoolDay, Session, placed
from wifisim.traffic.storms import storm_sessions

ASSESSMENT_PROFILE = "assessment"
STAFF_EARLY_S = 1800.0  # staff come in up to half an hour before the first bell (project choice)
STAFF_KINDS = ("staff_room", "office")


def plan_day(
    site: Site, stage: Stage, population: Population, *, kind: DayKind, seed: int, replication: int
) -> tuple[Session, ...]:
    """All sessions of one day, in order of start and then as the timetable lists them."""
    kinds = kinds_of(site, stage, population, kind=kind, seed=seed, replication=replication)
    return plan_kinds(site, stage, population, kinds=kinds, seed=seed, replication=replication)


def kinds_of(
    site: Site, stage: Stage, population: Population, *, kind: DayKind, seed: int, replication: int
) -> frozenset[DayKind]:
    """The kinds of day that fall together on a day of ``kind``: for the worst day a choice, else itself."""
    if kind == "worst":
        return worst_kinds(site, stage, population, seed=seed, replication=replication)
    return frozenset({kind})


def plan_kinds(
    site: Site, stage: Stage, population: Population, *, kinds: frozenset[DayKind], seed: int, replication: int
) -> tuple[Session, ...]:
    """All sessions of a day on which these kinds fall together."""
    return _sessions(SchoolDay(site, stage, population, kinds, seed, replication))


def worst_kinds(site: Site, stage: Stage, population: Population, *, seed: int, replication: int) -> frozenset[DayKind]:
    """The kinds of day that together want most of the internet line in one hour."""
    special = [kind for kind in special_kinds(site, stage) if kind != "worst"]
    sets = chain.from_iterable(combinations(special, count) for count in range(len(special) + 1))
    # A hand-out has its date: a test falls together with it only where the calendar says so.
    meets = site.timetable.may_test(stage.date, stage.date)
    possible = (set(kinds) for kinds in sets if meets or not {"arrival", "assessment"} <= set(kinds))
    chosen: list[frozenset[DayKind]] = [frozenset({*kinds, "worst"}) for kinds in possible]
    days = [SchoolDay(site, stage, population, kinds, seed, replication) for kinds in chosen]
    loads = [busiest_hour_bits(_sessions(day), site) for day in days]
    return chosen[int(np.argmax(loads))]


def special_kinds(site: Site, stage: Stage) -> tuple[DayKind, ...]:
    """The kinds of day beside the typical one that make sense in ``stage``, in a fixed order.

    A hand-out only where a wave arrives and is enrolled, updates and a worst day where pupils have devices, tests where
    they have and the calendar has one before the next stage.
    """
    tests = site.timetable.may_test(stage.date, _last_day(site, stage))
    enrols = any(wave.arrival.enrol for wave in stage.arriving)
    equipped = bool(stage.landed) or any(fleet.use == "class" for fleet in site.fleets)
    storms = {storm.day_kind for storm in site.storms}
    named = {"update"} & storms | set(site.simulation.days)
    wanted: dict[DayKind, bool] = {
        "arrival": enrols,
        "assessment": equipped and tests,
        "update": equipped,
        "worst": equipped,
    }
    return tuple(kind for kind, sensible in wanted.items() if sensible and kind in named)


def _last_day(site: Site, stage: Stage) -> dt.date:
    """The day before the next stage."""
    later = [other.date for other in site.stages if other.date > stage.date]
    return min(later) - dt.timedelta(days=1) if later else dt.date.max


def _sessions(day: SchoolDay) -> tuple[Session, ...]:
    sessions = [*_lessons(day), *_staff(day), *_staff_morning(day), *_breaks(day), *arrivals(day), *breaks(day)]
    if "arrival" in day.kinds:
        sessions.extend(_enrolment(day))
    sessions = [*sessions, *first_uses(day, sessions), *storm_sessions(day, sessions)]
    return tuple(sorted(sessions, key=lambda session: session.start_s))


def _lessons(day: SchoolDay) -> Iterator[Session]:
    """Pupils' devices, phones and IT-room machines in every lesson of the day."""
    test_period = assessment_period(day.site) if "assessment" in day.kinds else ""
    charging = _Charging(day.site.programme.lessons_per_charge)
    for lesson in day.lessons:
        period = day.period_of[lesson.period_id]
        random = day.draws("lesson", lesson.day, lesson.period_id, lesson.class_id)
        chance = float(random.random())
        equipped = day.has_devices(lesson.class_id, period.start_s)
        blocks = day.population.pupils.get(lesson.class_id, ()) if equipped else ()
        in_room, class_set = day.population.rooms.get(lesson.room_id), day.population.set_for(lesson)
        if not blocks and class_set is not None and day.has_devices(class_set.room_id, period.start_s):
            blocks = (_set_of(day, class_set, lesson),)
        profile = day.site.profiles[lesson.profile_id]
        if test_period == lesson.period_id and blocks:
            profile, chance = day.site.profiles[ASSESSMENT_PROFILE], -1.0
        elif in_room is not None:
            blocks = (_seats_taken(day, in_room, lesson),)
            profile, chance = day.site.profiles[in_room.profile_id], -1.0
        for number, block in enumerate(blocks):
            growth = 1.0 if chance < 0.0 else block.growth
            uses = lesson_uses_devices(profile, one_to_one=block.one_to_one, chance=chance, growth=growth)
            own = day.draws("who", lesson.day, lesson.period_id, lesson.class_id, number)
            if uses and block.one_to_one and not block.goes_home:
                uses = charging.lets(block.owner, number)
            if uses or block.one_to_one:
                yield _lesson_session(day, block, lesson, profile, uses=uses, random=own)
        for block in day.population.phones.get(lesson.class_id, ()):
            yield _idle_session(day, block, lesson.room_id, period, lesson.class_id)


class _Charging:
    """Trolleys that need a lesson on the charger after ``lessons`` lessons in use; 0: never."""

    def __init__(self, lessons: int) -> None:
        self._lessons = lessons
        self._used: dict[tuple[str, int], int] = {}

    def lets(self, owner: str, block: int) -> bool:
        """Whether the devices of a class or a room are charged when a lesson would use them now."""
        used = self._used.get((owner, block), 0)
        charged = self._lessons == 0 or used < self._lessons
        self._used[owner, block] = used + 1 if charged else 0
        return charged


def _lesson_session(
    day: SchoolDay, block: Block, lesson: Lesson, profile: TrafficProfile, *, uses: bool, random: np.random.Generator
) -> Session:
    period = day.period_of[lesson.period_id]
    active = np.full(block.keys.size, uses)
    tasks = tasks_of(profile, active, start_s=period.start_s, end_s=period.end_s, random=random)
    span_s = (period.start_s, period.end_s)
    return placed(day, block, lesson.room_id, span_s, tasks=tasks, lesson=lesson if uses else None)


def _set_of(day: SchoolDay, class_set: ClassSet, lesson: Lesson) -> Block:
    """The devices of a department's set that a class uses; use grows by the key stage of the class."""
    stage = next(group.stage for group in day.site.timetable.classes if group.id == lesson.class_id)
    weeks = (day.stage.date - class_set.wave.date).days / 7.0
    growth = day.site.programme.adoption.reached(stage, weeks)
    return replace(_seats_taken(day, class_set.block, lesson), growth=growth)


def _seats_taken(day: SchoolDay, block: Block, lesson: Lesson) -> Block:
    """The machines of an IT room or of a class set that the class uses."""
    size = next(group.size for group in day.site.timetable.classes if group.id == lesson.class_id)
    return replace(block, keys=block.keys[:size])


def _idle_session(day: SchoolDay, block: Block, room_id: str, period: Period, *names: str | int) -> Session:
    """Devices each of which is active with the profile's own ``device_share``: phones and staff machines."""
    profile = day.site.profiles[block.profile_id]
    random = day.draws("idle", block.owner, block.client_id, period.id, *names)
    active = random.random(block.keys.size) < profile.device_share
    tasks = tasks_of(profile, active, start_s=period.start_s, end_s=period.end_s, random=random)
    return placed(day, block, room_id, (period.start_s, period.end_s), tasks=tasks)


def _staff(day: SchoolDay) -> Iterator[Session]:
    """Staff machines: one in every room with a lesson while they last, the others in staff rooms and offices."""
    for period in day.site.timetable.periods:
        for number, room_id, part in _staff_places(day, period):
            yield _idle_session(day, part, room_id, period, number, room_id)


def _staff_places(day: SchoolDay, period: Period) -> Iterator[tuple[int, str, Block]]:
    """Which machines of each group of staff are in which room in a period."""
    quiet = day.rooms_of_kind(STAFF_KINDS) or day.rooms_of_kind(GATHERING_KINDS) or [day.site.building.rooms[0].id]
    taught = [lesson.room_id for lesson in day.lessons if lesson.period_id == period.id]
    for number, block in enumerate(day.population.staff):
        seats = np.array_split(block.keys[len(taught) :], len(quiet))
        places = [(room, block.keys[i : i + 1]) for i, room in enumerate(taught[: block.keys.size])]
        for room_id, keys in [*places, *zip(quiet, seats, strict=True)]:
            if keys.size:
                yield number, room_id, replace(block, keys=keys)


def _staff_morning(day: SchoolDay) -> Iterator[Session]:
    """Staff machines sign in and catch up before the first bell, where their day begins (profile ``staff-morning``)."""
    profile = day.site.profiles.get(STAFF_MORNING_PROFILE)
    if profile is None or not day.site.timetable.periods:
        return
    first = day.site.timetable.periods[0]
    span_s = (first.start_s - STAFF_EARLY_S, first.start_s)
    for number, room_id, part in _staff_places(day, first):
        if part.owner == "staff":
            random = day.draws("staff-morning", number, room_id)
            active = random.random(part.keys.size) < profile.device_share
            tasks = tasks_of(profile, active, start_s=span_s[0], end_s=span_s[1], random=random)
            yield placed(day, part, room_id, span_s, tasks=tasks)


def _breaks(day: SchoolDay) -> Iterator[Session]:
    """Phones and pupils' own devices outside lessons: in the places where pupils gather."""
    rooms = day.rooms_of_kind(GATHERING_KINDS)
    if not rooms:
        return
    for period in day.site.timetable.periods:
        if period.kind not in {"break", "lunch"}:
            continue
        for number, class_id in enumerate(day.population.phones):
            for block in day.population.phones[class_id]:
                yield _idle_session(day, block, rooms[number % len(rooms)], period, class_id)


def _enrolment(day: SchoolDay) -> Iterator[Session]:
    """The hand-out of the waves that open the stage: their classes in time slots, each where it has its lesson."""
    sets = {one.block.owner: one.block for one in day.population.sets}
    for owner, handout in day.handouts.items():
        if handout.wave.subjects:
            yield from _handed_out(day, owner, handout, room_id=owner, blocks=(sets[owner],))
        else:
            blocks = day.population.pupils.get(owner, ())
            yield from _handed_out(day, owner, handout, room_id=day.room_at(owner, handout.start_s), blocks=blocks)


def _handed_out(
    day: SchoolDay, owner: str, handout: HandOut, *, room_id: str, blocks: tuple[Block, ...]
) -> Iterator[Session]:
    """One class unpacks, enrols and installs; the slot counts as a lesson of its own."""
    profile = day.site.profiles[handout.wave.arrival.profile_id]
    start_s, end_s = handout.start_s, handout.end_s
    lesson = Lesson(day.site.simulation.weekday, "hand-out", owner, room_id, "enrolment", profile.id)
    for part, block in enumerate(blocks):
        active = np.ones(block.keys.size, dtype=np.bool_)
        random = day.draws("enrol", owner, part)
        tasks = tasks_of(profile, active, start_s=start_s, end_s=end_s, random=random)
        yield placed(day, block, room_id, (start_s, end_s), tasks=tasks, lesson=lesson)
