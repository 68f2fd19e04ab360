"""Turns what happened in a day into its record: clients a bin, lessons with their quality, the kernel's telemetry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity
from wifisim.inputs.timetable import Lesson
from wifisim.results.records import DayRecord, FloatArray, LessonRecord, RoamingRecord
from wifisim.simulation.associations import Joined
from wifisim.simulation.flow_counts import Telemetry
from wifisim.simulation.flow_users import UserOutcome
from wifisim.traffic.activities import Task
from wifisim.traffic.sessions import Session

GOOD_DEVICE_SHARE = 0.9  # a device is well served when this share of its transfers met their target (project choice)
STANDSTILL_SHARE = 0.1  # of its session: a device that stands still for longer is not well served (project choice)


@dataclass(frozen=True, slots=True)
class DayLabel:
    """Which day a record is of."""

    stage_id: str
    day_kind: str
    replication: int
    start_s: float
    bin_s: float


@dataclass(slots=True)
class _Tally:
    """What is known of one lesson so far; a class with two types of devices adds to it twice."""

    lesson: Lesson
    room: int
    start_s: float
    end_s: float
    devices: int = 0
    good_devices: int = 0
    alone: int = 0
    transfers: int = 0
    good_transfers: int = 0
    backlog_bytes: float = 0.0
    held_by: list[int] = field(default_factory=list)

    def record(self) -> LessonRecord:
        return LessonRecord(
            period_id=self.lesson.period_id,
            class_id=self.lesson.class_id,
            room=self.room,
            subject=self.lesson.subject,
            profile_id=self.lesson.profile_id,
            start_s=self.start_s,
            end_s=self.end_s,
            devices=self.devices,
            good_devices=self.good_devices,
            unassociated_devices=self.alone,
            transfers=self.transfers,
            good_transfers=self.good_transfers,
            binding_resource=int(np.bincount(self.held_by).argmax()) if self.held_by else -1,
            backlog_bytes=self.backlog_bytes,
        )


class Recorder:
    """Collects a day's columns by bin (``clients`` by radio, ``backlog_bytes``, ``without_wifi``), room and lesson."""

    def __init__(self, *, bins: int, radios: int, rooms: int) -> None:
        self.clients: NDArray[np.float64] = np.zeros((bins, radios))
        self.unassociated: NDArray[np.int64] = np.zeros(rooms, dtype=np.int64)
        self.backlog_bytes: NDArray[np.float64] = np.zeros(bins)
        self.without_wifi: NDArray[np.int64] = np.zeros(bins, dtype=np.int64)
        self.roaming = RoamingRecord()
        self._tallies: dict[tuple[str, str, float], _Tally] = {}

    def count_unassociated(self, room: int, devices: int) -> None:
        """``devices`` in ``room`` found no usable radio; a room keeps the number of its worst session."""
        self.unassociated[room] = max(int(self.unassociated[room]), devices)

    def count_joins(self, joined: Joined, wait_s: FloatArray) -> None:
        """Devices have come to a room, and may use their radio after ``wait_s`` [device]."""
        moved_s, before = wait_s[joined.changed], self.roaming
        self.roaming = replace(
            before,
            joins=before.joins + int((joined.came & (joined.radio >= 0)).sum()),
            changed=before.changed + int(joined.changed.sum()),
            weak=before.weak + int(joined.weak.sum()),
            waited_s=before.waited_s + float(moved_s.sum()),
            longest_s=max(before.longest_s, float(moved_s.max(initial=0.0))),
        )

    def close_session(
        self,
        session: Session,
        radio: NDArray[np.int64],
        outcomes: Sequence[tuple[Task, Activity, UserOutcome]],
        *,
        stood_s: NDArray[np.float64],
    ) -> None:
        """Add a session to its lesson: which of its devices were well served, and what held the others back.

        ``radio[device]`` is -1 for a device without one. ``outcomes`` has the kernel's figures of each task, user by
        user in the order of ``Task.members``. A transfer that the bell cuts off counts as failed once it is late.
        ``stood_s`` [device] is how long the device has waited for something that nothing carried.
        """
        lesson = session.lesson
        if lesson is None:
            return
        key = (lesson.period_id, lesson.class_id, session.start_s)
        tally = self._tallies.setdefault(key, _Tally(lesson, session.room, session.start_s, session.end_s))
        transfers, good = np.zeros(session.keys.size), np.zeros(session.keys.size)
        for task, activity, outcome in outcomes:
            cut_off = outcome.unfinished_age_s > activity.good_s
            np.add.at(transfers, task.members, outcome.transfers + cut_off)
            np.add.at(good, task.members, outcome.good)
            failed = outcome.good < outcome.transfers + cut_off
            tally.held_by.extend(int(resource) for resource in outcome.binding_resource[failed] if resource >= 0)
            if activity.save:
                tally.backlog_bytes += float(outcome.unfinished_bytes.sum())
        in_use = np.zeros(session.keys.size, dtype=np.bool_)
        for task in session.tasks:
            in_use[task.members] = True
        alone = in_use & (radio < 0) if not session.wired_switch_id else np.zeros_like(in_use)
        tally.devices += int(in_use.sum())
        tally.alone += int(alone.sum())
        moving = stood_s <= STANDSTILL_SHARE * (session.end_s - session.start_s)
        tally.good_devices += int((in_use & ~alone & moving & (good >= GOOD_DEVICE_SHARE * transfers)).sum())
        tally.transfers += int(transfers.sum())
        tally.good_transfers += int(good.sum())

    def day_record(self, label: DayLabel, telemetry: Telemetry, *, steered: int) -> DayRecord:
        """The finished record of the day; lessons in order of start, then as they ended."""
        lessons = sorted(self._tallies.values(), key=lambda tally: tally.start_s)
        return DayRecord(
            stage_id=label.stage_id,
            day_kind=label.day_kind,
            replication=label.replication,
            start_s=label.start_s,
            bin_s=label.bin_s,
            utilisation=telemetry.utilisation,
            bound_share=telemetry.bound_share,
            bound_flows=telemetry.bound_flows,
            carried_bps=telemetry.carried_bps,
            clients=self.clients,
            latency_counts=telemetry.latency_counts,
            latency_by_time=telemetry.latency_by_time,
            late_counts=telemetry.late_counts,
            late_by_activity=telemetry.late_by_activity,
            lessons=tuple(tally.record() for tally in lessons),
            unassociated_by_room=self.unassociated,
            backlog_bytes=self.backlog_bytes,
            without_wifi=self.without_wifi,
            flows=telemetry.flows,
            events=telemetry.events,
            loop_s=telemetry.loop_s,
            roaming=replace(self.roaming, steered=steered),
        )
