"""The written form of profile files: activities, profiles that mix them, and subjects that choose profiles."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from wifisim.inputs.written.building import RoomKind
from wifisim.inputs.written.fields import (
    Clock,
    Flag,
    Name,
    Note,
    Number,
    Seconds,
    Share,
    Whole,
    Written,
    shape_of,
)
from wifisim.inputs.written.school import Stage

Mbps = Annotated[float, Field(strict=True, gt=0, le=10_000)]
Amount = Annotated[float, Field(strict=True, ge=0, le=1e12)]
Positive = Annotated[float, Field(strict=True, gt=0, le=1e12)]
Shape = Annotated[float, Field(strict=True, gt=0, le=20)]


class WrittenEvidence(Written):
    """Where numbers come from."""

    confidence: Literal["A", "B", "C", "project"] = Field(
        description="A read at its primary source, B second hand, C low authority, project = our choice"
    )
    source: Note = Field(description="title, author, date or address of the source")
    note: Note = Field(default="", description="what was taken, and how")


class WrittenUniform(Written):
    """Any value between two bounds."""

    low: Amount = Field(description="lower bound")
    high: Amount = Field(description="upper bound")


class WrittenExponential(Written):
    """Exponential distribution."""

    mean: Positive = Field(description="mean")


class WrittenLognormal(Written):
    """Lognormal distribution."""

    median: Positive = Field(description="median")
    sigma: Shape = Field(description="standard deviation of the natural logarithm")


class WrittenWeibull(Written):
    """Weibull distribution."""

    scale: Positive = Field(description="scale")
    shape: Shape = Field(description="shape")


class WrittenDistribution(Written):
    """One distribution, truncated to `min` and `max` where given."""

    constant: Amount | None = Field(default=None, description="always this value")
    uniform: WrittenUniform | None = Field(default=None, description="between two bounds")
    exponential: WrittenExponential | None = Field(default=None, description="exponential")
    lognormal: WrittenLognormal | None = Field(default=None, description="lognormal")
    weibull: WrittenWeibull | None = Field(default=None, description="Weibull")
    min: Amount | None = Field(default=None, description="smallest value; default 0")
    max: Positive | None = Field(default=None, description="largest value; default: none")


class WrittenFirst(Written):
    """When the first transfer comes: exactly one of `after`, `before`, `at`; then a wait."""

    after: Literal["start"] | None = Field(default=None, description="the wait counts from the start of the session")
    before: Literal["end"] | None = Field(default=None, description="the wait counts backwards from its end")
    at: Clock | None = Field(default=None, description="the wait counts from a time of day")
    wait_s: WrittenDistribution = Field(
        default=WrittenDistribution(constant=0.0), description=("the wait; default none")
    )


class WrittenActivity(Written):
    """One thing a device does, in a closed loop: wait, move bytes, wait again."""

    label: Name | None = Field(default=None, description="long name; default: the id")
    kind: Literal["transaction", "stream", "call", "bulk"] = Field(description="how waits and sizes arise")
    service: Name = Field(description="cloud service from the catalogue")
    direction: Literal["down", "up"] = Field(default="down", description="way of the bytes")
    size_bytes: WrittenDistribution | None = Field(
        default=None, description=("bytes of a transfer (transaction, bulk)")
    )
    think_s: WrittenDistribution | None = Field(default=None, description="wait between transfers; default none")
    first: WrittenFirst = Field(
        default=WrittenFirst(after="start"), description="the first transfer; default: at once at the start"
    )
    count: Annotated[Whole, Field(ge=0, le=100_000)] | None = Field(
        default=None, description="number of transfers, 0 = until the end; default 0, for bulk 1"
    )
    rate_mbps: Mbps | None = Field(default=None, description="rate of a call")
    ladder_mbps: tuple[Mbps, ...] | None = Field(
        default=None, min_length=1, max_length=20, description="rates of a stream, ascending"
    )
    chunk_s: Annotated[float, Field(strict=True, gt=0, le=600)] | None = Field(
        default=None, description="seconds of video in a segment (default 4) or of a call in a chunk (default 1)"
    )
    buffer_s: Seconds = Field(default=30.0, description="playback buffer of a stream")
    connections: Annotated[Whole, Field(ge=1, le=64)] = Field(
        default=1, description=("parallel connections of a transfer")
    )
    new_connection_share: Share = Field(default=0.0, description="share of transfers that open connections anew")
    browser_hit_share: Share = Field(default=0.0, description="share of the bytes that the browser has already")
    changed_share: Annotated[float, Field(strict=True, gt=0, le=1)] = Field(
        default=1.0, description="sync clients: share of a file that a save sends; 1 = whole files"
    )
    peers: Flag = Field(default=False, description="stays inside the school (the other end is the teacher's device)")
    save: Flag = Field(default=False, description="counts as saving to the cloud")
    good_s: Annotated[float, Field(strict=True, gt=0, le=86_400)] = Field(
        description=("a transfer is good when it takes at most so long (stream: longest stall; call: latest chunk)")
    )
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenSpan(Written):
    """A share of the devices for a part of the session."""

    share: Share = Field(description="share of the devices in use")
    from_: Share = Field(default=0.0, alias="from", description="start, as a share of the session")
    to: Share = Field(default=1.0, description="end, as a share of the session")


ShareSetting = Annotated[
    Annotated[WrittenSpan, Tag("mapping")] | Annotated[Share, Tag("number")], Discriminator(shape_of)
]


class WrittenProfile(Written):
    """What the devices of one kind of lesson do."""

    label: Name | None = Field(default=None, description="long name; default: the id")
    device_share: Share = Field(
        default=1.0, description=("probability that such a lesson uses devices, before the programme")
    )
    device_share_one_to_one: Share | None = Field(
        default=None, description="the same once everyone in the class has a device; default: `device_share`"
    )
    activities: dict[Name, ShareSetting] = Field(
        max_length=60, description="activities, each with its share of the devices in use"
    )
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenSubject(Written):
    """A subject for the timetable generator."""

    profile: dict[Stage, Name] = Field(min_length=1, description="profile of its lessons, by key stage")
    periods_per_week: dict[Stage, Annotated[Number, Field(ge=0, le=60, multiple_of=0.5)]] = Field(
        default_factory=dict, description=("lessons a week of each class, by key stage (a half = every other week)")
    )
    room_kinds: tuple[RoomKind, ...] = Field(
        default=("classroom",), description="kinds of room it may use, best first; [] = outdoors, without devices"
    )


class WrittenProfileSet(Written):
    """Activities, profiles and subjects written straight into the site file."""

    activities: dict[Name, WrittenActivity] = Field(default_factory=dict, description="activities, by name")
    profiles: dict[Name, WrittenProfile] = Field(default_factory=dict, description="profiles, by name")


class WrittenProfiles(WrittenProfileSet):
    """A profile file."""

    wifisim_profiles: Literal[1] = Field(description="version of this format")
    subjects: dict[Name, WrittenSubject] = Field(
        default_factory=dict, description="subjects, in a file that timetable.fill names"
    )
