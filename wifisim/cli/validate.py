"""``wifisim validate SITE``: what plain arithmetic says of a plan, before anything is simulated."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

import click

from wifisim.checks.finding import SEVERITIES, Report
from wifisim.checks.registry import RULES, check_site
from wifisim.inputs.lines import read_lines
from wifisim.inputs.reader import read_site

WIDTH = 100
_MARGIN = "    "


@click.command(name="validate")
@click.argument("site_file", metavar="SITE", type=click.Path(path_type=Path))
@click.option("--rule", "names", multiple=True, type=click.Choice(list(RULES)), help="Only this rule; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--gate", is_flag=True, help="Exit with 1 when there is a problem.")
def command(site_file: Path, names: tuple[str, ...], as_json: bool, gate: bool) -> int:
    """Check SITE by rules that need no simulation: addresses, power, cables, channels, hand-outs, dates.

    docs/checks.md lists the rules.
    """
    site = read_site(site_file)
    rules = names or tuple(RULES)
    reports = check_site(site, read_lines(site_file), names=rules)
    if as_json:
        records = [_record(report) for report in reports]
        click.echo(json.dumps({"site": site.name, "rules": list(rules), "findings": records}, indent=2))
    else:
        click.echo(f"{site.name}: {len(site.stages)} stages\n")
        for report in reports:
            click.echo("\n".join(_text(report)) + "\n")
        click.echo(_total(reports, len(rules)))
    return 1 if gate and any(report.finding.severity == "problem" for report in reports) else 0


def _record(report: Report) -> dict[str, Any]:
    finding, place = report.finding, report.finding.place
    return {
        "rule": report.rule,
        "severity": finding.severity,
        "file": place.file,
        "line": place.line,
        "key": place.key_path,
        "since": report.since,
        "worst": report.worst,
        "until": report.until,
        "subject": finding.subject,
        "message": finding.message,
        "sum": finding.working,
        "fix": finding.fix,
    }


def _text(report: Report) -> Iterator[str]:
    finding, place = report.finding, report.finding.place
    head = f"{finding.severity:<8} {report.rule:<8} {place.file}:{place.line}"
    yield f"{head}  {place.key_path}  ({_when(report)})"
    for label, text in (("", finding.message), ("sum: ", finding.working), ("fix: ", finding.fix)):
        lines = wrap(text, WIDTH, initial_indent=_MARGIN + label, subsequent_indent=_MARGIN + " " * len(label))
        yield from lines


def _when(report: Report) -> str:
    worst = f", worst in {report.worst}" if report.worst != report.since else ""
    return f"from {report.since}{worst}{f', until {report.until}' if report.until else ''}"


def _total(reports: tuple[Report, ...], rules: int) -> str:
    counts = Counter(report.finding.severity for report in reports)
    parts = [f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}" for severity in SEVERITIES]
    return f"{', '.join(parts)} by {rules} rule{'' if rules == 1 else 's'}"
