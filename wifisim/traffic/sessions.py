"""Sessions: groups of like devices in one room for a while, and what the builders of a day's sessions all need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.rollout import Stage, Wave
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.timetable import Lesson, Period
from wifisim.randomness import identity, mix, stream
from wifisim.traffic.activities import Task
from wifisim.traffic.population import Block, Population

GATHERING_KINDS = ("dining", "hall", "library")


@dataclass(frozen=True, slots=True)
class Session:
    """Devices of one type in one room from ``start_s`` to ``end_s``, and what they do there.

    ``room`` is an index into ``building.rooms``; ``keys`` identify the devices [device]; ``wired_switch_id`` is
    empty for devices on the air. ``lesson`` is set where the session counts for a lesson's quality. Devices that are
    not ``managed`` by the school do not use its content cache; ``staff`` marks the machines of staff.
    """

    start_s: float
    end_s: float
    room: int
    client_id: str
    wired_switch_id: str
    keys: NDArray[np.uint64]
    tasks: tuple[Task, ...]
    lesson: Lesson | None
    managed: bool = True
    staff: bool = False


@dataclass(frozen=True, slots=True)
class HandOut:
    """When a class unpacks and enrols the devices of a wave."""

    wave: Wave
    start_s: float
    end_s: float


@dataclass(frozen=True)
class SchoolDay:
    """One day of one stage: who is there, which kinds of day fall together, and under which replication."""

    site: Site
    stage: Stage
    population: Population
    kinds: frozenset[DayKind]
    seed: int
    replication: int

    @cached_property
    def room_of(self) -> dict[str, int]:
        """Index of each room."""
        return {room.id: index for index, room in enumerate(self.site.building.rooms)}

    @cached_property
    def period_of(self) -> dict[str, Period]:
        """Periods by id."""
        return {period.id: period for period in self.site.timetable.periods}

    @cached_property
    def lessons(self) -> list[Lesson]:
        """Today's lessons in the order of the timetable."""
        return [lesson for lesson in self.site.timetable.lessons if lesson.day == self.site.simulation.weekday]

    @cached_property
    def handouts(self) -> dict[str, HandOut]:
        """On an arrival day, the hand-out of each class (or room with a class set) that enrols devices at school."""
        waves = [wave for wave in self.stage.arriving if wave.arrival.enrol and "arrival" in self.kinds]
        found = {}
        for wave in waves:
            owners = wave.class_ids or [one.block.owner for one in self.population.sets if one.wave == wave]
            for number, owner in enumerate(owners):
                slot = number * wave.arrival.slots // len(owners)
                start_s = wave.arrival.start_s + slot * wave.arrival.slot_s
                found[owner] = HandOut(wave, start_s, start_s + wave.arrival.slot_s)
        return found

    def has_devices(self, owner: str, time_s: float) -> bool:
        """Whether a class or a room has its devices by then: on an arrival day only once they are handed out."""
        handout = self.handouts.get(owner)
        return handout is None or handout.end_s <= time_s

    def draws(self, *names: str | int) -> np.random.Generator:
        """The stream of this replication called ``names``; it does not depend on the stage or the design."""
        return stream(self.seed, "day", self.replication, *names)

    def device_draws(self, keys: NDArray[np.uint64], *names: str) -> NDArray[np.float64]:
        """One uniform number a device [device], from its identity alone, whoever else is there."""
        mixed = mix(keys, identity(self.seed, self.replication, *names))
        return np.asarray((mixed >> np.uint64(11)) * 2.0**-53, dtype=np.float64)

    def rooms_of_kind(self, kinds: tuple[str, ...]) -> list[str]:
        """Rooms of these kinds, kind by kind."""
        return [room.id for kind in kinds for room in self.site.building.rooms if room.kind == kind]

    def room_at(self, class_id: str, time_s: float) -> str:
        """Where a class is at a time: its lesson then, else its first room of the day, else the first hall."""
        own = [lesson for lesson in self.lessons if lesson.class_id == class_id]
        for lesson in own:
            period = self.period_of[lesson.period_id]
            if period.start_s <= time_s < period.end_s:
                return lesson.room_id
        fallback = self.rooms_of_kind(GATHERING_KINDS) or [self.site.building.rooms[0].id]
        return own[0].room_id if own else fallback[0]


def placed(
    day: SchoolDay,
    block: Block,
    room_id: str,
    span_s: tuple[float, float],
    *,
    tasks: tuple[Task, ...],
    lesson: Lesson | None = None,
) -> Session:
    """The devices of ``block`` in a room from ``span_s[0]`` to ``span_s[1]``."""
    return Session(
        start_s=span_s[0],
        end_s=span_s[1],
        room=day.room_of[room_id],
        client_id=block.client_id,
        wired_switch_id=block.wired_switch_id,
        keys=block.keys,
        tasks=tasks,
        lesson=lesson,
        managed=block.managed,
        staff=block.owner == "staff",
    )
