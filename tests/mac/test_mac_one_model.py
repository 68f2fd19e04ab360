"""A site and `wifisim cell` asked about one layout: the same number, or a bound on what a run makes simpler."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cells import DEVICE, RADIO, coverage_of, priced
from air_plans import SETTINGS

from wifisim.mac.airtime import prices, usable_airtime
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
        usable = usable_airtime(len(clique), replace(found.modes[0], mcs=7), found.medium)
        capacity.append((1.0 - len(clique) * beacons) * usable[len(clique)])
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
    # The lone link of a price collides with its own acknowledgements once in W = 16 cycles, several stations hardly:
    # 3.1 %. Collisions between cells harm as those of stations do, which stand for them in a run: 1 to 2 % more.
    layout = Layout(aps=aps, distance_m=apart_m, station_m=station_m)
    assert 0.95 <= site_bps(layout) / cell_of(layout).goodput_bps <= 1.01


@pytest.mark.parametrize("width_mhz", [20, 40, 80])
def test_stations_that_share_a_queue(width_mhz: int) -> None:
    """What a price, of a lone link, leaves out: shorter bursts where more than twenty stations share the queue."""
    mode = PhyMode("ax", width_mhz, 2, 7, 800)
    medium = medium_of("5", SITE)

    def carried_bps(stations: int) -> float:
        one = Cell((Group("all", stations, mode),), medium, Layout(), transport="tcp")
        return solve(one).goodput_bps

    alone = carried_bps(1)
    for stations in (2, 10, 20):
        assert carried_bps(stations) / alone == pytest.approx(1.031, abs=0.001)
    # 500 packets over 30 stations: 32 in a burst for 42, at a higher rate a larger loss.
    assert 0.9 < carried_bps(30) / alone < 1.04


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
