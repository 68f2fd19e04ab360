"""simulate.air.airtime_fairness: weights of 1/cost, and what they do on a shipped site."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import shipped_site
from support.edited import typical_day

from wifisim.inputs.site import Site
from wifisim.simulation.air import Air


def fair(site: Site) -> Site:
    air = replace(site.simulation.air, airtime_fairness=True)
    return replace(site, simulation=replace(site.simulation, air=air))


def test_airtime_fairness_gives_equal_time_not_equal_rate() -> None:
    site = shipped_site("primary-brookside")
    activity = next(iter(site.activities.values()))
    cost = np.array([1e-8, 4e-8, 0.0])
    equal = Air({}, (), airtime_fairness=False).weights(cost, activity)
    timed = Air({}, (), airtime_fairness=True).weights(cost, activity)
    assert list(equal) == [activity.connections] * 3
    # Rate x cost, the airtime of a device, is the same for both; a wired device keeps its connections.
    assert timed[0] * cost[0] == pytest.approx(timed[1] * cost[1])
    assert timed[2] == activity.connections


def test_the_switch_changes_a_day_and_keeps_its_users() -> None:
    site = shipped_site("primary-brookside")
    plain, timed = typical_day(site), typical_day(fair(site))
    assert sum(lesson.devices for lesson in plain.lessons) == sum(lesson.devices for lesson in timed.lessons)
    assert (plain.latency_counts != timed.latency_counts).any()
