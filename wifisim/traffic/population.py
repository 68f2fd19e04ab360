"""Who has which device in one stage: the fleets that are there already, and the waves that have landed.

Every device has a 64-bit identity made from its owner's name, so that a pupil behaves alike in every design, every
stage and every number of processes; after a roll-over it moves up with the pupil. Left out: devices that are shared
between classes in one period (a trolley is there whenever its class's lesson uses devices).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.roll_over import beginnings
from wifisim.inputs.rollout import Fleet, Programme, Stage, Wave
from wifisim.inputs.site import Site
from wifisim.inputs.timetable import Lesson, SchoolClass
from wifisim.randomness import identity, mix, stream

Identities = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Block:
    """Devices of one type and one owner: a class, the staff or an IT room.

    ``keys`` are their identities [device]; ``profile_id`` is empty where the lesson decides what they do. ``growth``
    is how far their use in lessons has grown since the hand-out (see ``Adoption``).
    """

    owner: str
    client_id: str
    keys: Identities
    profile_id: str = ""
    wired_switch_id: str = ""
    one_to_one: bool = False
    goes_home: bool = False
    managed: bool = True
    growth: float = 1.0


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A department's devices in one room, as many as its largest class there has pupils, less the missing ones."""

    room_id: str
    wave: Wave
    block: Block


@dataclass(frozen=True, slots=True)
class Population:
    """All devices of a stage: by class, by IT room, those of staff, and departments' class sets."""

    pupils: dict[str, tuple[Block, ...]]
    phones: dict[str, tuple[Block, ...]]
    rooms: dict[str, Block]
    staff: tuple[Block, ...]
    sets: tuple[ClassSet, ...] = ()

    @property
    def count(self) -> int:
        """Number of devices of all kinds."""
        by_class = [block for blocks in (*self.pupils.values(), *self.phones.values()) for block in blocks]
        in_rooms = [*self.rooms.values(), *(one.block for one in self.sets)]
        return sum(block.keys.size for block in [*by_class, *in_rooms, *self.staff])

    def set_for(self, lesson: Lesson) -> ClassSet | None:
        """The class set of the lesson's room, where it is its department's."""
        fitting = (one for one in self.sets if one.room_id == lesson.room_id and lesson.subject in one.wave.subjects)
        return next(fitting, None)


def populate(site: Site, stage: Stage, *, seed: int, replication: int) -> Population:
    """The devices that are in school on a day of ``stage``.

    A device given by a wave is missing with the programme's fault share, and with its forgotten share unless it stays
    in school by itself (class sets, devices of who opted out). The pool (``pool_share`` of all devices handed out,
    rounded up) replaces missing ones while it lasts: pupils' own in the order of the waves, then those of class sets.
    """
    fleets = [fleet for fleet in site.fleets if fleet.retired_on is None or fleet.retired_on > stage.date]
    cohorts = list(_cohorts(site, stage))
    sets = [one for wave in stage.landed if wave.subjects for one in _department_sets(site, stage, wave)]
    handed_out = sum(cohort.size for cohort in cohorts) + sum(one.block.keys.size for one in sets)
    pool = _Pool(math.ceil(site.programme.pool_share * handed_out), seed, replication)
    pupils = {cohort.school_class.id: _handed_out(site.programme, cohort, pool) for cohort in cohorts}
    for fleet in fleets:
        if fleet.use == "class":
            for class_id in fleet.class_ids:
                pupils.setdefault(class_id, (_class_set(site, fleet, class_id),))
    return Population(
        pupils=pupils,
        phones=_phones(site, fleets),
        rooms={fleet.room_id: _room_set(fleet) for fleet in fleets if fleet.use == "room"},
        staff=tuple(_staff_set(site, fleet) for fleet in fleets if fleet.use in {"staff", "staff-phone"}),
        sets=tuple(_kept(one, pool, fault_share=site.programme.fault_share) for one in sets),
    )


@dataclass(frozen=True, slots=True)
class _Cohort:
    """A class with devices: ``root`` is what it was called at first, ``size`` how many came all the way."""

    school_class: SchoolClass
    root: str
    size: int
    wave: Wave
    today: dt.date


def _cohorts(site: Site, stage: Stage) -> Iterator[_Cohort]:
    """The classes whose wave has landed, in the order of the waves."""
    begun = beginnings(site.timetable.classes, stage.rolled_over)
    for wave in stage.landed:
        for school_class in site.timetable.classes:
            if school_class.id in wave.class_ids:
                yield _Cohort(school_class, *begun[school_class.id], wave, stage.date)


@dataclass(slots=True)
class _Pool:
    """The ``spares`` that are left, and the draws of what is missing in one replication."""

    spares: int
    seed: int
    replication: int

    def present(self, shares: NDArray[np.float64], *names: str) -> NDArray[np.bool_]:
        """Who has a device [device], each missing with its share; the first of the missing ones get a spare."""
        present = stream(self.seed, "missing", self.replication, *names).random(shares.size) >= shares
        replaced = np.flatnonzero(~present)[: self.spares]
        self.spares -= replaced.size
        present[replaced] = True
        return present


def _handed_out(programme: Programme, cohort: _Cohort, pool: _Pool) -> tuple[Block, ...]:
    """The devices of one class by type: the wave's or the pupil's choice, and the opted-out pupils' school devices."""
    keys = _keys("pupil", cohort.root, count=cohort.size)
    opted_out = stream(pool.seed, "opt-out", cohort.root).random(cohort.size) < programme.opt_out_share
    chances = stream(pool.seed, "choice", cohort.root).random(cohort.size)
    missing = programme.fault_share + np.where(opted_out, 0.0, programme.forgotten_share)
    present = pool.present(missing, cohort.root)
    weeks = (cohort.today - cohort.wave.date).days / 7.0
    growth = programme.adoption.reached(cohort.school_class.stage, weeks)
    choice = programme.choice or ((cohort.wave.client_id, 1.0),)
    steps = np.cumsum([share for _, share in choice])[:-1]
    chosen_type = np.searchsorted(steps, chances, side="right")
    kinds = [(client_id, ~opted_out & (chosen_type == i), False) for i, (client_id, _) in enumerate(choice)]
    kinds.append((programme.opt_out_client_id, opted_out, True))
    return tuple(
        Block(
            owner=cohort.school_class.id,
            client_id=client_id,
            keys=keys[chosen & present],
            one_to_one=True,
            goes_home=programme.goes_home and not stays,
            managed=programme.managed or stays,
            growth=growth,
        )
        for client_id, chosen, stays in kinds
        if (chosen & present).any()
    )


def _kept(one: ClassSet, pool: _Pool, *, fault_share: float) -> ClassSet:
    """A class set without its faulty devices that no spare replaces; nobody forgets one at home."""
    keys = one.block.keys
    present = pool.present(np.full(keys.size, fault_share), "class-set", one.wave.id, one.room_id)
    return replace(one, block=replace(one.block, keys=keys[present]))


def _department_sets(site: Site, stage: Stage, wave: Wave) -> Iterator[ClassSet]:
    """One set a room, in the order of the timetable; a room has the set of the first wave that equips it."""
    sizes = {school_class.id: school_class.size for school_class in site.timetable.classes}
    before = [other for other in stage.landed[: stage.landed.index(wave)] if other.subjects]
    taken = {lesson.room_id for lesson in site.timetable.lessons if any(lesson.subject in w.subjects for w in before)}
    wanted: dict[str, int] = {}
    for lesson in site.timetable.lessons:
        if lesson.subject in wave.subjects and lesson.room_id not in taken:
            wanted[lesson.room_id] = max(wanted.get(lesson.room_id, 0), sizes[lesson.class_id])
    for room_id, size in wanted.items():
        keys = _keys("class-set", wave.id, room_id, count=size)
        yield ClassSet(room_id, wave, Block(room_id, wave.client_id, keys, one_to_one=True))


def _class_set(site: Site, fleet: Fleet, class_id: str) -> Block:
    size = next(school_class.size for school_class in site.timetable.classes if school_class.id == class_id)
    keys = _keys("pupil", class_id, count=min(round(size * fleet.per_person), size))
    return Block(owner=class_id, client_id=fleet.client_id, keys=keys, one_to_one=fleet.per_person >= 1.0)


def _phones(site: Site, fleets: list[Fleet]) -> dict[str, tuple[Block, ...]]:
    phones: dict[str, tuple[Block, ...]] = {}
    for fleet in fleets:
        if fleet.use != "pupil-phone":
            continue
        for school_class in site.timetable.classes:
            keys = _keys(fleet.id, school_class.id, count=round(school_class.size * fleet.per_person))
            block = Block(school_class.id, fleet.client_id, keys, fleet.profile_id)
            phones[school_class.id] = (*phones.get(school_class.id, ()), block)
    return phones


def _room_set(fleet: Fleet) -> Block:
    return Block(
        owner=fleet.room_id,
        client_id=fleet.client_id,
        keys=_keys(fleet.id, fleet.room_id, count=fleet.count),
        profile_id=fleet.profile_id,
        wired_switch_id=fleet.switch_id if fleet.wired else "",
    )


def _staff_set(site: Site, fleet: Fleet) -> Block:
    keys = _keys(fleet.id, "staff", count=round(site.staff * fleet.per_person))
    return Block(fleet.use, fleet.client_id, keys, fleet.profile_id)


def _keys(*names: str, count: int) -> Identities:
    return mix(np.arange(count, dtype=np.uint64), identity(*names))
