"""Which stage and day a figure shows: the one asked for, or the one a reader most wants to see."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from wifisim.errors import ResultsError
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup, day_groups
from wifisim.results.records import Results, StageFacts


def choose_stage(results: Results, readiness: Readiness, stage_id: str = "") -> StageFacts:
    """The stage called ``stage_id``; by default the first that is not ready, else the last at risk, else the last."""
    risky = [stage.stage_id for stage in readiness.stages if stage.verdict == "at_risk"]
    wanted = stage_id or readiness.first_failing_stage or (risky[-1] if risky else results.stages[-1].id)
    for stage in results.stages:
        if stage.id == wanted:
            return stage
    raise ResultsError(_unknown("stage", wanted, [stage.id for stage in results.stages]))


def choose_day(results: Results, readiness: Readiness, *, stage: StageFacts, day_kind: str = "") -> DayGroup:
    """The day ``day_kind`` of a stage; by default the one on which most criteria are at their worst."""
    groups = [group for group in day_groups(results) if group.stage is stage]
    kinds = [group.day_kind for group in groups]
    if not kinds:
        raise ResultsError(f"stage '{stage.id}' has no simulated day")
    if day_kind:
        if day_kind not in kinds:
            raise ResultsError(_unknown("day", day_kind, kinds))
        return groups[kinds.index(day_kind)]
    judged = next(judged for judged in readiness.stages if judged.stage_id == stage.id)
    troubled = [found.day_kind for found in judged.assessments if found.status in {"fail", "at_risk"} and found.cause]
    return groups[max(range(len(kinds)), key=lambda index: troubled.count(kinds[index]))]


def choose_floors(results: Results, floor_id: str = "") -> tuple[str, ...]:
    """The floor called ``floor_id``, or all of them."""
    floors = [floor for floor, _ in results.run.floors]
    if floor_id and floor_id not in floors:
        raise ResultsError(_unknown("floor", floor_id, floors))
    return (floor_id,) if floor_id else tuple(floors)


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"no {what} '{name}' in these results (there is {', '.join(known)}){hint}"
