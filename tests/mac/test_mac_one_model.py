"""A site and `wifisim cell` asked about one layout: the same number, or a bound on what a run makes simpler."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cells import DEVICE, RADIO, coverage_of, priced
from air_plans import SETTINGS

from wifisim.mac.airtime import prices, usable_airtime, usable_downloads
from wifisim.mac.capacity import solve
from wifisim.mac.cell import Cell, CellResult, Group
from wifisim.mac.contention import contention_domains
from wifisim.mac.links import links, medium_of
from wifisim.mac.neighbours import Layout
from wifisim.mac.standing import beacon_share
from wifisim.network.fairness import max_min_rates
from wifisim.rf.phy import PhyMode

STATIONS = 5
SITE = replace(SETTINGS, beacon_rate_mbps=6.0)


def site_bps(layout: Layout) -> float:
    """All stations download without end: capacities, prices and the sharing rule of a run."""
    found = priced(layout, STATIONS, activity=0.9)
    beacons = beacon_share("5", ssids=1, rate_mbps=6.0)
    capacity, cost = [], np.zeros((layout.aps * STATIONS, len(found.domains.cliques)))
    home = np.arange(layout.aps * STATIONS) // STATIONS
    for number, clique in enumerate(found.domains.cliques):
        typical = replace(found.modes[0], mcs=7)
        usable = usable_airtime(len(clique), typical, found.medium)[-1]
        usable *= usable_downloads(STATIONS, typical, found.medium)[-1]
        capacity.append((1.0 - len(clique) * beacons) * usable)
        cost[:, number] = np.where(np.isin(home, clique), found.home, 0.0)
    return float(max_min_rates(cost, np.array(capacity)).sum())


def cell_of(layout: Layout) -> CellResult:
    modes = priced(layout, STATIONS, activity=0.9).modes[:STATIONS]
    groups = tuple(Group(str(seat), 1, mode) for seat, mode in enumerate(modes))
    return solve(Cell(groups, medium_of("5", SITE), layout, transport="tcp"))


@pytest.mark.parametrize("station_m", [5.0, 12.0])
@pytest.mark.parametrize(("aps", "apart_m"), [(1, 10.0), (2, 10.0), (3, 10.0), (2, 40.0), (3, 40.0), (2, 200.0)])
def test_a_site_carries_what_the_cells_do(aps: int, apart_m: float, station_m: float) -> None:
    """One alone, two and three that share the air, and two out of each other's reach."""
    # What stations' acknowledgements take is worked out at one typical rate, contention of cells as of stations.
    layout = Layout(aps=aps, distance_m=apart_m, station_m=station_m)
    assert 0.985 <= site_bps(layout) / cell_of(layout).goodput_bps <= 1.035


@pytest.mark.parametrize("width_mhz", [20, 40, 80])
@pytest.mark.parametrize("mcs", [3, 7, 11])
def test_stations_that_share_a_queue(width_mhz: int, mcs: int) -> None:
    """Acknowledgements that contend, and shorter bursts where more than twenty stations share the queue."""
    medium = medium_of("5", SITE)

    def carried_bps(stations: int) -> float:
        one = Cell((Group("all", stations, PhyMode("ax", width_mhz, 2, mcs, 800)),), medium, Layout(), transport="tcp")
        return solve(one).goodput_bps

    factors = usable_downloads(60, PhyMode("ax", width_mhz, 2, 7, 800), medium)
    for stations in (1, 2, 5, 10, 20, 30, 60):
        # At the typical rate all but the 1 % that two stations carry more than one; at others bursts fill differently.
        near = 0.011 if mcs == 7 else 0.06 if stations <= 20 else 0.11 if stations == 30 else 0.30
        assert carried_bps(1) * factors[stations] == pytest.approx(carried_bps(stations), rel=near)
    assert factors[60] < factors[30] < 0.96 * factors[10]


def test_channels_that_overlap_by_half_are_strangers_of_half_the_power() -> None:
    """2.4 GHz: channels 1 and 3 share 10 of 20 MHz, and neither follows the other's preambles."""
    layout = Layout(aps=2, distance_m=90.0, station_m=14.0)

    def costs(second: int, loss_db: float) -> np.ndarray:
        plain = coverage_of(layout, STATIONS)
        radios = tuple(
            replace(placed, radio=replace(RADIO, band="2.4", channel=channel, width_mhz=20))
            for placed, channel in zip(plain.radios, (1, second), strict=True)
        )
        path = plain.path_loss_db.copy()
        path[1, :STATIONS] += loss_db
        # Stations in earshot of the other would follow it on its own channel only: take them out of it.
        path[1, :STATIONS] = np.maximum(path[1, :STATIONS], 103.0)
        between = np.where(plain.radio_loss_db > 0.0, plain.radio_loss_db + loss_db, 0.0)
        coverage = replace(plain, radios=radios, path_loss_db=path, radio_loss_db=between)
        found = prices(links(coverage, contention_domains(coverage), DEVICE, SITE))
        return found.down_s_per_bit[0, :STATIONS]

    half, weaker = costs(3, 0.0), costs(1, 10.0 * np.log10(2.0))
    assert half == pytest.approx(weaker, rel=1e-9)
    apart, same = costs(6, 0.0), costs(1, 0.0)
    assert (apart <= half).all()
    assert (half <= same).all()
    assert (apart < same).any()
