"""What an event of the site file does to resources, radios and servers, step by step in time.

A failed internet line carries nothing until the backup has taken over, then what the backup carries, with the backup's
round trip and queue; if that fails as well, there is none. A failed access point or switch takes its cables and its
radios with it (a switch feeds its access points); a failed filter stops all, one in bypass limits nothing. A cloud
service that is down answers nobody, one that throttles leaves a rate to the whole school, a slow one takes longer for
every answer. While the resolver is down no new connection is made, unless a second one knows the name; what is open
goes on. Faults may overlap: of two limits the smaller holds, slownesses add up, what is dead stays so until its last
fault ends.
What has stood still goes on after a pause (``retries``). Left out: connections that a change of line cuts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wifisim.inputs.equipment import Network
from wifisim.inputs.rollout import Event
from wifisim.network.build import SharedNetwork, service_node
from wifisim.network.gates import gates_of_node
from wifisim.network.resources import Route


@dataclass(frozen=True, slots=True)
class Step:
    """What one event does from ``at_s`` until its next step; a step of nothing ends it.

    ``limits`` are (resource, capacity left), ``dead`` the radios that are off; ``on_backup`` the backup line carries
    the traffic, ``no_backup`` it cannot; ``slower`` are (route, seconds that its server takes longer, seconds that its
    set-up does); ``gates`` are (gate, 0 if it is shut, infinite if it lets everything through).
    """

    at_s: float
    limits: tuple[tuple[int, float], ...] = ()
    dead: tuple[int, ...] = ()
    on_backup: bool = False
    slower: tuple[tuple[int, float, float], ...] = ()
    gates: tuple[tuple[int, float], ...] = ()
    no_backup: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes different: capacities (resource, capacity), radios off or on, routes (index, route), gates."""

    capacities: tuple[tuple[int, float], ...]
    off: tuple[int, ...]
    on: tuple[int, ...]
    routes: tuple[tuple[int, Route], ...]
    gates: tuple[tuple[int, float], ...] = ()


class Condition:
    """The state of a network under all the faults that are going on."""

    def __init__(self, shared: SharedNetwork) -> None:
        self._shared = shared
        self._steps: dict[int, Step] = {}

    def enter(self, event: int, step: Step) -> Change:
        """The event with this number comes to ``step``."""
        before = dict(self._steps)
        self._steps[event] = step
        was, now = _limits(before), _limits(self._steps)
        differing = sorted(limit for limit in was.keys() | now.keys() if was.get(limit) != now.get(limit))
        off_before, off_now = _dead(before), _dead(self._steps)
        return Change(
            capacities=tuple((limit, now.get(limit, self._shared.resources[limit].capacity)) for limit in differing),
            off=tuple(sorted(off_now - off_before)),
            on=tuple(sorted(off_before - off_now)),
            routes=self._changed_routes(before),
            gates=_changed_gates(_gates(before), _gates(self._steps)),
        )

    def _changed_routes(self, before: dict[int, Step]) -> tuple[tuple[int, Route], ...]:
        was, now = _slower(before), _slower(self._steps)
        backup = _on_backup(self._steps)
        routes = self._shared.backup_routes if backup else self._shared.routes
        if backup != _on_backup(before):
            indices = list(range(len(routes)))
        else:
            indices = sorted(route for route in was.keys() | now.keys() if was.get(route) != now.get(route))
        return tuple((i, _slowed(routes[i], *now.get(i, (0.0, 0.0)))) for i in indices)


def _slowed(route: Route, server_s: float, setup_s: float) -> Route:
    return replace(route, server_s=route.server_s + server_s, setup_s=route.setup_s + setup_s)


def _no_backup(steps: dict[int, Step]) -> bool:
    return any(step.no_backup for step in steps.values())


def _on_backup(steps: dict[int, Step]) -> bool:
    return any(step.on_backup for step in steps.values()) and not _no_backup(steps)


def _limits(steps: dict[int, Step]) -> dict[int, float]:
    """The smallest capacity that any event leaves a resource; a backup that is down itself leaves none."""
    left: dict[int, float] = {}
    no_backup = _no_backup(steps)
    for step in steps.values():
        for limit, capacity in step.limits:
            left[limit] = min(0.0 if step.on_backup and no_backup else capacity, left.get(limit, math.inf))
    return left


def _gates(steps: dict[int, Step]) -> dict[int, float]:
    """How far gates are open that any event touches: shut goes before wide open."""
    left: dict[int, float] = {}
    for step in steps.values():
        for gate, factor in step.gates:
            left[gate] = min(factor, left.get(gate, math.inf))
    return left


def _changed_gates(was: dict[int, float], now: dict[int, float]) -> tuple[tuple[int, float], ...]:
    """The gates whose state differs, and that state; 1 is as it should be."""
    both = sorted(was.keys() | now.keys())
    return tuple((gate, now.get(gate, 1.0)) for gate in both if was.get(gate, 1.0) != now.get(gate, 1.0))


def _dead(steps: dict[int, Step]) -> set[int]:
    return {radio for step in steps.values() for radio in step.dead}


def _slower(steps: dict[int, Step]) -> dict[int, tuple[float, float]]:
    """How much longer the servers of routes take, and their set-ups."""
    longer: dict[int, tuple[float, float]] = {}
    for step in steps.values():
        for route, server_s, setup_s in step.slower:
            before = longer.get(route, (0.0, 0.0))
            longer[route] = (before[0] + server_s, before[1] + setup_s)
    return longer


def fault_steps(
    event: Event, network: Network, shared: SharedNetwork, *, radio_ap_ids: Sequence[str]
) -> tuple[Step, ...]:
    """The steps of ``event`` in order of time; ``radio_ap_ids[radio]`` names each radio's access point."""
    end = Step(event.start_s + event.duration_s)
    if event.target == "wan":
        return (*_line_steps(event, network, shared), end)
    if event.target == "dns":
        shut = gates_of_node(shared.gates, event.target_id)
        return (Step(event.start_s, gates=tuple((gate, 0.0) for gate in shut)), end)
    if event.slow_s > 0.0:
        return (_slow_step(event, shared), end)
    dead = {service_node(event.target_id) if event.target == "service" else event.target_id}
    if event.target == "switch":
        dead |= {ap.id for ap in network.access_points if ap.switch_id == event.target_id}
    limits = sorted(limit for node_id in dead for limit in shared.limits_of.get(node_id, ()))
    radios = tuple(radio for radio, ap_id in enumerate(radio_ap_ids) if ap_id in dead)
    if event.bypass:
        return (_bypass_step(event, network, shared, limits), end)
    return (Step(event.start_s, tuple((limit, event.left_bps) for limit in limits), radios), end)


def _bypass_step(event: Event, network: Network, shared: SharedNetwork, limits: Sequence[int]) -> Step:
    """No limit, and no inspection of new connections either."""
    # An upgrade may have removed the filter by this stage; then there is nothing to lift.
    own_s = next((switch.new_connection_s for switch in network.switches if switch.id == event.target_id), 0.0)
    crossing = [i for i, route in enumerate(shared.routes) if not set(limits).isdisjoint(route.resources)]
    lifted = tuple((limit, math.inf) for limit in limits)
    gates = tuple((gate, math.inf) for gate in gates_of_node(shared.gates, event.target_id))
    return Step(event.start_s, lifted, slower=tuple((i, 0.0, -own_s) for i in crossing), gates=gates)


def _line_steps(event: Event, network: Network, shared: SharedNetwork) -> tuple[Step, ...]:
    if event.target_id != network.wan[0].id:
        return (Step(event.start_s, no_backup=True),)  # felt when the main line is down as well
    dead = Step(event.start_s, tuple((limit, 0.0) for limit in shared.line))
    if len(network.wan) == 1 or network.wan[1].failover_s >= event.duration_s:
        return (dead,)
    main, backup = network.wan[0], network.wan[1]
    ratios = (backup.down_bps / main.down_bps, backup.up_bps / main.up_bps)
    spare = tuple(
        (limit, shared.resources[limit].capacity * ratio) for limit, ratio in zip(shared.line, ratios, strict=True)
    )
    return (dead, Step(event.start_s + backup.failover_s, spare, on_backup=True))


def _slow_step(event: Event, shared: SharedNetwork) -> Step:
    """Every route that ends at the service itself (not at a cache) takes longer."""
    beyond = set(shared.limits_of.get(service_node(event.target_id), ()))
    routes = [i for i, route in enumerate(shared.routes) if beyond.intersection(route.resources)]
    return Step(event.start_s, slower=tuple((i, event.slow_s, 0.0) for i in routes))
