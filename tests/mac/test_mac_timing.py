"""Frame timing, each value worked out by hand from the standard's clauses."""

from __future__ import annotations

import math

import pytest

from wifisim.mac.exchange import Medium, exchange
from wifisim.mac.frames import burst
from wifisim.mac.timing import (
    BEST_EFFORT,
    legacy_s,
    max_octets,
    ppdu_s,
    preamble_s,
    response_rate_mbps,
    symbols,
)
from wifisim.rf.phy import PhyMode

US = 1e-6
OLD_BAND = PhyMode("ax", 20, 2, 7, 800)


def close(value_s: float, expected_us: float) -> bool:
    return math.isclose(value_s, expected_us * US, rel_tol=0.0, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("mode", "expected_us"),
    [
        # 20 legacy + HT-SIG 8 + HT-STF 4 + HT-LTF 4 each
        (PhyMode("n", 20, 1, 7, 400), 36.0),
        (PhyMode("n", 40, 2, 7, 400), 40.0),
        (PhyMode("n", 40, 3, 7, 400), 48.0),  # three streams need four training fields
        # 20 + VHT-SIG-A 8 + STF 4 + LTF 4 each + SIG-B 4
        (PhyMode("ac", 80, 1, 9, 400), 40.0),
        (PhyMode("ac", 80, 2, 9, 400), 44.0),
        # 20 + RL-SIG 4 + HE-SIG-A 8 + STF 4 + LTF (6.4 + 0.8) each
        (PhyMode("ax", 40, 1, 7, 800), 43.2),
        (PhyMode("ax", 40, 2, 7, 800), 50.4),
        (PhyMode("ax", 40, 2, 7, 3200), 68.0),  # 4x LTF: 12.8 + 3.2
        # 20 + RL-SIG 4 + U-SIG 8 + EHT-SIG 8 + STF 4 + LTF
        (PhyMode("be", 80, 2, 11, 800), 58.4),
    ],
)
def test_preambles(mode: PhyMode, expected_us: float) -> None:
    assert close(preamble_s(mode), expected_us)


def test_data_ppdu() -> None:
    # 64,846 octets = 518,768 bits + 16 + 6 = 518,790; 4,680 bits a symbol -> 111 symbols x 13.6 us + 50.4 us
    mode = PhyMode("ax", 40, 2, 7, 800)
    assert symbols(mode, 64846) == 111
    assert close(ppdu_s(mode, 64846, "5"), 50.4 + 111 * 13.6)
    assert close(ppdu_s(mode, 64846, "2.4"), 50.4 + 111 * 13.6 + 6.0)  # signal extension


def test_largest_psdu_just_fits() -> None:
    for mode in (PhyMode("n", 20, 1, 0, 400), PhyMode("ax", 20, 1, 2, 3200), PhyMode("ac", 80, 2, 9, 400)):
        octets = max_octets(mode, "5")
        assert ppdu_s(mode, octets, "5") <= 5.484e-3 + 1e-12
        assert ppdu_s(mode, octets + 1, "5") > 5.484e-3


def test_control_frames() -> None:
    # ACK 14 octets: 16 + 112 + 6 = 134 bits; 6 Mbit/s: 24 a symbol -> 6 symbols = 24 us + 20
    assert close(legacy_s(14, 6, "5"), 44.0)
    # block ack 32 octets at 24 Mbit/s: 278 bits / 96 -> 3 symbols
    assert close(legacy_s(32, 24, "5"), 32.0)
    # 300 octets at 1 Mbit/s DSSS: 192 + 2,400 us
    assert close(legacy_s(300, 1.0, "2.4"), 2592.0)


@pytest.mark.parametrize(("mcs", "rate"), [(0, 6), (1, 12), (2, 12), (3, 24), (4, 24), (7, 24), (11, 24)])
def test_answers_go_out_at_the_highest_basic_rate_below_the_reference_rate(mcs: int, rate: int) -> None:
    assert response_rate_mbps(PhyMode("ax", 40, 2, mcs, 800)) == rate


def test_best_effort() -> None:
    assert BEST_EFFORT.stages == 6  # 16 to 1,024
    assert close(BEST_EFFORT.aifs_s("5"), 16 + 3 * 9)
    assert close(BEST_EFFORT.aifs_s("2.4"), 10 + 3 * 9)


def test_802_11b_stations_cost_long_slots_and_a_slow_cts() -> None:
    # CTS of 14 octets at 11 Mbit/s with the long preamble: 192 + 112 / 11 = 202.2 us, then SIFS; AIFS 10 + 3 x 20 us
    plain, old = Medium(band="2.4"), Medium(band="2.4", protection=True)
    assert close(old.aifs_s, 70)
    assert close(old.backoff_s, 7.5 * 20)
    carried = burst(OLD_BAND, 1500, limits=old.limits, queued=500.0, band="2.4")
    assert exchange(OLD_BAND, carried, old).before_s == pytest.approx((192 + 112 / 11 + 10) * 1e-6)
    assert exchange(OLD_BAND, carried, plain).before_s == 0.0
