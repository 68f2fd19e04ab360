"""What every radio loses on its way to every place and to every other radio.

Loss = law of distance + walls + slabs + log-normal shadowing (see ``propagation`` and ``crossings``). The survey of
the geometry has no chance in it and is done once; shadowing is drawn per access point and place for one replication,
so that a second design under the same seed sees the same draws. One value serves both directions of a link and all
bands, because what shadows one band shadows the others. Antenna patterns and fading over time are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import ClientType, Material
from wifisim.inputs.equipment import Network, Radio
from wifisim.inputs.floorplan import Building
from wifisim.randomness import stream
from wifisim.rf.channels import BANDS, centre_mhz
from wifisim.rf.crossings import Obstacles, loss_from_db, obstacles
from wifisim.rf.places import Places
from wifisim.rf.propagation import path_loss_db

Floats = NDArray[np.float64]

NO_LINK_DB = np.inf  # between radios of different bands


@dataclass(frozen=True, slots=True)
class PlacedRadio:
    """An enabled radio and where it stands; ``access_point`` is the index in ``Network.access_points``."""

    id: str
    access_point: int
    access_point_id: str
    radio: Radio
    x_m: float
    y_m: float
    z_m: float

    @property
    def freq_mhz(self) -> float:
        """Centre of the primary channel."""
        return centre_mhz(self.radio.band, self.radio.channel)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Losses in dB without antenna gains: ``path_loss_db`` [radio, place] and ``radio_loss_db`` [radio, radio].

    ``radio_loss_db`` is symmetric, 0 on the diagonal and infinite between bands. ``walls_db`` [radio, place] is what
    walls and slabs have in ``path_loss_db``.
    """

    radios: tuple[PlacedRadio, ...]
    places: Places
    path_loss_db: Floats
    radio_loss_db: Floats
    walls_db: Floats


def placed_radios(network: Network, building: Building) -> tuple[PlacedRadio, ...]:
    """All enabled radios, access point by access point: the order of every ``[radio]`` axis."""
    base_m = {floor.id: floor.base_m for floor in building.floors}
    return tuple(
        PlacedRadio(
            f"{point.id}/{radio.band}", index, point.id, radio, *point.at_m, base_m[point.floor_id] + point.height_m
        )
        for index, point in enumerate(network.access_points)
        for radio in point.radios
        if radio.enabled
    )


def survey(
    building: Building,
    radios: tuple[PlacedRadio, ...],
    places: Places,
    *,
    materials: dict[str, Material],
    law: str = "tgax-enterprise",
) -> Coverage:
    """Losses of distance, walls and slabs from every radio to every place and radio; no chance in it."""
    path = np.full((len(radios), len(places)), NO_LINK_DB)
    walls = np.zeros_like(path)
    between = np.full((len(radios), len(radios)), NO_LINK_DB)
    for band in BANDS:
        own = [index for index, placed in enumerate(radios) if placed.radio.band == band]
        if own:
            around = obstacles(building, materials, band)
            _survey_band(radios, own, places, around=around, law=law, path=path, walls=walls, between=between)
    np.fill_diagonal(between, 0.0)
    return Coverage(radios, places, path, np.minimum(between, between.T), walls)


def with_losses(coverage: Coverage, *, wall_factor: float, signal_db: float) -> Coverage:
    """The same coverage of places with walls of ``wall_factor`` times the loss and every signal ``signal_db`` stronger.

    What access points hear of each other stays.
    """
    path = coverage.path_loss_db + (wall_factor - 1.0) * coverage.walls_db - signal_db
    return replace(coverage, path_loss_db=path, walls_db=wall_factor * coverage.walls_db)


def with_shadowing(coverage: Coverage, *, sigma_db: float, seed: int, replication: int) -> Coverage:
    """The same coverage with one replication's shadowing on every link."""
    if sigma_db == 0.0:
        return coverage
    path = coverage.path_loss_db.copy()
    between = coverage.radio_loss_db.copy()
    by_point: dict[str, Floats] = {}
    for index, placed in enumerate(coverage.radios):
        point = placed.access_point_id
        if point not in by_point:
            draws = stream(seed, "shadowing", replication, point)
            by_point[point] = sigma_db * draws.standard_normal(len(coverage.places))
        path[index] += by_point[point]
    for a, b in zip(*np.nonzero(np.triu(np.isfinite(between), k=1)), strict=True):
        first, second = sorted((coverage.radios[a].access_point_id, coverage.radios[b].access_point_id))
        extra = sigma_db * stream(seed, "shadowing", replication, first, second).standard_normal()
        between[a, b] += extra
        between[b, a] = between[a, b]
    return replace(coverage, path_loss_db=path, radio_loss_db=between)


def rssi_dbm(coverage: Coverage, client: ClientType) -> Floats:
    """Power a client receives from each radio [radio, place]."""
    eirp = np.array([placed.radio.power_dbm + placed.radio.antenna_gain_dbi for placed in coverage.radios])
    return eirp[:, None] + client.antenna_gain_dbi - coverage.path_loss_db


def uplink_rssi_dbm(coverage: Coverage, client: ClientType) -> Floats:
    """Power each radio receives from a client at each place [radio, place]."""
    gain = np.array([placed.radio.antenna_gain_dbi for placed in coverage.radios])
    return client.power_dbm + client.antenna_gain_dbi + gain[:, None] - coverage.path_loss_db


def _survey_band(
    radios: tuple[PlacedRadio, ...],
    own: list[int],
    places: Places,
    *,
    around: Obstacles,
    law: str,
    path: Floats,
    walls: Floats,
    between: Floats,
) -> None:
    """Fill the rows of one band's radios, several radios of one access point at the same spot included."""
    x = np.concatenate([places.x_m, [radios[i].x_m for i in own]])
    y = np.concatenate([places.y_m, [radios[i].y_m for i in own]])
    z = np.concatenate([places.z_m, [radios[i].z_m for i in own]])
    for index in own:
        spot = radios[index]
        distance = np.sqrt((x - spot.x_m) ** 2 + (y - spot.y_m) ** 2 + (z - spot.z_m) ** 2)
        loss = path_loss_db(distance, spot.freq_mhz, law=law)
        crossed = loss_from_db((spot.x_m, spot.y_m, spot.z_m), x, y, z, around=around)
        loss += crossed
        walls[index] = crossed[: len(places)]
        path[index] = loss[: len(places)]
        between[index, own] = loss[len(places) :]
