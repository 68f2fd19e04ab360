"""What a fault cost: a day with it against the same day without it, under the same seed.

The two days have the same people doing the same things, so every difference is the fault's: lessons that no longer
work, devices badly served, transfers late or cut off. Recovery is the time from the end of the fault until a whole
slot of ``SLOT_S`` has no more late transfers than the undisturbed day (or hardly more: see ``NORMAL``).
Devices ask again only when they have been answered: in a long outage few transfers stand for much lost time, so the
time that devices waited is counted too. With several faults on one day each answers for the lessons until
its recovery; the cost of each includes what the others left behind in those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.results.records import (
    LATENCY_EDGES_S,
    SLOT_S,
    DayRecord,
    FloatArray,
    IntArray,
    LessonRecord,
    OutageRecord,
)

# Late transfers in five minutes that still count as normal beside the undisturbed day's: a number, and a share of its.
NORMAL = (5, 0.1)

LEFT_SHARE = 0.05  # of the saves that a fault has piled up: what may be left when they count as through

_MIDDLE_S: FloatArray = np.sqrt(LATENCY_EDGES_S[:-1] * LATENCY_EDGES_S[1:])  # of each latency bin

_WORDS = {
    "wan": "internet line down",
    "access_point": "access point {} down",
    "switch": "switch {} down",
    "filter": "web filter down",
    "service": "{} down",
    "dns": "name service down",
}

# What would have helped, where that is the same at every school. A time-out of five seconds would still cost lessons.
_REMEDIES = {
    _WORDS["dns"]: "Devices need a second resolver that they ask soon (network: dns: {resolvers: 2, timeout_s: 1}).",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as the report names it."""

    what: str
    start_s: float
    end_s: float


def fault_text(target: str, target_id: str, *, bypass: bool = False, slow_s: float = 0.0, left_bps: float = 0.0) -> str:
    """A fault in a few words."""
    if bypass:
        return "web filter in bypass"
    if slow_s > 0.0:
        return f"{target_id} slower by {slow_s:g} s"
    if left_bps > 0.0:
        return f"{target_id} throttled to {left_bps / 1e6:g} Mbit/s"
    if target == "wan" and target_id != "main":
        return f"{target_id} line down"
    return _WORDS[target].format(target_id)


def fault_remedy(what: str) -> str:
    """What would have helped against a fault, by its text, as a sentence; "" where that depends on the school."""
    return _REMEDIES.get(what, "")


def outage_of(
    fault: Fault, day: DayRecord, calm: DayRecord, *, devices_good_share: float, alone: bool = True
) -> OutageRecord:
    """What ``fault`` cost on ``day``; ``calm`` is the same day without faults. ``alone``: no other on that day."""
    more = _more_late(day, calm)
    first = int((fault.start_s - day.start_s) // SLOT_S)
    after = max(math.ceil((fault.end_s - day.start_s) / SLOT_S - 1e-9), 0)
    normal = np.flatnonzero(more[after:] <= _allowed(calm)[after:])
    recovered = after + int(normal[0]) if normal.size else more.size
    until_s = math.inf if alone else day.start_s + recovered * SLOT_S
    pairs = [(now, then) for now, then in _pairs(day, calm) if now.end_s > fault.start_s and now.start_s < until_s]
    worse = [
        (now, then) for now, then in pairs if _good(then, devices_good_share) and not _good(now, devices_good_share)
    ]
    return OutageRecord(
        what=fault.what,
        start_s=fault.start_s,
        end_s=fault.end_s,
        lessons=sum(now.start_s < fault.end_s for now, _ in pairs),
        lessons_hit=len(worse),
        devices_hit=sum(max(then.good_devices - now.good_devices, 0) for now, then in pairs),
        late_transfers=max(int(more[max(first, 0) : recovered].sum()), 0),
        lost_s=max(float((_spent_s(day) - _spent_s(calm))[max(first, 0) : recovered].sum()), 0.0),
        waiting_bytes=_most_waiting(fault, day),
        unsaved_bytes=max(sum(now.backlog_bytes - then.backlog_bytes for now, then in pairs), 0.0),
        recovery_s=max(day.start_s + recovered * SLOT_S - fault.end_s, 0.0) if normal.size else math.inf,
        saved_again_s=_saved_again_s(fault, day, calm),
        most_without_wifi=int((day.without_wifi - calm.without_wifi)[_during(fault, day)].max(initial=0)),
    )


def _during(fault: Fault, day: DayRecord) -> NDArray[np.bool_]:
    """The bins [bin] whose middle lies in the fault."""
    middle_s = _middles_s(day)
    return np.asarray((middle_s >= fault.start_s) & (middle_s < fault.end_s), dtype=np.bool_)


def _middles_s(day: DayRecord) -> FloatArray:
    return np.asarray(day.start_s + day.bin_s * (np.arange(day.backlog_bytes.size) + 0.5), dtype=np.float64)


def _saved_again_s(fault: Fault, day: DayRecord, calm: DayRecord) -> float:
    """From the end of the fault until hardly any of the saves that it has piled up are left."""
    extra = day.backlog_bytes - calm.backlog_bytes
    after = _middles_s(day) >= fault.end_s
    gone = np.flatnonzero(after & (extra <= LEFT_SHARE * extra[_during(fault, day)].max(initial=0.0)))
    if gone.size:
        return max(float(_middles_s(day)[gone[0]] - fault.end_s), 0.0)
    return math.inf if after.any() else 0.0


def _spent_s(day: DayRecord) -> FloatArray:
    """Seconds [slot] that all devices spent in the transfers which ended in a slot, from the latency histogram."""
    return np.asarray(day.latency_by_time.sum(axis=0) @ _MIDDLE_S, dtype=np.float64)


def _most_waiting(fault: Fault, day: DayRecord) -> float:
    """The most that saves had waiting in any bin of the fault."""
    return float(day.backlog_bytes[_during(fault, day)].max(initial=0.0))


def _more_late(day: DayRecord, calm: DayRecord) -> IntArray:
    """Late transfers by slot, less those of the undisturbed day."""
    return np.asarray(day.late_counts.sum(axis=1) - calm.late_counts.sum(axis=1), dtype=np.int64)


def _allowed(calm: DayRecord) -> IntArray:
    number, share = NORMAL
    return np.asarray(np.maximum(number, share * calm.late_counts.sum(axis=1)), dtype=np.int64)


def _pairs(day: DayRecord, calm: DayRecord) -> Sequence[tuple[LessonRecord, LessonRecord]]:
    """Each lesson with devices, and itself on the undisturbed day."""
    then = {(lesson.period_id, lesson.class_id, lesson.start_s): lesson for lesson in calm.lessons}
    keyed = [((lesson.period_id, lesson.class_id, lesson.start_s), lesson) for lesson in day.lessons if lesson.devices]
    return [(lesson, then[key]) for key, lesson in keyed if key in then]


def _good(lesson: LessonRecord, share: float) -> bool:
    return lesson.good_devices >= share * lesson.devices - 1e-9
