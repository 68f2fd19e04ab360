"""Faults: what each does to the network, what it costs, and that no saved byte is lost on the way."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from edited import ROOT, edited_site, typical_day

from wifisim.inputs.profile import Activity, Evidence
from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.inputs.what_if import with_faults
from wifisim.network.resources import Resource, Route
from wifisim.randomness import constant
from wifisim.results.records import DayRecord, OutageRecord
from wifisim.simulation.faults import Change, Condition, Step
from wifisim.simulation.flow_machine import KernelSettings
from wifisim.simulation.flow_users import UserBatch, UserOutcome
from wifisim.simulation.flows import FlowKernel
from wifisim.simulation.stage import build_models

SAVE_BYTES = 1e6
LINE_BPS = 8e6  # one save a second, when alone
USERS = 5
SAVES = 4


def _save() -> Activity:
    return Activity(
        id="save", label="Save", kind="transaction", service_id="docs", direction="up",
        size_bytes=constant(SAVE_BYTES), think_s=constant(3.0), anchor="start", clock_s=0.0, first_s=constant(1.0),
        count=SAVES, rate_bps=0.0, ladder_bps=(), chunk_s=1.0, buffer_s=0.0, connections=1, new_connection_share=0.0,
        browser_hit_share=0.0, peers=False, save=True, good_s=10.0, evidence=Evidence("project", "test", ""),
    )  # fmt: skip


def _kernel(*others: Resource, server_s: float = 0.0) -> FlowKernel:
    """Five savers behind one line, and behind what else there is."""
    resources = (Resource("line:up", "line", "", LINE_BPS), *others)
    route = Route("r", "up", -1, tuple(range(len(resources))), 0.01, 0.0, server_s)
    settings = KernelSettings(seed=1, replication=0, start_s=0.0, end_s=100.0, bin_s=1.0, rooms=1)
    return FlowKernel(resources, (route,), (_save(),), settings=settings)


def _join(kernel: FlowKernel) -> np.ndarray:
    same = np.zeros(USERS, dtype=np.int64)
    return kernel.add_users(
        UserBatch(
            key=np.arange(USERS, dtype=np.uint64), activity=same, route=same, cache_route=same - 1,
            cache_share=same * 0.0, air_s_per_bit=same * 0.0, weight=same + 1.0, room=same,
            start_s=same * 0.0, end_s=same + 100.0,
        )
    )  # fmt: skip


def _outcome(kernel: FlowKernel, *changes: tuple[float, int, float], until_s: float = 100.0) -> UserOutcome:
    users = _join(kernel)
    for at_s, resource, capacity in changes:
        kernel.advance(at_s)
        kernel.set_capacity(resource, capacity)
    kernel.advance(until_s)
    return kernel.remove_users(users)


def test_a_resource_without_limit_changes_nothing() -> None:
    bare, wide = _kernel(), _kernel(Resource("service:docs", "service", "", math.inf))
    before, after = _outcome(bare), _outcome(wide)
    for field in dataclasses.fields(UserOutcome):
        np.testing.assert_array_equal(getattr(before, field.name), getattr(after, field.name))
    assert not wide.telemetry().utilisation[:, 1].any()
    np.testing.assert_array_equal(wide.telemetry().carried_bps[:, 1], bare.telemetry().carried_bps[:, 0])


def test_a_limit_can_be_lifted_and_set_again() -> None:
    # All five ask at 1 s. Five saves of 8 Mbit through 4 Mbit/s last 10 s, through the 8 Mbit/s line behind it 5 s.
    slow = _kernel(Resource("filter", "appliance", "", 4e6))
    assert _outcome(slow, until_s=8.0).transfers.sum() == 0
    quick = _kernel(Resource("filter", "appliance", "", 4e6))
    assert _outcome(quick, (0.5, 1, math.inf), until_s=8.0).transfers.sum() == USERS


@pytest.mark.parametrize("until_s", [4.0, 9.0, 12.5, 15.0, 31.0, 100.0])
@pytest.mark.parametrize("kind", ["line", "service"])
def test_every_byte_saved_is_acknowledged_or_waits(until_s: float, kind: str) -> None:
    """Bytes carried = bytes of finished saves + what went of unfinished ones; down from 8 to 20 s, then back."""
    broken = 0 if kind == "line" else 1
    kernel = _kernel(Resource("service:docs", "service", "", math.inf))
    normal = LINE_BPS if kind == "line" else math.inf
    changes = [change for change in ((8.0, broken, 0.0), (20.0, broken, normal)) if change[0] < until_s]
    users = _join(kernel)
    for at_s, resource, capacity in changes:
        kernel.advance(at_s)
        kernel.set_capacity(resource, capacity)
    kernel.advance(until_s)
    waiting, waiting_bytes = kernel.unsaved()
    outcome = kernel.remove_users(users)
    assert waiting == int((outcome.unfinished_bytes > 0).sum())
    assert waiting_bytes == waiting * SAVE_BYTES  # whole saves: none is safe before its last byte
    carried = kernel.telemetry().carried_bps[: int(until_s), 0].sum() / 8.0  # whole bins of one second
    asked = (outcome.transfers.sum() + waiting) * SAVE_BYTES
    missing = asked - outcome.unfinished_bytes.sum() - carried
    assert 0.0 <= missing + 1.0 <= 1.0 + (until_s % 1.0) * LINE_BPS / 8.0 + 1.0
    if until_s == 100.0:
        # 12 s lost of 100: all twenty saves are through at the end.
        assert outcome.transfers.sum() == USERS * SAVES
        assert waiting == 0


def test_a_slow_server_delays_what_is_asked_of_it() -> None:
    # Alone on the line a save lasts 1 s + 10 ms round trip + the server: 0 s is good (10 s), 30 s is not.
    kernel = _kernel()
    users = _join(kernel)
    kernel.set_routes(np.array([0]), [Route("r", "up", -1, (0,), 0.01, 0.0, 30.0)])
    kernel.advance(100.0)
    outcome = kernel.remove_users(users)
    assert outcome.transfers.sum() > 0
    assert outcome.good.sum() == 0


def _brookside(folder: Path, *, backup: bool) -> Site:
    def edit(document: dict[str, Any]) -> None:
        if not backup:
            del document["network"]["wan"]["backup"]

    return edited_site("primary-brookside", folder, edit)


def _with(site: Site, *faults: str) -> tuple[DayRecord, OutageRecord]:
    day = typical_day(with_faults(site, faults))
    return day, day.outages[0]


def test_with_a_backup_line_the_loss_is_smaller(tmp_path: Path) -> None:
    _, alone = _with(_brookside(tmp_path, backup=False), "wan-down@09:30-10:00")
    _, spared = _with(_brookside(tmp_path, backup=True), "wan-down@09:30-10:00")
    assert spared.lost_s < alone.lost_s
    assert spared.waiting_bytes < alone.waiting_bytes
    assert spared.unsaved_bytes <= alone.unsaved_bytes
    assert spared.recovery_s <= alone.recovery_s
    assert alone.devices_hit > 0
    assert alone.recovery_s < math.inf


@pytest.fixture(scope="module")
def brookside() -> Site:
    return read_site(ROOT / "sites" / "primary-brookside.yaml")


def test_a_fault_of_nothing_in_use_costs_nothing(brookside: Site) -> None:
    _, outage = _with(brookside, "wan-down:backup@09:30-10:00")
    assert (outage.lessons_hit, outage.devices_hit, outage.late_transfers) == (0, 0, 0)
    assert outage.recovery_s <= 300.0


def test_the_undisturbed_day_is_the_same_with_and_without_the_question(brookside: Site) -> None:
    """A service that may fail gets a resource of its own; until it fails, nothing changes."""
    plain = typical_day(brookside)
    late = with_faults(brookside, ["service-down:web@15:50-15:55"])  # after the last bell
    day = typical_day(late)
    np.testing.assert_array_equal(day.latency_counts, plain.latency_counts)
    assert day.outages[0].late_transfers == 0


def test_a_service_that_is_down_slow_or_throttled_hurts_its_users_only(brookside: Site) -> None:
    index = build_models(brookside)[-1].activity_index
    activities = build_models(brookside)[-1].activities
    own = [index[a.id] for a in activities if a.service_id == "web"]
    calm = typical_day(brookside)
    for fault in ("service-down:web", "service-slow:web=60", "service-limit:web=0.1"):
        day, outage = _with(brookside, f"{fault}@09:30-10:00")
        assert outage.late_transfers > 0, fault
        assert day.late_by_activity[own].sum() > calm.late_by_activity[own].sum(), fault
        assert day.outages[0].what.startswith("web")


def test_a_small_filter_in_bypass_no_longer_slows(tmp_path: Path) -> None:
    def small(document: dict[str, Any]) -> None:
        document["network"]["filter"]["throughput_mbps"] = 20

    site = edited_site("primary-brookside", tmp_path, small)
    day, outage = _with(site, "filter-bypass@08:00-16:00")
    limit = [r.id for r in build_models(site)[-1].network.resources].index("appliance:filter")
    assert day.late_counts.sum() < typical_day(site).late_counts.sum()
    assert not day.utilisation[:, limit].any()
    assert outage.lessons_hit == 0


def test_a_dead_access_point_loses_its_devices_or_hands_them_on(brookside: Site) -> None:
    ap = brookside.stages[-1].network.access_points[0].id
    day, _ = _with(brookside, f"ap-down:{ap}@09:00-15:00")
    radios = [i for i, p in enumerate(build_models(brookside)[-1].radios) if p.access_point_id == ap]
    time_s = day.start_s + day.bin_s * (np.arange(day.clients.shape[0]) + 0.5)
    during = (time_s > 9 * 3600) & (time_s < 15 * 3600)
    assert not day.clients[during][:, radios].any()


def test_faults_that_overlap_add_up(brookside: Site) -> None:
    """A slow service on a school that has failed over; then two limits on one filter."""
    site = with_faults(brookside, ["service-slow:web=5@09:00-11:00"])
    model = build_models(site)[-1]
    shared, condition = model.network, Condition(model.network)
    assert shared.backup_routes
    beyond = shared.limits_of["service:web"][0]
    web = next(i for i, route in enumerate(shared.routes) if beyond in route.resources)
    plain, spare = shared.routes[web], shared.backup_routes[web]
    assert spare.rtt_s > plain.rtt_s
    slow = condition.enter(0, Step(0.0, slower=((web, 5.0, 0.0),)))
    assert slow.routes == ((web, dataclasses.replace(plain, server_s=plain.server_s + 5.0)),)
    both = dict(condition.enter(1, Step(1.0, on_backup=True)).routes)
    assert len(both) == len(shared.routes)
    assert both[web] == dataclasses.replace(spare, server_s=spare.server_s + 5.0)
    assert dict(condition.enter(0, Step(2.0)).routes)[web] == spare
    assert dict(condition.enter(1, Step(3.0)).routes)[web] == plain
    # Of a filter in bypass that also fails, the failure holds; what is dead twice comes back once.
    limit = shared.limits_of["filter"][0]
    assert condition.enter(2, Step(4.0, ((limit, math.inf),), (0,))).capacities == ((limit, math.inf),)
    assert condition.enter(3, Step(5.0, ((limit, 0.0),), (0, 1))) == Change(((limit, 0.0),), (1,), (), ())
    assert condition.enter(3, Step(6.0)) == Change(((limit, math.inf),), (), (1,), ())
    assert condition.enter(2, Step(7.0)) == Change(((limit, shared.resources[limit].capacity),), (), (0,), ())


def test_a_filter_in_bypass_asks_nothing_of_new_connections(brookside: Site) -> None:
    site = with_faults(brookside, ["filter-bypass@09:00-11:00"])
    model = build_models(site)[-1]
    filter_s = next(s.new_connection_s for s in model.stage.network.switches if s.kind == "filter")
    assert filter_s > 0.0
    start, end = model.fault_steps(site.events[-1])
    condition = Condition(model.network)
    lifted = dict(condition.enter(0, start).routes)
    through = [i for i, route in enumerate(model.network.routes) if model.network.line[0] in route.resources]
    assert lifted.keys() >= set(through)
    for i in through:
        assert lifted[i].setup_s == pytest.approx(model.network.routes[i].setup_s - filter_s)
    assert dict(condition.enter(0, end).routes)[through[0]] == model.network.routes[through[0]]


def test_a_device_that_stands_still_for_most_of_a_lesson_is_not_well_served(brookside: Site) -> None:
    """The filter dies for half an hour: few transfers are late, since whoever waits asks for nothing else."""
    calm = typical_day(brookside)
    day, outage = _with(brookside, "filter-down@10:00-10:30")
    during = [lesson for lesson in day.lessons if lesson.start_s < 10 * 3600 < lesson.end_s - 1200]
    before = {(lesson.period_id, lesson.class_id): lesson.good_devices for lesson in calm.lessons}
    assert during
    for lesson in during:
        assert lesson.good_devices < 0.5 * before[lesson.period_id, lesson.class_id]
    assert outage.lessons_hit >= len(during) - 1


def test_devices_without_wifi_for_most_of_a_lesson_are_not_well_served(brookside: Site) -> None:
    """A switch dies before the second lesson and comes back near its end: its devices join late or not at all."""
    calm = typical_day(brookside)
    _, outage = _with(brookside, "switch-down:sw-juniors@09:45-10:30")
    assert outage.most_without_wifi > 50
    assert calm.without_wifi.max() == 0
    assert outage.devices_hit > 50
