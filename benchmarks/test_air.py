"""Speed of the air: survey, prices and a cell, on a school larger than most.

``pytest benchmarks -n 0`` with pytest-benchmark. Bounds are ratios to a sort of two million numbers in the same run, so
that a slow or busy machine fails nothing; the survey takes about twice as long as that sort.
"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from wifisim.inputs.catalog import ClientType, Material
from wifisim.inputs.equipment import AccessPoint, Network, Radio
from wifisim.inputs.floorplan import Building, Floor, Room, Wall
from wifisim.inputs.profile import Evidence
from wifisim.inputs.site import AirSettings
from wifisim.mac.airtime import Prices, prices
from wifisim.mac.capacity import solve
from wifisim.mac.contention import contention_domains
from wifisim.mac.links import links
from wifisim.mac.question import Question, cell_of
from wifisim.rf.coverage import Coverage, placed_radios, survey
from wifisim.rf.places import seat_places

EVIDENCE = Evidence("project", "benchmark", "")
MATERIALS = {name: Material(name, name, {"2.4": 4.0, "5": 5.0, "6": 7.0}, EVIDENCE) for name in ("brick", "slab")}
CLIENT = ClientType("c", "c", "chromeos", "ax", ("2.4", "5"), 2, 80, 14.0, 0.0, 7.0, -70.0, 8.0, EVIDENCE)
SETTINGS = AirSettings(
    path_loss="tgax-enterprise",
    shadowing_sigma_db=3.8,
    rate_margin_db=3.0,
    interference_activity=0.3,
    ampdu_max_bytes=65535,
    rts_cts=False,
    airtime_fairness=False,
    beacon_rate_mbps=12.0,
    steer_to_5ghz_rssi_dbm=-70.0,
    load_balancing="off",
)
CHANNELS = (36, 44, 52, 60, 100, 108, 116, 124)


def large_school() -> tuple[Building, Network]:
    """100 rooms of 20 seats on one floor, 1,000 pieces of wall, an access point a room."""
    rooms, walls, points = [], [], []
    for index in range(100):
        x, y = index % 10 * 9.0, index // 10 * 8.0
        corners = ((x, y), (x + 9, y), (x + 9, y + 7), (x, y + 7))
        rooms.append(Room(f"R{index}", "", "0", "classroom", corners, 20))
        for a, b in zip(corners, (*corners[1:], corners[0]), strict=True):
            middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            walls += [Wall("0", a, middle, "brick"), Wall("0", middle, b, "brick")]
        for start, end in ((x, x + 4), (x + 5, x + 9)):
            walls.append(Wall("0", (start, y + 7.5), (end, y + 7.5), "brick"))
        radio = Radio("5", "ax", CHANNELS[index % 8], 40, 14.0, 4.0, 2, 7.0, 60, True)
        points.append(AccessPoint(f"AP{index}", "m", "0", (x + 4.5, y + 3.5), 2.7, "core", 1e9, 15.0, (radio,)))
    building = Building((Floor("0", "", 0, 0.0, 3.2, "slab", tuple(rooms), tuple(walls)),))
    return building, Network((), (), (), tuple(points), ("a",), {"2.4": 0.3, "5": 0.05, "6": 0.0}, 0, 0.0)


def sort_s() -> float:
    """Yardstick: seconds of a numpy sort, best of three."""
    numbers = np.random.default_rng(1).random(2_000_000)
    spent = []
    for _ in range(3):
        begun = time.perf_counter()
        np.sort(numbers)
        spent.append(time.perf_counter() - begun)
    return min(spent)


def surveyed() -> Coverage:
    building, network = large_school()
    return survey(building, placed_radios(network, building), seat_places(building), materials=MATERIALS)


@pytest.mark.benchmark(group="air")
def test_survey_of_100_radios_2000_seats_1000_walls(benchmark) -> None:
    coverage = benchmark.pedantic(surveyed, rounds=3)
    assert coverage.path_loss_db.shape == (100, 2000)
    assert np.isfinite(coverage.path_loss_db).all()
    assert benchmark.stats.stats.min <= 8.0 * sort_s()


@pytest.mark.benchmark(group="air")
def test_domains_and_prices(benchmark) -> None:
    coverage = surveyed()

    def priced() -> Prices:
        return prices(links(coverage, contention_domains(coverage), CLIENT, SETTINGS))

    found = benchmark.pedantic(priced, rounds=3)
    assert found.down_s_per_bit.shape == (100, 2000)
    assert benchmark.stats.stats.min <= 8.0 * sort_s()


@pytest.mark.benchmark(group="air")
def test_one_cell(benchmark) -> None:
    result = benchmark(lambda: solve(cell_of(Question(stations=30, direction="up", transport="tcp"))))
    assert math.isfinite(result.goodput_bps)
    assert benchmark.stats.stats.median <= 0.5 * sort_s()
