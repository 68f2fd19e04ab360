"""The air of a stage: what there is of it for devices, and what a bit of it costs each of them in one replication.

``air_resources`` has no chance in it: the airtime that neighbours, beacons and idle devices leave. ``build_air`` ranks
radios and prices bits under the replication's shadowing. Who hears whom: ``rf.coverage``, ``mac.contention``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import ClientType
from wifisim.inputs.profile import Activity
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import AirSettings, Site
from wifisim.mac.airtime import Prices, prices, usable_airtime, usable_downloads
from wifisim.mac.association import Ranking, rank_radios
from wifisim.mac.contention import Domains
from wifisim.mac.links import link_kind, links, medium_of, several_users
from wifisim.mac.multiuser import split_db, user_counts
from wifisim.mac.scanning import Search, search_times
from wifisim.mac.standing import beacon_share, chatter_share
from wifisim.network.resources import Resource
from wifisim.rf.coverage import Coverage, with_shadowing
from wifisim.traffic.population import populate
from wifisim.traffic.sessions import Session

SMALL_BYTES = 20e3  # transfers below SMALL_LIMIT_BYTES on average are priced as one of this size, the others as bulk
SMALL_LIMIT_BYTES = 100e3
MOST_DOWNLOADS = 60  # at one radio at a time
MOST_CONTENDERS = 40  # Bianchi's goodput falls by under 1 % for each contender more
FAIR_COST_S_PER_BIT = 1e-8  # a device at 100 Mbit/s has weight 1 under airtime fairness (only ratios matter)
LEAST_AIRTIME = 0.05  # what neighbours leave of a channel at least
TYPICAL_MCS = 7  # 64-QAM 5/6: the rate at which the cost of contention is worked out


@dataclass(frozen=True, slots=True)
class Together:
    """Prices where at least so many ``users`` are served by one radio at a time (OFDMA, MU-MIMO)."""

    users: int
    bulk: Prices
    small: Prices


@dataclass(frozen=True, slots=True)
class ClientAir:
    """One client type's view of the air: its ranking of radios, and what its bits cost (bulk and small transfers).

    ``together`` is what they cost where a radio serves several at once, by rising numbers of users; empty without.
    ``search`` is how long it looks for a radio, ``steering_share`` how many of its kind go where the network asks.
    """

    ranking: Ranking
    bulk: Prices
    small: Prices
    search: Search
    steering_share: float
    together: tuple[Together, ...] = ()


@dataclass(frozen=True, slots=True)
class Air:
    """The air of one replication: ``clients`` by type; ``seats[room]`` are the places of a room.

    With ``airtime_fairness`` access points give every device the same time on the air, not the same throughput.
    """

    clients: dict[str, ClientAir]
    seats: tuple[NDArray[np.int64], ...]
    airtime_fairness: bool

    def places_of(self, room: int, count: int) -> NDArray[np.int64]:
        """Where ``count`` devices sit; beyond the seats, two share one."""
        seats = self.seats[room]
        return seats[np.arange(count) % seats.size]

    def cost(
        self, session: Session, members: NDArray[np.int64], radio: NDArray[np.int64], activity: Activity
    ) -> NDArray[np.float64]:
        """Air-seconds per bit [member] of the session's devices ``members``, device i being on ``radio[i]``."""
        if session.wired_switch_id:
            return np.zeros(members.size)
        client = self.clients[session.client_id]
        small = mean_bytes(activity) < SMALL_LIMIT_BYTES
        at = (radio[members], self.places_of(session.room, session.keys.size)[members])
        cost = _per_bit(client.small if small else client.bulk, activity)[at]
        # First order: all devices of the session on a radio have something waiting when one of them has.
        there = np.bincount(radio[radio >= 0], minlength=len(client.bulk.down_s_per_bit))[at[0]]
        for shared in client.together:
            cheaper = _per_bit(shared.small if small else shared.bulk, activity)[at]
            cost = np.where(there >= shared.users, cheaper, cost)
        return cost

    def weights(self, air_s_per_bit: NDArray[np.float64], activity: Activity) -> NDArray[np.float64]:
        """Share of each user under the sharing rule: its connections, and under airtime fairness 1/cost.

        The weight holds for the whole route, so on a full internet line fast devices get more too (a limit).
        """
        shares = np.full(air_s_per_bit.size, float(activity.connections))
        on_air = air_s_per_bit > 0.0
        if self.airtime_fairness:
            shares[on_air] *= FAIR_COST_S_PER_BIT / air_s_per_bit[on_air]
        return shares


def _per_bit(table: Prices, activity: Activity) -> NDArray[np.float64]:
    """Air-seconds per bit [radio, place] of an activity's transfers."""
    if activity.peers and activity.kind == "bulk":
        # From another device on the same radio: up there, down here.
        return table.down_s_per_bit + table.up_s_per_bit
    return table.down_s_per_bit if activity.direction == "down" else table.up_s_per_bit


@lru_cache(maxsize=1024)
def mean_bytes(activity: Activity) -> float:
    """Mean size of an activity's transfers, for pricing; a call sends chunks, a stream segments."""
    if activity.kind == "call":
        return activity.rate_bps * activity.chunk_s / 8.0
    if activity.kind == "stream":
        return activity.ladder_bps[-1] * activity.chunk_s / 8.0
    return activity.size_bytes.mean()


def air_resources(site: Site, stage: Stage, coverage: Coverage, domains: Domains) -> list[Resource]:
    """One resource a clique: what neighbours, beacons and idle devices leave of its airtime."""
    settings = site.simulation.air
    ssids = len(stage.network.ssids)
    devices = populate(site, stage, seed=site.simulation.seed, replication=0).count
    client = site.catalog.clients[site.programme.client_id]
    resources = []
    for clique in domains.cliques:
        radio = coverage.radios[clique[0]].radio
        alike = sum(placed.radio.band == radio.band for placed in coverage.radios)
        beacons = len(clique) * beacon_share(radio.band, ssids=ssids, rate_mbps=settings.beacon_rate_mbps)
        idle = math.ceil(devices * len(clique) / alike)
        chatter = chatter_share(radio.band, devices=idle, ssids=ssids, rate_mbps=settings.beacon_rate_mbps)
        left = 1.0 - stage.network.background_utilisation[radio.band] - beacons - chatter
        mode = replace(link_kind(radio, client).mode, mcs=TYPICAL_MCS)
        names = list(dict.fromkeys(coverage.radios[member].access_point_id for member in clique))
        resources.append(
            Resource(
                id=f"air:{radio.band}:{radio.channel}:{'+'.join(names)}",
                kind="air",
                label=f"{radio.band} GHz channel {radio.channel} at {_few(names)}",
                capacity=max(left, LEAST_AIRTIME),
                usable_airtime=usable_airtime(MOST_CONTENDERS, mode, medium_of(radio.band, settings)),
                usable_downloads=usable_downloads(MOST_DOWNLOADS, mode, medium_of(radio.band, settings)),
            )
        )
    return resources


def _few(names: Sequence[str]) -> str:
    """Up to three names, and how many more there are."""
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def build_air(
    site: Site,
    coverage: Coverage,
    domains: Domains,
    *,
    seed: int,
    replication: int,
    client_ids: Iterable[str] | None = None,
) -> Air:
    """Rankings and prices of ``client_ids`` under one replication's shadowing; without them, of all a stage can meet.

    The last few are remembered, because stages often differ in their devices and not in their radios.
    """
    clients = tuple(site.catalog.clients[name] for name in (_clients(site) if client_ids is None else client_ids))
    losses = hashlib.blake2b(coverage.path_loss_db.tobytes()).digest()
    rooms = len(site.building.rooms)
    key = (coverage.radios, losses, clients, site.simulation.air, site.country, rooms, seed, replication)
    if key not in _RECENT_AIRS:
        while len(_RECENT_AIRS) >= REMEMBERED_AIRS:
            del _RECENT_AIRS[next(iter(_RECENT_AIRS))]
        shadowed = with_shadowing(
            coverage, sigma_db=site.simulation.air.shadowing_sigma_db, seed=seed, replication=replication
        )
        _RECENT_AIRS[key] = _fresh_air(site, shadowed, domains, clients)
    return _RECENT_AIRS[key]


REMEMBERED_AIRS = 3
_RECENT_AIRS: dict[tuple[object, ...], Air] = {}


def _fresh_air(site: Site, coverage: Coverage, domains: Domains, clients: tuple[ClientType, ...]) -> Air:
    places = coverage.places.room
    seats = tuple(np.flatnonzero(places == room) for room in range(len(site.building.rooms)))
    views = {client.id: _client_air(site, coverage, domains, client) for client in clients}
    return Air(views, seats, site.simulation.air.airtime_fairness)


def _client_air(site: Site, coverage: Coverage, domains: Domains, client: ClientType) -> ClientAir:
    settings = site.simulation.air
    ranking = rank_radios(coverage, client, settings)
    found = links(coverage, domains, client, settings)
    bulk, small = prices(found), prices(found, transfer_bytes=SMALL_BYTES)
    return ClientAir(
        ranking=ranking,
        bulk=bulk,
        small=small,
        search=search_times(ranking.ranks, coverage.radios, client, channels=site.channels),
        steering_share=client.steering_share,
        together=_together(coverage, domains, client, settings, alone=(bulk, small)),
    )


def _together(
    coverage: Coverage,
    domains: Domains,
    client: ClientType,
    settings: AirSettings,
    *,
    alone: tuple[Prices, Prices],
) -> tuple[Together, ...]:
    """Prices for each number of users that may be served at once: of them, of fewer, or one by one, what is least."""
    most = several_users(settings)
    found: list[Together] = []
    bulk, small = alone
    for users in user_counts(most):
        multi = replace(most, users=users)
        split = links(coverage, domains, client, settings, split_db=split_db(multi))
        bulk = _cheaper_down(bulk, prices(split, multi=multi))
        small = _cheaper_down(small, prices(split, transfer_bytes=SMALL_BYTES, multi=multi))
        found.append(Together(users, bulk, small))
    return tuple(found)


def _cheaper_down(one: Prices, other: Prices) -> Prices:
    return replace(one, down_s_per_bit=np.minimum(one.down_s_per_bit, other.down_s_per_bit))


def _clients(site: Site) -> Iterable[str]:
    """Client types that may be on the air in any stage, each once, in a fixed order."""
    fleets = [fleet.client_id for fleet in site.fleets if not fleet.wired]
    waves = [wave.client_id for wave in site.waves]
    programme = site.programme.client_ids[1:] if waves else ()
    return dict.fromkeys([*fleets, *waves, *programme])
