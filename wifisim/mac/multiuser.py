"""Serving several stations in one downlink PPDU: OFDMA and MU-MIMO, to first order.

OFDMA (802.11ax clause 27.3.2): the channel is cut into equal resource units, each user gets a burst at its unit's rate,
and all answer at once in a triggered PPDU. One preamble, one AIFS and one backoff then serve all; what is lost are the
tones between units (model after Bellalta and Kosek-Szott, Ad Hoc Networks 85, 2019). MU-MIMO (802.11ac clause 21):
every user gets the whole channel; users are polled for their block acks one after another, and the channel has to be
sounded every 20 ms (feedback of 10 angles of 5 bits for every fourth tone, 4 x 2 antennas). Both suppose equal users
with full queues and a perfect schedule: an upper bound. Left out: uplink, unequal users, beamforming loss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from wifisim.inputs.equipment import Band
from wifisim.mac.exchange import CONTROL_RATE_MBPS, Exchange, Medium
from wifisim.mac.frames import BLOCK_ACK_REQUEST_OCTETS, ampdu_octets, block_ack_octets, window_of
from wifisim.mac.timing import BAND_TIMING, MAX_PPDU_S, legacy_s, ppdu_s, preamble_s
from wifisim.rf.phy import MODULATIONS, PhyMode, data_tones

# Data tones of each user's resource unit by width and users: 802.11ax tables 27-7 to 27-9.
_UNIT_TONES: dict[int, dict[int, int]] = {
    20: {2: 102, 4: 48, 9: 24},
    40: {2: 234, 4: 102, 8: 48, 18: 24},
    80: {2: 468, 4: 234, 8: 102, 16: 48, 37: 24},
    160: {2: 980, 4: 468, 8: 234, 16: 102, 32: 48, 74: 24},
}
_SIG_B_S = 8e-6  # two symbols of HE-SIG-B; more users need more, first order
_TRIGGERED_EXTRA_S = 4e-6  # the short training field of a triggered PPDU is 8 us, not 4: clause 27.3.11.9
MOST_STREAMS = 8  # spatial streams of one MU-MIMO PPDU: 802.11ac clause 21.3.11.1
SOUNDING_INTERVAL_S = 20e-3  # how long feedback stays fresh indoors (Bejarano et al., IEEE Comm. Mag. 51, 2013)
_ANGLES_BITS = 10 * 5  # 4 x 2 feedback: ten angles, five bits each in the mean: clause 9.4.1.48
_ANNOUNCEMENT_OCTETS = 19  # and 4 octets a user: clause 9.3.1.19


@dataclass(frozen=True, slots=True)
class MultiUser:
    """How many users one PPDU serves, and by what; 1 switches it off."""

    kind: Literal["ofdma", "mimo"] = "ofdma"
    users: int = 1


SINGLE_USER = MultiUser()


def check(multi: MultiUser, mode: PhyMode) -> None:
    """Raise ValueError where the standard has no such PPDU."""
    if multi.users == 1:
        return
    if multi.kind == "ofdma":
        if mode.generation not in ("ax", "be"):
            raise ValueError(f"802.11{mode.generation} has no OFDMA")
        allowed = _UNIT_TONES.get(mode.width_mhz, {})
        if multi.users not in allowed:
            raise ValueError(f"OFDMA at {mode.width_mhz} MHz cuts the channel for {_listed(allowed)} users")
        return
    if mode.generation == "n":
        raise ValueError("802.11n has no MU-MIMO")
    if multi.users * mode.streams > MOST_STREAMS:
        raise ValueError(f"{multi.users} users of {mode.streams} streams are more than {MOST_STREAMS} in one PPDU")


def at_most(multi: MultiUser, mode: PhyMode, *, antennas: int) -> MultiUser:
    """The most users, up to ``multi``'s, that one PPDU of ``mode`` can serve from so many antennas."""
    if multi.kind == "ofdma":
        cuts = _UNIT_TONES.get(mode.width_mhz, {}) if mode.generation in ("ax", "be") else {}
        return replace(multi, users=max((users for users in cuts if users <= multi.users), default=1))
    beams = 1 if mode.generation == "n" else min(antennas, MOST_STREAMS) // mode.streams
    return replace(multi, users=max(min(multi.users, beams), 1))


def split_db(multi: MultiUser) -> float:
    """What each user has less of the power; with OFDMA it goes into as much less of the channel."""
    return 10.0 * math.log10(multi.users) if multi.kind == "mimo" else 0.0


def user_counts(multi: MultiUser) -> tuple[int, ...]:
    """All numbers of users above one, up to ``multi``'s, that some PPDU can serve."""
    if multi.kind == "ofdma":
        return tuple(sorted({users for cuts in _UNIT_TONES.values() for users in cuts if users <= multi.users}))
    return tuple(range(2, min(multi.users, MOST_STREAMS) + 1))


def burst_s(multi: MultiUser, mode: PhyMode, data: Exchange, medium: Medium) -> float:
    """Air time of one user's ``data`` with its part of AIFS and backoff, when served together with the others."""
    alone_s = medium.aifs_s + medium.backoff_s + data.success_s
    if multi.users == 1 or not data.burst.aggregated:
        return alone_s
    return _ofdma_s(multi, mode, data, medium) if multi.kind == "ofdma" else _mimo_s(multi, mode, data, medium)


def _ofdma_s(multi: MultiUser, mode: PhyMode, data: Exchange, medium: Medium) -> float:
    modulation = MODULATIONS[mode.mcs]
    tones = _UNIT_TONES[mode.width_mhz][multi.users]
    bits_per_symbol = tones * modulation.bits * mode.streams * modulation.code[0] / modulation.code[1]
    head_s = preamble_s(mode) + _SIG_B_S + BAND_TIMING[medium.band].extension_s
    most = math.floor((MAX_PPDU_S - head_s) / mode.symbol_s)
    needed = math.ceil((22 + 8 * data.burst.octets) / bits_per_symbol)
    # A burst too long for one PPDU at the unit's rate takes as many as it needs.
    ppdus = max(needed / most, 1.0)
    data_s = ppdus * head_s + needed * mode.symbol_s
    answer_bits = 22 + 8 * block_ack_octets(window_of(mode, medium.limits))
    answer_s = preamble_s(replace(mode, streams=1)) + _TRIGGERED_EXTRA_S
    answer_s += math.ceil(answer_bits / (bits_per_symbol / mode.streams)) * mode.symbol_s
    around_s = medium.aifs_s + medium.backoff_s + medium.sifs_s + answer_s
    return (data_s + ppdus * around_s) / multi.users


def _mimo_s(multi: MultiUser, mode: PhyMode, data: Exchange, medium: Medium) -> float:
    request_s = legacy_s(BLOCK_ACK_REQUEST_OCTETS, CONTROL_RATE_MBPS, medium.band)
    polled_s = (multi.users - 1) * (request_s + data.answer_s + 2.0 * medium.sifs_s)
    head_s = preamble_s(replace(mode, streams=multi.users * mode.streams)) - preamble_s(mode)
    exchange_s = medium.aifs_s + medium.backoff_s + data.success_s + head_s + polled_s
    return exchange_s / multi.users / (1.0 - sounding_share(multi, mode, medium.band))


def sounding_share(multi: MultiUser, mode: PhyMode, band: Band) -> float:
    """Share of the air that sounding takes: announcement, null data, and each user's feedback after its poll."""
    sifs_s = BAND_TIMING[band].sifs_s
    announcement_s = legacy_s(_ANNOUNCEMENT_OCTETS + 4 * multi.users, CONTROL_RATE_MBPS, band)
    null_s = preamble_s(replace(mode, streams=min(multi.users * mode.streams, MOST_STREAMS)))
    octets = _ANGLES_BITS * data_tones(mode.generation, mode.width_mhz) // 4 // 8
    report = replace(mode, streams=1, mcs=min(mode.mcs, 4))
    feedback_s = ppdu_s(report, ampdu_octets(octets + 30, 1), band)
    poll_s = legacy_s(BLOCK_ACK_REQUEST_OCTETS, CONTROL_RATE_MBPS, band)
    users_s = multi.users * (feedback_s + sifs_s) + (multi.users - 1) * (poll_s + sifs_s)
    return (announcement_s + sifs_s + null_s + sifs_s + users_s) / SOUNDING_INTERVAL_S


def _listed(values: dict[int, int]) -> str:
    names = [str(value) for value in values]
    return ", ".join(names[:-1]) + f" or {names[-1]}" if names else "no number of"
