"""Targets and simulation settings resolved."""

from __future__ import annotations

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.findings import Findings
from wifisim.inputs.resolve.timetable import WeekFrame
from wifisim.inputs.site import AirSettings, Simulation, Targets
from wifisim.inputs.source import Node
from wifisim.inputs.written.settings import WrittenSimulation, WrittenTargets

DEFAULT_WEEKDAY = "Tue"


def resolve_targets(written: WrittenTargets, root: Node, catalog: Catalog, findings: Findings) -> Targets:
    """The targets; every standard must be in the catalogue."""
    for index, name in enumerate(written.standards):
        if name not in catalog.standards:
            place = root.place(("targets", "standards", index))
            findings.add(place, "is not a standard of the catalogue", names=catalog.standards)
    return Targets(**written.model_dump())


def resolve_simulation(written: WrittenSimulation, root: Node, frame: WeekFrame, findings: Findings) -> Simulation:
    """The simulation settings; the weekday becomes a day of the cycle."""
    if len(set(written.days)) < len(written.days):
        findings.add(root.place(("simulate", "days")), "must not name a kind of day twice")
    weekday = written.weekday or (DEFAULT_WEEKDAY if DEFAULT_WEEKDAY in frame.days else frame.days[0])
    indices = frame.day_indices(weekday, written.week)
    if not indices:
        key = "weekday" if weekday not in frame.days else "week"
        findings.add(root.place(("simulate", key)), "is not in the timetable's days and weeks")
    return Simulation(
        days=written.days,
        weekday=indices[0] if indices else 0,
        replications=written.replications,
        seed=written.seed,
        bin_s=written.bin_s,
        air=AirSettings(**written.air.model_dump()),
    )
