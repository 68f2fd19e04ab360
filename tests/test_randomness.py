"""randomness: quantiles against closed forms, streams by name, identities that do not collide."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from wifisim.randomness import Distribution, Kind, constant, identity, mix, normal_quantile, stream


@pytest.mark.parametrize("p", [1e-12, 1e-3, 0.074, 0.2, 0.5, 0.9, 0.999999])
def test_normal_quantile_is_the_inverse_of_the_normal_distribution(p: float) -> None:
    assert NormalDist().cdf(normal_quantile(p)) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize(
    ("distribution", "u", "value"),
    [
        (constant(7.0), 0.3, 7.0),
        (Distribution(Kind.UNIFORM, 2.0, 6.0, high=6.0), 0.25, 3.0),
        (Distribution(Kind.EXPONENTIAL, 30.0), 0.5, 30.0 * math.log(2.0)),
        (Distribution(Kind.LOGNORMAL, 2.5e6, 0.9), 0.5, 2.5e6),
        (Distribution(Kind.WEIBULL, 10.0, 2.0), 1.0 - math.exp(-1.0), 10.0),
    ],
)
def test_quantiles(distribution: Distribution, u: float, value: float) -> None:
    assert distribution.quantile(u) == pytest.approx(value, rel=1e-9)


def test_truncation_keeps_draws_inside_and_proportions_alike() -> None:
    free = Distribution(Kind.EXPONENTIAL, 1.0)
    cut = Distribution(Kind.EXPONENTIAL, 1.0, low=0.5, high=2.0)
    draws = [cut.quantile(u) for u in np.linspace(0.0, 0.999, 200)]
    assert min(draws) >= 0.5
    assert max(draws) <= 2.0
    # P(X < 1 | 0.5 < X < 2) of the free distribution is the u at which the truncated quantile is 1.
    share = (math.exp(-0.5) - math.exp(-1.0)) / (math.exp(-0.5) - math.exp(-2.0))
    assert cut.quantile(share) == pytest.approx(1.0, rel=1e-9)
    assert free.quantile(0.999) > 2.0


def test_mean_of_a_lognormal() -> None:
    # Median times exp(sigma^2 / 2).
    assert Distribution(Kind.LOGNORMAL, 1.0, 0.5).mean() == pytest.approx(math.exp(0.125), rel=1e-12)


@pytest.mark.parametrize(
    "drawn",
    [
        Distribution(Kind.UNIFORM, 3.0, 9.0),
        Distribution(Kind.EXPONENTIAL, 30.0, 0.0, 5.0, 90.0),
        Distribution(Kind.LOGNORMAL, 2e5, 1.5, 1e3, 5e6),
        Distribution(Kind.LOGNORMAL, 2e5, 1.0, 3e5, 9e6),
        Distribution(Kind.WEIBULL, 3.0, 0.8, 0.0, 10.0),
    ],
)
def test_mean_is_that_of_the_draws(drawn: Distribution) -> None:
    # The mean of a law is the mean of its quantiles over all shares; its midpoint rule is off by far less than 1e-6.
    shares = (np.arange(100_000) + 0.5) / 100_000
    assert drawn.mean() == pytest.approx(np.mean([drawn.quantile(float(u)) for u in shares]), rel=1e-6)


def test_a_stream_depends_on_its_names_and_on_nothing_else() -> None:
    first = stream(1, "lesson", 3).random(4)
    stream(1, "something else").random(100)
    assert (stream(1, "lesson", 3).random(4) == first).all()
    assert (stream(1, "lesson", 4).random(4) != first).all()
    assert (stream(2, "lesson", 3).random(4) != first).all()


def test_names_are_not_run_together() -> None:
    assert identity("a", "bc") != identity("ab", "c")


def test_mixed_identities_do_not_collide() -> None:
    keys = mix(np.arange(200_000, dtype=np.uint64), identity("pupil", "7A"))
    assert np.unique(keys).size == keys.size
