"""The written form of the catalogue: materials, access-point models, client types, services, standards, channels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wifisim.inputs.written.fields import (
    Channel,
    GainDb,
    LevelDbm,
    LossDb,
    Mbps,
    Milliseconds,
    Name,
    Number,
    PowerDbm,
    Share,
    Watts,
    Whole,
    Written,
)
from wifisim.inputs.written.network import BandKey, Width
from wifisim.inputs.written.profiles import WrittenEvidence

PlatformName = Literal["chromeos", "windows", "ipados", "android", "other"]
GenerationKey = Literal["n", "ac", "ax", "be"]
Streams = Annotated[Whole, Field(ge=1, le=16)]
NoiseFigure = Annotated[float, Field(strict=True, ge=0, le=20)]


class WrittenMaterial(Written):
    """A wall, door, window or slab material."""

    label: Name = Field(description="long name")
    loss_db: dict[BandKey, LossDb] = Field(description="what one crossing costs, by band")
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenRadioModel(Written):
    """What one radio of a model can do."""

    standard: GenerationKey = Field(description="newest 802.11 generation")
    streams: Streams = Field(description="spatial streams")
    max_width_mhz: Width = Field(description="widest channel")
    max_power_dbm: PowerDbm = Field(description="most power fed to the antenna, sum of all chains")
    antenna_gain_dbi: GainDb = Field(description="antenna gain")


class WrittenModel(Written):
    """An access-point model."""

    label: Name = Field(description="long name")
    radios: dict[BandKey, WrittenRadioModel] = Field(min_length=1, description="radios by band")
    uplink_mbps: Mbps = Field(default=1000.0, description="rate of its port")
    poe_w: Watts = Field(description="most power it draws")
    max_clients_per_radio: Annotated[Whole, Field(ge=1, le=2048)] = Field(description="client limit")
    noise_figure_db: NoiseFigure = Field(description="receiver noise figure")
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenClient(Written):
    """A type of device."""

    label: Name = Field(description="long name")
    platform: PlatformName = Field(description="operating system")
    standard: GenerationKey = Field(description="newest 802.11 generation")
    bands: tuple[BandKey, ...] = Field(min_length=1, description="bands")
    streams: Streams = Field(description="spatial streams")
    max_width_mhz: Width = Field(description="widest channel")
    power_dbm: PowerDbm = Field(description="power fed to its antenna, sum of all chains")
    antenna_gain_dbi: GainDb = Field(default=0.0, description="antenna gain")
    noise_figure_db: NoiseFigure = Field(default=7.0, description="receiver noise figure")
    roam_rssi_dbm: LevelDbm = Field(default=-70.0, description="it looks for another radio below this level")
    roam_margin_db: Annotated[float, Field(strict=True, ge=0, le=40)] = Field(
        default=8.0, description="it moves to a radio that is so much better"
    )
    steering_share: Share = Field(
        default=0.8,
        description="share of them that move when the network asks (802.11v); 0 = they know neither 802.11k nor v",
    )
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenPlatform(Written):
    """What an operating system does with updates, once it is switched on."""

    label: Name = Field(description="long name")
    peers_share: Share = Field(description="share of an update's bytes that comes from devices nearby")
    scatter_days: Annotated[Whole, Field(ge=0, le=60)] = Field(
        description="days over which the platform itself spreads an update; 0 = it cannot"
    )
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenService(Written):
    """A cloud service."""

    label: Name = Field(description="long name")
    rtt_ms: Milliseconds = Field(description="round trip beyond the provider's edge")
    server_ms: Milliseconds = Field(description="the server's own time for a request")
    connection_cap_mbps: Mbps | None = Field(default=None, description="ceiling of one connection; default: none")
    setup_round_trips: Annotated[Number, Field(ge=0, le=20)] = Field(
        default=3.0, description="round trips before the first request (name, TCP, TLS)"
    )
    loss: Share = Field(default=0.0, description="packet loss beyond the line")
    sync: Literal["changes", "files"] = Field(
        default="files", description="what its client sends of work done offline: all changes, or the last file once"
    )
    requests_per_s: Annotated[Number, Field(gt=0, le=10_000_000)] | None = Field(
        default=None, description="requests a second that it takes of the whole school; default: no limit known"
    )
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenCriterion(Written):
    """One testable line of a standard: `at_least` or `at_most`."""

    label: Name = Field(description="what it asks, in words")
    metric: Name = Field(description="the quantity it is about")
    at_least: Number | None = Field(default=None, description="lower bound")
    at_most: Number | None = Field(default=None, description="upper bound")
    unit: Annotated[str, Field(max_length=30)] = Field(default="", description="unit for reports")


class WrittenStandard(Written):
    """A named, dated standard."""

    label: Name = Field(description="long name")
    date: Name = Field(description="when it was published")
    phases: tuple[Name, ...] = Field(min_length=1, description="phases it is meant for")
    criteria: dict[Name, WrittenCriterion] = Field(min_length=1, description="criteria, by name")
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenCatalogue(Written):
    """Entries that add to the shipped catalogue or replace entries of the same name."""

    materials: dict[Name, WrittenMaterial] = Field(default_factory=dict, description="materials, by name")
    access_points: dict[Name, WrittenModel] = Field(default_factory=dict, description="access-point models, by name")
    clients: dict[Name, WrittenClient] = Field(default_factory=dict, description="client types, by name")
    services: dict[Name, WrittenService] = Field(default_factory=dict, description="cloud services, by name")
    standards: dict[Name, WrittenStandard] = Field(default_factory=dict, description="standards, by name")
    platforms: dict[PlatformName, WrittenPlatform] = Field(
        default_factory=dict, description="operating systems, by name"
    )


class WrittenPowerLimit(Written):
    """Legal power on a range of 20 MHz channels."""

    channels: tuple[Channel, Channel] = Field(description="first and last 20 MHz channel of the range")
    eirp_dbm: Annotated[Number, Field(ge=0, le=40)] = Field(description="most radiated power")
    psd_dbm_per_mhz: Annotated[Number, Field(ge=-20, le=30)] | None = Field(
        default=None, description="most radiated power in 1 MHz; default: no such limit"
    )


class WrittenBandRules(Written):
    """Channels of one band by width, each as the list of its 20 MHz channels, best first."""

    widths: dict[Name, tuple[tuple[Channel, ...], ...]] = Field(description="channels by width in MHz")
    limits: tuple[WrittenPowerLimit, ...] = Field(min_length=1, description="legal power")
    planned: tuple[Channel, ...] | None = Field(
        default=None, description="primary channels that automatic planning uses; default: all"
    )


class WrittenDomain(Written):
    """Radio rules that a group of countries shares."""

    label: Name = Field(description="name of the rules")
    countries: tuple[Name, ...] = Field(min_length=1, description="ISO 3166 codes")
    bands: dict[BandKey, WrittenBandRules] = Field(description="rules by band")
    evidence: WrittenEvidence = Field(description="where the numbers come from")


class WrittenChannels(Written):
    """The file channels.yaml."""

    domains: dict[Name, WrittenDomain] = Field(description="radio rules, by name")
