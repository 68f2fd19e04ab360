"""units: conversions against hand values."""

from __future__ import annotations

import numpy as np
import pytest

from wifisim.units import clock_from_seconds, dbm_from_mw, mw_from_dbm, seconds_from_clock


def test_zero_dbm_is_one_milliwatt_and_three_db_doubles() -> None:
    assert mw_from_dbm(np.array([0.0, 10.0, 3.0103]))[:] == pytest.approx([1.0, 10.0, 2.0], rel=1e-5)


def test_dbm_and_milliwatt_are_inverse_and_no_power_is_minus_infinity() -> None:
    levels = np.array([-101.0, -67.5, 20.0])
    assert dbm_from_mw(mw_from_dbm(levels)) == pytest.approx(levels)
    assert dbm_from_mw(np.array([0.0]))[0] == -np.inf


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00", 0.0), ("08:50", 31800.0), ("9:05", 32700.0), ("23:59:59", 86399.0)]
)
def test_clock_text(text: str, seconds: float) -> None:
    assert seconds_from_clock(text) == seconds


@pytest.mark.parametrize("text", ["24:00", "8.50", "", "08:60", "605", "-1:00"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        seconds_from_clock(text)


def test_clock_rounds_down_to_the_minute() -> None:
    assert clock_from_seconds(31859.9) == "08:50"
