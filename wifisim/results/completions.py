"""Completion times of given transfers as CSV or Parquet, written in blocks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from wifisim.errors import ResultsError
from wifisim.results.records import FloatArray

_BLOCK = 200_000
_SCHEMA = pa.schema(
    [("flow_id", pa.string()), ("start_s", pa.float64()), ("finish_s", pa.float64()), ("duration_s", pa.float64())]
)


def write_completions(
    flow_id: pa.Array, start_s: FloatArray, finish_s: FloatArray, *, out: Path | None, force: bool
) -> None:
    """Write flow_id, start_s, finish_s, duration_s; a transfer that never ended has empty times.

    ``out`` None is standard output (CSV). Raises ``ResultsError`` when the file exists (without ``force``), has another
    suffix than .csv or .parquet, or cannot be written.
    """
    blocks = _blocks(flow_id, start_s, finish_s)
    options = pacsv.WriteOptions(quoting_style="needed")
    if out is None:
        with (
            contextlib.suppress(BrokenPipeError),
            pacsv.CSVWriter(sys.stdout.buffer, _SCHEMA, write_options=options) as csv,
        ):
            for block in blocks:
                csv.write_batch(block)
        return
    if out.suffix not in (".csv", ".parquet"):
        msg = f"{out}: the name must end in .csv or .parquet"
        raise ResultsError(msg)
    if out.exists() and not force:
        msg = f"{out} exists already; --force replaces it"
        raise ResultsError(msg)
    part = out.with_name(out.name + ".part")
    try:
        with (
            pacsv.CSVWriter(part, _SCHEMA, write_options=options)
            if out.suffix == ".csv"
            else pq.ParquetWriter(part, _SCHEMA)
        ) as writer:
            for block in blocks:
                writer.write_batch(block)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        msg = f"{out} cannot be written: {error.strerror}"
        raise ResultsError(msg) from error


def _blocks(flow_id: pa.Array, start_s: FloatArray, finish_s: FloatArray) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(start_s), _BLOCK):
        rows = slice(first, first + _BLOCK)
        finish = finish_s[rows]
        missing = ~np.isfinite(finish)
        yield pa.record_batch(
            [
                flow_id.slice(first, _BLOCK),
                pa.array(start_s[rows]),
                pa.array(finish, mask=missing),
                pa.array(finish - start_s[rows], mask=missing),
            ],
            schema=_SCHEMA,
        )
