"""Set-up, slow start and queues against sums done by hand."""

from __future__ import annotations

import pytest

from wifisim.network.transport import (
    DOUBLING,
    UPLOAD_FIRST_GROWTH,
    dropping_s,
    exchange_s,
    loss_cap_bps,
    repetition_s,
    slow_start_s,
    spared_s,
    standing_queue_s,
    turns_s,
)

SEGMENT_BITS = 8 * 1448


def test_a_small_transfer_never_waits():
    assert slow_start_s(10 * SEGMENT_BITS, 1e8, 0.02, 1.0, DOUBLING) == 0.0


def test_windows_of_slow_start():
    # A download of 139 segments goes as 10 + 20 + 40 + 69: three waits of a round trip less the time a window takes.
    rate, rtt = 96.4e6, 0.02
    expected = 3 * rtt - (10 + 20 + 40) * SEGMENT_BITS / rate
    assert slow_start_s(139 * SEGMENT_BITS, rate, rtt, 1.0, DOUBLING) == pytest.approx(expected, rel=1e-12)
    # An upload as 10 + 18 + 36 + 72 + 3: four.
    expected = 4 * rtt - (10 + 18 + 36 + 72) * SEGMENT_BITS / rate
    assert slow_start_s(139 * SEGMENT_BITS, rate, rtt, 1.0, UPLOAD_FIRST_GROWTH) == pytest.approx(expected, rel=1e-12)


def test_a_slow_path_is_full_at_once():
    # 1 Mbit/s x 20 ms = 20 kbit, less than the first window of 116 kbit.
    assert slow_start_s(8e6, 1e6, 0.02, 1.0, DOUBLING) == 0.0


def test_queues_stretch_every_round_trip():
    # (2 round trips of set-up + 1) x (20 + 10 ms) + 5 ms of the server
    assert exchange_s(0.02, 0.04, 0.005, 0.01) == pytest.approx(3 * 0.03 + 0.005)


def test_standing_queue_grows_with_the_crowd_up_to_the_sawtooths_mean():
    assert standing_queue_s(0.0, 0.02, 0.05) == 0.0
    assert standing_queue_s(2.0, 0.02, 0.05) == pytest.approx(8e-3)  # an eighth of 20 ms is 2.5 ms; at least 4 ms each
    assert standing_queue_s(1.0, 0.08, 0.05) == pytest.approx(10e-3)  # an eighth of 80 ms
    # full 50 ms; after the cut 0.7 x 70 - 20 = 29 ms; mean 39.5 ms
    assert standing_queue_s(1e6, 0.02, 0.05) == pytest.approx(39.5e-3)


def test_turns_up_to_a_full_queue():
    assert turns_s(3.5, 0.024, 2e-3) == pytest.approx(7e-3)
    assert turns_s(20.0, 0.024, 2e-3) == pytest.approx(0.024)


def test_mathis():
    # 1448 bytes / 100 ms / sqrt(1 %) = 1.158 Mbit/s
    assert loss_cap_bps(0.1, 0.01) == pytest.approx(1.1584e6)
    assert loss_cap_bps(0.1, 0.0) == float("inf")


def test_drops_begin_an_interval_after_the_queue_stands():
    # 1 segment a millisecond and 45 ms of round trip: the window of 80 covers it, and 690 - 150 = 540 segments are
    # left, 540 ms of a standing queue; CoDel drops for all but the first 100 ms of them.
    rate = 1000.0 * SEGMENT_BITS
    assert dropping_s(690 * SEGMENT_BITS, rate, 0.045) == pytest.approx(0.44)
    # Five times as fast the window of 320 covers it; 60 segments are left, 12 ms.
    assert dropping_s(690 * SEGMENT_BITS, 5.0 * rate, 0.045) == 0.0
    assert dropping_s(10 * SEGMENT_BITS, rate, 0.045) == 0.0


def test_what_first_come_first_served_spares():
    # 100 ms alone, 400 ms shared evenly, so four on the air in the mean: 0.3 of the wait of 300 ms; where the access
    # point's queue holds two bursts, of half of it.
    assert spared_s(0.4, 0.1, 0.3, 13.0) == pytest.approx(0.09)
    assert spared_s(0.4, 0.1, 0.3, 2.0) == pytest.approx(0.045)
    assert spared_s(0.1, 0.1, 0.5, 13.0) == 0.0
    assert spared_s(0.1, 0.0, 0.5, 13.0) == 0.0


def test_the_last_drop_is_repeated_after_the_end():
    # 300 ms of drops: sqrt(k) = 1 + 300 / 200, spells of 100 / 2.5 = 40 ms. The last drop is 20 ms before the end in
    # the mean, and its repetition 60 ms after the drop; with a round trip of 20 ms it is late only where the drop was
    # in the last 20 of the 40 ms, then by 10 ms.
    assert repetition_s(0.3, 0.06) == pytest.approx(0.06 - 0.02)
    assert repetition_s(0.3, 0.02) == pytest.approx(0.5 * 0.01)
    assert repetition_s(0.0, 0.06) == 0.0
