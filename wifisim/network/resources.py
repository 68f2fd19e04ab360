"""What flows share, as bare records: resources and the routes over them.

One rule for air and wire (stated in ``fairness``): for each resource, the sum over its flows of rate x cost is at most
its capacity. Wire: cost 1, capacity in bit/s. Air: cost in air-seconds per bit, capacity in usable airtime (0-1).
An air resource is one maximal clique of a contention graph; a route names every clique its radio belongs to.
A gate is different: it does not share a rate but lets new connections, or requests, through one after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

ResourceKind = Literal["air", "link", "appliance", "line", "service"]
GateKind = Literal["resolver", "filter", "sessions", "ports", "service"]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something with a limit. ``capacity`` is bit/s, or the share of airtime (0-1) for kind ``air``.

    ``usable_airtime[k]`` (air only, else empty) is the factor on the capacity while k transmitters contend: one for
    each radio with a download in progress and one for each upload; the last entry stands for every larger k.
    ``usable_downloads[n]`` is a further factor while n downloads are in progress at each of those radios in the mean
    (rounded up), whose acknowledgements contend and share its queue.
    """

    id: str
    kind: ResourceKind
    label: str
    capacity: float
    usable_airtime: tuple[float, ...] = ()
    usable_downloads: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """What new connections (with ``every_request`` all transfers) pass: a leaky bucket (ITU-T I.371, annex A).

    It drains at ``rate_per_s`` and holds ``most``; who comes when it is full is refused and tries again after
    ``retry_s``, twice as long each time up to ``retry_most_s``. One that ``queues`` is a server: what it lets in waits
    until those before are through. The others count: a table of N places, each taken for T seconds, has rate N/T.
    Who is refused at a gate with ``next_id`` tries that one next.
    """

    id: str
    kind: GateKind
    label: str
    rate_per_s: float
    most: float
    retry_s: float
    retry_most_s: float
    queues: bool = False
    every_request: bool = False
    next_id: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a transfer. ``resources`` are indices into the resource list, in the direction of the data.

    ``radio`` is the radio index (-1 for a wired device). ``rtt_s`` is the round trip without queues; ``setup_s`` what
    a new connection adds before the first byte may be asked for; ``server_s`` the server's own time; ``cap_bps`` the
    ceiling of one connection. ``queues`` pairs a resource with the delay of its full buffer in seconds; ``gates`` puts
    the index of a gate with the share of new connections that pass it and how many times each of those does.
    """

    id: str
    direction: Literal["down", "up"]
    radio: int
    resources: tuple[int, ...]
    rtt_s: float
    setup_s: float
    server_s: float
    cap_bps: float = math.inf
    queues: tuple[tuple[int, float], ...] = ()
    gates: tuple[tuple[int, float, float], ...] = ()
