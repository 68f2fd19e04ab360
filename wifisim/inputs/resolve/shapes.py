"""Rooms as drawn: templates, rectangles and polygons to outlines with sides, doors and windows.

A side is a *stroke*: a segment with a material and a rank that says which of several strokes on one line is the wall.
Sides of a rectangle are called south, east, north, west; those of a polygon 1, 2 ... in the order of its corners.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from shapely import Polygon

from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.floorplan import Point, Room
from wifisim.inputs.source import Node
from wifisim.inputs.written.building import SEATS_BY_KIND, WrittenDoor, WrittenRoom, WrittenWindow

# Which stroke is the wall where several lie on one line; a higher rank wins, among equals the later one.
DEFAULT_SIDE, ROOM_WALL, NAMED_SIDE, FLOOR_WALL, OPENING = range(5)
OPEN = "none"

MIN_SIDE_M = 0.1
# Standing room in a full hall; a room cannot have more seats than that.
MIN_AREA_PER_SEAT_M2 = 0.5
_RECTANGLE_SIDES = ("south", "east", "north", "west")
_NUMBER = re.compile(r"\{n(?::0([1-4]))?\}")


@dataclass(frozen=True, slots=True)
class Stroke:
    """A piece of wall, door or window as written."""

    from_m: Point
    to_m: Point
    material_id: str
    rank: int


@dataclass(frozen=True, slots=True)
class DrawnRoom:
    """A room with its strokes, and where in the file it was written."""

    room: Room
    strokes: tuple[Stroke, ...]
    loc: Loc


@dataclass(frozen=True, slots=True)
class Pen:
    """What drawing a room needs to know: where problems go, and the default material."""

    root: Node
    findings: Findings
    default_wall: str
    materials: tuple[str, ...]

    def fault(self, loc: Loc, rule: str, *, names: tuple[str, ...] | None = None) -> None:
        """Report what stands at ``loc``."""
        self.findings.add(self.root.place(loc), rule, names=names)

    def material(self, name: str, loc: Loc) -> str:
        """``name``, after a check that the catalogue has it; ``none`` is an opening."""
        if name != OPEN and name not in self.materials:
            self.fault(loc, "is not a material of the catalogue", names=(*self.materials, OPEN))
        return name


def rooms_of(written: WrittenRoom, loc: Loc, floor_id: str, pen: Pen) -> list[DrawnRoom]:
    """All rooms that one entry stands for: one, or a row of them."""
    shape = _outline(written, loc, pen)
    if shape is None:
        pen.findings.forgive(written.id)
        return []
    if written.repeat is None:
        drawn = [_draw(written, written.id, shape, loc, floor_id, pen)]
        return [room for room in drawn if room is not None]
    if not _NUMBER.search(written.id):
        pen.fault((*loc, "id"), "must hold {n}, since the room is repeated")
        pen.findings.forgive(written.id)
        return []
    rooms = []
    for index in range(written.repeat.count):
        step = written.repeat.step_m
        moved = [(_mm(x + index * step[0]), _mm(y + index * step[1])) for x, y in shape]
        number = written.repeat.first + index
        copy = written.model_copy(update={"name": _numbered(written.name, number) if written.name else None})
        drawn_one = _draw(copy, _numbered(written.id, number), moved, loc, floor_id, pen)
        if drawn_one is None:
            break
        rooms.append(drawn_one)
    return rooms


def _numbered(text: str, number: int) -> str:
    return _NUMBER.sub(lambda match: f"{number:0{match.group(1) or 1}d}", text)


def _mm(value: float) -> float:
    """A coordinate to the millimetre, so that what is drawn as one line is one line."""
    return round(value, 3) + 0.0


def _outline(written: WrittenRoom, loc: Loc, pen: Pen) -> list[Point] | None:
    rectangle = written.at_m is not None and written.size_m is not None
    if (written.outline_m is not None) == rectangle or (written.at_m is None) != (written.size_m is None):
        pen.fault(loc, "must have either at_m and size_m, or outline_m")
        return None
    if written.at_m is not None and written.size_m is not None:
        (x, y), (width, depth) = written.at_m, written.size_m
        return [
            (_mm(x), _mm(y)),
            (_mm(x + width), _mm(y)),
            (_mm(x + width), _mm(y + depth)),
            (_mm(x), _mm(y + depth)),
        ]
    return [(_mm(x), _mm(y)) for x, y in written.outline_m or ()]


def _draw(
    written: WrittenRoom, room_id: str, shape: list[Point], loc: Loc, floor_id: str, pen: Pen
) -> DrawnRoom | None:
    area = signed_area_m2(shape)
    if not _is_simple(shape, area):
        pen.fault(
            (*loc, "outline_m" if written.outline_m else "size_m"), "must be an outline that does not cross itself"
        )
        pen.findings.forgive(room_id)
        return None
    seats = SEATS_BY_KIND[written.kind] if written.seats is None else written.seats
    room_for = int(abs(area) / MIN_AREA_PER_SEAT_M2)
    if seats > room_for and written.seats is not None:
        pen.fault((*loc, "seats"), f"must be at most {room_for}: the room has {abs(area):.4g} m2")
    outline = tuple(shape if area > 0 else [shape[0], *shape[:0:-1]])
    room = Room(room_id, written.name or room_id, floor_id, written.kind, outline, min(seats, room_for))
    return DrawnRoom(room, tuple(_strokes(written, shape, loc, pen)), loc)


def signed_area_m2(shape: list[Point] | tuple[Point, ...]) -> float:
    """Area of a polygon, positive when its corners run anticlockwise (shoelace formula)."""
    following = [*shape[1:], shape[0]]
    doubled: float = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(shape, following, strict=True))
    return doubled / 2.0


def _is_simple(shape: list[Point], area: float) -> bool:

    following = [*shape[1:], shape[0]]
    long_enough = all(math.dist(a, b) >= MIN_SIDE_M for a, b in zip(shape, following, strict=True))
    return long_enough and abs(area) >= MIN_SIDE_M**2 and bool(Polygon(shape).is_valid)


def _strokes(written: WrittenRoom, shape: list[Point], loc: Loc, pen: Pen) -> list[Stroke]:
    names = _RECTANGLE_SIDES if written.outline_m is None else tuple(str(i + 1) for i in range(len(shape)))
    ends = dict(zip(names, zip(shape, [*shape[1:], shape[0]], strict=True), strict=True))
    for side in written.walls:
        if side not in ends:
            pen.fault((*loc, "walls", side), "is not a side of this room", names=names)
    strokes = []
    for side, (start, end) in ends.items():
        if side in written.walls:
            material, rank, key = written.walls[side], NAMED_SIDE, (*loc, "walls", side)
        elif written.wall is not None:
            material, rank, key = written.wall, ROOM_WALL, (*loc, "wall")
        else:
            material, rank, key = pen.default_wall, DEFAULT_SIDE, ()
        strokes.append(Stroke(start, end, pen.material(material, key) if key else material, rank))
    openings: list[tuple[str, int, WrittenDoor | WrittenWindow]] = [
        ("windows", i, w) for i, w in enumerate(written.windows)
    ]
    openings += [("doors", i, d) for i, d in enumerate(written.doors)]
    for list_key, index, opening in openings:
        stroke = _opening(opening, ends, (*loc, list_key, index), pen)
        strokes += [stroke] if stroke is not None else []
    return strokes


def _opening(
    written: WrittenDoor | WrittenWindow, ends: dict[str, tuple[Point, Point]], loc: Loc, pen: Pen
) -> Stroke | None:
    if written.side not in ends:
        pen.fault((*loc, "side"), "is not a side of this room", names=tuple(ends))
        return None
    start, end = sorted(ends[written.side])
    length = math.dist(start, end)
    if written.at_m + written.width_m > length + 1e-6:
        pen.fault((*loc, "width_m"), f"must end within the side, which is {length:.4g} m long")
        return None
    east, north = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    far = written.at_m + written.width_m
    return Stroke(
        (start[0] + east * written.at_m, start[1] + north * written.at_m),
        (start[0] + east * far, start[1] + north * far),
        pen.material(written.material, (*loc, "material")),
        OPENING,
    )
