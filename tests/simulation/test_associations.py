"""Roaming and association at scale: a hall of 250 devices, the bell, sticky devices, balanced access points."""

from __future__ import annotations

import numpy as np
import pytest

from wifisim.inputs.site import Site
from wifisim.randomness import identity, mix
from wifisim.simulation.associations import Associations
from wifisim.simulation.stage import Air, StageModel, build_air, build_models


def devices(count: int) -> np.ndarray:
    return mix(np.arange(count, dtype=np.uint64), identity("hall"))


@pytest.fixture(scope="module")
def model_of() -> dict[str, tuple[StageModel, Air]]:
    return {}


@pytest.fixture
def school(secondary: Site, model_of: dict[str, tuple[StageModel, Air]]) -> tuple[StageModel, Air]:
    if not model_of:
        model = build_models(secondary)[0]
        model_of["secondary"] = (model, build_air(secondary, model, seed=1, replication=0))
    return model_of["secondary"]


def rooms(site: Site, *kinds: str) -> list[int]:
    return [index for index, room in enumerate(site.building.rooms) if room.kind in kinds]


def test_devices_that_no_radio_takes_are_told_apart(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    hall = rooms(secondary, "hall")[0]
    places = Associations(air, limits=np.full(len(model.radios), 3))
    radio = places.join("chromebook", devices(250), hall)
    # Three places a radio: no more than three times the radios can be on, and no radio has more than three.
    assert 0 < (radio < 0).sum() == 250 - places.clients.sum()
    assert places.clients.max() == 3


def test_250_devices_leave_the_hall_at_the_bell(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    hall, classrooms = rooms(secondary, "hall")[0], rooms(secondary, "classroom")
    places = Associations(air, limits=model.client_limits)
    keys = devices(250)
    before = places.join("chromebook", keys, hall)
    crowd = places.clients.max()
    assert (before >= 0).all()
    places.leave(keys)
    assert places.clients.sum() == 0
    after = np.concatenate(
        [
            places.join("chromebook", part, room)
            for part, room in zip(np.array_split(keys, 10), classrooms, strict=False)
        ]
    )
    # Ten classes in ten rooms: everybody is on again, most on another radio, and no radio has the hall's crowd.
    assert (after >= 0).all()
    assert (after != before).mean() > 0.8
    assert places.clients.max() < crowd
    assert places.clients.sum() == 250


def test_a_device_that_still_hears_its_radio_stays_on_it(secondary: Site, school: tuple[StageModel, Air]) -> None:
    _, air = school
    hall = rooms(secondary, "hall")[0]
    places = Associations(air, limits=np.full(school[0].client_limits.size, 500))
    keys = devices(60)
    first = places.join("chromebook", keys, hall)
    places.leave(keys)
    # The same devices on other seats of the same hall: a sticky client does not change for a slightly better one.
    again = places.join("chromebook", keys[::-1].copy(), hall)[::-1]
    holds = air.clients["chromebook"].ranking.holds
    seats = air.places_of(hall, 60)[::-1]
    stays = np.array([holds[radio, seat] for radio, seat in zip(first, seats, strict=True)])
    assert stays.any()
    assert (again == first)[stays].all()


def test_balanced_access_points_share_a_crowd(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    hall = rooms(secondary, "hall")[0]
    plain = Associations(air, limits=model.client_limits)
    balanced = Associations(air, limits=model.client_limits, balanced=True)
    for places in (plain, balanced):
        assert (places.join("chromebook", devices(250), hall) >= 0).all()
    # Fewer on the fullest radio, and only on radios about as good (6 dB) as the best of each seat.
    assert balanced.clients.max() < plain.clients.max()
    ranking = air.clients["chromebook"].ranking
    radio = Associations(air, limits=model.client_limits, balanced=True).join("chromebook", devices(100), hall)
    assert all(ranking.alike[r, seat] for r, seat in zip(radio, air.places_of(hall, 100), strict=True))
