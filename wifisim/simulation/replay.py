"""Trace-driven runs: a given list of transfers over a given network, and when each was through.

Pure fluid: line, cables and air at their stated rates, a bit of a file a bit on every link, nothing else. Otherwise
transport (``network.transport``), headers on line and cables, what contention wastes of the air (``mac.airtime``), and
the queues of line and access point count too.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wifisim.inputs.flow_list import FlowList
from wifisim.inputs.network_only import NetworkOnly, WrittenRadio
from wifisim.mac.airtime import usable_airtime, usable_downloads
from wifisim.mac.exchange import Medium
from wifisim.mac.frames import Aggregation
from wifisim.mac.transfers import (
    connection_s,
    doubled_acks_share,
    first_burst_s,
    idle_round_trip_s,
    mean_burst_s,
    served_in_turn,
)
from wifisim.network.build import ETHERNET_FRAME_BYTES, LINE_FRAME_BYTES
from wifisim.network.resources import Resource, Route
from wifisim.network.transport import AIR_TURN_S, MSS_BYTES
from wifisim.results.records import FloatArray, IntArray
from wifisim.rf.phy import PhyMode, default_guard_interval_ns
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import TRANSFER, empty_records
from wifisim.simulation.flows import FlowKernel, warm_up
from wifisim.simulation.heaps import Records

# Uploads that wait a round trip for acknowledgements between bursts rarely have more than four bursts to send at a
# time: 20 ms between 2 ms bursts. Project choice, held against ns-3 (docs/accuracy-transfers.md).
_MOST_CONTENDERS = 4
_MOST_DOWNLOADS = 200  # at one access point at a time
_LINE_DOWN, _LINE_UP = 0, 1
_MOST_BINS = 10_080  # minutes of a week
_BLOCK = 100_000  # transfers that the kernel is given at a time


@dataclass(frozen=True, slots=True)
class Replayed:
    """Finish times in list order (nan: never), how many there are and never ended, and what the loop cost."""

    finish_s: FloatArray
    flows: int
    unfinished: int
    loop_s: float
    work: dict[str, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """How some transfers are carried, [transfer]: route, air-seconds a bit, time of one burst on the air.

    ``doubled`` is by how much a bit costs more while each segment is acknowledged at once; ``spared`` what windows that
    are served as they come spare of the wait for air, as long as no more than ``fits`` bursts wait.
    """

    route: IntArray
    cost: FloatArray
    turn_s: FloatArray | float = AIR_TURN_S
    doubled: float = 0.0
    spared: FloatArray | float = 0.0
    fits: FloatArray | float = 0.0


def replay(network: NetworkOnly, flows: FlowList, *, pure_fluid: bool) -> Replayed:
    """Carry ``flows`` over ``network``."""
    resources, routes = _layout(network, pure_fluid=pure_fluid)
    payload = 1.0 if pure_fluid else MSS_BYTES / LINE_FRAME_BYTES
    changes = [
        (at_s, line, rate_bps * payload)
        for at_s, *rates_bps in network.changes
        for line, rate_bps in zip((_LINE_DOWN, _LINE_UP), rates_bps, strict=True)
    ]
    point = np.array([station.access_point for station in network.stations], np.int64)

    def terms(part: FlowList) -> Terms:
        route, cost = 2 * point[part.station] + part.up, _cost(network, part, pure_fluid=pure_fluid)
        return Terms(route, cost) if pure_fluid else _with_bursts(network, part, Terms(route, cost))

    return carry(resources, routes, flows, terms=terms, pure_fluid=pure_fluid, changes=changes)


def carry(
    resources: Sequence[Resource],
    routes: Sequence[Route],
    flows: FlowList,
    *,
    terms: Callable[[FlowList], Terms],
    pure_fluid: bool,
    changes: Sequence[tuple[float, int, float]] = (),
) -> Replayed:
    """Carry ``flows`` on the ``terms`` of each; ``changes`` are (time, resource, new capacity) by time."""
    order = np.argsort(flows.start_s, kind="stable")
    first_s, last_s = (float(flows.start_s[order[i]]) if len(order) else 0.0 for i in (0, -1))
    start_s, end_s = min(first_s, 0.0), last_s + 60.0
    # Bins only set long virtual clocks back, so a list over years needs no more of them than one of a week.
    bin_s = max(60.0, (end_s - start_s) / _MOST_BINS)
    settings = KernelSettings(
        seed=0, replication=0, start_s=start_s, end_s=end_s, bin_s=bin_s, rooms=1, transport=not pure_fluid,
        telemetry=False,
    )  # fmt: skip
    warm_up()
    kernel = FlowKernel(resources, routes, (), settings=settings)
    finish = _finish_times(kernel, flows, order, terms, changes)
    if pure_fluid:
        # Nothing to carry needs no capacity, not even that of a line that is down.
        empty = flows.size_bytes <= 0.0
        finish[empty] = flows.start_s[empty]
    unfinished = int((~np.isfinite(finish)).sum())
    telemetry = kernel.telemetry()
    return Replayed(finish, len(finish), unfinished, telemetry.loop_s, telemetry.work)


def _finish_times(
    kernel: FlowKernel,
    flows: FlowList,
    order: IntArray,
    terms: Callable[[FlowList], Terms],
    changes: Sequence[tuple[float, int, float]],
) -> FloatArray:
    """When each transfer was through, in list order; the kernel is given them block by block, by ``order``."""
    finish = np.full(len(order), np.nan)
    rows, waiting = order[:0], deque(changes)
    for first in range(0, len(order), _BLOCK):
        block = order[first : first + _BLOCK]
        part = flows.rows(block)
        rows = np.concatenate([rows[kernel.feed(_transfers(part, terms(part)))], block])
        until_s = float(part.start_s[-1]) if first + _BLOCK < len(order) else math.inf
        while waiting and waiting[0][0] <= until_s:
            at_s, resource, capacity = waiting.popleft()
            kernel.advance(at_s)
            kernel.set_capacity(resource, capacity)
        kernel.advance(until_s)
        finish[rows] = kernel.transfers.finish
    return finish


def _layout(network: NetworkOnly, *, pure_fluid: bool) -> tuple[list[Resource], list[Route]]:
    """Resources: line down and up, then air and cable down and up of each access point; two routes each."""
    line_share = 1.0 if pure_fluid else MSS_BYTES / LINE_FRAME_BYTES
    cable_share = 1.0 if pure_fluid else MSS_BYTES / ETHERNET_FRAME_BYTES
    radio = network.radio
    usable: tuple[float, ...] = ()
    downloads: tuple[float, ...] = ()
    if not pure_fluid:
        usable = usable_airtime(_MOST_CONTENDERS, _mode(radio), _medium(radio))
    resources = [
        Resource("line:down", "line", "line (download)", network.down_bps * line_share),
        Resource("line:up", "line", "line (upload)", network.up_bps * line_share),
    ]
    routes = []
    at = Counter(station.access_point for station in network.stations)
    for number, name in enumerate(network.access_points):
        if not pure_fluid:
            stations = max(at[number], 1)
            downloads = usable_downloads(_MOST_DOWNLOADS, _mode(radio), _medium(radio), stations=stations)
        air = len(resources)
        cable_bps = network.uplink_bps[number] * cable_share
        resources += [
            Resource(f"air:{name}", "air", f"air of {name}", 1.0, usable, downloads),
            Resource(f"cable:{name}:down", "link", f"cable of {name} (download)", cable_bps),
            Resource(f"cable:{name}:up", "link", f"cable of {name} (upload)", cable_bps),
        ]
        routes += [
            _route(network, name, direction="down", radio=number, resources=(_LINE_DOWN, air + 1, air)),
            _route(network, name, direction="up", radio=number, resources=(air, air + 2, _LINE_UP)),
        ]
    return resources, routes


def _route(network: NetworkOnly, name: str, *, direction: str, radio: int, resources: tuple[int, ...]) -> Route:
    """A way whose set-up is one round trip of TCP; the line's queue is met whenever it is full."""
    line = _LINE_DOWN if direction == "down" else _LINE_UP
    mode, medium = _mode(network.radio), _medium(network.radio)
    air = resources[-1] if direction == "down" else resources[0]
    setup_s = rtt_s = network.rtt_s + idle_round_trip_s(mode, mode, medium)
    if direction == "down":
        rtt_s = network.rtt_s + first_burst_s(mode, mode, medium, arriving_bps=network.down_bps)
    return Route(
        id=f"{name}:{direction}",
        direction="down" if direction == "down" else "up",
        radio=radio,
        resources=resources,
        rtt_s=rtt_s,
        setup_s=setup_s,
        server_s=0.0,
        queues=((line, network.buffer_s), (air, _full_queue_s(network))),
    )


def _full_queue_s(network: NetworkOnly) -> float:
    """Delay of an access point's full queue."""
    fastest_bps = max(station.down_bps for station in network.stations)
    return network.radio.queue_packets * 8.0 * MSS_BYTES / fastest_bps


def _mode(radio: WrittenRadio) -> PhyMode:
    return PhyMode(radio.standard, radio.width_mhz, radio.nss, radio.mcs, default_guard_interval_ns(radio.standard))


def _medium(radio: WrittenRadio) -> Medium:
    return Medium(limits=Aggregation(max_octets=radio.ampdu_bytes, queue_packets=radio.queue_packets))


def _with_bursts(network: NetworkOnly, flows: FlowList, on: Terms) -> Terms:
    """The terms with what follows from windows and bursts."""
    mode, medium, size = _mode(network.radio), _medium(network.radio), flows.size_bytes
    down_s, up_s = (mean_burst_s(size, mode, mode, medium, direction=way) for way in ("down", "up"))
    spared = np.zeros(len(size))
    spared[~flows.up] = 1.0 - served_in_turn(size[~flows.up])
    return replace(
        on,
        turn_s=np.where(flows.up, up_s, down_s),
        doubled=doubled_acks_share(mode, mode, medium),
        spared=spared,
        fits=np.where(flows.up, 0.0, _full_queue_s(network) / down_s),
    )


def _cost(network: NetworkOnly, flows: FlowList, *, pure_fluid: bool) -> FloatArray:
    """Air-seconds per bit of each transfer."""
    down_cost = np.array([1.0 / station.down_bps for station in network.stations])
    up_cost = np.array([1.0 / station.up_bps for station in network.stations])
    cost: FloatArray = np.where(flows.up, up_cost[flows.station], down_cost[flows.station])
    if not pure_fluid:
        mode, medium = _mode(network.radio), _medium(network.radio)
        down_s, up_s = (connection_s(mode, medium, direction=direction) for direction in ("down", "up"))
        with np.errstate(divide="ignore"):
            extra = np.where(flows.up, up_s, down_s) / (8.0 * flows.size_bytes)
        cost += np.where(flows.size_bytes > 0.0, extra, 0.0)
    return cost


def _transfers(part: FlowList, on: Terms) -> Records:
    table = empty_records(TRANSFER, len(part.start_s))
    table.start = part.start_s
    table.bits = 8.0 * part.size_bytes
    table.route, table.cost, table.turn = on.route, on.cost, on.turn_s
    table.cap = part.cap_bps
    table.doubled, table.spared, table.fits = on.doubled, on.spared, on.fits
    table.finish = np.nan
    return table
