"""When a sync client whose save has failed tries again: truncated exponential backoff with jitter.

The n-th wait is 2^n seconds and up to one second more at random, at most 64 s (Google Drive API, "Resolve errors",
exponential backoff; OneDrive and others do alike). So after an outage the devices of a school come back over about a
minute, not all at once. Left out: the time that a failed try itself takes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wifisim.randomness import identity, mix

MOST_S = 64.0  # "maximum_backoff is typically 32 or 64 seconds" (same source)
JITTER_S = 1.0  # "a random number of milliseconds less than or equal to 1000"


def next_tries_s(keys: NDArray[np.uint64], *, since_s: float, now_s: float) -> NDArray[np.float64]:
    """When each device [device] of ``keys`` tries next after ``now_s``, its first try having failed at ``since_s``."""
    try_s = np.full(keys.size, since_s)
    wait_s, number = 1.0, 0
    while (try_s <= now_s).any():
        lot = mix(keys, identity("retry", number)) >> np.uint64(11)
        step_s = np.minimum(wait_s + JITTER_S * lot * 2.0**-53, MOST_S)
        try_s = np.where(try_s <= now_s, try_s + step_s, try_s)
        wait_s, number = min(2.0 * wait_s, MOST_S), number + 1
    return np.asarray(try_s, dtype=np.float64)
