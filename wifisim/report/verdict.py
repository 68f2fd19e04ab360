"""The verdict for people who do not run networks: a headline, one paragraph, and a short card for each failure.

Everything is read off the assessment; nothing is judged again here. A card says what fails, where, when, since which
stage and what would mend it. Criteria that rest on the same figure share a card.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wifisim.plots.style import STATUS_SIGNS, STATUS_WORDS, VERDICT_STATUS, VERDICT_WORDS
from wifisim.results.assessment import Assessment, Readiness, Status
from wifisim.results.phrases import bound_text, date_text, day_phrase, resource_name, span_text, stage_name, value_text
from wifisim.results.records import Results, StageFacts
from wifisim.results.wording import need_text, rooms_text, sold_rate_bps, target_text

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


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that fails, or that may: what, where, when, since when, by how much, what would mend it."""

    status: Status
    what: str
    where: str
    when: str
    since: str
    figure: str
    remedy: str
    mended: bool


@dataclass(frozen=True, slots=True)
class PlainVerdict:
    """``sign`` and ``word`` of the verdict at the end of the plan, a headline, a paragraph and the cards."""

    status: Status
    sign: str
    word: str
    headline: str
    paragraph: str
    cards: tuple[Card, ...]


def plain_verdict(results: Results, readiness: Readiness) -> PlainVerdict:
    """What the head teacher reads."""
    cards = (*_cards(results, readiness, "fail"), *_cards(results, readiness, "at_risk"))
    status = VERDICT_STATUS[readiness.verdict]
    parts = (_course(results, readiness), _failing(cards), _remedies(cards), _lessons(readiness))
    return PlainVerdict(
        status=status,
        sign=STATUS_SIGNS[status],
        word=VERDICT_WORDS[readiness.verdict],
        headline=_headline(results, readiness),
        paragraph=" ".join(part for part in parts if part),
        cards=cards,
    )


def _headline(results: Results, readiness: Readiness) -> str:
    site = results.run.site_name
    if readiness.verdict == "not_ready":
        return f"{site}: the network is not ready for the whole plan"
    labels = {stage.id: stage.label for stage in results.stages}
    if readiness.first_failing_stage:
        words = "will be ready" if readiness.verdict == "ready" else "may be ready"
        return f"{site}: the network {words} at the end of the plan, but not at {labels[readiness.first_failing_stage]}"
    if readiness.verdict == "ready":
        return f"{site}: the network is ready for the whole plan"
    return f"{site}: the network may not carry the whole plan"


def _course(results: Results, readiness: Readiness) -> str:
    """Up to which stage all is well, and from which it is not."""
    verdicts = [stage.verdict for stage in readiness.stages]
    names = [stage_name(stage) for stage in results.stages]
    first = next((index for index, verdict in enumerate(verdicts) if verdict == "not_ready"), None)
    if first is None:
        risky = [name for name, verdict in zip(names, verdicts, strict=True) if verdict == "at_risk"]
        if not risky:
            return f"Every criterion is met in every stage, up to {names[-1]}."
        return f"Nothing fails for certain, but it is too close to call from {risky[0]}."
    if "not_ready" not in verdicts[-1:]:
        return f"It is not ready at {names[first]}; that is mended by the end of the plan, {names[-1]}."
    if first == 0:
        return f"It already falls short before any new device arrives ({date_text(results.stages[0].date)})."
    kind = "is ready" if set(verdicts[:first]) == {"ready"} else "holds, in part narrowly,"
    return f"It {kind} up to {names[first - 1]} and fails from {names[first]}."


def _failing(cards: Sequence[Card]) -> str:
    chosen = _told(cards)
    if not chosen:
        return ""
    if chosen[0].status == "at_risk":
        return f"What is close to its limit: {_joined(chosen)}."
    return f"What fails{' on the way' if chosen[0].mended else ''}: {_joined(chosen)}."


def _told(cards: Sequence[Card]) -> list[Card]:
    """What the paragraph tells: what fails at the end, else what fails on the way, else what is at risk."""
    failing = [card for card in cards if card.status == "fail"]
    return [card for card in failing if not card.mended] or failing or list(cards)


def _joined(cards: Sequence[Card]) -> str:
    texts = [f"{card.what[:1].lower()}{card.what[1:]}" + (f" – {card.where}" if card.where else "") for card in cards]
    return "; ".join(dict.fromkeys(texts))


def _lessons(readiness: Readiness) -> str:
    last = readiness.stages[-1] if readiness.stages else None
    for found in last.assessments if last else ():
        if found.criterion.metric == "lessons_good_share" and math.isfinite(found.estimate.value):
            share = value_text(found.estimate.value, "share")
            return f"At the end of the plan {share} of the lessons that use devices work as they should."
    return ""


def _remedies(cards: Sequence[Card]) -> str:
    chosen = _told(cards)
    remedies = dict.fromkeys(card.remedy for card in chosen if card.remedy)
    sooner = " sooner" if any(card.mended for card in chosen) else ""
    return f"What would fix it{sooner}: {' '.join(remedies)}" if remedies else ""


def _cards(results: Results, readiness: Readiness, status: Status) -> Iterator[Card]:
    """One card a figure and unbroken run of stages with this status.

    A risk is told only where it lasts to the end of the plan and the same figure fails nowhere.
    """
    stages = {stage.id: stage for stage in results.stages}
    seen: dict[tuple[str, str, str], list[Assessment]] = {}
    ends: dict[tuple[str, str, str], tuple[Assessment, str]] = {}
    failing = {found.criterion.metric for stage in readiness.stages for found in stage.assessments
               if found.status == "fail"}  # fmt: skip
    for column in range(len(results.run.criteria)):
        judged = [stage.assessments[column] for stage in readiness.stages]
        for first, last, ended in _runs(judged, status):
            metric = first.criterion.metric
            if status == "fail" or (metric not in failing and not ended):
                key = (metric, first.stage_id, ended)
                seen.setdefault(key, []).append(first)
                ends.setdefault(key, (last, ended))
    for key, group in seen.items():
        yield _card(results, group, last=ends[key][0], ended=stages.get(ends[key][1]))


def _runs(judged: Sequence[Assessment], status: Status) -> Iterator[tuple[Assessment, Assessment, str]]:
    """First and last assessment of each unbroken run with ``status``, and the stage that ends it ("": none)."""
    first: Assessment | None = None
    for index, found in enumerate(judged):
        if found.status != status:
            continue
        first = first or found
        after = judged[index + 1] if index + 1 < len(judged) else None
        if after is None or after.status != status:
            yield first, found, after.stage_id if after else ""
            first = None


def _card(results: Results, group: Sequence[Assessment], *, last: Assessment, ended: StageFacts | None) -> Card:
    found, run = group[0], results.run
    stage = next(stage for stage in results.stages if stage.id == found.stage_id)
    cause, unit = found.cause, found.criterion.unit
    what = _PLAIN.get(found.criterion.metric, (f"{found.criterion.label}: misses its target", ""))[0]
    where = when = ""
    if cause is not None:
        rooms = rooms_text(run, cause.rooms, cause.room_count)
        resource = resource_name(stage, cause.resource) if cause.resource >= 0 else ""
        where = ", ".join(part for part in (resource, rooms.removeprefix("in ")) if part)
        clock = f", {span_text(cause.span_s)}" if cause.span_s else ""
        when = f"{day_phrase(cause.day_kind, run.weekday)}{clock}"
    asked = "; ".join(dict.fromkeys(target_text(other.criterion) for other in group))
    figure = f"{value_text(found.estimate.value, unit)} ({asked})"
    end = value_text(last.estimate.value, unit)
    if last is not found and end != value_text(found.estimate.value, unit):
        figure += f"; {end} in {_last_name(results, last)}"
    since = f"already {stage_name(stage)}" if stage is results.stages[0] else f"from {stage_name(stage)}"
    if ended is not None:
        since += f" until {stage_name(ended)}"
    return Card(found.status, what, where, when, since, figure, _remedy(stage, found), ended is not None)


def _last_name(results: Results, last: Assessment) -> str:
    return next(stage.label for stage in results.stages if stage.id == last.stage_id)


def _remedy(stage: StageFacts, found: Assessment) -> str:
    """The computed need where there is one, else what the criterion asks."""
    need, cause, criterion = found.need, found.cause, found.criterion
    if need is not None and cause is not None and cause.resource >= 0 and math.isfinite(need.factor):
        kind = stage.resources[cause.resource].kind
        return need_text(need, kind, rate_bps=sold_rate_bps(stage, cause.resource))
    general = _PLAIN.get(criterion.metric, ("", ""))[1]
    if general:
        return general
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    now = value_text(found.estimate.value, criterion.unit)
    return f"The {criterion.label[:1].lower()}{criterion.label[1:]} must be {asked} (now {now})."


def status_phrase(status: Status) -> str:
    """A status as sign and words, so that colour never stands alone."""
    return f"{STATUS_SIGNS[status]} {STATUS_WORDS[status]}"
