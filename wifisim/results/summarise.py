"""From results and their assessment to the summary: every record of ``summary`` filled in, group by group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from wifisim.results.assessment import Assessment, Readiness, StageReadiness
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
from wifisim.results.readiness import room_status
from wifisim.results.records import GateRecord, Results, RoamingRecord, RunFacts, StageFacts
from wifisim.results.remedies import Need
from wifisim.results.summary import (
    SUMMARY_VERSION,
    CauseSummary,
    CriterionSummary,
    DaySummary,
    GateSummary,
    LatencySummary,
    LessonSummary,
    NeedSummary,
    OutageSummary,
    RadioSummary,
    ResourceSummary,
    RoamingSummary,
    RoomSummary,
    RungStageSummary,
    RungSummary,
    StageSummary,
    Summary,
)
from wifisim.results.wording import gap_text, need_text, settling_text, sold_rate_bps
from wifisim.units import clock_from_seconds


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
        warnings=readiness.warnings,
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
        reserve=criterion.reserve,
        tight=assessment.tight,
        cause=_cause(run, stage, assessment.cause) if assessment.cause else None,
        need=_need(stage, assessment, assessment.need) if assessment.need else None,
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
        fault=cause.fault,
    )


def _need(stage: StageFacts, assessment: Assessment, need: Need) -> NeedSummary:
    cause, text = assessment.cause, gap_text(assessment.criterion, need.gap)
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
        combines=tuple(dict.fromkeys(part for day in group.days for part in day.combines)),
        roaming=_roaming([day.roaming for day in group.days]),
        gates=_gates(group),
    )


def _roaming(days: Sequence[RoamingRecord]) -> RoamingSummary:
    joins, changed = sum(day.joins for day in days), sum(day.changed for day in days)
    return RoamingSummary(
        joins=joins / len(days),
        changed=changed / len(days),
        wait_s=math.fsum(day.waited_s for day in days) / max(changed, 1),
        longest_s=max(day.longest_s for day in days),
        weak_share=sum(day.weak for day in days) / max(joins, 1),
        steered=fmean(day.steered for day in days),
    )


def _gates(group: DayGroup) -> tuple[GateSummary, ...]:
    """Each limit on new connections, means over the replications; the longest wait of all."""
    found: dict[str, list[GateRecord]] = {}
    for day in group.days:
        for gate in day.gates:
            found.setdefault(gate.id, []).append(gate)
    return tuple(_gate(same, days=len(group.days)) for same in found.values())


def _gate(same: list[GateRecord], *, days: int) -> GateSummary:
    refusing = [one for one in same if one.refused > 0.0]
    return GateSummary(
        id=same[0].id,
        kind=same[0].kind,
        label=same[0].label,
        limit_per_s=same[0].limit_per_s,
        asked=sum(one.asked for one in same) / days,
        refused=sum(one.refused for one in same) / days,
        mean_wait_s=sum(one.mean_wait_s for one in same) / days,
        worst_wait_s=max(one.worst_wait_s for one in same),
        busiest_per_s=max(one.busiest_per_s for one in same),
        from_time=clock_from_seconds(min(one.from_s for one in refusing)) if refusing else "",
        to_time=clock_from_seconds(max(one.to_s for one in refusing)) if refusing else "",
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
            saved_again_s=_known(max(one.saved_again_s for one in same)),
            most_without_wifi=fmean(one.most_without_wifi for one in same),
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
            row.good.low, row.good.high, room_status(row, group.run),
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
