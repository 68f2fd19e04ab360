"""Which walls and slabs lie between two points of a building, and what they cost.

A ray is the straight line in space between two points. It crosses a wall where it meets the wall's segment on the
plan while its height is between the wall's floor and the slab above. Seen from one end of the ray, a wall covers an
interval of bearings: with the other ends sorted by bearing, a binary search finds the few rays that can meet it, so
the work grows with the crossings and not with rays x walls. Reflection, diffraction and oblique incidence are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import Material
from wifisim.inputs.equipment import Band
from wifisim.inputs.floorplan import Building

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ENDS = 1e-9  # a wall that a ray only touches with its end is not crossed
_BEYOND = 2.0  # any place on the ray past its far end


@dataclass(frozen=True, slots=True)
class Obstacles:
    """One band's walls [wall]: both ends on the plan, height range, loss; and slabs [slab]: height, loss."""

    ax_m: Floats
    ay_m: Floats
    bx_m: Floats
    by_m: Floats
    bottom_m: Floats
    top_m: Floats
    wall_loss_db: Floats
    slab_z_m: Floats
    slab_loss_db: Floats


def obstacles(building: Building, materials: dict[str, Material], band: Band) -> Obstacles:
    """All walls, and the slab under every floor but the lowest, with their losses in a band."""
    walls = [
        (*wall.from_m, *wall.to_m, floor.base_m, floor.base_m + floor.height_m, wall.material_id)
        for floor in building.floors
        for wall in floor.walls
    ]
    columns = np.array([wall[:6] for wall in walls], dtype=np.float64).reshape(-1, 6).T
    losses = np.array([materials[str(wall[6])].loss_db[band] for wall in walls], dtype=np.float64)
    upper = building.floors[1:]
    slab_z = np.array([floor.base_m for floor in upper], dtype=np.float64)
    slab_loss = np.array([materials[floor.slab_material_id].loss_db[band] for floor in upper], dtype=np.float64)
    ax, ay, bx, by, bottom, top = columns
    return Obstacles(ax, ay, bx, by, bottom, top, losses, slab_z, slab_loss)


def loss_from_db(
    origin_m: tuple[float, float, float], x_m: Floats, y_m: Floats, z_m: Floats, *, around: Obstacles
) -> Floats:
    """Loss in dB [point] of all walls and slabs between ``origin_m`` and each point."""
    ox, oy, oz = origin_m
    dx, dy, dz = x_m - ox, y_m - oy, z_m - oz
    return _walls_db(origin_m, dx, dy, dz, around) + slabs_db(oz, z_m, around)


def slabs_db(from_z_m: float, to_z_m: Floats, around: Obstacles) -> Floats:
    """Loss in dB [point] of the slabs between one height and others."""
    low = np.minimum(from_z_m, to_z_m)[:, None]
    high = np.maximum(from_z_m, to_z_m)[:, None]
    between = (around.slab_z_m > low) & (around.slab_z_m <= high)
    loss: Floats = between @ around.slab_loss_db
    return loss


def _walls_db(origin_m: tuple[float, float, float], dx: Floats, dy: Floats, dz: Floats, around: Obstacles) -> Floats:
    order, start, stop = _rays_by_wall(origin_m, dx, dy, around)
    lengths = stop - start
    wall = np.repeat(np.arange(len(lengths)), lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    ray = order[(np.repeat(start, lengths) + within) % len(order)] if len(order) else within
    t = _meeting(origin_m, dx[ray], dy[ray], around, wall)
    height = origin_m[2] + t * dz[ray]
    hit = (t > _ENDS) & (t < 1.0 - _ENDS) & (height >= around.bottom_m[wall]) & (height < around.top_m[wall])
    loss: Floats = np.bincount(ray[hit], around.wall_loss_db[wall[hit]], minlength=len(dx)).astype(np.float64)
    return loss


def _rays_by_wall(
    origin_m: tuple[float, float, float], dx: Floats, dy: Floats, around: Obstacles
) -> tuple[Ints, Ints, Ints]:
    """Rays sorted by bearing, and per wall the range of positions (modulo the number of rays) it covers."""
    bearing = np.arctan2(dy, dx)
    order = np.argsort(bearing, kind="stable")
    bearing = bearing[order]
    from_a = np.arctan2(around.ay_m - origin_m[1], around.ax_m - origin_m[0])
    from_b = np.arctan2(around.by_m - origin_m[1], around.bx_m - origin_m[0])
    turn = np.mod(from_b - from_a + np.pi, 2.0 * np.pi) - np.pi
    first = np.where(turn >= 0.0, from_a, from_b)
    last = np.where(turn >= 0.0, from_b, from_a)
    # Half-open, so that a ray through the joint of two walls in line meets exactly one of them.
    start = np.searchsorted(bearing, first, side="left")
    stop = np.searchsorted(bearing, last, side="left")
    stop = np.where(last < first, stop + len(order), stop)
    return order, start, stop


def _meeting(origin_m: tuple[float, float, float], dx: Floats, dy: Floats, around: Obstacles, wall: Ints) -> Floats:
    """Where on the ray (0 origin, 1 far end) it meets the line of the wall; parallels meet beyond it."""
    wx = around.bx_m[wall] - around.ax_m[wall]
    wy = around.by_m[wall] - around.ay_m[wall]
    ux = around.ax_m[wall] - origin_m[0]
    uy = around.ay_m[wall] - origin_m[1]
    cross = dx * wy - dy * wx
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (ux * wy - uy * wx) / cross
    return np.where(cross == 0.0, _BEYOND, t)
