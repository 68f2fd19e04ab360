"""Guesses at the inputs: inside their ranges, one for each replication, the same whatever the design."""

from __future__ import annotations

from wifisim.inputs.variation import AS_WRITTEN, INPUTS, NOTHING_VARIED, Variation, guess

WIDE = Variation(wall_loss=(0.8, 1.2), signal_db=(-3.0, 3.0), usage=(0.5, 1.5))


def test_nothing_varied_is_what_the_files_say() -> None:
    assert guess(NOTHING_VARIED, seed=1, replication=7) == AS_WRITTEN


def test_guesses_fill_their_range_and_no_more() -> None:
    made = [guess(WIDE, seed=3, replication=number) for number in range(400)]
    usage = [one.usage for one in made]
    # Uniform on [0.5, 1.5]: mean 1, standard error of 400 draws 0.289 / 20 = 0.0144.
    assert 0.5 <= min(usage) < 0.52
    assert 1.48 < max(usage) <= 1.5
    assert abs(sum(usage) / 400 - 1.0) < 4 * 0.0144
    assert {one.sizes for one in made} == {1.0}


def test_an_input_draws_the_same_whatever_else_varies() -> None:
    alone = Variation(usage=(0.5, 1.5))
    for number in range(5):
        assert guess(alone, seed=3, replication=number).usage == guess(WIDE, seed=3, replication=number).usage
    assert guess(WIDE, seed=3, replication=0) != guess(WIDE, seed=4, replication=0)


def test_every_range_has_its_guess() -> None:
    for name in INPUTS:
        assert getattr(guess(Variation(**{name: (3.0, 3.0)}), seed=1, replication=0), name) == 3.0
