"""The shares inside one cell: progressive filling over its own resources, with the levels of the trunks as ceilings.

A class stopped by a trunk joins that trunk's group: the group has one clock, so a new trunk level costs the same for
one flow as for thousands. The answer stands while every cell keeps its regime: no class of a group reaches its own cap
or fills a resource of its cell (``high``), no class outside falls above the trunk's level (``low``); heaps over cells
find those that do not. A cell in which a full resource of its own carries group members is *tender*: it is solved anew
at every new level.
"""

from __future__ import annotations

import math

from wifisim.simulation.clocks import detach, load_trunks
from wifisim.simulation.compiled import compiled, compiled_in_place
from wifisim.simulation.filling import CAPPED, UNLIMITED_BPS, fill
from wifisim.simulation.flow_state import (
    cells_of,
    classes_of,
    crossed_of,
    gathered_of,
    grouped_of,
    opened_of,
    paths_of,
    rank_cell,
    resources_of,
    tenders_of,
    tracked_of,
    trunks_of,
    users_of,
)
from wifisim.simulation.heaps import Records


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


@compiled_in_place
def _place(state: Records, c: int, now: float) -> None:
    """Put a solved class into the group of the trunk that stopped it, or on its own clock, and load the trunks."""
    one = classes_of(state)[c]
    if one.frozen == CAPPED and one.trunk >= 0:
        trunk = trunks_of(state)[one.trunk]
        one.lag = one.clock - trunk.clock
        one.bound = trunk.resource
        path = paths_of(state)[one.path]
        for j in range(path.first, path.own):
            resource = resources_of(state)[crossed_of(state)[j]]
            resource.grouped += one.level * (one.air if resource.air else one.weight)
    else:
        one.bound = one.frozen
        if one.frozen == CAPPED and one.trunk < -1:
            one.bound = trunks_of(state)[-2 - one.trunk].resource
        one.trunk = -1
    one.time = now
    one.booked = one.flows
    load_trunks(state, c, 1.0)


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
