"""The backlog of saves through the day: what an outage piles up, what is through afterwards, and no byte lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.edited import edited_site, typical_day

from wifisim.inputs.profile import Activity, Evidence
from wifisim.inputs.what_if import with_faults
from wifisim.network.resources import Resource, Route
from wifisim.randomness import constant
from wifisim.results.records import DayRecord
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel

DOWN_S, UP_S = 10 * 3600.0, 10 * 3600.0 + 1200.0


def at(day: DayRecord, from_s: float, to_s: float) -> np.ndarray:
    """The backlog in the bins whose middle lies between two times."""
    middle_s = day.start_s + day.bin_s * (np.arange(day.backlog_bytes.size) + 0.5)
    return day.backlog_bytes[(middle_s > from_s) & (middle_s < to_s)]


def test_saves_pile_up_while_the_line_is_down_and_are_through_soon_after(tmp_path: Path) -> None:
    def no_backup(document: dict[str, Any]) -> None:
        del document["network"]["wan"]["backup"]

    site = edited_site("rural-fellside", tmp_path, no_backup)
    calm = typical_day(site)
    broken = typical_day(with_faults(site, ("wan-down@10:00-10:20",)))
    # The same users until it happens, so the same backlog to the byte.
    np.testing.assert_array_equal(at(broken, 0.0, DOWN_S), at(calm, 0.0, DOWN_S))
    during = at(broken, DOWN_S, UP_S)
    assert during[-1] > 5 * max(at(calm, DOWN_S, UP_S).max(), 1.0)
    # Whoever saves waits for the answer: during the outage nothing leaves the pile before the bell.
    assert (np.diff(during) >= 0).all()
    # Ten minutes after the line is back the pile is gone.
    assert at(broken, UP_S + 600.0, UP_S + 1800.0).max() < 0.2 * during[-1]


def test_offline_work_piles_up_more_where_every_change_is_sent(tmp_path: Path) -> None:
    """The same pupils write through the same outage: as changes all their edits wait, as files the last one each."""

    def no_backup(document: dict[str, Any]) -> None:
        del document["network"]["wan"]["backup"]

    site = edited_site("rural-fellside", tmp_path, no_backup)
    piled = {}
    for sync in ("files", "changes"):
        services = {key: replace(service, sync=sync) for key, service in site.catalog.services.items()}
        told = replace(site, catalog=replace(site.catalog, services=services))
        day = typical_day(with_faults(told, ("wan-down@10:00-10:20",)))
        piled[sync] = at(day, DOWN_S, UP_S)
        assert day.outages[0].saved_again_s < 1800.0
    assert piled["changes"][-1] > 1.2 * piled["files"][-1]
    assert (piled["changes"] >= piled["files"]).all()


SAVE_BYTES = 1e6


def _kernel(changed_share: float) -> tuple[FlowKernel, np.ndarray]:
    """Ten devices that save every ten seconds for 100 s over a line of 4 Mbit/s: more than it takes."""
    save = Activity(
        id="save", label="Save", kind="transaction", service_id="docs", direction="up",
        size_bytes=constant(SAVE_BYTES), think_s=constant(10.0), anchor="start", clock_s=0.0, first_s=constant(0.0),
        count=0, rate_bps=0.0, ladder_bps=(), chunk_s=1.0, buffer_s=0.0, connections=1, new_connection_share=0.0,
        browser_hit_share=0.0, peers=False, save=True, good_s=2.0, evidence=Evidence("project", "test", ""),
    )  # fmt: skip
    settings = KernelSettings(seed=1, replication=0, start_s=0.0, end_s=400.0, bin_s=1.0, rooms=1)
    route = Route("r", "up", -1, (0,), 0.0, 0.0, 0.0)
    activity = replace(save, changed_share=changed_share)
    kernel = FlowKernel((Resource("line", "line", "", 4e6),), (route,), (activity,), settings=settings)
    same = np.zeros(10, dtype=np.int64)
    users = kernel.add_users(
        UserBatch(
            key=np.arange(10, dtype=np.uint64), activity=same, route=same, cache_route=same - 1,
            cache_share=same * 0.0, air_s_per_bit=same * 0.0, weight=same + 1.0, room=same,
            start_s=same * 0.0, end_s=same + 100.0,
        )
    )  # fmt: skip
    return kernel, users


@pytest.mark.parametrize("stop_s", [35.0, 90.0, 399.0])
def test_every_byte_saved_is_acknowledged_or_backlog(stop_s: float) -> None:
    kernel, users = _kernel(1.0)
    kernel.advance(stop_s)
    saves, backlog_bytes = kernel.unsaved()
    outcome = kernel.remove_users(users)
    carried_bytes = kernel.telemetry().carried_bps[: int(stop_s), 0].sum() / 8.0
    acknowledged = outcome.transfers.sum() * SAVE_BYTES
    # Asked for = acknowledged + backlog; of the backlog the line has carried all but what is unfinished.
    assert backlog_bytes == saves * SAVE_BYTES
    assert carried_bytes == pytest.approx(acknowledged + backlog_bytes - outcome.unfinished_bytes.sum(), rel=1e-9)
    if stop_s == 399.0:  # nothing new after 100 s: by now all is through
        assert (saves, backlog_bytes) == (0, 0.0)
        assert carried_bytes == pytest.approx(acknowledged, rel=1e-9)


def test_a_client_that_sends_changes_only_sends_its_share() -> None:
    # 10 saves of 1 MB every 10 s are 8 Mbit/s on 4: a tenth of them fits, so nobody waits and more saves are made.
    (whole, users), (changes, others) = _kernel(1.0), _kernel(0.1)
    whole.advance(399.0)
    changes.advance(399.0)
    saved, sent = (kernel.telemetry().carried_bps[:, 0].sum() / 8.0 for kernel in (whole, changes))
    count, more = whole.remove_users(users).transfers.sum(), changes.remove_users(others).transfers.sum()
    assert more > count
    assert saved == pytest.approx(count * SAVE_BYTES, rel=1e-9)
    assert sent == pytest.approx(0.1 * more * SAVE_BYTES, rel=1e-9)
