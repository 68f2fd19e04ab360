from __future__ import annotations

import math

import numpy as np
import pytest

from wifisim.results.intervals import estimate, jeffreys, student_t_quantile


@pytest.mark.parametrize(
    # Two-sided 90 % and 99 % points from Student's table (Abramowitz and Stegun, table 26.10).
    ("p", "dof", "expected"),
    [(0.95, 1, 6.314), (0.95, 2, 2.920), (0.95, 3, 2.353), (0.95, 9, 1.833), (0.95, 30, 1.697), (0.995, 4, 4.604)],
)
def test_student_t_quantile(p: float, dof: int, expected: float) -> None:
    assert student_t_quantile(p, dof) == pytest.approx(expected, abs=6e-4)


def test_three_replications() -> None:
    # Mean 4, s = 1, half width 2.920 * 1 / sqrt(3) = 1.686.
    found = estimate([3.0, 4.0, 5.0], "positive")
    assert (found.value, found.low, found.high) == pytest.approx((4.0, 2.314, 5.686), abs=1e-3)


def test_durations_use_the_geometric_mean() -> None:
    # Logs of 1, 2, 4 are 0, 1, 2 times ln 2: mean ln 2, s = ln 2, half width 1.686 ln 2.
    found = estimate([1.0, 2.0, 4.0], "log")
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2.0**-0.6859, 2.0**2.6859), rel=1e-3)


def test_one_replication_has_no_interval() -> None:
    for scale in ("positive", "log", "share"):
        found = estimate([0.5], scale)
        assert (found.value, found.low, found.high) == (0.5, None, None)


def test_a_figure_without_chance_is_its_own_interval() -> None:
    found = estimate([100.0, 100.0], "exact")
    assert (found.value, found.low, found.high) == (100.0, 100.0, 100.0)


def test_counts_stay_above_zero_and_shares_inside_zero_and_one() -> None:
    assert estimate([0.0, 0.0, 3.0], "positive").low == 0.0
    share = estimate([0.9, 1.0, 1.0], "share")
    assert share.high == 1.0
    assert share.low is not None
    assert share.low > 0.8


def test_replications_that_agree_on_a_share_still_have_an_interval() -> None:
    # 180 good lessons of 180: the 5 % quantile of Beta(180.5, 0.5), about 1 - 1.921 / 180.5 (half of chi-square's).
    found = estimate([1.0, 1.0, 1.0], "share", trials=180)
    assert found.low == pytest.approx(1 - 1.921 / 180.5, abs=1e-4)
    assert found.high == 1.0


@pytest.mark.parametrize(
    ("share", "trials", "low", "high"),
    # Tables of the beta distribution: 5 % and 95 % of Beta(x + 1/2, n - x + 1/2).
    [
        (1.0, 22, 0.917308, 1.0),
        (57 / 60, 60, 0.887132, 0.981720),
        (0.0, 10, 0.0, 0.170773),
        (0.5, 30, 0.354342, 0.645658),
    ],
)
def test_jeffreys(share: float, trials: int, low: float, high: float) -> None:
    assert jeffreys(share, trials) == pytest.approx((low, high), abs=1e-6)


def test_days_that_differ_alike_are_pooled_and_others_are_not() -> None:
    # 20 lessons a day. Shares 0.90, 0.95, 0.95: variance 0.00083, fewer than 0.933 x 0.067 / 20 = 0.0031: all 60 count.
    assert estimate([0.90, 0.95, 0.95], "share", trials=60).low == pytest.approx(jeffreys(56 / 60, 60)[0])
    # Shares 0.5, 1, 1: variance 0.083 against 0.833 x 0.167 / 20 = 0.0069, design effect 12: Student's t on the days.
    bad_morning = estimate([0.5, 1.0, 1.0], "share", trials=60)
    assert bad_morning.low == pytest.approx(0.8333 - 1.6859 * 0.2887, abs=1e-3)
    # Shares 0.85, 1, 0.95: mean 0.9333, variance 0.00583, design effect 1.875: 60 lessons count as 32.
    between = estimate([0.85, 1.0, 0.95], "share", trials=60)
    assert between.low == pytest.approx(jeffreys(14 / 15, 32)[0], abs=1e-6)


def test_what_does_not_apply_is_left_out() -> None:
    assert estimate([math.nan, 3.0, 5.0], "positive").value == 4.0
    assert math.isnan(estimate([math.nan], "share").value)


@pytest.mark.theory
@pytest.mark.parametrize(("scale", "truth"), [("log", 2.0), ("positive", 50.0), ("share", 0.8)])
def test_intervals_hold_the_long_run_value_nine_times_in_ten(scale: str, truth: float) -> None:
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(2000):
        if scale == "log":
            values = truth * rng.lognormal(0.0, 0.4, 3)
        elif scale == "positive":
            values = rng.poisson(truth, 3).astype(float)
        else:
            values = rng.binomial(60, truth, 3) / 60
        found = estimate(list(values), scale, trials=180)  # type: ignore[arg-type]
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    # 2000 trials: three standard errors of 0.9 are 0.02.
    assert 0.88 <= hits / 2000 <= 0.93
