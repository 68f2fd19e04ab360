"""The network resolved: internet lines, the tree of switches, caches, and access points in their places.

The wired side must be a tree that ends at the line: every switch has one uplink, and following uplinks leads to the
filter or the line, never round. An access point must hang inside a room.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from shapely import Point as ShapelyPoint
from shapely import Polygon, maximum_inscribed_circle

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.equipment import AccessPoint, Band, ContentCache, Dns, Login, Network, Switch, Wan
from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.floorplan import Building, Floor, Point, Room
from wifisim.inputs.resolve.radios import RadioDesk, resolve_radios, with_planned_channels
from wifisim.inputs.resolve.spectrum import Spectrum
from wifisim.inputs.source import Node
from wifisim.inputs.written.network import (
    DEFAULT_ANSWER_MS,
    DEFAULT_BACKGROUND,
    DEFAULT_QUERIES_PER_S,
    WrittenAccessPoint,
    WrittenBackupLine,
    WrittenLine,
    WrittenNetwork,
)
from wifisim.units import bps_from_mbps

FILTER = "filter"
LINE = "wan"
DEFAULT_MOUNT_M = 2.7
# Half a wall: an access point on the wall between two rooms still counts as inside.
INSIDE_TOLERANCE_M = 0.15
_BANDS: tuple[Band, ...] = ("2.4", "5", "6")


@dataclass(frozen=True, slots=True)
class NetworkDesk:
    """What resolving a network needs to know; ``root`` is the node of its section."""

    root: Node
    building: Building
    catalog: Catalog
    spectrum: Spectrum
    findings: Findings

    def fault(self, loc: Loc, rule: str, names: Iterable[str] | None = None) -> None:
        """Report what stands at ``loc``."""
        self.findings.add(self.root.place(loc), rule, names=names)


def resolve_network(written: WrittenNetwork, desk: NetworkDesk) -> Network:
    """The network of one stage; what cannot be resolved is left out after a problem."""
    switches = _switches(written, desk)
    levels = {floor.id: floor.level for floor in desk.building.floors}
    access_points = _access_points(written, desk)
    if len(set(written.ssids)) < len(written.ssids):
        desk.fault(("ssids",), "must not name a network twice")
    return Network(
        wan=_lines(written),
        switches=switches,
        caches=_caches(written, desk),
        access_points=with_planned_channels(access_points, levels, desk.spectrum),
        ssids=written.ssids,
        background_utilisation={
            band: written.background_utilisation.get(band, DEFAULT_BACKGROUND[band]) for band in _BANDS
        },
        dhcp_addresses=written.dhcp.addresses,
        dhcp_lease_s=round(written.dhcp.lease_h * 3600, 3),
        public_addresses=written.nat.public_addresses,
        dns=_dns(written),
        login=Login(written.login.method, written.login.logins_per_s, written.login.fast_transition),
    )


def _lines(written: WrittenNetwork) -> tuple[Wan, ...]:
    lines = [_line("main", written.wan.main, 0.0)]
    if written.wan.backup is not None:
        lines.append(_line("backup", written.wan.backup, written.wan.backup.failover_s))
    return tuple(lines)


def _dns(written: WrittenNetwork) -> Dns:
    dns = written.dns
    # A public resolver counts by the address that the questions come from.
    sources = written.nat.public_addresses if dns.at == "cloud" else 1
    default_per_s = DEFAULT_QUERIES_PER_S[dns.at] * sources
    return Dns(
        at=dns.at,
        resolvers=dns.resolvers,
        queries_per_s=default_per_s if dns.queries_per_s is None else dns.queries_per_s,
        answer_s=(DEFAULT_ANSWER_MS[dns.at] if dns.answer_ms is None else dns.answer_ms) / 1000,
        cache_share=dns.cache_share,
        upstream_s=dns.upstream_ms / 1000,
        lookup_share=dns.lookup_share,
        timeout_s=dns.timeout_s,
    )


def _line(line_id: str, written: WrittenLine | WrittenBackupLine, failover_s: float) -> Wan:
    return Wan(
        id=line_id,
        down_bps=bps_from_mbps(written.down_mbps),
        up_bps=bps_from_mbps(written.up_mbps),
        rtt_s=written.rtt_ms / 1000,
        buffer_s=written.buffer_ms / 1000,
        queue=written.queue,
        failover_s=failover_s,
    )


def _switches(written: WrittenNetwork, desk: NetworkDesk) -> tuple[Switch, ...]:
    top = FILTER if written.filter is not None else LINE
    uplinks = {name: switch.uplink or top for name, switch in written.switches.items()}
    if written.filter is not None:
        uplinks[FILTER] = LINE
    for name in (FILTER, LINE):
        if name in written.switches:
            desk.fault(("switches", name), f"must have another name: {name} stands for the {name} itself")
    for name, uplink in uplinks.items():
        if uplink != LINE and uplink not in uplinks:
            names = [*(key for key in uplinks if key != name), LINE]
            desk.fault(("switches", name, "uplink"), "is not a switch, filter or wan", names)
    _check_tree(uplinks, desk)
    switches = [
        Switch(
            id=name,
            kind="switch",
            uplink_id="" if uplinks[name] == LINE else uplinks[name],
            uplink_bps=bps_from_mbps(switch.uplink_mbps),
            throughput_bps=math.inf,
            poe_budget_w=switch.poe_w,
            sessions=0,
            new_connection_s=0.0,
        )
        for name, switch in written.switches.items()
    ]
    return (*_filter(written), *switches)


def _filter(written: WrittenNetwork) -> list[Switch]:
    if written.filter is None:
        return []
    return [
        Switch(
            id=FILTER,
            kind="filter",
            uplink_id="",
            uplink_bps=bps_from_mbps(written.filter.uplink_mbps),
            throughput_bps=bps_from_mbps(written.filter.throughput_mbps),
            poe_budget_w=0.0,
            sessions=written.filter.sessions,
            new_connection_s=written.filter.new_connection_ms / 1000,
            connections_per_s=written.filter.connections_per_s or math.inf,
        )
    ]


def _check_tree(uplinks: dict[str, str], desk: NetworkDesk) -> None:
    """Report each cycle of uplinks once, at its first switch in file order."""
    done: set[str] = set()
    for start in uplinks:
        path: list[str] = []
        name = start
        while name in uplinks and name not in done and name not in path:
            path.append(name)
            name = uplinks[name]
        if name in path:
            cycle = path[path.index(name) :]
            rule = f"must lead to the line, but goes round: {' -> '.join([*cycle, cycle[0]])}"
            desk.fault(("switches", cycle[0], "uplink"), rule)
        done.update(path)


def _caches(written: WrittenNetwork, desk: NetworkDesk) -> tuple[ContentCache, ...]:
    caches = []
    for name, cache in written.caches.items():
        loc: Loc = ("caches", name)
        if cache.at not in written.switches:
            desk.fault((*loc, "at"), "is not a switch", written.switches)
        for service in cache.hit_share:
            if service not in desk.catalog.services:
                place = desk.root.place((*loc, "hit_share", service)).of_key(service)
                desk.findings.add(place, "is not a service of the catalogue", names=desk.catalog.services)
        caches.append(ContentCache(name, cache.at, bps_from_mbps(cache.link_mbps), dict(cache.hit_share)))
    return tuple(caches)


def _access_points(written: WrittenNetwork, desk: NetworkDesk) -> tuple[AccessPoint, ...]:
    rooms = {room.id: room for room in desk.building.rooms}
    radio_desk = RadioDesk(desk.root, desk.spectrum, desk.findings)
    seen: dict[str, int] = {}
    found = []
    for index, ap in enumerate(written.access_points):
        loc: Loc = ("access_points", index)
        if seen.setdefault(ap.id, index) != index:
            desk.fault((*loc, "id"), "is the id of another access point too")
        model = desk.catalog.access_points.get(ap.model)
        if model is None:
            desk.fault((*loc, "model"), "is not a model of the catalogue", desk.catalog.access_points)
        if ap.switch not in written.switches:
            desk.fault((*loc, "switch"), "is not a switch", written.switches)
        place = _place(ap, loc, rooms, desk)
        if model is None or place is None:
            continue
        floor, at_m = place
        found.append(
            AccessPoint(
                id=ap.id,
                model_id=ap.model,
                floor_id=floor.id,
                at_m=at_m,
                height_m=_height(ap, floor, loc, desk),
                switch_id=ap.switch,
                uplink_bps=model.uplink_bps if ap.uplink_mbps is None else bps_from_mbps(ap.uplink_mbps),
                poe_w=model.poe_w,
                radios=resolve_radios(ap, model, loc, radio_desk),
            )
        )
    return tuple(found)


def _height(ap: WrittenAccessPoint, floor: Floor, loc: Loc, desk: NetworkDesk) -> float:
    if ap.height_m is None:
        return min(DEFAULT_MOUNT_M, round(floor.height_m - 0.1, 3))
    if ap.height_m > floor.height_m:
        desk.fault((*loc, "height_m"), f"must be at most {floor.height_m:g}, the height of floor {floor.id}")
    return ap.height_m


def _place(ap: WrittenAccessPoint, loc: Loc, rooms: dict[str, Room], desk: NetworkDesk) -> tuple[Floor, Point] | None:
    floors = {floor.id: floor for floor in desk.building.floors}
    by_point = ap.floor is not None and ap.at_m is not None
    if (ap.room is not None) == by_point or (ap.floor is None) != (ap.at_m is None):
        desk.fault(loc, "must have either room (or rooms), or floor and at_m")
        return None
    if ap.room is not None:
        if ap.room not in rooms:
            desk.fault((*loc, "room"), "is not a room", rooms)
            return None
        return floors[rooms[ap.room].floor_id], middle_m(rooms[ap.room])
    if ap.floor not in floors:
        desk.fault((*loc, "floor"), "is not a floor", floors)
        return None
    floor, at_m = floors[ap.floor], ap.at_m or (0.0, 0.0)
    if not _is_inside(at_m, floor):
        desk.fault((*loc, "at_m"), f"is in no room of floor {floor.id}")
    return floor, at_m


def middle_m(room: Room) -> Point:
    """The centre of a room, or the point deepest inside where the centre lies outside (an L-shaped room)."""
    shape = Polygon(room.outline_m)
    middle = shape.centroid
    if not shape.buffer(-0.3).contains(middle):
        x, y = maximum_inscribed_circle(shape, tolerance=0.05).coords[0]
        return (round(x, 3), round(y, 3))
    return (round(middle.x, 3), round(middle.y, 3))


def _is_inside(at_m: Point, floor: Floor) -> bool:

    spot = ShapelyPoint(at_m)
    near = (room for room in floor.rooms if _is_near(at_m, room))
    return any(Polygon(room.outline_m).distance(spot) <= INSIDE_TOLERANCE_M for room in near)


def _is_near(at_m: Point, room: Room) -> bool:
    """Whether a point is in the rectangle around a room."""
    spans = zip(at_m, zip(*room.outline_m, strict=True), strict=True)
    return all(min(span) - INSIDE_TOLERANCE_M <= x <= max(span) + INSIDE_TOLERANCE_M for x, span in spans)
