"""Cells of stations around access points: what is asked, and what is answered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from wifisim.mac.exchange import Exchange, Medium
from wifisim.mac.multiuser import SINGLE_USER, MultiUser
from wifisim.mac.neighbours import Layout
from wifisim.rf.phy import PhyMode

Direction = Literal["down", "up", "both"]
Transport = Literal["udp", "tcp"]
Fairness = Literal["throughput", "airtime"]


@dataclass(frozen=True, slots=True)
class Group:
    """``stations`` alike stations of every access point; ``works`` is False where the signal is too weak.

    ``slower`` is the same group at each lower MCS, the next one first, where rate control may choose.
    """

    label: str
    stations: int
    mode: PhyMode
    works: bool = True
    slower: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked: groups of stations around each access point of ``layout``."""

    groups: tuple[Group, ...]
    medium: Medium
    layout: Layout
    direction: Direction = "down"
    transport: Transport = "udp"
    fairness: Fairness = "throughput"
    payload_octets: int = 1472
    offered_bps: float = math.inf
    beacon_rate_mbps: float = 6.0
    multi: MultiUser = SINGLE_USER

    @property
    def stations(self) -> int:
        """Stations of one access point."""
        return sum(group.stations for group in self.groups)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group, all access points together. ``airtime`` is its part of the time that data are on the air."""

    group: Group
    goodput_bps: float
    per_station_bps: float
    airtime: float
    mpdus_per_ampdu: float
    data: Exchange


@dataclass(frozen=True, slots=True)
class CellResult:
    """What the cells carry.

    ``airtime`` is the share of time that data are on the air of one channel, overlaps counted once; ``beacons`` what
    beacons take of it. ``together`` is how many access points send at once, ``received`` what is left of their goodput
    beside each other where they do not hear each other.
    """

    cell: Cell
    groups: tuple[GroupResult, ...]
    goodput_bps: float
    airtime: float
    collision_probability: float
    mpdus_per_ampdu: float
    beacons: float
    together: int
    received: float
    acks: Exchange | None

    @property
    def efficiency(self) -> float:
        """Goodput over PHY rate of one channel's worth of air, weighted over groups by the time they would need."""
        needed = sum(found.goodput_bps / found.group.mode.rate_bps for found in self.groups)
        rates = self.cell.multi.users if self.cell.multi.kind == "mimo" else 1
        return needed / self.together / rates
