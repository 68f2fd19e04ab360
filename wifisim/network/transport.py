"""What the transport protocol adds to the time that a transfer's bits take at the shared rate.

A transfer lasts: set-up of a new connection + one round trip (request to first byte, or last byte to acknowledgement)
+ server time + bits at the shared rate + slow start. Slow start (RFC 5681, RFC 6928, Cardwell et al., INFOCOM 2000)
sends 10 segments, then each round trip twice what was acknowledged: 20, 40, 80. Every second segment is acknowledged,
but the first of an upload at once (the first data a server sees; a client's request has had that), so there the tenth
waits for company: 18, 36, 72. While a window is smaller than rate x round trip, the sender waits. Queues before full
links and busy air add their delay to every round trip.
Left out: what a loss in slow start takes beside air, retransmission time-outs, and the pace of CUBIC after a loss (the
rate is shared fairly at once). Everything is plain arithmetic on floats: the flow kernel compiles the same text.
"""

from __future__ import annotations

import math

MSS_BYTES = 1448.0  # TCP payload a packet: MTU 1500 less 20 IPv4 and 32 TCP with timestamps (RFC 9293, RFC 7323)
INITIAL_WINDOW_SEGMENTS = 10.0  # RFC 6928
UPLOAD_SECOND_WINDOW_SEGMENTS = 18.0  # twice the nine acknowledged by then (RFC 5681 section 4.2)
AIR_TURN_S = 2e-3  # one A-MPDU of 65,535 bytes with its acknowledgements at 300 Mbit/s and above (mac.tcp)
CODEL_INTERVAL_S = 0.1  # RFC 8289 section 4.2
CUBIC_BETA = 0.7  # RFC 9438 section 4.6
HYSTART_DIVISOR = 8.0  # MIN_RTT_DIVISOR, RFC 9406 section 4.3
HYSTART_LEAST_S = 4e-3  # MIN_RTT_THRESH, same place
HYSTART_MOST_S = 16e-3  # MAX_RTT_THRESH, same place
INITIAL_WINDOW_BITS = 8.0 * MSS_BYTES * INITIAL_WINDOW_SEGMENTS
DOUBLING = 2.0  # RFC 5681 section 3.1
UPLOAD_FIRST_GROWTH = UPLOAD_SECOND_WINDOW_SEGMENTS / INITIAL_WINDOW_SEGMENTS


def slow_start_s(bits: float, rate_bps: float, rtt_s: float, connections: float, first_growth: float) -> float:
    """Seconds that a sender of ``bits`` waits for acknowledgements before its window fills rate x round trip.

    ``first_growth`` is the second window over the first.
    """
    window = INITIAL_WINDOW_BITS * connections
    left = bits - window
    waited = 0.0
    growth = first_growth
    while left > 0.0 and window < rate_bps * rtt_s:
        waited += rtt_s - window / rate_bps
        window *= growth
        growth = DOUBLING
        left -= window
    return waited


def dropping_s(bits: float, rate_bps: float, rtt_s: float) -> float:
    """Seconds at the end of a download of ``bits`` for which CoDel drops segments of it.

    Its own queue stands from when its window covers rate x round trip; the first segment is dropped an interval later
    (RFC 8289 section 4.1). Slow start has all of it sent by then, so the queue stands to the end.
    """
    window = INITIAL_WINDOW_BITS
    left = bits - window
    while left > 0.0 and window < rate_bps * rtt_s:
        window *= DOUBLING
        left -= window
    return max(left / rate_bps - CODEL_INTERVAL_S, 0.0)


def repetition_s(drops_for_s: float, rtt_s: float) -> float:
    """Seconds by which a transfer ends later because the last segment that CoDel dropped has to be sent again.

    It drops for ``drops_for_s`` up to the end, the k-th time an interval / sqrt(k) after the one before (RFC 8289
    section 4.2), so that sqrt(k) is about 1 + drops_for_s / 2 intervals. The last drop is at any moment of such a
    spell before the end; the repetition comes a round trip later, and nothing is left to wait for but that.
    """
    if drops_for_s <= 0.0:
        return 0.0
    spell_s = CODEL_INTERVAL_S / (1.0 + drops_for_s / (2.0 * CODEL_INTERVAL_S))
    if rtt_s >= spell_s:
        return rtt_s - 0.5 * spell_s
    return 0.5 * rtt_s * rtt_s / spell_s


def spared_s(shared_s: float, alone_s: float, share: float, fits: float) -> float:
    """Seconds by which a download waits less for the air than even sharing makes it.

    ``shared_s`` is how long even sharing takes, ``alone_s`` the time on the air, ``share`` what first come, first
    served spares of the wait. That is the order of the access point's own queue, which holds ``fits`` bursts; more
    than that wait in queues of their own, which are served evenly (FQ-CoDel, RFC 8290).
    """
    if alone_s <= 0.0:
        return 0.0
    beside = shared_s / alone_s
    return share * max(shared_s - alone_s, 0.0) * min(fits / beside, 1.0)


def exchange_s(rtt_s: float, setup_s: float, server_s: float, queue_s: float) -> float:
    """Seconds for set-up, one round trip and the server, before or after the bits.

    ``setup_s`` is what a new connection costs without queues (0 when one is open already), ``queue_s`` the standing
    delay of full buffers on the way, which every round trip meets.
    """
    if rtt_s <= 0.0:
        return setup_s + queue_s + server_s
    return (setup_s + rtt_s) * (1.0 + queue_s / rtt_s) + server_s


def standing_queue_s(beside: float, rtt_s: float, full_s: float) -> float:
    """Delay of the queue before a line that ``beside`` transfers fill beside one.

    One more transfer leaves standing the rise at which HyStart++ stops: an eighth of the round trip, within 4 to 16 ms
    (RFC 9406 section 4.2). The most is the mean of the full buffer and what CUBIC's cut to 0.7 of the window leaves of
    it (RFC 9438 section 4.6). A lone transfer leaves slow start at an empty queue.
    """
    left_s = max(CUBIC_BETA * (rtt_s + full_s) - rtt_s, 0.0)
    step_s = min(max(rtt_s / HYSTART_DIVISOR, HYSTART_LEAST_S), HYSTART_MOST_S)
    return min(0.5 * (full_s + left_s), beside * step_s)


def turns_s(others: float, full_s: float, turn_s: float) -> float:
    """Wait for air that ``others`` transfers are using: one burst of each goes first, at most a full queue of them.

    What goes up pays it too: whoever has a burst to send contends with all others that have one.
    """
    return min(others * turn_s, full_s)


def loss_cap_bps(rtt_s: float, loss: float) -> float:
    """What one connection reaches at packet loss ``loss``: MSS / RTT / sqrt(p) (Mathis et al., CCR 1997)."""
    return math.inf if loss <= 0.0 else 8.0 * MSS_BYTES / (rtt_s * math.sqrt(loss))
