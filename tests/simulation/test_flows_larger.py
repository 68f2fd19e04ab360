"""The kernel on larger coupled systems, and with unequal weights and air costs inside one class.

Against the slow twin, and against the max-min property itself: rates taken from the kernel's tables in the middle of a
run must fit all capacities, and each transfer must meet its cap or a full resource where nobody has more.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wifisim.network.fairness import bottlenecks
from wifisim.network.resources import Resource, Route
from wifisim.randomness import constant
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import ACTIVE, TRANSFER, empty_records
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from flow_twin import Transfer, Twin
from school_days import activity

END_S = 1e5
SIZES = (1.0, 40.0, 3e3, 50e3, 400e3)  # bytes


def school(rng, cells):
    """Access points on switches behind a filter, a line and two services; some share air; some meet contention."""
    resources = [
        Resource("down", "line", "", 0.4e6 * cells), Resource("up", "line", "", 0.2e6 * cells),
        Resource("filter", "appliance", "", 0.5e6 * cells),
        *(Resource("service", "service", "", share * 1e6 * cells) for share in (0.1, 2.0)),
    ]  # fmt: skip
    switches = [len(resources) + 2 * i for i in range(max(cells // 12, 1))]
    resources += [Resource("switch", "link", "", float(rng.choice([4e6, 20e6, 1e9]))) for _ in range(2 * len(switches))]
    routes: list[Route] = []
    before = -1
    for cell in range(cells):
        air = [len(resources)] + ([before] if before >= 0 and rng.random() < 0.3 else [])
        before = len(resources)
        usable = (1.0, 1.0, 0.95, 0.9, 0.85) if rng.random() < 0.5 else ()
        fewer = tuple(np.cumprod(rng.uniform(0.9, 1.0, size=rng.integers(0, 9))))
        resources.append(Resource("air", "air", "", float(rng.uniform(0.5, 1.0)), usable, fewer))
        resources += [Resource("cable", "link", "", float(rng.choice([6e6, 1e9]))) for _ in range(2)]
        switch, cable, service = switches[cell % len(switches)], before + 1, 3 + int(rng.integers(2))
        routes += [
            Route("d", "down", cell, (service, 0, 2, switch, cable, *air), 0.0, 0.0, 0.0),
            Route("u", "up", cell, (*air, cable + 1, switch + 1, 2, 1), 0.0, 0.0, 0.0),
        ]
    return resources, routes


def transfers_of(rng, routes, count, span_s):
    """Many begin at one moment; sizes from nothing at all to 5 MB; a fifth with a cap of its own."""
    start = np.sort(np.round(rng.uniform(0.0, span_s, count), 1))
    route = rng.integers(0, len(routes), count)
    bits = 8.0 * np.where(
        rng.random(count) < 0.1, rng.integers(0, 2, count), np.minimum(rng.lognormal(10, 2, count), 5e6)
    )
    cap = np.where(rng.random(count) < 0.2, rng.choice([0.2e6, 1e6, 7.7e6], count), np.inf)
    cost = 1.0 / rng.choice([140e6, 33.3e6, 8e6, 1e6], count)
    return [Transfer(start[i], bits[i], routes[route[i]], cost[i], 1.0, cap[i]) for i in range(count)], route


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.integers(0, 2**31), st.sampled_from([40, 90]))
def test_hundreds_of_resources_equal_the_twin(seed, cells):
    rng = np.random.default_rng(seed)
    resources, routes = school(rng, cells)
    transfers, route = transfers_of(rng, routes, 300, 20.0)
    # Not at the moments when transfers begin: whether an empty one is through before the line fails is nobody's rule.
    changes = [(5.05, 0, 0.0), (7.55, 0, 0.3e6 * cells), (7.55, 1, 0.0), (11.05, 1, 5e6), (20.05, 2, 1e6)]
    twin = Twin(resources, transfers, changes)
    twin.run(END_S)
    table = empty_records(TRANSFER, len(transfers))
    table.start, table.bits = [t.start_s for t in transfers], [t.bits for t in transfers]
    table.cost, table.cap = [t.cost for t in transfers], [t.cap_bps for t in transfers]
    table.route, table.finish = route, np.nan
    options = KernelSettings(seed=1, replication=0, start_s=0.0, end_s=END_S, bin_s=7.0, rooms=1, transport=False)
    kernel = FlowKernel(resources, routes, (), settings=options, transfers=table)
    for at_s, resource, capacity in changes:
        kernel.advance(at_s)
        kernel.set_capacity(resource, capacity)
    kernel.advance(END_S)
    expected = np.array([t.finish_s for t in transfers])
    assert np.all(np.isfinite(expected))
    np.testing.assert_allclose(table.finish, expected, rtol=1e-9)


def weighted_users(rng, cells, count):
    """A kernel with ``count`` users of one transfer each, weights 0.2 to 5, and the same as the twin's transfers."""
    resources, routes = school(rng, cells)
    start, size = np.sort(rng.uniform(0.0, 5.0, count)), rng.integers(0, len(SIZES), count)
    route = rng.integers(0, len(routes), count)
    weight, cost = rng.uniform(0.2, 5.0, count), 1.0 / rng.choice([140e6, 33.3e6, 8e6, 1e6], count)
    activities = [activity(str(s), "bulk", size_bytes=constant(s), first_s=constant(0.0), count=1) for s in SIZES]
    options = KernelSettings(seed=1, replication=0, start_s=0.0, end_s=END_S, bin_s=7.0, rooms=1, transport=False)
    kernel = FlowKernel(resources, routes, activities, settings=options)
    zero, none = np.zeros(count), np.full(count, -1)
    users = kernel.add_users(
        UserBatch(np.arange(count, dtype=np.uint64), size, route, none, zero, cost, weight, none, start, zero + END_S)
    )
    transfers = [
        Transfer(start[i], 8.0 * SIZES[size[i]], routes[route[i]], cost[i], weight[i], np.inf) for i in range(count)
    ]
    return kernel, users, resources, transfers


def test_unequal_weights_and_costs_equal_the_twin():
    kernel, users, resources, transfers = weighted_users(np.random.default_rng(5), 3, 150)
    twin = Twin(resources, transfers)
    twin.run(END_S)
    done = kernel._tables["users"]["done"]
    for finish_s, user in sorted((t.finish_s, user) for t, user in zip(transfers, users, strict=True)):
        kernel.advance(finish_s * (1.0 - 1e-9))
        assert done[user] == 0
        kernel.advance(finish_s * (1.0 + 1e-9))
        assert done[user] == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_rates_in_the_middle_of_a_run_are_max_min(seed):
    kernel, users, resources, transfers = weighted_users(np.random.default_rng(seed), 60, 1500)
    met = 0
    for now in np.linspace(1.0, 30.0, 12):
        kernel.advance(now)
        rate, active = rates_of(kernel, users)
        met += len(active)
        cost = np.zeros((len(active), len(resources)))
        for row, user in enumerate(active):
            for r in transfers[user].route.resources:
                cost[row, r] = transfers[user].cost if resources[r].kind == "air" else 1.0
        capacity = kernel._tables["resources"]["capacity"][: len(resources)]
        assert np.all((rate[:, None] * cost).sum(axis=0) <= capacity * (1.0 + 1e-9))
        weight = np.array([transfers[user].weight for user in active])
        assert np.all(bottlenecks(cost, capacity, rate, weight=weight))
    assert met > 500


def rates_of(kernel, users):
    """Rates in bit/s of the active users, and which of ``users`` they are."""
    table, classes, trunks = (kernel._tables[name] for name in ("users", "classes", "trunks"))
    active = np.flatnonzero(table["state"][users] == ACTIVE)
    group = classes[table["group"][users[active]]]
    level = np.where(group["trunk"] >= 0, trunks["level"][group["trunk"]], group["level"])
    return level * table["weight"][users[active]], active
