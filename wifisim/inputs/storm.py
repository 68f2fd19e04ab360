"""A storm: something that every device of a kind does on one kind of day, beside its lessons.

Updates, antivirus definitions, a whole school that signs in, begins or hands in at once. ``Spread`` is the remedy: when
the devices begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StormKind = Literal[
    "os-update", "app-update", "antivirus", "sign-in", "lesson-start", "submit", "exam-start", "broadcast"
]
StormWho = Literal["pupils", "staff", "everyone"]
SpreadKind = Literal["at-once", "over", "days", "evenings"]

# The profile that each kind plays when the site names none.
PROFILE_OF_STORM: dict[StormKind, str] = {
    "os-update": "os-update",
    "app-update": "app-update",
    "antivirus": "antivirus",
    "sign-in": "sign-in",
    "lesson-start": "lesson-start",
    "submit": "submit",
    "exam-start": "assessment",
    "broadcast": "broadcast",
}


@dataclass(frozen=True, slots=True)
class Spread:
    """When devices begin: at once, at random ``over_s``, one of ``parts`` a day, or one of ``parts`` an evening."""

    kind: SpreadKind
    over_s: float = 0.0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Storm:
    """``share`` of the devices of ``platform`` ("" = all) of ``who`` play ``profile_id`` from ``start_s`` on.

    ``start_s`` 0 means the device's first use of the day. ``peers_share`` of the downloads come from another device
    on the same access point, over the same air twice, and never cross the line.
    """

    id: str
    kind: StormKind
    day_kind: str
    start_s: float
    platform: str
    profile_id: str
    share: float
    spread: Spread
    peers_share: float
    who: StormWho = "pupils"
