"""How stations that all want the air share it: Bianchi's fixed point, with aggregation and block-ack requests.

A slot of the contention is idle, a success or a collision (Bianchi, IEEE JSAC 18, 2000). A station sends in a slot
with probability tau = 2(1-2p) / ((1-2p)(W+1) + pW(1-(2p)^m)), and fails with p = 1-(1-tau)^(n-1). After a lost A-MPDU
the station does not repeat it at once: it asks with a short BlockAckReq, contending for it from the next stage, and
sends data again when that is answered (IEEE 802.11-2020 clause 10.25.6). So a share 1-p of the attempts are data and
the others requests, and stages are visited as in the plain model. The mean number of contenders may be fractional.
Left out: frames dropped at the retry limit, the slot after a busy period that only the last sender may use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wifisim.mac.timing import Access


@dataclass(frozen=True, slots=True)
class Contender:
    """``count`` alike stations that always have a frame to send.

    ``data_s`` and ``request_s`` are the durations of a lost data PPDU and of a lost request, ``exchange_s`` and
    ``recovery_s`` those of a whole exchange with its answer. Equal values mean that a loss is simply repeated.
    Times leave out the AIFS.
    """

    count: float
    data_s: float
    exchange_s: float
    request_s: float
    recovery_s: float
    asks: bool


@dataclass(frozen=True, slots=True)
class Contention:
    """The mean slot: its length, the shares of idle, and per contender the data exchanges that succeed in it.

    ``collision_probability`` is the chance that one attempt meets another.
    """

    slot_s: float
    idle: float
    collided: float
    collided_s: float
    data_success: tuple[float, ...]
    collision_probability: float
    attempt_probability: float


@lru_cache(maxsize=4096)
def fixed_point(contenders: float, access: Access) -> tuple[float, float]:
    """Collision probability p and attempt probability tau of ``contenders`` saturated stations (1 or more)."""
    if contenders <= 1.0:
        return 0.0, attempt_probability(0.0, access)
    low, high = 0.0, 1.0 - 1e-12
    for _ in range(60):
        p = (low + high) / 2.0
        if 1.0 - (1.0 - attempt_probability(p, access)) ** (contenders - 1.0) > p:
            low = p
        else:
            high = p
    return high, attempt_probability(high, access)


def attempt_probability(p: float, access: Access) -> float:
    """Bianchi's equation 7; the sum of (2p)^i replaces the quotient, which has no value at p = 1/2."""
    window = access.cw_min + 1
    doublings = sum((2.0 * p) ** stage for stage in range(access.stages))
    return 2.0 / (1.0 + window + p * window * doublings)


def contend(contenders: tuple[Contender, ...], *, access: Access, aifs_s: float, slot_s: float) -> Contention:
    """Outcome of the contention among all ``contenders``; durations in seconds."""
    total = sum(contender.count for contender in contenders)
    p, tau = fixed_point(total, access)
    idle = (1.0 - tau) ** total
    alone = (1.0 - tau) ** (total - 1.0)
    busy_s = 0.0
    success = 0.0
    data: list[float] = []
    for contender in contenders:
        share = contender.count * tau * alone
        asks = p if contender.asks else 0.0
        busy_s += share * ((1.0 - asks) * contender.exchange_s + asks * contender.recovery_s + aifs_s)
        data.append(share * (1.0 - asks))
        success += share
    collided = max(1.0 - idle - success, 0.0)
    collided_s = _longest_mean_s(contenders, p=p, tau=tau) + collided * aifs_s
    mean_s = idle * slot_s + busy_s + collided_s
    return Contention(mean_s, idle, collided, collided_s, tuple(data), p, tau)


def _longest_mean_s(contenders: tuple[Contender, ...], *, p: float, tau: float) -> float:
    """Mean over slots of the longest PPDU of a collision, zero in slots without one."""
    lengths = sorted({c.data_s for c in contenders} | {c.request_s for c in contenders if c.asks})
    total = sum(contender.count for contender in contenders)
    mean_s = 0.0
    below = 0.0
    for length in lengths:
        none = (1.0 - tau) ** total
        at_most = 1.0
        single = 0.0
        for c in contenders:
            asks = p if c.asks else 0.0
            fits = (1.0 - asks) * (c.data_s <= length) + asks * (c.request_s <= length)
            at_most *= (1.0 - tau + tau * fits) ** c.count
            single += c.count * tau * fits * (1.0 - tau) ** (total - 1.0)
        collided = max(at_most - none - single, 0.0)
        mean_s += (collided - below) * length
        below = collided
    return mean_s
