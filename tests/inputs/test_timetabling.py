"""The timetable generator: complete, without clashes, the same every time, and honest when it cannot."""

from __future__ import annotations

from collections import Counter

import pytest

from wifisim.inputs.findings import Findings
from wifisim.inputs.floorplan import Room
from wifisim.inputs.resolve.timetable import WeekFrame
from wifisim.inputs.site import Site
from wifisim.inputs.source import Node
from wifisim.inputs.timetable import Lesson, Period, SchoolClass
from wifisim.inputs.timetabling import Subject, Task, generate_lessons, subjects_of
from wifisim.inputs.written.profiles import WrittenSubject

PERIODS = tuple(Period(f"p{i}", "lesson", 3600.0 * (8 + i), 3600.0 * (9 + i)) for i in range(5))
TUTOR = Period("tutor", "tutor", 30_000.0, 31_000.0)
SQUARE = ((0.0, 0.0), (9.0, 0.0), (9.0, 7.0), (0.0, 7.0))


def _rooms(**counts: int) -> tuple[Room, ...]:
    return tuple(
        Room(f"{kind}-{i}", f"{kind}-{i}", "G", kind, SQUARE, 100 if kind == "sports" else 30)
        for kind, count in counts.items()
        for i in range(count)
    )


def _subject(name: str, periods: float, *kinds: str) -> Subject:
    form = {"profile": {"KS3": name}, "periods_per_week": {"KS3": float(periods)}, "room_kinds": kinds}
    return subjects_of({name: WrittenSubject.model_validate(form)})[0]


def _task(
    rooms: tuple[Room, ...], subjects: tuple[Subject, ...], *, classes: int, weeks: int = 1, seed: int = 1
) -> Task:
    frame = WeekFrame(
        days=("Mon", "Tue", "Wed", "Thu", "Fri"),
        weeks=weeks,
        periods=(TUTOR, *PERIODS),
        classes=tuple(SchoolClass(f"7{i}", "7", "KS3", 28) for i in range(classes)),
        terms=(),
    )
    return Task(frame, rooms, subjects, seed, Node("subjects.yaml", 1, "mapping"), Findings())


def _clashes(lessons: tuple[Lesson, ...]) -> tuple[int, int]:
    """The most lessons that a class and that a room has in one period."""
    by_class = Counter((lesson.day, lesson.period_id, lesson.class_id) for lesson in lessons)
    by_room = Counter((lesson.day, lesson.period_id, lesson.room_id) for lesson in lessons)
    return max(by_class.values()), max(by_room.values())


# Eight classes fill 25 periods each; two laboratories give 50 periods, of which 8 x 6 = 48 are used.
TIGHT = (_subject("science", 6, "laboratory"), _subject("english", 10, "classroom"), _subject("maths", 9, "classroom"))


def test_a_tight_week_is_filled_without_clashes() -> None:
    task = _task(_rooms(classroom=7, laboratory=2), TIGHT, classes=8)
    lessons = generate_lessons(task)
    assert len(task.findings) == 0
    assert Counter(lesson.subject for lesson in lessons) == {"science": 48, "english": 80, "maths": 72}
    assert _clashes(lessons) == (1, 1)
    assert {lesson.room_id.split("-")[0] for lesson in lessons if lesson.subject == "science"} == {"laboratory"}


@pytest.mark.parametrize("seed", range(8))
def test_the_fullest_possible_week_is_always_found(seed: int) -> None:
    # Six classes, 25 periods, six rooms: every room is taken in every period, so any greedy filling can get stuck.
    subjects = (_subject("a", 13, "classroom"), _subject("b", 12, "classroom"))
    lessons = generate_lessons(_task(_rooms(classroom=6), subjects, classes=6, seed=seed))
    assert len(lessons) == 150
    assert _clashes(lessons) == (1, 1)


def test_the_same_seed_gives_the_same_week_and_another_another() -> None:
    def week(seed: int) -> tuple[Lesson, ...]:
        return generate_lessons(_task(_rooms(classroom=9, laboratory=2), TIGHT, classes=8, seed=seed))

    assert week(3) == week(3)
    assert week(3) != week(4)


def test_a_class_keeps_one_room_for_a_subject_where_it_can() -> None:
    lessons = generate_lessons(_task(_rooms(classroom=12, laboratory=4), TIGHT, classes=8))
    rooms = Counter((c, s) for c, s, _ in {(x.class_id, x.subject, x.room_id) for x in lessons})
    assert set(rooms.values()) == {1}


def test_a_subject_is_spread_over_the_week() -> None:
    # Five periods of a subject in an otherwise empty week: one a day.
    lessons = generate_lessons(_task(_rooms(classroom=4), (_subject("art", 5, "classroom"),), classes=4))
    assert set(Counter((lesson.class_id, lesson.day) for lesson in lessons).values()) == {1}


def test_half_a_period_falls_in_every_other_week() -> None:
    lessons = generate_lessons(_task(_rooms(classroom=2), (_subject("art", 1.5, "classroom"),), classes=2, weeks=2))
    assert Counter(lesson.day // 5 for lesson in lessons) == {0: 4, 1: 2}


def test_half_periods_of_two_subjects_fall_in_different_weeks() -> None:
    form = {"profile": {"KS3": "x"}, "periods_per_week": {"KS3": 2.5}}
    subjects = subjects_of({name: WrittenSubject.model_validate(form) for name in ("art", "music")})
    lessons = generate_lessons(_task(_rooms(classroom=1), subjects, classes=1, weeks=2))
    assert Counter((lesson.subject, lesson.day // 5) for lesson in lessons) == {
        ("art", 0): 3,
        ("art", 1): 2,
        ("music", 0): 2,
        ("music", 1): 3,
    }


def test_a_sports_hall_takes_the_classes_that_fit() -> None:
    # 100 seats hold three classes of 28 at a time, so 3 x 25 = 75 periods a week.
    lessons = generate_lessons(_task(_rooms(sports=1), (_subject("pe", 18, "sports"),), classes=4))
    assert len(lessons) == 72
    assert _clashes(lessons)[1] <= 3


def test_outdoors_takes_a_period_and_no_room() -> None:
    subjects = (_subject("games", 5), _subject("english", 20, "classroom"))
    lessons = generate_lessons(_task(_rooms(classroom=3), subjects, classes=3))
    assert {lesson.subject for lesson in lessons} == {"english"}
    assert len(lessons) == 60


def test_every_class_has_a_tutor_room_of_its_own() -> None:
    subjects = (_subject("english", 1, "classroom"), _subject("tutor", 0, "classroom"))
    lessons = generate_lessons(_task(_rooms(classroom=4), subjects, classes=4))
    tutor = [lesson for lesson in lessons if lesson.period_id == "tutor"]
    assert len(tutor) == 20
    assert _clashes(tuple(tutor)) == (1, 1)


def test_the_tutor_room_is_where_a_class_has_its_lessons() -> None:
    subjects = (_subject("english", 20, "classroom"), _subject("tutor", 0, "classroom"))
    lessons = generate_lessons(_task(_rooms(classroom=4), subjects, classes=4))
    assert len({(lesson.class_id, lesson.room_id) for lesson in lessons}) == 4


def test_too_few_rooms_are_counted() -> None:
    # 8 classes x 6 periods = 48 in one laboratory with 25.
    task = _task(_rooms(classroom=9, laboratory=1), TIGHT, classes=8)
    assert generate_lessons(task) == ()
    with pytest.raises(Exception, match="needs 23 periods a week more than the rooms of kind laboratory"):
        task.findings.raise_if_any()


def test_too_many_periods_are_counted() -> None:
    task = _task(_rooms(classroom=9), (_subject("english", 26, "classroom"),), classes=2)
    assert generate_lessons(task) == ()
    with pytest.raises(Exception, match="KS3 has 26 periods a week, but the week has 25 lesson periods"):
        task.findings.raise_if_any()


def test_shipped_timetables_have_no_clash(site: Site) -> None:
    kinds = {room.id: room.kind for room in site.building.rooms}
    shared = {"hall", "sports", "dining"}
    alone = tuple(lesson for lesson in site.timetable.lessons if kinds[lesson.room_id] not in shared)
    assert _clashes(site.timetable.lessons)[0] == 1
    assert _clashes(alone)[1] == 1
