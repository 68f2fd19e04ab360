"""Legal channels and powers, and channels planned where the file names none."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from wifisim.inputs.channel_plan import PlannedRadio, plan_channels
from wifisim.inputs.equipment import Band
from wifisim.inputs.resolve.catalogue import shipped_channels
from wifisim.inputs.resolve.spectrum import Spectrum, known_countries, spectrum_of
from wifisim.inputs.site import Site


def _spectrum(country: str) -> Spectrum:
    found = spectrum_of(country, shipped_channels())
    assert found is not None
    return found


def _radio(x_m: float, channel: int = 0, *, band: Band = "5", width_mhz: int = 20, level: int = 0) -> PlannedRadio:
    return PlannedRadio(level, (x_m, 0.0), band, width_mhz, channel)


@pytest.mark.parametrize("country", known_countries(shipped_channels()))
def test_every_channel_has_as_many_parts_as_its_width_and_a_limit(country: str) -> None:
    spectrum = _spectrum(country)
    for band in ("2.4", "5", "6"):
        for width in spectrum.widths(band):
            for block in spectrum.blocks(band, width):
                assert len(block) == width // 20
                assert {b - a for a, b in pairwise(block)} <= {4}
                assert spectrum.eirp_limit_dbm(band, width, block[0]) > 0


def test_numbers_of_channels() -> None:
    # Facts page: 24 x 20 MHz or 3 x 160 MHz at 6 GHz in the UK; 25 x 20 MHz at 5 GHz in the US with radar channels.
    assert len(_spectrum("GB").blocks("6", 20)) == 24
    assert len(_spectrum("GB").blocks("6", 160)) == 3
    assert len(_spectrum("US").blocks("5", 20)) == 25
    assert len(_spectrum("US").blocks("6", 80)) == 14
    assert max(_spectrum("US").primaries("2.4", 20)) == 11


def test_power_limits() -> None:
    assert _spectrum("GB").eirp_limit_dbm("2.4", 20, 6) == 20.0  # 100 mW
    # 12.6 dBm/MHz over 20 MHz is 25.6 dBm, so the 24 dBm of the UK's 6 GHz band bind.
    assert _spectrum("GB").eirp_limit_dbm("6", 20, 1) == 24.0
    # 5 dBm/MHz over 40 MHz in the US: 5 + 10 log10(40) = 21.02 dBm.
    assert _spectrum("US").eirp_limit_dbm("6", 40, 1) == pytest.approx(5 + 10 * math.log10(40))
    # A 160 MHz channel over 36-64 obeys the lower part's and the upper part's limit.
    assert _spectrum("US").eirp_limit_dbm("5", 160, 36) == 30.0


def test_neighbours_get_different_channels() -> None:
    channels = plan_channels([_radio(9.0 * i) for i in range(12)], _spectrum("GB"))
    assert len(set(channels)) == 12


def test_a_channel_comes_back_only_far_away() -> None:
    # 2.4 GHz has three channels apart: of four in a row the outer two share one.
    channels = plan_channels([_radio(9.0 * i, band="2.4") for i in range(4)], _spectrum("GB"))
    assert channels == (1, 6, 11, 1)


def test_set_channels_are_kept_and_kept_clear_of() -> None:
    plan = plan_channels([_radio(0.0), _radio(5.0, 36), _radio(10.0, 40)], _spectrum("GB"))
    assert plan[1:] == (36, 40)
    assert plan[0] not in (36, 40)


def test_wide_channels_do_not_overlap() -> None:
    spectrum = _spectrum("GB")
    plan = plan_channels([_radio(8.0 * i, width_mhz=80) for i in range(6)], spectrum)
    used = [part for channel in plan for part in spectrum.block("5", 80, channel)]
    assert len(used) == len(set(used)) == 24


def test_floors_count_as_distance() -> None:
    # All 28 UK channels are taken once around; the next radio takes the one two floors up, not the one next door.
    first = [_radio(1.0 * i, channel[0]) for i, channel in enumerate(_spectrum("GB").blocks("5", 20))]
    above = PlannedRadio(2, (first[7].at_m[0], 0.0), "5", 20, first[7].channel)
    radios = [*first[:7], above, *first[8:], _radio(first[7].at_m[0])]
    assert plan_channels(radios, _spectrum("GB"))[-1] == above.channel


def test_shipped_sites_keep_to_the_law(site: Site) -> None:
    spectrum = _spectrum(site.country)
    gains = {(m.id, r.band): r.antenna_gain_dbi for m in site.catalog.access_points.values() for r in m.radios}
    for stage in site.stages:
        for ap in stage.network.access_points:
            for radio in (radio for radio in ap.radios if radio.enabled):
                limit = spectrum.eirp_limit_dbm(radio.band, radio.width_mhz, radio.channel)
                assert radio.power_dbm + gains[ap.model_id, radio.band] <= limit + 1e-9
