"""From equipment to what flows share: the wired tree as a directed graph, its limits as resources, ways as routes.

Wired devices form a networkx graph; each cable is one resource each way, the filter one resource for both ways, the
internet line one each way. A transfer's route is the shortest path, which in a tree is the only one. Capacities are
payload rates: the share of the bytes on the wire that TCP may fill with the user's data.
Left out: links in parallel (give their sum), routing between buildings, losses on cables.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import CloudService
from wifisim.inputs.equipment import ContentCache, Network, Switch, Wan
from wifisim.inputs.profile import Direction
from wifisim.network.gates import gates_passed, has_name, lookup_s, network_gates
from wifisim.network.resources import Gate, Resource, Route
from wifisim.network.transport import MSS_BYTES, loss_cap_bps

ETHERNET_FRAME_BYTES = 1538  # 1500 + 14 header, 4 FCS, 8 preamble, 12 gap (IEEE 802.3)
LINE_FRAME_BYTES = 1500  # providers sell IP rates (project choice; the sync rate of a DSL line is a little higher)
LAN_RTT_S = 1e-3  # round trip inside a school, project choice
CODEL_TARGET_S = 5e-3  # RFC 8289 section 4.4: standing delay that CoDel lets stand

INTERNET = ""

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Need:
    """A kind of transfer that the day's activities ask for."""

    service_id: str
    direction: Direction
    peers: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a device hangs on the network: a radio (with its air resources), or a switch port (radio -1)."""

    radio: int
    node_id: str
    air: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedNetwork:
    """Resources and routes of a stage.

    ``route_of[need]`` [attachment] are route indices; ``cached_route_of[need]`` [attachment] those through a content
    cache (-1: none), which answers the share ``cache_share[service]``. ``limits_of[node]`` lists a device's
    resources, for faults; ``line`` the two of the internet line (down, up). ``backup_routes`` are the same routes while
    the backup line carries the traffic (empty without one). ``gates`` are what new connections pass.
    """

    resources: tuple[Resource, ...]
    routes: tuple[Route, ...]
    route_of: dict[Need, Indices]
    cached_route_of: dict[Need, Indices]
    cache_share: dict[str, float]
    limits_of: dict[str, tuple[int, ...]]
    line: tuple[int, int]
    backup_routes: tuple[Route, ...] = ()
    gates: tuple[Gate, ...] = ()


@dataclass(slots=True)
class _Wiring:
    """The graph under construction; edges carry the resource that a transfer along them uses."""

    graph: nx.DiGraph[str]
    resources: list[Resource]
    limits_of: dict[str, list[int]]
    gates: tuple[Gate, ...]

    def limit(self, resource: Resource, *node_ids: str) -> int:
        self.resources.append(resource)
        index = len(self.resources) - 1
        for node_id in node_ids:
            self.limits_of.setdefault(node_id, []).append(index)
        return index


def build_network(
    network: Network,
    services: dict[str, CloudService],
    *,
    air: Sequence[Resource],
    attachments: Sequence[Attachment],
    needs: Iterable[Need],
    fragile: Iterable[str] = (),
) -> SharedNetwork:
    """Resources and routes of ``network`` for devices at ``attachments`` that ask for ``needs``.

    ``air`` are the air resources, which come first in the list, in the order that ``Attachment.air`` refers to.
    ``fragile`` names cloud services that may be throttled or fail: each gets a resource of its own without a limit.
    """
    wanted = tuple(needs)
    asked_of = {need.service_id: services[need.service_id] for need in wanted}
    wiring = _Wiring(nx.DiGraph(), list(air), {}, network_gates(network, asked_of))
    line = _add_line(wiring, network.wan[0])
    for switch in network.switches:
        _add_switch(wiring, switch)
    for ap in network.access_points:
        _add_cable(wiring, ap.id, ap.switch_id, ap.uplink_bps, f"cable of {ap.id}")
    for cache in network.caches:
        _add_cable(wiring, cache.id, cache.at_id, cache.link_bps, f"link of cache {cache.id}")
    for service_id in dict.fromkeys(fragile):
        name = service_node(service_id)
        wiring.limit(Resource(name, "service", f"cloud service {services[service_id].label}", math.inf), name)
    shared = _with_routes(wiring, network, services, line=line, attachments=attachments, needs=wanted)
    if len(network.wan) == 1:
        return shared
    failed_over = replace(network, wan=network.wan[1:])
    spare = _with_routes(wiring, failed_over, services, line=line, attachments=attachments, needs=wanted)
    return replace(shared, backup_routes=spare.routes)


def service_node(service_id: str) -> str:
    """The name of a cloud service among the devices that can fail."""
    return f"service:{service_id}"


def _add_line(wiring: _Wiring, wan: Wan) -> tuple[int, int]:
    share = MSS_BYTES / LINE_FRAME_BYTES
    down = Resource("line:down", "line", "internet line (download)", wan.down_bps * share)
    up = Resource("line:up", "line", "internet line (upload)", wan.up_bps * share)
    return wiring.limit(down, INTERNET), wiring.limit(up, INTERNET)


def _add_switch(wiring: _Wiring, switch: Switch) -> None:
    """A switch or filter, its uplink, and its throughput limit on the node itself."""
    through: tuple[int, ...] = ()
    if math.isfinite(switch.throughput_bps):
        label = "web filter" if switch.kind == "filter" else f"switch {switch.id}"
        capacity = switch.throughput_bps * MSS_BYTES / LINE_FRAME_BYTES
        through = (wiring.limit(Resource(f"appliance:{switch.id}", "appliance", label, capacity), switch.id),)
    wiring.graph.add_node(switch.id, through=through)
    if switch.uplink_id == INTERNET:
        wiring.graph.add_edge(switch.id, INTERNET, limit=1 + _line_index(wiring))
        wiring.graph.add_edge(INTERNET, switch.id, limit=_line_index(wiring))
    else:
        label = f"uplink of {switch.id}"
        _add_cable(wiring, switch.id, switch.uplink_id, switch.uplink_bps, label)


def _line_index(wiring: _Wiring) -> int:
    return wiring.limits_of[INTERNET][0]


def _add_cable(wiring: _Wiring, node_id: str, uplink_id: str, rate_bps: float, label: str) -> None:
    capacity = rate_bps * MSS_BYTES / ETHERNET_FRAME_BYTES
    down = wiring.limit(Resource(f"link:{node_id}:down", "link", f"{label} (download)", capacity), node_id)
    up = wiring.limit(Resource(f"link:{node_id}:up", "link", f"{label} (upload)", capacity), node_id)
    wiring.graph.add_edge(node_id, uplink_id, limit=up)
    wiring.graph.add_edge(uplink_id, node_id, limit=down)


def _with_routes(
    wiring: _Wiring,
    network: Network,
    services: dict[str, CloudService],
    *,
    line: tuple[int, int],
    attachments: Sequence[Attachment],
    needs: tuple[Need, ...],
) -> SharedNetwork:
    routes: list[Route] = []
    route_of = {need: np.full(len(attachments), -1) for need in needs}
    cached_route_of = {need: np.full(len(attachments), -1) for need in needs}
    caches = {service_id: cache for cache in network.caches for service_id in cache.hit_share}
    for number, attachment in enumerate(attachments):
        for need in needs:
            route_of[need][number] = len(routes)
            routes.append(_route(wiring, network, services[need.service_id], need, attachment))
            cache = caches.get(need.service_id)
            if cache is not None and need.direction == "down" and not need.peers:
                cached_route_of[need][number] = len(routes)
                routes.append(_cached_route(wiring, cache, services[need.service_id], need, attachment))
    return SharedNetwork(
        resources=tuple(wiring.resources),
        routes=tuple(routes),
        route_of=route_of,
        cached_route_of=cached_route_of,
        cache_share={service_id: cache.hit_share[service_id] for service_id, cache in caches.items()},
        limits_of={node_id: tuple(limits) for node_id, limits in wiring.limits_of.items()},
        line=line,
        gates=wiring.gates,
    )


def _route(wiring: _Wiring, network: Network, service: CloudService, need: Need, attachment: Attachment) -> Route:
    """To the cloud over the line; or, for ``peers``, only to the switch that the device's own cable ends in."""
    if need.peers:
        # Both ends hang on the same switch; a wired device reaches its neighbour without crossing any limit.
        far_id = (
            next(iter(wiring.graph.successors(attachment.node_id))) if attachment.radio >= 0 else attachment.node_id
        )
        return _way(wiring, service, need, attachment, far_id=far_id, rtt_s=LAN_RTT_S)
    wan = network.wan[0]
    route = _way(wiring, service, need, attachment, far_id=INTERNET, rtt_s=wan.rtt_s + service.rtt_s)
    crossed = nx.shortest_path(wiring.graph, attachment.node_id, INTERNET)
    filters = [switch for switch in network.switches if switch.kind == "filter" and switch.id in crossed]
    connecting_s = route.setup_s + lookup_s(network.dns, wan) - route.rtt_s if has_name(service) else route.setup_s
    line = wiring.limits_of[INTERNET][0 if need.direction == "down" else 1]
    queue_s = wan.buffer_s if wan.queue == "fifo" else CODEL_TARGET_S
    beyond = tuple(wiring.limits_of.get(service_node(service.id), ()))
    resources = (*beyond, *route.resources) if need.direction == "down" else (*route.resources, *beyond)
    return replace(
        route,
        resources=resources,
        setup_s=connecting_s + sum(switch.new_connection_s for switch in filters),
        queues=((line, queue_s),),
        gates=gates_passed(wiring.gates, network, service, {switch.id for switch in filters}),
    )


def _cached_route(
    wiring: _Wiring, cache: ContentCache, service: CloudService, need: Need, attachment: Attachment
) -> Route:
    near = replace(service, server_s=0.0, connection_cap_bps=math.inf, loss=0.0)
    return _way(wiring, near, need, attachment, far_id=cache.id, rtt_s=LAN_RTT_S)


def _way(
    wiring: _Wiring, service: CloudService, need: Need, attachment: Attachment, *, far_id: str, rtt_s: float
) -> Route:
    ends = (far_id, attachment.node_id) if need.direction == "down" else (attachment.node_id, far_id)
    nodes = nx.shortest_path(wiring.graph, *ends)
    wired: list[int] = []
    for here, there in itertools.pairwise(nodes):
        wired.extend(wiring.graph.nodes[here].get("through", ()))
        wired.append(wiring.graph.edges[here, there]["limit"])
    wired.extend(wiring.graph.nodes[nodes[-1]].get("through", ()))
    crossed = (*wired, *attachment.air) if need.direction == "down" else (*attachment.air, *wired)
    return Route(
        id=f"{attachment.node_id}/{attachment.radio}:{service.id}:{need.direction}",
        direction=need.direction,
        radio=attachment.radio,
        resources=crossed,
        rtt_s=rtt_s,
        setup_s=service.setup_round_trips * rtt_s,
        server_s=service.server_s,
        cap_bps=min(service.connection_cap_bps, loss_cap_bps(rtt_s, service.loss)),
    )
