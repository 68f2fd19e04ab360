"""The rollout resolved: fleets, programme, waves, upgrades and events, each reference followed.

Classes chosen by year, stage or everyone are passed over when an earlier wave served them; a class named twice is an
error. On the dates of a roll-over classes move up a year and take their devices with them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.equipment import RESOLVER, Network
from wifisim.inputs.findings import Findings, Loc, NameSet
from wifisim.inputs.floorplan import Room
from wifisim.inputs.roll_over import moved_up
from wifisim.inputs.rollout import Adoption, Arrival, Event, Fleet, Programme, Upgrade, Wave
from wifisim.inputs.source import Node
from wifisim.inputs.timetable import SchoolClass
from wifisim.inputs.written.rollout import (
    WrittenAdoption,
    WrittenArrival,
    WrittenCohort,
    WrittenEvent,
    WrittenFleet,
    WrittenProgramme,
    WrittenUpgrade,
    WrittenWave,
)
from wifisim.inputs.written.site import WrittenSite
from wifisim.units import bps_from_mbps

ENROLMENT = "enrolment"
DEFAULT_OPT_OUT = 0.12  # for parental contribution only: our choice, between the 5 and 20 % that schools report
DEFAULT_FORGOTTEN = 0.05  # of devices that go home
_DAY_S = 86_400.0
_SINGLE = {"wan": "main", "filter": "filter", "dns": RESOLVER}


@dataclass(frozen=True, slots=True)
class RolloutDesk:
    """What resolving the rollout needs to know."""

    root: Node
    rooms: dict[str, Room]
    classes: tuple[SchoolClass, ...]
    subjects: tuple[str, ...]
    profiles: NameSet
    catalog: Catalog
    findings: Findings

    def fault(self, loc: Loc, rule: str, names: Iterable[str] | None = None) -> None:
        """Report what stands at ``loc``."""
        self.findings.add(self.root.place(loc), rule, names=names)

    def client(self, name: str, loc: Loc) -> str:
        """``name``, after a check that the catalogue has this type of device."""
        if name not in self.catalog.clients:
            self.fault(loc, "is not a client type of the catalogue", self.catalog.clients)
        return name

    def profile(self, name: str, loc: Loc) -> str:
        """``name``, after a check that there is such a profile."""
        if name not in self.profiles:
            self.fault(loc, "is not a known profile", self.profiles)
        return name


def resolve_fleets(written: dict[str, WrittenFleet], switches: tuple[str, ...], desk: RolloutDesk) -> tuple[Fleet, ...]:
    """Devices that are there before the programme."""
    return tuple(_fleet(name, fleet, switches, desk) for name, fleet in written.items())


_FLEET_KEYS = {
    "staff": ("per_person",),
    "pupil-phone": ("per_person",),
    "staff-phone": ("per_person",),
    "room": ("room", "count"),
    "class": ("classes", "per_person"),
}


def _fleet(name: str, written: WrittenFleet, switches: tuple[str, ...], desk: RolloutDesk) -> Fleet:
    loc: Loc = ("devices", "already", name)
    use = written.used_by
    for key in ("per_person", "room", "count", "classes"):
        if getattr(written, key) is not None and key not in _FLEET_KEYS[use]:
            desk.fault((*loc, key), f"has no meaning for used_by: {use}")
    for key in ("room", "classes"):
        if key in _FLEET_KEYS[use] and getattr(written, key) is None:
            desk.fault((*loc, key), f"is required for used_by: {use}")
    if written.room is not None and written.room not in desk.rooms:
        desk.fault((*loc, "room"), "is not a room", desk.rooms)
    known = [c.id for c in desk.classes]
    for index, class_id in enumerate(written.classes or ()):
        if class_id not in known:
            desk.fault((*loc, "classes", index), "is not a class", known)
    if written.switch is not None and not written.wired:
        desk.fault((*loc, "switch"), "goes with wired: true")
    if written.switch is not None and written.switch not in switches:
        desk.fault((*loc, "switch"), "is not a switch", switches)
    seats = desk.rooms[written.room].seats if written.room in desk.rooms else 0
    per_person = 1.0 if written.per_person is None else written.per_person
    return Fleet(
        id=name,
        use=use,
        client_id=desk.client(written.type, (*loc, "type")),
        per_person=per_person if "per_person" in _FLEET_KEYS[use] else 0.0,
        room_id=written.room or "",
        count=(seats if written.count is None else written.count) if use == "room" else 0,
        wired=written.wired,
        switch_id=(written.switch or switches[0]) if written.wired and switches else "",
        profile_id=desk.profile(written.profile, (*loc, "profile")),
        class_ids=written.classes or (),
        retired_on=written.retired_on,
    )


def resolve_programme(written: WrittenProgramme, desk: RolloutDesk) -> Programme:
    """The programme with the defaults of its model."""
    loc: Loc = ("programme",)
    opt_out = DEFAULT_OPT_OUT if written.model == "parental-contribution" else 0.0
    forgotten = 0.0 if written.model == "school-owned" else DEFAULT_FORGOTTEN
    device = desk.client(written.device, (*loc, "device"))
    other = written.opt_out_device
    return Programme(
        model=written.model,
        client_id=device,
        opt_out_share=opt_out if written.opt_out_share is None else written.opt_out_share,
        opt_out_client_id=device if other is None else desk.client(other, (*loc, "opt_out_device")),
        pool_share=written.pool_share,
        fault_share=written.fault_share,
        forgotten_share=forgotten if written.forgotten_share is None else written.forgotten_share,
        choice=_choice(written, loc, desk),
        adoption=_adoption(written.adoption),
        roll_over=_roll_over(written, loc, desk),
        lessons_per_charge=written.lessons_per_charge,
    )


def _choice(written: WrittenProgramme, loc: Loc, desk: RolloutDesk) -> tuple[tuple[str, float], ...]:
    """What pupils choose from; the shares must add up."""
    if written.choice and written.model not in {"cyod", "byod"}:
        desk.fault((*loc, "choice"), "goes with model: cyod or byod")
    if written.choice and abs(sum(written.choice.values()) - 1.0) > 1e-6:
        desk.fault((*loc, "choice"), "must add up to 1")
    if written.lessons_per_charge and written.model != "school-owned":
        desk.fault((*loc, "lessons_per_charge"), "goes with model: school-owned")
    for name in [name for name in written.choice if name not in desk.catalog.clients]:
        place = desk.root.place((*loc, "choice", name)).of_key(name)
        desk.findings.add(place, "is not a client type of the catalogue", names=desk.catalog.clients)
    return tuple(written.choice.items())


def _adoption(written: WrittenAdoption | None) -> Adoption:
    if written is None:
        return Adoption(1.0, 0.0, (), 1.0)
    by_stage = tuple((str(stage), share) for stage, share in written.by_stage.items())
    return Adoption(written.start_share, written.full_after_weeks, by_stage, written.staff_readiness)


def _roll_over(written: WrittenProgramme, loc: Loc, desk: RolloutDesk) -> tuple[dt.date, ...]:
    if list(written.roll_over) != sorted(set(written.roll_over)):
        desk.fault((*loc, "roll_over"), "must be in order of date")
    return written.roll_over


def resolve_waves(written: tuple[WrittenWave, ...], programme: Programme, desk: RolloutDesk) -> tuple[Wave, ...]:
    """The waves in order of date, each with the classes it serves."""
    waves: list[Wave] = []
    served: dict[str, str] = {}
    up, ahead = moved_up(desk.classes), list(programme.roll_over)
    for index, wave in enumerate(written):
        loc: Loc = ("waves", index)
        while ahead and ahead[0] <= wave.date:
            ahead.pop(0)
            served = {up[class_id]: wave_id for class_id, wave_id in served.items() if class_id in up}
        if any(other.id == wave.id for other in waves):
            desk.fault((*loc, "id"), "is the id of another wave too")
        if waves and wave.date < waves[-1].date:
            desk.fault(
                (*loc, "date"), f"must not be before wave {waves[-1].id} ({waves[-1].date}): write waves in order"
            )
        subjects = _department(wave, (*loc, "who"), desk)
        class_ids = () if subjects else _cohort(wave, served, (*loc, "who"), desk)
        served.update(dict.fromkeys(class_ids, wave.id))
        client = programme.client_id if wave.device is None else desk.client(wave.device, (*loc, "device"))
        arrival = _arrival(wave.arrival, (*loc, "arrival"), desk)
        waves.append(Wave(wave.id, wave.date, class_ids, client, arrival, subjects))
    return tuple(waves)


def _department(wave: WrittenWave, loc: Loc, desk: RolloutDesk) -> tuple[str, ...]:
    """The subjects of a department's wave, which must be taught here."""
    if not isinstance(wave.who, WrittenCohort) or wave.who.department is None:
        return ()
    for key, other in (("class", wave.who.class_), ("year", wave.who.year), ("stage", wave.who.stage)):
        if other is not None:
            desk.fault((*loc, key), "must not stand beside department: write two waves")
    subjects = _many(wave.who.department)
    for subject in subjects:
        if subject not in desk.subjects:
            place = desk.root.place((*loc, "department")).of_key(subject)
            desk.findings.add(place, "is not a subject of the timetable", names=desk.subjects)
    return subjects


def _cohort(wave: WrittenWave, served: dict[str, str], loc: Loc, desk: RolloutDesk) -> tuple[str, ...]:
    cohort = wave.who if isinstance(wave.who, WrittenCohort) else None
    if cohort is None:
        chosen = {c.id for c in desk.classes}
    else:
        chosen = _by_group(cohort, loc, desk)
    chosen -= served.keys()
    if cohort is not None and cohort.class_ is not None:
        chosen |= _by_name(cohort.class_, served, loc, desk)
    found = tuple(c.id for c in desk.classes if c.id in chosen)
    if not found and not desk.findings.touches(desk.root.place(loc)):
        desk.fault(loc, "chooses no class that is still without devices")
    return found


def _many(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else value


def _by_group(cohort: WrittenCohort, loc: Loc, desk: RolloutDesk) -> set[str]:
    years = list(dict.fromkeys(c.year for c in desk.classes))
    stages = list(dict.fromkeys(c.stage for c in desk.classes))
    for year in _many(cohort.year):
        if year not in years:
            desk.findings.add(
                desk.root.place((*loc, "year")).of_key(year), "is not a year of the timetable", names=years
            )
    for stage in _many(cohort.stage):
        if stage not in stages:
            place = desk.root.place((*loc, "stage")).of_key(stage)
            desk.findings.add(place, "is not a stage of the timetable", names=stages)
    wanted_years, wanted_stages = _many(cohort.year), _many(cohort.stage)
    return {c.id for c in desk.classes if c.year in wanted_years or c.stage in wanted_stages}


def _by_name(named: str | tuple[str, ...], served: dict[str, str], loc: Loc, desk: RolloutDesk) -> set[str]:
    known = [c.id for c in desk.classes]
    for class_id in _many(named):
        place = desk.root.place((*loc, "class")).of_key(class_id)
        if class_id not in known:
            desk.findings.add(place, "is not a class", names=known)
        elif class_id in served:
            desk.findings.add(place, f"has devices already, from wave {served[class_id]}")
    return set(_many(named)) & set(known)


def _arrival(written: WrittenArrival, loc: Loc, desk: RolloutDesk) -> Arrival:
    if written.profile is not None:
        profile = desk.profile(written.profile, (*loc, "profile"))
    else:
        profile = ENROLMENT if written.enrol and ENROLMENT in desk.profiles.names else ""
    last_s = written.start + written.slots * written.slot_min * 60
    if last_s > _DAY_S:
        desk.fault(loc, "must end before midnight")
    return Arrival(written.slots, written.slot_min * 60, written.start, written.enrol, profile)


def resolve_upgrades(written: tuple[WrittenUpgrade, ...], desk: RolloutDesk) -> tuple[Upgrade, ...]:
    """The upgrades in order of date."""
    upgrades: list[Upgrade] = []
    for index, upgrade in enumerate(written):
        loc: Loc = ("upgrades", index)
        upgrade_id = upgrade.id or f"upgrade-{upgrade.date}"
        if any(other.id == upgrade_id for other in upgrades):
            desk.fault((*loc, "id"), f"needs an id of its own: there are two upgrades called {upgrade_id}")
        if upgrades and upgrade.date < upgrades[-1].date:
            desk.fault((*loc, "date"), f"must not be before upgrade {upgrades[-1].id}: write upgrades in order")
        paths = [*upgrade.remove, *upgrade.add, *upgrade.set_]
        label = upgrade.label or ", ".join(path.removeprefix("network.") for path in paths)[:80] or upgrade_id
        upgrades.append(Upgrade(upgrade_id, upgrade.date, label, upgrade.cost))
    return tuple(upgrades)


def resolve_events(
    written: tuple[WrittenEvent, ...], networks: tuple[Network, ...], desk: RolloutDesk
) -> tuple[Event, ...]:
    """The events; their targets must stand in at least one stage."""
    known = {
        "wan": [line.id for n in networks for line in n.wan],
        "access_point": [ap.id for n in networks for ap in n.access_points],
        "switch": [s.id for n in networks for s in n.switches if s.kind == "switch"],
        "filter": [s.id for n in networks for s in n.switches if s.kind == "filter"],
        "service": list(desk.catalog.services),
        "dns": [RESOLVER],
    }
    events = []
    for index, event in enumerate(written):
        loc: Loc = ("events", index)
        target = event.id or _SINGLE.get(event.what, "")
        if not target:
            desk.fault((*loc, "id"), f"is required for what: {event.what}")
        elif networks and target not in known[event.what]:
            words = event.what.replace("_", " ")
            place = desk.root.place((*loc, "id")).of_key(target)
            desk.findings.add(
                place,
                f"is not the name of a {words} of this site".replace("a access", "an access"),
                names=dict.fromkeys(known[event.what]),
            )
        if event.at + event.for_min * 60 > _DAY_S:
            desk.fault((*loc, "for_min"), "must end before midnight")
        _check_degree(event, loc, desk)
        events.append(
            Event(
                day_kind=event.day,
                target=event.what,
                target_id=target,
                start_s=event.at,
                duration_s=event.for_min * 60,
                bypass=event.bypass,
                slow_s=event.slow_s or 0.0,
                left_bps=bps_from_mbps(event.left_mbps or 0.0),
            )
        )
    return tuple(events)


def _check_degree(event: WrittenEvent, loc: Loc, desk: RolloutDesk) -> None:
    """Bypass is a filter's, slowness and throttling are a service's, and only one of these at a time."""
    if event.bypass and event.what != "filter":
        desk.fault((*loc, "bypass"), "goes with what: filter")
    for key in ("slow_s", "left_mbps"):
        if getattr(event, key) is not None and event.what != "service":
            desk.fault((*loc, key), "goes with what: service")
    if event.slow_s is not None and event.left_mbps is not None:
        desk.fault((*loc, "left_mbps"), "must not stand beside slow_s: write two events")


def resolve_today(
    written: WrittenSite, waves: tuple[Wave, ...], upgrades: tuple[Upgrade, ...], desk: RolloutDesk
) -> dt.date:
    """The date of the first stage."""
    dates = [*(wave.date for wave in waves), *(upgrade.date for upgrade in upgrades), *written.programme.roll_over]
    if written.today is not None:
        if dates and min(dates) <= written.today:
            desk.fault(("today",), f"must be before the first wave, upgrade or roll-over ({min(dates)})")
        return written.today
    if dates:
        return min(dates) - dt.timedelta(days=1)
    if not written.timetable.terms:
        desk.fault(("today",), "is required when there are no waves, upgrades or terms")
        return dt.date.min
    return written.timetable.terms[0].first
