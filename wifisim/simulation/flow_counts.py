"""What the kernel counts while it runs, and how it hands that over.

Bins are spans of ``bin_s``; slots are the coarser ones of latency (``results.records``). The last resource of a running
kernel is where disconnected users wait; it is left out of what is handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wifisim.results.records import LATENCY_BINS, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The arrays of ``DayRecord``, and what the loop did: ``work`` counts are deterministic, ``loop_s`` is not."""

    utilisation: FloatArray
    bound_share: FloatArray
    bound_flows: FloatArray
    carried_bps: FloatArray
    latency_counts: IntArray
    latency_by_time: IntArray
    late_counts: IntArray
    late_by_activity: IntArray
    flows: int
    events: int
    loop_s: float
    work: dict[str, int]


def no_counts(resources: int, activities: int, *, bins: int, slots: int, rooms: int) -> dict[str, Any]:
    """Zeroed counts, in the order of the arrays of ``Telemetry``."""
    names = ("utilisation", "bound_share", "bound_flows", "carried_bps")
    return {
        **{name: np.zeros((bins, resources)) for name in names},
        "latency": np.zeros((activities, max(rooms, 1), LATENCY_BINS), np.int64),
        "latency_by_time": np.zeros((activities, slots, LATENCY_BINS), np.int64),
        "late": np.zeros((slots, resources + 1), np.int64),
        "late_by_activity": np.zeros((activities, resources + 1), np.int64),
    }


def without_nowhere(counts: dict[str, Any]) -> dict[str, Any]:
    """The counts of the resources that exist; late transfers without a connection were held back by none of them."""
    kept = dict(counts)
    for name in ("utilisation", "bound_share", "bound_flows", "carried_bps"):
        kept[name] = np.ascontiguousarray(counts[name][:, :-1])
    for name in ("late", "late_by_activity"):
        kept[name] = np.delete(counts[name], -2, axis=1)
        kept[name][:, -1] += counts[name][:, -2]
    return kept
