"""Channels for radios that name none: greedy colouring by distance, the same every time.

Radios are taken in file order. Each gets the legal channel on which the radios placed so far disturb it least, where a
radio on an overlapping channel disturbs by 1 / (1 + (d / 10 m)^3); d is the distance on the plan plus 12 m a floor (a
concrete slab costs about as much as that stretch of corridor and a wall). Among equals the channel that fewer radios
use wins, then the first in the country's list. Left out: walls, power, neighbours' networks, radar channels' extra
trouble. Radios with a channel of their own are never moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    channels = [radio.channel for radio in radios]
    for band in {radio.band: None for radio in radios}:
        indices = [index for index, radio in enumerate(radios) if radio.band == band]
        found = _BandPlan([radios[index] for index in indices], band, spectrum).channels()
        for index, channel in zip(indices, found, strict=True):
            channels[index] = channel
    return tuple(channels)


class _BandPlan:
    """The radios of one band; ``_setting`` [radio] numbers the distinct pairs of width and channel, -1 = none yet."""

    def __init__(self, radios: list[PlannedRadio], band: Band, spectrum: Spectrum) -> None:
        self._radios = radios
        self._band: Band = band
        self._spectrum = spectrum
        self._x_m = np.array([radio.at_m[0] for radio in radios])
        self._y_m = np.array([radio.at_m[1] for radio in radios])
        self._level = np.array([radio.level for radio in radios])
        self._settings: dict[tuple[int, int], int] = {}
        self._hits: dict[tuple[int, int], list[int]] = {}
        self._checked: dict[tuple[int, int], int] = {}
        self._setting = np.full(len(radios), -1)
        for index, radio in enumerate(radios):
            if radio.channel:
                self._place(index, radio.channel)

    def channels(self) -> list[int]:
        """The channel of every radio, in order."""
        channels = []
        for index, radio in enumerate(self._radios):
            channel = radio.channel or self._quietest(index, radio.width_mhz)
            if channel and not radio.channel:
                self._place(index, channel)
            channels.append(channel)
        return channels

    def _place(self, index: int, channel: int) -> None:
        key = (self._radios[index].width_mhz, channel)
        self._setting[index] = self._settings.setdefault(key, len(self._settings))

    def _quietest(self, index: int, width_mhz: int) -> int:
        candidates = self._spectrum.planned(self._band, width_mhz)
        placed = self._setting >= 0
        disturbance = np.bincount(
            self._setting[placed], weights=self._weights(index)[placed], minlength=len(self._settings)
        )
        users = np.bincount(self._setting[placed], minlength=len(self._settings))
        ranked = []
        for order, channel in enumerate(candidates):
            hit = self._hit_settings(width_mhz, channel)
            ranked.append((round(float(disturbance[hit].sum()), 9), int(users[hit].sum()), order))
        return candidates[min(ranked)[-1]] if ranked else 0

    def _weights(self, index: int) -> NDArray[np.float64]:
        """How much each radio would disturb radio ``index`` on an overlapping channel."""
        flat = np.hypot(self._x_m - self._x_m[index], self._y_m - self._y_m[index])
        distance_m = flat + METRES_PER_FLOOR * np.abs(self._level - self._level[index])
        weights: NDArray[np.float64] = 1.0 / (1.0 + (distance_m / REACH_M) ** 3)
        return weights

    def _hit_settings(self, width_mhz: int, channel: int) -> list[int]:
        """The settings so far that overlap a channel."""
        known = self._hits.setdefault((width_mhz, channel), [])
        checked = self._checked.setdefault((width_mhz, channel), 0)
        air = _air(self._spectrum.block(self._band, width_mhz, channel), self._band)
        for (width, other), number in list(self._settings.items())[checked:]:
            if air.intersection(self._spectrum.block(self._band, width, other)):
                known.append(number)
        self._checked[width_mhz, channel] = len(self._settings)
        return known


def _air(block: Block, band: Band) -> set[int]:
    """Channel numbers that a block disturbs: at 2.4 GHz, where they lie 5 MHz apart, also those four to each side."""
    if band != "2.4":
        return set(block)
    return {number + offset for number in block for offset in range(-4, 5)}
