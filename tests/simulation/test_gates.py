"""Gates: against a plain SimPy twin, against queueing theory, and what a shut one does to devices and saves."""

from __future__ import annotations

import dataclasses
import math

import numba
import numpy as np
import pytest
import simpy

from wifisim.inputs.profile import Activity, Evidence
from wifisim.network.resources import Gate, Resource, Route
from wifisim.randomness import Distribution, Kind, constant
from wifisim.simulation.draws import uniforms
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_users import UserBatch
from wifisim.simulation.flows import FlowKernel

BITS = 8e3
CAP_BPS = 8e6  # a transfer of 1 kB lasts 1 ms
SETUP_S = 0.03
SERVER = Gate("dns", "resolver", "name service", 10.0, 20.0, 2.0, 2.0, queues=True)
TABLE = Gate("table", "sessions", "session table", 4.0, 12.0, 1.0, 60.0)


@numba.njit
def chance(key, number):
    return uniforms(key, number, 7)[0]


NONE: tuple[tuple[int, float, float], ...] = ()


def _activity(
    *, think: Distribution, count: int, connections: int = 1, save: bool = False, new: float = 1.0
) -> Activity:
    return Activity(
        id="page", label="Page", kind="transaction", service_id="web", direction="up",
        size_bytes=constant(BITS / 8), think_s=think, anchor="start", clock_s=0.0, first_s=constant(0.0),
        count=count, rate_bps=0.0, ladder_bps=(), chunk_s=1.0, buffer_s=0.0, connections=connections,
        new_connection_share=new, browser_hit_share=0.0, peers=False, save=save, good_s=10.0,
        evidence=Evidence("project", "test", ""),
    )  # fmt: skip


def _kernel(
    activity: Activity,
    gates: tuple[Gate, ...],
    passes: tuple[tuple[int, float, float], ...],
    end_s: float,
    line_bps: float = 1e12,
):
    route = Route("r", "up", -1, (0,), 0.0, SETUP_S, 0.0, CAP_BPS, gates=passes)
    settings = KernelSettings(seed=7, replication=0, start_s=0.0, end_s=end_s, bin_s=end_s, rooms=1)
    return FlowKernel((Resource("line", "line", "", line_bps),), (route,), (activity,), settings=settings, gates=gates)


def _join(kernel: FlowKernel, start_s: np.ndarray, *, end_s: float = 1e6) -> np.ndarray:
    same = np.zeros(start_s.size, dtype=np.int64)
    return kernel.add_users(
        UserBatch(
            key=np.arange(start_s.size, dtype=np.uint64), activity=same, route=same, cache_route=same - 1,
            cache_share=same * 0.0, air_s_per_bit=same * 0.0, weight=same + 1.0, room=same,
            start_s=start_s, end_s=same + end_s,
        )
    )  # fmt: skip


@dataclasses.dataclass
class TwinGate:
    """A leaky bucket by the book: the queue as a list of the times at which each item drains."""

    gate: Gate
    drains: list[float] = dataclasses.field(default_factory=list)
    asked: float = 0.0
    refused: float = 0.0
    waited: float = 0.0

    def level(self, now: float) -> float:
        if not self.drains:
            return 0.0
        return max(self.drains[-1] - now, 0.0) * self.gate.rate_per_s

    def add(self, now: float, items: float) -> float:
        last = max(self.drains[-1] if self.drains else now, now) + items / self.gate.rate_per_s
        self.drains.append(last)
        wait_s = last - now if self.gate.queues else 0.0
        self.waited += wait_s
        return wait_s


def _twin(gates: list[TwinGate], items: list[float], start_s: np.ndarray, think_s: float, count: int, until_s: float):
    """Every user a SimPy process; gives how many transfers each has done, and the kernel's counts of gates."""
    env, done = simpy.Environment(), np.zeros(start_s.size, dtype=int)

    def user(name: int):
        yield env.timeout(start_s[name])
        for number in range(1, count + 1):
            asked, tries = env.now, 0
            while True:
                full = None
                for gate, each in zip(gates, items, strict=True):
                    gate.asked += each
                    if gate.level(env.now) >= gate.gate.most:
                        full = gate
                        gate.refused += each
                        break
                if full is None:
                    break
                tries += 1
                pause = min(full.gate.retry_s * 2.0 ** (tries - 1), full.gate.retry_most_s)
                yield env.timeout(pause + chance(np.uint64(name), number + tries * 2**32))
            wait_s = sum(gate.add(env.now, each) for gate, each in zip(gates, items, strict=True))
            yield env.timeout(BITS / CAP_BPS)
            done[name] += 1
            over = asked + (env.now - asked) + SETUP_S + wait_s
            yield env.timeout(over + think_s - env.now)

    for name in range(start_s.size):
        env.process(user(name))
    env.run(until_s)
    return done


@pytest.mark.parametrize("gates", [(SERVER,), (TABLE,), (SERVER, TABLE)], ids=["server", "table", "both"])
def test_the_kernel_and_a_plain_simulation_agree(gates: tuple[Gate, ...]) -> None:
    # 60 users who ask 5 times, 7 s apart, within a few seconds: far more than 10 or 4 a second, so many are refused.
    start_s = np.random.default_rng(3).uniform(0.0, 4.0, 60)
    items = [2.0, 1.0][: len(gates)]
    kernel = _kernel(
        _activity(think=constant(7.0), count=5), gates, tuple((i, 1.0, x) for i, x in enumerate(items)), 400.0
    )
    users = _join(kernel, start_s)
    twins = [TwinGate(gate) for gate in gates]
    for until_s in (5.0, 30.0, 399.0):
        for twin in twins:
            twin.drains, twin.asked, twin.refused, twin.waited = [], 0.0, 0.0, 0.0
        done = _twin(twins, items, start_s, 7.0, 5, until_s)
        kernel.advance(until_s)
        uses = kernel.gate_uses()
        for row, twin in zip(uses, twins, strict=True):
            assert (row.asked, row.refused) == (twin.asked, twin.refused)
            assert row.waited == pytest.approx(twin.waited, abs=1e-6)
    assert twins[0].refused > 0
    np.testing.assert_array_equal(kernel.remove_users(users).transfers, done)
    assert done.sum() == 300


def test_waiting_at_a_server_is_that_of_the_m_d_1_queue() -> None:
    # Poisson arrivals at 80 % of a server with constant service: 1/rate x (1 + 0.8 / (2 x 0.2)) = 3/rate in all.
    rate, users, think_s = 50.0, 2000, 50.0
    gate = Gate("dns", "resolver", "", rate, math.inf, 1.0, 1.0, queues=True)
    kernel = _kernel(
        _activity(think=Distribution(Kind.EXPONENTIAL, think_s), count=0), (gate,), ((0, 1.0, 1.0),), 3000.0
    )
    _join(kernel, np.random.default_rng(1).exponential(think_s, users))
    kernel.advance(3000.0)
    use = kernel.gate_uses()[0]
    # The finite population asks again only when it has been answered: 2000 / (50 s + set-up), close to 40 a second.
    load = use.let_in / 3000.0 / rate
    assert load == pytest.approx(0.8, rel=0.02)
    assert use.waited / use.let_in == pytest.approx((1.0 + load / (2.0 * (1.0 - load))) / rate, rel=0.05)


def test_a_table_refuses_what_exceeds_its_places() -> None:
    # 30 users at once at a table of 12 places: 12 get in (the bucket is full at 12), 18 are refused; a second or two
    # later 4 a second are free again.
    kernel = _kernel(_activity(think=constant(1e5), count=1), (TABLE,), ((0, 1.0, 1.0),), 100.0)
    users = _join(kernel, np.zeros(30))
    kernel.advance(0.5)
    assert kernel.gate_uses()[0].refused == 18
    assert kernel.refused().size == 18
    kernel.advance(99.0)
    assert kernel.refused().size == 0
    outcome = kernel.remove_users(users)
    assert outcome.transfers.sum() == 30


def test_a_refused_transfer_counts_from_when_it_was_asked_for() -> None:
    # Shut until 20 s: each try comes 2 s and up to one more after the last, so all are through by 20 + 3 s.
    kernel = _kernel(_activity(think=constant(1e5), count=1), (SERVER,), ((0, 1.0, 1.0),), 100.0)
    users = _join(kernel, np.full(3, 1.0))
    kernel.set_gate(0, 0.0)
    kernel.advance(20.0)
    assert kernel.stalled().size == 3
    kernel.set_gate(0, 1.0)
    kernel.advance(99.0)
    outcome = kernel.remove_users(users)
    assert outcome.transfers.sum() == 3
    assert outcome.good.sum() == 0  # good within 10 s
    latency = kernel.telemetry().latency_by_time.sum(axis=(0, 1))
    edges = 1e-3 * 10.0 ** (np.arange(121) / 20)
    taken = np.repeat(edges[:-1], latency)
    assert taken.size == 3
    assert taken.min() > 16.0
    assert taken.max() < 22.1


def test_a_gate_is_not_blamed_on_the_line() -> None:
    # Five transfers share a line for 5 ms; at ten a second they wait for 0.1 to 0.5 s, at 100,000 hardly.
    for rate_per_s, blamed in ((10.0, -1), (1e5, 0)):
        gate = dataclasses.replace(SERVER, rate_per_s=rate_per_s)
        kernel = _kernel(_activity(think=constant(1e5), count=1), (gate,), ((0, 1.0, 1.0),), 100.0, line_bps=CAP_BPS)
        users = _join(kernel, np.zeros(5))
        kernel.advance(99.0)
        assert kernel.remove_users(users).binding_resource[0] == blamed


def test_what_is_open_goes_on_while_the_resolver_is_down() -> None:
    # Opens one connection at 0 s and keeps it: of 50 transfers, one a second, only the first needs the resolver.
    kernel = _kernel(_activity(think=constant(1.0), count=50, new=0.0), (SERVER,), ((0, 1.0, 1.0),), 100.0)
    users = _join(kernel, np.zeros(4))
    kernel.advance(0.5)
    kernel.set_gate(0, 0.0)
    kernel.advance(99.0)
    assert (kernel.remove_users(users).transfers == 50).all()
    assert kernel.gate_uses()[0].asked == 4


def test_a_second_resolver_answers_after_the_time_out() -> None:
    second = dataclasses.replace(SERVER, id="dns-2")
    gates = (dataclasses.replace(SERVER, next_id="dns-2"), second)
    kernel = _kernel(_activity(think=constant(1e5), count=1), gates, ((0, 1.0, 1.0),), 100.0)
    users = _join(kernel, np.zeros(3))
    kernel.set_gate(0, 0.0)
    kernel.advance(3.5)  # 2 s and up to one of chance
    assert kernel.remove_users(users).transfers.sum() == 3
    assert [row.let_in for row in kernel.gate_uses()] == [0, 3]


def test_a_save_before_a_shut_gate_is_not_lost() -> None:
    # Four saves wait for the resolver when their lesson ends; they stay with their devices and go on afterwards.
    kernel = _kernel(_activity(think=constant(1e5), count=1, save=True), (SERVER,), ((0, 1.0, 1.0),), 200.0)
    users = _join(kernel, np.zeros(4), end_s=30.0)
    kernel.set_gate(0, 0.0)
    kernel.advance(30.0)
    assert kernel.unsaved() == (4, 4 * BITS / 8)
    outcome, stays = kernel.disconnect_users(users)
    assert stays.all()
    np.testing.assert_allclose(outcome.unfinished_bytes, BITS / 8)
    assert (outcome.binding_resource == -1).all()
    kernel.advance(60.0)
    kernel.set_gate(0, 1.0)
    same = np.zeros(4, dtype=np.int64)
    again = UserBatch(
        key=np.arange(4, dtype=np.uint64), activity=same, route=same, cache_route=same - 1, cache_share=same * 0.0,
        air_s_per_bit=same * 0.0, weight=same + 1.0, room=same, start_s=same + 60.0, end_s=same + 150.0,
    )  # fmt: skip
    kernel.reconnect_users(users, again, more_bytes=np.zeros(4))
    kernel.advance(100.0)
    assert kernel.unsaved() == (0, 0.0)
    assert (kernel.remove_users(users).transfers == 1).all()


def test_an_open_gate_that_nobody_fills_changes_nothing_but_its_own_service_time() -> None:
    wide = Gate("dns", "resolver", "", 1e9, 1e9, 1.0, 1.0, queues=True)
    bare = _kernel(_activity(think=constant(3.0), count=20), (), NONE, 100.0)
    gated = _kernel(_activity(think=constant(3.0), count=20), (wide,), ((0, 1.0, 1.0),), 100.0)
    start_s = np.linspace(0.0, 2.0, 10)
    ends = []
    for kernel in (bare, gated):
        users = _join(kernel, start_s)
        kernel.advance(99.0)
        ends.append((kernel.telemetry().carried_bps[:, 0].sum(), kernel.remove_users(users).transfers.sum()))
    assert ends[0] == ends[1]


def test_a_gate_let_wide_open_counts_but_keeps_nobody() -> None:
    kernel = _kernel(_activity(think=constant(1e5), count=1), (TABLE,), ((0, 1.0, 1.0),), 100.0)
    kernel.set_gate(0, math.inf)
    _join(kernel, np.zeros(30))
    kernel.advance(1.0)
    use = kernel.gate_uses()[0]
    assert (use.asked, use.refused) == (30, 0)
