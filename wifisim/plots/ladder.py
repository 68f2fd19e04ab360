"""The bottleneck ladder: in which order resources give way as waves arrive."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from wifisim.plots.style import BLACK, GREY, LOAD_MAP, bare, house_style, new_figure, on_map, title, wrapped
from wifisim.results.assessment import Readiness
from wifisim.results.ladder import Rung
from wifisim.results.phrases import date_text, short_label
from wifisim.results.records import Results

_RUNGS_SHOWN = 16


@house_style
def plot_ladder(results: Results, readiness: Readiness) -> Figure:
    """One row a resource that gives way, first to give way on top; beneath, the fullest that hold."""
    rungs = [*readiness.ladder[:_RUNGS_SHOWN], *readiness.holding]
    stages = [stage.id for stage in results.stages]
    figure = new_figure(max(8.5, 4.4 + 1.15 * len(stages)), 2.2 + 0.48 * max(len(rungs), 1))
    axes = figure.add_subplot()
    bare(axes)
    axes.set_xlim(-0.5, len(stages) - 0.5)
    axes.set_ylim(max(len(rungs), 1) - 0.5, -0.5)
    axes.set_xticks(range(len(stages)), [_heading(results, index) for index in range(len(stages))])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_yticks(range(len(rungs)), ["\n".join(wrapped(rung.label, 38)) for rung in rungs])
    for row, rung in enumerate(rungs):
        _draw_rung(axes, rung, row=row, stages=stages)
    if rungs:
        scale = ScalarMappable(Normalize(0, 100), colormaps[LOAD_MAP])
        figure.colorbar(scale, ax=axes, label="In use in the busiest 15 minutes (%)", shrink=0.9, aspect=15)
    given = min(len(readiness.ladder), _RUNGS_SHOWN)
    if 0 < given < len(rungs):
        axes.axhline(given - 0.5, color=GREY, linewidth=1.0, linestyle="--")
    signs = "✗ outlined: over its limit, full for five minutes or more, or spoiling lessons"
    context = (
        f"{signs}; below the dashed line: the fullest that hold" if given else "the fullest resources, in use in %"
    )
    title(figure, _finding(results, readiness), f"{results.run.site_name}; {context}")
    return figure


def _draw_rung(axes: Axes, rung: Rung, *, row: int, stages: list[str]) -> None:
    for stage in rung.stages:
        column = stages.index(stage.stage_id)
        use = float(np.clip(stage.utilisation_busy_quarter, 0.0, 1.0))
        axes.add_patch(
            Rectangle((column - 0.46, row - 0.4), 0.92, 0.8, facecolor=colormaps[LOAD_MAP](use), linewidth=0)
        )
        text = f"{100 * use:.0f} %" + (f", {stage.full_min:.0f} min" if stage.full_min >= 0.5 else "")
        if stage.gives_way:
            text = f"✗ {text}"
            axes.add_patch(
                Rectangle((column - 0.46, row - 0.4), 0.92, 0.8, facecolor="none", edgecolor=BLACK, linewidth=2.4)
            )
        axes.text(
            column, row, text, ha="center", va="center", fontsize=8, color=on_map(LOAD_MAP, use),
            fontweight="bold" if stage.gives_way else "normal",
        )  # fmt: skip


def _heading(results: Results, index: int) -> str:
    stage = results.stages[index]
    return "\n".join([*wrapped(short_label(stage.label), 14)[:2], date_text(stage.date)])


def _finding(results: Results, readiness: Readiness) -> str:
    if not readiness.ladder:
        fullest = f"; the fullest is the {readiness.holding[0].label}" if readiness.holding else ""
        return f"Nothing gives way in any stage{fullest}"
    labels = {stage.id: short_label(stage.label) for stage in results.stages}
    first, *others = readiness.ladder
    finding = f"First to give way is the {first.label}, in {labels[first.first_stage_id]}"
    if not others:
        return f"{finding}; nothing else does"
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return f"{finding}; then the {others[0].label} ({labels[others[0].first_stage_id]}){more}"
