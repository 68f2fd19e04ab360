"""Quantiles of transfer times from the histograms of a run.

Durations are counted in the logarithmic bins of ``LATENCY_EDGES_S`` (12 % wide). Inside a bin the logarithm of the
duration is taken as uniform, so a quantile is off by at most one bin width, usually far less. Durations beyond the
last edge sit in the last bin: a quantile there is a lower bound.
"""

from __future__ import annotations

import numpy as np

from wifisim.results.records import LATENCY_EDGES_S, FloatArray, IntArray

_LOG_EDGES: FloatArray = np.log(LATENCY_EDGES_S)


def latency_quantile_s(counts: IntArray, q: float) -> float:
    """Duration in seconds that a share ``q`` of transfers stay below, from ``counts[..., latency]``; NaN without any.

    All axes but the last are added up first.
    """
    histogram = counts.reshape(-1, counts.shape[-1]).sum(axis=0).astype(np.float64)
    return float(latency_quantiles_s(histogram[np.newaxis, :], q)[0])


def latency_quantiles_s(counts: FloatArray | IntArray, q: float) -> FloatArray:
    """Quantile ``q`` of each row of ``counts[row, latency]`` in seconds; NaN for an empty row."""
    cumulative = np.cumsum(counts, axis=1, dtype=np.float64)
    total = cumulative[:, -1]
    wanted = q * total
    bins = np.minimum((cumulative < wanted[:, np.newaxis]).sum(axis=1), counts.shape[1] - 1)
    rows = np.arange(counts.shape[0])
    inside = counts[rows, bins].astype(np.float64)
    before = cumulative[rows, bins] - inside
    share = np.where(inside > 0, (wanted - before) / np.where(inside > 0, inside, 1.0), 0.0)
    logs = _LOG_EDGES[bins] + share * (_LOG_EDGES[bins + 1] - _LOG_EDGES[bins])
    return np.where(total > 0, np.exp(logs), np.nan)


def share_slower_than(counts: IntArray, limit_s: float) -> float:
    """Share of the transfers in ``counts[..., latency]`` that took longer than ``limit_s``; NaN without any."""
    histogram = counts.reshape(-1, counts.shape[-1]).sum(axis=0).astype(np.float64)
    total = float(histogram.sum())
    if total == 0.0:
        return float("nan")
    cumulative = np.concatenate(([0.0], np.cumsum(histogram)))
    below = np.interp(np.log(limit_s), _LOG_EDGES, cumulative)
    return float(1.0 - below / total)
