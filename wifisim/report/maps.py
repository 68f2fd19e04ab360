"""The heat maps under the plan as small byte grids: signal, rate, and the radio that is strongest at each place.

Stages whose maps are the same share them. Rows run down the page, as in the drawing. Airtime by place needs no grid of
its own: the page looks up the minute's airtime of the radio.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np

from wifisim.plots.plan import RSSI_RANGE_DBM, cells_inside
from wifisim.plots.style import GOOD_MAP, LOAD_MAP
from wifisim.report.drawing import FloorDrawing
from wifisim.results.records import FloatArray, MapFacts, RunFacts, StageFacts

_STOPS = 12
_MOST = 254  # 255 stands for no figure
_COVERED = 0.05  # of a room's floor may be slower than the rate quoted for it


def map_data(stages: Sequence[StageFacts], drawings: Mapping[str, FloorDrawing]) -> dict[str, Any]:
    """``maps`` is the list of distinct grids, ``byStage`` their numbers by floor; ``ramps`` the colours from 0 to 1."""
    most = max((float(one.rate_bps.max()) for stage in stages for one in stage.maps if one.rate_bps.size), default=0.0)
    known: dict[bytes, int] = {}
    grids: list[dict[str, Any]] = []
    by_stage: list[dict[str, int]] = []
    for stage in stages:
        own: dict[str, int] = {}
        for chart in stage.maps:
            if chart.floor_id not in drawings or not chart.rssi_dbm.size:
                continue
            key = chart.floor_id.encode() + chart.rssi_dbm.tobytes() + chart.rate_bps.tobytes() + chart.radio.tobytes()
            if key not in known:
                known[key] = len(grids)
                grids.append(_grid(chart, drawings[chart.floor_id], most_bps=most))
            own[chart.floor_id] = known[key]
        by_stage.append(own)
    return {
        "maps": grids,
        "byStage": by_stage,
        "rssiRange": list(RSSI_RANGE_DBM),
        "rateMax": round(most / 1e6),
        "ramps": {"good": _ramp(GOOD_MAP), "load": _ramp(LOAD_MAP)},
    }


def room_rates_mbps(run: RunFacts, stage: StageFacts) -> list[int | None]:
    """By room, the rate that 95 % of its floor has at least; None for rooms without seats or maps without rates."""
    charts = {chart.floor_id: chart for chart in stage.maps if chart.rate_bps.size}
    found: list[int | None] = []
    for room in run.rooms:
        chart = charts.get(room.floor_id)
        cells = cells_inside(chart, room) if chart is not None and room.seats else np.zeros((0, 0), dtype=np.bool_)
        known = chart is not None and bool(cells.any())
        found.append(round(float(np.quantile(chart.rate_bps[cells], _COVERED)) / 1e6) if known and chart else None)
    return found


def _grid(chart: MapFacts, drawing: FloorDrawing, *, most_bps: float) -> dict[str, Any]:
    rows, columns = chart.rssi_dbm.shape
    west, north = chart.origin_m[0] - chart.step_m / 2, chart.origin_m[1] + chart.step_m * (rows - 0.5)
    low, high = RSSI_RANGE_DBM
    return {
        "floor": chart.floor_id, "rows": rows, "columns": columns,
        "x": round(west - drawing.left_m, 2), "y": round(drawing.top_m - north, 2), "step": chart.step_m,
        "signal": _bytes((chart.rssi_dbm - low) / (high - low)),
        "rate": _bytes(chart.rate_bps / most_bps) if chart.rate_bps.size and most_bps else "",
        "radio": base64.b64encode(np.flipud(chart.radio).astype("<i2").tobytes()).decode("ascii"),
    }  # fmt: skip


def _bytes(share: FloatArray) -> str:
    known = np.where(np.isfinite(share), np.round(_MOST * np.clip(share, 0.0, 1.0)), 255)
    return base64.b64encode(np.flipud(known).astype(np.uint8).tobytes()).decode("ascii")


def _ramp(name: str) -> list[list[int]]:
    colours = mpl.colormaps[name](np.linspace(0.0, 1.0, _STOPS))
    return [[round(255 * float(part)) for part in colour[:3]] for colour in colours]
