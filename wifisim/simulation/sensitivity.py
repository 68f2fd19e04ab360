"""Elementary effects of the inputs that are not known exactly, on one day of one stage (see ``results.sensitivity``).

Inputs are those of ``simulate: vary``; use, sizes and pace are told apart by lesson profile and activity, each in a
range by its evidence: the few that carry most of the day's bytes one by one, the others together. Every path walks from
a random place one input at a time, under one replication, so that what differs between two of its runs is the input
and nothing else; the replication is an input too (``chance``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import joblib
import numpy as np

from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.variation import NOTHING_VARIED, USUAL, Guess
from wifisim.results.metrics import judged_on, metric_scale, metric_value
from wifisim.results.readiness import meets
from wifisim.results.records import CriterionFacts, FloatArray, RunFacts, StageFacts
from wifisim.results.sensitivity import (
    CHANCE,
    LEVELS,
    CriterionSensitivity,
    InputRange,
    Sensitivity,
    effects_of,
    elementary_effects,
    finite_range,
    walk,
)
from wifisim.simulation.facts import facts_of_stages, run_facts
from wifisim.simulation.flows import warm_up
from wifisim.simulation.run import Progress, run_guess
from wifisim.simulation.stage import StageModel, build_models
from wifisim.traffic.demand import plan_day
from wifisim.traffic.load import bits_of_tasks
from wifisim.traffic.population import populate

PROFILES, ACTIVITIES, PACES = 4, 5, 4  # told apart; the rest of each kind goes together
SPREAD = {"A": 0.10, "B": 0.15, "C": 0.20, "project": 0.25}  # half range of a factor, by evidence (project)
RUNS_A_TASK = 4  # consecutive runs of a path that one process does: they often share an air
_OTHERS = "*"

_SCHOOL_WIDE = {
    "wall_loss": ("Loss of walls and slabs", "B", "x"),
    "signal_db": ("Signal strength", "project", "dB"),
    "client_mix": ("Devices of other types, phones a head", "project", "x"),
    "background_utilisation": ("Air that neighbours use", "project", "x"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is run: a day of a stage, the inputs, and on how many paths."""

    stage_id: str
    day_kind: DayKind
    inputs: tuple[InputRange, ...]
    paths: int

    @property
    def runs(self) -> int:
        """Simulated days."""
        return self.paths * (len(self.inputs) + 1)


def question(site: Site, stage: Stage, day_kind: DayKind, *, runs: int) -> Question:
    """The inputs of a day and as many paths as ``runs`` simulated days allow, at least two."""
    inputs = (*_school_wide(site), *_of_use(site, stage, day_kind), InputRange(CHANCE, "Chance", "", 0.0, 1.0, ""))
    return Question(stage.id, day_kind, inputs, max(runs // (len(inputs) + 1), 2))


def sensitivity(site: Site, asked: Question, *, jobs: int = 1, progress: Progress | None = None) -> Sensitivity:
    """Run the paths on ``jobs`` processes; the same whatever their number."""
    warm_up()
    stage = next(stage for stage in site.stages if stage.id == asked.stage_id)
    model = build_models(replace(site, stages=(stage,)))[0]
    facts = replace(facts_of_stages(site, [model])[0], maps=())
    run = run_facts(site, model.activities)
    criteria = _criteria(run, facts, asked.day_kind)
    count = len(asked.inputs)
    walks = [walk(count, seed=site.simulation.seed, path=number) for number in range(asked.paths)]
    task = _Task(site, model, facts, run, tuple(criteria), asked)
    values = _values(task, [place for places, _ in walks for place in places], jobs=jobs, progress=progress)
    by_path = values.reshape(asked.paths, count + 1, len(criteria))
    found = [
        _criterion(criterion, asked, walks=walks, values=by_path[:, :, column])
        for column, criterion in enumerate(criteria)
    ]
    return Sensitivity(
        format="wifisim-sensitivity",
        version=1,
        site=site.name,
        stage=stage.id,
        stage_label=stage.label,
        day=asked.day_kind,
        paths=asked.paths,
        runs=asked.runs,
        seed=site.simulation.seed,
        criteria=_deciding_first(criteria, found, by_path),
    )


@dataclass(frozen=True, slots=True)
class _Task:
    """What every process needs."""

    site: Site
    model: StageModel
    facts: StageFacts
    run: RunFacts
    criteria: tuple[CriterionFacts, ...]
    asked: Question


def _values(
    task: _Task, places: Sequence[FloatArray], *, jobs: int, progress: Callable[[int, int], None] | None
) -> FloatArray:
    """Figures [place, criterion]."""
    parts = [places[first : first + RUNS_A_TASK] for first in range(0, len(places), RUNS_A_TASK)]
    parallel = joblib.Parallel(n_jobs=min(jobs, len(parts)), return_as="generator", batch_size=1)
    rows: list[tuple[float, ...]] = []
    if progress is not None:
        progress(0, len(places))
    for found in parallel(joblib.delayed(_figures)(task, part) for part in parts):
        rows += found
        if progress is not None:
            progress(len(rows), len(places))
    return np.array(rows, dtype=np.float64).reshape(len(places), len(task.criteria))


def _figures(task: _Task, places: Sequence[FloatArray]) -> list[tuple[float, ...]]:
    found = []
    for place in places:
        made, replication = _guess(task.asked.inputs, place, site=task.site)
        day = run_guess(task.site, task.model, task.asked.day_kind, made=made, replication=replication)
        found.append(tuple(metric_value(one.metric, day, task.facts, run=task.run) for one in task.criteria))
    return found


def _guess(inputs: Sequence[InputRange], place: FloatArray, *, site: Site) -> tuple[Guess, int]:
    """What a place of the unit cube says of every input, and which replication it is."""
    plain: dict[str, float] = {}
    of: dict[str, dict[str, float]] = {"usage": {}, "sizes": {}, "pace": {}}
    names = {"usage": list(site.profiles), "sizes": list(site.activities), "pace": list(site.activities)}
    replication = 0
    for one, share in zip(inputs, place, strict=True):
        value = one.low + (one.high - one.low) * float(share)
        kind, _, name = one.id.partition(":")
        if kind == CHANCE:
            replication = round(float(share) * (LEVELS - 1))
        elif not name:
            plain[kind] = value
        elif name == _OTHERS:
            of[kind] = {**dict.fromkeys(names[kind], value), **of[kind]}
        else:
            of[kind][name] = value
    return Guess(**plain, usage_of=of["usage"], sizes_of=of["sizes"], pace_of=of["pace"]), replication


def _school_wide(site: Site) -> Iterator[InputRange]:
    vary = USUAL if site.simulation.vary == NOTHING_VARIED else site.simulation.vary
    for name, (label, confidence, unit) in _SCHOOL_WIDE.items():
        low, high = getattr(vary, name)
        if low < high:
            yield InputRange(name, label, confidence, low, high, unit)


def _of_use(site: Site, stage: Stage, kind: DayKind) -> Iterator[InputRange]:
    """Use, sizes and pace: the heaviest profiles and activities of the day, then all others of the kind."""
    vary = USUAL if site.simulation.vary == NOTHING_VARIED else site.simulation.vary
    by_profile, by_activity = _day_bits(site, stage, kind)
    paced = {key: bits for key, bits in by_activity.items() if _has_pace(site, key)}
    profiles = {key: entry.evidence.confidence for key, entry in site.profiles.items()}
    activities = {key: entry.evidence.confidence for key, entry in site.activities.items()}
    kinds = (
        ("usage", "How often devices are used: {}", by_profile, PROFILES, profiles, vary.usage),
        ("sizes", "Sizes: {}", by_activity, ACTIVITIES, activities, vary.sizes),
        ("pace", "Pace: {}", paced, PACES, activities, vary.pace),
    )
    for name, text, bits, most, evidence, (low, high) in kinds:
        if low >= high:
            continue
        labels = {key: entry.label for key, entry in (site.profiles if name == "usage" else site.activities).items()}
        chosen = sorted(bits, key=lambda key: -bits[key])[:most]
        for key in chosen:
            spread = SPREAD[evidence[key]]
            yield InputRange(f"{name}:{key}", text.format(labels[key]), evidence[key], 1.0 - spread, 1.0 + spread, "x")
        if len(bits) > len(chosen):
            yield InputRange(f"{name}:{_OTHERS}", text.format("all others"), "project", low, high, "x")


def _has_pace(site: Site, activity_id: str) -> bool:
    activity = site.activities[activity_id]
    return activity.kind == "transaction" and activity.count != 1


def _day_bits(site: Site, stage: Stage, kind: DayKind) -> tuple[dict[str, float], dict[str, float]]:
    """Bits that the day's tasks want, by lesson profile and by activity, without simulating."""
    population = populate(site, stage, seed=site.simulation.seed, replication=0)
    sessions = plan_day(site, stage, population, kind=kind, seed=site.simulation.seed, replication=0)
    by_profile: dict[str, float] = {}
    by_activity: dict[str, float] = {}
    for session in sessions:
        for activity_id, bits in bits_of_tasks(session, site):
            by_activity[activity_id] = by_activity.get(activity_id, 0.0) + bits
            if session.lesson is not None and session.lesson.profile_id in site.profiles:
                by_profile[session.lesson.profile_id] = by_profile.get(session.lesson.profile_id, 0.0) + bits
    return by_profile, by_activity


def _criteria(run: RunFacts, facts: StageFacts, kind: DayKind) -> list[CriterionFacts]:
    """The criteria with chance in them that are judged on such a day, one a figure: rather one that decides."""
    chosen: dict[str, CriterionFacts] = {}
    for one in run.criteria:
        chance = judged_on(one.metric, kind) and metric_scale(one.metric, facts) != "exact"
        if chance and (one.metric not in chosen or (chosen[one.metric].reserve and not one.reserve)):
            chosen[one.metric] = one
    return list(chosen.values())


def _criterion(
    criterion: CriterionFacts, asked: Question, *, walks: Sequence[tuple[FloatArray, np.ndarray]], values: FloatArray
) -> CriterionSensitivity:
    """``values`` [path, step] of one criterion."""
    effects = np.array(
        [elementary_effects(places, order, line) for (places, order), line in zip(walks, values, strict=True)]
    )
    low, high = finite_range(values)
    known = values[np.isfinite(values)]
    return CriterionSensitivity(
        id=criterion.id,
        label=criterion.label,
        metric=criterion.metric,
        comparison=criterion.comparison,
        target=criterion.target,
        unit=criterion.unit,
        low=low,
        high=high,
        missed=sum(not meets(criterion, float(value)) for value in known),
        effects=effects_of(asked.inputs, effects),
    )


def _deciding_first(
    criteria: Sequence[CriterionFacts], found: Sequence[CriterionSensitivity], values: FloatArray
) -> tuple[CriterionSensitivity, ...]:
    """Those with a figure: what was ever missed first, of these what decides, then by how often and by what is left."""

    def rank(index: int) -> tuple[bool, bool, int, float]:
        criterion, known = criteria[index], values[:, :, index]
        mean = float(np.nanmean(known))
        left = criterion.target - mean if criterion.comparison == "at_most" else mean - criterion.target
        missed = found[index].missed
        return missed == 0, criterion.reserve, -missed, left / (abs(criterion.target) or 1.0)

    known = [index for index, one in enumerate(found) if one.effects]
    return tuple(found[index] for index in sorted(known, key=rank))
