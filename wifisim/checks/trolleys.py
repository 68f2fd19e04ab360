"""Trolleys: lessons that want their devices in a day, against the lessons that a charge lasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.rollout import Stage


def charging(case: Case, stage: Stage) -> Iterator[Finding]:
    """The trolley that the timetable asks most of on one day; uses are means over what profiles say."""
    lasts = case.site.programme.lessons_per_charge
    wanted = _wanted(case, stage) if lasts else {}
    over = sorted({owner for (owner, _), shares in wanted.items() if sum(shares) > lasts})
    if not over:
        return
    (owner, day), shares = max(wanted.items(), key=lambda pair: sum(pair[1]))
    uses = sum(shares)
    yield Finding(
        severity="warning",
        subject="charge",
        message=f"{len(over)} trolleys are wanted for longer than a charge lasts: then one is on the charger "
        "while a lesson waits.",
        working=f"{owner} on {case.site.timetable.day_names[day]}: {len(shares)} lessons, in the mean {uses:.1f} "
        f"of them with devices; a charge lasts {lasts} lessons, then one is missed",
        fix="Sockets or a charging locker in the room, a charge at break and lunch, or devices that last the day.",
        place=case.lines.at("programme", "lessons_per_charge"),
        weight=uses / lasts,
    )


def _wanted(case: Case, stage: Stage) -> dict[tuple[str, int], list[float]]:
    """How likely each lesson of a day wants a trolley, by the class or the room that has it, and the day."""
    equipped = {class_id for wave in stage.landed for class_id in wave.class_ids}
    people, profiles = case.population(stage), case.site.profiles
    periods = {period.id: period.kind for period in case.site.timetable.periods}
    wanted: dict[tuple[str, int], list[float]] = defaultdict(list)
    for lesson in case.site.timetable.lessons:
        class_set = people.set_for(lesson) if not people.pupils.get(lesson.class_id) else None
        owner = lesson.class_id if lesson.class_id in equipped else class_set.block.owner if class_set else ""
        if owner and periods[lesson.period_id] == "lesson":
            wanted[owner, lesson.day].append(profiles[lesson.profile_id].device_share_one_to_one)
    return wanted
