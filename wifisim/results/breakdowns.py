"""Figures by room, by lesson, by radio and by service: the tables behind a verdict, one row a thing, means of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wifisim.results.daygroup import DayGroup
from wifisim.results.intervals import Estimate, estimate
from wifisim.results.latency import latency_quantile_s
from wifisim.results.metrics import lesson_is_good, lessons_with_devices
from wifisim.results.records import LATENCY_EDGES_S, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """Transfer times of a service, or of a set of activities: transfers a day, quantiles, share that was late."""

    name: str
    transfers: float
    p50_s: float
    p95_s: float
    p99_s: float
    late_share: float


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room on one kind of day: share of its lessons with devices that were good, p95 of its cloud saves (or NaN).

    ``good`` is that share with its interval, over the lessons of all replications.
    """

    room: int
    rssi_dbm: float
    lessons: float
    good_share: float
    good: Estimate
    save_p95_s: float
    late_transfers: float
    unassociated_devices: float


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson of the timetable over all replications: how often it had devices, how often it was good."""

    period_id: str
    class_id: str
    room: int
    subject: str
    start_s: float
    with_devices: int
    good: int
    devices: float
    good_devices: float
    binding_resource: int


@dataclass(frozen=True, slots=True)
class RadioRow:
    """A radio; ``airtime_busy_quarter`` is the mean of its busiest 15 minutes, ``clients_max`` that of the day."""

    radio: int
    busy_from_s: float
    airtime_busy_quarter: float
    clients_max: float


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A shared resource: mean use in its busiest 15 minutes, ``full_min`` minutes of the day in which it was full."""

    resource: int
    busy_from_s: float
    utilisation_busy_quarter: float
    full_min: float
    late: float


def service_rows(group: DayGroup) -> tuple[LatencyRow, ...]:
    """One row a service in use, in the order of the run's activities."""
    services: dict[str, list[int]] = {}
    for index, activity in enumerate(group.run.activities):
        services.setdefault(activity.service_id, []).append(index)
    rows = (latency_row(service, group, members) for service, members in services.items())
    return tuple(row for row in rows if row.transfers > 0)


def save_row(group: DayGroup) -> LatencyRow:
    """Cloud saves of all services together."""
    return latency_row("saves", group, [index for index, activity in enumerate(group.run.activities) if activity.save])


def latency_row(name: str, group: DayGroup, activities: Sequence[int]) -> LatencyRow:
    """Transfer times of some activities."""
    chosen = list(activities)
    counts: IntArray = group.latency[chosen]
    transfers = int(counts.sum())
    p50, p95, p99 = (latency_quantile_s(counts, q) if transfers else float("nan") for q in (0.5, 0.95, 0.99))
    late = float(group.late_by_activity[chosen].sum()) / transfers if transfers else float("nan")
    return LatencyRow(name, transfers / len(group.days), p50, p95, p99, late)


def room_rows(group: DayGroup) -> tuple[RoomRow, ...]:
    """One row a room, in the order of the run's rooms."""
    rooms = len(group.run.rooms)
    counts, goods = np.zeros((len(group.days), rooms)), np.zeros((len(group.days), rooms))
    for number, day in enumerate(group.days):
        for lesson in lessons_with_devices(day):
            counts[number, lesson.room] += 1
            goods[number, lesson.room] += lesson_is_good(lesson, group.run)
    lessons, good = counts.sum(axis=0), goods.sum(axis=0)
    saves = [index for index, activity in enumerate(group.run.activities) if activity.save]
    late = _late_by_room(group)
    unassociated = np.mean([day.unassociated_by_room for day in group.days], axis=0)
    return tuple(
        RoomRow(
            room=room,
            rssi_dbm=float(group.stage.room_rssi_dbm[room]),
            lessons=lessons[room] / len(group.days),
            good_share=good[room] / lessons[room] if lessons[room] else float("nan"),
            good=_share(goods[:, room], counts[:, room]),
            save_p95_s=latency_quantile_s(group.latency[saves, room], 0.95) if saves else float("nan"),
            late_transfers=late[room],
            unassociated_devices=float(unassociated[room]),
        )
        for room in range(rooms)
    )


def lesson_rows(group: DayGroup) -> tuple[LessonRow, ...]:
    """One row a lesson in which devices were used in some replication, by time, then by room."""
    merged: dict[tuple[float, int, str], list[float]] = {}
    facts: dict[tuple[float, int, str], tuple[str, str]] = {}
    binding: dict[tuple[float, int, str], list[int]] = {}
    for day in group.days:
        for lesson in lessons_with_devices(day):
            key = (lesson.start_s, lesson.room, lesson.class_id)
            facts[key] = (lesson.period_id, lesson.subject)
            total = merged.setdefault(key, [0, 0, 0.0, 0.0])
            good = lesson_is_good(lesson, group.run)
            for index, value in enumerate((1, good, lesson.devices, lesson.good_devices)):
                total[index] += value
            if not good:
                binding.setdefault(key, []).append(lesson.binding_resource)
    return tuple(
        LessonRow(
            facts[key][0], key[2], key[1], facts[key][1], key[0], int(total[0]), int(total[1]),
            total[2] / total[0], total[3] / total[0], _most_common(binding.get(key, [])),
        )
        for key, total in sorted(merged.items())
    )  # fmt: skip


def radio_rows(group: DayGroup) -> tuple[RadioRow, ...]:
    """One row an enabled radio."""
    clients = np.max([day.clients for day in group.days], axis=(0, 1)) if group.stage.radios else np.zeros(0)
    busy = group.busy_air
    return tuple(
        RadioRow(index, float(busy.start_s[index]), float(busy.mean[index]), float(clients[index]))
        for index, radio in enumerate(group.stage.radios)
        if radio.enabled
    )


def resource_rows(group: DayGroup) -> tuple[ResourceRow, ...]:
    """One row a resource that was used at all."""
    late = group.late.sum(axis=0) / len(group.days)
    busy = group.busy
    return tuple(
        ResourceRow(
            index, float(busy.start_s[index]), float(busy.mean[index]),
            group.full_minutes(index), float(late[index]),
        )
        for index in range(len(group.stage.resources))
        if busy.peak[index] > 0.0
    )  # fmt: skip


def _share(good: FloatArray, lessons: FloatArray) -> Estimate:
    """Share of good lessons from their numbers [replication]; days without a lesson say nothing."""
    held = lessons > 0
    return estimate((good[held] / lessons[held]).tolist(), "share", trials=int(lessons.sum()))


def _late_by_room(group: DayGroup) -> list[float]:
    """Transfers a day slower than their activity's target, by room, from the histograms."""
    limits_s = np.array([group.late_after_s(activity) for activity in range(len(group.run.activities))])
    too_slow = LATENCY_EDGES_S[np.newaxis, :-1] >= limits_s[:, np.newaxis]
    slow = group.latency * too_slow[:, np.newaxis, :]
    return [float(count) / len(group.days) for count in slow.sum(axis=(0, 2))]


def _most_common(values: Sequence[int]) -> int:
    return max(dict.fromkeys(values), key=values.count) if values else -1
