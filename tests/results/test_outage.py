"""What a fault cost: a made-up day with it beside the same day without it."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import START_S, bare_day, bare_results, latency_bin, lesson

from wifisim.cli.terminal import print_summary
from wifisim.results.outage import Fault, fault_text, outage_of
from wifisim.results.outage_wording import outage_text
from wifisim.results.readiness import assess
from wifisim.results.records import SLOT_S, DayRecord, LessonRecord
from wifisim.results.store import read_results, write_results
from wifisim.results.summarise import summarise
from wifisim.results.summary import OutageSummary

FIRST = 12  # the fault lasts from slot 12 to slot 18: half an hour
LAST = 18
FAULT = Fault("internet line down", START_S + FIRST * SLOT_S, START_S + LAST * SLOT_S)


def day_with(late: dict[int, int], *lessons: LessonRecord) -> DayRecord:
    """A day with so many late transfers in some slots (in the column of none)."""
    bare = bare_day(lessons=lessons)
    counts = np.zeros_like(bare.late_counts)
    for slot, number in late.items():
        counts[slot, -1] = number
    return replace(bare, late_counts=counts)


def a_lesson(good: int, *, start_slot: int, backlog: float = 0.0) -> LessonRecord:
    start_s = START_S + start_slot * SLOT_S
    one = lesson(0, devices=30, good=good, start_s=start_s, period_id=f"p{start_slot}", binding_resource=-1)
    return replace(one, end_s=start_s + 12 * SLOT_S, backlog_bytes=backlog)


def test_losses_are_differences_from_the_undisturbed_day() -> None:
    calm = day_with({13: 2}, a_lesson(30, start_slot=12), a_lesson(20, start_slot=0), a_lesson(30, start_slot=30))
    day = day_with(
        {13: 40, 17: 60, 18: 30, 19: 1},
        a_lesson(9, start_slot=12, backlog=1e6), a_lesson(20, start_slot=0), a_lesson(30, start_slot=30),
    )  # fmt: skip
    backlog = np.zeros_like(day.backlog_bytes)
    backlog[int((14 * SLOT_S) // day.bin_s)] = 5e6
    backlog[0] = 9e6  # before the fault
    cost = outage_of(FAULT, replace(day, backlog_bytes=backlog), calm, devices_good_share=0.95)
    # The first lesson ended at slot 12, when the fault began; the one at slot 30 came after it.
    assert (cost.lessons, cost.lessons_hit, cost.devices_hit) == (1, 1, 21)
    assert cost.late_transfers == 40 - 2 + 60 + 30
    assert cost.recovery_s == SLOT_S  # slot 18 was not normal, slot 19 has one late transfer only
    assert (cost.waiting_bytes, cost.unsaved_bytes) == (5e6, 1e6)


def test_a_fault_beside_others_answers_for_lessons_until_its_recovery() -> None:
    # Normal again at slot 19, a slot after its end: of the lessons at slots 12 and 24 the second is another fault's.
    calm = day_with({}, a_lesson(30, start_slot=12), a_lesson(30, start_slot=24))
    day = day_with({13: 40, 18: 40, 26: 40}, a_lesson(9, start_slot=12), a_lesson(9, start_slot=24))
    assert outage_of(FAULT, day, calm, devices_good_share=0.95).lessons_hit == 2
    beside = outage_of(FAULT, day, calm, devices_good_share=0.95, alone=False)
    assert (beside.lessons_hit, beside.devices_hit, beside.recovery_s) == (1, 21, SLOT_S)


def test_time_lost_is_what_transfers_took_longer() -> None:
    calm, day = day_with({}), day_with({13: 10})
    counts = np.zeros_like(day.latency_by_time)
    counts[0, 13, latency_bin(100.0)] = 10
    cost = outage_of(FAULT, replace(day, latency_by_time=counts), calm, devices_good_share=0.95)
    assert cost.lost_s == pytest.approx(1000.0, rel=0.12)  # ten of 100 s; one bin is 12 % wide


def test_what_was_late_anyway_is_not_the_faults() -> None:
    calm = day_with(dict.fromkeys(range(40), 100), a_lesson(10, start_slot=12))
    cost = outage_of(FAULT, calm, calm, devices_good_share=0.95)
    assert (cost.lessons_hit, cost.devices_hit, cost.late_transfers, cost.recovery_s) == (0, 0, 0, 0.0)
    # A tenth more than on a day with a hundred late transfers is still normal; a fifth more is not.
    tenth, fifth = (day_with(dict.fromkeys(range(40), n)) for n in (110, 120))
    assert outage_of(FAULT, tenth, calm, devices_good_share=0.95).recovery_s == 0.0
    assert outage_of(FAULT, fifth, calm, devices_good_share=0.95).recovery_s > 0.0


def test_a_day_that_never_recovers_says_so() -> None:
    slots = bare_day().late_counts.shape[0]
    cost = outage_of(FAULT, day_with(dict.fromkeys(range(FIRST, slots), 50)), day_with({}), devices_good_share=0.95)
    assert cost.recovery_s == math.inf
    assert cost.late_transfers == 50 * (slots - FIRST)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("wan", "main"), "internet line down"),
        (("wan", "backup"), "backup line down"),
        (("access_point", "AP-1"), "access point AP-1 down"),
        (("service", "web"), "web down"),
    ],
)
def test_faults_have_names(words: tuple[str, str], text: str) -> None:
    assert fault_text(*words) == text


def test_degrees_have_names() -> None:
    assert fault_text("filter", "filter", bypass=True) == "web filter in bypass"
    assert fault_text("service", "web", slow_s=5.0) == "web slower by 5 s"
    assert fault_text("service", "web", left_bps=20e6) == "web throttled to 20 Mbit/s"


def test_outages_are_stored_summarised_and_printed(tmp_path: Path) -> None:
    calm, day = day_with({}), day_with({13: 50})
    one = outage_of(FAULT, day, calm, devices_good_share=0.95)
    never = replace(one, recovery_s=math.inf, late_transfers=100)
    results = bare_results(
        replace(day, outages=(one,)), replace(day, replication=1, outages=(never,)),
    )  # fmt: skip
    write_results(results, assess(results), tmp_path / "r")
    assert [record.outages for record in read_results(tmp_path / "r").days] == [(one,), (never,)]
    summary = summarise(results, assess(results))
    told = summary.stages[0].days[0].outages[0]
    assert told.late_transfers == (50 + 100) / 2
    assert told.recovery_s is None
    out = io.StringIO()
    print_summary(summary, place="r", out=out)
    text = " ".join(out.getvalue().split())
    assert "Faults, against the same day without them" in text
    assert "75 transfers late or cut off" in text
    assert "not back to normal on that day" in text


def test_stages_stand_under_their_fault() -> None:
    one = outage_of(FAULT, day_with({13: 50}), day_with({}), devices_good_share=0.95)
    days = (replace(bare_day(stage), outages=(one, replace(one, what="filter down"))) for stage in ("a", "b"))
    results = bare_results(*days)
    out = io.StringIO()
    print_summary(summarise(results, assess(results)), place="r", out=out)
    told = out.getvalue().partition("Faults")[2]
    assert (told.count("internet line down,"), told.count("filter down,")) == (1, 1)
    assert (told.count("- a: "), told.count("- b: ")) == (2, 2)


def test_one_of_a_kind_is_singular() -> None:
    told = OutageSummary("x", "10:00", "11:00", 4.0, 1.0, 1.0, 1.0, 600.0, 0.0, 2000.0, 900.0)
    expected = (
        "1 lesson spoilt (4 went on during it), 1 device badly served, 1 transfer late or cut off, "
        "10 min of waiting at all devices together, "
        "2 kB not saved at the bell; back to normal 15 min after its end"
    )
    assert outage_text(told) == expected
    assert outage_text(replace(told, late_transfers=0.0, devices_hit=0.0)) == "nobody noticed"


def test_saves_are_through_when_hardly_more_wait_than_without_the_fault() -> None:
    calm = bare_day()
    middle_s = calm.start_s + calm.bin_s * (np.arange(calm.backlog_bytes.size) + 0.5)
    # 1 kB always; in the fault 101 kB, which sink by 10 kB a minute after its end: 5 kB too many after 9.5 min.
    more = np.where((middle_s >= FAULT.start_s) & (middle_s < FAULT.end_s), 1e5, 0.0)
    more = np.where(middle_s >= FAULT.end_s, np.maximum(1e5 - 1e4 * (middle_s - FAULT.end_s) / 60.0, 0.0), more)
    alone = np.where((middle_s >= FAULT.start_s) & (middle_s < FAULT.start_s + 300.0), 7, 0)
    quiet = replace(calm, backlog_bytes=np.full(middle_s.size, 1e3))
    day = replace(quiet, backlog_bytes=1e3 + more, without_wifi=alone)
    found = outage_of(FAULT, day, quiet, devices_good_share=0.95)
    assert found.saved_again_s == pytest.approx(9.5 * 60.0)
    assert found.most_without_wifi == 7
    assert outage_of(FAULT, quiet, quiet, devices_good_share=0.95).saved_again_s <= calm.bin_s
    stuck = replace(quiet, backlog_bytes=1e3 + np.where(middle_s >= FAULT.start_s, 1e5, 0.0))
    assert outage_of(FAULT, stuck, quiet, devices_good_share=0.95).saved_again_s == math.inf
