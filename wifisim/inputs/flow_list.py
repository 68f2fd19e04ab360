"""Flow lists: one transfer a row, read in blocks of which only bare columns are kept, so that millions of rows fit.

Columns: flow_id, station, ap, start_s, size_bytes, direction (down or up); optional: service (used over a site only,
see ``site_flows``) and cap_bps (the most that transfer may have, empty for none; ``cap`` is read as the same).
Ten million rows take about 0.4 GB.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
_BLOCK_OCTETS = 1 << 23
_MOST_FAULTS = 20  # of one column that are named

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlowList:
    """Transfers in file order; ``station`` indexes the network's stations, or the ends that were read with the list."""

    flow_id: pa.ChunkedArray
    station: NDArray[np.int32]
    start_s: Floats
    size_bytes: Floats
    up: NDArray[np.bool_]
    cap_bps: Floats

    def rows(self, chosen: NDArray[np.int64]) -> FlowList:
        """Those transfers, without their ids."""
        return FlowList(
            pa.chunked_array([], pa.string()),
            self.station[chosen],
            self.start_s[chosen],
            self.size_bytes[chosen],
            self.up[chosen],
            self.cap_bps[chosen],
        )


@dataclass(frozen=True, slots=True)
class Distinct:
    """The different values of some columns together, the first row of each, and how many rows have it."""

    values: list[tuple[str, ...]]
    first_row: list[int]
    rows: list[int]


# Indices of stations [value]; adds a problem for each value that is none.
Stations = Callable[[Distinct, str, Findings], Sequence[int]]


def read_flow_list(path: str | os.PathLike[str], *, stations: dict[tuple[str, str], int]) -> FlowList:
    """The transfers of a CSV file. ``stations`` maps (station, ap) to an index. Raises ``InputError``."""

    def index(found: Distinct, shown: str, findings: Findings) -> Sequence[int]:
        for (station, ap), row, rows in zip(found.values, found.first_row, found.rows, strict=True):
            if (station, ap) not in stations:
                rule = f"is not in the network's station list at that access point{also(rows)}"
                findings.add(Place(shown, line_of(row), "station", station), rule)
        return [stations.get((station, ap), -1) for station, ap in found.values]

    return read_flows(path, by=("station", "ap"), index=index)


def read_flows(path: str | os.PathLike[str], *, by: Sequence[str], index: Stations) -> FlowList:
    """The transfers of a CSV file, their stations found by ``index`` from the columns ``by``. Raises ``InputError``."""
    findings = Findings()
    shown = str(path)
    findings.read(shown)
    read = _read(Path(path), shown, by, findings)
    if read is None:
        findings.raise_if_any()
    assert read is not None  # noqa: S101
    station = np.array(index(read.found, shown, findings), np.int32)
    findings.raise_if_any()
    return read.flow_list(station)


def also(rows: int) -> str:
    """What a message about the first of ``rows`` says of the others."""
    return f" (so in {rows - 1} more rows)" if rows > 2 else " (so in 1 more row)" if rows == 2 else ""


def line_of(row: int) -> int:
    """The line of a row: counted from 1, after the line of column names."""
    return row + 2


def _read(path: Path, shown: str, by: Sequence[str], findings: Findings) -> _Columns | None:
    try:
        try:
            return _gathered(path, shown, by, findings, numbers=pa.float64())
        except pa.ArrowInvalid:
            # Perhaps a cell is no number: as text it can be said which.
            return _gathered(path, shown, by, findings, numbers=pa.string())
    except FileNotFoundError:
        findings.add(Place(shown, 0, ""), "no such file")
    except OSError as error:
        findings.add(Place(shown, 0, ""), f"cannot be read: {error.strerror or error}")
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if _is_text(path, shown, findings):
            findings.add(Place(shown, 0, ""), f"is not a flow list: {error}")
    return None


def _is_text(path: Path, shown: str, findings: Findings) -> bool:
    """Whether the file begins like text; what else it may be is added to ``findings``."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    return decode(head[: head.rfind(b"\n") + 1] or head, shown, findings) is not None


def _gathered(
    path: Path, shown: str, by: Sequence[str], findings: Findings, *, numbers: pa.DataType
) -> _Columns | None:
    """The columns of the file, those of numbers read as the type ``numbers``; None without the right columns."""
    types = dict.fromkeys(_TEXT, pa.string()) | dict.fromkeys(_NUMBERS, numbers)
    options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[""])
    # Errors know their row where one thread reads.
    reading = pacsv.ReadOptions(block_size=_BLOCK_OCTETS, use_threads=numbers == pa.float64())
    with pacsv.open_csv(path, reading, convert_options=options) as blocks:
        if not _right_columns(blocks.schema.names, shown, findings):
            return None
        columns = _Columns(shown, tuple(by))
        for block in blocks:
            columns.add(block)
    for place, rule in columns.faults:
        findings.add(place, rule)
    return columns


def _right_columns(names: Sequence[str], shown: str, findings: Findings) -> bool:
    before = len(findings)
    for name in REQUIRED:
        if name not in names:
            findings.add(Place(shown, 1, name), "is required as a column")
    for name in names:
        if name not in REQUIRED + OPTIONAL:
            findings.add(Place(shown, 1, "", name), "is not a known column", names=REQUIRED + OPTIONAL)
    for name in sorted({name for name in names if names.count(name) > 1}):
        findings.add(Place(shown, 1, "", name), "is a column twice")
    return len(findings) == before


class _Column:
    """An array that grows in place (the system moves its pages): no parts lie about to be joined."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self.rows = 0
        self._data: NDArray[Any] = np.empty(0, dtype)

    def add(self, values: NDArray[Any]) -> None:
        """More rows."""
        first, self.rows = self.rows, self.rows + len(values)
        if self.rows > len(self._data):
            self._data.resize(int(1.2 * self.rows), refcheck=False)
        self._data[first : self.rows] = values

    def whole(self) -> NDArray[Any]:
        """All rows."""
        self._data.resize(self.rows, refcheck=False)
        return self._data


@dataclass(slots=True)
class _Columns:
    """What has been read so far, block by block; ``code`` is which of the ``found`` values each row has."""

    shown: str
    by: tuple[str, ...]
    rows: int = 0
    found: Distinct = field(default_factory=lambda: Distinct([], [], []))
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    faults: list[tuple[Place, str]] = field(default_factory=list)
    flow_id: list[pa.Array] = field(default_factory=list)
    code: _Column = field(default_factory=lambda: _Column(np.int32))
    start: _Column = field(default_factory=lambda: _Column(np.float64))
    size: _Column = field(default_factory=lambda: _Column(np.float64))
    up: _Column = field(default_factory=lambda: _Column(np.bool_))
    cap: _Column = field(default_factory=lambda: _Column(np.float64))

    def add(self, block: pa.RecordBatch) -> None:
        """Check and keep the rows of one block."""
        start, size = _numbers(block, "start_s"), _numbers(block, "size_bytes")
        direction = block.column("direction")
        up, down = (np.asarray(pc.equal(direction, way).to_numpy(zero_copy_only=False)) for way in ("up", "down"))
        self._check(block, "start_s", np.isfinite(start), "must be a finite number of seconds")
        right = np.isfinite(size) & (size >= 0.0)
        self._check(block, "size_bytes", right, "must be a number of bytes, 0 or more")
        self._check(block, "direction", up | down, "must be down or up")
        for name in ("cap_bps", "cap"):
            if name in block.schema.names and self.cap.rows == self.rows:
                cap = _numbers(block, name, empty=np.inf)
                self._check(block, name, cap > 0.0, "must be a rate above 0, or empty")
                self.cap.add(cap)
        self.start.add(start)
        self.size.add(size)
        self.up.add(up)
        self.code.add(self._codes(block))
        self.flow_id.append(block.column("flow_id"))
        self.rows += block.num_rows

    def flow_list(self, station: NDArray[np.int32]) -> FlowList:
        """The list, with ``station`` [value found]."""
        return FlowList(
            pa.chunked_array(self.flow_id, pa.string()),
            station[self.code.whole()],
            self.start.whole(),
            self.size.whole(),
            self.up.whole(),
            self.cap.whole() if self.cap.rows else np.broadcast_to(np.inf, self.rows),
        )

    def _check(self, block: pa.RecordBatch, name: str, good: NDArray[np.bool_], rule: str) -> None:
        """Note the first rows of a column that are not good."""
        left = _MOST_FAULTS - sum(place.key_path == name for place, _ in self.faults)
        for row in np.flatnonzero(~good)[:left].tolist():
            cell = block.column(name)[row].as_py()
            place = Place(self.shown, line_of(self.rows + row), name, "" if cell is None else str(cell))
            self.faults.append((place, rule))

    def _codes(self, block: pa.RecordBatch) -> NDArray[np.int32]:
        """Which of the values found so far each row has; new ones are added. A column that is not there is empty."""
        code, words = np.zeros(block.num_rows, np.int64), []
        for name in self.by:
            if name not in block.schema.names:
                words.append([""])
                continue
            encoded = block.column(name).dictionary_encode()
            words.append(encoded.dictionary.to_pylist())
            code = code * max(len(words[-1]), 1) + encoded.indices.to_numpy()
        here, first_row, of_row, rows = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
        parts = np.stack(np.unravel_index(here, [max(len(column), 1) for column in words]), axis=-1)
        known = np.zeros(len(here), np.int32)
        for place in np.argsort(first_row).tolist():
            value = tuple(column[i] for column, i in zip(words, parts[place].tolist(), strict=True))
            known[place] = number = self.numbers.setdefault(value, len(self.numbers))
            if number == len(self.found.values):
                self.found.values.append(value)
                self.found.first_row.append(self.rows + int(first_row[place]))
                self.found.rows.append(0)
            self.found.rows[number] += int(rows[place])
        return known[of_row]


def _numbers(block: pa.RecordBatch, name: str, *, empty: float = np.nan) -> Floats:
    """A column's numbers, nan where a cell is none and ``empty`` where it is empty."""
    column = block.column(name)
    if pa.types.is_string(column.type):
        return np.array([_number(cell) if cell else empty for cell in column.to_pylist()], np.float64)
    return np.array(column.fill_null(empty).to_numpy(zero_copy_only=False), dtype=np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
