"""Philox4x32-10 against the known answers of the Random123 distribution (kat_vectors)."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from wifisim.simulation.draws import philox, uniforms


@numba.njit
def block(low, high, key):
    return philox(low, high, key)


@numba.njit
def four(user_key, number, key):
    return uniforms(user_key, number, key)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers(counter, key, words):
    low = np.uint64(counter[0] | counter[1] << 32)
    high = np.uint64(counter[2] | counter[3] << 32)
    assert tuple(int(w) for w in block(low, high, np.uint64(key[0] | key[1] << 32))) == words


def test_uniform_numbers_have_mean_and_variance_of_the_uniform_law():
    draws = np.array([four(np.uint64(9), n, 5) for n in range(20_000)]).ravel()
    # 80,000 draws: standard errors of mean and variance are 0.00102 and 0.00026; four of them
    assert abs(draws.mean() - 0.5) < 0.0041
    assert abs(draws.var() - 1 / 12) < 0.0011
    assert draws.min() > 0.0
    assert draws.max() < 1.0
