from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from synthetic import BINS, CRITERIA, bare_day, bare_results, school

from wifisim.errors import ResultsError
from wifisim.results.compare import Comparison, Difference, change_text, compare, comparison_json, welch
from wifisim.results.records import Results

LINE = CRITERIA[3]


def runs(*uses: float, seed: int = 1, stage: str = "a") -> Results:
    """One replication a value: the line and everything else at that use all day, judged by the line."""
    days = (bare_day(stage, replication=n, utilisation=np.full((BINS, 9), use)) for n, use in enumerate(uses))
    return replace(bare_results(*days, criteria=(LINE,)), provenance={"seed": seed})


def only(comparison: Comparison) -> Difference:
    (found,) = comparison.differences
    return found


def test_what_both_runs_share_cancels() -> None:
    # The replications differ by 0.5, the changes hardly: -0.10, -0.12, -0.11, so the mean is -0.11 and s = 0.01;
    # t(0.95, 2) = 2.91999, half width 2.92 x 0.01 / sqrt 3 = 0.01686.
    found = compare(runs(0.3, 0.5, 0.8), runs(0.2, 0.38, 0.69))
    assert found.paired
    line = only(found)
    assert line.difference == pytest.approx(-0.11)
    assert (line.low, line.high) == pytest.approx((-0.11 - 0.01686, -0.11 + 0.01686), abs=1e-5)
    assert (line.direction, line.text, line.replications) == ("better", "11 points less (9.3 to 12.7)", 3)


def test_different_seeds_are_compared_by_means_and_said_to_be() -> None:
    # The same figures unpaired: the spread of 0.25 hides a change of 0.11.
    found = compare(runs(0.3, 0.5, 0.8), runs(0.2, 0.38, 0.69, seed=2))
    assert not found.paired
    assert only(found).direction == "unclear"
    assert "The seeds differ (1 and 2)" in found.notes[0]


def test_welch_by_hand() -> None:
    # Means 2 and 6; variances 1 and 4 over 3 each: 1/3 and 4/3, together 5/3.
    # Degrees of freedom (5/3)^2 / ((1/3)^2 / 2 + (4/3)^2 / 2) = 2.94, rounded down to 2: 2.91999 x sqrt(5/3) = 3.7697.
    assert welch([1, 2, 3], [4, 6, 8]) == pytest.approx((4 - 3.7697, 4 + 3.7697), abs=1e-4)
    assert welch([1], [2, 3]) == (None, None)
    assert welch([1, 1], [3, 3]) == (2.0, 2.0)


def test_only_common_replications_pair() -> None:
    found = compare(runs(0.3, 0.5, 0.8), runs(0.2, 0.4))
    assert only(found).replications == 2
    assert "The numbers of replications differ; only those that both have are compared." in found.notes


def test_one_replication_shows_a_difference_and_no_certainty() -> None:
    line = only(compare(runs(0.3), runs(0.2)))
    assert (line.low, line.high, line.direction, line.text) == (None, None, "unclear", "10 points less")


def test_the_same_run_changes_nothing() -> None:
    results = school()
    found = compare(results, results)
    assert {one.direction for one in found.differences} == {"same"}
    assert {one.text for one in found.differences} == {"no change"}
    # Every stage and day has each figure once; use is not judged on the three hand-out days.
    assert len(found.differences) == 7 * len(CRITERIA) - 3 * 2


def test_figures_without_chance_have_exact_differences() -> None:
    before, after = runs(0.3), runs(0.3)
    rate = CRITERIA[5]
    stage = replace(after.stages[0], figures={"line_down_mbps": 1000.0})
    before = replace(before, run=replace(before.run, criteria=(rate,)))
    after = replace(after, run=replace(after.run, criteria=(rate,)), stages=(stage,))
    line = only(compare(before, after))
    assert (line.text, line.direction) == ("900 Mbit/s more", "better")


def test_two_schools_are_told_apart() -> None:
    one = school()
    other = replace(one, run=replace(one.run, pupils=one.run.pupils + 100))
    assert any(note.startswith("The schools differ") for note in compare(one, other).notes)
    assert not any(note.startswith("The schools differ") for note in compare(one, one).notes)


def test_stages_that_only_one_run_has_are_named() -> None:
    both = compare(school(), replace(school(), stages=school().stages[:2]))
    assert "Only the first has Wave 2, Wave 3." in both.notes
    with pytest.raises(ResultsError, match="share no stage"):
        compare(runs(0.3), runs(0.3, stage="b"))


@pytest.mark.parametrize(
    ("step", "low", "high", "unit", "text"),
    [
        (-0.8, -1.1, -0.5, "s", "0.8 s quicker (0.5 to 1.1)"),
        (0.8, 0.5, 1.1, "s", "0.8 s slower (0.5 to 1.1)"),
        (0.1, -0.2, 0.4, "s", "0.1 s slower (-0.2 to 0.4)"),
        (-0.125, -0.2, -0.05, "share", "12.5 points less (5 to 20)"),
        (6.0, 6.0, 6.0, "dBm", "6 dB stronger"),
        (-3.0, -4.5, -1.5, "devices", "3 devices fewer (1.5 to 4.5)"),
        (1.0, 1.0, 1.0, "yes = 1", "now yes"),
    ],
)
def test_differences_in_words(step: float, low: float, high: float, unit: str, text: str) -> None:
    assert change_text(step, low, high, unit=unit) == text


def test_json_has_every_difference() -> None:
    found = json.loads(comparison_json(compare(runs(0.3, 0.5), runs(0.2, 0.4))))
    assert found["paired"] is True
    assert found["differences"][0]["metric"] == LINE.metric
    assert math.isclose(found["differences"][0]["difference"], -0.1)


def test_verdicts_of_each_stage_stand_beside_each_other() -> None:
    found = compare(runs(0.90, 0.95, 0.93), runs(0.3, 0.31, 0.32))
    (stage,) = found.stages
    assert (stage.stage, stage.before, stage.after) == ("a", "not_ready", "ready")


def test_a_sure_change_of_next_to_nothing_is_small() -> None:
    # The target is 80 %: 1.5 points are 1.9 % of it, 2 points 2.5 %.
    assert only(compare(runs(0.30, 0.31, 0.32), runs(0.315, 0.325, 0.335))).small
    assert not only(compare(runs(0.30, 0.31, 0.32), runs(0.32, 0.33, 0.34))).small


def test_other_ranges_of_inputs_are_said() -> None:
    varied = runs(0.5, 0.6)
    varied = replace(varied, provenance={**varied.provenance, "vary": {"usage": [0.9, 1.1]}})
    assert any("ranges of the inputs differ" in note for note in compare(runs(0.5, 0.6), varied).notes)
    assert compare(runs(0.5, 0.6), runs(0.5, 0.6)).notes == ()
