"""Resolved numbers back to the written units, so that reading them gives the very same number."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable


def written_number(value: float, read: Callable[[float], float]) -> float:
    """The shortest decimal that ``read`` turns into ``value``; ``read`` is a scaling."""
    guess = value / read(1.0)
    rounded = [float(f"{guess:.{digits}g}") for digits in range(1, 18)]
    # Where two roundings meet, the number that was read lies a few units in the last place away.
    near = [guess + step * math.ulp(guess) for step in (-1, 1, -2, 2, -3, 3)]
    return next((number for number in [*rounded, *near] if read(number) == value), guess)


def mbps(rate_bps: float) -> float:
    """Mbit/s of bit/s."""
    return written_number(rate_bps, lambda mega: mega * 1e6)


def milliseconds(time_s: float) -> float:
    """Milliseconds of seconds."""
    return written_number(time_s, lambda milli: milli / 1000)


def minutes(time_s: float) -> float:
    """Minutes of seconds."""
    return written_number(time_s, lambda minute: minute * 60)


def clock(time_s: float) -> str:
    """``HH:MM``, with seconds where there are any."""
    hours, rest = divmod(round(time_s), 3600)
    minute, second = divmod(rest, 60)
    return f"{hours:02d}:{minute:02d}" + (f":{second:02d}" if second else "")


def date(day: dt.date) -> str:
    """ISO date."""
    return day.isoformat()
