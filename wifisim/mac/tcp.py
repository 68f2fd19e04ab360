"""TCP over one cell: data one way, acknowledgements the other, both contending.

Every second segment is acknowledged (RFC 5681 section 4.2), so a burst of n segments causes n/2 acknowledgements,
which the other side sends as one burst in an access of its own. Downloads: the access point always has data; the
number of stations that hold acknowledgements is a birth-death chain, up when the access point wins the air, down when
a station does. Uploads: the stations and the access point, which owes acknowledgements to them all, contend together.
Slow start, losses and the wired part are left to the flow model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from wifisim.mac.bianchi import Contender, Contention, contend
from wifisim.mac.exchange import Exchange, Medium, contender, exchange
from wifisim.mac.frames import TCP_IP_OCTETS, TCP_MSS_OCTETS, burst
from wifisim.rf.phy import PhyMode

SEGMENTS_PER_ACK = 2.0  # delayed acknowledgements: RFC 5681 section 4.2


@dataclass(frozen=True, slots=True)
class Cycle:
    """One burst of data and the burst of acknowledgements it causes; ``payload_bits`` is what TCP's user gets."""

    data: Exchange
    acks: Exchange
    payload_bits: float
    seconds_per_bit: float


@lru_cache(maxsize=65536)
def tcp_cycle(
    mode: PhyMode, reverse: PhyMode, medium: Medium, *, direction: Literal["down", "up"], queued: float
) -> Cycle:
    """The cycle of a lone transfer with ``queued`` segments waiting, collisions between the two sides included."""
    data, acks = exchanges(mode, reverse, medium, queued=queued)
    payload_bits = data.burst.packets * TCP_MSS_OCTETS * 8
    goodput = _down(data, acks, medium, 1) if direction == "down" else _up(data, acks, medium, 1)
    return Cycle(data, acks, payload_bits, 1.0 / goodput)


def tcp_goodput_bps(
    mode: PhyMode, reverse: PhyMode, medium: Medium, *, direction: Literal["down", "up"], stations: int
) -> float:
    """Goodput of ``stations`` bulk transfers at one rate."""
    shared = 2.0 * medium.limits.queue_packets / (stations + 1) if direction == "down" else medium.limits.queue_packets
    data, acks = exchanges(mode, reverse, medium, queued=shared)
    return _down(data, acks, medium, stations) if direction == "down" else _up(data, acks, medium, stations)


def exchanges(mode: PhyMode, reverse: PhyMode, medium: Medium, *, queued: float) -> tuple[Exchange, Exchange]:
    """Data and acknowledgement exchanges."""
    packet = TCP_MSS_OCTETS + TCP_IP_OCTETS
    data = burst(mode, packet, limits=medium.limits, queued=queued, band=medium.band)
    owed = max(data.packets / SEGMENTS_PER_ACK, 1.0)
    acks = burst(reverse, TCP_IP_OCTETS, limits=medium.limits, queued=owed, band=medium.band)
    return exchange(mode, data, medium), exchange(reverse, acks, medium)


def _down(data: Exchange, acks: Exchange, medium: Medium, stations: int) -> float:
    weight, time_s, bits = 1.0, 0.0, 0.0
    before: Contention | None = None
    for holding in range(stations + 1):
        sides: tuple[Contender, ...] = (contender(data, 1.0, medium),)
        if holding:
            sides = (*sides, contender(acks, float(holding), medium))
        now = contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s)
        if before is not None:
            fresh = 1.0 - (holding - 1) / stations
            weight *= before.data_success[0] * fresh / now.data_success[1]
        time_s += weight * now.slot_s
        bits += weight * now.data_success[0] * data.burst.packets * TCP_MSS_OCTETS * 8
        before = now
    return bits / time_s


def _up(data: Exchange, acks: Exchange, medium: Medium, stations: int) -> float:
    sides = (contender(data, float(stations), medium), contender(acks, 1.0, medium))
    now = contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s)
    return now.data_success[0] * data.burst.packets * TCP_MSS_OCTETS * 8 / now.slot_s
