"""Who has met a dead line comes back by the back-off of its kind, and the school not all at once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from conftest import shipped_site

from wifisim.inputs.what_if import with_faults
from wifisim.results.records import DayRecord
from wifisim.simulation import day as school_day
from wifisim.simulation.retries import CALL, DOWNLOAD, PAGE, SAVE, SEGMENT, Backoff, backoff_of, next_tries_s
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import StageModel, build_models

KEYS = np.arange(2000, dtype=np.uint64)
BACK_S = 10 * 3600.0 + 1200.0


def tries_s(backoff: Backoff, *, after_s: float, since_s: float = 0.0) -> np.ndarray:
    return next_tries_s(KEYS, backoff, since_s=np.full(KEYS.size, since_s), now_s=since_s + after_s)


def test_saves_wait_1_2_4_s_and_up_to_a_second_more() -> None:
    # Tries at 1-2, 3-5, 7-10 and 15-19 s after the failure.
    soon = tries_s(SAVE, after_s=6.0, since_s=100.0)
    assert (soon > 107.0).all()
    assert (soon < 110.0).all()
    assert soon.std() > 0.1
    np.testing.assert_array_equal(soon, tries_s(SAVE, after_s=6.0, since_s=100.0))
    # After an hour they try every 64 s.
    late = tries_s(SAVE, after_s=3600.0) - 3600.0
    assert (late > 0.0).all()
    assert (late <= 64.0).all()


def test_each_device_counts_from_its_own_failure() -> None:
    since_s = np.linspace(0.0, 64.0, KEYS.size)
    late = next_tries_s(KEYS, SAVE, since_s=since_s, now_s=3600.0) - 3600.0
    # They failed over 64 s and try every 64 s: evenly spread, a tenth of them in each tenth of it.
    shares = np.histogram(late, bins=10, range=(0.0, 64.0))[0] / KEYS.size
    np.testing.assert_allclose(shares, 0.1, atol=0.02)


@pytest.mark.parametrize(
    ("backoff", "longest_s"), [(SAVE, 64.0), (PAGE, 90.0), (SEGMENT, 12.0), (CALL, 6.0), (DOWNLOAD, 900.0)]
)
def test_nobody_waits_longer_than_the_longest_wait(backoff: Backoff, longest_s: float) -> None:
    # The longest wait: 64 s, or 60, 8, 5 and 600 s and the spread of half or a fifth.
    for after_s in (0.0, 10.0, 1000.0, 7200.0):
        wait_s = tries_s(backoff, after_s=after_s) - after_s
        assert (wait_s > 0.0).all()
        assert (wait_s <= longest_s + 1e-9).all()


def test_tries_of_a_spread_backoff_are_spread_however_long_ago_all_failed_together() -> None:
    # Waits of 30 to 90 s, one after the other for an hour: nothing is left of the common beginning.
    shares = np.histogram(tries_s(PAGE, after_s=3600.0) - 3600.0, bins=6, range=(0.0, 60.0))[0] / KEYS.size
    assert shares.max() < 0.25
    assert shares.min() > 0.05


def test_every_kind_of_activity_has_its_backoff() -> None:
    found = {backoff_of(activity) for activity in shipped_site("secondary-oakfield").activities.values()}
    assert found == {SAVE, PAGE, SEGMENT, CALL, DOWNLOAD}
    assert all(backoff_of(one) is SAVE for one in shipped_site("secondary-oakfield").activities.values() if one.save)


@lru_cache(maxsize=2)
def after_an_outage(*, at_once: bool) -> tuple[DayRecord, StageModel]:
    """Brookside without a backup on a day on which the line is away for twenty minutes."""
    site = shipped_site("primary-brookside")
    stage = replace(site.stages[-1], network=replace(site.stages[-1].network, wan=site.stages[-1].network.wan[:1]))
    site = replace(site, stages=(stage,), simulation=replace(site.simulation, days=("typical",), bin_s=20.0))
    site = with_faults(site, ("wan-down@10:00-10:20",))
    model = build_models(site)[0]
    with pytest.MonkeyPatch.context() as patch:
        if at_once:
            patch.setattr(school_day.Attendance, "hold_back", lambda *_, **__: [])
        return run_stage(site, model, 0)[0], model


def test_the_line_is_not_flooded_when_it_comes_back() -> None:
    carried = {}
    for at_once in (True, False):
        day, model = after_an_outage(at_once=at_once)
        line, back = model.network.line[0], round((BACK_S - day.start_s) / day.bin_s)
        carried[at_once] = day.carried_bps[back, line] / model.network.resources[line].capacity
    # All at once the line is full for twenty seconds; by their back-off the devices of the school come one by one.
    assert carried[True] > 0.95
    assert carried[False] < 0.6


def test_the_school_is_back_to_normal_as_soon_and_nothing_is_lost_by_waiting() -> None:
    outages = [after_an_outage(at_once=at_once)[0].outages[0] for at_once in (True, False)]
    assert outages[1].recovery_s == outages[0].recovery_s <= 600.0
    assert outages[1].lost_s == pytest.approx(outages[0].lost_s, rel=0.05)
    # Saves go out with the next try of their client, at most 64 s later.
    assert outages[0].saved_again_s <= outages[1].saved_again_s <= outages[0].saved_again_s + 64.0
