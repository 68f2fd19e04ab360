"""What must never go the wrong way, on random plans."""

from __future__ import annotations

import itertools
from dataclasses import replace

import air_plans
import numpy as np
from air_plans import CLIENT, MATERIALS, SETTINGS, access_point, network_of, radio
from hypothesis import given, settings
from hypothesis import strategies as st

from wifisim.inputs.floorplan import Building, Wall
from wifisim.mac.airtime import prices
from wifisim.mac.association import rank_radios
from wifisim.mac.contention import contention_domains
from wifisim.mac.links import links
from wifisim.rf.coverage import placed_radios, rssi_dbm, survey
from wifisim.rf.phy import ladder
from wifisim.rf.places import seat_places
from wifisim.rf.propagation import LAWS, path_loss_db

plan_seeds = st.integers(0, 2**32 - 1)
points = st.tuples(st.floats(0.1, 35.9), st.floats(0.1, 6.9))


def levels(building: Building, *aps) -> np.ndarray:
    radios = placed_radios(network_of(*aps), building)
    return rssi_dbm(survey(building, radios, seat_places(building), materials=MATERIALS), CLIENT)


@settings(max_examples=40, deadline=None)
@given(
    law=st.sampled_from(sorted(LAWS)), freq=st.floats(2400, 7100), metres=st.lists(st.floats(0.0, 500.0), min_size=2)
)
def test_no_law_falls_with_distance(law: str, freq: float, metres: list[float]) -> None:
    loss = path_loss_db(np.sort(np.array(metres)), freq, law=law)
    assert (np.diff(loss) >= 0.0).all()


@settings(max_examples=40, deadline=None)
@given(seed=plan_seeds, at=points, ends=st.tuples(points, points))
def test_a_wall_more_never_raises_a_level(seed: int, at, ends) -> None:
    building = with_random_walls(seed)
    floor = building.floors[0]
    thicker = Building((replace(floor, walls=(*floor.walls, Wall("0", *ends, "brick"))),))
    point = access_point("A", at, radio())
    assert (levels(thicker, point) <= levels(building, point)).all()


@settings(max_examples=30, deadline=None)
@given(snr=st.lists(st.floats(-20.0, 70.0), min_size=2), margin=st.floats(0.0, 6.0))
def test_more_signal_never_lowers_the_rate(snr: list[float], margin: float) -> None:
    for model in ("awgn", "sensitivity"):
        for chains in (0, 4):
            rungs = ladder("ax", 80, 2, 800, model=model, receive_chains=chains)
            steps = rungs.highest(np.sort(np.array(snr)), margin)
            rates_bps = [rungs.modes[step].rate_bps if step >= 0 else 0.0 for step in steps]
            assert (np.diff(rates_bps) >= 0.0).all()


@settings(max_examples=30, deadline=None)
@given(seed=plan_seeds, at=points)
def test_more_power_never_raises_a_price(seed: int, at) -> None:
    building = with_random_walls(seed)
    bits = []
    for power in (2.0, 8.0, 14.0, 20.0):
        coverage = survey(
            building,
            placed_radios(network_of(access_point("A", at, radio(power_dbm=power))), building),
            seat_places(building),
            materials=MATERIALS,
        )
        bits.append(prices(links(coverage, contention_domains(coverage), CLIENT, SETTINGS)).down_s_per_bit)
    assert all((b <= a + 1e-15).all() for a, b in itertools.pairwise(bits))


@settings(max_examples=30, deadline=None)
@given(seed=plan_seeds, spots=st.lists(points, min_size=2, max_size=5))
def test_a_disabled_radio_has_no_clients(seed: int, spots) -> None:
    building = with_random_walls(seed)
    aps = [access_point(f"A{i}", at, radio(enabled=i > 0)) for i, at in enumerate(spots)]
    radios = placed_radios(network_of(*aps), building)
    assert all(placed.access_point_id != "A0" for placed in radios)
    coverage = survey(building, radios, seat_places(building), materials=MATERIALS)
    assert rank_radios(coverage, CLIENT, SETTINGS).ranks.max() < len(radios)


@settings(max_examples=30, deadline=None)
@given(
    seed=plan_seeds,
    spots=st.lists(points, min_size=2, max_size=6),
    channels=st.lists(st.sampled_from([36, 44, 52]), min_size=6, max_size=6),
)
def test_every_radio_is_in_a_clique_and_channels_do_not_mix(seed: int, spots, channels) -> None:
    building = with_random_walls(seed)
    aps = [access_point(f"A{i}", at, radio(channels[i])) for i, at in enumerate(spots)]
    coverage = survey(building, placed_radios(network_of(*aps), building), seat_places(building), materials=MATERIALS)
    domains = contention_domains(coverage)
    assert {index for clique in domains.cliques for index in clique} == set(range(len(aps)))
    assert all(len({channels[i] for i in clique}) == 1 for clique in domains.cliques)


@settings(max_examples=20, deadline=None)
@given(seed=plan_seeds, spots=st.lists(points, min_size=3, max_size=5, unique=True))
def test_an_access_point_more_on_the_channel_never_lowers_a_price_of_the_others(seed: int, spots) -> None:
    """It may only share their air or add to their noise: adding one can hurt."""
    building = with_random_walls(seed)
    aps = [access_point(f"A{i}", at, radio(36)) for i, at in enumerate(spots)]
    found = []
    for some in (aps[:-1], aps):
        coverage = survey(
            building, placed_radios(network_of(*some), building), seat_places(building), materials=MATERIALS
        )
        found.append(
            prices(links(coverage, contention_domains(coverage), CLIENT, SETTINGS)).down_s_per_bit[: len(aps) - 1]
        )
    assert (found[1] >= found[0] - 1e-15).all()


def with_random_walls(seed: int) -> Building:
    rng = np.random.default_rng(seed)
    school = air_plans.school(rooms=4, seats=3)
    ends = rng.uniform((0, 0, 0, 0), (36, 7, 36, 7), (6, 4)).tolist()
    floor = school.floors[0]
    return Building(
        (replace(floor, walls=(*floor.walls, *(Wall("0", (a, b), (c, d), "brick") for a, b, c, d in ends))),)
    )
