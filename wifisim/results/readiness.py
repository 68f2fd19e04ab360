"""Is the network good enough? Criteria x stages -> value, interval, status, cause; a verdict that can be signed.

A criterion is judged on every kind of day that a stage was simulated on, and the worst day counts (figures of use only
on ordinary days: see ``metrics``). It *passes* when
its whole interval (90 %, over replications) meets the target, *fails* when its whole interval misses it, and is *at
risk* in between. One replication has no interval: it can show a failure, but what it meets is only at risk. A criterion
of reserve (``criteria.RESERVE``) is *tight*, which is at risk and no failure, when its whole interval misses. A stage
is ready when all its criteria pass, not ready when one fails. The plan's verdict is that of its last stage, the plan's
end; the stages on the way keep their own, and ``first_failing_stage`` names the first that is not ready.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from wifisim.results.assessment import Assessment, Readiness, StageReadiness, Status, Verdict
from wifisim.results.breakdowns import RoomRow
from wifisim.results.causes import cause_of
from wifisim.results.daygroup import DayGroup, day_groups
from wifisim.results.intervals import Estimate, estimate
from wifisim.results.ladder import bottleneck_ladder, still_holding
from wifisim.results.metrics import METRICS, judged_on, lessons_with_devices, metric_scale, metric_value
from wifisim.results.records import CriterionFacts, DayRecord, Results, RunFacts, StageFacts
from wifisim.results.remedies import need_for
from wifisim.results.wording import failure_sentence

_SEVERITY: dict[Status, int] = {"not_applicable": 0, "pass": 1, "at_risk": 2, "fail": 3}


def assess(results: Results) -> Readiness:
    """Judge every stage of a run by its criteria."""
    groups = day_groups(results)
    stages: list[StageReadiness] = []
    for facts in results.stages:
        own = [group for group in groups if group.stage.id == facts.id]
        judged = [_assess(criterion, facts, own=own, groups=groups) for criterion in results.run.criteria]
        if stages:
            judged = [_since(now, before) for now, before in zip(judged, stages[-1].assessments, strict=True)]
        stages.append(StageReadiness(facts.id, _verdict(judged), tuple(judged)))
    return Readiness(
        verdict=stages[-1].verdict if stages else "at_risk",
        first_failing_stage=next((stage.stage_id for stage in stages if stage.verdict == "not_ready"), ""),
        stages=tuple(stages),
        ladder=bottleneck_ladder(groups),
        holding=still_holding(groups),
        sentences=_sentences(results, stages, reserve=False),
        warnings=_sentences(results, stages, reserve=True),
    )


def room_status(row: RoomRow, run: RunFacts) -> Status:
    """A room's lessons by the target for all lessons: at risk when the share misses it, fail when the interval does."""
    criterion = next((one for one in run.criteria if one.metric == "lessons_good_share"), None)
    if criterion is None or math.isnan(row.good_share):
        return "not_applicable"
    if meets(criterion, row.good_share):
        return "pass"
    return "fail" if missed(criterion, row.good) else "at_risk"


def hardest_day(readiness: Readiness) -> tuple[str, str]:
    """Stage and kind of day on which the verdict hangs: the worst status, then least left to the target."""

    def badness(found: Assessment) -> tuple[int, bool, float]:
        left = found.margin / (abs(found.criterion.target) or 1.0)
        return _SEVERITY[found.status], not found.criterion.reserve, -left

    simulated = [
        found
        for stage in readiness.stages
        for found in stage.assessments
        if found.day_kind and _has_chance(found.criterion.metric) and not math.isnan(found.margin)
    ]
    worst = max(simulated, key=badness, default=None)
    return (worst.stage_id, worst.day_kind) if worst else (readiness.stages[-1].stage_id, "typical")


def _has_chance(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].scale != "exact"


def undecided_days(results: Results) -> dict[str, tuple[str, ...]]:
    """The kinds of day on which a stage's verdict hangs, by the stages whose verdict is not settled.

    A stage is settled when its intervals let it pass or fail. In one that is at risk, the days that decide are those
    on which a criterion straddles its target; more replications of the others would change nothing.
    """
    found: dict[str, tuple[str, ...]] = {}
    for stage in results.stages:
        kinds: dict[str, list[DayRecord]] = {}
        for day in results.days:
            if day.stage_id == stage.id:
                kinds.setdefault(day.day_kind, []).append(day)
        judged = [
            _judged(criterion, stage, days, run=results.run)
            for days in kinds.values()
            for criterion in results.run.criteria
            if judged_on(criterion.metric, days[0].day_kind)
        ]
        if _verdict(judged) == "at_risk":
            open_days = {one.day_kind for one in judged if one.status == "at_risk" and not one.tight}
            if open_days:
                found[stage.id] = tuple(kind for kind in kinds if kind in open_days)
    return found


def status_of(criterion: CriterionFacts, judged: Estimate) -> Status:
    """Pass, at risk or fail by the interval; without an interval only a miss is certain enough to be named."""
    if math.isnan(judged.value):
        return "not_applicable"
    if missed(criterion, judged):
        return "at_risk" if criterion.reserve else "fail"
    if judged.low is None or judged.high is None:
        return "at_risk"
    return "pass" if meets(criterion, judged.low) and meets(criterion, judged.high) else "at_risk"


def missed(criterion: CriterionFacts, judged: Estimate) -> bool:
    """Whether the whole interval misses the target (without one: the figure)."""
    ends = (judged.value,) if judged.low is None or judged.high is None else (judged.low, judged.high)
    return not any(math.isnan(end) or meets(criterion, end) for end in ends)


def meets(criterion: CriterionFacts, value: float) -> bool:
    """Whether a value meets the target, rounding errors of one in 10^9 forgiven."""
    slack = 1e-9 * max(1.0, abs(criterion.target))
    if criterion.comparison == "at_least":
        return value >= criterion.target - slack
    return value <= criterion.target + slack


def _assess(
    criterion: CriterionFacts, stage: StageFacts, *, own: Sequence[DayGroup], groups: Sequence[DayGroup]
) -> Assessment:
    """The criterion on the stage's worst kind of day, and why it fails there."""
    own = [group for group in own if judged_on(criterion.metric, group.day_kind)]
    candidates = [_judged(criterion, stage, group.days, run=group.run) for group in own] or [_static(criterion, stage)]
    worst = max(range(len(candidates)), key=lambda index: _badness(candidates[index]))
    found = candidates[worst]
    if found.status not in {"fail", "at_risk"}:
        return found
    group = own[worst] if own else None
    cause = cause_of(criterion.metric, group) if group else None
    need = need_for(criterion, found.estimate.value, cause=cause, group=group, groups=groups)
    return replace(found, cause=cause, need=need)


def _judged(criterion: CriterionFacts, stage: StageFacts, days: Sequence[DayRecord], *, run: RunFacts) -> Assessment:
    """The criterion on one kind of day, ``days`` its replications."""
    values = tuple(metric_value(criterion.metric, day, stage, run=run) for day in days)
    trials = sum(len(lessons_with_devices(day)) for day in days) if criterion.metric == "lessons_good_share" else 0
    judged = estimate(values, metric_scale(criterion.metric, stage), trials=trials)
    return _assessment(criterion, stage.id, days[0].day_kind, judged=judged, values=values)


def _static(criterion: CriterionFacts, stage: StageFacts) -> Assessment:
    """A stage without simulated days can still be judged by what needs no simulation."""
    values = (stage.figures[criterion.metric],) if criterion.metric in stage.figures else ()
    return _assessment(criterion, stage.id, "", judged=estimate(values, "exact"), values=values)


def _assessment(
    criterion: CriterionFacts, stage_id: str, day_kind: str, *, judged: Estimate, values: tuple[float, ...]
) -> Assessment:
    margin = criterion.target - judged.value
    if criterion.comparison == "at_least":
        margin = -margin
    since = stage_id if missed(criterion, judged) else ""
    return Assessment(
        criterion, stage_id, day_kind, judged, values, status_of(criterion, judged), margin, None, None, since
    )


def _badness(assessment: Assessment) -> tuple[int, float]:
    margin = assessment.margin
    return _SEVERITY[assessment.status], -margin if not math.isnan(margin) else -math.inf


def _since(now: Assessment, before: Assessment) -> Assessment:
    if now.since_stage_id and before.since_stage_id:
        return replace(now, since_stage_id=before.since_stage_id)
    return now


def _verdict(judged: Sequence[Assessment]) -> Verdict:
    statuses = {assessment.status for assessment in judged}
    if "fail" in statuses:
        return "not_ready"
    return "at_risk" if "at_risk" in statuses or statuses <= {"not_applicable"} else "ready"


def _sentences(results: Results, stages: Sequence[StageReadiness], *, reserve: bool) -> tuple[str, ...]:
    """One sentence for each figure that fails (or is tight) and each unbroken run of stages in which it does.

    Two criteria on the same figure (the school's own limit and a standard's) share a sentence; what fails by a
    standard is not called tight as well.
    """
    runs: dict[tuple[str, str, str], list[Assessment]] = {}
    for index, stage in enumerate(stages):
        failing = {found.criterion.metric for found in stage.assessments if found.status == "fail"}
        for column, found in enumerate(stage.assessments):
            told = found.tight and found.criterion.metric not in failing if reserve else found.status == "fail"
            if told and found.since_stage_id == stage.stage_id:
                last, ended = _failing_run(stages[index:], column)
                runs.setdefault((found.criterion.metric, stage.stage_id, ended), []).extend((found, last))
    return tuple(
        failure_sentence(results, found, also=[other.criterion for other in others[::2]], last=last, ended=ended)
        for (_, _, ended), (found, last, *others) in runs.items()
    )


def _failing_run(stages: Sequence[StageReadiness], column: int) -> tuple[Assessment, str]:
    """The last assessment of the run of failures that begins with the first of ``stages``, and the stage after it."""
    judged = [stage.assessments[column] for stage in stages]
    length = next((n for n, found in enumerate(judged) if found.since_stage_id != stages[0].stage_id), len(judged))
    return judged[length - 1], stages[length].stage_id if length < len(stages) else ""
