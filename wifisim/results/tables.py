"""Results as flat tables: what goes into the Parquet files of a result folder, and back.

One row a thing and time, in the order stage, day, replication, then the array's axes; zeros of counts are left out.
Times are seconds since midnight. Columns are listed with ``TABLES``; docs/results.md explains them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wifisim.results.records import (
    LATENCY_EDGES_S,
    SLOT_S,
    DayRecord,
    FloatArray,
    IntArray,
    MapFacts,
    Results,
    StageFacts,
)

DAY_COLUMNS = ("stage", "day", "replication")
LOADS = ("utilisation", "bound_share", "bound_flows", "carried_bps")


@dataclass(frozen=True, slots=True)
class DayShape:
    """What a day's arrays look like and the numbers beside them: all that the tables do not say themselves."""

    stage_id: str
    day_kind: str
    replication: int
    start_s: float
    bin_s: float
    bins: int
    slots: int
    flows: int
    events: int


def day_shape(day: DayRecord) -> DayShape:
    """The shape of one day."""
    return DayShape(
        day.stage_id, day.day_kind, day.replication, day.start_s, day.bin_s,
        day.utilisation.shape[0], day.late_counts.shape[0], day.flows, day.events,
    )  # fmt: skip


def telemetry_table(results: Results) -> pa.Table:
    """Resources through the day: one row a bin and resource."""
    return _stack(results, _telemetry)


def clients_table(results: Results) -> pa.Table:
    """Associated devices: one row a bin and radio."""
    return _stack(results, _clients)


def latency_table(results: Results) -> pa.Table:
    """Transfers by activity, room and duration bin; bins without any are left out."""
    return _stack(results, _latency)


def latency_by_time_table(results: Results) -> pa.Table:
    """Transfers by activity, slot of five minutes and duration bin."""
    return _stack(results, _latency_by_time)


def late_table(results: Results) -> pa.Table:
    """Late transfers by slot and the resource that held them back ("" for none)."""
    return _stack(results, _late)


def late_by_activity_table(results: Results) -> pa.Table:
    """Late transfers by activity and the resource that held them back."""
    return _stack(results, _late_by_activity)


def unassociated_table(results: Results) -> pa.Table:
    """Devices that found no usable radio, by room."""
    return _stack(results, _unassociated)


def lessons_table(results: Results) -> pa.Table:
    """One row a lesson."""
    return _stack(results, _lessons)


def maps_table(results: Results) -> pa.Table:
    """The signal maps, one row a grid point, row by row from the south-west corner."""
    parts = [_map(stage, chart) for stage in results.stages for chart in stage.maps]
    empty: dict[str, list[object]] = {
        "stage": [],
        "floor": [],
        "row": [],
        "column": [],
        "x_m": [],
        "y_m": [],
        "rssi_dbm": [],
        "radio": [],
    }
    return pa.concat_tables(parts) if parts else pa.table(empty)


TABLES: dict[str, Callable[[Results], pa.Table]] = {
    "telemetry": telemetry_table,
    "clients": clients_table,
    "latency": latency_table,
    "latency_by_time": latency_by_time_table,
    "late": late_table,
    "late_by_activity": late_by_activity_table,
    "unassociated": unassociated_table,
    "lessons": lessons_table,
    "maps": maps_table,
}


def _stack(results: Results, part: Callable[[Results, StageFacts, DayRecord], dict[str, object]]) -> pa.Table:
    stages = {stage.id: stage for stage in results.stages}
    tables = []
    for day in results.days:
        columns = part(results, stages[day.stage_id], day)
        rows = len(next(iter(columns.values())))  # type: ignore[arg-type]
        names = {"stage": _same(day.stage_id, rows), "day": _same(day.day_kind, rows)}
        tables.append(pa.table({**names, "replication": np.full(rows, day.replication, dtype=np.int32), **columns}))
    return pa.concat_tables(tables).unify_dictionaries() if tables else pa.table({"stage": pa.array([], pa.string())})


def _same(name: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([name]))


def _named(indices: IntArray, names: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(indices.astype(np.int32), pa.array(list(names), pa.string()))


def _grid(rows: int, columns: int) -> tuple[IntArray, IntArray]:
    """Row and column index of every cell of a table [row, column], row by row."""
    return np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)


def _telemetry(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    bins, resources = _grid(*day.utilisation.shape)
    loads = {name: getattr(day, name).ravel() for name in LOADS}
    names = _named(resources, [resource.id for resource in stage.resources])
    return {"time_s": day.start_s + day.bin_s * bins, "resource": names, **loads}


def _clients(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    bins, radios = _grid(*day.clients.shape)
    names = _named(radios, [f"{radio.ap_id}/{radio.band}" for radio in stage.radios])
    return {"time_s": day.start_s + day.bin_s * bins, "radio": names, "clients": day.clients.ravel()}


def _latency(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    activity, room, bin_ = np.nonzero(day.latency_counts)
    return {
        "activity": _named(activity, [facts.id for facts in results.run.activities]),
        "room": _named(room, [facts.id for facts in results.run.rooms]),
        **_duration_columns(bin_),
        "transfers": day.latency_counts[activity, room, bin_],
    }


def _latency_by_time(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    activity, slot, bin_ = np.nonzero(day.latency_by_time)
    return {
        "activity": _named(activity, [facts.id for facts in results.run.activities]),
        "time_s": day.start_s + SLOT_S * slot,
        **_duration_columns(bin_),
        "transfers": day.latency_by_time[activity, slot, bin_],
    }


def _duration_columns(bins: IntArray) -> dict[str, FloatArray]:
    return {"from_s": LATENCY_EDGES_S[bins], "to_s": LATENCY_EDGES_S[bins + 1]}


def _late(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    slot, resource = np.nonzero(day.late_counts)
    names = _named(resource, [*(facts.id for facts in stage.resources), ""])
    return {"time_s": day.start_s + SLOT_S * slot, "resource": names, "late": day.late_counts[slot, resource]}


def _late_by_activity(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:
    activity, resource = np.nonzero(day.late_by_activity)
    return {
        "activity": _named(activity, [facts.id for facts in results.run.activities]),
        "resource": _named(resource, [*(facts.id for facts in stage.resources), ""]),
        "late": day.late_by_activity[activity, resource],
    }


def _unassociated(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    room = np.flatnonzero(day.unassociated_by_room)
    names = _named(room, [facts.id for facts in results.run.rooms])
    return {"room": names, "devices": day.unassociated_by_room[room]}


LESSON_TEXTS = ("period_id", "class_id", "subject", "profile_id")
LESSON_COUNTS = ("devices", "good_devices", "unassociated_devices", "transfers", "good_transfers")
LESSON_FLOATS = ("start_s", "end_s", "backlog_bytes")


def _lessons(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:
    kinds = {
        **dict.fromkeys(LESSON_TEXTS, pa.string()),
        **dict.fromkeys(LESSON_COUNTS, pa.int64()),
        **dict.fromkeys(LESSON_FLOATS, pa.float64()),
    }
    rooms = np.array([lesson.room for lesson in day.lessons], dtype=np.int64)
    binding = np.array([lesson.binding_resource for lesson in day.lessons], dtype=np.int64)
    resource_ids = [*(facts.id for facts in stage.resources), ""]
    return {
        "room": _named(rooms, [facts.id for facts in results.run.rooms]),
        **{name: pa.array([getattr(lesson, name) for lesson in day.lessons], kind) for name, kind in kinds.items()},
        "binding_resource": _named(np.where(binding < 0, len(stage.resources), binding), resource_ids),
    }


def _map(stage: StageFacts, chart: MapFacts) -> pa.Table:
    row, column = _grid(*chart.rssi_dbm.shape)
    names = [f"{radio.ap_id}/{radio.band}" for radio in stage.radios]
    return pa.table({
        "stage": pa.array([stage.id] * row.size, pa.string()),
        "floor": pa.array([chart.floor_id] * row.size, pa.string()),
        "row": row,
        "column": column,
        "x_m": chart.origin_m[0] + chart.step_m * column,
        "y_m": chart.origin_m[1] + chart.step_m * row,
        "rssi_dbm": chart.rssi_dbm.ravel(),
        "radio": pa.array([names[index] if index >= 0 else "" for index in chart.radio.ravel()], pa.string()),
    })  # fmt: skip
