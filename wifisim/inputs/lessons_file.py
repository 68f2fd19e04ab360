"""Lessons from a CSV file: one row a lesson, columns by name (day, week, period, class, room, subject, profile).

Rows become nodes like those of a YAML list, so that they are checked by the same written form and a problem names the
row's line and column. Empty cells count as not written.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from wifisim.inputs.findings import Findings, Place
from wifisim.inputs.source import Node

COLUMNS = ("day", "week", "period", "class", "room", "subject", "profile")
REQUIRED = ("day", "period", "class", "room", "profile")
MAX_ROWS = 100_000


def lesson_nodes(text: str, file: str, findings: Findings) -> Node | None:
    """A mapping with the list ``lessons``, or None when the header or the quoting is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = len(findings)
    items: list[Node] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, file, findings)
        if len(findings) > before:
            return None
        for row in reader:
            if any(cell.strip() for cell in row):
                items.append(_row_node(row, header, file, reader.line_num, findings))
            if len(items) > MAX_ROWS:
                findings.add(Place(file, reader.line_num, ""), f"must have at most {MAX_ROWS} rows")
                return None
    except csv.Error as error:
        findings.add(Place(file, reader.line_num, ""), f"is not CSV: {error}")
        return None
    listed = Node(file, 1, "list", items=tuple(items))
    return Node(file, 1, "mapping", keys={"lessons": listed})


def _check_header(header: list[str], file: str, findings: Findings) -> None:
    if not header:
        findings.add(Place(file, 1, ""), "the file is empty")
        return
    for name in REQUIRED:
        if name not in header:
            findings.add(Place(file, 1, name), "is required as a column")
    for name in header:
        if name not in COLUMNS:
            findings.add(Place(file, 1, "", name), "is not a known column", names=COLUMNS)
        if header.count(name) > 1:
            findings.add(Place(file, 1, name), "is a column twice")


def _row_node(row: list[str], header: list[str], file: str, line: int, findings: Findings) -> Node:
    if len(row) != len(header):
        findings.add(Place(file, line, ""), f"must have {len(header)} cells like the first row (has {len(row)})")
    cells = {
        name: Node(file, line, "scalar", cell.strip(), cell.strip())
        for name, cell in zip(header, row, strict=False)
        if cell.strip()
    }
    return replace(Node(file, line, "mapping", keys=cells), origin=f"row {line}")
