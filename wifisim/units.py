"""Decibels and linear power, bit rates, clock text: the only place where units are converted.

Everything inside wifisim is in SI units (s, m, Hz, bit/s, bytes, W) or in dB/dBm where the name says so.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$")

BITS_PER_BYTE = 8


def mw_from_dbm(level_dbm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power in milliwatt of levels in dBm, any shape."""
    return np.power(10.0, np.asarray(level_dbm, dtype=np.float64) / 10.0)


def dbm_from_mw(power_mw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Levels in dBm of powers in milliwatt, any shape; zero power gives -inf."""
    with np.errstate(divide="ignore"):
        return 10.0 * np.log10(np.asarray(power_mw, dtype=np.float64))


def bps_from_mbps(rate_mbps: float) -> float:
    """Bit/s of a rate in Mbit/s (decimal)."""
    return rate_mbps * 1e6


def seconds_from_clock(text: str) -> float:
    """Seconds since midnight of ``"HH:MM"`` or ``"HH:MM:SS"``. Raises ValueError on anything else."""
    match = _CLOCK.match(text.strip())
    if match is None:
        raise ValueError(f'not a time of day: {text!r} (write "HH:MM")')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def clock_from_seconds(time_s: float) -> str:
    """``"HH:MM"`` of seconds since midnight, rounded down to the minute."""
    minutes = int(time_s // 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
