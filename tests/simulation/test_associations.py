"""Roaming and association at scale: a hall of 250 devices, the bell, sticky devices, balanced access points."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.mac.association import Ranking, Roaming
from wifisim.mac.scanning import Search
from wifisim.randomness import identity, mix
from wifisim.results.records import RoamingRecord
from wifisim.simulation.air import Air, ClientAir, build_air
from wifisim.simulation.associations import Associations, Joined
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import StageModel, build_models

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "valid"


def devices(count: int) -> np.ndarray:
    return mix(np.arange(count, dtype=np.uint64), identity("hall"))


@pytest.fixture(scope="module")
def model_of() -> dict[str, tuple[StageModel, Air]]:
    return {}


@pytest.fixture
def school(secondary: Site, model_of: dict[str, tuple[StageModel, Air]]) -> tuple[StageModel, Air]:
    if not model_of:
        model = build_models(secondary)[0]
        model_of["secondary"] = (model, build_air(secondary, model.coverage, model.domains, seed=1, replication=0))
    return model_of["secondary"]


def rooms(site: Site, *kinds: str) -> list[int]:
    return [index for index, room in enumerate(site.building.rooms) if room.kind in kinds]


def test_devices_that_no_radio_takes_are_told_apart(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    hall = rooms(secondary, "hall")[0]
    places = Associations(air, limits=np.full(len(model.radios), 3))
    radio = places.join("chromebook", devices(250), hall).radio
    # Three places a radio: no more than three times the radios can be on, and no radio has more than three.
    assert 0 < (radio < 0).sum() == 250 - places.clients.sum()
    assert places.clients.max() == 3


def test_250_devices_leave_the_hall_at_the_bell(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    hall, classrooms = rooms(secondary, "hall")[0], rooms(secondary, "classroom")
    places = Associations(air, limits=model.client_limits)
    keys = devices(250)
    before = places.join("chromebook", keys, hall).radio
    crowd = places.clients.max()
    assert (before >= 0).all()
    places.leave(keys)
    assert places.clients.sum() == 0
    after = np.concatenate(
        [
            places.join("chromebook", part, room).radio
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
    first = places.join("chromebook", keys, hall).radio
    places.leave(keys)
    # The same devices on other seats of the same hall: a sticky client does not change for a slightly better one.
    again = places.join("chromebook", keys[::-1].copy(), hall).radio[::-1]
    holds = air.clients["chromebook"].ranking.holds
    seats = air.places_of(hall, 60)[::-1]
    stays = np.array([holds[radio, seat] for radio, seat in zip(first, seats, strict=True)])
    assert stays.any()
    assert (again == first)[stays].all()


def test_balanced_access_points_share_a_crowd(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    hall = rooms(secondary, "hall")[0]
    plain = Associations(air, limits=model.client_limits)
    balanced = Associations(air, limits=model.client_limits, roaming=Roaming(balanced=True))
    for places in (plain, balanced):
        assert (places.join("chromebook", devices(250), hall).radio >= 0).all()
    # Fewer on the fullest radio, and only on radios about as good (6 dB) as the best of each seat.
    assert balanced.clients.max() < plain.clients.max()
    ranking = air.clients["chromebook"].ranking
    radio = Associations(air, limits=model.client_limits, roaming=Roaming(balanced=True)).join(
        "chromebook", devices(100), hall
    )
    assert all(ranking.alike[r, seat] for r, seat in zip(radio.radio, air.places_of(hall, 100), strict=True))


def leave_the_hall(
    school: tuple[StageModel, Air], site: Site, roaming: Roaming, **limits: np.ndarray
) -> tuple[Associations, list[Joined]]:
    """250 devices go from the hall to ten rooms, class by class."""
    model, air = school
    places = Associations(air, limits=limits.get("limits", model.client_limits), roaming=roaming)
    keys = devices(250)
    places.join("chromebook", keys, rooms(site, "hall")[0])
    places.leave(keys)
    parts = zip(np.array_split(keys, 10), rooms(site, "classroom"), strict=False)
    return places, [places.join("chromebook", part, room) for part, room in parts]


def test_with_neighbour_reports_devices_search_briefly(secondary: Site, school: tuple[StageModel, Air]) -> None:
    slow, quick = (
        np.concatenate([one.search_s[one.changed] for one in leave_the_hall(school, secondary, roaming)[1]])
        for roaming in (Roaming(), Roaming(neighbour_reports=True))
    )
    # The same devices change their radio. By themselves they visit all channels (3.33 s, see test_mac_scanning), with a
    # report six at most: 6 x 1/8 s.
    assert slow.size == quick.size > 200
    np.testing.assert_allclose(slow, 22 * 2 / 33 + 16 / 8)
    assert 0.0 < quick.max() <= 6 / 8


def test_a_full_radio_makes_room_for_who_hears_no_other() -> None:
    # Two radios that take two devices each. Place 0 and 1 hear both and like radio 0, place 2 hears radio 0 alone.
    ranks = np.array([[0, 1], [0, 1], [0, -1]])
    heard = np.array([[True, True, True], [True, True, False]])
    alike = np.array([[True, True, True], [False, False, False]])
    ranking = Ranking(ranks, heard, alike, np.zeros_like(heard))
    for share, radios in ((0.0, [0, 0, -1]), (1.0, [1, 0, 0])):
        view = ClientAir(ranking, None, None, Search(1.0, np.zeros(3)), share)  # type: ignore[arg-type]
        air = Air({"laptop": view}, (np.arange(3),), airtime_fairness=False)
        places = Associations(air, limits=np.array([2, 2]), roaming=Roaming(bss_transition=True))
        keys = devices(3)
        places.join("laptop", keys, 0)
        # With devices that obey, the first makes room for the third.
        assert np.where(np.isin(keys, list(places.made_room)), 1, 0).sum() == int(share)
        assert places.clients.tolist() == ([2, 1] if share else [2, 0])
        if share:
            assert places.radio_of(keys).tolist() == radios


def test_a_device_in_two_sessions_comes_once(secondary: Site, school: tuple[StageModel, Air]) -> None:
    model, air = school
    room, keys = rooms(secondary, "classroom")[0], devices(30)
    places = Associations(air, limits=model.client_limits, roaming=Roaming(bss_transition=True))
    first = places.join("chromebook", keys, room)
    again = places.join("chromebook", keys, room)
    assert first.came.all()
    assert not again.came.any()
    np.testing.assert_array_equal(first.radio, again.radio)
    assert not again.search_s.any()
    assert places.clients.sum() == 30


def test_in_a_school_without_access_points_nobody_joins() -> None:
    site = read_site(CORPUS / "life.yaml")
    stage = replace(site.stages[-1], network=replace(site.stages[-1].network, access_points=()))
    site = replace(site, stages=(stage,), simulation=replace(site.simulation, days=("typical",)))
    (day,) = run_stage(site, build_models(site)[0], 0)
    assert day.roaming == RoamingRecord()
    assert day.without_wifi.max() > 0
