"""Dates: hand-outs on school days, building works on others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.rollout import Stage
from wifisim.inputs.timetable import Term

SATURDAY = 5


def dates(case: Case, stage: Stage) -> Iterator[Finding]:
    """Waves on weekends or outside terms; upgrades on school days."""
    terms = case.site.timetable.terms
    for wave in stage.arriving:
        off = _no_school(wave.date, terms)
        if off:
            yield Finding(
                severity="warning",
                subject=wave.id,
                message=f"Wave {wave.id} arrives when no pupil is there.",
                working=f"{_written(wave.date)} is {off}",
                fix=f"Hand out on a school day, say {_written(_next_school_day(wave.date, terms))}.",
                place=case.lines.item("waves", wave.id),
            )
    for upgrade in case.site.upgrades:
        if upgrade.date == stage.date and terms and not _no_school(upgrade.date, terms):
            yield Finding(
                severity="note",
                subject=upgrade.id,
                message=f"Upgrade {upgrade.id} falls on a school day.",
                working=f"{_written(upgrade.date)} is in {_term_of(upgrade.date, terms)}",
                fix="Do it in the holidays or at the weekend, or plan for an hour without a network.",
                place=case.lines.item("upgrades", upgrade.id),
            )


def _no_school(date: dt.date, terms: tuple[Term, ...]) -> str:
    """Why there is no school on a date; empty when there is."""
    if date.weekday() >= SATURDAY:
        return f"a {date:%A}"
    if terms and not any(term.first <= date <= term.last for term in terms):
        return "outside all terms"
    return ""


def _next_school_day(date: dt.date, terms: tuple[Term, ...]) -> dt.date:
    """The first school day after a date; the date's next weekday when no term is left."""
    for days in range(1, 120):
        later = date + dt.timedelta(days=days)
        if not _no_school(later, terms):
            return later
    return date + dt.timedelta(days=7 - date.weekday() if date.weekday() >= SATURDAY else 1)


def _term_of(date: dt.date, terms: tuple[Term, ...]) -> str:
    return next(term.name for term in terms if term.first <= date <= term.last)


def _written(date: dt.date) -> str:
    return f"{date:%a} {date.isoformat()}"
