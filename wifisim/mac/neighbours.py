"""One to three access points at a distance, each with its stations around it: who defers, who is drowned.

Access points stand on a line or in an equilateral triangle, stations evenly on a circle around theirs, the first one
towards the next access point. An access point defers while the power it receives from the others, added up, is above
the carrier-sense level (a frame being followed keeps the medium busy while the sum is above it). Two frames that start
in one slot, or that overlap because their senders do not hear each other, are both on the air: a station receives its
own where signal over noise and interference suffices, unless it was already busy with the stranger's preamble.
Channels other than the same are apart. Left out: stations that defer though their access point need not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.exchange import Survival
from wifisim.mac.exposure import caught, received, requests_received, sinr_db, summed_mw
from wifisim.mac.timing import SIGNAL_DETECT_DBM
from wifisim.rf.phy import PhyMode, noise_dbm
from wifisim.rf.propagation import REFERENCE_EXPONENT, REFERENCE_LOSS_1M_DB, log_distance_db
from wifisim.units import mw_from_dbm

Floats = NDArray[np.float64]

MOST_SEATS = 72  # bearings that stand for more stations than that: one every five degrees


@dataclass(frozen=True, slots=True)
class Layout:
    """Where radios stand and how loud they are; ``station_m`` is the distance of stations from their access point."""

    aps: int = 1
    distance_m: float = 10.0
    same_channel: bool = True
    station_m: float = 3.0
    power_dbm: float = 20.0
    noise_figure_db: float = 7.0
    exponent: float = REFERENCE_EXPONENT
    loss_1m_db: float = REFERENCE_LOSS_1M_DB
    carrier_sense_dbm: float = SIGNAL_DETECT_DBM

    def received_dbm(self, distance_m: float) -> float:
        """Level over a distance."""
        return self.power_dbm - log_distance_db(distance_m, exponent=self.exponent, loss_1m_db=self.loss_1m_db)

    def snr_db(self, distance_m: float, width_mhz: float) -> float:
        """Signal over noise at a distance."""
        return self.received_dbm(distance_m) - noise_dbm(width_mhz, self.noise_figure_db)

    @property
    def ap_level_dbm(self) -> float:
        """What one access point receives of another."""
        return self.received_dbm(self.distance_m)


def together(layout: Layout) -> int:
    """How many of the access points may send at the same time without one of them deferring to the rest."""
    if layout.aps == 1 or not layout.same_channel:
        return layout.aps
    for count in range(2, layout.aps + 1):
        summed = layout.ap_level_dbm + 10.0 * math.log10(count - 1)
        if summed >= layout.carrier_sense_dbm:
            return count - 1
    return layout.aps


def survival(layout: Layout, *, stations: int, mode: PhyMode, octets: int, contenders: int) -> Survival:
    """Shares of the collisions between cells that do no harm, mean over stations.

    Data under data need their SINR; data under a short request need their preamble to be caught, after which the rest
    is undisturbed; a request needs the SINR of 16-QAM 1/2. Of the ``contenders`` of one cell two that collide are both
    lost, so only the share of collisions with other cells counts.
    """
    own, strangers = seat_levels_dbm(layout, stations)
    # One stranger at a time [stranger, station]: two that collide with a third are left out.
    one_by_one = mw_from_dbm(strangers)
    share = foreign_share(layout, contenders)
    asked = requests_received(own, one_by_one, noise_figure_db=layout.noise_figure_db)
    return Survival(
        data=share * float(_received(layout, own, one_by_one, mode=mode, octets=octets).mean()),
        data_under_request=share * float(caught(own, one_by_one).mean()),
        request=share * float(asked.mean()),
    )


def foreign_share(layout: Layout, contenders: int) -> float:
    """Share of the collisions of one cell's contender that are with other cells'."""
    return contenders * (layout.aps - 1) / max(contenders * layout.aps - 1, 1)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One station beside access points that are not heard: what comes through while some of them are on the air.

    By the set of strangers that send, as a binary number: shares of ``mpdus`` and ``requests`` received, whether the
    own preamble is ``caught``. By stranger: whether its preamble is ``heard`` and followed.
    """

    mpdus: tuple[float, ...]
    requests: tuple[float, ...]
    caught: tuple[bool, ...]
    heard: tuple[bool, ...]


def exposures(layout: Layout, modes: tuple[PhyMode, ...], octets: int) -> tuple[tuple[Exposure, ...], ...]:
    """Exposure [access point][station] of stations with ``modes``, evenly seated in that order."""
    own, strangers = seat_levels_dbm(layout, len(modes))
    others = summed_mw(strangers)[1:]
    asked = requests_received(own, others, noise_figure_db=layout.noise_figure_db)
    data = np.zeros_like(others)
    for mode in set(modes):
        seats = [seat for seat in range(len(own)) if modes[seat % len(modes)] == mode]
        data[:, seats] = _received(layout, own[seats], others[:, seats], mode=mode, octets=octets)
    found = [
        Exposure((1.0, *d), (1.0, *r), (True, *c), tuple(h))
        for d, r, c, h in zip(
            data.T.tolist(),
            asked.T.tolist(),
            caught(own, others).T.tolist(),
            (strangers >= layout.carrier_sense_dbm).T.tolist(),
            strict=True,
        )
    ]
    return tuple(tuple(found[ap * len(modes) : (ap + 1) * len(modes)]) for ap in range(layout.aps))


def _received(layout: Layout, own: Floats, others_mw: Floats, *, mode: PhyMode, octets: int) -> Floats:
    noise_mw = float(mw_from_dbm(np.array(noise_dbm(mode.width_mhz, layout.noise_figure_db))))
    return received(sinr_db(own, others_mw, noise_mw), mode, octets)


def seat_levels_dbm(layout: Layout, stations: int) -> tuple[Floats, Floats]:
    """Own level [ap x station] and that of each other access point [other, ap x station]."""
    points = access_points(layout)
    seats = min(stations, MOST_SEATS)
    angles = 2.0 * np.pi * np.arange(seats) / seats
    circle = layout.station_m * np.column_stack([np.cos(angles), np.sin(angles)])
    strangers: list[list[float]] = []
    for index, point in enumerate(points):
        for seat in point + circle:
            rest = [other for number, other in enumerate(points) if number != index]
            strangers.append([layout.received_dbm(float(np.hypot(*(seat - other)))) for other in rest])
    levels = np.array(strangers)
    return np.full(len(levels), layout.received_dbm(layout.station_m)), levels.T


def access_points(layout: Layout) -> Floats:
    """Positions [ap, xy] such that all neighbours are ``distance_m`` apart."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(3.0) / 2.0]]) * layout.distance_m
    chosen = corners[: layout.aps]
    assert all(  # noqa: S101
        math.isclose(float(np.hypot(*(a - b))), layout.distance_m) for a, b in combinations(chosen, 2)
    )
    return chosen
