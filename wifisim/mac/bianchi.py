"""How stations that all want the air share it: Bianchi's fixed point, with aggregation and block-ack requests.

A slot of the contention is idle, a success or a collision (Bianchi, IEEE JSAC 18, 2000). A station sends in a slot
with probability tau = 2(1-2p) / ((1-2p)(W+1) + pW(1-(2p)^m)) and loses what it sends with p, the chance that another
sends too, less the share ``survives`` that is received all the same. After a lost A-MPDU it does not repeat it at once:
it asks with a short BlockAckReq, contending for it from the next stage, and sends data again when that is answered
(IEEE 802.11-2020 clause 10.25.6). So a share 1-p of the attempts are data and the others requests, and the stages are
visited as in the plain model. Counts may be fractional means. Left out: frames dropped at the retry limit, and the
slot after a busy period that only the last sender may use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wifisim.mac.timing import Access

_ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Contender:
    """``count`` alike stations that always have a frame to send; times leave out the AIFS.

    ``data_s`` is the data frame itself, ``lost_s`` and ``exchange_s`` what a lost and an answered one take;
    ``request_s`` and ``recovery_s`` those of a block-ack request, where the station ``asks`` after a loss. ``fresh``
    stations always draw from the first window; ``survives`` is the share of their collisions that does no harm.
    """

    count: float
    data_s: float
    lost_s: float
    exchange_s: float
    request_s: float = 0.0
    recovery_s: float = 0.0
    asks: bool = False
    fresh: bool = False
    survives: float = 0.0


@dataclass(frozen=True, slots=True)
class Contention:
    """The mean slot: its length, the share that is idle, and per contender what happens in it.

    ``delivered`` data exchanges, ``attempts`` of any kind, ``lost`` the chance that one attempt is lost.
    ``data_s`` is the mean time that data are on the air, lost ones included, overlaps counted once.
    """

    slot_s: float
    idle: float
    collided: float
    delivered: tuple[float, ...]
    attempts: tuple[float, ...]
    lost: tuple[float, ...]
    data_s: float


def attempt_probability(p: float, access: Access) -> float:
    """Bianchi's equation 7; the sum of (2p)^i replaces the quotient, which has no value at p = 1/2."""
    window = access.cw_min + 1
    doublings = sum((2.0 * p) ** stage for stage in range(access.stages))
    return 2.0 / (1.0 + window + p * window * doublings)


def fixed_point(contenders: float, access: Access) -> tuple[float, float]:
    """Collision probability p and attempt probability tau of ``contenders`` alike saturated stations (1 or more)."""
    probabilities = _attempts(((contenders, False, 0.0),), access)
    return 1.0 - (1.0 - probabilities[0]) ** (contenders - 1.0), probabilities[0]


def contend(
    contenders: tuple[Contender, ...], *, access: Access, aifs_s: float, slot_s: float, eifs_s: float
) -> Contention:
    """Outcome of the contention among all ``contenders``; durations in seconds, EIFS after a loss, AIFS else."""
    tau = _attempts(tuple((c.count, c.fresh, c.survives) for c in contenders), access)
    silence = 1.0
    for c, t in zip(contenders, tau, strict=True):
        silence *= (1.0 - t) ** c.count
    met = tuple(1.0 - silence / (1.0 - t) for t in tau)
    lost = tuple(q * (1.0 - c.survives) for q, c in zip(met, contenders, strict=True))
    busy_s = data_s = alone = 0.0
    delivered: list[float] = []
    for c, t, p, q in zip(contenders, tau, lost, met, strict=True):
        asks = p if c.asks else 0.0
        tries = c.count * t
        busy_s += tries * (1.0 - q) * ((1.0 - asks) * c.exchange_s + asks * c.recovery_s)
        data_s += tries * (1.0 - q) * (1.0 - asks) * c.data_s
        alone += tries * (1.0 - q)
        delivered.append(tries * (1.0 - p) * (1.0 - asks))
    collided = max(1.0 - silence - alone, 0.0)
    longest_s = _longest_mean_s(contenders, tau=tau, lost=lost, silence=silence)
    busy_s += longest_s
    harmful = 1.0 - sum(c.count * t * c.survives for c, t in zip(contenders, tau, strict=True)) / sum(
        c.count * t for c, t in zip(contenders, tau, strict=True)
    )
    busy_s += collided * harmful * (eifs_s - aifs_s)
    return Contention(
        slot_s=silence * slot_s + busy_s + (1.0 - silence) * aifs_s,
        idle=silence,
        collided=collided,
        delivered=tuple(delivered),
        attempts=tuple(c.count * t for c, t in zip(contenders, tau, strict=True)),
        lost=lost,
        data_s=data_s + longest_s,
    )


@lru_cache(maxsize=8192)
def _attempts(classes: tuple[tuple[float, bool, float], ...], access: Access) -> tuple[float, ...]:
    """Attempt probability of each class (count, fresh, survives): damped iteration to the fixed point."""
    first = attempt_probability(0.0, access)
    tau = [first] * len(classes)
    for _ in range(_ROUNDS):
        silence = 1.0
        for (count, _fresh, _survives), t in zip(classes, tau, strict=True):
            silence *= (1.0 - t) ** count
        change = 0.0
        for index, (_count, fresh, survives) in enumerate(classes):
            if fresh:
                continue
            p = max(1.0 - silence / (1.0 - tau[index]), 0.0) * (1.0 - survives)
            step = 0.5 * (attempt_probability(p, access) - tau[index])
            tau[index] += step
            change = max(change, abs(step))
        if change < 1e-13:
            break
    return tuple(tau)


def _longest_mean_s(
    contenders: tuple[Contender, ...], *, tau: tuple[float, ...], lost: tuple[float, ...], silence: float
) -> float:
    """Mean over slots of the longest frame of a collision (0 without one); survivors are answered after it."""
    lengths = sorted({_collided_s(c) for c in contenders} | {c.request_s for c in contenders if c.asks})
    mean_s = below = 0.0
    for length in lengths:
        at_most, odds = 1.0, 0.0
        for c, t, p in zip(contenders, tau, lost, strict=True):
            asks = p if c.asks else 0.0
            fits = (1.0 - asks) * (_collided_s(c) <= length) + asks * (c.request_s <= length)
            at_most *= (1.0 - t + t * fits) ** c.count
            odds += c.count * t * fits / (1.0 - t)
        both = max(at_most - silence - silence * odds, below)
        mean_s += (both - below) * length
        below = both
    return mean_s


def _collided_s(c: Contender) -> float:
    return c.lost_s + c.survives * (c.exchange_s - c.lost_s)
