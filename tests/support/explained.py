"""What an explanation of a missed criterion must hold: nothing blank without a reason."""

from __future__ import annotations

from wifisim.results.metrics import METRICS
from wifisim.results.summary import CriterionSummary, StageSummary, Summary

# No resource of the network is behind these, and a signal has no minutes.
_NO_RESOURCE = {"unassociated_devices", "room_rssi_min_dbm"}
_NO_TIME = {"room_rssi_min_dbm"}


def assert_explained(summary: Summary) -> int:
    """Every missed criterion of every stage, field by field; returns how many there were."""
    missed = [(stage, one) for stage in summary.stages for one in stage.criteria if one.status == "fail" or one.tight]
    for stage, one in missed:
        where = f"{stage.id}, {one.id}"
        assert one.failing_since in {other.id for other in summary.stages}, where
        assert one.need is not None, where
        assert one.need.text, where
        assert (one.need.factor is None) != (one.need.gap is None), where
        if one.metric in METRICS:
            _assert_cause(stage, one, where=where)
    told = [*summary.sentences, *summary.warnings]
    assert bool(told) == bool(missed)
    assert not any("unknown" in sentence or " nan" in sentence for sentence in told)
    _assert_head_room(summary)
    return len(missed)


def _assert_cause(stage: StageSummary, one: CriterionSummary, *, where: str) -> None:
    cause = one.cause
    assert cause is not None, where
    assert cause.day in {day.day for day in stage.days}, where
    if one.metric in _NO_RESOURCE:
        assert cause.resource == "", where
    elif cause.resource == "":
        # Set-up and server time hold transfers back, or devices found no radio: then the gap is told.
        assert one.need is not None, where
        assert one.need.gap is not None, where
    else:
        assert cause.resource_label, where
        assert cause.resource_kind in {"air", "line", "link", "appliance", "service"}, where
    if one.metric not in _NO_TIME and (cause.resource or cause.late_transfers):
        assert cause.from_time < cause.to_time, where
    # A line or a filter that spoilt no lesson has no room that suffers.
    day = next(day for day in stage.days if day.day == cause.day)
    spoilt = any(lesson.held_back_by == cause.resource_label for lesson in day.failing_lessons)
    assert cause.rooms or not (spoilt and cause.resource), where
    assert cause.rooms or cause.resource_kind != "air", where
    assert cause.room_count >= len(cause.rooms), where
    assert cause.activities or cause.late_transfers == 0 or cause.resource == "", where


def _assert_head_room(summary: Summary) -> None:
    """Every kind of resource at the end of the plan either gives way or is listed with what is left of it."""
    last = summary.stages[-1]
    kinds = {row.kind for day in last.days for row in day.resources}
    listed = {rung.kind for rung in (*summary.ladder, *summary.holding)}
    assert kinds <= listed, kinds - listed
