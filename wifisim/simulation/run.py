"""A whole run: stages x days x replications, in parallel, into one Results.

The unit of work is one stage under one replication: its days share a survey and an air. Jobs come back in the order
they were listed, and every draw is named by its replication, so the result does not depend on how many processes
there are.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator

import joblib

from wifisim.inputs.evidence import evidence_rows
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import DayKind, Site
from wifisim.results.records import DayRecord, Results
from wifisim.simulation.day import DayPlan, run_day
from wifisim.simulation.facts import run_facts, stage_facts
from wifisim.simulation.flows import warm_up
from wifisim.simulation.stage import StageModel, build_air, build_models
from wifisim.traffic.demand import plan_day, special_kinds
from wifisim.traffic.population import populate

PROVENANCE_PACKAGES = ("numpy", "numba", "simpy", "networkx", "shapely")

Progress = Callable[[int, int], None]


def simulate(site: Site, *, jobs: int = 1, progress: Progress | None = None) -> Results:
    """Run every stage of ``site`` on every day it asks for, ``replications`` times, on ``jobs`` processes.

    ``progress(done, total)`` is called with the number of simulated days. The same site gives the same Results
    whatever ``jobs`` is, but for ``DayRecord.loop_s``, which is a clock reading.
    """
    warm_up()
    models = build_models(site)
    work = [(model, number) for model in models for number in range(site.simulation.replications)]
    total = sum(len(days_of(site, model.stage)) for model, _ in work)
    if progress is not None:
        progress(0, total)
    parallel = joblib.Parallel(n_jobs=min(jobs, len(work)), return_as="generator", batch_size=1)
    days: list[DayRecord] = []
    for records in parallel(joblib.delayed(run_stage)(site, model, number) for model, number in work):
        days.extend(records)
        if progress is not None:
            progress(len(days), total)
    return Results(
        run=run_facts(site, models[0].activities),
        stages=tuple(stage_facts(site, model) for model in models),
        days=tuple(days),
        provenance=_provenance(site),
    )


def run_stage(site: Site, model: StageModel, replication: int) -> list[DayRecord]:
    """All days of one stage under one replication."""
    return [run_day(plan) for plan in _plans(site, model, replication)]


def _plans(site: Site, model: StageModel, replication: int) -> Iterator[DayPlan]:
    seed = site.simulation.seed
    air = build_air(site, model, seed=seed, replication=replication)
    population = populate(site, model.stage, seed=seed, replication=replication)
    for kind in days_of(site, model.stage):
        sessions = plan_day(site, model.stage, population, kind=kind, seed=seed, replication=replication)
        events = tuple(event for event in site.events if event.day_kind == kind)
        yield DayPlan(model, air, sessions, events, site.targets.devices_good_share, kind, seed, replication)


def days_of(site: Site, stage: Stage) -> tuple[DayKind, ...]:
    """The kinds of day that make sense in ``stage``."""
    sensible = {"typical", *special_kinds(site, stage)}
    return tuple(kind for kind in site.simulation.days if kind in sensible) or ("typical",)


def _provenance(site: Site) -> dict[str, object]:
    return {
        "wifisim": importlib.metadata.version("wifisim"),
        "seed": site.simulation.seed,
        "replications": site.simulation.replications,
        "inputs": list(site.sources),
        "evidence": evidence_rows(site),
        "packages": {name: importlib.metadata.version(name) for name in PROVENANCE_PACKAGES},
    }
