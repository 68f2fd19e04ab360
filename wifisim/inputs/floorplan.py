"""The building as the program uses it: floors, rooms as polygons, walls as straight segments, seats.

Resolved form: every room has an outline, every wall a material, shared walls stand once, doors and windows are wall
segments of their own material. Coordinates are metres on one plan shared by all floors, x to the east, y to the north.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Room:
    """One room; ``outline_m`` is a simple polygon, anticlockwise, its first corner not repeated."""

    id: str
    name: str
    floor_id: str
    kind: str
    outline_m: tuple[Point, ...]
    seats: int


@dataclass(frozen=True, slots=True)
class Wall:
    """One straight piece of wall, door or window on a floor; ``material_id`` names a catalogue material."""

    floor_id: str
    from_m: Point
    to_m: Point
    material_id: str


@dataclass(frozen=True, slots=True)
class Floor:
    """One storey; ``base_m`` is the height of its floor above the lowest one, ``height_m`` up to the next slab."""

    id: str
    name: str
    level: int
    base_m: float
    height_m: float
    slab_material_id: str
    rooms: tuple[Room, ...]
    walls: tuple[Wall, ...]


@dataclass(frozen=True, slots=True)
class Building:
    """All floors, lowest first."""

    floors: tuple[Floor, ...]

    @property
    def rooms(self) -> tuple[Room, ...]:
        """All rooms, floor by floor: the order of every ``[room]`` axis."""
        return tuple(room for floor in self.floors for room in floor.rooms)
