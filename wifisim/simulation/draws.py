"""Counter-based random numbers for the flow kernel: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011).

The key is (seed, replication), the counter (user key, number of the draw): what a user draws depends on nobody else,
so two designs under one seed see the same people. One block gives four uniform numbers of 32 bits.
"""

from __future__ import annotations

import numpy as np

from wifisim import randomness
from wifisim.simulation.compiled import compiled

_MULTIPLIER_0 = np.uint64(0xD2511F53)  # Philox4x32 round multipliers, Salmon et al. 2011, table 2
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)  # key schedule: golden ratio and sqrt(3) - 1, same table
_WEYL_1 = np.uint64(0xBB67AE85)
_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ROUNDS = 10
_TO_UNIT = 2.0**-32

cumulative = compiled(randomness.cumulative)
normal_quantile = compiled(randomness.normal_quantile)


@compiled
def philox(
    counter_low: np.uint64, counter_high: np.uint64, key: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four 32-bit words of the block at a 128-bit counter under a 64-bit key."""
    x0, x1 = counter_low & _WORD, counter_low >> _HALF
    x2, x3 = counter_high & _WORD, counter_high >> _HALF
    k0, k1 = key & _WORD, key >> _HALF
    for _ in range(_ROUNDS):
        product_0 = _MULTIPLIER_0 * x0
        product_1 = _MULTIPLIER_1 * x2
        x0, x2 = (product_1 >> _HALF) ^ x1 ^ k0, (product_0 >> _HALF) ^ x3 ^ k1
        x1, x3 = product_1 & _WORD, product_0 & _WORD
        k0, k1 = (k0 + _WEYL_0) & _WORD, (k1 + _WEYL_1) & _WORD
    return x0, x1, x2, x3


@compiled
def uniforms(user_key: np.uint64, number: int, key: int) -> tuple[float, float, float, float]:
    """Four uniform numbers inside (0, 1): block ``number`` of the user with ``user_key``."""
    x0, x1, x2, x3 = philox(np.uint64(number), user_key, np.uint64(key))
    return (x0 + 0.5) * _TO_UNIT, (x1 + 0.5) * _TO_UNIT, (x2 + 0.5) * _TO_UNIT, (x3 + 0.5) * _TO_UNIT
