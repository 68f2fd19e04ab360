"""Rooms over the floor plan: how lessons went in each (experience), and which channels its access points use.

Experience is the share of the devices in a room's lessons that met their activities' targets, means over replications;
rooms without devices are grey. Channels are told by text as well as by colour; radios that share a
contention domain with another on the same channel are joined by a line.
"""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from wifisim.plots.plan import draw_plan, floor_figure, rooms_on
from wifisim.plots.style import BLACK, LIGHT, SHARE_MAP, STATUS_INKS, VERMILLION, house_style, title
from wifisim.results.breakdowns import lesson_rows
from wifisim.results.daygroup import DayGroup
from wifisim.results.phrases import day_phrase, room_name, stage_name, value_text
from wifisim.results.records import RadioFacts, RunFacts, StageFacts


@house_style
def plot_experience(group: DayGroup, floor_id: str) -> Figure:
    """Share of devices that worked in each room's lessons; rooms with lessons that failed are marked."""
    run = group.run
    shares, failed = _experience(group)
    figure, axes = floor_figure(run, floor_id)
    scale = Normalize(0.0, 100.0)
    colours = mpl.colormaps[SHARE_MAP]
    here = [room for room in rooms_on(run, floor_id) if room in shares]
    for room in rooms_on(run, floor_id):
        if room not in shares:
            axes.add_patch(Polygon(run.rooms[room].outline_m, closed=True, facecolor=LIGHT, edgecolor="none", zorder=1))
    for room in here:
        face = colours(scale(100.0 * shares[room]))
        axes.add_patch(Polygon(run.rooms[room].outline_m, closed=True, facecolor=face, edgecolor="none", zorder=1))
    marks = {room: value_text(shares[room], "share") for room in here if failed[room] > 0}
    draw_plan(figure, axes, run, floor_id, failing=marks)
    label = "Devices whose transfers met their targets (%)"
    figure.colorbar(ScalarMappable(scale, colours), ax=axes, label=label, shrink=0.8)
    day = day_phrase(group.day_kind, run.weekday)
    context = (
        f"{run.site_name}, {stage_name(group.stage)}, {day}; marked: a lesson failed in some run; grey: no devices"
    )
    title(
        figure, _experience_finding(run, floor_id, shares={room: shares[room] for room in here}, marked=marks), context
    )
    return figure


@house_style
def plot_channels(run: RunFacts, stage: StageFacts, floor_id: str) -> Figure:
    """The channel plan of a floor: each 5 and 6 GHz radio's channel and width, and who has to share the air."""
    figure, axes = floor_figure(run, floor_id)
    draw_plan(figure, axes, run, floor_id, failing={})
    radios = [radio for radio in stage.radios if radio.floor_id == floor_id and radio.enabled and radio.band != "2.4"]
    pairs = [(one, other) for one, other in combinations(radios, 2) if set(one.cliques) & set(other.cliques)]
    for one, other in pairs:
        x, y = zip(one.at_m, other.at_m, strict=True)
        axes.plot(x, y, color=VERMILLION, linewidth=2.0, linestyle=":", zorder=4)
    sharing = {radio.ap_id for pair in pairs for radio in pair}
    widths = {radio.width_mhz for radio in radios}
    for radio in radios:
        width = f", {radio.width_mhz} MHz" if len(widths) > 1 else ""
        _draw_channel(axes, radio, f"{radio.ap_id}{width}", shares=radio.ap_id in sharing)
    floor = dict(run.floors)[floor_id]
    used = len({(radio.band, radio.channel) for radio in radios})
    shared = (
        f"{len(pairs)} {'pair shares its' if len(pairs) == 1 else 'pairs share their'} air (dotted)"
        if pairs
        else "no two hear each other on one channel"
    )
    finding = f"{floor}: {len(radios)} radios on {used} channels; {shared}" if radios else f"{floor}: no access point"
    wide = f", all {widths.pop()} MHz wide" if len(widths) == 1 else ""
    told = f"channel in the circle, 5 and 6 GHz{wide}; other floors may share the air too"
    title(figure, finding, f"{run.site_name}, {stage_name(stage)}; {told}")
    return figure


def _draw_channel(axes: Axes, radio: RadioFacts, label: str, *, shares: bool) -> None:
    """The channel in a circle, dark where the air is shared; the label above it."""
    face, ink = (STATUS_INKS["fail"], "white") if shares else ("white", BLACK)
    axes.plot(*radio.at_m, marker="o", markersize=21, color=face, markeredgecolor=BLACK, zorder=4.5)
    axes.text(
        *radio.at_m, str(radio.channel), ha="center", va="center", fontsize=8, fontweight="bold", color=ink, zorder=6
    )
    box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"}
    axes.annotate(
        label, radio.at_m, xytext=(0, 12), textcoords="offset points", ha="center",
        va="bottom", fontsize=6.5, zorder=6, bbox=box,
    )  # fmt: skip


def _experience(group: DayGroup) -> tuple[dict[int, float], dict[int, int]]:
    """By room with devices: share of devices that worked, and how many lessons failed over all replications."""
    devices: dict[int, float] = {}
    good: dict[int, float] = {}
    failed: dict[int, int] = {}
    for row in lesson_rows(group):
        devices[row.room] = devices.get(row.room, 0.0) + row.devices * row.with_devices
        good[row.room] = good.get(row.room, 0.0) + row.good_devices * row.with_devices
        failed[row.room] = failed.get(row.room, 0) + row.with_devices - row.good
    return {room: good[room] / devices[room] for room in devices}, failed


def _experience_finding(run: RunFacts, floor_id: str, *, shares: dict[int, float], marked: dict[int, str]) -> str:
    floor = dict(run.floors)[floor_id]
    if not shares:
        return f"{floor}: no lesson with devices"
    if not marked:
        return f"{floor}: every lesson works"
    worst = min(marked, key=lambda room: shares[room])
    rooms = f"{len(marked)} of {len(shares)} rooms have" if len(marked) > 1 else "one room has"
    return f"{floor}: {rooms} lessons that fail, most of all {room_name(run, worst)} ({marked[worst]} of devices work)"
