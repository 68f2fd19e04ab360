"""``wifisim sensitivity SITE``: which of the inputs nobody knows exactly the verdict leans on, strongest first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from wifisim.cli.terminal import RunProgress
from wifisim.errors import ResultsError
from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.plots.figures import save_figure
from wifisim.plots.sensitivity import plot_sensitivity
from wifisim.results.phrases import bound_text, value_text
from wifisim.results.readiness import assess, hardest_day
from wifisim.results.sensitivity import (
    CHANCE,
    CriterionSensitivity,
    Effect,
    Sensitivity,
    leaning_on,
    sensitivity_json,
    write_sensitivity,
)
from wifisim.results.store import is_results, read_results
from wifisim.simulation.run import days_of, simulate
from wifisim.simulation.sensitivity import Question, question, sensitivity

DEFAULT_RUNS = 100
_ROWS = 8
_FILE = click.Path(path_type=Path)


@click.command(name="sensitivity")
@click.argument("site_file", metavar="SITE", type=_FILE)
@click.option("--results", "folder", type=_FILE, help="Result folder of SITE (default: results/NAME-OF-SITE).")
@click.option("--stage", help="Stage to look at (default: the one on which the verdict hangs).")
@click.option("--day", "kind", help="Kind of day (default: the one on which the verdict hangs).")
@click.option("--runs", type=click.IntRange(2, 100_000), default=DEFAULT_RUNS, show_default=True, help="Days to spend.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes (default: one a processor).")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--plot", "figure", type=_FILE, help="Draw the deciding criterion to this file, .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Replace the figure if it exists.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def command(site_file: Path, folder: Path | None, **options: Any) -> int:
    """Rank the inputs of SITE by how much the verdict leans on them."""
    wanted = _Options(**options)
    site = read_site(site_file)
    place = folder or Path("results") / site_file.stem
    jobs = wanted.jobs or os.cpu_count() or 1
    with RunProgress(enabled=not wanted.quiet) as progress:
        chosen = _day(site, place, wanted, jobs=jobs, progress=progress)
        asked = _question(site, *chosen, runs=wanted.runs)
        found = sensitivity(site, asked, jobs=jobs, progress=progress)
    if is_results(place):
        write_sensitivity(found, place)
    if wanted.figure is not None:
        save_figure(plot_sensitivity(found), wanted.figure, force=wanted.force)
    if wanted.as_json:
        click.echo(sensitivity_json(found), nl=False)
    elif not wanted.quiet:
        for line in (*sensitivity_lines(found), *_where(place)):
            click.echo(line)
    return 0


@dataclass(frozen=True, slots=True)
class _Options:
    """What the command line asks for beside the files."""

    stage: str | None
    kind: str | None
    runs: int
    jobs: int | None
    as_json: bool
    figure: Path | None
    force: bool
    quiet: bool


def sensitivity_lines(found: Sensitivity) -> Iterator[str]:
    """The criterion that decides as a table, the others in a line each."""
    yield f"{found.site}: {found.stage_label}, {found.day} day; {found.runs} runs of that day on {found.paths} paths"
    yield ""
    if not found.criteria:
        yield "No criterion has a figure on that day."
        return
    first, *others = found.criteria
    yield from _table(first, found)
    yield ""
    for one in others:
        leaning = ", ".join(effect.input.label for effect in leaning_on(one)[:3]) or "nothing more than chance"
        yield f"{one.label}: {_span(one)}; missed in {one.missed} runs; leans on {leaning}"


def _table(criterion: CriterionSensitivity, found: Sensitivity) -> Iterator[str]:
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    yield f"{criterion.label} ({asked}): {_span(criterion)}, missed in {criterion.missed} of {found.runs} runs"
    rows = [effect for effect in criterion.effects if effect.mu_star > 0.0]
    if not rows:
        yield "  Nothing that was varied changes it."
        return
    cells = [("input", "range", "evidence", "effect", "spread", "direction", "share")]
    cells += [_cells(effect, criterion.unit) for effect in rows[:_ROWS] if effect.input.id != CHANCE]
    cells += [_cells(effect, criterion.unit) for effect in rows if effect.input.id == CHANCE]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _cells(effect: Effect, unit: str) -> tuple[str, str, str, str, str, str, str]:
    one = effect.input
    span = "another day" if one.id == CHANCE else f"{one.low:g} to {one.high:g}{' dB' if one.unit == 'dB' else ''}"
    size, spread = (_amount(value, unit) for value in (effect.mu_star, effect.sigma))
    words = {"up": "raises it", "down": "lowers it", "mixed": "both ways", "none": "-"}
    direction = "-" if one.id == CHANCE else words[effect.sign]
    return one.label, span, one.confidence or "-", size, spread, direction, value_text(effect.share, "share")


def _amount(value: float, unit: str) -> str:
    return value_text(100.0 * value, "points") if unit == "share" else value_text(value, unit)


def _span(criterion: CriterionSensitivity) -> str:
    ends = [value_text(value, criterion.unit) for value in (criterion.low, criterion.high)]
    return f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else f"{ends[0]} throughout"


def _where(place: Path) -> Iterator[str]:
    if is_results(place):
        yield ""
        yield f"Results: {place} (sensitivity.json, sensitivity.csv); wifisim report {place} shows them"


def _day(site: Site, place: Path, wanted: _Options, *, jobs: int, progress: RunProgress) -> tuple[str, str]:
    """The stage and kind of day that are asked for, else those on which the verdict of a run hangs."""
    stage, kind = wanted.stage, wanted.kind
    if stage is not None and kind is not None:
        return stage, kind
    results = read_results(place) if is_results(place) else None
    if results is None or results.provenance.get("inputs") != list(site.sources):
        once = replace(site.simulation, replications=1, extra_replications=0)
        results = simulate(replace(site, simulation=once), jobs=jobs, progress=progress)
    readiness = assess(results)
    if stage is not None:
        readiness = replace(readiness, stages=tuple(one for one in readiness.stages if one.stage_id == stage))
        if not readiness.stages:
            return stage, kind or "typical"
    hardest = hardest_day(readiness)
    return stage or hardest[0], kind or hardest[1]


def _question(site: Site, stage_id: str, kind: str, *, runs: int) -> Question:
    """What is run. Raises ResultsError for a stage or a kind of day that the site does not have."""
    stage = next((one for one in site.stages if one.id == stage_id), None)
    if stage is None:
        raise ResultsError(f"there is no stage '{stage_id}'; stages: {', '.join(one.id for one in site.stages)}")
    day = next((one for one in days_of(site, stage) if one == kind), None)
    if day is None:
        raise ResultsError(f"stage '{stage_id}' has no {kind} day; it has: {', '.join(days_of(site, stage))}")
    return question(site, stage, day, runs=runs)
