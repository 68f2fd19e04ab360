"""How long frames last on the air: IFS, slots, preambles by format, symbols, and the rate of control frames.

PPDU time = preamble + ceil((16 service + 8 octets + 6 tail bits) / bits a symbol) symbols + 6 us signal extension at
2.4 GHz (IEEE 802.11-2020 clauses 17.4.3, 19.4.3, 21.4.3; 802.11ax clause 27.4; 802.11be clause 36.4). Control
responses go out in non-HT format at the highest basic rate that is not above the reference rate of the frame they
answer (clause 10.6.6.5.2). HE and EHT training fields follow the guard interval: 2x LTF with 0.8 and 1.6 us, 4x with
3.2 us. Midambles, packet extension and short DSSS preambles are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wifisim.inputs.equipment import Band, Generation
from wifisim.rf.phy import MODULATIONS, PhyMode

SERVICE_BITS = 16  # IEEE 802.11-2020 clause 17.3.5.2
TAIL_BITS = 6  # clause 17.3.5.3, one BCC encoder
LEGACY_PREAMBLE_S = 20e-6  # L-STF 8, L-LTF 8, L-SIG 4 us: clause 17.3.2
LEGACY_SYMBOL_S = 4e-6  # clause 17.3.2
LONG_SLOT_S = 20e-6  # of all stations while one has no short slot: clause 18.4.5
DSSS_PREAMBLE_S = 192e-6  # long preamble and header: clause 15.2.3
SIGNAL_DETECT_DBM = -82.0  # carrier sense of a preamble on the primary channel: clause 17.3.10.6
PREAMBLE_CAPTURE_DB = 4.0  # a preamble is caught this far above all else (ns-3's threshold detector)
MAX_PPDU_S = 5.484e-3  # aPPDUMaxTime of HT to EHT: clause 19.4.4
LEGACY_RATES_MBPS: tuple[int, ...] = (6, 9, 12, 18, 24, 36, 48, 54)
MANDATORY_RATES_MBPS: tuple[int, ...] = (6, 12, 24)  # clause 17.2.3.3
DSSS_RATES_MBPS: tuple[float, ...] = (1.0, 2.0, 5.5, 11.0)
HT_ENCODER_LIMIT_BPS = 300e6  # one BCC encoder up to this rate: clause 19.3.11.4
VHT_ENCODER_LIMIT_BPS = 600e6  # clause 21.3.10.5.4

# Rate of the non-HT reference rate table (clause 10.6.11) by (bits a tone, code rate); denser ones count as 54.
_REFERENCE_MBPS: dict[tuple[int, tuple[int, int]], int] = {
    (1, (1, 2)): 6,
    (2, (1, 2)): 12,
    (2, (3, 4)): 18,
    (4, (1, 2)): 24,
    (4, (3, 4)): 36,
    (6, (2, 3)): 48,
}
_LTF_COUNT = (0, 1, 2, 4, 4, 6, 6, 8, 8)  # training fields by streams: clause 21.3.8.3.5
_HE_LTF_S = {800: 7.2e-6, 1600: 8.0e-6, 3200: 16.0e-6}  # 802.11ax table 27-12, with the guard interval


@dataclass(frozen=True, slots=True)
class BandTiming:
    """Slot, SIFS and signal extension in seconds: IEEE 802.11-2020 tables 17-21 and 18-5 (short slot)."""

    sifs_s: float
    slot_s: float
    extension_s: float


BAND_TIMING: dict[Band, BandTiming] = {
    "2.4": BandTiming(10e-6, 9e-6, 6e-6),
    "5": BandTiming(16e-6, 9e-6, 0.0),
    "6": BandTiming(16e-6, 9e-6, 0.0),
}


@dataclass(frozen=True, slots=True)
class Access:
    """EDCA parameters of one access category: IEEE 802.11-2020 table 9-155. ``retries`` is dot11ShortRetryLimit."""

    aifsn: int
    cw_min: int
    cw_max: int
    retries: int = 7

    @property
    def stages(self) -> int:
        """How often the window doubles before it stays (m of Bianchi's model)."""
        return round(math.log2((self.cw_max + 1) / (self.cw_min + 1)))

    def aifs_s(self, band: Band) -> float:
        """Arbitration interframe space."""
        timing = BAND_TIMING[band]
        return timing.sifs_s + self.aifsn * timing.slot_s


BEST_EFFORT = Access(aifsn=3, cw_min=15, cw_max=1023)


def preamble_s(mode: PhyMode) -> float:
    """Everything before the data symbols."""
    ltfs = _LTF_COUNT[mode.streams]
    if mode.generation == "n":  # HT mixed: HT-SIG 8, HT-STF 4, HT-LTF 4 each
        return LEGACY_PREAMBLE_S + 12e-6 + 4e-6 * ltfs
    if mode.generation == "ac":  # VHT-SIG-A 8, VHT-STF 4, VHT-LTF 4 each, VHT-SIG-B 4
        return LEGACY_PREAMBLE_S + 16e-6 + 4e-6 * ltfs
    training = _HE_LTF_S[mode.guard_interval_ns] * ltfs
    if mode.generation == "ax":  # RL-SIG 4, HE-SIG-A 8, HE-STF 4
        return LEGACY_PREAMBLE_S + 16e-6 + training
    # RL-SIG 4, U-SIG 8, EHT-SIG 8 (52 bits at MCS 0 for one user), EHT-STF 4
    return LEGACY_PREAMBLE_S + 24e-6 + training


def ppdu_s(mode: PhyMode, octets: int, band: Band) -> float:
    """Duration of a data PPDU that carries ``octets`` of MPDUs, delimiters and padding."""
    return preamble_s(mode) + symbols(mode, octets) * mode.symbol_s + BAND_TIMING[band].extension_s


def symbols(mode: PhyMode, octets: int) -> int:
    """Data symbols of a PPDU."""
    bits = SERVICE_BITS + 8 * octets + TAIL_BITS * _encoders(mode)
    return -(-bits // mode.data_bits_per_symbol)


def max_octets(mode: PhyMode, band: Band, limit_s: float = MAX_PPDU_S) -> int:
    """Largest PSDU that fits into a PPDU of ``limit_s``."""
    room_s = limit_s - preamble_s(mode) - BAND_TIMING[band].extension_s
    count = math.floor(room_s / mode.symbol_s + 1e-9)
    return max((count * mode.data_bits_per_symbol - SERVICE_BITS - TAIL_BITS * _encoders(mode)) // 8, 0)


def legacy_s(octets: int, rate_mbps: float, band: Band) -> float:
    """Duration of a non-HT frame (beacons and control frames); DSSS rates use the long preamble."""
    if rate_mbps in DSSS_RATES_MBPS:
        return DSSS_PREAMBLE_S + 8 * octets / (rate_mbps * 1e6)
    bits_per_symbol = rate_mbps * 4
    count = math.ceil((SERVICE_BITS + 8 * octets + TAIL_BITS) / bits_per_symbol)
    return LEGACY_PREAMBLE_S + count * LEGACY_SYMBOL_S + BAND_TIMING[band].extension_s


def response_rate_mbps(mode: PhyMode, basic_rates_mbps: tuple[int, ...] = MANDATORY_RATES_MBPS) -> int:
    """Rate of the (block) ack that answers a data frame sent in ``mode``."""
    modulation = MODULATIONS[mode.mcs]
    reference = _REFERENCE_MBPS.get((modulation.bits, modulation.code), 54)
    return max((rate for rate in basic_rates_mbps if rate <= reference), default=min(basic_rates_mbps))


def _encoders(mode: PhyMode) -> int:
    """BCC encoders, each of which adds tail bits; HE and EHT above 20 MHz use LDPC, counted as one."""
    limits: dict[Generation, float] = {"n": HT_ENCODER_LIMIT_BPS, "ac": VHT_ENCODER_LIMIT_BPS}
    limit = limits.get(mode.generation)
    return 1 if limit is None else max(math.ceil(mode.rate_bps / limit - 1e-9), 1)
