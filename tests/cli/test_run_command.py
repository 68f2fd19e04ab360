"""The run and plot commands with the simulation replaced: what they read, write, print and return."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from synthetic import bare_day, bare_results, school

from wifisim.cli import main, plot, run
from wifisim.results.records import Results
from wifisim.results.store import read_results

SITE = Path(__file__).parents[2] / "sites" / "primary-brookside.yaml"


@dataclass
class Engine:
    """Stands in for ``simulate``: gives ``results`` and remembers what it was asked for."""

    results: Results
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, site: Any, *, jobs: int, progress: Callable[[int, int], None]) -> Results:
        simulation = site.simulation
        replications = (simulation.replications, simulation.extra_replications)
        self.asked.append({"seed": simulation.seed, "replications": replications, "jobs": jobs})
        progress(1, 1)
        return self.results


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    fake = Engine(school())
    monkeypatch.setattr(run, "simulate", fake)
    monkeypatch.chdir(tmp_path)
    return fake


def call(*arguments: str) -> Result:
    return CliRunner().invoke(run.command, [str(SITE), *arguments], standalone_mode=False)


def test_results_go_to_a_folder_named_after_the_site(engine: Engine, tmp_path: Path) -> None:
    found = call()
    assert found.return_value == 0
    assert "Verdict: NOT READY" in found.output
    assert read_results(tmp_path / "results" / "primary-brookside").run.site_name == "Oakfield School"


def test_options_reach_the_engine(engine: Engine) -> None:
    call("--seed", "7", "--replications", "5", "--jobs", "2", "--out", "x")
    assert engine.asked == [{"seed": 7, "replications": (5, 0), "jobs": 2}]


def test_replications_may_grow_until_the_verdict_is_settled(engine: Engine) -> None:
    call("--replications", "auto", "--out", "x")
    assert engine.asked[0]["replications"] == (3, 17)
    for wrong in ("0", "many", "-1"):
        assert "from 1 to 1000, or auto" in str(call("--replications", wrong, "--out", "y").exception)


def test_json_is_the_summary_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    found = call("--json", "--out", "x")
    assert json.loads(found.stdout) == json.loads((tmp_path / "x" / "summary.json").read_text("utf-8"))


def test_gate_returns_one_when_not_ready_only(engine: Engine) -> None:
    assert call("--gate", "--out", "a").return_value == 1
    static = tuple(found for found in school().run.criteria if found.metric == "line_down_mbps")
    engine.results = bare_results(bare_day("today"), criteria=static)
    assert call("--gate", "--out", "b").return_value == 0


def test_a_taken_folder_is_refused_before_anything_is_simulated(engine: Engine) -> None:
    call("--out", "x")
    found = call("--out", "x")
    assert "x exists; --force replaces it" in str(found.exception)
    assert len(engine.asked) == 1
    assert call("--out", "x", "--force").exception is None


def test_quiet_prints_nothing(engine: Engine) -> None:
    assert call("--quiet", "--out", "x").output == ""


def test_an_interruption_writes_nothing_and_returns_130(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: Any, **rest: Any) -> Results:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "simulate", interrupted)
    monkeypatch.setattr("sys.argv", ["wifisim", "run", str(SITE), "--out", "x"])
    with pytest.raises(SystemExit) as stop:
        main.main()
    assert stop.value.code == 130
    assert "interrupted; nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_plot_writes_a_file_a_floor_and_says_where(engine: Engine, tmp_path: Path) -> None:
    call("--out", "x")
    found = CliRunner().invoke(plot.command, ["x", "--kind", "signal", "--stage", "wave-1"], standalone_mode=False)
    paths = [tmp_path / "x" / "plots" / f"signal-wave-1-{floor}.png" for floor in ("G", "F1")]
    assert [tmp_path / line for line in found.output.split()] == paths
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_plot_of_a_folder_that_is_none(tmp_path: Path) -> None:
    found = CliRunner().invoke(plot.command, [str(tmp_path)], standalone_mode=False)
    assert "is not a result folder" in str(found.exception)


def test_names_from_a_site_file_make_safe_file_names(engine: Engine, tmp_path: Path) -> None:
    plain = bare_results(bare_day("../../evil"))
    engine.results = replace(plain, stages=(replace(plain.stages[0], id="../../evil"),))
    call("--out", "x")
    found = CliRunner().invoke(plot.command, ["x", "--kind", "day"], standalone_mode=False)
    assert Path(found.output.strip()).parent == Path("x/plots")
