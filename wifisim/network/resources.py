"""What flows share, as bare records: resources and the routes over them.

One rule for air and wire (stated in ``fairness``): for each resource, the sum over its flows of rate x cost is at most
its capacity. Wire: cost 1, capacity in bit/s. Air: cost in air-seconds per bit, capacity in usable airtime (0-1).
An air resource is one maximal clique of a contention graph; a route names every clique its radio belongs to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

ResourceKind = Literal["air", "link", "appliance", "line", "service"]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something with a limit. ``capacity`` is bit/s, or the share of airtime (0-1) for kind ``air``.

    ``usable_airtime[k]`` (air only, else empty) is the factor on the capacity while k transmitters contend: one for
    each radio with a download in progress and one for each upload; the last entry stands for every larger k.
    ``air_per_download`` is the airtime that each download in progress costs beside its bits, as a share of what carries
    bits: n of them leave 1 / (1 + n x ``air_per_download``).
    """

    id: str
    kind: ResourceKind
    label: str
    capacity: float
    usable_airtime: tuple[float, ...] = ()
    air_per_download: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a transfer. ``resources`` are indices into the resource list, in the direction of the data.

    ``radio`` is the radio index (-1 for a wired device). ``rtt_s`` is the round trip without queues; ``setup_s`` what
    a new connection adds before the first byte may be asked for; ``server_s`` the server's own time; ``cap_bps`` the
    ceiling of one connection. ``queues`` pairs a resource with the delay of its full buffer in seconds.
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
