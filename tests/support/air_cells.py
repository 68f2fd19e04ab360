"""Layouts of ``wifisim cell`` as the coverage of a site, so that both can be asked about the same place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from air_plans import CLIENT, SETTINGS
from numpy.typing import NDArray

from wifisim.inputs.equipment import Radio
from wifisim.mac.airtime import Prices, prices
from wifisim.mac.contention import Domains, contention_domains
from wifisim.mac.exchange import Medium
from wifisim.mac.links import links, medium_of
from wifisim.mac.neighbours import Layout, access_points, seat_levels_dbm
from wifisim.rf.coverage import Coverage, PlacedRadio
from wifisim.rf.phy import PhyMode, ladder
from wifisim.rf.places import Places

Floats = NDArray[np.float64]

RADIO = Radio("5", "ax", 36, 40, 20.0, 0.0, 2, 7.0, 60, True)
DEVICE = replace(CLIENT, power_dbm=20.0, antenna_gain_dbi=0.0, noise_figure_db=7.0)


@dataclass(frozen=True, slots=True)
class Priced:
    """A layout as a site: ``home`` [station] is what a downloaded bit costs at its radio, ``modes`` in which mode."""

    prices: Prices
    home: Floats
    modes: tuple[PhyMode, ...]
    medium: Medium
    domains: Domains


def coverage_of(layout: Layout, stations: int) -> Coverage:
    """The losses of a layout with ``stations`` around each access point; places access point by access point."""
    points = access_points(layout)
    own, strangers = seat_levels_dbm(layout, stations)
    home = np.repeat(np.arange(layout.aps), stations)
    loss = np.empty((layout.aps, home.size))
    for point in range(layout.aps):
        # A station's strangers stand in the order of the points, its own left out.
        other = np.where(home > point, point, point - 1)
        level = own if layout.aps == 1 else np.where(home == point, own, strangers[other, np.arange(home.size)])
        loss[point] = layout.power_dbm - level
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    between = np.vectorize(lambda metres: layout.power_dbm - layout.received_dbm(metres) if metres else 0.0)(apart)
    radios = tuple(
        PlacedRadio(f"A{n}/5", n, f"A{n}", RADIO, float(x), float(y), 2.7) for n, (x, y) in enumerate(points)
    )
    nowhere, flat = np.zeros(home.size, dtype=np.int64), np.zeros(home.size)
    return Coverage(radios, Places(nowhere, nowhere, flat, flat, flat), loss, between, np.zeros_like(loss))


def priced(layout: Layout, stations: int, *, activity: float) -> Priced:
    """What ``wifisim run`` makes of a layout of ``wifisim cell``."""
    coverage = coverage_of(layout, stations)
    domains = contention_domains(coverage)
    settings = replace(SETTINGS, interference_activity=activity)
    found = prices(links(coverage, domains, DEVICE, settings))
    places = np.arange(layout.aps * stations)
    home = places // stations
    rungs = ladder("ax", 40, 2, 800, model="sensitivity", receive_chains=2)
    by_rate = {mode.rate_bps: mode for mode in rungs.modes}
    modes = tuple(by_rate[rate] for rate in found.down_rate_bps[home, places].tolist())
    return Priced(found, found.down_s_per_bit[home, places], modes, medium_of("5", settings), domains)
