"""``wifisim report FOLDER``: the report as one HTML file, from a result folder."""

from __future__ import annotations

from pathlib import Path

import click

from wifisim.plots.brand import read_brand
from wifisim.report.page import report_html, write_report
from wifisim.results.readiness import assess
from wifisim.results.sensitivity import read_sensitivity
from wifisim.results.store import REPORT_FILE, read_results


@click.command(name="report")
@click.argument("folder", metavar="RESULT_DIR", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File (default: RESULT_DIR/report.html).")
@click.option(
    "--style", type=click.Path(path_type=Path), help="TOML file with your name, colours, font and logo: docs/report.md."
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def command(folder: Path, out: Path | None, style: Path | None, force: bool) -> int:
    """Write the report of the results in RESULT_DIR: one HTML file that opens offline."""
    brand = read_brand(style) if style else None
    path = out or folder / REPORT_FILE
    results = read_results(folder)
    page = report_html(results, assess(results), brand, read_sensitivity(folder))
    write_report(page, path, force=force)
    click.echo(path)
    return 0
