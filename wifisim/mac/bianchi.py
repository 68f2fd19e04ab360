"""How stations that all want the air share it: Bianchi's fixed point, with aggregation and block-ack requests.

A slot of the contention is idle, a success or a collision (Bianchi, IEEE JSAC 18, 2000). A station sends in a slot
with probability tau = 2(1-2p) / ((1-2p)(W+1) + pW(1-(2p)^m)) and loses what it sends with p, the chance that another
sends too and harms it (two cells' frames may both come through). After a lost A-MPDU it does not repeat it at once:
it asks with a short BlockAckReq, contending for it from the next stage, and sends data again when that is answered
(IEEE 802.11-2020 clause 10.25.6). So a share 1-p of the attempts are data and the others requests, and the stages are
visited as in the plain model.

After a collision those wait EIFS that took part or heard one frame of it well enough to find it damaged; who heard
nothing decodable counts on after an AIFS (clause 10.3.2.3.7). The slots in between are the second kind of slot, as
zones are in models of unequal AIFS (Robinson and Randhawa, IEEE JSAC 22, 2004). Counts may be fractional means. Left
out: frames dropped at the retry limit, and the slot after a busy period that only the last sender may use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from wifisim.mac.timing import Access

_ROUNDS = 400
_CERTAIN = 1.0 - 1e-9  # the sums of a round have no value at a loss that is certain


@dataclass(frozen=True, slots=True)
class Contender:
    """``count`` alike stations that always have a frame to send; times leave out the AIFS.

    ``data_s`` is the data frame itself, ``lost_s`` and ``exchange_s`` what a lost and an answered one take;
    ``request_s`` and ``recovery_s`` those of a block-ack request, where the station ``asks`` after a loss. ``deaf`` is
    the share of others' collisions of which it hears nothing decodable. ``survives`` is the share of collisions with
    data that does their data no harm, ``survives_short`` that with a mere request, ``request_survives`` the share that
    does requests no harm. ``first_slots`` is the mean number of slots up to the first attempt, that one included; 0
    stands for that of a station whose backoff begins at any time, (W + 1) / 2.
    """

    count: float
    data_s: float
    lost_s: float
    exchange_s: float
    request_s: float = 0.0
    recovery_s: float = 0.0
    asks: bool = False
    deaf: float = 0.0
    survives: float = 0.0
    survives_short: float = 0.0
    request_survives: float = 0.0
    first_slots: float = 0.0


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


def attempt_probability(p: float, access: Access, *, p_request: float | None = None, first_slots: float = 0.0) -> float:
    """Bianchi's equation 7; the sum of (2p)^i replaces the quotient, which has no value at p = 1/2.

    With ``p_request`` only the first attempt of a round is data, lost with ``p``, and the further ones are requests.
    ``first_slots`` as in ``Contender``.
    """
    p = min(p, _CERTAIN)
    again = p if p_request is None else min(p_request, _CERTAIN)
    window = access.cw_min + 1
    doublings = sum((2.0 * again) ** stage for stage in range(access.stages))
    # Attempts of a round over its slots; where all attempts are alike this is 2 / (1 + W + p W sum).
    attempts = 1.0 + p / (1.0 - again)
    plain_slots = (1.0 + window + again * window * doublings) / (2.0 * (1.0 - again))
    any_time_slots = (1.0 + window) / 2.0
    further = 0.0 if again == 0.0 else (plain_slots - any_time_slots) / again
    slots = (first_slots or any_time_slots) + p * (further if again > 0.0 else (1.0 + 2.0 * window) / 2.0)
    return attempts / slots


def fixed_point(contenders: float, access: Access) -> tuple[float, float]:
    """Collision probability p and attempt probability tau of ``contenders`` alike saturated stations (1 or more)."""
    tau = _settled((Contender(contenders, 0.0, 0.0, 0.0),), access, 0.0)[0][0].tau
    return 1.0 - (1.0 - tau) ** (contenders - 1.0), tau


@dataclass(frozen=True, slots=True)
class _State:
    """One class at the fixed point: attempts a slot, chance to meet another, losses, share of requests.

    ``counting`` is the share of the slots before EIFS that it counts, ``more`` how many of them for each other slot.
    """

    tau: float
    met: float = 0.0
    lost: float = 0.0
    lost_request: float = 0.0
    asking: float = 0.0
    counting: float = 0.0
    more: float = 0.0


@dataclass(frozen=True, slots=True)
class _Slot:
    """One kind of slot: who sends in it with which probabilities; chances of silence and of a collision."""

    classes: tuple[Contender, ...]
    taus: tuple[float, ...]
    silence: float
    clash: float

    def harm(self, index: int, each: float) -> float:
        """Chance that a frame of one class suffers, where every other frame harms it with ``each``."""
        spared = 1.0
        for c, tau in zip(self.classes, self.taus, strict=True):
            spared *= (1.0 - each * tau) ** c.count
        return max(1.0 - spared / (1.0 - each * self.taus[index]), 0.0)


@dataclass(frozen=True, slots=True)
class _Air:
    """The slots that all count, those between AIFS and EIFS after a collision, how many of them and of collisions.

    The latter two for each of the former.
    """

    first: _Slot
    early: _Slot
    early_slots: float
    collisions: float


def contend(
    contenders: tuple[Contender, ...], *, access: Access, aifs_s: float, slot_s: float, eifs_s: float
) -> Contention:
    """Outcome of the contention among all ``contenders``; durations in seconds, EIFS after a loss, AIFS else."""
    # Who sends does not depend on how long it takes: frames of all lengths share one fixed point.
    timeless = tuple(
        replace(c, data_s=0.0, lost_s=0.0, exchange_s=0.0, request_s=0.0, recovery_s=0.0) for c in contenders
    )
    states, air = _settled(timeless, access, (eifs_s - aifs_s) / slot_s)
    tries = tuple(c.count * s.tau * (1.0 + s.more) for c, s in zip(contenders, states, strict=True))
    busy_s = data_s = lost = 0.0
    for c, s, tried in zip(contenders, states, tries, strict=True):
        single = tried * (1.0 - s.met)
        busy_s += single * ((1.0 - s.asking) * c.exchange_s + s.asking * c.recovery_s)
        data_s += single * (1.0 - s.asking) * c.data_s
        lost += tried * ((1.0 - s.asking) * s.lost + s.asking * s.lost_request)
    longest_s = _longest_mean_s(contenders, states, air.first)
    longest_s += air.early_slots * _longest_mean_s(contenders, states, air.early)
    met = sum(tried * s.met for s, tried in zip(states, tries, strict=True))
    waited = air.early_slots * air.early.silence * (lost / met if met > 0.0 else 0.0)
    taken = 1.0 - air.first.silence + air.early_slots * (1.0 - air.early.silence)
    return Contention(
        slot_s=(air.first.silence + waited) * slot_s + busy_s + longest_s + taken * aifs_s,
        idle=air.first.silence,
        collided=air.collisions,
        delivered=tuple(tried * (1.0 - s.asking) * (1.0 - s.lost) for s, tried in zip(states, tries, strict=True)),
        attempts=tries,
        lost=tuple(s.lost for s in states),
        data_s=data_s + longest_s,
    )


@lru_cache(maxsize=65536)
def _settled(classes: tuple[Contender, ...], access: Access, eifs_slots: float) -> tuple[tuple[_State, ...], _Air]:
    """The fixed point of all classes, by damped iteration."""
    states = tuple(_State(attempt_probability(0.0, access, first_slots=c.first_slots)) for c in classes)
    air = _air(classes, states, eifs_slots)
    for _ in range(_ROUNDS):
        tries = [c.count * s.tau * (1.0 + s.more) for c, s in zip(classes, states, strict=True)]
        short = sum(tried * s.asking for tried, s in zip(tries, states, strict=True)) / sum(tries)
        after = tuple(_next(index, states[index], access, air=air, short=short) for index in range(len(classes)))
        change = max(abs(a.tau - b.tau) for a, b in zip(states, after, strict=True))
        states, air = after, _air(classes, after, eifs_slots)
        if change < 1e-12:
            break
    return states, air


def _air(classes: tuple[Contender, ...], states: tuple[_State, ...], eifs_slots: float) -> _Air:
    """Both kinds of slots. Early ones last until EIFS is over or somebody sends, whose collision brings more."""
    first = _slot(classes, tuple(s.tau for s in states))
    early = _slot(classes, tuple(s.tau * s.counting for s in states))
    seen = eifs_slots if early.silence == 1.0 else (1.0 - early.silence**eifs_slots) / (1.0 - early.silence)
    collisions = first.clash / (1.0 - seen * early.clash)
    return _Air(first, early, collisions * seen, collisions)


def _slot(classes: tuple[Contender, ...], taus: tuple[float, ...]) -> _Slot:
    silence, odds = 1.0, 0.0
    for c, tau in zip(classes, taus, strict=True):
        silence *= (1.0 - tau) ** c.count
        odds += c.count * tau / (1.0 - tau)
    return _Slot(classes, taus, silence, max(1.0 - silence - silence * odds, 0.0))


def _next(index: int, s: _State, access: Access, *, air: _Air, short: float) -> _State:
    """One step for one class; ``short`` is the share of the attempts that are requests."""
    c = air.first.classes[index]
    more = air.early_slots * s.counting

    def harm(each: float) -> float:
        early = more * air.early.harm(index, each) if more > 0.0 else 0.0
        return (air.first.harm(index, each) + early) / (1.0 + more)

    each = (1.0 - short) * (1.0 - c.survives) + short * (1.0 - max(c.survives, c.survives_short))
    met, lost = harm(1.0), harm(each)
    lost_request = harm(1.0 - c.request_survives) if c.asks else lost
    asking = lost / (1.0 - min(lost_request, _CERTAIN) + lost) if c.asks else 0.0
    tau = s.tau + 0.5 * (attempt_probability(lost, access, p_request=lost_request, first_slots=c.first_slots) - s.tau)
    # Whoever sent in a collision waits after it, whatever it hears.
    took_part = min(s.tau * (1.0 + more) * met / air.collisions, 1.0) if air.collisions > 0.0 else 1.0
    counting = s.counting + 0.5 * (c.deaf * (1.0 - took_part) - s.counting)
    return _State(tau, met, lost, lost_request, asking, counting, air.early_slots * counting)


def _longest_mean_s(contenders: tuple[Contender, ...], states: tuple[_State, ...], slot: _Slot) -> float:
    """Mean over slots of the longest frame of a collision (0 without one); survivors are answered after it."""
    if slot.clash == 0.0:
        return 0.0
    lengths = sorted({_collided_s(c) for c in contenders} | {c.request_s for c in contenders if c.asks})
    mean_s = below = 0.0
    for length in lengths:
        at_most, odds = 1.0, 0.0
        for c, s, tau in zip(contenders, states, slot.taus, strict=True):
            fits = (1.0 - s.asking) * (_collided_s(c) <= length) + s.asking * (c.request_s <= length)
            at_most *= (1.0 - tau + tau * fits) ** c.count
            odds += c.count * tau * fits / (1.0 - tau)
        both = max(at_most - slot.silence - slot.silence * odds, below)
        mean_s += (both - below) * length
        below = both
    return mean_s


def _collided_s(c: Contender) -> float:
    return c.lost_s + c.survives * (c.exchange_s - c.lost_s)
