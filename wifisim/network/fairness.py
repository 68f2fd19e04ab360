"""The one sharing rule for air and wire: weighted max-min fairness by progressive filling. Bare numbers only.

For each resource r:  sum over its flows f of  x_f * cost[f, r]  <=  capacity[r],   and  x_f <= cap[f].
All rates rise together, x_f = weight[f] * level, until a resource is full or a cap is met; the flows concerned stop,
the others go on (Bertsekas and Gallager, Data Networks, 1992, section 6.5). Wire: cost 1, capacity in bit/s. Air: cost
in air-seconds per bit, capacity in usable airtime (0-1). Equal weights give DCF's equal throughput, weights of 1/cost
airtime fairness.
Every comparison is relative: air costs are about 1e-8, so an absolute tolerance would be wrong for them.
The flow kernel keeps the same rule up to date event by event; this is the plain form, for checks and cold paths.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TIE = 1e-12  # levels this close, relatively, are one: rounding of a sum of some thousand terms


def max_min_rates(
    cost: FloatArray, capacity: FloatArray, *, weight: FloatArray | None = None, cap: FloatArray | None = None
) -> FloatArray:
    """Rates x[flow] of the weighted max-min allocation.

    ``cost[flow, resource]`` is 0 where a flow does not cross a resource. A flow that crosses none and has no cap gets
    inf; one that crosses a resource of capacity 0 gets 0. Raises ValueError on negative or non-finite costs, negative
    capacities or caps, and weights that are not positive.
    """
    flows = cost.shape[0]
    weight = np.ones(flows) if weight is None else weight
    cap = np.full(flows, np.inf) if cap is None else cap
    _check(cost, capacity, weight=weight, cap=cap)
    ceiling = cap / weight
    level = np.zeros(flows)
    rest = capacity.astype(np.float64, copy=True)
    load = cost * weight[:, None]
    is_open = np.ones(flows, np.bool_)
    while is_open.any():
        demand = load[is_open].sum(axis=0)
        used = demand > 0.0
        filled_at = np.full(len(rest), np.inf)
        filled_at[used] = np.maximum(rest[used], 0.0) / demand[used]
        lowest = min(float(filled_at.min(initial=np.inf)), float(ceiling[is_open].min()))
        full = filled_at <= lowest * (1.0 + TIE)
        stops = is_open & ((ceiling <= lowest) | (cost[:, full] > 0.0).any(axis=1))
        if not stops.any():
            stops = is_open.copy()
        level[stops] = np.minimum(lowest, ceiling[stops])
        if np.isfinite(lowest):
            rest -= (load[stops] * level[stops, None]).sum(axis=0)
        is_open &= ~stops
    rates: FloatArray = level * weight
    return rates


def bottlenecks(cost: FloatArray, capacity: FloatArray, rates: FloatArray, *, weight: FloatArray) -> NDArray[np.bool_]:
    """Whether each flow meets a full resource on which no other has a higher rate for its weight, ``[flow]``.

    An allocation within capacities is max-min exactly when this, or its own cap, holds for every flow.
    """
    crosses = cost > 0.0
    full = (rates[:, None] * cost).sum(axis=0) >= capacity * (1.0 - 1e-9)
    level = rates / weight
    highest = np.where(crosses, level[:, None], 0.0).max(axis=0, initial=0.0)
    held: NDArray[np.bool_] = (crosses & full & (level[:, None] >= highest * (1.0 - 1e-9))).any(axis=1)
    return held


def _check(cost: FloatArray, capacity: FloatArray, *, weight: FloatArray, cap: FloatArray) -> None:
    if cost.ndim != 2 or capacity.shape != (cost.shape[1],):
        msg = "cost must be [flow, resource] and capacity [resource]"
        raise ValueError(msg)
    if not np.all(np.isfinite(cost)) or np.any(cost < 0.0):
        msg = "costs must be finite and not negative"
        raise ValueError(msg)
    if np.any(~(capacity >= 0.0)) or np.any(~(cap >= 0.0)) or np.any(~(weight > 0.0)):
        msg = "capacities and caps must not be negative, weights must be positive"
        raise ValueError(msg)
