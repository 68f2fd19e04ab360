"""One school day as SimPy processes: bells move devices, faults break things, a recorder counts clients.

SimPy owns the clock. Every process that touches the network first brings the flow kernel up to ``env.now``; between
two SimPy events the kernel advances transfers by itself. At a bell those who leave go first, so that their places on
the radios are free for those who come.
Left out: the walk between rooms, devices that stay connected while nobody uses them between two sessions.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator
from dataclasses import dataclass, fields, replace

import numpy as np
import simpy
from numpy.typing import NDArray

from wifisim.inputs.rollout import Event
from wifisim.network.build import Need
from wifisim.randomness import identity, mix
from wifisim.results.outage import Fault, fault_text, outage_of
from wifisim.results.records import DayRecord, FloatArray
from wifisim.simulation.associations import Associations
from wifisim.simulation.faults import Step
from wifisim.simulation.flows import FlowKernel, KernelSettings, UserBatch, UserOutcome
from wifisim.simulation.recorder import DayLabel, Recorder
from wifisim.simulation.stage import Air, StageModel
from wifisim.traffic.activities import Task
from wifisim.traffic.sessions import Session

LEAD_IN_S = 60.0  # a day starts this long before its first session, so that the first bin shows a quiet network
FIRST_SESSION_S, LAST_SESSION_S = 8 * 3600.0, 16 * 3600.0  # of a day without any session


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Which day is run: the stage's model, the replication's air, the sessions, and the day's faults."""

    model: StageModel
    air: Air
    sessions: tuple[Session, ...]
    events: tuple[Event, ...]
    devices_good_share: float
    kind: str
    seed: int
    replication: int


@dataclass(slots=True)
class _Presence:
    """A session that is going on: the radio of each device [device], and the kernel users of each task."""

    session: Session
    radio: NDArray[np.int64]
    users: list[tuple[Task, NDArray[np.int64]]]


def run_day(plan: DayPlan) -> DayRecord:
    """Simulate one day and return its record; a day with faults twice, to see what they cost."""
    record = _SchoolDay(plan).run()
    if not plan.events:
        return record
    calm = _SchoolDay(replace(plan, events=())).run()
    share = plan.devices_good_share
    outages = [outage_of(_fault(e), record, calm, devices_good_share=share) for e in plan.events]
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
            model.activities,
            settings=KernelSettings(
                seed=plan.seed,
                replication=plan.replication,
                start_s=start_s,
                end_s=self._end_s,
                bin_s=model.bin_s,
                rooms=model.rooms,
            ),
        )
        self._associations = Associations(plan.air, limits=model.client_limits, balanced=model.balanced)
        self._recorder = Recorder(bins=self._bins, radios=len(model.radios), rooms=model.rooms)
        self._present: dict[int, _Presence] = {}

    def run(self) -> DayRecord:
        """All processes to the end of the day, then the record."""
        self._env.process(self._bells())
        self._env.process(self._count_clients())
        for event in self._plan.events:
            self._env.process(self._fault(self._model.fault_steps(event)))
        self._env.run(until=self._end_s)
        self._kernel.advance(self._end_s)
        self._leave(list(self._present))
        return self._recorder.day_record(self._label, self._kernel.telemetry())

    def _bells(self) -> Generator[simpy.Event, None, None]:
        """At each instant at which sessions end or start: those who leave, then those who come."""
        sessions = self._plan.sessions
        instants = sorted({time for session in sessions for time in (session.start_s, session.end_s)})
        numbers = range(len(sessions))
        starting = {at: list(group) for at, group in itertools.groupby(numbers, lambda i: sessions[i].start_s)}
        for instant in instants:
            yield self._env.timeout(instant - self._env.now)
            self._kernel.advance(instant)
            self._leave([number for number in self._present if sessions[number].end_s <= instant])
            self._enter(starting.get(instant, []))

    def _enter(self, numbers: list[int]) -> None:
        """Sessions start: their devices join radios in order, then all their users go to the kernel at once."""
        batches: list[UserBatch] = []
        started: list[tuple[_Presence, Task]] = []
        for number in numbers:
            presence = self._present[number] = self._placed(self._plan.sessions[number])
            session, radio = presence.session, presence.radio
            for task in session.tasks:
                served = task.members if session.wired_switch_id else task.members[radio[task.members] >= 0]
                if served.size:
                    part = replace(task, members=served)
                    batches.append(self._batch(session, part, radio))
                    started.append((presence, part))
        if batches:
            users = self._kernel.add_users(_joined(batches))
            ends = np.cumsum([batch.key.size for batch in batches])
            for (presence, part), own in zip(started, np.split(users, ends[:-1]), strict=True):
                presence.users.append((part, own))

    def _placed(self, session: Session) -> _Presence:
        radio = np.full(session.keys.size, -1, dtype=np.int64)
        if not session.wired_switch_id:
            radio = self._associations.join(session.client_id, session.keys, session.room)
            self._recorder.count_unassociated(session.room, int((radio < 0).sum()))
        return _Presence(session, radio, [])

    def _batch(self, session: Session, task: Task, radio: NDArray[np.int64]) -> UserBatch:
        """The kernel users of one task: each device's route, air cost and random identity."""
        network = self._model.network
        index = self._model.activity_index[task.activity_id]
        activity = self._model.activities[index]
        need = Need(activity.service_id, activity.direction, activity.peers)
        at = self._model.attachments(radio[task.members], session.wired_switch_id)
        count = at.size
        cost = self._plan.air.cost(session, task.members, radio, activity)
        return UserBatch(
            key=mix(session.keys[task.members], identity(task.activity_id, int(session.start_s))),
            activity=np.full(count, index, dtype=np.int64),
            route=network.route_of[need][at],
            cache_route=network.cached_route_of[need][at] if session.managed else np.full(count, -1),
            cache_share=np.full(count, network.cache_share.get(activity.service_id, 0.0)),
            air_s_per_bit=cost,
            weight=self._plan.air.weights(cost, activity),
            room=np.full(count, session.room, dtype=np.int64),
            start_s=np.full(count, task.start_s),
            end_s=np.full(count, task.end_s),
        )

    def _leave(self, numbers: list[int]) -> None:
        """Sessions end: all their users leave the kernel at once, then each session is judged."""
        leaving = [self._present.pop(number) for number in numbers]
        parts = [users for presence in leaving for _, users in presence.users]
        outcome = self._kernel.remove_users(np.concatenate(parts) if parts else np.zeros(0, np.int64))
        first = 0
        for presence in leaving:
            outcomes = []
            for task, users in presence.users:
                activity = self._model.activities[self._model.activity_index[task.activity_id]]
                outcomes.append((task, activity, _part(outcome, first, first + users.size)))
                first += users.size
            if not presence.session.wired_switch_id:
                self._associations.leave(presence.session.keys)
            self._recorder.close_session(presence.session, presence.radio, outcomes)

    def _count_clients(self) -> Generator[simpy.Event, None, None]:
        """In the middle of every bin: how many devices each radio serves, and what is not saved yet."""
        yield self._env.timeout(self._model.bin_s / 2)
        for number in range(self._bins):
            self._recorder.clients[number] = self._associations.clients
            self._kernel.advance(float(self._env.now))
            self._recorder.backlog_bytes[number] = self._kernel.unsaved()[1]
            yield self._env.timeout(self._model.bin_s)

    def _fault(self, steps: tuple[Step, ...]) -> Generator[simpy.Event, None, None]:
        """Something fails, a spare takes over where there is one, and all is well again afterwards."""
        for step in steps:
            yield self._env.timeout(max(step.at_s - self._env.now, 0.0))
            self._kernel.advance(float(self._env.now))
            for resource, capacity in step.capacities:
                self._kernel.set_capacity(resource, capacity)
            if step.servers:
                routes, times_s = zip(*step.servers, strict=True)
                self._kernel.set_server_s(np.array(routes), np.array(times_s))
            if step.radios:
                self._associations.switch(step.radios, on=step.on)
                self._reassociate()

    def _reassociate(self) -> None:
        """Move the devices whose radio has died to the best one left; the others stay where they are."""
        for presence in self._present.values():
            session = presence.session
            if session.wired_switch_id:
                continue
            radio = self._associations.join(session.client_id, session.keys, session.room)
            moved = (radio != presence.radio) & (radio >= 0)
            presence.radio = radio
            for task, users in presence.users:
                change = moved[task.members]
                if change.any():
                    part = replace(task, members=task.members[change])
                    self._kernel.move_users(users[change], self._batch(session, part, radio))


def _joined(batches: list[UserBatch]) -> UserBatch:
    """One batch of all, in order."""
    columns = {field.name: [getattr(batch, field.name) for batch in batches] for field in fields(UserBatch)}
    return UserBatch(**{name: np.concatenate(parts) for name, parts in columns.items()})


def _part(outcome: UserOutcome, first: int, last: int) -> UserOutcome:
    """The rows ``first`` to ``last`` (not included)."""
    return UserOutcome(**{field.name: getattr(outcome, field.name)[first:last] for field in fields(UserOutcome)})
