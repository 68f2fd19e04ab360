"""A small school's Results made by hand: two floors, twelve rooms, six access points, four stages.

Nothing is simulated. ``school()`` is a believable whole for plots and round trips: in wave-2 the internet line gives
way after the first bell, in wave-3 the air of AP-3 as well. ``bare_day`` and ``bare_results`` give empty arrays of the
right shape, into which a test writes the few numbers it is about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wifisim.network.resources import Resource
from wifisim.results.records import (
    LATENCY_BINS,
    LATENCY_EDGES_S,
    ActivityFacts,
    CriterionFacts,
    DayRecord,
    LessonRecord,
    MapFacts,
    PeriodFacts,
    RadioFacts,
    Results,
    RoomFacts,
    RunFacts,
    StageFacts,
    WallFacts,
)

START_S, BIN_S, BINS, SLOTS = 8 * 3600.0, 60.0, 480, 96
OWN = "the school's own target"
LINE_DOWN, LINE_UP, FILTER = 6, 7, 8

ACTIVITIES = (
    ActivityFacts("web", "Web research", "transaction", "web", "down", 4.0, False, "A"),
    ActivityFacts("docs-save", "Saving documents", "transaction", "google-docs", "up", 2.0, True, "B"),
    ActivityFacts("video", "Streamed video", "stream", "youtube", "down", 4.0, False, "A"),
    ActivityFacts("call", "Video call", "call", "meet", "up", 0.3, False, "C"),
)
PERIODS = (
    PeriodFacts("tutor", "tutor", 8.5 * 3600, 9 * 3600),
    PeriodFacts("p1", "lesson", 9 * 3600, 10 * 3600),
    PeriodFacts("p2", "lesson", 10 * 3600, 11 * 3600),
    PeriodFacts("break", "break", 11 * 3600, 11 * 3600 + 1200),
    PeriodFacts("p3", "lesson", 11 * 3600 + 1200, 12 * 3600 + 1200),
    PeriodFacts("lunch", "lunch", 12 * 3600 + 1200, 13 * 3600),
    PeriodFacts("p4", "lesson", 13 * 3600, 14 * 3600),
    PeriodFacts("p5", "lesson", 14 * 3600, 15 * 3600),
)
CRITERIA = tuple(
    CriterionFacts(name, label, metric, comparison, target, unit, origin)
    for name, label, metric, comparison, target, unit, origin in (
        ("lessons", "Lessons that work", "lessons_good_share", "at_least", 0.95, "share", OWN),
        ("saves", "Saving to the cloud, 95th percentile", "cloud_save_p95_s", "at_most", 2.0, "s", OWN),
        ("airtime", "Airtime of the busiest channel", "airtime_busy_quarter", "at_most", 0.7, "share", OWN),
        ("line", "Use of the internet line", "line_utilisation_busy_quarter", "at_most", 0.8, "share", OWN),
        ("signal", "Signal in the worst room", "room_rssi_min_dbm", "at_least", -67.0, "dBm", OWN),
        ("dfe:line-down", "Download speed of the line", "line_down_mbps", "at_least", 100.0, "Mbit/s", "DfE 2022"),
    )
)


def rooms() -> tuple[RoomFacts, ...]:
    """Six rooms a floor: two rows of three 9 x 7 m rooms with a 3 m corridor between them."""
    found = []
    for floor, letter in (("G", "G"), ("F1", "F")):
        for number in range(6):
            x, y = 9.0 * (number % 3), 10.0 * (number // 3)
            outline = ((x, y), (x + 9, y), (x + 9, y + 7), (x, y + 7))
            name = f"{letter}{number + 1:02}"
            found.append(RoomFacts(name, name, floor, "classroom", outline, 30))
    return tuple(found)


def walls() -> tuple[WallFacts, ...]:
    """The outlines of the rooms, those along the corridor thinner."""
    found = []
    for room in rooms():
        corners = room.outline_m
        for side, (start, end) in enumerate(zip(corners, (*corners[1:], corners[0]), strict=True)):
            thin = (side == 2 and corners[0][1] == 0.0) or (side == 0 and corners[0][1] == 10.0)
            material, loss_db = ("plasterboard", 3.0) if thin else ("brick", 8.0)
            found.append(WallFacts(room.floor_id, start, end, material, loss_db))
    return tuple(found)


def run_facts() -> RunFacts:
    return RunFacts(
        site_name="Oakfield School", phase="secondary", pupils=360, staff=40, weekday="Tue", devices_good_share=0.95,
        rooms=rooms(), walls=walls(), floors=(("G", "Ground floor"), ("F1", "First floor")), activities=ACTIVITIES,
        periods=PERIODS, criteria=CRITERIA,
    )  # fmt: skip


def resources() -> tuple[Resource, ...]:
    """Six cliques of air (0-5), line down (6) and up (7), the filter (8)."""
    air = tuple(Resource(f"air:{number}", "air", f"5 GHz channel {36 + 4 * number}", 1.0) for number in range(6))
    return (
        *air,
        Resource("line:down", "line", "internet line (download)", 100e6),
        Resource("line:up", "line", "internet line (upload)", 30e6),
        Resource("appliance:filter", "appliance", "web filter", 600e6),
    )


def radios() -> tuple[RadioFacts, ...]:
    places = [(4.5, 3.5), (22.5, 3.5), (13.5, 13.5)]
    return tuple(
        RadioFacts(
            f"AP-{number + 1}", "5", 36 + 4 * number, 20, 14.0, True, "G" if number < 3 else "F1",
            places[number % 3], (number,),
        )
        for number in range(6)
    )  # fmt: skip


def stage(stage_id: str, *, number: int = 0, devices: int = 100) -> StageFacts:
    rssi = np.array([-52, -61, -50, -64, -55, -63, -53, -60, -51, -69, -54, -62], dtype=np.float64)
    maps = []
    for floor, offset in (("G", 0), ("F1", 3)):
        y, x = np.meshgrid(np.arange(0.5, 17, 1.0), np.arange(0.5, 27, 1.0), indexing="ij")
        own = radios()[offset : offset + 3]
        levels = np.stack([-38 - 22 * np.log10(np.hypot(x - r.at_m[0], y - r.at_m[1]) + 1) for r in own])
        strongest = levels.max(axis=0)
        rates = np.interp(strongest, [-85.0, -45.0], [8.6e6, 287e6])
        maps.append(MapFacts(floor, (0.5, 0.5), 1.0, strongest, levels.argmax(axis=0) + offset, rates))
    return StageFacts(
        id=stage_id, label=stage_id.replace("-", " ").capitalize(), date=f"202{6 + number}-09-07", opens_with=stage_id,
        devices=devices, resources=resources(), radios=radios(), maps=tuple(maps), room_rssi_dbm=rssi,
        figures={"line_down_mbps": 100.0, "line_up_mbps": 30.0, "backup_line": 0.0},
    )  # fmt: skip


def bare_day(stage_id: str = "today", *, day_kind: str = "typical", replication: int = 0, **arrays: Any) -> DayRecord:
    """A day on which nothing happened; ``arrays`` replace fields."""
    count = len(resources())
    empty = DayRecord(
        stage_id=stage_id, day_kind=day_kind, replication=replication, start_s=START_S, bin_s=BIN_S,
        utilisation=np.zeros((BINS, count)), bound_share=np.zeros((BINS, count)), bound_flows=np.zeros((BINS, count)),
        carried_bps=np.zeros((BINS, count)), clients=np.zeros((BINS, 6)),
        latency_counts=np.zeros((len(ACTIVITIES), 12, LATENCY_BINS), dtype=np.int64),
        latency_by_time=np.zeros((len(ACTIVITIES), SLOTS, LATENCY_BINS), dtype=np.int64),
        late_counts=np.zeros((SLOTS, count + 1), dtype=np.int64),
        late_by_activity=np.zeros((len(ACTIVITIES), count + 1), dtype=np.int64),
        lessons=(), unassociated_by_room=np.zeros(12, dtype=np.int64), backlog_bytes=np.zeros(BINS),
        without_wifi=np.zeros(BINS, dtype=np.int64), flows=0, events=0, loop_s=0.0,
    )  # fmt: skip
    return replace(empty, **arrays)


def bare_results(*days: DayRecord, criteria: tuple[CriterionFacts, ...] = CRITERIA) -> Results:
    """Results around some days; the stages are those that the days name, in order."""
    names = list(dict.fromkeys(day.stage_id for day in days))
    stages = tuple(stage(name, number=number, devices=100 * (number + 1)) for number, name in enumerate(names))
    return Results(replace(run_facts(), criteria=criteria), stages, days, {"wifisim": "0.1.0", "seed": 1})


def lesson(
    room: int = 0, *, devices: int = 30, good: int = 30, start_s: float = 9 * 3600.0, **rest: Any
) -> LessonRecord:
    """A lesson of 30 devices in period p1, all good."""
    plain = LessonRecord(
        period_id="p1", class_id=f"7{'ABCDEFGHIJKL'[room]}", room=room, subject="english", profile_id="ks3-writing",
        start_s=start_s, end_s=start_s + 3600.0, devices=devices, good_devices=good, unassociated_devices=0,
        transfers=10 * devices, good_transfers=10 * good, binding_resource=-1, backlog_bytes=0.0,
    )  # fmt: skip
    return replace(plain, **rest)


def latency_bin(duration_s: float) -> int:
    """The histogram bin that holds a duration."""
    return int(np.searchsorted(LATENCY_EDGES_S, duration_s, side="right")) - 1


def school(replications: int = 3) -> Results:
    """Four stages, the later ones with an arrival day, ``replications`` each."""
    plan = (("today", 100), ("wave-1", 180), ("wave-2", 300), ("wave-3", 420))
    days = tuple(
        _school_day(name, kind, replication, load=devices / 300.0)
        for name, devices in plan
        for kind in (("typical",) if name == "today" else ("typical", "arrival"))
        for replication in range(replications)
    )
    stages = tuple(stage(name, number=number, devices=devices) for number, (name, devices) in enumerate(plan))
    return Results(run_facts(), stages, days, {"wifisim": "0.1.0", "seed": 1})


def _school_day(stage_id: str, day_kind: str, replication: int, *, load: float) -> DayRecord:
    rng = np.random.default_rng([len(stage_id), ord(stage_id[-1]), len(day_kind), replication])
    time_s = START_S + BIN_S * np.arange(BINS)
    shape = np.full(BINS, 0.08)
    for period in PERIODS:
        inside = (time_s >= period.start_s) & (time_s < period.end_s)
        since = time_s[inside] - period.start_s
        shape[inside] = 0.5 + 0.7 * np.exp(-since / 600) if period.kind == "lesson" else 0.25
    shape *= np.where(time_s < 12 * 3600, 1.0, 0.8)
    scale = np.array([0.55, 0.5, 0.9, 0.45, 0.5, 0.4, 0.95, 0.5, 0.3]) * load * (1.15 if day_kind == "arrival" else 1.0)
    demand = shape[:, None] * scale * rng.normal(1.0, 0.06, (BINS, scale.size))
    utilisation = np.clip(demand, 0.0, 1.0)
    bound_share = np.where(demand >= 0.97, 1.0, utilisation * 0.6)
    bound_flows = np.where(demand >= 0.97, 40 * demand, 2 * demand)
    late = np.zeros((SLOTS, scale.size + 1), dtype=np.int64)
    late[:, : scale.size] = (np.clip(demand - 0.9, 0, None) * 100).reshape(SLOTS, 5, scale.size).sum(axis=1)
    counts, by_time = _transfers(rng, demand)
    return bare_day(
        stage_id, day_kind=day_kind, replication=replication, utilisation=utilisation, bound_share=bound_share,
        bound_flows=bound_flows, carried_bps=utilisation * [r.capacity for r in resources()],
        clients=np.round(30 * load * shape[:, None] * rng.uniform(0.8, 1.2, (BINS, 6))), latency_counts=counts,
        latency_by_time=by_time, late_counts=late,
        late_by_activity=np.outer([5, 3, 2, 1], late.sum(axis=0)) // 11, lessons=_lessons(rng, demand),
        flows=int(counts.sum()), events=10, loop_s=1.5,
    )  # fmt: skip


def _transfers(rng: np.random.Generator, demand: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    counts = np.zeros((len(ACTIVITIES), 12, LATENCY_BINS), dtype=np.int64)
    by_time = np.zeros((len(ACTIVITIES), SLOTS, LATENCY_BINS), dtype=np.int64)
    for activity, median_s in enumerate((0.9, 0.5, 0.7, 0.1)):
        for slot in range(SLOTS):
            full = demand[5 * slot : 5 * slot + 5, LINE_DOWN].mean()
            some = rng.poisson(60 * min(full, 1.0))
            durations = median_s * (1.0 + 8.0 * max(full - 0.85, 0.0)) * rng.lognormal(0.0, 0.5, some)
            bins = np.clip(np.searchsorted(LATENCY_EDGES_S, durations, side="right") - 1, 0, LATENCY_BINS - 1)
            np.add.at(by_time[activity, slot], bins, 1)
            np.add.at(counts[activity], (rng.integers(0, 12, some), bins), 1)
    return counts, by_time


def _lessons(rng: np.random.Generator, demand: np.ndarray) -> tuple[LessonRecord, ...]:
    found = []
    for period in PERIODS:
        if period.kind != "lesson":
            continue
        first = int((period.start_s - START_S) / BIN_S)
        line = demand[first : first + 20, LINE_DOWN].mean()
        for room in range(12):
            air = demand[first : first + 20, room // 2].mean()
            worst = max(line, air)
            devices = 30 if rng.uniform() < 0.7 else 0
            good = int(np.clip(round(devices * (1.0 - 2.0 * max(worst - 0.85, 0.0))), 0, devices))
            found.append(
                lesson(
                    room, devices=devices, good=good, start_s=period.start_s, period_id=period.id,
                    binding_resource=-1 if good == devices else LINE_DOWN if line > air else room // 2,
                )
            )  # fmt: skip
    return tuple(found)
