"""The figures that criteria speak of: one number a day and replication, by name.

Each metric is a function of one day's record and the facts around it; NaN says that it does not apply (no saves, no
lessons with devices, no filter). ``METRICS`` is the list of names a standard in the catalogue may use; a name that a
stage's ``figures`` holds needs no simulation and is taken from there. Utilisations are means over the busiest 15
minutes of the busiest resource (see ``loads``), so that a quiet afternoon cannot excuse a lesson that stalls; they
speak of ``ORDINARY_DAYS`` only, because hand-outs and updates fill whatever is free by design.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wifisim.results.intervals import Scale
from wifisim.results.latency import latency_quantile_s
from wifisim.results.loads import busy_quarter, radio_airtime
from wifisim.results.records import DayRecord, FloatArray, LessonRecord, RunFacts, StageFacts

# The school day over which SETDA's per-user peak is measured: 07:00-17:00 (facts: Broadband Imperative III).
_SCHOOL_DAY_S = (7 * 3600.0, 17 * 3600.0)

# Kinds of day on which use is judged; on the others bulk transfers fill what is free, and that is their job.
ORDINARY_DAYS = ("typical", "assessment")

MetricFunction = Callable[[DayRecord, StageFacts, RunFacts], float]


@dataclass(frozen=True, slots=True)
class Metric:
    """How a figure is computed from a day, on which scale replications are averaged, and whether it is one of use."""

    function: MetricFunction
    scale: Scale
    use: bool = False


def metric_value(name: str, day: DayRecord, stage: StageFacts, *, run: RunFacts) -> float:
    """The metric ``name`` on one simulated day; NaN when it does not apply or nobody knows it."""
    if name in stage.figures:
        return stage.figures[name]
    metric = METRICS.get(name)
    return metric.function(day, stage, run) if metric else math.nan


def metric_scale(name: str, stage: StageFacts) -> Scale:
    """On which scale replications of the metric are averaged; ``exact`` for a figure without chance in it."""
    if name in stage.figures or name not in METRICS:
        return "exact"
    return METRICS[name].scale


def judged_on(name: str, day_kind: str) -> bool:
    """Whether a kind of day counts for the metric ``name``: all do, but for figures of use."""
    return day_kind in ORDINARY_DAYS or name not in METRICS or not METRICS[name].use


def lesson_is_good(lesson: LessonRecord, run: RunFacts) -> bool:
    """Whether enough of the lesson's devices met their activities' targets."""
    return lesson.good_devices >= run.devices_good_share * lesson.devices - 1e-9


def lessons_with_devices(day: DayRecord) -> Sequence[LessonRecord]:
    """The lessons of the day in which devices were used."""
    return [lesson for lesson in day.lessons if lesson.devices > 0]


def busiest(day: DayRecord, stage: StageFacts, kind: str) -> tuple[float, int]:
    """Mean use in the busiest 15 minutes of the busiest resource of a kind, and its index; (NaN, -1) without one."""
    columns = [index for index, resource in enumerate(stage.resources) if resource.kind == kind]
    if not columns:
        return math.nan, -1
    use = busy_quarter(day.utilisation[:, columns], start_s=day.start_s, bin_s=day.bin_s).mean
    best = int(np.argmax(use))
    return float(use[best]), columns[best]


def _cloud_save_p95_s(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
    saves = [index for index, activity in enumerate(run.activities) if activity.save]
    return latency_quantile_s(day.latency_counts[saves], 0.95) if saves else math.nan


def _lessons_good_share(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
    lessons = lessons_with_devices(day)
    if not lessons:
        return math.nan
    return sum(lesson_is_good(lesson, run) for lesson in lessons) / len(lessons)


def _airtime_busy_quarter(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
    airtime = radio_airtime(day, stage)
    if airtime.shape[1] == 0:
        return math.nan
    return float(busy_quarter(airtime, start_s=day.start_s, bin_s=day.bin_s).mean.max())


def _utilisation_busy_quarter(kind: str) -> MetricFunction:
    def metric(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
        return busiest(day, stage, kind)[0]

    return metric


def _clients_per_radio_max(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
    return float(day.clients.max()) if day.clients.size else math.nan


def _unassociated_devices(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
    return float(day.unassociated_by_room.sum())


def _room_rssi_min_dbm(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
    heard: FloatArray = stage.room_rssi_dbm[~np.isnan(stage.room_rssi_dbm)]
    return float(heard.min()) if heard.size else math.nan


def _late_share(kinds: tuple[str, ...]) -> MetricFunction:
    """Share of the transfers of activities of these kinds that missed their target."""

    def metric(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:  # noqa: ARG001
        chosen = [index for index, activity in enumerate(run.activities) if activity.kind in kinds]
        transfers = int(day.latency_counts[chosen].sum())
        return float(day.late_by_activity[chosen].sum()) / transfers if transfers else math.nan

    return metric


def _line_rate_per_pupil_p95_mbps(day: DayRecord, stage: StageFacts, run: RunFacts) -> float:
    """95th percentile over the school day of the busiest line direction's rate, per pupil on roll, in Mbit/s."""
    lines = [index for index, resource in enumerate(stage.resources) if resource.kind == "line"]
    time_s = day.start_s + day.bin_s * np.arange(day.carried_bps.shape[0])
    inside = (time_s >= _SCHOOL_DAY_S[0]) & (time_s < _SCHOOL_DAY_S[1])
    if not lines or not inside.any() or run.pupils == 0:
        return math.nan
    return float(np.percentile(day.carried_bps[inside][:, lines], 95, axis=0).max()) / run.pupils / 1e6


METRICS: dict[str, Metric] = {
    "cloud_save_p95_s": Metric(_cloud_save_p95_s, "log"),
    "lessons_good_share": Metric(_lessons_good_share, "share"),
    "airtime_busy_quarter": Metric(_airtime_busy_quarter, "share", use=True),
    "line_utilisation_busy_quarter": Metric(_utilisation_busy_quarter("line"), "share", use=True),
    "filter_utilisation_busy_quarter": Metric(_utilisation_busy_quarter("appliance"), "share", use=True),
    "uplink_utilisation_busy_quarter": Metric(_utilisation_busy_quarter("link"), "share", use=True),
    "clients_per_radio_max": Metric(_clients_per_radio_max, "positive"),
    "unassociated_devices": Metric(_unassociated_devices, "positive"),
    "room_rssi_min_dbm": Metric(_room_rssi_min_dbm, "exact"),
    "late_share": Metric(_late_share(("transaction", "stream", "call", "bulk")), "share"),
    "video_stall_share": Metric(_late_share(("stream",)), "share"),
    "call_late_share": Metric(_late_share(("call",)), "share"),
    "line_rate_per_pupil_p95_mbps": Metric(_line_rate_per_pupil_p95_mbps, "positive"),
}
