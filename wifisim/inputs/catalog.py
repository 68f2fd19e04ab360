"""The catalogue: wall materials, access-point models, client types, cloud services and standards, with their sources.

The data stand in ``wifisim/catalog/*.yaml``; a site file may add or override entries in its ``catalogue`` section.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from wifisim.inputs.equipment import Band, Generation
from wifisim.inputs.profile import Evidence

Comparison = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Material:
    """A wall, door, window or slab; ``loss_db`` is what one crossing costs per band."""

    id: str
    label: str
    loss_db: dict[Band, float]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RadioModel:
    """What one radio of an access-point model can do."""

    band: Band
    generation: Generation
    streams: int
    max_width_mhz: int
    max_power_dbm: float
    antenna_gain_dbi: float


@dataclass(frozen=True, slots=True)
class AccessPointModel:
    """A product or a class of products."""

    id: str
    label: str
    radios: tuple[RadioModel, ...]
    uplink_bps: float
    poe_w: float
    max_clients_per_radio: int
    noise_figure_db: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ClientType:
    """A kind of device and how it roams: it leaves below ``roam_rssi_dbm`` for a radio ``roam_margin_db`` better.

    ``steering_share`` of them go to another radio when the network asks (802.11v); types with none know no neighbour
    reports (802.11k) either.
    """

    id: str
    label: str
    platform: Literal["chromeos", "windows", "ipados", "android", "other"]
    generation: Generation
    bands: tuple[Band, ...]
    streams: int
    max_width_mhz: int
    power_dbm: float
    antenna_gain_dbi: float
    noise_figure_db: float
    roam_rssi_dbm: float
    roam_margin_db: float
    evidence: Evidence
    steering_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Platform:
    """What an operating system does with updates: the share it takes from peers, the days it scatters them over."""

    id: str
    label: str
    peers_share: float
    scatter_days: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CloudService:
    """Where transfers go: round trip beyond the line, server time, per-connection ceiling, set-up round trips.

    ``sync`` says what its client sends of work done without a connection: every change, or the last file once.
    ``requests_per_s`` is how many it takes of one school (infinite: no limit known).
    """

    id: str
    label: str
    rtt_s: float
    server_s: float
    connection_cap_bps: float
    setup_round_trips: float
    loss: float
    evidence: Evidence
    sync: Literal["changes", "files"] = "files"
    requests_per_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Criterion:
    """One testable line of a standard: ``metric`` (a name in results.metrics) against ``target``."""

    id: str
    label: str
    metric: str
    comparison: Comparison
    target: float
    unit: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A named, dated standard and what it asks of which phase and country."""

    id: str
    label: str
    date: str
    phases: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Catalog:
    """All entries by id."""

    materials: dict[str, Material]
    access_points: dict[str, AccessPointModel]
    clients: dict[str, ClientType]
    services: dict[str, CloudService]
    standards: dict[str, Standard]
    platforms: dict[str, Platform]
