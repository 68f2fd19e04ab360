"""What one device does: activities, and the lesson profiles that mix them.

An activity is a closed loop: wait, move bytes one way, wait again. Its ``kind`` says how the wait and the size arise:

* transaction  think time and size are drawn; the next one starts when the last is done and thought over
* stream       segments of ``chunk_s`` seconds of video at the highest ladder rate that keeps the buffer filled
* call         ``rate_bps`` for as long as the session lasts, sent in chunks of ``chunk_s``; a late chunk is a glitch
* bulk         one transfer, or ``count`` of them, as fast as the network lets it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wifisim.randomness import Distribution

ActivityKind = Literal["transaction", "stream", "call", "bulk"]
Direction = Literal["down", "up"]
Confidence = Literal["A", "B", "C", "project"]
Anchor = Literal["start", "end", "clock"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where numbers come from: A read at its primary source, B second hand, C low authority, project = our choice."""

    confidence: Confidence
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing a device does.

    ``first`` is the wait from the anchor (session start; session end, counted backwards; a clock time ``clock_s``)
    to the first transfer: a narrow one synchronises a class. ``count`` limits the transfers (0 = until the end).
    A transfer is good when it takes at most ``good_s``: for a stream, when playback never waits longer than that;
    for a call, when a chunk is at most that late. ``save`` marks transfers that count as cloud saves.
    ``ladder_bps`` (stream) is ascending. ``connections`` is how many parallel connections share the transfer,
    ``new_connection_share`` how often they are opened anew. ``peers`` True keeps the traffic inside the school
    (the other end is the teacher's device on the same access point's switch), so it never crosses the line.
    ``changed_share`` is what a sync client sends of a file: 1 = the whole of it at each save.
    """

    id: str
    label: str
    kind: ActivityKind
    service_id: str
    direction: Direction
    size_bytes: Distribution
    think_s: Distribution
    anchor: Anchor
    clock_s: float
    first_s: Distribution
    count: int
    rate_bps: float
    ladder_bps: tuple[float, ...]
    chunk_s: float
    buffer_s: float
    connections: int
    new_connection_share: float
    browser_hit_share: float
    peers: bool
    save: bool
    good_s: float
    evidence: Evidence
    changed_share: float = 1.0


@dataclass(frozen=True, slots=True)
class ActivityShare:
    """``share`` of the devices in use do ``activity_id`` from ``from_share`` to ``to_share`` of the session."""

    activity_id: str
    share: float
    from_share: float
    to_share: float


@dataclass(frozen=True, slots=True)
class TrafficProfile:
    """What the devices of one kind of lesson, or of staff, or of idle pockets, do.

    ``device_share`` is the probability that such a lesson uses devices at all, before and after everyone in the
    class has one (``device_share_one_to_one``).
    """

    id: str
    label: str
    device_share: float
    device_share_one_to_one: float
    activities: tuple[ActivityShare, ...]
    evidence: Evidence
