"""Rooms: enough seats for each class, and enough machines in IT rooms."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.rollout import Fleet, Stage


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
    """IT rooms with fewer machines than a class that is taught there has pupils, or with none left."""
    sizes = {school_class.id: school_class.size for school_class in case.site.timetable.classes}
    for fleet in case.site.fleets:
        if fleet.use != "room":
            continue
        taught = {lesson.class_id for lesson in case.site.timetable.lessons if lesson.room_id == fleet.room_id}
        if fleet.retired_on is not None and fleet.retired_on <= stage.date:
            yield from _retired(case, stage, fleet, taught)
            continue
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


def _retired(case: Case, stage: Stage, fleet: Fleet, taught: set[str]) -> Iterator[Finding]:
    """A room whose machines are gone while classes without devices are taught there."""
    people = case.population(stage)
    lessons = [lesson for lesson in case.site.timetable.lessons if lesson.room_id == fleet.room_id]
    served = {lesson.class_id for lesson in lessons if people.set_for(lesson) is not None}
    without = sorted(name for name in taught if not people.pupils.get(name) and name not in served)
    if not without:
        return
    shown = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
    yield Finding(
        severity="warning",
        subject=f"{fleet.id} retired",
        message=f"The machines of {fleet.room_id} are gone, and {len(without)} classes taught there have no devices.",
        working=f"retired on {fleet.retired_on}; without devices: {shown}",
        fix="Retire the room when the wave of these classes has landed, or teach them elsewhere.",
        place=case.lines.at("devices", "already", fleet.id),
        weight=float(len(without)),
    )
