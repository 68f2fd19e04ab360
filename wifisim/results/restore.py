"""Flat tables back to the arrays of Results; the inverse of ``tables``.

Nothing in a table is believed: names must be known, days must be those of the facts, times must fall on bins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from wifisim.errors import ResultsError
from wifisim.results.facts import MapShape, StoredFacts, StoredStage
from wifisim.results.records import (
    LATENCY_BINS,
    LATENCY_BINS_PER_DECADE,
    LATENCY_FIRST_S,
    SLOT_S,
    DayRecord,
    FloatArray,
    IntArray,
    LessonRecord,
    MapFacts,
    Results,
    StageFacts,
)
from wifisim.results.tables import DAY_COLUMNS, DAY_TABLES, LESSON_COUNTS, LESSON_FLOATS, LESSON_TEXTS, LOADS, DayShape


@dataclass(frozen=True, slots=True)
class _Day:
    """One day's rows of every table, and the names its rows use."""

    shape: DayShape
    stage: StoredStage
    facts: StoredFacts
    rows: Mapping[str, pa.Table]

    def floats(self, table: str, column: str) -> FloatArray:
        return np.asarray(self.rows[table].column(column).to_numpy(), dtype=np.float64)

    def counts(self, table: str, column: str) -> IntArray:
        values = np.asarray(self.rows[table].column(column).to_numpy(), dtype=np.int64)
        _require(bool((values >= 0).all()), f"{table}: a negative {column}")
        return values

    def index(self, table: str, column: str, names: Sequence[str]) -> IntArray:
        """Positions of a text column's values in ``names``."""
        return _positions(self.rows[table].column(column), names, f"{table}: unknown {column}")

    def slot(self, table: str) -> IntArray:
        return _whole((self.floats(table, "time_s") - self.shape.start_s) / SLOT_S, self.shape.slots, table)

    def bin(self, table: str) -> IntArray:
        return _whole((self.floats(table, "time_s") - self.shape.start_s) / self.shape.bin_s, self.shape.bins, table)

    def duration(self, table: str) -> IntArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            position = LATENCY_BINS_PER_DECADE * np.log10(self.floats(table, "from_s") / LATENCY_FIRST_S)
        return _whole(position, LATENCY_BINS, table)


def results_from(facts: StoredFacts, tables: Mapping[str, pq.ParquetFile]) -> Results:
    """The Results that ``facts`` and the open ``tables`` describe. Raises ResultsError where they disagree."""
    stages = {stage.id: stage for stage in facts.stages}
    maps = tables["maps"].read()
    for name in DAY_TABLES:
        _require(tables[name].num_row_groups == len(facts.days), f"{name}: days are missing or too many")
    days = []
    for index, shape in enumerate(facts.days):
        rows = {name: _rows_of(tables[name].read_row_group(index), shape, name) for name in DAY_TABLES}
        days.append(_day(_Day(shape, stages[shape.stage_id], facts, rows)))
    return Results(
        run=facts.run,
        stages=tuple(_stage(stage, maps) for stage in facts.stages),
        days=tuple(days),
        provenance=facts.provenance,
    )


def _rows_of(table: pa.Table, day: DayShape, name: str) -> pa.Table:
    """The table itself, when all its rows belong to ``day``."""
    for column, wanted in zip(DAY_COLUMNS, (day.stage_id, day.day_kind, day.replication), strict=True):
        values = pc.unique(table.column(column)).to_pylist()
        _require(values in ([wanted], []), f"{name}: rows of another day")
    return table


def _day(day: _Day) -> DayRecord:
    run, shape, stage = day.facts.run, day.shape, day.stage
    activities = [activity.id for activity in run.activities]
    rooms = [room.id for room in run.rooms]
    resources = [*(resource.id for resource in stage.resources), ""]
    latency_axes = (day.index("latency", "activity", activities), day.index("latency", "room", rooms))
    by_time_axes = (day.index("latency_by_time", "activity", activities), day.slot("latency_by_time"))
    late_by_activity_axes = (
        day.index("late_by_activity", "activity", activities),
        day.index("late_by_activity", "resource", resources),
    )
    return DayRecord(
        stage_id=shape.stage_id,
        day_kind=shape.day_kind,
        replication=shape.replication,
        start_s=shape.start_s,
        bin_s=shape.bin_s,
        **_loads(day),
        clients=_clients(day),
        latency_counts=_filled(
            (len(activities), len(rooms), LATENCY_BINS),
            (*latency_axes, day.duration("latency")),
            day.counts("latency", "transfers"),
        ),
        latency_by_time=_filled(
            (len(activities), shape.slots, LATENCY_BINS),
            (*by_time_axes, day.duration("latency_by_time")),
            day.counts("latency_by_time", "transfers"),
        ),
        late_counts=_filled(
            (shape.slots, len(resources)),
            (day.slot("late"), day.index("late", "resource", resources)),
            day.counts("late", "late"),
        ),
        late_by_activity=_filled(
            (len(activities), len(resources)), late_by_activity_axes, day.counts("late_by_activity", "late")
        ),
        lessons=_lessons(day, rooms, resources),
        unassociated_by_room=_filled(
            (len(rooms),), (day.index("unassociated", "room", rooms),), day.counts("unassociated", "devices")
        ),
        backlog_bytes=_placed((shape.bins,), (day.bin("backlog"),), day.floats("backlog", "bytes")),
        without_wifi=_filled((shape.bins,), (day.bin("without_wifi"),), day.counts("without_wifi", "devices")),
        flows=shape.flows,
        events=shape.events,
        loop_s=0.0,
        outages=shape.outages,
        combines=shape.combines,
        roaming=shape.roaming,
        gates=shape.gates,
    )


def _loads(day: _Day) -> dict[str, FloatArray]:
    size = (day.shape.bins, len(day.stage.resources))
    resource = day.index("telemetry", "resource", [resource.id for resource in day.stage.resources])
    bins = day.bin("telemetry")
    return {name: _placed(size, (bins, resource), day.floats("telemetry", name)) for name in LOADS}


def _clients(day: _Day) -> FloatArray:
    size = (day.shape.bins, len(day.stage.radios))
    names = [f"{radio.ap_id}/{radio.band}" for radio in day.stage.radios]
    return _placed(size, (day.bin("clients"), day.index("clients", "radio", names)), day.floats("clients", "clients"))


def _lessons(day: _Day, rooms: Sequence[str], resources: Sequence[str]) -> tuple[LessonRecord, ...]:
    table = day.rows["lessons"]
    if table.num_rows == 0:
        return ()
    texts = {name: table.column(name).cast(pa.string()).to_pylist() for name in LESSON_TEXTS}
    floats = {name: table.column(name).cast(pa.float64()).to_pylist() for name in LESSON_FLOATS}
    columns = {**texts, **floats, **{name: day.counts("lessons", name).tolist() for name in LESSON_COUNTS}}
    _require(not any(value is None for values in columns.values() for value in values), "lessons: an empty cell")
    columns["room"] = day.index("lessons", "room", rooms).tolist()
    binding = day.index("lessons", "binding_resource", resources)
    columns["binding_resource"] = np.where(binding == len(resources) - 1, -1, binding).tolist()
    return tuple(LessonRecord(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True))


def _stage(stage: StoredStage, maps: pa.Table) -> StageFacts:
    return StageFacts(
        **stage.basics(),
        maps=tuple(_map(stage, shape, maps) for shape in stage.maps),
        room_rssi_dbm=np.array(stage.room_rssi_dbm, dtype=np.float64),
    )


def _map(stage: StoredStage, shape: MapShape, maps: pa.Table) -> MapFacts:
    rows = maps.filter(
        pc.and_(pc.equal(maps.column("stage"), stage.id), pc.equal(maps.column("floor"), shape.floor_id))
    )
    size = (shape.rows, shape.columns)
    _require(rows.num_rows == size[0] * size[1], "maps: rows are missing or too many")
    at = tuple(
        _whole(rows.column(name).to_numpy().astype(np.float64), limit, "maps")
        for name, limit in zip(("row", "column"), size, strict=True)
    )
    names = [*(f"{radio.ap_id}/{radio.band}" for radio in stage.radios), ""]
    radio = _positions(rows.column("radio"), names, "maps: unknown radio")
    signal = np.asarray(rows.column("rssi_dbm").to_numpy(), dtype=np.float64)
    return MapFacts(
        floor_id=shape.floor_id,
        origin_m=shape.origin_m,
        step_m=shape.step_m,
        rssi_dbm=_placed(size, at, signal),
        radio=_filled(size, at, np.where(radio == len(names) - 1, -1, radio)),
        rate_bps=_rates(rows, size, at),
    )


def _rates(rows: pa.Table, size: tuple[int, int], at: tuple[IntArray, ...]) -> FloatArray:
    """PHY rates [row, column]; empty where the results do not know them."""
    if "rate_bps" not in rows.column_names:
        return np.zeros((0, 0))
    rates = np.asarray(rows.column("rate_bps").to_numpy(), dtype=np.float64)
    return _placed(size, at, rates) if rates.size and np.isfinite(rates).all() else np.zeros((0, 0))


def _positions(column: pa.ChunkedArray, names: Sequence[str], complaint: str) -> IntArray:
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(list(names), pa.string()))
    _require(found.null_count == 0, complaint)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _whole(position: FloatArray, limit: int, table: str) -> IntArray:
    """Positions rounded to whole numbers in [0, limit)."""
    nearest = np.round(position)
    good = np.isfinite(position) & (np.abs(position - nearest) < 1e-3) & (nearest >= 0) & (nearest < limit)
    _require(bool(good.all()), f"{table}: a time or place outside the run")
    return nearest.astype(np.int64)


def _filled(shape: tuple[int, ...], at: tuple[IntArray, ...], counts: IntArray) -> IntArray:
    array = np.zeros(shape, dtype=np.int64)
    array[at] = counts
    return array


def _placed(shape: tuple[int, ...], at: tuple[NDArray[np.int64], ...], values: FloatArray) -> FloatArray:
    array = np.zeros(shape)
    array[at] = values
    return array


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ResultsError(what)
