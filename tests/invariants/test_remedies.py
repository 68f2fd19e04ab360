"""What a verdict says is needed, done to the site and simulated again, mends the lessons that failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.edited import edited_site

from wifisim.inputs.site import Site
from wifisim.results.assessment import Assessment
from wifisim.results.readiness import assess
from wifisim.simulation.run import simulate


def lessons(site: Site, *stages: int) -> Assessment:
    """The lessons' assessment in the last of some stages, on one typical day each."""
    short = replace(
        site,
        stages=tuple(site.stages[index] for index in stages),
        simulation=replace(site.simulation, days=("typical",), replications=1, extra_replications=0),
    )
    judged = assess(simulate(short)).stages[-1].assessments
    return next(found for found in judged if found.criterion.metric == "lessons_good_share")


@pytest.mark.invariant
@pytest.mark.slow
def test_the_line_rate_that_is_named_mends_the_lessons(tmp_path: Path) -> None:
    site = edited_site("rural-fellside", tmp_path)
    before = lessons(site, 0, -1)
    assert before.estimate.value < 0.95
    assert before.need is not None
    now_mbps = site.stages[-1].network.wan[0].down_bps / 1e6
    assert before.need.factor > 1.05

    def faster(document: dict[str, Any]) -> None:
        document["network"]["wan"]["main"]["down_mbps"] = round(before.need.factor * now_mbps)

    assert lessons(edited_site("rural-fellside", tmp_path, faster), -1).estimate.value >= 0.95
