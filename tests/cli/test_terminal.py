from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import BINS, CRITERIA, LINE_DOWN, bare_day, bare_results, school

from wifisim.cli.terminal import PIPE_WIDTH, RunProgress, print_summary
from wifisim.results.readiness import assess
from wifisim.results.records import Results
from wifisim.results.store import write_results
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


def at_width(summary: Summary, width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("wifisim.cli.terminal.PIPE_WIDTH", width)
    return printed(summary).splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_narrow_and_wide_terminals_get_lines_that_fit(
    summary: Summary, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = at_width(summary, width, monkeypatch)
    assert max(len(line) for line in lines if "wifisim plot" not in line and "(or " not in line) <= width
    # Two stages a block at least, four on a wide terminal.
    head = next(line for line in lines if "today" in line)
    assert ("wave-1" in head, "wave-3" in head) == (True, width == 120)


def test_what_never_changes_is_told_once(summary: Summary) -> None:
    lines = printed(summary).splitlines()
    assert [line for line in lines if "Download speed of the line" in line] == [
        "  Download speed of the line  ✓ ok 100 Mbit/s"
    ]
    assert "The same in every stage" in lines


def test_criteria_that_ask_the_same_share_a_line_and_the_strictest_counts() -> None:
    full = np.zeros((BINS, 9))
    full[:, LINE_DOWN] = 0.9
    line = next(one for one in CRITERIA if one.metric == "line_utilisation_busy_quarter")
    own, vendor = replace(line, reserve=True), replace(line, id="vendor", origin="Vendor limit")
    days = [bare_day("a", replication=n, utilisation=full) for n in range(3)]
    text = printed(summary_of(bare_results(*days, criteria=(own, vendor))))
    assert text.count("FAIL 90 %") == 1
    assert "tight 90 %" not in text
    assert "at most 80 %, the school's own target; Vendor limit" in text


def test_a_name_that_an_old_code_page_lacks_does_not_end_the_command(tmp_path: Path) -> None:
    plain = bare_results(bare_day("a"))
    named = replace(plain, run=replace(plain.run, site_name="Szkoła ✓ 学校"))
    write_results(named, assess(named), tmp_path / "results")
    script = f"import sys; sys.argv = ['wifisim', 'compare', r'{tmp_path}/results', r'{tmp_path}/results', '--all']\n"
    script += "from wifisim.cli.main import main\nmain()"
    for name in ("cp1252", "cp437", "ascii"):
        environment = {**os.environ, "PYTHONIOENCODING": name, "NO_COLOR": "1"}
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", script], capture_output=True, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
        assert b"\x1b" not in done.stdout
