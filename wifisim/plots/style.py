"""The house style of all figures: one palette, one type size scale, readable in print, by the colour-blind, from afar.

Colours are Okabe and Ito's (2008), maps are cividis (Nunez et al. 2018) and ColorBrewer's YlOrBr, which keep their
order of lightness for every kind of colour vision and in grey. A status is told by colour *and* sign. Figures are made
with matplotlib's object interface only: nothing global is touched, so they can be made in threads and servers. A
consultant's name, colours, font and logo come from ``brand``.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from wifisim.plots.brand import current_brand
from wifisim.results.assessment import Status, Verdict

BLACK, GREY, LIGHT = "#222222", "#8a8a8a", "#e6e6e6"
ORANGE, SKY, GREEN, BLUE = "#E69F00", "#56B4E9", "#009E73", "#0072B2"
VERMILLION, PURPLE, YELLOW = "#D55E00", "#CC79A7", "#F0E442"
LINES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)
# In every map dark is trouble: a weak signal, a slow rate; a full channel, devices that fail.
GOOD_MAP, LOAD_MAP, SHARE_MAP = "cividis", "YlOrBr", "YlOrBr_r"

STATUS_COLOURS: dict[Status, str] = {"pass": GREEN, "at_risk": ORANGE, "fail": VERMILLION, "not_applicable": GREY}
# Ink on tint has a contrast of 4.5 : 1 or more, which the colours above have not as text.
STATUS_INKS: dict[Status, str] = {
    "pass": "#00664a", "at_risk": "#7a4d00", "fail": "#9c3300", "not_applicable": "#50575f",
}  # fmt: skip
STATUS_TINTS: dict[Status, str] = {
    "pass": "#d9f1e7", "at_risk": "#fdebc4", "fail": "#fbdfd0", "not_applicable": "#eceef1",
}  # fmt: skip
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

_LOGO_IN = (0.34, 1.6)  # height and most width
_LIGHT_FROM = 0.5  # brightness from which black reads better than white

_Args = ParamSpec("_Args")


def house_style(draw: Callable[_Args, Figure]) -> Callable[_Args, Figure]:
    """Run a figure function under the house style, whatever the caller's matplotlib settings are."""

    @wraps(draw)
    def styled(*args: _Args.args, **kwargs: _Args.kwargs) -> Figure:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_HOUSE)
            brand = current_brand()
            if brand is not None and brand.font:
                mpl.rcParams["font.sans-serif"] = [brand.font, "DejaVu Sans"]
            return draw(*args, **kwargs)

    return styled


def line_colours() -> tuple[str, ...]:
    """The colours of lines, in order."""
    brand = current_brand()
    return brand.colours if brand is not None and brand.colours else LINES


def on_map(name: str, value: float) -> str:
    """Black or white, whichever reads better on the colour that a map has at ``value`` (0-1)."""
    red, green, blue, _ = mpl.colormaps[name](value)
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT_FROM else "white"


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure whose parts keep clear of each other."""
    return Figure(figsize=(width_in, height_in), layout="constrained", facecolor="white")


def title(figure: Figure, finding: str, context: str) -> None:
    """The finding in bold, beneath it what was looked at, both wrapped to the figure's width."""
    width_in, height_in = (float(size) for size in figure.get_size_inches())
    brand = current_brand()
    logo_in = _draw_logo(figure, brand.figure_logo) if brand is not None and brand.figure_logo else 0.0
    context = f"{context}; {brand.organisation}" if brand is not None and brand.organisation else context
    lines = wrapped(finding, int((width_in - logo_in) * _BOLD_PER_INCH))
    below = wrapped(context, int((width_in - logo_in) * _PLAIN_PER_INCH))
    bold_in, plain_in = 1.25 * _TITLE_PT / 72.0, 1.25 * _CONTEXT_PT / 72.0
    ink = brand.accent if brand is not None else BLACK
    rows = ((lines, _TITLE_PT, "bold", ink, bold_in), (below, _CONTEXT_PT, "normal", "#555555", plain_in))
    y_in = height_in - 0.1
    for texts, size_pt, weight, colour, line_in in rows:
        for text in texts:
            figure.text(
                0.1 / width_in, y_in / height_in, text, va="top", fontsize=size_pt, fontweight=weight, color=colour
            )
            y_in -= line_in
    figure.set_layout_engine("constrained", rect=(0.0, 0.0, 1.0, (y_in - 0.06) / height_in))


def _draw_logo(figure: Figure, picture: bytes) -> float:
    """The logo in the upper right corner; returns the width it takes, in inches."""
    pixels = Image.open(io.BytesIO(picture)).convert("RGBA")
    width_in, height_in = (float(size) for size in figure.get_size_inches())
    tall = min(_LOGO_IN[0], _LOGO_IN[1] * pixels.height / pixels.width)
    wide = tall * pixels.width / pixels.height
    place = (1.0 - (wide + 0.1) / width_in, 1.0 - (tall + 0.1) / height_in, wide / width_in, tall / height_in)
    corner = figure.add_axes(place)
    corner.set_in_layout(False)
    corner.imshow(pixels, aspect="auto")
    corner.axis("off")
    return wide + 0.2


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
