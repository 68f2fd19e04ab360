"""What all charts of the page share: time axis, bells, line styles, plain layout, and a chart with its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from wifisim.plots.style import BLACK, GREY, LIGHT, STATUS_TINTS, line_colours
from wifisim.results.daygroup import DayGroup
from wifisim.results.records import FloatArray
from wifisim.units import clock_from_seconds

STEP_S = 300.0
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_LABEL_LETTERS = 44
_NAME_S_PER_LETTER = 240.0  # of the time axis, for the name of a period


@dataclass(frozen=True, slots=True)
class Chart:
    """A plotly figure and what it shows in words."""

    figure: dict[str, Any]
    words: str


def bell_marks(group: DayGroup) -> dict[str, list[dict[str, Any]]]:
    """The periods as shapes behind the curves, breaks shaded, and their names above."""
    shapes, names = [], []
    for period in group.run.periods:
        shapes.append({
            "type": "rect", "x0": axis_time(period.start_s), "x1": axis_time(period.end_s), "y0": 0, "y1": 0.95,
            "xref": "x", "yref": "paper", "layer": "below", "line": {"color": GREY, "width": 0.5}, "opacity": 0.7,
            "fillcolor": "rgba(0,0,0,0)" if period.kind == "lesson" else LIGHT,
        })  # fmt: skip
        if period.end_s - period.start_s >= _NAME_S_PER_LETTER * len(period.id):
            names.append({
                "x": axis_time((period.start_s + period.end_s) / 2), "y": 0.95, "xref": "x", "yref": "paper",
                "yanchor": "bottom", "text": literal(period.id), "showarrow": False, "font": {"size": 11},
            })  # fmt: skip
    return {"shapes": shapes, "annotations": names}


def fault_marks(group: DayGroup) -> list[dict[str, Any]]:
    """The faults of the day as tinted spans."""
    return [
        {"type": "rect", "x0": axis_time(one.start_s), "x1": axis_time(one.end_s), "y0": 0, "y1": 0.95, "xref": "x",
         "yref": "paper", "layer": "below", "line": {"width": 0}, "fillcolor": STATUS_TINTS["fail"]}
        for one in group.days[0].outages
    ]  # fmt: skip


def clock_times(start_s: float, count: int, *, step_s: float = STEP_S) -> list[str]:
    """The middles of ``count`` steps on plotly's time axis."""
    return [axis_time(start_s + step_s * (index + 0.5)) for index in range(count)]


def axis_time(time_s: float) -> str:
    """A time of day on plotly's time axis, which wants a date."""
    return f"2000-01-01 {clock_from_seconds(time_s)}:{int(time_s % 60):02}"


def five_minutes(series: FloatArray, bin_s: float) -> FloatArray:
    """Means of five minutes; what is left at the end is a mean of its own."""
    step = max(1, round(STEP_S / bin_s))
    starts = np.arange(0, series.size, step)
    means: FloatArray = np.add.reduceat(series, starts) / np.diff(np.append(starts, series.size))
    return means


def short_name(name: str) -> str:
    """A name that fits a legend."""
    return literal(name if len(name) <= _LABEL_LETTERS else f"{name[: _LABEL_LETTERS - 1]}…")


def literal(text: str) -> str:
    """Text that plotly must not read as its small HTML dialect."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line_of(number: int, name: str, x: Sequence[object], *, y: Sequence[object], hover: str) -> go.Scatter:
    """A line in the ``number``-th colour and dash."""
    colours = line_colours()
    style = {"color": colours[number % len(colours)], "dash": _DASHES[number % len(_DASHES)], "width": 2}
    return go.Scatter(x=x, y=y, mode="lines", name=short_name(name), hovertemplate=hover, line=style)


def base_layout(*, height: int) -> dict[str, Any]:
    """What every chart's layout begins with."""
    return {
        "template": "none", "height": height, "autosize": True, "hovermode": "x unified",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": BLACK},
        "margin": {"l": 60, "r": 16, "t": 24, "b": 44}, "paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff",
        "legend": {"orientation": "h", "y": -0.12, "x": 0, "yanchor": "top"},
    }  # fmt: skip


def plain_chart(figure: go.Figure) -> dict[str, Any]:
    """Data and layout as JSON has them, without plotly's template."""
    made: dict[str, Any] = figure.to_plotly_json()
    made["layout"].pop("template", None)
    return {"data": made["data"], "layout": made["layout"]}
