"""Replications that grow until a verdict is settled: rounds of the days that decide, the same bytes on any machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import fmean, stdev

import pytest
from conftest import shipped_site
from synthetic import bare_day, bare_results

from wifisim.inputs.site import Site
from wifisim.results.metrics import metric_value
from wifisim.results.readiness import assess
from wifisim.results.records import Results
from wifisim.results.summarise import summarise
from wifisim.results.summary import summary_json
from wifisim.simulation.run import _affordable, simulate


def growing(extra: int, airtime_max: float) -> Site:
    """Brookside's first and last stage, typical day, three replications and ``extra`` more; judged by airtime."""
    site = shipped_site("primary-brookside")
    return replace(
        site,
        stages=(site.stages[0], site.stages[-1]),
        simulation=replace(site.simulation, days=("typical",), replications=3, extra_replications=extra),
        targets=replace(site.targets, standards=(), airtime_max=airtime_max, lessons_good_share=0.5),
    )


def runs_of(results: Results) -> Counter[str]:
    return Counter(day.stage_id for day in results.days)


@pytest.fixture(scope="module")
def straddling() -> float:
    """A target 1.2 standard deviations above the last stage's mean airtime: 1.69 of them (2.92 / sqrt 3) reach it."""
    results = simulate(growing(0, 0.7), jobs=1)
    last = results.stages[-1]
    days = [day for day in results.days if day.stage_id == last.id]
    values = [metric_value("airtime_busy_quarter", day, last, run=results.run) for day in days]
    return fmean(values) + 1.2 * stdev(values)


def test_only_what_is_not_settled_runs_again(straddling: float) -> None:
    results = simulate(growing(1, straddling), jobs=1)
    first, last = (stage.id for stage in results.stages)
    assert runs_of(results) == {first: 3, last: 4}
    assert [day.replication for day in results.days] == [0, 1, 2, 0, 1, 2, 3]


def test_a_settled_verdict_stops_and_the_number_of_processes_changes_nothing(straddling: float) -> None:
    site = growing(6, straddling)
    alone, together = simulate(site, jobs=1), simulate(site, jobs=2)
    texts = [summary_json(summarise(found, assess(found))) for found in (alone, together)]
    assert texts[0] == texts[1]
    runs = runs_of(alone)[alone.stages[-1].id]
    settled = assess(alone).stages[-1].verdict != "at_risk"
    assert runs in ({5, 7, 9} if settled else {9})


def test_the_budget_is_spent_on_the_last_stage_then_on_the_smallest() -> None:
    school = bare_results(bare_day("a"), bare_day("b"), bare_day("c"))
    devices = {stage.id: stage.devices for stage in school.stages}
    assert devices["a"] < devices["b"] < devices["c"]
    wanted = {"a": ("typical", "arrival", "update"), "b": ("typical",), "c": ("typical",)}
    # Two rounds: c costs 2 x its devices, b as much of its own; a with its three days fits no longer.
    assert 6 * devices["a"] > 2 * devices["b"]
    chosen, left = _affordable(wanted, school, rounds=2, left=2.0 * devices["c"] + 2.0 * devices["b"] + 1.0)
    assert set(chosen) == {"b", "c"}
    assert left == 1.0
    assert set(_affordable(wanted, school, rounds=2, left=2.0 * devices["c"])[0]) == {"c"}
    assert _affordable(wanted, school, rounds=2, left=0.0) == ({}, 0.0)


def test_no_budget_no_more_replications(straddling: float) -> None:
    site = growing(6, straddling)
    poor = replace(site, simulation=replace(site.simulation, extra_device_days=10.0))
    assert set(runs_of(simulate(poor, jobs=1)).values()) == {3}
