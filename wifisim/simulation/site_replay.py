"""Trace-driven runs over a site: a given list of transfers over the network of one stage.

The stage model of a school day gives everything: who shares air with whom, what a bit costs at each seat, the wiring.
The school's own traffic is not there, nor its faults and content caches; standing use of the air (beacons, idle
devices, neighbours) is. Where a device's seat is not given it takes the seat of median loss: of the room, or of the
places that the access point serves best. How many devices a radio takes is not limited.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from wifisim.inputs.catalog import ClientType, CloudService
from wifisim.inputs.findings import Findings
from wifisim.inputs.flow_list import FlowList
from wifisim.inputs.profile import Direction, Evidence
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import Site
from wifisim.inputs.site_flows import ANYWHERE, FlowEnd
from wifisim.network.build import (
    ETHERNET_FRAME_BYTES,
    LINE_FRAME_BYTES,
    Attachment,
    Need,
    SharedNetwork,
    build_network,
)
from wifisim.network.resources import Resource
from wifisim.network.transport import MSS_BYTES
from wifisim.results.records import FloatArray, IntArray
from wifisim.rf.coverage import with_shadowing
from wifisim.simulation.air import SMALL_LIMIT_BYTES, Air, ClientAir, build_air
from wifisim.simulation.replay import Replayed, Terms, carry
from wifisim.simulation.stage import StageModel, build_models

_DIRECTIONS: tuple[Direction, Direction] = ("down", "up")
_REPLICATION = 0
# What a transfer without a service meets beyond the line: nothing but TCP's own set-up, one round trip (RFC 9293).
_LINE_ONLY = CloudService("", "internet line", 0.0, 0.0, math.inf, 1.0, 0.0, Evidence("project", "", ""))


def replay_site(
    site: Site, stage: Stage, flows: FlowList, ends: tuple[FlowEnd, ...], *, client_id: str, pure_fluid: bool
) -> Replayed:
    """Carry ``flows`` between devices of one type at ``ends`` and the internet.

    Raises ``InputError`` with all ends that no radio, or not the one asked for, reaches.
    """
    model = build_models(replace(site, stages=(stage,)))[0]
    seed = site.simulation.seed
    air = build_air(site, model.coverage, model.domains, seed=seed, replication=_REPLICATION, client_ids=(client_id,))
    radio, place = _locate(site, model, air, ends, client=site.catalog.clients[client_id])
    network = _network(site, model, ends)
    route = np.array(
        [
            [network.route_of[Need(end.service_id, direction, peers=False)][on] for direction in _DIRECTIONS]
            for end, on in zip(ends, radio, strict=True)
        ],
        np.int64,
    ).reshape(-1, 2)
    resources, routes = network.resources, network.routes
    if pure_fluid:
        resources = tuple(_bare(resource) for resource in resources)
        routes = tuple(replace(way, cap_bps=math.inf) for way in routes)

    def terms(part: FlowList) -> Terms:
        cost = _cost(air.clients[client_id], part, radio, place, pure_fluid=pure_fluid)
        return Terms(route[part.station, part.up.astype(np.int64)], cost)

    return carry(resources, routes, flows, terms=terms, pure_fluid=pure_fluid)


def _network(site: Site, model: StageModel, ends: tuple[FlowEnd, ...]) -> SharedNetwork:
    """The stage's wiring with routes from every radio to the services of the list."""
    services = dict.fromkeys(end.service_id for end in ends)
    return build_network(
        model.stage.network,
        {**site.catalog.services, _LINE_ONLY.id: _LINE_ONLY},
        air=[resource for resource in model.network.resources if resource.kind == "air"],
        attachments=[Attachment(r, p.access_point_id, model.cliques_of[r]) for r, p in enumerate(model.radios)],
        needs=[Need(service_id, direction, peers=False) for service_id, direction in product(services, _DIRECTIONS)],
    )


def _bare(resource: Resource) -> Resource:
    """The resource without what headers and contention take of it."""
    if resource.kind == "air":
        return replace(resource, usable_airtime=(), usable_downloads=())
    frame_bytes = ETHERNET_FRAME_BYTES if resource.kind == "link" else LINE_FRAME_BYTES
    return replace(resource, capacity=resource.capacity * frame_bytes / MSS_BYTES)


def _cost(client: ClientAir, flows: FlowList, radio: IntArray, place: IntArray, *, pure_fluid: bool) -> FloatArray:
    """Air-seconds per bit [transfer]; small transfers are dearer, as on a day, unless ``pure_fluid``."""
    small = (flows.size_bytes < SMALL_LIMIT_BYTES) & (not pure_fluid)
    price = np.array(
        [
            [table.down_s_per_bit[radio, place], table.up_s_per_bit[radio, place]]
            for table in (client.bulk, client.small)
        ]
    )
    return np.asarray(price[small.astype(np.int64), flows.up.astype(np.int64), flows.station])


def _locate(
    site: Site, model: StageModel, air: Air, ends: tuple[FlowEnd, ...], *, client: ClientType
) -> tuple[IntArray, IntArray]:
    """Radio and place [end]."""
    sigma_db, seed = site.simulation.air.shadowing_sigma_db, site.simulation.seed
    coverage = with_shadowing(model.coverage, sigma_db=sigma_db, seed=seed, replication=_REPLICATION)
    # A last column that stands for no radio, so that there is one on a site without any.
    ranks = np.pad(air.clients[client.id].ranking.ranks, ((0, 0), (0, 1)), constant_values=-1)
    seating = _Seating(model, air, ranks, coverage.path_loss_db)
    findings = Findings()
    found = np.zeros((len(ends), 2), np.int64)
    for number, end in enumerate(ends):
        seat = seating.of(end)
        if seat is None:
            who = f"access point {end.ap_id}" if end.ap_id else "any access point"
            findings.add(end.place, f"is out of reach of {who} for device {client.id}")
        else:
            found[number] = seat
    findings.raise_if_any()
    return found[:, 0], found[:, 1]


@dataclass(slots=True)
class _Seating:
    """Finds radio and place of devices; ``ranks`` [place, rank] and ``loss_db`` [radio, place] are the client's."""

    model: StageModel
    air: Air
    ranks: IntArray
    loss_db: FloatArray
    _radios: dict[str, IntArray] = field(default_factory=dict)

    def of(self, end: FlowEnd) -> tuple[int, int] | None:
        """Radio and place, None out of reach."""
        radios = self._radio_at(end.ap_id)
        places = self._places(end)
        places = places[radios[places] >= 0]
        if not places.size:
            return None
        by_loss = places[np.argsort(self.loss_db[radios[places], places], kind="stable")]
        place = int(by_loss[(by_loss.size - 1) // 2])
        return int(radios[place]), place

    def _places(self, end: FlowEnd) -> IntArray:
        """Where the device may sit: its seat, its room, or where its access point is the best, else heard at all."""
        if end.room != ANYWHERE:
            seats = self.air.seats[end.room]
            return seats if end.seat == ANYWHERE else seats[end.seat : end.seat + 1]
        own = self._radio_at(end.ap_id)
        best = np.flatnonzero((own >= 0) & (own == self._radio_at("")))
        return best if best.size else np.flatnonzero(own >= 0)

    def _radio_at(self, ap_id: str) -> IntArray:
        """The best radio [place] of an access point ('': of any), -1 where none is heard."""
        if ap_id not in self._radios:
            own = np.array([ap_id in ("", placed.access_point_id) for placed in self.model.radios], np.bool_)
            # One more behind the radios: -1 in the ranks is no radio.
            usable = np.append(own, False)[self.ranks]
            first = np.take_along_axis(self.ranks, usable.argmax(axis=1)[:, None], axis=1)[:, 0]
            self._radios[ap_id] = np.where(usable.any(axis=1), first, -1)
        return self._radios[ap_id]
