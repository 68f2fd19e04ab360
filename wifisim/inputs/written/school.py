"""The written form of the school: who it is, its periods, classes, terms and lessons."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from wifisim.inputs.written.fields import Date, Name, Path, People, Whole, Written, shape_of

Phase = Literal["primary", "secondary", "all-through", "us-elementary", "us-middle", "us-high"]
Stage = Literal["KS1", "KS2", "KS3", "KS4", "KS5"]
Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Week = Literal["A", "B"]
Country = Annotated[Name, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]
ClassNames = Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
ClassCount = Annotated[Whole, Field(ge=1, le=26)]


class WrittenIdentity(Written):
    """Who the school is."""

    name: Name = Field(description="name of the school")
    phase: Phase = Field(description="kind of school; chooses which standards apply")
    country: Country = Field(description="ISO 3166 code; sets the legal channels and powers")
    pupils: People | None = Field(
        default=None, description=("must agree with the class sizes within 2 %; default: their sum")
    )
    staff: Annotated[Whole, Field(ge=0, le=5000)] = Field(description="adults with devices")


class WrittenPeriod(Written):
    """A period with its kind."""

    time: Name = Field(description='"HH:MM-HH:MM"')
    kind: Literal["lesson", "tutor", "break", "lunch"] | None = Field(
        default=None, description="default by name: break*, lunch*, tutor* and registration*, else lesson"
    )


PeriodSetting = Annotated[
    Annotated[WrittenPeriod, Tag("mapping")] | Annotated[Name, Tag("text")], Discriminator(shape_of)
]
ClassSetting = Annotated[
    Annotated[ClassCount, Tag("number")] | Annotated[ClassNames, Tag("list")], Discriminator(shape_of)
]


class WrittenYear(Written):
    """A year group: equal classes."""

    classes: ClassSetting = Field(description="number of classes (7A, 7B ...) or their names")
    size: Annotated[Whole, Field(ge=1, le=200)] = Field(description="pupils in each class")
    stage: Stage = Field(description="key stage")


class WrittenTerm(Written):
    """A span of school days."""

    name: Name = Field(description="name")
    first: Date = Field(description="first day")
    last: Date = Field(description="last day")


class WrittenFill(Written):
    """Makes the timetable from classes and subjects."""

    seed: Annotated[Whole, Field(ge=0, le=2**31)] = Field(default=1, description="another seed, another timetable")
    subjects: Path = Field(description="file with the subjects")


class WrittenLesson(Written):
    """One class in one room for one period."""

    day: Day = Field(description="day of the week")
    week: Week | None = Field(default=None, description="A or B; default: both")
    period: Name = Field(description="period")
    class_: Name = Field(alias="class", description="class")
    room: Name = Field(description="room")
    subject: Name = Field(default="lesson", description="subject, for reports")
    profile: Name = Field(description="what its devices do: a profile")


class WrittenLessons(Written):
    """The rows of a lessons file."""

    lessons: tuple[WrittenLesson, ...] = Field(default=(), max_length=100_000, description="rows")


LessonSetting = Annotated[
    Annotated[Path, Tag("text")] | Annotated[tuple[WrittenLesson, ...], Tag("list")], Discriminator(shape_of)
]


class WrittenTimetable(Written):
    """The school week."""

    weeks: Annotated[Whole, Field(ge=1, le=2)] = Field(default=1, description="2 = weeks A and B in turn")
    days: tuple[Day, ...] = Field(
        default=("Mon", "Tue", "Wed", "Thu", "Fri"), min_length=1, description="school days of a week"
    )
    periods: dict[Name, PeriodSetting] = Field(min_length=1, max_length=40, description="periods of a day, by name")
    years: dict[Name, WrittenYear] = Field(min_length=1, max_length=30, description="year groups, by name")
    terms: tuple[WrittenTerm, ...] = Field(
        default=(), max_length=60, description=("terms or half-terms; default: none stated")
    )
    assessments: tuple[WrittenTerm, ...] = Field(
        default=(), max_length=60, description="tests and mock exams; default: on any day"
    )
    fill: WrittenFill | None = Field(default=None, description="make lessons for all classes; goes without `lessons`")
    lessons: LessonSetting | None = Field(default=None, description="a .csv file or a list of lessons")
