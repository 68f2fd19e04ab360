"""What new connections to the cloud pass one after another: resolver, filter, public ports, the service's own limit.

From the limits of the equipment to leaky buckets (``resources.Gate``). A resolver and a filter are servers with a queue
as long as devices have patience for; a table of sessions or ports has so many places, each taken for ``HOLD_S``.
Left out: a resolver's own line, sessions of devices that keep connections open for longer, limits for one user.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from wifisim.inputs.catalog import CloudService
from wifisim.inputs.equipment import RESOLVER, Dns, Network, Wan
from wifisim.network.resources import Gate, GateKind

PORTS_PER_ADDRESS = 64_512  # 65,536 less the well-known ones up to 1023 (RFC 6335)
HOLD_S = 300.0  # a browser keeps an idle connection so long (Chromium, client_socket_pool.cc, used idle sockets)
QUERIES_PER_LOOKUP = 2.0  # an IPv4 and an IPv6 address (RFC 8305 section 3)
SYN_S, SYN_MOST_S = 1.0, 60.0  # first time-out and longest one of a connection request (RFC 6298, 2.1 and 2.5)
BACKOFF_S, BACKOFF_MOST_S = 1.0, 64.0  # after "too many requests" (Google Drive API, exponential backoff)
REQUEST_WINDOW_S = 10.0  # over which a service counts (Microsoft Graph: "350 requests per 10 seconds")


def network_gates(network: Network, services: dict[str, CloudService]) -> tuple[Gate, ...]:
    """All gates of a stage."""
    return (*_resolvers(network.dns), *_filters(network), _ports(network), *_services(services))


def gates_of_node(gates: tuple[Gate, ...], node_id: str) -> tuple[int, ...]:
    """The gates that fail with a device: with a resolver or a filter."""
    return tuple(index for index, gate in enumerate(gates) if gate.id in {node_id, f"{node_id}:sessions"})


def gates_passed(
    gates: tuple[Gate, ...], network: Network, service: CloudService, filter_ids: set[str]
) -> tuple[tuple[int, float, float], ...]:
    """What connections to ``service`` pass through the filters ``filter_ids``: gate, share of connections, times."""
    index = {gate.id: number for number, gate in enumerate(gates)}
    wanted = [(RESOLVER, network.dns.lookup_share, QUERIES_PER_LOOKUP)] if has_name(service) else []
    wanted += [(f"{name}{part}", 1.0, 1.0) for name in sorted(filter_ids) for part in ("", ":sessions")]
    wanted += [("ports", 1.0, 1.0), (f"service:{service.id}", 1.0, 1.0)]
    return tuple((index[name], share, times) for name, share, times in wanted if name in index and share > 0.0)


def has_name(service: CloudService) -> bool:
    """Whether the first of a service's set-up round trips is for its name; a single one is TCP's."""
    return service.setup_round_trips > 1.0


def lookup_s(dns: Dns, wan: Wan) -> float:
    """Mean time that looking up adds to a new connection: none where the name is known already."""
    beyond_s = wan.rtt_s if dns.at == "cloud" else 0.0
    upstream_s = dns.upstream_s + (0.0 if dns.at == "cloud" else wan.rtt_s)
    return dns.lookup_share * (beyond_s + dns.answer_s + (1.0 - dns.cache_share) * upstream_s)


def _resolvers(dns: Dns) -> Iterator[Gate]:
    """An answer that comes after the time-out is of no use: so long the queue may be."""
    for number in range(dns.resolvers):
        yield Gate(
            id=RESOLVER if number == 0 else f"{RESOLVER}-2",
            kind="resolver",
            label="name service" if number == 0 else "second name service",
            rate_per_s=dns.queries_per_s,
            most=dns.queries_per_s * dns.timeout_s,
            retry_s=dns.timeout_s,
            retry_most_s=dns.timeout_s,
            queues=True,
            next_id=f"{RESOLVER}-2" if number == 0 and dns.resolvers > 1 else "",
        )


def _filters(network: Network) -> Iterator[Gate]:
    for switch in network.switches:
        if switch.kind == "filter" and math.isfinite(switch.connections_per_s):
            yield Gate(
                id=switch.id,
                kind="filter",
                label="new connections at the web filter",
                rate_per_s=switch.connections_per_s,
                most=switch.connections_per_s * SYN_S,
                retry_s=SYN_S,
                retry_most_s=SYN_MOST_S,
                queues=True,
            )
        if switch.kind == "filter" and switch.sessions > 0:
            label = f"session table of the web filter ({switch.sessions:,})"
            yield _places(f"{switch.id}:sessions", "sessions", label, switch.sessions)


def _ports(network: Network) -> Gate:
    ports = network.public_addresses * PORTS_PER_ADDRESS
    return _places("ports", "ports", f"ports of the public addresses ({ports:,})", ports)


def _places(gate_id: str, kind: GateKind, label: str, places: int) -> Gate:
    """A table whose places are each taken for ``HOLD_S``."""
    return Gate(
        id=gate_id,
        kind=kind,
        label=label,
        rate_per_s=places / HOLD_S,
        most=float(places),
        retry_s=SYN_S,
        retry_most_s=SYN_MOST_S,
    )


def _services(services: dict[str, CloudService]) -> Iterator[Gate]:
    for service in services.values():
        if math.isfinite(service.requests_per_s):
            yield Gate(
                id=f"service:{service.id}",
                kind="service",
                label=f"requests that {service.label} takes of one school",
                rate_per_s=service.requests_per_s,
                most=service.requests_per_s * REQUEST_WINDOW_S,
                retry_s=BACKOFF_S,
                retry_most_s=BACKOFF_MOST_S,
                every_request=True,
            )
