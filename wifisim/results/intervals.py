"""Intervals over replications: how far the mean of a few seeds may be from the long-run value.

Student's t interval (two-sided, 90 %) on the replications' values, which are independent by construction. Durations
spread in proportion to their size and are taken on a logarithmic scale (their mean is then the geometric one); counts
and rates are cut at 0 (differences are not), shares to 0-1, and when all replications agree on a share, Wilson's
interval over the pooled trials stands in for the spread that three seeds did not show. One replication gives no
interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CONFIDENCE = 0.90

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
    if scale == "share" and plain.low == plain.high and trials:
        return Estimate(plain.value, *wilson(plain.value, trials), plain.replications)
    ceiling = 1.0 if scale == "share" else math.inf
    return Estimate(plain.value, max(plain.low, 0.0), min(plain.high, ceiling), plain.replications)


def wilson(share: float, trials: int) -> tuple[float, float]:
    """Wilson's 90 % score interval of a share seen in ``trials`` independent cases (JASA 22, 1927)."""
    z = 1.6448536269514722  # 95 % quantile of the standard normal distribution
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(centre - half, 0.0), min(centre + half, 1.0)


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
