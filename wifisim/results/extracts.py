"""CSV extracts of a summary for spreadsheets: criteria, rooms and busiest 15 minutes, one row a thing.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection): room and class
names come from files that others wrote. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields

from wifisim.results.summary import CriterionSummary, LessonSummary, RadioSummary, ResourceSummary, RoomSummary, Summary

Cell = str | float | int | bool | None
Extract = tuple[tuple[str, ...], Iterator[Sequence[Cell]]]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """RFC 4180 text with safe cells; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(cell: Cell) -> Cell:
    """Text that cannot start a formula; numbers as they are."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell


def criteria_extract(summary: Summary) -> Extract:
    """One row a stage and criterion."""
    names = tuple(field.name for field in fields(CriterionSummary) if field.name not in {"values", "cause", "need"})
    header = ("stage", "date", *names, "resource", "from_time", "to_time", "rooms", "need")

    def rows() -> Iterator[Sequence[Cell]]:
        for stage in summary.stages:
            for criterion in stage.criteria:
                cause = criterion.cause
                why = (
                    (cause.fault or cause.resource_label, cause.from_time, cause.to_time, " ".join(cause.rooms))
                    if cause
                    else ("",) * 4
                )
                own = [getattr(criterion, name) for name in names]
                yield (stage.id, stage.date, *own, *why, criterion.need.text if criterion.need else "")

    return header, rows()


def _of_days(name: str, kind: type) -> Callable[[Summary], Extract]:
    """One row an item of the day summaries' field ``name``."""
    columns = tuple(field.name for field in fields(kind))

    def extract(summary: Summary) -> Extract:
        rows = (
            (stage.id, day.day, *(getattr(item, column) for column in columns))
            for stage in summary.stages
            for day in stage.days
            for item in getattr(day, name)
        )
        return ("stage", "day", *columns), rows

    return extract


EXTRACTS: dict[str, Callable[[Summary], Extract]] = {
    "criteria": criteria_extract,
    "rooms": _of_days("rooms", RoomSummary),
    "failing_lessons": _of_days("failing_lessons", LessonSummary),
    "radios": _of_days("radios", RadioSummary),
    "resources": _of_days("resources", ResourceSummary),
}
