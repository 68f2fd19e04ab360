"""The sharing rule of ``network.fairness`` kept up to date event by event, touching only what an event changes.

Cells are solved one by one (``cell_shares``). Trunk levels solve: load of the classes not in groups + sum over groups
of weight x level = capacity; then the cells whose regime the new levels end are solved anew, until none is left. Any
allocation in which each flow meets a full resource where nobody has more is the max-min one (Bertsekas and Gallager,
Data Networks, 1992, section 6.5), so it does not matter how it was found; should the search not settle, ``_rebuild``
fills everything at once.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wifisim.simulation.cell_shares import attach, refresh
from wifisim.simulation.clocks import settle
from wifisim.simulation.compiled import compiled, compiled_in_place
from wifisim.simulation.filling import TIE, UNLIMITED_BPS, fill
from wifisim.simulation.flow_state import (
    cells_of,
    classes_of,
    crossed_of,
    first_key,
    gathered_of,
    grouped_of,
    matrix_of,
    paths_of,
    rank_cell,
    ranked_cell,
    ranked_count,
    resources_of,
    snapshot_of,
    tenders_of,
    tracked_of,
    trunks_of,
)
from wifisim.simulation.heaps import Records

_SLACK = 1.0 + 1e-12  # a bound is broken only beyond this
_MAX_ROUNDS = 60


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
        # A dead trunk carries nothing, not even the rounding of its load.
        level = max(matrix[row * stride + live], 0.0) if trunk.capacity > 0.0 else 0.0
        row += 1
        if abs(level - trunk.level) > (TIE - 1.0) * trunk.level:
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
