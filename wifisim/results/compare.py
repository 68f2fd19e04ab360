"""Two runs side by side: what changed, by how much, and how sure that is.

Under common random numbers (same seed) replication k of both runs has the same walls, people and wishes, so the
differences are taken replication by replication and Student's t interval (90 %) stands on them: what both runs share
cancels. Runs under different seeds have nothing to pair; then the means are compared with Welch's interval
(Biometrika 34, 1947), which is wider. A figure without chance has an exact difference. Stages, kinds of day and figures
that only one run has are left out and named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from wifisim.errors import ResultsError
from wifisim.results.assessment import Verdict
from wifisim.results.intervals import CONFIDENCE, estimate, student_t_quantile
from wifisim.results.metrics import judged_on, metric_scale, metric_value
from wifisim.results.phrases import value_text
from wifisim.results.readiness import assess
from wifisim.results.records import CriterionFacts, DayRecord, Results, StageFacts

SMALL = 0.02  # of the target: a change below it is not worth a line (project)

Direction = Literal["better", "worse", "same", "unclear"]

_MORE_LESS = {"s": ("slower", "quicker"), "dBm": ("stronger", "weaker"), "devices": ("more", "fewer")}


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in one stage on one kind of day: ``after`` less ``before``, means over replications.

    ``low`` and ``high`` bound the difference (None: one replication only). ``direction`` is ``unclear`` while the
    interval holds zero, ``same`` when nothing differs in any replication; ``small`` when the difference is below
    2 % of the ``target``: sure perhaps, but nothing that anybody would notice.
    """

    stage: str
    day: str
    metric: str
    label: str
    unit: str
    before: float
    after: float
    difference: float
    low: float | None
    high: float | None
    replications: int
    direction: Direction
    text: str
    target: float
    small: bool


@dataclass(frozen=True, slots=True)
class StageChange:
    """The verdict of a stage that both runs have."""

    stage: str
    label: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences; ``paired`` tells whether they rest on common random numbers, ``notes`` what does not compare."""

    before: str
    after: str
    paired: bool
    confidence: float
    notes: tuple[str, ...]
    stages: tuple[StageChange, ...]
    differences: tuple[Difference, ...]


def comparison_json(comparison: Comparison) -> bytes:
    """UTF-8 JSON of a comparison."""
    return TypeAdapter(Comparison).dump_json(comparison, indent=1) + b"\n"


def compare(before: Results, after: Results) -> Comparison:
    """What changes from ``before`` to ``after``. Raises ResultsError when they share no stage, day or figure."""
    seeds = (before.provenance.get("seed"), after.provenance.get("seed"))
    paired = seeds[0] is not None and seeds[0] == seeds[1]
    found = tuple(_differences(before, after, paired=paired))
    if not found:
        raise ResultsError("the two results share no stage, kind of day and figure: there is nothing to compare")
    return Comparison(
        before.run.site_name, after.run.site_name, paired, CONFIDENCE, tuple(_notes(before, after, seeds)),
        tuple(_stages(before, after)), found,
    )  # fmt: skip


def _stages(before: Results, after: Results) -> Iterator[StageChange]:
    later = {stage.stage_id: stage.verdict for stage in assess(after).stages}
    labels = {stage.id: stage.label for stage in before.stages}
    for stage in assess(before).stages:
        if stage.stage_id in later:
            yield StageChange(stage.stage_id, labels[stage.stage_id], stage.verdict, later[stage.stage_id])


def _notes(before: Results, after: Results, seeds: tuple[object, object]) -> Iterator[str]:
    if seeds[0] is None or seeds[0] != seeds[1]:
        yield (
            f"The seeds differ ({seeds[0]} and {seeds[1]}), so runs do not pair: means are compared, "
            "with wider intervals. Run both with one --seed to see smaller changes."
        )
    if before.run.pupils != after.run.pupils:
        schools = f"{before.run.pupils:,} and {after.run.pupils:,} pupils"
        yield f"The schools differ ({schools}), so differences are not those of a change of the network alone."
    if before.provenance.get("vary") != after.provenance.get("vary"):
        yield "The ranges of the inputs differ (simulate: vary), so part of each difference is other guesses."
    for one, other, word in ((before, after, "first"), (after, before, "second")):
        ids = {stage.id for stage in other.stages}
        alone = [stage.label for stage in one.stages if stage.id not in ids]
        if alone:
            yield f"Only the {word} has {', '.join(alone)}."
    counts = [{(day.stage_id, day.day_kind, day.replication) for day in run.days} for run in (before, after)]
    if seeds[0] == seeds[1] and {key[2] for key in counts[0]} != {key[2] for key in counts[1]}:
        yield "The numbers of replications differ; only those that both have are compared."


def _differences(before: Results, after: Results, *, paired: bool) -> Iterator[Difference]:
    later = {stage.id: stage for stage in after.stages}
    wanted = {criterion.metric for criterion in after.run.criteria}
    # Two limits on one figure are one figure.
    criteria = {one.metric: one for one in reversed(before.run.criteria) if one.metric in wanted}
    for stage in before.stages:
        if stage.id not in later:
            continue
        for kind in dict.fromkeys(day.day_kind for day in before.days if day.stage_id == stage.id):
            days = [_days(run, stage.id, kind) for run in (before, after)]
            if not days[1]:
                continue
            for criterion in reversed(criteria.values()):
                if not judged_on(criterion.metric, kind):
                    continue
                values = (
                    _values(criterion.metric, days[0], stage, results=before),
                    _values(criterion.metric, days[1], later[stage.id], results=after),
                )
                exact = metric_scale(criterion.metric, stage) == "exact"
                change = _change(*values, paired=paired, exact=exact)
                if change is not None:
                    yield _difference(criterion, stage.id, kind, change=change)


def _days(results: Results, stage_id: str, kind: str) -> dict[int, DayRecord]:
    return {day.replication: day for day in results.days if (day.stage_id, day.day_kind) == (stage_id, kind)}


def _values(metric: str, days: dict[int, DayRecord], stage: StageFacts, *, results: Results) -> dict[int, float]:
    found = {number: metric_value(metric, day, stage, run=results.run) for number, day in days.items()}
    return {number: value for number, value in found.items() if math.isfinite(value)}


@dataclass(frozen=True, slots=True)
class _Change:
    before: float
    after: float
    low: float | None
    high: float | None
    replications: int
    same: bool


def _change(before: dict[int, float], after: dict[int, float], *, paired: bool, exact: bool) -> _Change | None:
    """Difference of means with its interval; None when one side has no figure."""
    if paired or exact:
        numbers = sorted(before.keys() & after.keys())
        before, after = {n: before[n] for n in numbers}, {n: after[n] for n in numbers}
    if not before or not after:
        return None
    means = math.fsum(before.values()) / len(before), math.fsum(after.values()) / len(after)
    if exact:
        step = means[1] - means[0]
        return _Change(*means, step, step, len(before), step == 0.0)
    if paired:
        steps = [after[n] - before[n] for n in before]
        found = estimate(steps, "signed")
        return _Change(*means, found.low, found.high, len(steps), not any(steps))
    low, high = welch(list(before.values()), list(after.values()))
    return _Change(*means, low, high, min(len(before), len(after)), False)


def welch(before: Sequence[float], after: Sequence[float]) -> tuple[float | None, float | None]:
    """Welch's interval of mean(after) - mean(before), degrees of freedom rounded down; None with a single value."""
    if min(len(before), len(after)) < 2:
        return None, None
    means = [math.fsum(values) / len(values) for values in (before, after)]
    parts = [
        math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)
        for values, mean in zip((before, after), means, strict=True)
    ]
    step, total = means[1] - means[0], sum(parts)
    if total == 0.0:
        return step, step
    dof = total**2 / sum(part**2 / (len(values) - 1) for part, values in zip(parts, (before, after), strict=True))
    half = student_t_quantile(0.5 + CONFIDENCE / 2, max(math.floor(dof + 1e-9), 1)) * math.sqrt(total)
    return step - half, step + half


def _difference(criterion: CriterionFacts, stage_id: str, kind: str, *, change: _Change) -> Difference:
    step = change.after - change.before
    direction = _direction(criterion, change)
    return Difference(
        stage=stage_id,
        day=kind,
        metric=criterion.metric,
        label=criterion.label,
        unit=criterion.unit,
        before=change.before,
        after=change.after,
        difference=step,
        low=change.low,
        high=change.high,
        replications=change.replications,
        direction=direction,
        text=change_text(step, change.low, change.high, unit=criterion.unit, same=direction == "same"),
        target=criterion.target,
        small=abs(step) < SMALL * abs(criterion.target),
    )


def _direction(criterion: CriterionFacts, change: _Change) -> Direction:
    if change.same:
        return "same"
    if change.low is None or change.high is None or change.low <= 0.0 <= change.high:
        return "unclear"
    up = change.low > 0.0
    return "better" if up == (criterion.comparison == "at_least") else "worse"


def change_text(step: float, low: float | None, high: float | None, *, unit: str, same: bool = False) -> str:
    """``0.8 s quicker (0.5 to 1.1)``: a difference in plain words, its interval in the same sense."""
    if same:
        return "no change"
    if unit.startswith("yes"):
        return "now yes" if step > 0 else "no longer"
    more, less = _MORE_LESS.get(unit, ("more", "less"))
    sign = -1.0 if step < 0 else 1.0
    said = f"{_amount(abs(step), unit)} {more if step > 0 else less}"
    if low is None or high is None or low == high:
        return said
    ends = sorted((sign * low, sign * high))
    return f"{said} ({_amount(ends[0], unit, bare=True)} to {_amount(ends[1], unit, bare=True)})"


def _amount(value: float, unit: str, *, bare: bool = False) -> str:
    """An amount with its unit; shares as percentage points, levels as decibels; ``bare`` without the unit."""
    scaled, name = (100.0 * value, "points") if unit == "share" else (value, "dB" if unit == "dBm" else unit)
    return (
        value_text(scaled, "" if bare else name) if unit != "devices" else f"{scaled:.2g}{'' if bare else ' devices'}"
    )
