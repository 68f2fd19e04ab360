"""The written form of storms: what all devices do at once, and how it is staggered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from wifisim.inputs.storm import StormKind
from wifisim.inputs.written.fields import Clock, Minutes, Name, Share, Whole, Written, shape_of
from wifisim.inputs.written.rollout import DayKindKey

PlatformKey = Literal["chromeos", "windows", "ipados", "android", "other"]
Parts = Annotated[Whole, Field(ge=1, le=60)]


class WrittenSpread(Written):
    """How a storm is staggered: exactly one of the three."""

    over_min: Minutes | None = Field(default=None, description="each device begins at random within so long")
    days: Parts | None = Field(default=None, description="so many days; on the simulated one its part of the devices")
    evenings: Parts | None = Field(
        default=None,
        description=(
            "so many evenings after the last bell; on the simulated one its part of the devices that stay in school, "
            "the others do it at home"
        ),
    )


Spreading = Annotated[
    Annotated[WrittenSpread, Tag("mapping")] | Annotated[Literal["at-once", "scatter"], Tag("text")],
    Discriminator(shape_of),
]
Peering = Annotated[
    Annotated[Share, Tag("number")] | Annotated[Literal["platform"], Tag("text")], Discriminator(shape_of)
]


class WrittenStorm(Written):
    """Something that every device of a kind does on one kind of day, beside its lessons."""

    id: Name | None = Field(default=None, description="unique name; default: what, and the platform")
    what: StormKind = Field(
        description="it plays the profile of that name (exam-start: assessment) unless `profile` is given"
    )
    day: DayKindKey = Field(default="update", description="kind of day")
    at: Clock | None = Field(
        default=None, description="not before this time; default: first use in the day, for evenings the last bell"
    )
    who: Literal["pupils", "staff", "everyone"] = Field(
        default="pupils", description="whose devices: pupils in lessons, staff wherever they are, or both"
    )
    platform: PlatformKey | None = Field(default=None, description="only devices of this platform; default: all")
    profile: Name | None = Field(default=None, description="what a device does; default: see `what`")
    share: Share = Field(default=1.0, description="share of the devices that take part")
    spread: Spreading = Field(
        default="at-once", description="at-once, scatter (over the platform's days), or over_min, days, evenings"
    )
    peers: Peering = Field(
        default=0.0,
        description=(
            "share of the downloads that come from devices nearby instead of the internet; "
            "platform: what the catalogue says of the platform"
        ),
    )
