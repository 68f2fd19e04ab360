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
from dataclasses import dataclass, replace

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
    placed = [radio for radio in radios if radio.channel]
    overlaps = _Overlaps(spectrum)
    channels: list[int] = []
    for radio in radios:
        if radio.channel:
            channels.append(radio.channel)
            continue
        channel = _quietest(radio, placed, overlaps)
        channels.append(channel)
        placed.append(replace(radio, channel=channel))
    return tuple(channels)


def _quietest(radio: PlannedRadio, placed: list[PlannedRadio], overlaps: _Overlaps) -> int:
    candidates = overlaps.spectrum.planned(radio.band, radio.width_mhz)
    disturbance = [0.0] * len(candidates)
    users = [0] * len(candidates)
    for other in placed:
        if other.band != radio.band:
            continue
        weight = _disturbance(radio, other)
        for index in overlaps.hit(radio.band, radio.width_mhz, other.width_mhz, other.channel):
            disturbance[index] += weight
            users[index] += 1
    ranked = [(round(d, 9), n, index) for index, (d, n) in enumerate(zip(disturbance, users, strict=True))]
    return candidates[min(ranked)[-1]] if ranked else 0


class _Overlaps:
    """Which of the channels that planning may use a placed radio disturbs, by index; looked up once each."""

    def __init__(self, spectrum: Spectrum) -> None:
        self.spectrum = spectrum
        self._known: dict[tuple[Band, int, int, int], tuple[int, ...]] = {}

    def hit(self, band: Band, width_mhz: int, other_width_mhz: int, channel: int) -> tuple[int, ...]:
        key = (band, width_mhz, other_width_mhz, channel)
        if key not in self._known:
            used = _air(self.spectrum.block(band, other_width_mhz, channel), band)
            blocks = [self.spectrum.block(band, width_mhz, c) for c in self.spectrum.planned(band, width_mhz)]
            self._known[key] = tuple(index for index, block in enumerate(blocks) if used.intersection(block))
        return self._known[key]


def _air(block: Block, band: Band) -> set[int]:
    """Channel numbers that a block disturbs: at 2.4 GHz, where they lie 5 MHz apart, also those four to each side."""
    if band != "2.4":
        return set(block)
    return {number + offset for number in block for offset in range(-4, 5)}


def _disturbance(a: PlannedRadio, b: PlannedRadio) -> float:
    distance_m = math.dist(a.at_m, b.at_m) + METRES_PER_FLOOR * abs(a.level - b.level)
    return 1.0 / (1.0 + (distance_m / REACH_M) ** 3)
