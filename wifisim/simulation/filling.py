"""Progressive filling of gathered classes: the rule of ``network.fairness`` on the kernel's tables.

All levels rise together until a resource is full or a ceiling is met; the classes concerned stop, the others go on
(Bertsekas and Gallager, Data Networks, 1992, section 6.5). Comparisons are relative.
"""

from __future__ import annotations

import math

from wifisim.simulation.compiled import compiled, compiled_in_place
from wifisim.simulation.flow_state import classes_of, gathered_of, opened_of, paths_of, resource_at, resources_of
from wifisim.simulation.heaps import Records

UNLIMITED_BPS = 1e12  # level of a transfer that meets no limit at all (project choice: done within the instant)
TIE = 1.0 + 1e-13  # two levels closer than this are one: rounding, not difference
CAPPED = -1  # what froze a class, where it is not a resource: its ceiling
_OPEN = -2  # nothing yet


@compiled
def fill(state: Records, count: int, whole: bool) -> int:
    """Progressive filling of the first ``count`` gathered classes; with ``whole`` over trunks too.

    Sets level and ``frozen`` (the resource that stopped it, -1 for its ceiling) of each class, what rests of each
    resource met and whether it binds; gives the number of resources met, listed in ``opened``.
    """
    opened = _open_resources(state, count, whole)
    left = count
    while left > 0:
        level = math.inf
        for i in range(opened):
            resource = resources_of(state)[opened_of(state)[i]]
            if resource.opened > 0 and resource.open > 0.0:
                level = min(level, resource.rest / resource.open)
        level = max(level, 0.0)
        ceiling = math.inf
        for i in range(count):
            one = classes_of(state)[gathered_of(state)[i]]
            if one.frozen == _OPEN:
                ceiling = min(ceiling, one.ceiling)
        capped = ceiling <= level
        if not capped:
            for i in range(opened):
                resource = resources_of(state)[opened_of(state)[i]]
                if resource.opened > 0 and resource.rest <= level * resource.open * TIE:
                    resource.binds = 1
        for i in range(count):
            one = classes_of(state)[gathered_of(state)[i]]
            if one.frozen != _OPEN:
                continue
            stopped = _stopped_by(state, gathered_of(state)[i], capped, ceiling, whole)
            if stopped == _OPEN:
                continue
            one.frozen = stopped
            one.level = ceiling if capped else level
            _take(state, gathered_of(state)[i], whole)
            left -= 1
    return opened


@compiled_in_place
def _open_resources(state: Records, count: int, whole: bool) -> int:
    """Reset the resources that the gathered classes cross, and sum their loads."""
    state.mark += 1
    mark = state.mark
    opened = 0
    for i in range(count):
        one = classes_of(state)[gathered_of(state)[i]]
        one.frozen = _OPEN
        path = paths_of(state)[one.path]
        for j in range(path.first, path.last if whole else path.own):
            r = resource_at(state, path, j)
            resource = resources_of(state)[r]
            if resource.mark != mark:
                resource.mark = mark
                resource.rest = resource.capacity
                resource.open = 0.0
                resource.opened = 0
                resource.grouped = 0.0
                resource.binds = 0
                opened_of(state)[opened] = r
                opened += 1
            resource.open += one.air if resource.air else one.weight
            resource.opened += 1
    return opened


@compiled
def _stopped_by(state: Records, c: int, capped: bool, ceiling: float, whole: bool) -> int:
    one = classes_of(state)[c]
    if capped:
        return CAPPED if one.ceiling <= ceiling else _OPEN
    path = paths_of(state)[one.path]
    for j in range(path.first, path.last if whole else path.own):
        r = resource_at(state, path, j)
        if resources_of(state)[r].binds:
            return r
    return _OPEN


@compiled
def _take(state: Records, c: int, whole: bool) -> None:
    """Book the level of a frozen class on the resources that it crosses."""
    one = classes_of(state)[c]
    path = paths_of(state)[one.path]
    for j in range(path.first, path.last if whole else path.own):
        r = resource_at(state, path, j)
        resource = resources_of(state)[r]
        load = one.air if resource.air else one.weight
        resource.rest -= load * one.level
        resource.open -= load
        resource.opened -= 1
