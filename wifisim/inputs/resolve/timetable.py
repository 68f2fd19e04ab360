"""The school week resolved: periods in order, classes, terms, and lessons from a list, a CSV file or the generator.

Checked: periods do not overlap; a class is in one place at a time; a room has one class at a time, except that halls,
sports halls and dining rooms (``SHARED_KINDS``) may be shared by classes that fit their seats together.
"""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from wifisim.inputs.findings import Findings, Loc, NameSet
from wifisim.inputs.floorplan import Room
from wifisim.inputs.source import Node
from wifisim.inputs.timetable import Lesson, Period, PeriodKind, SchoolClass, Term, Timetable
from wifisim.inputs.written.school import WrittenLesson, WrittenPeriod, WrittenTerm, WrittenTimetable
from wifisim.units import seconds_from_clock

SHARED_KINDS = frozenset({"hall", "sports", "dining"})
MIN_PERIOD_S = 60.0
_KIND_BY_NAME: tuple[tuple[str, PeriodKind], ...] = (
    ("break", "break"),
    ("lunch", "lunch"),
    ("tutor", "tutor"),
    ("registration", "tutor"),
)
_WEEKS = ("A", "B")


@dataclass(frozen=True, slots=True)
class WeekFrame:
    """The empty timetable: days, periods, classes, terms and tests."""

    days: tuple[str, ...]
    weeks: int
    periods: tuple[Period, ...]
    classes: tuple[SchoolClass, ...]
    terms: tuple[Term, ...]
    assessments: tuple[Term, ...] = ()

    @property
    def day_names(self) -> tuple[str, ...]:
        """One name a school day of the cycle."""
        if self.weeks == 1:
            return self.days
        return tuple(f"{day} {week}" for week in _WEEKS for day in self.days)

    def day_indices(self, day: str, week: str | None) -> tuple[int, ...]:
        """The school days of the cycle that a weekday, of one week or of both, stands for; empty if it is none."""
        if day not in self.days:
            return ()
        first = self.days.index(day)
        if self.weeks == 1:
            return (first,) if week in (None, "A") else ()
        return tuple(first + index * len(self.days) for index, name in enumerate(_WEEKS) if week in (None, name))

    def with_lessons(self, lessons: tuple[Lesson, ...]) -> Timetable:
        """The whole timetable."""
        return Timetable(self.day_names, self.periods, self.classes, lessons, self.terms, self.assessments)


def resolve_frame(written: WrittenTimetable, root: Node, findings: Findings) -> WeekFrame:
    """Days, periods, classes, terms and tests; ``root`` is the site's node."""
    if len(set(written.days)) < len(written.days):
        findings.add(root.place(("timetable", "days")), "must not name a day twice")
    if list(written.days) != sorted(set(written.days), key=_day_number):
        findings.add(root.place(("timetable", "days")), "must be in the order of the week")
    return WeekFrame(
        days=tuple(dict.fromkeys(written.days)),
        weeks=written.weeks,
        periods=_periods(written, root, findings),
        classes=_classes(written, root, findings),
        terms=_spans(written.terms, "terms", root, findings),
        assessments=_spans(written.assessments, "assessments", root, findings),
    )


def _day_number(day: str) -> int:
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)


def _periods(written: WrittenTimetable, root: Node, findings: Findings) -> tuple[Period, ...]:
    periods = []
    for name, setting in written.periods.items():
        loc: Loc = ("timetable", "periods", name)
        text, kind = (setting.time, setting.kind) if isinstance(setting, WrittenPeriod) else (setting, None)
        if isinstance(setting, WrittenPeriod):
            loc = (*loc, "time")
        span = _span(text)
        if span is None or span[1] - span[0] < MIN_PERIOD_S:
            findings.forgive(name)
        if span is None:
            findings.add(root.place(loc), 'must be a span of time like "08:50-09:50"')
        elif span[1] - span[0] < MIN_PERIOD_S:
            findings.add(root.place(loc), "must end at least a minute after it begins")
        else:
            periods.append((Period(name, kind or _kind(name), *span), loc))
    periods.sort(key=lambda entry: entry[0].start_s)
    for (before, _), (period, loc) in pairwise(periods):
        if period.start_s < before.end_s:
            findings.add(root.place(loc), f"must not overlap {before.id}")
    if not any(period.kind == "lesson" for period, _ in periods):
        findings.add(root.place(("timetable", "periods")), "must have at least one lesson period")
    return tuple(period for period, _ in periods)


def _span(text: str) -> tuple[float, float] | None:
    start, dash, end = text.replace("–", "-").partition("-")
    try:
        return (seconds_from_clock(start), seconds_from_clock(end)) if dash else None
    except ValueError:
        return None


def _kind(name: str) -> PeriodKind:
    return next((kind for prefix, kind in _KIND_BY_NAME if name.casefold().startswith(prefix)), "lesson")


def _classes(written: WrittenTimetable, root: Node, findings: Findings) -> tuple[SchoolClass, ...]:
    classes: dict[str, SchoolClass] = {}
    for year, setting in written.years.items():
        if isinstance(setting.classes, int):
            names = tuple(f"{year}{letter}" for letter in string.ascii_uppercase[: setting.classes])
        else:
            names = setting.classes
        for name in names:
            if name in classes:
                place = root.place(("timetable", "years", year, "classes"))
                findings.add(place, f"makes a second class called {name}")
            classes[name] = SchoolClass(name, year, setting.stage, setting.size)
    return tuple(classes.values())


def _spans(written: tuple[WrittenTerm, ...], key: str, root: Node, findings: Findings) -> tuple[Term, ...]:
    """Spans of days in order, none of which overlap."""
    terms: list[Term] = []
    for index, term in enumerate(written):
        loc: Loc = ("timetable", key, index)
        if term.first > term.last:
            findings.add(root.place((*loc, "last")), "must not be before the first day")
        if terms and term.first <= terms[-1].last:
            findings.add(root.place((*loc, "first")), f"must be after the end of {terms[-1].name}")
        terms.append(Term(term.name, term.first, term.last))
    return tuple(terms)


@dataclass(frozen=True, slots=True)
class LessonRows:
    """Lessons as written: the list, the node it stands in, and the way there."""

    rows: tuple[WrittenLesson, ...]
    root: Node
    loc: Loc


def resolve_lessons(
    written: LessonRows,
    frame: WeekFrame,
    rooms: dict[str, Room],
    *,
    profiles: NameSet,
    findings: Findings,
) -> tuple[Lesson, ...]:
    """Every lesson on its day of the cycle, in order of time; names and clashes checked."""
    period_ids = {period.id for period in frame.periods}
    classes = {school_class.id: school_class for school_class in frame.classes}
    known: dict[str, Collection[str] | NameSet] = {
        "period": period_ids,
        "class": classes.keys(),
        "room": rooms.keys(),
        "profile": profiles,
    }
    lessons: list[tuple[Lesson, Loc]] = []
    for index, row in enumerate(written.rows):
        loc = (*written.loc, index)
        said = {"period": row.period, "class": row.class_, "room": row.room, "profile": row.profile}
        for key, value in said.items():
            if value not in known[key]:
                findings.add(written.root.place((*loc, key)), f"is not a known {key}", names=sorted(known[key]))
        days = frame.day_indices(row.day, row.week)
        if not days:
            key = "day" if row.day not in frame.days else "week"
            findings.add(written.root.place((*loc, key)), "is not in the timetable's days and weeks")
        lessons += [(Lesson(day, row.period, row.class_, row.room, row.subject, row.profile), loc) for day in days]
    _check_clashes(lessons, written.root, rooms, classes, findings)
    return sorted_lessons([lesson for lesson, _ in lessons], frame)


def sorted_lessons(lessons: list[Lesson], frame: WeekFrame) -> tuple[Lesson, ...]:
    """Lessons by day, period and class in the timetable's order."""
    period = {entry.id: index for index, entry in enumerate(frame.periods)}
    school_class = {entry.id: index for index, entry in enumerate(frame.classes)}
    return tuple(
        sorted(lessons, key=lambda l: (l.day, period.get(l.period_id, 0), school_class.get(l.class_id, 0)))  # noqa: E741
    )


def _check_clashes(
    lessons: list[tuple[Lesson, Loc]],
    root: Node,
    rooms: dict[str, Room],
    classes: dict[str, SchoolClass],
    findings: Findings,
) -> None:
    by_class: dict[tuple[int, str, str], str] = {}
    by_room: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for lesson, loc in lessons:
        other_room = by_class.setdefault((lesson.day, lesson.period_id, lesson.class_id), lesson.room_id)
        here = by_room[lesson.day, lesson.period_id, lesson.room_id]
        if here and lesson.class_id in here:
            findings.add(root.place((*loc, "class")), "has this lesson twice")
        elif other_room != lesson.room_id:
            findings.add(root.place((*loc, "class")), f"is in room {other_room} at the same time")
        elif here and not _may_share(rooms.get(lesson.room_id), [*here, lesson.class_id], classes):
            findings.add(root.place((*loc, "room")), f"has class {here[0]} at the same time")
        here.append(lesson.class_id)


def _may_share(room: Room | None, class_ids: list[str], classes: dict[str, SchoolClass]) -> bool:
    if room is None or any(class_id not in classes for class_id in class_ids):
        return True  # an unknown name is reported as such
    people = sum(classes[class_id].size for class_id in class_ids)
    return room.kind in SHARED_KINDS and people <= room.seats
