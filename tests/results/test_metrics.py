from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from synthetic import BINS, LINE_DOWN, SLOTS, bare_day, latency_bin, lesson, run_facts, stage

from wifisim.results.metrics import METRICS, judged_on, metric_scale, metric_value
from wifisim.results.records import LATENCY_BINS


def value(name: str, **arrays: Any) -> float:
    return metric_value(name, bare_day(**arrays), stage("today"), run=run_facts())


def transfers(activity: int, **seconds: int) -> np.ndarray:
    counts = np.zeros((4, 12, LATENCY_BINS), dtype=np.int64)
    for room, (name, count) in enumerate(seconds.items()):
        counts[activity, room, latency_bin(float(name[1:]))] = count
    return counts


def test_cloud_save_counts_saves_only_and_all_rooms() -> None:
    # 94 saves of 1 s in one room and 6 of 9 s in the next: the 95th percentile is one of the slow ones.
    saves = transfers(1, _1=94, _9=6)
    assert 8.5 < value("cloud_save_p95_s", latency_counts=saves) < 10.0
    # 1000 slow web pages change nothing.
    assert value("cloud_save_p95_s", latency_counts=saves + transfers(0, _9=1000)) == value(
        "cloud_save_p95_s", latency_counts=saves
    )


def test_a_lesson_is_good_when_enough_of_its_devices_were() -> None:
    # Target 95 % of devices: 29 of 30 (96.7 %) is good, 28 of 30 (93.3 %) is not; no devices, no vote.
    lessons = (lesson(0), lesson(1, good=29), lesson(2, good=28), lesson(3, devices=0, good=0))
    assert value("lessons_good_share", lessons=lessons) == pytest.approx(2 / 3)
    assert math.isnan(value("lessons_good_share", lessons=(lesson(3, devices=0, good=0),)))


def test_exactly_the_share_is_good() -> None:
    # 19 of 20 is 95 %, although 0.95 * 20 is 19.000000000000004 or 18.999999999999996 in binary.
    assert value("lessons_good_share", lessons=(lesson(0, devices=20, good=19),)) == 1.0


def test_utilisation_by_kind_of_resource() -> None:
    use = np.zeros((BINS, 9))
    use[:, 2], use[:, LINE_DOWN], use[:, 7], use[:, 8] = 0.4, 0.9, 0.3, 0.25
    assert value("airtime_busy_quarter", utilisation=use) == pytest.approx(0.4)
    assert value("line_utilisation_busy_quarter", utilisation=use) == pytest.approx(0.9)
    assert value("filter_utilisation_busy_quarter", utilisation=use) == pytest.approx(0.25)
    assert math.isnan(value("uplink_utilisation_busy_quarter", utilisation=use))


def test_use_is_the_mean_of_the_busy_quarter_not_its_worst_minutes() -> None:
    # Three minutes at 100 % in a quarter at 40 % else: 0.4 + 3/15 x 0.6 = 52 %, though 3 of 15 minutes are full.
    use = np.zeros((BINS, 9))
    use[120:135, LINE_DOWN] = 0.4
    use[125:128, LINE_DOWN] = 1.0
    assert value("line_utilisation_busy_quarter", utilisation=use) == pytest.approx(0.52)


def test_use_is_judged_on_ordinary_days_only() -> None:
    uses = {name for name in METRICS if name.endswith("_busy_quarter")}
    assert len(uses) == 4
    for name in METRICS:
        assert judged_on(name, "typical")
        assert judged_on(name, "assessment")
        assert judged_on(name, "arrival") == judged_on(name, "update") == (name not in uses)
    assert judged_on("line_down_mbps", "arrival")


def test_clients_and_unassociated_devices() -> None:
    clients = np.zeros((BINS, 6))
    clients[100, 3] = 41
    assert value("clients_per_radio_max", clients=clients) == 41
    assert value("unassociated_devices", unassociated_by_room=np.array([0, 3, 0, 4] + [0] * 8)) == 7


def test_worst_room_leaves_out_rooms_without_seats() -> None:
    facts = replace(stage("today"), room_rssi_dbm=np.array([-50.0, np.nan, -71.0] + [-60.0] * 9))
    assert metric_value("room_rssi_min_dbm", bare_day(), facts, run=run_facts()) == -71.0


def test_late_shares_by_kind_of_activity() -> None:
    late = np.zeros((4, 10), dtype=np.int64)
    late[2, LINE_DOWN], late[3, 9] = 5, 1
    counts = transfers(2, _1=50) + transfers(3, _1=10)
    arrays = {"latency_counts": counts, "late_by_activity": late}
    assert value("video_stall_share", **arrays) == pytest.approx(5 / 50)
    assert value("call_late_share", **arrays) == pytest.approx(1 / 10)
    assert value("late_share", **arrays) == pytest.approx(6 / 60)
    assert math.isnan(value("late_share"))


def test_line_rate_per_pupil_over_the_school_day() -> None:
    # 360 pupils, 72 Mbit/s down all day, 36 up: 0.2 Mbit/s a pupil.
    carried = np.zeros((BINS, 9))
    carried[:, LINE_DOWN], carried[:, 7] = 72e6, 36e6
    assert value("line_rate_per_pupil_p95_mbps", carried_bps=carried) == pytest.approx(0.2)


def test_static_figures_come_from_the_stage() -> None:
    assert value("line_down_mbps") == 100.0
    assert metric_scale("line_down_mbps", stage("today")) == "exact"


def test_an_unknown_name_does_not_apply() -> None:
    assert math.isnan(value("nobody_knows_this"))


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_takes_an_empty_day(name: str) -> None:
    assert not value(name) > 0.0
    assert value(name, late_counts=np.zeros((SLOTS, 10), dtype=np.int64)) is not None
