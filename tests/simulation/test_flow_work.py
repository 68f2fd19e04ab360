"""Deterministic work counters of the kernel: what gates in CI where times only report."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from school_days import closed_loop_day, network

from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import TRANSFER, empty_records
from wifisim.simulation.flows import FlowKernel


def day_work(devices):
    kernel = closed_loop_day(devices)
    kernel.advance(1800.0)
    return kernel.telemetry().work


def test_two_events_a_transfer_and_few_cells_an_event():
    work = day_work(1200)
    assert work["flows"] > 150_000
    # one event begins a transfer, one ends it; the bins are the rest
    assert work["events"] < 2.01 * work["flows"]
    # measured 2.7 cells and 2.0 classes a transfer; an event's own cell makes 2 of the cells
    assert work["solved"] < 3.0 * work["flows"]
    assert work["classes_solved"] < 2.3 * work["flows"]
    assert work["rebuilt"] == 0


def test_work_a_transfer_does_not_grow_with_the_school():
    small, large = day_work(300), day_work(4800)
    assert large["classes_solved"] / large["flows"] < 1.1 * small["classes_solved"] / small["flows"]


def test_a_full_line_costs_the_same_for_thousands():
    per_flow = []
    for waiting in (100, 5000):
        resources, routes = network(40, 1200)
        table = empty_records(TRANSFER, waiting + 2000)
        table.bits[:waiting] = 1e12
        table.start[waiting:] = 1.0 + np.arange(2000) * 0.01
        table.bits[waiting:] = 1e3
        table.route = 2 * (np.arange(len(table)) % 40)
        table.cost, table.cap = 1e-8, np.inf
        settings = KernelSettings(1, 0, 0.0, 1e4, 1e5, 1, transport=False)
        kernel = FlowKernel(resources, routes, (), settings=settings, transfers=table)
        kernel.advance(0.9)
        before = kernel.telemetry().work["classes_solved"]
        kernel.advance(40.0)
        per_flow.append((kernel.telemetry().work["classes_solved"] - before) / kernel.telemetry().flows)
    assert per_flow[1] < 1.2 * per_flow[0]
