"""The verdict for people who do not run networks: a stamp, a headline, one paragraph, and a card for each trouble.

Everything is read off the assessment; nothing is judged again here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wifisim.plots.style import STATUS_SIGNS, VERDICT_STATUS, VERDICT_WORDS
from wifisim.report.cards import Card, cards_of
from wifisim.results.assessment import Readiness, StageReadiness, Status
from wifisim.results.phrases import date_text, short_label, stage_name, value_text
from wifisim.results.records import Results


@dataclass(frozen=True, slots=True)
class Stamp:
    """A verdict as sign and words, so that colour never stands alone."""

    status: Status
    sign: str
    words: str


@dataclass(frozen=True, slots=True)
class PlainVerdict:
    """``status`` colours the section: a plan that is ready at its end only is at risk."""

    status: Status
    stamps: tuple[Stamp, ...]
    headline: str
    paragraph: str
    cards: tuple[Card, ...]


def plain_verdict(results: Results, readiness: Readiness, *, faults: str = "") -> PlainVerdict:
    """What the head teacher reads; ``faults`` is the sentence about them."""
    cards = cards_of(results, readiness)
    stamps = _stamps(readiness)
    parts = (_course(results, readiness), _lessons(readiness), _headroom(readiness), faults)
    return PlainVerdict(
        status=stamps[0].status if len(stamps) == 1 else "at_risk",
        stamps=stamps,
        headline=_headline(results, readiness),
        paragraph=" ".join(part for part in parts if part),
        cards=cards,
    )


def _stamps(readiness: Readiness) -> tuple[Stamp, ...]:
    """The verdict at the end of the plan; before it, where it differs, the worst on the way."""
    end = _stamp(readiness.stages[-1] if readiness.stages else None, "")
    way = {stage.verdict for stage in readiness.stages[:-1]}
    if end.status == "pass" and way & {"not_ready", "at_risk"}:
        worst = next(
            stage for stage in readiness.stages if stage.verdict == ("not_ready" if "not_ready" in way else "at_risk")
        )
        return (_stamp(worst, " on the way"), _stamp(readiness.stages[-1], " at the end"))
    return (end,)


def _stamp(stage: StageReadiness | None, when: str) -> Stamp:
    verdict = stage.verdict if stage else "at_risk"
    status = VERDICT_STATUS[verdict]
    return Stamp(status, STATUS_SIGNS[status], f"{VERDICT_WORDS[verdict]}{when}")


def _headline(results: Results, readiness: Readiness) -> str:
    site = results.run.site_name
    if readiness.verdict == "not_ready":
        return f"{site}: the network is not ready for the whole plan"
    labels = {stage.id: short_label(stage.label) for stage in results.stages}
    if readiness.first_failing_stage:
        words = "will be ready" if readiness.verdict == "ready" else "may be ready"
        return f"{site}: the network {words} at the end of the plan, but not at {labels[readiness.first_failing_stage]}"
    risky = [labels[stage.stage_id] for stage in readiness.stages if stage.verdict == "at_risk"]
    if readiness.verdict == "ready":
        if risky:
            return f"{site}: the network is ready at the end of the plan; {_between(risky)} it is at its limit"
        return f"{site}: the network is ready for the whole plan"
    if all(found.tight for stage in readiness.stages for found in stage.assessments if found.status == "at_risk"):
        return f"{site}: the network carries the plan, but without reserve"
    return f"{site}: the network may not carry the whole plan"


def _between(labels: list[str]) -> str:
    return f"at {labels[0]}" if len(labels) == 1 else f"from {labels[0]} to {labels[-1]}"


def _course(results: Results, readiness: Readiness) -> str:
    """Up to which stage all is well, and from which it is not."""
    verdicts = [stage.verdict for stage in readiness.stages]
    names = [stage_name(stage) for stage in results.stages]
    first = next((index for index, verdict in enumerate(verdicts) if verdict == "not_ready"), None)
    if first is None:
        return _unfailing_course(readiness, names)
    if "not_ready" not in verdicts[-1:]:
        mended = next(i for i in range(first, len(verdicts)) if "not_ready" not in verdicts[i:])
        return f"It is not ready at {names[first]}; {names[mended]} mends that."
    if first == 0:
        return f"It already falls short before any new device arrives ({date_text(results.stages[0].date)})."
    kind = "is ready" if set(verdicts[:first]) == {"ready"} else "holds, in part narrowly,"
    return f"It {kind} up to {names[first - 1]} and fails from {names[first]}."


def _unfailing_course(readiness: Readiness, names: list[str]) -> str:
    risky = [index for index, stage in enumerate(readiness.stages) if stage.verdict == "at_risk"]
    if not risky:
        return f"Every criterion is met in every stage, up to {names[-1]}."
    found = [one for stage in readiness.stages for one in stage.assessments if one.status == "at_risk"]
    reason = "there is no reserve left" if any(one.tight for one in found) else "it is too close to call"
    until = "" if risky[-1] == len(names) - 1 else f" until {names[risky[-1] + 1]}"
    return f"Nothing fails for certain, but {reason} from {names[risky[0]]}{until}."


def _headroom(readiness: Readiness) -> str:
    """What is fullest at the end of a plan that is ready."""
    if readiness.verdict != "ready" or not readiness.holding:
        return ""
    fullest = readiness.holding[0]
    use = value_text(fullest.stages[-1].utilisation_busy_quarter, "share")
    noun = fullest.label if fullest.kind == "air" else f"the {fullest.label}"
    return f"Fullest is then {noun}, {use} in use in its busiest 15 minutes."


def _lessons(readiness: Readiness) -> str:
    last = readiness.stages[-1] if readiness.stages else None
    for found in last.assessments if last else ():
        if found.criterion.metric == "lessons_good_share" and math.isfinite(found.estimate.value):
            share = value_text(found.estimate.value, "share")
            return f"At the end of the plan {share} of the lessons that use devices work as they should."
    return ""
