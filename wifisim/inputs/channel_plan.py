"""Channels for radios that name none: greedy colouring by distance, the same every time.

Radios are taken in file order. Each gets the legal channel on which the radios placed so far disturb it least, where a
radio on an overlapping channel disturbs by 1 / (1 + (d / 10 m)^3); d is the distance on the plan plus 12 m a floor (a
concrete slab costs about as much as that stretch of corridor and a wall). Among equals the channel that fewer radios
use wins, then the first in the country's list. Left out: walls, power, neighbours' networks, radar channels' extra
trouble. Radios with a channel of their own are never moved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wifisim.inputs.equipment import Band
from wifisim.inputs.floorplan import Point
from wifisim.inputs.resolve.spectrum import Block, Spectrum

REACH_M = 10.0
METRES_PER_FLOOR = 12.0


@dataclass(frozen=True, slots=True)
class PlannedRadio:
    """An enabled radio in the plan; ``channel`` 0 asks for one."""

    level: int
    at_m: Point
    band: Band
    width_mhz: int
    channel: int


def plan_channels(radios: Sequence[PlannedRadio], spectrum: Spectrum) -> tuple[int, ...]:
    """A channel for each radio: its own, or the one found; 0 where the band has none of that width."""
    placed = [(radio, spectrum.block(radio.band, radio.width_mhz, radio.channel)) for radio in radios if radio.channel]
    channels: list[int] = []
    for radio in radios:
        if radio.channel:
            channels.append(radio.channel)
            continue
        channel = _quietest(radio, placed, spectrum)
        channels.append(channel)
        placed.append((radio, spectrum.block(radio.band, radio.width_mhz, channel)))
    return tuple(channels)


def _quietest(radio: PlannedRadio, placed: list[tuple[PlannedRadio, Block]], spectrum: Spectrum) -> int:
    best, best_cost = 0, (math.inf, 0)
    others = [(_disturbance(radio, other), set(block)) for other, block in placed if other.band == radio.band]
    for channel in spectrum.planned(radio.band, radio.width_mhz):
        block = _air(spectrum.block(radio.band, radio.width_mhz, channel), radio.band)
        weights = [weight for weight, used in others if block & used]
        cost = (round(sum(weights), 9), len(weights))
        if cost < best_cost:
            best, best_cost = channel, cost
    return best


def _air(block: Block, band: Band) -> set[int]:
    """Channel numbers that a block disturbs: at 2.4 GHz, where they lie 5 MHz apart, also those four to each side."""
    if band != "2.4":
        return set(block)
    return {number + offset for number in block for offset in range(-4, 5)}


def _disturbance(a: PlannedRadio, b: PlannedRadio) -> float:
    distance_m = math.dist(a.at_m, b.at_m) + METRES_PER_FLOOR * abs(a.level - b.level)
    return 1.0 / (1.0 + (distance_m / REACH_M) ** 3)
