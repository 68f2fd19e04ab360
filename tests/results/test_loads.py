from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import BIN_S, BINS, START_S, bare_day, radios, stage

from wifisim.results.loads import busy_quarter, episodes, radio_airtime


def test_busy_quarter_is_the_fullest_fifteen_minutes() -> None:
    # 0.2 all day, 0.8 from 10:00 to 10:15 (bins 120-134).
    load = np.full((BINS, 1), 0.2)
    load[120:135] = 0.8
    busy = busy_quarter(load, start_s=START_S, bin_s=BIN_S)
    assert busy.start_s[0] == 10 * 3600
    assert (busy.mean[0], busy.p95[0], busy.peak[0]) == pytest.approx((0.8, 0.8, 0.8))


def test_busy_quarter_has_its_mean_its_95th_percentile_and_its_peak() -> None:
    # One bin of 15 is 1.0: the 95th percentile lies 0.3 of the way from the 14th to the 15th value (0.95 x 14 = 13.3).
    load = np.full((BINS, 1), 0.5)
    load[200] = 1.0
    busy = busy_quarter(load, start_s=START_S, bin_s=BIN_S)
    assert busy.p95[0] == pytest.approx(0.5 + 0.3 * 0.5)
    assert busy.peak[0] == 1.0
    assert busy.mean[0] == pytest.approx(0.5 + 0.5 / 15)


def test_each_column_has_its_own_busy_quarter() -> None:
    load = np.zeros((BINS, 2))
    load[0:60, 0] = 1.0
    load[300:360, 1] = 1.0
    busy = busy_quarter(load, start_s=START_S, bin_s=BIN_S)
    assert list(busy.start_s) == [START_S, START_S + 300 * BIN_S]


def test_a_day_shorter_than_that_is_its_own_busy_quarter() -> None:
    busy = busy_quarter(np.array([[0.1], [0.3]]), start_s=0.0, bin_s=60.0)
    assert busy.mean[0] == pytest.approx(0.2)


def test_episode_from_first_to_last_full_bin() -> None:
    # Full (binding 95 % of the bin) from 09:00 to 09:20, with 30 transfers waiting, 50 at worst.
    share, flows = np.zeros((BINS, 3)), np.zeros((BINS, 3))
    share[60:80, 1] = 0.95
    flows[60:80, 1] = 30.0
    flows[70, 1] = 50.0
    (found,) = episodes(share, flows, start_s=START_S, bin_s=BIN_S)
    assert (found.resource, found.start_s, found.end_s) == (1, 9 * 3600, 9 * 3600 + 1200)
    assert (found.minutes, found.mean_flows, found.peak_flows) == pytest.approx((20.0, 31.0, 50.0))


def test_a_single_full_bin_is_a_burst_and_a_busy_bin_is_not_full() -> None:
    share, flows = np.zeros((BINS, 1)), np.ones((BINS, 1))
    share[10] = 1.0
    share[100:200] = 0.85
    assert episodes(share, flows, start_s=START_S, bin_s=BIN_S) == ()
    assert len(episodes(share, flows, start_s=START_S, bin_s=BIN_S, full_share=0.8)) == 1


def test_two_episodes_with_a_gap() -> None:
    share, flows = np.zeros((BINS, 1)), np.ones((BINS, 1))
    share[10:15] = share[20:25] = 1.0
    found = episodes(share, flows, start_s=0.0, bin_s=60.0)
    assert [(episode.start_s, episode.end_s) for episode in found] == [(600, 900), (1200, 1500)]


def test_a_radio_finds_the_fullest_of_its_cliques_busy() -> None:
    use = np.zeros((BINS, 9))
    use[:, 0], use[:, 1] = 0.3, 0.6
    facts = stage("today")
    two = (replace(radios()[0], cliques=(0, 1)), replace(radios()[1], enabled=False))
    airtime = radio_airtime(bare_day(utilisation=use), replace(facts, radios=two))
    assert airtime[0].tolist() == [0.6, 0.0]
