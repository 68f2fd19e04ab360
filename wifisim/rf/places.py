"""Where people sit: the seats of every room as points of the plan.

Seats stand on a square grid, cells of equal size, as wide as still fits them all inside the outline; where the grid
has more points than seats, the points left out are spread evenly. Everything follows from the outline and the number
of seats, so the same plan always gives the same places. Furniture is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from wifisim.inputs.floorplan import Building, Room

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEAT_HEIGHT_M = 0.8  # a device on a school desk
_WALL_CLEARANCE_M = 1e-6


@dataclass(frozen=True, slots=True)
class Places:
    """Points where devices may be, all arrays [place]: room and floor index, x, y and z in metres (absolute)."""

    room: Ints
    floor: Ints
    x_m: Floats
    y_m: Floats
    z_m: Floats

    def __len__(self) -> int:
        return len(self.room)


def seat_places(building: Building, *, height_m: float = SEAT_HEIGHT_M) -> Places:
    """The seats of all rooms in the order of ``building.rooms``; a room without seats has one place in it."""
    rooms: list[Ints] = []
    floors: list[Ints] = []
    points: list[Floats] = []
    heights: list[Floats] = []
    index = 0
    for level, floor in enumerate(building.floors):
        for room in floor.rooms:
            seats = spread(room, max(room.seats, 1))
            rooms.append(np.full(len(seats), index))
            floors.append(np.full(len(seats), level))
            points.append(seats)
            heights.append(np.full(len(seats), floor.base_m + height_m))
            index += 1
    if not points:
        empty = np.zeros(0, dtype=np.int64)
        return Places(empty, empty, np.zeros(0), np.zeros(0), np.zeros(0))
    flat = np.concatenate(points)
    return Places(np.concatenate(rooms), np.concatenate(floors), flat[:, 0], flat[:, 1], np.concatenate(heights))


def spread(room: Room, count: int) -> Floats:
    """``count`` points [point, xy] evenly inside a room's outline."""
    outline = np.asarray(room.outline_m, dtype=np.float64)
    if count == 1:
        inside = Polygon(room.outline_m).representative_point()
        return np.array([[inside.x, inside.y]])
    spacing = float(np.sqrt(Polygon(room.outline_m).area / count))
    grid = _grid_inside(outline, spacing)
    while len(grid) < count:
        spacing *= 0.97
        grid = _grid_inside(outline, spacing)
    keep = (np.arange(count) + 0.5) * len(grid) / count
    return grid[keep.astype(np.int64)]


def _grid_inside(outline: Floats, spacing: float) -> Floats:
    """Grid points of ``spacing`` or a little less, half a cell from the bounding box, that lie in the outline."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    columns, rows = np.maximum(np.ceil((high - low) / spacing - _WALL_CLEARANCE_M), 1).astype(np.int64)
    x = low[0] + (np.arange(columns) + 0.5) * (high[0] - low[0]) / columns
    y = low[1] + (np.arange(rows) + 0.5) * (high[1] - low[1]) / rows
    grid_y, grid_x = np.meshgrid(y, x, indexing="ij")
    points = np.column_stack([grid_x.ravel(), grid_y.ravel()])
    return points[_contains(outline, points)]


def _contains(outline: Floats, points: Floats) -> NDArray[np.bool_]:
    """Even-odd rule: True for points inside the outline."""
    x1, y1 = outline.T
    x2, y2 = np.roll(outline, -1, axis=0).T
    px, py = points[:, :1], points[:, 1:]
    straddles = (y1 > py) != (y2 > py)
    with np.errstate(divide="ignore", invalid="ignore"):
        left_of = px < x1 + (py - y1) * (x2 - x1) / (y2 - y1)
    return np.asarray((straddles & left_of).sum(axis=1) % 2 == 1)
