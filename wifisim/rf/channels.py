"""Which frequencies a channel takes, and how far two channels overlap.

Channel numbers and blocks follow IEEE 802.11-2020 Annex E and 802.11be for 6 GHz: a radio is set to a primary 20 MHz
channel and a width, and its block of 20, 40, 80, 160 or 320 MHz follows from the grid. In the 2.4 GHz band a 40 MHz
radio takes the secondary channel above where there is one. Power is taken as flat over the block, so the share of
a neighbour's power that falls into a receiver is the overlap over the neighbour's width; spectral masks are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wifisim.inputs.equipment import Band

# Primary channels from which each run of 20 MHz channels counts (5 GHz: U-NII-1/2A, 2C, 3/4; 6 GHz: U-NII-5 to 8).
_RUNS: dict[Band, tuple[tuple[int, int], ...]] = {
    "2.4": ((1, 13),),
    "5": ((36, 64), (100, 144), (149, 177)),
    "6": ((1, 233),),
}
_WIDTHS: dict[Band, tuple[int, ...]] = {"2.4": (20, 40), "5": (20, 40, 80, 160), "6": (20, 40, 80, 160, 320)}
_BASE_MHZ: dict[Band, float] = {"2.4": 2407.0, "5": 5000.0, "6": 5950.0}
_CHANNEL_STEP_MHZ = 5.0  # IEEE 802.11-2020 Annex E: channel numbers count 5 MHz

BANDS: tuple[Band, ...] = ("2.4", "5", "6")
BAND_CENTRE_MHZ: dict[Band, float] = {"2.4": 2440.0, "5": 5500.0, "6": 6175.0}  # for laws that need one number


@dataclass(frozen=True, slots=True)
class Span:
    """The frequencies a radio occupies, in MHz, and those of its primary 20 MHz channel."""

    low_mhz: float
    high_mhz: float
    primary_mhz: float

    @property
    def width_mhz(self) -> float:
        """Occupied width."""
        return self.high_mhz - self.low_mhz


def widths_mhz(band: Band) -> tuple[int, ...]:
    """The channel widths that exist in a band."""
    return _WIDTHS[band]


def span(band: Band, channel: int, width_mhz: int) -> Span:
    """The frequencies of the block of ``width_mhz`` around primary ``channel``. Raises ValueError if there is none."""
    primary = centre_mhz(band, channel)
    if width_mhz not in _WIDTHS[band]:
        raise ValueError(f"no {width_mhz} MHz channels in the {band} GHz band")
    if band == "2.4":
        low = primary - 10.0 if width_mhz == 20 or channel <= 9 else primary - 30.0
        return Span(low, low + width_mhz, primary)
    first, last = _run_of(band, channel)
    per_block = width_mhz // 20
    block = (channel - first) // 4 // per_block
    start = first + 4 * per_block * block
    if start + 4 * (per_block - 1) > last:
        raise ValueError(f"no {width_mhz} MHz block holds channel {channel} of the {band} GHz band")
    low = centre_mhz(band, start) - 10.0
    return Span(low, low + width_mhz, primary)


def centre_mhz(band: Band, channel: int) -> float:
    """Centre frequency of a 20 MHz channel. Raises ValueError for a number that is no channel of the band."""
    _run_of(band, channel)
    return _BASE_MHZ[band] + _CHANNEL_STEP_MHZ * channel


def overlap_share(victim: Span, source: Span) -> float:
    """Share (0-1) of the source's power that falls into the victim's channel."""
    common = min(victim.high_mhz, source.high_mhz) - max(victim.low_mhz, source.low_mhz)
    return max(common, 0.0) / source.width_mhz


def same_primary(a: Span, b: Span) -> bool:
    """True when each radio can decode the other's preambles because both use one primary 20 MHz channel."""
    return math.isclose(a.primary_mhz, b.primary_mhz)


def _run_of(band: Band, channel: int) -> tuple[int, int]:
    step = 1 if band == "2.4" else 4
    for first, last in _RUNS[band]:
        if first <= channel <= last and (channel - first) % step == 0:
            return first, last
    raise ValueError(f"{channel} is no 20 MHz channel of the {band} GHz band")
