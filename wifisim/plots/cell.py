"""What a cell carries against the number of its stations: all together, and each."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from wifisim.plots.style import BLUE, ORANGE, house_style, new_figure
from wifisim.plots.style import title as headline


@house_style
def plot_cell(stations: Sequence[int], goodput_mbps: Sequence[float], *, title: str, context: str) -> Figure:
    """Total goodput in Mbit/s on the left axis, goodput of each station on the right; equal lengths."""
    figure = new_figure(7.5, 4.2)
    axes = figure.add_subplot()
    axes.plot(stations, goodput_mbps, color=BLUE, marker="o", markersize=3.0, label="all stations")
    axes.set_xlabel("Stations with traffic at an access point")
    axes.set_ylabel("Goodput of all (Mbit/s)")
    axes.set_ylim(0.0, 1.08 * max(goodput_mbps) or 1.0)
    axes.set_xlim(left=0)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    each = axes.twinx()
    each.plot(
        stations,
        [total / count for total, count in zip(goodput_mbps, stations, strict=True)],
        color=ORANGE,
        linestyle="--",
        label="each station",
    )
    each.set_yscale("log")
    each.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    each.set_ylabel("Goodput of each (Mbit/s)")
    each.spines["right"].set_visible(True)
    lines = [*axes.get_lines(), *each.get_lines()]
    axes.legend(lines, [str(line.get_label()) for line in lines], loc="lower left")
    headline(figure, title, context)
    return figure
