"""The air without a simulation: devices per radio, beacons, and rooms without signal.

Devices per radio: every class sits where the timetable puts it, and each device takes the radio it hears best at its
seat (middle of the signal), or with `load_balancing` the emptiest of those about as good; one member of staff stands in
each lesson. All devices of the class count, used or not: they stay associated. Left out: devices on the move, and
phones outside lessons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.checks.case import Case, Signal
from wifisim.checks.finding import Finding, Severity, percent
from wifisim.inputs.rollout import Stage
from wifisim.inputs.timetable import Lesson
from wifisim.mac.standing import beacon_share

DENSE_CLIENTS = 30  # Cisco Meraki calls more than this on a radio high density
MANY_CLIENTS = 50  # about here a campus project counts an access point as overloaded (UAB)
MOST_SSIDS = 4  # advice of Revolution Wi-Fi's SSID overhead calculator
BEACON_LIMIT = 0.1  # airtime that beacons may take (project choice)
COVERED_SHARE = 0.95  # of a room's seats that must have the signal


@dataclass(frozen=True, slots=True)
class Crowd:
    """The fullest lesson of one radio."""

    radio: int
    devices: int
    when: str
    rooms: tuple[str, ...]


def clients_per_radio(case: Case, stage: Stage) -> Iterator[Finding]:
    """Devices on the fullest radios in any lesson of the timetable, against three limits."""
    signal = case.signal(stage)
    crowds = sorted(fullest_lessons(case, stage), key=lambda crowd: -crowd.devices)
    beyond = [crowd for crowd in crowds if crowd.devices > signal.radios[crowd.radio].radio.max_clients]
    many = [crowd for crowd in crowds if crowd.devices > MANY_CLIENTS and crowd not in beyond]
    dense = [crowd for crowd in crowds if DENSE_CLIENTS < crowd.devices <= MANY_CLIENTS and crowd not in beyond]
    if beyond:
        most = signal.radios[beyond[0].radio].radio.max_clients
        yield _crowded(case, stage, beyond, severity="problem", limit=f"it takes at most {most}")
    if many:
        limit = f"more than {MANY_CLIENTS} is counted as overload"
        yield _crowded(case, stage, many, severity="warning", limit=limit)
    if dense:
        limit = f"more than {DENSE_CLIENTS} is high density"
        yield _crowded(case, stage, dense, severity="note", limit=limit)


def _crowded(case: Case, stage: Stage, crowds: list[Crowd], *, severity: Severity, limit: str) -> Finding:
    signal, worst = case.signal(stage), crowds[0]
    balanced = case.site.simulation.air.load_balancing == "clients"
    radio = signal.radios[worst.radio]
    name = f"{radio.access_point_id} ({radio.radio.band} GHz)"
    more = len(crowds) - 1
    others = f"; {more} other radio{' is' if more == 1 else 's are'} above that too" if more else ""
    return Finding(
        severity=severity,
        subject=severity,
        message=f"{worst.devices} devices {'are given to' if balanced else 'want'} {name} in {worst.when}: "
        f"{limit}{others}.",
        working=f"classes in {', '.join(worst.rooms[:4])}{' ...' if len(worst.rooms) > 4 else ''} "
        f"{'with load balancing' if balanced else 'hear it best'}; "
        f"{worst.devices} devices: pupils' own, staff's, and phones in pockets",
        fix="An access point in each of these rooms, or 5 and 6 GHz radios that share the devices.",
        place=case.lines.access_point(stage.date, radio.access_point_id),
        weight=float(worst.devices),
    )


def fullest_lessons(case: Case, stage: Stage) -> list[Crowd]:
    """For every radio the lesson of the week in which most devices take it."""
    slots: dict[tuple[int, str], list[Lesson]] = defaultdict(list)
    for lesson in case.site.timetable.lessons:
        slots[lesson.day, lesson.period_id].append(lesson)
    seats = _Seats(case, stage)
    names = case.site.timetable.day_names
    count = len(seats.signal.radios)
    best, when = np.zeros(count, dtype=np.int64), [""] * count
    rooms: list[tuple[str, ...]] = [()] * count
    for (day, period_id), lessons in slots.items():
        by_room = {lesson.room_id: np.zeros(count, dtype=np.int64) for lesson in lessons}
        total = np.zeros(count, dtype=np.int64)
        for lesson in lessons:
            taken = seats.taken(lesson, total)
            by_room[lesson.room_id] += taken
            total += taken
        for radio in np.flatnonzero(total > best):
            best[radio], when[radio] = total[radio], f"{period_id} on {names[day]}"
            rooms[radio] = tuple(room for room, taken in by_room.items() if taken[radio])
    return [Crowd(int(radio), int(best[radio]), when[radio], rooms[radio]) for radio in np.flatnonzero(best)]


class _Seats:
    """Which radios the devices of a lesson take."""

    def __init__(self, case: Case, stage: Stage) -> None:
        self.signal = case.signal(stage)
        self._people = case.population(stage)
        self._rooms = {room.id: index for index, room in enumerate(case.site.building.rooms)}
        self._balanced = case.site.simulation.air.load_balancing == "clients"
        self._limits = np.array([placed.radio.max_clients for placed in self.signal.radios], dtype=np.int64)
        self._counted: dict[tuple[str, int, int], NDArray[np.int64]] = {}

    def taken(self, lesson: Lesson, so_far: NDArray[np.int64]) -> NDArray[np.int64]:
        """Devices [radio] of one lesson: the class's own, the room's or the department's, phones, and one of staff."""
        room = self._rooms[lesson.room_id]
        in_room = self._people.rooms.get(lesson.room_id)
        own = [in_room] if in_room is not None else list(self._people.pupils.get(lesson.class_id, ()))
        class_set = self._people.set_for(lesson)
        if not own and class_set is not None:
            own = [class_set.block]
        phones = self._people.phones.get(lesson.class_id, ())
        blocks = [(block, block.keys.size) for block in (*own, *phones)] + [(block, 1) for block in self._people.staff]
        taken = np.zeros(len(self.signal.radios), dtype=np.int64)
        for block, count in blocks:
            if count and not block.wired_switch_id:
                taken += self._radios(block.client_id, room, count, so_far + taken)
        return taken

    def _radios(self, client_id: str, room: int, count: int, so_far: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of ``count`` devices at the seats of ``room`` take each radio."""
        key = (client_id, room, count)
        if self._balanced or key not in self._counted:
            seats = np.flatnonzero(self.signal.coverage.places.room == room)
            places = seats[np.arange(count) % seats.size]
            self._counted[key] = self._spread(client_id, places, so_far) if self._balanced else self._best(key, places)
        return self._counted[key]

    def _best(self, key: tuple[str, int, int], places: NDArray[np.int64]) -> NDArray[np.int64]:
        radios = self.signal.best[key[0]][places]
        return np.bincount(radios[radios >= 0], minlength=len(self.signal.radios))

    def _spread(self, client_id: str, places: NDArray[np.int64], so_far: NDArray[np.int64]) -> NDArray[np.int64]:
        """One after the other to the emptiest of the radios about as good as the best, as the simulation does it."""
        taken = np.zeros_like(so_far)
        for place in places.tolist():
            alike = np.flatnonzero(self.signal.alike[client_id][:, place])
            if alike.size:
                free = self._limits[alike] - so_far[alike] - taken[alike]
                taken[alike[np.argmax(free)]] += 1
        return taken


def network_names(case: Case, stage: Stage) -> Iterator[Finding]:
    """Airtime that beacons take where most radios share a channel, and the number of SSIDs."""
    signal, settings = case.signal(stage), case.site.simulation.air
    ssids = len(stage.network.ssids)
    shares = [(_beacons(signal, clique, ssids, settings.beacon_rate_mbps), clique) for clique in signal.domains.cliques]
    share, clique = max(shares, key=lambda pair: pair[0], default=(0.0, ()))
    if share <= BEACON_LIMIT and ssids <= MOST_SSIDS:
        return
    radio = signal.radios[clique[0]].radio
    one = beacon_share(radio.band, ssids=1, rate_mbps=settings.beacon_rate_mbps)
    yield Finding(
        severity="warning" if share > BEACON_LIMIT else "note",
        subject="beacons",
        message=f"{ssids} network names: their beacons take {percent(share)} of {radio.band} GHz channel "
        f"{radio.channel} before anybody sends.",
        working=f"{ssids} SSIDs x {len(clique)} radios that share the channel x {100.0 * one:.2f} % a beacon train at "
        f"{settings.beacon_rate_mbps:g} Mbit/s",
        fix=f"Up to {MOST_SSIDS} SSIDs, and beacons at 12 or 24 Mbit/s.",
        place=case.lines.network(stage.date, "ssids"),
        weight=share,
    )


def _beacons(signal: Signal, clique: tuple[int, ...], ssids: int, rate_mbps: float) -> float:
    return len(clique) * beacon_share(signal.radios[clique[0]].radio.band, ssids=ssids, rate_mbps=rate_mbps)


def dark_rooms(case: Case, stage: Stage) -> Iterator[Finding]:
    """Rooms with lessons in which the programme's device has no Wi-Fi, or less than the school's own target."""
    signal, target = case.signal(stage), case.site.targets.coverage_rssi_dbm
    taught = {lesson.room_id for lesson in case.site.timetable.lessons}
    first = signal.best[case.site.programme.client_id]
    weak: list[tuple[float, str]] = []
    for index, room in enumerate(case.site.building.rooms):
        seats = signal.coverage.places.room == index
        if room.id not in taught or not seats.any():
            continue
        level = float(np.quantile(signal.level_dbm[seats], 1.0 - COVERED_SHARE, method="lower"))
        without = float((first[seats] < 0).mean())
        if without > 1.0 - COVERED_SHARE:
            yield Finding(
                severity="problem",
                subject=room.id,
                message=f"Room {room.id} has lessons, but {percent(without)} of its seats have no usable Wi-Fi.",
                working=f"{_level(level)} at the weak end of its seats; devices need -82 dBm both ways",
                fix=f"An access point in {room.id}.",
                place=case.lines.room(room.id),
                weight=without,
            )
        elif level < target:
            weak.append((level, room.id))
    if weak:
        yield _weak_rooms(case, sorted(weak), target)


def _weak_rooms(case: Case, weak: list[tuple[float, str]], target: float) -> Finding:
    level, room_id = weak[0]
    listed = ", ".join(f"{room} {_level(value)}" for value, room in weak[:6])
    return Finding(
        severity="warning",
        subject="weak",
        message=f"{len(weak)} rooms with lessons have less signal than the target; the weakest is {room_id}.",
        working=f"95 % of seats have at least: {listed}{' ...' if len(weak) > 6 else ''}; target {target:g} dBm",
        fix="An access point nearer to these rooms, or more power where the neighbours' channels allow it.",
        place=case.lines.room(room_id),
        weight=target - level,
    )


def _level(level_dbm: float) -> str:
    return f"{level_dbm:.0f} dBm" if np.isfinite(level_dbm) else "no signal"
