"""simulate.air.multi_user: who pays less, and when."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from conftest import shipped_site

from wifisim.inputs.site import MultiUserSettings, Site
from wifisim.simulation.air import SMALL_LIMIT_BYTES, Air, build_air, mean_bytes
from wifisim.simulation.stage import build_models


def with_ofdma(site: Site, users: int) -> Site:
    air = replace(site.simulation.air, multi_user=MultiUserSettings("ofdma", users))
    return replace(site, simulation=replace(site.simulation, air=air))


def costs(air: Air, client_id: str, devices: int, activity: object) -> np.ndarray:
    """Of a lesson's devices at the seats of the first room, all on the radio that is best at the first seat."""
    first = air.clients[client_id].ranking.ranks[air.seats[0][0], 0]
    session = SimpleNamespace(wired_switch_id="", client_id=client_id, room=0, keys=np.arange(devices))
    return air.cost(session, np.arange(devices), np.full(devices, first), activity)


def test_a_lesson_pays_less_together_and_a_lone_device_what_it_did() -> None:
    plain = shipped_site("rural-fellside")
    together = with_ofdma(plain, 4)
    model = build_models(plain)[0]
    names = ("chromebook", "chromebook-11ac")
    before, after = (
        build_air(site, model.coverage, model.domains, seed=1, replication=0, client_ids=names)
        for site in (plain, together)
    )
    # Small transfers: at 20 MHz two parts have 204 of 234 tones, which only short bursts win back.
    down = next(
        one for one in plain.activities.values() if one.direction == "down" and mean_bytes(one) < SMALL_LIMIT_BYTES
    )
    up = next(one for one in plain.activities.values() if one.direction == "up")
    alone, three, dozen = (
        costs(after, "chromebook", devices, down) / costs(before, "chromebook", devices, down) for devices in (1, 3, 12)
    )
    assert (alone == 1.0).all()
    assert (three < 0.99).all()
    assert (dozen < 0.99).all()
    # Four at once save no less than two; uploads and devices of the older generation are served one by one.
    two, four = costs(after, "chromebook", 3, down), costs(after, "chromebook", 12, down)
    assert (four[:3] <= two).all()
    assert (costs(after, "chromebook", 12, up) == costs(before, "chromebook", 12, up)).all()
    old = (costs(air, "chromebook-11ac", 12, down) for air in (before, after))
    assert np.array_equal(*old)
