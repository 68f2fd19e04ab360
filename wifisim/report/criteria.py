"""The table of criteria by stages: one row a criterion, one cell a stage, each with sign, word, figure and reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wifisim.plots.style import STATUS_SIGNS, STATUS_WORDS, VERDICT_STATUS, VERDICT_WORDS
from wifisim.results.alike import alike, strictest
from wifisim.results.assessment import Assessment, Readiness, Status
from wifisim.results.phrases import bound_text, date_text, interval_text, short_label, span_text, value_text
from wifisim.results.records import Results, RunFacts, StageFacts
from wifisim.results.wording import cause_text

_WORDS: dict[Status, str] = {"pass": "ok", "at_risk": "at risk", "fail": "fails", "not_applicable": "n/a"}


@dataclass(frozen=True, slots=True)
class StageHead:
    """A column's heading; ``note`` is what the stage's label explains in brackets."""

    label: str
    note: str
    date: str
    devices: str
    status: Status
    sign: str
    verdict: str


@dataclass(frozen=True, slots=True)
class CriterionCell:
    """One criterion in one stage; ``why`` is "" where nothing is amiss."""

    status: Status
    sign: str
    word: str
    figure: str
    interval: str
    why: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion, or several that ask the same of the same figure."""

    label: str
    asked: str
    origins: tuple[str, ...]
    cells: tuple[CriterionCell, ...]


def stage_heads(results: Results, readiness: Readiness) -> tuple[StageHead, ...]:
    """The columns."""
    return tuple(
        StageHead(
            short_label(facts.label), _note(facts.label), date_text(facts.date), f"{facts.devices:,}",
            VERDICT_STATUS[judged.verdict],
            STATUS_SIGNS[VERDICT_STATUS[judged.verdict]], VERDICT_WORDS[judged.verdict],
        )
        for facts, judged in zip(results.stages, readiness.stages, strict=True)
    )  # fmt: skip


def _note(label: str) -> str:
    return label.removeprefix(short_label(label)).strip().removeprefix("(").removesuffix(")")


def criterion_rows(results: Results, readiness: Readiness) -> tuple[CriterionRow, ...]:
    """The rows: what fails first, then what is at risk, then the rest; each in the run's order."""
    rows = [_row(results, readiness, columns) for columns in alike(results.run.criteria)]
    worst = {"fail": 0, "at_risk": 1}
    return tuple(sorted(rows, key=lambda row: min(worst.get(cell.status, 2) for cell in row.cells)))


def _row(results: Results, readiness: Readiness, columns: Sequence[int]) -> CriterionRow:
    criteria = [results.run.criteria[column] for column in columns]
    first = criteria[0]
    cells = tuple(
        _cell(results.run, facts, strictest([judged.assessments[column] for column in columns]))
        for facts, judged in zip(results.stages, readiness.stages, strict=True)
    )
    asked = bound_text(first.comparison, first.target, first.unit)
    return CriterionRow(first.label, asked, tuple(dict.fromkeys(c.origin for c in criteria)), cells)


def _cell(run: RunFacts, stage: StageFacts, found: Assessment) -> CriterionCell:
    judged, unit = found.estimate, found.criterion.unit
    interval = ""
    if judged.low is not None and judged.high is not None and judged.low < judged.high:
        interval = interval_text(judged.low, judged.high, unit)
    why = ""
    if found.status in {"fail", "at_risk"} and found.cause is not None:
        why = cause_text(run, stage, found.cause).strip()
        span = found.cause.span_s
        why = why or (span_text(span) if span else "")
    word = "tight" if found.tight else _WORDS[found.status]
    return CriterionCell(found.status, STATUS_SIGNS[found.status], word, value_text(judged.value, unit), interval, why)


def legend() -> tuple[tuple[Status, str, str], ...]:
    """Status, sign and words, for the table's key."""
    order: tuple[Status, ...] = ("pass", "at_risk", "fail", "not_applicable")
    return tuple((status, STATUS_SIGNS[status], STATUS_WORDS[status]) for status in order)
