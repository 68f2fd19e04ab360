from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from synthetic import BINS, CRITERIA, LINE_DOWN, OWN, SLOTS, bare_day, bare_results, latency_bin, lesson, school

from wifisim.results.intervals import Estimate
from wifisim.results.readiness import assess, meets, status_of, undecided_days
from wifisim.results.records import LATENCY_BINS, CriterionFacts, DayRecord, Results
from wifisim.results.wording import settling_text

AT_MOST_TWO = CriterionFacts("a", "A", "cloud_save_p95_s", "at_most", 2.0, "s", OWN)
AT_LEAST = CriterionFacts("b", "B", "lessons_good_share", "at_least", 0.95, "share", OWN)
LINE = CriterionFacts("line", "Use of the internet line", "line_utilisation_busy_quarter", "at_most", 0.8, "share", OWN)
AIR = CriterionFacts("air", "Airtime", "airtime_busy_quarter", "at_most", 0.7, "share", OWN)


def judged(low: float | None, high: float | None, value: float) -> Estimate:
    return Estimate(value, low, high, 3)


@pytest.mark.parametrize(
    ("criterion", "estimate", "status"),
    [
        (AT_MOST_TWO, judged(1.0, 1.9, 1.4), "pass"),
        (AT_MOST_TWO, judged(1.0, 2.1, 1.4), "at_risk"),
        (AT_MOST_TWO, judged(1.9, 4.0, 2.8), "at_risk"),
        (AT_MOST_TWO, judged(2.1, 4.0, 2.8), "fail"),
        (AT_LEAST, judged(0.95, 1.0, 0.97), "pass"),
        (AT_LEAST, judged(0.90, 0.949, 0.92), "fail"),
        (AT_LEAST, judged(None, None, 0.99), "at_risk"),
        (AT_LEAST, judged(None, None, 0.90), "fail"),
        (AT_LEAST, judged(None, None, math.nan), "not_applicable"),
    ],
)
def test_status_by_interval(criterion: CriterionFacts, estimate: Estimate, status: str) -> None:
    assert status_of(criterion, estimate) == status


def test_a_target_is_met_when_reached() -> None:
    assert meets(AT_MOST_TWO, 2.0)
    assert meets(AT_LEAST, 0.95)
    assert not meets(AT_LEAST, 0.949)


def line_days(stage_id: str, use: float, **rest: Any) -> tuple[DayRecord, ...]:
    """Three replications of a day with the line at ``use`` all day."""
    load = np.zeros((BINS, 9))
    load[:, LINE_DOWN] = use
    return tuple(bare_day(stage_id, replication=number, utilisation=load, **rest) for number in range(3))


def test_ready_then_at_risk_then_not_ready() -> None:
    spread = [
        bare_day("b", replication=n, utilisation=np.full((BINS, 9), use)) for n, use in enumerate((0.7, 0.79, 0.88))
    ]
    found = assess(bare_results(*line_days("a", 0.5), *spread, *line_days("c", 0.95), criteria=(LINE,)))
    assert [stage.verdict for stage in found.stages] == ["ready", "at_risk", "not_ready"]
    assert (found.verdict, found.first_failing_stage) == ("not_ready", "c")
    # At risk: mean 0.79, s = 0.09, half width 1.686 * 0.09 = 0.15: 0.64-0.94 straddles 0.8.
    assert found.stages[1].assessments[0].estimate.low == pytest.approx(0.79 - 1.6859 * 0.09, abs=1e-4)
    # What would have to change at 95 % use: saturated, so the 50 % of stage a grows with its devices (100 -> 300):
    # 1.5 times the present capacity is asked for, and 1.5 / 0.8 keeps the limit.
    need = found.stages[2].assessments[0].need
    assert need is not None
    assert need.factor == pytest.approx(1.5 / 0.8)
    assert not need.at_least


def test_the_verdict_is_that_of_the_last_stage_but_the_way_is_not_forgotten() -> None:
    found = assess(bare_results(*line_days("a", 0.5), *line_days("b", 0.9), *line_days("c", 0.6), criteria=(LINE,)))
    assert (found.verdict, found.first_failing_stage) == ("ready", "b")
    assert len(found.sentences) == 1
    assert found.sentences[0].startswith("From B (7 Sep 2027) until C (7 Sep 2028) the internet line")


def test_a_failure_that_lasts_is_one_sentence_and_remembers_its_start() -> None:
    found = assess(bare_results(*line_days("a", 0.5), *line_days("b", 0.85), *line_days("c", 0.99), criteria=(LINE,)))
    assert [stage.assessments[0].since_stage_id for stage in found.stages] == ["", "b", "b"]
    assert len(found.sentences) == 1
    assert "and 99 % by C" in found.sentences[0]


def test_the_worst_kind_of_day_counts() -> None:
    bad = line_days("a", 0.5, day_kind="arrival", lessons=(lesson(0, good=10, binding_resource=LINE_DOWN),))
    found = assess(bare_results(*line_days("a", 0.5, lessons=(lesson(0),)), *bad, criteria=(AT_LEAST,)))
    (assessment,) = found.stages[0].assessments
    assert (assessment.day_kind, assessment.status) == ("arrival", "fail")
    assert "on the arrival day" in found.sentences[0]


def test_a_line_full_of_enrolments_is_no_failure_of_use() -> None:
    typical, arrival = line_days("a", 0.5), line_days("a", 0.99, day_kind="arrival")
    found = assess(bare_results(*typical, *arrival, criteria=(LINE,)))
    (assessment,) = found.stages[0].assessments
    assert (assessment.day_kind, assessment.status, found.ladder) == ("typical", "pass", ())
    # Nothing but a hand-out day simulated: the figure does not apply, rather than passing unseen.
    assert assess(bare_results(*arrival, criteria=(LINE,))).stages[0].assessments[0].status == "not_applicable"


def test_one_replication_can_fail_but_not_pass() -> None:
    good, bad = (
        bare_results(line_days("a", 0.5)[0], criteria=(LINE,)),
        bare_results(line_days("a", 0.9)[0], criteria=(LINE,)),
    )
    assert assess(good).verdict == "at_risk"
    assert assess(bad).verdict == "not_ready"


def test_what_needs_no_chance_is_certain_with_one_replication() -> None:
    static = CRITERIA[-1]
    assert assess(bare_results(bare_day("a"), criteria=(static,))).verdict == "ready"


def test_nothing_applies_is_not_ready_to_be_signed() -> None:
    assert assess(bare_results(bare_day("a"), criteria=(AT_LEAST,))).verdict == "at_risk"


def test_slow_saves_are_explained_by_what_held_them_back() -> None:
    """100 late saves: 70 by the line 09:00-09:20, 30 by the air of AP-1; web pages were late on AP-2's air only."""
    latency = np.zeros((4, 12, LATENCY_BINS), dtype=np.int64)
    latency[1, 4, latency_bin(7.0)] = 100
    by_activity, by_slot = np.zeros((4, 10), dtype=np.int64), np.zeros((SLOTS, 10), dtype=np.int64)
    by_activity[1, LINE_DOWN], by_activity[1, 0], by_activity[0, 1] = 70, 30, 500
    by_slot[12:16, LINE_DOWN] = (30, 20, 10, 10)
    share, flows = np.zeros((BINS, 9)), np.zeros((BINS, 9))
    share[60:80, LINE_DOWN], flows[60:80, LINE_DOWN] = 1.0, 25.0
    days = tuple(
        bare_day("wave-3", replication=n, latency_counts=latency, late_by_activity=by_activity, late_counts=by_slot,
                 bound_share=share, bound_flows=flows)
        for n in range(3)
    )  # fmt: skip
    found = assess(bare_results(*line_days("today", 0.1), *days, criteria=(AT_MOST_TWO,)))
    cause = found.stages[1].assessments[0].cause
    assert cause is not None
    assert (cause.resource, cause.full, cause.span_s) == (LINE_DOWN, True, (9 * 3600.0, 9 * 3600.0 + 1200.0))
    assert (cause.rooms, cause.activities, cause.flows, cause.late) == ((4,), (1,), 25.0, 210)
    (sentence,) = found.sentences
    assert sentence.startswith(
        "From Wave 3 (7 Sep 2027) the internet line (download) is full 09:00-09:20 on a typical Tuesday in G05 and "
        "slows saving documents: saving to the cloud takes 7 s at the 95th percentile"
    )
    assert "(target at most 2 s)" in sentence


def test_twenty_full_rooms_outweigh_one_line() -> None:
    """Air holds back more saves than the line in sum, though no single clique does."""
    by_activity = np.zeros((4, 10), dtype=np.int64)
    by_activity[1, :6], by_activity[1, LINE_DOWN] = (10, 12, 10, 10, 10, 10), 40
    latency = np.zeros((4, 12, LATENCY_BINS), dtype=np.int64)
    latency[1, :, latency_bin(7.0)] = 10
    days = tuple(
        bare_day("a", replication=n, latency_counts=latency, late_by_activity=by_activity) for n in range(3)
    )  # fmt: skip
    cause = assess(bare_results(*days, criteria=(AT_MOST_TWO,))).stages[0].assessments[0].cause
    assert cause is not None
    assert cause.resource == 1
    assert cause.room_count == 12


def test_bad_lessons_name_their_rooms_and_their_period() -> None:
    lessons = (
        lesson(0), lesson(1, good=10, binding_resource=2), lesson(2, good=20, binding_resource=2),
        lesson(3, good=25, start_s=13 * 3600.0, binding_resource=2), lesson(4, good=28, binding_resource=LINE_DOWN),
    )  # fmt: skip
    days = tuple(bare_day("a", replication=n, lessons=lessons) for n in range(3))
    cause = assess(bare_results(*days, criteria=(AT_LEAST,))).stages[0].assessments[0].cause
    assert cause is not None
    assert (cause.resource, cause.rooms, cause.room_count) == (2, (1, 2, 3), 3)
    assert cause.span_s == (9 * 3600.0, 10 * 3600.0)


def test_set_up_time_alone_blames_no_resource() -> None:
    by_activity, latency = np.zeros((4, 10), dtype=np.int64), np.zeros((4, 12, LATENCY_BINS), dtype=np.int64)
    by_activity[1, 9] = 50
    latency[1, :, latency_bin(7.0)] = 10
    days = tuple(bare_day("a", replication=n, late_by_activity=by_activity, latency_counts=latency) for n in range(3))
    found = assess(bare_results(*days, criteria=(AT_MOST_TWO,)))
    cause = found.stages[0].assessments[0].cause
    assert cause is not None
    assert cause.resource == -1
    assert found.sentences[0].startswith("Already at A")


def test_weak_signal_names_the_room_and_no_time() -> None:
    found = assess(bare_results(bare_day("a"), criteria=(CRITERIA[4],)))
    assert found.sentences == (
        "Already at A (7 Sep 2026) the weakest seats in F04 get -69 dBm (target at least -67 dBm).",
    )


def test_a_figure_of_the_equipment_is_told_without_a_cause() -> None:
    slow = CriterionFacts("x:down", "Download speed of the line", "line_down_mbps", "at_least", 1000.0, "Mbit/s", "DfE")
    backup = CriterionFacts("x:backup", "A backup line", "backup_line", "at_least", 1.0, "yes = 1", "DfE")
    assert assess(bare_results(bare_day("today"), criteria=(slow, backup))).sentences == (
        "Already today (7 Sep 2026), download speed of the line: 100 Mbit/s (DfE asks for at least 1,000 Mbit/s).",
        "Already today (7 Sep 2026), a backup line: no (DfE asks for yes).",
    )


def test_two_limits_on_one_figure_share_a_sentence() -> None:
    strict = CriterionFacts("x:air", "Airtime", "airtime_busy_quarter", "at_most", 0.5, "share", "Cisco")
    load = np.full((BINS, 9), 0.9)
    days = tuple(bare_day("a", replication=n, utilisation=load) for n in range(2))
    (sentence,) = assess(bare_results(*days, criteria=(AIR, strict))).sentences
    assert "(target at most 70 %; Cisco asks for at most 50 %)" in sentence


def test_lessons_without_radio_say_so() -> None:
    days = tuple(
        bare_day("a", replication=n, lessons=(lesson(5, good=0, unassociated_devices=30, binding_resource=-1),))
        for n in range(2)
    )
    (sentence,) = assess(bare_results(*days, criteria=(AT_LEAST,))).sentences
    assert "in G06 30 devices find no usable Wi-Fi: only 0 % of the lessons" in sentence


def test_ladder_has_the_order_in_which_resources_give_way() -> None:
    found = assess(school())
    assert [(rung.resource_id, rung.first_stage_id) for rung in found.ladder][:2] == [
        ("line:down", "wave-2"),
        # A lesson's first 15 minutes: 0.5 + 0.7 x mean of exp(-t / 10 min) = 0.86, times 0.9 in wave-2 (see
        # synthetic): 78 %, above the limit of 70 %; 6/10 of that in wave-1.
        ("air:2", "wave-2"),
    ]
    full = [stage.full_min for stage in found.ladder[0].stages]
    assert full == sorted(full)


def test_what_holds_shows_one_of_each_kind() -> None:
    load = np.zeros((BINS, 9))
    load[:, :6], load[:, LINE_DOWN], load[:, 8] = 0.6, 0.3, 0.1
    days = tuple(bare_day("a", replication=n, utilisation=load) for n in range(2))
    found = assess(bare_results(*days, criteria=(AIR, LINE)))
    assert found.ladder == ()
    assert [rung.kind for rung in found.holding] == ["air", "air", "air", "air", "line", "appliance"]


def test_a_clique_below_its_limit_has_head_room() -> None:
    load = np.zeros((BINS, 9))
    load[:, 0] = 0.4
    days = tuple(bare_day("a", replication=n, utilisation=load) for n in range(3))
    assessment = assess(bare_results(*days, criteria=(AIR,))).stages[0].assessments[0]
    assert (assessment.status, assessment.margin) == ("pass", pytest.approx(0.3))
    assert assessment.cause is None


def spread_days(stage_id: str, uses: tuple[float, ...], **rest: Any) -> tuple[DayRecord, ...]:
    """One replication a value, the line at that use all day."""
    return tuple(
        bare_day(stage_id, replication=n, utilisation=np.full((BINS, 9), use), **rest) for n, use in enumerate(uses)
    )


STRADDLING = (0.7, 0.79, 0.88)  # 0.64-0.94 around 0.8, see above


def test_days_on_which_a_verdict_hangs() -> None:
    good_lesson, bad_lesson = (lesson(0),), (lesson(0, good=0),)
    results = bare_results(
        *line_days("settled", 0.5, lessons=good_lesson * 60),
        # The line straddles on the typical day; the lessons of the hand-out day, all good in 3 x 60, are settled.
        *spread_days("open", STRADDLING, lessons=good_lesson * 60),
        *line_days("open", 0.5, day_kind="arrival", lessons=good_lesson * 60),
        # A stage that fails for certain needs no more runs, whatever else straddles in it.
        *spread_days("failed", STRADDLING, lessons=bad_lesson * 60),
        criteria=(LINE, AT_LEAST),
    )
    assert undecided_days(results) == {"open": ("typical",)}


def test_what_has_no_figure_is_not_waited_for() -> None:
    assert undecided_days(bare_results(bare_day("a"), criteria=(AT_LEAST,))) == {}


def settled(results: Results, at_most: int) -> str:
    known = replace(results, provenance={"replications": 3, "replications_at_most": at_most})
    return settling_text(known, assess(known))


def test_after_how_many_replications_a_verdict_is_settled() -> None:
    quick = bare_results(*line_days("a", 0.5), *line_days("b", 0.95), criteria=(LINE,))
    assert settled(quick, 3) == ""
    assert settled(quick, 20) == "Settled after 3 replications."
    slow = bare_results(*spread_days("a", (0.7, 0.79, 0.88, 0.7, 0.7)), *line_days("b", 0.9), criteria=(LINE,))
    # Five values: mean 0.754, s = 0.081, half width 2.132 x 0.081 / sqrt 5 = 0.077: 0.83 is above 0.8, still open.
    assert settled(slow, 5) == "Still straddling after 5 replications (the budget): A."
    sure = bare_results(*spread_days("a", (0.7, 0.79, 0.7, 0.7, 0.7)), *line_days("b", 0.9), criteria=(LINE,))
    # Mean 0.718, s = 0.040, half width 0.038.
    assert settled(sure, 20) == "Settled after 5 replications (A), the rest after 3."


def test_head_room_is_that_of_ordinary_days() -> None:
    typical, arrival = line_days("a", 0.5), line_days("a", 0.99, day_kind="arrival")
    (line,) = (rung for rung in assess(bare_results(*typical, *arrival)).holding if rung.resource_id == "line:down")
    assert line.stages[-1].utilisation_busy_quarter == pytest.approx(0.5)


RESERVE = replace(LINE, reserve=True)


def test_a_limit_on_reserve_makes_a_stage_tight_and_never_not_ready() -> None:
    days = (*line_days("a", 0.5), *line_days("b", 0.95), *line_days("c", 0.99))
    found = assess(bare_results(*days, criteria=(RESERVE,)))
    assert [stage.verdict for stage in found.stages] == ["ready", "at_risk", "at_risk"]
    assert [stage.assessments[0].tight for stage in found.stages] == [False, True, True]
    assert [stage.assessments[0].since_stage_id for stage in found.stages] == ["", "b", "b"]
    # It is explained like a failure, but not called one: 1.5 times the line's 50 % of stage a, as above.
    tight = found.stages[2].assessments[0]
    assert tight.cause is not None
    assert tight.need is not None
    assert (found.sentences, found.first_failing_stage, len(found.warnings)) == ((), "", 1)
    assert found.warnings[0].startswith("From B (7 Sep 2027) the internet line")


def test_what_a_named_standard_asks_decides_and_is_told_once() -> None:
    results = bare_results(*line_days("a", 0.95), criteria=(RESERVE, replace(LINE, id="s:line", origin="Standard")))
    found = assess(results)
    assert (found.verdict, len(found.sentences), found.warnings) == ("not_ready", 1, ())
    assert [one.status for one in found.stages[0].assessments] == ["at_risk", "fail"]


def test_more_replications_do_not_settle_what_is_tight() -> None:
    results = bare_results(*line_days("a", 0.95), criteria=(RESERVE,))
    assert undecided_days(results) == {}
    auto = replace(results, provenance={"replications": 3, "replications_at_most": 20})
    assert settling_text(auto, assess(auto)) == "Settled after 3 replications."
