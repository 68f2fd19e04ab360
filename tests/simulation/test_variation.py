"""What a guess does to a stage that is ready to run, and that two designs under one seed see the same guesses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import shipped_site
from support.edited import edited_site

from wifisim.inputs.site import Site
from wifisim.inputs.variation import Guess, Variation
from wifisim.results.records import Results
from wifisim.rf.coverage import with_losses
from wifisim.simulation.run import simulate
from wifisim.simulation.stage import StageModel, build_models
from wifisim.simulation.variation import varied_model

USUAL = Variation(wall_loss=(0.85, 1.15), usage=(0.8, 1.2), background_utilisation=(0.5, 1.5))


@pytest.fixture(scope="module")
def model() -> StageModel:
    site = shipped_site("primary-brookside")
    return build_models(replace(site, stages=site.stages[:1]))[0]


def test_a_factor_on_walls_is_a_factor_on_walls_alone(model: StageModel) -> None:
    heard = model.coverage
    free = heard.path_loss_db - heard.walls_db
    assert (heard.walls_db >= 0.0).all()
    assert heard.walls_db.max() > 0.0
    thick = with_losses(heard, wall_factor=1.2, signal_db=0.0)
    np.testing.assert_allclose(thick.path_loss_db, free + 1.2 * heard.walls_db)
    np.testing.assert_allclose(thick.walls_db, 1.2 * heard.walls_db)
    np.testing.assert_array_equal(thick.radio_loss_db, heard.radio_loss_db)
    strong = with_losses(heard, wall_factor=1.0, signal_db=3.0)
    np.testing.assert_allclose(strong.path_loss_db, heard.path_loss_db - 3.0)


def test_neighbours_take_their_share_of_every_channel(model: StageModel) -> None:
    busy = varied_model(model, Guess(background_utilisation=1.5))
    taken = model.stage.network.background_utilisation
    for before, after in zip(model.network.resources, busy.network.resources, strict=True):
        if before.kind == "air":
            band = before.id.split(":")[1]
            assert after.capacity == pytest.approx(max(before.capacity - 0.5 * taken[band], 0.05))
        else:
            assert after == before


def small_run(site: Site, *, jobs: int = 1) -> Results:
    simulation = replace(site.simulation, days=("typical",), replications=2, extra_replications=0, vary=USUAL)
    return simulate(replace(site, stages=site.stages[:1], simulation=simulation), jobs=jobs)


def test_two_designs_see_the_same_guesses_whatever_the_number_of_processes(tmp_path: Path) -> None:
    def double(document: dict[str, Any]) -> None:
        document["network"]["wan"]["main"]["down_mbps"] *= 2

    before = small_run(edited_site("primary-brookside", tmp_path))
    after = small_run(edited_site("primary-brookside", tmp_path, double), jobs=2)
    guesses = before.provenance["guesses"]
    assert guesses == after.provenance["guesses"]
    assert len(guesses) == 2
    assert guesses[0]["usage"] != guesses[1]["usage"]
    # The same lessons use devices, with the same people.
    for one, other in zip(before.days, after.days, strict=True):
        assert [lesson.devices for lesson in one.lessons] == [lesson.devices for lesson in other.lessons]
