"""Prices beside radios that are not heard never move the wrong way, on random losses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from air_cells import DEVICE, RADIO
from air_plans import SETTINGS
from hypothesis import given, settings
from hypothesis import strategies as st

from wifisim.inputs.site import AirSettings
from wifisim.mac.airtime import Prices, prices
from wifisim.mac.contention import contention_domains
from wifisim.mac.links import links
from wifisim.rf.coverage import Coverage, PlacedRadio
from wifisim.rf.places import Places

PLACES = 6
ROUNDING = 1e-9  # the small parts of a cycle that belong neither to data nor to acknowledgements
losses = st.lists(st.lists(st.floats(55.0, 105.0), min_size=PLACES, max_size=PLACES), min_size=2, max_size=5)
# Without RTS/CTS, with which a stronger signal may cost more (see strangers).
airs = st.builds(
    lambda activity, margin: replace(SETTINGS, interference_activity=activity, rate_margin_db=margin),
    st.floats(0.0, 1.0),
    st.sampled_from([0.0, 3.0]),
)


def priced(loss_db: np.ndarray, air: AirSettings, *, unheard_db: float = 120.0) -> Prices:
    """Radios at 20 dBm: over 120 dB they receive -100 dBm of each other, a tenth of the noise."""
    count = len(loss_db)
    radios = tuple(PlacedRadio(f"A{n}/5", n, f"A{n}", RADIO, 0.0, 0.0, 0.0) for n in range(count))
    zero, flat = np.zeros(PLACES, dtype=np.int64), np.zeros(PLACES)
    between = np.where(np.eye(count, dtype=np.bool_), 0.0, unheard_db)
    coverage = Coverage(radios, Places(zero, zero, flat, flat, flat), loss_db, between, np.zeros_like(loss_db))
    return prices(links(coverage, contention_domains(coverage), DEVICE, air))


def never_dearer(dear: Prices, cheap: Prices, radios: int) -> bool:
    """Both directions of the first radios."""
    pairs = ((dear.down_s_per_bit, cheap.down_s_per_bit), (dear.up_s_per_bit, cheap.up_s_per_bit))
    return all((b[:radios] <= a[:radios] * (1.0 + ROUNDING)).all() for a, b in pairs)


@settings(max_examples=40, deadline=None)
@given(loss=losses, air=airs, more_db=st.floats(0.0, 30.0))
def test_a_stronger_signal_never_costs_more(loss, air, more_db: float) -> None:
    weak = np.array(loss)
    strong = weak.copy()
    strong[0] -= more_db
    assert never_dearer(priced(weak, air), priced(strong, air), 1)


@settings(max_examples=40, deadline=None)
@given(loss=losses, air=airs, more_db=st.floats(0.0, 30.0))
def test_a_louder_stranger_never_makes_it_cheaper(loss, air, more_db: float) -> None:
    quiet = np.array(loss)
    loud = quiet.copy()
    loud[-1] -= more_db
    others = len(loss) - 1
    assert never_dearer(priced(loud, air), priced(quiet, air), others)


@settings(max_examples=40, deadline=None)
@given(loss=losses, air=airs)
def test_a_stranger_more_never_makes_it_cheaper(loss, air) -> None:
    all_of_them = np.array(loss)
    others = len(loss) - 1
    assert never_dearer(priced(all_of_them, air), priced(all_of_them[:-1], air), others)


@settings(max_examples=40, deadline=None)
@given(loss=losses, air=airs, other=st.floats(0.0, 1.0))
def test_busier_strangers_never_make_it_cheaper(loss, air, other: float) -> None:
    low, high = sorted((air.interference_activity, other))
    found = [priced(np.array(loss), replace(air, interference_activity=busy)) for busy in (high, low)]
    assert never_dearer(found[0], found[1], len(loss))


@settings(max_examples=30, deadline=None)
@given(loss=losses, air=airs)
def test_strangers_out_of_reach_cost_nothing(loss, air) -> None:
    alone = np.array(loss)
    alone[1:] = 250.0
    calm = priced(alone[:1], air)
    # Their power is 1e-14 of the noise: it moves the last digits and no more.
    found = priced(alone, air, unheard_db=250.0)
    np.testing.assert_allclose(found.down_s_per_bit[0], calm.down_s_per_bit[0], rtol=1e-9)
