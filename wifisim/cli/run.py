"""``wifisim run SITE``: read the site, simulate it, judge it, write the results and their report."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from wifisim.cli.terminal import RunProgress, print_summary
from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.inputs.variation import NOTHING_VARIED
from wifisim.inputs.what_if import with_faults
from wifisim.inputs.written.settings import AUTO
from wifisim.report.page import report_html
from wifisim.results.readiness import assess
from wifisim.results.store import check_free, write_results
from wifisim.results.summary import summary_json
from wifisim.simulation.run import simulate


def _replications(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and value != "auto" and not (value.isascii() and value.isdigit() and 1 <= int(value) <= 1000):
        raise click.BadParameter("must be a whole number from 1 to 1000, or auto", ctx, param)
    return value


@dataclass(frozen=True, slots=True)
class _Options:
    """What the command line asks for beside the site."""

    out: Path | None
    force: bool
    as_json: bool
    gate: bool
    jobs: int | None
    seed: int | None
    replications: str | None
    as_written: bool
    faults: tuple[str, ...]
    no_report: bool
    quiet: bool


@click.command(name="run")
@click.argument("site_file", metavar="SITE", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", "out", type=click.Path(path_type=Path), help="Result folder (default: results/NAME-OF-SITE)."
)
@click.option("--force", is_flag=True, help="Replace an older result folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON instead of the table.")
@click.option("--gate", is_flag=True, help="Exit with 1 when the verdict is not ready.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes (default: one a processor).")
@click.option("--seed", type=click.IntRange(0), help="Seed instead of the site's.")
@click.option(
    "--what-if", "faults", multiple=True, metavar="FAULT", help="Like wan-down@10:00-11:00; repeatable: docs/faults.md."
)
@click.option(
    "--replications", metavar="NUMBER|auto", callback=_replications, help="Instead of the site's; auto: until settled."
)
@click.option("--as-written", is_flag=True, help="Vary no inputs: replications differ by chance alone.")
@click.option("--no-report", is_flag=True, help="Leave out report.html.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def command(site_file: Path, **options: Any) -> int:
    """Simulate SITE and say whether its network is ready for each wave of devices."""
    wanted = _Options(**options)
    site = with_faults(_with_options(read_site(site_file), wanted), wanted.faults)
    folder = wanted.out or Path("results") / site_file.stem
    check_free(folder, force=wanted.force)
    with RunProgress(enabled=not wanted.quiet) as progress:
        results = simulate(site, jobs=wanted.jobs or os.cpu_count() or 1, progress=progress)
    readiness = assess(results)
    report = None if wanted.no_report else report_html(results, readiness)
    summary = write_results(results, readiness, folder, force=wanted.force, report=report)
    if wanted.as_json:
        click.echo(summary_json(summary), nl=False)
    elif not wanted.quiet:
        print_summary(summary, place=str(folder), out=sys.stdout)
    return 1 if wanted.gate and readiness.verdict == "not_ready" else 0


def _with_options(site: Site, wanted: _Options) -> Site:
    chosen = site.simulation
    if wanted.seed is not None:
        chosen = replace(chosen, seed=wanted.seed)
    if wanted.replications == "auto":
        most, days = AUTO.at_most - AUTO.at_least, float(AUTO.device_days or math.inf)
        chosen = replace(chosen, replications=AUTO.at_least, extra_replications=most, extra_device_days=days)
    elif wanted.replications is not None:
        chosen = replace(chosen, replications=int(wanted.replications), extra_replications=0)
    if wanted.as_written:
        chosen = replace(chosen, vary=NOTHING_VARIED)
    return replace(site, simulation=chosen)
