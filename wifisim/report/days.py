"""What the plan's time slider shows, as small arrays: airtime and clients of radios, the lessons of rooms, by minute.

One ``DayFilm`` a stage and kind of day, means over its replications. Airtime keeps the bins of the run, in per cent;
clients are the highest of five minutes. A lesson works when it did in every replication in which it had devices, fails
when it did in none, and is mixed in between; a failing lesson marks its room from bell to bell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wifisim.results.breakdowns import LessonRow, lesson_rows
from wifisim.results.daygroup import DayGroup
from wifisim.results.loads import mean_load
from wifisim.results.records import FloatArray

ByteArray = NDArray[np.uint8]
LessonState = Literal["works", "mixed", "fails"]

CLIENTS_BIN_S = 300.0


@dataclass(frozen=True, slots=True)
class RoomLesson:
    """A lesson on the plan; ``row.with_devices`` and ``row.good`` count the replications behind ``state``."""

    row: LessonRow
    end_s: float
    state: LessonState


@dataclass(frozen=True, slots=True)
class DayFilm:
    """airtime[radio, bin] per cent, clients[radio, five minutes]; ``full`` are (radio, from s, to s)."""

    start_s: float
    bin_s: float
    airtime: ByteArray
    clients: ByteArray
    full: tuple[tuple[int, float, float], ...]
    lessons: tuple[RoomLesson, ...]
    worst_bin: int


def day_film(group: DayGroup) -> DayFilm:
    """The film of one kind of day in one stage."""
    lessons = room_lessons(group)
    airtime = _percent(group.airtime)
    return DayFilm(
        start_s=group.start_s,
        bin_s=group.bin_s,
        airtime=airtime,
        clients=_highest(mean_load(group.days, "clients"), bins=max(1, round(CLIENTS_BIN_S / group.bin_s))),
        full=_full(group),
        lessons=lessons,
        worst_bin=worst_bin(lessons, airtime, start_s=group.start_s, bin_s=group.bin_s),
    )


def first_shown(films: Sequence[DayFilm], default: int) -> int:
    """The day with most failing, then most mixed lessons; ``default`` when every lesson works on every day."""
    scores = [tuple(sum(one.state == state for one in film.lessons) for state in ("fails", "mixed")) for film in films]
    worst = max(range(len(films)), key=lambda index: (scores[index], index))
    return worst if any(scores[worst]) else default


def room_lessons(group: DayGroup) -> tuple[RoomLesson, ...]:
    """The lessons with devices, each with its end and how it went."""
    ends = {(one.start_s, one.room, one.class_id): one.end_s for day in group.days for one in day.lessons}
    return tuple(
        RoomLesson(row, ends[row.start_s, row.room, row.class_id], state_of(row)) for row in lesson_rows(group)
    )


def state_of(row: LessonRow) -> LessonState:
    """How a lesson went over the replications."""
    if row.good == row.with_devices:
        return "works"
    return "mixed" if row.good else "fails"


def rooms_failing(lessons: Sequence[RoomLesson], time_s: float) -> list[int]:
    """The rooms in which a lesson fails at that time."""
    return sorted({one.row.room for one in lessons if one.state == "fails" and one.row.start_s <= time_s < one.end_s})


def worst_bin(lessons: Sequence[RoomLesson], airtime: ByteArray, *, start_s: float, bin_s: float) -> int:
    """The bin with most failing rooms; among equals the one whose busiest radio is busiest, then the first."""
    bins = airtime.shape[1]
    failing = [len(rooms_failing(lessons, start_s + bin_s * (index + 0.5))) for index in range(bins)]
    peak = airtime.max(axis=0) if airtime.size else np.zeros(bins)
    return max(range(bins), key=lambda index: (failing[index], int(peak[index]), -index), default=0)


def _percent(share: FloatArray) -> ByteArray:
    """[bin, radio] shares as [radio, bin] whole per cent, 0-100."""
    return np.ascontiguousarray(np.clip(np.round(100.0 * share), 0, 100).astype(np.uint8).T)


def _highest(clients: FloatArray, *, bins: int) -> ByteArray:
    """[bin, radio] counts as [radio, coarse bin], the highest of ``bins`` fine ones."""
    coarse = -(-clients.shape[0] // bins)
    padded = np.zeros((coarse * bins, clients.shape[1]))
    padded[: clients.shape[0]] = clients
    highest = padded.reshape(coarse, bins, clients.shape[1]).max(axis=1)
    return np.ascontiguousarray(np.clip(np.round(highest), 0, 255).astype(np.uint8).T)


def _full(group: DayGroup) -> tuple[tuple[int, float, float], ...]:
    """When the air of a radio was full."""
    return tuple(
        (index, episode.start_s, episode.end_s)
        for index, radio in enumerate(group.stage.radios)
        for clique in radio.cliques
        for episode in group.episodes_of(clique)
    )
