"""Cells: totals worked out by hand, fairness, sharing, and what more of anything may do."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wifisim.mac import neighbours
from wifisim.mac.capacity import solve
from wifisim.mac.cell import Cell, Group
from wifisim.mac.exchange import Medium
from wifisim.mac.frames import Aggregation
from wifisim.mac.neighbours import Layout
from wifisim.mac.question import Question, cell_of
from wifisim.mac.standing import beacon_share
from wifisim.mac.working import working
from wifisim.rf.phy import PhyMode, mcs_indices


def ax(mcs: int) -> PhyMode:
    return PhyMode("ax", 40, 2, mcs, 800)


def goodput(
    stations: int = 1, mcs: int = 7, medium: Medium | None = None, layout: Layout | None = None, **more: str
) -> float:
    group = Group("all", stations, ax(mcs))
    return solve(Cell((group,), medium or Medium(), layout or Layout(), **more)).goodput_bps / 1e6


def test_one_station_by_hand() -> None:
    # 42 x 1,472 octets in AIFS 43 + backoff 67.5 + PPDU 1,560 + SIFS 16 + block ack 40 us, beacons off
    beacons = beacon_share("5", ssids=1, rate_mbps=6.0)
    expected = 42 * 1472 * 8 / 1726.5 * (1.0 - beacons)
    assert goodput() == pytest.approx(expected, rel=1e-6)


def test_the_slow_station_sets_the_pace() -> None:
    # equal packets: 2 / (1/fast + 1/slow), the anomaly of 802.11
    fast, slow = goodput(10, 11), goodput(10, 0)
    result = solve(Cell((Group("f", 5, ax(11)), Group("s", 5, ax(0))), Medium(), Layout()))
    assert result.goodput_bps / 1e6 == pytest.approx(2.0 / (1.0 / fast + 1.0 / slow), rel=1e-9)
    assert result.groups[0].per_station_bps == pytest.approx(result.groups[1].per_station_bps)


def test_airtime_fairness_gives_each_half_of_what_it_had_alone() -> None:
    groups = (Group("f", 5, ax(11)), Group("s", 5, ax(0)))
    result = solve(Cell(groups, Medium(), Layout(), fairness="airtime"))
    assert result.groups[0].goodput_bps / 1e6 == pytest.approx(goodput(10, 11) / 2, rel=1e-9)
    assert result.groups[1].goodput_bps / 1e6 == pytest.approx(goodput(10, 0) / 2, rel=1e-9)


def test_channels_add_and_one_channel_shares() -> None:
    one = goodput(10)
    near = Layout(aps=2, distance_m=20.0, station_m=5.0)
    other = Layout(aps=2, distance_m=20.0, station_m=5.0, same_channel=False)
    assert goodput(10, layout=other) == pytest.approx(2 * one)
    assert 0.9 * one < goodput(10, layout=near) < 1.1 * one


def test_the_sum_of_two_neighbours_holds_back_a_third() -> None:
    # 80 m: -83.8 dBm each, below -82, but -80.8 dBm together
    assert neighbours.together(Layout(aps=3, distance_m=80.0)) == 2
    assert neighbours.together(Layout(aps=3, distance_m=200.0)) == 3
    assert neighbours.together(Layout(aps=3, distance_m=40.0)) == 1


def test_rts_cts_costs_a_lone_station_and_helps_many() -> None:
    plain, careful = Medium(), Medium(rts_cts=True)
    assert goodput(1, medium=careful, direction="up") < goodput(1, medium=plain, direction="up")
    assert goodput(20, medium=careful, direction="up") > 1.3 * goodput(20, medium=plain, direction="up")


def test_ofdma_pays_for_small_bursts_and_costs_tones_for_large_ones() -> None:
    def carried(**options) -> float:
        return solve(cell_of(Question(stations=8, **options))).goodput_bps

    small = {"payload_bytes": 200, "limits": Aggregation(max_octets=2000)}
    assert carried(ofdma_users=8, **small) > 2.0 * carried(**small)
    # eight units of 48 tones are 384 of 468: bulk loses up to 18 %, less what one preamble and backoff for eight save
    assert 0.82 < carried(ofdma_users=8) / carried() < 1.0


def test_mu_mimo_gains_less_than_its_users() -> None:
    one = solve(cell_of(Question(stations=8))).goodput_bps
    two = solve(cell_of(Question(stations=8, mu_mimo_users=2))).goodput_bps
    four = solve(cell_of(Question(stations=8, mu_mimo_users=4))).goodput_bps
    assert one < two < 2.0 * one
    assert two < four < 2.0 * two
    # the power is divided: at an SNR where MCS 7 only just works, two users fall to a lower one
    tight = solve(cell_of(Question(stations=8, snr_db=21.5, mu_mimo_users=2)))
    assert tight.groups[0].group.mode.mcs < 7


def test_offered_traffic_caps_each_station() -> None:
    result = solve(Cell((Group("all", 10, ax(7)),), Medium(), Layout(), offered_bps=5e6))
    assert result.goodput_bps == pytest.approx(50e6)


def test_a_signal_too_weak_carries_nothing() -> None:
    cell = cell_of(Question(mcs=11, snr_db=20.0))
    assert not cell.groups[0].works
    assert solve(cell).goodput_bps == 0.0
    far = solve(cell_of(Question(distance_m=80.0)))  # -83.8 dBm
    assert far.goodput_bps == 0.0


def test_working_ends_in_the_goodput_and_names_units() -> None:
    result = solve(cell_of(Question(stations=10, transport="tcp")))
    steps = working(result)
    assert steps[-1].what == "goodput"
    assert steps[-1].value == pytest.approx(result.goodput_bps / 1e6)
    cycle = {step.what: step.value for step in steps if step.of}
    parts = ("data PPDU", "answer", "SIFS", "AIFS", "mean backoff")
    assert cycle["cycle of a lone sender"] == pytest.approx(sum(cycle[part] for part in parts))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (Question(standard="n", width_mhz=80), "802.11n has no 80 MHz"),
        (Question(standard="ac", band="2.4", width_mhz=20), "802.11ac exists at 5 GHz only"),
        (Question(standard="n", band="6"), "6 GHz band is for"),
        (Question(band="2.4", width_mhz=80), "no 80 MHz channels in the 2.4 GHz band"),
        (Question(mcs=12), "no MCS 12"),
        (Question(fairness="airtime", direction="up"), "airtime fairness"),
        (Question(snr_db=20.0, distance_m=5.0), "not both"),
        (Question(groups=("ten:mcs=1",)), "is not like '10x:mcs=11'"),
        (Question(groups=("10x:msc=1",)), "'msc' is not one of mcs, nss, snr, distance"),
        (Question(groups=("10x:mcs=1.5",)), "cannot be mcs"),
        (Question(groups=("10x:snr=nan",)), "cannot be snr"),
        (Question(protection=True), "2.4 GHz only"),
        (Question(payload_bytes=9000), "--payload-bytes"),
        (Question(limits=Aggregation(max_octets=100)), "--ampdu-bytes"),
        (Question(groups=("1500x", "1500x")), "at most 2000 stations"),
        (Question(beacon_rate_mbps=7.0), "no basic rate"),
        (Question(ofdma_users=3, stations=9), "cuts the channel for 2, 4, 8 or 18 users"),
        (Question(ofdma_users=4), "at least as many stations"),
        (Question(standard="ac", width_mhz=80, ofdma_users=2, stations=2), "802.11ac has no OFDMA"),
        (Question(mu_mimo_users=5, stations=5), "more than 8 in one PPDU"),
        (Question(mu_mimo_users=2, stations=5, direction="up"), "--direction down only"),
        (Question(mu_mimo_users=2, ofdma_users=2, stations=5), "not both"),
    ],
)
def test_wrong_questions_get_one_sentence(question: Question, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        cell_of(question)
    assert "\n" not in str(caught.value)


modes = st.sampled_from([("n", 20), ("n", 40), ("ac", 80), ("ax", 20), ("ax", 80), ("be", 160)])
ways = st.sampled_from(["down", "up", "both"])


@settings(max_examples=60, deadline=None)
@given(
    mode=modes, nss=st.integers(1, 4), stations=st.integers(1, 60), way=ways, transport=st.sampled_from(["udp", "tcp"])
)
def test_any_cell_is_sane_and_faster_at_a_higher_mcs(mode, nss, stations, way, transport) -> None:
    standard, width = mode
    before = 0.0
    for mcs in mcs_indices(standard, width, nss):
        question = Question(
            standard=standard, width_mhz=width, nss=nss, mcs=mcs, stations=stations, direction=way, transport=transport
        )
        result = solve(cell_of(question))
        assert math.isfinite(result.goodput_bps)
        assert 0.0 < result.goodput_bps < result.groups[0].group.mode.rate_bps
        assert 0.0 < result.airtime <= 1.0
        assert 0.0 <= result.collision_probability < 1.0
        assert result.goodput_bps >= before * 0.999
        before = result.goodput_bps


@settings(max_examples=40, deadline=None)
@given(stations=st.integers(1, 80), mcs=st.integers(0, 11))
def test_a_longer_aggregate_never_hurts_the_downlink(stations: int, mcs: int) -> None:
    before = 0.0
    for octets in (0, 4000, 65535, 1048575):
        now = goodput(stations, mcs, Medium(limits=Aggregation(max_octets=octets)))
        assert now >= before
        before = now


@settings(max_examples=30, deadline=None)
@given(mcs=st.integers(0, 11), transport=st.sampled_from(["udp", "tcp"]))
def test_more_uploading_stations_never_carry_more(mcs: int, transport: str) -> None:
    carried = [goodput(n, mcs, direction="up", transport=transport) for n in range(2, 12)]
    assert all(a >= b - 1e-9 for a, b in itertools.pairwise(carried))


@settings(max_examples=40, deadline=None)
@given(metres=st.lists(st.floats(1.0, 90.0), min_size=2, max_size=6))
def test_further_away_is_never_faster(metres: list[float]) -> None:
    carried = [solve(cell_of(Question(distance_m=d))).goodput_bps for d in sorted(metres)]
    assert carried == sorted(carried, reverse=True)
