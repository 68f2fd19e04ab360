"""Every valid site of the corpus, however small or odd, can be simulated and judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from wifisim.inputs.reader import read_site
from wifisim.results.readiness import assess
from wifisim.simulation.run import simulate

CORPUS = sorted((Path(__file__).resolve().parent.parent / "corpus" / "valid").glob("*.yaml"))
SITES = [path for path in CORPUS if "profiles" not in path.stem]


@pytest.mark.parametrize("path", SITES, ids=lambda path: path.stem)
def test_a_valid_site_runs(path: Path) -> None:
    site = read_site(path)
    site = replace(site, simulation=replace(site.simulation, replications=2, extra_replications=0))
    results = simulate(site)
    assert {day.stage_id for day in results.days} == {stage.id for stage in site.stages}
    assert len(assess(results).stages) == len(site.stages)
