from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest
from synthetic import BINS, bare_day, bare_results, lesson, school

from wifisim.report.drawing import floor_drawings
from wifisim.report.faults import backlog_chart, fault_sentence, faults_of
from wifisim.report.maps import map_data, room_rates_mbps
from wifisim.report.page import report_html
from wifisim.results.daygroup import day_groups
from wifisim.results.readiness import assess
from wifisim.results.records import OutageRecord, Results
from wifisim.results.summarise import summarise


def outage(**changes: float) -> OutageRecord:
    plain = OutageRecord(
        what="internet line down", start_s=10 * 3600.0, end_s=11 * 3600.0, lessons=8, lessons_hit=6, devices_hit=120,
        late_transfers=3000, lost_s=7200.0, waiting_bytes=12e6, unsaved_bytes=0.0, recovery_s=900.0,
        saved_again_s=0.0, most_without_wifi=0,
    )  # fmt: skip
    return replace(plain, **changes)


def broken() -> Results:
    """Two runs of a day whose line fails from 10 to 11; 5 and 15 MB wait in its first minute."""
    days = []
    for number, waiting in enumerate((5e6, 15e6)):
        backlog = np.zeros(BINS)
        backlog[120:125] = waiting
        days.append(bare_day("a", replication=number, lessons=(lesson(0),), backlog_bytes=backlog, outages=(outage(),)))
    return bare_results(*days)


def test_a_fault_has_a_row_a_stage_in_plain_numbers() -> None:
    results = broken()
    (fault,) = faults_of(results, summarise(results, assess(results)))
    assert (fault.what, fault.when) == ("Internet line down", "10:00-11:00 on a typical Tuesday")
    (row,) = fault.rows
    assert (row.stage, row.lessons, row.devices, row.late) == ("A", "6 of 8", "120", "3,000")
    assert (row.waited, row.saves, row.unsaved) == ("2.0 h", "12 MB", "0 bytes")
    assert row.recovery == "back to normal 15 min after its end"


def test_the_head_of_the_page_tells_the_costliest_fault() -> None:
    results = broken()
    summary = summarise(results, assess(results))
    assert fault_sentence(summary) == (
        "Internet line down, 10:00-11:00: 6 of the 8 lessons that go on then would be spoilt; back to normal 15 min "
        "after its end."
    )
    calm = bare_results(bare_day("a"))
    assert fault_sentence(summarise(calm, assess(calm))) == ""


def test_the_backlog_is_mean_and_worst_of_the_runs_in_five_minutes() -> None:
    (group,) = day_groups(broken())
    chart = backlog_chart(group)
    mean, worst = (trace["y"] for trace in chart.figure["data"])
    # 10:00 is minute 120 of the day, slot 24 of five minutes; (5 + 15) / 2 MB.
    assert (mean[24], worst[24]) == (10.0, 15.0)
    assert sum(mean) == 10.0
    assert chart.words == "At most 10 MB are waiting, at 10:02."
    tinted = [shape for shape in chart.figure["layout"]["shapes"] if shape["line"]["width"] == 0]
    assert [(shape["x0"], shape["x1"]) for shape in tinted] == [("2000-01-01 10:00:00", "2000-01-01 11:00:00")]


def test_only_runs_with_faults_have_the_part() -> None:
    for results, there in ((broken(), True), (bare_results(bare_day("a")), False)):
        assert (b'id="faults"' in report_html(results, assess(results))) is there


def test_stages_with_the_same_maps_share_them() -> None:
    results = school(1)
    drawings = {drawing.id: drawing for drawing in floor_drawings(results.run)}
    data = map_data(results.stages, drawings)
    # Four stages with the same six access points on two floors.
    assert [one["floor"] for one in data["maps"]] == ["G", "F1"]
    assert data["byStage"] == [{"G": 0, "F1": 1}] * 4
    ground = data["maps"][0]
    assert (ground["rows"], ground["columns"], ground["step"]) == (17, 27, 1.0)
    # The drawing has a margin of 1.5 m, and its top is the north edge of the building.
    assert (ground["x"], ground["y"]) == (1.5, 1.5)
    radio = np.frombuffer(base64.b64decode(ground["radio"]), dtype="<i2").reshape(17, 27)
    # Row 0 is north: AP-3 (radio 2) hangs there; south-west is AP-1's.
    assert radio[0, 13] == 2
    assert radio[16, 0] == 0
    signal = np.frombuffer(base64.b64decode(ground["signal"]), dtype=np.uint8)
    # -85 dBm is 0, -40 dBm is 254: the strongest cell of the map.
    strongest = float(results.stages[0].maps[0].rssi_dbm.max())
    assert signal.max() == round(254 * min((strongest + 85) / 45, 1.0))


def test_maps_without_rates_or_radios_have_none() -> None:
    results = school(1)
    stage = results.stages[0]
    old = replace(stage, maps=tuple(replace(one, rate_bps=np.zeros((0, 0))) for one in stage.maps))
    drawings = {drawing.id: drawing for drawing in floor_drawings(results.run)}
    assert [one["rate"] for one in map_data([old], drawings)["maps"]] == ["", ""]
    assert room_rates_mbps(results.run, old) == [None] * 12


def test_the_rate_of_a_room_is_what_nearly_all_of_its_floor_has() -> None:
    results = school(1)
    stage = results.stages[0]
    chart = stage.maps[0]
    rates = np.full_like(chart.rate_bps, 200e6)
    rates[0, 0] = 10e6  # one of the 63 cells of G01: under 5 %
    rates[:, 9:18] = 50e6  # all of G02 and G05
    made = replace(stage, maps=(replace(chart, rate_bps=rates), *stage.maps[1:]))
    assert room_rates_mbps(results.run, made)[:3] == [200, 50, 200]


@pytest.mark.parametrize("recovery_s", [0.0, float("inf")])
def test_recovery_at_once_and_never(recovery_s: float) -> None:
    day = bare_day("a", lessons=(lesson(0),), outages=(outage(recovery_s=recovery_s),))
    results = bare_results(day)
    (fault,) = faults_of(results, summarise(results, assess(results)))
    wanted = "not back to normal on that day" if recovery_s else "back to normal within 5 min"
    assert fault.rows[0].recovery == wanted
