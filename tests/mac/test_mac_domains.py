"""Who hears whom, cliques, interference, ranking and prices on small networks."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import air_plans
import networkx as nx
import numpy as np
import pytest
from air_plans import CLIENT, MATERIALS, SETTINGS, access_point, network_of, radio

from wifisim.mac import contention
from wifisim.mac.airtime import prices, usable_airtime
from wifisim.mac.association import rank_radios
from wifisim.mac.contention import contention_domains, unheard
from wifisim.mac.links import link_kind, links, medium_of
from wifisim.mac.standing import beacon_share
from wifisim.rf.coverage import Coverage, placed_radios, survey
from wifisim.rf.places import seat_places


def coverage_of(*points, rooms: int = 4) -> Coverage:
    building = air_plans.school(rooms=rooms, seats=6)
    return survey(building, placed_radios(network_of(*points), building), seat_places(building), materials=MATERIALS)


def test_one_channel_shares_and_two_add() -> None:
    same = contention_domains(
        coverage_of(access_point("A", (4.5, 3.5), radio(36)), access_point("B", (13.5, 3.5), radio(36)))
    )
    apart = contention_domains(
        coverage_of(access_point("A", (4.5, 3.5), radio(36)), access_point("B", (13.5, 3.5), radio(52)))
    )
    assert same.cliques == ((0, 1),)
    assert apart.cliques == ((0,), (1,))
    assert apart.of_radio == ((0,), (1,))


def test_a_chain_makes_two_cliques() -> None:
    # 9 m rooms: A-B and B-C 400 m apart through nothing are out of reach, so stand them where only neighbours hear
    far = [access_point(name, (x, 3.5), radio(36, power_dbm=4.0)) for name, x in (("A", 0.5), ("B", 24.0), ("C", 47.5))]
    building = air_plans.one_floor([], air_plans.school(rooms=6, seats=4).rooms)
    coverage = survey(building, placed_radios(network_of(*far), building), seat_places(building), materials=MATERIALS)
    # 23.5 m: 4 + 8 - (47.2 + 20 + 35 log10(2.35)) = -68 dBm, heard; raise the loss so that 47 m is below -82 dBm
    coverage = replace(coverage, radio_loss_db=coverage.radio_loss_db + np.where(coverage.radio_loss_db > 0, 8.0, 0.0))
    domains = contention_domains(coverage)
    assert domains.cliques == ((0, 1), (1, 2))
    assert domains.of_radio == ((0,), (0, 1), (1,))


def test_many_cliques_are_replaced_by_a_cover_of_every_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    # the complement of 6 disjoint pairs has 2^6 = 64 maximal cliques
    graph = nx.complement(nx.from_edgelist([(2 * i, 2 * i + 1) for i in range(6)]))
    assert len(contention._cliques(graph, 1000)) == 64
    cover = contention._cliques(graph, 20)
    assert len(cover) < 64
    covered = {pair for clique in cover for pair in combinations(clique, 2)}
    assert covered == {tuple(sorted(edge)) for edge in graph.edges}
    assert all(graph.has_edge(a, b) for clique in cover for a, b in combinations(clique, 2))


def test_strangers_are_radios_that_overlap_and_are_not_heard() -> None:
    points = (access_point("A", (4.5, 3.5), radio(36)), access_point("B", (31.5, 3.5), radio(36)))
    coverage = coverage_of(*points)
    heard = contention_domains(coverage)
    assert heard.neighbours == {(0, 1)}
    assert unheard(coverage, heard, 0).radios.size == 0
    apart = replace(coverage, radio_loss_db=np.where(coverage.radio_loss_db > 0, 120.0, 0.0))
    found = unheard(apart, contention_domains(apart), 0)
    assert (found.radios.tolist(), found.share_db.tolist(), found.decodable.tolist()) == ([1], [0.0], [True])


def test_half_an_overlap_is_half_the_power_and_cannot_be_followed() -> None:
    # channels 1 and 3: 10 of 20 MHz in common, half the power (-3 dB), other primary channels; 6 is apart from 1
    points = [access_point(f"A{n}", (9.0 * n + 4.5, 3.5), radio(n, band="2.4", width_mhz=20)) for n in (1, 3, 6)]
    coverage = coverage_of(*points)
    apart = replace(coverage, radio_loss_db=np.where(coverage.radio_loss_db > 0, 120.0, 0.0))
    found = unheard(apart, contention_domains(apart), 0)
    assert (found.radios.tolist(), found.decodable.tolist()) == ([1], [False])
    np.testing.assert_allclose(found.share_db, [-3.01], atol=0.001)


def test_ranking_prefers_5_ghz_that_is_strong_and_skips_what_the_client_lacks() -> None:
    both = access_point("A", (4.5, 3.5), radio(36), radio(1, band="2.4", width_mhz=20), radio(1, band="6"))
    coverage = coverage_of(both, rooms=4)
    ranking = rank_radios(coverage, CLIENT, SETTINGS)
    assert ranking.ranks.shape == (24, 3)
    assert ranking.ranks[0].tolist() == [0, 1, -1]  # strong 5 GHz, then 2.4; no 6 GHz in the client
    weak = replace(SETTINGS, steer_to_5ghz_rssi_dbm=-20.0)
    assert rank_radios(coverage, CLIENT, weak).ranks[0].tolist() == [1, 0, -1]  # 2.4 GHz is louder
    assert ranking.holds[0, 0]


def test_a_sticky_client_stays_until_something_is_better_by_its_margin() -> None:
    coverage = coverage_of(access_point("A", (4.5, 3.5), radio(36)), access_point("B", (31.5, 3.5), radio(52)))
    levels = np.array([[-60.0, -75.0, -75.0], [-90.0, -74.0, -60.0]])
    coverage = replace(coverage, path_loss_db=18.0 - levels, places=air_plans_places(coverage, 3))
    holds = rank_radios(coverage, replace(CLIENT, power_dbm=40.0), SETTINGS).holds
    # above the threshold; below it but nothing 8 dB better; below it and something 15 dB better
    assert holds[0].tolist() == [True, True, False]


def test_prices_follow_signal_and_band() -> None:
    coverage = coverage_of(access_point("A", (4.5, 3.5), radio(36)), access_point("B", (31.5, 3.5), radio(1, band="6")))
    found = prices(links(coverage, contention_domains(coverage), CLIENT, SETTINGS))
    assert np.isinf(found.down_s_per_bit[1]).all()
    assert (found.down_rate_bps[1] == 0).all()
    near, far = found.down_rate_bps[0, 0], found.down_rate_bps[0, -1]
    assert near >= far
    # the price is above 1 / PHY rate and below three times that
    ratio = found.down_s_per_bit[0] * found.down_rate_bps[0]
    assert (ratio > 1.0).all()
    assert (ratio < 3.0).all()
    small = prices(links(coverage, contention_domains(coverage), CLIENT, SETTINGS), transfer_bytes=3000)
    assert (small.down_s_per_bit[0] > 1.3 * found.down_s_per_bit[0]).all()


def test_old_devices_make_2_4_ghz_dearer_and_nothing_else() -> None:
    building = air_plans.school(rooms=1, seats=12)
    radios = placed_radios(
        network_of(access_point("A", (4.0, 3.0), radio(6, band="2.4", width_mhz=20), radio(36))), building
    )
    coverage = survey(building, radios, seat_places(building), materials=MATERIALS)
    domains = contention_domains(coverage)
    plain = prices(links(coverage, domains, CLIENT, SETTINGS))
    old = prices(links(coverage, domains, CLIENT, replace(SETTINGS, legacy_devices=True)))
    assert (old.down_s_per_bit[0] > 1.05 * plain.down_s_per_bit[0]).all()
    assert (old.down_s_per_bit[1] == plain.down_s_per_bit[1]).all()


def test_link_takes_the_weaker_end() -> None:
    old = replace(CLIENT, generation="n", streams=1, max_width_mhz=80)
    kind = link_kind(radio(36, width_mhz=80), old)
    assert (kind.mode.generation, kind.mode.width_mhz, kind.mode.streams) == ("n", 40, 1)


def test_usable_airtime_falls_from_one() -> None:
    mode = replace(link_kind(radio(36), CLIENT).mode, mcs=7)
    factors = usable_airtime(30, mode, medium_of("5", SETTINGS))
    assert factors[:2] == (1.0, 1.0)
    assert all(a >= b for a, b in pairwise(factors))
    assert 0.5 < factors[30] < 0.9


def test_beacons_by_hand() -> None:
    # 300 octets at 1 Mbit/s: 192 + 2,400 us, PIFS 19 us, of 102.4 ms: 2.55 % an SSID; three SSIDs 7.6 %
    assert beacon_share("2.4", ssids=3, rate_mbps=1.0) == pytest.approx(3 * 2611e-6 / 0.1024)
    # published: about 3 % an SSID at 1 Mbit/s (revolutionwifi), under 0.3 % at 12 Mbit/s
    assert beacon_share("5", ssids=1, rate_mbps=12.0) < 0.003


def air_plans_places(coverage: Coverage, count: int):
    places = coverage.places
    return type(places)(*(getattr(places, name)[:count] for name in ("room", "floor", "x_m", "y_m", "z_m")))
