"""Intervals over replications: how far the mean of a few seeds may be from the long-run value.

Student's t interval (two-sided, 90 %) on the replications' values, which are independent by construction. Durations
spread in proportion to their size and are taken on a logarithmic scale (their mean is then the geometric one); counts
and rates are cut at 0 (differences are not), shares to 0-1. A share of counted cases (lessons that work) has Jeffreys'
interval over the cases of all replications, their number divided by the design effect; where days differ more than
``MOST_CLUSTERED`` times what cases that fail one by one would, the days are the cases and Student's t stands. One
replication gives no interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CONFIDENCE = 0.90
MOST_CLUSTERED = 2.0  # design effect up to which cases are pooled: coverage tried out in tests/theory

Scale = Literal["exact", "positive", "log", "share", "signed"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the interval it may stand for; ``low`` and ``high`` are None when there is no telling.

    ``low`` = ``high`` = ``value`` for a quantity without chance in it.
    """

    value: float
    low: float | None
    high: float | None
    replications: int


def estimate(values: Sequence[float], scale: Scale, *, trials: int = 0) -> Estimate:
    """Mean and interval of the finite ones of ``values``, one a replication; NaN when there is none.

    ``trials`` is the number of pooled yes-or-no cases behind a share (0 = unknown).
    """
    finite = [value for value in values if not math.isnan(value)]
    if not finite:
        return Estimate(math.nan, None, None, 0)
    if scale == "exact":
        return Estimate(finite[0], finite[0], finite[0], len(finite))
    if scale == "log" and min(finite) > 0.0 and math.isfinite(max(finite)):
        logs = _student([math.log(value) for value in finite])
        low, high = (None if bound is None else math.exp(bound) for bound in (logs.low, logs.high))
        return Estimate(math.exp(logs.value), low, high, logs.replications)
    plain = _student(finite)
    if plain.low is None or plain.high is None:
        return plain
    if scale == "signed":
        return plain
    pooled = _pooled(finite, trials) if scale == "share" and trials else None
    if pooled is not None:
        return Estimate(plain.value, *pooled, plain.replications)
    ceiling = 1.0 if scale == "share" else math.inf
    return Estimate(plain.value, max(plain.low, 0.0), min(plain.high, ceiling), plain.replications)


def _pooled(values: Sequence[float], trials: int) -> tuple[float, float] | None:
    """Jeffreys' interval over the pooled trials behind ``values``; None when days differ too much to pool them.

    The design effect (Kish, 1965) is how much more days differ than independent trials would; it divides their number.
    """
    mean = math.fsum(values) / len(values)
    between = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    alone = mean * (1.0 - mean) * len(values) / trials
    design = max(between / alone, 1.0) if alone > 0.0 else 1.0
    return jeffreys(mean, trials / design) if design <= MOST_CLUSTERED else None


def jeffreys(share: float, trials: float) -> tuple[float, float]:
    """Jeffreys' 90 % interval of a share seen in independent trials, closed at 0 and 1.

    Quantiles of Beta(x + 1/2, n - x + 1/2); Brown, Cai and DasGupta (Statistical Science 16, 2001).
    """
    a, b = share * trials + 0.5, (1.0 - share) * trials + 0.5
    tail = (1.0 - CONFIDENCE) / 2.0
    low = 0.0 if share <= 0.0 else _beta_quantile(tail, a, b)
    return low, 1.0 if share >= 1.0 else _beta_quantile(1.0 - tail, a, b)


def _beta_quantile(p: float, a: float, b: float) -> float:
    """Quantile of the beta distribution by bisection."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _beta_cdf(middle, a, b) < p else (low, middle)
    return 0.5 * (low + high)


def _beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function: the continued fraction DLMF 8.17.22, evaluated by Lentz's method."""
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _beta_cdf(1.0 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d, value = 1.0, 0.0, 1.0
    for step in range(300):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / (1.0 + term * d)
        c = 1.0 + term / c
        value *= c * d
        if step and abs(c * d - 1.0) < 1e-12:
            break
    return front * (value - 1.0)


def student_t_quantile(p: float, dof: int) -> float:
    """Quantile ``p`` (0.5 <= p < 1) of Student's t with a whole number of degrees of freedom, by bisection."""
    low, high = 0.0, 1.0
    while _student_t_cdf(high, dof) < p:
        high *= 2.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        if _student_t_cdf(middle, dof) < p:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _student_t_cdf(t: float, dof: int) -> float:
    """Distribution function for t >= 0: the finite series 26.7.3 and 26.7.4 of Abramowitz and Stegun."""
    theta = math.atan(t / math.sqrt(dof))
    cos2 = math.cos(theta) ** 2
    if dof % 2:
        term, total = math.cos(theta), 0.0
        for k in range(1, (dof - 1) // 2 + 1):
            total += term
            term *= cos2 * (2 * k) / (2 * k + 1)
        inside = 2.0 / math.pi * (theta + math.sin(theta) * total)
    else:
        term, total = 1.0, 0.0
        for k in range(1, dof // 2 + 1):
            total += term
            term *= cos2 * (2 * k - 1) / (2 * k)
        inside = math.sin(theta) * total
    return 0.5 + 0.5 * inside


def _student(values: Sequence[float]) -> Estimate:
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return Estimate(mean, None, None, 1)
    if not math.isfinite(mean):
        return Estimate(mean, mean, mean, n)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = student_t_quantile(0.5 + CONFIDENCE / 2, n - 1) * spread / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, n)
