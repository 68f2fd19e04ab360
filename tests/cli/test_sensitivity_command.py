"""The sensitivity command: what it prints, where it writes, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import ROOT
from synthetic import school

from wifisim.cli import sensitivity as module
from wifisim.cli.sensitivity import command, sensitivity_lines
from wifisim.errors import ResultsError
from wifisim.results.readiness import assess
from wifisim.results.sensitivity import CHANCE, CriterionSensitivity, InputRange, Sensitivity, effects_of
from wifisim.results.store import read_results, write_results

SITE = str(ROOT / "sites" / "primary-brookside.yaml")


def analysis() -> Sensitivity:
    inputs = (
        InputRange("usage:*", "How often devices are used", "project", 0.9, 1.1, "x"),
        InputRange("signal_db", "Signal strength", "project", -1.0, 1.0, "dB"),
        InputRange(CHANCE, "Chance", "", 0.0, 1.0, ""),
    )
    effects = effects_of(inputs, np.array([[0.12, -0.02, 0.05], [0.08, 0.01, -0.05]]))
    line = CriterionSensitivity("line", "Use of the line", "m", "at_most", 0.8, "share", 0.7, 0.85, 3, effects)
    save = CriterionSensitivity("save", "Saving", "n", "at_most", 2.0, "s", 0.5, 0.5, 0, ())
    return Sensitivity("wifisim-sensitivity", 1, "School", "w", "Wave 1", "typical", 2, 8, 1, (line, save))


def test_the_table_ranks_inputs_and_shows_chance_beneath() -> None:
    lines = list(sensitivity_lines(analysis()))
    assert lines[0] == "School: Wave 1, typical day; 8 runs of that day on 2 paths"
    assert lines[2] == "Use of the line (at most 80 %): 70 % to 85 %, missed in 3 of 8 runs"
    rows = [line.split("  ") for line in lines[4:7]]
    assert [row[1].strip() for row in rows] == ["How often devices are used", "Signal strength", "Chance"]
    # Mean sizes 10, 1.5 and 5 points.
    assert "10 points" in lines[4]
    assert "raises it" in lines[4]
    assert "5 points" in lines[6]
    assert lines[-1].startswith("Saving: 0.5 s throughout; missed in 0 runs; leans on nothing more than chance")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(command, [SITE, *arguments], standalone_mode=False)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No day is simulated."""
    monkeypatch.setattr(module, "sensitivity", lambda site, asked, **rest: analysis())


@pytest.mark.usefixtures("quick")
def test_it_writes_into_a_result_folder_and_leaves_the_results_alone(tmp_path: Path) -> None:
    results = school()
    folder = tmp_path / "results"
    write_results(results, assess(results), folder)
    said = call("--results", str(folder), "--stage", "wave-3", "--day", "typical", "--json")
    assert json.loads(said.output)["format"] == "wifisim-sensitivity"
    assert (folder / "sensitivity.csv").read_text(encoding="utf-8").startswith("criterion,input,")
    assert read_results(folder).run.site_name == results.run.site_name
    # A folder that holds it may be replaced by a new run.
    write_results(results, assess(results), folder, force=True)


@pytest.mark.usefixtures("quick")
def test_a_figure_on_request(tmp_path: Path) -> None:
    figure = tmp_path / "leaning.svg"
    call("--results", str(tmp_path / "none"), "--stage", "wave-3", "--day", "typical", "--plot", str(figure))
    assert figure.stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--stage", "wave-9", "--day", "typical"), "there is no stage 'wave-9'"),
     (("--stage", "wave-3", "--day", "assessment"), "has no assessment day; it has: typical")],
)  # fmt: skip
def test_a_stage_or_day_that_is_not_there_is_named(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    found = call("--results", str(tmp_path / "none"), *arguments)
    assert isinstance(found.exception, ResultsError)
    assert message in str(found.exception)
