"""Whole school days of 6.5 hours, closed loop and replayed; costs a transfer go into ``extra_info``."""

from __future__ import annotations

import pytest
from school_days import closed_loop_day, flow_list, replay_day, run_day

from wifisim.simulation.flows import warm_up


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()
    closed_loop_day(300).advance(600.0)  # what is run first is up to a third slower: pages of code and memory are new


def note(benchmark, telemetry):
    benchmark.extra_info["per"] = telemetry.flows
    benchmark.extra_info["work"] = telemetry.work


@pytest.mark.benchmark(group="days")
@pytest.mark.parametrize("devices", [300, 1200, 4800])
def test_day(benchmark, devices):
    note(benchmark, benchmark.pedantic(run_day, args=(devices,), rounds=1))


@pytest.mark.benchmark(group="days")
def test_day_with_overload(benchmark):
    note(benchmark, benchmark.pedantic(run_day, args=(1200,), kwargs={"overload": True}, rounds=1))


@pytest.mark.benchmark(group="days")
@pytest.mark.parametrize("overload", [False, True], ids=["ordinary", "overload"])
def test_replayed_day(benchmark, overload):
    table = flow_list(1200)
    table.bits *= 2.4  # the line at 66 %; in the overload up to 7,500 transfers at a time
    note(benchmark, benchmark.pedantic(replay_day, args=(1200, table), kwargs={"overload": overload}, rounds=1))
