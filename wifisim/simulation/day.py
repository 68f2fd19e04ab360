"""One school day as SimPy processes: bells move devices, faults break things, a recorder counts clients.

SimPy owns the clock. Every process that touches the network first brings the flow kernel up to ``env.now``; between
two SimPy events the kernel advances transfers by itself. At a bell those who leave go first, so that their places on
the radios are free for those who come. When something that was dead works again, what waited for it goes on at the
next try of its app (``retries``).
Left out: the walk between rooms, devices that stay connected while nobody uses them between two sessions.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
import simpy

from wifisim.inputs.rollout import Event
from wifisim.results.outage import Fault, fault_text, outage_of
from wifisim.results.records import DayRecord, FloatArray
from wifisim.simulation.air import Air
from wifisim.simulation.associations import Associations
from wifisim.simulation.attendance import Attendance, Retry
from wifisim.simulation.faults import Change, Condition, Step
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flows import FlowKernel
from wifisim.simulation.gates import gate_records
from wifisim.simulation.recorder import DayLabel, Recorder
from wifisim.simulation.stage import StageModel
from wifisim.traffic.sessions import Session

LEAD_IN_S = 60.0  # a day starts this long before its first session, so that the first bin shows a quiet network
FIRST_SESSION_S, LAST_SESSION_S = 8 * 3600.0, 16 * 3600.0  # of a day without any session


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Which day is run: the stage's model, the replication's air, the sessions, and the day's faults.

    ``combines`` says in words what falls together on a worst day.
    """

    model: StageModel
    air: Air
    sessions: tuple[Session, ...]
    events: tuple[Event, ...]
    devices_good_share: float
    kind: str
    seed: int
    replication: int
    combines: tuple[str, ...] = ()


def run_day(plan: DayPlan) -> DayRecord:
    """Simulate one day and return its record; a day with faults twice, to see what they cost."""
    record = replace(_SchoolDay(plan).run(), combines=plan.combines)
    if not plan.events:
        return record
    calm = _SchoolDay(replace(plan, events=())).run()
    share = plan.devices_good_share
    alone = len(plan.events) == 1
    outages = [outage_of(_fault(e), record, calm, devices_good_share=share, alone=alone) for e in plan.events]
    return replace(record, outages=tuple(outages), utilisation=_without_bypass(plan, record))


def _fault(event: Event) -> Fault:
    what = fault_text(event.target, event.target_id, bypass=event.bypass, slow_s=event.slow_s, left_bps=event.left_bps)
    return Fault(what, event.start_s, event.start_s + event.duration_s)


def _without_bypass(plan: DayPlan, record: DayRecord) -> FloatArray:
    """Utilisation [bin, resource]; an appliance in bypass is not used, whatever passes it."""
    utilisation = record.utilisation.copy()
    time_s = record.start_s + record.bin_s * np.arange(utilisation.shape[0])
    for event in plan.events:
        during = (time_s + record.bin_s > event.start_s) & (time_s < event.start_s + event.duration_s)
        for limit in plan.model.network.limits_of.get(event.target_id, ()) if event.bypass else ():
            utilisation[during, limit] = 0.0
    return utilisation


class _SchoolDay:
    """The state of a day while it runs."""

    def __init__(self, plan: DayPlan) -> None:
        model = plan.model
        self._plan, self._model = plan, model
        first_s = min((session.start_s for session in plan.sessions), default=FIRST_SESSION_S)
        last_s = max((session.end_s for session in plan.sessions), default=LAST_SESSION_S)
        start_s = model.bin_s * float(np.floor((first_s - LEAD_IN_S) / model.bin_s))
        self._end_s = model.bin_s * float(np.ceil(last_s / model.bin_s))
        self._label = DayLabel(model.stage.id, plan.kind, plan.replication, start_s, model.bin_s)
        self._bins = round((self._end_s - start_s) / model.bin_s)
        self._env = simpy.Environment(initial_time=start_s)
        self._kernel = FlowKernel(
            model.network.resources,
            model.network.routes,
            model.played,
            settings=KernelSettings(
                seed=plan.seed,
                replication=plan.replication,
                start_s=start_s,
                end_s=self._end_s,
                bin_s=model.bin_s,
                rooms=model.rooms,
            ),
            gates=model.network.gates,
        )
        self._associations = Associations(plan.air, limits=model.client_limits, roaming=model.roaming)
        self._recorder = Recorder(bins=self._bins, radios=len(model.radios), rooms=model.rooms)
        self._attendance = Attendance(model, plan.air, self._kernel, self._associations, self._recorder)
        self._condition = Condition(model.network)
        self._dead_since: dict[int, float] = {}

    def run(self) -> DayRecord:
        """All processes to the end of the day, then the record."""
        self._env.process(self._bells())
        self._env.process(self._count_clients())
        for number, event in enumerate(self._plan.events):
            self._env.process(self._fault(number, self._model.fault_steps(event)))
        self._env.run(until=self._end_s)
        self._kernel.advance(self._end_s)
        self._attendance.close(self._end_s)
        record = self._recorder.day_record(self._label, self._kernel.telemetry(), steered=self._associations.steered)
        return replace(record, gates=gate_records(self._model.network.gates, self._kernel.gate_uses()))

    def _bells(self) -> Generator[simpy.Event, None, None]:
        """At each instant at which sessions end or start: those who leave, then those who come."""
        sessions = self._plan.sessions
        instants = sorted({time for session in sessions for time in (session.start_s, session.end_s)})
        starting = {at: list(group) for at, group in itertools.groupby(sessions, lambda session: session.start_s)}
        for instant in instants:
            yield self._env.timeout(instant - self._env.now)
            self._kernel.advance(instant)
            self._attendance.dismiss(instant)
            self._attendance.admit(starting.get(instant, []), now_s=instant)

    def _count_clients(self) -> Generator[simpy.Event, None, None]:
        """In the middle of every bin: how many devices each radio serves, who has none, and what is not saved yet."""
        yield self._env.timeout(self._model.bin_s / 2)
        for number in range(self._bins):
            self._recorder.clients[number] = self._associations.clients
            self._recorder.without_wifi[number] = self._attendance.without_wifi(float(self._env.now))
            self._kernel.advance(float(self._env.now))
            piled_bytes = self._attendance.piled_bytes(float(self._env.now))
            self._recorder.backlog_bytes[number] = self._kernel.unsaved()[1] + piled_bytes
            yield self._env.timeout(self._model.bin_s)

    def _fault(self, number: int, steps: tuple[Step, ...]) -> Generator[simpy.Event, None, None]:
        """Something fails, a spare takes over where there is one, and all is well again afterwards."""
        for step in steps:
            yield self._env.timeout(max(step.at_s - self._env.now, 0.0))
            self._kernel.advance(float(self._env.now))
            self._apply(self._condition.enter(number, step), float(self._env.now))

    def _apply(self, change: Change, now_s: float) -> None:
        """What nothing carried and something carries now waits for the next try of its app."""
        stalled = self._kernel.stalled()
        since_s = self._note_dead(change, now_s)
        for resource, capacity in change.capacities:
            self._kernel.set_capacity(resource, capacity)
        for gate, factor in change.gates:
            self._kernel.set_gate(gate, factor)
        if change.gates:
            self._attendance.note_standstill(self._kernel.refused(), now_s=now_s)
        if change.routes:
            indices, routes = zip(*change.routes, strict=True)
            self._kernel.set_routes(np.array(indices), routes)
        freed = np.setdiff1d(stalled, self._kernel.stalled())
        if freed.size:
            self._attendance.note_standstill(freed, now_s=now_s)
            self._env.process(self._retry(self._attendance.hold_back(freed, since_s=since_s, now_s=now_s)))
        if change.off or change.on:
            self._associations.switch(change.off, on=False)
            self._associations.switch(change.on, on=True)
            self._attendance.reassociate(now_s=now_s)

    def _note_dead(self, change: Change, now_s: float) -> float:
        """Keep in mind what has no capacity; gives since when the first of what comes back has had none."""
        since_s = now_s
        for resource, capacity in change.capacities:
            if capacity > 0.0:
                since_s = min(since_s, self._dead_since.pop(resource, now_s))
            else:
                self._dead_since.setdefault(resource, now_s)
        return since_s

    def _retry(self, retries: list[Retry]) -> Generator[simpy.Event, None, None]:
        """Each transfer that waited goes on when its app tries again."""
        for retry in retries:
            yield self._env.timeout(max(retry.at_s - self._env.now, 0.0))
            self._kernel.advance(float(self._env.now))
            self._env.process(self._retry(self._attendance.let_go(retry)))
