"""What an event of the site file does to resources, radios and servers, step by step in time.

A failed internet line carries nothing until the backup has taken over, then what the backup carries, with the backup's
round trip and queue. A failed access point or switch takes its cables and its radios with it (a switch feeds its access
points); a failed filter stops all, one in bypass limits nothing. A cloud service that is down answers nobody, one that
throttles leaves a rate to the whole school, a slow one takes longer for every answer.
Left out: the delay per new connection that a filter in bypass no longer adds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wifisim.inputs.equipment import Network
from wifisim.inputs.rollout import Event
from wifisim.network.build import SharedNetwork, service_node
from wifisim.network.resources import Route


@dataclass(frozen=True, slots=True)
class Step:
    """At ``at_s``: new capacities (resource, capacity), radios that go off or come back ``on``, and what routes become.

    ``routes`` pairs the index of a route with what it is from now on (its resources stay).
    """

    at_s: float
    capacities: tuple[tuple[int, float], ...]
    radios: tuple[int, ...] = ()
    on: bool = True
    routes: tuple[tuple[int, Route], ...] = ()


def fault_steps(
    event: Event, network: Network, shared: SharedNetwork, *, radio_ap_ids: Sequence[str]
) -> tuple[Step, ...]:
    """The steps of ``event`` in order of time; ``radio_ap_ids[radio]`` names each radio's access point."""
    end_s = event.start_s + event.duration_s
    if event.target == "wan":
        return _line_steps(event, network, shared, end_s=end_s)
    if event.slow_s > 0.0:
        return _slow_steps(event, shared, end_s=end_s)
    dead = {service_node(event.target_id) if event.target == "service" else event.target_id}
    if event.target == "switch":
        dead |= {ap.id for ap in network.access_points if ap.switch_id == event.target_id}
    limits = sorted(limit for node_id in dead for limit in shared.limits_of.get(node_id, ()))
    radios = tuple(radio for radio, ap_id in enumerate(radio_ap_ids) if ap_id in dead)
    left = math.inf if event.bypass else event.left_bps
    return (
        Step(event.start_s, tuple((limit, left) for limit in limits), radios, on=False),
        Step(end_s, tuple((limit, shared.resources[limit].capacity) for limit in limits), radios, on=True),
    )


def _line_steps(event: Event, network: Network, shared: SharedNetwork, *, end_s: float) -> tuple[Step, ...]:
    if event.target_id != network.wan[0].id:
        return ()  # the backup line fails while it is not needed
    normal = tuple((limit, shared.resources[limit].capacity) for limit in shared.line)
    steps = [Step(event.start_s, tuple((limit, 0.0) for limit in shared.line))]
    if len(network.wan) > 1 and network.wan[1].failover_s < event.duration_s:
        main, backup = network.wan[0], network.wan[1]
        ratios = (backup.down_bps / main.down_bps, backup.up_bps / main.up_bps)
        spare = tuple((limit, capacity * ratio) for (limit, capacity), ratio in zip(normal, ratios, strict=True))
        changed = tuple(enumerate(shared.backup_routes))
        steps.append(Step(event.start_s + backup.failover_s, spare, routes=changed))
        return (*steps, Step(end_s, normal, routes=tuple(enumerate(shared.routes))))
    return (*steps, Step(end_s, normal))


def _slow_steps(event: Event, shared: SharedNetwork, *, end_s: float) -> tuple[Step, ...]:
    """Every route that ends at the service itself (not at a cache) gets its server time raised, then back."""
    beyond = set(shared.limits_of.get(service_node(event.target_id), ()))
    routes = tuple((i, route) for i, route in enumerate(shared.routes) if beyond.intersection(route.resources))
    slow = tuple((i, replace(route, server_s=route.server_s + event.slow_s)) for i, route in routes)
    return (Step(event.start_s, (), routes=slow), Step(end_s, (), routes=routes))
