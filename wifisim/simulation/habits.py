"""What users do between transfers: when they ask, for how much, and whether they were content (``inputs.profile``).

Each transfer uses one block of four uniform numbers: size, think time, whether a new connection is opened, whether a
local cache answers. Project choices: a stream asks for the highest rung below 0.8 of the throughput it has seen (each
segment counts half, the past the other half); a call's next chunk starts on time or when the last one is through.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wifisim.network import transport
from wifisim.simulation.clocks import crowd
from wifisim.simulation.compiled import compiled
from wifisim.simulation.draws import normal_quantile, uniforms
from wifisim.simulation.flow_state import (
    IDLE,
    WAITING,
    activities_of,
    cells_of,
    ladder_of,
    paths_of,
    queues_of,
    resources_of,
    routes_of,
    timers_of,
    trunks_of,
    users_of,
)
from wifisim.simulation.gates import opens
from wifisim.simulation.heaps import Records, push_timer

_STREAM_SHARE = 0.8  # of the seen throughput that a player asks for (project choice; dash.js uses 0.9)
_STREAM_MEMORY = 0.5  # weight of the past in the seen throughput (project choice)
_TRANSACTION, _STREAM, _CALL, _BULK = 0, 1, 2, 3
_START, _END, _CLOCK = 0, 1, 2

dropping_s = compiled(transport.dropping_s)
repetition_s = compiled(transport.repetition_s)
spared_s = compiled(transport.spared_s)
slow_start_s = compiled(transport.slow_start_s)
exchange_s = compiled(transport.exchange_s)
AIR_TURN_S, DOUBLING, UPLOAD_FIRST_GROWTH = transport.AIR_TURN_S, transport.DOUBLING, transport.UPLOAD_FIRST_GROWTH
standing_queue_s = compiled(transport.standing_queue_s)
turns_s = compiled(transport.turns_s)


@compiled
def sampled(parts: NDArray[np.float64], u: float) -> float:
    """Quantile at ``u`` of a distribution written as kind, a, b, low, high and its cumulative at low and high."""
    kind = int(parts[0])
    if kind == 0:
        return parts[1]  # type: ignore[no-any-return]
    if kind == 1:
        return parts[1] + (parts[2] - parts[1]) * u  # type: ignore[no-any-return]
    p = min(max(parts[5] + (parts[6] - parts[5]) * u, 1e-16), 1.0 - 1e-16)
    if kind == 2:
        x = -parts[1] * math.log1p(-p)
    elif kind == 3:
        x = parts[1] * math.exp(parts[2] * normal_quantile(p))
    else:
        x = parts[1] * (-math.log1p(-p)) ** (1.0 / parts[2])
    return min(max(x, parts[3]), parts[4])  # type: ignore[no-any-return]


@compiled
def wait_until(state: Records, user: int, time_s: float) -> None:
    """``user`` will ask next at ``time_s``, unless its session is over by then or its transfers are used up."""
    one = users_of(state)[user]
    if one.left == 0 or not time_s <= one.end:
        one.state = IDLE
        return
    one.state = WAITING
    one.timer = time_s
    push_timer(timers_of(state), time_s, user)


@compiled
def begin(state: Records, user: int, now: float) -> None:
    """The first wait of a session."""
    one = users_of(state)[user]
    activity = activities_of(state)[one.activity]
    one.left = activity.count if activity.count > 0 else -1
    wait_s = sampled(activity.first, uniforms(one.key, 0, state.key)[0])
    if activity.anchor == _END:
        first = one.end - wait_s
    elif activity.anchor == _CLOCK:
        first = max(activity.clock_s, one.start) + wait_s
    else:
        first = one.start + wait_s
    first = max(first, one.start, now)
    one.plays_until = first
    wait_until(state, user, first)


@compiled
def ask(state: Records, user: int, now: float) -> None:
    """``user`` asks for its next transfer: draws its size, way and connection, and notes the queues it meets."""
    one = users_of(state)[user]
    activity = activities_of(state)[one.activity]
    one.number += 1
    size, _, connection, cache = uniforms(one.key, one.number, state.key)
    one.asked = now
    one.kept = one.held = 0.0
    one.way = one.cache_route if one.cache_route >= 0 and cache < one.cache_share else one.route
    route = routes_of(state)[one.way]
    one.cap = route.cap * activity.connections
    if activity.kind == _STREAM:
        one.bits = _rung(state, user) * activity.chunk_s
    elif activity.kind == _CALL:
        one.bits = activity.rate * activity.chunk_s
        one.cap = min(one.cap, activity.rate)
    else:
        one.bits = 8.0 * sampled(activity.size, size) * activity.kept_share
    one.setup = route.setup if opens(state, user, connection) else 0.0
    one.queue = standing_queues_s(state, one.way, AIR_TURN_S, now)


@compiled
def _rung(state: Records, user: int) -> float:
    """The ladder rate of the next segment; the lowest while nothing has been seen."""
    one = users_of(state)[user]
    activity = activities_of(state)[one.activity]
    rate = ladder_of(state)[activity.ladder_first]
    for i in range(activity.ladder_first + 1, activity.ladder_last):
        if ladder_of(state)[i] <= _STREAM_SHARE * one.seen_bps:
            rate = ladder_of(state)[i]
    return rate  # type: ignore[no-any-return]


@compiled
def standing_queues_s(state: Records, way: int, turn_s: float, now: float) -> float:
    """Delay of the queues that stand on a route: before trunks and air that have held transfers back lately.

    ``turn_s`` is how long others hold the air before it is one's turn again, for each of them.
    """
    route = routes_of(state)[way]
    delay_s = 0.0
    for q in range(route.queue_first, route.queue_last):
        queue = queues_of(state)[q]
        resource = resources_of(state)[queue.resource]
        if resource.trunk >= 0:
            beside = trunks_of(state)[resource.trunk].crowd
            delay_s += standing_queue_s(beside, route.rtt, queue.delay)
        elif resource.cell >= 0:
            cell = cells_of(state)[resource.cell]
            delay_s += turns_s(crowd(cell.crowd, float(cell.held), now - cell.time), queue.delay, turn_s)
    return delay_s


@compiled
def recovering_share(state: Records, user: int, now: float) -> float:
    """Share of a download's bits that arrive after CoDel's first drop, if as many share the air as do now."""
    one = users_of(state)[user]
    route = routes_of(state)[one.way]
    path = paths_of(state)[route.path]
    if path.up or path.radio < 0 or not one.bits * one.cost > 0.0:
        return 0.0
    cell = cells_of(state)[path.cell]
    rate = 1.0 / (one.cost * (1.0 + crowd(cell.crowd, float(cell.held), now - cell.time)))
    return dropping_s(one.bits, rate, route.rtt + one.queue) * rate / one.bits  # type: ignore[no-any-return]


@compiled
def behind_others_s(state: Records, user: int, fluid_s: float) -> float:
    """What the access point's queues change for a download that took ``fluid_s`` on evenly shared air."""
    one = users_of(state)[user]
    alone_s = one.bits * one.cost
    spared = spared_s(fluid_s, alone_s, one.spared, one.fits)
    if fluid_s <= one.fits * alone_s:
        return -spared
    # Flows have queues of their own behind the full one of the access point, and CoDel looks at those.
    rtt_s = routes_of(state)[one.way].rtt + one.queue
    return repetition_s(dropping_s(one.bits, one.bits / fluid_s, rtt_s), rtt_s) - spared


@compiled
def extra_s(state: Records, user: int, now: float) -> float:
    """What transport adds to the time since ``user`` asked."""
    one = users_of(state)[user]
    if not state.transport:
        return 0.0
    route = routes_of(state)[one.way]
    connections = 1.0
    if one.activity >= 0:
        activity = activities_of(state)[one.activity]
        connections = activity.connections
        if activity.kind == _CALL:
            return 0.5 * route.rtt + one.queue  # type: ignore[no-any-return]
    spent_s = max(now - one.asked - one.kept, 1e-9)
    growth = UPLOAD_FIRST_GROWTH if paths_of(state)[route.path].up else DOUBLING
    waited_s = slow_start_s(one.bits, one.bits / spent_s, route.rtt + one.queue, connections, growth)
    return exchange_s(route.rtt, one.setup, route.server, one.queue) + waited_s


@compiled
def finished(state: Records, user: int, duration_s: float) -> float:
    """A transfer is done: plans the next one and gives how late it was against the activity's target (> 0: late)."""
    one = users_of(state)[user]
    activity = activities_of(state)[one.activity]
    done = one.asked + duration_s
    if one.left > 0:
        one.left -= 1
    one.done += 1
    if activity.kind == _STREAM:
        stalled_s = max(done - one.plays_until, 0.0)
        one.plays_until = max(one.plays_until, done) + activity.chunk_s
        seen = one.bits / max(duration_s, 1e-9)
        one.seen_bps = seen if one.done == 1 else _STREAM_MEMORY * one.seen_bps + (1.0 - _STREAM_MEMORY) * seen
        wait_until(state, user, max(done, one.plays_until - activity.buffer_s + activity.chunk_s))
        return stalled_s - activity.good_s  # type: ignore[no-any-return]
    if activity.kind == _CALL:
        wait_until(state, user, max(one.asked + activity.chunk_s, done - 0.5 * routes_of(state)[one.way].rtt))
        return duration_s - activity.chunk_s - activity.good_s  # type: ignore[no-any-return]
    think = uniforms(one.key, one.number, state.key)[1]
    wait_until(state, user, done + sampled(activity.think, think))
    return duration_s - activity.good_s  # type: ignore[no-any-return]
