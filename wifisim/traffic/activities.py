"""From a lesson profile to tasks: which devices do which activity, from when to when.

Whether a lesson uses devices at all, and who does what in it, is drawn from streams named after the lesson, so that
two designs see the same lessons. Left out: pupils changing activity because the network is slow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.profile import TrafficProfile

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Task:
    """One activity of some devices of a session: ``members[device]`` are the positions of those that do it."""

    activity_id: str
    members: NDArray[np.int64]
    start_s: float
    end_s: float


def lesson_uses_devices(profile: TrafficProfile, *, one_to_one: bool, chance: float, growth: float = 1.0) -> bool:
    """Whether a lesson of ``profile`` uses devices; ``chance`` is the lesson's own uniform draw.

    ``growth`` is how far use has grown from a class without devices of its own to one with them.
    """
    grown = growth * (profile.device_share_one_to_one - profile.device_share) if one_to_one else 0.0
    return chance < profile.device_share + grown


def tasks_of(
    profile: TrafficProfile, active: BoolArray, *, start_s: float, end_s: float, random: np.random.Generator
) -> tuple[Task, ...]:
    """The tasks of a session with ``active[device]`` devices from ``start_s`` to ``end_s``.

    Each activity draws one uniform number for every device, active or not, so that draws stay aligned.
    """
    length_s = end_s - start_s
    tasks = []
    for part in profile.activities:
        members = np.flatnonzero(active & (random.random(active.size) < part.share))
        if members.size:
            begin_s = start_s + part.from_share * length_s
            tasks.append(Task(part.activity_id, members, begin_s, start_s + part.to_share * length_s))
    return tuple(tasks)
