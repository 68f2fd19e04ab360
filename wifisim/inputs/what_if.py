"""Faults from the command line: ``KIND[:NAME][=VALUE]@HH:MM-HH:MM`` as events of a site's typical day.

Kinds: wan-down, backup-down, dns-down, filter-down, filter-bypass, ap-down:NAME, switch-down:NAME, service-down:NAME,
service-slow:NAME=SECONDS and service-limit:NAME=MBIT/S. They read like ``events:`` of the site file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wifisim.errors import InputError, Problem
from wifisim.inputs.equipment import RESOLVER
from wifisim.inputs.findings import nearest_name, printable
from wifisim.inputs.rollout import Event, EventTarget
from wifisim.inputs.site import DayKind, Site
from wifisim.units import bps_from_mbps, seconds_from_clock

OPTION = "--what-if"
DAY: DayKind = "typical"
_FORM = re.compile(r"^(?P<kind>[^:@=]+)(:(?P<name>.+?))?(=(?P<value>[^=@]*))?@(?P<start>[^@-]+)-(?P<end>[^@-]+)$")
_KINDS: dict[str, EventTarget] = {
    "wan-down": "wan",
    "backup-down": "wan",
    "dns-down": "dns",
    "filter-down": "filter",
    "filter-bypass": "filter",
    "ap-down": "access_point",
    "switch-down": "switch",
    "service-down": "service",
    "service-slow": "service",
    "service-limit": "service",
}
_UNITS = {"service-slow": "seconds", "service-limit": "Mbit/s"}
_LARGEST = {"service-slow": 600.0, "service-limit": 1e6}
_EXAMPLE = "wan-down@10:00-11:00 or ap-down:AP-1@10:00-11:00"


@dataclass(frozen=True, slots=True)
class _Parts:
    """One fault as typed."""

    text: str
    kind: str
    name: str
    value: str | None
    start: str
    end: str


def with_faults(site: Site, faults: Sequence[str]) -> Site:
    """``site`` with the ``faults`` on its typical day. Raises InputError with all that is wrong with them."""
    problems: list[Problem] = []
    events = [_event(text, site, problems) for text in faults]
    if problems:
        raise InputError(tuple(problems))
    if not faults:
        return site
    days = site.simulation.days if DAY in site.simulation.days else (DAY, *site.simulation.days)
    added = tuple(event for event in events if event is not None)
    return replace(site, events=(*site.events, *added), simulation=replace(site.simulation, days=days))


def _event(text: str, site: Site, problems: list[Problem]) -> Event | None:
    found = _FORM.match(text)
    if found is None:
        _fault(problems, text, f"must look like {_EXAMPLE}")
        return None
    parts = _Parts(
        text, found["kind"], found["name"] or "", found["value"], found["start"].strip(), found["end"].strip()
    )
    if parts.kind not in _KINDS:
        _fault(problems, text, f"has no known kind of fault; known: {', '.join(_KINDS)}", parts.kind, _KINDS)
        return None
    before = len(problems)
    target_id = _target(parts, site, problems)
    value = _value(parts, problems)
    start_s, end_s = _span(parts, problems)
    if len(problems) > before:
        return None
    return Event(
        day_kind=DAY,
        target=_KINDS[parts.kind],
        target_id=target_id,
        start_s=start_s,
        duration_s=end_s - start_s,
        bypass=parts.kind == "filter-bypass",
        slow_s=value if parts.kind == "service-slow" else 0.0,
        left_bps=bps_from_mbps(value) if parts.kind == "service-limit" else 0.0,
    )


def _target(parts: _Parts, site: Site, problems: list[Problem]) -> str:
    """The id of what fails; the line and the filter need no name."""
    target = _KINDS[parts.kind]
    names = _names(site, target)
    if target in ("wan", "filter", "dns"):
        if parts.kind == "backup-down":
            names = names[1:]
        if parts.name and parts.name not in names:
            _fault(problems, parts.text, f"names no {target} of this site", parts.name, names)
        if not names:
            _fault(problems, parts.text, f"the site has no {'backup line' if target == 'wan' else 'filter'}")
        return parts.name or next(iter(names), "")
    if not parts.name:
        _fault(problems, parts.text, f"needs a name, as in {parts.kind}:{next(iter(names), 'NAME')}@10:00-11:00")
    elif parts.name not in names:
        _fault(problems, parts.text, f"names no {target.replace('_', ' ')} of this site", parts.name, names)
    return parts.name


def _names(site: Site, target: EventTarget) -> tuple[str, ...]:
    networks = [stage.network for stage in site.stages]
    if target == "service":
        return tuple(site.catalog.services)
    if target == "dns":
        return (RESOLVER,)
    if target == "wan":
        found = [line.id for network in networks for line in network.wan]
    elif target == "access_point":
        found = [ap.id for network in networks for ap in network.access_points]
    else:
        found = [switch.id for network in networks for switch in network.switches if switch.kind == target]
    return tuple(dict.fromkeys(found))


def _value(parts: _Parts, problems: list[Problem]) -> float:
    """Seconds or Mbit/s, for the kinds that have one."""
    unit = _UNITS.get(parts.kind)
    if unit is None:
        if parts.value is not None:
            _fault(problems, parts.text, f"{parts.kind} takes no =VALUE")
        return 0.0
    try:
        value = float(parts.value or "")
    except ValueError:
        value = 0.0
    if not 0.0 < value <= _LARGEST[parts.kind]:
        rule = f"needs a number of {unit} above 0 and up to {_LARGEST[parts.kind]:,.0f}"
        _fault(problems, parts.text, f"{rule}, as in {parts.kind}:NAME=5@10:00-11:00")
    return value


def _span(parts: _Parts, problems: list[Problem]) -> tuple[float, float]:
    try:
        start_s, end_s = seconds_from_clock(parts.start), seconds_from_clock(parts.end)
    except ValueError:
        _fault(problems, parts.text, "needs times of day, as in @10:00-11:00")
        return 0.0, 0.0
    if end_s <= start_s:
        _fault(problems, parts.text, "must end after it starts")
    return start_s, end_s


def _fault(problems: list[Problem], text: str, rule: str, said: str = "", names: Iterable[str] = ()) -> None:
    near = nearest_name(said, names) if said else ""
    problems.append(Problem(OPTION, 0, "", printable(text), rule, printable(near)))
