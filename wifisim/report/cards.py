"""What fails, what is tight, what is too close to call: one short card each, read off the assessment.

A card says what is wrong, where, from when, at which time of which day, whom it slows, how far off it is and what would
mend it. A run of stages in which a figure misses its target is one card; criteria on the same figure share it. What
would mend it is the largest need of the resource over the whole plan, so that one fix holds for all and to the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from wifisim.plots.style import STATUS_SIGNS
from wifisim.results.assessment import Assessment, Readiness, Status
from wifisim.results.outage import fault_remedy
from wifisim.results.phrases import (
    bound_text,
    day_phrase,
    resource_name,
    room_name,
    short_label,
    span_text,
    stage_name,
    value_text,
)
from wifisim.results.records import Results, StageFacts
from wifisim.results.wording import need_text, rooms_text, sold_rate_bps, target_text

Trouble = Literal["fails", "tight", "unsure"]
_Largest = dict[str, Assessment]

# metric -> (what is wrong, in a head teacher's words; what to do when no capacity can be named)
_PLAIN = {
    "lessons_good_share": ("Lessons stall", "More of the lessons' devices must meet their targets."),
    "cloud_save_p95_s": ("Saving work to the cloud takes too long", "Saves must become quicker."),
    "airtime_busy_quarter": ("A Wi-Fi channel is too busy", "Load must move to other channels."),
    "line_utilisation_busy_quarter": ("The internet line is too full", "The line must be faster or carry less."),
    "filter_utilisation_busy_quarter": ("The web filter is too full", "The filter must be faster or carry less."),
    "uplink_utilisation_busy_quarter": ("A network cable is too full", "The cable must be faster or carry less."),
    "clients_per_radio_max": ("Too many devices share one access point", "Devices must spread over more radios."),
    "unassociated_devices": (
        "Some devices find no Wi-Fi",
        "These devices need an access point within reach that has room for them.",
    ),
    "room_rssi_min_dbm": ("The Wi-Fi signal is too weak in a room", "The room needs a nearer access point."),
    "video_stall_share": ("Videos stall", "Fewer video segments may come late."),
    "call_late_share": ("Video calls break up", "Fewer pieces of calls may come late."),
    "late_share": ("Too much of what devices ask for comes late", "Fewer transfers may come late."),
    "line_down_mbps": ("The internet line's download is slower than the standard asks", ""),
    "line_up_mbps": ("The internet line's upload is slower than the standard asks", ""),
    "line_down_mbps_per_pupil": ("The internet line is too slow for the number of pupils", ""),
    "backup_line": ("There is no backup internet line", "A second line that takes over by itself."),
}
_STATUS: dict[Trouble, Status] = {"fails": "fail", "tight": "at_risk", "unsure": "at_risk"}
_WORDS: dict[Trouble, str] = {
    "fails": "fails", "tight": "tight: it works, but without reserve", "unsure": "too close to call",
}  # fmt: skip
_TEST: dict[Trouble, Callable[[Assessment], bool]] = {
    "fails": lambda found: found.status == "fail",
    "tight": lambda found: found.tight,
    "unsure": lambda found: found.status == "at_risk" and not found.tight,
}


@dataclass(frozen=True, slots=True)
class Card:
    """One trouble; texts are "" where there is nothing to say. ``mended``: a later stage no longer has it."""

    trouble: Trouble
    status: Status
    sign: str
    words: str
    what: str
    where: str
    since: str
    when: str
    slows: str
    figure: str
    remedy: str
    mended: bool


def cards_of(results: Results, readiness: Readiness) -> tuple[Card, ...]:
    """Failures first, then what is tight, then what is too close to call."""
    seen: set[str] = set()
    found: list[Card] = []
    largest = _largest_needs(results, readiness)
    kinds: tuple[Trouble, ...] = ("fails", "tight", "unsure")
    for trouble in kinds:
        spells = [spell for spell in _spells(results, readiness, trouble) if trouble == "fails" or spell[2] not in seen]
        found += [_card(results, group, trouble=trouble, ended=ended, largest=largest) for group, ended, _ in spells]
        seen |= {metric for _, _, metric in spells}
    return tuple(found)


def _spells(
    results: Results, readiness: Readiness, trouble: Trouble
) -> Iterator[tuple[list[list[Assessment]], str, str]]:
    """Unbroken runs of stages in trouble: the assessments of each criterion on the figure, what ends it, the metric.

    What is too close to call is told only where it lasts to the end of the plan.
    """
    merged: dict[tuple[str, str, str], list[list[Assessment]]] = {}
    for column in range(len(results.run.criteria)):
        judged = [stage.assessments[column] for stage in readiness.stages]
        for run, ended in _runs(judged, _TEST[trouble]):
            if trouble != "unsure" or not ended:
                merged.setdefault((run[0].criterion.metric, run[0].stage_id, ended), []).append(run)
    for (metric, _, ended), group in merged.items():
        yield group, ended, metric


def _runs(
    judged: Sequence[Assessment], troubled: Callable[[Assessment], bool]
) -> Iterator[tuple[list[Assessment], str]]:
    """Each unbroken run of troubled assessments, and the stage that ends it ("": none)."""
    run: list[Assessment] = []
    for found in judged:
        if troubled(found):
            run.append(found)
        elif run:
            yield run, found.stage_id
            run = []
    if run:
        yield run, ""


def _card(
    results: Results, group: Sequence[Sequence[Assessment]], *, trouble: Trouble, ended: str, largest: _Largest
) -> Card:
    stages = {stage.id: stage for stage in results.stages}
    run = group[0]
    worst = min(run, key=lambda found: found.margin)
    what = _PLAIN.get(worst.criterion.metric, (f"{worst.criterion.label}: misses its target", ""))[0]
    since = stage_name(stages[run[0].stage_id]) + (f" until {stage_name(stages[ended])}" if ended else "")
    status = _STATUS[trouble]
    return Card(
        trouble=trouble,
        status=status,
        sign=STATUS_SIGNS[status],
        words=_WORDS[trouble] + (", mended later" if ended else ""),
        what=what,
        where=_where(results, stages[worst.stage_id], worst),
        since=since,
        when=_when(results, worst),
        slows=_slows(results, worst),
        figure=_figure(results, group, worst),
        remedy=_remedy(stages, run, worst, largest=largest),
        mended=bool(ended),
    )


def _where(results: Results, stage: StageFacts, found: Assessment) -> str:
    cause = found.cause
    if cause is None:
        return ""
    resource = resource_name(stage, cause.resource) if cause.resource >= 0 else cause.fault
    rooms = rooms_text(results.run, cause.rooms, cause.room_count).removeprefix("in ")
    if cause.rooms and rooms != "all over the school" and cause.room_count == len(cause.rooms):
        names = [room_name(results.run, room) for room in cause.rooms]
        rooms = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return "; ".join(part for part in (resource[:1].upper() + resource[1:], rooms) if part)


def _when(results: Results, found: Assessment) -> str:
    if found.cause is None:
        return ""
    clock = f", {span_text(found.cause.span_s)}" if found.cause.span_s else ""
    return f"{day_phrase(found.cause.day_kind, results.run.weekday)}{clock}"


def _slows(results: Results, found: Assessment) -> str:
    if found.cause is None or not found.cause.late:
        return ""
    return "; ".join(results.run.activities[index].label for index in found.cause.activities[:3])


def _figure(results: Results, group: Sequence[Sequence[Assessment]], worst: Assessment) -> str:
    """The worst figure and its stage, what it began with, and what was asked."""
    labels = {stage.id: short_label(stage.label) for stage in results.stages}
    first, unit = group[0][0], worst.criterion.unit
    begun, now = (value_text(found.estimate.value, unit) for found in (first, worst))
    asked = "; ".join(dict.fromkeys(target_text(run[0].criterion) for run in group))
    course = now if begun == now else f"{begun} in {labels[first.stage_id]}, {now} in {labels[worst.stage_id]}"
    return f"{course} ({asked})"


def _remedy(stages: dict[str, StageFacts], run: Sequence[Assessment], worst: Assessment, *, largest: _Largest) -> str:
    """What helps against the fault behind it, else the largest need of the resource over the plan, else the target."""
    if worst.cause is not None and (remedy := fault_remedy(worst.cause.fault)):
        return remedy
    found = max((one for one in run if _computed(one)), key=_capacity, default=None)
    if found is not None:
        found = largest.get(_resource_id(stages, found), found)
        stage, cause, need = stages[found.stage_id], found.cause, found.need
        assert cause is not None  # noqa: S101
        assert need is not None  # noqa: S101
        text = need_text(need, stage.resources[cause.resource].kind, rate_bps=sold_rate_bps(stage, cause.resource))
        return _sentence(text.removeprefix("To hold the limit, "))
    general = _PLAIN.get(worst.criterion.metric, ("", ""))[1]
    if general:
        return general
    criterion = worst.criterion
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    now = value_text(worst.estimate.value, criterion.unit)
    return f"The {criterion.label[:1].lower()}{criterion.label[1:]} must be {asked} (now {now})."


def _largest_needs(results: Results, readiness: Readiness) -> _Largest:
    """By resource, the assessment with its largest need: what lessons and limit on use ask of one line is one fix."""
    stages = {stage.id: stage for stage in results.stages}
    largest: _Largest = {}
    for judged in readiness.stages:
        for found in judged.assessments:
            if not _computed(found) or not (_TEST["fails"](found) or _TEST["tight"](found)):
                continue
            name = _resource_id(stages, found)
            if name not in largest or _capacity(found) > _capacity(largest[name]):
                largest[name] = found
    return largest


def _computed(found: Assessment) -> bool:
    return bool(found.need and found.cause and found.cause.resource >= 0 and math.isfinite(found.need.factor))


def _capacity(found: Assessment) -> float:
    return found.need.capacity if found.need else 0.0


def _resource_id(stages: dict[str, StageFacts], found: Assessment) -> str:
    return stages[found.stage_id].resources[found.cause.resource].id if found.cause else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
