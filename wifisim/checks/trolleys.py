"""Trolleys: lessons that want their devices in a day, against the lessons that a charge lasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.rollout import Stage


def charging(case: Case, stage: Stage) -> Iterator[Finding]:
    """The class whose timetable asks most of its trolley on one day; uses are means over what profiles say."""
    lasts = case.site.programme.lessons_per_charge
    equipped = {class_id for wave in stage.landed for class_id in wave.class_ids}
    if not lasts or not equipped:
        return
    periods = {period.id: period.kind for period in case.site.timetable.periods}
    wanted: dict[tuple[str, int], list[float]] = defaultdict(list)
    for lesson in case.site.timetable.lessons:
        if lesson.class_id in equipped and periods[lesson.period_id] == "lesson":
            share = case.site.profiles[lesson.profile_id].device_share_one_to_one
            wanted[lesson.class_id, lesson.day].append(share)
    over = sorted({class_id for (class_id, _), shares in wanted.items() if sum(shares) > lasts})
    if not over:
        return
    (class_id, day), shares = max(wanted.items(), key=lambda pair: sum(pair[1]))
    uses = sum(shares)
    yield Finding(
        severity="warning",
        subject="charge",
        message=f"{len(over)} classes want their trolley for longer than a charge lasts: then it is on the charger "
        "while a lesson waits.",
        working=f"{class_id} on {case.site.timetable.day_names[day]}: {len(shares)} lessons, in the mean {uses:.1f} "
        f"of them with devices; a charge lasts {lasts} lessons, then one is missed",
        fix="Sockets or a charging locker in the room, a charge at break and lunch, or devices that last the day.",
        place=case.lines.at("programme", "lessons_per_charge"),
        weight=uses / lasts,
    )
