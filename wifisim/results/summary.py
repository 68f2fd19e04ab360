"""The summary of a run: what ``summary.json`` holds and ``wifisim run --json`` prints, as typed records.

The JSON Schema that goes with it is made from these types (``summary_schema``) and published in
docs/summary.schema.json; ``SUMMARY_VERSION`` grows when a field changes its meaning or goes. Figures that do not
exist (no lessons, no interval) are null. Times of day are ``HH:MM``, shares 0-1, rates bit/s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from pydantic import TypeAdapter

from wifisim.results.assessment import Assessment, Readiness, StageReadiness, Status, Verdict
from wifisim.results.breakdowns import (
    LatencyRow,
    lesson_rows,
    radio_rows,
    resource_rows,
    room_rows,
    save_row,
    service_rows,
)
from wifisim.results.causes import Cause
from wifisim.results.daygroup import DayGroup, day_groups
from wifisim.results.intervals import CONFIDENCE
from wifisim.results.ladder import Rung
from wifisim.results.phrases import resource_name
from wifisim.results.records import Results, RunFacts, StageFacts
from wifisim.results.remedies import Need
from wifisim.results.wording import need_text, settling_text, sold_rate_bps
from wifisim.units import clock_from_seconds

SUMMARY_VERSION = 2


@dataclass(frozen=True, slots=True)
class CauseSummary:
    """What stands behind a figure; ``resource`` is "" when no resource of the school is to blame."""

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
    """A criterion in a stage; ``low`` and ``high`` bound the interval, ``values`` has one number a replication."""

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
    """A room with lessons."""

    id: str
    rssi_dbm: float | None
    lessons: float
    good_share: float | None
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


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One kind of day in a stage, means over its replications."""

    day: str
    replications: int
    saves: LatencySummary
    services: tuple[LatencySummary, ...]
    radios: tuple[RadioSummary, ...]
    resources: tuple[ResourceSummary, ...]
    rooms: tuple[RoomSummary, ...]
    failing_lessons: tuple[LessonSummary, ...]
    outages: tuple[OutageSummary, ...]


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

    ``settled`` says after how many replications the verdict was settled ("": their number was fixed).
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


def summarise(results: Results, readiness: Readiness) -> Summary:
    """Everything a script may want to know of a run."""
    groups = day_groups(results)
    return Summary(
        format="wifisim-summary",
        version=SUMMARY_VERSION,
        site=results.run.site_name,
        phase=results.run.phase,
        pupils=results.run.pupils,
        verdict=readiness.verdict,
        first_failing_stage=readiness.first_failing_stage,
        confidence=CONFIDENCE,
        settled=settling_text(results, readiness),
        sentences=readiness.sentences,
        stages=tuple(
            _stage(results.run, facts, judged, [group for group in groups if group.stage.id == facts.id])
            for facts, judged in zip(results.stages, readiness.stages, strict=True)
        ),
        ladder=tuple(_rung(rung) for rung in readiness.ladder),
        holding=tuple(_rung(rung) for rung in readiness.holding),
        provenance=results.provenance,
    )


def _stage(run: RunFacts, facts: StageFacts, judged: StageReadiness, groups: list[DayGroup]) -> StageSummary:
    return StageSummary(
        id=facts.id,
        label=facts.label,
        date=facts.date,
        opens_with=facts.opens_with,
        devices=facts.devices,
        verdict=judged.verdict,
        criteria=tuple(_criterion(run, facts, assessment) for assessment in judged.assessments),
        days=tuple(_day(group) for group in groups),
    )


def _criterion(run: RunFacts, stage: StageFacts, assessment: Assessment) -> CriterionSummary:
    criterion, judged = assessment.criterion, assessment.estimate
    return CriterionSummary(
        id=criterion.id,
        label=criterion.label,
        metric=criterion.metric,
        origin=criterion.origin,
        comparison=criterion.comparison,
        target=criterion.target,
        unit=criterion.unit,
        day=assessment.day_kind,
        value=_known(judged.value),
        low=judged.low,
        high=judged.high,
        values=tuple(_known(value) for value in assessment.values),
        status=assessment.status,
        margin=_known(assessment.margin),
        failing_since=assessment.since_stage_id,
        cause=_cause(run, stage, assessment.cause) if assessment.cause else None,
        need=_need(stage, assessment.need, assessment.cause) if assessment.need else None,
    )


def _cause(run: RunFacts, stage: StageFacts, cause: Cause) -> CauseSummary:
    resource = stage.resources[cause.resource] if cause.resource >= 0 else None
    span = cause.span_s
    return CauseSummary(
        resource=resource.id if resource else "",
        resource_label=resource_name(stage, cause.resource) if resource else "",
        resource_kind=resource.kind if resource else "",
        day=cause.day_kind,
        from_time=clock_from_seconds(span[0]) if span else "",
        to_time=clock_from_seconds(span[1]) if span else "",
        full=cause.full,
        rooms=tuple(run.rooms[room].id for room in cause.rooms),
        room_count=cause.room_count,
        activities=tuple(run.activities[activity].id for activity in cause.activities),
        transfers_held_back=cause.flows,
        late_transfers=cause.late,
        unassociated_devices=cause.unassociated,
        full_minutes=cause.full_min,
    )


def _need(stage: StageFacts, need: Need, cause: Cause | None) -> NeedSummary:
    text = ""
    if cause is not None and cause.resource >= 0 and math.isfinite(need.factor):
        kind = stage.resources[cause.resource].kind
        text = need_text(need, kind, rate_bps=sold_rate_bps(stage, cause.resource))
    return NeedSummary(_known(need.factor), _known(need.capacity), need.at_least, _known(need.gap), text)


def _day(group: DayGroup) -> DaySummary:
    return DaySummary(
        day=group.day_kind,
        replications=len(group.days),
        saves=_latency(save_row(group)),
        services=tuple(_latency(row) for row in service_rows(group)),
        radios=_radios(group),
        resources=_resources(group),
        rooms=_rooms(group),
        failing_lessons=_failing_lessons(group),
        outages=_outages(group),
    )


def _outages(group: DayGroup) -> tuple[OutageSummary, ...]:
    """Each fault, means over the replications; the slowest recovery of all (null: not on that day)."""
    return tuple(
        OutageSummary(
            what=same[0].what,
            from_time=clock_from_seconds(same[0].start_s),
            to_time=clock_from_seconds(same[0].end_s),
            lessons=fmean(one.lessons for one in same),
            lessons_hit=fmean(one.lessons_hit for one in same),
            devices_hit=fmean(one.devices_hit for one in same),
            late_transfers=fmean(one.late_transfers for one in same),
            lost_s=fmean(one.lost_s for one in same),
            waiting_bytes=fmean(one.waiting_bytes for one in same),
            unsaved_bytes=fmean(one.unsaved_bytes for one in same),
            recovery_s=_known(max(one.recovery_s for one in same)),
        )
        for same in zip(*(day.outages for day in group.days), strict=True)
    )


def _latency(row: LatencyRow) -> LatencySummary:
    quantiles = (_known(row.p50_s), _known(row.p95_s), _known(row.p99_s))
    return LatencySummary(row.name, row.transfers, *quantiles, _known(row.late_share))


def _radios(group: DayGroup) -> tuple[RadioSummary, ...]:
    radios = group.stage.radios
    return tuple(
        RadioSummary(
            radios[row.radio].ap_id, radios[row.radio].band, radios[row.radio].channel, radios[row.radio].width_mhz,
            clock_from_seconds(row.busy_from_s), row.airtime_busy_quarter, row.clients_max,
        )
        for row in radio_rows(group)
    )  # fmt: skip


def _resources(group: DayGroup) -> tuple[ResourceSummary, ...]:
    resources = group.stage.resources
    return tuple(
        ResourceSummary(
            resources[row.resource].id, resource_name(group.stage, row.resource), resources[row.resource].kind,
            _known(resources[row.resource].capacity), clock_from_seconds(row.busy_from_s),
            row.utilisation_busy_quarter, row.full_min, row.late,
        )
        for row in resource_rows(group)
    )  # fmt: skip


def _rooms(group: DayGroup) -> tuple[RoomSummary, ...]:
    return tuple(
        RoomSummary(
            group.run.rooms[row.room].id, _known(row.rssi_dbm), row.lessons, _known(row.good_share),
            _known(row.save_p95_s), row.late_transfers, row.unassociated_devices,
        )
        for row in room_rows(group)
        if row.lessons > 0 or row.late_transfers > 0 or row.unassociated_devices > 0
    )  # fmt: skip


def _failing_lessons(group: DayGroup) -> tuple[LessonSummary, ...]:
    return tuple(
        LessonSummary(
            clock_from_seconds(row.start_s), row.period_id, row.class_id, group.run.rooms[row.room].id, row.subject,
            row.with_devices, row.good, row.devices, row.good_devices,
            resource_name(group.stage, row.binding_resource) if row.binding_resource >= 0 else "",
        )
        for row in lesson_rows(group)
        if row.good < row.with_devices
    )  # fmt: skip


def _rung(rung: Rung) -> RungSummary:
    stages = tuple(
        RungStageSummary(
            stage.stage_id, stage.gives_way, stage.utilisation_busy_quarter, stage.full_min, stage.late, stage.lessons
        )
        for stage in rung.stages
    )
    return RungSummary(rung.resource_id, rung.label, rung.kind, rung.first_stage_id, stages)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
