"""TCP over one cell: data one way, acknowledgements the other, both contending.

Every second segment is acknowledged (RFC 5681 section 4.2), so a burst of n segments causes n/2 acknowledgements,
which the other side sends as one burst in an access of its own.

Downloads: a station that has just received a burst, and had nothing to send, may send its acknowledgements after an
AIFS without backoff (IEEE 802.11-2020 clause 10.23.2.2). It meets the access point only where that has drawn slot 0,
once in W cycles. Of those collisions the access point's next burst, to another station, survives where that station is
far enough from the one that acknowledges (``CAPTURE``).

Uploads: all stations contend with the access point, which owes acknowledgements to them all and serves one a burst.
After collisions among stations, those that heard the wreck wait EIFS; the access point, to which they came in equally
loud, heard nothing it could decode and counts on: it contends as if always from the first window. Its queue bounds
how many acknowledgements one burst frees. If every station shared that evenly, only so many would have data at a time
that data and acknowledgements balance; if some held large windows and others none, all would contend. The number in
between is taken as the geometric mean of these two bounds. Slow start, losses and the wired part are left to the flow
model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Literal

from wifisim.mac.bianchi import Contention, contend
from wifisim.mac.exchange import NONE_SURVIVE, Exchange, Medium, Survival, contender, exchange
from wifisim.mac.frames import TCP_IP_OCTETS, TCP_MSS_OCTETS, burst
from wifisim.mac.timing import PREAMBLE_CAPTURE_DB
from wifisim.rf.phy import PhyMode

SEGMENTS_PER_ACK = 2.0  # delayed acknowledgements: RFC 5681 section 4.2
SEGMENT_BITS = 8 * TCP_MSS_OCTETS
CAPTURE_EXPONENT = 3.0  # path-loss exponent between the stations of a room

# Two stations at random bearings, as far from the access point as it from them: the second hears the access point
# 10 n log10(d / r) above the first, d = 2 r sin(angle / 2), so at least 4 dB for this share of the angles.
CAPTURE = 1.0 - 2.0 / math.pi * math.asin(10.0 ** (PREAMBLE_CAPTURE_DB / (10.0 * CAPTURE_EXPONENT)) / 2.0)
# So what the access point sends to one station comes through another's short request, and so does its own request.
CAUGHT = Survival(data=0.0, data_under_request=CAPTURE, request=CAPTURE)


@dataclass(frozen=True, slots=True)
class Cycle:
    """One burst of data with what it causes; ``seconds`` without the backoff that runs while others send."""

    data: Exchange
    acks: Exchange
    seconds: float
    lost: float

    @property
    def payload_bits(self) -> float:
        """What TCP's user gets of one burst."""
        return self.data.burst.packets * SEGMENT_BITS

    @property
    def seconds_per_bit(self) -> float:
        """Air-seconds of one payload bit."""
        return self.seconds / self.payload_bits


@dataclass(frozen=True, slots=True)
class Uploads:
    """Uploads of many stations: goodput, the contention behind it, stations with data at a time, segments a burst."""

    goodput_bps: float
    contention: Contention
    active: float
    segments: float


@lru_cache(maxsize=65536)
def download_cycle(mode: PhyMode, reverse: PhyMode, medium: Medium, *, queued: float, stations: int) -> Cycle:
    """One burst to one of ``stations`` that all download, ``queued`` segments waiting for it."""
    data = data_exchange(mode, medium, queued=queued)
    acks = ack_exchange(reverse, medium, owed=data.burst.packets / SEGMENTS_PER_ACK)
    aifs_s = medium.aifs_s
    answers = min(data.burst.packets / SEGMENTS_PER_ACK / acks.burst.packets, 1.0)
    plain_s = data.success_s + aifs_s + answers * (acks.success_s + aifs_s) + medium.backoff_s
    lost = (1.0 - (CAPTURE if stations > 1 else 0.0)) / (medium.access.cw_min + 1)
    met = answers / (medium.access.cw_min + 1)
    second_window_s = (2.0 * medium.access.cw_min + 1.0) / 2.0 * medium.slot_s
    again_s = data.lost_s + aifs_s + second_window_s + (data.recovery_s + aifs_s if asks(data, medium) else 0.0)
    acks_again_s = (acks.recovery_s + aifs_s) if asks(acks, medium) else 0.0
    return Cycle(data, acks, plain_s + answers * lost * again_s + met * acks_again_s, lost)


@lru_cache(maxsize=65536)
def uploads(
    mode: PhyMode,
    reverse: PhyMode,
    medium: Medium,
    *,
    queued: float,
    stations: int,
    survival: Survival = NONE_SURVIVE,
) -> Uploads:
    """All of ``stations`` upload at one rate; ``survival`` is what they come through of collisions between cells."""
    data = data_exchange(mode, medium, queued=queued)
    most_freed = SEGMENTS_PER_ACK * shared_queue(medium, stations)
    contest = partial(_contest, reverse=reverse, medium=medium, most_freed=most_freed, survival=survival)
    share, now = contest(data, float(stations))
    if share * data.burst.packets <= most_freed or stations == 1:
        return _uploads(data, now, float(stations))
    bursts = math.ceil(most_freed / data.burst.packets)
    data = data_exchange(mode, medium, queued=most_freed / bursts)
    low, high = 0.0, float(stations)
    for _ in range(30):
        balanced = (low + high) / 2.0
        share, now = contest(data, balanced)
        low, high = (balanced, high) if share < bursts else (low, balanced)
    active = math.sqrt(high * stations)
    return _uploads(data, contest(data, active)[1], active)


def shared_queue(medium: Medium, stations: int) -> float:
    """Packets that wait for a receiver when its turn comes, of a queue that ``stations`` receivers share in turn.

    Between two turns its part grows from none to A, so on average (stations + 1) A / 2 packets fill the queue.
    """
    return 2.0 * medium.limits.queue_packets / (stations + 1)


def data_exchange(mode: PhyMode, medium: Medium, *, queued: float) -> Exchange:
    """A burst of segments."""
    carried = burst(mode, TCP_MSS_OCTETS + TCP_IP_OCTETS, limits=medium.limits, queued=queued, band=medium.band)
    return exchange(mode, carried, medium)


def ack_exchange(mode: PhyMode, medium: Medium, *, owed: float) -> Exchange:
    """A burst of acknowledgements; A-MSDU is not used for them."""
    limits = replace(medium.limits, amsdu_octets=0)
    return exchange(mode, burst(mode, TCP_IP_OCTETS, limits=limits, queued=max(owed, 1.0), band=medium.band), medium)


def asks(exchanged: Exchange, medium: Medium) -> bool:
    """True where a loss costs a block-ack request before the repetition."""
    return exchanged.burst.aggregated and not medium.rts_cts


def goodput_bps(
    mode: PhyMode, reverse: PhyMode, medium: Medium, *, direction: Literal["down", "up"], stations: int
) -> float:
    """Goodput of ``stations`` bulk transfers at one rate."""
    if direction == "up":
        queued = float(medium.limits.queue_packets)
        return uploads(mode, reverse, medium, queued=queued, stations=stations).goodput_bps
    queued = shared_queue(medium, stations)
    return 1.0 / download_cycle(mode, reverse, medium, queued=queued, stations=stations).seconds_per_bit


def _contest(
    data: Exchange, active: float, *, reverse: PhyMode, medium: Medium, most_freed: float, survival: Survival
) -> tuple[float, Contention]:
    """Bursts of data per burst of acknowledgements while ``active`` stations have data, and the contention."""
    share = 1.0
    for _ in range(3):  # the acknowledgements' length hardly matters, so it settles at once
        owed = min(share * data.burst.packets, most_freed) / SEGMENTS_PER_ACK
        acks = ack_exchange(reverse, medium, owed=owed)
        # A lone station has nobody to collide with but the access point, so EIFS favours neither.
        sides = (
            contender(data, active, medium, survival=survival),
            contender(acks, 1.0, medium, fresh=active > 1.0),
        )
        now = contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s, eifs_s=medium.eifs_s)
        share = now.delivered[0] / now.delivered[1]
    return share, now


def _uploads(data: Exchange, now: Contention, active: float) -> Uploads:
    segments = data.burst.packets
    return Uploads(now.delivered[0] * segments * SEGMENT_BITS / now.slot_s, now, active, segments)
