"""What would have to change: the capacity that a failing resource would need, from the load it was seen to carry.

Below saturation a resource carries all that is asked of it, so needed = load / limit. The load is the mean of the
busiest 15 minutes where use itself is judged, and their 95th percentile where transfers are late: those wait in the
full minutes, not in the mean. A saturated resource hides its demand (closed-loop users wait instead of asking): then
the load of the latest earlier stage in which the same resource was not saturated is scaled by the number of devices;
without such a stage the figure is a lower bound. So it is where video plays: adaptive streams take a better picture
when they get more, up to their best. Scaling by devices takes the mix of lessons as unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wifisim.results.causes import Cause
from wifisim.results.daygroup import DayGroup
from wifisim.results.records import CriterionFacts, RunFacts

_SATURATED = 0.9  # from this use on, demand may be more than what was carried (project)
_FREE = 0.7  # below this use, what was carried is what was asked for (project)
_SOUND_USE = 0.8  # how full anything should be when the run sets no limit (project)

_COUNTS = ("clients_per_radio_max",)  # a radio is the cause, but not its capacity
Load = Literal["mean", "p95"]
_USE_METRICS = {
    "line": "line_utilisation_busy_quarter",
    "appliance": "filter_utilisation_busy_quarter",
    "link": "uplink_utilisation_busy_quarter",
    "air": "airtime_busy_quarter",
}


@dataclass(frozen=True, slots=True)
class Need:
    """What would meet the limit: ``factor`` times the present capacity; a lower bound when ``at_least``.

    ``capacity`` is in the resource's unit (bit/s, share of airtime), NaN where no capacity would help (signal, devices
    without a radio, what a standard asks): ``factor`` is then NaN and ``gap`` says by how much the criterion is missed
    in its own unit.
    """

    factor: float
    capacity: float
    at_least: bool
    gap: float


def need_for(criterion: CriterionFacts, value: float, *, cause: Cause | None, group: DayGroup | None,
             groups: Sequence[DayGroup]) -> Need | None:  # fmt: skip
    """What would have to change for ``criterion`` to be met; None only where there is no figure.

    Where transfers are late although the busiest 15 minutes are below the limit, the fullest minute of the bad time
    counts, as a lower bound; where not even that is above it, capacity is not what is missing and the gap is told.
    """
    gap = Need(math.nan, math.nan, False, abs(value - criterion.target)) if math.isfinite(value) else None
    if cause is None or group is None or cause.resource < 0 or criterion.metric in _COUNTS:
        return gap
    resource = group.stage.resources[cause.resource]
    limit = use_limit(group.run, resource.kind, default=_SOUND_USE)
    if limit <= 0.0:
        return gap
    load: Load = "mean" if criterion.metric in _USE_METRICS.values() else "p95"
    demand, at_least = demand_share(group, cause.resource, groups=groups, load=load)
    if demand <= limit:
        demand, at_least = _fullest_minute(group, cause), True
    factor = demand / limit
    return Need(factor, factor * resource.capacity, at_least, math.nan) if factor > 1.0 else gap


def _fullest_minute(group: DayGroup, cause: Cause) -> float:
    """Highest use of the cause's resource in a bin of its bad time (of the day, where it has none)."""
    use = group.utilisation[:, cause.resource]
    if cause.span_s is not None:
        first = int((cause.span_s[0] - group.start_s) // group.bin_s)
        last = max(first + 1, math.ceil((cause.span_s[1] - group.start_s) / group.bin_s))
        use = use[first:last]
    return float(use.max(initial=0.0))


def use_limit(run: RunFacts, kind: str, *, default: float) -> float:
    """How full a resource of this kind may be: the strictest of the run's criteria, or ``default``."""
    metric = _USE_METRICS.get(kind, "")
    return min((criterion.target for criterion in run.criteria if criterion.metric == metric), default=default)


def demand_share(group: DayGroup, resource: int, *, groups: Sequence[DayGroup], load: Load) -> tuple[float, bool]:
    """Demand of the busiest 15 minutes as a share of a resource's capacity, and whether it is only a lower bound."""
    seen = float(getattr(group.busy, load)[resource])
    if seen < _SATURATED:
        return seen, False
    facts = group.stage.resources[resource]
    for earlier in reversed(groups[: groups.index(group)]):
        if earlier.day_kind != group.day_kind or not earlier.stage.devices:
            continue
        names = [other.id for other in earlier.stage.resources]
        if facts.id not in names:
            continue
        index = names.index(facts.id)
        use = float(getattr(earlier.busy, load)[index])
        if 0.0 < use < _FREE:
            capacity = earlier.stage.resources[index].capacity
            grown = use * capacity * group.stage.devices / earlier.stage.devices / facts.capacity
            return max(seen, grown), grown < seen or _streams(group)
    return seen, True


def _streams(group: DayGroup) -> bool:
    """Whether video was played on that day."""
    streams = [index for index, activity in enumerate(group.run.activities) if activity.kind == "stream"]
    return bool(group.latency[streams].any())
