"""Strokes on a floor to walls: what lies on one line becomes one wall, the highest rank deciding its material.

Two rooms that share a side draw the same line twice; it must cost a signal one wall, not two. So strokes are sorted to
lines, each line is cut at the ends of its strokes, and every piece takes the material of its highest-ranking stroke
(openings, then floor walls, named sides, room walls, the default); equal neighbours join. Lines closer than
``SAME_LINE_M`` are one. Walls have no thickness: draw rooms to the middle of the wall between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wifisim.inputs.floorplan import Point, Wall
from wifisim.inputs.resolve.shapes import OPEN, Stroke

SAME_LINE_M = 0.02
SAME_POINT_M = 0.002


@dataclass(frozen=True, slots=True)
class _Line:
    """The straight line of a stroke: unit vector and distance from the origin, to the left of the vector."""

    direction: Point
    offset_m: float

    def along_m(self, point: Point) -> float:
        return point[0] * self.direction[0] + point[1] * self.direction[1]

    @property
    def direction_key(self) -> Point:
        """Direction to 1e-4 rad: over the 100 m of a long wing that is 1 cm."""
        return (round(self.direction[0], 4) + 0.0, round(self.direction[1], 4) + 0.0)


def merge_strokes(strokes: Sequence[Stroke], floor_id: str) -> tuple[Wall, ...]:
    """The walls of one floor, sorted by their ends."""
    lined = [(_line(stroke), order, stroke) for order, stroke in enumerate(strokes)]
    lined.sort(key=lambda entry: (entry[0].direction_key, entry[0].offset_m, entry[1]))
    walls: list[Wall] = []
    start = 0
    for end in range(1, len(lined) + 1):
        if end < len(lined) and _same_line(lined[end - 1][0], lined[end][0]):
            continue
        group = sorted(lined[start:end], key=lambda entry: entry[1])
        walls.extend(_paint(lined[start][0], [stroke for _, _, stroke in group], floor_id))
        start = end
    return tuple(sorted(walls, key=lambda wall: (wall.from_m, wall.to_m)))


def _line(stroke: Stroke) -> _Line:
    (x0, y0), (x1, y1) = sorted((stroke.from_m, stroke.to_m))
    length = math.dist((x0, y0), (x1, y1))
    east, north = (x1 - x0) / length, (y1 - y0) / length
    return _Line((east, north), (y0 + y1) / 2 * east - (x0 + x1) / 2 * north)


def _same_line(a: _Line, b: _Line) -> bool:
    return a.direction_key == b.direction_key and abs(a.offset_m - b.offset_m) < SAME_LINE_M


def _paint(line: _Line, strokes: list[Stroke], floor_id: str) -> Iterator[Wall]:
    """The walls of one line: each piece between two ends takes the material of its highest stroke."""
    spans = []
    corners: dict[float, Point] = {}
    for order, stroke in enumerate(strokes):
        start_m, end_m = sorted((stroke.from_m, stroke.to_m), key=line.along_m)
        start, end = round(line.along_m(start_m), 3), round(line.along_m(end_m), 3)
        corners.setdefault(start, start_m)
        corners.setdefault(end, end_m)
        spans.append((stroke.rank, order, start, end, stroke.material_id))
    spans.sort(reverse=True)
    pieces: list[tuple[float, float, str]] = []
    for start, end in pairwise(sorted(corners)):
        middle = (start + end) / 2
        material = next((span[4] for span in spans if span[2] <= middle <= span[3]), OPEN)
        if material == OPEN or end - start < SAME_POINT_M:
            continue
        if pieces and pieces[-1][2] == material and start - pieces[-1][1] < SAME_POINT_M:
            pieces[-1] = (pieces[-1][0], end, material)
        else:
            pieces.append((start, end, material))
    for start, end, material in pieces:
        yield Wall(floor_id, _mm(corners[start]), _mm(corners[end]), material)


def _mm(point: Point) -> Point:
    """A point to the millimetre."""
    return (round(point[0], 3) + 0.0, round(point[1], 3) + 0.0)
