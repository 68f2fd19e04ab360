"""Which inputs a verdict leans on: one bar an input, as long as its effect over its whole range, chance beside them."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from wifisim.plots.style import BLACK, BLUE, GREY, LIGHT, ORANGE, house_style, new_figure, title, wrapped
from wifisim.results.phrases import bound_text
from wifisim.results.sensitivity import CHANCE, CriterionSensitivity, Effect, Sensitivity, Sign, leaning_on

BARS = 10
_COLOURS: dict[Sign, str] = {"up": ORANGE, "down": BLUE, "mixed": GREY, "none": GREY}
_HATCHES: dict[Sign, str] = {"up": "", "down": "//", "mixed": "xx", "none": ""}
_WORDS: dict[Sign, str] = {"up": "more of it raises the figure", "down": "more of it lowers it", "mixed": "both ways"}


@house_style
def plot_sensitivity(found: Sensitivity, criterion_id: str = "") -> Figure:
    """The strongest inputs of one criterion (left out: the one that decides), and chance as a line."""
    criterion = next((one for one in found.criteria if one.id == criterion_id), found.criteria[0])
    shown = [effect for effect in criterion.effects if effect.input.id != CHANCE and effect.mu_star > 0.0][:BARS]
    figure = new_figure(9.0, 2.2 + 0.34 * max(len(shown), 1))
    axes = figure.subplots()
    _draw(axes, criterion, shown)
    signs = dict.fromkeys(effect.sign for effect in shown)
    figure.legend(
        handles=[
            Patch(facecolor=_COLOURS[sign], hatch=_HATCHES[sign], edgecolor="white", label=_WORDS[sign])
            for sign in signs
        ],
        loc="outside lower left",
        ncols=3,
    )
    title(figure, _finding(criterion), f"{found.site}, {found.stage_label}, {found.day} day; {found.runs} runs")
    return figure


def _draw(axes: Axes, criterion: CriterionSensitivity, shown: list[Effect]) -> None:
    scale = 100.0 if criterion.unit == "share" else 1.0
    for row, effect in enumerate(shown):
        axes.barh(
            row, scale * effect.mu_star, xerr=scale * effect.sigma, color=_COLOURS[effect.sign],
            hatch=_HATCHES[effect.sign], edgecolor="white", ecolor=BLACK, capsize=3, height=0.7,
        )  # fmt: skip
    chance = next((effect for effect in criterion.effects if effect.input.id == CHANCE), None)
    if chance is not None:
        axes.axvline(scale * chance.mu_star, color=BLACK, linestyle="--", linewidth=1.0)
        axes.annotate("chance", (scale * chance.mu_star, -0.7), fontsize=7.5, ha="center", annotation_clip=False)
    labels = ["\n".join(wrapped(f"{effect.input.label} ({_range(effect)})", 60)) for effect in shown]
    axes.set_yticks(range(len(shown)), labels, fontsize=7.5)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(left=0.0)
    axes.grid(axis="x", color=LIGHT)
    axes.set_axisbelow(True)
    unit = "percentage points" if criterion.unit == "share" else criterion.unit
    axes.set_xlabel(f"change over the input's whole range, {unit} (line at the end: spread)")


def _range(effect: Effect) -> str:
    one = effect.input
    unit = " dB" if one.unit == "dB" else " times" if one.unit == "x" else ""
    grade = f", evidence {one.confidence}" if one.confidence else ""
    return f"{one.low:g} to {one.high:g}{unit}{grade}"


def _finding(criterion: CriterionSensitivity) -> str:
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    leaning = leaning_on(criterion)
    name = f"{criterion.label} ({asked})"
    if not leaning:
        return f"{name}: no input matters more than chance"
    return f"{name} leans most on: {leaning[0].input.label}"
