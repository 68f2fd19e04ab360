"""When whoever has met a dead line or service tries again: exponential back-off with jitter, by kind of traffic.

The n-th wait is ``first_s`` x 2^n, at most ``most_s``, and by chance up to ``spread`` of itself more or less or up to
``extra_s`` more. So after an outage the devices of a school come back over a while, each at its own time.
Left out: the time that a failed try itself takes, pupils who press reload, browsers and updaters that give up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity, ActivityKind
from wifisim.randomness import identity, mix


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between tries, see above."""

    first_s: float
    most_s: float
    spread: float = 0.0
    extra_s: float = 0.0


# Sync clients: 2^n s and up to 1 s by chance, at most 64 s (Google Drive API, "Resolve errors"; others do alike).
SAVE = Backoff(1.0, 64.0, extra_s=1.0)
# A page's connections stay open and send again after 1, 2, 4 ... s, at most 60 s (RFC 6298, 2.1, 2.4, 5.5); the spread
# is our choice, for their measured round trips. Chromium's own reload (after 5, 30, 60, 300 s) comes later.
PAGE = Backoff(1.0, 60.0, spread=0.5)
# Video players: Shaka Player waits 1 s, doubled, half more or less (retryParameters); hls.js waits at most 8 s
# (fragLoadPolicy).
SEGMENT = Backoff(1.0, 8.0, spread=0.5)
# Calls ask every 5 s, a fifth more or less, whether the other end is there (RFC 7675, 5.1).
CALL = Backoff(5.0, 5.0, spread=0.2)
# Updates and installs: from 10 s (ChromeOS update_engine, kNoNetworkRetrySeconds) to 600 s (Windows BITS and Delivery
# Optimization, SetMinimumRetryDelay); doubling and spread between them are our choice.
DOWNLOAD = Backoff(10.0, 600.0, spread=0.5)
_OF_KIND: dict[ActivityKind, Backoff] = {"transaction": PAGE, "stream": SEGMENT, "call": CALL, "bulk": DOWNLOAD}


def backoff_of(activity: Activity) -> Backoff:
    """How devices that do ``activity`` come back."""
    return SAVE if activity.save else _OF_KIND[activity.kind]


def next_tries_s(
    keys: NDArray[np.uint64], backoff: Backoff, *, since_s: NDArray[np.float64], now_s: float
) -> NDArray[np.float64]:
    """When each device [device] of ``keys`` tries next after ``now_s``, its first try having failed at ``since_s``."""
    try_s = since_s.copy()
    wait_s, number = backoff.first_s, 0
    while (try_s <= now_s).any():
        lot = (mix(keys, identity("retry", number)) >> np.uint64(11)) * 2.0**-53
        step_s = wait_s * (1.0 + backoff.spread * (2.0 * lot - 1.0)) + backoff.extra_s * lot
        step_s = np.minimum(step_s, backoff.most_s * (1.0 + backoff.spread))
        try_s = np.where(try_s <= now_s, try_s + step_s, try_s)
        wait_s, number = min(2.0 * wait_s, backoff.most_s), number + 1
    return np.asarray(try_s, dtype=np.float64)
