"""Walls: what two rooms share stands once, and the right material wins where several strokes lie on one line."""

from __future__ import annotations

import pytest

from wifisim.inputs.floorplan import Point
from wifisim.inputs.resolve.shapes import DEFAULT_SIDE, FLOOR_WALL, NAMED_SIDE, OPENING, ROOM_WALL, Stroke
from wifisim.inputs.resolve.walls import merge_strokes

Piece = tuple[Point, Point, str]


def _pieces(*strokes: Stroke) -> list[Piece]:
    return [(wall.from_m, wall.to_m, wall.material_id) for wall in merge_strokes(strokes, "G")]


def _along(start: float, end: float, material: str, rank: int = DEFAULT_SIDE) -> Stroke:
    return Stroke((start, 0.0), (end, 0.0), material, rank)


def test_a_shared_side_is_one_wall_whatever_its_direction() -> None:
    assert _pieces(_along(0, 9, "brick"), _along(9, 0, "brick")) == [((0, 0), (9, 0), "brick")]


def test_partly_shared_sides_join_to_one_wall() -> None:
    assert _pieces(_along(0, 9, "brick"), _along(4, 12, "brick")) == [((0, 0), (12, 0), "brick")]


def test_ranks_from_default_to_opening() -> None:
    strokes = [
        _along(0, 10, "brick", DEFAULT_SIDE),
        _along(1, 10, "block", ROOM_WALL),
        _along(2, 10, "glass", NAMED_SIDE),
        _along(3, 10, "concrete", FLOOR_WALL),
        _along(4, 5, "door", OPENING),
    ]
    expected = [
        ((0, 0), (1, 0), "brick"),
        ((1, 0), (2, 0), "block"),
        ((2, 0), (3, 0), "glass"),
        ((3, 0), (4, 0), "concrete"),
        ((4, 0), (5, 0), "door"),
        ((5, 0), (10, 0), "concrete"),
    ]
    assert _pieces(*strokes) == expected
    assert _pieces(*reversed(strokes)) == expected


def test_of_equal_ranks_the_later_one_wins() -> None:
    assert _pieces(_along(0, 9, "brick"), _along(0, 9, "glass")) == [((0, 0), (9, 0), "glass")]


def test_an_open_side_leaves_no_wall() -> None:
    assert _pieces(_along(0, 9, "brick"), _along(3, 6, "none", NAMED_SIDE)) == [
        ((0, 0), (3, 0), "brick"),
        ((6, 0), (9, 0), "brick"),
    ]


def test_parallel_walls_of_a_corridor_stay_two() -> None:
    other = Stroke((0.0, 2.0), (9.0, 2.0), "brick", DEFAULT_SIDE)
    assert len(_pieces(_along(0, 9, "brick"), other)) == 2


@pytest.mark.parametrize("gap_m", [0.0, 0.01])
def test_an_oblique_wall_takes_its_door(gap_m: float) -> None:
    # A 3-4-5 line of 10 m with a door from 2 m to 3 m: 0.6 east and 0.8 north a metre. The door drawn up to 1 cm off
    # the line still cuts it.
    wall = Stroke((0.0, 0.0), (6.0, 8.0), "brick", DEFAULT_SIDE)
    door = Stroke((1.2 + gap_m, 1.6), (1.8 + gap_m, 2.4), "door", OPENING)
    pieces = _pieces(wall, door)
    assert [material for _, _, material in pieces] == ["brick", "door", "brick"]
    assert pieces[1][0] == pytest.approx((1.2, 1.6), abs=gap_m + 1e-9)
