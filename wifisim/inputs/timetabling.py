"""Makes a timetable from classes and subjects: every class gets its subjects' periods, nothing clashes.

First each class is given rooms for each subject (one room where it fits), scarcest kinds of room first; then every
lesson gets a period by edge colouring. Classes and rooms are the two sides of a bipartite multigraph, lessons its
edges, periods the colours; with no node above the number of periods a colouring exists (Konig 1916), and alternating
paths find it. So the only way to fail is too few rooms or periods, and that is said with the sum.
Left out: teachers, free afternoons, double periods, sets that mix classes. A hall or sports hall counts as several
rooms if several classes fit its seats. A subject without room kinds is outdoors: it takes a period and no room.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from wifisim.inputs.findings import Findings
from wifisim.inputs.floorplan import Room
from wifisim.inputs.resolve.timetable import SHARED_KINDS, WeekFrame, sorted_lessons
from wifisim.inputs.source import Node
from wifisim.inputs.timetable import KeyStage, Lesson, SchoolClass
from wifisim.inputs.written.profiles import WrittenSubject
from wifisim.randomness import stream

TUTOR = "tutor"
_OUTDOORS = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the generator, with the kinds of room it may use."""

    id: str
    written: WrittenSubject
    half_in_week: dict[KeyStage, int]

    def periods(self, school_class: SchoolClass, week: int) -> int:
        """Lessons of a class in a week; of two weeks one has the half period more."""
        wanted = self.written.periods_per_week.get(school_class.stage, 0.0)
        return math.ceil(wanted) if week == self.half_in_week.get(school_class.stage) else math.floor(wanted)


def subjects_of(written: Mapping[str, WrittenSubject]) -> tuple[Subject, ...]:
    """The subjects of a file; those with half a period take turns in which week has it."""
    seen: Counter[str] = Counter()
    subjects = []
    for name, subject in written.items():
        halves: dict[KeyStage, int] = {}
        for stage, wanted in subject.periods_per_week.items():
            if wanted % 1:
                halves[stage] = seen[stage] % 2
                seen[stage] += 1
        subjects.append(Subject(name, subject, halves))
    return tuple(subjects)


@dataclass(frozen=True, slots=True)
class Task:
    """What the generator has to do, and where its problems are reported."""

    frame: WeekFrame
    rooms: tuple[Room, ...]
    subjects: tuple[Subject, ...]
    seed: int
    root: Node
    findings: Findings

    def fault(self, subject_id: str, rule: str) -> None:
        """Report a subject."""
        self.findings.add(self.root.place(("subjects", subject_id)).of_key(""), rule)


@dataclass(slots=True)
class _Lane:
    """A room, or one class's place in a shared room, with the periods it still has."""

    key: str
    room_id: str
    kind: str
    seats: int
    left: int
    used_by: dict[str, int] = field(default_factory=dict)


def generate_lessons(task: Task) -> tuple[Lesson, ...]:
    """Lessons for all classes and weeks; empty after a problem."""
    lessons: list[Lesson] = []
    for week in range(task.frame.weeks):
        lessons += _week_lessons(task, week)
    lessons += _tutor_lessons(task, lessons)
    return sorted_lessons(lessons, task.frame)


def _week_lessons(task: Task, week: int) -> list[Lesson]:
    slots = _slots(task.frame, "lesson")
    if not _fits_week(task, week, len(slots)):
        return []
    edges = _assign_rooms(task, week, len(slots))
    if edges is None:
        return []
    periods = _colour(edges, task, week, slots)
    first_day = week * len(task.frame.days)
    return [
        Lesson(first_day + slots[slot][0], slots[slot][1], e.class_id, e.lane.room_id, e.subject.id, e.profile_id)
        for e, slot in zip(edges, periods, strict=True)
        if e.lane.room_id != _OUTDOORS
    ]


def _slots(frame: WeekFrame, kind: str) -> list[tuple[int, str]]:
    """All (day, period) pairs of a week for one kind of period."""
    return [(day, p.id) for day in range(len(frame.days)) for p in frame.periods if p.kind == kind]


def _fits_week(task: Task, week: int, slots: int) -> bool:
    fits = True
    for stage in sorted({c.stage for c in task.frame.classes}):
        one = next(c for c in task.frame.classes if c.stage == stage)
        wanted = sum(subject.periods(one, week) for subject in task.subjects)
        if wanted > slots:
            rule = f"{stage} has {wanted} periods a week, but the week has {slots} lesson periods"
            task.findings.add(task.root.place(("subjects",)).of_key(""), rule)
            fits = False
        for subject in task.subjects:
            if stage in subject.half_in_week and task.frame.weeks == 1:
                task.fault(subject.id, f"gives {stage} half a period, which needs weeks: 2")
                fits = False
            if subject.periods(one, week) and stage not in subject.written.profile:
                task.fault(subject.id, f"must name a profile for {stage}, which has this subject")
                fits = False
    return fits


@dataclass(frozen=True, slots=True)
class _Edge:
    """One lesson to be given a period."""

    class_id: str
    lane: _Lane
    subject: Subject
    profile_id: str


def _lanes(task: Task, slots: int) -> list[_Lane]:
    largest = max(c.size for c in task.frame.classes)
    lanes = []
    for room in task.rooms:
        shares = max(1, room.seats // largest) if room.kind in SHARED_KINDS else 1
        lanes += [_Lane(f"{room.id} {place}", room.id, room.kind, room.seats, slots) for place in range(shares)]
    return lanes


def _assign_rooms(task: Task, week: int, slots: int) -> list[_Edge] | None:
    """A room for every lesson, or None after saying which subject has too few."""
    lanes = _lanes(task, slots)
    rank = {c.id: i for i, c in enumerate(_shuffled(task, week))}
    scarce = sorted(task.subjects, key=lambda s: sum(lane.kind in s.written.room_kinds for lane in lanes))
    edges: list[_Edge] = []
    failed = False
    for subject in scarce:
        missing = 0
        for school_class in sorted(task.frame.classes, key=lambda c: rank[c.id]):
            wanted = subject.periods(school_class, week)
            given = _take(subject, school_class, wanted, lanes, slots)
            missing += wanted - len(given)
            profile = subject.written.profile.get(school_class.stage, "")
            edges += [_Edge(school_class.id, lane, subject, profile) for lane in given]
        if missing:
            kinds = " or ".join(subject.written.room_kinds)
            rule = f"needs {missing} periods a week more than the rooms of kind {kinds} with enough seats have"
            task.fault(subject.id, rule)
            failed = True
    return None if failed else edges


def _shuffled(task: Task, week: int) -> list[SchoolClass]:
    order = stream(task.seed, "timetable", "classes", week).permutation(len(task.frame.classes))
    return [task.frame.classes[int(i)] for i in order]


def _take(subject: Subject, school_class: SchoolClass, wanted: int, lanes: list[_Lane], slots: int) -> list[_Lane]:
    """Up to ``wanted`` periods in rooms for one class and subject, in as few rooms as can be."""
    if not subject.written.room_kinds:
        return [_Lane(f"outdoors {school_class.id}", _OUTDOORS, "", 0, slots)] * wanted
    given: list[_Lane] = []
    while len(given) < wanted:
        lane = _best_lane(subject, school_class, wanted - len(given), lanes)
        if lane is None:
            break
        count = min(lane.left, wanted - len(given))
        lane.left -= count
        lane.used_by[school_class.id] = lane.used_by.get(school_class.id, 0) + count
        given += [lane] * count
    return given


def _best_lane(subject: Subject, school_class: SchoolClass, wanted: int, lanes: list[_Lane]) -> _Lane | None:
    """The room that fits best: of the best kind, whole, used by this class already, then with most periods left."""
    kinds = subject.written.room_kinds
    fitting = [lane for lane in lanes if lane.left > 0 and lane.kind in kinds and lane.seats >= school_class.size]
    if not fitting:
        return None
    return min(
        fitting,
        key=lambda lane: (
            lane.left < wanted,
            kinds.index(lane.kind),
            -lane.used_by.get(school_class.id, 0),
            -lane.left,
        ),
    )


def _colour(edges: list[_Edge], task: Task, week: int, slots: list[tuple[int, str]]) -> list[int]:
    """A period for every lesson, so that no class and no room has two in one period."""
    rng = stream(task.seed, "timetable", "periods", week)
    colouring = _Colouring(len(slots), [day for day, _ in slots])
    order = rng.permutation(len(edges))
    for index in order:
        edge = edges[int(index)]
        colouring.add(int(index), (edge.class_id, edge.lane.key, edge.subject.id), rng)
    return [colouring.slot_of[index] for index in range(len(edges))]


class _Colouring:
    """Bipartite edge colouring by alternating paths; the two sides are classes and places."""

    def __init__(self, slots: int, day_of_slot: list[int]) -> None:
        self.slots = slots
        self.slot_of: dict[int, int] = {}
        self._day_of_slot = np.array(day_of_slot)
        self._at: dict[tuple[str, str], list[int]] = {}
        self._ends: dict[int, tuple[str, str, str]] = {}

    def add(self, edge: int, ends: tuple[str, str, str], rng: np.random.Generator) -> None:
        """Give ``edge`` between a class and a place a slot, moving others along a path when none is free at both."""
        self._ends[edge] = ends
        left, right = self._used("class", ends[0]), self._used("place", ends[1])
        both = [slot for slot in range(self.slots) if left[slot] < 0 and right[slot] < 0]
        if both:
            self._put(edge, self._choose(both, ends, rng))
            return
        free_left, free_right = left.index(-1), right.index(-1)
        self._swap_path(ends[1], free_left, free_right)
        self._put(edge, free_left)

    def _used(self, side: str, name: str) -> list[int]:
        return self._at.setdefault((side, name), [-1] * self.slots)

    def _put(self, edge: int, slot: int) -> None:
        self.slot_of[edge] = slot
        self._used("class", self._ends[edge][0])[slot] = edge
        self._used("place", self._ends[edge][1])[slot] = edge

    def _choose(self, free: list[int], ends: tuple[str, str, str], rng: np.random.Generator) -> int:
        """A free slot on a day with fewest lessons of this subject, then of this class; else by chance."""
        used = self._used("class", ends[0])
        same = np.zeros(self._day_of_slot.max() + 1)
        busy = np.zeros_like(same)
        for slot, edge in enumerate(used):
            if edge >= 0:
                busy[self._day_of_slot[slot]] += 1
                same[self._day_of_slot[slot]] += self._ends[edge][2] == ends[2]
        tie = rng.random(len(free))
        return min(
            zip(free, tie, strict=True),
            key=lambda pair: (same[self._day_of_slot[pair[0]]], busy[self._day_of_slot[pair[0]]], pair[1]),
        )[0]

    def _swap_path(self, place: str, free_left: int, free_right: int) -> None:
        """Exchange two slots along the path from ``place``, after which ``free_left`` is free there too."""
        path: list[int] = []
        side, name, slot = "place", place, free_left
        while (edge := self._used(side, name)[slot]) >= 0:
            path.append(edge)
            side, name = ("class", self._ends[edge][0]) if side == "place" else ("place", self._ends[edge][1])
            slot = free_right if slot == free_left else free_left
        for edge in path:
            for kind, end in (("class", self._ends[edge][0]), ("place", self._ends[edge][1])):
                self._used(kind, end)[self.slot_of[edge]] = -1
        for edge in path:
            self._put(edge, free_right if self.slot_of[edge] == free_left else free_left)


def _tutor_lessons(task: Task, lessons: list[Lesson]) -> list[Lesson]:
    """A home room for every class in tutor time, where a subject called tutor says what happens there."""
    subject = next((s for s in task.subjects if s.id == TUTOR), None)
    periods = [period for period in task.frame.periods if period.kind == "tutor"]
    if subject is None or not periods:
        return []
    homes = _home_rooms(task, subject, lessons)
    return [
        Lesson(day, period.id, c.id, homes[c.id], TUTOR, subject.written.profile[c.stage])
        for day in range(len(task.frame.day_names))
        for period in periods
        for c in task.frame.classes
        if c.id in homes and c.stage in subject.written.profile
    ]


def _home_rooms(task: Task, subject: Subject, lessons: list[Lesson]) -> dict[str, str]:
    """A room of its own for each class: the one it has most lessons in, while that is free."""
    kinds = subject.written.room_kinds
    used = Counter((lesson.class_id, lesson.room_id) for lesson in lessons)
    free = [room for room in task.rooms if room.kind in kinds]
    homes: dict[str, str] = {}
    for school_class in sorted(task.frame.classes, key=lambda c: -c.size):
        fitting = [room for room in free if room.seats >= school_class.size]
        if not fitting:
            task.fault(TUTOR, f"needs a room for every class, but there is none left for {school_class.id}")
            return {}
        ranked = [(-used[school_class.id, room.id], kinds.index(room.kind), i) for i, room in enumerate(fitting)]
        room = fitting[min(ranked)[-1]]
        homes[school_class.id] = room.id
        free.remove(room)
    return homes
