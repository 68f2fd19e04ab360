"""The summary of a run: what ``summary.json`` holds and ``wifisim run --json`` prints, as typed records.

The JSON Schema that goes with it is made from these types (``summary_schema``) and published in
docs/summary.schema.json; ``SUMMARY_VERSION`` grows when a field changes its meaning or goes. ``summarise`` fills them
in. Figures that do not exist (no lessons, no interval) are null. Times of day are ``HH:MM``, shares 0-1, rates bit/s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from wifisim.results.assessment import Status, Verdict
from wifisim.results.records import GateFigures

SUMMARY_VERSION = 2


@dataclass(frozen=True, slots=True)
class CauseSummary:
    """What stands behind a figure; ``resource`` is "" when no resource is to blame, ``fault`` when no fault is."""

    resource: str
    resource_label: str
    resource_kind: str
    day: str
    from_time: str
    to_time: str
    full: bool
    rooms: tuple[str, ...]
    room_count: int
    activities: tuple[str, ...]
    transfers_held_back: float
    late_transfers: int
    unassociated_devices: int
    full_minutes: float
    fault: str = ""


@dataclass(frozen=True, slots=True)
class NeedSummary:
    """What would meet the target: capacity times ``factor``, or ``gap`` in the criterion's own unit."""

    factor: float | None
    capacity: float | None
    at_least: bool
    gap: float | None
    text: str


@dataclass(frozen=True, slots=True)
class CriterionSummary:
    """A criterion in a stage; ``low`` and ``high`` bound the interval, ``values`` has one number a replication.

    One of ``reserve`` is ``tight`` when it is missed for certain; its status is then at_risk. ``failing_since`` is the
    stage from which it has been missed for certain.
    """

    id: str
    label: str
    metric: str
    origin: str
    comparison: str
    target: float
    unit: str
    day: str
    value: float | None
    low: float | None
    high: float | None
    values: tuple[float | None, ...]
    status: Status
    margin: float | None
    failing_since: str
    reserve: bool
    tight: bool
    cause: CauseSummary | None
    need: NeedSummary | None


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """Transfer times of a service: transfers a day, quantiles in seconds, share that missed its target."""

    service: str
    transfers: float
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    late_share: float | None


@dataclass(frozen=True, slots=True)
class RadioSummary:
    """A radio and the mean of its busiest 15 minutes."""

    access_point: str
    band: str
    channel: int
    width_mhz: int
    busy_quarter: str
    airtime_busy_quarter: float
    clients_max: float


@dataclass(frozen=True, slots=True)
class ResourceSummary:
    """A line, link, appliance, service or air clique and the mean of its busiest 15 minutes."""

    id: str
    label: str
    kind: str
    capacity: float | None
    busy_quarter: str
    utilisation_busy_quarter: float
    full_minutes: float
    late_transfers: float


@dataclass(frozen=True, slots=True)
class RoomSummary:
    """A room and the share of its lessons that worked, with interval (null: none, or one replication only).

    ``status`` judges that share by the target for all lessons: it fails when the whole interval misses, is at risk when
    the share alone does, and passes when it does not: single rooms have too few lessons to ask for more.
    """

    id: str
    rssi_dbm: float | None
    lessons: float
    good_share: float | None
    good_low: float | None
    good_high: float | None
    status: Status
    save_p95_s: float | None
    late_transfers: float
    unassociated_devices: float


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """A lesson that failed in some replication: ``good_runs`` of the ``runs`` in which it had devices were good."""

    start: str
    period: str
    class_id: str
    room: str
    subject: str
    runs: int
    good_runs: int
    devices: float
    good_devices: float
    held_back_by: str


@dataclass(frozen=True, slots=True)
class OutageSummary:
    """What one fault of the day cost against the same day without it; see docs/faults.md."""

    what: str
    from_time: str
    to_time: str
    lessons: float
    lessons_hit: float
    devices_hit: float
    late_transfers: float
    lost_s: float
    waiting_bytes: float
    unsaved_bytes: float
    recovery_s: float | None
    saved_again_s: float | None = 0.0
    most_without_wifi: float = 0.0


@dataclass(frozen=True, slots=True)
class RoamingSummary:
    """How devices came onto radios: ``joins`` times one came to a room; on ``changed`` of them it took another radio.

    Those were without a network for ``wait_s`` each, ``longest_s`` at most. ``weak_share`` of the joins were to a radio
    much weaker than the best there; ``steered`` devices were moved by the network.
    """

    joins: float = 0.0
    changed: float = 0.0
    wait_s: float = 0.0
    longest_s: float = 0.0
    weak_share: float = 0.0
    steered: float = 0.0


@dataclass(frozen=True, slots=True)
class GateSummary(GateFigures):
    """A limit on new connections: what was asked of it a day and refused at first; tries that come again count again.

    ``busiest_per_s`` is over ten seconds; ``from_time`` and ``to_time`` bound the refusals of all replications.
    """

    from_time: str
    to_time: str


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One kind of day in a stage, means over its replications; ``combines`` is what falls together on a worst day."""

    day: str
    replications: int
    saves: LatencySummary
    services: tuple[LatencySummary, ...]
    radios: tuple[RadioSummary, ...]
    resources: tuple[ResourceSummary, ...]
    rooms: tuple[RoomSummary, ...]
    failing_lessons: tuple[LessonSummary, ...]
    outages: tuple[OutageSummary, ...]
    combines: tuple[str, ...] = ()
    roaming: RoamingSummary = field(default_factory=RoamingSummary)
    gates: tuple[GateSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class StageSummary:
    """A stage, its verdict and its figures."""

    id: str
    label: str
    date: str
    opens_with: str
    devices: int
    verdict: Verdict
    criteria: tuple[CriterionSummary, ...]
    days: tuple[DaySummary, ...]


@dataclass(frozen=True, slots=True)
class RungStageSummary:
    """A resource of the ladder in one stage."""

    stage: str
    gives_way: bool
    utilisation_busy_quarter: float
    full_minutes: float
    late_transfers: float
    lessons_spoilt: float


@dataclass(frozen=True, slots=True)
class RungSummary:
    """A resource and the stage in which it first gives way ("": in none)."""

    resource: str
    label: str
    kind: str
    first_stage: str
    stages: tuple[RungStageSummary, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole: ``verdict`` is that of the last stage; ``holding`` are the fullest resources that do not give way.

    ``settled`` says after how many replications the verdict was settled ("": their number was fixed); ``sentences`` say
    what fails, ``warnings`` what is tight.
    """

    format: Literal["wifisim-summary"]
    version: int
    site: str
    phase: str
    pupils: int
    verdict: Verdict
    first_failing_stage: str
    confidence: float
    settled: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    stages: tuple[StageSummary, ...]
    ladder: tuple[RungSummary, ...]
    holding: tuple[RungSummary, ...]
    provenance: dict[str, Any]


_ADAPTER = TypeAdapter(Summary)


def summary_json(summary: Summary) -> bytes:
    """UTF-8 JSON of a summary; NaN and infinity become null."""
    return _ADAPTER.dump_json(summary, indent=1) + b"\n"


def summary_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``summary.json``."""
    return _ADAPTER.json_schema(mode="serialization")
