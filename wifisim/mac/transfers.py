"""What a transfer of finite size costs the air beyond its bits at the price of bulk.

Slow start (RFC 5681, RFC 6928) sends windows of 10 segments, then twice what has been acknowledged: with every second
segment acknowledged, the last of the first window waits for company, so 18, 36, 72 and so on. Each window goes out in
bursts of its own, the last one short: its preamble, backoff and block ack serve fewer segments. A connection of its
own adds the small packets of set-up, request and close. Bulk after slow start is left at its price.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.exchange import Medium
from wifisim.mac.frames import TCP_MSS_OCTETS
from wifisim.mac.tcp import SEGMENT_BITS, ack_exchange, download_cycle, uploads
from wifisim.rf.phy import PhyMode

Floats = NDArray[np.float64]

INITIAL_WINDOW_SEGMENTS = 10  # RFC 6928
SECOND_WINDOW_SEGMENTS = 18  # twice the 9 that are acknowledged by then (RFC 5681 section 4.2)
# Small packets with an access of their own (RFC 9293 figures 6 and 12). Download: SYN, SYN-ACK, request, FIN, last ACK.
# Upload: SYN, SYN-ACK, FIN, last ACK; the answer rides with the acknowledgements.
CONNECTION_PACKETS = {"down": 5, "up": 4}


def idle_round_trip_s(mode: PhyMode, reverse: PhyMode, medium: Medium) -> float:
    """What an idle cell adds to a round trip: two small frames sent at once, without backoff."""
    frames = (ack_exchange(mode, medium, owed=1.0), ack_exchange(reverse, medium, owed=1.0))
    return sum(frame.success_s + medium.aifs_s for frame in frames)


def transfer_overhead_s(
    size_bytes: Floats,
    mode: PhyMode,
    reverse: PhyMode,
    medium: Medium,
    *,
    direction: Literal["down", "up"],
    new_connection: bool = True,
) -> Floats:
    """Air-seconds of transfers [transfer] beyond payload bits x price of bulk, each on a connection of its own."""
    access_s = _burst_seconds(mode, reverse, medium, direction)
    full = len(access_s) - 1
    left = np.ceil(size_bytes / TCP_MSS_OCTETS).astype(np.int64)
    window, spent_s = INITIAL_WINDOW_SEGMENTS, np.zeros(len(left))
    segments = left.astype(np.float64)
    while np.any(left > 0) and window < 1 << 20:
        sent = np.minimum(left, window)
        spent_s += sent // full * access_s[full] + access_s[sent % full]
        left = left - sent
        window = SECOND_WINDOW_SEGMENTS if window == INITIAL_WINDOW_SEGMENTS else 2 * window
    extra_s = spent_s - (segments - left) * (access_s[full] / full)
    if direction == "up":
        # Stations that wait count their backoffs down side by side: what a short burst adds costs none.
        extra_s = extra_s * (1.0 - 2.0 * medium.backoff_s / access_s[1])
    if new_connection:
        small = ack_exchange(mode, medium, owed=1.0)
        extra_s = extra_s + CONNECTION_PACKETS[direction] * (medium.aifs_s + small.success_s)
    overhead_s: Floats = np.maximum(extra_s, 0.0)
    return overhead_s


def _burst_seconds(mode: PhyMode, reverse: PhyMode, medium: Medium, direction: str) -> Floats:
    """Air-seconds of one burst of n segments with its acknowledgements, n = 0 ... the longest burst."""
    longest = math.floor(
        download_cycle(mode, reverse, medium, queued=float(medium.limits.queue_packets), stations=1).data.burst.packets
    )
    seconds = [0.0]
    for count in range(1, max(longest, 1) + 1):
        if direction == "down":
            seconds.append(download_cycle(mode, reverse, medium, queued=float(count), stations=1).seconds)
        else:
            goodput_bps = uploads(mode, reverse, medium, queued=float(count), stations=1).goodput_bps
            seconds.append(count * SEGMENT_BITS / goodput_bps)
    return np.array(seconds)
