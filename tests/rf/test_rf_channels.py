"""Channel numbers, blocks and overlaps."""

from __future__ import annotations

import pytest

from wifisim.rf.channels import centre_mhz, overlap_share, same_primary, span


@pytest.mark.parametrize(
    ("band", "channel", "width", "low", "high"),
    [
        ("2.4", 1, 20, 2402, 2422),
        ("2.4", 1, 40, 2402, 2442),  # secondary above
        ("2.4", 11, 40, 2432, 2472),  # secondary below
        ("5", 36, 20, 5170, 5190),
        ("5", 40, 40, 5170, 5210),  # 36 + 40
        ("5", 48, 80, 5170, 5250),
        ("5", 100, 160, 5490, 5650),
        ("5", 165, 80, 5815, 5895),
        ("6", 1, 20, 5945, 5965),
        ("6", 37, 160, 6105, 6265),
        ("6", 61, 320, 5945, 6265),
    ],
)
def test_blocks(band: str, channel: int, width: int, low: float, high: float) -> None:
    block = span(band, channel, width)
    assert (block.low_mhz, block.high_mhz) == (low, high)
    assert block.low_mhz < block.primary_mhz < block.high_mhz


@pytest.mark.parametrize(("band", "channel", "width"), [("5", 38, 20), ("5", 36, 320), ("5", 144, 160), ("6", 2, 20)])
def test_channels_that_do_not_exist(band: str, channel: int, width: int) -> None:
    with pytest.raises(ValueError, match="GHz band"):
        span(band, channel, width)


def test_overlap() -> None:
    assert overlap_share(span("5", 36, 20), span("5", 36, 40)) == 0.5
    assert overlap_share(span("5", 36, 40), span("5", 40, 20)) == 1.0
    assert overlap_share(span("5", 36, 80), span("5", 52, 80)) == 0.0
    assert overlap_share(span("2.4", 1, 20), span("2.4", 3, 20)) == 0.5  # 2,412 and 2,422 MHz
    assert overlap_share(span("2.4", 1, 20), span("2.4", 6, 20)) == 0.0


def test_primaries() -> None:
    assert same_primary(span("5", 36, 20), span("5", 36, 80))
    assert not same_primary(span("5", 36, 80), span("5", 40, 80))
    assert centre_mhz("6", 1) == 5955.0
