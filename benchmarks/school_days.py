"""Synthetic school days for benchmarks: closed-loop devices on access points behind one line, and as a flow list.

Six activities (pages, saves, video, calls, a bulk download, uploads) at a load that keeps the line at about 60 %:
1,200 devices on 40 access points make about 2.3 million transfers in 6.5 hours.
"""

from __future__ import annotations

import math

import numpy as np
import simpy

from wifisim.inputs.profile import Activity, Evidence
from wifisim.network.resources import Resource, Route
from wifisim.randomness import Distribution, Kind, constant
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_state import TRANSFER, empty_records
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel

DAY_S = 6.5 * 3600
GOODPUT_BPS = np.array([140e6, 100e6, 70e6, 40e6, 20e6, 8e6])
GOODPUT_SHARE = np.array([0.35, 0.2, 0.25, 0.12, 0.06, 0.02])
DEVICES_PER_AP = 30
LINE_BPS_PER_DEVICE = 320e3
USABLE = (1.0, 1.0, 0.93, 0.89, 0.86, 0.84, 0.82, 0.8, 0.79, 0.78)


def activity(name, kind, **changed):
    base = dict(  # noqa: C408
        id=name, label=name, kind=kind, service_id="s", direction="down", size_bytes=constant(1.0),
        think_s=Distribution(Kind.EXPONENTIAL, 12.0), anchor="start", clock_s=0.0,
        first_s=Distribution(Kind.UNIFORM, 0.0, 12.0), count=0, rate_bps=1e6, ladder_bps=(), chunk_s=4.0, buffer_s=30.0,
        connections=1, new_connection_share=0.3, browser_hit_share=0.0, peers=False, save=False, good_s=4.0,
        evidence=Evidence("project", "benchmark", ""),
    )  # fmt: skip
    return Activity(**(base | changed))


def lognormal(median, sigma, high):
    return Distribution(Kind.LOGNORMAL, median, sigma, 1e3, high)


ACTIVITIES = (
    activity("pages", "transaction", size_bytes=lognormal(60e3, 1.2, 5e6)),
    activity("saves", "transaction", direction="up", size_bytes=lognormal(20e3, 1.0, 2e6), save=True),
    activity("video", "stream", ladder_bps=(0.3e6, 0.7e6, 1.1e6), chunk_s=10.0),
    activity("work", "transaction", size_bytes=lognormal(150e3, 1.3, 2e7), connections=6),
    activity("updates", "transaction", size_bytes=lognormal(300e3, 1.2, 5e7)),
    activity("photos", "transaction", direction="up", size_bytes=lognormal(120e3, 1.0, 1e7)),
)
SHARES = np.array([0.4, 0.2, 0.1, 0.15, 0.08, 0.07])


def network(access_points, devices):
    line = devices * LINE_BPS_PER_DEVICE
    resources = [
        Resource("line:down", "line", "", line),
        Resource("line:up", "line", "", line),
        Resource("filter", "appliance", "", 4.0 * line),
    ]
    routes = []
    for ap in range(access_points):
        air = len(resources)
        resources += [Resource("air", "air", "", 0.95, USABLE)]
        resources += [Resource("cable", "link", "", 1e9) for _ in range(2)]
        queues = ((0, 0.05),)
        routes.append(Route("d", "down", ap, (0, 2, air + 1, air), 0.02, 0.06, 0.05, 50e6, queues))
        routes.append(Route("u", "up", ap, (air, air + 2, 2, 1), 0.02, 0.06, 0.05, math.inf, ((1, 0.05),)))
    return resources, routes


def closed_loop_day(devices, *, seed=1, telemetry=True):
    access_points = max(devices // DEVICES_PER_AP, 1)
    resources, routes = network(access_points, devices)
    settings = KernelSettings(seed, 0, 0.0, DAY_S, 60.0, access_points, telemetry=telemetry)
    kernel = FlowKernel(resources, routes, ACTIVITIES, settings=settings)
    rng = np.random.default_rng(seed)
    activity_of = rng.choice(len(ACTIVITIES), devices, p=SHARES)
    up = np.array([a.direction == "up" for a in ACTIVITIES])[activity_of]
    place = np.arange(devices) % access_points
    kernel.add_users(
        UserBatch(
            key=rng.integers(0, 2**63, devices).astype(np.uint64),
            activity=activity_of,
            route=2 * place + up,
            cache_route=np.full(devices, -1),
            cache_share=np.zeros(devices),
            air_s_per_bit=1.0 / rng.choice(GOODPUT_BPS, devices, p=GOODPUT_SHARE),
            weight=np.ones(devices),
            room=place,
            start_s=np.zeros(devices),
            end_s=np.full(devices, DAY_S),
        )
    )
    return kernel


def run_day(devices, *, overload=False):
    """A whole day; with ``overload`` the line is at 30 % for five minutes in the middle."""
    kernel = closed_loop_day(devices)
    if overload:
        kernel.advance(DAY_S / 2)
        for line in (0, 1):
            kernel.set_capacity(line, 0.3 * devices * LINE_BPS_PER_DEVICE)
        kernel.advance(DAY_S / 2 + 300.0)
        for line in (0, 1):
            kernel.set_capacity(line, devices * LINE_BPS_PER_DEVICE)
    kernel.advance(DAY_S)
    return kernel.telemetry()


def flow_list(devices, *, flows_per_device=1950, seed=2):
    """Poisson transfers of a whole day as the table that a replay takes."""
    rng = np.random.default_rng(seed)
    count = devices * flows_per_device
    table = empty_records(TRANSFER, count)
    table.start = np.sort(rng.uniform(0.0, DAY_S, count))
    table.bits = 8.0 * np.minimum(rng.lognormal(np.log(60e3), 1.4, count), 2e7)
    table.route = 2 * rng.integers(0, max(devices // DEVICES_PER_AP, 1), count) + (rng.random(count) < 0.18)
    table.cost = 1.0 / rng.choice(GOODPUT_BPS, count, p=GOODPUT_SHARE)
    table.cap = np.inf
    table.finish = np.nan
    return table


def replay_day(devices, table, *, overload=False):
    resources, routes = network(max(devices // DEVICES_PER_AP, 1), devices)
    settings = KernelSettings(1, 0, 0.0, DAY_S, 60.0, 1)
    table.finish = np.nan
    kernel = FlowKernel(resources, routes, (), settings=settings, transfers=table)
    if overload:
        kernel.advance(DAY_S / 2)
        for line in (0, 1):
            kernel.set_capacity(line, 0.3 * devices * LINE_BPS_PER_DEVICE)
        kernel.advance(DAY_S / 2 + 300.0)
        for line in (0, 1):
            kernel.set_capacity(line, devices * LINE_BPS_PER_DEVICE)
    kernel.advance(np.inf)
    return kernel.telemetry()


def bare_simpy_timeouts(count):
    """The yardstick: one process that waits ``count`` times."""
    env = simpy.Environment()

    def waiter():
        for _ in range(count):
            yield env.timeout(1.0)

    env.process(waiter())
    env.run()
