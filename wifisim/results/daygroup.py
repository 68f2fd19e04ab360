"""The replications of one stage on one kind of day, added up or averaged once for all who explain them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wifisim.results.latency import latency_quantile_s
from wifisim.results.loads import (
    BusyQuarter,
    Episode,
    mean_busy_quarter,
    mean_episodes,
    mean_load,
    radio_airtime,
    sum_counts,
)
from wifisim.results.records import DayRecord, FloatArray, IntArray, Results, RunFacts, StageFacts


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Replications of a day: loads are means over them, counts are sums.

    utilisation[bin, resource], busy (per resource), airtime[bin, radio], busy_air (per radio),
    late[slot, resource + 1], late_by_activity[activity, resource + 1], latency[activity, room, latency].
    """

    run: RunFacts
    stage: StageFacts
    day_kind: str
    days: tuple[DayRecord, ...]
    utilisation: FloatArray
    busy: BusyQuarter
    airtime: FloatArray
    busy_air: BusyQuarter
    episodes: tuple[Episode, ...]
    late: IntArray
    late_by_activity: IntArray
    latency: IntArray

    @property
    def start_s(self) -> float:
        """First second of the day."""
        return self.days[0].start_s

    @property
    def bin_s(self) -> float:
        """Length of a bin."""
        return self.days[0].bin_s

    def late_after_s(self, activity: int) -> float:
        """Duration beyond which a transfer counts as late.

        That is the activity's target; for streams and calls, whose target is a wait and not a duration, the quantile
        that leaves as many transfers as were late.
        """
        facts = self.run.activities[activity]
        if facts.kind not in {"stream", "call"}:
            return facts.good_s
        transfers = max(int(self.latency[activity].sum()), 1)
        late_share = min(float(self.late_by_activity[activity].sum()) / transfers, 1.0)
        return latency_quantile_s(self.latency[activity], 1.0 - late_share)

    def episodes_of(self, resource: int) -> tuple[Episode, ...]:
        """Saturation episodes of one resource, by time."""
        return tuple(episode for episode in self.episodes if episode.resource == resource)

    def full_minutes(self, resource: int) -> float:
        """Minutes of the day in which a resource was full."""
        return sum(episode.minutes for episode in self.episodes_of(resource))


def day_groups(results: Results) -> tuple[DayGroup, ...]:
    """One group for each stage and kind of day that was simulated, stage by stage."""
    groups: list[DayGroup] = []
    for stage in results.stages:
        own = [day for day in results.days if day.stage_id == stage.id]
        groups += [
            _group(results.run, stage, tuple(day for day in own if day.day_kind == kind))
            for kind in dict.fromkeys(day.day_kind for day in own)
        ]
    return tuple(groups)


def _group(run: RunFacts, stage: StageFacts, days: tuple[DayRecord, ...]) -> DayGroup:
    start_s, bin_s = days[0].start_s, days[0].bin_s
    utilisation = mean_load(days, "utilisation")
    airtimes = [radio_airtime(day, stage) for day in days]
    return DayGroup(
        run=run,
        stage=stage,
        day_kind=days[0].day_kind,
        days=days,
        utilisation=utilisation,
        busy=mean_busy_quarter([day.utilisation for day in days], start_s=start_s, bin_s=bin_s),
        airtime=np.mean(airtimes, axis=0),
        busy_air=mean_busy_quarter(airtimes, start_s=start_s, bin_s=bin_s),
        episodes=mean_episodes(days),
        late=sum_counts(days, "late_counts"),
        late_by_activity=sum_counts(days, "late_by_activity"),
        latency=sum_counts(days, "latency_counts"),
    )
