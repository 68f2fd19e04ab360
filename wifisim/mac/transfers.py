"""What a transfer of finite size asks of the air beyond its bits at the price of bulk.

Slow start (RFC 5681, RFC 6928) sends windows of 10 segments, then twice what has been acknowledged (why 18 comes second
in uploads is said in ``network.transport``). Each window goes out in bursts of its own, the last one short. Short
bursts carry less for their preamble and backoff. Here they cost their own transfer time (``first_burst_s``) and
others a turn (``mean_burst_s``), but no capacity: a simplification that docs/accuracy-transfers.md weighs. What a
connection adds in small packets, and acknowledging every segment while one is missing (``doubled_acks_share``), costs
air. Windows come to the access point as batches, which shortens the waits of transfers of few windows
(``served_in_turn``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.exchange import Medium, exchange
from wifisim.mac.frames import TCP_IP_OCTETS, TCP_MSS_OCTETS, burst
from wifisim.mac.tcp import SEGMENT_BITS, ack_exchange, data_exchange, lone_burst, uploads
from wifisim.rf.phy import PhyMode

Floats = NDArray[np.float64]
Direction = Literal["down", "up"]

INITIAL_WINDOW_SEGMENTS = 10  # RFC 6928
SECOND_WINDOW_SEGMENTS = {"down": 20, "up": 18}
# Small packets with an access of their own (RFC 9293 figures 6 and 12). Download: SYN, SYN-ACK, request, FIN, last ACK.
# Upload: SYN, SYN-ACK, FIN, last ACK; the answer rides with the acknowledgements.
SACK_OCTETS = 20  # option with two blocks, padded (RFC 2018 section 3): several segments are missing at a time
CONNECTION_PACKETS = {"down": 5, "up": 4}


def idle_round_trip_s(mode: PhyMode, reverse: PhyMode, medium: Medium) -> float:
    """What an idle cell adds to a round trip: two small frames sent at once, without backoff."""
    frames = (ack_exchange(mode, medium, owed=1.0), ack_exchange(reverse, medium, owed=1.0))
    return sum(frame.success_s + medium.aifs_s for frame in frames)


def first_burst_s(mode: PhyMode, reverse: PhyMode, medium: Medium, *, arriving_bps: float) -> float:
    """What an idle cell adds to a round trip of downloaded data that comes in at ``arriving_bps``.

    The first segment goes out alone, and its acknowledgement waits for that of the second, which is in the burst of
    those that came in meanwhile.
    """
    alone_s = data_exchange(mode, medium, queued=1.0).success_s + medium.aifs_s + medium.backoff_s
    came = math.floor(arriving_bps * alone_s / (8 * (TCP_MSS_OCTETS + TCP_IP_OCTETS)))
    return alone_s + lone_burst(mode, reverse, medium, queued=max(came, 1.0)).seconds


def connection_s(mode: PhyMode, medium: Medium, *, direction: Direction) -> float:
    """Air-seconds of the small packets of one connection."""
    small = ack_exchange(mode, medium, owed=1.0)
    return CONNECTION_PACKETS[direction] * (medium.aifs_s + small.success_s)


def doubled_acks_share(mode: PhyMode, reverse: PhyMode, medium: Medium) -> float:
    """Share of air that a download costs more while a segment is missing.

    Each segment is acknowledged at once then (RFC 5681 section 4.2), with selective acknowledgement.
    """
    full = lone_burst(mode, reverse, medium, queued=float(medium.limits.queue_packets))
    packets = full.data.burst.packets
    limits = replace(medium.limits, amsdu_octets=0)
    each = burst(reverse, TCP_IP_OCTETS + SACK_OCTETS, limits=limits, queued=packets, band=medium.band)
    return packets / each.packets * (exchange(reverse, each, medium).success_s - full.acks.success_s) / full.seconds


def mean_burst_s(
    size_bytes: Floats, mode: PhyMode, reverse: PhyMode, medium: Medium, *, direction: Direction
) -> Floats:
    """Mean air-seconds of the bursts of transfers [transfer], each with its acknowledgements."""
    burst_s = _burst_seconds(mode, reverse, medium, direction)
    full = len(burst_s) - 1
    segments = _segments(size_bytes)
    bursts = sum(np.ceil(window / full) for window in _windows(segments, direction))
    means: Floats = np.interp(segments / bursts, np.arange(full + 1), burst_s)
    return means


def served_in_turn(size_bytes: Floats) -> Floats:
    """Waits of downloads [transfer] whose windows are served first come, first served, over those of even sharing.

    The K windows w of a transfer come to the access point's queue one after another, each as a whole. At L transfers a
    second and load rho each waits there for L E[S] / 2 (1 - rho), S the sum of w^2 (Pollaczek and Khinchine), so all of
    them for K times that. A transfer of x segments that shares the air evenly with all others from its first segment on
    waits for L E[x] x / (1 - rho) (M/G/1 processor sharing), which is taken as the most.
    """
    segments = _segments(size_bytes)
    count = squares = np.zeros(len(segments))
    for window in _windows(segments, "down"):
        count = count + (window > 0.0)
        squares = squares + window * window
    typical = squares.sum() / max(segments.sum(), 1.0)
    waits: Floats = np.minimum(count * typical / (2.0 * segments), 1.0)
    return waits


def _segments(size_bytes: Floats) -> Floats:
    """Segments of each transfer, one at least."""
    least: Floats = np.maximum(np.ceil(size_bytes / TCP_MSS_OCTETS), 1.0)
    return least


def _windows(segments: Floats, direction: Direction) -> Iterator[Floats]:
    """The windows of slow start, one after another: what each transfer sends in it, [transfer]."""
    left, window = segments, INITIAL_WINDOW_SEGMENTS
    while np.any(left > 0.0):
        yield np.minimum(left, window)
        left = np.maximum(left - window, 0.0)
        window = SECOND_WINDOW_SEGMENTS[direction] if window == INITIAL_WINDOW_SEGMENTS else 2 * window


def _burst_seconds(mode: PhyMode, reverse: PhyMode, medium: Medium, direction: Direction) -> Floats:
    """Air-seconds of one burst of n segments with its acknowledgements, n = 0 ... the longest burst."""
    longest = math.floor(
        lone_burst(mode, reverse, medium, queued=float(medium.limits.queue_packets)).data.burst.packets
    )
    seconds = [0.0]
    for count in range(1, max(longest, 1) + 1):
        if direction == "down":
            seconds.append(lone_burst(mode, reverse, medium, queued=float(count)).seconds)
        else:
            goodput_bps = uploads(mode, reverse, medium, queued=float(count), stations=1).goodput_bps
            seconds.append(count * SEGMENT_BITS / goodput_bps)
    return np.array(seconds)
