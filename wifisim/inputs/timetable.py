"""The school week: periods, classes and the lessons that put a class in a room with a kind of lesson.

Resolved form: every lesson is listed, whoever wrote it (a CSV file, the site file or the generator).
Times are seconds since midnight. ``day`` counts school days of one timetable cycle: 0-4, or 0-9 with weeks A and B.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

PeriodKind = Literal["lesson", "tutor", "break", "lunch"]
KeyStage = Literal["KS1", "KS2", "KS3", "KS4", "KS5"]


@dataclass(frozen=True, slots=True)
class Period:
    """One bell-to-bell span of the school day."""

    id: str
    kind: PeriodKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A teaching group that moves through the week together."""

    id: str
    year: str
    stage: KeyStage
    size: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """One class in one room for one period of one day; ``profile_id`` names what its devices do."""

    day: int
    period_id: str
    class_id: str
    room_id: str
    subject: str
    profile_id: str


@dataclass(frozen=True, slots=True)
class Term:
    """A span of school days, both ends included."""

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Timetable:
    """The whole cycle. ``day_names`` has one name a school day of the cycle (``Mon`` or ``Mon A``).

    ``assessments`` are the dates of tests; with none stated a test may fall on any day.
    """

    day_names: tuple[str, ...]
    periods: tuple[Period, ...]
    classes: tuple[SchoolClass, ...]
    lessons: tuple[Lesson, ...]
    terms: tuple[Term, ...]
    assessments: tuple[Term, ...] = ()

    def may_test(self, first: dt.date, last: dt.date) -> bool:
        """Whether a test may fall on a day from ``first`` to ``last``."""
        return not self.assessments or any(one.first <= last and one.last >= first for one in self.assessments)
