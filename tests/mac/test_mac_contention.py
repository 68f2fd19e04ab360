"""Bianchi's fixed point, and the mean slot against a simulation of the same rules."""

from __future__ import annotations

import numpy as np
import pytest

from wifisim.mac.bianchi import Contender, attempt_probability, contend, fixed_point
from wifisim.mac.timing import BEST_EFFORT, Access

DATA_S, ANSWER_S, REQUEST_S, AIFS_S, SLOT_S = 1.5e-3, 60e-6, 28e-6, 43e-6, 9e-6


@pytest.mark.theory
@pytest.mark.parametrize(
    ("stations", "p"), [(2, 0.105), (5, 0.272), (10, 0.384), (20, 0.481), (30, 0.533), (50, 0.595)]
)
def test_fixed_point_of_best_effort(stations: int, p: float) -> None:
    # published with the reference data for W = 16, m = 6
    assert fixed_point(stations, BEST_EFFORT)[0] == pytest.approx(p, abs=6e-4)


@pytest.mark.theory
@pytest.mark.parametrize("access", [Access(2, 31, 255), Access(2, 31, 1023), Access(2, 127, 1023)])
def test_fixed_point_satisfies_both_equations(access: Access) -> None:
    # the windows of Bianchi 2000: (32, 3), (32, 5), (128, 3); his tau in closed form, p != 1/2
    w, m = access.cw_min + 1, access.stages
    for stations in (5, 10, 20, 50):
        p, tau = fixed_point(stations, access)
        closed = 2 * (1 - 2 * p) / ((1 - 2 * p) * (w + 1) + p * w * (1 - (2 * p) ** m))
        assert tau == pytest.approx(closed, rel=1e-9)
        assert p == pytest.approx(1 - (1 - tau) ** (stations - 1), rel=1e-9)


def test_a_lone_station_waits_half_a_window() -> None:
    assert attempt_probability(0.0, BEST_EFFORT) == pytest.approx(2 / 17)  # 7.5 idle slots before each attempt
    alone = contend((contender(1),), access=BEST_EFFORT, aifs_s=AIFS_S, slot_s=SLOT_S, eifs_s=AIFS_S)
    cycle_s = alone.slot_s / alone.delivered[0]
    assert cycle_s == pytest.approx(7.5 * SLOT_S + DATA_S + ANSWER_S + AIFS_S)
    assert alone.lost == (0.0,)


def test_probabilities_add_up() -> None:
    now = contend((contender(4), contender(3)), access=BEST_EFFORT, aifs_s=AIFS_S, slot_s=SLOT_S, eifs_s=AIFS_S)
    alone = sum(a * (1 - p) for a, p in zip(now.attempts, now.lost, strict=True))
    assert now.idle + alone + now.collided == pytest.approx(1.0)
    together = contend((contender(7),), access=BEST_EFFORT, aifs_s=AIFS_S, slot_s=SLOT_S, eifs_s=AIFS_S)
    assert now.slot_s == pytest.approx(together.slot_s)


@pytest.mark.theory
@pytest.mark.parametrize("stations", [2, 5, 15])
def test_against_a_simulation_of_stations_that_ask_after_a_loss(stations: int) -> None:
    """Slot by slot: backoff, collision, block-ack request. 12 batches; the model inside 99 % or 2 % of the mean."""
    rng = np.random.default_rng(7 + stations)
    rates = np.array([_simulated(stations, rng, slots=4_000) for _ in range(12)])
    half = 3.106 * rates.std(ddof=1) / np.sqrt(len(rates))  # Student's t, 11 degrees of freedom
    now = contend((contender(stations),), access=BEST_EFFORT, aifs_s=AIFS_S, slot_s=SLOT_S, eifs_s=AIFS_S)
    model = now.delivered[0] / now.slot_s
    assert abs(model - rates.mean()) <= max(half, 0.02 * rates.mean())


def contender(count: float) -> Contender:
    recovery_s = REQUEST_S + ANSWER_S
    return Contender(count, DATA_S, DATA_S, DATA_S + ANSWER_S, REQUEST_S, recovery_s, asks=True)


def _simulated(stations: int, rng: np.random.Generator, *, slots: int) -> float:
    """Data exchanges a second."""
    stage = np.zeros(stations, dtype=int)
    asking = np.zeros(stations, dtype=bool)
    counter = rng.integers(0, 16, stations)
    time_s, delivered = 0.0, 0
    for _ in range(slots):
        sending = np.flatnonzero(counter == 0)
        counter -= 1
        if sending.size == 0:
            time_s += SLOT_S
            continue
        frames = np.where(asking[sending], REQUEST_S, DATA_S)
        time_s += frames.max() + AIFS_S
        if sending.size == 1:
            time_s += ANSWER_S
            delivered += int(not asking[sending[0]])
            asking[sending], stage[sending] = False, 0
        else:
            asking[sending], stage[sending] = True, np.minimum(stage[sending] + 1, 6)
        counter[sending] = rng.integers(0, 16 * 2 ** stage[sending])
    return delivered / time_s
