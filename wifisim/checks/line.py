"""The internet line against the standards that the school has chosen, and against the day it fails."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, enough
from wifisim.inputs.catalog import Criterion
from wifisim.inputs.rollout import Stage

BACKUP = "backup_line"


def line_rate(case: Case, stage: Stage) -> Iterator[Finding]:
    """The line's rates, and its rate a pupil, against every criterion of the named standards that is about them."""
    line, pupils = stage.network.wan[0], max(case.site.pupils, 1)
    per_pupil = (
        f"{line.down_bps / 1e6:,.0f} Mbit/s / {pupils:,} pupils = {line.down_bps / 1e6 / pupils:.2g} Mbit/s each"
    )
    figures = {
        "line_down_mbps": (line.down_bps / 1e6, f"{line.down_bps / 1e6:,.0f} Mbit/s down", "down_mbps"),
        "line_up_mbps": (line.up_bps / 1e6, f"{line.up_bps / 1e6:,.0f} Mbit/s up", "up_mbps"),
        "line_down_mbps_per_pupil": (line.down_bps / 1e6 / pupils, per_pupil, "down_mbps"),
    }
    for label, criterion in _criteria(case):
        if criterion.metric not in figures or criterion.comparison != "at_least":
            continue
        value, working, key = figures[criterion.metric]
        if value >= criterion.target:
            continue
        needed = criterion.target * (pupils if criterion.metric == "line_down_mbps_per_pupil" else 1)
        yield Finding(
            severity="problem",
            subject=f"{label} {criterion.id}",
            message=f"The line does not meet '{label}': {criterion.label}.",
            working=f"{working}; at least {criterion.target:g} {criterion.unit}",
            fix=f"A line of at least {enough(needed)} Mbit/s {'up' if key == 'up_mbps' else 'down'}.",
            place=case.lines.network(stage.date, "wan", "main", key),
            weight=criterion.target / value,
        )


def backup_line(case: Case, stage: Stage) -> Iterator[Finding]:
    """Whether there is a line that takes over."""
    if len(stage.network.wan) > 1:
        return
    asked = [label for label, criterion in _criteria(case) if criterion.metric == BACKUP]
    wanted = f"; '{asked[0]}' asks for one" if asked else ""
    yield Finding(
        severity="problem" if asked else "warning",
        subject="backup",
        message="There is no backup line: when the line fails, every cloud service is gone.",
        working=f"1 line{wanted}",
        fix="A second line of another kind (4G or 5G will do for saving work): wan: backup: {down_mbps, up_mbps}.",
        place=case.lines.network(stage.date, "wan", "backup"),
        weight=1.0,
    )


def _criteria(case: Case) -> Iterator[tuple[str, Criterion]]:
    """The criteria of the standards that the site names and that are written for its phase."""
    for name in case.site.targets.standards:
        standard = case.site.catalog.standards[name]
        if not standard.phases or case.site.phase in standard.phases:
            for criterion in standard.criteria:
                yield standard.label, criterion
