"""The flow kernel: what ``simulation.day`` calls between two SimPy events.

``FlowKernel`` holds the tables (``flow_state``), hands them to the compiled loop (``flow_engine``) and gives back
telemetry. Users are device x activity; what they do is in ``habits``, how they share in ``sharing``. The same seed
gives the same bytes; a user's draws depend on its key only, so two designs see the same people.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wifisim.errors import SimulationError
from wifisim.inputs.profile import Activity
from wifisim.network.resources import Resource, Route
from wifisim.randomness import Distribution, cumulative
from wifisim.results.records import LATENCY_BINS, SLOT_S, FloatArray, IntArray
from wifisim.simulation.compiled import announce_compilation
from wifisim.simulation.flow_engine import CAPACITY, DONE, MOVE, REMOVE, START, run_until
from wifisim.simulation.flow_state import (
    ACTIVE,
    ACTIVITY,
    CLASS,
    KINDS,
    RUN,
    TRANSFER,
    USER,
    bind,
    empty_records,
    network_tables,
)
from wifisim.simulation.heaps import Records, empty_timers

_ANCHORS = ("start", "end", "clock")
_NOWHERE = Resource("nowhere", "link", "no connection", 0.0)  # what a disconnected user's transfer waits at
_FIRST_CAPACITY = 1024
_WORK = ("flows", "events", "solved", "classes_solved", "rebuilt")


@dataclass(frozen=True, slots=True)
class KernelSettings:
    """What a kernel is told once. ``transport`` False leaves only the bits at their shared rates."""

    seed: int
    replication: int
    start_s: float
    end_s: float
    bin_s: float
    rooms: int
    transport: bool = True
    telemetry: bool = True


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


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The arrays of ``DayRecord``, and what the loop did: ``work`` counts are deterministic, ``loop_s`` is not."""

    utilisation: FloatArray
    bound_share: FloatArray
    bound_flows: FloatArray
    carried_bps: FloatArray
    latency_counts: IntArray
    latency_by_time: IntArray
    late_counts: IntArray
    late_by_activity: IntArray
    flows: int
    events: int
    loop_s: float
    work: dict[str, int]


class FlowKernel:
    """A network with users on it, carried forward in time by ``advance``."""

    def __init__(
        self,
        resources: Sequence[Resource],
        routes: Sequence[Route],
        activities: Sequence[Activity],
        *,
        settings: KernelSettings,
        transfers: Records | None = None,
    ) -> None:
        span_s = settings.end_s - settings.start_s if settings.telemetry else 0.0
        bins, slots = (max(math.ceil(span_s / width_s - 1e-9), 1) for width_s in (settings.bin_s, SLOT_S))
        table, ladder = _activity_table(activities)
        nowhere = Route("nowhere", "up", -1, (len(resources),), 0.0, 0.0, 0.0)
        self._nowhere = len(routes)
        resources, routes = (*resources, _NOWHERE), (*routes, nowhere)
        self._loop_s = 0.0
        self._counts = _no_counts(len(resources), len(activities), bins=bins, slots=slots, rooms=settings.rooms)
        self._run = _run_record(settings, slots)
        self._tables: dict[str, Any] = {
            "users": _no_users(_FIRST_CAPACITY),
            "free_users": np.arange(_FIRST_CAPACITY)[::-1].copy(),
            "timers": empty_timers(2 * _FIRST_CAPACITY),
            "activities": table,
            "ladder": ladder,
            "transfers": empty_records(TRANSFER, 0) if transfers is None else transfers,
            "classes": empty_records(CLASS, _FIRST_CAPACITY),
            "free_classes": np.arange(_FIRST_CAPACITY)[::-1].copy(),
            "gathered": np.zeros(_FIRST_CAPACITY, np.int64),
            **network_tables(resources, routes),
            **self._counts,
        }
        bind(self._run[0], self._tables)

    def add_users(self, batch: UserBatch) -> IntArray:
        """Add users; gives their ids, by which they are moved and removed. Ids are used again after removal."""
        count = len(batch.key)
        while int(self._run.free_user_count[0]) < count:
            self._grow()
        left = int(self._run.free_user_count[0]) - count
        ids: IntArray = self._tables["free_users"][left : left + count][::-1].copy()
        self._run.free_user_count = left
        drafts = _drafts(batch, count)
        drafts.key = batch.key
        drafts.activity = batch.activity
        drafts.start = batch.start_s
        drafts.vote = -1
        self._tables["users"][ids] = drafts
        self._command(START, ids)
        return ids

    def remove_users(self, users: IntArray) -> UserOutcome:
        """Take users out; transfers in progress stay unfinished and are counted with their age as duration."""
        ids = np.asarray(users, np.int64)
        active = self._tables["users"]["state"][ids] == ACTIVE
        self._command(REMOVE, ids)
        gone = self._tables["users"][ids]
        free = int(self._run.free_user_count[0])
        self._tables["free_users"][free : free + len(ids)] = ids[::-1]
        self._run.free_user_count = free + len(ids)
        return UserOutcome(
            transfers=gone["done"].copy(),
            good=gone["good"].copy(),
            unfinished_bytes=np.where(active, gone["bits"] / 8.0, 0.0),
            unfinished_age_s=np.where(active, self._run.now[0] - gone["asked"], 0.0),
            binding_resource=np.where(gone["votes"] > 0, gone["vote"], -1).astype(np.int64),
        )

    def move_users(self, users: IntArray, batch: UserBatch) -> None:
        """Give users new ways (route, cache, air cost, weight, room, end); transfers in progress go on over them."""
        ids = np.asarray(users, np.int64)
        self._command(MOVE, ids, drafts=_drafts(batch, len(ids)))

    def disconnect_users(self, users: IntArray) -> tuple[UserOutcome, NDArray[np.bool_]]:
        """Users lose their network. Who goes on later (True) stays, with its transfer waiting; the others are removed.

        Those go on who have a save or a bulk transfer in progress, or bulk transfers still to make.
        """
        ids = np.asarray(users, np.int64)
        table, activities = self._tables["users"], self._tables["activities"]
        activity = activities[table["activity"][ids]]
        active, bulk = table["state"][ids] == ACTIVE, activity["kind"] == KINDS.index("bulk")
        stays = np.where(active, bulk | (activity["save"] != 0), bulk & (table["left"][ids] > 0))
        held_by = self._tables["classes"]["bound"][np.where(active, table["group"][ids], 0)]
        held_by = np.where(active & (table["votes"][ids] == 0), held_by, -1)
        gone = self.remove_users(ids[~stays])
        self._command(MOVE, ids[stays], drafts=self._to_nowhere(ids[stays]))
        outcome = self._so_far(ids)
        for field in fields(UserOutcome):
            getattr(outcome, field.name)[~stays] = getattr(gone, field.name)
        unvoted = stays & (held_by >= 0)
        outcome.binding_resource[unvoted] = held_by[unvoted]
        return outcome, stays

    def _to_nowhere(self, ids: IntArray) -> Records:
        """Ways that lead nowhere, which remember whether a transfer came from a content cache."""
        table, ways = self._tables["users"], _no_users(len(ids))
        cached = (table["way"][ids] == table["cache_route"][ids]) & (table["cache_route"][ids] >= 0)
        ways.route = self._nowhere
        ways.cache_route = np.where(cached, self._nowhere, -1)
        ways.weight, ways.room, ways.end = table["weight"][ids], table["room"][ids], -math.inf
        return ways

    def reconnect_users(self, users: IntArray, batch: UserBatch, *, more_bytes: FloatArray) -> None:
        """Disconnected users go on over new ways; who has transfers still to make begins them as after a first wait.

        ``more_bytes`` [user] have come to a transfer in progress meanwhile.
        """
        ids = np.asarray(users, np.int64)
        drafts = _drafts(batch, len(ids))
        drafts.bits = 8.0 * more_bytes
        self._command(MOVE, ids, drafts=drafts)
        table = self._tables["users"]
        idle = ids[(table["state"][ids] != ACTIVE) & (table["left"][ids] > 0)]
        left = table["left"][idle].copy()
        table["start"][idle] = self._run.now[0]
        self._command(START, idle)
        table["left"][idle] = left

    def _so_far(self, ids: IntArray) -> UserOutcome:
        """What users have had by now; bytes are right for those that nothing serves at the moment."""
        users = self._tables["users"][ids]
        active = users["state"] == ACTIVE
        clock = self._tables["classes"]["clock"][np.where(active, users["group"], 0)]
        return UserOutcome(
            transfers=users["done"].copy(),
            good=users["good"].copy(),
            unfinished_bytes=np.where(active, (users["finish"] - clock) * users["weight"] / 8.0, 0.0),
            unfinished_age_s=np.where(active, self._run.now[0] - users["asked"], 0.0),
            binding_resource=np.where(users["votes"] > 0, users["vote"], -1).astype(np.int64),
        )

    def set_capacity(self, resource: int, capacity: float) -> None:
        """Change a resource's capacity now; at 0 the transfers that cross it wait."""
        self._command(CAPACITY, np.array([resource]), values=np.array([capacity]))

    def set_routes(self, routes: IntArray, new: Sequence[Route]) -> None:
        """Give routes other delays (round trip, set-up, server, queues) and caps; transfers end with the new delays."""
        table = self._tables["routes"]
        for index, route in zip(routes.tolist(), new, strict=True):
            row = table[index]
            row.rtt, row.setup, row.server, row.cap = route.rtt_s, route.setup_s, route.server_s, route.cap_bps
            self._tables["queues"]["delay"][row.queue_first : row.queue_last] = [delay_s for _, delay_s in route.queues]

    def asked_s(self, users: IntArray) -> FloatArray:
        """When each user asked for its last transfer."""
        return np.asarray(self._tables["users"]["asked"][users], dtype=np.float64)

    def stalled(self) -> IntArray:
        """Users with a transfer in progress that nothing carries at the moment."""
        users = self._tables["users"]
        active = np.flatnonzero(users["state"] == ACTIVE)
        waiting: IntArray = active[self._tables["classes"]["level"][users["group"][active]] <= 0.0]
        return waiting

    def stalled_saves(self) -> IntArray:
        """Those of them that save."""
        return self.saving(self.stalled())

    def saving(self, users: IntArray) -> IntArray:
        """Those of ``users`` whose activity is to save."""
        activity = self._tables["users"]["activity"][users]
        found: IntArray = users[self._tables["activities"]["save"][activity] != 0]
        return found

    def unsaved(self) -> tuple[int, float]:
        """How many saves were asked for and are not acknowledged yet, and their bytes."""
        users, activities = self._tables["users"], self._tables["activities"]
        active = np.flatnonzero(users["state"] == ACTIVE)
        waiting = active[activities["save"][users["activity"][active]] != 0]
        return waiting.size, float(users["bits"][waiting].sum() / 8.0)

    def advance(self, until_s: float) -> None:
        """Carry everything forward to ``until_s``, events at that very time included."""
        self._go(until_s, np.zeros((0, 2), np.int64), _no_users(1), np.zeros(1))

    def telemetry(self) -> Telemetry:
        """What has been measured so far; the bin in progress is not in it."""
        run = self._run[0]
        names = [field.name for field in fields(Telemetry)][: len(self._counts)]
        return Telemetry(
            **dict(zip(names, _without_nowhere(self._counts).values(), strict=True)),
            flows=int(run.flows),
            events=int(run.events),
            loop_s=self._loop_s,
            work={name: int(run[name]) for name in _WORK},
        )

    def _command(
        self, command: int, ids: IntArray, *, drafts: Records | None = None, values: FloatArray | None = None
    ) -> None:
        commands = np.column_stack([np.full(len(ids), command), ids]).astype(np.int64)
        drafts = _no_users(len(ids)) if drafts is None else drafts
        self._go(-math.inf, commands, drafts, np.zeros(len(ids)) if values is None else values)

    def _go(self, until_s: float, commands: NDArray[np.int64], drafts: Records, values: FloatArray) -> None:
        announce_compilation()
        begun = time.perf_counter()
        self._ensure_timers()
        while run_until(self._run, until_s, commands, drafts, values) != DONE:
            commands = commands[:0]
            self._grow()
        self._loop_s += time.perf_counter() - begun

    def _ensure_timers(self) -> None:
        """Every user may come to wait, and stale timers of removed ones may still stand."""
        timers = self._tables["timers"]
        needed = int(timers.user[0]) + len(self._tables["users"]) + 1
        if needed > len(timers):
            self._enlarge("timers", 2 * needed)
            bind(self._run[0], self._tables)

    def _grow(self) -> None:
        """Twice as many user records and classes."""
        old = len(self._tables["users"])
        for name in ("users", "free_users", "classes", "free_classes", "gathered"):
            self._enlarge(name, 2 * old)
        self._tables["users"].group[old:] = -1
        for name, count in (("free_users", "free_user_count"), ("free_classes", "free_class_count")):
            free = int(self._run[count][0])
            kept = self._tables[name][:free].copy()
            self._tables[name][: old + free] = np.concatenate([np.arange(2 * old - 1, old - 1, -1), kept])
            self._run[count] = free + old
        bind(self._run[0], self._tables)
        self._ensure_timers()

    def _enlarge(self, name: str, size: int) -> None:
        old = self._tables[name]
        self._tables[name] = np.zeros(size, old.dtype).view(type(old))
        self._tables[name][: len(old)] = old


def _no_users(count: int) -> Records:
    users = empty_records(USER, count)
    users.group = -1
    return users


def _run_record(settings: KernelSettings, slots: int) -> Records:
    run = empty_records(RUN, 1)
    run.now = run.start = settings.start_s
    run.end = settings.end_s
    run.bin_s = settings.bin_s
    run.slot_s = SLOT_S
    run.next_bin = min(settings.start_s + settings.bin_s, settings.end_s)
    run.key = (settings.seed & 0xFFFFFFFF) | ((settings.replication & 0x7FFFFFFF) << 32)
    run.transport = settings.transport
    run.telemetry = settings.telemetry
    run.free_user_count = run.free_class_count = _FIRST_CAPACITY
    run.rooms = max(settings.rooms, 1)
    run.slots = slots
    return run


def _without_nowhere(counts: dict[str, Any]) -> dict[str, Any]:
    """The counts of the resources that exist; late transfers without a connection were held back by none of them."""
    kept = dict(counts)
    for name in ("utilisation", "bound_share", "bound_flows", "carried_bps"):
        kept[name] = np.ascontiguousarray(counts[name][:, :-1])
    for name in ("late", "late_by_activity"):
        kept[name] = np.delete(counts[name], -2, axis=1)
        kept[name][:, -1] += counts[name][:, -2]
    return kept


def _no_counts(resources: int, activities: int, *, bins: int, slots: int, rooms: int) -> dict[str, Any]:
    names = ("utilisation", "bound_share", "bound_flows", "carried_bps")
    return {
        **{name: np.zeros((bins, resources)) for name in names},
        "latency": np.zeros((activities, max(rooms, 1), LATENCY_BINS), np.int64),
        "latency_by_time": np.zeros((activities, slots, LATENCY_BINS), np.int64),
        "late": np.zeros((slots, resources + 1), np.int64),
        "late_by_activity": np.zeros((activities, resources + 1), np.int64),
    }


def _drafts(batch: UserBatch, count: int) -> Records:
    drafts = _no_users(count)
    drafts.route = batch.route
    drafts.cache_route = batch.cache_route
    drafts.cache_share = batch.cache_share
    drafts.cost = batch.air_s_per_bit
    drafts.weight = batch.weight
    drafts.room = batch.room
    drafts.end = batch.end_s
    if count and (not np.all(drafts.route >= 0) or not np.all(drafts.weight > 0.0) or not np.all(drafts.cost >= 0.0)):
        msg = "users need a route, a positive weight and an air cost that is not negative"
        raise SimulationError(msg)
    return drafts


def _activity_table(activities: Sequence[Activity]) -> tuple[Records, FloatArray]:
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


def warm_up() -> None:
    """Compile the kernel, or load it: call once before starting worker processes, so that only one compiles."""
    settings = KernelSettings(seed=0, replication=0, start_s=0.0, end_s=1.0, bin_s=1.0, rooms=1)
    FlowKernel((), (), (), settings=settings).advance(0.0)
