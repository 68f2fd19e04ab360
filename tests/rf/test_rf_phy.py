"""PHY rates from tone counts, and the SNR they need."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wifisim.rf.link import bit_error_rate, packet_error_rate, packet_survival, uncoded_error_rate
from wifisim.rf.phy import (
    MODULATIONS,
    PhyMode,
    check_mode,
    ladder,
    mcs_indices,
    noise_dbm,
    phy_rate_bps,
    required_snr_db,
)


@pytest.mark.parametrize(
    ("mode", "mbps"),
    [
        # published rate tables: HT MCS 7 and 15, VHT MCS 9, HE MCS 0/7/11, EHT MCS 13
        (PhyMode("n", 20, 1, 7, 400), 72.2),
        (PhyMode("n", 20, 1, 7, 800), 65.0),
        (PhyMode("n", 40, 2, 7, 400), 300.0),
        (PhyMode("ac", 80, 1, 9, 400), 433.3),
        (PhyMode("ac", 160, 2, 9, 400), 1733.3),
        (PhyMode("ax", 20, 1, 0, 800), 8.6),
        (PhyMode("ax", 40, 2, 7, 800), 344.1),
        (PhyMode("ax", 80, 1, 11, 800), 600.5),
        (PhyMode("ax", 160, 2, 11, 3200), 2041.7),
        (PhyMode("be", 20, 1, 13, 800), 172.1),
        (PhyMode("be", 320, 2, 13, 800), 5764.7),
    ],
)
def test_published_rates(mode: PhyMode, mbps: float) -> None:
    assert phy_rate_bps(mode) / 1e6 == pytest.approx(mbps, abs=0.1)


def test_combinations_the_vht_tables_leave_out() -> None:
    assert 9 not in mcs_indices("ac", 20, 1)
    assert 9 in mcs_indices("ac", 20, 3)
    assert 6 not in mcs_indices("ac", 80, 3)
    assert 9 not in mcs_indices("ac", 160, 3)


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        (PhyMode("n", 80, 1, 0, 800), "802.11n has no 80 MHz channels"),
        (PhyMode("ax", 20, 9, 0, 800), "1 to 8 spatial streams, not 9"),
        (PhyMode("ax", 20, 1, 0, 400), "no guard interval of 400 ns"),
        (PhyMode("ac", 20, 1, 9, 400), "no MCS 9 at 20 MHz with 1 streams"),
    ],
)
def test_modes_that_do_not_exist(mode: PhyMode, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_mode(mode)


def test_noise() -> None:
    # -174 dBm/Hz + 10 log10(40e6) = -97.98, + 7
    assert noise_dbm(40, 7.0) == pytest.approx(-90.98, abs=0.01)


def test_sensitivity_thresholds() -> None:
    # -82 dBm in 20 MHz less (-174 + 73.01 + 10 + 5) dBm
    assert required_snr_db(0, 1, "sensitivity") == pytest.approx(3.99, abs=0.01)
    assert required_snr_db(11, 2, "sensitivity") == pytest.approx(33.99, abs=0.01)


def test_uncoded_bpsk_is_the_textbook_curve() -> None:
    # Q(sqrt(2 snr)) at 9.6 dB is 1e-5 (Proakis, Digital Communications, figure 4.3-1)
    assert uncoded_error_rate(10**0.96, 1) == pytest.approx(1e-5, rel=0.05)


def test_qpsk_needs_twice_the_power_of_bpsk() -> None:
    assert required_snr_db(1, 1, "awgn") - required_snr_db(0, 1, "awgn") == pytest.approx(3.01, abs=0.01)


def test_soft_decisions_on_the_rate_half_code() -> None:
    # K = 7, rate 1/2, soft decisions: Eb/N0 = 4.8 dB at 1e-6 (union bound); BPSK symbols carry half a bit: -3 dB
    assert required_snr_db(0, 1, "awgn") + 3.01 == pytest.approx(4.8, abs=0.1)


@pytest.mark.parametrize("mcs", range(14))
def test_errors_fall_with_snr(mcs: int) -> None:
    m = MODULATIONS[mcs]
    levels = np.arange(-5.0, 55.0, 0.5)
    bit = [bit_error_rate(float(x), m.bits, m.code, 1) for x in levels]
    packet = [packet_error_rate(float(x), m.bits, m.code, 1, 1538) for x in levels]
    assert all(a >= b for a, b in itertools.pairwise(bit))
    assert all(a >= b for a, b in itertools.pairwise(packet))
    assert packet[0] > 0.99
    assert packet[-1] < 1e-6


def test_harder_mcs_needs_more() -> None:
    for model in ("awgn", "sensitivity"):
        needed = [required_snr_db(mcs, 1, model) for mcs in range(14)]
        assert needed == sorted(needed)


def test_choice_caps_at_the_streams_and_reports_no_link() -> None:
    rungs = ladder("ax", 40, 2, 800, model="sensitivity", receive_chains=0)
    none, top = rungs.highest(np.array([-10.0, 60.0]), 0.0).tolist()
    assert none == -1
    assert rungs.modes[top].mcs == 11
    assert rungs.modes[top].rate_bps == pytest.approx(573.5e6, rel=1e-3)


def test_combining_gain_helps_a_single_stream() -> None:
    # 3 dB on two chains: MCS 2 on one stream (7.54 - 3.01) beats MCS 0 on two at 5 dB
    def chosen(receive_chains: int) -> tuple[int, int]:
        rungs = ladder("ax", 40, 2, 800, model="awgn", receive_chains=receive_chains)
        mode = rungs.modes[int(rungs.highest(np.array(4.6), 0.0))]
        return mode.mcs, mode.streams

    assert chosen(0) == (0, 2)
    assert chosen(2) == (2, 1)


def test_survival_is_the_error_rate_interpolated() -> None:
    # Steps of 0.1 dB; the logarithm of the wrong paths bends by 1 per dB^2, off by 0.1^2 / 8 = 0.00125, and the
    # share by that x 1/e at most (x exp(-x) is largest at 1): 0.0005.
    snr = np.linspace(-5.0, 45.0, 331)
    for modulation in MODULATIONS:
        for octets in (14, 1538):
            exact = [1.0 - packet_error_rate(x, modulation.bits, modulation.code, 2, octets) for x in snr.tolist()]
            found = packet_survival(snr, modulation.bits, modulation.code, 2, octets)
            np.testing.assert_allclose(found, exact, atol=5e-4)
            assert (np.diff(found) >= 0.0).all()


def test_a_ladder_rises_in_rate_and_need() -> None:
    for chains in (0, 4):
        rungs = ladder("ax", 80, 3, 800, model="sensitivity", receive_chains=chains)
        assert (np.diff(rungs.needed_db) >= 0.0).all()
        rates = [mode.rate_bps for mode in rungs.modes]
        assert rates == sorted(rates)
        assert (rungs.modes[0].mcs, rungs.modes[0].streams) == (0, 1)
        assert (rungs.modes[-1].mcs, rungs.modes[-1].streams) == (11, 3)
        reached = rungs.highest(rungs.needed_db + 3.0, 3.0)
        np.testing.assert_array_equal(rungs.needed_db[reached], rungs.needed_db)
