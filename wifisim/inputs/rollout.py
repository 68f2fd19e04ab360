"""Who has which device from which date: what is there already, the programme, its waves, dated upgrades and events.

A *stage* is the site as it stands from one date on: before the first wave, then after each wave or upgrade.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from wifisim.inputs.equipment import Network

ProgrammeModel = Literal["school-owned", "take-home", "parental-contribution", "cyod", "byod"]
FleetUse = Literal["staff", "pupil-phone", "staff-phone", "room", "class"]
EventTarget = Literal["wan", "access_point", "switch", "filter", "service", "dns"]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Devices that are there before the programme.

    ``per_person`` counts for use ``staff``, ``pupil-phone`` and ``staff-phone``; ``room_id`` and ``count`` for an
    IT room (``wired`` ones use the line but not the air); ``class_ids`` and ``per_person`` for an earlier scheme.
    """

    id: str
    use: FleetUse
    client_id: str
    per_person: float
    room_id: str
    count: int
    wired: bool
    switch_id: str
    profile_id: str
    class_ids: tuple[str, ...]
    retired_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """How use grows after a hand-out: from ``start_share`` of the way to what profiles say, all after some weeks.

    ``by_stage`` (key stage, share) and ``staff_readiness`` say how far it ever gets.
    """

    start_share: float
    full_after_weeks: float
    by_stage: tuple[tuple[str, float], ...]
    staff_readiness: float

    def reached(self, stage: str, weeks: float) -> float:
        """The share of the growth that a key stage has reached ``weeks`` after its hand-out."""
        way = 1.0 if self.full_after_weeks == 0.0 else min(weeks / self.full_after_weeks, 1.0)
        grown = self.start_share + (1.0 - self.start_share) * way
        return grown * self.staff_readiness * dict(self.by_stage).get(stage, 1.0)


@dataclass(frozen=True, slots=True)
class Programme:
    """How pupils get devices. Opt-outs get a school device that stays in school; the pool replaces missing ones.

    ``choice`` (client type, share) is what pupils choose from (CYOD, BYOD); empty: the wave's device. On the dates of
    ``roll_over`` classes move up a year with their devices and the leavers' are gone. A class's trolley must charge
    for a lesson after ``lessons_per_charge`` lessons (0: it lasts all day).
    """

    model: ProgrammeModel
    client_id: str
    opt_out_share: float
    opt_out_client_id: str
    pool_share: float
    fault_share: float
    forgotten_share: float
    choice: tuple[tuple[str, float], ...]
    adoption: Adoption
    roll_over: tuple[dt.date, ...]
    lessons_per_charge: int

    @property
    def goes_home(self) -> bool:
        """Whether pupils carry their devices all day and take them home."""
        return self.model != "school-owned"

    @property
    def managed(self) -> bool:
        """Whether the school manages the devices: not those that families bring."""
        return self.model != "byod"

    @property
    def client_ids(self) -> tuple[str, ...]:
        """All client types that the programme may hand out, the usual one first."""
        return (self.client_id, *(client_id for client_id, _ in self.choice), self.opt_out_client_id)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The day a wave is handed out: ``slots`` groups ``slot_s`` apart from ``start_s``, enrolled if ``enrol``."""

    slots: int
    slot_s: float
    start_s: float
    enrol: bool
    profile_id: str


@dataclass(frozen=True, slots=True)
class Wave:
    """Devices for whole classes, or for a department, from one date on.

    A department (one or more ``subjects``) has a class set in each room where it teaches, for its lessons alone.
    """

    id: str
    date: dt.date
    class_ids: tuple[str, ...]
    client_id: str
    arrival: Arrival
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A dated change of the network; the changed network stands in the stage that it opens."""

    id: str
    date: dt.date
    label: str
    cost: float


@dataclass(frozen=True, slots=True)
class Event:
    """Something that fails on a kind of day, from ``start_s`` for ``duration_s``.

    A filter in ``bypass`` lets everything through uninspected. A cloud service that is slow takes ``slow_s`` longer
    for every answer, one that throttles the school leaves it ``left_bps``; with neither it is down.
    """

    day_kind: str
    target: EventTarget
    target_id: str
    start_s: float
    duration_s: float
    bypass: bool = False
    slow_s: float = 0.0
    left_bps: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """The site from ``date`` on; ``landed`` are the waves handed out by then, ``opens_with`` what made the stage.

    ``landed`` names classes as they are called on that date, after ``rolled_over`` September roll-overs.
    """

    id: str
    label: str
    date: dt.date
    opens_with: str
    landed: tuple[Wave, ...]
    network: Network
    rolled_over: int = 0

    @property
    def arriving(self) -> tuple[Wave, ...]:
        """The waves that are handed out on the day the stage opens."""
        return tuple(wave for wave in self.landed if wave.date == self.date)
