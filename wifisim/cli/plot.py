"""``wifisim plot FOLDER``: figures from a result folder."""

from __future__ import annotations

from pathlib import Path

import click

from wifisim.plots.brand import branded, read_brand
from wifisim.plots.figures import KINDS, Choice, draw, paths_for, save_figure
from wifisim.results.readiness import assess
from wifisim.results.store import read_results


@click.command(name="plot")
@click.argument("folder", metavar="RESULT_DIR", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), default="readiness", show_default=True, help="What to draw.")
@click.option("--stage", default="", help="Stage (default: the first that is not ready, else the last at risk).")
@click.option("--day", default="", help="Kind of day (default: the one with most failures).")
@click.option("--floor", default="", help="Floor of a map (default: all, one file each).")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="File, .png, .svg or .pdf (default: RESULT_DIR/plots/)."
)
@click.option("--style", type=click.Path(path_type=Path), help="TOML file with your name, colours, font and logo.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(
    folder: Path,
    kind: str,
    stage: str,
    day: str,
    floor: str,
    out: Path | None,
    style: Path | None,
    force: bool,
) -> int:
    """Draw figures from the results in RESULT_DIR."""
    brand = read_brand(style) if style else None
    if brand is not None and brand.logo and not brand.figure_logo:
        click.echo("wifisim: an SVG logo does not go into figures; figure_logo names a PNG or JPEG", err=True)
    results = read_results(folder)
    with branded(brand):
        drawings = list(draw(results, assess(results), Choice(kind, stage, day, floor)))
    for path, drawing in zip(paths_for(drawings, out, folder), drawings, strict=True):
        save_figure(drawing.figure, path, force=force)
        click.echo(path)
    return 0
