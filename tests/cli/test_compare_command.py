"""The compare command on two stored runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from synthetic import school

from wifisim.cli.compare import command
from wifisim.errors import ResultsError
from wifisim.results.readiness import assess
from wifisim.results.records import Results
from wifisim.results.store import write_results


def halved(results: Results) -> Results:
    """The same days with half the use of everything."""
    return replace(results, days=tuple(replace(day, utilisation=day.utilisation / 2) for day in results.days))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    before = school()
    for name, results in (("before", before), ("after", halved(before))):
        write_results(results, assess(results), tmp_path / name)
    return str(tmp_path / "before"), str(tmp_path / "after")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), standalone_mode=False)


def test_the_table_says_what_changed_in_words(folders: tuple[str, str]) -> None:
    said = call(*folders).output
    assert "wave-3, typical day\n" in said
    (line,) = (
        row for row in said.splitlines() if row.startswith("  Use of the internet line") and "99 % -> 49 %" in row
    )
    assert "better" in line
    assert "points less (" in line
    # Two figures of use on four typical days get better, nothing else changes.
    assert "8 figures are better, 0 worse, 28 the same or unclear; compared replication by replication" in said
    assert "no change" not in said
    assert "no change" in call(*folders, "--all").output


def test_json_and_figure(folders: tuple[str, str], tmp_path: Path) -> None:
    figure = tmp_path / "change.png"
    found = call(*folders, "--json", "--plot", str(figure))
    assert json.loads(found.output)["confidence"] == 0.9
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert isinstance(call(*folders, "--plot", str(figure)).exception, ResultsError)


def test_a_folder_that_is_none_is_refused(folders: tuple[str, str], tmp_path: Path) -> None:
    assert isinstance(call(folders[0], str(tmp_path)).exception, ResultsError)
