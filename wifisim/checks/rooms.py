"""Rooms: enough seats for each class, and enough machines in IT rooms."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.rollout import Stage


def class_sizes(case: Case, stage: Stage) -> Iterator[Finding]:  # noqa: ARG001
    """Lessons in rooms with fewer seats than the class has pupils, room by room."""
    sizes = {school_class.id: school_class.size for school_class in case.site.timetable.classes}
    seats = {room.id: room.seats for room in case.site.building.rooms}
    crowded: dict[str, dict[str, int]] = {}
    for lesson in case.site.timetable.lessons:
        if sizes[lesson.class_id] > seats[lesson.room_id]:
            crowded.setdefault(lesson.room_id, {})[lesson.class_id] = sizes[lesson.class_id]
    for room_id, classes in crowded.items():
        largest = max(classes, key=lambda name: classes[name])
        others = f" and {len(classes) - 1} other classes" if len(classes) > 1 else ""
        yield Finding(
            severity="warning",
            subject=room_id,
            message=f"Class {largest}{others} has lessons in {room_id}, which has too few seats.",
            working=f"{classes[largest]} pupils, {seats[room_id]} seats",
            fix=f"Write the seats that {room_id} really has, or another room for these lessons.",
            place=case.lines.room(room_id),
            weight=float(classes[largest] - seats[room_id]),
        )


def machine_rooms(case: Case, stage: Stage) -> Iterator[Finding]:
    """IT rooms with fewer machines than a class that is taught there has pupils."""
    sizes = {school_class.id: school_class.size for school_class in case.site.timetable.classes}
    for fleet in case.site.fleets:
        gone = fleet.retired_on is not None and fleet.retired_on <= stage.date
        if fleet.use != "room" or gone:
            continue
        taught = {lesson.class_id for lesson in case.site.timetable.lessons if lesson.room_id == fleet.room_id}
        short = sorted(name for name in taught if sizes[name] > fleet.count)
        if short:
            largest = max(short, key=lambda name: sizes[name])
            yield Finding(
                severity="note",
                subject=fleet.id,
                message=f"{fleet.room_id} has fewer machines than pupils for {len(short)} classes: they share.",
                working=f"{fleet.count} machines; {largest} has {sizes[largest]} pupils",
                fix="More machines, or the pupils' own devices beside them.",
                place=case.lines.at("devices", "already", fleet.id),
                weight=float(sizes[largest] - fleet.count),
            )
