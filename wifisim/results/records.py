"""What a run leaves behind: flat arrays a day, and the facts of each stage that give them names.

Axes keep one order everywhere: ``[bin]`` time bins of ``bin_s``; ``[slot]`` coarser time slots for latencies;
``[resource]``, ``[radio]``, ``[room]``, ``[activity]`` as listed in ``StageFacts`` and ``RunFacts``;
``[latency]`` the logarithmic bins of ``LATENCY_EDGES_S``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wifisim.network.resources import Resource

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# 20 bins a decade from 1 ms to 1000 s: one bin is 12 % wide, well under the spread between replications.
LATENCY_BINS_PER_DECADE = 20
LATENCY_FIRST_S = 1e-3
LATENCY_BINS = 120
LATENCY_EDGES_S: FloatArray = LATENCY_FIRST_S * 10.0 ** (np.arange(LATENCY_BINS + 1) / LATENCY_BINS_PER_DECADE)
SLOT_S = 300.0


@dataclass(frozen=True, slots=True)
class LessonRecord:
    """One lesson of one simulated day. A device is good when at least 90 % of its transfers met their target.

    ``devices`` counts every device in use, the unassociated ones (never good) among them. ``binding_resource`` held
    back most of the transfers that missed their target (-1: none did). ``backlog_bytes`` was not through at the end.
    """

    period_id: str
    class_id: str
    room: int
    subject: str
    profile_id: str
    start_s: float
    end_s: float
    devices: int
    good_devices: int
    unassociated_devices: int
    transfers: int
    good_transfers: int
    binding_resource: int
    backlog_bytes: float


@dataclass(frozen=True, slots=True)
class OutageRecord:
    """What one fault of a day cost, against the same day without it (see ``outage``).

    ``lessons`` with devices went on during it; ``lessons_hit`` would have been good without it, ``devices_hit`` too.
    ``late_transfers`` are those late or cut off because of it until ``recovery_s`` after its end (infinite: not on
    that day); ``lost_s`` is how much longer devices waited for transfers than without it, all together (one transfer
    counts at most the last latency bin). ``waiting_bytes`` is the most that saves had waiting; ``unsaved_bytes`` was
    not through at the bell; ``saved_again_s`` after the end no more waited than without it. ``most_without_wifi``
    devices at a time had no radio because of it.
    """

    what: str
    start_s: float
    end_s: float
    lessons: int
    lessons_hit: int
    devices_hit: int
    late_transfers: int
    lost_s: float
    waiting_bytes: float
    unsaved_bytes: float
    recovery_s: float
    saved_again_s: float = 0.0
    most_without_wifi: int = 0


@dataclass(frozen=True, slots=True)
class RoamingRecord:
    """How devices came onto radios: ``joins`` counts each time that one came to a room and found a radio.

    ``changed`` took another radio than their last, and waited for ``waited_s`` all together (at most ``longest_s``)
    until they could use it; ``weak`` stayed on one that is much weaker than the best there or on the slow band
    (sticky devices); ``steered`` were moved by the network.
    """

    joins: int = 0
    changed: int = 0
    weak: int = 0
    steered: int = 0
    waited_s: float = 0.0
    longest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class GateFigures:
    """What new connections met at one limit (``network.gates``): items asked for and refused, and waits.

    ``busiest_per_s`` is what came in over the busiest ten seconds. A try that is refused is asked for again.
    """

    id: str
    kind: str
    label: str
    limit_per_s: float
    asked: float
    refused: float
    mean_wait_s: float
    worst_wait_s: float
    busiest_per_s: float


@dataclass(frozen=True, slots=True)
class GateRecord(GateFigures):
    """One limit on a simulated day; refusals fell between ``from_s`` and ``to_s`` (NaN: none)."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class DayRecord:
    """One simulated day of one stage under one seed.

    utilisation[bin, resource]       carried load over nominal capacity, 0-1
    bound_share[bin, resource]       share of the bin in which the resource held flows back
    bound_flows[bin, resource]       mean number of flows it held back
    carried_bps[bin, resource]       mean carried rate (air: goodput of the clique's flows)
    clients[bin, radio]              associated devices at the end of the bin
    latency_counts[activity, room, latency], latency_by_time[activity, slot, latency]
                                     transfers by duration; one cut off by the end of its session counts with the
                                     time it had taken by then (below 1 ms or above 1000 s: the first or last bin)
    late_counts[slot, resource]      transfers that missed their target, by the resource that held them back
                                     (last column: none, e.g. set-up time alone)
    late_by_activity[activity, resource] the same by activity
    backlog_bytes[bin]               saves asked for and not acknowledged in the middle of the bin, all of their bytes
    without_wifi[bin]                devices in use that have no radio in the middle of the bin
    combines                         what falls together on a worst day, in words
    roaming                          how devices came onto radios
    gates                            the limits on new connections that any of the day's met
    """

    stage_id: str
    day_kind: str
    replication: int
    start_s: float
    bin_s: float
    utilisation: FloatArray
    bound_share: FloatArray
    bound_flows: FloatArray
    carried_bps: FloatArray
    clients: FloatArray
    latency_counts: IntArray
    latency_by_time: IntArray
    late_counts: IntArray
    late_by_activity: IntArray
    lessons: tuple[LessonRecord, ...]
    unassociated_by_room: IntArray
    backlog_bytes: FloatArray
    without_wifi: IntArray
    flows: int
    events: int
    loop_s: float
    outages: tuple[OutageRecord, ...] = ()
    combines: tuple[str, ...] = ()
    roaming: RoamingRecord = field(default_factory=RoamingRecord)
    gates: tuple[GateRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class RadioFacts:
    """A radio's name and settings, for tables and maps; ``cliques`` are its air resources."""

    ap_id: str
    band: str
    channel: int
    width_mhz: int
    power_dbm: float
    enabled: bool
    floor_id: str
    at_m: tuple[float, float]
    cliques: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MapFacts:
    """The strongest signal over one floor: rssi_dbm[row, column] on a grid of ``step_m`` from ``origin_m``.

    ``radio`` is the index of the radio that gives it (-1: none), ``rate_bps`` the PHY rate from it (empty: not known).
    """

    floor_id: str
    origin_m: tuple[float, float]
    step_m: float
    rssi_dbm: FloatArray
    radio: IntArray
    rate_bps: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True, slots=True)
class StageBasics:
    """What stands in one stage and is no array: resources and radios in axis order, devices and static figures.

    ``figures`` holds the quantities that need no simulation, by metric name (line_down_mbps, pupils_devices, ...).
    """

    id: str
    label: str
    date: str
    opens_with: str
    devices: int
    resources: tuple[Resource, ...]
    radios: tuple[RadioFacts, ...]
    figures: dict[str, float]

    def basics(self) -> dict[str, Any]:
        """The fields named here, by name: what the live and the stored form of a stage share."""
        return {entry.name: getattr(self, entry.name) for entry in fields(StageBasics)}


@dataclass(frozen=True, slots=True)
class StageFacts(StageBasics):
    """A stage with its maps and ``room_rssi_dbm[room]``, what 95 % of a room's seats have at least (NaN: no seats)."""

    maps: tuple[MapFacts, ...]
    room_rssi_dbm: FloatArray


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A room for plots and tables."""

    id: str
    name: str
    floor_id: str
    kind: str
    outline_m: tuple[tuple[float, float], ...]
    seats: int


@dataclass(frozen=True, slots=True)
class WallFacts:
    """A wall for plots; ``loss_db`` at 5 GHz sets its weight in the drawing."""

    floor_id: str
    from_m: tuple[float, float]
    to_m: tuple[float, float]
    material_id: str
    loss_db: float


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """An activity's name, kind (transaction, stream, call, bulk) and target."""

    id: str
    label: str
    kind: str
    service_id: str
    direction: str
    good_s: float
    save: bool
    confidence: str


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """A period for time axes."""

    id: str
    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """A criterion the run is judged by; ``comparison`` is at_least or at_most, ``origin`` names the standard.

    One of ``reserve`` speaks of what is left and not of what pupils meet: missed, it puts a stage at risk at most.
    """

    id: str
    label: str
    metric: str
    comparison: str
    target: float
    unit: str
    origin: str
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is the same for all stages and days.

    ``weekday`` is the school day that was simulated, as the timetable names it; a lesson is good when at least
    ``devices_good_share`` of its devices were.
    """

    site_name: str
    phase: str
    pupils: int
    staff: int
    weekday: str
    devices_good_share: float
    rooms: tuple[RoomFacts, ...]
    walls: tuple[WallFacts, ...]
    floors: tuple[tuple[str, str], ...]
    activities: tuple[ActivityFacts, ...]
    periods: tuple[PeriodFacts, ...]
    criteria: tuple[CriterionFacts, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run. ``provenance`` has version, seed, input hash, package versions; no absolute paths."""

    run: RunFacts
    stages: tuple[StageFacts, ...]
    days: tuple[DayRecord, ...]
    provenance: dict[str, Any]
