"""The tables of the flow kernel: who transfers what over which way, and how the ways share.

Everything is a structured array, so that one compiled loop can walk it. Words used throughout ``simulation``:

* user    one device doing one activity (or, in a replay, one transfer)
* path    resources in order, direction and radio; many routes (services) have the same path
* class   the active transfers alike in path and rate cap; served at one level (bit/s per unit weight)
* cell    paths coupled by resources that no other cell uses: an access point, or several that share their air
* trunk   a resource that several cells use: the internet line, the filter, a switch's uplink, a service
* gate    what new connections pass one by one (``gates``)

``clock`` is virtual service: bits per unit weight since the class was last empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from wifisim.network.resources import Resource, Route
from wifisim.simulation.compiled import compiled
from wifisim.simulation.heaps import NODE, TIMER, Records, drop_rank, empty_ranks, set_rank

_numba: Any = numba
carray = _numba.carray

KINDS = ("transaction", "stream", "call", "bulk")
IDLE, WAITING, ACTIVE = 0, 1, 2  # states of a user

USER = np.dtype(
    [
        ("key", "u8"), ("activity", "i4"), ("route", "i4"), ("cache_route", "i4"), ("room", "i4"),
        ("cache_share", "f8"), ("cost", "f8"), ("weight", "f8"), ("start", "f8"), ("end", "f8"),
        ("state", "i4"), ("group", "i4"), ("way", "i4"), ("child", "i4"), ("next", "i4"), ("before", "i4"),
        ("timer", "f8"), ("asked", "f8"), ("bits", "f8"), ("finish", "f8"), ("setup", "f8"), ("queue", "f8"),
        ("number", "i8"), ("left", "i8"), ("done", "i8"), ("good", "i8"), ("vote", "i4"), ("votes", "i4"),
        ("plays_until", "f8"), ("seen_bps", "f8"), ("cap", "f8"), ("trace", "i8"), ("refused", "i8"),
        ("kept", "f8"), ("held", "f8"), ("spared", "f8"), ("fits", "f8"),
    ]
)  # fmt: skip
PATH = np.dtype(
    [
        ("up", "i4"), ("radio", "i4"), ("cell", "i4"), ("first", "i4"), ("own", "i4"), ("last", "i4"),
        ("classes", "i4"), ("bits", "f8"),
    ]
)  # fmt: skip
ROUTE = np.dtype(
    [
        ("path", "i4"), ("queue_first", "i4"), ("queue_last", "i4"), ("gate_first", "i4"), ("gate_last", "i4"),
        ("rtt", "f8"), ("setup", "f8"), ("server", "f8"), ("cap", "f8"),
    ]
)  # fmt: skip
CLASS = np.dtype(
    [
        ("path", "i4"), ("cell", "i4"), ("flows", "i8"), ("booked", "i8"), ("weight", "f8"), ("air", "f8"),
        ("cap", "f8"),
        ("level", "f8"), ("clock", "f8"), ("time", "f8"), ("lag", "f8"), ("trunk", "i4"), ("bound", "i4"),
        ("root", "i4"), ("frozen", "i4"), ("ceiling", "f8"),
        ("cell_next", "i4"), ("cell_before", "i4"), ("path_next", "i4"), ("path_before", "i4"),
    ]
)  # fmt: skip
CELL = np.dtype([("classes", "i4"), ("tender", "i4"), ("held", "i8"), ("crowd", "f8"), ("time", "f8")])
RESOURCE = np.dtype(
    [
        ("nominal", "f8"), ("base", "f8"), ("capacity", "f8"), ("air", "i4"), ("trunk", "i4"), ("cell", "i4"),
        ("contenders", "i8"), ("usable_first", "i4"), ("usable_last", "i4"), ("factor", "f8"),
        ("downloads", "i8"), ("radios", "i8"), ("downloads_last", "i4"),
        ("rest", "f8"), ("open", "f8"), ("opened", "i8"), ("grouped", "f8"), ("mark", "i8"), ("binds", "i4"),
        ("airtime", "f8"), ("bound_flows", "f8"), ("bound_time", "f8"), ("bound_until", "f8"),
    ]
)  # fmt: skip
TRUNK = np.dtype(
    [
        ("resource", "i4"), ("capacity", "f8"), ("load", "f8"), ("level", "f8"), ("clock", "f8"), ("time", "f8"),
        ("grouped", "i8"), ("tracked", "i4"), ("low", "f8"), ("high", "f8"), ("due", "f8"), ("flows", "i8"),
        ("crowd", "f8"),
    ]
)  # fmt: skip
ACTIVITY = np.dtype(
    [
        ("kind", "i4"), ("anchor", "i4"), ("save", "i4"), ("ladder_first", "i4"), ("ladder_last", "i4"),
        ("clock_s", "f8"), ("count", "i8"), ("rate", "f8"), ("chunk_s", "f8"), ("buffer_s", "f8"),
        ("connections", "f8"), ("new_share", "f8"), ("kept_share", "f8"), ("good_s", "f8"),
        ("size", "f8", (7,)), ("think", "f8", (7,)), ("first", "f8", (7,)),
    ]
)  # fmt: skip
TRANSFER = np.dtype(
    [
        ("start", "f8"), ("bits", "f8"), ("cost", "f8"), ("cap", "f8"), ("turn", "f8"), ("doubled", "f8"),
        ("spared", "f8"), ("fits", "f8"), ("finish", "f8"),
        ("route", "i8"),
    ]
)  # fmt: skip
QUEUE = np.dtype([("resource", "i8"), ("delay", "f8")])
GATE = np.dtype(
    [
        ("rate", "f8"), ("most", "f8"), ("retry", "f8"), ("retry_most", "f8"), ("factor", "f8"),
        ("queues", "i4"), ("every", "i4"), ("next", "i8"), ("level", "f8"), ("time", "f8"),
        ("asked", "f8"), ("refused", "f8"), ("let_in", "f8"), ("waited", "f8"), ("worst_wait", "f8"),
        ("window", "f8"), ("in_window", "f8"), ("busiest", "f8"), ("first_refused", "f8"), ("last_refused", "f8"),
    ]
)  # fmt: skip
PASS = np.dtype([("gate", "i8"), ("share", "f8"), ("items", "f8")])
TABLES: dict[str, np.dtype[Any]] = {
    "users": USER, "activities": ACTIVITY, "paths": PATH, "routes": ROUTE, "resources": RESOURCE, "trunks": TRUNK,
    "classes": CLASS, "cells": CELL, "transfers": TRANSFER, "queues": QUEUE, "gates": GATE, "passes": PASS,
    "timers": TIMER, "ranks": NODE,
    **dict.fromkeys(
        ("free_users", "free_classes", "crossed", "tracked", "radio_downloads", "tenders", "snapshot", "gathered",
         "opened", "latency", "latency_by_time", "late", "late_by_activity"), np.dtype("i8")),
    **dict.fromkeys(
        ("ladder", "usable", "grouped", "matrix", "utilisation", "bound_share", "bound_flows", "carried_bps"),
        np.dtype("f8")),
}  # fmt: skip
_NUMBERS = (
    "transport", "telemetry", "rooms", "slots", "bin", "key", "tracked_count", "tender_count", "free_user_count",
    "free_class_count", "mark", "arrived", "flows", "events", "solved", "classes_solved", "rebuilt",
)  # fmt: skip
RUN = np.dtype(
    [
        *((name, "f8") for name in ("now", "start", "end", "bin_s", "slot_s", "next_bin")),
        *((name, "i8") for name in _NUMBERS),
        *((f"{name}_at", "i8") for name in TABLES),
        *((f"{name}_size", "i8") for name in TABLES),
    ]
)


@intrinsic
def _pointer(typing_context: Any, address: Any) -> Any:  # noqa: ARG001
    """An address as a pointer that ``numba.carray`` takes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


def _table(name: str) -> Callable[[Records], Any]:
    """The compiled function that gives table ``name`` of a running kernel."""
    dtype, at, size = TABLES[name], f"{name}_at", f"{name}_size"
    pointer: Any = _pointer

    @compiled
    def table(state: Records) -> Any:
        return carray(pointer(state[at]), state[size], dtype)

    return table


users_of = _table("users")
activities_of = _table("activities")
paths_of = _table("paths")
routes_of = _table("routes")
resources_of = _table("resources")
trunks_of = _table("trunks")
classes_of = _table("classes")
cells_of = _table("cells")
transfers_of = _table("transfers")
queues_of = _table("queues")
gates_of = _table("gates")
passes_of = _table("passes")
timers_of = _table("timers")
ranks_of = _table("ranks")
free_users_of = _table("free_users")
free_classes_of = _table("free_classes")
crossed_of = _table("crossed")
tracked_of = _table("tracked")
radio_downloads_of = _table("radio_downloads")
tenders_of = _table("tenders")
snapshot_of = _table("snapshot")
gathered_of = _table("gathered")
opened_of = _table("opened")
latency_of = _table("latency")
latency_by_time_of = _table("latency_by_time")
late_of = _table("late")
late_by_activity_of = _table("late_by_activity")
ladder_of = _table("ladder")
usable_of = _table("usable")
grouped_of = _table("grouped")
matrix_of = _table("matrix")
utilisation_of = _table("utilisation")
bound_share_of = _table("bound_share")
bound_flows_of = _table("bound_flows")
carried_bps_of = _table("carried_bps")


@compiled
def resource_at(state: Records, path: Records, j: int) -> int:
    """The resource at place ``j`` of ``crossed``: a path lists its cell's resources first, then trunks."""
    crossed = crossed_of(state)
    return crossed[j] if j < path.own else trunks_of(state)[crossed[j]].resource  # type: ignore[no-any-return]


@compiled
def first_key(state: Records, row: int) -> float:
    """The smallest key of heap ``row`` of the cells, inf when it is empty."""
    nodes, head = ranks_of(state), row * (state.cells_size + 1)
    return nodes[head + 1].key if nodes[head].item > 0 else math.inf


@compiled
def ranked_cell(state: Records, row: int, place: int) -> int:
    """The cell at ``place`` of heap ``row``; place 0 is the first."""
    return ranks_of(state)[row * (state.cells_size + 1) + 1 + place].item  # type: ignore[no-any-return]


@compiled
def ranked_count(state: Records, row: int) -> int:
    """How many cells are in heap ``row``."""
    return ranks_of(state)[row * (state.cells_size + 1)].item  # type: ignore[no-any-return]


@compiled
def rank_cell(state: Records, row: int, cell: int, key: float, present: bool) -> None:
    """Put ``cell`` into heap ``row`` with ``key``, or take it out."""
    nodes, head = ranks_of(state), row * (state.cells_size + 1)
    if present:
        set_rank(nodes, head, cell, key)
    elif nodes[head + 1 + cell].place >= 0:
        drop_rank(nodes, head, cell)


def bind(run: Records, tables: dict[str, Any]) -> None:
    """Write addresses and sizes of ``tables`` into the ``run`` record; the caller keeps the tables alive."""
    for name, table in tables.items():
        if table.dtype != TABLES[name] or not table.flags.c_contiguous:
            msg = f"table {name} has the wrong form"
            raise ValueError(msg)
        run[f"{name}_at"] = table.ctypes.data
        run[f"{name}_size"] = table.size


@dataclass(frozen=True, slots=True)
class _Paths:
    """Distinct paths of the routes: key (direction, radio, resources), and each route's path."""

    keys: list[tuple[str, int, tuple[int, ...]]]
    of_route: list[int]


def network_tables(resources: Sequence[Resource], routes: Sequence[Route]) -> dict[str, Any]:
    """The tables of ``resources`` and ``routes``, with nobody active; classes and users are added by the caller."""
    found = _paths(routes)
    cell_of_path, is_trunk = _cells(resources, found)
    trunk_ids = np.flatnonzero(is_trunk)
    table = _resource_table(resources, trunk_ids)
    paths, crossed = _path_table(found, cell_of_path, table.trunk)
    for path in paths:
        for resource in crossed[path.first : path.own]:
            table[resource].cell = path.cell
    trunks = empty_records(TRUNK, len(trunk_ids))
    trunks.resource = trunk_ids
    trunks.capacity = table.capacity[trunk_ids]
    trunks.level = np.inf
    route_table, queues = _route_table(routes, found.of_route)
    cells = empty_records(CELL, max(cell_of_path, default=-1) + 1)
    cells.classes = -1
    cells.tender = -1
    size = len(trunk_ids)
    usable = [share for one in resources for share in (*one.usable_airtime, *one.usable_downloads)]
    return {
        "paths": paths, "routes": route_table, "resources": table, "trunks": trunks, "crossed": crossed,
        "queues": queues, "usable": np.array(usable, np.float64), "cells": cells,
        "ranks": empty_ranks(1 + 3 * size, len(cells)),
        "radio_downloads": np.zeros(max((route.radio for route in routes), default=-1) + 1, np.int64),
        "grouped": np.zeros(size * size), "tracked": np.zeros(size, np.int64),
        "matrix": np.zeros((size + 1) * (size + 2)),
        "tenders": np.zeros(len(cells), np.int64), "snapshot": np.zeros(len(cells), np.int64),
        "opened": np.zeros(len(resources), np.int64),
    }  # fmt: skip


def empty_records(dtype: np.dtype[Any], size: int) -> Records:
    """A zeroed table."""
    return np.zeros(size, dtype).view(np.recarray)


def _paths(routes: Sequence[Route]) -> _Paths:
    index: dict[tuple[str, int, tuple[int, ...]], int] = {}
    of_route = []
    for route in routes:
        key = (route.direction, route.radio, tuple(dict.fromkeys(route.resources)))
        of_route.append(index.setdefault(key, len(index)))
    return _Paths(list(index), of_route)


def _cells(resources: Sequence[Resource], found: _Paths) -> tuple[list[int], NDArray[np.bool_]]:
    """The cell of each path and which resources are trunks: air joins paths; what then spans two cells is a trunk."""
    parent = list(range(len(found.keys)))

    def root(path: int) -> int:
        while parent[path] != path:
            parent[path] = parent[parent[path]]
            path = parent[path]
        return path

    first_user: dict[int, int] = {}
    for path, (_, radio, crossed) in enumerate(found.keys):
        airs = [-1 - radio] if radio >= 0 else []
        for resource in [*airs, *(r for r in crossed if resources[r].kind == "air")]:
            parent[root(path)] = root(first_user.setdefault(resource, path))
    roots = [root(path) for path in range(len(parent))]
    number = {path: i for i, path in enumerate(dict.fromkeys(roots))}
    cell_of_path = [number[path] for path in roots]
    seen = np.full(len(resources), -1)
    is_trunk = np.array([resource.kind in ("line", "appliance", "service") for resource in resources], np.bool_)
    for (_, _, crossed), cell in zip(found.keys, cell_of_path, strict=True):
        for resource in crossed:
            is_trunk[resource] |= seen[resource] not in (-1, cell)
            seen[resource] = cell
    return cell_of_path, is_trunk


def _resource_table(resources: Sequence[Resource], trunk_ids: NDArray[np.int64]) -> Records:
    table = empty_records(RESOURCE, len(resources))
    table.trunk = -1
    table.trunk[trunk_ids] = np.arange(len(trunk_ids))
    table.cell = -1
    offset = 0
    for row, resource in zip(table, resources, strict=True):
        row.air = resource.kind == "air"
        row.nominal = row.base = row.capacity = resource.capacity
        row.factor = 1.0
        row.usable_first = offset
        offset += len(resource.usable_airtime)
        row.usable_last = offset
        offset += len(resource.usable_downloads)
        row.downloads_last = offset
    return table


def _path_table(found: _Paths, cell_of_path: list[int], trunk_of: NDArray[np.int32]) -> tuple[Records, Any]:
    table = empty_records(PATH, len(found.keys))
    crossed: list[int] = []
    for row, (direction, radio, resources), cell in zip(table, found.keys, cell_of_path, strict=True):
        row.up = direction == "up"
        row.radio = radio
        row.cell = cell
        row.classes = -1
        row.first = len(crossed)
        crossed.extend(r for r in resources if trunk_of[r] < 0)
        row.own = len(crossed)
        crossed.extend(int(trunk_of[r]) for r in resources if trunk_of[r] >= 0)
        row.last = len(crossed)
    return table, np.array(crossed, np.int64)


def _route_table(routes: Sequence[Route], path_of_route: list[int]) -> tuple[Records, NDArray[np.void]]:
    table = empty_records(ROUTE, len(routes))
    queues: list[tuple[int, float]] = []
    passed = 0
    for row, route, path in zip(table, routes, path_of_route, strict=True):
        row.path = path
        row.rtt, row.setup, row.server, row.cap = route.rtt_s, route.setup_s, route.server_s, route.cap_bps
        row.queue_first = len(queues)
        queues.extend(route.queues)
        row.queue_last = len(queues)
        row.gate_first = passed
        passed += len(route.gates)
        row.gate_last = passed
    return table, np.array(queues, QUEUE)
