"""What pupils' devices do outside lessons and by themselves.

Devices that come from home catch up on arrival (profile ``morning-sync``, from twenty minutes before the first bell)
and are used in breaks (profile ``carried``). Devices that stay in school catch up when their trolley is opened
(profile ``trolley-wake``, the first use of the day), unmanaged ones do their own updates then (``own-updates``). A
profile that the site's files do not have is not played. Left out: the corridor, and who is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from wifisim.inputs.profile import TrafficProfile
from wifisim.inputs.site import Site
from wifisim.traffic.activities import tasks_of
from wifisim.traffic.population import Block
from wifisim.traffic.sessions import GATHERING_KINDS, SchoolDay, Session, placed

MORNING_PROFILE = "morning-sync"
CARRIED_PROFILE = "carried"
WAKE_PROFILE = "trolley-wake"
OWN_PROFILE = "own-updates"
STAFF_MORNING_PROFILE = "staff-morning"
EARLY_S = 1200.0  # devices come into Wi-Fi up to twenty minutes before the first bell (project choice)


def played_profiles(site: Site) -> set[str]:
    """The profiles above that this site's files have and its programme calls for."""
    programme = site.programme
    wanted = {WAKE_PROFILE, STAFF_MORNING_PROFILE}
    wanted |= {MORNING_PROFILE, CARRIED_PROFILE} if programme.goes_home else set()
    wanted |= set() if programme.managed else {OWN_PROFILE}
    return wanted & site.profiles.keys()


def arrivals(day: SchoolDay) -> Iterator[Session]:
    """Devices that come from home sync before the first bell, each class where it has its first lesson."""
    profile = day.site.profiles.get(MORNING_PROFILE)
    if profile is None or not day.site.timetable.periods:
        return
    bell_s = day.site.timetable.periods[0].start_s
    for class_id, number, block in _blocks(day, goes_home=True):
        if not day.has_devices(class_id, bell_s):
            continue
        random = day.draws("morning", class_id, number)
        active = random.random(block.keys.size) < profile.device_share
        tasks = tasks_of(profile, active, start_s=bell_s - EARLY_S, end_s=bell_s, random=random)
        yield placed(day, block, day.room_at(class_id, bell_s), (bell_s - EARLY_S, bell_s), tasks=tasks)


def breaks(day: SchoolDay) -> Iterator[Session]:
    """Devices that pupils carry, as many as are in use, where pupils gather."""
    profile = day.site.profiles.get(CARRIED_PROFILE)
    rooms = day.rooms_of_kind(GATHERING_KINDS)
    if profile is None or not rooms:
        return
    order = {school_class.id: index for index, school_class in enumerate(day.site.timetable.classes)}
    for period in day.site.timetable.periods:
        if period.kind not in {"break", "lunch"}:
            continue
        for class_id, number, block in _blocks(day, goes_home=True):
            random = day.draws("carried", period.id, class_id, number)
            in_use = block.keys[random.random(block.keys.size) < profile.device_share]
            everyone = np.ones(in_use.size, dtype=np.bool_)
            tasks = tasks_of(profile, everyone, start_s=period.start_s, end_s=period.end_s, random=random)
            room_id = rooms[order[class_id] % len(rooms)]
            if in_use.size and day.has_devices(class_id, period.start_s):
                used = replace(block, keys=in_use)
                yield placed(day, used, room_id, (period.start_s, period.end_s), tasks=tasks)


def first_uses(day: SchoolDay, sessions: Iterable[Session]) -> Iterator[Session]:
    """Beside the first use of the day: the trolley's devices wake up, unmanaged ones see to themselves."""
    in_school = {int(key) for _, _, block in _blocks(day, goes_home=False) for key in block.keys}
    in_school |= {int(key) for one in day.population.sets for key in one.block.keys}
    own = {int(key) for _, _, block in _blocks(day, goes_home=True) if not block.managed for key in block.keys}
    for name, chosen in ((WAKE_PROFILE, in_school), (OWN_PROFILE, own)):
        profile = day.site.profiles.get(name)
        if profile is not None and chosen:
            yield from _beside_first_use(day, sessions, profile, chosen)


def _beside_first_use(
    day: SchoolDay, sessions: Iterable[Session], profile: TrafficProfile, chosen: set[int]
) -> Iterator[Session]:
    waiting = set(chosen)
    for session in sorted(sessions, key=lambda session: session.start_s):
        if session.lesson is None:
            continue
        fresh = np.array([int(key) in waiting for key in session.keys], dtype=np.bool_)
        waiting.difference_update(session.keys.tolist())
        if not fresh.any():
            continue
        random = day.draws("first-use", profile.id, session.lesson.class_id, session.client_id)
        tasks = tasks_of(profile, fresh, start_s=session.start_s, end_s=session.end_s, random=random)
        if tasks:
            yield replace(session, tasks=tasks, lesson=None)


def _blocks(day: SchoolDay, *, goes_home: bool) -> Iterator[tuple[str, int, Block]]:
    for class_id, blocks in day.population.pupils.items():
        for number, block in enumerate(blocks):
            if block.goes_home == goes_home:
                yield class_id, number, block
