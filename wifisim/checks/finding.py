"""What a rule finds: a sentence, the sum behind it, where it is written, and what helps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from wifisim.inputs.findings import Place

Severity = Literal["problem", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found in one stage.

    ``subject`` tells findings of one rule apart from stage to stage (a switch, a room; empty: there is only one).
    ``weight`` says how bad it is: the largest of all stages is the one that is shown.
    """

    severity: Severity
    subject: str
    message: str
    working: str
    fix: str
    place: Place
    weight: float = 0.0


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{100.0 * share:.0f} %"


def enough(needed: float) -> str:
    """A capacity that suffices: a whole number, rounded up."""
    return f"{math.ceil(needed - 1e-9):,}"


@dataclass(frozen=True, slots=True)
class Report:
    """A finding over the whole plan: it holds from stage ``since`` on, and no longer in ``until`` ("": to the end)."""

    rule: str
    finding: Finding
    since: str
    worst: str
    until: str
