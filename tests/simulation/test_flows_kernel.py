"""The kernel's interface: same seed, same bytes; common random numbers; leaving, moving, failing; what is booked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wifisim.errors import SimulationError
from wifisim.inputs.profile import Activity, Evidence
from wifisim.network.resources import Resource, Route
from wifisim.randomness import Distribution, Kind, constant
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel

RESOURCES = [
    Resource("down", "line", "", 8e6),
    Resource("up", "line", "", 8e6),
    Resource("air0", "air", "", 1.0),
    Resource("air1", "air", "", 1.0),
]
ROUTES = [
    Route("d0", "down", 0, (0, 2), 0.02, 0.04, 0.01),
    Route("u0", "up", 0, (2, 1), 0.02, 0.04, 0.01),
    Route("d1", "down", 1, (0, 3), 0.02, 0.04, 0.01),
]


def activity(kind="transaction", **changed):
    base = {
        "id": "a", "label": "", "kind": kind, "service_id": "s", "direction": "down", "size_bytes": constant(1e6),
        "think_s": constant(10.0), "anchor": "start", "clock_s": 0.0, "first_s": constant(1.0), "count": 0,
        "rate_bps": 1e6, "ladder_bps": (0.5e6, 1e6, 4e6), "chunk_s": 4.0, "buffer_s": 12.0, "connections": 1,
        "new_connection_share": 0.0, "browser_hit_share": 0.0, "peers": False, "save": False, "good_s": 1.5,
        "evidence": Evidence("project", "", ""),
    }  # fmt: skip
    return Activity(**(base | changed))


def batch(count, *, route=0, act=0, rate=100e6, end=1e4, start=0.0):
    n = np.arange(count)
    return UserBatch(
        (n + 1).astype(np.uint64), np.full(count, act), np.full(count, route), np.full(count, -1), np.zeros(count),
        np.full(count, 1.0 / rate), np.ones(count), np.zeros(count, np.int64), np.full(count, start),
        np.full(count, end),
    )  # fmt: skip


def kernel(*activities, transport=False, end=600.0, replication=0, resources=RESOURCES):
    settings = KernelSettings(1, replication, 0.0, end, 60.0, 1, transport=transport)
    return FlowKernel(resources, ROUTES, activities, settings=settings)


def random_activity():
    return activity(
        size_bytes=Distribution(Kind.LOGNORMAL, 1e5, 1.0, 1e3, 1e7), think_s=Distribution(Kind.EXPONENTIAL, 5.0)
    )


def test_same_seed_same_bytes_and_another_replication_differs():
    def run(replication):
        one = kernel(random_activity(), transport=True, replication=replication)
        one.add_users(batch(20))
        one.advance(600.0)
        return one.telemetry()

    first, again, other = run(0), run(0), run(1)
    assert first.latency_counts.tobytes() == again.latency_counts.tobytes()
    assert first.carried_bps.tobytes() == again.carried_bps.tobytes()
    assert first.latency_counts.tobytes() != other.latency_counts.tobytes()


def test_a_users_draws_do_not_depend_on_others():
    # On a path of its own with plenty of line, user 1 has the same transfers whoever else is there.
    wide = [Resource("down", "line", "", 1e12), *RESOURCES[1:]]
    outcomes = []
    for others in (0, 30):
        one = kernel(random_activity(), resources=wide)
        first = one.add_users(batch(1, route=2))
        if others:
            one.add_users(batch(others, route=0))
        one.advance(600.0)
        outcomes.append(one.remove_users(first).transfers[0])
    assert outcomes[0] == outcomes[1] > 20


def test_transfers_and_thinking_by_hand():
    # 1 MB over 8 Mbit/s takes 1 s; first at 1 s, then 10 s of thinking: starts at 1, 12, 23, ... so 6 are done by 60 s.
    one = kernel(activity())
    ids = one.add_users(batch(1))
    one.advance(60.0)
    outcome = one.remove_users(ids)
    assert outcome.transfers[0] == outcome.good[0] == 6
    assert outcome.unfinished_bytes[0] == 0.0
    telemetry = one.telemetry()
    assert telemetry.carried_bps[0, 0] == pytest.approx(6 * 8e6 / 60.0)
    assert telemetry.bound_share[0, 0] == pytest.approx(6 / 60.0)
    assert telemetry.utilisation[0, 2] == pytest.approx(6 * 8e6 / 100e6 / 60.0)


def test_transport_adds_round_trip_server_and_slow_start():
    # Alone on 8 Mbit/s x 20 ms: window 10 is less than the first 20 kbyte only by 5.5 kbyte; one wait of 20 - 14.48 ms.
    one = kernel(activity(new_connection_share=1.0, good_s=1.09), transport=True)
    one.add_users(batch(1))
    one.advance(60.0)
    # 1 s + set-up 40 + round trip 20 + server 10 + wait 5.52 ms = 1.0755 s: bin floor(20 log10(1075.5)) = 60
    assert one.telemetry().latency_counts[0, 0, 60] == 6 - 1 + 1


def test_leaving_in_mid_transfer_is_told_and_booked():
    one = kernel(activity())
    ids = one.add_users(batch(1))
    one.advance(1.25)
    outcome = one.remove_users(ids)
    assert outcome.transfers[0] == 0
    assert outcome.unfinished_bytes[0] == pytest.approx(0.75e6)
    assert outcome.unfinished_age_s[0] == pytest.approx(0.25)
    assert outcome.binding_resource[0] == 0
    assert one.telemetry().latency_counts.sum() == 1


def test_moving_keeps_what_is_done():
    # 0.5 s on the way over cell 0, then over cell 1 whose air gives this user 1 Mbit/s: 4 Mbit take 4 s more.
    one = kernel(activity(count=1))
    ids = one.add_users(batch(1))
    one.advance(1.5)
    one.move_users(ids, batch(1, route=2, rate=1e6))
    one.advance(5.4999)
    assert one.telemetry().flows == 0
    one.advance(5.5001)
    assert one.telemetry().flows == 1


def test_a_dead_line_makes_transfers_wait():
    one = kernel(activity(count=1))
    one.add_users(batch(1))
    one.advance(1.5)
    one.set_capacity(0, 0.0)
    one.advance(100.0)
    assert one.telemetry().flows == 0
    one.set_capacity(0, 8e6)
    one.advance(100.4999)
    assert one.telemetry().flows == 0
    one.advance(100.5001)
    assert one.telemetry().flows == 1


def test_a_stream_fills_its_buffer_then_keeps_pace():
    # 600 s of 4 s segments, at most 12 s ahead: 600 / 4 + 2 or 3 segments; first at the lowest rate, then the highest.
    one = kernel(activity("stream", think_s=constant(0.0)), end=600.0)
    ids = one.add_users(batch(1, end=600.0))
    one.advance(600.0)
    segments = one.remove_users(ids).transfers[0]
    assert 148 <= segments <= 154
    assert one.telemetry().carried_bps[2:, 0].mean() == pytest.approx(4e6, rel=0.05)


def test_calls_keep_their_rate_and_are_late_when_they_cannot():
    slow = [Resource("down", "line", "", 0.5e6), *RESOURCES[1:]]
    calls = activity("call", chunk_s=1.0, good_s=0.2)
    for resources, good_share in ((RESOURCES, 1.0), (slow, 0.0)):
        one = kernel(calls, resources=resources)
        ids = one.add_users(batch(1, end=600.0))
        one.advance(600.0)
        outcome = one.remove_users(ids)
        assert outcome.good[0] / outcome.transfers[0] == pytest.approx(good_share, abs=0.01)
    assert one.telemetry().late_by_activity[0, 0] > 200  # the line's column


def test_sessions_end_and_counts_stop():
    one = kernel(activity(count=2), activity(first_s=constant(5.0), anchor="end"))
    ids = np.concatenate([one.add_users(batch(1)), one.add_users(batch(1, act=1, end=100.0))])
    one.advance(600.0)
    # two of the first; of the second one at 95 s and none after 100 s
    assert one.remove_users(ids).transfers.tolist() == [2, 1]


def test_many_users_grow_the_tables():
    one = kernel(activity(count=1, size_bytes=constant(1e3)))
    ids = one.add_users(batch(5000))
    assert len(set(ids.tolist())) == 5000
    one.advance(600.0)
    assert one.telemetry().flows == 5000


def test_users_without_a_way_are_refused():
    with pytest.raises(SimulationError, match="route"):
        kernel(activity()).add_users(batch(1, route=-1))


def test_a_long_day_does_not_drift():
    # One class busy for a million seconds: virtual time is set back, the last transfer takes what the first did.
    one = kernel(activity(think_s=constant(0.0), first_s=constant(0.0)), end=1e6)
    one.add_users(batch(3, end=math.inf))
    one.advance(1e6)
    # 8 Mbit/s / 8 Mbit a transfer = 1 a second
    assert one.telemetry().flows == pytest.approx(1e6, abs=3)
