"""What a run looks like in a terminal: progress, the table of stages x criteria, the verdict and its reasons.

Meaning never hangs on colour alone: each cell has a word, and a sign where the output's encoding has it. Nothing wraps
inside a word; a table too wide for the terminal is split into blocks of stages. A pipe gets plain text.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from wifisim.results.alike import alike, strictest
from wifisim.results.assessment import Status, Verdict
from wifisim.results.gate_wording import gate_sentences
from wifisim.results.metrics import ORDINARY_DAYS
from wifisim.results.outage_wording import outage_text
from wifisim.results.phrases import bound_text, date_text, interval_text, short_label, value_text
from wifisim.results.roaming_wording import roaming_is_news, roaming_text
from wifisim.results.summary import CriterionSummary, RoomSummary, StageSummary, Summary

ROOMS_SHOWN = 8  # a stage
QUIET_FOR_S = 2.0
USE_FOOTNOTE = (
    "Use in the busiest 15 minutes is judged on typical and assessment days: on hand-out and update days bulk "
    "transfers fill what is free by design, and lessons, saves, late transfers and devices without Wi-Fi count."
)
PIPE_WIDTH = 100
LABEL_WIDTH = 36  # of the first column of the table, where the terminal is narrow
_OTHER_KINDS = ("ladder", "day", "lessons", "latency", "signal", "rate", "airtime", "experience", "channels")
_VERDICT_WORDS: dict[Verdict, str] = {"ready": "READY", "at_risk": "AT RISK", "not_ready": "NOT READY"}
_VERDICT_STYLES: dict[Verdict, str] = {"ready": "bold green", "at_risk": "bold yellow", "not_ready": "bold red"}
_STATUS_WORDS: dict[Status, str] = {"pass": "ok", "at_risk": "risk", "fail": "FAIL", "not_applicable": "-"}
_STATUS_SIGNS: dict[Status, str] = {"pass": "✓", "at_risk": "~", "fail": "✗", "not_applicable": " "}
_STATUS_STYLES: dict[Status, str] = {"pass": "green", "at_risk": "yellow", "fail": "bold red", "not_applicable": "dim"}


class RunProgress:
    """One bar on stderr, only on a terminal and only once a run has taken more than two seconds."""

    def __init__(self, *, enabled: bool) -> None:
        console = Console(stderr=True)
        self._wanted = enabled and console.is_terminal
        self._began = time.monotonic()
        columns = (
            TextColumn("Simulating days"), BarColumn(bar_width=None), MofNCompleteColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("days", total=None)

    def __enter__(self) -> RunProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress.live.is_started:
            self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` days are simulated."""
        if not self._wanted:
            return
        self._progress.update(self._task, completed=done, total=total)
        if time.monotonic() - self._began > QUIET_FOR_S:
            self._progress.start()


def print_summary(summary: Summary, *, place: str, out: TextIO | None = None) -> None:
    """The table, the verdict, one sentence a failure, and where everything is."""
    console = _console(out or sys.stdout)
    signs = _encodes(console, "".join(_STATUS_SIGNS.values()))
    _line(console, Text(f"{_clean(summary.site)}: {summary.pupils:,} pupils, {_stages(summary)}", "bold"))
    _line(console)
    for block in _blocks(summary, console.width, signs=signs):
        for line in block:
            _line(console, line)
        _line(console)
    _footnote(console, summary)
    for line in verdict_lines(summary):
        for part in line.wrap(console, console.width):
            part.rstrip()
            _line(console, part)
    _sentences(console, summary)
    _rooms(console, summary)
    _worst_days(console, summary)
    _roaming(console, summary)
    _faults(console, summary)
    _gates(console, summary)
    for words in _wrapped(_holding(summary), console.width):
        _line(console, Text(words))
    _line(console)
    _line(console, Text(f"Results: {place}"))
    _line(console, Text(f"Figures: wifisim plot {_quoted(place)} --kind readiness", "dim"))
    _line(console, Text(f"         (or {', '.join(_OTHER_KINDS)})", "dim"))


def _stages(summary: Summary) -> str:
    return "1 stage" if len(summary.stages) == 1 else f"{len(summary.stages)} stages"


def _footnote(console: Console, summary: Summary) -> None:
    """How figures of use are to be read, where a stage has days on which they are not judged."""
    if all(day.day in ORDINARY_DAYS for stage in summary.stages for day in stage.days):
        return
    for line in _wrapped(USE_FOOTNOTE, console.width):
        _line(console, Text(line, "dim"))
    _line(console)


def verdict_lines(summary: Summary) -> tuple[Text, ...]:
    """The verdict at the end of the plan; then the first stage that is not ready, if the end does not say it."""
    last = summary.stages[-1]
    words, style = _VERDICT_WORDS[summary.verdict], _VERDICT_STYLES[summary.verdict]
    end = f" at the end of the plan ({_stage_text(last)})" if len(summary.stages) > 1 else f" ({_stage_text(last)})"
    lines = [Text.assemble("Verdict: ", (words, style), end)]
    first = next((stage for stage in summary.stages if stage.id == summary.first_failing_stage), None)
    if first is not None:
        lines.append(Text(f"First stage that is not ready: {_stage_text(first)}"))
    if any(day.replications == 1 for stage in summary.stages for day in stage.days):
        lines.append(Text("One replication gives no interval: what meets its target counts as at risk only."))
    elif any(c.status == "at_risk" and not c.tight for stage in summary.stages for c in stage.criteria):
        more = "" if summary.settled else "; --replications auto adds runs until it does not"
        lines.append(Text(f"At risk: the 90 % interval (in brackets) straddles the target{more}."))
    if summary.warnings:
        lines.append(Text("Tight: more in use than the limit you set, though it may well work; no reserve is left."))
    if summary.settled:
        lines.append(Text(_clean(summary.settled)))
    return tuple(lines)


def _sentences(console: Console, summary: Summary) -> None:
    _line(console)
    for heading, sentences in (("What fails, and why", summary.sentences), ("What is tight", summary.warnings)):
        if not sentences:
            continue
        _line(console, Text(heading, "bold"))
        for sentence in sentences:
            for number, line in enumerate(_wrapped(_clean(sentence), console.width - 4)):
                _line(console, Text(f"  {'- ' if number == 0 else '  '}{line}"))
        _line(console)


def _rooms(console: Console, summary: Summary) -> None:
    """Rooms whose lessons fail, stage by stage: the share of their lessons that work, with its interval."""
    lines = []
    for stage in summary.stages:
        for day in stage.days:
            failing = sorted(
                (room for room in day.rooms if room.status == "fail"), key=lambda room: room.good_share or 0.0
            )
            shown = ", ".join(_room_text(room) for room in failing[:ROOMS_SHOWN])
            more = f" and {len(failing) - ROOMS_SHOWN} more" if len(failing) > ROOMS_SHOWN else ""
            if failing:
                lines.append(f"{_clean(stage.id)}, {day.day} day: {shown}{more}")
    if not lines:
        return
    _line(console, Text("Rooms whose lessons fail (share that works, interval)", "bold"))
    for text in lines:
        for part, line in enumerate(_wrapped(text, console.width - 4)):
            _line(console, Text(f"  {'- ' if part == 0 else '  '}{line}"))
    _line(console)


def _room_text(room: RoomSummary) -> str:
    share = value_text(room.good_share or 0.0, "share")
    if room.good_low is None or room.good_high is None:
        return f"{_clean(room.id)} {share}"
    return f"{_clean(room.id)} {share} ({interval_text(room.good_low, room.good_high, 'share')})"


def _worst_days(console: Console, summary: Summary) -> None:
    """What the model has put together on the worst day of each stage."""
    found = [(stage, day) for stage in summary.stages for day in stage.days if day.combines]
    if not found:
        return
    _line(console, Text("Worst days, each of these together with the lessons", "bold"))
    for stage, day in found:
        words = f"{_clean(stage.id)}: {_clean('; '.join(day.combines))}"
        for part, line in enumerate(_wrapped(words, console.width - 4)):
            _line(console, Text(f"  {'- ' if part == 0 else '  '}{line}"))
    _line(console)


def _roaming(console: Console, summary: Summary) -> None:
    """How devices came onto radios at the end of the plan, where that is news."""
    last = summary.stages[-1]
    found = [day for day in last.days if roaming_is_news(day.roaming)]
    if not found:
        return
    _line(console, Text(f"When classes move ({_clean(last.id)})", "bold"))
    for day in found:
        for part, line in enumerate(_wrapped(f"{day.day} day: {roaming_text(day.roaming)}", console.width - 4)):
            _line(console, Text(f"  {'- ' if part == 0 else '  '}{line}"))
    _line(console)


def _faults(console: Console, summary: Summary) -> None:
    """What each fault cost in each stage: one sentence a stage."""
    told: dict[str, list[str]] = {}
    for stage in summary.stages:
        for day in stage.days:
            for one in day.outages:
                fault = f"{_clean(one.what)}, {one.from_time} to {one.to_time}, {day.day} day"
                told.setdefault(fault, []).append(f"{_clean(stage.id)}: {outage_text(one)}")
    if not told:
        return
    _line(console, Text("Faults, against the same day without them", "bold"))
    for fault, sentences in told.items():
        _line(console, Text(f"  {fault}"))
        for sentence in sentences:
            for part, line in enumerate(_wrapped(sentence, console.width - 6)):
                _line(console, Text(f"    {'- ' if part == 0 else '  '}{line}"))
    _line(console)


def _gates(console: Console, summary: Summary) -> None:
    """Limits on new connections that somebody noticed."""
    sentences = tuple(gate_sentences(summary))
    if not sentences:
        return
    _line(console, Text("New connections that waited or were refused", "bold"))
    for sentence in sentences:
        for part, line in enumerate(_wrapped(_clean(sentence), console.width - 4)):
            _line(console, Text(f"  {'- ' if part == 0 else '  '}{line}"))
    _line(console)


def _holding(summary: Summary) -> str:
    """What has head-room left at the end of the plan, fullest first."""
    rungs = [
        f"{_clean(rung.label)} {value_text(rung.stages[-1].utilisation_busy_quarter, 'share')}"
        for rung in summary.holding
    ]
    return f"Fullest of what still holds at the end (busiest 15 minutes): {', '.join(rungs[:4])}" if rungs else ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure's judgement by stage, its label, and what is asked of it by whom."""

    label: str
    asked: str
    judged: tuple[CriterionSummary, ...]


def _figures(summary: Summary) -> list[_Row]:
    """One row a figure; criteria that ask the same of it share the row."""
    rows = []
    for columns in alike(summary.stages[0].criteria):
        first = summary.stages[0].criteria[columns[0]]
        origins = dict.fromkeys(summary.stages[0].criteria[column].origin for column in columns)
        asked = f"{bound_text(first.comparison, first.target, first.unit)}, {_clean('; '.join(origins))}"
        judged = tuple(strictest([stage.criteria[column] for column in columns]) for stage in summary.stages)
        rows.append(_Row(_clean(first.label), asked, judged))
    return rows


def _constant(row: _Row) -> bool:
    """Whether a figure is met and the same in every one of several stages."""
    first = row.judged[0]
    return len(row.judged) > 1 and all(
        one.status in {"pass", "not_applicable"} and one.value == first.value and one.low in {None, one.value}
        for one in row.judged
    )


def _blocks(summary: Summary, width: int, *, signs: bool) -> Iterator[list[Text]]:
    """The table of figures (rows) x stages (columns), in as many blocks of stages as the width needs.

    What is the same in every stage is told once, beneath.
    """
    figures = _figures(summary)
    rows = [row for row in figures if not _constant(row)]
    margin = min(max((cell_len(row.label) for row in rows), default=0), max(LABEL_WIDTH, 2 * width // 5))
    columns = [_column(stage, [row.judged[number] for row in rows], signs=signs)
               for number, stage in enumerate(summary.stages)]  # fmt: skip
    widths = [max(cell_len(cell.plain) for cell in column) for column in columns]
    first = 0
    while first < len(columns):
        last, used = first + 1, margin + 2 + widths[first]
        while last < len(columns) and used + 2 + widths[last] <= width:
            used += 2 + widths[last]
            last += 1
        # What each criterion asks is said once, in the first block.
        labels = [(row.label, row.asked if first == 0 else "") for row in rows]
        yield list(_rows(labels, columns[first:last], widths=widths[first:last], margin=margin, space=width))
        first = last
    same = [row for row in figures if _constant(row)]
    if same:
        yield [Text("The same in every stage", "bold"), *_same(same, width, signs=signs)]


def _same(rows: Sequence[_Row], width: int, *, signs: bool) -> Iterator[Text]:
    for row in rows:
        yield Text.assemble(f"  {row.label}  ", _cell(row.judged[0], signs=signs))
        yield from (Text(f"    {part}", "dim") for part in _wrapped(row.asked, width - 4))


def _rows(
    labels: Sequence[tuple[str, str]],
    columns: Sequence[Sequence[Text]],
    *,
    widths: Sequence[int],
    margin: int,
    space: int,
) -> Iterator[Text]:
    for row in range(len(labels) + 3):
        if row == 2:
            yield Text("-" * (margin + sum(widths) + 2 * len(widths)), "dim")
        # Rows: stage, date, criteria ..., verdict.
        head = labels[row - 2][0] if 2 <= row < len(labels) + 2 else "Verdict" if row == len(labels) + 2 else ""
        parts = list(_wrapped(head, margin))
        line = Text(parts[0] + " " * (margin - cell_len(parts[0])))
        for column, width in zip(columns, widths, strict=True):
            cell = column[row]
            line.append("  ")
            line.append_text(cell)
            line.append(" " * (width - cell_len(cell.plain)))
        line.rstrip()
        yield line
        yield from (Text(f"  {part}") for part in parts[1:])
        if 2 <= row < len(labels) + 2 and labels[row - 2][1]:
            yield from (Text(f"  {part}", "dim") for part in _wrapped(labels[row - 2][1], space - 2))


def _column(stage: StageSummary, judged: Sequence[CriterionSummary], *, signs: bool) -> list[Text]:
    cells = [Text(_clean(stage.id), "bold"), Text(date_text(stage.date), "dim")]
    cells += [_cell(criterion, signs=signs) for criterion in judged]
    return [*cells, Text(_VERDICT_WORDS[stage.verdict], _VERDICT_STYLES[stage.verdict])]


def _cell(criterion: CriterionSummary, *, signs: bool) -> Text:
    word = "tight" if criterion.tight else _STATUS_WORDS[criterion.status]
    sign = f"{_STATUS_SIGNS[criterion.status]} " if signs else ""
    value = "" if criterion.value is None else value_text(criterion.value, criterion.unit)
    return Text(f"{sign}{word} {value}{_interval(criterion)}".rstrip(), _STATUS_STYLES[criterion.status])


def _interval(criterion: CriterionSummary) -> str:
    """The interval, where it decides: a figure at risk."""
    if criterion.status != "at_risk" or criterion.tight or criterion.low is None or criterion.high is None:
        return ""
    return f" ({interval_text(criterion.low, criterion.high, criterion.unit)})"


def _console(out: TextIO) -> Console:
    if out.isatty():
        return Console(file=out, highlight=False, emoji=False)
    # ``no_color`` and a fixed width: what a pipe gets must not depend on the terminal that happens to be there.
    return Console(file=out, width=PIPE_WIDTH, force_terminal=False, no_color=True, highlight=False, emoji=False)


def _line(console: Console, line: Text | None = None) -> None:
    console.print(line if line is not None else Text(), soft_wrap=True)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of at most ``width`` cells, broken between words only."""
    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _stage_text(stage: StageSummary) -> str:
    return f"{_clean(short_label(stage.label))}, {date_text(stage.date)}"


def _clean(text: str) -> str:
    """Text without control and formatting characters: names come from files that others wrote."""
    return "".join(char if unicodedata.category(char)[0] != "C" else " " for char in text)


def _encodes(console: Console, text: str) -> bool:
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _quoted(place: str) -> str:
    return f'"{place}"' if " " in place else place
