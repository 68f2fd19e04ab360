"""The tables for the IT team: rooms, access points, lines and links of a day, as cells that sort and read well.

A cell has the text to read and the key to sort by: numbers sort as numbers, missing figures last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wifisim.plots.style import STATUS_SIGNS
from wifisim.results.assessment import Status
from wifisim.results.phrases import interval_text, rate_text, value_text
from wifisim.results.records import RadioFacts, Results, RoomFacts
from wifisim.results.summary import DaySummary, RadioSummary, ResourceSummary, RoomSummary

NOTHING = "–"  # a figure that does not exist
_WHOLE_FROM = 10.0
_ORDER: tuple[Status, ...] = ("fail", "at_risk", "pass", "not_applicable")
_VERDICTS: dict[Status, str] = {"fail": "fails", "at_risk": "at risk", "pass": "works", "not_applicable": "no lessons"}
_KIND_WORDS = {"line": "internet line", "appliance": "filter", "link": "cable", "service": "service"}


@dataclass(frozen=True, slots=True)
class Cell:
    """``key`` None: no figure."""

    text: str
    key: float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading; ``numeric`` ones are set flush right."""

    heading: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table."""

    id: str
    title: str
    note: str
    columns: tuple[Column, ...]


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name.removeprefix("#"), name.startswith("#")) for name in names)


SHEETS = (
    Sheet(
        "rooms", "Rooms",
        "Lessons that work: share of the room's lessons with devices in which enough devices met their targets, in "
        "brackets its interval; the verdict holds it against the target for all lessons. "
        "Signal: what 95 % of the seats have at least.",
        _columns("Room", "Floor", "Kind", "Verdict", "#Lessons a day", "#Lessons that work", "#Signal",
                 "#Save, 95th percentile", "#Late transfers a day", "#Devices without Wi-Fi"),
    ),
    Sheet(
        "radios", "Access points",
        "One row a radio. Airtime: share of its busiest 15 minutes in which its channel is in use.",
        _columns("Access point", "Floor", "#Band", "#Channel", "#Width", "#Airtime in the busiest 15 minutes",
                 "Busiest from", "#Devices at most"),
    ),
    Sheet(
        "links", "Lines, filter and cables",
        "Use: mean of the busiest 15 minutes. Full: minutes of the day. Late: it held them past their target.",
        _columns("Name", "Kind", "#Payload rate", "#Use in the busiest 15 minutes", "Busiest from", "#Full",
                 "#Late transfers a day"),
    ),
)  # fmt: skip


def day_sheets(results: Results, day: DaySummary, radios: Sequence[RadioFacts]) -> dict[str, list[list[Cell]]]:
    """The rows of each sheet for one day, those with most trouble first."""
    rooms = {room.id: room for room in results.run.rooms}
    floors = dict(results.run.floors)
    places = {(radio.ap_id, radio.band): floors.get(radio.floor_id, radio.floor_id) for radio in radios}
    worst_rooms = sorted(
        day.rooms, key=lambda row: (_ORDER.index(row.status), _or_best(row.good_share), -row.late_transfers)
    )
    busiest_radios = sorted(day.radios, key=lambda row: -row.airtime_busy_quarter)
    fullest = sorted((row for row in day.resources if row.kind != "air"), key=lambda row: -row.utilisation_busy_quarter)
    return {
        "rooms": [_room(rooms[row.id], row, floors) for row in worst_rooms],
        "radios": [_radio(row, places.get((row.access_point, row.band), "")) for row in busiest_radios],
        "links": [_link(row) for row in fullest],
    }


def _or_best(share: float | None) -> float:
    return 1.0 if share is None else share


def _room(room: RoomFacts, row: RoomSummary, floors: dict[str, str]) -> list[Cell]:
    name = room.name if room.name == room.id else f"{room.name} ({room.id})"
    return [
        _text(name),
        _text(floors.get(room.floor_id, room.floor_id)),
        _text(room.kind.replace("_", " ")),
        Cell(f"{STATUS_SIGNS[row.status]} {_VERDICTS[row.status]}", _ORDER.index(row.status)),
        _number(row.lessons, ""),
        _share(row),
        _number(row.rssi_dbm, "dBm"),
        _number(row.save_p95_s, "s"),
        _number(row.late_transfers, ""),
        _number(row.unassociated_devices, ""),
    ]


def _radio(row: RadioSummary, floor: str) -> list[Cell]:
    return [
        _text(row.access_point),
        _text(floor),
        Cell(f"{row.band} GHz", float(row.band)),
        _number(row.channel, ""),
        _number(row.width_mhz, "MHz"),
        _number(row.airtime_busy_quarter, "share"),
        _text(row.busy_quarter),
        _number(row.clients_max, ""),
    ]


def _link(row: ResourceSummary) -> list[Cell]:
    return [
        _text(row.label[:1].upper() + row.label[1:]),
        _text(_KIND_WORDS.get(row.kind, row.kind)),
        Cell(rate_text(row.capacity), row.capacity) if row.capacity is not None else Cell(NOTHING, None),
        _number(row.utilisation_busy_quarter, "share"),
        _text(row.busy_quarter),
        _number(row.full_minutes, "min"),
        _number(row.late_transfers, ""),
    ]


def _share(row: RoomSummary) -> Cell:
    plain = _number(row.good_share, "share")
    if row.good_low is None or row.good_high is None:
        return plain
    return Cell(f"{plain.text} ({interval_text(row.good_low, row.good_high, 'share')})", plain.key)


def _text(text: str) -> Cell:
    return Cell(text, text)


def _number(value: float | None, unit: str) -> Cell:
    if value is None:
        return Cell(NOTHING, None)
    # A mean count of ten or more needs no decimals.
    shown = round(value) if not unit and value >= _WHOLE_FROM else value
    return Cell(value_text(shown, unit), float(f"{value:.6g}"))
