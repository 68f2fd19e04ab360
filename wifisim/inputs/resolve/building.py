"""The building resolved: floors in order with their heights, copies made, rooms checked against each other.

Beyond one room: ids are unique, no two rooms of a floor overlap by more than ``MAX_OVERLAP_M2``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shapely import Polygon, STRtree, area, intersection

from wifisim.inputs.findings import MAX_PROBLEMS, Findings, Loc
from wifisim.inputs.floorplan import Building, Floor
from wifisim.inputs.resolve.shapes import FLOOR_WALL, DrawnRoom, Pen, Stroke, rooms_of
from wifisim.inputs.resolve.walls import merge_strokes
from wifisim.inputs.source import Node
from wifisim.inputs.written.building import WrittenBuilding, WrittenFloor

DEFAULT_HEIGHT_M = 3.2
MAX_OVERLAP_M2 = 0.05
# Of a floor, rows of rooms opened: more than any school has, and few enough to check every pair.
MAX_ROOMS = 2000


@dataclass(frozen=True, slots=True)
class _DrawnFloor:
    rooms: tuple[DrawnRoom, ...]
    walls: tuple[Stroke, ...]
    height_m: float
    slab: str


def resolve_building(
    written: WrittenBuilding, root: Node, *, materials: tuple[str, ...], findings: Findings
) -> Building:
    """The building; ``root`` is the site's node, to say where problems are."""
    pen = Pen(root, findings, written.default_wall, materials)
    for key in ("default_wall", "default_slab"):
        pen.material(getattr(written, key), ("building", key))
    drawn: dict[str, _DrawnFloor] = {}
    indices = {floor.id: index for index, floor in reversed(list(enumerate(written.floors)))}
    for index, floor in enumerate(written.floors):
        if indices[floor.id] != index:
            pen.fault(("building", "floors", index, "id"), "is the id of another floor too")
        else:
            _draw_floor(floor.id, written, indices, drawn, pen, ())
    _check_rooms(drawn, pen)
    return Building(_stack(written, drawn))


def _stack(written: WrittenBuilding, drawn: dict[str, _DrawnFloor]) -> tuple[Floor, ...]:
    floors: list[Floor] = []
    base_m = 0.0
    seen: set[str] = set()
    for floor in written.floors:
        if floor.id in seen:
            continue
        seen.add(floor.id)
        plan = drawn[floor.id]
        strokes = [*(s for room in plan.rooms for s in room.strokes), *plan.walls]
        floors.append(
            Floor(
                id=floor.id,
                name=floor.name or floor.id,
                level=len(floors),
                base_m=round(base_m, 3),
                height_m=plan.height_m,
                slab_material_id=plan.slab,
                rooms=tuple(room.room for room in plan.rooms),
                walls=merge_strokes(strokes, floor.id),
            )
        )
        base_m += plan.height_m
    return tuple(floors)


def _draw_floor(
    floor_id: str,
    written: WrittenBuilding,
    indices: dict[str, int],
    drawn: dict[str, _DrawnFloor],
    pen: Pen,
    asked_by: tuple[str, ...],
) -> _DrawnFloor:
    """The plan of a floor, after that of the floor it copies."""
    if floor_id in drawn:
        return drawn[floor_id]
    index = indices[floor_id]
    floor, loc = written.floors[index], ("building", "floors", index)
    base: _DrawnFloor | None = None
    if floor.copy_of is not None:
        if floor.copy_of not in indices:
            pen.fault((*loc, "copy_of"), "is not a floor", names=tuple(indices))
        elif floor.copy_of in (*asked_by, floor_id):
            pen.fault((*loc, "copy_of"), "is a copy of itself, by way of others")
        else:
            base = _draw_floor(floor.copy_of, written, indices, drawn, pen, (*asked_by, floor_id))
    copied = _copied(base, floor, loc, pen) if base is not None else ()
    own: list[DrawnRoom] = []
    for i, room in enumerate(floor.rooms):
        own += rooms_of(room, (*loc, "rooms", i), floor_id, pen)
        if len(own) > MAX_ROOMS:
            pen.fault((*loc, "rooms"), f"must make at most {MAX_ROOMS} rooms")
            break
    plan = _DrawnFloor(
        rooms=(*copied, *own),
        walls=(*(base.walls if base else ()), *_floor_walls(floor, loc, pen)),
        height_m=floor.height_m or (base.height_m if base else DEFAULT_HEIGHT_M),
        slab=pen.material(floor.slab, (*loc, "slab")) if floor.slab else (base.slab if base else written.default_slab),
    )
    drawn[floor_id] = plan
    return plan


def _floor_walls(floor: WrittenFloor, loc: Loc, pen: Pen) -> tuple[Stroke, ...]:
    strokes = []
    for index, wall in enumerate(floor.walls):
        here = (*loc, "walls", index)
        material = pen.material(wall.material, (*here, "material"))
        if wall.from_m == wall.to_m:
            pen.fault(here, "must have two different ends")
            continue
        strokes.append(Stroke(wall.from_m, wall.to_m, material, FLOOR_WALL))
    return tuple(strokes)


def _copied(base: _DrawnFloor, floor: WrittenFloor, loc: Loc, pen: Pen) -> tuple[DrawnRoom, ...]:
    """The rooms of the copied floor under their new ids."""
    known = tuple(room.room.id for room in base.rooms)
    for index, room_id in enumerate(floor.without):
        if room_id not in known:
            pen.fault((*loc, "without", index), f"is not a room of floor {floor.copy_of}", names=known)
    rooms = []
    for drawn in base.rooms:
        old = drawn.room
        if old.id in floor.without:
            continue
        new_id = _renamed(old.id, old.floor_id, floor.id)
        name = new_id if old.name == old.id else old.name
        rooms.append(replace(drawn, room=replace(old, id=new_id, name=name, floor_id=floor.id), loc=loc))
    return tuple(rooms)


def _renamed(room_id: str, old_floor: str, new_floor: str) -> str:
    """G01 on floor G becomes F101 on floor F1; HALL and GYM become F1-HALL and F1-GYM."""
    rest = room_id.removeprefix(old_floor)
    if rest and rest != room_id and not rest[0].isalpha():
        return new_floor + rest
    return f"{new_floor}-{room_id}"


def _check_rooms(drawn: dict[str, _DrawnFloor], pen: Pen) -> None:
    seen: dict[str, DrawnRoom] = {}
    for plan in drawn.values():
        for room in plan.rooms:
            if room.room.id in seen:
                key = "id" if pen.root.place((*room.loc, "id")).value else "copy_of"
                pen.fault((*room.loc, key), f"makes a second room called {room.room.id}")
            seen.setdefault(room.room.id, room)
        _check_overlaps(plan.rooms, pen)
    if not seen:
        pen.fault(("building", "floors"), "must have at least one room")


def _check_overlaps(rooms: tuple[DrawnRoom, ...], pen: Pen) -> None:

    if len(rooms) < 2:
        return
    shapes = [Polygon(room.room.outline_m) for room in rooms]
    tree = STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    before = len(pen.findings)
    for a, b in sorted((int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b):
        if len(pen.findings) - before >= MAX_PROBLEMS:
            return
        shared = float(area(intersection(shapes[a], shapes[b])))
        if shared > MAX_OVERLAP_M2:
            pen.fault(rooms[b].loc, f"room {rooms[b].room.id} overlaps room {rooms[a].room.id} by {shared:.3g} m2")
