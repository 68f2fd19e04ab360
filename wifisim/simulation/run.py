"""A whole run: stages x days x replications, in parallel, into one Results.

The unit of work is one stage under one replication: its days share a survey and an air. Jobs come back in the order
they were listed, and every draw is named by its replication, so the result does not depend on how many processes
there are. Where the site allows more replications than its fixed number, rounds of ``ROUND`` follow, of the days alone
on which a stage's verdict still hangs, until it is settled or the budget is spent. The budget is counted in devices
times days and not in seconds, so that a quicker machine gives the same verdict.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import joblib

from wifisim.inputs.evidence import evidence_rows
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import DayKind, Site
from wifisim.inputs.variation import INPUTS, NOTHING_VARIED, Guess, guess
from wifisim.results.readiness import undecided_days
from wifisim.results.records import DayRecord, Results
from wifisim.simulation.air import build_air
from wifisim.simulation.day import DayPlan, run_day
from wifisim.simulation.facts import facts_of_stages, run_facts
from wifisim.simulation.flows import warm_up
from wifisim.simulation.stage import StageModel, build_models
from wifisim.simulation.variation import varied_model
from wifisim.traffic.combination import parts_of
from wifisim.traffic.demand import kinds_of, plan_kinds, special_kinds
from wifisim.traffic.guesses import varied_site
from wifisim.traffic.population import populate

PROVENANCE_PACKAGES = ("numpy", "numba", "simpy", "networkx", "shapely")

ROUND = 2  # replications a round: part of the result, so it must not depend on the number of processes

Progress = Callable[[int, int], None]
Kinds = tuple[str, ...]


def simulate(site: Site, *, jobs: int = 1, progress: Progress | None = None) -> Results:
    """Run every stage of ``site`` on every day it asks for, ``replications`` times, on ``jobs`` processes.

    ``progress(done, total)`` is called with the number of simulated days. The same site gives the same Results
    whatever ``jobs`` is, but for ``DayRecord.loop_s``, which is a clock reading.
    """
    warm_up()
    models = build_models(site)
    first = range(site.simulation.replications)
    work = [_Work(model, number, days_of(site, model.stage)) for model in models for number in first]
    days = list(_run(site, work, jobs=jobs, progress=progress, done=0))
    results = Results(
        run=run_facts(site, models[0].activities),
        stages=facts_of_stages(site, models),
        days=tuple(days),
        provenance=_provenance(site),
    )
    most, left = len(first) + site.simulation.extra_replications, site.simulation.extra_device_days
    for start in range(len(first), most, ROUND):
        numbers = range(start, min(start + ROUND, most))
        wanted, left = _affordable(undecided_days(results), results, rounds=len(numbers), left=left)
        work = [
            _Work(model, number, wanted[model.stage.id])
            for model in models
            if model.stage.id in wanted
            for number in numbers
        ]
        if not work:
            break
        days += _run(site, work, jobs=jobs, progress=progress, done=len(days))
        order = {model.stage.id: number for number, model in enumerate(models)}
        days.sort(key=lambda day: (order[day.stage_id], day.replication))
        results = replace(results, days=tuple(days))
    return replace(results, provenance={**results.provenance, **_guesses(site, days)})


def _affordable(
    wanted: dict[str, Kinds], results: Results, *, rounds: int, left: float
) -> tuple[dict[str, Kinds], float]:
    """The stages among ``wanted`` that ``left`` device-days pay for, and what is left then.

    The last stage, whose verdict is the plan's, comes first, the others by size, smallest first.
    """
    devices = {stage.id: max(stage.devices, 1) for stage in results.stages}
    last = results.stages[-1].id
    chosen = {}
    for stage_id in sorted(wanted, key=lambda name: (name != last, devices[name] * len(wanted[name]))):
        cost = devices[stage_id] * len(wanted[stage_id]) * rounds
        if cost <= left:
            chosen[stage_id] = wanted[stage_id]
            left -= cost
    return chosen, left


def run_stage(site: Site, model: StageModel, replication: int, *, kinds: Kinds | None = None) -> list[DayRecord]:
    """All days of one stage under one replication, or those of some ``kinds`` only."""
    wanted = days_of(site, model.stage)
    chosen = [kind for kind in wanted if kinds is None or kind in kinds]
    made = guess(site.simulation.vary, seed=site.simulation.seed, replication=replication)
    return [run_day(plan) for plan in _plans(site, model, replication, chosen, made=made)]


@dataclass(frozen=True, slots=True)
class _Work:
    """Days of one stage under one replication."""

    model: StageModel
    replication: int
    kinds: Kinds


def _run(site: Site, work: Sequence[_Work], *, jobs: int, progress: Progress | None, done: int) -> Iterator[DayRecord]:
    """The days of ``work`` in its order; ``done`` days were simulated before."""
    total = done + sum(len(part.kinds) for part in work)
    if progress is not None:
        progress(done, total)
    parallel = joblib.Parallel(n_jobs=min(jobs, len(work)), return_as="generator", batch_size=1)
    tasks = (joblib.delayed(run_stage)(site, part.model, part.replication, kinds=part.kinds) for part in work)
    for records in parallel(tasks):
        yield from records
        done += len(records)
        if progress is not None:
            progress(done, total)


def run_guess(site: Site, model: StageModel, kind: DayKind, *, made: Guess, replication: int) -> DayRecord:
    """One day of a stage under one replication and a given guess at the inputs."""
    return run_day(next(_plans(site, model, replication, [kind], made=made)))


def _plans(
    site: Site, model: StageModel, replication: int, kinds: Sequence[DayKind], *, made: Guess
) -> Iterator[DayPlan]:
    seed = site.simulation.seed
    site, model = varied_site(site, made), varied_model(model, made)
    air = build_air(site, model.coverage, model.domains, seed=seed, replication=replication)
    population = populate(site, model.stage, seed=seed, replication=replication)
    for kind in kinds:
        together = kinds_of(site, model.stage, population, kind=kind, seed=seed, replication=replication)
        sessions = plan_kinds(site, model.stage, population, kinds=together, seed=seed, replication=replication)
        events = tuple(event for event in site.events if event.day_kind == kind)
        combines = parts_of(site, model.stage, together) if kind == "worst" else ()
        share = site.targets.devices_good_share
        yield DayPlan(model, air, sessions, events, share, kind, seed, replication, combines)


def days_of(site: Site, stage: Stage) -> tuple[DayKind, ...]:
    """The kinds of day that make sense in ``stage``."""
    sensible = {"typical", *special_kinds(site, stage)}
    return tuple(kind for kind in site.simulation.days if kind in sensible) or ("typical",)


def _guesses(site: Site, days: Sequence[DayRecord]) -> dict[str, object]:
    """The ranges of the inputs that vary, and what each replication took from them."""
    if site.simulation.vary == NOTHING_VARIED:
        return {"vary": {}, "guesses": []}
    ranges = {name: getattr(site.simulation.vary, name) for name in INPUTS}
    numbers = sorted({day.replication for day in days})
    made = [guess(site.simulation.vary, seed=site.simulation.seed, replication=number) for number in numbers]
    drawn = [
        {"replication": number, **{name: getattr(one, name) for name in INPUTS}}
        for number, one in zip(numbers, made, strict=True)
    ]
    return {"vary": {name: list(ends) for name, ends in ranges.items()}, "guesses": drawn}


def _provenance(site: Site) -> dict[str, object]:
    return {
        "wifisim": importlib.metadata.version("wifisim"),
        "seed": site.simulation.seed,
        "replications": site.simulation.replications,
        "replications_at_most": site.simulation.replications + site.simulation.extra_replications,
        "inputs": list(site.sources),
        "evidence": evidence_rows(site),
        "packages": {name: importlib.metadata.version(name) for name in PROVENANCE_PACKAGES},
    }
