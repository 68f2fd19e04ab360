"""What faults cost: a row a stage and fault, and the saves that were waiting through the chosen day.

A day with a fault was simulated against the same day without it (see ``results.outage``); nothing is computed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from wifisim.plots.style import BLACK, LIGHT, VERMILLION
from wifisim.report.chart_parts import (
    Chart,
    base_layout,
    bell_marks,
    clock_times,
    fault_marks,
    five_minutes,
    plain_chart,
)
from wifisim.results.daygroup import DayGroup
from wifisim.results.outage_wording import bytes_text, recovery_text, time_text
from wifisim.results.phrases import date_text, day_phrase, short_label
from wifisim.results.records import Results
from wifisim.results.summary import OutageSummary, Summary


@dataclass(frozen=True, slots=True)
class FaultRow:
    """What a fault cost in one stage; texts as people read them, means over the runs."""

    stage: str
    date: str
    lessons: str
    devices: str
    alone: str
    late: str
    waited: str
    saves: str
    unsaved: str
    recovery: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, when it happened, and its rows by stage."""

    what: str
    when: str
    rows: tuple[FaultRow, ...]


def faults_of(results: Results, summary: Summary) -> tuple[Fault, ...]:
    """The faults of a run, each with all stages in which it was tried."""
    found: dict[tuple[str, str, str, str], list[FaultRow]] = {}
    for stage in summary.stages:
        for day in stage.days:
            for one in day.outages:
                row = _row(short_label(stage.label), date_text(stage.date), one)
                found.setdefault((one.what, one.from_time, one.to_time, day.day), []).append(row)
    return tuple(
        Fault(what[:1].upper() + what[1:], f"{start}-{end} {day_phrase(day, results.run.weekday)}", tuple(rows))
        for (what, start, end, day), rows in found.items()
    )


def fault_sentence(summary: Summary) -> str:
    """The costliest fault at the end of the plan, for the head of the page; "" when none was tried."""
    outages = [one for day in summary.stages[-1].days for one in day.outages]
    if not outages:
        return ""
    worst = max(outages, key=lambda one: (one.lessons_hit, one.devices_hit))
    what = f"{worst.what[:1].upper()}{worst.what[1:]}, {worst.from_time}-{worst.to_time}"
    if worst.devices_hit < 1 and worst.late_transfers < 1:
        return f"{what}: nobody would notice."
    spoilt = f"{worst.lessons_hit:.0f} of the {worst.lessons:.0f} lessons that go on then would be spoilt"
    return f"{what}: {spoilt}; {recovery_text(worst.recovery_s)}."


def _row(stage: str, date: str, one: OutageSummary) -> FaultRow:
    return FaultRow(
        stage, date, f"{one.lessons_hit:.0f} of {one.lessons:.0f}", f"{one.devices_hit:,.0f}",
        f"{one.most_without_wifi:,.0f}",
        f"{one.late_transfers:,.0f}", time_text(one.lost_s), bytes_text(one.waiting_bytes),
        bytes_text(one.unsaved_bytes), recovery_text(one.recovery_s),
    )  # fmt: skip


def backlog_chart(group: DayGroup) -> Chart:
    """Saves asked for and not yet safe, mean and most of the runs, in five minutes; the faults tinted."""
    runs = np.stack([five_minutes(day.backlog_bytes, group.bin_s) for day in group.days]) / 1e6
    times = clock_times(group.start_s, runs.shape[1])
    mean, most = ([float(f"{value:.3g}") for value in series] for series in (runs.mean(axis=0), runs.max(axis=0)))
    lines = [
        go.Scatter(x=times, y=mean, mode="lines", name="mean of the runs", line={"color": BLACK, "width": 2},
                   hovertemplate="%{y} MB"),
        go.Scatter(x=times, y=most, mode="lines", name="worst run", hovertemplate="%{y} MB",
                   line={"color": VERMILLION, "width": 1.5, "dash": "dot"}),
    ]  # fmt: skip
    marks = bell_marks(group)
    layout = {
        **base_layout(height=300),
        "xaxis": {"tickangle": 0, "nticks": 10, "type": "date", "tickformat": "%H:%M"},
        "yaxis": {"domain": [0.0, 0.95], "rangemode": "tozero", "title": {"text": "Saves waiting (MB)"},
                  "gridcolor": LIGHT},
        "shapes": [*marks["shapes"], *fault_marks(group)],
        "annotations": marks["annotations"],
    }  # fmt: skip
    peak = int(runs.mean(axis=0).argmax())
    when = times[peak].split()[1][:5]
    words = f"At most {bytes_text(1e6 * runs.mean(axis=0)[peak])} are waiting, at {when}." if runs.any() else (
        "No save waits on this day.")  # fmt: skip
    return Chart(plain_chart(go.Figure(lines, layout)), words)
