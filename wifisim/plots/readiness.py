"""Readiness by wave: each criterion through the stages, with its interval, its target and a sign for its status."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wifisim.plots.style import (
    BLACK,
    GREEN,
    GREY,
    STATUS_COLOURS,
    STATUS_MARKERS,
    STATUS_SIGNS,
    STATUS_WORDS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    bare,
    house_style,
    new_figure,
    title,
    wrapped,
)
from wifisim.results.assessment import Assessment, Readiness, Status
from wifisim.results.criteria import OWN_ORIGIN
from wifisim.results.phrases import bound_text, date_text, stage_name, value_text
from wifisim.results.records import CriterionFacts, Results

_PADDING = 0.35
_LABEL_LETTERS = 36


@house_style
def plot_readiness(results: Results, readiness: Readiness) -> Figure:
    """One strip a criterion, stages from left to right; the verdict of each stage on top."""
    criteria = results.run.criteria
    stages = len(results.stages)
    heights = [1.15, *(_height(criterion, readiness, row) for row, criterion in enumerate(criteria))]
    figure = new_figure(max(8.5, 3.6 + 1.15 * stages), 1.2 + 0.85 * sum(heights))
    strips = figure.subplots(len(criteria) + 1, 1, sharex=True, squeeze=False, height_ratios=heights)
    _draw_verdicts(strips[0, 0], results, readiness)
    for row, criterion in enumerate(criteria):
        judged = [stage.assessments[row] for stage in readiness.stages]
        _draw_strip(strips[row + 1, 0], judged)
        strips[row + 1, 0].set_ylabel(_strip_label(criterion), rotation=0, ha="right", va="center", labelpad=12)
    strips[0, 0].set_xlim(-0.5, stages - 0.35)
    figure.legend(handles=_legend(readiness), loc="outside lower left", ncols=5)
    reps = max((len(found.values) for stage in readiness.stages for found in stage.assessments), default=0)
    spread = f"90 % intervals over {reps} runs" if reps > 1 else "one run, no intervals"
    title(figure, _finding(results, readiness), f"{results.run.site_name}; worst kind of day of each stage, {spread}")
    return figure


def _height(criterion: CriterionFacts, readiness: Readiness, row: int) -> float:
    """A criterion whose figure never changes needs less room; its label still wants three lines."""
    values = {stage.assessments[row].estimate.value for stage in readiness.stages}
    if len(values) > 1:
        return 1.0
    return 0.75 if criterion.origin != OWN_ORIGIN or len(criterion.label) > _LABEL_LETTERS else 0.6


def _strip_label(criterion: CriterionFacts) -> str:
    """The criterion, its target, and whose it is when not the school's own; at most four lines."""
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    origin = [] if criterion.origin == OWN_ORIGIN else wrapped(criterion.origin, _LABEL_LETTERS)
    if len(origin) > 1:
        origin = [f"{origin[0]} …"]
    return "\n".join([*wrapped(criterion.label, _LABEL_LETTERS)[:2], f"({asked})", *origin])


def _draw_verdicts(axes: Axes, results: Results, readiness: Readiness) -> None:
    bare(axes)
    axes.set_ylim(0, 1)
    for column, (facts, judged) in enumerate(zip(results.stages, readiness.stages, strict=True)):
        status = VERDICT_STATUS[judged.verdict]
        axes.text(
            column,
            0.98,
            "\n".join(wrapped(facts.label, 16)[:2]),
            ha="center",
            va="top",
            fontweight="bold",
            fontsize=8.5,
        )
        axes.text(column, 0.38, date_text(facts.date), ha="center", va="center", fontsize=7.5, color="#555555")
        axes.text(
            column, 0.05, f"{STATUS_SIGNS[status]} {VERDICT_WORDS[judged.verdict]}", ha="center", va="center",
            color="white", fontweight="bold", fontsize=8.5,
            bbox={"boxstyle": "round,pad=0.3", "facecolor": STATUS_COLOURS[status], "edgecolor": "none"},
        )  # fmt: skip


def _draw_strip(axes: Axes, judged: Sequence[Assessment]) -> None:
    """Values with intervals on the criterion's own scale; the side that meets the target is tinted."""
    criterion = judged[0].criterion
    low, high = _limits(judged)
    good = (criterion.target, high) if criterion.comparison == "at_least" else (low, criterion.target)
    axes.axhspan(*good, color=GREEN, alpha=0.12, linewidth=0)
    axes.axhline(criterion.target, color=GREY, linestyle="--", linewidth=0.9)
    for column, found in enumerate(judged):
        _draw_point(axes, column, found)
    axes.set_ylim(low, high)
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)
    for column in range(len(judged) - 1):
        axes.axvline(column + 0.5, color="white", linewidth=2)


def _draw_point(axes: Axes, column: int, found: Assessment) -> None:
    value = found.estimate.value
    colour = STATUS_COLOURS[found.status]
    if not math.isfinite(value):
        text = "no figure" if math.isnan(value) else value_text(value, found.criterion.unit)
        sign = STATUS_SIGNS[found.status]
        axes.text(
            column, 0.5, f"{sign} {text}", transform=axes.get_xaxis_transform(), ha="center", va="center",
            color=colour, fontsize=8,
        )  # fmt: skip
        return
    if found.estimate.low is not None and found.estimate.high is not None:
        axes.plot([column] * 2, [found.estimate.low, found.estimate.high], color=colour, linewidth=3, alpha=0.6)
    axes.plot(column, value, marker=STATUS_MARKERS[found.status], color=colour, markersize=8, markeredgecolor="white")
    text = f"{STATUS_SIGNS[found.status]} {value_text(value, found.criterion.unit)}"
    axes.annotate(
        text, (column, value), xytext=(8, 0), textcoords="offset points", va="center", fontsize=8,
        color=colour if found.status == "fail" else BLACK, fontweight="bold" if found.status == "fail" else "normal",
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
    )  # fmt: skip


def _limits(judged: Sequence[Assessment]) -> tuple[float, float]:
    target = judged[0].criterion.target
    values = [target]
    for found in judged:
        values += [v for v in (found.estimate.value, found.estimate.low, found.estimate.high) if v is not None]
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    room = _PADDING * (high - low) or 0.5 * max(abs(target), 1.0)
    return low - room, high + room


def _legend(readiness: Readiness) -> list[Line2D]:
    seen: set[Status] = {found.status for stage in readiness.stages for found in stage.assessments}
    order: tuple[Status, ...] = ("pass", "at_risk", "fail", "not_applicable")
    marks = [
        Line2D([], [], linestyle="none", marker=STATUS_MARKERS[status], color=STATUS_COLOURS[status], markersize=8,
               label=f"{STATUS_SIGNS[status]} {STATUS_WORDS[status]}")
        for status in order
        if status in seen
    ]  # fmt: skip
    return [*marks, Line2D([], [], color=GREY, linestyle="--", linewidth=0.9, label="target (tinted: met)")]


def _finding(results: Results, readiness: Readiness) -> str:
    stages = {stage.id: stage for stage in results.stages}
    end = f"The plan ends {VERDICT_WORDS[readiness.verdict]}"
    if not readiness.first_failing_stage:
        return end
    first = next(stage for stage in readiness.stages if stage.stage_id == readiness.first_failing_stage)
    labels = [found.criterion.label for found in first.assessments if found.status == "fail"]
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    return f"{end}; {stage_name(stages[first.stage_id])} is the first stage that fails: {labels[0].lower()}{more}"
