"""The memory of a running flow kernel, and the calls of its compiled loop.

The loop (``flow_engine``) walks bare arrays. Where it runs out of user or class records it stops and says so; here the
arrays are made twice as large, bound anew, and it goes on.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from wifisim.results.records import SLOT_S, FloatArray, IntArray
from wifisim.simulation.first_use import first_use
from wifisim.simulation.flow_engine import DONE, run_until
from wifisim.simulation.flow_state import CLASS, RUN, bind, empty_records
from wifisim.simulation.flow_users import no_users
from wifisim.simulation.heaps import Records, empty_timers

_FIRST_CAPACITY = 1024


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


class FlowMachine:
    """Tables by name, the run record that the loop reads, and the seconds spent in it."""

    _compiled: ClassVar[bool] = False

    def __init__(self, settings: KernelSettings, slots: int, tables: dict[str, Any]) -> None:
        self.loop_s = 0.0
        self.run = _run_record(settings, slots)
        self.tables = {
            "users": no_users(_FIRST_CAPACITY),
            "free_users": np.arange(_FIRST_CAPACITY)[::-1].copy(),
            "timers": empty_timers(2 * _FIRST_CAPACITY),
            "classes": empty_records(CLASS, _FIRST_CAPACITY),
            "free_classes": np.arange(_FIRST_CAPACITY)[::-1].copy(),
            "gathered": np.zeros(_FIRST_CAPACITY, np.int64),
            **tables,
        }
        bind(self.run[0], self.tables)

    def take_users(self, count: int) -> IntArray:
        """Ids of ``count`` free user records."""
        while int(self.run.free_user_count[0]) < count:
            self._grow()
        left = int(self.run.free_user_count[0]) - count
        ids: IntArray = self.tables["free_users"][left : left + count][::-1].copy()
        self.run.free_user_count = left
        return ids

    def give_back_users(self, ids: IntArray) -> None:
        """User records that may be used again."""
        free = int(self.run.free_user_count[0])
        self.tables["free_users"][free : free + len(ids)] = ids[::-1]
        self.run.free_user_count = free + len(ids)

    def advance(self, until_s: float) -> None:
        """Events up to ``until_s``, those at that very time included."""
        self._go(until_s, np.zeros((0, 2), np.int64), no_users(1), np.zeros(1))

    def command(
        self, command: int, ids: IntArray, *, drafts: Records | None = None, values: FloatArray | None = None
    ) -> None:
        """Carry out ``command`` now for each of ``ids``, with its draft or value."""
        commands = np.column_stack([np.full(len(ids), command), ids]).astype(np.int64)
        drafts = no_users(len(ids)) if drafts is None else drafts
        self._go(-math.inf, commands, drafts, np.zeros(len(ids)) if values is None else values)

    def _go(self, until_s: float, commands: NDArray[np.int64], drafts: Records, values: FloatArray) -> None:
        self._compile_first()
        begun = time.perf_counter()
        self._ensure_timers()
        while run_until(self.run, until_s, commands, drafts, values) != DONE:
            commands = commands[:0]
            self._grow()
        self.loop_s += time.perf_counter() - begun

    def replace(self, name: str, table: NDArray[Any]) -> None:
        """Another table in the place of ``name``."""
        self.tables[name] = np.ascontiguousarray(table).view(np.recarray)
        bind(self.run[0], self.tables)

    def _compile_first(self) -> None:
        """Before the first call of this process: one that does nothing, by which the loop is compiled or loaded."""
        if not FlowMachine._compiled:
            with first_use():
                run_until(self.run, -math.inf, np.zeros((0, 2), np.int64), no_users(1), np.zeros(1))
            FlowMachine._compiled = True

    def _ensure_timers(self) -> None:
        """Every user may come to wait, and stale timers of removed ones may still stand."""
        timers = self.tables["timers"]
        needed = int(timers.user[0]) + len(self.tables["users"]) + 1
        if needed > len(timers):
            self._enlarge("timers", 2 * needed)
            bind(self.run[0], self.tables)

    def _grow(self) -> None:
        """Twice as many user records and classes."""
        old = len(self.tables["users"])
        for name in ("users", "free_users", "classes", "free_classes", "gathered"):
            self._enlarge(name, 2 * old)
        self.tables["users"].group[old:] = -1
        for name, count in (("free_users", "free_user_count"), ("free_classes", "free_class_count")):
            free = int(self.run[count][0])
            kept = self.tables[name][:free].copy()
            self.tables[name][: old + free] = np.concatenate([np.arange(2 * old - 1, old - 1, -1), kept])
            self.run[count] = free + old
        bind(self.run[0], self.tables)
        self._ensure_timers()

    def _enlarge(self, name: str, size: int) -> None:
        old = self.tables[name]
        self.tables[name] = np.zeros(size, old.dtype).view(type(old))
        self.tables[name][: len(old)] = old


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
