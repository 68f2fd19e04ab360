"""Storms: what every device of a platform does on a kind of day, beside its lessons, and how it is staggered.

At once: in the first lesson that uses the device from the storm's time on (staff machines: wherever they are then).
Over a while: from a moment of its own in that while, in steps of a twelfth. Over days: the simulated day has its part
of the devices. Over evenings: that part after the last bell, devices that stay in school only (the others, and staff,
do it at home). A device's draws do not depend on the choice, so that remedies are compared on the same devices.
Downloads from peers cross the air of the device's own radio twice and the line never. Left out: peers are never busy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import Activity
from wifisim.inputs.site import Site
from wifisim.inputs.storm import Spread, Storm
from wifisim.traffic.activities import Task
from wifisim.traffic.population import Block
from wifisim.traffic.sessions import SchoolDay, Session, placed

UPDATE_PROFILE = "os-update"
PEER_SUFFIX = "@peers"
STEPS = 12  # moments at which the devices of a spread storm begin (project choice)
EVENING_S = 6 * 3600.0  # how long an evening has for its part, from the last bell on (project choice)


def storms_of(site: Site, kinds: frozenset[str]) -> tuple[Storm, ...]:
    """The storms of these kinds of day; an update day without any has one that nothing staggers."""
    found = tuple(storm for storm in site.storms if storm.day_kind in kinds)
    if "update" in kinds and not any(storm.day_kind == "update" for storm in found):
        return (*found, Storm("update", "os-update", "update", 0.0, "", UPDATE_PROFILE, 1.0, Spread("at-once"), 0.0))
    return found


def peer_copies(site: Site) -> tuple[Activity, ...]:
    """The downloads of storms that peers may serve, as activities of their own."""
    names = {
        part.activity_id
        for storm in site.storms
        if storm.peers_share > 0.0
        for part in site.profiles[storm.profile_id].activities
    }
    return tuple(
        replace(activity, id=activity.id + PEER_SUFFIX, label=f"{activity.label}, from devices nearby", peers=True)
        for activity in site.activities.values()
        if activity.id in names and activity.direction == "down" and not activity.peers
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The devices of one session that a storm hits: ``moment`` [device] in 0-1, ``peers`` those served by others."""

    hit: NDArray[np.bool_]
    moment: NDArray[np.float64]
    peers: NDArray[np.bool_]


def storm_sessions(day: SchoolDay, sessions: Iterable[Session]) -> Iterator[Session]:
    """What the day's storms add to its sessions."""
    ordered = sorted(sessions, key=lambda session: session.start_s)
    for storm in storms_of(day.site, day.kinds):
        if storm.spread.kind == "evenings":
            yield from _evening(day, storm)
        else:
            yield from _beside_lessons(day, storm, ordered)


def _beside_lessons(day: SchoolDay, storm: Storm, sessions: list[Session]) -> Iterator[Session]:
    """The storm meets each device in its first use from its own moment on."""
    waiting: set[int] = set()
    seen: set[int] = set()
    for session in sessions:
        if not _meant(storm, session) or session.end_s <= storm.start_s:
            continue
        part = _drawn(day, storm, session)
        keys = session.keys.tolist()
        waiting |= {key for key in keys if key not in seen}
        seen.update(keys)
        begin_s = storm.start_s + part.moment * storm.spread.over_s
        begin_s = np.maximum(begin_s if storm.start_s else begin_s + _first_s(day), session.start_s)
        due = part.hit & np.array([key in waiting for key in keys]) & (begin_s < session.end_s)
        waiting.difference_update(session.keys[due].tolist())
        tasks = _tasks(day, storm, session, replace(part, hit=due), begin_s)
        if tasks:
            yield replace(session, tasks=tasks, lesson=None)


def _meant(storm: Storm, session: Session) -> bool:
    """Whether the devices of a session are the storm's: pupils' in lessons, staff's wherever they are."""
    return (session.staff and storm.who != "pupils") or (session.lesson is not None and storm.who != "staff")


def _first_s(day: SchoolDay) -> float:
    return min((period.start_s for period in day.site.timetable.periods), default=0.0)


def _evening(day: SchoolDay, storm: Storm) -> Iterator[Session]:
    """The evening's part of the devices that stay in school, where their class was last."""
    last_s = max((period.end_s for period in day.site.timetable.periods), default=0.0)
    start_s = max(storm.start_s, last_s)
    end_s = min(start_s + EVENING_S, 86_400.0)
    yield from _watch(day, (start_s, end_s))
    for room_id, block in _overnight(day, last_s) if storm.who != "staff" else ():
        session = placed(day, block, room_id, (start_s, end_s), tasks=())
        part = _drawn(day, storm, session)
        tasks = _tasks(day, storm, session, part, np.full(block.keys.size, start_s))
        if tasks:
            yield replace(session, tasks=tasks)


def _overnight(day: SchoolDay, last_s: float) -> Iterator[tuple[str, Block]]:
    """Pupils' devices that stay in school, and where they spend the night."""
    for class_id, blocks in day.population.pupils.items():
        room_id = day.room_at(class_id, last_s - 1.0)
        yield from ((room_id, block) for block in blocks if not block.goes_home)
    yield from ((one.room_id, one.block) for one in day.population.sets)


def _watch(day: SchoolDay, span_s: tuple[float, float]) -> Iterator[Session]:
    """Nobody, for an evening on which devices may be in school: the day is as long in each replication."""
    programme, fleets = day.site.programme, day.site.fleets
    if programme.goes_home and not programme.opt_out_share and not any(fleet.use == "class" for fleet in fleets):
        return
    for class_id, blocks in day.population.pupils.items():
        if blocks:
            nobody = replace(blocks[0], keys=blocks[0].keys[:0])
            yield placed(day, nobody, day.room_at(class_id, span_s[0] - 1.0), span_s, tasks=())
            return


def _drawn(day: SchoolDay, storm: Storm, session: Session) -> _Part:
    """Who is hit, and when: drawn from the devices' own identities, the same for every way to stagger."""
    lot, joins, moment, peers = (
        day.device_draws(session.keys, "storm", storm.id, what) for what in ("lot", "joins", "moment", "peers")
    )
    platform = day.site.catalog.clients[session.client_id].platform
    meant = storm.platform in {"", platform}
    hit = (joins < storm.share) & (lot * storm.spread.parts < 1.0) & meant
    return _Part(np.asarray(hit, dtype=np.bool_), np.floor(moment * STEPS) / STEPS, peers < storm.peers_share)


def _tasks(
    day: SchoolDay, storm: Storm, session: Session, part: _Part, begin_s: NDArray[np.float64]
) -> tuple[Task, ...]:
    """One task for each activity, moment and way; devices begin at ``begin_s`` [device]."""
    profile = day.site.profiles[storm.profile_id]
    tasks = []
    for share in profile.activities:
        activity = day.site.activities[share.activity_id]
        draws = day.device_draws(session.keys, "storm", storm.id, "activity", share.activity_id)
        chosen = part.hit & (draws < share.share)
        for moment_s in np.unique(begin_s[chosen]):
            now = chosen & (begin_s == moment_s)
            away = now & part.peers & (activity.direction == "down") & (not activity.peers)
            for members, suffix in ((now & ~away, ""), (away, PEER_SUFFIX)):
                if members.any():
                    rest_s = session.end_s - float(moment_s)
                    span_s = (moment_s + share.from_share * rest_s, moment_s + share.to_share * rest_s)
                    tasks.append(Task(share.activity_id + suffix, np.flatnonzero(members), *map(float, span_s)))
    return tuple(tasks)
