"""One access to the air, from the interframe space to the block ack.

AIFS + backoff + data PPDU + SIFS + (block) ack; with RTS/CTS two short frames come first and a collision costs only
the RTS. Where 802.11b stations are about, a CTS-to-self that they understand (11 Mbit/s) comes first and slots are the
long ones they keep (IEEE 802.11-2020 clauses 10.3.2.13, 10.27.2). Other control frames go out at the highest mandatory
rate (24 Mbit/s), answers at the rate that ``timing.response_rate_mbps`` gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from wifisim.inputs.equipment import Band
from wifisim.mac import frames
from wifisim.mac.bianchi import Contender
from wifisim.mac.frames import Aggregation, Burst
from wifisim.mac.timing import (
    BAND_TIMING,
    BEST_EFFORT,
    DSSS_RATES_MBPS,
    LONG_SLOT_S,
    MANDATORY_RATES_MBPS,
    Access,
    legacy_s,
    ppdu_s,
    response_rate_mbps,
)
from wifisim.rf.phy import PhyMode

CONTROL_RATE_MBPS = max(MANDATORY_RATES_MBPS)
PROTECTION_RATE_MBPS = max(DSSS_RATES_MBPS)
DEFAULT_LIMITS = Aggregation()


@dataclass(frozen=True, slots=True)
class Medium:
    """What all stations of a cell have in common; ``protection`` is for 802.11b stations at 2.4 GHz."""

    band: Band = "5"
    access: Access = BEST_EFFORT
    limits: Aggregation = DEFAULT_LIMITS
    rts_cts: bool = False
    protection: bool = False

    @property
    def sifs_s(self) -> float:
        """Short interframe space."""
        return BAND_TIMING[self.band].sifs_s

    @property
    def slot_s(self) -> float:
        """Backoff slot."""
        return LONG_SLOT_S if self.protection else BAND_TIMING[self.band].slot_s

    @property
    def aifs_s(self) -> float:
        """Arbitration interframe space of the access category."""
        return self.sifs_s + self.access.aifsn * self.slot_s

    @property
    def eifs_s(self) -> float:
        """Wait after a damaged frame: long enough for an ACK at the lowest rate (clause 10.3.7)."""
        return self.sifs_s + legacy_s(frames.ACK_OCTETS, min(MANDATORY_RATES_MBPS), self.band) + self.aifs_s

    @property
    def control_rate_mbps(self) -> float:
        """Rate of RTS and CTS."""
        return PROTECTION_RATE_MBPS if self.protection else CONTROL_RATE_MBPS

    @property
    def backoff_s(self) -> float:
        """Mean backoff of a lone station."""
        return self.access.cw_min / 2.0 * self.slot_s


@dataclass(frozen=True, slots=True)
class Exchange:
    """The parts of one exchange in seconds, and what it carries. ``before_s`` is RTS/CTS or protection."""

    burst: Burst
    before_s: float
    data_s: float
    answer_s: float
    request_s: float
    lost_s: float
    sifs_s: float

    @property
    def success_s(self) -> float:
        """From the first bit to the end of the answer."""
        return self.before_s + self.data_s + self.sifs_s + self.answer_s

    @property
    def recovery_s(self) -> float:
        """A block-ack request and its answer."""
        return self.request_s + self.sifs_s + self.answer_s


def exchange(mode: PhyMode, burst: Burst, medium: Medium) -> Exchange:
    """Timing of one burst sent in ``mode``."""
    band = medium.band
    answer_rate = response_rate_mbps(mode)
    window = frames.window_of(mode, medium.limits)
    answer = frames.block_ack_octets(window) if burst.aggregated else frames.ACK_OCTETS
    data_s = ppdu_s(mode, burst.octets, band)
    rts_s = legacy_s(frames.RTS_OCTETS, medium.control_rate_mbps, band)
    cts_s = legacy_s(frames.CTS_OCTETS, medium.control_rate_mbps, band)
    before_s, lost_s = 0.0, data_s
    if medium.rts_cts:
        before_s = rts_s + cts_s + 2.0 * medium.sifs_s
        lost_s = rts_s
    elif medium.protection:
        before_s = cts_s + medium.sifs_s
        lost_s = before_s + data_s
    return Exchange(
        burst=burst,
        before_s=before_s,
        data_s=data_s,
        answer_s=legacy_s(answer, answer_rate, band),
        request_s=legacy_s(frames.BLOCK_ACK_REQUEST_OCTETS, answer_rate, band),
        lost_s=lost_s,
        sifs_s=medium.sifs_s,
    )


@dataclass(frozen=True, slots=True)
class Survival:
    """Shares of a station's collisions that do no harm: data under data, data under a request, a request."""

    data: float = 0.0
    data_under_request: float = 0.0
    request: float = 0.0


NONE_SURVIVE = Survival()


def contender(
    exchanged: Exchange,
    count: float,
    medium: Medium,
    *,
    deaf: float = 0.0,
    survival: Survival = NONE_SURVIVE,
    first_slots: float = 0.0,
) -> Contender:
    """``count`` stations that send this exchange whenever they may."""
    return Contender(
        count=count,
        data_s=exchanged.data_s,
        lost_s=exchanged.lost_s,
        exchange_s=exchanged.success_s,
        request_s=exchanged.request_s,
        recovery_s=exchanged.recovery_s,
        asks=exchanged.burst.aggregated and not medium.rts_cts,
        deaf=deaf,
        survives=survival.data,
        survives_short=survival.data_under_request,
        request_survives=survival.request,
        first_slots=first_slots,
    )
