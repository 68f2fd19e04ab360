"""Sensitivity on a small school: the inputs are those of the day, the result does not depend on processes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import shipped_site

from wifisim.inputs.site import Site
from wifisim.inputs.variation import NOTHING_VARIED
from wifisim.results.records import CriterionFacts
from wifisim.results.sensitivity import CHANCE, CriterionSensitivity, InputRange, effects_of
from wifisim.simulation.sensitivity import Question, _deciding_first, question, sensitivity


@pytest.fixture(scope="module")
def brookside() -> Site:
    return shipped_site("primary-brookside")


def test_the_inputs_are_those_that_carry_the_day(brookside: Site) -> None:
    asked = question(brookside, brookside.stages[-1], "typical", runs=90)
    ids = [one.id for one in asked.inputs]
    assert ids[-1] == CHANCE
    assert {"wall_loss", "signal_db", "background_utilisation", "usage:*", "sizes:*", "pace:*"} <= set(ids)
    assert len(set(ids)) == len(ids)
    assert asked.paths == 90 // (len(ids) + 1)
    assert asked.runs == asked.paths * (len(ids) + 1)
    # Single inputs vary by their evidence: half ranges 10, 15, 20 and 25 %.
    spread = {"A": 0.1, "B": 0.15, "C": 0.2, "project": 0.25}
    for one in asked.inputs:
        if ":" in one.id and not one.id.endswith("*"):
            assert (one.low, one.high) == pytest.approx((1 - spread[one.confidence], 1 + spread[one.confidence]))


def test_a_site_that_varies_nothing_can_be_asked_all_the_same(brookside: Site) -> None:
    fixed = replace(brookside, simulation=replace(brookside.simulation, vary=NOTHING_VARIED))
    assert question(fixed, fixed.stages[-1], "typical", runs=90) == question(
        brookside, brookside.stages[-1], "typical", runs=90
    )


def small(site: Site, *names: str) -> Question:
    """The question with a few inputs and two paths."""
    asked = question(site, site.stages[0], "typical", runs=2)
    return replace(asked, inputs=tuple(one for one in asked.inputs if one.id in names), paths=2)


@pytest.mark.slow
def test_more_use_raises_the_line_and_nothing_depends_on_the_processes(brookside: Site) -> None:
    asked = small(brookside, "sizes:*", "wall_loss")
    found = sensitivity(brookside, asked, jobs=1)
    assert found == sensitivity(brookside, asked, jobs=2)
    assert (found.stage, found.day, found.runs) == (brookside.stages[0].id, "typical", 6)
    line = next(one for one in found.criteria if one.metric == "line_utilisation_busy_quarter")
    first = line.effects[0]
    assert (first.input.id, first.sign) == ("sizes:*", "up")
    assert line.low < line.high
    # Criteria without chance (signal, the line's rate) are not among them.
    assert {"room_rssi_min_dbm", "line_down_mbps"}.isdisjoint(one.metric for one in found.criteria)


def test_what_decides_and_was_missed_comes_first() -> None:
    inputs = (InputRange("usage:*", "Use", "project", 0.9, 1.1, "x"),)
    effects = effects_of(inputs, np.array([[0.1], [0.2]]))

    def criterion(name: str, *, reserve: bool) -> CriterionFacts:
        return CriterionFacts(name, name, name, "at_most", 0.8, "share", "own", reserve)

    criteria = [criterion("line", reserve=True), criterion("quiet", reserve=False), criterion("late", reserve=False)]
    found = [
        CriterionSensitivity(one.id, one.id, one.id, "at_most", 0.8, "share", 0.1, 0.9, missed, effects)
        for one, missed in zip(criteria, (4, 0, 1), strict=True)
    ]
    values = np.full((2, 2, 3), 0.7)
    assert [one.id for one in _deciding_first(criteria, found, values)] == ["late", "line", "quiet"]
