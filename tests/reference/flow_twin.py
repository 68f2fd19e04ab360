"""The slow twin of the flow kernel: every transfer a SimPy process, every rate from the plain solver at every event.

Nothing is shared with the kernel but ``max_min_rates``: no classes, no virtual time, no cells. Used on small systems.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import simpy

from wifisim.network.fairness import max_min_rates
from wifisim.network.resources import Resource, Route


@dataclass
class Transfer:
    start_s: float
    bits: float
    route: Route
    cost: float
    weight: float
    cap_bps: float
    rest: float = 0.0
    rate: float = 0.0
    finish_s: float = np.nan


class Twin:
    """Transfers over resources; capacities may change at given times."""

    def __init__(self, resources: list[Resource], transfers: list[Transfer], changes=()):
        self.env = simpy.Environment()
        self.resources = resources
        self.capacity = np.array([r.capacity for r in resources])
        self.active: list[Transfer] = []
        self.since = 0.0
        self.changed = self.env.event()
        self.highest_load = np.zeros(len(resources))
        for transfer in transfers:
            self.env.process(self._arrive(transfer))
        for at_s, resource, capacity in changes:
            self.env.process(self._change(at_s, resource, capacity))
        self.env.process(self._serve())

    def run(self, until=None):
        self.env.run(until)

    def _arrive(self, transfer):
        yield self.env.timeout(transfer.start_s)
        self._settle()
        transfer.rest = transfer.bits
        self.active.append(transfer)
        self._wake()

    def _change(self, at_s, resource, capacity):
        yield self.env.timeout(at_s)
        self._settle()
        self.capacity[resource] = capacity
        self._wake()

    def _wake(self):
        event, self.changed = self.changed, self.env.event()
        event.succeed()

    def _settle(self):
        for transfer in self.active:
            transfer.rest -= transfer.rate * (self.env.now - self.since)
        self.since = self.env.now

    def usable(self):
        """Capacities with the contention of those active now."""
        out = self.capacity.copy()
        for i, resource in enumerate(self.resources):
            if resource.usable_airtime:
                crossing = [t for t in self.active if i in t.route.resources and t.route.radio >= 0]
                contenders = len({t.route.radio for t in crossing if t.route.direction == "down"})
                contenders += sum(t.route.direction == "up" for t in crossing)
                out[i] *= resource.usable_airtime[min(contenders, len(resource.usable_airtime) - 1)]
            if resource.usable_downloads:
                crossing = [t for t in self.active if i in t.route.resources and t.route.radio >= 0]
                radios = [t.route.radio for t in crossing if t.route.direction == "down"]
                each = math.ceil(len(radios) / len(set(radios))) if radios else 0
                if radios:
                    out[i] *= resource.usable_downloads[min(each, len(resource.usable_downloads) - 1)]
        return out

    def _share(self):
        cost = np.zeros((len(self.active), len(self.resources)))
        for f, transfer in enumerate(self.active):
            for r in transfer.route.resources:
                cost[f, r] = transfer.cost if self.resources[r].kind == "air" else 1.0
        rates = max_min_rates(
            cost,
            self.usable(),
            weight=np.array([t.weight for t in self.active]),
            cap=np.array([min(t.cap_bps, t.route.cap_bps) for t in self.active]),
        )
        for transfer, rate in zip(self.active, rates, strict=True):
            transfer.rate = rate
        alive = self.capacity > 0
        load = (rates[:, None] * cost).sum(axis=0)
        self.highest_load[alive] = np.maximum(self.highest_load, load / np.where(alive, self.capacity, 1.0))[alive]

    def _serve(self):
        while True:
            if not self.active:
                yield self.changed
                continue
            self._share()
            waits = [t.rest / t.rate if t.rate > 0 else np.inf for t in self.active]
            soonest = int(np.argmin(waits))
            if not np.isfinite(waits[soonest]):
                yield self.changed
                continue
            done = self.env.timeout(max(waits[soonest], 0.0))
            yield done | self.changed
            if done.processed:
                self._settle()
                transfer = self.active.pop(soonest)
                transfer.finish_s = self.env.now
