"""``wifisim report FOLDER``: the report as one HTML file, from a result folder."""

from __future__ import annotations

from pathlib import Path

import click

from wifisim.report.branding import Branding, read_branding
from wifisim.report.page import write_report
from wifisim.results.readiness import assess
from wifisim.results.store import REPORT_FILE, read_results


@click.command(name="report")
@click.argument("folder", metavar="RESULT_DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="File (default: RESULT_DIR/report.html).")
@click.option("--style", type=click.Path(path_type=Path), help="TOML file with organisation, accent and logo.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def command(folder: Path, out: Path | None, style: Path | None, force: bool) -> int:
    """Write the report of the results in RESULT_DIR: one HTML file that opens offline."""
    branding = read_branding(style) if style else Branding()
    path = out or folder / REPORT_FILE
    results = read_results(folder)
    write_report(results, assess(results), path, branding=branding, force=force)
    click.echo(path)
    return 0
