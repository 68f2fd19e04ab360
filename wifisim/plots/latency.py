"""How long transfers take, service by service: the whole distribution, its 95th percentile, and the target."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from wifisim.plots.style import BLACK, BLUE, GREY, STATUS_INKS, VERMILLION, house_style, new_figure, title
from wifisim.results.breakdowns import latency_row
from wifisim.results.daygroup import DayGroup
from wifisim.results.phrases import day_phrase, stage_name, value_text
from wifisim.results.records import LATENCY_EDGES_S, FloatArray

_ACTIVITIES_SHOWN = 14
_RIDGE = 0.8
_WAITING = {"stream", "call"}  # their target is how long playback may wait, not how long a piece may take
_NOTABLE = 0.001  # a smaller share of late transfers is not told (project)
_TAIL = 1e-4  # the axis leaves out the outermost ten-thousandth on either side


@house_style
def plot_latency(group: DayGroup) -> Figure:
    """One ridge an activity, those with most late transfers on top; target and 95th percentile marked."""
    order = _ranked(group)
    figure = new_figure(10.0, 2.0 + 0.62 * max(len(order), 2))
    axes = figure.add_subplot()
    for row, activity in enumerate(order):
        _draw_ridge(axes, group, activity, row=row)
    axes.set_xscale("log")
    axes.set_xlim(*_limits(group, order))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("Time a transfer takes (s)")
    axes.set_ylim(max(len(order), 1) - 0.35, -1.0)
    axes.set_yticks(range(len(order)), [group.run.activities[activity].label for activity in order])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    title(figure, _finding(group, order), _context(group))
    return figure


def _ranked(group: DayGroup) -> list[int]:
    """Activities with transfers, the largest share of late ones first."""
    used = [index for index in range(len(group.run.activities)) if group.latency[index].sum() > 0]
    return sorted(used, key=lambda index: -_late_share(group, index))[:_ACTIVITIES_SHOWN]


def _late_share(group: DayGroup, activity: int) -> float:
    return float(group.late_by_activity[activity].sum()) / float(group.latency[activity].sum())


def _draw_ridge(axes: Axes, group: DayGroup, activity: int, *, row: int) -> None:
    counts = group.latency[activity].sum(axis=0).astype(np.float64)
    height = _RIDGE * counts / counts.max()
    axes.stairs(row - height, LATENCY_EDGES_S, baseline=row, fill=True, color=BLUE, alpha=0.45, linewidth=0)
    axes.axhline(row, color=GREY, linewidth=0.5)
    facts = group.run.activities[activity]
    figures = latency_row(facts.id, group, [activity])
    axes.plot(figures.p95_s, row, marker="v", color=BLACK, markersize=6, clip_on=False)
    late = figures.late_share
    axes.annotate(
        f"p95 {value_text(figures.p95_s, 's')}" + (f", {value_text(late, 'share')} late" if late >= _NOTABLE else ""),
        (1.01, row), xycoords=("axes fraction", "data"), va="center", fontsize=8,
        color=STATUS_INKS["fail"] if late > 0.05 else BLACK, annotation_clip=False,
    )  # fmt: skip
    if facts.kind not in _WAITING:
        axes.plot([facts.good_s] * 2, [row + 0.08, row - 0.75], color=VERMILLION, linewidth=1.6)


def _limits(group: DayGroup, order: list[int]) -> tuple[float, float]:
    total: FloatArray = group.latency[order].sum(axis=(0, 1)).astype(np.float64)
    targets = [group.run.activities[activity].good_s for activity in order]
    if not total.sum():
        return 0.1, 10.0
    cumulative = np.cumsum(total) / total.sum()
    low = float(LATENCY_EDGES_S[int(np.argmax(cumulative > _TAIL))])
    high = float(LATENCY_EDGES_S[int(np.argmax(cumulative >= 1.0 - _TAIL)) + 1])
    return min(low, *targets) * 0.8, max(high, *targets) * 1.25


def _finding(group: DayGroup, order: list[int]) -> str:
    if not order:
        return "Nothing is transferred on this day"
    worst = group.run.activities[order[0]]
    figures = latency_row(worst.id, group, order[:1])
    if not figures.late_share >= _NOTABLE:
        return (
            "Every transfer meets its target"
            if not figures.late_share > 0
            else "All but a few transfers meet their target"
        )
    late = value_text(figures.late_share, "share")
    if worst.kind in _WAITING:
        return f"{worst.label} suffers most: {late} of its pieces come too late to play on"
    return f"{worst.label} suffers most: {late} of transfers take longer than {value_text(worst.good_s, 's')}"


def _context(group: DayGroup) -> str:
    day = day_phrase(group.day_kind, group.run.weekday)
    where = f"{group.run.site_name}, {stage_name(group.stage)}, {day}"
    return f"{where}; triangle: 95th percentile; upright line: target (videos and calls: late when playback waits)"
