"""Readiness by wave: each criterion through the stages, with its interval, its target and a sign for its status."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wifisim.plots.style import (
    BLACK,
    GREEN,
    GREY,
    STATUS_COLOURS,
    STATUS_INKS,
    STATUS_MARKERS,
    STATUS_SIGNS,
    STATUS_TINTS,
    STATUS_WORDS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    bare,
    house_style,
    new_figure,
    title,
    wrapped,
)
from wifisim.results.alike import alike, strictest
from wifisim.results.assessment import Assessment, Readiness, Status
from wifisim.results.criteria import OWN_ORIGIN
from wifisim.results.phrases import bound_text, date_text, runs_text, short_label, stage_name, value_text
from wifisim.results.records import Results

_PADDING = 0.35
_LABEL_LETTERS = 34


@house_style
def plot_readiness(results: Results, readiness: Readiness) -> Figure:
    """One strip a criterion, stages from left to right; the verdict of each stage on top."""
    rows = _rows(results, readiness)
    stages = len(results.stages)
    heights = [1.15, *(_height(row) for row in rows)]
    figure = new_figure(max(8.0, 3.3 + 1.02 * stages), 1.2 + 0.8 * sum(heights))
    strips = figure.subplots(len(rows) + 1, 1, sharex=True, squeeze=False, height_ratios=heights)
    _draw_verdicts(strips[0, 0], results, readiness)
    for axes, row in zip(strips[1:, 0], rows, strict=True):
        draw = _draw_constant if _constant(row) else _draw_strip
        draw(axes, row.judged)
        axes.set_ylabel(_strip_label(row), rotation=0, ha="right", va="center", labelpad=12)
    strips[0, 0].set_xlim(-0.5, stages - 0.35)
    figure.legend(handles=_legend(readiness), loc="outside lower left", ncols=5)
    runs = runs_text(results)
    spread = "one run, no intervals" if runs == "1 run" else f"90 % intervals over {runs}"
    title(figure, _finding(results, readiness), f"{results.run.site_name}; worst kind of day of each stage, {spread}")
    return figure


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure's judgements by stage, and all who ask the same of it."""

    judged: tuple[Assessment, ...]
    origins: tuple[str, ...]


def _rows(results: Results, readiness: Readiness) -> list[_Row]:
    """One row a figure; those that are the same in every stage last."""
    criteria = results.run.criteria
    rows = [
        _Row(
            tuple(strictest([stage.assessments[column] for column in columns]) for stage in readiness.stages),
            tuple(dict.fromkeys(criteria[column].origin for column in columns)),
        )
        for columns in alike(criteria)
    ]
    return sorted(rows, key=_constant)


def _constant(row: _Row) -> bool:
    """Whether a figure is the same in every stage, without an interval, and met."""
    first = row.judged[0]
    return all(
        found.status in {"pass", "not_applicable"} and found.estimate.low in {found.estimate.value, None}
        and (found.estimate.value == first.estimate.value or math.isnan(found.estimate.value))
        for found in row.judged
    )  # fmt: skip


def _height(row: _Row) -> float:
    return 0.16 + 0.19 * len(_strip_label(row).split("\n")) if _constant(row) else 1.0


def _strip_label(row: _Row) -> str:
    """What is measured, its target, and who asks for it when that is not the school."""
    criterion = row.judged[0].criterion
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    origins = [origin for origin in row.origins if origin != OWN_ORIGIN]
    asking = [line for origin in origins for line in wrapped(origin, _LABEL_LETTERS)[:2]][:2]
    return "\n".join([*wrapped(criterion.label, _LABEL_LETTERS)[:2], f"({asked})", *asking])


def _draw_constant(axes: Axes, judged: Sequence[Assessment]) -> None:
    """A figure that is the same in every stage, as one line of text."""
    found = judged[0]
    bare(axes)
    axes.axhspan(0.0, 1.0, color=GREEN, alpha=0.12, linewidth=0)
    axes.set_ylim(0.0, 1.0)
    value = found.estimate.value
    text = "does not apply" if math.isnan(value) else f"{value_text(value, found.criterion.unit)} in every stage"
    axes.text(0.0, 0.5, f"{STATUS_SIGNS[found.status]} {text}", va="center", fontsize=8.5, color=BLACK)


def _draw_verdicts(axes: Axes, results: Results, readiness: Readiness) -> None:
    bare(axes)
    axes.set_ylim(0, 1)
    for column, (facts, judged) in enumerate(zip(results.stages, readiness.stages, strict=True)):
        status = VERDICT_STATUS[judged.verdict]
        axes.text(
            column,
            0.98,
            "\n".join(wrapped(short_label(facts.label), 14)[:2]),
            ha="center",
            va="top",
            fontweight="bold",
            fontsize=8.5,
        )
        axes.text(column, 0.38, date_text(facts.date), ha="center", va="center", fontsize=7.5, color="#555555")
        axes.text(
            column, 0.05, f"{STATUS_SIGNS[status]} {VERDICT_WORDS[judged.verdict]}", ha="center", va="center",
            color=STATUS_INKS[status], fontweight="bold", fontsize=8.5,
            bbox={"boxstyle": "round,pad=0.3", "facecolor": STATUS_TINTS[status], "edgecolor": STATUS_INKS[status]},
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
            color=STATUS_INKS[found.status], fontsize=8,
        )  # fmt: skip
        return
    if found.estimate.low is not None and found.estimate.high is not None:
        axes.plot([column] * 2, [found.estimate.low, found.estimate.high], color=colour, linewidth=3, alpha=0.6)
    axes.plot(column, value, marker=STATUS_MARKERS[found.status], color=colour, markersize=8, markeredgecolor="white")
    tight = " tight" if found.tight else ""
    text = f"{STATUS_SIGNS[found.status]} {value_text(value, found.criterion.unit)}{tight}"
    axes.annotate(
        text, (column, value), xytext=(8, 0), textcoords="offset points", va="center", fontsize=8,
        color=STATUS_INKS[found.status] if found.status in {"fail", "at_risk"} else BLACK,
        fontweight="bold" if found.status == "fail" or found.tight else "normal",
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
        risky = [name for name, stage in zip(stages, readiness.stages, strict=True) if stage.verdict == "at_risk"]
        on_the_way = readiness.verdict == "ready" and risky
        return f"{end}; {short_label(stages[risky[-1]].label)} is the last stage at risk" if on_the_way else end
    first = next(stage for stage in readiness.stages if stage.stage_id == readiness.first_failing_stage)
    labels = [found.criterion.label for found in first.assessments if found.status == "fail"]
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    return f"{end}; {stage_name(stages[first.stage_id])} is the first stage that fails: {labels[0].lower()}{more}"
