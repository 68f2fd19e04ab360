"""Named random streams from one seed, and the distributions a profile may name.

Two designs under the same seed must see the same users (common random numbers). So nothing draws from a shared
sequence: whoever needs chance names what for, and gets a stream of its own (``stream``); the flow kernel draws by
(seed, device, activity, counter) from the same counter-based generator, Philox4x32-10 (Salmon et al., SC 2011).
A distribution is sampled by its quantile function, one uniform number a draw, so that draws stay aligned.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """Families of distributions, with the meaning of their two parameters ``a`` and ``b``."""

    CONSTANT = 0  # a = value
    UNIFORM = 1  # a = low, b = high
    EXPONENTIAL = 2  # a = mean
    LOGNORMAL = 3  # a = median, b = standard deviation of the natural logarithm
    WEIBULL = 4  # a = scale, b = shape


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution truncated to [low, high]: values outside are never drawn, the rest keep their proportions."""

    kind: Kind
    a: float
    b: float = 0.0
    low: float = 0.0
    high: float = math.inf

    def quantile(self, u: float) -> float:
        """The value below which a share ``u`` (0 <= u < 1) of draws lie."""
        return quantile(int(self.kind), self.a, self.b, self.low, self.high, u)

    def mean(self) -> float:
        """Mean of what is drawn, in closed form; a Weibull's by the midpoint rule over 20,000 quantiles."""
        return _mean(self)


@lru_cache(maxsize=1024)
def _mean(drawn: Distribution) -> float:
    a, b, low, high = drawn.a, drawn.b, drawn.low, drawn.high
    if drawn.kind is Kind.CONSTANT:
        return a
    if drawn.kind is Kind.UNIFORM:
        return 0.5 * (a + b)
    share = cumulative(drawn.kind, a, b, high) - cumulative(drawn.kind, a, b, low)
    if drawn.kind is Kind.WEIBULL:
        points = (np.arange(20_000) + 0.5) / 20_000
        return float(np.mean([drawn.quantile(float(u)) for u in points]))
    if drawn.kind is Kind.EXPONENTIAL:
        beyond = high * math.exp(-high / a) if high < math.inf else 0.0
        return a + (low * math.exp(-low / a) - beyond) / share
    # The part of a log-normal's mean that lies below x is that of the law with its median moved by b squared.
    moved = a * math.exp(b * b)
    part = cumulative(drawn.kind, moved, b, high) - cumulative(drawn.kind, moved, b, low)
    return a * math.exp(0.5 * b * b) * part / share


def constant(value: float) -> Distribution:
    """The distribution that always gives ``value``."""
    return Distribution(Kind.CONSTANT, value)


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """The random stream called ``names`` under ``seed``; the same call always gives the same numbers."""
    text = "\x1f".join([str(seed), *(str(name) for name in names)])
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))


def identity(*names: str | int) -> int:
    """A 64-bit number that stands for ``names``: the random identity of a device, an activity or a lesson."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def mix(keys: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """New identities, one for each of ``keys``, under ``salt``: the finaliser of SplitMix64 (Steele et al., 2014)."""
    z = (keys ^ np.uint64(salt & 0xFFFFFFFFFFFFFFFF)) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


# The functions below are plain arithmetic on floats so that the flow kernel can compile the very same text.


def cumulative(kind: int, a: float, b: float, x: float) -> float:
    """Share of an untruncated distribution at or below ``x``."""
    if kind == 2:
        return 1.0 - math.exp(-x / a) if x > 0.0 else 0.0
    if kind == 3:
        return 0.5 * math.erfc(-math.log(x / a) / (b * math.sqrt(2.0))) if x > 0.0 else 0.0
    if kind == 4:
        return 1.0 - math.exp(-((x / a) ** b)) if x > 0.0 else 0.0
    return (x - a) / (b - a)


def quantile(kind: int, a: float, b: float, low: float, high: float, u: float) -> float:
    """Quantile of the truncated distribution ``kind`` with parameters ``a`` and ``b`` (see ``Kind``)."""
    if kind == 0:
        return a
    if kind == 1:
        return a + (b - a) * u
    bottom = cumulative(kind, a, b, low) if low > 0.0 else 0.0
    top = cumulative(kind, a, b, high) if high < math.inf else 1.0
    p = bottom + (top - bottom) * u
    p = min(max(p, 1e-16), 1.0 - 1e-16)
    if kind == 2:
        x = -a * math.log1p(-p)
    elif kind == 3:
        x = a * math.exp(b * normal_quantile(p))
    else:
        x = a * (-math.log1p(-p)) ** (1.0 / b)
    return min(max(x, low), high)


def normal_quantile(p: float) -> float:
    """Standard normal quantile by Wichura's AS 241 (Applied Statistics 37, 1988); relative error about 1e-16."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        numerator = (
            ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                 + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
               + 133.14166789178437745) * r + 3.387132872796366608
        )  # fmt: skip
        denominator = (
            ((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                 + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
               + 42.313330701600911252) * r + 1.0
        )  # fmt: skip
        return q * numerator / denominator
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    if r <= 5.0:
        r -= 1.6
        numerator = (
            ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                 + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734
        )  # fmt: skip
        denominator = (
            ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                 + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
               + 2.05319162663775882187) * r + 1.0
        )  # fmt: skip
    else:
        r -= 5.0
        numerator = (
            ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                 + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
               + 5.4637849111641143699) * r + 6.6579046435011037772
        )  # fmt: skip
        denominator = (
            ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                 + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
               + 0.59983220655588793769) * r + 1.0
        )  # fmt: skip
    value = numerator / denominator
    return -value if q < 0.0 else value
