"""Flow lists: one transfer a row, read column-wise and in blocks, so that millions of rows fit.

Columns: flow_id, station, ap, start_s, size_bytes, direction (down or up); optional: service (used over a site only,
see ``site_flows``) and cap_bps (the most that transfer may have, empty for none; ``cap`` is read as the same).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from wifisim.inputs.findings import Findings, Place
from wifisim.inputs.source import decode

REQUIRED = ("flow_id", "station", "ap", "start_s", "size_bytes", "direction")
OPTIONAL = ("service", "cap_bps", "cap")
_TEXT = ("flow_id", "station", "ap", "direction", "service")
_NUMBERS = ("start_s", "size_bytes", "cap_bps", "cap")
_LOOKED_AT = 1_000_000  # octets at the beginning of an unreadable file


@dataclass(frozen=True, slots=True)
class FlowList:
    """Transfers in file order; ``station`` indexes the network's stations, or the ends that were read with the list."""

    flow_id: pa.Array
    station: NDArray[np.int64]
    start_s: NDArray[np.float64]
    size_bytes: NDArray[np.float64]
    up: NDArray[np.bool_]
    cap_bps: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distinct:
    """The different values of some columns together, the first row of each, and which of them each row has."""

    values: tuple[tuple[str, ...], ...]
    first_row: NDArray[np.int64]
    of_row: NDArray[np.int64]


# Rows to indices of stations; adds a problem for each row that has none.
Stations = Callable[[pa.Table, str, Findings], NDArray[np.int64]]


def read_flow_list(path: str | os.PathLike[str], *, stations: dict[tuple[str, str], int]) -> FlowList:
    """The transfers of a CSV file. ``stations`` maps (station, ap) to an index. Raises ``InputError``."""

    def index(table: pa.Table, shown: str, findings: Findings) -> NDArray[np.int64]:
        found = distinct(table, ("station", "ap"))
        of_pair = np.array([stations.get((pair[0], pair[1]), -1) for pair in found.values], np.int64)
        station = of_pair[found.of_row]
        rule = "is not in the network's station list at that access point"
        _check(table, (("station", station >= 0, rule),), shown, findings)
        return station

    return read_flows(path, index=index)


def read_flows(path: str | os.PathLike[str], *, index: Stations) -> FlowList:
    """The transfers of a CSV file, their stations found by ``index``. Raises ``InputError``."""
    findings = Findings()
    shown = str(path)
    findings.read(shown)
    table = _read_table(Path(path), shown, findings)
    findings.raise_if_any()
    assert table is not None  # noqa: S101
    start, size = _numbers(table, "start_s"), _numbers(table, "size_bytes")
    cap_name = "cap_bps" if "cap_bps" in table.column_names else "cap"
    cap = np.full(table.num_rows, np.inf)
    if cap_name in table.column_names:
        cap = _numbers(table, cap_name, empty=np.inf)
    up, known = _directions(table)
    checks = (
        ("start_s", np.isfinite(start), "must be a finite number of seconds"),
        ("size_bytes", np.isfinite(size) & (size >= 0.0), "must be a number of bytes, 0 or more"),
        ("direction", known, "must be down or up"),
        (cap_name, cap > 0.0, "must be a rate above 0, or empty"),
    )
    _check(table, checks, shown, findings)
    station = index(table, shown, findings)
    findings.raise_if_any()
    flow_id = table.column("flow_id").combine_chunks()
    return FlowList(flow_id, station, start, size, up, cap)


def _check(
    table: pa.Table, checks: Sequence[tuple[str, NDArray[np.bool_], str]], shown: str, findings: Findings
) -> None:
    """Add a problem for the first rows of each column that are not good."""
    for name, good, rule in checks:
        for row in np.flatnonzero(~good)[:20]:
            cell = table.column(name)[int(row)].as_py()
            findings.add(Place(shown, line_of(int(row)), name, "" if cell is None else str(cell)), rule)


def line_of(row: int) -> int:
    """The line of a row: counted from 1, after the line of column names."""
    return row + 2


def _read_table(path: Path, shown: str, findings: Findings) -> pa.Table | None:
    try:
        try:
            table = _columns(path, pa.float64())
        except pa.ArrowInvalid:
            # Perhaps a cell is no number: as text it can be said which.
            table = _columns(path, pa.string(), one_by_one=True)
    except FileNotFoundError:
        findings.add(Place(shown, 0, ""), "no such file")
        return None
    except OSError as error:
        findings.add(Place(shown, 0, ""), f"cannot be read: {error.strerror or error}")
        return None
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if _is_text(path, shown, findings):
            findings.add(Place(shown, 0, ""), f"is not a flow list: {error}")
        return None
    for name in REQUIRED:
        if name not in table.column_names:
            findings.add(Place(shown, 1, name), "is required as a column")
    for name in table.column_names:
        if name not in REQUIRED + OPTIONAL:
            findings.add(Place(shown, 1, "", name), "is not a known column", names=REQUIRED + OPTIONAL)
    for name in sorted({name for name in table.column_names if table.column_names.count(name) > 1}):
        findings.add(Place(shown, 1, "", name), "is a column twice")
    return table


def _is_text(path: Path, shown: str, findings: Findings) -> bool:
    """Whether the file begins like text; what else it may be is added to ``findings``."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    return decode(head[: head.rfind(b"\n") + 1] or head, shown, findings) is not None


def _columns(path: Path, numbers: pa.DataType, *, one_by_one: bool = False) -> pa.Table:
    """The table, its columns of numbers read as the type ``numbers``; ``one_by_one``: errors know their row."""
    types = dict.fromkeys(_TEXT, pa.string()) | dict.fromkeys(_NUMBERS, numbers)
    options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[""])
    return pacsv.read_csv(path, pacsv.ReadOptions(use_threads=not one_by_one), convert_options=options)


def _numbers(table: pa.Table, name: str, *, empty: float = np.nan) -> NDArray[np.float64]:
    """A column's numbers, nan where a cell is none and ``empty`` where it is empty."""
    column = table.column(name)
    if pa.types.is_string(column.type):
        return np.array([_number(cell) if cell else empty for cell in column.to_pylist()], np.float64)
    return np.asarray(column.fill_null(empty).to_numpy(), dtype=np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _directions(table: pa.Table) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    column = table.column("direction")
    up = np.asarray(pc.equal(column, "up").to_numpy(), dtype=np.bool_)
    down = np.asarray(pc.equal(column, "down").to_numpy(), dtype=np.bool_)
    return up, up | down


def distinct(table: pa.Table, columns: Sequence[str]) -> Distinct:
    """The different values of text ``columns``; a column that is not there counts as empty."""
    code, words = np.zeros(table.num_rows, np.int64), []
    for name in columns:
        if name not in table.column_names:
            words.append([""])
            continue
        encoded = table.column(name).combine_chunks().dictionary_encode()
        words.append(encoded.dictionary.to_pylist())
        code = code * max(len(words[-1]), 1) + encoded.indices.to_numpy().astype(np.int64)
    codes, first_row, of_row = np.unique(code, return_index=True, return_inverse=True)
    parts = np.unravel_index(codes, [max(len(column), 1) for column in words])
    values = tuple(
        tuple(column[int(i)] for column, i in zip(words, row, strict=True)) for row in zip(*parts, strict=True)
    )
    return Distinct(values, first_row.astype(np.int64), of_row.astype(np.int64))
