"""The written form of the building: floors, rooms as rectangles or polygons, walls, doors and windows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from wifisim.inputs.written.fields import Height, Length, Name, PointM, Whole, Written

RoomKind = Literal[
    "classroom",
    "laboratory",
    "it_room",
    "library",
    "hall",
    "sports",
    "dining",
    "corridor",
    "office",
    "staff_room",
    "other",
]
OpeningAt = Annotated[float, Strict(), Field(ge=0, le=1000)]
Repeats = Annotated[Whole, Field(ge=1, le=200)]
Seats = Annotated[Whole, Field(ge=0, le=5000)]

# Seats of a room that does not say: usual class sizes; what is no place of teaching has none.
SEATS_BY_KIND: dict[str, int] = {
    "classroom": 30,
    "laboratory": 30,
    "it_room": 30,
    "library": 30,
    "hall": 120,
    "sports": 30,
    "dining": 120,
    "corridor": 0,
    "office": 2,
    "staff_room": 10,
    "other": 0,
}


class WrittenDoor(Written):
    """A door in one side of a room."""

    side: Name = Field(description="north, east, south or west; for a polygon the number of the side, from 1")
    at_m: OpeningAt = Field(description="distance of its west or south end from the west or south corner of the side")
    width_m: Length = Field(default=0.9, description="clear width")
    material: Name = Field(default="wood-door", description="material from the catalogue")


class WrittenWindow(Written):
    """A window in one side of a room."""

    side: Name = Field(description="north, east, south or west; for a polygon the number of the side, from 1")
    at_m: OpeningAt = Field(description="distance of its west or south end from the west or south corner of the side")
    width_m: Length = Field(description="clear width")
    material: Name = Field(default="glass", description="material from the catalogue")


class WrittenRepeat(Written):
    """A row of equal rooms; the room's id must hold {n}, or {n:02} for two digits."""

    first: Annotated[Whole, Field(ge=0, le=9999)] = Field(default=1, description="number of the first room")
    count: Repeats = Field(description="how many rooms")
    step_m: PointM = Field(description="from one room to the next, [x, y]")


class WrittenRoom(Written):
    """A room: a rectangle (`at_m` and `size_m`) or a polygon (`outline_m`)."""

    id: Name = Field(description="short name, unique in the building; {n} stands for the number in a row of rooms")
    name: Name | None = Field(default=None, description="long name; default: the id")
    kind: RoomKind = Field(description="what the room is for")
    at_m: PointM | None = Field(default=None, description="south-west corner of a rectangle")
    size_m: tuple[Length, Length] | None = Field(default=None, description="[width, depth] of a rectangle")
    outline_m: tuple[PointM, ...] | None = Field(
        default=None,
        min_length=3,
        max_length=200,
        description=("corners of a polygon, in order; the first is not repeated"),
    )
    seats: Seats | None = Field(
        default=None,
        description=f"places for people; default by kind: {', '.join(f'{k} {n}' for k, n in SEATS_BY_KIND.items())}",
    )
    wall: Name | None = Field(default=None, description="material of all sides; default: building.default_wall")
    walls: dict[Name, Name] = Field(
        default_factory=dict, description=("material by side (north, east, south, west, or 1, 2 ...); none = open")
    )
    doors: tuple[WrittenDoor, ...] = Field(default=(), description="doors")
    windows: tuple[WrittenWindow, ...] = Field(default=(), description="windows")
    repeat: WrittenRepeat | None = Field(default=None, description="repeats the room in a row")


class WrittenWall(Written):
    """A straight wall; it wins over the outlines of rooms where it lies on them."""

    from_m: PointM = Field(description="one end")
    to_m: PointM = Field(description="the other end")
    material: Name = Field(description="material from the catalogue; none = open")


class WrittenFloor(Written):
    """One storey."""

    id: Name = Field(description="short name, unique")
    name: Name | None = Field(default=None, description="long name; default: the id")
    height_m: Height | None = Field(
        default=None, description="from this floor to the next slab; default: the copied floor's, or 3.2"
    )
    slab: Name | None = Field(default=None, description="material of the slab above; default: building.default_slab")
    copy_of: Name | None = Field(
        default=None,
        description=("another floor to copy; a room id that begins with that floor's id gets this one's instead"),
    )
    without: tuple[Name, ...] = Field(default=(), description="rooms of the copied floor to leave out")
    rooms: tuple[WrittenRoom, ...] = Field(default=(), max_length=2000, description="rooms, corridors included")
    walls: tuple[WrittenWall, ...] = Field(
        default=(), max_length=5000, description=("walls beyond the rooms' outlines")
    )


class WrittenBuilding(Written):
    """The building; all floors share one plan in metres."""

    default_wall: Name = Field(default="brick", description="material of room outlines that say nothing else")
    default_slab: Name = Field(default="concrete-slab", description="material of slabs that say nothing else")
    floors: tuple[WrittenFloor, ...] = Field(min_length=1, max_length=40, description="floors, lowest first")
