"""What transfers of finite size ask of the air: windows as batches, acknowledgements of every segment."""

from __future__ import annotations

import numpy as np
import pytest

from wifisim.mac.exchange import Medium
from wifisim.mac.frames import Aggregation
from wifisim.mac.tcp import lone_burst
from wifisim.mac.transfers import doubled_acks_share, mean_burst_s, served_in_turn
from wifisim.rf.phy import PhyMode

MODE = PhyMode("ax", 40, 2, 7, 800)
MEDIUM = Medium(limits=Aggregation(max_octets=65535, queue_packets=500))
MSS = 1448.0


def test_a_transfer_of_one_window_waits_as_of_first_come_first_served() -> None:
    # M/D/1: first come, first served, waits rho D / 2 (1 - rho), half of what even sharing does.
    assert served_in_turn(np.array([8 * MSS, 8 * MSS])) == pytest.approx(0.5)
    assert served_in_turn(np.array([10 * MSS])) == pytest.approx(0.5)


def test_waits_by_hand() -> None:
    # 138 segments go out as 10, 20, 40 and 68: 4 windows, squares 100 + 400 + 1600 + 4624 = 6724.
    assert served_in_turn(np.array([138 * MSS])) == pytest.approx(4 * 6724 / (2 * 138**2))
    # Beside one of 10 segments: S = (6724 + 100) / 2, x = (138 + 10) / 2; the small one would wait for more than its
    # even share, which is the most.
    mixed = served_in_turn(np.array([138 * MSS, 10 * MSS]))
    assert mixed == pytest.approx([4 * (6824 / 148) / (2 * 138), 1.0])


def test_waits_are_never_longer_than_of_even_sharing() -> None:
    sizes = np.geomspace(100.0, 1e9, 200)
    for size in sizes:
        assert 0.5 - 1e-12 <= served_in_turn(np.array([size]))[0] <= 1.0
    assert np.all((served_in_turn(sizes) > 0.0) & (served_in_turn(sizes) <= 1.0))
    assert served_in_turn(np.zeros(0)).shape == (0,)


def test_windows_first_come_first_served_by_simulation() -> None:
    # One server, Poisson transfers of 60 segments in windows of 10, 20 and 30, each so long after the one before that
    # what stands in the queue has changed; each waits for all work that was there before it.
    rng = np.random.default_rng(5)
    load, segments, windows = 0.7, 60.0, (10.0, 20.0, 30.0)
    arrivals = np.cumsum(rng.exponential(segments / load, 60_000))
    comings = np.concatenate([arrivals + lag for lag in (0.0, 50_000.0, 100_000.0)])
    sizes = np.repeat(windows, len(arrivals))
    order = np.argsort(comings, kind="stable")
    free, waited = 0.0, 0.0
    for at, size in zip(comings[order], sizes[order], strict=True):
        waited += max(free - at, 0.0)
        free = max(free, at) + size
    per_transfer = waited / len(arrivals)
    even = load * segments / (1.0 - load)  # M/G/1 processor sharing
    assert per_transfer / even == pytest.approx(float(served_in_turn(np.array([60 * MSS]))[0]), rel=0.05)


def test_acknowledging_every_segment_costs_the_longer_answer() -> None:
    # 42 acknowledgements with two SACK blocks (52 + 20 octets of IP) for 21 of 52 octets.
    full = lone_burst(MODE, MODE, MEDIUM, queued=500.0)
    share = doubled_acks_share(MODE, MODE, MEDIUM)
    mpdu_octets = 72 + 8 + 30 + 4 + 2  # LLC, MAC header and FCS, delimiter, padding to a multiple of 4
    longer_s = (42 * mpdu_octets - 21 * 96) * 8 / 344.1e6
    assert share * full.seconds == pytest.approx(longer_s, abs=14e-6)
    assert 0.025 < share < 0.04


def test_mean_burst_of_windows() -> None:
    # 30 segments go out as 10 and 20: two bursts of 15 in the mean.
    of_15 = lone_burst(MODE, MODE, MEDIUM, queued=15.0).seconds
    assert mean_burst_s(np.array([30 * MSS]), MODE, MODE, MEDIUM, direction="down")[0] == pytest.approx(of_15)
