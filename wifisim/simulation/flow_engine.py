"""The compiled event loop of the flow kernel.

Events, earliest first: a user's wait ends and its transfer begins; a transfer of the given list begins; the earliest
transfer of a cell or of a trunk's group is through; a telemetry bin ends. Each event settles one cell, changes who is
in it, solves it and lets ``sharing.resolve`` see what else that moves. What transport adds (``network.transport``) is
put on at the end of a transfer, when the rate it really had is known: so a transfer costs two events in all.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wifisim.simulation.booking import book_late, book_transfer, end_bin
from wifisim.simulation.cell_shares import attach, refresh_all
from wifisim.simulation.clocks import advance_trunks, detach
from wifisim.simulation.compiled import compiled, compiled_entry, compiled_in_place
from wifisim.simulation.flow_state import (
    ACTIVE,
    IDLE,
    WAITING,
    activities_of,
    cells_of,
    classes_of,
    first_key,
    free_users_of,
    ranked_cell,
    resources_of,
    routes_of,
    timers_of,
    tracked_of,
    transfers_of,
    trunks_of,
    users_of,
)
from wifisim.simulation.gates import admitted
from wifisim.simulation.habits import (
    ask,
    begin,
    behind_others_s,
    extra_s,
    finished,
    recovering_share,
    standing_queues_s,
)
from wifisim.simulation.heaps import Records, pop_timer
from wifisim.simulation.membership import cell_of, join, leave, set_usable
from wifisim.simulation.sharing import resolve

START, REMOVE, MOVE, CAPACITY = 0, 1, 2, 3  # commands
_TIMER, _ARRIVAL, _CELL, _GROUP, _BIN = 0, 1, 2, 3, 4  # events
DONE, FULL = 0, 1  # how a run ends: at its time, or for want of room


@compiled_entry
def run_until(
    states: Records,
    until: float,
    commands: NDArray[np.int64],
    drafts: Records,
    values: NDArray[np.float64],
) -> int:
    """Carry out ``commands`` [command, (what, whom)] now, then all events up to ``until``; gives DONE or FULL."""
    state = states[0]
    for i in range(len(commands)):
        _carry_out(state, commands[i, 0], commands[i, 1], drafts[i], values[i])
    while True:
        kind, time_s, which = _next_event(state)
        if not time_s <= until or time_s == math.inf:
            break
        time_s = max(time_s, state.now)
        if kind == _ARRIVAL and (state.free_user_count == 0 or state.free_class_count == 0):
            return FULL
        state.now = time_s
        state.events += 1
        advance_trunks(state, time_s)
        if kind == _BIN:
            end_bin(state, time_s)
            resolve(state, time_s)
            continue
        _transfer_event(state, kind, which, time_s)
    if state.now < until < math.inf:
        state.now = until
        advance_trunks(state, until)
    return DONE


@compiled_in_place
def _next_event(state: Records) -> tuple[int, float, int]:
    """Kind, time and bearer (user, transfer, cell, trunk) of the earliest event."""
    kind, time_s, which = _BIN, state.next_bin, 0
    timers = timers_of(state)
    while timers[0].user > 0:
        one = users_of(state)[timers[1].user]
        if (one.state == WAITING or one.refused > 0) and one.timer == timers[1].time:
            if one.timer < time_s:
                kind, time_s, which = _TIMER, one.timer, timers[1].user
            break
        pop_timer(timers)
    if state.arrived < state.transfers_size and transfers_of(state)[state.arrived].start < time_s:
        kind, time_s, which = _ARRIVAL, transfers_of(state)[state.arrived].start, state.arrived
    if first_key(state, 0) < time_s:
        kind, time_s, which = _CELL, first_key(state, 0), ranked_cell(state, 0, 0)
    for i in range(state.tracked_count):
        t = tracked_of(state)[i]
        trunk = trunks_of(state)[t]
        if trunk.grouped == 0 or trunk.level <= 0.0:
            continue
        due = trunk.time + max(first_key(state, 3 + 3 * t) - trunk.clock, 0.0) / trunk.level
        if due < time_s:
            kind, time_s, which = _GROUP, due, t
    return kind, time_s, which


@compiled_in_place
def _transfer_event(state: Records, kind: int, which: int, now: float) -> None:
    """A transfer begins, or tries again to, or ends."""
    user = which
    if kind == _TIMER:
        pop_timer(timers_of(state))
        if users_of(state)[user].refused > 0:
            _try_again(state, user, now)
            return
        ask(state, user, now)
        admitted(state, user, now)
    elif kind == _ARRIVAL:
        user = _arrive(state, which, now)
    if kind <= _ARRIVAL:
        cell = cell_of(state, user)
    else:
        cell = which if kind == _CELL else ranked_cell(state, 3 + 3 * which, 0)
    detach(state, cell, now)
    if kind <= _ARRIVAL:
        join(state, user, users_of(state)[user].bits, now)
    else:
        _complete(state, cell, -1 if kind == _CELL else which, now)
    attach(state, cell, now)
    resolve(state, now)


@compiled_in_place
def _try_again(state: Records, user: int, now: float) -> None:
    """A user that a gate has refused comes to it once more; let in, its transfer goes on over its own way."""
    if not admitted(state, user, now):
        return
    one = users_of(state)[user]
    rest = _taken_off(state, user, now)
    one.way, one.refused = one.route, 0
    _put_on(state, user, rest, now)


@compiled_in_place
def _taken_off(state: Records, user: int, now: float) -> float:
    """Ends a transfer in progress; gives the bits it had left."""
    cell = cell_of(state, user)
    detach(state, cell, now)
    rest = leave(state, user)
    attach(state, cell, now)
    return rest


@compiled_in_place
def _put_on(state: Records, user: int, bits: float, now: float) -> None:
    """Begins a transfer of ``bits`` over the user's way."""
    cell = cell_of(state, user)
    detach(state, cell, now)
    join(state, user, bits, now)
    attach(state, cell, now)
    resolve(state, now)


@compiled_in_place
def _arrive(state: Records, number: int, now: float) -> int:
    """The next transfer of the list takes a free user record."""
    state.arrived += 1
    state.free_user_count -= 1
    user = free_users_of(state)[state.free_user_count]
    one = users_of(state)[user]
    one.activity = -1
    one.trace = number
    transfer = transfers_of(state)[number]
    one.way = transfer.route
    one.route = transfer.route
    one.cost = transfer.cost
    one.weight = 1.0
    one.bits = transfer.bits
    one.asked = now
    route = routes_of(state)[one.way]
    one.cap = min(route.cap, transfer.cap)
    one.setup = route.setup
    one.queue = 0.0
    if state.transport:
        one.queue = standing_queues_s(state, one.way, transfer.turn, now)
        one.cost *= 1.0 + transfer.doubled * recovering_share(state, user, now)
        one.spared, one.fits = transfer.spared, transfer.fits
    return user  # type: ignore[no-any-return]


@compiled_in_place
def _complete(state: Records, cell: int, group: int, now: float) -> None:
    """End the transfer of ``cell`` that is due: of a class in the trunk's ``group``, or (-1) on its own clock."""
    soonest, found = math.inf, -1
    c = cells_of(state)[cell].classes
    while c >= 0:
        one = classes_of(state)[c]
        if one.trunk == group and (group >= 0 or one.level > 0.0):
            wait = users_of(state)[one.root].finish - one.clock
            if group < 0:
                wait /= one.level
            if wait < soonest:
                soonest, found = wait, c
        c = one.cell_next
    user = classes_of(state)[found].root
    bound = classes_of(state)[found].bound
    leave(state, user)
    _report(state, user, bound, now)


@compiled_in_place
def _report(state: Records, user: int, bound: int, now: float) -> None:
    one = users_of(state)[user]
    state.flows += 1
    fluid_s = now - one.asked
    duration_s = fluid_s + extra_s(state, user, now)
    if one.fits > 0.0 and bound >= 0 and resources_of(state)[bound].air:
        duration_s += behind_others_s(state, user, fluid_s)
    if one.activity < 0:
        transfers_of(state)[one.trace].finish = one.asked + duration_s
        free_users_of(state)[state.free_user_count] = user
        state.free_user_count += 1
        return
    carried_s = fluid_s - one.kept
    if carried_s < one.held:
        bound = -1  # a gate held it back for longer than any resource
    late_s = finished(state, user, duration_s)
    if late_s <= 0.0:
        one.good += 1
    if state.telemetry:
        book_transfer(state, user, duration_s, now)
        if late_s > 0.0:
            book_late(state, user, bound if carried_s >= 0.5 * duration_s else -1, now)
    if bound >= 0:
        _vote(state, user, bound)


@compiled
def _vote(state: Records, user: int, bound: int) -> None:
    """Majority vote (Boyer and Moore, 1991) of the resources that bound a user's transfers."""
    one = users_of(state)[user]
    if one.vote == bound:
        one.votes += 1
    elif one.votes == 0:
        one.vote, one.votes = bound, 1
    else:
        one.votes -= 1


@compiled_in_place
def _carry_out(state: Records, command: int, which: int, draft: Records, value: float) -> None:
    now = state.now
    advance_trunks(state, now)
    if command == START:
        begin(state, which, now)
    elif command == CAPACITY:
        _set_capacity(state, which, value, now)
    elif command == REMOVE:
        _remove(state, which, now)
    else:
        _move(state, which, draft, now)


@compiled_in_place
def _set_capacity(state: Records, r: int, capacity: float, now: float) -> None:
    resource = resources_of(state)[r]
    resource.base = capacity
    set_usable(state, r)
    if resource.trunk >= 0:
        trunks_of(state)[resource.trunk].capacity = capacity
        refresh_all(state, now)
    elif resource.cell >= 0:
        detach(state, resource.cell, now)
        attach(state, resource.cell, now)
    resolve(state, now)


@compiled_in_place
def _remove(state: Records, user: int, now: float) -> None:
    """The user goes; what it was transferring stays unfinished (``bits`` and ``asked`` tell what and since when)."""
    one = users_of(state)[user]
    if one.state != ACTIVE:
        one.state = IDLE
        one.bits = 0.0
        return
    bound = classes_of(state)[one.group].bound
    one.refused = 0
    one.bits = _taken_off(state, user, now)
    resolve(state, now)
    age_s = now - one.asked
    if state.telemetry:
        book_transfer(state, user, age_s, now)
        if age_s > activities_of(state)[one.activity].good_s:
            book_late(state, user, bound, now)
    if bound >= 0:
        _vote(state, user, bound)


@compiled_in_place
def _move(state: Records, user: int, draft: Records, now: float) -> None:
    """The user gets another way; a transfer in progress goes on over it, and may grow by the draft's bits."""
    one = users_of(state)[user]
    active = one.state == ACTIVE
    rest = 0.0
    if active:
        rest = _taken_off(state, user, now) + draft.bits
        one.bits += draft.bits
    cached = one.way == one.cache_route and one.cache_route >= 0
    one.route, one.cache_route, one.cache_share = draft.route, draft.cache_route, draft.cache_share
    one.cost, one.weight, one.room, one.end = draft.cost, draft.weight, draft.room, draft.end
    if active:
        if one.refused == 0:
            one.way = one.cache_route if cached and one.cache_route >= 0 else one.route
        _put_on(state, user, rest, now)
