"""Names and numbers as people write them: values with their units, dates, times between bells, rooms, resources."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter

from wifisim.results.records import Results, RunFacts, StageFacts
from wifisim.units import clock_from_seconds

_WEEKDAYS = {"Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday",
             "Sat": "Saturday", "Sun": "Sunday"}  # fmt: skip
_YES_UNIT = "yes"  # a figure that is 1 or 0
_FORGIVEN = 1e-9  # rounding error of a mean that is a whole number


def value_text(value: float, unit: str) -> str:
    """A figure with its unit, rounded for reading; devices are whole ones, rounded up."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "nothing" if unit == "dBm" and value < 0 else "without limit"
    if unit == "share":
        percent = round(100.0 * value, 9)
        # Close to the ends a whole per cent would hide what is left.
        fine = f"{percent:.1f} %"
        return (
            fine if (99 < percent < 100 or 0 < percent < 1) and fine not in {"100.0 %", "0.0 %"} else f"{percent:.0f} %"
        )
    if unit.startswith(_YES_UNIT):
        return "yes" if value >= 1.0 else "no"
    if unit == "devices":
        count = math.ceil(value - _FORGIVEN)
        return "1 device" if count == 1 else f"{count:,} devices"
    number = _number(value)
    return f"{number} {unit}".rstrip()


def _number(value: float) -> str:
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{float(f'{value:.1f}'):g}" if abs(value) >= 10 else f"{value:.2g}"


def interval_text(low: float, high: float, unit: str) -> str:
    """``52-74`` in the unit that stands beside it; ``-70 to -60`` where a dash would be read as a minus."""
    if unit == "devices":
        low, high = math.floor(low + _FORGIVEN), math.ceil(high - _FORGIVEN)
    scale = 100.0 if unit == "share" else 1.0
    ends = [_number(round(scale * end) if unit == "share" else end) for end in (low, high)]
    return " to ".join(ends) if low < 0 else "-".join(ends)


def bound_text(comparison: str, target: float, unit: str) -> str:
    """``at least 95 %``."""
    if unit.startswith(_YES_UNIT):
        return value_text(target, unit)
    return f"{'at least' if comparison == 'at_least' else 'at most'} {value_text(target, unit)}"


def rate_text(rate_bps: float) -> str:
    """A rate in the unit in which lines are sold."""
    if rate_bps >= 1e9:
        return f"{rate_bps / 1e9:.1f} Gbit/s"
    return f"{float(f'{rate_bps / 1e6:.2g}'):g} Mbit/s"


def date_text(date: str) -> str:
    """``7 Sep 2027`` of ``2027-09-07``; any other text stays."""
    try:
        parsed = dt.date.fromisoformat(date)
    except ValueError:
        return date
    return f"{parsed.day} {parsed:%b %Y}"


def span_text(span_s: tuple[float, float]) -> str:
    """``09:00-09:20``."""
    return f"{clock_from_seconds(span_s[0])}-{clock_from_seconds(span_s[1])}"


def weekday_name(weekday: str) -> str:
    """``Tuesday`` of ``Tue`` or ``Tue week A``; any other name stays."""
    name = weekday.split(maxsplit=1)[0] if weekday else ""
    return _WEEKDAYS.get(name, name)


def day_phrase(day_kind: str, weekday: str) -> str:
    """When: ``on a typical Tuesday``, ``on the arrival day`` ..."""
    if day_kind == "typical":
        return f"on a typical {weekday_name(weekday) or 'day'}"
    return f"on the {day_kind} day" if day_kind in {"arrival", "worst"} else f"on an {day_kind} day"


def short_label(label: str) -> str:
    """A stage's label without the explanation in brackets behind it."""
    return label.split(" (", 1)[0] or label


def stage_name(stage: StageFacts) -> str:
    """A stage's short label with its date."""
    label = short_label(stage.label)
    return f"{label} ({date_text(stage.date)})" if stage.date else label


def runs_text(results: Results) -> str:
    """How often each kind of day was simulated: ``3 runs``, ``3 to 20 runs``."""
    counts = Counter((day.stage_id, day.day_kind) for day in results.days).values()
    least, most = min(counts, default=0), max(counts, default=0)
    return f"{least} to {most} runs" if least < most else "1 run" if most == 1 else f"{most} runs"


def room_name(run: RunFacts, room: int) -> str:
    """A room's name, with its id where another room has the same name."""
    facts = run.rooms[room]
    alone = sum(other.name == facts.name for other in run.rooms) == 1
    return facts.name if alone else f"{facts.name} ({facts.id})"


def resource_name(stage: StageFacts, resource: int) -> str:
    """What people call a resource of a stage; an air resource by its channel and access points."""
    facts = stage.resources[resource]
    radios = [radio for radio in stage.radios if resource in radio.cliques]
    if facts.kind != "air" or not radios:
        return facts.label
    names = list(dict.fromkeys(radio.ap_id for radio in radios))
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{radios[0].band} GHz channel {radios[0].channel} at {some}"
