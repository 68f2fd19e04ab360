"""The house style of all figures: one palette, one type size scale, readable in print, by the colour-blind, from afar.

Colours are Okabe and Ito's (2008), maps are cividis (Nunez et al. 2018), which keeps its order of lightness for every
kind of colour vision and in grey. A status is told by colour *and* sign. Figures are made with matplotlib's object
interface only: nothing global is touched, so they can be made in threads and servers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wifisim.results.assessment import Status, Verdict

BLACK, GREY, LIGHT = "#222222", "#8a8a8a", "#e6e6e6"
ORANGE, SKY, GREEN, BLUE = "#E69F00", "#56B4E9", "#009E73", "#0072B2"
VERMILLION, PURPLE, YELLOW = "#D55E00", "#CC79A7", "#F0E442"
LINES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)
MAP = "cividis"

STATUS_COLOURS: dict[Status, str] = {"pass": GREEN, "at_risk": ORANGE, "fail": VERMILLION, "not_applicable": GREY}
STATUS_SIGNS: dict[Status, str] = {"pass": "✓", "at_risk": "~", "fail": "✗", "not_applicable": "–"}
STATUS_MARKERS: dict[Status, str] = {"pass": "o", "at_risk": "D", "fail": "X", "not_applicable": "_"}
STATUS_WORDS: dict[Status, str] = {
    "pass": "meets its target", "at_risk": "at risk", "fail": "fails", "not_applicable": "does not apply",
}  # fmt: skip
VERDICT_WORDS: dict[Verdict, str] = {"ready": "ready", "at_risk": "at risk", "not_ready": "not ready"}
VERDICT_STATUS: dict[Verdict, Status] = {"ready": "pass", "at_risk": "at_risk", "not_ready": "fail"}

_HOUSE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 9.0,
    "axes.edgecolor": GREY,
    "axes.labelcolor": BLACK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "figure.titlesize": 12.0,
    "figure.titleweight": "bold",
    "grid.color": LIGHT,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "text.color": BLACK,
    "text.parse_math": False,  # a room called "$x" is a name, not a formula
    "xtick.color": BLACK,
    "ytick.color": BLACK,
    "lines.linewidth": 1.6,
}

_TITLE_PT, _CONTEXT_PT = 12.0, 9.0
_BOLD_PER_INCH, _PLAIN_PER_INCH = 9.6, 14.0  # characters that fit an inch, measured on DejaVu Sans 12 bold and 9

_Args = ParamSpec("_Args")


def house_style(draw: Callable[_Args, Figure]) -> Callable[_Args, Figure]:
    """Run a figure function under the house style, whatever the caller's matplotlib settings are."""

    @wraps(draw)
    def styled(*args: _Args.args, **kwargs: _Args.kwargs) -> Figure:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_HOUSE)
            return draw(*args, **kwargs)

    return styled


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure whose parts keep clear of each other."""
    return Figure(figsize=(width_in, height_in), layout="constrained", facecolor="white")


def title(figure: Figure, finding: str, context: str) -> None:
    """The finding in bold, beneath it what was looked at, both wrapped to the figure's width."""
    width_in, height_in = (float(size) for size in figure.get_size_inches())
    lines = wrapped(finding, int(width_in * _BOLD_PER_INCH))
    below = wrapped(context, int(width_in * _PLAIN_PER_INCH))
    bold_in, plain_in = 1.25 * _TITLE_PT / 72.0, 1.25 * _CONTEXT_PT / 72.0
    rows = ((lines, _TITLE_PT, "bold", BLACK, bold_in), (below, _CONTEXT_PT, "normal", "#555555", plain_in))
    y_in = height_in - 0.1
    for texts, size_pt, weight, colour, line_in in rows:
        for text in texts:
            figure.text(
                0.1 / width_in, y_in / height_in, text, va="top", fontsize=size_pt, fontweight=weight, color=colour
            )
            y_in -= line_in
    figure.set_layout_engine("constrained", rect=(0.0, 0.0, 1.0, (y_in - 0.06) / height_in))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def bare(axes: Axes) -> None:
    """No frame and no ticks."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
