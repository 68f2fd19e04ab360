"""Access points on one channel that do not hear each other, played burst by burst.

Formulas for contention suppose that all hear all. Here the senders run free, and what matters is how their frames
happen to overlap: MPDUs are lost where a stranger's frame drowns them (``neighbours.exposures``); a whole burst is lost
where its station already follows a stranger's preamble, heard above carrier sense while its own access point was
silent, or where the own preamble is not ``PREAMBLE_CAPTURE_DB`` above all else. A lost burst is followed by block-ack
requests and doubles the window, which starts anew at the retry limit (IEEE 802.11-2020 clause 10.23.2.2). Packets wait
in one queue, the oldest first, so that a station that has to repeat holds up the rest, and are given up at the end of
their life, single MPDUs at the retry limit. With RTS/CTS an access point that hears the station's CTS keeps silent.
Downlink only; block acks always arrive, and disturb as their access point would. Left out: stations that a stranger's
CTS silences. The sequence of chances is always the same.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from random import Random

from wifisim.mac.exchange import Exchange, Medium
from wifisim.mac.neighbours import Exposure
from wifisim.mac.timing import MAX_PPDU_S

BURSTS = 2000  # of each access point; the spread of results is then about 3 %
_MPDUS = 84_000  # no more than so many in them: long bursts say more each
_FEWEST_BURSTS = 100
_BURSTS_QUEUED = 4  # of each station at most
_WARM_UP = 0.1
_MOST_EVENTS = 20  # for each of those bursts; only where hardly anything gets through are more needed
_LIFETIME_S = 0.512  # dot11EDCATableMSDULifetime, 500 time units: clause C.3
_HARMLESS = 0.999  # share of MPDUs received under which a stranger counts as no disturbance


Packet = tuple[int, float]  # place in the order of arrival, time of arrival in seconds


@dataclass(frozen=True, slots=True)
class Seat:
    """One station: its burst, one MPDU of which lasts ``mpdu_s``, and what strangers do to it."""

    data: Exchange
    mpdu_s: float
    exposure: Exposure

    @property
    def disturbed(self) -> bool:
        """True where a stranger can do harm."""
        exposed = self.exposure
        return any(exposed.heard) or not all(exposed.caught) or min(exposed.mpdus) < _HARMLESS


@dataclass(frozen=True, slots=True)
class Played:
    """Packets delivered a second by all access points, lost share of the data bursts, share of time on the air."""

    packets_per_s: float
    lost: float
    airtime: float


@dataclass(slots=True)
class _Frame:
    """What an access point has on the air; ``silent`` tells for each access point whether it was idle at its start."""

    start_s: float
    end_s: float
    station: int
    request: bool = False
    lost: bool = False
    silent: tuple[bool, ...] = ()
    packets: list[Packet] = field(default_factory=list)


@dataclass(slots=True)
class _Sender:
    """Running state of one access point; ``asks`` is the station that a request is due to, or -1."""

    queues: list[list[Packet]]
    arrived: int = 0
    failures: int = 0
    asks: int = -1
    silent_until_s: float = 0.0
    busy_until_s: float = 0.0
    frame: _Frame | None = None
    past: list[_Frame] = field(default_factory=list)


@dataclass(slots=True)
class _Tally:
    """Counted after the warm-up."""

    bursts: int = 0
    lost: int = 0
    packets: float = 0.0
    air_s: float = 0.0


@lru_cache(maxsize=256)
def play(seats: tuple[tuple[Seat, ...], ...], medium: Medium, *, together: int, bursts: int = BURSTS) -> Played:
    """Let the access points send to their ``seats`` [access point][station]; at most ``together`` send at once.

    Each has ``bursts`` of them in the mean, fewer where they are long.
    """
    return _Play(seats, medium, together).run(bursts)


class _Play:
    """One game: an event is the start or the end of a frame."""

    def __init__(self, seats: tuple[tuple[Seat, ...], ...], medium: Medium, together: int) -> None:
        self.seats, self.medium, self.together = seats, medium, together
        self.chance = Random(1)  # noqa: S311 - a game, not a secret
        self.senders = [_Sender([[] for _ in row]) for row in seats]
        # Of each access point the others, with their place among its strangers.
        self.others = [[*enumerate(other for other in self.senders if other is not one)] for one in self.senders]
        self.tally = _Tally()
        self.events: list[tuple[float, int]] = []

    def run(self, bursts_each: int) -> Played:
        """Play until every access point has had its bursts in the mean."""
        for index in range(len(self.seats)):
            self._plan(index, 0.0)
        longest = max(seat.data.burst.mpdus for row in self.seats for seat in row)
        most = len(self.seats) * min(bursts_each, max(round(_MPDUS / longest), _FEWEST_BURSTS))
        begin_s = now = 0.0
        bursts = 0
        for _ in range(_MOST_EVENTS * most):
            if bursts >= most:
                break
            now, index = heappop(self.events)
            if self.senders[index].frame is None:
                self._start(index, now)
                continue
            bursts += self._finish(index, now)
            if begin_s == 0.0 and bursts >= _WARM_UP * most:
                begin_s, self.tally = now, _Tally()
        span_s = now - begin_s
        tally = self.tally
        return Played(tally.packets / span_s, tally.lost / max(tally.bursts, 1), tally.air_s / span_s / len(self.seats))

    def _plan(self, index: int, idle_from_s: float) -> None:
        """Set the next start of an access point that finds the air idle from a moment on."""
        access = self.medium.access
        window = min((access.cw_min + 1) << self.senders[index].failures, access.cw_max + 1)
        slots = self.chance.randrange(window)
        heappush(self.events, (idle_from_s + self.medium.aifs_s + slots * self.medium.slot_s, index))

    def _start(self, index: int, now: float) -> None:
        sender = self.senders[index]
        others = [frame for _place, other in self.others[index] if (frame := other.frame) is not None]
        if sender.silent_until_s > now:
            self._plan(index, sender.silent_until_s)
            return
        if len(others) >= self.together:
            self._plan(index, min(frame.end_s for frame in others))
            return
        station, packets, length_s = self._next(index, now)
        silent = tuple(other.busy_until_s <= now and other.frame is None for other in self.senders)
        frame = _Frame(now, now + length_s, station, sender.asks >= 0, self._blocked(index, station), silent, packets)
        sender.frame = frame
        if self.medium.rts_cts and not frame.lost:
            self._clear_to_send(index, station, frame.end_s)
        if frame.lost and self.medium.rts_cts:
            frame.end_s = now + self.seats[index][station].data.lost_s
        heappush(self.events, (frame.end_s, index))

    def _next(self, index: int, now: float) -> tuple[int, list[Packet], float]:
        """Station, packets and length of the next frame: a request that is due, or data to who waited longest."""
        sender, row = self.senders[index], self.seats[index]
        if sender.asks >= 0:
            return sender.asks, [], row[sender.asks].data.request_s
        self._refill(index, now)
        waiting = [queue[0][0] if queue else sender.arrived for queue in sender.queues]
        station = waiting.index(min(waiting))
        data = row[station].data
        most = max(round(data.burst.mpdus), 1)
        packets = sender.queues[station][:most]
        return station, packets, data.before_s + data.data_s - (most - len(packets)) * row[station].mpdu_s

    def _refill(self, index: int, now: float) -> None:
        """Packets for all stations in turn, until the queue is full."""
        sender, row = self.senders[index], self.seats[index]
        bundle = row[0].data.burst.packets / row[0].data.burst.mpdus
        most = min(self.medium.limits.queue_packets / bundle, _BURSTS_QUEUED * sum(s.data.burst.mpdus for s in row))
        room = round(most) - sum(len(queue) for queue in sender.queues)
        for _ in range(room):
            sender.queues[sender.arrived % len(sender.queues)].append((sender.arrived, now))
            sender.arrived += 1

    def _blocked(self, index: int, station: int) -> bool:
        """True where the station does not catch the preamble that starts now."""
        exposure = self.seats[index][station].exposure
        strangers = [(place, frame) for place, other in self.others[index] if (frame := other.frame) is not None]
        followed = any(exposure.heard[place] and frame.silent[index] for place, frame in strangers)
        return followed or not exposure.caught[sum(1 << place for place, _frame in strangers)]

    def _clear_to_send(self, index: int, station: int, until_s: float) -> None:
        """Access points that hear the station's CTS and are not sending keep silent until the end."""
        for place, other in self.others[index]:
            if self.seats[index][station].exposure.heard[place] and other.frame is None:
                other.silent_until_s = max(other.silent_until_s, until_s)

    def _finish(self, index: int, now: float) -> int:
        """Judge the frame that ends, plan the next; 1 where it was data."""
        sender, medium = self.senders[index], self.medium
        frame, sender.frame = sender.frame, None
        assert frame is not None  # noqa: S101
        data = self.seats[index][frame.station].data
        sender.past = [*(old for old in sender.past if old.end_s > now - MAX_PPDU_S), frame]
        arrived = self._answers(index, frame) if frame.request else self._deliver(index, frame)
        if arrived:
            sender.failures, sender.asks = 0, -1
            sender.busy_until_s = now + medium.sifs_s + data.answer_s
            sender.past.append(_Frame(now + medium.sifs_s, sender.busy_until_s, frame.station))
        else:
            sender.failures = (sender.failures + 1) % (medium.access.retries + 1)
            sender.asks = frame.station if data.burst.aggregated and not medium.rts_cts else -1
            sender.busy_until_s = now
        self._plan(index, sender.busy_until_s + (0.0 if arrived else medium.eifs_s - medium.aifs_s))
        if frame.request:
            return 0
        self.tally.bursts += 1
        self.tally.lost += not arrived
        self.tally.air_s += now - frame.start_s
        return 1

    def _answers(self, index: int, frame: _Frame) -> bool:
        """Whether a request comes through what overlaps it."""
        over = sum({1 << place for place, *_ in self._overlaps(index, frame)})
        share = self.seats[index][frame.station].exposure.requests[over]
        return not frame.lost and self.chance.random() < share

    def _deliver(self, index: int, frame: _Frame) -> bool:
        """Take what arrives out of the queue, and what has failed too often; False where nothing arrived."""
        seat = self.seats[index][frame.station]
        failed = frame.packets if frame.lost else self._drowned(index, frame)
        queue = self.senders[index].queues[frame.station]
        del queue[: len(frame.packets)]
        given_up = not seat.data.burst.aggregated and self.senders[index].failures == self.medium.access.retries
        for packet in failed:
            if frame.end_s - packet[1] < _LIFETIME_S and not given_up:
                insort(queue, packet)
        delivered = len(frame.packets) - len(failed)
        self.tally.packets += delivered * seat.data.burst.packets / seat.data.burst.mpdus
        return delivered > 0

    def _drowned(self, index: int, frame: _Frame) -> list[Packet]:
        """The packets of a frame that strangers' frames drown."""
        seat, count = self.seats[index][frame.station], len(frame.packets)
        first_s = frame.end_s - count * seat.mpdu_s
        over = [0] * count
        for place, from_s, until_s in self._overlaps(index, frame):
            low = max(int((from_s - first_s) / seat.mpdu_s), 0)
            for number in range(low, min(int((until_s - first_s) / seat.mpdu_s) + 1, count)):
                over[number] |= 1 << place
        shares = [seat.exposure.mpdus[strangers] for strangers in over]
        return [
            packet
            for packet, share in zip(frame.packets, shares, strict=True)
            if share < _HARMLESS and self.chance.random() >= share
        ]

    def _overlaps(self, index: int, frame: _Frame) -> list[tuple[int, float, float]]:
        """Strangers' frames and answers that overlap one: place among the strangers, begin, end."""
        return [
            (place, other.start_s, min(other.end_s, frame.end_s))
            for place, sender in self.others[index]
            for other in (*sender.past, sender.frame)
            if other is not None and other.end_s > frame.start_s and other.start_s < frame.end_s
        ]
