"""Bianchi's fixed point, and the mean slot against a simulation of the same rules."""

from __future__ import annotations

import numpy as np
import pytest

from wifisim.mac.bianchi import Contender, attempt_probability, contend, fixed_point
from wifisim.mac.earshot import CAPTURE, deaf_share
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


@pytest.mark.theory
def test_who_hears_nothing_of_collisions_gains_what_a_simulation_says() -> None:
    """Ten stations that wait seven slots more after others' collisions, one that does not: its share of deliveries."""
    rng = np.random.default_rng(11)
    shares = np.array([_share_of_the_deaf(10, rng, early=7, slots=6_000) for _ in range(12)])
    half = 3.106 * shares.std(ddof=1) / np.sqrt(len(shares))  # Student's t, 11 degrees of freedom
    sides = (contender(10), contender(1, deaf=1.0))
    eifs_s = AIFS_S + 7 * SLOT_S
    now = contend(sides, access=BEST_EFFORT, aifs_s=AIFS_S, slot_s=SLOT_S, eifs_s=eifs_s)
    share = now.delivered[1] / sum(now.delivered)
    assert share > 1.5 / 11  # all alike would have 1/11 each
    assert abs(share - shares.mean()) <= max(half, 0.1 * shares.mean())


def test_nobody_deaf_is_a_plain_wait() -> None:
    # The mean slot grows by the collisions' EIFS less AIFS, and nothing else changes.
    short, long = (
        contend((contender(8),), access=BEST_EFFORT, aifs_s=AIFS_S, slot_s=SLOT_S, eifs_s=AIFS_S + extra * SLOT_S)
        for extra in (0.0, 6.0)
    )
    assert long.slot_s - short.slot_s == pytest.approx(short.collided * 6.0 * SLOT_S)
    assert long.delivered == pytest.approx(short.delivered)


def test_shares_of_bearings_by_drawing_them() -> None:
    # Two senders and a listener on a circle around the access point; 4 dB of 30 dB a decade of distance.
    rng = np.random.default_rng(5)
    first, second = 2.0 * np.abs(np.sin(rng.uniform(0.0, np.pi, (2, 400_000))))
    apart_db = 30.0 * np.abs(np.log10(first / second))
    with_ap_db = 30.0 * np.abs(np.log10(first))
    assert deaf_share(1e9) == pytest.approx(np.mean(apart_db < 4.0), abs=0.003)
    # Of one station and its access point both send, and the listener hears these two only.
    assert deaf_share(1.0) == pytest.approx(np.mean(with_ap_db < 4.0), abs=0.003)
    assert pytest.approx(np.mean(30.0 * np.log10(first) >= 4.0), abs=0.003) == CAPTURE


def contender(count: float, *, deaf: float = 0.0) -> Contender:
    recovery_s = REQUEST_S + ANSWER_S
    return Contender(count, DATA_S, DATA_S, DATA_S + ANSWER_S, REQUEST_S, recovery_s, asks=True, deaf=deaf)


def _share_of_the_deaf(stations: int, rng: np.random.Generator, *, early: int, slots: int) -> float:
    """Share of data exchanges of the last of ``stations`` + 1, which does not wait after collisions of others."""
    everyone = stations + 1
    stage, waits = np.zeros(everyone, dtype=int), np.zeros(everyone, dtype=int)
    asking = np.zeros(everyone, dtype=bool)
    counter = rng.integers(0, 16, everyone)
    delivered = np.zeros(everyone)
    for _ in range(slots):
        sending = np.flatnonzero((counter == 0) & (waits == 0))
        counter[waits == 0] -= 1
        waits = np.maximum(waits - 1, 0)
        if sending.size == 1:
            delivered[sending] += not asking[sending[0]]
            asking[sending], stage[sending], waits = False, 0, np.zeros(everyone, dtype=int)
        elif sending.size > 1:
            asking[sending], stage[sending] = True, np.minimum(stage[sending] + 1, 6)
            waits[:-1], waits[-1] = early, early if stations in sending else 0
        counter[sending] = rng.integers(0, 16 * 2 ** stage[sending])
    return float(delivered[-1] / delivered.sum())


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
