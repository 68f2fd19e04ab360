from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic import latency_bin

from wifisim.results.latency import latency_quantile_s, latency_quantiles_s, share_slower_than
from wifisim.results.records import LATENCY_BINS, LATENCY_EDGES_S


def histogram(**seconds: int) -> np.ndarray:
    counts = np.zeros(LATENCY_BINS, dtype=np.int64)
    for name, count in seconds.items():
        counts[latency_bin(float(name[1:].replace("_", ".")))] += count
    return counts


def test_quantile_inside_one_bin_is_interpolated_on_the_logarithm() -> None:
    # 100 transfers in the bin that starts at 1 s (edge 60: 1e-3 * 10^(60/20)); half of them lie below
    # 10^(0.5/20) = 1.0593 s.
    counts = np.zeros(LATENCY_BINS, dtype=np.int64)
    counts[60] = 100
    assert latency_quantile_s(counts, 0.5) == pytest.approx(10 ** (0.5 / 20))


def test_quantile_falls_in_the_bin_that_holds_the_rank() -> None:
    # 90 transfers near 0.5 s and 10 near 7 s: the 95th is among the slow ones, half-way through their bin.
    counts = histogram(_0_5=90, _7=10)
    low, high = LATENCY_EDGES_S[latency_bin(7.0)], LATENCY_EDGES_S[latency_bin(7.0) + 1]
    assert latency_quantile_s(counts, 0.95) == pytest.approx(math.sqrt(low * high))
    assert latency_quantile_s(counts, 0.5) < 0.6


def test_quantile_of_known_draws_is_within_a_bin() -> None:
    durations = np.random.default_rng(1).lognormal(0.0, 1.0, 20_000)
    counts = np.histogram(durations, LATENCY_EDGES_S)[0]
    for q in (0.5, 0.95, 0.99):
        # One bin is 12.2 % wide; interpolation should do far better on a smooth distribution.
        assert latency_quantile_s(counts, q) == pytest.approx(float(np.quantile(durations, q)), rel=0.01)


def test_other_axes_are_added_up() -> None:
    one = histogram(_1=3)
    assert latency_quantile_s(np.stack([one, histogram(_9=1)]), 0.5) == latency_quantile_s(histogram(_1=3, _9=1), 0.5)


def test_no_transfers_no_quantile() -> None:
    assert math.isnan(latency_quantile_s(np.zeros(LATENCY_BINS, dtype=np.int64), 0.95))
    rows = latency_quantiles_s(np.stack([histogram(_1=3), histogram()]), 0.95)
    assert [math.isnan(value) for value in rows] == [False, True]


def test_share_slower_than() -> None:
    counts = histogram(_0_5=75, _7=25)
    assert share_slower_than(counts, 2.0) == pytest.approx(0.25)
    assert share_slower_than(counts, 100.0) == pytest.approx(0.0)
    assert math.isnan(share_slower_than(histogram(), 2.0))
