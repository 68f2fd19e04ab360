"""The whole of what a site file says, resolved: no default, no shorthand, no reference left open.

``read_site`` (in ``reader``) is the only maker of a Site; everything above reads it and nothing changes it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.equipment import Band
from wifisim.inputs.floorplan import Building
from wifisim.inputs.profile import Activity, TrafficProfile
from wifisim.inputs.rollout import Event, Fleet, Programme, Stage, Upgrade, Wave
from wifisim.inputs.storm import Storm
from wifisim.inputs.timetable import Timetable
from wifisim.inputs.variation import NOTHING_VARIED, Variation

DayKind = Literal["typical", "arrival", "assessment", "update", "worst"]

LoadBalancing = Literal["off", "clients"]


@dataclass(frozen=True, slots=True)
class Targets:
    """What the school wants to hold: named standards, and the project's own targets.

    ``override`` has targets in the place of a standard's own, by ``standard.criterion``.
    """

    standards: tuple[str, ...]
    override: dict[str, float]
    cloud_save_p95_s: float
    lessons_good_share: float
    devices_good_share: float
    airtime_max: float
    line_utilisation_max: float
    coverage_rssi_dbm: float


@dataclass(frozen=True, slots=True)
class MultiUserSettings:
    """Whether access points send to several devices at once, and to how many at most."""

    kind: Literal["off", "ofdma", "mu-mimo"] = "off"
    users: int = 4


@dataclass(frozen=True, slots=True)
class AirSettings:
    """Model settings of the air that a site may override; see rf/ and mac/ for what each does."""

    path_loss: str
    shadowing_sigma_db: float
    rate_margin_db: float
    interference_activity: float
    ampdu_max_bytes: int
    rts_cts: bool
    airtime_fairness: bool
    beacon_rate_mbps: float
    steer_to_5ghz_rssi_dbm: float
    load_balancing: LoadBalancing = "off"
    amsdu_max_bytes: int = 0
    legacy_devices: bool = False
    neighbour_reports: bool = False
    bss_transition: bool = False
    multi_user: MultiUserSettings = MultiUserSettings()


@dataclass(frozen=True, slots=True)
class Simulation:
    """What to run and how often.

    Everything runs ``replications`` times, and what is not settled by then up to ``extra_replications`` times more, as
    long as that is at most ``extra_device_days`` (devices times days) of work.
    ``vary`` are the ranges from which each replication draws its guess at the inputs.
    """

    days: tuple[DayKind, ...]
    weekday: int
    replications: int
    seed: int
    bin_s: float
    air: AirSettings
    extra_replications: int = 0
    extra_device_days: float = math.inf
    vary: Variation = NOTHING_VARIED


@dataclass(frozen=True, slots=True)
class Site:
    """A school, its network and its plan; ``channels`` are the 20 MHz channels that its country allows, by band."""

    name: str
    phase: str
    country: str
    channels: dict[Band, tuple[int, ...]]
    pupils: int
    staff: int
    building: Building
    timetable: Timetable
    activities: dict[str, Activity]
    profiles: dict[str, TrafficProfile]
    fleets: tuple[Fleet, ...]
    programme: Programme
    waves: tuple[Wave, ...]
    upgrades: tuple[Upgrade, ...]
    events: tuple[Event, ...]
    storms: tuple[Storm, ...]
    stages: tuple[Stage, ...]
    targets: Targets
    simulation: Simulation
    catalog: Catalog
    today: dt.date
    sources: tuple[str, ...]
