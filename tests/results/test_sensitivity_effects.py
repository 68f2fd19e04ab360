"""Elementary effects: paths stay inside and move one input a step; effects of functions whose effects are known."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from wifisim.errors import ResultsError
from wifisim.results.sensitivity import (
    CHANCE,
    LEVELS,
    CriterionSensitivity,
    InputRange,
    Sensitivity,
    effects_of,
    elementary_effects,
    leaning_on,
    read_sensitivity,
    sensitivity_csv,
    walk,
    write_sensitivity,
)


def named(*ids: str) -> tuple[InputRange, ...]:
    return tuple(InputRange(name, name, "project", 0.0, 1.0, "x") for name in ids)


def effects(function, inputs: int, paths: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    walks = [walk(inputs, seed=5, path=number) for number in range(paths)]
    return np.array([elementary_effects(places, order, function(places)) for places, order in walks])


@pytest.mark.parametrize("inputs", [1, 2, 7])
def test_a_path_moves_every_input_once_by_a_step_of_two_thirds_and_stays_inside(inputs: int) -> None:
    for number in range(20):
        places, order = walk(inputs, seed=1, path=number)
        assert places.shape == (inputs + 1, inputs)
        assert sorted(order) == list(range(inputs))
        levels = places * (LEVELS - 1)
        np.testing.assert_allclose(levels, np.round(levels), atol=1e-9)
        assert places.min() > -1e-9
        assert places.max() < 1 + 1e-9
        moved = np.abs(np.diff(places, axis=0))
        assert [int(np.argmax(row)) for row in moved] == list(order)
        np.testing.assert_allclose(moved.sum(axis=1), 2 / 3)


def test_all_levels_are_equally_likely() -> None:
    places = np.vstack([walk(4, seed=2, path=number)[0] for number in range(600)])
    counts = np.bincount(np.round(places * 3).astype(int).ravel(), minlength=LEVELS) / places.size
    # 2,400 independent starts and ends: standard error about sqrt(0.25 x 0.75 / 2400) = 0.9 %.
    np.testing.assert_allclose(counts, 0.25, atol=0.03)


def test_a_linear_function_has_its_coefficients_as_effects_and_no_spread() -> None:
    slopes = np.array([3.0, -2.0, 0.0])
    found = effects_of(named("a", "b", "c"), effects(lambda x: x @ slopes, 3, 5))
    assert [one.input.id for one in found] == ["a", "b", "c"]
    assert [one.mu_star for one in found] == pytest.approx([3.0, 2.0, 0.0])
    assert [one.sign for one in found] == ["up", "down", "none"]
    assert [one.sigma for one in found] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    # 9 and 4 of a sum of 13.
    assert [one.share for one in found] == pytest.approx([9 / 13, 4 / 13, 0.0])


def test_an_interaction_shows_as_spread_and_a_balanced_one_as_mixed() -> None:
    # f = a b: the effect of a is b, evenly 0, 1/3, 2/3, 1: mean 1/2, standard deviation sqrt(5)/6 = 0.373.
    product = {one.input.id: one for one in effects_of(named("a", "b"), effects(lambda x: x[:, 0] * x[:, 1], 2, 400))}
    assert product["a"].mu_star == pytest.approx(0.5, abs=0.06)
    assert product["a"].sigma == pytest.approx(5**0.5 / 6, abs=0.03)
    # f = a (2 b - 1): effects from -1 to 1 with mean 0.
    saddle = effects(lambda x: x[:, 0] * (2 * x[:, 1] - 1), 2, 400)
    assert next(one for one in effects_of(named("a", "b"), saddle) if one.input.id == "a").sign == "mixed"


def test_a_path_without_a_figure_is_left_out() -> None:
    values = np.array([[1.0, 2.0], [np.nan, 1.0]])
    assert effects_of(named("a", "b"), values)[0].mu_star == 2.0
    assert effects_of(named("a"), np.full((2, 1), np.nan)) == ()


def analysis() -> Sensitivity:
    found = effects_of((*named("=usage", "walls"), *named(CHANCE)), np.array([[3.0, -0.5, 1.0], [2.0, -0.4, 1.2]]))
    one = CriterionSensitivity(
        "lessons", "Lessons", "lessons_good_share", "at_least", 0.95, "share", 0.7, 1.0, 3, found
    )
    return Sensitivity("wifisim-sensitivity", 1, "School", "w", "Wave", "typical", 2, 8, 1, (one,))


def test_only_what_beats_chance_is_leant_on() -> None:
    assert [one.input.id for one in leaning_on(analysis().criteria[0])] == ["=usage"]


def test_files_read_back_and_are_safe(tmp_path: Path) -> None:
    write_sensitivity(analysis(), tmp_path)
    assert read_sensitivity(tmp_path) == analysis()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sensitivity.csv", "sensitivity.json"]
    rows = list(csv.DictReader(io.StringIO(sensitivity_csv(analysis()))))
    assert rows[0]["input"] == "'=usage"
    (tmp_path / "sensitivity.json").write_text("{}")
    with pytest.raises(ResultsError, match="is damaged"):
        read_sensitivity(tmp_path)
    assert read_sensitivity(tmp_path / "elsewhere") is None
