"""Targeted benchmarks: sharing at 100 to 10,000 classes, arrivals, completions, reading a flow list."""

from __future__ import annotations

import numpy as np
import pytest
from school_days import bare_simpy_timeouts, network

from wifisim.inputs.flow_list import read_flow_list
from wifisim.network.fairness import max_min_rates
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import TRANSFER, empty_records
from wifisim.simulation.flows import FlowKernel, warm_up

SETTINGS = KernelSettings(1, 0, 0.0, 1e4, 1e5, 1, transport=False)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()


def kernel_with(classes, *, arrivals):
    """As many cells as classes, all held by the line, and ``arrivals`` more transfers one after another."""
    resources, routes = network(classes, 30 * classes)
    table = empty_records(TRANSFER, classes + arrivals)
    table.start[classes:] = 1.0 + np.arange(arrivals) * 1e-6
    table.bits = 1e9
    table.bits[classes:] = 1e4
    table.route = 2 * (np.arange(len(table)) % classes)
    table.cost, table.cap = 1e-8, np.inf
    kernel = FlowKernel(resources, routes, (), settings=SETTINGS, transfers=table)
    kernel.advance(0.5)
    return (kernel,), {}


@pytest.mark.benchmark(group="kernel")
@pytest.mark.parametrize("classes", [100, 1000, 10_000])
def test_arrivals(benchmark, classes):
    benchmark.pedantic(
        lambda kernel: kernel.advance(1.01), setup=lambda: kernel_with(classes, arrivals=10_000), rounds=3
    )


@pytest.mark.benchmark(group="kernel")
@pytest.mark.parametrize("classes", [100, 1000, 10_000])
def test_completions(benchmark, classes):
    def ready():
        (kernel,), _ = kernel_with(classes, arrivals=10_000)
        kernel.advance(1.01)
        return (kernel,), {}

    benchmark.pedantic(lambda kernel: kernel.advance(1000.0), setup=ready, rounds=3)


@pytest.mark.benchmark(group="solver")
@pytest.mark.parametrize("flows", [100, 1000, 10_000])
def test_plain_water_filling(benchmark, flows):
    rng = np.random.default_rng(0)
    cost = np.where(rng.random((flows, 40)) < 0.1, 1.0, 0.0)
    cost[:, 0] = 1.0
    benchmark.pedantic(max_min_rates, args=(cost, rng.uniform(1e6, 1e8, 40)), rounds=3)


@pytest.mark.benchmark(group="files")
def test_read_flow_list(benchmark, tmp_path):
    rows = [f"{i},{i % 30},0,{i * 0.01},{1000 + i},down" for i in range(200_000)]
    path = tmp_path / "flows.csv"
    path.write_text("\n".join(["flow_id,station,ap,start_s,size_bytes,direction", *rows]) + "\n")
    index = {(str(s), "0"): s for s in range(30)}
    benchmark.pedantic(read_flow_list, args=(path,), kwargs={"stations": index}, rounds=3)


@pytest.mark.benchmark(group="yardstick")
def test_bare_simpy_timeouts(benchmark):
    benchmark.pedantic(bare_simpy_timeouts, args=(300_000,), rounds=3)
    benchmark.extra_info["per"] = 300_000
