"""What a day's sessions want of the internet line on average, without simulating them.

A task's mean bits are spread evenly over its time: transfers as many as fit between thinking times (the network takes
no time at all), a stream at its highest rung, a call at its rate. Good enough to rank days by their busiest hour;
left out are caches, and everything that makes users wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity
from wifisim.inputs.site import Site
from wifisim.traffic.sessions import Session

BIN_S = 300.0
HOUR_BINS = 12


def busiest_hour_bits(sessions: Iterable[Session], site: Site) -> float:
    """Bits that cross the internet line in the busiest hour, both ways together."""
    bits = wanted_bits(sessions, site)
    hours = np.convolve(bits, np.ones(HOUR_BINS), mode="valid") if bits.size >= HOUR_BINS else bits.sum(keepdims=True)
    return float(hours.max(initial=0.0))


def wanted_bits(sessions: Iterable[Session], site: Site) -> NDArray[np.float64]:
    """Bits that devices want over the line in each five minutes of the day [bin]."""
    edges_s = BIN_S * np.arange(86_400.0 / BIN_S + 1)
    running = np.zeros(edges_s.size)
    for session in sessions:
        for task in session.tasks:
            activity = site.activities.get(task.activity_id)
            if activity is None or activity.peers or task.end_s <= task.start_s:
                continue
            bits = task.members.size * _mean_bits(activity, task.end_s - task.start_s)
            running += bits * np.clip((edges_s - task.start_s) / (task.end_s - task.start_s), 0.0, 1.0)
    return np.asarray(np.diff(running), dtype=np.float64)


def bits_of_tasks(session: Session, site: Site) -> Iterator[tuple[str, float]]:
    """Activity and bits that the devices of a session want for it; what stays inside the school counts too."""
    for task in session.tasks:
        if task.activity_id in site.activities and task.end_s > task.start_s:
            activity = site.activities[task.activity_id]
            yield activity.id, task.members.size * _mean_bits(activity, task.end_s - task.start_s)


@lru_cache(maxsize=4096)
def _mean_bits(activity: Activity, length_s: float) -> float:
    """Mean bits of one device that does ``activity`` for so long."""
    if activity.kind == "stream":
        return activity.ladder_bps[-1] * length_s
    if activity.kind == "call":
        return activity.rate_bps * length_s
    size, think_s = activity.size_bytes.mean(), activity.think_s.mean()
    most = activity.count or np.inf
    transfers = min(most, 1.0 + length_s / think_s if think_s > 0.0 else 1.0)
    return float(transfers * 8.0 * size * (1.0 - activity.browser_hit_share) * activity.changed_share)
