"""Charts to explore with the mouse, made with plotly: a day between its bells, transfer times, the bottleneck ladder.

Charts are made here as plotly figures and drawn in the browser by plotly's own script. Each comes with a sentence that
says what it shows, for those who cannot see it. Colours are the house's, lines differ in dash as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from wifisim.plots.style import BLACK, LIGHT, LINES, LOAD_MAP, VERMILLION, wrapped
from wifisim.report.chart_parts import (
    Chart,
    base_layout,
    bell_marks,
    clock_times,
    fault_marks,
    five_minutes,
    line_of,
    literal,
    plain_chart,
    short_name,
)
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup
from wifisim.results.ladder import RungStage
from wifisim.results.latency import latency_quantiles_s
from wifisim.results.loads import sum_counts
from wifisim.results.phrases import resource_name, short_label, value_text
from wifisim.results.records import LATENCY_EDGES_S, SLOT_S, Results

_BUSIEST_AIR = 2
_TARGET = {"color": VERMILLION, "dash": "dash", "width": 1.5}
_ENOUGH = 20  # transfers in five minutes below which a 95th percentile says nothing
_RUNGS = 14
_DURATION_TICKS = [factor * 10.0**power for power in range(-3, 3) for factor in (1, 3)]


def day_chart(group: DayGroup) -> Chart:
    """Use of lines, filter and the busiest channels, beneath it the time that saves take, with the bells."""
    shown = _shown(group)
    lines = []
    for number, resource in enumerate(shown):
        use = np.round(100 * five_minutes(group.utilisation[:, resource], group.bin_s)).astype(int)
        name = resource_name(group.stage, resource)
        lines.append(line_of(number, name, clock_times(group.start_s, use.size), y=use.tolist(), hover="%{y} %"))
    axes = {
        "yaxis": {"domain": [0.42, 0.95], "range": [0, 104], "title": {"text": "In use (%)"}, "gridcolor": LIGHT},
        "yaxis2": {"domain": [0.0, 0.32], "type": "log", "title": {"text": "Saving (s)"}, "gridcolor": LIGHT,
                   "anchor": "x", "tickvals": [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]},
        "xaxis": {"tickangle": 0, "nticks": 10, "anchor": "y2", "type": "date", "tickformat": "%H:%M"},
    }  # fmt: skip
    bells = bell_marks(group)
    bells["shapes"] += fault_marks(group)
    target = _save_target(group)
    if target is not None:
        bells["shapes"].append({"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": target, "y1": target,
                                "yref": "y2", "line": _TARGET})  # fmt: skip
    figure = go.Figure([*lines, _saves(group)], {**base_layout(height=520), **axes, **bells})
    return Chart(plain_chart(figure), _day_words(group, shown))


def latency_chart(group: DayGroup) -> Chart:
    """Share of transfers that were through within a time, by service; the save target as a line."""
    services: dict[str, list[int]] = {}
    for index, activity in enumerate(group.run.activities):
        services.setdefault(activity.service_id, []).append(index)
    counts = {name: group.latency[members].sum(axis=(0, 1)) for name, members in services.items()}
    used = sorted((name for name in counts if counts[name].sum()), key=lambda name: -int(counts[name].sum()))
    lines, words = [], []
    for number, name in enumerate(used[: len(LINES)]):
        through = np.round(100.0 * np.cumsum(counts[name]) / counts[name].sum(), 1)
        # From the last bin with nothing to the first with everything.
        inside = (np.append(through[1:], 100.0) > 0.0) & (np.append(0.0, through[:-1]) < 100.0)
        times = [float(f"{edge:.3g}") for edge in LATENCY_EDGES_S[1:][inside]]
        lines.append(line_of(number, _service(name), times, y=through[inside].tolist(), hover="%{y} % within %{x} s"))
        p95 = float(latency_quantiles_s(counts[name][np.newaxis, :], 0.95)[0])
        words.append(f"{_service(name)} {value_text(p95, 's')}")
    layout = {
        **base_layout(height=400),
        "xaxis": {"type": "log", "gridcolor": LIGHT, "ticksuffix": " s", "tickangle": 0, "tickvals": _DURATION_TICKS},
        "yaxis": {"range": [0, 101], "title": {"text": "Through by then (%)"}, "gridcolor": LIGHT},
        "hovermode": "closest",
    }
    target = _save_target(group)
    if target is not None:
        layout["shapes"] = [{"type": "line", "x0": target, "x1": target, "y0": 0, "y1": 1, "yref": "paper",
                             "line": _TARGET}]  # fmt: skip
        layout["annotations"] = [{"x": float(np.log10(target)), "y": 4, "showarrow": False, "xanchor": "left",
                                  "text": f"target for saves {value_text(target, 's')}", "xshift": 4,
                                  "font": {"color": "#a34300"}}]  # fmt: skip
    listed = "; ".join(words)
    about = f"95 % of transfers take at most: {listed}." if listed else "There are no transfers."
    return Chart(plain_chart(go.Figure(lines, layout)), about)


def _service(service_id: str) -> str:
    return service_id.replace("-", " ")


def ladder_chart(results: Results, readiness: Readiness) -> Chart:
    """Resources in the order in which they give way, by stage; then the fullest that hold."""
    rungs = [*readiness.ladder[:_RUNGS], *readiness.holding]
    stages = [stage.id for stage in results.stages]
    use: list[list[int | None]] = []
    text: list[list[str]] = []
    for rung in rungs:
        found = {stage.stage_id: stage for stage in rung.stages}
        use.append([round(100 * found[name].utilisation_busy_quarter) if name in found else None for name in stages])
        text.append([
            _rung_text(found[name]) if name in found else "" for name in stages
        ])  # fmt: skip
    names = [f"{number + 1}. {short_name(rung.label)}" for number, rung in enumerate(rungs)]
    labels = [
        "<br>".join(literal(line) for line in wrapped(short_label(stage.label), 11)[:3]) for stage in results.stages
    ]
    heat = go.Heatmap(
        z=use, x=stages, y=names, text=text, texttemplate="%{text}",
        colorscale=LOAD_MAP, zmin=0, zmax=100, xgap=2, ygap=2, hovertemplate="%{y}: %{text}<extra></extra>",
        showscale=False, textfont={"size": 12},
    )  # fmt: skip
    layout = {
        **base_layout(height=150 + 30 * max(len(rungs), 1)),
        "yaxis": {"autorange": "reversed", "automargin": True},
        "xaxis": {
            "side": "top",
            "type": "category",
            "tickvals": stages,
            "ticktext": labels,
            "tickangle": 0,
            "tickfont": {"size": 12},
        },
        "hovermode": "closest",
        "margin": {"l": 60, "r": 16, "t": 66, "b": 20},
    }
    given = min(len(readiness.ladder), _RUNGS)
    if 0 < given < len(rungs):
        layout["shapes"] = [{"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": given - 0.5, "y1": given - 0.5,
                             "line": {"color": BLACK, "dash": "dash", "width": 2}}]  # fmt: skip
    figure = go.Figure([heat], layout)
    return Chart(plain_chart(figure), _ladder_words(results, readiness))


def _rung_text(stage: RungStage) -> str:
    return f"{'✗ ' if stage.gives_way else ''}{100 * stage.utilisation_busy_quarter:.0f} %"


def _ladder_words(results: Results, readiness: Readiness) -> str:
    labels = {stage.id: short_label(stage.label) for stage in results.stages}
    if not readiness.ladder:
        return "Nothing gives way in any stage."
    steps = "; ".join(f"{rung.label} ({labels[rung.first_stage_id]})" for rung in readiness.ladder[:4])
    more = f"; {len(readiness.ladder) - 4} more" if len(readiness.ladder) > 4 else ""
    return f"First to give way: {steps}{more}."


def _shown(group: DayGroup) -> list[int]:
    """Lines and filters in use, and the busiest channels."""
    kinds = [resource.kind for resource in group.stage.resources]
    main = [i for i, kind in enumerate(kinds) if kind in {"line", "appliance"} and group.busy.peak[i] > 0.01]
    air = sorted((i for i, kind in enumerate(kinds) if kind == "air"), key=lambda i: -float(group.busy.mean[i]))
    return [*main[: len(LINES) - _BUSIEST_AIR], *air[:_BUSIEST_AIR]]


def _saves(group: DayGroup) -> go.Scatter:
    """95th percentile of saves in five minutes, where there are enough of them."""
    saves = [index for index, activity in enumerate(group.run.activities) if activity.save]
    counts = sum_counts(group.days, "latency_by_time")[saves].sum(axis=0)
    p95 = np.where(counts.sum(axis=1) >= _ENOUGH, latency_quantiles_s(counts, 0.95), np.nan)
    y = [float(f"{value:.3g}") if np.isfinite(value) else None for value in p95]
    return go.Scatter(
        x=clock_times(group.start_s, p95.size, step_s=SLOT_S), y=y, mode="lines", yaxis="y2", connectgaps=False,
        name="Saves, 95th percentile", hovertemplate="%{y} s", line={"color": BLACK, "width": 2},
    )  # fmt: skip


def _save_target(group: DayGroup) -> float | None:
    return next((one.target for one in group.run.criteria if one.metric == "cloud_save_p95_s"), None)


def _day_words(group: DayGroup, shown: Sequence[int]) -> str:
    uses = [
        f"{resource_name(group.stage, index)} {value_text(float(group.busy.mean[index]), 'share')}" for index in shown
    ]
    return f"In use in the busiest 15 minutes: {'; '.join(uses)}." if uses else "Nothing is used on this day."
