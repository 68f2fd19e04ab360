"""What a bit costs in air-seconds, for every radio and place: the prices that the flow model pays.

Price = time of one whole cycle of a lone flow / payload bits it carries. A cycle is AIFS + mean backoff + data PPDU
+ SIFS + block ack and, for TCP, the exchange of the acknowledgements it causes the other way (see ``tcp``). The rate
comes from SINR by ``rf.phy``; a usable link never falls below MCS 0. What contention adds is not in the price but in
``usable_airtime``: goodput with k contenders over that of one. Power save and rate-control probing are left out;
``rate_margin_db`` stands for the latter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import ClientType
from wifisim.inputs.equipment import Band, Radio
from wifisim.inputs.site import AirSettings
from wifisim.mac.contention import Domains, interference_mw
from wifisim.mac.exchange import Medium, exchange
from wifisim.mac.frames import TCP_MSS_OCTETS, UDP_IP_OCTETS, Aggregation, burst
from wifisim.mac.tcp import download_cycle, goodput_bps, uploads
from wifisim.rf.coverage import Coverage, rssi_dbm, uplink_rssi_dbm
from wifisim.rf.phy import (
    GENERATIONS,
    PhyMode,
    RateChoice,
    choose_rate,
    default_guard_interval_ns,
    noise_dbm,
    widths_mhz,
)
from wifisim.units import dbm_from_mw, mw_from_dbm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Direction = Literal["down", "up"]
Transport = Literal["tcp", "udp"]


@dataclass(frozen=True, slots=True)
class Prices:
    """Arrays [radio, place] for one client type: PHY rates in bit/s and air-seconds per payload bit (inf: no link)."""

    down_rate_bps: Floats
    up_rate_bps: Floats
    down_s_per_bit: Floats
    up_s_per_bit: Floats


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


def prices(
    coverage: Coverage,
    domains: Domains,
    client: ClientType,
    settings: AirSettings,
    *,
    transfer_bytes: float = math.inf,
) -> Prices:
    """Rates and prices of TCP transfers of one client type on every radio at every place.

    ``transfer_bytes`` bounds what one transfer can have waiting, hence the aggregate.
    """
    at_places, at_radios = interference_mw(coverage, domains, client, settings)
    down, up = rssi_dbm(coverage, client), uplink_rssi_dbm(coverage, client)
    result = Prices(*(np.zeros_like(down) for _ in range(2)), *(np.full_like(down, np.inf) for _ in range(2)))
    for index, placed in enumerate(coverage.radios):
        if placed.radio.band not in client.bands:
            continue
        kind = link_kind(placed.radio, client)
        medium = medium_of(kind.band, settings)
        choice_down = _choice(down[index], at_places[index], kind, noise_figure_db=client.noise_figure_db,
                              chains=kind.client_streams, settings=settings)  # fmt: skip
        choice_up = _choice(up[index], np.full_like(up[index], at_radios[index]), kind,
                            noise_figure_db=placed.radio.noise_figure_db, chains=kind.radio_streams,
                            settings=settings)  # fmt: skip
        result.down_rate_bps[index], result.up_rate_bps[index] = choice_down.rate_bps, choice_up.rate_bps
        _price_row(result, index, kind, (choice_down, choice_up), medium, transfer_bytes)
    return result


def air_seconds_per_bit(
    mode: PhyMode,
    reverse: PhyMode,
    medium: Medium,
    *,
    direction: Direction,
    transport: Transport = "tcp",
    transfer_bytes: float = math.inf,
) -> float:
    """Price of one payload bit of a lone flow whose data go out in ``mode`` and whose answers in ``reverse``."""
    waiting = max(math.ceil(min(transfer_bytes, 1e12) / TCP_MSS_OCTETS), 1)
    queued = float(min(waiting, medium.limits.queue_packets))
    if transport == "tcp":
        if direction == "down":
            return download_cycle(mode, reverse, medium, queued=queued, stations=1).seconds_per_bit
        return 1.0 / uploads(mode, reverse, medium, queued=queued, stations=1).goodput_bps
    carried = burst(mode, TCP_MSS_OCTETS + UDP_IP_OCTETS, limits=medium.limits, queued=queued, band=medium.band)
    cycle_s = medium.aifs_s + medium.backoff_s + exchange(mode, carried, medium).success_s
    return cycle_s / (carried.packets * TCP_MSS_OCTETS * 8)


def usable_airtime(most: int, mode: PhyMode, medium: Medium) -> tuple[float, ...]:
    """Factor on the airtime while k = 0 ... ``most`` transmitters contend, relative to the lone flow that prices pay.

    Goodput of k uploads over goodput of one (see ``tcp``) at a typical ``mode``; the last entry stands for more.
    """
    alone = goodput_bps(mode, mode, medium, direction="up", stations=1)
    shares = [goodput_bps(mode, mode, medium, direction="up", stations=k) / alone for k in range(1, most + 1)]
    # More contenders never raise what is usable, whatever idle slots they save.
    lowest = np.minimum.accumulate(np.minimum(shares, 1.0)) if shares else np.ones(0)
    return (1.0, *(float(share) for share in lowest))


def _choice(
    level_dbm: Floats,
    interference: Floats,
    kind: LinkKind,
    *,
    noise_figure_db: float,
    chains: int,
    settings: AirSettings,
) -> RateChoice:
    """Rate by SINR; where not even MCS 0 is reached, MCS 0 of one stream."""
    floor = noise_dbm(kind.mode.width_mhz, noise_figure_db)
    noise = dbm_from_mw(mw_from_dbm(np.array(floor)) + interference)
    choice = choose_rate(
        level_dbm - noise,
        generation=kind.mode.generation,
        width_mhz=kind.mode.width_mhz,
        streams=kind.mode.streams,
        guard_interval_ns=kind.mode.guard_interval_ns,
        margin_db=settings.rate_margin_db,
        receive_chains=chains,
    )
    none = choice.mcs < 0
    choice.mcs[none], choice.streams[none] = 0, 1
    choice.rate_bps[none] = PhyMode(
        kind.mode.generation, kind.mode.width_mhz, 1, 0, kind.mode.guard_interval_ns
    ).rate_bps
    return choice


def _price_row(
    result: Prices, index: int, kind: LinkKind, choices: tuple[RateChoice, RateChoice], medium: Medium, size: float
) -> None:
    """Fill one radio's prices: each pair of modes is worked out once."""
    down, up = choices
    keys = ((down.mcs * 16 + down.streams) * 16 + up.mcs) * 16 + up.streams
    values, inverse = np.unique(keys, return_inverse=True)
    down_price, up_price = np.empty(len(values)), np.empty(len(values))
    for position, key in enumerate(values.tolist()):
        sent = _with_mcs(kind.mode, key >> 12, key >> 8 & 15)
        answered = _with_mcs(kind.mode, key >> 4 & 15, key & 15)
        down_price[position] = _cached_price(sent, answered, medium, "down", size)
        up_price[position] = _cached_price(answered, sent, medium, "up", size)
    result.down_s_per_bit[index] = down_price[inverse]
    result.up_s_per_bit[index] = up_price[inverse]


@lru_cache(maxsize=65536)
def _cached_price(mode: PhyMode, reverse: PhyMode, medium: Medium, direction: Direction, size: float) -> float:
    return air_seconds_per_bit(mode, reverse, medium, direction=direction, transfer_bytes=size)


@lru_cache(maxsize=4096)
def _with_mcs(mode: PhyMode, mcs: int, streams: int) -> PhyMode:
    return PhyMode(mode.generation, mode.width_mhz, streams, mcs, mode.guard_interval_ns)
