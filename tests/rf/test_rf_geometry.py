"""Places, crossings (with a slow twin) and the survey."""

from __future__ import annotations

import math

import air_plans
import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon

from wifisim.inputs.floorplan import Room
from wifisim.rf.coverage import placed_radios, rssi_dbm, survey, with_shadowing
from wifisim.rf.crossings import loss_from_db, obstacles
from wifisim.rf.places import seat_places, spread
from wifisim.rf.propagation import LAWS, log_distance_db, path_loss_db


def twin_loss_db(building, materials, band, a, b) -> float:
    """The slow twin: every wall of every floor by shapely, every slab between the heights."""
    loss = 0.0
    ray = LineString([a[:2], b[:2]])
    for floor in building.floors:
        if min(a[2], b[2]) < floor.base_m <= max(a[2], b[2]) and floor.level > 0:
            loss += materials[floor.slab_material_id].loss_db[band]
        for wall in floor.walls:
            hit = ray.intersection(LineString([wall.from_m, wall.to_m]))
            if hit.geom_type == "Point":
                t = ray.project(hit) / ray.length
                height = a[2] + t * (b[2] - a[2])
                if floor.base_m <= height < floor.base_m + floor.height_m:
                    loss += materials[wall.material_id].loss_db[band]
    return loss


def test_crossings_equal_the_slow_twin() -> None:
    rng = np.random.default_rng(5)
    building = air_plans.random_building(rng, floors=3, walls=60)
    around = obstacles(building, air_plans.MATERIALS, "5")
    for _ in range(12):
        origin = tuple(rng.uniform((0, 0, 0.5), (40, 30, 9.0)))
        points = rng.uniform((0, 0, 0.5), (40, 30, 9.0), (25, 3))
        fast = loss_from_db(origin, *points.T, around=around)
        slow = [twin_loss_db(building, air_plans.MATERIALS, "5", origin, point) for point in points]
        np.testing.assert_allclose(fast, slow, atol=1e-9)


def test_walls_in_line_count_once_and_a_touched_wall_not_at_all() -> None:
    walls = [((5.0, 0.0), (5.0, 5.0)), ((5.0, 5.0), (5.0, 9.0))]
    building = air_plans.one_floor(walls)
    around = obstacles(building, air_plans.MATERIALS, "5")
    one = air_plans.MATERIALS["brick"].loss_db["5"]
    x, y, z = np.array([9.0, 9.0, 4.9]), np.array([5.0, 2.0, 2.0]), np.full(3, 1.0)
    # through the joint of the two, through one, short of it
    assert loss_from_db((1.0, 5.0, 1.0), x, y, z, around=around).tolist() == [one, one, 0.0]
    # an access point on the wall itself, rays to both sides
    both = loss_from_db((5.0, 2.0, 2.0), np.array([1.0, 9.0]), np.array([2.0, 3.0]), np.full(2, 1.0), around=around)
    assert both.tolist() == [0.0, 0.0]


def test_seats_are_inside_spread_and_repeatable() -> None:
    shape = ((0.0, 0.0), (12.0, 0.0), (12.0, 4.0), (5.0, 4.0), (5.0, 9.0), (0.0, 9.0))
    room = Room("L", "L", "0", "library", shape, 31)
    seats = spread(room, 31)
    assert len(seats) == 31
    assert len({tuple(seat) for seat in seats}) == 31
    outline = Polygon(shape)
    assert all(outline.contains(Point(seat)) for seat in seats)
    np.testing.assert_array_equal(seats, spread(room, 31))
    # no corner of the room is far from a seat: less than three times the spacing of an even spread
    spacing = math.sqrt(outline.area / 31)
    assert all(np.hypot(*(seats - corner).T).min() < 3.0 * spacing for corner in shape)


def test_a_room_without_seats_has_one_place() -> None:
    building = air_plans.school(rooms=2, seats=0)
    places = seat_places(building)
    assert places.room.tolist() == [0, 1]
    assert places.z_m.tolist() == [0.8, 0.8]


@pytest.mark.parametrize(
    ("law", "distance_m", "loss_db"),
    [
        ("free-space", 10.0, 67.25),  # 20 + 20 log10(5500) - 27.55
        ("tgax-enterprise", 10.0, 67.25),  # 40.05 + 7.20 + 20
        ("tgax-enterprise", 20.0, 77.79),  # + 35 log10(2)
        ("tgax-residential", 10.0, 71.77),  # 40.05 + 7.20 + 13.98 + 10.54
        ("p1238-office-los", 10.0, 64.25),  # 34.62 + 14.6 + 15.03
        ("p1238-corridor-los", 10.0, 61.08),
    ],
)
def test_laws_at_5500_mhz(law: str, distance_m: float, loss_db: float) -> None:
    assert float(path_loss_db(np.array(distance_m), 5500.0, law=law)) == pytest.approx(loss_db, abs=0.02)


def test_log_distance_gives_the_reference_levels() -> None:
    # 20 dBm at 40 m: 20 - 46.68 - 30 log10(40) = -74.74 dBm (cochannel.csv)
    assert 20.0 - log_distance_db(40.0) == pytest.approx(-74.74, abs=0.005)


def test_unknown_law_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="tgax-enterprise"):
        path_loss_db(np.array(1.0), 5500.0, law="okumura")


def test_survey_is_the_sum_of_its_parts() -> None:
    building = air_plans.school(rooms=3, seats=4)
    radios = placed_radios(air_plans.network(rooms=3), building)
    places = seat_places(building)
    coverage = survey(building, radios, places, materials=air_plans.MATERIALS)
    # from the access point of room 0 to the last place of room 2: two brick walls
    first, seat = radios[0], len(places) - 1
    d = math.dist((first.x_m, first.y_m, first.z_m), (places.x_m[seat], places.y_m[seat], places.z_m[seat]))
    open_db = float(LAWS["tgax-enterprise"](np.array(d), first.freq_mhz))
    brick = air_plans.MATERIALS["brick"].loss_db["5"]
    assert coverage.path_loss_db[0, seat] == pytest.approx(open_db + 2 * brick)
    np.testing.assert_array_equal(coverage.radio_loss_db, coverage.radio_loss_db.T)
    level = rssi_dbm(coverage, air_plans.CLIENT)[0, seat]
    assert level == pytest.approx(14.0 + 4.0 + 0.0 - coverage.path_loss_db[0, seat])


def test_shadowing_is_reciprocal_and_does_not_change_with_the_design() -> None:
    building = air_plans.school(rooms=4, seats=30)
    places = seat_places(building)
    few = placed_radios(air_plans.network(rooms=2), building)
    many = placed_radios(air_plans.network(rooms=4), building)
    small, large = (
        with_shadowing(
            survey(building, radios, places, materials=air_plans.MATERIALS), sigma_db=4.0, seed=3, replication=1
        )
        for radios in (few, many)
    )
    np.testing.assert_array_equal(small.path_loss_db, large.path_loss_db[: len(few)])
    np.testing.assert_array_equal(large.radio_loss_db, large.radio_loss_db.T)
    plain = survey(building, many, places, materials=air_plans.MATERIALS)
    drawn = large.path_loss_db - plain.path_loss_db
    # 480 draws of sigma 4: the sample deviation lies within 4 +- 0.45 with 99.9 %
    assert abs(drawn.std() - 4.0) < 0.45
    again = with_shadowing(plain, sigma_db=4.0, seed=3, replication=2)
    assert not np.allclose(again.path_loss_db, large.path_loss_db)
