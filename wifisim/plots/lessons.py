"""Lessons as a timetable: rooms x periods, how many of the devices in each lesson worked."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from wifisim.plots.style import BLACK, LIGHT, SHARE_MAP, bare, house_style, new_figure, on_map, title
from wifisim.results.breakdowns import LessonRow, lesson_rows
from wifisim.results.daygroup import DayGroup
from wifisim.results.phrases import day_phrase, room_name, stage_name, value_text
from wifisim.units import clock_from_seconds

_LOW_SHARE = 0.5  # the colour scale starts here: below, a lesson is lost anyway


@house_style
def plot_lessons(group: DayGroup) -> Figure:
    """One row a room, one column a period; the share of devices that worked, failing lessons signed and outlined."""
    lessons = lesson_rows(group)
    rooms = [index for index in range(len(group.run.rooms)) if any(lesson.room == index for lesson in lessons)]
    periods = sorted({(lesson.start_s, lesson.period_id) for lesson in lessons})
    figure = new_figure(max(7.5, 2.6 + 1.1 * len(periods)), 1.9 + 0.235 * max(len(rooms), 3))
    axes = figure.add_subplot()
    bare(axes)
    axes.set_xlim(-0.5, max(len(periods), 1) - 0.5)
    axes.set_ylim(max(len(rooms), 1) - 0.5, -0.5)
    axes.set_xticks(range(len(periods)), [f"{name}\n{clock_from_seconds(start_s)}" for start_s, name in periods])
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rooms)), [room_name(group.run, room) for room in rooms], fontsize=7.5)
    axes.tick_params(length=0)
    for row in range(len(rooms)):
        for column in range(len(periods)):
            axes.add_patch(Rectangle((column - 0.47, row - 0.42), 0.94, 0.84, facecolor=LIGHT, linewidth=0, alpha=0.5))
    for lesson in lessons:
        _draw_lesson(
            axes, lesson, column=periods.index((lesson.start_s, lesson.period_id)), row=rooms.index(lesson.room)
        )
    if lessons:
        scale = ScalarMappable(Normalize(100 * _LOW_SHARE, 100), colormaps[SHARE_MAP])
        figure.colorbar(scale, ax=axes, label="Devices that worked (%)", extend="min", shrink=0.6, aspect=40)
    title(figure, _finding(group, lessons), _context(group))
    return figure


def _draw_lesson(axes: Axes, lesson: LessonRow, *, column: int, row: int) -> None:
    share = lesson.good_devices / lesson.devices
    shade = float(np.clip((share - _LOW_SHARE) / (1.0 - _LOW_SHARE), 0.0, 1.0))
    fails = lesson.good * 2 < lesson.with_devices
    axes.add_patch(
        Rectangle(
            (column - 0.47, row - 0.42), 0.94, 0.84, facecolor=colormaps[SHARE_MAP](shade),
            edgecolor=BLACK if fails else "#c9c9c9", linewidth=1.8 if fails else 0.5,
        )
    )  # fmt: skip
    text = f"{lesson.class_id}  {100 * share:.0f}"
    axes.text(
        column, row, f"✗ {text}" if fails else text, ha="center", va="center", fontsize=6.8,
        fontweight="bold" if fails else "normal", color=on_map(SHARE_MAP, shade),
    )  # fmt: skip


def _finding(group: DayGroup, lessons: tuple[LessonRow, ...]) -> str:
    failing = [lesson for lesson in lessons if lesson.good * 2 < lesson.with_devices]
    if not lessons:
        return "No lesson uses devices on this day"
    if not failing:
        return f"All {len(lessons)} lessons with devices work"
    rooms: dict[int, int] = {}
    for lesson in failing:
        rooms[lesson.room] = rooms.get(lesson.room, 0) + 1
    worst = max(rooms, key=lambda room: rooms[room])
    alone = list(rooms.values()).count(rooms[worst]) == 1
    where = (
        f", most often in {room_name(group.run, worst)} ({rooms[worst]})"
        if alone
        else f", in {len(rooms)} room{'s' * (len(rooms) > 1)}"
    )
    return f"{len(failing)} of {len(lessons)} lessons with devices fail{where}"


def _context(group: DayGroup) -> str:
    asked = value_text(group.run.devices_good_share, "share")
    day = day_phrase(group.day_kind, group.run.weekday)
    return (
        f"{group.run.site_name}, {stage_name(group.stage)}, {day}; class and % of its devices that worked, "
        f"✗ outlined: fewer than {asked} in most of {len(group.days)} runs; grey: no devices in use"
    )
