"""``wifisim compare BEFORE AFTER``: what changes between two result folders, as table, JSON or figure."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from wifisim.plots.compare import plot_comparison
from wifisim.plots.figures import save_figure
from wifisim.results.compare import Comparison, Difference, compare, comparison_json
from wifisim.results.phrases import value_text
from wifisim.results.store import read_results

_FOLDER = click.Path(path_type=Path)


@click.command(name="compare")
@click.argument("before", metavar="BEFORE", type=_FOLDER)
@click.argument("after", metavar="AFTER", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print all differences as JSON.")
@click.option("--all", "everything", is_flag=True, help="List what does not change for certain as well.")
@click.option("--plot", "figure", type=_FOLDER, help="Draw the differences to this file, .png, .svg or .pdf.")
@click.option("--force", is_flag=True, help="Replace the figure if it exists.")
def command(before: Path, after: Path, as_json: bool, everything: bool, figure: Path | None, force: bool) -> int:
    """Say what changes from the results in BEFORE to those in AFTER."""
    found = compare(read_results(before), read_results(after))
    if figure is not None:
        save_figure(plot_comparison(found), figure, force=force)
    if as_json:
        click.echo(comparison_json(found), nl=False)
        return 0
    for line in comparison_lines(found, everything=everything):
        click.echo(line)
    return 0


def comparison_lines(found: Comparison, *, everything: bool) -> list[str]:
    """The verdicts, the differences by stage and kind of day, then what did not change and the notes."""
    sure = [one for one in found.differences if one.direction in {"better", "worse"}]
    shown = [one for one in found.differences if everything or (one in sure and not one.small)]
    lines = [*_verdicts(found), ""]
    for (stage, day), group in groupby(shown, key=lambda one: (one.stage, one.day)):
        lines += [f"{stage}, {day} day", *(f"  {line}" for line in _rows(list(group))), ""]
    better = sum(one.direction == "better" for one in sure)
    how = "replication by replication (same seed)" if found.paired else "by means (different seeds)"
    lines.append(
        f"{better} figures are better, {len(sure) - better} worse, {len(found.differences) - len(sure)} the same or "
        f"unclear; compared {how}, {found.confidence:.0%} intervals in brackets."
    )
    hidden = sum(one.small for one in sure)
    if hidden and not everything:
        lines.append(f"Not listed: {hidden} that change by less than 2 % of their target (--all lists everything).")
    return [*lines, *found.notes]


def _verdicts(found: Comparison) -> list[str]:
    """One line a stage: the verdict before and after."""
    width = max((len(stage.stage) for stage in found.stages), default=0)
    lines = []
    for stage in found.stages:
        before, after = (verdict.replace("_", " ").upper() for verdict in (stage.before, stage.after))
        lines.append(f"{stage.stage.ljust(width)}  {before if before == after else f'{before} -> {after}'}")
    return lines


def _rows(group: list[Difference]) -> list[str]:
    cells = [
        (one.label, f"{value_text(one.before, one.unit)} -> {value_text(one.after, one.unit)}", one.direction, one.text)
        for one in group
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    return [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]) for row in cells
    ]
