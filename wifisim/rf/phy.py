"""PHY rates of 802.11n/ac/ax/be and the signal they need.

Rate = data tones x bits per tone x code rate x streams / symbol time (IEEE 802.11-2020 clauses 19.5 and 21.5,
802.11ax clause 27.5, 802.11be clause 36.5): generated, not typed in. The SNR a rate needs comes from one of two link
models: ``sensitivity``, the standard's minimum input level less thermal noise, a 10 dB noise figure and 5 dB of
implementation loss, which are the assumptions behind that table; or ``awgn`` (see ``link``), what an ideal receiver
needs for a bit error rate of 1e-6. Unequal modulation, STBC, DCM and extended range are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.equipment import Generation
from wifisim.rf import link

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LinkModel = Literal["sensitivity", "awgn"]

GENERATIONS: tuple[Generation, ...] = ("n", "ac", "ax", "be")  # oldest first

# Data tones by width: clause 19 (HT), 21 (VHT), 27 (HE), 36 (EHT, which reuses the HE tone plan).
_TONES: dict[Generation, dict[int, int]] = {
    "n": {20: 52, 40: 108},
    "ac": {20: 52, 40: 108, 80: 234, 160: 468},
    "ax": {20: 234, 40: 468, 80: 980, 160: 1960},
    "be": {20: 234, 40: 468, 80: 980, 160: 1960, 320: 3920},
}
_USEFUL_SYMBOL_S: dict[Generation, float] = {"n": 3.2e-6, "ac": 3.2e-6, "ax": 12.8e-6, "be": 12.8e-6}
GUARD_INTERVALS_NS: dict[Generation, tuple[int, ...]] = {
    "n": (400, 800),
    "ac": (400, 800),
    "ax": (800, 1600, 3200),
    "be": (800, 1600, 3200),
}
MAX_STREAMS: dict[Generation, int] = {"n": 4, "ac": 8, "ax": 8, "be": 8}
_MAX_MCS: dict[Generation, int] = {"n": 7, "ac": 9, "ax": 11, "be": 13}

# (width, mcs) -> stream counts whose coded bits do not divide over the encoders: IEEE 802.11-2020 clause 21.5.
_VHT_EXCLUDED: dict[tuple[int, int], tuple[int, ...]] = {
    (20, 9): (1, 2, 4, 5, 7, 8),
    (80, 6): (3, 7),
    (80, 9): (6,),
    (160, 9): (3,),
}


@dataclass(frozen=True, slots=True)
class Modulation:
    """One MCS of one stream: bits a tone, code rate, and the minimum input level in 20 MHz (clause 27.3.20.2)."""

    bits: int
    code: tuple[int, int]
    sensitivity_dbm: float


MODULATIONS: tuple[Modulation, ...] = (
    Modulation(1, (1, 2), -82.0),
    Modulation(2, (1, 2), -79.0),
    Modulation(2, (3, 4), -77.0),
    Modulation(4, (1, 2), -74.0),
    Modulation(4, (3, 4), -70.0),
    Modulation(6, (2, 3), -66.0),
    Modulation(6, (3, 4), -65.0),
    Modulation(6, (5, 6), -64.0),
    Modulation(8, (3, 4), -59.0),
    Modulation(8, (5, 6), -57.0),
    Modulation(10, (3, 4), -54.0),
    Modulation(10, (5, 6), -52.0),
    Modulation(12, (3, 4), -49.0),
    Modulation(12, (5, 6), -46.0),
)

THERMAL_DBM_PER_HZ = -174.0  # kT at 290 K
_TABLE_NOISE_FIGURE_DB = 10.0  # assumed by the sensitivity table: IEEE 802.11-2020 clause 21.3.18.1
_TABLE_IMPLEMENTATION_DB = 5.0  # the same


@dataclass(frozen=True, slots=True)
class PhyMode:
    """How data are sent: generation, width, streams, MCS per stream and guard interval."""

    generation: Generation
    width_mhz: int
    streams: int
    mcs: int
    guard_interval_ns: int

    @property
    def symbol_s(self) -> float:
        """Length of one data symbol with its guard interval."""
        return _USEFUL_SYMBOL_S[self.generation] + self.guard_interval_ns * 1e-9

    @property
    def data_bits_per_symbol(self) -> int:
        """Payload bits one symbol carries (N_DBPS)."""
        modulation = MODULATIONS[self.mcs]
        coded = _TONES[self.generation][self.width_mhz] * modulation.bits * self.streams
        return coded * modulation.code[0] // modulation.code[1]

    @property
    def rate_bps(self) -> float:
        """PHY rate in bit/s."""
        return self.data_bits_per_symbol / self.symbol_s


def default_guard_interval_ns(generation: Generation) -> int:
    """The shortest guard interval, which real devices use indoors: 400 ns for n and ac, 800 ns for ax and be."""
    return GUARD_INTERVALS_NS[generation][0]


def widths_mhz(generation: Generation) -> tuple[int, ...]:
    """Channel widths of a generation."""
    return tuple(_TONES[generation])


def data_tones(generation: Generation, width_mhz: int) -> int:
    """Tones that carry data at a width."""
    return _TONES[generation][width_mhz]


def mcs_indices(generation: Generation, width_mhz: int, streams: int) -> tuple[int, ...]:
    """MCS indices (per stream) that the standard allows at this width and number of streams."""
    top = _MAX_MCS[generation]
    if generation != "ac":
        return tuple(range(top + 1))
    return tuple(m for m in range(top + 1) if streams not in _VHT_EXCLUDED.get((width_mhz, m), ()))


def phy_rate_bps(mode: PhyMode) -> float:
    """PHY rate of a mode. Raises ValueError, naming the first wrong part, for a mode the standard does not have."""
    check_mode(mode)
    return mode.rate_bps


def check_mode(mode: PhyMode) -> None:
    """Raise ValueError if the standard has no such mode."""
    name = f"802.11{mode.generation}"
    if mode.width_mhz not in _TONES[mode.generation]:
        raise ValueError(f"{name} has no {mode.width_mhz} MHz channels ({_listed(widths_mhz(mode.generation))})")
    if not 1 <= mode.streams <= MAX_STREAMS[mode.generation]:
        raise ValueError(f"{name} has 1 to {MAX_STREAMS[mode.generation]} spatial streams, not {mode.streams}")
    if mode.guard_interval_ns not in GUARD_INTERVALS_NS[mode.generation]:
        raise ValueError(
            f"{name} has no guard interval of {mode.guard_interval_ns} ns "
            f"({_listed(GUARD_INTERVALS_NS[mode.generation])})"
        )
    allowed = mcs_indices(mode.generation, mode.width_mhz, mode.streams)
    if mode.mcs not in allowed:
        raise ValueError(
            f"{name} has no MCS {mode.mcs} at {mode.width_mhz} MHz with {mode.streams} streams ({_listed(allowed)})"
        )


def noise_dbm(width_mhz: float, noise_figure_db: float) -> float:
    """Noise power of a receiver in its channel."""
    return THERMAL_DBM_PER_HZ + 10.0 * float(np.log10(width_mhz * 1e6)) + noise_figure_db


def required_snr_db(mcs: int, streams: int, model: LinkModel) -> float:
    """SNR that MCS ``mcs`` needs under a link model, no margin."""
    modulation = MODULATIONS[mcs]
    if model == "sensitivity":
        table_noise = noise_dbm(20.0, _TABLE_NOISE_FIGURE_DB + _TABLE_IMPLEMENTATION_DB)
        return modulation.sensitivity_dbm - table_noise
    return link.required_snr_db(modulation.bits, modulation.code, streams)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Modes worth using: each is faster, or as fast with more streams, than all that need less signal.

    ``needed_db`` [mode] rises; ``ideal_db`` [mode] is what an ideal receiver (see ``link``) needs for the same.
    """

    modes: tuple[PhyMode, ...]
    needed_db: Floats
    ideal_db: Floats

    def highest(self, snr_db: Floats, margin_db: float) -> Ints:
        """The fastest mode that ``snr_db`` carries with a margin, same shape; -1 where none is."""
        return np.searchsorted(self.needed_db + margin_db, snr_db, side="right") - 1


@lru_cache(maxsize=256)
def ladder(
    generation: Generation,
    width_mhz: int,
    streams: int,
    guard_interval_ns: int,
    *,
    model: LinkModel,
    receive_chains: int,
) -> Ladder:
    """The modes of up to ``streams``; ``receive_chains`` above a mode's streams make it need less (MRC)."""
    found: list[tuple[float, PhyMode]] = []
    for nss in range(1, streams + 1):
        gain_db = 10.0 * math.log10(max(receive_chains, nss) / nss)
        for index in mcs_indices(generation, width_mhz, nss):
            mode = PhyMode(generation, width_mhz, nss, index, guard_interval_ns)
            found.append((required_snr_db(index, nss, model) - gain_db, mode))
    rungs: list[tuple[float, PhyMode]] = []
    for needed_db, mode in sorted(found, key=lambda one: (one[0], one[1].rate_bps)):
        top = (rungs[-1][1].rate_bps, rungs[-1][1].streams) if rungs else (0.0, 0)
        if (mode.rate_bps, mode.streams) > top:
            rungs.append((needed_db, mode))
    ideal = [link.required_snr_db(MODULATIONS[m.mcs].bits, MODULATIONS[m.mcs].code, m.streams) for _, m in rungs]
    return Ladder(tuple(mode for _, mode in rungs), np.array([needed for needed, _ in rungs]), np.array(ideal))


def _listed(values: tuple[int, ...]) -> str:
    return "it has " + ", ".join(str(value) for value in values)
