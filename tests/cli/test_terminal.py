from __future__ import annotations

import io
from dataclasses import replace

import pytest
from synthetic import bare_day, bare_results, school

from wifisim.cli.terminal import PIPE_WIDTH, RunProgress, print_summary
from wifisim.results.readiness import assess
from wifisim.results.records import Results
from wifisim.results.summarise import summarise
from wifisim.results.summary import Summary


def summary_of(results: Results) -> Summary:
    return summarise(results, assess(results))


def printed(summary: Summary, *, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    print_summary(summary, place="results/oakfield", out=out)
    return raw.getvalue().decode(encoding)


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summary_of(school())


def test_a_pipe_gets_plain_lines_that_fit(summary: Summary) -> None:
    text = printed(summary)
    assert "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= PIPE_WIDTH
    assert all(line == line.rstrip() for line in text.splitlines())


def test_every_stage_and_criterion_is_there_with_a_word(summary: Summary) -> None:
    text = printed(summary)
    for stage in summary.stages:
        assert stage.id in text
    for criterion in summary.stages[0].criteria:
        assert criterion.label in text
    assert "✗ FAIL 37 %" in text
    assert "✓ ok 100 Mbit/s" in text
    assert "Verdict: NOT READY at the end of the plan (Wave 3, 7 Sep 2029)" in text
    assert "First stage that is not ready: Today, 7 Sep 2026" in text


def test_sentences_are_whole_and_break_between_words(summary: Summary) -> None:
    unbroken = " ".join(printed(summary).split())
    for sentence in summary.sentences:
        assert sentence in unbroken


def test_an_old_windows_code_page_gets_words_without_signs(summary: Summary) -> None:
    text = printed(summary, encoding="cp1252")
    assert "FAIL 37 %" in text
    assert "✗" not in text


def test_names_cannot_drive_the_terminal() -> None:
    plain = bare_results(bare_day("a"))
    stage = replace(plain.stages[0], id="[red]a[/red]", label="a\x1b[2J")
    day = replace(plain.days[0], stage_id="[red]a[/red]")
    hostile = replace(plain, stages=(stage,), days=(day,), run=replace(plain.run, site_name="x\x1b]0;title\x07\u202e"))
    text = printed(summary_of(hostile))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "[red]a[/red]" in text


def test_one_replication_says_that_it_has_no_interval() -> None:
    assert "One replication gives no interval" in printed(summary_of(bare_results(bare_day("a"))))


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with RunProgress(enabled=True) as progress:
        progress(0, 10)
        progress(10, 10)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
