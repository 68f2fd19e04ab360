"""What changes between two runs: one strip a figure, one row a stage, difference and interval about zero."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from wifisim.plots.style import BLACK, GREEN, GREY, LIGHT, VERMILLION, house_style, new_figure, title, wrapped
from wifisim.results.compare import Comparison, Difference, Direction

_COLOURS: dict[Direction, str] = {"better": GREEN, "worse": VERMILLION, "unclear": GREY, "same": GREY}
_MARKERS: dict[Direction, str] = {"better": "o", "worse": "X", "unclear": "D", "same": "|"}


@house_style
def plot_comparison(comparison: Comparison) -> Figure:
    """Differences of all figures that change anywhere; the sign of a row is told by marker and words as well."""
    metrics = dict.fromkeys(one.metric for one in comparison.differences if one.direction != "same")
    strips = [[one for one in comparison.differences if one.metric == metric] for metric in metrics]
    heights = [0.7 + 0.26 * len(strip) for strip in strips] or [1.0]
    figure = new_figure(10.0, 1.6 + sum(heights))
    if strips:
        axes = figure.subplots(len(strips), 1, squeeze=False, height_ratios=heights)
        for row, strip in enumerate(strips):
            _draw_strip(axes[row, 0], strip)
        figure.legend(handles=_legend(), loc="outside lower left", ncols=3)
    title(figure, _finding(comparison), _context(comparison))
    return figure


def _draw_strip(axes: Axes, strip: list[Difference]) -> None:
    scale = 100.0 if strip[0].unit == "share" else 1.0
    axes.axvline(0.0, color=BLACK, linewidth=0.9)
    for row, one in enumerate(strip):
        colour = _COLOURS[one.direction]
        if one.low is not None and one.high is not None:
            axes.plot([scale * one.low, scale * one.high], [row, row], color=colour, linewidth=3, alpha=0.6)
        axes.plot(scale * one.difference, row, marker=_MARKERS[one.direction], color=colour, markersize=7)
        axes.annotate(
            one.text, (1.01, row), xycoords=("axes fraction", "data"), va="center", fontsize=7.5, color=BLACK,
            annotation_clip=False,
        )  # fmt: skip
    axes.set_yticks(range(len(strip)), [f"{one.stage}, {one.day}" for one in strip], fontsize=7.5)
    axes.set_ylim(len(strip) - 0.5, -0.5)
    axes.grid(axis="x", color=LIGHT)
    axes.set_axisbelow(True)
    unit = {"share": "percentage points", "dBm": "dB"}.get(strip[0].unit, strip[0].unit)
    axes.set_title("\n".join(wrapped(f"{strip[0].label} (difference in {unit})", 90)), fontsize=9)


def _legend() -> list[Line2D]:
    shown: tuple[Direction, ...] = ("better", "worse", "unclear")
    return [
        Line2D([], [], linestyle="none", marker=_MARKERS[name], color=_COLOURS[name], markersize=7, label=name)
        for name in shown
    ]


def _finding(comparison: Comparison) -> str:
    better, worse = (sum(one.direction == name for one in comparison.differences) for name in ("better", "worse"))
    if not better and not worse:
        return "Nothing changes for certain"
    return f"{better} figures get better, {worse} get worse"


def _context(comparison: Comparison) -> str:
    names = dict.fromkeys((comparison.before, comparison.after))
    how = "paired by replication (common random numbers)" if comparison.paired else "means of different seeds"
    return f"{' against '.join(names)}; after less before, {comparison.confidence:.0%} intervals, {how}"
