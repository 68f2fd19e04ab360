"""Users as the kernel's callers give them and get them back, and their tables.

A batch of users becomes drafts of records, activities become one row each with their distributions as plain numbers,
so that the compiled loop (``flow_engine``) never sees an object.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.errors import SimulationError
from wifisim.inputs.profile import Activity
from wifisim.randomness import Distribution, cumulative
from wifisim.results.records import FloatArray, IntArray
from wifisim.simulation.flow_state import ACTIVITY, KINDS, USER, empty_records
from wifisim.simulation.heaps import Records

_ANCHORS = ("start", "end", "clock")


@dataclass(frozen=True, slots=True)
class UserBatch:
    """Users to add, equally long arrays. ``key`` is the random identity (device x activity); ``cache_route`` -1: none.

    ``air_s_per_bit`` is 0 for wired devices; ``weight`` scales the user's share; no transfer begins after ``end_s``.
    """

    key: NDArray[np.uint64]
    activity: IntArray
    route: IntArray
    cache_route: IntArray
    cache_share: FloatArray
    air_s_per_bit: FloatArray
    weight: FloatArray
    room: IntArray
    start_s: FloatArray
    end_s: FloatArray


@dataclass(frozen=True, slots=True)
class UserOutcome:
    """What removed users had: transfers done, those in time, what was cut off, the resource that bound them most."""

    transfers: IntArray
    good: IntArray
    unfinished_bytes: FloatArray
    unfinished_age_s: FloatArray
    binding_resource: IntArray


def no_users(count: int) -> Records:
    """Empty user records."""
    users = empty_records(USER, count)
    users.group = -1
    return users


def drafts(batch: UserBatch, count: int) -> Records:
    """User records with the ways of ``batch``. Raises ``SimulationError``."""
    users = no_users(count)
    users.route = batch.route
    users.cache_route = batch.cache_route
    users.cache_share = batch.cache_share
    users.cost = batch.air_s_per_bit
    users.weight = batch.weight
    users.room = batch.room
    users.end = batch.end_s
    if count and (not np.all(users.route >= 0) or not np.all(users.weight > 0.0) or not np.all(users.cost >= 0.0)):
        msg = "users need a route, a positive weight and an air cost that is not negative"
        raise SimulationError(msg)
    return users


def activity_table(activities: Sequence[Activity]) -> tuple[Records, FloatArray]:
    """One row an activity, and the ladders of all of them one after the other."""
    table = empty_records(ACTIVITY, max(len(activities), 1))
    ladder: list[float] = []
    for row, activity in zip(table, activities, strict=False):
        row.kind = KINDS.index(activity.kind)
        row.anchor = _ANCHORS.index(activity.anchor)
        row.save = activity.save
        row.ladder_first = len(ladder)
        ladder.extend(activity.ladder_bps)
        row.ladder_last = len(ladder)
        row.clock_s = activity.clock_s
        row.count = activity.count
        row.rate = activity.rate_bps
        row.chunk_s = activity.chunk_s
        row.buffer_s = activity.buffer_s
        row.connections = max(activity.connections, 1)
        row.new_share = activity.new_connection_share
        row.kept_share = (1.0 - activity.browser_hit_share) * activity.changed_share
        row.good_s = activity.good_s
        row["size"] = _parts(activity.size_bytes)
        row.think = _parts(activity.think_s)
        row.first = _parts(activity.first_s)
    return table, np.array(ladder, np.float64)


def _parts(law: Distribution) -> FloatArray:
    """Kind, a, b, low, high, and the untruncated cumulative at low and high."""
    kind = int(law.kind)
    drawn = kind >= 2
    bottom = cumulative(kind, law.a, law.b, law.low) if drawn and law.low > 0.0 else 0.0
    top = cumulative(kind, law.a, law.b, law.high) if drawn and law.high < math.inf else 1.0
    return np.array([kind, law.a, law.b, law.low, law.high, bottom, top], np.float64)
