"""Access points that do not hear each other: undisturbed they add, a victim holds up its neighbours, CTS helps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from wifisim.mac.capacity import solve
from wifisim.mac.cell import Cell, CellResult, Group
from wifisim.mac.exchange import Medium, exchange
from wifisim.mac.frames import burst
from wifisim.mac.hidden import Played, Seat, play
from wifisim.mac.neighbours import Exposure, Layout, exposures
from wifisim.mac.question import Question, cell_of
from wifisim.mac.timing import preamble_s
from wifisim.rf.phy import PhyMode

MODE = PhyMode("ax", 40, 2, 7, 800)
MEDIUM = Medium()
SAFE = Exposure(mpdus=(1.0, 1.0), requests=(1.0, 1.0), caught=(True, True), heard=(False,))


def seat(exposure: Exposure, medium: Medium = MEDIUM) -> Seat:
    data = exchange(MODE, burst(MODE, 1500, limits=medium.limits, queued=500.0, band="5"), medium)
    return Seat(data, (data.data_s - preamble_s(MODE)) / data.burst.mpdus, exposure)


def played(*row: Exposure, medium: Medium = MEDIUM, together: int = 2) -> Played:
    seats = tuple(seat(exposure, medium) for exposure in row)
    return play((seats, seats), medium, together=together)


def test_undisturbed_access_points_add_up() -> None:
    # each: 42 packets in AIFS 43 + backoff 67.5 + PPDU 1,560 + SIFS 16 + block ack 40 us
    result = played(*[SAFE] * 5)
    assert result.packets_per_s == pytest.approx(2 * 42 / 1726.5e-6, rel=0.01)
    assert result.lost == 0.0
    assert result.airtime == pytest.approx(1560.0 / 1726.5, rel=0.01)


def test_one_at_a_time_carries_about_what_one_alone_does() -> None:
    # whoever defers waits for the end of the data frame and an AIFS, which the block ack fills: no more than alone
    assert played(SAFE, together=1).packets_per_s <= 1.15 * 42 / 1726.5e-6


def test_a_drowned_station_holds_up_all_by_its_repetitions() -> None:
    # One station of four loses every MPDU under a stranger, who is on the air for nine tenths of the time at most:
    # each of its packets takes 1 / (1 - overlap) tries while the others wait, since all get equal packets.
    drowned = replace(SAFE, mpdus=(1.0, 0.0))
    free, held = played(*[SAFE] * 4), played(drowned, SAFE, SAFE, SAFE)
    assert held.packets_per_s < 0.65 * free.packets_per_s
    half = played(replace(SAFE, mpdus=(1.0, 0.5)), SAFE, SAFE, SAFE)
    assert held.packets_per_s < half.packets_per_s < free.packets_per_s


def test_a_station_that_follows_a_stranger_costs_requests() -> None:
    # The stranger's preamble must fall into the own gap, 166 of 1,726 us: it costs at most one burst in ten.
    result = played(replace(SAFE, heard=(True,)))
    assert 0.0 < result.lost < 166.0 / 1726.0
    assert result.packets_per_s < played(SAFE).packets_per_s


def test_cts_keeps_a_hearing_stranger_silent() -> None:
    protected = Medium(rts_cts=True)
    heard = Exposure(mpdus=(1.0, 0.0), requests=(1.0, 0.0), caught=(True, True), heard=(True,))
    # Taking turns, nothing is lost; without, half a burst goes under now and then.
    assert played(heard, medium=protected).lost == 0.0 < played(heard).lost
    assert played(heard, medium=protected).packets_per_s > 1.1 * played(heard).packets_per_s


def test_the_same_game_every_time() -> None:
    drowned = replace(SAFE, mpdus=(1.0, 0.3))
    first = played(drowned, SAFE)
    play.cache_clear()
    assert played(drowned, SAFE) == first


def test_exposure_follows_geometry() -> None:
    # Stations at 12 m, the first one towards the other access point at 80 m: it hears it over 68 m,
    # 20 - 46.68 - 30 log10(68) = -81.7 dBm, above carrier sense; the one behind over 92 m, -85.6 dBm, does not.
    modes = (PhyMode("ax", 40, 2, 9, 800),) * 10
    first, second = exposures(Layout(aps=2, distance_m=80.0, station_m=12.0), modes, 1538)
    assert first[0].heard == (True,)
    assert first[5].heard == (False,)
    assert first[0].mpdus[1] < 0.01 < 0.9 < first[5].mpdus[1]
    assert first[0].caught == first[5].caught == (True, True)
    assert second[5] == first[0]


def test_two_strangers_together_drown_what_each_alone_does_not() -> None:
    # -61.1 dBm of the own; over the louder stranger (-83.1 dBm) and the noise (-91) 21.4 dB, over both strangers
    # (-84.4 dBm the other) 19.2 dB: MCS 7 loses half of its MPDUs at 18.8 dB.
    modes = (PhyMode("ax", 40, 1, 7, 800),) * 6
    seats = exposures(Layout(aps=3, distance_m=90.0, station_m=14.0), modes, 1538)
    _silent, first, second, both = min((row for rows in seats for row in rows), key=lambda seat: seat.mpdus[3]).mpdus
    assert both < 0.9 < min(first, second)


def test_a_cell_beside_one_it_does_not_hear() -> None:
    def total(distance_m: float, mcs: int) -> float:
        layout = Layout(aps=2, distance_m=distance_m, station_m=12.0)
        return solve(Cell((Group("all", 10, PhyMode("ax", 40, 2, mcs, 800)),), MEDIUM, layout)).goodput_bps

    assert total(80.0, 9) < 0.5 * total(200.0, 9)
    assert total(80.0, 7) == pytest.approx(total(200.0, 7), rel=0.08)


def test_rate_control_tries_lower_rates_beside_what_is_not_heard() -> None:
    # At 9 m the signal carries MCS 13, which the other access point drowns; each lower one is at hand further away too,
    # so that the best of them can only get worse. 10 %: what two plays of chance may differ by.
    def asked(distance_m: float, mcs: int | None = None) -> CellResult:
        layout = Layout(aps=2, distance_m=80.0, station_m=distance_m)
        return solve(
            cell_of(Question("be", width_mhz=20, nss=2, stations=10, mcs=mcs, distance_m=distance_m, layout=layout))
        )

    found = [asked(distance_m) for distance_m in (9.0, 12.0, 16.0)]
    assert all(near.goodput_bps > 0.9 * far.goodput_bps for near, far in pairwise(found))
    chosen = found[0].groups[0].group.mode
    assert found[0].groups[0].group.label == f"10x MCS {chosen.mcs}"
    assert chosen.mcs < 13
    named = [asked(9.0, mcs).goodput_bps for mcs in (4, 7, 10, 12)]
    assert found[0].goodput_bps > 0.9 * max(named)
    assert found[0].goodput_bps > 3.0 * named[-1]
