"""TCP over one cell: data one way, acknowledgements the other, both contending.

Every second segment is acknowledged (RFC 5681 section 4.2), so a burst of n segments causes n/2 acknowledgements,
which the other side sends as one burst in an access of its own.

Downloads: the access point always has data, and a station contends for the acknowledgements of what it has received.
What it receives before its turn is answered with the rest. So the number of stations that owe acknowledgements is a
Markov chain: one more with each burst to a station that owed none, one fewer with each answer.

Uploads: stations contend with the access point, which owes acknowledgements to them all and answers one a turn, with
all that its queue holds for that one. A station that has sent what it may waits for its next turn. So the number of
stations that have data is a Markov chain (as of Bruno, Conti and Gregori, IIT TR-11/2005, there for windows of one
segment): one more with each answer to a station that waited, one fewer when a station has sent the last of the bursts
that an answer frees.

Each number has its own contention. Windows are ample; what a queue discipline drops (of acknowledgements: then each of
the others frees more), time-outs, slow start and the wired part are left out. A lone uploader's access point is done
with all when it has answered, and stays silent where nothing more has come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Literal

from wifisim.mac.bianchi import Contention, contend
from wifisim.mac.earshot import CAPTURE, CAUGHT, DEAF_AP, deaf_share
from wifisim.mac.exchange import NONE_SURVIVE, Exchange, Medium, Survival, contender, exchange
from wifisim.mac.frames import TCP_IP_OCTETS, TCP_MSS_OCTETS, burst
from wifisim.rf.phy import PhyMode

SEGMENTS_PER_ACK = 2.0  # delayed acknowledgements: RFC 5681 section 4.2
SEGMENT_BITS = 8 * TCP_MSS_OCTETS
_MERGES = 4  # rounds in which the length of an answer settles
_NEGLIGIBLE = 1e-6  # odds of more active stations, against the likeliest number, that are left out


@dataclass(frozen=True, slots=True)
class Cycle:
    """One burst of data with all it causes, in ``seconds``; ``answers`` bursts of acknowledgements belong to it."""

    data: Exchange
    acks: Exchange
    answers: float
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
    """Uploads of many stations: goodput, lost share of bursts, share of time with data on the air, segments a burst.

    ``active`` is how many stations have data at a time, in the mean.
    """

    goodput_bps: float
    lost: float
    busy: float
    segments: float
    active: float


@lru_cache(maxsize=65536)
def download_cycle(mode: PhyMode, reverse: PhyMode, medium: Medium, *, queued: float, stations: int) -> Cycle:
    """One burst to one of ``stations`` that all download, ``queued`` segments waiting for it."""
    data = data_exchange(mode, medium, queued=queued)
    each = data.burst.packets / SEGMENTS_PER_ACK
    owed = each
    for _ in range(_MERGES):
        acks = ack_exchange(reverse, medium, owed=owed)
        found = _downloads(data, acks, medium, stations=stations, turns=max(owed / acks.burst.packets, 1.0))
        owed = each / found.answers
    return Cycle(data, acks, found.answers, _with_rests(data, found, queued, mode, reverse, medium), found.lost)


def _with_rests(data: Exchange, found: _Found, queued: float, mode: PhyMode, reverse: PhyMode, medium: Medium) -> float:
    """Seconds a burst, with what is sent again of those that come through a collision.

    What lay under the acknowledgements is at the head of the queue and goes out next, in a burst with what else waits
    for that station: a full one, or, where less than two full ones wait, one of the rest.
    """
    packets = data.burst.packets
    if queued >= 2.0 * packets:
        return found.seconds / (1.0 - found.met * found.under)
    left = max(queued - packets, 0.0)
    if left + found.under == 0.0:
        return found.seconds
    rest = lone_burst(mode, reverse, medium, queued=left + found.under * packets)
    return (found.seconds + found.met * rest.seconds) * packets / (packets + found.met * left)


def _slots_beside(window: int) -> float:
    """Mean slots up to the first attempt of a station that draws its backoff when a saturated one draws its own.

    Both draw from 0 ... W-1, each slot as likely. Up to slot u the other has sent (W/(W-1))^u - 1 times in the mean (a
    renewal process), hence r = (1 - 1/W) ((W/(W-1))^W - 1) - 1 times before this one: 0.70 for W = 16. In the model
    the other sends once in (W+1)/2 slots at any time, so this one's turn has to come after 1 + r (W+1)/2.
    """
    before = (1.0 - 1.0 / window) * ((window / (window - 1.0)) ** window - 1.0) - 1.0
    return 1.0 + before * (window + 1.0) / 2.0


def lone_burst(mode: PhyMode, reverse: PhyMode, medium: Medium, *, queued: float) -> Cycle:
    """A burst of a transfer that has no more and is alone: nobody contends for the air while it is answered."""
    data = data_exchange(mode, medium, queued=queued)
    owed = data.burst.packets / SEGMENTS_PER_ACK
    acks = ack_exchange(reverse, medium, owed=owed)
    answers = min(owed / acks.burst.packets, 1.0)
    seconds = data.success_s + medium.aifs_s + medium.backoff_s + answers * (acks.success_s + medium.aifs_s)
    return Cycle(data, acks, answers, seconds, 0.0)


@dataclass(frozen=True, slots=True)
class _Found:
    """For each burst that comes through: seconds, turns of acknowledgements, losses; which share of them met another.

    ``under`` is the share of such a burst that the other's lay over.
    """

    seconds: float
    answers: float
    lost: float
    met: float
    under: float


def _downloads(data: Exchange, acks: Exchange, medium: Medium, *, stations: int, turns: float) -> _Found:
    """The chain of stations that owe acknowledgements; each sends them in ``turns`` bursts."""
    survival = replace(CAUGHT, data=CAPTURE) if stations > 1 else CAUGHT
    first_slots = _slots_beside(medium.access.cw_min + 1)

    def contest(owing: int) -> Contention:
        """The contention while ``owing`` stations owe acknowledgements."""
        sides = [contender(data, 1.0, medium, deaf=DEAF_AP, survival=survival)]
        if owing:
            sides.append(contender(acks, float(owing), medium, deaf=deaf_share(owing), first_slots=first_slots))
        return contend(
            tuple(sides), access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s, eifs_s=medium.eifs_s
        )

    asked = min(data.burst.packets / SEGMENTS_PER_ACK, 1.0)
    chain = _chain(
        contest,
        range(stations + 1),
        more=lambda owing, now: asked * (1.0 - owing / stations) * now.delivered[0] / now.slot_s,
        fewer=lambda now: now.delivered[1] / now.slot_s / turns,
    )
    total = sum(odds for odds, _now in chain)
    bursts_per_s = sum(odds * now.delivered[0] / now.slot_s for odds, now in chain) / total
    answers_per_s = sum(odds * now.delivered[1] / now.slot_s for odds, now in chain[1:]) / total / turns
    lost = sum(odds * now.lost[0] * now.delivered[0] / now.slot_s for odds, now in chain) / total / bursts_per_s
    met = lost * survival.data / (1.0 - survival.data) / (1.0 - lost)
    under = 0.0 if medium.rts_cts else min(acks.data_s / data.data_s, 1.0)  # with RTS/CTS no data meet
    return _Found(1.0 / bursts_per_s, answers_per_s / bursts_per_s, lost, met, under)


@lru_cache(maxsize=65536)
def uploads(
    mode: PhyMode,
    reverse: PhyMode,
    medium: Medium,
    *,
    queued: float,
    stations: int,
    cells: int = 1,
    survival: Survival = NONE_SURVIVE,
) -> Uploads:
    """All of ``stations`` in each of ``cells`` upload; ``survival`` is of their collisions with other cells."""
    full = data_exchange(mode, medium, queued=queued)
    answer = ack_exchange(reverse, medium, owed=shared_queue(medium, stations)).burst.packets
    freed = min(SEGMENTS_PER_ACK * answer, queued)
    contest = partial(_contest, reverse=reverse, medium=medium, freed=freed, cells=cells)
    if stations * cells == 1:
        return _lone_upload(full, contest(full, 1, survivals=(NONE_SURVIVE, NONE_SURVIVE)), medium)
    # The last burst of a turn is as long as chance leaves it: half a burst more in the mean.
    bursts = max(freed / full.burst.packets + 0.5, 1.0)
    data = data_exchange(mode, medium, queued=freed / bursts)
    chain = _chain(
        partial(contest, data, survivals=(survival, CAUGHT)),
        range(1, stations * cells + 1),
        more=lambda _active, now: now.delivered[1] / now.slot_s,
        fewer=lambda now: now.delivered[0] / now.slot_s / bursts,
    )
    total = sum(odds for odds, _now in chain)
    bursts_per_s = sum(odds * now.delivered[0] / now.slot_s for odds, now in chain) / total
    return Uploads(
        goodput_bps=bursts_per_s * data.burst.packets * SEGMENT_BITS,
        lost=sum(odds * now.lost[0] for odds, now in chain) / total,
        busy=sum(odds * now.data_s / now.slot_s for odds, now in chain) / total,
        segments=data.burst.packets,
        active=sum(odds * number for number, (odds, _now) in enumerate(chain, start=1)) / total,
    )


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


def goodput_bps(
    mode: PhyMode, reverse: PhyMode, medium: Medium, *, direction: Literal["down", "up"], stations: int
) -> float:
    """Goodput of ``stations`` bulk transfers at one rate."""
    if direction == "up":
        queued = float(medium.limits.queue_packets)
        return uploads(mode, reverse, medium, queued=queued, stations=stations).goodput_bps
    queued = shared_queue(medium, stations)
    return 1.0 / download_cycle(mode, reverse, medium, queued=queued, stations=stations).seconds_per_bit


def _lone_upload(data: Exchange, now: Contention, medium: Medium) -> Uploads:
    """One station against its access point, which sometimes has nothing to send after it has answered.

    Acknowledgements come back as the data went out, as a stream that pauses when no data are on the air.
    """
    paused = 1.0 - now.data_s / now.slot_s
    answer_s = now.slot_s / now.delivered[1]
    cycle_s = answer_s + paused * (medium.aifs_s + medium.backoff_s + data.success_s)
    bursts = now.delivered[0] / now.delivered[1] + paused
    return Uploads(
        goodput_bps=bursts * data.burst.packets * SEGMENT_BITS / cycle_s,
        lost=now.lost[0] * (1.0 - paused / bursts),
        busy=(now.data_s / now.delivered[1] + paused * data.data_s) / cycle_s,
        segments=data.burst.packets,
        active=1.0,
    )


def _chain(
    contest: Callable[[int], Contention],
    numbers: range,
    *,
    more: Callable[[int, Contention], float],
    fewer: Callable[[Contention], float],
) -> list[tuple[float, Contention]]:
    """Odds of each of ``numbers`` of stations, and the contention then, up to numbers that hardly ever occur.

    ``more`` is how often a second their number rises by one, ``fewer`` how often it falls.
    """
    found = [(1.0, contest(numbers[0]))]
    for number in numbers[1:]:
        odds, now = found[-1]
        if odds <= _NEGLIGIBLE * max(each for each, _now in found):
            break
        then = contest(number)
        found.append((odds * more(number - 1, now) / fewer(then), then))
    return found


def _contest(
    data: Exchange,
    active: int,
    *,
    reverse: PhyMode,
    medium: Medium,
    freed: float,
    cells: int,
    survivals: tuple[Survival, Survival],
) -> Contention:
    """The contention of ``active`` stations that have data with the access points' acknowledgements."""
    share = 1.0
    for _ in range(2):  # the acknowledgements' length hardly matters, so it settles at once
        owed = min(share * data.burst.packets, freed) / SEGMENTS_PER_ACK
        acks = ack_exchange(reverse, medium, owed=owed)
        sides = (
            contender(data, active, medium, deaf=deaf_share(active), survival=survivals[0]),
            contender(acks, float(cells), medium, deaf=DEAF_AP, survival=survivals[1]),
        )
        now = contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s, eifs_s=medium.eifs_s)
        share = now.delivered[0] / now.delivered[1]
    return now
