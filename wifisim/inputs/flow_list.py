"""Flow lists: one transfer a row, read column-wise and in blocks, so that millions of rows fit.

Columns: flow_id, station, ap, start_s, size_bytes, direction (down or up); optional: service (carried along, not used)
and cap_bps (the most that transfer may have, empty for none; ``cap`` is read as the same).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from wifisim.inputs.findings import Findings, Place

REQUIRED = ("flow_id", "station", "ap", "start_s", "size_bytes", "direction")
OPTIONAL = ("service", "cap_bps", "cap")
_TEXT = ("flow_id", "station", "ap", "direction", "service")


@dataclass(frozen=True, slots=True)
class FlowList:
    """Transfers in file order; ``station`` indexes the station list that the reader was given."""

    flow_id: pa.Array
    station: NDArray[np.int64]
    start_s: NDArray[np.float64]
    size_bytes: NDArray[np.float64]
    up: NDArray[np.bool_]
    cap_bps: NDArray[np.float64]


def read_flow_list(path: str | os.PathLike[str], *, stations: dict[tuple[str, str], int]) -> FlowList:
    """The transfers of a CSV file. ``stations`` maps (station, ap) to an index. Raises ``InputError``."""
    findings = Findings()
    shown = str(path)
    findings.read(shown)
    table = _read_table(Path(path), shown, findings)
    findings.raise_if_any()
    assert table is not None  # noqa: S101
    count = table.num_rows
    start, size = _numbers(table, "start_s"), _numbers(table, "size_bytes")
    cap_name = "cap_bps" if "cap_bps" in table.column_names else "cap"
    cap = _numbers(table, cap_name) if cap_name in table.column_names else np.full(count, np.inf)
    cap = np.where(np.isnan(cap), np.inf, cap)
    up, known = _directions(table)
    station = _station_index(table, stations)
    checks = (
        ("start_s", np.isfinite(start), "must be a finite number of seconds"),
        ("size_bytes", np.isfinite(size) & (size >= 0.0), "must be a number of bytes, 0 or more"),
        ("direction", known, "must be down or up"),
        ("station", station >= 0, "is not in the network's station list at that access point"),
        (cap_name, cap > 0.0, "must be a rate above 0, or empty"),
    )
    for name, good, rule in checks:
        for row in np.flatnonzero(~good)[:20]:
            value = str(table.column(name)[int(row)].as_py()) if name in table.column_names else ""
            findings.add(Place(shown, int(row) + 2, name, value), rule)
    findings.raise_if_any()
    flow_id = table.column("flow_id").combine_chunks()
    return FlowList(flow_id, station, start, size, up, cap)


def _read_table(path: Path, shown: str, findings: Findings) -> pa.Table | None:
    types = {name: pa.string() for name in _TEXT}
    types |= {name: pa.float64() for name in ("start_s", "size_bytes", "cap_bps", "cap")}
    options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[""])
    try:
        table = pacsv.read_csv(path, convert_options=options)
    except FileNotFoundError:
        findings.add(Place(shown, 0, ""), "no such file")
        return None
    except (OSError, pa.ArrowInvalid, UnicodeDecodeError) as error:
        findings.add(Place(shown, 0, ""), f"is not a flow list: {error}")
        return None
    for name in REQUIRED:
        if name not in table.column_names:
            findings.add(Place(shown, 1, name), "is required as a column")
    for name in table.column_names:
        if name not in REQUIRED + OPTIONAL:
            findings.add(Place(shown, 1, "", name), "is not a known column", names=REQUIRED + OPTIONAL)
    return table


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    column = table.column(name).fill_null(np.nan)
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _directions(table: pa.Table) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    column = table.column("direction")
    up = np.asarray(pc.equal(column, "up").to_numpy(), dtype=np.bool_)
    down = np.asarray(pc.equal(column, "down").to_numpy(), dtype=np.bool_)
    return up, up | down


def _station_index(table: pa.Table, stations: dict[tuple[str, str], int]) -> NDArray[np.int64]:
    """Index of each row's (station, ap), -1 where unknown; looked up once a distinct pair."""
    names = table.column("station").combine_chunks().dictionary_encode()
    points = table.column("ap").combine_chunks().dictionary_encode()
    width = len(points.dictionary)
    pair = names.indices.to_numpy().astype(np.int64) * width + points.indices.to_numpy()
    distinct, inverse = np.unique(pair, return_inverse=True)
    found = [
        stations.get((names.dictionary[int(p // width)].as_py(), points.dictionary[int(p % width)].as_py()), -1)
        for p in distinct
    ]
    return np.array(found, np.int64)[inverse]
