"""SNR that a coded modulation needs in white noise for a bit error rate of 1e-6.

Gray-coded square QAM and the K = 7 code (133, 171) with its punctured rates; the first terms of the union bound over
code distances (Haccoun and Begin, IEEE Trans. Comm. 37, 1989; Frenger, Orten and Ottosson, IEEE Comm. Letters 3,
1999): bit weights c_d give the bit error rate, path counts a_d the share of packets with an error. Up to 256-QAM the
receiver decides softly, each stream seeing the full SNR: P2(d) = Q(sqrt(2 d g)) with g from the mean Bhattacharyya
factor of bit-interleaved modulation (Caire, Taricco and Biglieri, IEEE Trans. Inf. Theory 44, 1998). Above, phase
noise and leakage between streams take what soft decisions give, so there the decoder decides hard (P2 is the binomial
tail) and the power is divided by the streams. Fading and channel estimation are left to the stated margin.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TARGET_BER = 1e-6
# Reach and step of the table of wrong paths around the SNR of the target BER. Its logarithm bends by 1 to 2 per dB^2.
_BELOW_DB, _ABOVE_DB, _STEP_DB = 8.0, 2.5, 0.1
_DENSE_BITS = 10  # 1024-QAM and up: hard decisions, power divided over the streams

# Code rate -> (free distance, c_d and a_d: bit errors on the paths at that distance and the next ones, and paths).
_BIT_WEIGHTS: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {
    (1, 2): (10, (36, 0, 211, 0, 1404, 0, 11633, 0, 77433)),
    (2, 3): (6, (3, 70, 285, 1276, 6160, 27128, 117019, 498860, 2103891)),
    (3, 4): (5, (42, 201, 1492, 10469, 62935, 379644, 2253373, 13073811, 75152755)),
    (5, 6): (4, (92, 528, 8694, 79453, 792114, 7375573, 67884974, 610875423, 5427275376)),
}
_PATHS: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {
    (1, 2): (10, (11, 0, 38, 0, 193, 0, 1331, 0, 7275)),
    (2, 3): (6, (1, 16, 48, 158, 642, 2435, 9174, 34701, 131533)),
    (3, 4): (5, (8, 31, 160, 892, 4512, 23297, 120976, 624304, 3229885)),
    (5, 6): (4, (14, 69, 654, 4996, 39699, 315371, 2507890, 19921920, 158275483)),
}


@cache
def required_snr_db(bits: int, code: tuple[int, int], streams: int) -> float:
    """SNR in dB at which a modulation of ``bits`` a tone and code rate ``code`` reaches the target BER."""
    low, high = -10.0, 70.0
    while high - low > 1e-6:
        middle = (low + high) / 2.0
        if bit_error_rate(middle, bits, code, streams) > TARGET_BER:
            low = middle
        else:
            high = middle
    return high


def bit_error_rate(snr_db: float, bits: int, code: tuple[int, int], streams: int) -> float:
    """Bit error rate after decoding, at most 0.5; never rises with ``snr_db``."""
    return min(_union(_BIT_WEIGHTS[code], snr_db, bits, streams) / code[0], 0.5)


def packet_error_rate(snr_db: float, bits: int, code: tuple[int, int], streams: int, octets: int) -> float:
    """Share of MPDUs of ``octets`` with an error left after decoding."""
    wrong_paths_per_bit = _union(_PATHS[code], snr_db, bits, streams) / code[0]
    return 1.0 - math.exp(-8 * octets * wrong_paths_per_bit)


def packet_survival(snr_db: Floats, bits: int, code: tuple[int, int], streams: int, octets: int) -> Floats:
    """Share of MPDUs of ``octets`` that arrive, shape of ``snr_db``: 1 - ``packet_error_rate`` to within 0.0002."""
    snr, log_paths = _log_wrong_paths(bits, code, streams)
    survived: Floats = np.exp(-8.0 * octets * np.exp(np.interp(snr_db, snr, log_paths)))
    return survived


@cache
def _log_wrong_paths(bits: int, code: tuple[int, int], streams: int) -> tuple[Floats, Floats]:
    """Logarithm of the wrong paths a bit over SNR in dB, from where nothing gets through to where all does."""
    top = required_snr_db(bits, code, streams)
    snr = np.arange(top - _BELOW_DB, top + _ABOVE_DB, _STEP_DB)
    paths = [_union(_PATHS[code], float(x), bits, streams) / code[0] for x in snr]
    return snr, np.log(np.array(paths))


def _union(spectrum: tuple[int, tuple[int, ...]], snr_db: float, bits: int, streams: int) -> float:
    """Sum over distances of weight times the probability that a path at that distance wins."""
    dense = bits >= _DENSE_BITS
    snr = 10.0 ** (snr_db / 10.0) / (streams if dense else 1)
    raw = uncoded_error_rate(snr, bits)
    distance, weights = spectrum
    return sum(
        weight * (_hard_pair(d, raw) if dense else _soft_pair(d, snr, bits))
        for d, weight in enumerate(weights, start=distance)
    )


def uncoded_error_rate(snr: float, bits: int) -> float:
    """Bit error rate of Gray-coded BPSK (1 bit) or square QAM before decoding; ``snr`` linear, per tone."""
    if bits == 1:
        return 0.5 * math.erfc(math.sqrt(snr))
    order = 2**bits
    return 2.0 / bits * (1.0 - 1.0 / math.sqrt(order)) * math.erfc(math.sqrt(1.5 * snr / (order - 1)))


def _soft_pair(d: int, snr: float, bits: int) -> float:
    """Probability that a path at distance ``d`` wins over interleaved bits, soft decisions."""
    if bits == 1:
        return 0.5 * math.erfc(math.sqrt(d * snr))
    unit = 1.5 * snr / (2**bits - 1)  # a quarter of the squared distance of neighbours, over the noise
    steps = _steps_to_other_bit(bits // 2)
    # Taking the nearest step out keeps the mean from underflowing at high SNR.
    mean = sum(math.exp(-unit * (k * k - 1)) for k in steps) / len(steps)
    return 0.5 * math.erfc(math.sqrt(d * (unit - math.log(mean))))


@cache
def _steps_to_other_bit(bits: int) -> tuple[int, ...]:
    """For each bit of each Gray-labelled point of one axis: steps to the nearest point where that bit differs."""
    labels = [point ^ (point >> 1) for point in range(2**bits)]
    return tuple(
        min(abs(a - b) for b, other in enumerate(labels) if (label ^ other) >> bit & 1)
        for bit in range(bits)
        for a, label in enumerate(labels)
    )


def _hard_pair(d: int, p: float) -> float:
    """Probability that more than half of ``d`` hard-decided bits are wrong, ties counted half."""
    p = min(p, 0.5)
    terms = [math.comb(d, k) * p**k * (1.0 - p) ** (d - k) for k in range(d // 2 + 1, d + 1)]
    tie = 0.5 * math.comb(d, d // 2) * p ** (d // 2) * (1.0 - p) ** (d // 2) if d % 2 == 0 else 0.0
    return sum(terms) + tie
