"""What a fault cost, in one sentence."""

from __future__ import annotations

from wifisim.results.records import SLOT_S
from wifisim.results.summary import OutageSummary


def outage_text(outage: OutageSummary) -> str:
    """One sentence: lessons, transfers, saves, recovery; numbers are means over replications."""
    if outage.late_transfers < 1 and outage.devices_hit < 1 and outage.most_without_wifi < 1:
        return "nobody noticed"
    alone = [f"{_counted(outage.most_without_wifi, 'device')} without Wi-Fi"] if outage.most_without_wifi >= 1 else []
    parts = [
        *alone,
        f"{_counted(outage.lessons_hit, 'lesson')} spoilt ({outage.lessons:.0f} went on during it)",
        f"{_counted(outage.devices_hit, 'device')} badly served",
        f"{_counted(outage.late_transfers, 'transfer')} late or cut off",
        f"{time_text(outage.lost_s)} of waiting at all devices together",
    ]
    if outage.waiting_bytes > 0:
        parts.append(f"up to {bytes_text(outage.waiting_bytes)} of saves waiting")
    if outage.unsaved_bytes > 0:
        parts.append(f"{bytes_text(outage.unsaved_bytes)} not saved at the bell")
    return f"{', '.join(parts)}; {recovery_text(outage.recovery_s)}"


def recovery_text(recovery_s: float | None) -> str:
    """How long after a fault the day was as without it."""
    if recovery_s is None:
        return "not back to normal on that day"
    if recovery_s <= SLOT_S:
        return f"back to normal within {SLOT_S / 60:.0f} min"
    return f"back to normal {recovery_s / 60:.0f} min after its end"


def time_text(seconds: float) -> str:
    """Hours or minutes."""
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"


def _counted(number: float, noun: str) -> str:
    whole = round(number)
    return f"{whole:,} {noun}" if whole == 1 else f"{whole:,} {noun}s"


def bytes_text(size: float) -> str:
    """A size in the unit that reads best."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.3g} {unit}"
    return f"{size:.0f} bytes"
