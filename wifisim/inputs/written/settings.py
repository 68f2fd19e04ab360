"""The written form of what a school wants to hold, and of how the simulation runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from wifisim.inputs.variation import USUAL
from wifisim.inputs.written.fields import Flag, LevelDbm, Name, Number, Share, Whole, Written, shape_of
from wifisim.inputs.written.rollout import DayKindKey
from wifisim.inputs.written.school import Day, Week

TargetSeconds = Annotated[float, Field(strict=True, gt=0, le=3600)]
# The laws of rf.propagation.
PathLoss = Literal["tgax-enterprise", "tgax-residential", "p1238-office-los", "p1238-corridor-los"]


class WrittenTargets(Written):
    """What the school wants to hold. All but the standards are this project's own defaults."""

    standards: tuple[Name, ...] = Field(
        default=(), max_length=50, description="standards from the catalogue; default: none"
    )
    override: dict[Name, Number] = Field(
        default_factory=dict,
        max_length=200,
        description="other targets for criteria of these standards: {STANDARD.CRITERION: target}",
    )
    cloud_save_p95_s: TargetSeconds = Field(
        default=2.0, description=("95 % of saves to the cloud take at most so long")
    )
    lessons_good_share: Share = Field(default=0.95, description="share of lessons that must be good")
    devices_good_share: Share = Field(default=0.95, description="share of devices that must be good in a good lesson")
    airtime_max: Share = Field(default=0.7, description="airtime of the busiest radio, mean of its busiest 15 minutes")
    line_utilisation_max: Share = Field(
        default=0.8, description="use of the internet line and of the filter, mean of the busiest 15 minutes"
    )
    coverage_rssi_dbm: LevelDbm = Field(default=-67.0, description="signal that 95 % of seats must have")


class WrittenMultiUser(Written):
    """Whether access points send to several devices at once."""

    kind: Literal["off", "ofdma", "mu-mimo"] = Field(
        default="off", description="ofdma: parts of the channel (802.11ax, be); mu-mimo: beams (802.11ac, ax, be)"
    )
    users: Annotated[Whole, Field(ge=2, le=74)] = Field(
        default=4, description="devices in one transmission at most; mu-mimo: up to 8"
    )


class WrittenAir(Written):
    """Model settings of the air."""

    path_loss: PathLoss = Field(default="tgax-enterprise", description="path-loss law")
    shadowing_sigma_db: Annotated[float, Field(strict=True, ge=0, le=15)] = Field(
        default=3.8, description="spread of the signal around the law"
    )
    rate_margin_db: Annotated[float, Field(strict=True, ge=0, le=15)] = Field(
        default=3.0, description="how much more signal than the standard's minimum a device wants for a rate"
    )
    interference_activity: Share = Field(
        default=0.3, description="share of time that a far co-channel radio is heard sending"
    )
    ampdu_max_bytes: Annotated[Whole, Field(ge=1500, le=15_523_200)] = Field(
        default=65_535, description="longest A-MPDU"
    )
    amsdu_max_bytes: Annotated[Whole, Field(ge=0, le=11_454)] = Field(
        default=0, description="longest A-MSDU inside an A-MPDU; 0 = none"
    )
    rts_cts: Flag = Field(default=False, description="RTS/CTS before data")
    legacy_devices: Flag = Field(
        default=False, description="802.11b devices are about: at 2.4 GHz long slots and a CTS-to-self before all data"
    )
    airtime_fairness: Flag = Field(default=False, description="access points share airtime instead of rate")
    beacon_rate_mbps: Annotated[float, Field(strict=True, ge=1, le=54)] = Field(
        default=12.0, description="lowest basic rate: the rate of beacons"
    )
    steer_to_5ghz_rssi_dbm: LevelDbm = Field(
        default=-70.0, description=("a device prefers 5 and 6 GHz above this level; 0 = no band steering")
    )
    load_balancing: Literal["off", "clients"] = Field(
        default="off", description="clients: access points send newcomers to the emptier of radios heard about as well"
    )
    neighbour_reports: Flag = Field(
        default=False, description="802.11k: access points tell devices where the others are, so they search briefly"
    )
    bss_transition: Flag = Field(
        default=False, description="802.11v: the network asks devices to leave weak and crowded radios"
    )
    multi_user: WrittenMultiUser = Field(
        default_factory=WrittenMultiUser, description="sending to several devices at once, to first order; default: off"
    )


RunCount = Annotated[Whole, Field(ge=1, le=1000)]


class WrittenReplications(Written):
    """A number of replications that grows until the verdict is settled."""

    at_least: Annotated[Whole, Field(ge=2, le=1000)] = Field(default=3, description="runs of everything")
    at_most: RunCount = Field(default=20, description="the budget: runs of what is not settled before")
    device_days: Annotated[Whole, Field(ge=0, le=100_000_000)] | None = Field(
        default=None, description="budget of the runs beyond at_least, in devices times days; default: no limit"
    )


# About ten seconds of two processors.
AUTO = WrittenReplications(device_days=10_000)


Replications = Annotated[
    Annotated[RunCount, Tag("number")]
    | Annotated[Literal["auto"], Tag("text")]
    | Annotated[WrittenReplications, Tag("mapping")],
    Discriminator(shape_of),
]


Factor = Annotated[float, Field(strict=True, ge=0, le=10)]
Decibels = Annotated[float, Field(strict=True, ge=-20, le=20)]
FactorRange = tuple[Factor, Factor]


class WrittenVary(Written):
    """Ranges [low, high] from which each replication draws its guess at what nobody knows exactly."""

    wall_loss: FactorRange = Field(default=USUAL.wall_loss, description="factor on the loss of walls and slabs in dB")
    signal_db: tuple[Decibels, Decibels] = Field(default=USUAL.signal_db, description="added to every signal")
    usage: FactorRange = Field(default=USUAL.usage, description="factor on how likely lessons and people use devices")
    sizes: FactorRange = Field(default=USUAL.sizes, description="factor on bytes and on the rates of video and calls")
    pace: FactorRange = Field(default=USUAL.pace, description="factor on how quickly people go on")
    client_mix: FactorRange = Field(
        default=USUAL.client_mix,
        description="factor on devices of other types than the usual one, opt-outs, phones a head",
    )
    background_utilisation: FactorRange = Field(
        default=USUAL.background_utilisation, description="factor on the air neighbours use"
    )


Vary = Annotated[
    Annotated[Literal["off", "usual"], Tag("text")] | Annotated[WrittenVary, Tag("mapping")], Discriminator(shape_of)
]


class WrittenSimulation(Written):
    """What to run and how often."""

    days: tuple[DayKindKey, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=5,
        description=(
            "kinds of day; worst is the heaviest that can fall on one day; assessment needs a profile of that "
            "name, update one called os-update; default: typical, and arrival where waves enrol"
        ),
    )
    weekday: Day | None = Field(default=None, description="day of the week; default: Tue, or the first school day")
    week: Week = Field(default="A", description="week of a two-week timetable")
    replications: Replications = Field(
        default="auto",
        description=(
            "runs with different draws; auto = {at_least: 3, at_most: 20, device_days: 10000}: more until the verdict "
            "is settled"
        ),
    )
    seed: Annotated[Whole, Field(ge=0, le=2**31)] = Field(
        default=1, description="another seed, another draw of everything"
    )
    bin_s: Annotated[float, Field(strict=True, ge=1, le=3600)] = Field(default=60.0, description="width of time bins")
    vary: Vary = Field(
        default="usual",
        description="ranges of what nobody knows exactly, drawn anew in each replication; off = as written; usual = {}",
    )
    air: WrittenAir = Field(default=WrittenAir(), description="model settings of the air")
