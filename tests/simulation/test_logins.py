"""A crowd at the login server: 250 devices leave the hall, with and without fast transition."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import shipped_site
from support.edited import typical_day

from wifisim.inputs.equipment import Login
from wifisim.simulation.logins import FAST_S, FULL_S, HANDSHAKE_S, Logins

KEYS = np.arange(250, dtype=np.uint64)
HALL, CLASSROOM = np.zeros(250, dtype=np.int64), np.ones(250, dtype=np.int64)


def test_the_server_takes_a_crowd_one_after_the_other() -> None:
    logins = Logins(Login("802.1x", logins_per_s=10.0))
    ready_s = logins.ready_s(KEYS, HALL, now_s=100.0)
    # The n-th of a queue of 10 a second is through after n / 10 s: the last of 250 after 25 s.
    np.testing.assert_allclose(ready_s, 100.0 + np.arange(1, 251) / 10.0 + FULL_S)
    # Back at the same radio the key is known; at a new one they all queue again.
    np.testing.assert_allclose(logins.ready_s(KEYS, HALL, now_s=900.0), 900.0 + FAST_S)
    assert logins.ready_s(KEYS, CLASSROOM, now_s=1000.0)[-1] == pytest.approx(1025.0 + FULL_S)


def test_fast_transition_logs_in_once_a_day() -> None:
    logins = Logins(Login("802.1x", logins_per_s=10.0, fast_transition=True))
    logins.ready_s(KEYS, HALL, now_s=100.0)
    np.testing.assert_allclose(logins.ready_s(KEYS, CLASSROOM, now_s=1000.0), 1000.0 + FAST_S)


def test_a_shared_key_asks_no_server() -> None:
    np.testing.assert_allclose(Logins(Login()).ready_s(KEYS, HALL, now_s=100.0), 100.0 + HANDSHAKE_S)


def test_a_slow_login_server_keeps_devices_waiting_and_a_faster_one_never_does_worse() -> None:
    site = shipped_site("primary-brookside")

    def waiting(login: Login) -> tuple[int, int]:
        stage = replace(site.stages[-1], network=replace(site.stages[-1].network, login=login))
        day = typical_day(replace(site, stages=(stage,)))
        return int(day.without_wifi.sum()), int(day.unassociated_by_room.sum())

    minutes, rooms = zip(*(waiting(Login("802.1x", rate, fast)) for rate, fast in
                           ((0.5, False), (0.5, True), (5.0, False), (50.0, False))), strict=True)  # fmt: skip
    assert minutes[0] > minutes[1] > minutes[3]
    assert minutes[0] > minutes[2] >= minutes[3]
    assert rooms[0] >= rooms[2] >= rooms[3] == 0
    assert rooms[0] > 0
