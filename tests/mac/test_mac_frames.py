"""Sizes of frames and what limits a burst."""

from __future__ import annotations

import pytest

from wifisim.mac.frames import Aggregation, ampdu_octets, block_ack_octets, burst, mpdu_octets, packets_per_mpdu
from wifisim.rf.phy import PhyMode

FAST = PhyMode("ax", 40, 2, 7, 800)


def test_mpdu_of_a_full_packet() -> None:
    assert mpdu_octets(1500) == 26 + 8 + 1500 + 4


def test_ampdu_pads_all_but_the_last() -> None:
    # 1,538 + 4 delimiter = 1,542, padded to 1,544
    assert ampdu_octets(1538, 1) == 1542
    assert ampdu_octets(1538, 42) == 41 * 1544 + 1542


@pytest.mark.parametrize(("window", "octets"), [(64, 32), (256, 56), (512, 88), (1024, 152)])
def test_block_ack_bitmap_follows_the_window(window: int, octets: int) -> None:
    assert block_ack_octets(window) == octets


@pytest.mark.parametrize(
    ("mode", "limits", "queued", "expected"),
    [
        (FAST, Aggregation(), 500.0, 42),  # (65,535 - 1,542) // 1,544 + 1
        (PhyMode("n", 20, 1, 0, 400), Aggregation(), 500.0, 3),  # 5.484 ms at 7.2 Mbit/s
        (PhyMode("ac", 80, 2, 9, 400), Aggregation(max_octets=1048575), 500.0, 64),  # window of 802.11ac
        (FAST, Aggregation(max_octets=1048575), 90.9, 90.9),  # queue
        (FAST, Aggregation(max_octets=0), 500.0, 1),
        (FAST, Aggregation(), 0.2, 1),
    ],
)
def test_each_limit_binds(mode: PhyMode, limits: Aggregation, queued: float, expected: float) -> None:
    assert burst(mode, 1500, limits=limits, queued=queued, band="5").mpdus == pytest.approx(expected)


def test_amsdu_bundles_packets() -> None:
    limits = Aggregation(amsdu_octets=7935)
    assert packets_per_mpdu(1500, limits) == 5  # subframe 14 + 1,508 = 1,522, padded to 1,524
    carried = burst(FAST, 1500, limits=limits, queued=500.0, band="5")
    assert carried.packets == 5 * carried.mpdus
