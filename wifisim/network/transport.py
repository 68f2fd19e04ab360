"""What the transport protocol adds to the time that a transfer's bits take at the shared rate.

A transfer lasts: set-up of a new connection + one round trip (request to first byte, or last byte to acknowledgement)
+ server time + bits at the shared rate + slow start. Slow start (RFC 5681, RFC 6928, Cardwell et al., INFOCOM 2000)
sends 10 segments, then twice as many each round trip; while a window is smaller than rate x round trip, the sender
waits for acknowledgements. A full buffer on the way adds its delay to every round trip.
Left out: losses during slow start, retransmission time-outs, and the pace of CUBIC after a loss (the rate is shared
fairly at once). Everything is plain arithmetic on floats: the flow kernel compiles the same text.
"""

from __future__ import annotations

import math

MSS_BYTES = 1448.0  # TCP payload a packet: MTU 1500 less 20 IPv4 and 32 TCP with timestamps (RFC 9293, RFC 7323)
INITIAL_WINDOW_SEGMENTS = 10.0  # RFC 6928
INITIAL_WINDOW_BITS = 8.0 * MSS_BYTES * INITIAL_WINDOW_SEGMENTS


def slow_start_s(bits: float, rate_bps: float, rtt_s: float, connections: float) -> float:
    """Seconds that a sender of ``bits`` waits for acknowledgements before its window fills rate x round trip."""
    window = min(INITIAL_WINDOW_BITS * connections, bits)
    left = bits - window
    waited = 0.0
    while left > 0.0 and window < rate_bps * rtt_s:
        waited += rtt_s - window / rate_bps
        window *= 2.0
        left -= window
    return waited


def exchange_s(rtt_s: float, setup_s: float, server_s: float, queue_s: float) -> float:
    """Seconds for set-up, one round trip and the server, before or after the bits.

    ``setup_s`` is what a new connection costs without queues (0 when one is open already), ``queue_s`` the standing
    delay of full buffers on the way, which every round trip meets.
    """
    if rtt_s <= 0.0:
        return setup_s + queue_s + server_s
    return (setup_s + rtt_s) * (1.0 + queue_s / rtt_s) + server_s


def loss_cap_bps(rtt_s: float, loss: float) -> float:
    """What one connection reaches at packet loss ``loss``: MSS / RTT / sqrt(p) (Mathis et al., CCR 1997)."""
    return math.inf if loss <= 0.0 else 8.0 * MSS_BYTES / (rtt_s * math.sqrt(loss))
