"""The flow kernel: what ``simulation.day`` calls between two SimPy events.

``FlowKernel`` puts users in, moves them, takes them out and gives back telemetry; its ``flow_machine`` holds the tables
(``flow_state``) and calls the compiled loop (``flow_engine``). Users are device x activity; what they do is in
``habits``, how they share in ``sharing``. The same seed gives the same bytes; a user's draws depend on its key only, so
two designs see the same people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity
from wifisim.network.resources import Gate, Resource, Route
from wifisim.results.records import SLOT_S, FloatArray, IntArray
from wifisim.simulation.flow_counts import Telemetry, no_counts, without_nowhere
from wifisim.simulation.flow_engine import CAPACITY, MOVE, REMOVE, START
from wifisim.simulation.flow_machine import FlowMachine, KernelSettings
from wifisim.simulation.flow_state import ACTIVE, KINDS, TRANSFER, empty_records, network_tables
from wifisim.simulation.flow_users import UserBatch, UserOutcome, activity_table, drafts, no_users
from wifisim.simulation.gates import gate_table, pass_table
from wifisim.simulation.heaps import Records

_NOWHERE = Resource("nowhere", "link", "no connection", 0.0)  # what a disconnected user's transfer waits at
_WORK = ("flows", "events", "solved", "classes_solved", "rebuilt")


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
        gates: Sequence[Gate] = (),
    ) -> None:
        span_s = settings.end_s - settings.start_s if settings.telemetry else 0.0
        bins, slots = (max(math.ceil(span_s / width_s - 1e-9), 1) for width_s in (settings.bin_s, SLOT_S))
        table, ladder = activity_table(activities)
        nowhere = Route("nowhere", "up", -1, (len(resources),), 0.0, 0.0, 0.0)
        self._nowhere, self._nowhere_resource = len(routes), len(resources)
        resources, routes = (*resources, _NOWHERE), (*routes, nowhere)
        self._counts = no_counts(len(resources), len(activities), bins=bins, slots=slots, rooms=settings.rooms)
        tables = {
            "activities": table,
            "ladder": ladder,
            "transfers": empty_records(TRANSFER, 0) if transfers is None else transfers,
            **network_tables(resources, routes),
            "gates": gate_table(gates),
            "passes": pass_table(routes),
            **self._counts,
        }
        self._machine = FlowMachine(settings, slots, tables)
        self._tables, self._run = self._machine.tables, self._machine.run

    def add_users(self, batch: UserBatch) -> IntArray:
        """Add users; gives their ids, by which they are moved and removed. Ids are used again after removal."""
        count = len(batch.key)
        ids = self._machine.take_users(count)
        users = drafts(batch, count)
        users.key = batch.key
        users.activity = batch.activity
        users.start = batch.start_s
        users.vote = -1
        self._tables["users"][ids] = users
        self._machine.command(START, ids)
        return ids

    def remove_users(self, users: IntArray) -> UserOutcome:
        """Take users out; transfers in progress stay unfinished and are counted with their age as duration."""
        ids = np.asarray(users, np.int64)
        active = self._tables["users"]["state"][ids] == ACTIVE
        self._machine.command(REMOVE, ids)
        gone = self._tables["users"][ids]
        self._machine.give_back_users(ids)
        return UserOutcome(
            transfers=gone["done"].copy(),
            good=gone["good"].copy(),
            unfinished_bytes=np.where(active, gone["bits"] / 8.0, 0.0),
            unfinished_age_s=np.where(active, self._run.now[0] - gone["asked"], 0.0),
            binding_resource=self._bound_by(gone),
        )

    def move_users(self, users: IntArray, batch: UserBatch) -> None:
        """Give users new ways (route, cache, air cost, weight, room, end); transfers in progress go on over them."""
        ids = np.asarray(users, np.int64)
        self._machine.command(MOVE, ids, drafts=drafts(batch, len(ids)))

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
        held_by = np.where(active & (table["votes"][ids] == 0) & (held_by < self._nowhere_resource), held_by, -1)
        gone = self.remove_users(ids[~stays])
        self._machine.command(MOVE, ids[stays], drafts=self._to_nowhere(ids[stays]))
        outcome = self._so_far(ids)
        for field in fields(UserOutcome):
            getattr(outcome, field.name)[~stays] = getattr(gone, field.name)
        unvoted = stays & (held_by >= 0)
        outcome.binding_resource[unvoted] = held_by[unvoted]
        return outcome, stays

    def hold_users(self, users: IntArray) -> None:
        """Transfers in progress of users wait, whatever their kind, until ``reconnect_users``."""
        ids = np.asarray(users, np.int64)
        self._machine.command(MOVE, ids, drafts=self._to_nowhere(ids))

    def _to_nowhere(self, ids: IntArray) -> Records:
        """Ways that lead nowhere, which remember whether a transfer came from a content cache."""
        table, ways = self._tables["users"], no_users(len(ids))
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
        ways = drafts(batch, len(ids))
        ways.bits = 8.0 * more_bytes
        self._machine.command(MOVE, ids, drafts=ways)
        table = self._tables["users"]
        idle = ids[(table["state"][ids] != ACTIVE) & (table["left"][ids] > 0)]
        left = table["left"][idle].copy()
        table["start"][idle] = self._run.now[0]
        self._machine.command(START, idle)
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
            binding_resource=self._bound_by(users),
        )

    def feed(self, transfers: Records) -> IntArray:
        """Go on with the next transfers of a list, by start, none of them past; those in progress go on before them.

        Gives the places in the last transfers of those in progress, in their new order. ``transfers`` tells the rest.
        """
        users = self._tables["users"]
        going = np.flatnonzero((users["state"] == ACTIVE) & (users["activity"] < 0))
        places: IntArray = users["trace"][going].astype(np.int64)
        users["trace"][going] = np.arange(len(going))
        self._machine.replace("transfers", np.concatenate([self.transfers[places], transfers]))
        self._run.arrived = len(going)
        return places

    @property
    def transfers(self) -> Records:
        """The list that is being carried; ``finish`` is nan while a transfer is not through."""
        return self._tables["transfers"]

    def _bound_by(self, users: Records) -> IntArray:
        """The resource that bound most of the transfers of each user, -1 for none that exists."""
        known = (users["votes"] > 0) & (users["vote"] < self._nowhere_resource)
        return np.where(known, users["vote"], -1).astype(np.int64)

    def set_capacity(self, resource: int, capacity: float) -> None:
        """Change a resource's capacity now; at 0 the transfers that cross it wait."""
        self._machine.command(CAPACITY, np.array([resource]), values=np.array([capacity]))

    def set_routes(self, routes: IntArray, new: Sequence[Route]) -> None:
        """Give routes other delays (round trip, set-up, server, queues) and caps; transfers end with the new delays."""
        table = self._tables["routes"]
        for index, route in zip(routes.tolist(), new, strict=True):
            row = table[index]
            row.rtt, row.setup, row.server, row.cap = route.rtt_s, route.setup_s, route.server_s, route.cap_bps
            self._tables["queues"]["delay"][row.queue_first : row.queue_last] = [delay_s for _, delay_s in route.queues]

    def set_gate(self, gate: int, factor: float) -> None:
        """Shut a gate (0), open it again (1), or let everything through it (infinite)."""
        row = self._tables["gates"][gate]
        if row.factor == 0.0:
            row.level = 0.0
        row.factor = factor

    def refused(self) -> IntArray:
        """Users that a gate has refused and that will try again."""
        found: IntArray = np.flatnonzero(self._tables["users"]["refused"] > 0)
        return found

    def gate_uses(self) -> Records:
        """What has happened at each gate (``flow_state.GATE``)."""
        uses: Records = self._tables["gates"].copy()
        return uses

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
        self._machine.advance(until_s)

    def telemetry(self) -> Telemetry:
        """What has been measured so far; the bin in progress is not in it."""
        run = self._run[0]
        names = [field.name for field in fields(Telemetry)][: len(self._counts)]
        return Telemetry(
            **dict(zip(names, without_nowhere(self._counts).values(), strict=True)),
            flows=int(run.flows),
            events=int(run.events),
            loop_s=self._machine.loop_s,
            work={name: int(run[name]) for name in _WORK},
        )


def warm_up() -> None:
    """Compile the kernel, or load it: call once before starting worker processes, so that only one compiles."""
    settings = KernelSettings(seed=0, replication=0, start_s=0.0, end_s=1.0, bin_s=1.0, rooms=1)
    FlowKernel((), (), (), settings=settings).advance(0.0)
