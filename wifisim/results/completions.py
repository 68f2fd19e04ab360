"""Completion times of given transfers as CSV or Parquet, written in blocks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from wifisim.errors import ResultsError
from wifisim.results.records import FloatArray

_BLOCK = 200_000
_SCHEMA = pa.schema(
    [("flow_id", pa.string()), ("start_s", pa.float64()), ("finish_s", pa.float64()), ("duration_s", pa.float64())]
)


def check_target(out: Path | None, *, force: bool) -> None:
    """Refuse a file that cannot be meant, before the work: raises ``ResultsError`` (see ``write_completions``)."""
    if out is None:
        return
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise ResultsError(f"{out}: the name must end in .csv or .parquet")
    if not out.absolute().parent.is_dir():
        raise ResultsError(f"{out} cannot be written: there is no folder {out.parent}")
    if out.is_dir():
        raise ResultsError(f"{out} is a folder")
    if out.exists() and not force:
        raise ResultsError(f"{out} exists already; --force replaces it")


def write_completions(
    flow_id: pa.ChunkedArray, start_s: FloatArray, finish_s: FloatArray, *, out: Path | None, force: bool
) -> None:
    """Write flow_id, start_s, finish_s, duration_s; a transfer that never ended has empty times.

    ``out`` None is standard output (CSV). Raises ``ResultsError`` when the file exists (without ``force``), has another
    suffix than .csv or .parquet, or cannot be written. A file is there whole or not at all.
    """
    check_target(out, force=force)
    blocks = _blocks(flow_id, start_s, finish_s)
    if out is None:
        try:
            with contextlib.suppress(BrokenPipeError), _csv_writer(sys.stdout.buffer, flow_id) as csv:
                for block in blocks:
                    csv.write_batch(block)
        except OSError as error:
            raise ResultsError(f"standard output cannot be written: {error.strerror or error}") from error
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file, _writer(file, out.suffix.lower(), flow_id) as writer:
            for block in blocks:
                writer.write_batch(block)
        part.replace(out)
    except OSError as error:
        raise ResultsError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _writer(file: IO[bytes], suffix: str, flow_id: pa.ChunkedArray) -> pacsv.CSVWriter | pq.ParquetWriter:
    return _csv_writer(file, flow_id) if suffix == ".csv" else pq.ParquetWriter(file, _SCHEMA)


def _csv_writer(file: IO[bytes], flow_id: pa.ChunkedArray) -> pacsv.CSVWriter:
    """A writer behind the line of column names; cells are quoted only where an id needs it."""
    special = pc.any(pc.match_substring_regex(flow_id, pattern='[",\\r\\n]')).as_py()
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed" if special else "none")
    file.write(",".join(_SCHEMA.names).encode() + b"\n")
    return pacsv.CSVWriter(file, _SCHEMA, write_options=options)


def _blocks(flow_id: pa.ChunkedArray, start_s: FloatArray, finish_s: FloatArray) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(start_s), _BLOCK):
        rows = slice(first, first + _BLOCK)
        finish = finish_s[rows]
        missing = ~np.isfinite(finish)
        yield pa.record_batch(
            [
                flow_id.slice(first, _BLOCK).combine_chunks(),
                pa.array(start_s[rows]),
                pa.array(finish, mask=missing),
                pa.array(finish - start_s[rows], mask=missing),
            ],
            schema=_SCHEMA,
        )
