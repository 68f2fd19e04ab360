"""Virtual time of classes and groups: what they were served since, and what they load the trunks with.

A class stopped by a trunk has that trunk's clock and a lag, any other a clock of its own: bits per unit weight, moved
on only where something changes. ``detach`` brings the classes of a cell to the present and takes their load off the
trunks; after that they may change, and ``cell_shares.attach`` puts them back.
"""

from __future__ import annotations

import math

from wifisim.simulation.compiled import compiled
from wifisim.simulation.flow_state import (
    cells_of,
    classes_of,
    crossed_of,
    grouped_of,
    paths_of,
    resources_of,
    tracked_of,
    trunks_of,
)
from wifisim.simulation.heaps import Records

CROWD_S = 0.2  # a transfer meets queues over about ten round trips of 20 ms (project choice)


@compiled
def advance_trunks(state: Records, now: float) -> None:
    """Bring the clocks of all groups to ``now``; call before anything changes at a new time."""
    for i in range(state.tracked_count):
        trunk = trunks_of(state)[tracked_of(state)[i]]
        if trunk.grouped > 0:
            served_s = now - trunk.time
            trunk.clock += trunk.level * served_s
            resources_of(state)[trunk.resource].bound_time += served_s
        trunk.crowd = crowd(trunk.crowd, max(trunk.flows - 1.0, 0.0), now - trunk.time)
        trunk.time = now


@compiled
def crowd(before: float, flows: float, passed_s: float) -> float:
    """Mean of ``flows`` held back, over the last ``CROWD_S`` or so (exponentially forgetting)."""
    return before + (flows - before) * -math.expm1(-passed_s / CROWD_S)


@compiled
def settle(state: Records, c: int, now: float) -> None:
    """Bring the clock of class ``c`` to ``now`` and book what it was served."""
    one = classes_of(state)[c]
    if one.trunk >= 0:
        clock = trunks_of(state)[one.trunk].clock + one.lag
    else:
        clock = one.clock + one.level * (now - one.time)
    if state.telemetry:
        _book(state, c, clock - one.clock, now)
    one.clock = clock
    one.time = now


@compiled
def _book(state: Records, c: int, served: float, now: float) -> None:
    one = classes_of(state)[c]
    path = paths_of(state)[one.path]
    path.bits += one.weight * served
    if one.air > 0.0:
        for j in range(path.first, path.own):
            resource = resources_of(state)[crossed_of(state)[j]]
            if resource.air:
                resource.airtime += one.air * served / resource.factor
    if one.bound >= 0:
        resource = resources_of(state)[one.bound]
        resource.bound_flows += one.flows * (now - one.time)
        if resource.trunk < 0:
            resource.bound_time += max(0.0, now - max(one.time, resource.bound_until))
            resource.bound_until = now


@compiled
def detach(state: Records, cell: int, now: float) -> None:
    """Settle the classes of ``cell`` and take their load off the trunks, so that they may change."""
    where = cells_of(state)[cell]
    where.crowd = crowd(where.crowd, float(where.held), now - where.time)
    where.time = now
    c = where.classes
    while c >= 0:
        settle(state, c, now)
        load_trunks(state, c, -1.0)
        c = classes_of(state)[c].cell_next


@compiled
def load_trunks(state: Records, c: int, sign: float) -> None:
    """Add (+1) or take off (-1) what class ``c`` loads its trunks with."""
    one = classes_of(state)[c]
    path = paths_of(state)[one.path]
    group = one.trunk
    if group < 0:
        for j in range(path.own, path.last):
            trunks_of(state)[crossed_of(state)[j]].load += sign * one.weight * one.level
        return
    trunk = trunks_of(state)[group]
    step = 1 if sign > 0.0 else -1
    trunk.grouped += step
    trunk.flows += step * one.booked
    if trunk.grouped == 0:
        grouped_of(state)[group * state.trunks_size : (group + 1) * state.trunks_size] = 0.0
        return
    for j in range(path.own, path.last):
        grouped_of(state)[group * state.trunks_size + crossed_of(state)[j]] += sign * one.weight
