"""The network as the program uses it: radios, switches, filter, cache, internet lines and cloud services.

The wired side is a tree: every access point and switch has one uplink, the top of the tree is the main internet line.
Rates are in bit/s, power in dBm as fed to the antenna summed over the transmit chains, heights above the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from wifisim.inputs.floorplan import Point

Band = Literal["2.4", "5", "6"]
Generation = Literal["n", "ac", "ax", "be"]
RESOLVER = "dns"  # the name under which name service fails

SwitchKind = Literal["switch", "filter"]
ResolverPlace = Literal["cloud", "server", "router"]


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio of an access point. ``channel`` is the primary 20 MHz channel number of IEEE 802.11 Annex E."""

    band: Band
    generation: Generation
    channel: int
    width_mhz: int
    power_dbm: float
    antenna_gain_dbi: float
    streams: int
    noise_figure_db: float
    max_clients: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point; ``switch_id`` is where its cable goes, ``uplink_bps`` what the cable carries each way."""

    id: str
    model_id: str
    floor_id: str
    at_m: Point
    height_m: float
    switch_id: str
    uplink_bps: float
    poe_w: float
    radios: tuple[Radio, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch, or the filter/firewall: an appliance in the path whose two directions share ``throughput_bps``.

    ``uplink_id`` names the next device towards the internet; the empty string means the internet line itself.
    ``throughput_bps`` is infinite for a plain switch. ``sessions``, ``new_connection_s`` and ``connections_per_s`` (new
    ones that it sets up, infinite where not known) are the filter's.
    """

    id: str
    kind: SwitchKind
    uplink_id: str
    uplink_bps: float
    throughput_bps: float
    poe_budget_w: float
    sessions: int
    new_connection_s: float
    connections_per_s: float = math.inf


@dataclass(frozen=True, slots=True)
class ContentCache:
    """A local content cache on switch ``at_id`` that answers ``hit_share[service_id]`` of a service's downloads."""

    id: str
    at_id: str
    link_bps: float
    hit_share: dict[str, float]


@dataclass(frozen=True, slots=True)
class Wan:
    """An internet line. ``rtt_s`` is the round trip to the provider's edge, ``buffer_s`` its full queue's delay."""

    id: str
    down_bps: float
    up_bps: float
    rtt_s: float
    buffer_s: float
    queue: Literal["fifo", "codel"]
    failover_s: float


@dataclass(frozen=True, slots=True)
class Login:
    """How devices get onto the Wi-Fi: a shared key, or each by name at a server (IEEE 802.1X).

    The server takes ``logins_per_s``. With ``fast_transition`` (802.11r) a device logs in once a day, else at every
    radio that is new to it.
    """

    method: Literal["psk", "802.1x"] = "psk"
    logins_per_s: float = 30.0
    fast_transition: bool = False


@dataclass(frozen=True, slots=True)
class Dns:
    """Who answers devices' questions for addresses, and how fast.

    Of new connections ``lookup_share`` ask; the resolver knows ``cache_share`` of the names and answers after
    ``answer_s`` (in the cloud: beyond the line), else after ``upstream_s`` more. A device waits ``timeout_s`` for an
    answer; then it asks the second of two ``resolvers``, or the only one again.
    """

    at: ResolverPlace = "cloud"
    resolvers: int = 1
    queries_per_s: float = 1500.0
    answer_s: float = 0.01
    cache_share: float = 0.65
    upstream_s: float = 0.1
    lookup_share: float = 0.5
    timeout_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Network:
    """All equipment. ``wan[0]`` is the main line, ``wan[1]``, where there is one, takes over when it fails.

    ``background_utilisation`` is the share of airtime per band that neighbours and other devices take;
    ``public_addresses`` are the IPv4 addresses that all connections leave from.
    """

    wan: tuple[Wan, ...]
    switches: tuple[Switch, ...]
    caches: tuple[ContentCache, ...]
    access_points: tuple[AccessPoint, ...]
    ssids: tuple[str, ...]
    background_utilisation: dict[Band, float]
    dhcp_addresses: int
    dhcp_lease_s: float
    public_addresses: int = 1
    login: Login = Login()
    dns: Dns = Dns()
