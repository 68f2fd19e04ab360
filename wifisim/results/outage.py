"""What a fault cost: a day with it against the same day without it, under the same seed.

The two days have the same people doing the same things, so every difference is the fault's: lessons that no longer
work, devices badly served, transfers late or cut off. Recovery is the time from the end of the fault until a whole
slot of ``SLOT_S`` has no more late transfers than the undisturbed day (or hardly more: see ``NORMAL``).
With several faults on one day the cost of each includes what the others left behind in the same lessons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wifisim.results.records import SLOT_S, DayRecord, IntArray, LessonRecord, OutageRecord

# Late transfers in five minutes that still count as normal beside the undisturbed day's: a number, and a share of its.
NORMAL = (5, 0.1)

_WORDS = {
    "wan": "internet line down",
    "access_point": "access point {} down",
    "switch": "switch {} down",
    "filter": "web filter down",
    "service": "{} down",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as the report names it; ``waiting_bytes`` is the most that saves had waiting during it."""

    what: str
    start_s: float
    end_s: float
    waiting_bytes: float


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


def outage_of(fault: Fault, day: DayRecord, calm: DayRecord, *, devices_good_share: float) -> OutageRecord:
    """What ``fault`` cost on ``day``; ``calm`` is the same day without faults."""
    more = _more_late(day, calm)
    first = int((fault.start_s - day.start_s) // SLOT_S)
    after = max(math.ceil((fault.end_s - day.start_s) / SLOT_S - 1e-9), 0)
    normal = np.flatnonzero(more[after:] <= _allowed(calm)[after:])
    recovered = after + int(normal[0]) if normal.size else more.size
    pairs = [(now, then) for now, then in _pairs(day, calm) if now.end_s > fault.start_s]
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
        waiting_bytes=fault.waiting_bytes,
        unsaved_bytes=max(sum(now.backlog_bytes - then.backlog_bytes for now, then in pairs), 0.0),
        recovery_s=max(day.start_s + recovered * SLOT_S - fault.end_s, 0.0) if normal.size else math.inf,
    )


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
