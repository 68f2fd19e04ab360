"""Lessons from a CSV file: one row a lesson, columns by name (day, week, period, class, room, subject, profile).

Rows become nodes like those of a YAML list, so that they are checked by the same written form and a problem names the
row's line and column. Empty cells count as not written. Cells end at commas, or at semicolons or tabs where the first
row has those, as Excel writes them in countries with a decimal comma; its line ``sep=;`` is passed over. Capitals in
the first row don't matter.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import replace

from wifisim.inputs.findings import Findings, Place
from wifisim.inputs.source import Node

COLUMNS = ("day", "week", "period", "class", "room", "subject", "profile")
REQUIRED = ("day", "period", "class", "room", "profile")
MAX_ROWS = 100_000
DELIMITERS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r'^"?sep=.', re.IGNORECASE)


def lesson_nodes(text: str, file: str, findings: Findings) -> Node | None:
    """A mapping with the list ``lessons``, or None when the header or the quoting is wrong."""
    before = len(findings)
    items: list[Node] = []
    lines = io.StringIO(text, newline="")
    first, above = lines.readline(), 0
    if _SEPARATOR_LINE.match(first):
        first, above = lines.readline(), 1
    reader = csv.reader(itertools.chain([first], lines), delimiter=_delimiter(first), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        _check_header(header, Place(file, 1 + above, ""), findings)
        if len(findings) > before:
            return None
        for row in reader:
            if any(cell.strip() for cell in row):
                items.append(_row_node(row, header, file, above + reader.line_num, findings))
            if len(items) > MAX_ROWS:
                findings.add(Place(file, above + reader.line_num, ""), f"must have at most {MAX_ROWS} rows")
                return None
    except csv.Error as error:
        findings.add(Place(file, above + reader.line_num, ""), f"is not CSV: {error}")
        return None
    listed = Node(file, 1, "list", items=tuple(items))
    return Node(file, 1, "mapping", keys={"lessons": listed})


def _delimiter(header: str) -> str:
    """What stands between the columns of the first row."""
    return max(DELIMITERS, key=header.count)


def _check_header(header: list[str], place: Place, findings: Findings) -> None:
    if not header:
        findings.add(place, "the file is empty")
        return
    for name in REQUIRED:
        if name not in header:
            findings.add(replace(place, key_path=name), "is required as a column")
    for name in header:
        if name not in COLUMNS:
            findings.add(place.of_key(name), "is not a known column", names=COLUMNS)
        if header.count(name) > 1:
            findings.add(replace(place, key_path=name), "is a column twice")


def _row_node(row: list[str], header: list[str], file: str, line: int, findings: Findings) -> Node:
    if len(row) != len(header):
        findings.add(Place(file, line, ""), f"must have {len(header)} cells like the first row (has {len(row)})")
    cells = {
        name: Node(file, line, "scalar", cell.strip(), cell.strip())
        for name, cell in zip(header, row, strict=False)
        if cell.strip()
    }
    return replace(Node(file, line, "mapping", keys=cells), origin=f"row {line}")
