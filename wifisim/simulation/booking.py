"""Telemetry of the flow kernel, compiled: latencies by activity, room and time, and what each resource did in a bin.

Utilisation is carried load over nominal capacity; for air the load counts what contention wastes (airtime over the
usable share), so that 1 means full. Bound share and bound flows: when a resource held transfers back, and how many.
"""

from __future__ import annotations

import math

from wifisim.results.records import LATENCY_BINS, LATENCY_BINS_PER_DECADE, LATENCY_FIRST_S
from wifisim.simulation.cell_shares import refresh_all
from wifisim.simulation.compiled import compiled, compiled_in_place
from wifisim.simulation.flow_state import (
    activities_of,
    bound_flows_of,
    bound_share_of,
    carried_bps_of,
    cells_of,
    classes_of,
    late_by_activity_of,
    late_of,
    latency_by_time_of,
    latency_of,
    paths_of,
    resource_at,
    resources_of,
    trunks_of,
    users_of,
    utilisation_of,
)
from wifisim.simulation.heaps import Records

_REBASE_BITS = 2.0**33  # above this a virtual clock is set back to 0: its rounding stays under 1e-6 bit
_CALL = 2


@compiled
def latency_bin(duration_s: float) -> int:
    """Place of a duration among ``LATENCY_EDGES_S``; what is outside goes to the first or last bin."""
    if duration_s <= LATENCY_FIRST_S:
        return 0
    return min(int(LATENCY_BINS_PER_DECADE * math.log10(duration_s / LATENCY_FIRST_S)), LATENCY_BINS - 1)


@compiled
def slot_of(state: Records, now: float) -> int:
    """The time slot of ``now``."""
    return min(max(int((now - state.start) / state.slot_s), 0), state.slots - 1)  # type: ignore[no-any-return]


@compiled_in_place
def book_transfer(state: Records, user: int, duration_s: float, now: float) -> None:
    """Count a transfer's duration; a call's chunk counts what it took beyond its own length."""
    one = users_of(state)[user]
    activity = activities_of(state)[one.activity]
    if activity.kind == _CALL:
        duration_s = duration_s - activity.chunk_s
    place = latency_bin(duration_s)
    if one.room >= 0:
        latency_of(state)[(one.activity * state.rooms + one.room) * LATENCY_BINS + place] += 1
    slot = one.activity * state.slots + slot_of(state, now)
    latency_by_time_of(state)[slot * LATENCY_BINS + place] += 1


@compiled
def book_late(state: Records, user: int, bound: int, now: float) -> None:
    """Count a late transfer against the resource that held it back; -1, the last column, is none."""
    columns = state.resources_size + 1
    column = bound if bound >= 0 else columns - 1
    late_of(state)[slot_of(state, now) * columns + column] += 1
    late_by_activity_of(state)[users_of(state)[user].activity * columns + column] += 1


@compiled_in_place
def end_bin(state: Records, now: float) -> None:
    """Close the bin that ends now: settle everybody, write the bin's row, set long virtual clocks back."""
    refresh_all(state, now)
    _rebase(state)
    refresh_all(state, now)
    width_s = now - (state.start + state.bin * state.bin_s)
    if state.telemetry and state.bin * state.resources_size < state.utilisation_size:
        _write_bin(state, width_s)
    state.bin += 1
    end = state.start + state.bin_s * (state.bin + 1)
    state.next_bin = min(end, state.end) if state.next_bin < state.end else math.inf


@compiled_in_place
def _write_bin(state: Records, width_s: float) -> None:
    row = state.bin * state.resources_size
    for p in range(len(paths_of(state))):
        path = paths_of(state)[p]
        if path.bits == 0.0:
            continue
        for j in range(path.first, path.last):
            carried_bps_of(state)[row + resource_at(state, path, j)] += path.bits / width_s
        path.bits = 0.0
    for r in range(len(resources_of(state))):
        resource = resources_of(state)[r]
        load = resource.airtime / width_s if resource.air else carried_bps_of(state)[row + r]
        utilisation_of(state)[row + r] = load / resource.nominal if resource.nominal > 0.0 else 0.0
        bound_flows_of(state)[row + r] = resource.bound_flows / width_s
        bound_share_of(state)[row + r] = min(resource.bound_time / width_s, 1.0)
        resource.airtime = 0.0
        resource.bound_flows = 0.0
        resource.bound_time = 0.0


@compiled_in_place
def _rebase(state: Records) -> None:
    """Set virtual clocks back to 0 where they have grown long; ``refresh_all`` renews what hangs on them."""
    long = False
    for cell in range(len(cells_of(state))):
        c = cells_of(state)[cell].classes
        while c >= 0:
            classes_of(state)[c].ceiling = 0.0
            if classes_of(state)[c].clock > _REBASE_BITS:
                long = True
                classes_of(state)[c].ceiling = classes_of(state)[c].clock
            c = classes_of(state)[c].cell_next
    if long:
        for user in range(len(users_of(state))):
            c = users_of(state)[user].group
            if c >= 0:
                users_of(state)[user].finish -= classes_of(state)[c].ceiling
    for cell in range(len(cells_of(state))):
        c = cells_of(state)[cell].classes
        while c >= 0:
            classes_of(state)[c].clock -= classes_of(state)[c].ceiling
            classes_of(state)[c].lag = classes_of(state)[c].clock
            c = classes_of(state)[c].cell_next
    for t in range(len(trunks_of(state))):
        trunks_of(state)[t].clock = 0.0
