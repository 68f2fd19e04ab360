"""How long a device searches: over a country's channels, and over those of a neighbour report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import shipped_site
from support.air_plans import CLIENT, network, school

from wifisim.mac.scanning import LISTENED_S, PROBED_S, search_times, visit_s
from wifisim.rf.coverage import PlacedRadio, placed_radios


def placed(*channels: int) -> tuple[PlacedRadio, ...]:
    return placed_radios(network(rooms=len(channels), channels=channels), school(rooms=len(channels), seats=1))


def test_a_search_visits_every_legal_channel_of_the_bands() -> None:
    # United Kingdom: 13 channels at 2.4 GHz, 9 at 5 GHz without radar, and 16 with: (13 + 9) x 2/33 s + 16 x 1/8 s.
    channels = shipped_site("primary-brookside").channels
    found = search_times(np.zeros((1, 1), dtype=np.int64), placed(36), CLIENT, channels=channels)
    assert found.everywhere_s == pytest.approx(22 * PROBED_S + 16 * LISTENED_S) == pytest.approx(3.333, abs=1e-3)
    # 6 GHz is announced by the other bands; a device with one band visits that band alone.
    wide = search_times(
        np.zeros((1, 1), dtype=np.int64), placed(36), replace(CLIENT, bands=("2.4", "5", "6")), channels=channels
    )
    assert wide.everywhere_s == found.everywhere_s
    narrow = search_times(
        np.zeros((1, 1), dtype=np.int64), placed(36), replace(CLIENT, bands=("2.4",)), channels=channels
    )
    assert narrow.everywhere_s == pytest.approx(13 * PROBED_S)


def test_a_neighbour_report_names_six_access_points() -> None:
    # Eight radios heard best first; the first six are on channels 36, 36, 52, 40, 44, 48: four probed and one listened
    # to. Where only one radio is heard the report has one channel, where none is heard nothing.
    radios = placed(36, 36, 52, 40, 44, 48, 149, 153)
    ranks = np.array([range(8), [2, *[-1] * 7], [-1] * 8], dtype=np.int64)
    found = search_times(ranks, radios, CLIENT, channels={"5": (36,)})
    np.testing.assert_allclose(found.listed_s, [4 * PROBED_S + LISTENED_S, LISTENED_S, 0.0])


def test_a_site_without_radios_has_nothing_to_find() -> None:
    found = search_times(np.zeros((3, 0), dtype=np.int64), (), CLIENT, channels={"2.4": (1, 6)})
    np.testing.assert_array_equal(found.listed_s, np.zeros(3))


def test_radar_channels_are_listened_to() -> None:
    assert [visit_s("5", channel) for channel in (48, 52, 144, 149)] == [PROBED_S, LISTENED_S, LISTENED_S, PROBED_S]
    assert visit_s("2.4", 1) == PROBED_S
    assert visit_s("6", 5) == 0.0
