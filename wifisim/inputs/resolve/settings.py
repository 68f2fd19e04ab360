"""Targets and simulation settings resolved."""

from __future__ import annotations

import math

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.findings import Findings, NameSet
from wifisim.inputs.resolve.rollout import ENROLMENT
from wifisim.inputs.resolve.timetable import WeekFrame
from wifisim.inputs.rollout import Wave
from wifisim.inputs.site import AirSettings, DayKind, MultiUserSettings, Simulation, Targets
from wifisim.inputs.source import Node
from wifisim.inputs.variation import NOTHING_VARIED, Range, Variation
from wifisim.inputs.written.settings import (
    AUTO,
    WrittenAir,
    WrittenReplications,
    WrittenSimulation,
    WrittenTargets,
    WrittenVary,
)

DEFAULT_WEEKDAY = "Tue"
MOST_BEAMS = 8  # spatial streams of one transmission: IEEE 802.11-2020 clause 21.3.11.1
# What pupils' devices do on special days; traffic.demand plays profiles of these names.
PROFILE_OF_DAY = {"assessment": "assessment", "update": "os-update"}


def resolve_targets(written: WrittenTargets, root: Node, catalog: Catalog, findings: Findings) -> Targets:
    """The targets; every standard must be in the catalogue, every override be about a criterion of one of them."""
    for index, name in enumerate(written.standards):
        if name not in catalog.standards:
            place = root.place(("targets", "standards", index))
            findings.add(place, "is not a standard of the catalogue", names=catalog.standards)
    known = [name for name in written.standards if name in catalog.standards]
    criteria = [f"{name}.{criterion.id}" for name in known for criterion in catalog.standards[name].criteria]
    for name in written.override:
        if name not in criteria and len(known) == len(written.standards):
            place = root.place(("targets", "override", name)).of_key(name)
            findings.add(place, "is not a criterion of the standards named here", names=criteria)
    return Targets(**written.model_dump())


def resolve_simulation(
    written: WrittenSimulation,
    waves: tuple[Wave, ...],
    frame: WeekFrame,
    *,
    profiles: NameSet,
    root: Node,
    findings: Findings,
) -> Simulation:
    """The simulation settings; the weekday becomes a day of the cycle."""
    weekday = written.weekday or (DEFAULT_WEEKDAY if DEFAULT_WEEKDAY in frame.days else frame.days[0])
    indices = frame.day_indices(weekday, written.week)
    if not indices:
        key = "weekday" if weekday not in frame.days else "week"
        findings.add(root.place(("simulate", key)), "is not in the timetable's days and weeks")
    wanted = _replications(written, root, findings)
    return Simulation(
        days=_days(written, waves, profiles, root, findings),
        weekday=indices[0] if indices else 0,
        replications=wanted.at_least,
        seed=written.seed,
        bin_s=written.bin_s,
        air=_air(written.air, root, findings),
        extra_replications=wanted.at_most - wanted.at_least,
        extra_device_days=math.inf if wanted.device_days is None else float(wanted.device_days),
        vary=_vary(written, root, findings),
    )


def _air(written: WrittenAir, root: Node, findings: Findings) -> AirSettings:
    """The settings of the air."""
    together = written.multi_user
    if together.kind == "mu-mimo" and together.users > MOST_BEAMS:
        place = root.place(("simulate", "air", "multi_user", "users"))
        findings.add(place, f"must not be above {MOST_BEAMS} for mu-mimo")
    return AirSettings(**{**written.model_dump(), "multi_user": MultiUserSettings(**together.model_dump())})


def _vary(written: WrittenSimulation, root: Node, findings: Findings) -> Variation:
    """The ranges of the inputs that vary."""
    if written.vary == "off":
        return NOTHING_VARIED
    ranges: dict[str, Range] = (WrittenVary() if written.vary == "usual" else written.vary).model_dump()
    for name, (low, high) in ranges.items():
        if high < low:
            findings.add(root.place(("simulate", "vary", name)), f"must not end ({high:g}) below its start ({low:g})")
    return Variation(**ranges)


def _replications(written: WrittenSimulation, root: Node, findings: Findings) -> WrittenReplications:
    """How many runs at least and at most."""
    wanted = AUTO if written.replications == "auto" else written.replications
    if not isinstance(wanted, WrittenReplications):
        return WrittenReplications.model_construct(at_least=wanted, at_most=wanted)
    if wanted.at_most < wanted.at_least:
        place = root.place(("simulate", "replications", "at_most"))
        findings.add(place, f"must not be below at_least ({wanted.at_least})")
    return wanted


def _days(
    written: WrittenSimulation, waves: tuple[Wave, ...], profiles: NameSet, root: Node, findings: Findings
) -> tuple[DayKind, ...]:
    """The kinds of day, each with the profiles that it plays."""
    if written.days is None:
        enrols = any(wave.arrival.enrol and wave.arrival.profile_id for wave in waves)
        return ("typical", "arrival") if enrols else ("typical",)
    if len(set(written.days)) < len(written.days):
        findings.add(root.place(("simulate", "days")), "must not name a kind of day twice")
    for index, day in enumerate(written.days):
        place = root.place(("simulate", "days", index))
        if day in PROFILE_OF_DAY and PROFILE_OF_DAY[day] not in profiles:
            findings.add(place, f"needs a profile called {PROFILE_OF_DAY[day]}")
        lacking = [wave.id for wave in waves if wave.arrival.enrol and not wave.arrival.profile_id]
        if day == "arrival" and lacking and ENROLMENT not in profiles:
            findings.add(place, f"needs arrival.profile in wave {lacking[0]} (there is no profile called {ENROLMENT})")
    return written.days
