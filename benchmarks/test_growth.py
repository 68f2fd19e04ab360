"""How the cost of a transfer grows: with devices at constant load per device, and with transfers on one full line.

Processor time, best of two rounds. The bounds are those that the kernel is held to: no worse than n log n from 300 to
20,000 devices, less than twofold from 100 to 5,000 transfers at a time. Memory is what the largest case had at most.
"""

from __future__ import annotations

import math
import resource
import sys
import time

import numpy as np
import pytest
from school_days import DEVICES_PER_AP, activity, closed_loop_day, network

from wifisim.randomness import Distribution, Kind, constant
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel, warm_up

TRANSFERS = 500_000  # about so many in each measurement
TRANSFERS_PER_DEVICE_S = 0.084
BEGIN_S = 60.0
MOST_MEMORY_MB = 1000.0


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()
    closed_loop_day(300).advance(600.0)  # what is run first is up to a third slower: pages of code and memory are new


def cost_us(kernel, until_s):
    """Microseconds of processor a transfer, from now on."""
    before, begun = kernel.telemetry().flows, time.process_time()
    kernel.advance(until_s)
    spent_s = time.process_time() - begun
    return 1e6 * spent_s / (kernel.telemetry().flows - before)


def day_us(devices):
    kernel = closed_loop_day(devices)
    kernel.advance(BEGIN_S)
    return cost_us(kernel, BEGIN_S + TRANSFERS / (TRANSFERS_PER_DEVICE_S * devices))


def full_line(transfers):
    """Users who ask for the next page at once: so many transfers at any time, all held back by the line."""
    busy = activity("busy", "transaction", size_bytes=Distribution(Kind.EXPONENTIAL, 60e3), think_s=constant(0.0),
                    first_s=Distribution(Kind.UNIFORM, 0.0, 1.0))  # fmt: skip
    points = 40
    resources, routes = network(points, points * DEVICES_PER_AP)
    settings = KernelSettings(1, 0, 0.0, 1e6, 60.0, points, transport=False)
    kernel = FlowKernel(resources, routes, [busy], settings=settings)
    place = np.arange(transfers) % points
    kernel.add_users(
        UserBatch(
            key=np.arange(transfers).astype(np.uint64),
            activity=np.zeros(transfers, np.int64),
            route=2 * place,
            cache_route=np.full(transfers, -1),
            cache_share=np.zeros(transfers),
            air_s_per_bit=np.full(transfers, 1.0 / 100e6),
            weight=np.ones(transfers),
            room=place,
            start_s=np.zeros(transfers),
            end_s=np.full(transfers, 1e6),
        )
    )
    return kernel, resources[0].capacity / (8.0 * 60e3)


def crowd_us(transfers):
    kernel, per_s = full_line(transfers)
    kernel.advance(BEGIN_S)
    return cost_us(kernel, BEGIN_S + TRANSFERS / per_s)


def best(measure, sizes):
    return {size: min(measure(size) for _ in range(2)) for size in sizes}


def note(benchmark, costs):
    benchmark.extra_info["us_per_transfer"] = costs
    print({size: round(us, 2) for size, us in costs.items()}, end=" ")


@pytest.mark.benchmark(group="growth")
def test_devices(benchmark):
    costs = benchmark.pedantic(best, args=(day_us, (300, 1200, 4800, 20_000)), rounds=1)
    note(benchmark, costs)
    assert costs[20_000] / costs[300] <= math.log(20_000) / math.log(300)
    # On Linux in kilobytes, on macOS in bytes: the largest this process has been, 20,000 devices included.
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    benchmark.extra_info["most_memory_mb"] = most_mb
    assert most_mb < MOST_MEMORY_MB


@pytest.mark.benchmark(group="growth")
def test_transfers_on_one_line(benchmark):
    costs = benchmark.pedantic(best, args=(crowd_us, (100, 1000, 5000)), rounds=1)
    note(benchmark, costs)
    assert costs[5000] < 2.0 * costs[100]
