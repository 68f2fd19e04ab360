"""Dates: hand-outs on school days without tests, tests in terms, building works on other days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.rollout import Stage
from wifisim.inputs.timetable import Term

SATURDAY = 5


def dates(case: Case, stage: Stage) -> Iterator[Finding]:
    """Waves on weekends, outside terms or on days with a test; tests outside terms; upgrades on school days."""
    terms, tests = case.site.timetable.terms, case.site.timetable.assessments
    if stage is case.site.stages[0]:
        yield from _tests_outside(case, terms, tests)
    for wave in stage.arriving:
        off = _no_school(wave.date, terms)
        if off:
            yield Finding(
                severity="warning",
                subject=wave.id,
                message=f"Wave {wave.id} arrives when no pupil is there.",
                working=f"{_written(wave.date)} is {off}",
                fix=_other_day(wave.date, terms),
                place=case.lines.item("waves", wave.id),
            )
        tested = next((test for test in tests if test.first <= wave.date <= test.last), None)
        if tested is not None:
            yield Finding(
                severity="warning",
                subject=f"{wave.id} test",
                message=f"Wave {wave.id} is handed out while a test is on.",
                working=f"{_written(wave.date)} is in {tested.name} ({_span(tested)})",
                fix=f"Hand out before {_written(tested.first)} or after {_written(tested.last)}.",
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


def _tests_outside(case: Case, terms: tuple[Term, ...], tests: tuple[Term, ...]) -> Iterator[Finding]:
    """Tests on no day of any term."""
    for test in tests:
        if terms and not any(term.first <= test.last and term.last >= test.first for term in terms):
            yield Finding(
                severity="warning",
                subject=test.name,
                message=f"Assessment {test.name} is outside all terms: nobody sits it.",
                working=f"{_span(test)}; terms {', '.join(f'{term.name} ({_span(term)})' for term in terms)}",
                fix="The dates of the test, or of the terms.",
                place=case.lines.at("timetable", "assessments"),
            )


def _span(span: Term) -> str:
    return f"{_written(span.first)} to {_written(span.last)}"


def _no_school(date: dt.date, terms: tuple[Term, ...]) -> str:
    """Why there is no school on a date; empty when there is."""
    if date.weekday() >= SATURDAY:
        return f"a {date:%A}"
    if terms and not any(term.first <= date <= term.last for term in terms):
        return "outside all terms"
    return ""


def _other_day(date: dt.date, terms: tuple[Term, ...]) -> str:
    """The first school day after a date; where the file states no term that late, that is what is missing."""
    later = (date + dt.timedelta(days=days) for days in range(1, 120))
    found = next((day for day in later if not _no_school(day, terms)), None)
    if found is None:
        return "State the terms of that school year too, or hand out on a day of those that are stated."
    return f"Hand out on a school day, say {_written(found)}."


def _term_of(date: dt.date, terms: tuple[Term, ...]) -> str:
    return next(term.name for term in terms if term.first <= date <= term.last)


def _written(date: dt.date) -> str:
    return f"{date:%a} {date.isoformat()}"
