"""A network without a school: the small file that ``wifisim replay`` takes instead of a site file.

``wifisim_network: 1``, the internet line with its changes over time, access points and stations with their rates.
Everything that is checked is checked by the machinery of site files; see ``docs/replay.md`` for an annotated example.
"""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Literal

from pydantic import Field

from wifisim.inputs.checking import check
from wifisim.inputs.equipment import Generation
from wifisim.inputs.files import CSV_SUFFIXES, Opened, open_reference, open_site
from wifisim.inputs.findings import Findings, Place
from wifisim.inputs.source import Node, decode, parse
from wifisim.inputs.written.fields import Mbps, Milliseconds, Name, Path, Whole, Written

MAX_STATIONS = 200_000
_COLUMNS = ("station", "ap", "phy_goodput_bps", "phy_goodput_up_bps")
_IGNORED = ("snr_level",)

MbpsOrNone = Annotated[float, Field(strict=True, ge=0, le=1_000_000)]


class WrittenChange(Written):
    """The line from one moment on."""

    at_s: Annotated[float, Field(strict=True, ge=0, le=1e9)] = Field(description="seconds on the flow list's clock")
    down_mbps: MbpsOrNone = Field(description="download rate, 0 while the line is down")
    up_mbps: MbpsOrNone = Field(description="upload rate")


class WrittenLine(Written):
    """The internet line."""

    down_mbps: Mbps = Field(description="download rate")
    up_mbps: Mbps = Field(description="upload rate")
    rtt_ms: Milliseconds = Field(default=20.0, description="round trip to the server without queues")
    buffer_ms: Milliseconds = Field(default=12.0, description="delay of the line's full buffer")
    schedule: tuple[WrittenChange, ...] = Field(default=(), max_length=100_000, description="changes over time")


class WrittenAccessPoint(Written):
    """One access point."""

    id: Name = Field(description="what the station list calls it")
    uplink_mbps: Mbps = Field(default=1000.0, description="its cable, each way")


class WrittenAccessPoints(Written):
    """Equal access points, called 0 to count - 1."""

    count: Annotated[Whole, Field(ge=1, le=100_000)] = Field(description="how many")
    uplink_mbps: Mbps = Field(default=1000.0, description="the cable of each, each way")


class WrittenRadio(Written):
    """What the stations' rates were made with; it says how contention wastes air."""

    standard: Generation = Field(default="ax", description="802.11 generation")
    width_mhz: Literal[20, 40, 80, 160, 320] = Field(default=40, description="channel width")
    nss: Annotated[Whole, Field(ge=1, le=8)] = Field(default=2, description="spatial streams")
    mcs: Annotated[Whole, Field(ge=0, le=13)] = Field(
        default=7, description="modulation and coding of a typical station"
    )
    ampdu_bytes: Annotated[Whole, Field(ge=0, le=15_523_200)] = Field(default=65_535, description="longest A-MPDU")
    queue_packets: Annotated[Whole, Field(ge=1, le=1_000_000)] = Field(
        default=500, description="packets that an access point's queue holds"
    )


class WrittenNetworkOnly(Written):
    """A network-only file."""

    wifisim_network: Literal[1] = Field(description="version of this form")
    wan: WrittenLine = Field(description="the internet line")
    access_points: WrittenAccessPoints | tuple[WrittenAccessPoint, ...] = Field(description="access points")
    stations: Path = Field(description="CSV file: station, ap, phy_goodput_bps")
    air: WrittenRadio = Field(default=WrittenRadio(), description="radio settings behind the rates")


@dataclass(frozen=True, slots=True)
class Station:
    """A station: the index of its access point and its goodput each way when it is alone."""

    id: str
    access_point: int
    down_bps: float
    up_bps: float


@dataclass(frozen=True, slots=True)
class NetworkOnly:
    """The resolved form. ``changes`` are (time, down, up); rates are line rates in bit/s."""

    down_bps: float
    up_bps: float
    rtt_s: float
    buffer_s: float
    changes: tuple[tuple[float, float, float], ...]
    access_points: tuple[str, ...]
    uplink_bps: tuple[float, ...]
    stations: tuple[Station, ...]
    radio: WrittenRadio


def read_network_only(path: str | os.PathLike[str]) -> NetworkOnly:
    """The network that ``path`` describes. Raises ``InputError`` with every problem in it and its station list."""
    findings = Findings()
    network = _read(FilePath(path), findings)
    findings.raise_if_any()
    assert network is not None  # noqa: S101  (no network always comes with a problem)
    return network


def is_site_file(path: str | os.PathLike[str]) -> bool:
    """Whether the file's top-level keys say that it is a site (``wifisim``). Raises ``InputError``: it is no YAML."""
    findings = Findings()
    _, node = _parsed(FilePath(path), findings)
    if node is None:
        findings.raise_if_any()
    return node is not None and node.child("wifisim") is not None


def _parsed(path: FilePath, findings: Findings) -> tuple[Opened | None, Node | None]:
    opened = open_site(path, findings)
    text = None if opened is None else decode(opened.data, opened.shown, findings)
    return opened, None if opened is None or text is None else parse(text, opened.shown, findings)


def _read(path: FilePath, findings: Findings) -> NetworkOnly | None:
    opened, node = _parsed(path, findings)
    checked = None if node is None else check(node, WrittenNetworkOnly, findings)
    if checked is None or opened is None:
        return None
    written, node = checked
    points = written.access_points
    if isinstance(points, WrittenAccessPoints):
        named = {str(i): points.uplink_mbps * 1e6 for i in range(points.count)}
    else:
        named = {point.id: point.uplink_mbps * 1e6 for point in points}
        if len(named) < len(points):
            findings.add(node.place(("access_points",)), "ids must differ")
        if not points:
            findings.add(node.place(("access_points",)), "must be at least one")
            return None
    stations = _stations(written.stations, opened, node, findings=findings, access_points=list(named))
    wan = written.wan
    # Of several changes at one moment the last one written holds: the order of equal times is kept.
    changes = sorted(wan.schedule, key=lambda change: change.at_s)
    return NetworkOnly(
        down_bps=wan.down_mbps * 1e6,
        up_bps=wan.up_mbps * 1e6,
        rtt_s=wan.rtt_ms / 1e3,
        buffer_s=wan.buffer_ms / 1e3,
        changes=tuple((c.at_s, c.down_mbps * 1e6, c.up_mbps * 1e6) for c in changes),
        access_points=tuple(named),
        uplink_bps=tuple(named.values()),
        stations=stations,
        radio=written.air,
    )


def _stations(
    written: str, by: Opened, node: Node, *, findings: Findings, access_points: list[str]
) -> tuple[Station, ...]:
    place = node.place(("stations",))
    opened = open_reference(written, by, place=place, suffixes=CSV_SUFFIXES, findings=findings)
    text = None if opened is None else decode(opened.data, opened.shown, findings)
    if opened is None or text is None:
        return ()
    index = {name: i for i, name in enumerate(access_points)}
    rows = csv.DictReader(io.StringIO(text, newline=""))
    for name in _COLUMNS[:3]:
        if name not in (rows.fieldnames or ()):
            findings.add(Place(opened.shown, 1, name), "is required as a column")
    for name in rows.fieldnames or ():
        if name not in _COLUMNS + _IGNORED:
            findings.add(Place(opened.shown, 1, "", name), "is not a known column", names=_COLUMNS)
    if len(findings):
        return ()
    seen: dict[str, Station] = {}
    for row in rows:
        station = _station(row, Place(opened.shown, rows.line_num, ""), findings, index)
        if station is None:
            continue
        if station.id in seen:
            findings.add(Place(opened.shown, rows.line_num, "station", station.id), "is a station twice")
        seen[station.id] = station
    if not seen and not len(findings):
        findings.add(Place(opened.shown, 1, ""), "must have at least one station")
    return tuple(seen.values())


def _station(row: dict[str, str | None], place: Place, findings: Findings, index: dict[str, int]) -> Station | None:
    name, point = (row["station"] or "").strip(), (row["ap"] or "").strip()
    down = _rate(row["phy_goodput_bps"])
    up = _rate(row.get("phy_goodput_up_bps") or row["phy_goodput_bps"])
    if not name or None in row:
        findings.add(place, "must have one cell a column")
    elif point not in index:
        findings.add(Place(place.file, place.line, "ap", point), "is not a known access point", names=index)
    elif not (0.0 < down < math.inf and 0.0 < up < math.inf):
        findings.add(
            Place(place.file, place.line, "phy_goodput_bps", row["phy_goodput_bps"] or ""), "must be a rate > 0"
        )
    else:
        return Station(name, index[point], down, up)
    return None


def _rate(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        return math.nan
