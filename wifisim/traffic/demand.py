"""One school day's demand: sessions, each a group of like devices in one room from one bell to the next.

Days: *typical* follows the timetable. *arrival* adds enrolment of the wave that opens the stage, class by class in
its time slots. *assessment* has every class with devices sit the test (profile ``assessment``) in the second lesson
period. *update* adds the profile ``os-update`` to every pupil device from the first lesson on.
Left out: pupils between rooms (a change of rooms takes no time), absence, and clubs after the last bell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import TrafficProfile
from wifisim.inputs.rollout import Stage, Wave
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.timetable import Lesson, Period
from wifisim.randomness import stream
from wifisim.traffic.activities import Task, lesson_uses_devices, tasks_of
from wifisim.traffic.population import Block, Population

ASSESSMENT_PROFILE = "assessment"
UPDATE_PROFILE = "os-update"
GATHERING_KINDS = ("dining", "hall", "library")
STAFF_KINDS = ("staff_room", "office")


@dataclass(frozen=True, slots=True)
class Session:
    """Devices of one type in one room from ``start_s`` to ``end_s``, and what they do there.

    ``room`` is an index into ``building.rooms``; ``keys`` identify the devices [device]; ``wired_switch_id`` is
    empty for devices on the air. ``lesson`` is set where the session counts for a lesson's quality.
    """

    start_s: float
    end_s: float
    room: int
    client_id: str
    wired_switch_id: str
    keys: NDArray[np.uint64]
    tasks: tuple[Task, ...]
    lesson: Lesson | None


@dataclass(frozen=True, slots=True)
class _Day:
    """What the builders of a day's sessions all need."""

    site: Site
    stage: Stage
    population: Population
    kind: DayKind
    seed: int
    replication: int
    room_of: dict[str, int]
    period_of: dict[str, Period]

    def draws(self, *names: str | int) -> np.random.Generator:
        """The stream of this replication called ``names``; it does not depend on the stage or the design."""
        return stream(self.seed, "day", self.replication, *names)


def plan_day(
    site: Site, stage: Stage, population: Population, *, kind: DayKind, seed: int, replication: int
) -> tuple[Session, ...]:
    """All sessions of one day, in order of start and then as the timetable lists them."""
    day = _Day(
        site=site,
        stage=stage,
        population=population,
        kind=kind,
        seed=seed,
        replication=replication,
        room_of={room.id: index for index, room in enumerate(site.building.rooms)},
        period_of={period.id: period for period in site.timetable.periods},
    )
    sessions = [*_lessons(day), *_staff(day), *_breaks(day)]
    if kind == "arrival":
        sessions.extend(_enrolment(day))
    if kind == "update":
        sessions.extend(_updates(day, sessions))
    return tuple(sorted(sessions, key=lambda session: session.start_s))


def _todays_lessons(day: _Day) -> list[Lesson]:
    return [lesson for lesson in day.site.timetable.lessons if lesson.day == day.site.simulation.weekday]


def _lessons(day: _Day) -> Iterator[Session]:
    """Pupils' devices, phones and IT-room machines in every lesson of the day."""
    test_period = _assessment_period(day) if day.kind == "assessment" else ""
    for lesson in _todays_lessons(day):
        period = day.period_of[lesson.period_id]
        random = day.draws("lesson", lesson.day, lesson.period_id, lesson.class_id)
        chance = float(random.random())
        blocks = day.population.pupils.get(lesson.class_id, ())
        in_room = day.population.rooms.get(lesson.room_id)
        profile = day.site.profiles[lesson.profile_id]
        if test_period == lesson.period_id and blocks:
            profile, chance = day.site.profiles[ASSESSMENT_PROFILE], -1.0
        elif in_room is not None:
            blocks = (_seats_taken(day, in_room, lesson),)
            profile, chance = day.site.profiles[in_room.profile_id], -1.0
        for number, block in enumerate(blocks):
            uses = lesson_uses_devices(profile, one_to_one=block.one_to_one, chance=chance)
            own = day.draws("who", lesson.day, lesson.period_id, lesson.class_id, number)
            if uses or block.one_to_one:
                yield _session(day, block, lesson.room_id, period, profile, active=uses, random=own, lesson=lesson)
        for block in day.population.phones.get(lesson.class_id, ()):
            yield _idle_session(day, block, lesson.room_id, period, lesson.class_id)


def _seats_taken(day: _Day, block: Block, lesson: Lesson) -> Block:
    """The machines of an IT room that the class sits at."""
    size = next(group.size for group in day.site.timetable.classes if group.id == lesson.class_id)
    return Block(block.owner, block.client_id, block.keys[:size], block.profile_id, block.wired_switch_id)


def _assessment_period(day: _Day) -> str:
    lessons = [period.id for period in day.site.timetable.periods if period.kind == "lesson"]
    return lessons[min(1, len(lessons) - 1)]


def _session(
    day: _Day,
    block: Block,
    room_id: str,
    period: Period,
    profile: TrafficProfile,
    *,
    active: bool,
    random: np.random.Generator,
    lesson: Lesson | None,
) -> Session:
    members = np.full(block.keys.size, active)
    tasks = tasks_of(profile, members, start_s=period.start_s, end_s=period.end_s, random=random)
    return _placed(day, block, room_id, period.start_s, period.end_s, tasks=tasks, lesson=lesson if active else None)


def _placed(
    day: _Day,
    block: Block,
    room_id: str,
    start_s: float,
    end_s: float,
    *,
    tasks: tuple[Task, ...],
    lesson: Lesson | None,
) -> Session:
    return Session(
        start_s=start_s,
        end_s=end_s,
        room=day.room_of[room_id],
        client_id=block.client_id,
        wired_switch_id=block.wired_switch_id,
        keys=block.keys,
        tasks=tasks,
        lesson=lesson,
    )


def _idle_session(day: _Day, block: Block, room_id: str, period: Period, *names: str | int) -> Session:
    """Devices each of which is active with the profile's own ``device_share``: phones and staff machines."""
    profile = day.site.profiles[block.profile_id]
    random = day.draws("idle", block.owner, block.client_id, period.id, *names)
    active = random.random(block.keys.size) < profile.device_share
    tasks = tasks_of(profile, active, start_s=period.start_s, end_s=period.end_s, random=random)
    return _placed(day, block, room_id, period.start_s, period.end_s, tasks=tasks, lesson=None)


def _staff(day: _Day) -> Iterator[Session]:
    """Staff machines: one in every room with a lesson while they last, the others in staff rooms and offices."""
    quiet = _rooms_of_kind(day, STAFF_KINDS) or _rooms_of_kind(day, GATHERING_KINDS) or [day.site.building.rooms[0].id]
    for period in day.site.timetable.periods:
        taught = [lesson.room_id for lesson in _todays_lessons(day) if lesson.period_id == period.id]
        for number, block in enumerate(day.population.staff):
            seats = np.array_split(block.keys[len(taught) :], len(quiet))
            places = [(room, block.keys[i : i + 1]) for i, room in enumerate(taught[: block.keys.size])]
            for room_id, keys in [*places, *zip(quiet, seats, strict=True)]:
                if keys.size:
                    part = Block(block.owner, block.client_id, keys, block.profile_id)
                    yield _idle_session(day, part, room_id, period, number, room_id)


def _breaks(day: _Day) -> Iterator[Session]:
    """Phones and pupils' own devices outside lessons: in the places where pupils gather."""
    rooms = _rooms_of_kind(day, GATHERING_KINDS)
    if not rooms:
        return
    for period in day.site.timetable.periods:
        if period.kind not in {"break", "lunch"}:
            continue
        for number, class_id in enumerate(day.population.phones):
            for block in day.population.phones[class_id]:
                yield _idle_session(day, block, rooms[number % len(rooms)], period, class_id)


def _enrolment(day: _Day) -> Iterator[Session]:
    """The hand-out of the waves that open the stage: their classes in time slots, each where it has its lesson."""
    for wave in day.stage.arriving:
        if not wave.arrival.enrol:
            continue
        for number, class_id in enumerate(wave.class_ids):
            slot = number * wave.arrival.slots // len(wave.class_ids)
            start_s = wave.arrival.start_s + slot * wave.arrival.slot_s
            yield from _handed_out(day, class_id, start_s, end_s=start_s + wave.arrival.slot_s, wave=wave)


def _handed_out(day: _Day, class_id: str, start_s: float, *, end_s: float, wave: Wave) -> Iterator[Session]:
    """One class unpacks, enrols and installs; the slot counts as a lesson of its own."""
    profile = day.site.profiles[wave.arrival.profile_id]
    room_id = _room_at(day, class_id, start_s)
    lesson = Lesson(day.site.simulation.weekday, "hand-out", class_id, room_id, "enrolment", profile.id)
    for part, block in enumerate(day.population.pupils.get(class_id, ())):
        active = np.ones(block.keys.size, dtype=np.bool_)
        random = day.draws("enrol", class_id, part)
        tasks = tasks_of(profile, active, start_s=start_s, end_s=end_s, random=random)
        yield _placed(day, block, room_id, start_s, end_s, tasks=tasks, lesson=lesson)


def _room_at(day: _Day, class_id: str, time_s: float) -> str:
    """Where a class is at a time: its lesson then, else its first room of the day, else the first hall."""
    own = [lesson for lesson in _todays_lessons(day) if lesson.class_id == class_id]
    for lesson in own:
        period = day.period_of[lesson.period_id]
        if period.start_s <= time_s < period.end_s:
            return lesson.room_id
    fallback = _rooms_of_kind(day, GATHERING_KINDS) or [day.site.building.rooms[0].id]
    return own[0].room_id if own else fallback[0]


def _updates(day: _Day, sessions: list[Session]) -> Iterator[Session]:
    """An operating-system update for every pupil device, beside what its first session of the day does."""
    profile = day.site.profiles[UPDATE_PROFILE]
    seen: set[int] = set()
    for session in sorted(sessions, key=lambda session: session.start_s):
        if session.lesson is None:
            continue
        fresh = np.array([int(key) not in seen for key in session.keys])
        seen.update(int(key) for key in session.keys)
        random = day.draws("update", session.lesson.class_id, session.lesson.period_id)
        tasks = tasks_of(profile, fresh, start_s=session.start_s, end_s=session.end_s, random=random)
        if tasks:
            yield Session(
                session.start_s, session.end_s, session.room, session.client_id, session.wired_switch_id,
                session.keys, tasks, None,
            )  # fmt: skip


def _rooms_of_kind(day: _Day, kinds: tuple[str, ...]) -> list[str]:
    return [room.id for kind in kinds for room in day.site.building.rooms if room.kind == kind]
