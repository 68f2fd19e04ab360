"""What a bit costs in air-seconds, for every radio and place: the prices that the flow model pays.

Price = time of one whole cycle of a lone flow / payload bits it carries. A cycle is AIFS + mean backoff + data PPDU
+ SIFS + block ack and, for TCP, the exchange of the acknowledgements it causes the other way (see ``tcp``). Beside
radios that are not heard, data and acknowledgements take as many times longer as ``strangers`` says. Rate control is
ideal: of the modes that the signal carries with ``rate_margin_db`` to spare, data and acknowledgements go out in those
in which the bit costs least; a usable link never falls below MCS 0. What contention adds is not in the price but in
``usable_airtime``: goodput with k contenders over that of one. Power save and probing of rates are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.exchange import Medium, exchange
from wifisim.mac.frames import TCP_MSS_OCTETS, UDP_IP_OCTETS, burst
from wifisim.mac.links import Links, Way
from wifisim.mac.multiuser import SINGLE_USER, MultiUser, at_most, burst_s
from wifisim.mac.tcp import (
    SEGMENT_BITS,
    Cycle,
    data_exchange,
    download_cycle,
    goodput_bps,
    lone_burst,
    uploads,
)
from wifisim.rf.phy import PhyMode

_MOST_STATIONS = 60  # of one access point that are told apart

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Direction = Literal["down", "up"]
Transport = Literal["tcp", "udp"]


@dataclass(frozen=True, slots=True)
class Prices:
    """Arrays [radio, place] for one client type: PHY rates in bit/s and air-seconds per payload bit (inf: no link)."""

    down_rate_bps: Floats
    up_rate_bps: Floats
    down_s_per_bit: Floats
    up_s_per_bit: Floats


def prices(found: Links, *, transfer_bytes: float = math.inf, multi: MultiUser = SINGLE_USER) -> Prices:
    """Rates and prices of TCP transfers; ``transfer_bytes`` bounds what one can have waiting, hence its bursts.

    With ``multi`` a radio serves so many at once, or as many of them as its PPDUs and antennas allow; all of them have
    downloads waiting (see ``multiuser``).
    """
    result = Prices(*(np.zeros(found.shape) for _ in range(2)), *(np.full(found.shape, np.inf) for _ in range(2)))
    for link in found.by_radio:
        for direction, data, acks, rate_bps, price in (
            ("down", link.down, link.up, result.down_rate_bps, result.down_s_per_bit),
            ("up", link.up, link.down, result.up_rate_bps, result.up_s_per_bit),
        ):
            served = _Served(multi, link.antennas) if direction == "down" else _ALONE
            costs = _costs(data.modes, acks.modes, link.medium, direction, transfer_bytes, served)
            chosen, least = _cheapest(costs, data, acks)
            rate_bps[link.radio, link.places] = np.array([mode.rate_bps for mode in data.modes])[chosen]
            price[link.radio, link.places] = least
    return result


def air_seconds_per_bit(
    mode: PhyMode,
    reverse: PhyMode,
    medium: Medium,
    *,
    direction: Direction,
    transport: Transport = "tcp",
    transfer_bytes: float = math.inf,
) -> float:
    """Price of one payload bit of a lone flow whose data go out in ``mode`` and whose answers in ``reverse``."""
    queued = _waiting(transfer_bytes, medium)
    if transport == "tcp":
        if direction == "down":
            return _download(mode, reverse, medium, transfer_bytes).seconds_per_bit
        return 1.0 / uploads(mode, reverse, medium, queued=queued, stations=1).goodput_bps
    carried = burst(mode, TCP_MSS_OCTETS + UDP_IP_OCTETS, limits=medium.limits, queued=queued, band=medium.band)
    cycle_s = medium.aifs_s + medium.backoff_s + exchange(mode, carried, medium).success_s
    return cycle_s / (carried.packets * TCP_MSS_OCTETS * 8)


def usable_airtime(most: int, mode: PhyMode, medium: Medium) -> tuple[float, ...]:
    """Factor on the airtime while k = 0 ... ``most`` transmitters contend, relative to the lone flow that prices pay.

    Goodput of k uploads over goodput of one (see ``tcp``) at a typical ``mode``; the last entry stands for more.
    """
    return _factors(most, mode, medium, "up")


def usable_downloads(most: int, mode: PhyMode, medium: Medium, *, stations: float = math.inf) -> tuple[float, ...]:
    """The same while k downloads are in progress, whose acknowledgements contend, each to a station of its own.

    With ``stations`` each is to any of those, so that k downloads keep fewer of them busy.
    """
    if math.isinf(stations):
        return _factors(most, mode, medium, "down")
    # As many as k balls hit of so many places.
    busy = stations * (1.0 - (1.0 - 1.0 / stations) ** np.arange(most + 1))
    own = _factors(_MOST_STATIONS, mode, medium, "down")
    return tuple(np.interp(busy, np.arange(len(own)), own).tolist())


@lru_cache(maxsize=256)
def _factors(most: int, mode: PhyMode, medium: Medium, direction: Direction) -> tuple[float, ...]:
    alone = goodput_bps(mode, mode, medium, direction=direction, stations=1)
    shares = [goodput_bps(mode, mode, medium, direction=direction, stations=k) / alone for k in range(1, most + 1)]
    # More contenders never raise what is usable, whatever idle slots they save.
    lowest = np.minimum.accumulate(np.minimum(shares, 1.0)) if shares else np.ones(0)
    return (1.0, *(float(share) for share in lowest))


def _waiting(transfer_bytes: float, medium: Medium) -> float:
    """Segments that one transfer can have queued."""
    waiting = max(math.ceil(min(transfer_bytes, 1e12) / TCP_MSS_OCTETS), 1)
    return float(min(waiting, medium.limits.queue_packets))


@dataclass(frozen=True, slots=True)
class _Served:
    """How many users a radio wants to serve at once, and from how many antennas."""

    multi: MultiUser
    antennas: int


_ALONE = _Served(SINGLE_USER, 1)


@dataclass(frozen=True, slots=True)
class _Costs:
    """Air-seconds per bit in the calm: of data [data mode], of acknowledgements [data mode, acknowledgement mode].

    ``least`` [data mode, acknowledgement mode] is the sum in the cheapest modes up to these, ``best`` its data mode.
    """

    data: Floats
    acks: Floats
    least: Floats
    best: Ints


@lru_cache(maxsize=512)
def _costs(
    modes: tuple[PhyMode, ...],
    reverse: tuple[PhyMode, ...],
    medium: Medium,
    direction: Direction,
    size: float,
    served: _Served,
) -> _Costs:
    """Exact where both ways have one mode; else acknowledgements change by what theirs takes longer or shorter.

    Against the price of every pair of modes that is off by at most 1.2 % within four steps of the ladder.
    """
    data = np.array(
        [
            air_seconds_per_bit(mode, mode, medium, direction=direction, transfer_bytes=size)
            - _acks_s_per_bit(mode, mode, medium, direction, size)
            - _saved_s_per_bit(at_most(served.multi, mode, antennas=served.antennas), mode, medium, size)
            for mode in modes
        ]
    )
    acks = np.array([[_acks_s_per_bit(mode, answer, medium, direction, size) for answer in reverse] for mode in modes])
    whole = data[:, None] + acks
    best = [[whole[: row + 1, : column + 1].min(axis=1).argmin() for column in range(len(reverse))]
            for row in range(len(modes))]  # fmt: skip
    least = np.minimum.accumulate(np.minimum.accumulate(whole, axis=0), axis=1)
    return _Costs(data, acks, least, np.array(best))


def _saved_s_per_bit(multi: MultiUser, mode: PhyMode, medium: Medium, transfer_bytes: float) -> float:
    """What a burst gains by being sent together with others', for each payload bit of it; less than 0 if it loses."""
    sent = data_exchange(mode, medium, queued=_waiting(transfer_bytes, medium))
    alone_s = burst_s(SINGLE_USER, mode, sent, medium)
    return (alone_s - burst_s(multi, mode, sent, medium)) / (sent.burst.packets * SEGMENT_BITS)


def _download(mode: PhyMode, reverse: PhyMode, medium: Medium, transfer_bytes: float) -> Cycle:
    """A burst of a lone download: one that goes on for ever always has more, a finite one may have no more."""
    queued = _waiting(transfer_bytes, medium)
    if math.isinf(transfer_bytes):
        return download_cycle(mode, reverse, medium, queued=queued, stations=1)
    return lone_burst(mode, reverse, medium, queued=queued)


def _acks_s_per_bit(
    mode: PhyMode, reverse: PhyMode, medium: Medium, direction: Direction, transfer_bytes: float
) -> float:
    """What the acknowledgements of a burst take, for each payload bit of it."""
    if direction == "down":
        cycle = _download(mode, reverse, medium, transfer_bytes)
    else:
        cycle = lone_burst(mode, reverse, medium, queued=_waiting(transfer_bytes, medium))
    return cycle.answers * (cycle.acks.success_s + medium.aifs_s) / cycle.payload_bits


def _cheapest(costs: _Costs, data: Way, acks: Way) -> tuple[Ints, Floats]:
    """The data mode in which a bit costs least, and what it costs, both [place]."""
    chosen, price = costs.best[data.step, acks.step], costs.least[data.step, acks.step]
    rough = np.flatnonzero(~(data.calm & acks.calm))
    if not rough.size:
        return chosen, price
    total = (costs.data[:, None] * data.data_slower[:, rough])[:, None]
    total = total + costs.acks[:, :, None] * acks.acks_slower[:, rough]
    pairs = total.reshape(-1, rough.size)
    best = pairs.argmin(axis=0)
    chosen[rough], price[rough] = best // total.shape[1], pairs[best, np.arange(rough.size)]
    return chosen, price
