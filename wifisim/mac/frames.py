"""Sizes of frames, and how many of them one access to the air carries.

A packet becomes an MSDU (LLC/SNAP), one or more MSDUs an MPDU (header, FCS), MPDUs an A-MPDU (delimiters, padding to
four octets). An A-MPDU ends where the first of four limits is met: octets, 5.484 ms of PPDU, the block-ack window, or
the packets queued for that receiver (IEEE 802.11-2020 clauses 9.3.2.1, 9.7, 10.12). Fragments, control wrapping and
encryption headers are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wifisim.inputs.equipment import Band, Generation
from wifisim.mac.timing import max_octets
from wifisim.rf.phy import PhyMode

QOS_HEADER_OCTETS = 26  # IEEE 802.11-2020 clause 9.3.2.1
FCS_OCTETS = 4
LLC_SNAP_OCTETS = 8  # IEEE 802.2
DELIMITER_OCTETS = 4  # clause 9.7.1
AMSDU_HEADER_OCTETS = 14  # clause 9.3.2.2.2
ACK_OCTETS = 14  # clause 9.3.1.4
RTS_OCTETS = 20  # clause 9.3.1.2
CTS_OCTETS = 14  # clause 9.3.1.3
BLOCK_ACK_REQUEST_OCTETS = 24  # clause 9.3.1.7, compressed
BLOCK_ACK_FIXED_OCTETS = 24  # clause 9.3.1.8, compressed, without its bitmap
UDP_IP_OCTETS = 28  # RFC 768, RFC 791
TCP_IP_OCTETS = 52  # RFC 9293, RFC 791, with the 12 octets of timestamps (RFC 7323)
TCP_MSS_OCTETS = 1448  # Ethernet MTU 1500 less the headers above

BLOCK_ACK_WINDOW: dict[Generation, int] = {"n": 64, "ac": 64, "ax": 256, "be": 1024}  # clause 10.25.2, 35.3.8


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Limits of one A-MPDU. ``max_octets`` 0 sends single MPDUs; ``window`` 0 takes the generation's.

    ``queue_packets`` is the transmit queue that all receivers share; ``amsdu_octets`` 0 switches A-MSDU off.
    """

    max_octets: int = 65535
    window: int = 0
    queue_packets: int = 500
    amsdu_octets: int = 0


@dataclass(frozen=True, slots=True)
class Burst:
    """What one access carries: ``mpdus`` and ``packets`` (may be fractional means), ``octets`` on the air."""

    mpdus: float
    packets: float
    octets: int
    aggregated: bool


def block_ack_octets(window: int) -> int:
    """Size of a compressed block ack for a window: bitmap of 8, 32, 64 or 128 octets (802.11be clause 9.3.1.8)."""
    for bitmap, span in ((8, 64), (32, 256), (64, 512)):
        if window <= span:
            return BLOCK_ACK_FIXED_OCTETS + bitmap
    return BLOCK_ACK_FIXED_OCTETS + 128


def window_of(mode: PhyMode, limits: Aggregation) -> int:
    """Block-ack window in use."""
    return limits.window or BLOCK_ACK_WINDOW[mode.generation]


def msdu_octets(packet_octets: int) -> int:
    """An IP packet with LLC/SNAP."""
    return packet_octets + LLC_SNAP_OCTETS


def packets_per_mpdu(packet_octets: int, limits: Aggregation) -> int:
    """MSDUs that fit one A-MSDU; 1 without A-MSDU."""
    if limits.amsdu_octets == 0:
        return 1
    subframe = _padded(AMSDU_HEADER_OCTETS + msdu_octets(packet_octets))
    return max(limits.amsdu_octets // subframe, 1)


def mpdu_octets(packet_octets: int, packets: int = 1) -> int:
    """MPDU with one MSDU, or with an A-MSDU of several."""
    if packets == 1:
        return QOS_HEADER_OCTETS + msdu_octets(packet_octets) + FCS_OCTETS
    last = AMSDU_HEADER_OCTETS + msdu_octets(packet_octets)
    return QOS_HEADER_OCTETS + (packets - 1) * _padded(last) + last + FCS_OCTETS


def ampdu_octets(mpdu: int, count: float) -> int:
    """An A-MPDU of ``count`` equal MPDUs (may be a mean): each but the last is padded to four octets."""
    return round((count - 1.0) * _padded(DELIMITER_OCTETS + mpdu)) + DELIMITER_OCTETS + mpdu


@lru_cache(maxsize=4096)
def burst(mode: PhyMode, packet_octets: int, *, limits: Aggregation, queued: float, band: Band) -> Burst:
    """The burst that one access sends of ``queued`` waiting packets of one size (at least one packet).

    A fractional mean of waiting packets gives a burst of mean length.
    """
    bundle = min(packets_per_mpdu(packet_octets, limits), max(int(queued), 1))
    mpdu = mpdu_octets(packet_octets, bundle)
    if limits.max_octets == 0:
        return Burst(1.0, float(bundle), mpdu, aggregated=False)
    by_octets = _fitting(mpdu, limits.max_octets)
    by_time = _fitting(mpdu, max_octets(mode, band))
    most = min(by_octets, by_time, window_of(mode, limits))
    waiting = max(queued / bundle, 1.0)
    count = max(min(float(most), waiting), 1.0)
    return Burst(count, count * bundle, ampdu_octets(mpdu, count), aggregated=True)


def _fitting(mpdu: int, octets: int) -> int:
    """Most equal MPDUs whose A-MPDU has at most ``octets``."""
    step = _padded(DELIMITER_OCTETS + mpdu)
    return max((octets - DELIMITER_OCTETS - mpdu) // step + 1, 0)


def _padded(octets: int) -> int:
    return -(-octets // 4) * 4
