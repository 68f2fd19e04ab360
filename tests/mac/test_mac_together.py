"""Serving several at once: `run` pays what `cell` says, nobody who cannot is served so, and one antenna serves one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from air_cells import DEVICE, coverage_of, priced
from air_plans import SETTINGS

from wifisim.inputs.catalog import ClientType
from wifisim.mac.airtime import prices
from wifisim.mac.capacity import solve
from wifisim.mac.cell import Cell, Group
from wifisim.mac.contention import contention_domains
from wifisim.mac.links import links
from wifisim.mac.multiuser import SINGLE_USER, MultiUser, at_most, split_db, user_counts
from wifisim.mac.neighbours import Layout
from wifisim.rf.phy import PhyMode


def gain(multi: MultiUser, *, station_m: float = 14.0, size: float = np.inf, device: ClientType = DEVICE) -> float:
    """What a downloaded bit costs alone over what it costs together, in a site of one access point."""
    coverage = coverage_of(Layout(aps=1, station_m=station_m), 1)
    domains = contention_domains(coverage)
    alone = prices(links(coverage, domains, device, SETTINGS), transfer_bytes=size)
    split = links(coverage, domains, device, SETTINGS, split_db=split_db(multi))
    together = prices(split, transfer_bytes=size, multi=multi)
    assert (together.up_s_per_bit >= alone.up_s_per_bit).all()
    return float(alone.down_s_per_bit[0, 0] / together.down_s_per_bit[0, 0])


@pytest.mark.parametrize("users", [2, 4, 8])
@pytest.mark.parametrize("station_m", [5.0, 25.0])
def test_ofdma_gains_in_run_what_it_gains_in_cell(users: int, station_m: float) -> None:
    # The burst is shortened by the same seconds; the whole cycle of cell's many stations is 5 % longer than the lone
    # one of a price (their acknowledgements contend), and of gains and losses up to 15 % that is 0.7 %.
    layout = Layout(aps=1, station_m=station_m)
    site = priced(layout, 1, activity=0.0)
    group = Group("all", 20, site.modes[0])
    served = [
        solve(Cell((group,), site.medium, layout, transport="tcp", multi=multi)).goodput_bps
        for multi in (SINGLE_USER, MultiUser("ofdma", users))
    ]
    assert gain(MultiUser("ofdma", users), station_m=station_m) == pytest.approx(served[1] / served[0], rel=0.007)


def test_small_transfers_gain_most_from_ofdma_and_long_ones_from_beams() -> None:
    # one PPDU of four short bursts pays one preamble, AIFS, backoff and answer instead of four
    four = MultiUser("ofdma", 4)
    assert gain(four, size=3e3) > gain(four, size=20e3) > gain(four)
    # two streams for two stations of one stream: twice the bits, less half of each one's power, polls and sounding
    beams = MultiUser("mimo", 2)
    single = replace(DEVICE, streams=1)
    assert 1.3 < gain(beams, device=single) < 2.0
    assert gain(beams, device=single, size=3e3) < gain(beams, device=single)


def test_who_cannot_is_served_alone() -> None:
    assert gain(MultiUser("ofdma", 4), device=replace(DEVICE, generation="ac")) == 1.0
    n_mode, ac_mode = PhyMode("n", 20, 1, 3, 400), PhyMode("ac", 80, 2, 3, 400)
    assert at_most(MultiUser("mimo", 4), n_mode, antennas=4).users == 1
    assert at_most(MultiUser("mimo", 4), ac_mode, antennas=4).users == 2
    assert at_most(MultiUser("mimo", 4), ac_mode, antennas=2).users == 1
    # 6 users at 40 MHz: the channel is cut for 2, 4, 8 or 18
    assert at_most(MultiUser("ofdma", 6), PhyMode("ax", 40, 2, 3, 800), antennas=2).users == 4
    assert user_counts(MultiUser("ofdma", 8)) == (2, 4, 8)
    assert user_counts(MultiUser("mimo", 4)) == (2, 3, 4)
    assert user_counts(SINGLE_USER) == ()
