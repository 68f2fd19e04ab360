"""The written form of the network: internet lines, filter, switches, caches and access points."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from wifisim.inputs.written.fields import (
    Channel,
    Count,
    Flag,
    Mbps,
    Milliseconds,
    MountHeight,
    Name,
    Number,
    PointM,
    PowerDbm,
    Seconds,
    Share,
    Watts,
    Whole,
    Written,
    shape_of,
)

BandKey = Literal["2.4", "5", "6"]
Width = Annotated[Whole, Field(ge=20, le=320)]
Addresses = Annotated[Whole, Field(ge=1, le=16_000_000)]
PublicAddresses = Annotated[Whole, Field(ge=1, le=65_536)]
Rate = Annotated[Number, Field(gt=0, le=10_000_000)]
LeaseHours = Annotated[float, Field(strict=True, gt=0, le=8784)]

# Settings of a radio that says nothing: narrow channels reuse better where rooms are dense
# (Badman, "Why K-12 schools need Wi-Fi design", 2015: 20 MHz in multi-storey buildings).
DEFAULT_WIDTH_MHZ = {"2.4": 20, "5": 20, "6": 40}
DEFAULT_POWER_DBM = {"2.4": 8.0, "5": 14.0, "6": 14.0}
DEFAULT_BACKGROUND = {"2.4": 0.3, "5": 0.05, "6": 0.0}


class WrittenLine(Written):
    """The internet line."""

    down_mbps: Mbps = Field(description="contracted rate to the school")
    up_mbps: Mbps = Field(description="contracted rate from the school")
    rtt_ms: Milliseconds = Field(default=8.0, description="round trip to the provider's edge on an idle line")
    buffer_ms: Milliseconds = Field(default=50.0, description="delay of the full queue in front of the line")
    queue: Literal["fifo", "codel"] = Field(default="fifo", description="how the queue is managed")


class WrittenBackupLine(Written):
    """The line that takes over when the main one fails."""

    down_mbps: Mbps = Field(description="rate to the school")
    up_mbps: Mbps = Field(description="rate from the school")
    rtt_ms: Milliseconds = Field(default=45.0, description="round trip to the provider's edge on an idle line")
    buffer_ms: Milliseconds = Field(default=50.0, description="delay of the full queue in front of the line")
    queue: Literal["fifo", "codel"] = Field(default="fifo", description="how the queue is managed")
    failover_s: Seconds = Field(
        default=40.0, description=("time from the main line's failure until this one carries traffic")
    )


class WrittenWan(Written):
    """Internet lines."""

    main: WrittenLine = Field(description="the line in normal use")
    backup: WrittenBackupLine | None = Field(default=None, description="the line that takes over; default: none")


class WrittenFilter(Written):
    """The firewall or content filter between the top switch and the line."""

    throughput_mbps: Mbps = Field(description="what it inspects, both directions together")
    uplink_mbps: Mbps = Field(default=10_000.0, description="its port towards the line")
    sessions: Count = Field(default=60_000, description="most connections at a time")
    new_connection_ms: Milliseconds = Field(default=25.0, description="delay it adds to a new connection")
    connections_per_s: Rate | None = Field(
        default=None, description="new connections a second that it manages, inspection on; default: no limit known"
    )


class WrittenSwitch(Written):
    """A switch."""

    uplink: Name | None = Field(
        default=None,
        description="next device towards the internet: a switch, filter or wan; default: filter where there is one",
    )
    uplink_mbps: Mbps = Field(default=1000.0, description="rate of the uplink, each direction")
    poe_w: Watts = Field(default=0.0, description="power budget for the devices it feeds")


class WrittenCache(Written):
    """A local content cache."""

    at: Name = Field(description="the switch it is plugged into")
    link_mbps: Mbps = Field(default=1000.0, description="rate of its cable")
    hit_share: dict[Name, Share] = Field(description="share of each service's downloaded bytes that it answers")


class WrittenDhcp(Written):
    """The address pool of the pupils' network."""

    addresses: Addresses = Field(default=2000, description="addresses to give out")
    lease_h: LeaseHours = Field(default=8.0, description="how long an address stays taken")


class WrittenNat(Written):
    """Address translation at the line."""

    public_addresses: PublicAddresses = Field(default=1, description="public IPv4 addresses that devices share")


# What a resolver manages. Cloud: Google Public DNS for ISPs, "1500 QPS" for each public address. The others have no
# source (weak): a server of the school's, and a small router that forwards questions.
DEFAULT_QUERIES_PER_S = {"cloud": 1500.0, "server": 5000.0, "router": 500.0}
DEFAULT_ANSWER_MS = {"cloud": 10.0, "server": 1.0, "router": 1.0}


class WrittenDns(Written):
    """Name service: who tells devices the address that belongs to a name."""

    at: Literal["cloud", "server", "router"] = Field(
        default="cloud", description="who answers: a public or filtering service, a server here, or the router here"
    )
    resolvers: Literal[1, 2] = Field(
        default=1, description="how many devices know; a second one answers after a time-out"
    )
    queries_per_s: Rate | None = Field(
        default=None,
        description="what it answers; default: cloud 1500 for each public address, server 5000, router 500",
    )
    answer_ms: Milliseconds | None = Field(
        default=None, description="answer to a name that it knows, beyond the line if in the cloud; default 10 or 1"
    )
    cache_share: Share = Field(default=0.65, description="share of questions that it knows the answer to")
    upstream_ms: Milliseconds = Field(default=100.0, description="how much longer the others take")
    lookup_share: Share = Field(
        default=0.5, description="share of new connections that ask; the others have the name already; our choice"
    )
    timeout_s: Annotated[Number, Field(gt=0, le=60)] = Field(
        default=5.0, description="how long a device waits for an answer; Linux and Android 5, Windows 1"
    )


class WrittenLogin(Written):
    """How devices get onto the Wi-Fi."""

    method: Literal["psk", "802.1x"] = Field(
        default="psk", description="a key that all share, or 802.1x: each device by name at a login server (RADIUS)"
    )
    logins_per_s: Annotated[Number, Field(gt=0, le=100_000)] = Field(
        default=30.0, description="with 802.1x: what the login server manages; default our choice, measure yours"
    )
    fast_transition: Flag = Field(
        default=False, description="with 802.1x: 802.11r, so that a device logs in once a day and not at every radio"
    )


class WrittenRadio(Written):
    """Settings of one radio."""

    channel: Channel | None = Field(default=None, description="primary 20 MHz channel; default: planned")
    channels: tuple[Channel, ...] | None = Field(
        default=None, min_length=1, max_length=64, description="with `rooms`: channels taken in turn"
    )
    width_mhz: Width | None = Field(
        default=None, description=("channel width; default 20 (2.4 and 5 GHz) or 40 (6 GHz)")
    )
    power_dbm: PowerDbm | None = Field(
        default=None,
        description="power fed to the antenna, sum of all chains; default 8 (2.4 GHz) or 14, at most what is legal",
    )


RadioSetting = Annotated[
    Annotated[WrittenRadio, Tag("mapping")] | Annotated[Literal["off"], Tag("text")], Discriminator(shape_of)
]


class WrittenAccessPoint(Written):
    """An access point in a room (`room`), at a point (`floor` and `at_m`), or one in each of several `rooms`."""

    id: Name = Field(description="unique name; with `rooms` it holds {room}")
    model: Name = Field(description="model from the catalogue")
    room: Name | None = Field(default=None, description="the room in whose middle it hangs")
    rooms: tuple[Name, ...] | None = Field(default=None, min_length=1, description="rooms that get one each")
    floor: Name | None = Field(default=None, description="floor, with `at_m`")
    at_m: PointM | None = Field(default=None, description="place on the plan")
    switch: Name = Field(description="the switch its cable goes to")
    height_m: MountHeight | None = Field(
        default=None, description=("above the floor; default 2.7 or 0.1 below the slab")
    )
    uplink_mbps: Mbps | None = Field(default=None, description="rate of its cable; default: the model's port")
    radios: dict[BandKey, RadioSetting] = Field(
        default_factory=dict, description=("settings by band (2.4, 5, 6); off switches a radio off; default: all on")
    )


class WrittenNetwork(Written):
    """The network as it stands before the first upgrade."""

    wan: WrittenWan = Field(description="internet lines")
    filter: WrittenFilter | None = Field(default=None, description="firewall or content filter; default: none")
    switches: dict[Name, WrittenSwitch] = Field(min_length=1, max_length=2000, description="switches by name")
    caches: dict[Name, WrittenCache] = Field(default_factory=dict, description="local content caches by name")
    dhcp: WrittenDhcp = Field(default=WrittenDhcp(), description="address pool")
    nat: WrittenNat = Field(default=WrittenNat(), description="address translation")
    dns: WrittenDns = Field(default=WrittenDns(), description="name service")
    login: WrittenLogin = Field(default=WrittenLogin(), description="how devices get onto the Wi-Fi")
    ssids: tuple[Name, ...] = Field(
        default=("pupils", "staff", "guest"),
        min_length=1,
        max_length=16,
        description=("network names every radio beacons"),
    )
    background_utilisation: dict[BandKey, Share] = Field(
        default_factory=dict,
        description=("airtime that others take, by band; default 0.3 at 2.4, 0.05 at 5, 0 at 6 GHz"),
    )
    access_points: tuple[WrittenAccessPoint, ...] = Field(min_length=1, max_length=2000, description="access points")
