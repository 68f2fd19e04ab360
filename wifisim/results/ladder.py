"""The bottleneck ladder: in which order resources give way as waves arrive.

A resource gives way in a stage when it was full for five minutes of a day or more (see ``loads``), when it is what
spoilt a lesson, or when its busiest 15 minutes are above the limit that the site sets for its kind; on hand-out and
update days, which fill what is free by design, only spoilt lessons count. Rungs are ordered by the first stage in which
that happens, then by the transfers it made late. What does not give way has head-room: the fullest of these in the last
stage are the next rungs (``still_holding``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wifisim.results.daygroup import DayGroup
from wifisim.results.metrics import ORDINARY_DAYS, lesson_is_good, lessons_with_devices
from wifisim.results.phrases import resource_name
from wifisim.results.remedies import use_limit

HOLDING_SHOWN = 6
GIVES_WAY_MIN = 5.0  # minutes a day that make a full resource a rung (project)


@dataclass(frozen=True, slots=True)
class RungStage:
    """One resource in one stage, on its worst kind of day; ``late`` and ``lessons`` are a day's mean."""

    stage_id: str
    full_min: float
    utilisation_busy_quarter: float
    late: float
    lessons: float
    gives_way: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """A resource that gives way in ``first_stage_id`` ("": in none); ``stages`` are all stages in which it exists."""

    resource_id: str
    label: str
    kind: str
    first_stage_id: str
    stages: tuple[RungStage, ...]


def bottleneck_ladder(groups: Sequence[DayGroup]) -> tuple[Rung, ...]:
    """Rungs in the order in which resources give way."""
    order = list(dict.fromkeys(group.stage.id for group in groups))
    rungs = [rung for rung in _all_resources(groups) if rung.first_stage_id]
    return tuple(sorted(rungs, key=lambda rung: (order.index(rung.first_stage_id), -_late_at_first(rung))))


def still_holding(groups: Sequence[DayGroup]) -> tuple[Rung, ...]:
    """The fullest resources of the last stage that give way in none, at most six and one of each kind."""
    if not groups:
        return ()
    last = groups[-1].stage.id
    rungs = [rung for rung in _all_resources(groups) if not rung.first_stage_id and rung.stages[-1].stage_id == last]
    fullest = sorted(rungs, key=lambda rung: -rung.stages[-1].utilisation_busy_quarter)
    # One of each kind at least, so that forty channels do not hide the line.
    of_kind = {rung.kind: rung for rung in reversed(fullest)}.values()
    chosen = [*of_kind, *(rung for rung in fullest if rung not in of_kind)][:HOLDING_SHOWN]
    return tuple(sorted(chosen, key=lambda rung: -rung.stages[-1].utilisation_busy_quarter))


def _all_resources(groups: Sequence[DayGroup]) -> list[Rung]:
    seen: dict[str, dict[str, RungStage]] = {}
    names: dict[str, tuple[str, str]] = {}
    judged = {group.stage.id for group in groups if group.day_kind in ORDINARY_DAYS}
    for group in groups:
        spoilt = _spoilt_lessons(group)
        for index, resource in enumerate(group.stage.resources):
            names[resource.id] = (resource_name(group.stage, index), resource.kind)
            here = _rung_stage(group, index, spoilt=spoilt.get(index, 0) / len(group.days))
            if group.day_kind not in ORDINARY_DAYS and group.stage.id in judged and not here.gives_way:
                continue  # how full it is on a hand-out day says nothing of its head-room
            stages = seen.setdefault(resource.id, {})
            stages[here.stage_id] = _worse(stages.get(here.stage_id), here)
    return [
        Rung(resource_id, *names[resource_id], _first(stages.values()), tuple(stages.values()))
        for resource_id, stages in seen.items()
    ]


def _first(stages: Iterable[RungStage]) -> str:
    return next((stage.stage_id for stage in stages if stage.gives_way), "")


def _rung_stage(group: DayGroup, index: int, *, spoilt: float) -> RungStage:
    full_min = group.full_minutes(index)
    use = float(group.busy.mean[index])
    limit = use_limit(group.run, group.stage.resources[index].kind, default=1.0)
    too_full = group.day_kind in ORDINARY_DAYS and (full_min >= GIVES_WAY_MIN or use > limit)
    return RungStage(
        stage_id=group.stage.id,
        full_min=full_min,
        utilisation_busy_quarter=use,
        late=float(group.late[:, index].sum()) / len(group.days),
        lessons=spoilt,
        gives_way=spoilt >= 0.5 or too_full,
    )


def _worse(one: RungStage | None, other: RungStage) -> RungStage:
    if one is None:
        return other
    return max(one, other, key=lambda rung: (rung.gives_way, rung.late, rung.full_min, rung.utilisation_busy_quarter))


def _spoilt_lessons(group: DayGroup) -> dict[int, int]:
    counts: dict[int, int] = {}
    for day in group.days:
        for lesson in lessons_with_devices(day):
            if not lesson_is_good(lesson, group.run):
                counts[lesson.binding_resource] = counts.get(lesson.binding_resource, 0) + 1
    return counts


def _late_at_first(rung: Rung) -> float:
    return next(stage.late for stage in rung.stages if stage.stage_id == rung.first_stage_id)
