"""A 90 % interval holds the long-run value in 85-95 % of repeats: tried out on small models of a school day.

Each model gives one figure a day: the use of a line by transfers that come at random, the share of lessons that work
when a bad morning spoils several at once, the 95th percentile of some hundred save times. A thousand repeats of three
and of five days; the standard error of the share that is counted is sqrt(0.9 x 0.1 / 1000) = 0.9 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wifisim.results.intervals import Scale, estimate

REPEATS = 1000
LONG_RUN = 40_000
Model = Callable[[np.random.Generator, int], np.ndarray]


def line_use(rng: np.random.Generator, days: int) -> np.ndarray:
    """Use of a line of 100 Mbit/s over 15 minutes by 300 pupils' pages (lognormal, median 2.5 MB, sigma 0.9)."""
    pages = rng.poisson(1500, days)
    sizes = rng.lognormal(np.log(2.5e6), 0.9, (days, 200)).mean(axis=1)  # the mean page of that day
    return np.minimum(pages * sizes * 8 / (100e6 * 900), 1.0)


def lessons_good(rng: np.random.Generator, days: int) -> np.ndarray:
    """Share of 60 lessons that work; each day has its own chance, Beta(16, 4) with mean 0.8."""
    return rng.binomial(60, rng.beta(16, 4, days)) / 60


def saves(rng: np.random.Generator, days: int) -> np.ndarray:
    """95th percentile of 400 save times (lognormal, sigma 0.8) on a network that is slower on some days."""
    slow = rng.lognormal(0.0, 0.2, (days, 1))
    return np.asarray(np.percentile(slow * rng.lognormal(np.log(0.5), 0.8, (days, 400)), 95, axis=1))


@pytest.mark.theory
@pytest.mark.parametrize("lessons", [7, 20, 60])
@pytest.mark.parametrize("replications", [3, 8])
def test_shares_of_few_lessons_hold_the_long_run_value(lessons: int, replications: int) -> None:
    """Small counts make coverage jump with the share that is true; over shares from 0.80 to 0.998 it must be right.

    For one true share at a time the experiment behind the choice gave 86-98 % where lessons fail one by one.
    """
    rng = np.random.default_rng(20261122)
    truths = rng.uniform(0.80, 0.998, 700)
    held = 0
    for truth in truths:
        values = rng.binomial(lessons, truth, replications) / lessons
        found = estimate(values.tolist(), "share", trials=lessons * replications)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    # Standard error sqrt(0.9 x 0.1 / 700) = 1.1 %.
    assert 0.85 <= held / len(truths) <= 0.95


@pytest.mark.theory
@pytest.mark.parametrize("replications", [3, 5])
@pytest.mark.parametrize(("model", "scale"), [(line_use, "share"), (lessons_good, "share"), (saves, "log")])
def test_intervals_hold_the_long_run_value(model: Model, scale: Scale, replications: int) -> None:
    rng = np.random.default_rng(20261121)
    many = model(rng, LONG_RUN)
    # On the logarithmic scale the mean is the geometric one.
    truth = float(np.exp(np.log(many).mean())) if scale == "log" else float(many.mean())
    held = 0
    for values in model(rng, REPEATS * replications).reshape(REPEATS, replications):
        trials = 60 * replications if model is lessons_good else 0
        found = estimate(values.tolist(), scale, trials=trials)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.85 <= held / REPEATS <= 0.95
