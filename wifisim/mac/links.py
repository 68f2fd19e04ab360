"""The links of a client type: which modes the signal carries at every place, and what strangers make of them.

The modes of a link are those that radio and client both have; the signal carries one where it is ``rate_margin_db``
above what the standard's sensitivity table asks, over the receiver's noise. A usable link never falls below MCS 0.
Radios that are not heard slow both directions down (``strangers``): the clients where they sit, the radio where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import ClientType
from wifisim.inputs.equipment import Band, Radio
from wifisim.inputs.site import AirSettings
from wifisim.mac.association import usable_links
from wifisim.mac.contention import Domains, unheard
from wifisim.mac.exchange import Exchange, Medium
from wifisim.mac.frames import Aggregation
from wifisim.mac.multiuser import SINGLE_USER, MultiUser
from wifisim.mac.strangers import Receiver, slowdown, told_apart
from wifisim.mac.tcp import SEGMENTS_PER_ACK, ack_exchange, data_exchange
from wifisim.mac.timing import SIGNAL_DETECT_DBM
from wifisim.rf.coverage import Coverage, rssi_dbm, uplink_rssi_dbm
from wifisim.rf.phy import GENERATIONS, PhyMode, default_guard_interval_ns, ladder, widths_mhz
from wifisim.units import dbm_from_mw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of a radio's links: the modes, and the fastest that the signal carries [place].

    How many times longer strangers make data and acknowledgements [mode, place], infinite above that; ``calm`` [place]
    is where they do no harm.
    """

    modes: tuple[PhyMode, ...]
    step: Ints
    data_slower: Floats
    acks_slower: Floats
    calm: Bools


@dataclass(frozen=True, slots=True)
class Link:
    """One radio's links with one client type at the ``places`` where there are any; ``antennas`` are the radio's."""

    radio: int
    places: Ints
    antennas: int
    medium: Medium
    down: Way
    up: Way


@dataclass(frozen=True, slots=True)
class Links:
    """All links of a client type; ``shape`` is that of arrays [radio, place]."""

    shape: tuple[int, int]
    by_radio: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LinkKind:
    """What radio and client have in common: the older generation, the smaller width, the fewer streams."""

    mode: PhyMode
    band: Band
    radio_streams: int
    client_streams: int


def link_kind(radio: Radio, client: ClientType) -> LinkKind:
    """The best mode class both ends have; its MCS is a placeholder 0."""
    generation = min(radio.generation, client.generation, key=GENERATIONS.index)
    cap = min(radio.width_mhz, client.max_width_mhz)
    width = max((w for w in widths_mhz(generation) if w <= cap), default=20)
    streams = min(radio.streams, client.streams)
    mode = PhyMode(generation, width, streams, 0, default_guard_interval_ns(generation))
    return LinkKind(mode, radio.band, radio.streams, client.streams)


def medium_of(band: Band, settings: AirSettings) -> Medium:
    """The medium under a site's settings; 802.11b devices are felt at 2.4 GHz only."""
    limits = Aggregation(max_octets=settings.ampdu_max_bytes, amsdu_octets=settings.amsdu_max_bytes)
    protection = settings.legacy_devices and band == "2.4"
    return Medium(band=band, limits=limits, rts_cts=settings.rts_cts, protection=protection)


def several_users(settings: AirSettings) -> MultiUser:
    """How many users a site's settings let a radio serve at once."""
    wanted = settings.multi_user
    if wanted.kind == "off":
        return SINGLE_USER
    return MultiUser("ofdma" if wanted.kind == "ofdma" else "mimo", wanted.users)


def links(
    coverage: Coverage, domains: Domains, client: ClientType, settings: AirSettings, *, split_db: float = 0.0
) -> Links:
    """Signal, modes and strangers of one client type on every radio at every place where it can be used.

    ``split_db`` is what clients have less of their radio's power because it sends to others at the same time.
    """
    usable = usable_links(coverage, client)
    used = [radio for radio in range(len(coverage.radios)) if usable[radio].any()]
    ends = _Ends(coverage, domains, client, settings, split_db)
    return Links(usable.shape, tuple(ends.link(radio, np.flatnonzero(usable[radio])) for radio in used))


class _Ends:
    """Both ends of every link of one client type."""

    def __init__(
        self, coverage: Coverage, domains: Domains, client: ClientType, settings: AirSettings, split_db: float
    ) -> None:
        self._coverage, self._domains, self._client, self._settings = coverage, domains, client, settings
        self._split_db = split_db
        self._down, self._up = rssi_dbm(coverage, client), uplink_rssi_dbm(coverage, client)

    def link(self, radio: int, places: Ints) -> Link:
        """The links of one radio at ``places``."""
        placed = self._coverage.radios[radio].radio
        kind = link_kind(placed, self._client)
        medium = medium_of(kind.band, self._settings)
        strange = unheard(self._coverage, self._domains, radio)
        share_db, decodable = strange.share_db[:, None], strange.decodable[:, None]
        at_places = self._down[strange.radios][:, places]
        followed = decodable & (at_places >= SIGNAL_DETECT_DBM)
        at_radio = np.broadcast_to(self._between_dbm(radio)[strange.radios][:, None], at_places.shape)
        client = Receiver(
            self._down[radio, places] - self._split_db,
            self._client.noise_figure_db,
            told_apart(at_places + share_db, followed),
            self._settings.interference_activity,
        )
        own = Receiver(
            self._up[radio, places],
            placed.noise_figure_db,
            # A radio whose preambles were heard would be a neighbour.
            told_apart(at_radio + share_db, np.zeros_like(followed)),
            self._settings.interference_activity,
        )
        return Link(
            radio, places, kind.radio_streams, medium,
            _way(client, kind, medium, chains=kind.client_streams, margin_db=self._settings.rate_margin_db),
            _way(own, kind, medium, chains=kind.radio_streams, margin_db=self._settings.rate_margin_db),
        )  # fmt: skip

    def _between_dbm(self, radio: int) -> Floats:
        """What a radio receives of each other one."""
        radios = self._coverage.radios
        sent = np.array([p.radio.power_dbm + p.radio.antenna_gain_dbi for p in radios])
        return np.asarray(sent + radios[radio].radio.antenna_gain_dbi - self._coverage.radio_loss_db[radio])


def _way(receiver: Receiver, kind: LinkKind, medium: Medium, *, chains: int, margin_db: float) -> Way:
    """Which modes the signal carries, and how much slower strangers make each."""
    mode = kind.mode
    rungs = ladder(
        mode.generation,
        mode.width_mhz,
        mode.streams,
        mode.guard_interval_ns,
        model="sensitivity",
        receive_chains=chains,
    )
    snr_db = receiver.own_dbm - dbm_from_mw(receiver.noise_mw(mode.width_mhz))
    step = np.maximum(rungs.highest(snr_db, margin_db), 0)
    slower = np.where(np.arange(len(rungs.modes))[:, None] <= step, 1.0, np.inf)
    way = Way(rungs.modes, step, slower, slower.copy(), receiver.unharmed(mode.width_mhz, rungs.needed_db[step]))
    if way.calm.all():
        return way
    there = receiver.at(~way.calm)
    for times, sent in zip((way.data_slower, way.acks_slower), _bursts(rungs.modes, medium), strict=True):
        times[:, ~way.calm] *= slowdown(there, rungs, sent, medium)
    return way


@lru_cache(maxsize=256)
def _bursts(modes: tuple[PhyMode, ...], medium: Medium) -> tuple[tuple[Exchange, ...], tuple[Exchange, ...]]:
    """Full bursts [mode] of segments, and of the acknowledgements that such a burst causes."""
    data = tuple(data_exchange(mode, medium, queued=float(medium.limits.queue_packets)) for mode in modes)
    owed = max(sent.burst.packets for sent in data) / SEGMENTS_PER_ACK
    return data, tuple(ack_exchange(mode, medium, owed=owed) for mode in modes)
