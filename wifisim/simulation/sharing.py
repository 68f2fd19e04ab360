"""The sharing rule of ``network.fairness`` kept up to date event by event, touching only what an event changes.

A cell is solved by progressive filling over its own resources, with the levels of the trunks as ceilings. A class
stopped by a trunk joins that trunk's group: the group has one clock, so a new trunk level costs the same for one flow
as for thousands. Trunk levels solve: load of the classes not in groups + sum over groups of weight x level = capacity.
The answer stands while every cell keeps its regime: no class of a group reaches its own cap or fills a resource of its
cell (``high``), no class outside falls above the trunk's level (``low``); heaps over cells find those that do not.
A cell in which a full resource of its own carries group members is *tender*: it is solved anew at every new level.
Any allocation in which each flow meets a full resource where nobody has more is the max-min one (Bertsekas and
Gallager, Data Networks, 1992, section 6.5), so it does not matter how it was found; should the search not settle,
``_rebuild`` fills everything at once.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wifisim.simulation.compiled import compiled, compiled_in_place
from wifisim.simulation.flow_state import (
    cells_of,
    classes_of,
    crossed_of,
    first_key,
    gathered_of,
    grouped_of,
    matrix_of,
    opened_of,
    paths_of,
    rank_cell,
    ranked_cell,
    ranked_count,
    resource_at,
    resources_of,
    snapshot_of,
    tenders_of,
    tracked_of,
    trunks_of,
    users_of,
)
from wifisim.simulation.heaps import Records

UNLIMITED_BPS = 1e12  # level of a transfer that meets no limit at all (project choice: done within the instant)
_TIE = 1.0 + 1e-13  # two levels closer than this are one: rounding, not difference
_SLACK = 1.0 + 1e-12  # a bound is broken only beyond this
_CAPPED, _OPEN = -1, -2  # what froze a class, where it is not a resource
_MAX_ROUNDS = 60
CROWD_S = 0.1  # a transfer meets queues over about five round trips of 20 ms (project choice)


@compiled
def advance_trunks(state: Records, now: float) -> None:
    """Bring the clocks of all groups to ``now``; call before anything changes at a new time."""
    for i in range(state.tracked_count):
        trunk = trunks_of(state)[tracked_of(state)[i]]
        if trunk.grouped > 0:
            served_s = now - trunk.time
            trunk.clock += trunk.level * served_s
            resources_of(state)[trunk.resource].bound_time += served_s
        trunk.crowd = crowd(trunk.crowd, trunk.flows, now - trunk.time)
        trunk.time = now


@compiled
def crowd(before: float, flows: int, passed_s: float) -> float:
    """Mean number of transfers held back beside one, over the last ``CROWD_S`` or so (exponentially forgetting)."""
    return before + (max(flows - 1.0, 0.0) - before) * -math.expm1(-passed_s / CROWD_S)


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
    where.crowd = crowd(where.crowd, where.held, now - where.time)
    where.time = now
    c = where.classes
    while c >= 0:
        settle(state, c, now)
        _load_trunks(state, c, -1.0)
        c = classes_of(state)[c].cell_next


@compiled
def _load_trunks(state: Records, c: int, sign: float) -> None:
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


@compiled
def attach(state: Records, cell: int, now: float) -> None:
    """Solve ``cell`` under the present trunk levels and note when its solution ends to hold."""
    count = 0
    c = cells_of(state)[cell].classes
    while c >= 0:
        gathered_of(state)[count] = c
        count += 1
        _set_ceiling(state, c)
        c = classes_of(state)[c].cell_next
    opened = fill(state, count, False)
    state.solved += 1
    state.classes_solved += count
    held = 0
    for i in range(count):
        _place(state, gathered_of(state)[i], now)
        one = classes_of(state)[gathered_of(state)[i]]
        if one.frozen >= 0:
            held += one.flows
    cells_of(state)[cell].held = held
    margin = _margin(state, cell, opened)
    _note_bounds(state, cell, count, margin, now)


@compiled_in_place
def _set_ceiling(state: Records, c: int) -> None:
    """The lowest of own cap and trunk levels; ``trunk`` says which trunk, -1 for the cap, -2 - t for t alone."""
    one = classes_of(state)[c]
    path = paths_of(state)[one.path]
    ceiling = min(one.cap, UNLIMITED_BPS)
    chosen = -1
    for j in range(path.own, path.last):
        t = crossed_of(state)[j]
        trunk = trunks_of(state)[t]
        if trunk.level < ceiling:
            ceiling = trunk.level
            chosen = t
        # A way without a resource of its own is limited by what each trunk could give it alone.
        if path.own == path.first and trunk.capacity < ceiling * one.weight:
            ceiling = trunk.capacity / one.weight
            chosen = -2 - t
    one.ceiling = ceiling
    one.trunk = chosen


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
                if resource.opened > 0 and resource.rest <= level * resource.open * _TIE:
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
        return _CAPPED if one.ceiling <= ceiling else _OPEN
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


@compiled_in_place
def _place(state: Records, c: int, now: float) -> None:
    """Put a solved class into the group of the trunk that stopped it, or on its own clock, and load the trunks."""
    one = classes_of(state)[c]
    if one.frozen == _CAPPED and one.trunk >= 0:
        trunk = trunks_of(state)[one.trunk]
        one.lag = one.clock - trunk.clock
        one.bound = trunk.resource
        path = paths_of(state)[one.path]
        for j in range(path.first, path.own):
            resource = resources_of(state)[crossed_of(state)[j]]
            resource.grouped += one.level * (one.air if resource.air else one.weight)
    else:
        one.bound = one.frozen
        if one.frozen == _CAPPED and one.trunk < -1:
            one.bound = trunks_of(state)[-2 - one.trunk].resource
        one.trunk = -1
    one.time = now
    one.booked = one.flows
    _load_trunks(state, c, 1.0)


@compiled_in_place
def _margin(state: Records, cell: int, opened: int) -> float:
    """How many times higher the groups' levels may rise before a resource of the cell is full; marks tender cells."""
    margin = math.inf
    tender = False
    for i in range(opened):
        resource = resources_of(state)[opened_of(state)[i]]
        if resource.grouped > 0.0:
            if resource.binds:
                tender = True
            else:
                margin = min(margin, 1.0 + max(resource.rest, 0.0) / resource.grouped)
    _mark_tender(state, cell, tender)
    return margin


@compiled_in_place
def _mark_tender(state: Records, cell: int, tender: bool) -> None:
    """Keep the list of tender cells; ``tender`` of a cell is its place there, or -1."""
    place = cells_of(state)[cell].tender
    if tender and place < 0:
        cells_of(state)[cell].tender = state.tender_count
        tenders_of(state)[state.tender_count] = cell
        state.tender_count += 1
    elif place >= 0 and not tender:
        state.tender_count -= 1
        last = tenders_of(state)[state.tender_count]
        tenders_of(state)[place] = last
        cells_of(state)[last].tender = place
        cells_of(state)[cell].tender = -1


@compiled_in_place
def _note_bounds(state: Records, cell: int, count: int, margin: float, now: float) -> None:
    """Write the cell's next completions and the trunk levels between which its solution holds."""
    tracked = state.tracked_count
    for i in range(tracked):
        trunk = trunks_of(state)[tracked_of(state)[i]]
        trunk.low, trunk.high, trunk.due = -1.0, math.inf, math.inf
    soonest = math.inf
    for i in range(count):
        one = classes_of(state)[gathered_of(state)[i]]
        finish = users_of(state)[one.root].finish
        if one.trunk >= 0:
            trunk = trunks_of(state)[one.trunk]
            high = one.level if one.level == 0.0 else min(one.cap, one.level * margin)
            trunk.high = min(trunk.high, high)
            trunk.due = min(trunk.due, finish - one.lag)
            continue
        if one.level > 0.0:
            soonest = min(soonest, now + max(finish - one.clock, 0.0) / one.level)
        path = paths_of(state)[one.path]
        for j in range(path.own, path.last):
            trunk = trunks_of(state)[crossed_of(state)[j]]
            trunk.low = max(trunk.low, one.level)
    rank_cell(state, 0, cell, soonest, soonest < math.inf)
    for i in range(tracked):
        t = tracked_of(state)[i]
        trunk = trunks_of(state)[t]
        grouped = trunk.due < math.inf
        rank_cell(state, 1 + 3 * t, cell, -trunk.low, trunk.low >= 0.0)
        rank_cell(state, 2 + 3 * t, cell, trunk.high, grouped)
        rank_cell(state, 3 + 3 * t, cell, trunk.due, grouped)


@compiled
def refresh(state: Records, cell: int, now: float) -> None:
    """Solve ``cell`` anew under the present trunk levels."""
    detach(state, cell, now)
    attach(state, cell, now)


@compiled
def refresh_all(state: Records, now: float) -> None:
    """Solve every active cell anew, with the sums on the trunks taken afresh (so rounding never piles up)."""
    cells = len(cells_of(state))
    for cell in range(cells):
        detach(state, cell, now)
    for t in range(len(trunks_of(state))):
        trunks_of(state)[t].load = 0.0
        trunks_of(state)[t].grouped = 0
        trunks_of(state)[t].flows = 0
    grouped_of(state)[:] = 0.0
    for cell in range(cells):
        if cells_of(state)[cell].classes >= 0:
            attach(state, cell, now)


@compiled
def resolve(state: Records, now: float) -> None:
    """After cells changed: find trunk levels that fit, and solve anew the cells whose regime they end."""
    for _ in range(_MAX_ROUNDS):
        if not _solve_levels(state):
            return
        if not _refresh_broken(state, now):
            return
    _rebuild(state, now)


@compiled_in_place
def _solve_levels(state: Records) -> bool:
    """New levels of the trunks with groups, and of one that has become too full; says whether any moved."""
    moved = False
    live = 0
    for i in range(state.tracked_count):
        t = tracked_of(state)[i]
        if trunks_of(state)[t].grouped > 0:
            live += 1
        else:
            trunks_of(state)[t].level = math.inf
    if live > 0:
        moved = _solve_live(state, live) or moved
    return _open_full_trunk(state) or moved


@compiled_in_place
def _solve_live(state: Records, live: int) -> bool:
    """Solve sum over groups h of weight of h on trunk g x level of h = capacity of g - load of g, by elimination."""
    matrix, stride = matrix_of(state), live + 1
    row = 0
    for i in range(state.tracked_count):
        g = tracked_of(state)[i]
        if trunks_of(state)[g].grouped == 0:
            continue
        column = 0
        for k in range(state.tracked_count):
            h = tracked_of(state)[k]
            if trunks_of(state)[h].grouped > 0:
                matrix[row * stride + column] = grouped_of(state)[h * state.trunks_size + g]
                column += 1
        matrix[row * stride + live] = trunks_of(state)[g].capacity - trunks_of(state)[g].load
        row += 1
    _eliminate(matrix, live)
    moved = False
    row = 0
    for i in range(state.tracked_count):
        trunk = trunks_of(state)[tracked_of(state)[i]]
        if trunk.grouped == 0:
            continue
        level = max(matrix[row * stride + live], 0.0)
        row += 1
        if abs(level - trunk.level) > (_TIE - 1.0) * trunk.level:
            trunk.level = level
            moved = True
    return moved


@compiled
def _eliminate(matrix: NDArray[np.float64], size: int) -> None:
    """Gauss-Jordan on rows of [matrix | right side]; a row without a pivot (two trunks, one load) gives zero."""
    stride = size + 1
    for p in range(size):
        best = p
        for i in range(p + 1, size):
            if abs(matrix[i * stride + p]) > abs(matrix[best * stride + p]):
                best = i
        if best != p:
            for k in range(stride):
                here, there = p * stride + k, best * stride + k
                matrix[here], matrix[there] = matrix[there], matrix[here]
        pivot = matrix[p * stride + p]
        for k in range(p, stride):
            matrix[p * stride + k] = matrix[p * stride + k] / pivot if pivot != 0.0 else 0.0
        for i in range(size):
            factor = matrix[i * stride + p]
            if i != p and factor != 0.0:
                for k in range(p, stride):
                    matrix[i * stride + k] -= factor * matrix[p * stride + k]


@compiled_in_place
def _open_full_trunk(state: Records) -> bool:
    """Give the first trunk that is too full a level: its highest one, scaled to its capacity (never too low)."""
    tracked = state.tracked_count
    for t in range(len(trunks_of(state))):
        trunk = trunks_of(state)[t]
        if trunk.grouped > 0:
            continue
        load = trunk.load
        for i in range(tracked):
            g = tracked_of(state)[i]
            if trunks_of(state)[g].grouped > 0 and grouped_of(state)[g * state.trunks_size + t] > 0.0:
                load += grouped_of(state)[g * state.trunks_size + t] * trunks_of(state)[g].level
        if load <= trunk.capacity * _SLACK + 1e-6:
            continue
        if not trunk.tracked:
            track(state, t)
        highest = -first_key(state, 1 + 3 * t)
        for i in range(tracked):
            g = tracked_of(state)[i]
            if trunks_of(state)[g].grouped > 0 and grouped_of(state)[g * state.trunks_size + t] > 0.0:
                highest = max(highest, trunks_of(state)[g].level)
        trunk.level = highest * trunk.capacity / load
        return True
    return False


@compiled
def track(state: Records, t: int) -> None:
    """From now on keep the heaps of trunk ``t``; it has no group yet."""
    trunks_of(state)[t].tracked = 1
    trunks_of(state)[t].time = state.now
    tracked_of(state)[state.tracked_count] = t
    state.tracked_count += 1
    for cell in range(len(cells_of(state))):
        low = -1.0
        c = cells_of(state)[cell].classes
        while c >= 0:
            one = classes_of(state)[c]
            path = paths_of(state)[one.path]
            for j in range(path.own, path.last):
                if crossed_of(state)[j] == t and one.trunk < 0:
                    low = max(low, one.level)
            c = one.cell_next
        rank_cell(state, 1 + 3 * t, cell, -low, low >= 0.0)


@compiled_in_place
def _refresh_broken(state: Records, now: float) -> bool:
    """Solve anew the tender cells and those whose bounds the trunk levels have crossed; says whether there were any."""
    count = state.tender_count
    for i in range(count):
        snapshot_of(state)[i] = tenders_of(state)[i]
    for i in range(count):
        refresh(state, snapshot_of(state)[i], now)
    found = bool(count > 0)
    for i in range(state.tracked_count):
        t = tracked_of(state)[i]
        level = trunks_of(state)[t].level
        if level == math.inf:
            continue
        while -first_key(state, 1 + 3 * t) > level * _SLACK:
            refresh(state, ranked_cell(state, 1 + 3 * t, 0), now)
            found = True
        while first_key(state, 2 + 3 * t) * _SLACK < level:
            refresh(state, ranked_cell(state, 2 + 3 * t, 0), now)
            found = True
        if _refresh_overtaken(state, t, now):
            found = True
    return found


@compiled_in_place
def _refresh_overtaken(state: Records, t: int, now: float) -> bool:
    """Solve anew the cells of any group that crosses trunk ``t`` and stands above its level."""
    found = False
    for i in range(state.tracked_count):
        g = tracked_of(state)[i]
        if g == t or trunks_of(state)[g].grouped == 0 or grouped_of(state)[g * state.trunks_size + t] <= 0.0:
            continue
        if trunks_of(state)[g].level <= trunks_of(state)[t].level * _SLACK:
            continue
        count = ranked_count(state, 2 + 3 * g)
        for k in range(count):
            snapshot_of(state)[k] = ranked_cell(state, 2 + 3 * g, k)
        for k in range(count):
            refresh(state, snapshot_of(state)[k], now)
        found = True
    return found


@compiled_in_place
def _rebuild(state: Records, now: float) -> None:
    """Fill all active classes at once over all resources, and solve every cell under the trunk levels that gives."""
    state.rebuilt += 1
    for cell in range(len(cells_of(state))):
        c = cells_of(state)[cell].classes
        while c >= 0:
            settle(state, c, now)
            c = classes_of(state)[c].cell_next
    count = 0
    for cell in range(len(cells_of(state))):
        c = cells_of(state)[cell].classes
        while c >= 0:
            gathered_of(state)[count] = c
            count += 1
            classes_of(state)[c].ceiling = min(classes_of(state)[c].cap, UNLIMITED_BPS)
            c = classes_of(state)[c].cell_next
    fill(state, count, True)
    for t in range(len(trunks_of(state))):
        trunks_of(state)[t].level = math.inf
        trunks_of(state)[t].load = 0.0
        trunks_of(state)[t].grouped = 0
        trunks_of(state)[t].flows = 0
    grouped_of(state)[:] = 0.0
    for i in range(count):
        one = classes_of(state)[gathered_of(state)[i]]
        one.trunk = -1
        if one.frozen >= 0 and resources_of(state)[one.frozen].trunk >= 0:
            t = resources_of(state)[one.frozen].trunk
            trunks_of(state)[t].level = min(trunks_of(state)[t].level, one.level)
            if not trunks_of(state)[t].tracked:
                trunks_of(state)[t].tracked = 1
                trunks_of(state)[t].time = now
                tracked_of(state)[state.tracked_count] = t
                state.tracked_count += 1
    for cell in range(len(cells_of(state))):
        if cells_of(state)[cell].classes >= 0:
            attach(state, cell, now)
