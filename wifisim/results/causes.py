"""Why a criterion fails: which resource, when, in which rooms, doing what; read off the records, never guessed.

Every transfer that missed its target was booked by the kernel to the resource that held it back longest. A cause is
the kind of resource with most of those bookings (all air together, so that one line is not blamed for twenty full
rooms), in it the resource with most of them, and the time, rooms and activities in which they fell. Where nothing was
late (a limit on use, on clients, on signal) the cause is the resource, radio or room that sets the figure. On a day
with faults the cause is the dearest of them, where half of the losses or more are not there without them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from wifisim.results.daygroup import DayGroup
from wifisim.results.latency import share_slower_than
from wifisim.results.loads import BUSY_QUARTER_S
from wifisim.results.metrics import lesson_is_good, lessons_with_devices
from wifisim.results.records import SLOT_S, FloatArray, IntArray, LessonRecord, OutageRecord, RadioFacts

ROOMS_NAMED = 3
_NEAR_PEAK = 0.25  # a slot belongs to the bad time while it has a quarter of the worst slot's bookings (project)
_REFUSED_SHARE = 0.01  # of the tries: a limit on new connections that refuses less explains nothing (project)
_GAP_S = 300.0  # episodes closer than this are told as one (project)

Span = tuple[float, float]
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cause:
    """What stands behind a criterion's figure on one kind of day.

    ``resource`` indexes the stage's resources (-1: none of them, e.g. set-up and server time, or a room without
    signal). ``full`` says that the resource was full over ``span_s``; else transfers were late or load was highest
    then. ``rooms`` are room indices, worst first (empty: all over the school), ``room_count`` how many are concerned.
    ``flows`` is the mean number of transfers held back over the span; ``late`` the late transfers behind the choice,
    ``unassociated`` the devices a day that spoilt lessons because they found no radio;
    ``full_min`` the minutes of the whole day in which the resource was full. ``fault`` is the fault, or the limit on
    new connections, behind it all ("": none).
    """

    day_kind: str
    resource: int
    span_s: Span | None
    full: bool
    rooms: tuple[int, ...]
    room_count: int
    activities: tuple[int, ...]
    flows: float
    late: int
    unassociated: int
    full_min: float
    fault: str = ""


def cause_of(metric: str, group: DayGroup) -> Cause | None:
    """The cause behind ``metric`` on that day; None for figures that need no simulation."""
    finder = _FINDERS.get(metric)
    return finder(group) if finder and metric not in group.stage.figures else None


def radios_of(group: DayGroup, resource: int) -> tuple[RadioFacts, ...]:
    """The radios that share an air resource."""
    return tuple(radio for radio in group.stage.radios if resource in radio.cliques)


def _late_transfers(kinds: tuple[str, ...], *, saves: bool = False) -> Callable[[DayGroup], Cause | None]:
    def find(group: DayGroup) -> Cause | None:
        activities = [
            index
            for index, activity in enumerate(group.run.activities)
            if (activity.save if saves else activity.kind in kinds)
        ]
        by_resource = group.late_by_activity[activities].sum(axis=0)
        resource = _most_booked(group, by_resource)
        if by_resource.sum() == 0:
            return _cause(group, -1, span=None, activities=())
        rooms, room_count = _slow_rooms(group, activities)
        fault = _fault_behind(group, lambda outage: outage.late_transfers, of=int(group.late.sum()))
        if fault is not None:
            busiest = _busiest_activities(group.late_by_activity[activities].sum(axis=1), range(len(activities)))
            named = tuple(activities[place] for place in busiest)
            return _fault_cause(group, fault, rooms=rooms, room_count=room_count, activities=named)
        found = _cause(
            group, resource, span=_bad_span(group, resource), rooms=rooms, room_count=room_count,
            activities=_busiest_activities(group.late_by_activity[:, resource], activities),
            late=int(by_resource[resource]),
        )  # fmt: skip
        return replace(found, fault=_gate_behind(group, resource))

    return find


def _bad_lessons(group: DayGroup) -> Cause | None:
    bad = [
        lesson for day in group.days for lesson in lessons_with_devices(day) if not lesson_is_good(lesson, group.run)
    ]
    if not bad:
        return None
    fault = _fault_behind(group, lambda outage: outage.lessons_hit, of=len(bad))
    if fault is not None:
        during = [lesson for lesson in bad if lesson.start_s < fault.end_s and lesson.end_s > fault.start_s] or bad
        spoilt = [room for room, _ in _weigh(during, lambda lesson: lesson.room).most_common()]
        return _fault_cause(group, fault, rooms=tuple(spoilt[:ROOMS_NAMED]), room_count=len(spoilt), activities=())
    weight = np.zeros(len(group.stage.resources) + 1, dtype=np.int64)
    for lesson in bad:
        weight[lesson.binding_resource] += lesson.devices - lesson.good_devices
    resource = _most_booked(group, weight)
    # Named are the rooms that this resource spoilt; counted are all that suffer from its kind.
    same = [lesson for lesson in bad if lesson.binding_resource == resource]
    rooms = _weigh(same, lambda lesson: lesson.room)
    alike = {lesson.room for lesson in bad if _kind(group, lesson.binding_resource) == _kind(group, resource)}
    spans = _weigh(same, lambda lesson: (lesson.start_s, lesson.end_s))
    start_s, end_s = max(spans, key=lambda span: spans[span])
    full = _full_span(group, resource, (start_s, end_s))
    found = _cause(
        group, resource, span=full or (start_s, end_s), full=full is not None,
        rooms=tuple(room for room, _ in rooms.most_common(ROOMS_NAMED)), room_count=len(alike),
        activities=_busiest_activities(group.late_by_activity[:, resource], range(len(group.run.activities))),
        late=int(group.late[:, resource].sum()),
    )  # fmt: skip
    alone = math.ceil(sum(lesson.unassociated_devices for lesson in same) / len(group.days))
    return replace(found, unassociated=alone, fault="" if alone else _gate_behind(group, resource))


def _gate_behind(group: DayGroup, resource: int) -> str:
    """Where no resource is to blame: the limit on new connections that refused most of what came to it, or ""."""
    gates = [gate for day in group.days for gate in day.gates if gate.refused >= _REFUSED_SHARE * gate.asked]
    if resource >= 0 or not gates:
        return ""
    return f"{max(gates, key=lambda gate: gate.refused / gate.asked).label} at its limit"


def _fault_behind(group: DayGroup, lost: Callable[[OutageRecord], int], *, of: int) -> OutageRecord | None:
    """The fault that cost most, where the faults of these days cost at least half ``of`` all; else None."""
    outages = [outage for day in group.days for outage in day.outages]
    cost: Counter[tuple[str, float, float]] = Counter()
    for outage in outages:
        cost[outage.what, outage.start_s, outage.end_s] += lost(outage)
    if cost.total() < max(1, 0.5 * of):
        return None
    dearest = max(cost, key=lambda key: cost[key])
    return next(outage for outage in outages if (outage.what, outage.start_s, outage.end_s) == dearest)


def _fault_cause(
    group: DayGroup, fault: OutageRecord, *, rooms: tuple[int, ...], room_count: int, activities: tuple[int, ...]
) -> Cause:
    span = (fault.start_s, fault.end_s)
    found = _cause(group, -1, span=span, activities=activities, rooms=rooms, room_count=room_count, full=False)
    return replace(found, fault=fault.what)


def _busy_resource(kind: str) -> Callable[[DayGroup], Cause | None]:
    def find(group: DayGroup) -> Cause | None:
        columns = [index for index, resource in enumerate(group.stage.resources) if resource.kind == kind]
        if not columns:
            return None
        return _busy_cause(group, columns[int(np.argmax(group.busy.mean[columns]))])

    return find


def _busy_radio(group: DayGroup) -> Cause | None:
    if not group.busy_air.mean.size:
        return None
    radio = group.stage.radios[int(np.argmax(group.busy_air.mean))]
    if not radio.cliques:
        return None
    cause = max(radio.cliques, key=lambda clique: float(group.busy.mean[clique]))
    return _busy_cause(group, cause)


def _busy_cause(group: DayGroup, resource: int) -> Cause:
    start_s = float(group.busy.start_s[resource])
    quarter = (start_s, start_s + BUSY_QUARTER_S)
    full = _full_span(group, resource, quarter)
    near = dict.fromkeys(room for radio in radios_of(group, resource) if (room := room_of_radio(group, radio)) >= 0)
    rooms = tuple(near) or _rooms_held_back(group, resource)
    return _cause(
        group, resource, span=full or quarter, full=full is not None, rooms=rooms[:ROOMS_NAMED], room_count=len(rooms),
        activities=_busiest_activities(group.late_by_activity[:, resource], range(len(group.run.activities))),
        late=int(group.late[:, resource].sum()),
    )  # fmt: skip


def _rooms_held_back(group: DayGroup, resource: int) -> tuple[int, ...]:
    """Rooms in whose lessons a resource held back most of what came late, worst first; none where nothing came late."""
    held = [lesson for day in group.days for lesson in lessons_with_devices(day) if lesson.binding_resource == resource]
    return tuple(room for room, _ in _weigh(held, lambda lesson: lesson.room).most_common())


def _most_clients(group: DayGroup) -> Cause | None:
    clients = np.max([day.clients for day in group.days], axis=0)
    if clients.size == 0:
        return None
    at, index = np.unravel_index(int(np.argmax(clients)), clients.shape)
    radio = group.stage.radios[int(index)]
    start_s = group.start_s + float(at) * group.bin_s
    room = room_of_radio(group, radio)
    return _cause(
        group, radio.cliques[0] if radio.cliques else -1, span=(start_s, start_s + group.bin_s),
        rooms=(room,) if room >= 0 else (), room_count=1, activities=(),
    )  # fmt: skip


def _no_radio(group: DayGroup) -> Cause | None:
    devices = np.sum([day.unassociated_by_room for day in group.days], axis=0)
    rooms = [int(room) for room in np.argsort(-devices, kind="stable") if devices[room] > 0]
    waiting: FloatArray = np.mean([day.without_wifi for day in group.days], axis=0)
    span = None
    if waiting.any():
        # The unbroken time around the worst minute in which devices were without a radio.
        peak = int(np.argmax(waiting))
        gaps = np.flatnonzero(waiting == 0)
        first = int(gaps[gaps < peak].max(initial=-1)) + 1
        last = int(gaps[gaps > peak].min(initial=waiting.size))
        span = (group.start_s + first * group.bin_s, group.start_s + last * group.bin_s)
    return _cause(group, -1, span=span, rooms=tuple(rooms[:ROOMS_NAMED]), room_count=len(rooms), activities=())


def _weak_room(group: DayGroup) -> Cause | None:
    rssi = group.stage.room_rssi_dbm
    known = [int(room) for room in np.argsort(rssi, kind="stable") if not np.isnan(rssi[room])]
    return _cause(group, -1, span=None, rooms=tuple(known[:1]), room_count=1, activities=())


_ALL_KINDS = ("transaction", "stream", "call", "bulk")
_FINDERS: dict[str, Callable[[DayGroup], Cause | None]] = {
    "cloud_save_p95_s": _late_transfers((), saves=True),
    "lessons_good_share": _bad_lessons,
    "airtime_busy_quarter": _busy_radio,
    "line_utilisation_busy_quarter": _busy_resource("line"),
    "filter_utilisation_busy_quarter": _busy_resource("appliance"),
    "uplink_utilisation_busy_quarter": _busy_resource("link"),
    "clients_per_radio_max": _most_clients,
    "unassociated_devices": _no_radio,
    "room_rssi_min_dbm": _weak_room,
    "late_share": _late_transfers(_ALL_KINDS),
    "video_stall_share": _late_transfers(("stream",)),
    "call_late_share": _late_transfers(("call",)),
    "line_rate_per_pupil_p95_mbps": _busy_resource("line"),
}


def _cause(
    group: DayGroup, resource: int, *, span: Span | None, activities: tuple[int, ...], full: bool | None = None,
    rooms: tuple[int, ...] = (), room_count: int = 0, late: int = 0,
) -> Cause:  # fmt: skip
    if full is None:
        full = span is not None and _full_span(group, resource, span) == span
    return Cause(
        day_kind=group.day_kind, resource=resource, span_s=span, full=full, rooms=rooms, room_count=room_count,
        activities=activities, flows=_held_back(group, resource, span), late=late,
        unassociated=0,
        full_min=group.full_minutes(resource),
    )  # fmt: skip


def _held_back(group: DayGroup, resource: int, span: Span | None) -> float:
    if resource < 0 or span is None:
        return 0.0
    first = int((span[0] - group.start_s) // group.bin_s)
    last = max(first + 1, int(np.ceil((span[1] - group.start_s) / group.bin_s)))
    held = [day.bound_flows[first:last, resource] for day in group.days]
    return float(np.mean(held)) if held[0].size else 0.0


def _kind(group: DayGroup, resource: int) -> str:
    return group.stage.resources[resource].kind if resource >= 0 else "none"


def _most_booked(group: DayGroup, by_resource: IntArray) -> int:
    """The resource with most bookings in the kind with most; -1 when it is the last column, ``none``."""
    columns: list[int] = [*range(len(group.stage.resources)), -1]
    kinds: Counter[str] = Counter()
    for column in columns:
        kinds[_kind(group, column)] += int(by_resource[column])
    kind = max(kinds, key=lambda name: kinds[name])
    alike = [column for column in columns if _kind(group, column) == kind]
    best = int(np.argmax(by_resource[alike]))
    return alike[best]


def _bad_span(group: DayGroup, resource: int) -> Span | None:
    """When a resource made transfers late: its worst episode if it was full then, else the slots near the peak."""
    late: FloatArray = group.late[:, resource].astype(np.float64)
    if late.sum() == 0:
        return None
    peak = int(np.argmax(late))
    first = last = peak
    while first > 0 and late[first - 1] >= _NEAR_PEAK * late[peak]:
        first -= 1
    while last + 1 < late.size and late[last + 1] >= _NEAR_PEAK * late[peak]:
        last += 1
    span = (group.start_s + first * SLOT_S, group.start_s + (last + 1) * SLOT_S)
    return _full_span(group, resource, span) or span


def _full_span(group: DayGroup, resource: int, within: Span) -> Span | None:
    """The longest time around ``within`` in which the resource was full, short gaps bridged."""
    best: Span | None = None
    current: Span | None = None
    for episode in group.episodes_of(resource) if resource >= 0 else ():
        if episode.end_s <= within[0] or episode.start_s >= within[1]:
            continue
        if current is not None and episode.start_s - current[1] <= _GAP_S:
            current = (current[0], episode.end_s)
        else:
            current = (episode.start_s, episode.end_s)
        if best is None or current[1] - current[0] > best[1] - best[0]:
            best = current
    return best


def _busiest_activities(late: IntArray, chosen: Sequence[int]) -> tuple[int, ...]:
    """At most three of ``chosen``: those with a tenth or more of the late transfers, most first."""
    total = int(late[list(chosen)].sum())
    ranked = sorted(chosen, key=lambda activity: -int(late[activity]))
    return tuple(activity for activity in ranked[:3] if total and late[activity] >= 0.1 * total)


def _slow_rooms(group: DayGroup, activities: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Rooms that hold most slow transfers, and in how many rooms there were any worth naming."""
    slow = np.zeros(len(group.run.rooms))
    for activity in activities:
        limit_s = group.late_after_s(activity)
        for room in np.flatnonzero(group.latency[activity].sum(axis=1)):
            counts = group.latency[activity, room]
            slow[room] += share_slower_than(counts, limit_s) * counts.sum()
    concerned = [int(room) for room in np.argsort(-slow, kind="stable") if slow[room] >= 0.1 * slow.max() > 0]
    return tuple(concerned[:ROOMS_NAMED]), len(concerned)


def _weigh(lessons: Sequence[LessonRecord], key: Callable[[LessonRecord], _Key]) -> Counter[_Key]:
    """Devices without a good lesson, by ``key`` of the lesson."""
    weights: Counter[_Key] = Counter()
    for lesson in lessons:
        weights[key(lesson)] += lesson.devices - lesson.good_devices
    return weights


def room_of_radio(group: DayGroup, radio: RadioFacts) -> int:
    """The room in which a radio hangs, or -1: the crossing-number test on the rooms of its floor."""
    x, y = radio.at_m
    for index, room in enumerate(group.run.rooms):
        if room.floor_id != radio.floor_id:
            continue
        inside = False
        for (x1, y1), (x2, y2) in zip(room.outline_m, (*room.outline_m[1:], room.outline_m[0]), strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
        if inside:
            return index
    return -1
