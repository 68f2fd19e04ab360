"""What a bell cuts off goes on at the device's next connection."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.edited import edited_site

from wifisim.inputs.profile import Activity, Evidence
from wifisim.inputs.what_if import with_faults
from wifisim.network.resources import Resource, Route
from wifisim.randomness import constant
from wifisim.simulation import day as school_day
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import build_models

SIZE_BYTES = 1e6  # 1 s on the line of 8 Mbit/s, when alone


def _activity(kind: str = "bulk", *, save: bool = False, count: int = 1) -> Activity:
    return Activity(
        id="one", label="One", kind=kind, service_id="docs", direction="down",  # type: ignore[arg-type]
        size_bytes=constant(SIZE_BYTES), think_s=constant(1.0), anchor="start", clock_s=0.0, first_s=constant(1.0),
        count=count, rate_bps=0.0, ladder_bps=(), chunk_s=1.0, buffer_s=0.0, connections=1, new_connection_share=0.0,
        browser_hit_share=0.0, peers=False, save=save, good_s=5.0, evidence=Evidence("project", "test", ""),
    )  # fmt: skip


def _kernel(activity: Activity) -> FlowKernel:
    """A line, and the same line through another room's access point."""
    routes = tuple(Route(name, "down", -1, (0,), 0.0, 0.0, 0.0) for name in ("here", "there", "cache"))
    settings = KernelSettings(seed=1, replication=0, start_s=0.0, end_s=200.0, bin_s=1.0, rooms=2)
    return FlowKernel((Resource("line", "line", "", 8e6),), routes, (activity,), settings=settings)


def _batch(*, route: int, room: int, start_s: float, end_s: float, cached: bool = False) -> UserBatch:
    one = np.zeros(1, dtype=np.int64)
    return UserBatch(
        key=np.ones(1, dtype=np.uint64), activity=one, route=one + route, cache_route=one + 2 if cached else one - 1,
        cache_share=one + (1.0 if cached else 0.0), air_s_per_bit=one * 0.0, weight=one + 1.0, room=one + room,
        start_s=one + start_s, end_s=one + end_s,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "save"), [("bulk", False), ("transaction", True)])
def test_the_rest_goes_on_in_the_next_room(kind: str, save: bool) -> None:
    kernel = _kernel(_activity(kind, save=save))
    users = kernel.add_users(_batch(route=0, room=0, start_s=0.0, end_s=1.4))
    kernel.advance(1.4)
    outcome, stays = kernel.disconnect_users(users)
    # It began at 1 s and has had 0.4 s of the whole line: 0.6 MB are left; not late yet, not done.
    assert stays.all()
    assert outcome.transfers[0] == 0
    assert outcome.unfinished_bytes[0] == pytest.approx(0.6 * SIZE_BYTES)
    kernel.advance(50.0)
    assert kernel.telemetry().carried_bps[2:50].sum() == 0.0
    assert kernel.unsaved()[0] == int(save)
    kernel.reconnect_users(users, _batch(route=1, room=1, start_s=50.0, end_s=60.0), more_bytes=np.zeros(1))
    kernel.advance(60.0)
    told = kernel.telemetry()
    # Every byte once; one transfer of 49.6 s (the histogram's bins are 12 % wide), in the room where it ended.
    assert told.carried_bps[:, 0].sum() / 8.0 == pytest.approx(SIZE_BYTES)
    assert told.latency_counts[0].sum() == told.latency_counts[0, 1].sum() == 1
    bin_ = int(np.flatnonzero(told.latency_counts[0, 1])[0])
    assert 1e-3 * 10 ** (bin_ / 20) <= 49.6 < 1e-3 * 10 ** ((bin_ + 1) / 20)
    assert told.late_counts.sum() == 1


def test_edits_made_meanwhile_go_out_with_the_save() -> None:
    kernel = _kernel(_activity("transaction", save=True))
    users = kernel.add_users(_batch(route=0, room=0, start_s=0.0, end_s=1.4))
    kernel.advance(1.4)
    kernel.disconnect_users(users)
    kernel.advance(50.0)
    more = np.array([3e6])
    kernel.reconnect_users(users, _batch(route=1, room=1, start_s=50.0, end_s=60.0), more_bytes=more)
    # 0.6 MB of the first save and 3 MB of edits at 1 MB/s: not through after 3 s, through after 4 s.
    kernel.advance(53.0)
    assert kernel.unsaved() == (1, SIZE_BYTES + 3e6)
    kernel.advance(54.0)
    assert kernel.unsaved() == (0, 0.0)
    assert kernel.telemetry().carried_bps[:, 0].sum() / 8.0 == pytest.approx(SIZE_BYTES + 3e6)


def test_a_page_that_is_cut_off_is_given_up() -> None:
    kernel = _kernel(_activity("transaction"))
    users = kernel.add_users(_batch(route=0, room=0, start_s=0.0, end_s=1.4))
    kernel.advance(1.4)
    outcome, stays = kernel.disconnect_users(users)
    assert not stays.any()
    assert outcome.unfinished_bytes[0] == pytest.approx(0.6 * SIZE_BYTES)
    assert kernel.telemetry().latency_counts.sum() == 1  # counted with its age


def test_installs_that_did_not_begin_are_made_later() -> None:
    # Three installs of 1 s with 1 s between them from 1 s on: until 2.5 s one is done and the second not begun.
    kernel = _kernel(_activity(count=3))
    users = kernel.add_users(_batch(route=0, room=0, start_s=0.0, end_s=2.5))
    kernel.advance(2.5)
    _, stays = kernel.disconnect_users(users)
    assert stays.all()
    kernel.reconnect_users(users, _batch(route=1, room=1, start_s=100.0, end_s=150.0), more_bytes=np.zeros(1))
    kernel.advance(150.0)
    assert kernel.remove_users(users).transfers[0] == 3
    assert kernel.telemetry().carried_bps.sum() / 8.0 == pytest.approx(3 * SIZE_BYTES)


def test_a_download_from_the_cache_stays_with_the_cache() -> None:
    kernel = _kernel(_activity())
    users = kernel.add_users(_batch(route=0, room=0, start_s=0.0, end_s=1.4, cached=True))
    kernel.advance(1.4)
    kernel.disconnect_users(users)
    batch = _batch(route=1, room=1, start_s=10.0, end_s=20.0, cached=True)
    kernel.reconnect_users(users, batch, more_bytes=np.zeros(1))
    assert kernel._tables["users"]["way"][users[0]] == 2


def test_an_update_that_the_bell_cuts_off_goes_on_after_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(document: dict[str, Any]) -> None:
        document["network"]["wan"]["main"] |= {"down_mbps": 40}
        document["storms"] = [{"what": "os-update", "platform": "chromeos", "share": 0.15, "day": "typical"}]

    left, resumed = [], []

    class Watched(FlowKernel):
        def disconnect_users(self, users: np.ndarray) -> Any:
            outcome, stays = super().disconnect_users(users)
            updates = stays & (self._tables["users"]["activity"][users] == update)
            left.extend(outcome.unfinished_bytes[updates].tolist())
            return outcome, stays

        def reconnect_users(self, users: np.ndarray, batch: UserBatch, **options: Any) -> None:
            resumed.extend(users[batch.activity == update].tolist())
            super().reconnect_users(users, batch, **options)

    monkeypatch.setattr(school_day, "FlowKernel", Watched)
    site = edited_site("primary-brookside", tmp_path, slow)
    site = replace(site, simulation=replace(site.simulation, days=("typical",)))
    model = build_models(replace(site, stages=(site.stages[3],)))[0]
    update = [activity.id for activity in model.activities].index("chromeos-update")
    (day,) = run_stage(site, model, 0)
    # Trolleys are used once or twice a day: updates of 400 MB that the first lesson did not finish go on in the next.
    assert len(resumed) > 3
    assert max(left) > 50e6
    # Each is counted once, when it is through.
    assert day.latency_counts[update].sum() < 2 * 0.15 * 240


def test_the_backup_lines_round_trip_is_felt(tmp_path: Path) -> None:
    """With a backup of the main line's rates but 300 ms away, saves during the failure take longer than without."""

    def backup(rtt_ms: float) -> Any:
        def edit(document: dict[str, Any]) -> None:
            wan = document["network"]["wan"]
            rates = {key: wan["main"][key] for key in ("down_mbps", "up_mbps", "buffer_ms")}
            wan["backup"] = {**rates, "rtt_ms": rtt_ms, "failover_s": 0}

        return edit

    spent = []
    for rtt_ms in (9, 300):
        site = with_faults(edited_site("primary-brookside", tmp_path, backup(rtt_ms)), ["wan-down@09:30-11:00"])
        site = replace(site, simulation=replace(site.simulation, days=("typical",)))
        model = build_models(replace(site, stages=(site.stages[-1],)))[0]
        (day,) = run_stage(site, model, 0)
        spent.append(day.outages[0].lost_s)
    near_s, far_s = spent
    assert far_s > near_s + 600.0
