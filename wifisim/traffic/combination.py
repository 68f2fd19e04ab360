"""What falls together on a day, in words: whose hand-out, which assessment, which storms."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import Site
from wifisim.inputs.storm import Storm
from wifisim.traffic.storms import storms_of
from wifisim.units import clock_from_seconds


def parts_of(site: Site, stage: Stage, kinds: frozenset[str]) -> tuple[str, ...]:
    """What the special ``kinds`` of day put on top of the lessons of ``stage``, each with its time."""
    return tuple(_parts(site, stage, kinds))


def assessment_period(site: Site) -> str:
    """The period of the test on an assessment day: the second lesson period."""
    lessons = [period.id for period in site.timetable.periods if period.kind == "lesson"]
    return lessons[min(1, len(lessons) - 1)]


def _parts(site: Site, stage: Stage, kinds: frozenset[str]) -> Iterator[str]:
    for wave in stage.arriving if "arrival" in kinds else ():
        if wave.arrival.enrol:
            start_s = wave.arrival.start_s
            end_s = start_s + wave.arrival.slots * wave.arrival.slot_s
            span = f"{clock_from_seconds(start_s)}-{clock_from_seconds(end_s)}"
            whom = f"{len(wave.class_ids)} classes" if wave.class_ids else f"the rooms of {', '.join(wave.subjects)}"
            yield f"hand-out of {wave.id} to {whom} on {stage.date} at {span}"
    if "assessment" in kinds:
        period = next(period for period in site.timetable.periods if period.id == assessment_period(site))
        yield f"assessment of all classes with devices in {period.id} at {clock_from_seconds(period.start_s)}"
    for storm in storms_of(site, kinds):
        yield _storm_text(storm)


def _storm_text(storm: Storm) -> str:
    when = f"from {clock_from_seconds(storm.start_s)}" if storm.start_s else "at the first use of the day"
    spread = storm.spread
    ways = {
        "at-once": "",
        "over": f", spread over {spread.over_s / 60:g} min",
        "days": f", its part of {spread.parts} days",
        "evenings": f", its part of {spread.parts} evenings",
    }
    return f"{storm.id} {when}{ways[spread.kind]}"
