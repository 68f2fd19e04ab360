"""The plain max-min solver: worked cases, and the defining property on random systems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wifisim.network.fairness import bottlenecks, max_min_rates


def test_two_links_in_a_row():
    # Flows A over links 1 and 2, B over 1, C over 2; capacities 1 and 2.
    # Link 1 fills at 1/2 for A and B; C has the rest, 3/2.
    cost = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(max_min_rates(cost, np.array([1.0, 2.0])), [0.5, 0.5, 1.5])


def test_a_slow_station_drags_the_cell_to_one_rate():
    # The 802.11 anomaly: x / 100e6 + x / 10e6 = 1 gives x = 1 / (1e-8 + 1e-7) = 9.0909 Mbit/s for both.
    cost = np.array([[1e-8], [1e-7]])
    np.testing.assert_allclose(max_min_rates(cost, np.ones(1)), [1e9 / 110, 1e9 / 110])


def test_weights_of_one_over_cost_share_airtime():
    # Each has half of the air: 50 and 5 Mbit/s.
    cost = np.array([[1e-8], [1e-7]])
    np.testing.assert_allclose(max_min_rates(cost, np.ones(1), weight=1.0 / cost[:, 0]), [50e6, 5e6])


def test_a_cap_leaves_the_rest_to_others():
    rates = max_min_rates(np.ones((3, 1)), np.array([9.0]), cap=np.array([1.0, np.inf, np.inf]))
    np.testing.assert_allclose(rates, [1.0, 4.0, 4.0])


def test_dead_resources_stop_their_flows_and_nothing_stops_a_free_one():
    rates = max_min_rates(np.array([[1.0], [0.0]]), np.zeros(1))
    assert rates[0] == 0.0
    assert np.isinf(rates[1])


@pytest.mark.parametrize(
    ("cost", "capacity", "weight"), [(-1.0, 1.0, 1.0), (np.nan, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, 0.0)]
)
def test_impossible_numbers_are_refused(cost, capacity, weight):
    with pytest.raises(ValueError, match="must"):
        max_min_rates(np.array([[cost]]), np.array([capacity]), weight=np.array([weight]))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 25), st.integers(1, 10))
def test_every_flow_has_a_bottleneck_and_no_resource_is_over_full(seed, flows, resources):
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.integers(-8, 1, resources)
    cost = np.where(rng.random((flows, resources)) < 0.4, rng.uniform(0.1, 3.0, (flows, resources)) * scale, 0.0)
    cost[:, 0] = np.where(cost.sum(axis=1) == 0.0, scale[0], cost[:, 0])
    capacity, weight = rng.uniform(0.5, 9.0, resources), rng.uniform(0.2, 4.0, flows)
    cap = np.where(rng.random(flows) < 0.3, rng.uniform(0.01, 2.0, flows) / scale.min(), np.inf)
    rates = max_min_rates(cost, capacity, weight=weight, cap=cap)
    assert np.all((rates[:, None] * cost).sum(axis=0) <= capacity * (1 + 1e-9))
    assert np.all(bottlenecks(cost, capacity, rates, weight=weight) | (rates >= cap * (1 - 1e-12)))
