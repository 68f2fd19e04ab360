"""Results as flat tables: what goes into the Parquet files of a result folder, and back.

One row a thing and time, one row group a simulated day; rows that hold nothing but zeros are left out. Times are
seconds since midnight. Loads that float32 can hold exactly are stored in it. docs/results.md explains the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from wifisim.results.records import (
    LATENCY_EDGES_S,
    SLOT_S,
    DayRecord,
    FloatArray,
    GateRecord,
    IntArray,
    MapFacts,
    OutageRecord,
    Results,
    RoamingRecord,
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
    outages: tuple[OutageRecord, ...] = ()
    combines: tuple[str, ...] = ()
    roaming: RoamingRecord = field(default_factory=RoamingRecord)
    gates: tuple[GateRecord, ...] = ()


def day_shape(day: DayRecord) -> DayShape:
    """The shape of one day."""
    return DayShape(
        day.stage_id, day.day_kind, day.replication, day.start_s, day.bin_s,
        day.utilisation.shape[0], day.late_counts.shape[0], day.flows, day.events, day.outages, day.combines,
        day.roaming,
        day.gates,
    )  # fmt: skip


def day_tables(results: Results, name: str) -> Iterator[pa.Table]:
    """The table ``name``, day by day in the order of ``results.days``: one row group of the file each."""
    stages = {stage.id: stage for stage in results.stages}
    part = DAY_TABLES[name]
    narrow = {column for column in LOADS if all(_fits_float32(getattr(day, column)) for day in results.days)}
    for day in results.days:
        columns = part(results, stages[day.stage_id], day)
        rows = len(next(iter(columns.values())))  # type: ignore[arg-type]
        columns = {key: _float32(value) if key in narrow else value for key, value in columns.items()}
        names = {"stage": _same(day.stage_id, rows), "day": _same(day.day_kind, rows)}
        yield pa.table({**names, "replication": np.full(rows, day.replication, dtype=np.int32), **columns})


def maps_table(results: Results) -> pa.Table:
    """The signal maps, one row a grid point, row by row from the south-west corner."""
    parts = [_map(stage, chart) for stage in results.stages for chart in stage.maps]
    return pa.concat_tables(parts) if parts else pa.table({name: pa.array([], kind) for name, kind in _MAP_COLUMNS})


def _fits_float32(values: FloatArray) -> bool:
    return bool(np.array_equal(values, values.astype(np.float32)))


def _float32(values: object) -> object:
    return np.asarray(values).astype(np.float32)


def _same(name: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([name]))


def _named(indices: IntArray, names: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(indices.astype(np.int32), pa.array(list(names), pa.string()))


def _grid(rows: int, columns: int) -> tuple[IntArray, IntArray]:
    """Row and column index of every cell of a table [row, column], row by row."""
    return np.repeat(np.arange(rows), columns), np.tile(np.arange(columns), rows)


def _telemetry(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    used = np.any([getattr(day, name) != 0.0 for name in LOADS], axis=0)
    # Resource by resource, because a resource's load changes slowly and so packs well.
    resource, bin_ = np.nonzero(used.T)
    names = _named(resource, [facts.id for facts in stage.resources])
    loads = {name: getattr(day, name)[bin_, resource] for name in LOADS}
    return {"time_s": day.start_s + day.bin_s * bin_, "resource": names, **loads}


def _clients(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    radio, bin_ = np.nonzero(day.clients.T)
    names = _named(radio, [f"{facts.ap_id}/{facts.band}" for facts in stage.radios])
    return {"time_s": day.start_s + day.bin_s * bin_, "radio": names, "clients": day.clients[bin_, radio]}


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


def _backlog(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    bin_ = np.flatnonzero(day.backlog_bytes)
    return {"time_s": day.start_s + day.bin_s * bin_, "bytes": day.backlog_bytes[bin_]}


def _without_wifi(results: Results, stage: StageFacts, day: DayRecord) -> dict[str, object]:  # noqa: ARG001
    bin_ = np.flatnonzero(day.without_wifi)
    return {"time_s": day.start_s + day.bin_s * bin_, "devices": day.without_wifi[bin_]}


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


_MAP_COLUMNS = (
    ("stage", pa.string()), ("floor", pa.string()), ("row", pa.int64()), ("column", pa.int64()),
    ("x_m", pa.float64()), ("y_m", pa.float64()), ("rssi_dbm", pa.float64()), ("radio", pa.string()),
    ("rate_bps", pa.float64()),
)  # fmt: skip


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
        "rate_bps": chart.rate_bps.ravel() if chart.rate_bps.size else np.full(row.size, np.nan),
    })  # fmt: skip


DAY_TABLES: dict[str, Callable[[Results, StageFacts, DayRecord], dict[str, object]]] = {
    "telemetry": _telemetry,
    "clients": _clients,
    "latency": _latency,
    "latency_by_time": _latency_by_time,
    "late": _late,
    "late_by_activity": _late_by_activity,
    "unassociated": _unassociated,
    "backlog": _backlog,
    "without_wifi": _without_wifi,
    "lessons": _lessons,
}
TABLES = (*DAY_TABLES, "maps")
