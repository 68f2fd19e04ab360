"""The floor plan as shapes for an SVG: rooms, walls and where a room's name goes; y runs down the page.

Rooms come in reading order (north to south in bands of four metres, then west to east), which is also the order in
which the keyboard walks through them.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon, box

from wifisim.results.records import RoomFacts, RunFacts

MARGIN_M = 1.5
_BAND_M = 4.0
_LETTER_SHARE = 0.58  # width of a letter by its height, of a sans-serif
_NAME_M = 1.5  # height of a room's name where it fits
_SMALLEST_M = 0.7
_SIGN_M = 1.7
_CORNERS = 4  # of a plain rectangle


@dataclass(frozen=True, slots=True)
class RoomShape:
    """``index`` into the run's rooms; the name in ``size_m`` letters at (x, y), a sign at (x, ``sign_y``)."""

    index: int
    id: str
    name: str
    points: str
    x: float
    y: float
    size_m: float
    sign_y: float


@dataclass(frozen=True, slots=True)
class FloorDrawing:
    """A floor in metres; ``top_m`` is the y that becomes 0. ``thick`` and ``thin`` are the walls as path data."""

    id: str
    name: str
    left_m: float
    top_m: float
    width_m: float
    height_m: float
    rooms: tuple[RoomShape, ...]
    thick: str
    thin: str


def floor_drawings(run: RunFacts) -> tuple[FloorDrawing, ...]:
    """One drawing a floor that has rooms."""
    return tuple(_floor(run, floor_id, name) for floor_id, name in run.floors if _on_floor(run, floor_id))


def _on_floor(run: RunFacts, floor_id: str) -> list[tuple[int, RoomFacts]]:
    return [(index, room) for index, room in enumerate(run.rooms) if room.floor_id == floor_id]


def _floor(run: RunFacts, floor_id: str, name: str) -> FloorDrawing:
    rooms = _on_floor(run, floor_id)
    xs = [x for _, room in rooms for x, _ in room.outline_m]
    ys = [y for _, room in rooms for _, y in room.outline_m]
    left, top = min(xs) - MARGIN_M, max(ys) + MARGIN_M
    walls = [wall for wall in run.walls if wall.floor_id == floor_id]
    lines = {
        thick: "".join(
            f"M{_n(w.from_m[0] - left)} {_n(top - w.from_m[1])}L{_n(w.to_m[0] - left)} {_n(top - w.to_m[1])}"
            for w in walls
            if (w.loss_db >= 6.0) is thick
        )
        for thick in (True, False)
    }
    shapes = sorted((_shape(index, room, left, top) for index, room in rooms), key=lambda s: (s.y // _BAND_M, s.x))
    return FloorDrawing(
        floor_id, name, left, top, round(max(xs) + MARGIN_M - left, 2), round(top - min(ys) + MARGIN_M, 2),
        tuple(shapes), lines[True], lines[False],
    )  # fmt: skip


def _shape(index: int, room: RoomFacts, left: float, top: float) -> RoomShape:
    west, south, east, north = Polygon(room.outline_m).bounds
    size = min(_NAME_M, 0.92 * (east - west) / (_LETTER_SHARE * max(len(room.name), 1)), 0.45 * (north - south))
    x, name_y, sign_y = (west + east) / 2, north - 0.3 - 0.8 * size, south + 0.4
    if len(room.outline_m) > _CORNERS:
        # The middle of a corner room may lie outside it; this point does not. A name that does not fit is left out.
        outline = Polygon(room.outline_m)
        inside = outline.representative_point()
        x, name_y, sign_y = inside.x, inside.y, inside.y - _SIGN_M
        half = 0.5 * _LETTER_SHARE * size * len(room.name)
        size = size if outline.contains(box(x - half, name_y, x + half, name_y + 0.8 * size)) else 0.0
    points = " ".join(f"{_n(px - left)},{_n(top - py)}" for px, py in room.outline_m)
    shown = 0.0 if size < _SMALLEST_M else size
    return RoomShape(
        index, room.id, room.name, points, round(x - left, 2), round(top - name_y, 2), round(shown, 2),
        round(top - sign_y, 2),
    )  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
