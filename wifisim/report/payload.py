"""The data block of the page: everything its script needs, as small as it reads well.

Airtime and clients go as base64 bytes [radio][bin]; lessons, tables and charts as plain lists. Lists follow the order
of the run's rooms and the stage's radios. All text is data here: the page sets it as text, never as HTML.
The block is packed, and unpacked by the browser.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from wifisim.plots.style import VERDICT_WORDS
from wifisim.report.cells import Cell, day_sheets
from wifisim.report.charts import day_chart, ladder_chart, latency_chart
from wifisim.report.days import ByteArray, DayFilm, RoomLesson
from wifisim.report.drawing import FloorDrawing
from wifisim.report.faults import backlog_chart
from wifisim.report.maps import map_data, room_rates_mbps
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup
from wifisim.results.phrases import date_text, day_phrase, interval_text, resource_name, short_label, value_text
from wifisim.results.records import Results, RunFacts, StageFacts
from wifisim.results.remedies import use_limit
from wifisim.results.summary import RoomSummary, Summary

_AIRTIME_MAX = 0.7  # where the run sets no limit (project)


def packed(text: str) -> str:
    """Text as zlib in base64: a third of its size, and nothing in it can end the element that it stands in."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def packed_json(value: object) -> str:
    """A value as packed JSON. Raises ValueError for NaN and infinity, which JSON does not have."""
    return packed(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def payload(
    results: Results,
    readiness: Readiness,
    summary: Summary,
    *,
    days: Sequence[tuple[DayGroup, DayFilm]],
    drawings: Sequence[FloorDrawing],
) -> dict[str, Any]:
    """The whole block; access points stand where the drawings of their floors have them."""
    run = results.run
    ids = [stage.id for stage in results.stages]
    ladder = ladder_chart(results, readiness)
    return {
        "rooms": [
            {"id": room.id, "name": room.name, "floor": room.floor_id, "kind": room.kind, "seats": room.seats}
            for room in run.rooms
        ],
        "periods": [[p.id, p.start_s, p.end_s] for p in run.periods],
        "airtimeMax": 100.0 * use_limit(run, "air", default=_AIRTIME_MAX),
        "rssiMin": next((c.target for c in run.criteria if c.metric == "room_rssi_min_dbm"), -67.0),
        "stages": [{**_stage(stage, VERDICT_WORDS[judged.verdict], {drawing.id: drawing for drawing in drawings}),
                    "rate": room_rates_mbps(run, stage)}
                   for stage, judged in zip(results.stages, readiness.stages, strict=True)],
        "groups": [
            _group(group, film, stage=ids.index(group.stage.id), results=results, summary=summary)
            for group, film in days
        ],
        "ladder": {"figure": ladder.figure, "words": ladder.words},
        "heat": map_data(results.stages, {drawing.id: drawing for drawing in drawings}),
    }  # fmt: skip


def _stage(stage: StageFacts, verdict: str, drawings: Mapping[str, FloorDrawing]) -> dict[str, Any]:
    places: dict[str, dict[str, Any]] = {}
    for index, radio in enumerate(stage.radios):
        drawing = drawings.get(radio.floor_id)
        if not radio.enabled or drawing is None:
            continue
        x, y = round(radio.at_m[0] - drawing.left_m, 2), round(drawing.top_m - radio.at_m[1], 2)
        place = places.setdefault(
            radio.ap_id, {"id": radio.ap_id, "floor": radio.floor_id, "x": x, "y": y, "radios": []}
        )
        place["radios"].append([index, radio.band, radio.channel, radio.width_mhz, radio.power_dbm])
    signal = [round(float(level)) if math.isfinite(level) else None for level in stage.room_rssi_dbm]
    return {
        "id": stage.id, "label": short_label(stage.label), "date": date_text(stage.date), "verdict": verdict,
        "devices": stage.devices, "aps": list(places.values()), "signal": signal,
    }  # fmt: skip


def _backlog(group: DayGroup, *, faults: bool) -> dict[str, Any]:
    """The chart of waiting saves, in runs with faults."""
    if not faults:
        return {}
    chart = backlog_chart(group)
    return {"backlog": {"figure": chart.figure, "words": chart.words}}


def _group(group: DayGroup, film: DayFilm, *, stage: int, results: Results, summary: Summary) -> dict[str, Any]:
    day = next(day for day in summary.stages[stage].days if day.day == group.day_kind)
    sheets = day_sheets(results, day, group.stage.radios)
    timeline, latency = day_chart(group), latency_chart(group)
    faults = any(one.outages for one in results.days)
    return {
        "stage": stage,
        "day": group.day_kind,
        "phrase": day_phrase(group.day_kind, group.run.weekday),
        "start": film.start_s,
        "bin": film.bin_s,
        "bins": film.airtime.shape[1] if film.airtime.size else int(group.utilisation.shape[0]),
        "worst": film.worst_bin,
        "airtime": _base64(film.airtime),
        "clients": _base64(film.clients),
        "clientsBins": film.clients.shape[1],
        "full": [list(span) for span in film.full],
        "lessons": [_lesson(lesson, group) for lesson in film.lessons],
        "verdicts": _verdicts(group.run, day.rooms),
        "sheets": {name: [[_cell(cell) for cell in row] for row in rows] for name, rows in sheets.items()},
        "timeline": {"figure": timeline.figure, "words": timeline.words},
        **_backlog(group, faults=faults),
        "latency": {"figure": latency.figure, "words": latency.words},
    }


def _verdicts(run: RunFacts, rooms: Sequence[RoomSummary]) -> dict[int, list[object]]:
    """By room with lessons: its status, share of lessons that worked and the interval of it, in words."""
    numbers = {room.id: index for index, room in enumerate(run.rooms)}
    return {
        numbers[row.id]: [
            row.status,
            value_text(row.good_share, "share"),
            "" if row.good_low is None or row.good_high is None
            else interval_text(row.good_low, row.good_high, "share"),
        ]
        for row in rooms
        if row.good_share is not None
    }  # fmt: skip


def _lesson(lesson: RoomLesson, group: DayGroup) -> list[object]:
    row = lesson.row
    held_back = resource_name(group.stage, row.binding_resource) if row.binding_resource >= 0 else ""
    return [
        row.room, row.start_s, lesson.end_s, row.class_id, row.subject, lesson.state,
        round(row.devices, 1), round(row.good_devices, 1), row.good, row.with_devices, held_back,
    ]  # fmt: skip


def _cell(cell: Cell) -> object:
    return cell.text if cell.key == cell.text else [cell.text, cell.key]


def _base64(values: ByteArray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
