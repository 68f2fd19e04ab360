"""The written form of who gets devices when: fleets, the programme, waves, upgrades and events."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from wifisim.inputs.written.fields import (
    Clock,
    Date,
    Flag,
    Mbps,
    Minutes,
    Name,
    Number,
    Path,
    Share,
    Whole,
    Written,
    shape_of,
)

DayKindKey = Literal["typical", "arrival", "assessment", "update", "worst"]
PerPerson = Annotated[float, Field(strict=True, ge=0, le=10)]
DeviceCount = Annotated[Whole, Field(ge=0, le=20_000)]
Slowness = Annotated[float, Field(strict=True, gt=0, le=600)]


class WrittenFleet(Written):
    """Devices that are there before the programme."""

    used_by: Literal["staff", "pupil-phone", "staff-phone", "room", "class"] = Field(
        description="who uses them, or where"
    )
    type: Name = Field(description="client type from the catalogue")
    profile: Name = Field(description="what they do: a profile")
    per_person: PerPerson | None = Field(default=None, description="devices a person; default 1 (not for rooms)")
    room: Name | None = Field(default=None, description="with `used_by: room`: the room")
    count: DeviceCount | None = Field(default=None, description="with `used_by: room`: devices; default: the seats")
    wired: Flag = Field(default=False, description="on a cable: uses the line but not the air")
    switch: Name | None = Field(default=None, description="the switch of wired devices; default: the first one")
    classes: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description=("with `used_by: class`: the classes")
    )
    retired_on: Date | None = Field(default=None, description="gone from this date on; default: never")


class WrittenDevices(Written):
    """Devices."""

    already: dict[Name, WrittenFleet] = Field(
        default_factory=dict, max_length=500, description="devices before the programme, by name"
    )


StageKey = Literal["KS1", "KS2", "KS3", "KS4", "KS5"]


class WrittenAdoption(Written):
    """How use grows after a hand-out, from what profiles say of schools without devices to what they say of 1:1."""

    start_share: Share = Field(default=0.5, description="share of the growth on the day of the hand-out; our choice")
    full_after_weeks: Annotated[Number, Field(ge=0, le=520)] = Field(
        default=12.0, description="weeks until all of it is reached; our choice (a term)"
    )
    by_stage: dict[StageKey, Share] = Field(
        default_factory=dict, description="share of the growth that a key stage ever reaches; default 1"
    )
    staff_readiness: Share = Field(default=1.0, description="share of the growth that staff are ready for")


class WrittenProgramme(Written):
    """How pupils get devices."""

    model: Literal["school-owned", "take-home", "parental-contribution", "cyod", "byod"] = Field(
        description="who pays and whether devices go home"
    )
    device: Name = Field(description="client type from the catalogue")
    opt_out_share: Share | None = Field(
        default=None, description="families that do not take part; default 0.12 for parental-contribution, else 0"
    )
    opt_out_device: Name | None = Field(
        default=None, description=("what their children use at school; default: `device`")
    )
    pool_share: Share = Field(default=0.05, description="spare devices, as a share of those handed out")
    fault_share: Share = Field(default=0.02, description="devices away for repair on a day")
    forgotten_share: Share | None = Field(
        default=None, description="devices left at home on a day; default 0.05, for school-owned 0"
    )
    choice: dict[Name, Share] = Field(
        default_factory=dict,
        max_length=20,
        description="cyod and byod: client types by the share of pupils who choose them; default: all `device`",
    )
    adoption: WrittenAdoption | None = Field(
        default=None, description="how use grows after a hand-out; default: at once to what the profiles say"
    )
    roll_over: tuple[Date, ...] = Field(
        default=(),
        max_length=20,
        description="from these dates on, classes are a year higher and the top year has left",
    )
    lessons_per_charge: Annotated[Whole, Field(ge=0, le=100)] = Field(
        default=0, description="school-owned: after so many lessons a trolley charges for one; 0 = it lasts all day"
    )


OneOrMany = Annotated[
    Annotated[Name, Tag("text")] | Annotated[Name, Tag("number")] | Annotated[tuple[Name, ...], Tag("list")],
    Discriminator(shape_of),
]
StageOrMany = Annotated[
    Annotated[StageKey, Tag("text")] | Annotated[tuple[StageKey, ...], Tag("list")], Discriminator(shape_of)
]


class WrittenCohort(Written):
    """Classes by name, by year or by key stage, which add up; or the subjects of a department."""

    class_: OneOrMany | None = Field(default=None, alias="class", description="class or classes")
    year: OneOrMany | None = Field(default=None, description="year group or groups")
    stage: StageOrMany | None = Field(default=None, description="key stage or stages")
    department: OneOrMany | None = Field(
        default=None,
        description="subjects: a class set in each room where they are taught, for their lessons; stands alone",
    )


Cohort = Annotated[
    Annotated[WrittenCohort, Tag("mapping")] | Annotated[Literal["everyone"], Tag("text")], Discriminator(shape_of)
]


class WrittenArrival(Written):
    """The day a wave is handed out."""

    slots: Annotated[Whole, Field(ge=1, le=100)] = Field(default=6, description="groups, one after the other")
    slot_min: Minutes = Field(default=30.0, description="from one group to the next")
    start: Clock = Field(default=32_400.0, description='first group; default "09:00"')
    enrol: Flag = Field(default=True, description="whether the devices enrol at school on that day")
    profile: Name | None = Field(
        default=None, description=("what a device does then; default: enrolment, where there is one")
    )


class WrittenWave(Written):
    """Devices for whole classes from one date on."""

    id: Name = Field(description="unique name")
    date: Date = Field(description="hand-out")
    who: Cohort = Field(
        description=(
            "everyone, or {class: ...}, {year: ...}, {stage: ...}, {department: ...}; by year and "
            "stage, classes served already are left out"
        )
    )
    device: Name | None = Field(default=None, description="client type; default: the programme's")
    arrival: WrittenArrival = Field(default=WrittenArrival(), description="the day of the hand-out")


class WrittenChanges(Written):
    """Changes by path, items of lists by their id. First `remove`, then `add`, then `set`."""

    set_: dict[Path, Any] = Field(
        default_factory=dict,
        alias="set",
        description=("new values by path, as in network.filter.throughput_mbps: 1000"),
    )
    add: dict[Path, list[Any]] = Field(
        default_factory=dict, description="new list items by path, as in network.access_points: [...]"
    )
    remove: tuple[Path, ...] = Field(default=(), description="paths that go, as in network.access_points.AP-G01")


class WrittenUpgrade(WrittenChanges):
    """A dated change of the network. First `remove`, then `add`, then `set`; it holds from its date on."""

    id: Name | None = Field(default=None, description="unique name; default: upgrade- and its date")
    date: Date = Field(description="from this day on")
    label: Name | None = Field(default=None, description="what it is, for reports; default: what it changes")
    cost: Annotated[Number, Field(ge=0, le=1e9)] = Field(default=0.0, description="what it costs, for reports")


class WrittenEvent(Written):
    """Something that fails on a kind of day."""

    day: DayKindKey = Field(default="typical", description="kind of day")
    what: Literal["wan", "access_point", "switch", "filter", "service", "dns"] = Field(
        description=("kind of thing that fails; a service is one of the catalogue's, dns the first resolver")
    )
    id: Name | None = Field(
        default=None, description="which one (of wan: main or backup); default: the main line, the filter"
    )
    at: Clock = Field(description="from this time on")
    for_min: Minutes = Field(description="for so long")
    bypass: Flag = Field(default=False, description="filter only: it lets everything through instead of nothing")
    slow_s: Slowness | None = Field(default=None, description="service only: each answer takes so much longer")
    left_mbps: Mbps | None = Field(default=None, description="service only: it throttles the school to this rate")
