"""Sentences for people: what an assessment found, in plain English."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from wifisim.results.assessment import Assessment, Readiness, StageReadiness
from wifisim.results.causes import Cause
from wifisim.results.criteria import OWN_ORIGIN
from wifisim.results.outage import fault_remedy
from wifisim.results.phrases import (
    bound_text,
    day_phrase,
    rate_text,
    resource_name,
    room_name,
    span_text,
    stage_name,
    value_text,
)
from wifisim.results.records import CriterionFacts, Results, RunFacts, StageFacts
from wifisim.results.remedies import Need

# What a criterion's figure means, {value} filled in; other metrics are told by their label.
_FIGURES = {
    "cloud_save_p95_s": "saving to the cloud takes {value} at the 95th percentile",
    "lessons_good_share": "only {value} of the lessons with devices work for {devices} of their devices",
    "airtime_busy_quarter": "the busiest channel is in use {value} of its busiest 15 minutes",
    "line_utilisation_busy_quarter": "the internet line runs at {value} in its busiest 15 minutes",
    "filter_utilisation_busy_quarter": "the filter runs at {value} of its throughput in its busiest 15 minutes",
    "uplink_utilisation_busy_quarter": "the busiest cable runs at {value} in its busiest 15 minutes",
    "clients_per_radio_max": "one radio serves {value} devices at once",
    "unassociated_devices": "{value} find no usable Wi-Fi {where}",
    "room_rssi_min_dbm": "the weakest seats {where} get {value}",
    "video_stall_share": "{value} of video segments come too late to play on",
    "call_late_share": "{value} of the pieces of video calls come too late",
    "late_share": "{value} of all transfers miss their target time",
}
_KIND_NOUNS = {"air": "air", "link": "cable", "line": "internet line", "appliance": "filter", "service": "service"}


def failure_sentence(
    results: Results, assessment: Assessment, *, also: Sequence[CriterionFacts], last: Assessment, ended: str
) -> str:
    """One sentence: from when, what binds, when and where, what it does, what would be needed.

    ``also`` are other criteria that the same figure fails from the same stage on. ``last`` is the same criterion at
    the end of the run of failing stages, ``ended`` the stage that mends it or ``""``.
    """
    stages = {stage.id: stage for stage in results.stages}
    stage = stages[assessment.stage_id]
    first = stage is results.stages[0]
    opening = f"Already {_at(stage)}" if first else f"From {stage_name(stage)}"
    if ended:
        opening += f" until {stage_name(stages[ended])}"
    if assessment.cause is None:
        opening += ","
    asked = "; ".join(dict.fromkeys(target_text(criterion) for criterion in (assessment.criterion, *also)))
    what = f"{_middle(results.run, stage, assessment, asked=asked)}{_growth(stages, assessment, last)}"
    return f"{opening} {what}.{_need(assessment, stage)}{_later_need(stages, assessment, last)}"


def target_text(criterion: CriterionFacts) -> str:
    """What the criterion asks, and who asks it if it is not the school."""
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    if criterion.origin.startswith(OWN_ORIGIN):
        return f"target {asked}"
    return f"{criterion.origin} asks for {asked}"


def rooms_text(run: RunFacts, rooms: Sequence[int], room_count: int) -> str:
    """``in G01, G02, G03 and 5 more rooms``; most of the school is told as such."""
    if not rooms:
        return ""
    if room_count > max(8, len(run.rooms) // 3):
        return "all over the school"
    names = [room_name(run, room) for room in rooms]
    more = room_count - len(names)
    listed = f"{', '.join(names)} and {more} more {'room' if more == 1 else 'rooms'}" if more > 0 else _listed(names)
    return f"in {listed}"


def cause_text(run: RunFacts, stage: StageFacts, cause: Cause) -> str:
    """The cause as a clause: what is full or slow, when, where."""
    when = f" {span_text(cause.span_s)}" if cause.span_s else ""
    day = day_phrase(cause.day_kind, run.weekday)
    where = rooms_text(run, cause.rooms, cause.room_count)
    place = f" {where}" if where else ""
    if cause.fault:
        return f"with {cause.fault}{when} {day}{place}"
    if cause.resource < 0:
        return f"{day}{when}{place}"
    name = resource_name(stage, cause.resource)
    kind = stage.resources[cause.resource].kind
    subject = f"the air on {name}" if kind == "air" else f"the {name}"
    if cause.full:
        return f"{subject} is full{when} {day}{place}"
    return (
        f"{subject} is busiest{when} {day}{place}"
        if cause.late == 0
        else f"{subject} holds transfers back{when} {day}{place}"
    )


def settling_text(results: Results, readiness: Readiness) -> str:
    """After how many replications the verdict was settled, or that it is not; "" when their number was fixed."""
    at_least, at_most = (int(results.provenance.get(name, 0)) for name in ("replications", "replications_at_most"))
    if at_most <= at_least:
        return ""
    counts = Counter((day.stage_id, day.day_kind) for day in results.days)
    used = {stage.id: max(n for (stage_id, _), n in counts.items() if stage_id == stage.id) for stage in results.stages}
    labels = {stage.id: stage.label for stage in results.stages}
    unsettled = [stage.stage_id for stage in readiness.stages if _straddles(stage)]
    if unsettled:
        names = _listed([labels[stage_id] for stage_id in unsettled])
        runs = max(used[stage_id] for stage_id in unsettled)
        return f"Still straddling after {runs} replications (the budget): {names}."
    most = max(used.values())
    slow = [labels[stage_id] for stage_id, count in used.items() if count == most > at_least]
    return f"Settled after {most} replications{f' ({_listed(slow)}), the rest after {at_least}' if slow else ''}."


def _straddles(stage: StageReadiness) -> bool:
    """Whether more replications could still settle the stage's verdict."""
    return stage.verdict == "at_risk" and any(
        found.status == "at_risk" and not found.tight for found in stage.assessments
    )


def _at(stage: StageFacts) -> str:
    name = stage_name(stage)
    return f"today{name[5:]}" if stage.label == "Today" else f"at {name}"


def _middle(run: RunFacts, stage: StageFacts, assessment: Assessment, *, asked: str) -> str:
    figure = figure_text(run, assessment)
    cause = assessment.cause
    if cause is None:
        return f"{figure} ({asked})"
    clause = cause_text(run, stage, cause)
    if cause.resource < 0:
        clause = f"{clause}: " if cause.fault else "" if cause.span_s is None else f"{clause} "
        reason = f"{cause.unassociated} devices find no usable Wi-Fi: " if cause.unassociated else ""
        return f"{clause}{reason}{figure} ({asked})"
    doing = _listed([_inside(run.activities[index].label) for index in cause.activities[:2]])
    slows = f" and slows {doing}" if doing else ""
    return f"{clause}{slows}: {figure} ({asked})"


def figure_text(run: RunFacts, assessment: Assessment) -> str:
    """The criterion's figure as a clause."""
    criterion = assessment.criterion
    value = value_text(assessment.estimate.value, criterion.unit)
    template = _FIGURES.get(criterion.metric)
    if template is None or assessment.cause is None:
        return f"{criterion.label[:1].lower()}{criterion.label[1:]}: {value}"
    where = rooms_text(run, assessment.cause.rooms, assessment.cause.room_count)
    return template.format(value=value, where=where, devices=value_text(run.devices_good_share, "share"))


def _inside(label: str) -> str:
    """A label inside a sentence: its first letter small, abbreviations as they are."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _growth(stages: dict[str, StageFacts], assessment: Assessment, last: Assessment) -> str:
    if last.margin >= assessment.margin or last is assessment:
        return ""
    value = value_text(last.estimate.value, last.criterion.unit)
    if value == value_text(assessment.estimate.value, last.criterion.unit):
        return ""
    return f", and {value} by {stages[last.stage_id].label}"


def _need(assessment: Assessment, stage: StageFacts) -> str:
    need, cause = assessment.need, assessment.cause
    if cause is not None and (remedy := fault_remedy(cause.fault)):
        return f" {remedy}"
    if need is None or cause is None or cause.resource < 0 or not math.isfinite(need.factor):
        return ""
    kind = stage.resources[cause.resource].kind
    return f" {need_text(need, kind, rate_bps=sold_rate_bps(stage, cause.resource))}"


def _later_need(stages: dict[str, StageFacts], assessment: Assessment, last: Assessment) -> str:
    """What the same resource needs at the end of the failing stages, where that is more."""
    now, later, stage = assessment.need, last.need, stages[last.stage_id]
    if now is None or later is None or assessment.cause is None or last.cause is None or last.cause.resource < 0:
        return ""
    here = stages[assessment.stage_id].resources
    resource = stage.resources[last.cause.resource]
    same = assessment.cause.resource >= 0 and here[assessment.cause.resource].id == resource.id
    rate_bps = sold_rate_bps(stage, last.cause.resource)
    if not same or rate_bps is None or not later.factor > 1.05 * now.factor:
        return ""
    about = "at least" if later.at_least else "about"
    return f" By {stage.label} it needs {about} {_up_text(later.factor * rate_bps)}."


def gap_text(criterion: CriterionFacts, gap: float) -> str:
    """By how much a figure must change where no capacity can be named."""
    if criterion.unit.startswith("yes"):
        return f"{criterion.label}: must be there."
    less = "fewer" if criterion.unit == "devices" else "less"
    way = "more" if criterion.comparison == "at_least" else less
    unit = {"share": "points", "dBm": "dB"}.get(criterion.unit, criterion.unit)
    amount = value_text(100.0 * gap if criterion.unit == "share" else gap, unit)
    return f"{criterion.label}: {amount} {way} would meet the target."


def need_text(need: Need, kind: str, *, rate_bps: float | None) -> str:
    """What would have to change, as a sentence of its own; ``rate_bps`` the present rate if people know one."""
    about = "at least" if need.at_least else "about"
    if kind == "air":
        share = value_text(round(1.0 - 1.0 / need.factor, 2), "share")
        return f"To hold the limit, {about} {share} of this load must go to other channels."
    noun = _KIND_NOUNS.get(kind, kind)
    times = f"{about} {need.factor:.1f} times its present capacity"
    if rate_bps is None:
        return f"To hold the limit, the {noun} needs {times}."
    return (
        f"To hold the limit, the {noun} needs {about} {_up_text(need.factor * rate_bps)} (now {rate_text(rate_bps)})."
    )


def _up_text(rate_bps: float) -> str:
    """A needed rate, rounded up to two digits: what is rounded down would not do."""
    unit = 10.0 ** (math.floor(math.log10(rate_bps)) - 1)
    return rate_text(math.ceil(rate_bps / unit - 1e-9) * unit)


def sold_rate_bps(stage: StageFacts, resource: int) -> float | None:
    """The rate under which the internet line or the filter is sold, which is what people know; None for others."""
    facts = stage.resources[resource]
    name = "filter_mbps" if facts.kind == "appliance" else f"line_{facts.id.removeprefix('line:')}_mbps"
    rate_mbps = stage.figures.get(name)
    return None if rate_mbps is None else 1e6 * rate_mbps


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
