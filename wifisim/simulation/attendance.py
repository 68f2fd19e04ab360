"""Who is in school at the moment, on which radio, and what their devices are busy with.

A session brings its devices onto radios and their tasks into the flow kernel. When it ends, saves and bulk downloads
that are not through wait for their device's next session, in whatever room (sync clients and updaters resume where
they were cut off); everything else is given up. A device that finds no radio is looked at again whenever places may
have become free, and starts then.
What a fault has stalled goes on at the next try of its app (``retries``).
While nothing carries a save, its user goes on working: the edits pile up on the device at their mean pace (at most one
file where the service's client sends whole files) and go out together with the save.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity
from wifisim.network.build import Need
from wifisim.randomness import identity, mix
from wifisim.simulation.air import Air
from wifisim.simulation.associations import Associations, Joined
from wifisim.simulation.flow_users import UserBatch, UserOutcome
from wifisim.simulation.flows import FlowKernel
from wifisim.simulation.logins import LOGIN_TIMEOUT_S, Logins
from wifisim.simulation.recorder import Recorder
from wifisim.simulation.retries import backoff_of, next_tries_s
from wifisim.simulation.stage import StageModel
from wifisim.traffic.activities import Task
from wifisim.traffic.sessions import Session

IntArray = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class _Presence:
    """A session that is going on.

    ``radio`` [device]; ``users`` are the kernel users of each task, member by member, ``resumed`` those that go on
    with something from an earlier session; ``waiting`` are tasks of devices without a radio. ``stood_s`` [device] is
    how long a transfer of a device's has stood still because nothing carried it. ``ready_s`` [device] is when it has
    logged in to its radio.
    """

    session: Session
    radio: IntArray
    users: list[tuple[Task, IntArray]] = field(default_factory=list)
    resumed: list[tuple[Task, IntArray]] = field(default_factory=list)
    waiting: list[Task] = field(default_factory=list)
    stood_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    ready_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @property
    def online(self) -> NDArray[np.bool_]:
        """Which devices [device] have a network."""
        return (self.radio >= 0) | bool(self.session.wired_switch_id)


@dataclass(frozen=True, slots=True)
class Retry:
    """At ``at_s`` a device goes on with the transfer of kernel user ``user``: the ``task`` of one member of a session.

    ``own`` is False for one that it brought from an earlier session.
    """

    at_s: float
    user: int
    presence: _Presence
    task: Task
    own: bool


class Attendance:
    """The sessions going on, and what earlier ones have left unfinished."""

    def __init__(
        self, model: StageModel, air: Air, kernel: FlowKernel, associations: Associations, recorder: Recorder
    ) -> None:
        self._model, self._air = model, air
        self._kernel, self._associations, self._recorder = kernel, associations, recorder
        self._present: list[_Presence] = []
        self._unfinished: dict[int, list[tuple[int, str]]] = {}
        self._logins = Logins(model.stage.network.login)
        self._ready_s: dict[int, float] = {}
        self._held_back: dict[int, Retry] = {}
        self._piled: dict[int, float] = {}

    def admit(self, sessions: Sequence[Session], *, now_s: float) -> None:
        """Sessions start: their devices join radios in order, then all their users go to the kernel at once."""
        for presence in self._present:
            if not presence.online.all():
                self._renew(presence)
        self._present.extend([self._placed(session, now_s) for session in sessions])
        self._follow_moved()
        self._start(self._present, now_s)
        self._resume(self._present, now_s)

    def dismiss(self, now_s: float) -> None:
        """Sessions that are over end: all their users leave the network at once, then each session is judged."""
        self._end([presence for presence in self._present if presence.session.end_s <= now_s], now_s)

    def close(self, now_s: float) -> None:
        """The day is over: what is unfinished stays so."""
        self._end(list(self._present), now_s)
        left = [user for waiting in self._unfinished.values() for user, _ in waiting]
        self._kernel.remove_users(np.array(left, dtype=np.int64))

    def without_wifi(self, now_s: float) -> int:
        """How many devices are in use or meant to be, and have no radio, or wait for their login."""
        away = [(presence.session.keys, ~presence.online | (presence.ready_s > now_s)) for presence in self._present]
        alone = [keys[out] for keys, out in away if out.any()]
        return int(np.unique(np.concatenate(alone)).size) if alone else 0

    def piled_bytes(self, now_s: float) -> float:
        """Edits that wait on devices behind a save that nothing carries."""
        stalled = self._kernel.stalled_saves()
        total = sum(self._piled.values())
        for presence in self._present if stalled.size else ():
            for task, users in presence.users:
                waits = np.isin(users, stalled)
                if waits.any():
                    total += float(self._edits(task, users[waits], now_s).sum())
        return total

    def _edits(self, task: Task, users: IntArray, now_s: float) -> NDArray[np.float64]:
        """Bytes [user] that a save's user has edited since it was asked for."""
        activity = self._model.played[self._model.activity_index[task.activity_id]]
        if not activity.save or activity.kind != "transaction" or activity.count or activity.think_s.mean() <= 0.0:
            return np.zeros(users.size)
        each = activity.size_bytes.mean() * activity.changed_share
        worked_s = np.maximum(min(now_s, task.end_s) - self._kernel.asked_s(users), 0.0)
        edits = each * worked_s / activity.think_s.mean()
        return np.minimum(edits, each) if activity.service_id in self._model.whole_files else edits

    def reassociate(self, *, now_s: float) -> None:
        """Radios have failed or come back: devices move if they must, others stay where they are."""
        for presence in self._present:
            self._renew(presence)
        self._follow_moved()
        self._start(self._present, now_s)
        self._resume(self._present, now_s)

    def _placed(self, session: Session, now_s: float) -> _Presence:
        radio = np.full(session.keys.size, -1, dtype=np.int64)
        ready_s = np.full(session.keys.size, now_s)
        if not session.wired_switch_id:
            joined = self._associations.join(session.client_id, session.keys, session.room)
            radio, ready_s = joined.radio, self._ready(session.keys, joined, now_s)
            late = ready_s > now_s + LOGIN_TIMEOUT_S
            self._recorder.count_unassociated(session.room, int(((radio < 0) | late).sum()))
        stood_s = np.zeros(session.keys.size)
        return _Presence(session, radio, waiting=list(session.tasks), stood_s=stood_s, ready_s=ready_s)

    def _ready(self, keys: NDArray[np.uint64], joined: Joined, now_s: float) -> NDArray[np.float64]:
        """When each device [device] that joins may use its radio: it has found it, then logged in."""
        ready_s = self._logins.ready_s(keys, joined.radio, now_s=now_s) + joined.search_s
        there_s = [self._ready_s.get(key, now_s) for key in keys.tolist()]
        ready_s = np.where(joined.came, ready_s, np.maximum(there_s, now_s))
        self._ready_s.update(zip(keys.tolist(), ready_s.tolist(), strict=True))
        self._recorder.count_joins(joined, ready_s - now_s)
        return np.asarray(ready_s, dtype=np.float64)

    def _follow_moved(self) -> None:
        """Devices that the network has moved to make room go on over their new radios."""
        keys = np.array(sorted(self._associations.made_room), dtype=np.uint64)
        self._associations.made_room.clear()
        for presence in self._present if keys.size else ():
            moved = np.isin(presence.session.keys, keys) & (presence.radio >= 0)
            if moved.any():
                self._follow(
                    presence, np.where(moved, self._associations.radio_of(presence.session.keys), presence.radio)
                )

    def _renew(self, presence: _Presence) -> None:
        """Devices whose radio has died move to the best one left; with none they wait where they are."""
        session = presence.session
        if session.wired_switch_id:
            return
        radio = self._associations.renew(session.client_id, session.keys, session.room)
        self._recorder.count_unassociated(session.room, int((radio < 0).sum()))
        self._follow(presence, radio)

    def _follow(self, presence: _Presence, radio: IntArray) -> None:
        """Transfers of devices that have moved go on over their new radios."""
        moved = (radio != presence.radio) & (radio >= 0)
        presence.radio = radio
        for task, users in (*presence.users, *presence.resumed):
            # What is held back goes on at its own try.
            change = moved[task.members] & ~np.isin(users, list(self._held_back))
            if change.any():
                part = replace(task, members=task.members[change])
                self._kernel.move_users(users[change], self._batch(presence, part))

    def _start(self, presences: Iterable[_Presence], now_s: float) -> None:
        """Tasks of devices that have come online begin; those of the others wait on."""
        batches: list[UserBatch] = []
        started: list[tuple[_Presence, Task]] = []
        for presence in presences:
            online = presence.online
            for task in presence.waiting:
                ready = online[task.members]
                if ready.any():
                    part = replace(task, members=task.members[ready])
                    batches.append(self._batch(presence, part))
                    started.append((presence, part))
                    kept_s = max(now_s - max(task.start_s, presence.session.start_s), 0.0)
                    presence.stood_s[part.members] = np.maximum(presence.stood_s[part.members], kept_s)
            left = [replace(task, members=task.members[~online[task.members]]) for task in presence.waiting]
            presence.waiting = [task for task in left if task.members.size]
        if batches:
            users = self._kernel.add_users(_joined(batches))
            ends = np.cumsum([batch.key.size for batch in batches])
            for (presence, part), own in zip(started, np.split(users, ends[:-1]), strict=True):
                presence.users.append((part, own))

    def _resume(self, presences: Iterable[_Presence], now_s: float) -> None:
        """Devices that have come online go on with what they could not finish before."""
        for presence in presences if self._unfinished else ():
            for part, users in self._taken_up(presence, now_s):
                more = np.array([self._piled.pop(user, 0.0) for user in users.tolist()])
                self._kernel.reconnect_users(users, self._batch(presence, part), more_bytes=more)
                presence.resumed.append((part, users))

    def _taken_up(self, presence: _Presence, now_s: float) -> Iterator[tuple[Task, IntArray]]:
        """What the devices of a session have left unfinished, by activity; it is theirs from now on."""
        found: dict[str, list[tuple[int, int]]] = {}
        for member in np.flatnonzero(presence.online).tolist():
            for user, activity_id in self._unfinished.pop(int(presence.session.keys[member]), ()):
                found.setdefault(activity_id, []).append((member, user))
        for activity_id, pairs in found.items():
            members, users = np.array(pairs, dtype=np.int64).T
            yield Task(activity_id, members, now_s, presence.session.end_s), users

    def _batch(self, presence: _Presence, task: Task) -> UserBatch:
        """The kernel users of one task: each device's route, air cost and random identity."""
        session, radio, network = presence.session, presence.radio, self._model.network
        index = self._model.activity_index[task.activity_id]
        activity = self._model.activities[index]
        need = Need(activity.service_id, activity.direction, activity.peers)
        at = self._model.attachments(radio[task.members], session.wired_switch_id)
        count = at.size
        cost = self._air.cost(session, task.members, radio, activity)
        return UserBatch(
            key=mix(session.keys[task.members], identity(task.activity_id, int(session.start_s))),
            activity=np.full(count, index, dtype=np.int64),
            route=network.route_of[need][at],
            cache_route=network.cached_route_of[need][at] if session.managed else np.full(count, -1),
            cache_share=np.full(count, network.cache_share.get(activity.service_id, 0.0)),
            air_s_per_bit=cost,
            weight=self._air.weights(cost, activity),
            room=np.full(count, session.room, dtype=np.int64),
            start_s=np.maximum(task.start_s, presence.ready_s[task.members]),
            end_s=np.full(count, task.end_s),
        )

    def _end(self, leaving: list[_Presence], now_s: float) -> None:
        """Users leave the network; who has something to finish keeps it for the device's next session."""
        groups = [(presence, part) for presence in leaving for part in (*presence.users, *presence.resumed)]
        users = np.concatenate([users for _, (_, users) in groups]) if groups else np.zeros(0, np.int64)
        self._pile_up(leaving, now_s)
        self._note_standstill(leaving, self._kernel.stalled(), now_s)
        outcome, stays = self._kernel.disconnect_users(users)
        for user in users.tolist():
            self._held_back.pop(user, None)
        results: dict[int, list[UserOutcome]] = {id(presence): [] for presence in leaving}
        first = 0
        for presence, (task, own) in groups:
            span = slice(first, first + own.size)
            results[id(presence)].append(_part(outcome, span))
            self._keep(presence.session.keys[task.members[stays[span]]], own[stays[span]], task.activity_id)
            first = span.stop
        for presence in leaving:
            self._present.remove(presence)
            self._judge(presence, results[id(presence)])

    def note_standstill(self, freed: IntArray, *, now_s: float) -> None:
        """Transfers of these users have stood still since they were asked for, and go on now."""
        self._note_standstill(self._present, freed, now_s)

    def _note_standstill(self, presences: list[_Presence], users: IntArray, now_s: float) -> None:
        for presence in presences if users.size else ():
            for task, own in presence.users:
                stood = np.isin(own, users)
                since_s = np.maximum(self._kernel.asked_s(own[stood]), presence.session.start_s)
                members = task.members[stood]
                presence.stood_s[members] = np.maximum(presence.stood_s[members], now_s - since_s)

    def _pile_up(self, leaving: list[_Presence], now_s: float) -> None:
        """What was edited behind stalled saves by the end of their sessions."""
        stalled = self._kernel.stalled_saves()
        for presence in leaving if stalled.size else ():
            for task, users in presence.users:
                waiting = users[np.isin(users, stalled)]
                self._piled.update(zip(waiting.tolist(), self._edits(task, waiting, now_s).tolist(), strict=True))

    def _keep(self, keys: NDArray[np.uint64], users: IntArray, activity_id: str) -> None:
        """What devices have to finish later."""
        for key, user in zip(keys.tolist(), users.tolist(), strict=True):
            self._unfinished.setdefault(key, []).append((user, activity_id))

    def _judge(self, presence: _Presence, outcomes: list[UserOutcome]) -> None:
        """A session is judged by what it began itself; what it took up was judged where it began."""
        judged = []
        for (task, _), outcome in zip(presence.users, outcomes, strict=False):
            judged.append((task, self._activity(task), outcome))
        if not presence.session.wired_switch_id:
            self._associations.leave(presence.session.keys)
        self._recorder.close_session(presence.session, presence.radio, judged, stood_s=presence.stood_s)

    def hold_back(self, freed: IntArray, *, since_s: float, now_s: float) -> list[Retry]:
        """What a fault has stalled since ``since_s`` or later waits for the next try of its app; in order of time."""
        retries = []
        for presence in self._present if freed.size else ():
            for number, (task, ids) in enumerate((*presence.users, *presence.resumed)):
                held = np.isin(ids, freed)
                if held.any():
                    part = replace(task, members=task.members[held])
                    own = number < len(presence.users)
                    retries += self._tries(presence, part, ids[held], own=own, since_s=since_s, now_s=now_s)
        self._held_back.update((retry.user, retry) for retry in retries)
        self._kernel.hold_users(np.array([retry.user for retry in retries], dtype=np.int64))
        return sorted(retries, key=lambda retry: (retry.at_s, retry.user))

    def _tries(
        self, presence: _Presence, task: Task, users: IntArray, *, own: bool, since_s: float, now_s: float
    ) -> list[Retry]:
        """When each user of a task tries again: it has failed when it asked, or when the fault began."""
        failed_s = np.minimum(np.maximum(self._kernel.asked_s(users), since_s), now_s)
        backoff = backoff_of(self._activity(task))
        tries_s = next_tries_s(presence.session.keys[task.members], backoff, since_s=failed_s, now_s=now_s)
        return [
            Retry(at_s, user, presence, replace(task, members=np.array([member])), own)
            for member, user, at_s in zip(task.members, users.tolist(), tries_s.tolist(), strict=True)
        ]

    def _activity(self, task: Task) -> Activity:
        return self._model.activities[self._model.activity_index[task.activity_id]]

    def let_go(self, retry: Retry) -> list[Retry]:
        """An app tries again while its session goes on; gives its next try if the device has no network."""
        if self._held_back.get(retry.user) is not retry:
            return []
        if not retry.presence.online[retry.task.members].all():
            later = replace(retry, at_s=retry.at_s + backoff_of(self._activity(retry.task)).most_s)
            self._held_back[retry.user] = later
            return [later]
        del self._held_back[retry.user]
        batch, users = self._batch(retry.presence, retry.task), np.array([retry.user], dtype=np.int64)
        self._note_standstill([retry.presence], users, retry.at_s)
        more = self._edits(retry.task, users, retry.at_s) if retry.own else np.zeros(1)
        self._kernel.reconnect_users(users, batch, more_bytes=more)
        return []


def _joined(batches: list[UserBatch]) -> UserBatch:
    """One batch of all, in order."""
    columns = {field.name: [getattr(batch, field.name) for batch in batches] for field in fields(UserBatch)}
    return UserBatch(**{name: np.concatenate(parts) for name, parts in columns.items()})


def _part(outcome: UserOutcome, span: slice) -> UserOutcome:
    """Some of the rows."""
    return UserOutcome(**{field.name: getattr(outcome, field.name)[span] for field in fields(UserOutcome)})
