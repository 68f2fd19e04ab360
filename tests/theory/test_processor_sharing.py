"""The kernel against queueing theory, inside stated confidence intervals.

PS: processor sharing. With load rho and capacity C, a transfer of x bits lasts x / (C (1 - rho)) on average, whatever
the law of the sizes (Kleinrock, Queueing Systems II, section 4.4).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from wifisim.inputs.profile import Activity, Evidence
from wifisim.network.resources import Resource, Route
from wifisim.randomness import Distribution, Kind, constant
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import TRANSFER, empty_records
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel

C_BPS = 1e7
LINE = [Resource("line", "line", "", C_BPS)]
ROUTE = [Route("d", "down", -1, (0,), 0.0, 0.0, 0.0)]
FLOWS, BATCHES = 240_000, 24


def durations(sizes_bits, rho, seed):
    rng = np.random.default_rng(seed)
    table = empty_records(TRANSFER, len(sizes_bits))
    table.start = np.cumsum(rng.exponential(sizes_bits.mean() / (rho * C_BPS), len(sizes_bits)))
    table.bits, table.cap, table.finish = sizes_bits, np.inf, np.nan
    settings = KernelSettings(0, 0, 0.0, float(table.start[-1]) + 1e4, 600.0, 1, transport=False, telemetry=False)
    kernel = FlowKernel(LINE, ROUTE, (), settings=settings, transfers=table)
    kernel.advance(math.inf)
    return table.finish - table.start


def interval(values):
    """Mean and half width of the 99 % interval from batch means (t of 23 degrees of freedom: 2.81)."""
    means = values[: len(values) // BATCHES * BATCHES].reshape(BATCHES, -1).mean(axis=1)
    return means.mean(), 2.81 * means.std(ddof=1) / math.sqrt(BATCHES)


def sizes(law, rng):
    mean = 1e6
    if law == "exponential":
        return rng.exponential(mean, FLOWS)
    if law == "constant":
        return np.full(FLOWS, mean)
    # hyperexponential with squared coefficient of variation 4, balanced means
    p = 0.5 * (1 + math.sqrt(3 / 5))
    return np.where(
        rng.random(FLOWS) < p, rng.exponential(mean / 2 / p, FLOWS), rng.exponential(mean / 2 / (1 - p), FLOWS)
    )


@pytest.mark.theory
@pytest.mark.parametrize("law", ["exponential", "constant", "hyperexponential"])
@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_mean_duration_is_insensitive_to_the_law_of_sizes(law, rho):
    bits = sizes(law, np.random.default_rng(7))
    mean, half = interval(durations(bits, rho, 11))
    # finite sample: the load that was really drawn is that of these sizes
    expected = bits.mean() / C_BPS / (1 - rho)
    assert abs(mean - expected) < half, (mean, expected, half)
    assert half < 0.12 * expected


@pytest.mark.theory
def test_duration_is_proportional_to_size():
    bits = sizes("exponential", np.random.default_rng(3))
    lasted = durations(bits, 0.7, 5)
    for low, high in ((0.0, 3e5), (1e6, 2e6), (3e6, 1e9)):
        chosen = (bits >= low) & (bits < high)
        mean, half = interval(lasted[chosen] / bits[chosen])
        assert abs(mean - 1 / (C_BPS * 0.3)) < half


@pytest.mark.theory
@pytest.mark.parametrize("users", [5, 40])
def test_finite_source_is_the_machine_repair_queue(users):
    # N users think (mean Z) and transfer (mean S at full rate): P(n active) ~ N! / (N - n)! (S / Z)^n for PS with
    # exponential sizes, throughput (1 - P(0)) / S (Kleinrock, Queueing Systems I, section 3.8).
    think_s, service_s, hours = 2.0, 0.1, 20_000.0
    weight = [1.0]
    for n in range(users):
        weight.append(weight[-1] * (users - n) * service_s / think_s)
    expected = (1 - weight[0] / sum(weight)) / service_s
    activity = Activity(
        "a", "", "transaction", "s", "down", Distribution(Kind.EXPONENTIAL, service_s * C_BPS / 8),
        Distribution(Kind.EXPONENTIAL, think_s), "start", 0.0, constant(0.0), 0, 0.0, (), 1.0, 1.0, 1, 0.0, 0.0, False,
        False, 1.0, Evidence("project", "", ""),
    )  # fmt: skip
    rates = []
    for replication in range(8):
        settings = KernelSettings(1, replication, 0.0, hours, 1000.0, 1, transport=False)
        kernel = FlowKernel(LINE, ROUTE, (activity,), settings=settings)
        n = np.arange(users)
        kernel.add_users(
            UserBatch(
                n.astype(np.uint64),
                0 * n,
                0 * n,
                0 * n - 1,
                0.0 * n,
                0.0 * n,
                1.0 + 0 * n,
                0 * n,
                0.0 * n,
                hours + 0 * n,
            )
        )
        kernel.advance(hours)
        rates.append(kernel.telemetry().flows / hours)
    half = 3.5 * np.std(rates, ddof=1) / math.sqrt(8)  # t of 7 degrees of freedom at 99 %
    assert abs(np.mean(rates) - expected) < half
    assert half < 0.02 * expected
