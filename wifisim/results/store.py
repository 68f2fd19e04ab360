"""The result folder: written whole or not at all, read back as it was, the same bytes for the same results.

A folder is written beside its place and then renamed to it; one that is replaced steps aside first and comes back if
anything goes wrong, also after a crash (the next read or write finds it by its name). Nothing in a folder depends on
the clock or on the machine's speed. Files: summary.json (see ``summary``), facts.json (see ``facts``), one Parquet
file a table (see ``tables``) and CSV extracts for spreadsheets (see ``extracts``).
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wifisim.errors import ResultsError
from wifisim.results.assessment import Readiness
from wifisim.results.extracts import EXTRACTS, csv_text
from wifisim.results.facts import facts_from_json, facts_json
from wifisim.results.records import Results
from wifisim.results.restore import results_from
from wifisim.results.sensitivity import SENSITIVITY_FILE, SENSITIVITY_TABLE
from wifisim.results.summarise import summarise
from wifisim.results.summary import Summary, summary_json
from wifisim.results.tables import DAY_TABLES, LOADS, TABLES, day_tables, maps_table

FACTS_FILE = "facts.json"
SUMMARY_FILE = "summary.json"
PLOTS_FOLDER = "plots"
REPORT_FILE = "report.html"

_MAX_JSON_BYTES = 100_000_000
_MAX_ROWS = 200_000_000  # far above a whole local authority; a damaged or hostile file must not fill the memory
_OF_THE_SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini"}
_OWN_FILES = {
    FACTS_FILE, SUMMARY_FILE, PLOTS_FOLDER, REPORT_FILE, SENSITIVITY_FILE, SENSITIVITY_TABLE,
    *(f"{name}.parquet" for name in TABLES), *(f"{name}.csv" for name in EXTRACTS),
}  # fmt: skip


def check_free(folder: Path, *, force: bool) -> None:
    """Make sure that results may be written to ``folder``. Raises ResultsError when something stands there.

    With ``force`` an empty folder or an older result folder may be replaced, but nothing else: a mistyped ``--out``
    must not delete somebody's work.
    """
    _bring_back(folder)
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise ResultsError(f"{folder} exists and is not a folder")
    if not force:
        raise ResultsError(f"{folder} exists; --force replaces it, --out names another folder")
    strange = sorted(entry.name for entry in folder.iterdir() if entry.name not in _OWN_FILES | _OF_THE_SYSTEM)
    if strange:
        raise ResultsError(f"{folder} holds '{strange[0]}', which wifisim did not write; name another folder")


def is_results(folder: Path) -> bool:
    """Whether results stand in a folder."""
    return (folder / FACTS_FILE).is_file()


def write_results(
    results: Results, readiness: Readiness, folder: Path, *, force: bool = False, report: bytes | None = None
) -> Summary:
    """Write everything to ``folder``, whole or not at all, and return the summary that stands in it.

    ``report`` is the page that goes with the results, made by those who know how.
    """
    check_free(folder, force=force)
    if not results.days:
        raise ResultsError("there is no simulated day to write")
    summary = summarise(results, readiness)
    fresh = _beside(folder, "new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        if report is not None:
            (fresh / REPORT_FILE).write_bytes(report)
        _fill(fresh, results, summary)
        _swap(fresh, folder)
    except OSError as error:
        raise ResultsError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return summary


def read_results(folder: Path) -> Results:
    """Results from a folder. Raises ResultsError when it is missing, damaged or from a version that is not known."""
    _bring_back(folder)
    if not (folder / FACTS_FILE).is_file():
        raise ResultsError(f"{folder} is not a result folder: there is no {FACTS_FILE}")
    try:
        facts = facts_from_json(_read_bytes(folder / FACTS_FILE))
        with ExitStack() as stack:
            files = {name: stack.enter_context(_open_table(folder / f"{name}.parquet")) for name in TABLES}
            return results_from(facts, files)
    except ResultsError as error:
        raise ResultsError(f"{folder} cannot be read: {error}") from None
    except (pa.ArrowException, ValueError, TypeError, LookupError, OSError, ArithmeticError, MemoryError) as error:
        raise ResultsError(f"{folder} is damaged: {_first_line(error)}") from error


def _fill(folder: Path, results: Results, summary: Summary) -> None:
    (folder / FACTS_FILE).write_bytes(facts_json(results))
    for name in DAY_TABLES:
        _write_table(day_tables(results, name), folder / f"{name}.parquet")
    _write_table(iter([maps_table(results)]), folder / "maps.parquet")
    for name, extract in EXTRACTS.items():
        (folder / f"{name}.csv").write_bytes(csv_text(*extract(summary)).encode("utf-8"))
    # Last, so that whoever waits for the summary finds everything else in place.
    (folder / SUMMARY_FILE).write_bytes(summary_json(summary))
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())  # else a power cut could leave the new name on empty files


def _write_table(parts: Iterator[pa.Table], path: Path) -> None:
    """One row group a part; loads by byte planes, everything else as dictionaries: both pack best so."""
    first = next(parts)
    loads = [name for name in first.column_names if name in LOADS]
    others = [name for name in first.column_names if name not in LOADS]
    options: dict[str, Any] = {"compression": "zstd", "use_dictionary": others, "use_byte_stream_split": loads}
    with pq.ParquetWriter(path, first.schema, **options) as writer:
        for part in itertools.chain([first], parts):
            writer.write_table(part, row_group_size=max(part.num_rows, 1))


def _open_table(path: Path) -> pq.ParquetFile:
    file = pq.ParquetFile(path)
    if file.metadata.num_rows > _MAX_ROWS:
        file.close()
        raise ResultsError(f"{path.name} claims {file.metadata.num_rows} rows")
    return file


def _read_bytes(path: Path) -> bytes:
    if path.stat().st_size > _MAX_JSON_BYTES:
        raise ResultsError(f"{path.name} is too large")
    return path.read_bytes()


def _swap(fresh: Path, folder: Path) -> None:
    """Put ``fresh`` in the place of ``folder``; if that fails, what stood there stands there again."""
    aside = _beside(folder, "old")
    replaces = folder.exists()
    if replaces:
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
    try:
        fresh.rename(folder)
    except BaseException:
        if replaces:
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _bring_back(folder: Path) -> None:
    """After a crash between the two renames of ``_swap``: the old folder returns to its place."""
    aside = _beside(folder, "old")
    if aside.is_dir() and not os.path.lexists(folder):
        aside.rename(folder)


def _beside(folder: Path, word: str) -> Path:
    where = folder.absolute()
    return where.with_name(f".{where.name}.{word}")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
