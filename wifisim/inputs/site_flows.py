"""Flow lists over a site: what ``station``, ``ap`` and ``service`` mean there.

``ap`` is an access point, or empty for the one that a device at that place takes. ``station`` is ``ROOM`` or
``ROOM/SEAT`` (seats from 1); where ``ap`` is given, any other text is a device that sits wherever that access point
serves. ``service`` is a cloud service of the catalogue; empty means the internet line and nothing behind it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wifisim.errors import InputError, Problem
from wifisim.inputs.findings import Findings, Place, nearest_name, printable
from wifisim.inputs.flow_list import Distinct, FlowList, also, line_of, read_flows
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import Site

STAGE_OPTION, CLIENT_OPTION = "--stage", "--client"
ANYWHERE = -1


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """The school's end of some transfers, and the service at the other end.

    ``ap_id`` empty: whichever the device takes. ``room`` is an index, ``ANYWHERE`` where the access point serves.
    ``seat`` counts from 0, ``ANYWHERE`` in the room. ``place`` is the first row that says so.
    """

    ap_id: str
    room: int
    seat: int
    service_id: str
    place: Place


def stage_called(site: Site, stage_id: str | None) -> Stage:
    """The stage of that id, or the last. Raises ``InputError``."""
    stages = {stage.id: stage for stage in site.stages}
    if stage_id is None:
        return site.stages[-1]
    _check_option(STAGE_OPTION, stage_id, stages, "is not a stage of the site")
    return stages[stage_id]


def client_called(site: Site, client_id: str | None) -> str:
    """The client type of that name, or the programme's device. Raises ``InputError``."""
    if client_id is None:
        return site.programme.client_id
    _check_option(CLIENT_OPTION, client_id, site.catalog.clients, "is not a client type of the catalogue")
    return client_id


def _check_option(option: str, said: str, known: Iterable[str], rule: str) -> None:
    names = list(known)
    if said not in names:
        near = printable(nearest_name(said, names))
        listed = "" if near else f"; known: {', '.join(printable(name) for name in names)}"
        raise InputError((Problem(option, 0, "", printable(said), rule + listed, near),))


def read_site_flows(path: str | os.PathLike[str], *, site: Site, stage: Stage) -> tuple[FlowList, tuple[FlowEnd, ...]]:
    """The transfers of a CSV file and the ends that their ``station`` indexes. Raises ``InputError``."""
    names = _Names.of(site, stage)
    ends: list[FlowEnd] = []

    def index(found: Distinct, shown: str, findings: Findings) -> Sequence[int]:
        for value, row, rows in zip(found.values, found.first_row, found.rows, strict=True):
            ends.append(names.end(value, Place(shown, line_of(row), "station", value[0]), rows, findings))
        return range(len(ends))

    return read_flows(path, by=("station", "ap", "service"), index=index), tuple(ends)


@dataclass(frozen=True, slots=True)
class _Names:
    """What a flow list may refer to."""

    access_points: dict[str, None]
    rooms: dict[str, int]
    seats: tuple[int, ...]
    services: dict[str, None]

    @classmethod
    def of(cls, site: Site, stage: Stage) -> _Names:
        """The names of ``site`` at ``stage``."""
        rooms = site.building.rooms
        return cls(
            access_points=dict.fromkeys(point.id for point in stage.network.access_points),
            rooms={room.id: index for index, room in enumerate(rooms)},
            seats=tuple(max(room.seats, 1) for room in rooms),
            services=dict.fromkeys(site.catalog.services),
        )

    def end(self, value: tuple[str, ...], place: Place, rows: int, findings: Findings) -> FlowEnd:
        """The end that ``rows`` rows, the first at ``place``, write as (station, ap, service)."""
        station, ap_id, service_id = value
        more = also(rows)
        if ap_id and ap_id not in self.access_points:
            rule = f"is not an access point of this stage{more}"
            findings.add(Place(place.file, place.line, "ap", ap_id), rule, names=self.access_points)
        if service_id and service_id not in self.services:
            rule = f"is not a cloud service of the catalogue{more}"
            findings.add(Place(place.file, place.line, "service", service_id), rule, names=self.services)
        room, seat = self._seat(station, place, anywhere=bool(ap_id), more=more, findings=findings)
        return FlowEnd(ap_id, room, seat, service_id, place)

    def _seat(self, station: str, place: Place, *, anywhere: bool, more: str, findings: Findings) -> tuple[int, int]:
        """Room and seat of a station."""
        if station in self.rooms:
            return self.rooms[station], ANYWHERE
        room_id, slash, seat = station.rpartition("/")
        if slash and room_id in self.rooms:
            room = self.rooms[room_id]
            most = self.seats[room]
            if seat.isascii() and seat.isdigit() and len(seat) < 8 and 1 <= int(seat) <= most:
                return room, int(seat) - 1
            findings.add(place, f"is no seat of the room: they are {room_id}/1 to {room_id}/{most}{more}")
        elif not anywhere:
            rule = f"must be ROOM or ROOM/SEAT where no access point is given{more}"
            findings.add(place, rule, names=self.rooms, said=room_id if slash else station)
        return ANYWHERE, ANYWHERE
