"""Heat maps over the floor plan: signal, rate, and airtime where each device would join.

Walls are drawn by what they cost (5 GHz dB), rooms carry their names, access points their channel. The airtime map
gives every place the busiest 15 minutes of the radio that is strongest there; devices that stay on another radio are
not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as MapPath
from numpy.typing import NDArray

from wifisim.plots.style import BLACK, GOOD_MAP, GREY, LOAD_MAP, VERMILLION, house_style, new_figure, title, wrapped
from wifisim.results.breakdowns import room_rows
from wifisim.results.daygroup import DayGroup
from wifisim.results.phrases import day_phrase, stage_name, value_text
from wifisim.results.records import FloatArray, MapFacts, RadioFacts, RoomFacts, RunFacts, StageFacts

RSSI_RANGE_DBM = (-85.0, -40.0)
_DEFAULT_RSSI_DBM = -67.0
_LETTER_IN = 0.066  # width of a letter of a room name
_NAME_LINES = 2  # of a room name, the rest is cut
_MAP_SHARE = 0.85  # of the figure's width that the map takes, about


@house_style
def plot_signal(run: RunFacts, stage: StageFacts, floor_id: str) -> Figure:
    """Strongest 5 GHz signal over one floor, rooms below the target marked."""
    chart = _chart(stage, floor_id)
    target = _target(run, "room_rssi_min_dbm", _DEFAULT_RSSI_DBM)
    rooms = [run.rooms[room] for room in rooms_on(run, floor_id)]
    figure, axes = floor_figure(run, floor_id)
    image = _draw_map(
        axes, chart, chart.rssi_dbm if chart else None, rooms=rooms, limits=RSSI_RANGE_DBM, colours=GOOD_MAP
    )
    rssi = {room: float(stage.room_rssi_dbm[room]) for room in rooms_on(run, floor_id)}
    weak = {room: value_text(value, "dBm") for room, value in rssi.items() if value < target}
    draw_plan(figure, axes, run, floor_id, failing=weak)
    for radio in _radios_on(stage, floor_id):
        draw_radio(axes, radio, f"{radio.ap_id}\nch {radio.channel}")
    if image is not None:
        bar = figure.colorbar(image, ax=axes, label="Strongest 5 GHz signal (dBm)", shrink=0.8, extend="both")
        bar.ax.axhline(target, color=VERMILLION, linewidth=2)
    floor = dict(run.floors)[floor_id]
    asked = value_text(target, "dBm")
    if weak:
        worst = min(weak, key=lambda room: rssi[room])
        count = f"{len(weak)} rooms are" if len(weak) > 1 else f"{run.rooms[worst].name} is"
        finding = f"{floor}: {count} below {asked}, the worst {run.rooms[worst].name} at {weak[worst]}"
        finding = finding if len(weak) > 1 else f"{floor}: {count} below {asked} ({weak[worst]})"
    else:
        finding = f"{floor}: every room with seats has at least {asked}"
    title(figure, finding, f"{run.site_name}, {stage_name(stage)}; a room counts by what 95 % of its seats have")
    return figure


@house_style
def plot_rate(run: RunFacts, stage: StageFacts, floor_id: str) -> Figure:
    """The PHY rate that the pupils' device gets at each place of a floor from its strongest radio at 5 GHz."""
    chart = _chart(stage, floor_id)
    rates_mbps = chart.rate_bps / 1e6 if chart is not None and chart.rate_bps.size else None
    figure, axes = floor_figure(run, floor_id)
    rooms = [run.rooms[room] for room in rooms_on(run, floor_id)]
    most = max((float(one.rate_bps.max()) / 1e6 for one in stage.maps if one.rate_bps.size), default=1.0)
    image = _draw_map(axes, chart, rates_mbps, rooms=rooms, limits=(0.0, most), colours=GOOD_MAP)
    draw_plan(figure, axes, run, floor_id, failing={})
    for radio in _radios_on(stage, floor_id):
        draw_radio(axes, radio, f"{radio.ap_id}\n{radio.width_mhz} MHz")
    if image is not None:
        figure.colorbar(image, ax=axes, label="Rate of a pupil's device at 5 GHz (Mbit/s, PHY)", shrink=0.8)
    context = f"{run.site_name}, {stage_name(stage)}; all devices of a cell share its air"
    title(figure, _rate_finding(run, chart, floor_id), context)
    return figure


def _rate_finding(run: RunFacts, chart: MapFacts | None, floor_id: str) -> str:
    """The slowest room, by the rate that 95 % of its floor has at least."""
    floor = dict(run.floors)[floor_id]
    if chart is None or not chart.rate_bps.size:
        return f"{floor}: these results hold no rates"
    seated = {run.rooms[room].name: cells_inside(chart, run.rooms[room]) for room in rooms_on(run, floor_id)
              if run.rooms[room].seats}  # fmt: skip
    least = {name: float(np.quantile(chart.rate_bps[cells], 0.05)) for name, cells in seated.items() if cells.any()}
    if not least:
        return f"{floor}: no room with seats"
    slowest = min(least, key=lambda name: least[name])
    return f"{floor}: every room with seats has {least[slowest] / 1e6:.0f} Mbit/s or more, the slowest is {slowest}"


def cells_inside(chart: MapFacts, room: RoomFacts) -> NDArray[np.bool_]:
    """The cells [row, column] of a map that lie in a room."""
    rows, columns = chart.rssi_dbm.shape
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    points = np.column_stack(
        [chart.origin_m[0] + chart.step_m * x.ravel(), chart.origin_m[1] + chart.step_m * y.ravel()]
    )
    found: NDArray[np.bool_] = MapPath(room.outline_m).contains_points(points).reshape(rows, columns)
    return found


@house_style
def plot_airtime(group: DayGroup, floor_id: str) -> Figure:
    """Airtime in the busiest 15 minutes over one floor, rooms with failing lessons marked."""
    run, stage = group.run, group.stage
    chart = _chart(stage, floor_id)
    limit = _target(run, "airtime_busy_quarter", 0.7)
    rooms = [run.rooms[room] for room in rooms_on(run, floor_id)]
    figure, axes = floor_figure(run, floor_id)
    percent = 100.0 * group.busy_air.mean
    values = None
    if chart is not None and percent.size:
        values = np.where(chart.radio >= 0, percent[np.maximum(chart.radio, 0)], np.nan)
    image = _draw_map(axes, chart, values, rooms=rooms, limits=(0.0, 100.0), colours=LOAD_MAP)
    failing = {
        row.room: f"{value_text(row.good_share, 'share')} good"
        for row in room_rows(group)
        if row.good_share < _target(run, "lessons_good_share", 0.95) and row.room in rooms_on(run, floor_id)
    }
    draw_plan(figure, axes, run, floor_id, failing=failing)
    radios = [
        (index, radio) for index, radio in enumerate(stage.radios) if radio.floor_id == floor_id and radio.enabled
    ]
    for index, radio in radios:
        if radio.band != "2.4":
            draw_radio(axes, radio, f"{radio.ap_id}\nch {radio.channel}: {percent[index]:.0f} %")
    if image is not None:
        bar = figure.colorbar(image, ax=axes, label="Airtime in the busiest 15 minutes (%, mean)", shrink=0.8)
        bar.ax.axhline(100.0 * limit, color=VERMILLION, linewidth=2)
    title(figure, _airtime_finding(group, floor_id, limit=limit), _airtime_context(group))
    return figure


def _airtime_finding(group: DayGroup, floor_id: str, *, limit: float) -> str:
    floor = dict(group.run.floors)[floor_id]
    radios = [index for index, radio in enumerate(group.stage.radios) if radio.floor_id == floor_id and radio.enabled]
    if not radios:
        return f"{floor}: no access point"
    over = [index for index in radios if group.busy_air.mean[index] > limit]
    top = max(radios, key=lambda index: float(group.busy_air.mean[index]))
    busiest = f"{group.stage.radios[top].ap_id} at {value_text(float(group.busy_air.mean[top]), 'share')}"
    asked = value_text(limit, "share")
    if not over:
        return f"{floor}: no radio is busier than {asked}; the busiest is {busiest}"
    return f"{floor}: {len(over)} of {len(radios)} radios are busier than {asked}, most of all {busiest}"


def _airtime_context(group: DayGroup) -> str:
    day = day_phrase(group.day_kind, group.run.weekday)
    return f"{group.run.site_name}, {stage_name(group.stage)}, {day}; marked: rooms where lessons fail"


def _chart(stage: StageFacts, floor_id: str) -> MapFacts | None:
    return next((chart for chart in stage.maps if chart.floor_id == floor_id and chart.rssi_dbm.size), None)


def _target(run: RunFacts, metric: str, default: float) -> float:
    return next((criterion.target for criterion in run.criteria if criterion.metric == metric), default)


def rooms_on(run: RunFacts, floor_id: str) -> list[int]:
    """Indices of the rooms of a floor."""
    return [index for index, room in enumerate(run.rooms) if room.floor_id == floor_id]


def _radios_on(stage: StageFacts, floor_id: str) -> list[RadioFacts]:
    return [radio for radio in stage.radios if radio.floor_id == floor_id and radio.enabled and radio.band != "2.4"]


def floor_figure(run: RunFacts, floor_id: str) -> tuple[Figure, Axes]:
    """A figure in the shape of the floor."""
    outlines = [run.rooms[room].outline_m for room in rooms_on(run, floor_id)] or [((0.0, 0.0), (1.0, 1.0))]
    corners = np.concatenate([np.array(outline) for outline in outlines])
    low, high = corners.min(axis=0), corners.max(axis=0)
    width, height = np.maximum(high - low, 1.0)
    inches = float(np.clip(width / 9.0, 10.0, 13.5))
    figure = new_figure(inches, min(max(_MAP_SHARE * inches * height / width + 1.3, 3.6), 14.0))
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    axes.set_xlim(low[0] - 1.0, high[0] + 1.0)
    axes.set_ylim(low[1] - 1.0, high[1] + 1.0)
    axes.set_xlabel("metres")
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=2, colors=GREY)
    return figure, axes


def _indoors(axes: Axes, rooms: Sequence[RoomFacts]) -> PathPatch:
    """The rooms' outlines as one shape to cut a map out with."""
    paths = [MapPath([*room.outline_m, room.outline_m[0]], closed=True) for room in rooms]
    shape = MapPath.make_compound_path(*paths)
    return PathPatch(shape, transform=axes.transData, facecolor="none", edgecolor="none")


def _draw_map(
    axes: Axes,
    chart: MapFacts | None,
    values: FloatArray | None,
    *,
    rooms: Sequence[RoomFacts],
    limits: tuple[float, float],
    colours: str,
) -> AxesImage | None:
    if chart is None or values is None:
        return None
    rows, columns = chart.rssi_dbm.shape
    west, south = (corner - chart.step_m / 2 for corner in chart.origin_m)
    image = axes.imshow(
        np.where(np.isfinite(values), values, limits[0]),
        origin="lower",
        extent=(west, west + columns * chart.step_m, south, south + rows * chart.step_m),
        cmap=colours,
        vmin=limits[0],
        vmax=limits[1],
        interpolation="nearest",
        zorder=0,
    )
    image.set_clip_path(_indoors(axes, rooms))
    return image


def draw_plan(figure: Figure, axes: Axes, run: RunFacts, floor_id: str, *, failing: Mapping[int, str]) -> None:
    """Walls and room names; ``failing`` rooms hatched, with what is said of them."""
    for wall in run.walls:
        if wall.floor_id == floor_id:
            x, y = zip(wall.from_m, wall.to_m, strict=True)
            weight = 0.5 + min(wall.loss_db, 20.0) / 6.0
            axes.plot(x, y, color="white", linewidth=weight + 1.2, solid_capstyle="round", zorder=2)
            axes.plot(x, y, color=BLACK, linewidth=weight, solid_capstyle="round", zorder=3)
    west, east = axes.get_xlim()
    letter_m = _LETTER_IN * (east - west) / (_MAP_SHARE * figure.get_figwidth())
    for index in rooms_on(run, floor_id):
        _draw_room(axes, run.rooms[index], failing.get(index, ""), letter_m=letter_m)


def _draw_room(axes: Axes, room: RoomFacts, failure: str, *, letter_m: float) -> None:
    """The room's name at its south wall, upright where it is too long to lie; a failing room hatched and signed."""
    if failure:
        axes.add_patch(
            Polygon(room.outline_m, closed=True, facecolor="none", edgecolor=VERMILLION, hatch="//", zorder=1.5,
                    linewidth=2.5)
        )  # fmt: skip
    low, high = np.min(room.outline_m, axis=0), np.max(room.outline_m, axis=0)
    label, upright = _room_label(room.name, failure, size_m=high - low, letter_m=letter_m)
    axes.text(
        float(low[0] + high[0]) / 2, float(low[1]) + 0.4, label, ha="center", va="bottom", fontsize=7.5, zorder=5,
        rotation=90 if upright else 0, linespacing=1.0,
        fontweight="bold" if failure else "normal", color=VERMILLION if failure else BLACK,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
    )  # fmt: skip


def _room_label(name: str, failure: str, *, size_m: FloatArray, letter_m: float) -> tuple[str, bool]:
    """The label in two lines of the room's width; upright when even single words are wider and the room is tall."""
    text = f"✗ {name}" if failure else name
    fitting = max(int(size_m[0] / letter_m), 4)
    lines = wrapped(text, fitting)
    if len(lines) > _NAME_LINES:
        lines = [*lines[: _NAME_LINES - 1], f"{lines[_NAME_LINES - 1][: fitting - 1]}…"]
    widest = max(len(line) for line in lines)
    if widest * letter_m > size_m[0] and len(text) * letter_m < size_m[1]:
        return (f"{text} {failure}".rstrip(), True)
    return ("\n".join([*lines, failure] if failure else lines), False)


def draw_radio(axes: Axes, radio: RadioFacts, label: str) -> None:
    """A triangle where a radio hangs, and its label above."""
    axes.plot(
        *radio.at_m, marker="^", markersize=7, color="white", markeredgecolor=BLACK, markeredgewidth=1.2, zorder=6
    )
    axes.annotate(
        label, radio.at_m, xytext=(0, 6), textcoords="offset points", ha="center", va="bottom", fontsize=6.5, zorder=6,
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": GREY, "linewidth": 0.5}, color=BLACK,
    )  # fmt: skip
