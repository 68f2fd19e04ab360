"""What must hold on every shipped site, whatever its numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from conftest import shipped_site
from support.edited import typical_day

from wifisim.inputs.site import Site
from wifisim.results.records import DayRecord, Results
from wifisim.simulation.run import simulate
from wifisim.simulation.stage import build_models


@lru_cache(maxsize=8)
def _day(stem: str) -> DayRecord:
    return typical_day(shipped_site(stem))


@pytest.fixture
def day(request: pytest.FixtureRequest, site: Site) -> DayRecord:
    return _day(request.node.callspec.params["site"])


def test_no_resource_carries_more_than_it_can(day: DayRecord) -> None:
    assert day.utilisation.min() >= 0.0
    assert day.utilisation.max() <= 1.0 + 1e-6


def test_a_resource_holds_back_only_when_it_is_full(site: Site, day: DayRecord) -> None:
    resources = build_models(site)[-1].network.resources
    wire = np.array([resource.kind != "air" for resource in resources])
    # A wire that held flows back for the whole of a bin was full in that bin (air loses capacity to contention).
    full = day.bound_share[:, wire] > 0.999
    assert (day.utilisation[:, wire][full] > 0.99).all()


def test_radios_serve_no_more_devices_than_they_take(site: Site, day: DayRecord) -> None:
    limits = build_models(site)[-1].client_limits
    assert (day.clients <= limits).all()
    assert day.clients.sum() > 0


def test_lessons_add_up(day: DayRecord) -> None:
    assert day.lessons
    for lesson in day.lessons:
        assert 0 <= lesson.good_devices <= lesson.devices - lesson.unassociated_devices
        assert 0 <= lesson.good_transfers <= lesson.transfers
        assert lesson.backlog_bytes >= 0.0


def test_histograms_hold_the_same_transfers(day: DayRecord) -> None:
    assert day.latency_counts.sum() == day.latency_by_time.sum()
    assert day.latency_counts.sum(axis=(1, 2)) == pytest.approx(day.latency_by_time.sum(axis=(1, 2)))
    assert day.late_counts.sum() == day.late_by_activity.sum()
    assert day.late_counts.sum() <= day.latency_counts.sum()


def test_a_school_pupil_uses_a_believable_rate(site: Site, day: DayRecord) -> None:
    # SETDA and DfE put the 95th percentile per pupil of a fully equipped school between 0.3 and 3 Mbit/s; partly
    # equipped schools are below, so the lower bound is a tenth of it.
    line = day.carried_bps[:, [r.id for r in build_models(site)[-1].network.resources].index("line:down")]
    assert 0.03e6 < np.quantile(line, 0.95) / site.pupils < 3e6


def _same(a: Results, b: Results) -> bool:
    for mine, theirs in zip(a.days, b.days, strict=True):
        for name in ("utilisation", "bound_share", "carried_bps", "clients", "latency_counts", "late_counts"):
            if getattr(mine, name).tobytes() != getattr(theirs, name).tobytes():
                return False
        if mine.lessons != theirs.lessons or mine.flows != theirs.flows:
            return False
    return True


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_processes() -> None:
    site = shipped_site("primary-brookside")
    fixed = replace(site.simulation, days=("typical",), replications=2, extra_replications=0)
    short = replace(site, stages=site.stages[-2:], simulation=fixed)
    alone, together = simulate(short, jobs=1), simulate(short, jobs=2)
    assert _same(alone, together)
    other = simulate(replace(short, simulation=replace(short.simulation, seed=99)), jobs=1)
    assert not _same(alone, other)
