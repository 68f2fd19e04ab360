"""A school day: how full the network is and how long transfers take, with the bells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MultipleLocator, NullFormatter

from wifisim.plots.style import BLACK, GREY, LIGHT, VERMILLION, house_style, line_colours, new_figure, title
from wifisim.results.daygroup import DayGroup
from wifisim.results.latency import latency_quantiles_s
from wifisim.results.loads import Episode, sum_counts
from wifisim.results.phrases import day_phrase, resource_name, span_text, stage_name, value_text
from wifisim.results.records import SLOT_S, FloatArray, IntArray
from wifisim.units import clock_from_seconds

_SHOWN_AIR = 2  # busiest channels drawn besides lines and filter
_MOST_LINES = 6
_DASHES = ("-", "--", ":", "-.", (0, (8, 2)), (0, (1, 1, 6, 1)))  # lines differ in grey print as well
_SMOOTH_S = 300.0
_ENOUGH = 20  # transfers in five minutes below which a 95th percentile says nothing
_NAME_S_PER_LETTER = 190.0  # width of a letter of a period's name on the time axis of a school day


@house_style
def plot_day(group: DayGroup) -> Figure:
    """Utilisation of the line, filter and busiest channels, and the 95th percentile of saves, through the day."""
    figure = new_figure(11.0, 7.0)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    shown = _shown_resources(group)
    for row, resource in enumerate(shown):
        _draw_use(upper, group, resource, row=row)
    full = any(group.episodes_of(resource) for resource in shown)
    upper.set_ylim(0, 102 + 3 * len(shown) if full else 102)
    upper.set_yticks(range(0, 101, 20))
    upper.set_ylabel("In use (%, mean of 5 minutes)")
    upper.legend(loc="upper left", bbox_to_anchor=(1.005, 1.0), borderaxespad=0.0)
    _draw_latency(lower, group)
    for axes in (upper, lower):
        _draw_bells(axes, group, named=axes is upper)
    lower.set_xlim(*_school_day(group))
    lower.xaxis.set_major_locator(MultipleLocator(3600.0))
    lower.xaxis.set_major_formatter(FuncFormatter(lambda time_s, _: clock_from_seconds(time_s)))
    title(figure, _finding(group), _context(group))
    return figure


def _context(group: DayGroup) -> str:
    day = day_phrase(group.day_kind, group.run.weekday)
    runs = f"mean of {len(group.days)} runs, shaded their range" if len(group.days) > 1 else "one run"
    full = "; bars at the top: full" if any(group.episodes_of(one) for one in _shown_resources(group)) else ""
    return f"{group.run.site_name}, {stage_name(group.stage)}, {day}; {runs}{full}"


def _shown_resources(group: DayGroup) -> list[int]:
    """Lines and filters in use, and the busiest channels."""
    kinds = [resource.kind for resource in group.stage.resources]
    peak = group.busy.peak
    main = [index for index, kind in enumerate(kinds) if kind in {"line", "appliance"} and peak[index] > 0.01]
    air = [index for index, kind in enumerate(kinds) if kind == "air"]
    busiest = sorted(air, key=lambda index: -float(group.busy.mean[index]))[:_SHOWN_AIR]
    return main[: _MOST_LINES - _SHOWN_AIR] + busiest


def _draw_use(axes: Axes, group: DayGroup, resource: int, *, row: int) -> None:
    colours = line_colours()
    colour = colours[row % len(colours)]
    runs = np.stack([_smooth(day.utilisation[:, resource], group.bin_s) for day in group.days]) * 100.0
    time_s = group.start_s + group.bin_s * (np.arange(runs.shape[1]) + 0.5)
    axes.fill_between(time_s, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.2, linewidth=0)
    label = resource_name(group.stage, resource)
    axes.plot(time_s, runs.mean(axis=0), color=colour, linestyle=_DASHES[row % len(_DASHES)], label=_short(label))
    spans = [(episode.start_s, episode.end_s - episode.start_s) for episode in group.episodes_of(resource)]
    axes.broken_barh(spans, (102.0 + 3.0 * row, 2.4), facecolors=colour, linewidth=0)


def _short(label: str) -> str:
    return label if len(label) <= 34 else label[:33] + "…"


def _smooth(series: FloatArray, bin_s: float) -> FloatArray:
    """Moving mean over five minutes."""
    width = max(1, round(_SMOOTH_S / bin_s))
    padded = np.pad(series, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")


def _draw_latency(axes: Axes, group: DayGroup) -> None:
    """95th percentile a slot: each replication thin, all together thick; the target as a line."""
    saves = [index for index, activity in enumerate(group.run.activities) if activity.save]
    time_s = group.start_s + SLOT_S * (np.arange(group.late.shape[0]) + 0.5)
    for day in group.days:
        axes.plot(time_s, _known_p95_s(day.latency_by_time[saves].sum(axis=0)), color=GREY, linewidth=0.7)
    axes.plot(time_s, _save_p95_s(group), color=BLACK, label="Saves, 95th percentile")
    targets = [criterion.target for criterion in group.run.criteria if criterion.metric == "cloud_save_p95_s"]
    if targets:
        axes.axhline(targets[0], color=VERMILLION, linestyle="--", linewidth=1.2)
        axes.annotate(
            f"target {value_text(targets[0], 's')}", (1.005, targets[0]), xycoords=("axes fraction", "data"),
            color=VERMILLION, va="center", fontsize=8.5,
        )  # fmt: skip
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("Saving to the cloud (s,\n95th percentile of 5 minutes)")
    axes.grid(axis="y")


def _save_p95_s(group: DayGroup) -> FloatArray:
    saves = [index for index, activity in enumerate(group.run.activities) if activity.save]
    counts = sum_counts(group.days, "latency_by_time")[saves].sum(axis=0)
    return _known_p95_s(counts)


def _known_p95_s(counts: IntArray) -> FloatArray:
    """95th percentile a slot, where there are transfers enough to speak of one."""
    return np.where(counts.sum(axis=1) >= _ENOUGH, latency_quantiles_s(counts, 0.95), np.nan)


def _draw_bells(axes: Axes, group: DayGroup, *, named: bool) -> None:
    for period in group.run.periods:
        if period.kind != "lesson":
            axes.axvspan(period.start_s, period.end_s, color=LIGHT, alpha=0.6, linewidth=0, zorder=0)
        axes.axvline(period.start_s, color=GREY, linewidth=0.6, zorder=0.5)
        axes.axvline(period.end_s, color=GREY, linewidth=0.6, zorder=0.5)
        if named and period.end_s - period.start_s > _NAME_S_PER_LETTER * len(period.id):
            middle = (period.start_s + period.end_s) / 2
            axes.annotate(
                period.id, (middle, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
                ha="center", va="bottom", fontsize=7.5, color="#555555",
            )  # fmt: skip


def _school_day(group: DayGroup) -> tuple[float, float]:
    """From half an hour before the first bell to an hour after the last, inside the simulated day."""
    end_s = group.start_s + group.bin_s * group.utilisation.shape[0]
    if not group.run.periods:
        return group.start_s, end_s
    first = min(period.start_s for period in group.run.periods) - 1800.0
    last = max(period.end_s for period in group.run.periods) + 3600.0
    return max(first, group.start_s), min(last, end_s)


def _finding(group: DayGroup) -> str:
    """The longest saturation of what is shown, or that there is none; and the slowest saving."""
    shown = set(_shown_resources(group))
    episodes = [episode for episode in group.episodes if episode.resource in shown]
    p95 = _save_p95_s(group)
    slowest = f"; saving takes up to {value_text(float(np.nanmax(p95)), 's')}" if np.isfinite(p95).any() else ""
    if episodes:
        worst = max(episodes, key=lambda episode: episode.minutes)
        more = _more(episodes, worst.resource)
        name = resource_name(group.stage, worst.resource)
        return f"The {name} is full {span_text((worst.start_s, worst.end_s))}{more}{slowest}"
    best = max(shown, key=lambda index: float(group.busy.mean[index]), default=-1)
    if best < 0:
        return f"Nothing is used on this day{slowest}"
    use = value_text(float(group.busy.mean[best]), "share")
    return f"Nothing is full for long; the busiest is the {resource_name(group.stage, best)} at {use}{slowest}"


def _more(episodes: Sequence[Episode], resource: int) -> str:
    own = sum(episode.resource == resource for episode in episodes)
    return f" and {own - 1} more times" if own > 2 else " and once more" if own == 2 else ""
