"""The written form of a whole site file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from wifisim.inputs.written.building import WrittenBuilding
from wifisim.inputs.written.catalogue import WrittenCatalogue
from wifisim.inputs.written.fields import Date, Path, Written, shape_of
from wifisim.inputs.written.network import WrittenNetwork
from wifisim.inputs.written.profiles import WrittenProfileSet
from wifisim.inputs.written.rollout import (
    WrittenChanges,
    WrittenDevices,
    WrittenEvent,
    WrittenProgramme,
    WrittenUpgrade,
    WrittenWave,
)
from wifisim.inputs.written.school import WrittenIdentity, WrittenTimetable
from wifisim.inputs.written.settings import WrittenSimulation, WrittenTargets
from wifisim.inputs.written.storms import WrittenStorm

ProfileSource = Annotated[
    Annotated[Path, Tag("text")] | Annotated[WrittenProfileSet, Tag("mapping")], Discriminator(shape_of)
]


class WrittenSite(Written):
    """A site: a school, its building and network, and the plan to hand out devices."""

    wifisim: Literal[1] = Field(description="version of this format")
    site: WrittenIdentity = Field(description="who the school is")
    today: Date | None = Field(
        default=None, description="date of the first stage; default: the day before the first wave or upgrade"
    )
    building: WrittenBuilding = Field(description="floor plans")
    network: WrittenNetwork = Field(description="the network before the first upgrade")
    timetable: WrittenTimetable = Field(description="the school week")
    devices: WrittenDevices = Field(default=WrittenDevices(), description="devices before the programme")
    profiles: tuple[ProfileSource, ...] = Field(
        min_length=1, max_length=100, description=("profile files, or profiles written here; names must not repeat")
    )
    programme: WrittenProgramme = Field(description="how pupils get devices")
    waves: tuple[WrittenWave, ...] = Field(default=(), max_length=200, description="hand-outs in order of date")
    upgrades: tuple[WrittenUpgrade, ...] = Field(
        default=(), max_length=200, description=("dated changes of the network")
    )
    events: tuple[WrittenEvent, ...] = Field(
        default=(), max_length=200, description=("things that fail on a kind of day")
    )
    storms: tuple[WrittenStorm, ...] = Field(
        default=(), max_length=200, description="what all devices do at once on a kind of day: updates, exam starts"
    )
    targets: WrittenTargets = Field(default=WrittenTargets(), description="what the school wants to hold")
    simulate: WrittenSimulation = Field(default=WrittenSimulation(), description="what to run and how often")
    catalogue: WrittenCatalogue = Field(
        default=WrittenCatalogue(), description=("own entries beside the shipped catalogue")
    )


class WrittenCopy(WrittenChanges):
    """A site that is another one with changes: the same school with another programme, line or design.

    First `remove`, then `add`, then `set`; paths begin with a section, as in programme.model: byod.
    """

    wifisim: Literal[1] = Field(description="version of this format")
    copy_of: Path = Field(description="the site file that this one changes; may be such a copy itself")
