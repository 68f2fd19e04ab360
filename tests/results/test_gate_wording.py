"""Limits on new connections in words: who is told of, and on which day."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from support.synthetic import bare_day, bare_results

from wifisim.cli.terminal import print_summary
from wifisim.report.page import report_html
from wifisim.results.gate_wording import gate_sentences, gate_text
from wifisim.results.readiness import assess
from wifisim.results.records import GateRecord
from wifisim.results.summarise import summarise

GATE = GateRecord("dns", "resolver", "name service", 100.0, 5000.0, 400.0, 0.1, 2.5, 130.0, 32_400.0, 33_000.0)
CALM = replace(GATE, refused=0.0, worst_wait_s=0.2, from_s=np.nan, to_s=np.nan)


def test_a_limit_that_refused_is_told_of_once_a_stage() -> None:
    # Two replications, of which one refused 400 tries: 200 a day of 5,000.
    day = bare_day("a")
    results = bare_results(replace(day, gates=(GATE,)), replace(day, replication=1, gates=(CALM,)))
    summary = summarise(results, assess(results))
    (told,) = gate_sentences(summary)
    assert told.startswith("A, typical day: name service: up to 130 questions a second")
    assert "waits of up to 2.5 s" in told
    assert "200 of 5,000 tries refused, 09:00 to 09:10" in told


def test_terminal_and_report_name_the_stage_by_its_label() -> None:
    results = bare_results(replace(bare_day("a"), gates=(GATE,)))
    stages = tuple(replace(stage, label="Wave 3 (Year 7 & 8)") for stage in results.stages)
    results = replace(results, stages=stages)
    readiness = assess(results)
    out = io.StringIO()
    print_summary(summarise(results, readiness), place="r", out=out)
    assert "  - Wave 3, typical day: name service: up to 130" in out.getvalue()
    assert b"<li>Wave 3, typical day: name service: up to 130" in report_html(results, readiness)


def test_a_limit_that_nobody_noticed_is_not() -> None:
    results = bare_results(replace(bare_day("a"), gates=(CALM,)))
    summary = summarise(results, assess(results))
    assert not tuple(gate_sentences(summary))
    (gate,) = summary.stages[0].days[0].gates
    assert gate_text(gate) == "name service: up to 130 questions a second over ten seconds"
