"""How stations that all want the air share it: Bianchi's fixed point, with aggregation and block-ack requests.

A slot of the contention is idle, a success or a collision (Bianchi, IEEE JSAC 18, 2000). A station sends in a slot
with probability tau = 2(1-2p) / ((1-2p)(W+1) + pW(1-(2p)^m)) and loses what it sends with p, the chance that another
sends too and harms it (two cells' frames may both come through). After a lost A-MPDU it does not repeat it at once:
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
_CERTAIN = 1.0 - 1e-9  # the sums of a round have no value at a loss that is certain


@dataclass(frozen=True, slots=True)
class Contender:
    """``count`` alike stations that always have a frame to send; times leave out the AIFS.

    ``data_s`` is the data frame itself, ``lost_s`` and ``exchange_s`` what a lost and an answered one take;
    ``request_s`` and ``recovery_s`` those of a block-ack request, where the station ``asks`` after a loss. ``fresh``
    stations always draw from the first window. ``survives`` is the share of collisions with data that does their data
    no harm, ``survives_short`` that with a mere request, ``request_survives`` the share that does requests no harm.
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
    survives_short: float = 0.0
    request_survives: float = 0.0


@dataclass(frozen=True, slots=True)
class Contention:
    """The mean slot: its length, the share that is idle, and per contender what happens in it.

    ``delivered`` data exchanges, ``attempts`` of any kind, ``lost`` the chance that data sent are lost.
    ``data_s`` is the mean time that data are on the air, lost ones included, overlaps counted once.
    """

    slot_s: float
    idle: float
    collided: float
    delivered: tuple[float, ...]
    attempts: tuple[float, ...]
    lost: tuple[float, ...]
    data_s: float


def attempt_probability(p: float, access: Access, *, p_request: float | None = None) -> float:
    """Bianchi's equation 7; the sum of (2p)^i replaces the quotient, which has no value at p = 1/2.

    With ``p_request`` only the first attempt of a round is data, lost with ``p``, and the further ones are requests.
    """
    p = min(p, _CERTAIN)
    again = p if p_request is None else min(p_request, _CERTAIN)
    window = access.cw_min + 1
    doublings = sum((2.0 * again) ** stage for stage in range(access.stages))
    # Attempts of a round over its slots; where all attempts are alike this is 2 / (1 + W + p W sum).
    attempts = 1.0 + p / (1.0 - again)
    plain_slots = (1.0 + window + again * window * doublings) / (2.0 * (1.0 - again))
    first_slots = (1.0 + window) / 2.0
    further = 0.0 if again == 0.0 else (plain_slots - first_slots) / again
    slots = first_slots + p * (further if again > 0.0 else (1.0 + 2.0 * window) / 2.0)
    return attempts / slots


def fixed_point(contenders: float, access: Access) -> tuple[float, float]:
    """Collision probability p and attempt probability tau of ``contenders`` alike saturated stations (1 or more)."""
    state = _settled((Contender(contenders, 0.0, 0.0, 0.0),), access)
    return 1.0 - (1.0 - state[0].tau) ** (contenders - 1.0), state[0].tau


@dataclass(frozen=True, slots=True)
class _State:
    """One class at the fixed point: attempts a slot, chance to meet another, losses, share of requests."""

    tau: float
    met: float
    lost: float
    lost_request: float
    asking: float


def contend(
    contenders: tuple[Contender, ...], *, access: Access, aifs_s: float, slot_s: float, eifs_s: float
) -> Contention:
    """Outcome of the contention among all ``contenders``; durations in seconds, EIFS after a loss, AIFS else."""
    states = _settled(contenders, access)
    tries = tuple(c.count * s.tau for c, s in zip(contenders, states, strict=True))
    silence = 1.0
    for c, s in zip(contenders, states, strict=True):
        silence *= (1.0 - s.tau) ** c.count
    busy_s = data_s = alone = lost = 0.0
    for c, s, tried in zip(contenders, states, tries, strict=True):
        single = tried * (1.0 - s.met)
        busy_s += single * ((1.0 - s.asking) * c.exchange_s + s.asking * c.recovery_s)
        data_s += single * (1.0 - s.asking) * c.data_s
        alone += single
        lost += tried * ((1.0 - s.asking) * s.lost + s.asking * s.lost_request)
    collided = max(1.0 - silence - alone, 0.0)
    longest_s = _longest_mean_s(contenders, states, silence=silence)
    met = sum(tried * s.met for s, tried in zip(states, tries, strict=True))
    busy_s += longest_s + collided * (lost / met if met > 0.0 else 0.0) * (eifs_s - aifs_s)
    return Contention(
        slot_s=silence * slot_s + busy_s + (1.0 - silence) * aifs_s,
        idle=silence,
        collided=collided,
        delivered=tuple(tried * (1.0 - s.asking) * (1.0 - s.lost) for s, tried in zip(states, tries, strict=True)),
        attempts=tries,
        lost=tuple(s.lost for s in states),
        data_s=data_s + longest_s,
    )


@lru_cache(maxsize=8192)
def _settled(classes: tuple[Contender, ...], access: Access) -> tuple[_State, ...]:
    """The fixed point of all classes, by damped iteration."""
    first = attempt_probability(0.0, access)
    states = tuple(_State(first, 0.0, 0.0, 0.0, 0.0) for _ in classes)
    for _ in range(_ROUNDS):
        silence = 1.0
        tried = asked = 0.0
        for c, s in zip(classes, states, strict=True):
            silence *= (1.0 - s.tau) ** c.count
            tried += c.count * s.tau
            asked += c.count * s.tau * s.asking
        after = tuple(
            _next(c, s, access, others=_Others(classes, states, s.tau, silence), short=asked / tried)
            for c, s in zip(classes, states, strict=True)
        )
        change = max(abs(a.tau - b.tau) for a, b in zip(states, after, strict=True))
        states = after
        if change < 1e-13:
            break
    return states


@dataclass(frozen=True, slots=True)
class _Others:
    """All contenders but one that sends with ``tau``; ``silence`` is the chance that none of all sends."""

    classes: tuple[Contender, ...]
    states: tuple[_State, ...]
    tau: float
    silence: float

    def harm(self, each: float) -> float:
        """Chance that a frame suffers, where every other frame in its slot harms it with ``each``."""
        if each == 1.0:
            return max(1.0 - self.silence / (1.0 - self.tau), 0.0)
        spared = 1.0
        for c, s in zip(self.classes, self.states, strict=True):
            spared *= (1.0 - each * s.tau) ** c.count
        return max(1.0 - spared / (1.0 - each * self.tau), 0.0)


def _next(c: Contender, s: _State, access: Access, *, others: _Others, short: float) -> _State:
    """One step for one class; ``short`` is the share of the attempts that are requests."""
    each = (1.0 - short) * (1.0 - c.survives) + short * (1.0 - max(c.survives, c.survives_short))
    lost = others.harm(each)
    lost_request = others.harm(1.0 - c.request_survives) if c.asks else lost
    asking = lost / (1.0 - min(lost_request, _CERTAIN) + lost) if c.asks else 0.0
    tau = s.tau
    if not c.fresh:
        tau += 0.5 * (attempt_probability(lost, access, p_request=lost_request) - tau)
    return _State(tau, others.harm(1.0), lost, lost_request, asking)


def _longest_mean_s(contenders: tuple[Contender, ...], states: tuple[_State, ...], *, silence: float) -> float:
    """Mean over slots of the longest frame of a collision (0 without one); survivors are answered after it."""
    lengths = sorted({_collided_s(c) for c in contenders} | {c.request_s for c in contenders if c.asks})
    mean_s = below = 0.0
    for length in lengths:
        at_most, odds = 1.0, 0.0
        for c, s in zip(contenders, states, strict=True):
            fits = (1.0 - s.asking) * (_collided_s(c) <= length) + s.asking * (c.request_s <= length)
            at_most *= (1.0 - s.tau + s.tau * fits) ** c.count
            odds += c.count * s.tau * fits / (1.0 - s.tau)
        both = max(at_most - silence - silence * odds, below)
        mean_s += (both - below) * length
        below = both
    return mean_s


def _collided_s(c: Contender) -> float:
    return c.lost_s + c.survives * (c.exchange_s - c.lost_s)
