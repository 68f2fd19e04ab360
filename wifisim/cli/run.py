"""``wifisim run SITE``: read the site, simulate it, judge it, write the results and their report."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from wifisim.cli.terminal import RunProgress, print_summary
from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.inputs.what_if import with_faults
from wifisim.inputs.written.settings import WrittenReplications
from wifisim.report.page import report_html
from wifisim.results.readiness import assess
from wifisim.results.store import check_free, write_results
from wifisim.results.summary import summary_json
from wifisim.simulation.run import simulate


def _replications(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """The least and the most replications that ``--replications`` asks for."""
    if value is None:
        return None
    if value == "auto":
        grown = WrittenReplications()
        return grown.at_least, grown.at_most
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 1000:
        raise click.BadParameter("must be a whole number from 1 to 1000, or auto", ctx, param)
    return int(value), int(value)


@click.command(name="run")
@click.argument("site_file", metavar="SITE", type=click.Path(path_type=Path))
@click.option("--out", "out", type=click.Path(path_type=Path), help="Result folder (default: results/NAME-OF-SITE).")
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
@click.option("--no-report", is_flag=True, help="Leave out report.html.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def command(  # noqa: PLR0913, PLR0917  one argument an option
    site_file: Path,
    out: Path | None,
    force: bool,
    as_json: bool,
    gate: bool,
    jobs: int | None,
    seed: int | None,
    replications: tuple[int, int] | None,
    faults: tuple[str, ...],
    no_report: bool,
    quiet: bool,
) -> int:
    """Simulate SITE and say whether its network is ready for each wave of devices."""
    site = with_faults(_with_options(read_site(site_file), seed=seed, replications=replications), faults)
    folder = out or Path("results") / site_file.stem
    check_free(folder, force=force)
    with RunProgress(enabled=not quiet) as progress:
        results = simulate(site, jobs=jobs or os.cpu_count() or 1, progress=progress)
    readiness = assess(results)
    report = None if no_report else report_html(results, readiness)
    summary = write_results(results, readiness, folder, force=force, report=report)
    if as_json:
        click.echo(summary_json(summary), nl=False)
    elif not quiet:
        print_summary(summary, place=str(folder), out=sys.stdout)
    return 1 if gate and readiness.verdict == "not_ready" else 0


def _with_options(site: Site, *, seed: int | None, replications: tuple[int, int] | None) -> Site:
    simulation = site.simulation
    at_least, at_most = replications or (simulation.replications, 0)
    chosen = replace(
        simulation,
        seed=simulation.seed if seed is None else seed,
        replications=at_least,
        extra_replications=at_most - at_least if replications else simulation.extra_replications,
    )
    return replace(site, simulation=chosen)
