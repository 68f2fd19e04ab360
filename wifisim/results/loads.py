"""Busy quarters and saturation: how full resources are, when, and for how long they hold transfers back.

The busy quarter of a resource is the 15 minutes (sliding by one bin) with its highest mean utilisation: the busy hour
of ITU-T E.500 at the pace of lessons, whose start is over after a quarter of an hour. Limits on use are limits on that
mean: elastic transfers fill whatever is free for moments, so single full minutes say nothing, while vendors' 70 % and
80 % are about sustained use. A resource *binds* while some transfer could go faster if only it had more capacity; it is
*full* in a bin when it binds for most of the bin, and a run of full bins is a saturation episode. A bin in which two
heavy downloads pass quickly is busy, not full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wifisim.results.records import DayRecord, FloatArray, IntArray, StageFacts

BUSY_QUARTER_S = 900.0
FULL_SHARE = 0.9  # binding for more than this share of a bin makes it a full one (project)
EPISODE_MIN_S = 120.0  # shorter runs of full bins are bursts, not episodes (project)


@dataclass(frozen=True, slots=True)
class BusyQuarter:
    """Per column of a load: mean and 95th percentile over the bins of its busiest 15 minutes, and when that starts."""

    start_s: FloatArray
    mean: FloatArray
    p95: FloatArray
    peak: FloatArray


@dataclass(frozen=True, slots=True)
class Episode:
    """A resource that was full from ``start_s`` to ``end_s``; ``flows`` it held back, on average and at most."""

    resource: int
    start_s: float
    end_s: float
    mean_flows: float
    peak_flows: float

    @property
    def minutes(self) -> float:
        """Its length."""
        return (self.end_s - self.start_s) / 60.0


def busy_quarter(load: FloatArray, *, start_s: float, bin_s: float) -> BusyQuarter:
    """Busiest 15 minutes of each column of ``load[bin, column]``."""
    bins, columns = load.shape
    window = min(bins, max(1, round(BUSY_QUARTER_S / bin_s)))
    if columns == 0 or bins == 0:
        nothing = np.zeros(columns)
        return BusyQuarter(nothing + start_s, nothing, nothing, nothing)
    cumulative = np.vstack([np.zeros((1, columns)), np.cumsum(load, axis=0)])
    means = (cumulative[window:] - cumulative[:-window]) / window
    # Rounded so that a flat load has its busiest 15 minutes at the start of the day, whatever the summing errors.
    first = np.argmax(np.round(means, 9), axis=0)
    inside = np.take_along_axis(load, first[np.newaxis, :] + np.arange(window)[:, np.newaxis], axis=0)
    p95 = np.percentile(inside, 95, axis=0)
    return BusyQuarter(start_s + first * bin_s, inside.mean(axis=0), p95, inside.max(axis=0))


def mean_busy_quarter(loads: Sequence[FloatArray], *, start_s: float, bin_s: float) -> BusyQuarter:
    """Busy quarters of several replications: their means, and the start of the busiest 15 minutes of the mean load."""
    hours = [busy_quarter(load, start_s=start_s, bin_s=bin_s) for load in loads]
    together = busy_quarter(np.mean(loads, axis=0), start_s=start_s, bin_s=bin_s)
    mean, p95, peak = (np.mean([getattr(hour, name) for hour in hours], axis=0) for name in ("mean", "p95", "peak"))
    return BusyQuarter(together.start_s, mean, p95, peak)


def radio_airtime(day: DayRecord, stage: StageFacts) -> FloatArray:
    """Airtime ``[bin, radio]`` that a radio finds busy: the fullest of the cliques it belongs to."""
    columns = [
        day.utilisation[:, list(radio.cliques)].max(axis=1)
        if radio.enabled and radio.cliques
        else np.zeros(day.utilisation.shape[0])
        for radio in stage.radios
    ]
    return np.column_stack(columns) if columns else np.zeros((day.utilisation.shape[0], 0))


def episodes(
    bound_share: FloatArray, bound_flows: FloatArray, *, start_s: float, bin_s: float, full_share: float = FULL_SHARE
) -> tuple[Episode, ...]:
    """Saturation episodes from ``bound_share[bin, resource]`` and ``bound_flows``, by resource, then by time."""
    found = []
    full = bound_share > full_share
    for resource in np.flatnonzero(full.any(axis=0)):
        for first, last in _runs(full[:, resource]):
            if (last - first) * bin_s < EPISODE_MIN_S:
                continue
            flows = bound_flows[first:last, resource]
            found.append(
                Episode(
                    int(resource), start_s + first * bin_s, start_s + last * bin_s,
                    float(flows.mean()), float(flows.max()),
                )
            )  # fmt: skip
    return tuple(found)


def mean_load(days: Sequence[DayRecord], name: str) -> FloatArray:
    """Mean over replications of the array field ``name`` of ``days`` (same stage, same kind of day)."""
    total = np.array(getattr(days[0], name), dtype=np.float64)
    for day in days[1:]:
        total += getattr(day, name)
    return total / len(days)


def mean_episodes(days: Sequence[DayRecord]) -> tuple[Episode, ...]:
    """Saturation episodes of the mean of replications: what is full at that time on most such days."""
    return episodes(
        mean_load(days, "bound_share"), mean_load(days, "bound_flows"), start_s=days[0].start_s, bin_s=days[0].bin_s
    )


def sum_counts(days: Sequence[DayRecord], name: str) -> IntArray:
    """Sum over replications of the count field ``name`` of ``days``."""
    total = np.array(getattr(days[0], name), dtype=np.int64)
    for day in days[1:]:
        total += getattr(day, name)
    return total


def _runs(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Half-open index ranges of consecutive true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
