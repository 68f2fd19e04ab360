"""The kernel against its slow twin, completion by completion, on random systems."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wifisim.network.resources import Resource, Route
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import TRANSFER, empty_records
from wifisim.simulation.flows import FlowKernel

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
from flow_twin import Transfer, Twin

END_S = 1e4


def random_system(seed: int):
    """Cells with shared air, a filter both ways, a line, switches, a service; wired devices; caps; contention."""
    rng = np.random.default_rng(seed)
    cells, switches = int(rng.integers(1, 7)), int(rng.integers(1, 3))
    resources = [
        Resource("down", "line", "", float(rng.choice([5e6, 20e6, 60e6]))),
        Resource("up", "line", "", float(rng.choice([2e6, 10e6, 60e6]))),
        Resource("filter", "appliance", "", float(rng.choice([8e6, 30e6, 200e6]))),
    ]
    resources += [Resource("switch", "link", "", float(rng.choice([10e6, 40e6, 1e9]))) for _ in range(2 * switches)]
    air, cables = [], []
    for c in range(cells):
        usable = (1.0, 1.0, 0.95, 0.9, 0.85) if rng.random() < 0.5 else ()
        air.append([len(resources)])
        resources.append(Resource("air", "air", "", float(rng.uniform(0.6, 1.0)), usable))
        cables.append(len(resources))
        resources += [Resource("cable", "link", "", float(rng.choice([12e6, 1e9]))) for _ in range(2)]
        if c and rng.random() < 0.5:  # a clique shared with the cell before
            air[c].append(air[c - 1][0])
            air[c - 1].append(air[c][0])
    routes = []
    for c in range(cells):
        s = 3 + 2 * int(rng.integers(switches))
        down, up = [0, 2, s, cables[c], *air[c]], [*air[c], cables[c] + 1, s + 1, 2, 1]
        routes += [Route("d", "down", c, tuple(down), 0.0, 0.0, 0.0), Route("u", "up", c, tuple(up), 0.0, 0.0, 0.0)]
        routes.append(Route("peer", "down", c, (cables[c], *air[c]), 0.0, 0.0, 0.0))
    routes += [Route("wd", "down", -1, (0, 2, 3), 0.0, 0.0, 0.0), Route("wu", "up", -1, (4, 2, 1), 0.0, 0.0, 0.0)]
    return rng, resources, routes


def transfers_of(rng, routes, count, span_s):
    start = np.sort(rng.uniform(0.0, span_s, count))
    route = rng.integers(0, len(routes), count)
    rate = rng.choice([140e6, 70e6, 20e6, 8e6], count)
    cap = np.where(rng.random(count) < 0.2, rng.choice([0.3e6, 2e6], count), np.inf)
    bits = 8.0 * rng.lognormal(11.0, 1.3, count)
    return [
        Transfer(
            start[i], bits[i], routes[route[i]], 1.0 / rate[i] if routes[route[i]].radio >= 0 else 0.0, 1.0, cap[i]
        )
        for i in range(count)
    ], route


def kernel_finishes(resources, routes, transfers, route, changes=()):
    table = empty_records(TRANSFER, len(transfers))
    table.start = [t.start_s for t in transfers]
    table.bits = [t.bits for t in transfers]
    table.cost = [t.cost for t in transfers]
    table.cap = [t.cap_bps for t in transfers]
    table.route = route
    table.finish = np.nan
    options = KernelSettings(seed=1, replication=0, start_s=0.0, end_s=END_S, bin_s=7.0, rooms=1, transport=False)
    kernel = FlowKernel(resources, routes, (), settings=options, transfers=table)
    for at_s, resource, capacity in sorted(changes):
        kernel.advance(np.nextafter(at_s, 0.0))
        kernel.advance(at_s)
        kernel.set_capacity(resource, capacity)
    kernel.advance(END_S)
    return table.finish, kernel.telemetry()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**31), st.integers(5, 150), st.sampled_from([0.5, 3.0, 20.0]))
def test_finish_times_equal_the_twins(seed, count, span_s):
    rng, resources, routes = random_system(seed)
    transfers, route = transfers_of(rng, routes, count, span_s)
    changes = []
    if seed % 3 == 0:  # the line fails and returns, a cell's air worsens
        changes = [(span_s / 4, 0, 0.0), (span_s / 2, 0, 9e6), (span_s * 0.6, 2, 5e6)]
    twin = Twin(resources, transfers, changes)
    twin.run(END_S)
    finish, _ = kernel_finishes(resources, routes, transfers, route, changes)
    expected = np.array([t.finish_s for t in transfers])
    assert np.array_equal(np.isnan(finish), np.isnan(expected))
    np.testing.assert_allclose(finish, expected, rtol=1e-9)
    assert np.all(twin.highest_load <= 1.0 + 1e-9) or changes


def test_bits_are_conserved_and_no_capacity_is_exceeded():
    rng, resources, routes = random_system(11)
    transfers, route = transfers_of(rng, routes, 400, 30.0)
    finish, telemetry = kernel_finishes(resources, routes, transfers, route)
    assert np.all(np.isfinite(finish))
    carried = telemetry.carried_bps.sum(axis=0) * 7.0
    for r in range(len(resources)):
        asked = sum(t.bits for t in transfers if r in t.route.resources)
        # each resource has carried all bits of the transfers that cross it, over the whole run
        assert carried[r] == pytest.approx(asked, rel=1e-9)
    assert telemetry.utilisation.max() <= 1.0 + 1e-9
