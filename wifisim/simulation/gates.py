"""What new connections pass one by one: name servers, a filter's set-up rate and session table, ports, request limits.

Each gate is a leaky bucket (``network.resources.Gate``), exact in time: its level falls at its rate between two
arrivals. A transfer passes all gates of its route or none. Who is refused waits on a way that carries nothing, so that
a save counts as waiting, and tries again after a pause that doubles, with up to a second of chance in it. The first
transfer of an activity opens its connections and looks names up; later ones as often as the activity and the gate say.
Left out: what a refused try itself costs the gate, names that get old during an outage, transfers of a replayed list.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wifisim.network.resources import Gate, Route
from wifisim.results.records import GateRecord
from wifisim.simulation.compiled import compiled
from wifisim.simulation.draws import uniforms
from wifisim.simulation.flow_state import (
    GATE,
    PASS,
    activities_of,
    empty_records,
    gates_of,
    passes_of,
    routes_of,
    timers_of,
    users_of,
)
from wifisim.simulation.heaps import Records, push_timer

WINDOW_S = 10.0  # over which the busiest moment of a gate is counted
_TRY = 1 << 32  # draws of the n-th try: block number + n x this
_MOST_DOUBLINGS = 30


def gate_table(gates: Sequence[Gate]) -> Records:
    """The gates, all empty and open."""
    table = empty_records(GATE, len(gates))
    ids = [gate.id for gate in gates]
    for row, gate in zip(table, gates, strict=True):
        row.rate, row.most, row.retry, row.retry_most = gate.rate_per_s, gate.most, gate.retry_s, gate.retry_most_s
        row.queues, row.every = gate.queues, gate.every_request
        row.next = ids.index(gate.next_id) if gate.next_id else -1
    table.factor = 1.0
    table.first_refused = table.last_refused = np.nan
    return table


def pass_table(routes: Sequence[Route]) -> NDArray[np.void]:
    """The gates of all routes, one after another, in the order of the routes."""
    return np.array([one for route in routes for one in route.gates], PASS)


def gate_records(gates: Sequence[Gate], uses: Records) -> tuple[GateRecord, ...]:
    """What has happened at those gates that anybody came to."""
    return tuple(
        GateRecord(
            id=gate.id,
            kind=gate.kind,
            label=gate.label,
            limit_per_s=gate.rate_per_s,
            asked=float(use.asked),
            refused=float(use.refused),
            mean_wait_s=float(use.waited / use.let_in) if use.let_in else 0.0,
            worst_wait_s=float(use.worst_wait),
            busiest_per_s=float(use.busiest),
            from_s=float(use.first_refused),
            to_s=float(use.last_refused),
        )
        for gate, use in zip(gates, uses, strict=True)
        if use.asked > 0.0
    )


@compiled
def opens(state: Records, user: int, lot: float) -> bool:
    """Whether a transfer opens its connections anew, at the uniform number ``lot``."""
    one = users_of(state)[user]
    return one.number == 1 or lot < activities_of(state)[one.activity].new_share  # type: ignore[no-any-return]


@compiled
def admitted(state: Records, user: int, now: float) -> bool:
    """Whether ``user`` passes the gates of its route now, its set-up being longer by their queues; else it tries again.

    A transfer that a content cache answers passes none.
    """
    one = users_of(state)[user]
    route = routes_of(state)[one.route]
    if route.gate_first == route.gate_last or (one.refused == 0 and one.way != one.route):
        return True
    lot = uniforms(one.key, one.number, state.key)[2]
    for p in range(route.gate_first, route.gate_last):
        items = _items(state, user, p, lot)
        if items > 0.0:
            g = _gate_at(state, user, p)
            gate = gates_of(state)[g]
            _drain(state, g, now)
            gate.asked += items
            if gate.factor == 0.0 or (gate.factor < np.inf and gate.level >= gate.most):
                _refuse(state, user, g, items, now)
                return False
    waits_s = 0.0
    for p in range(route.gate_first, route.gate_last):
        items = _items(state, user, p, lot)
        if items > 0.0:
            waits_s += _let_in(state, _gate_at(state, user, p), items)
    one.setup += waits_s
    one.kept = now - one.asked
    one.held = one.kept + waits_s
    return True


@compiled
def _items(state: Records, user: int, p: int, lot: float) -> float:
    """How many times a transfer passes the gate at place ``p`` of the routes' gates; 0: not at all."""
    one = users_of(state)[user]
    step = passes_of(state)[p]
    activity = activities_of(state)[one.activity]
    each = activity.connections * step.items
    if gates_of(state)[step.gate].every or one.number == 1:
        return each  # type: ignore[no-any-return]
    return each if lot < activity.new_share * step.share else 0.0


@compiled
def _gate_at(state: Records, user: int, p: int) -> int:
    """The gate itself, or after each refusal the other one that can stand in for it."""
    g = passes_of(state)[p].gate
    other = gates_of(state)[g].next
    return other if other >= 0 and users_of(state)[user].refused % 2 == 1 else g  # type: ignore[no-any-return]


@compiled
def _drain(state: Records, g: int, now: float) -> None:
    gate = gates_of(state)[g]
    gate.level = max(gate.level - (now - gate.time) * gate.rate, 0.0)
    gate.time = now
    if now >= gate.window + WINDOW_S:
        gate.window, gate.in_window = now, 0.0


@compiled
def _let_in(state: Records, g: int, items: float) -> float:
    """Counts what comes in; gives how long it waits there."""
    gate = gates_of(state)[g]
    gate.in_window += items
    gate.busiest = max(gate.busiest, gate.in_window / WINDOW_S)
    if gate.factor == np.inf:
        return 0.0
    gate.level += items
    wait_s = gate.level / gate.rate if gate.queues else 0.0
    gate.waited += wait_s
    gate.let_in += 1.0
    gate.worst_wait = max(gate.worst_wait, wait_s)
    return wait_s


@compiled
def _refuse(state: Records, user: int, g: int, items: float, now: float) -> None:
    """``user`` stays outside until its next try; its way leads nowhere (the last route)."""
    one = users_of(state)[user]
    gate = gates_of(state)[g]
    gate.refused += items
    if not gate.first_refused <= now:
        gate.first_refused = now
    gate.last_refused = now
    doublings = min(one.refused, _MOST_DOUBLINGS)
    one.refused += 1
    chance_s = uniforms(one.key, one.number + one.refused * _TRY, state.key)[0]
    one.timer = now + min(gate.retry * 2.0**doublings, gate.retry_most) + chance_s
    one.way = len(routes_of(state)) - 1
    push_timer(timers_of(state), one.timer, user)
