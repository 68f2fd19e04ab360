"""The names and static figures behind a run's arrays: what stands in the site and in each stage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wifisim.inputs.equipment import Band, Network
from wifisim.inputs.floorplan import Floor
from wifisim.inputs.profile import Activity
from wifisim.inputs.site import Site
from wifisim.mac.airtime import prices
from wifisim.mac.contention import contention_domains
from wifisim.mac.links import links
from wifisim.results.criteria import criteria_for
from wifisim.results.records import (
    ActivityFacts,
    FloatArray,
    MapFacts,
    PeriodFacts,
    RadioFacts,
    RoomFacts,
    RunFacts,
    StageFacts,
    WallFacts,
)
from wifisim.rf.coverage import Coverage, PlacedRadio, rssi_dbm, survey
from wifisim.rf.places import SEAT_HEIGHT_M, Places
from wifisim.simulation.stage import StageModel
from wifisim.traffic.population import populate

MAP_STEP_M = 1.0
MAP_BAND: Band = "5"
COVERED_SHARE = 0.95  # of a room's seats that must have the signal quoted for the room


def run_facts(site: Site, activities: Sequence[Activity]) -> RunFacts:
    """What is the same for all stages and days; ``activities`` in the order of the ``[activity]`` axis."""
    materials = site.catalog.materials
    rooms, walls, floors = site.building.rooms, [w for f in site.building.floors for w in f.walls], site.building.floors
    return RunFacts(
        site_name=site.name,
        phase=site.phase,
        pupils=site.pupils,
        staff=site.staff,
        weekday=site.timetable.day_names[site.simulation.weekday],
        devices_good_share=site.targets.devices_good_share,
        rooms=tuple(RoomFacts(r.id, r.name, r.floor_id, r.kind, r.outline_m, r.seats) for r in rooms),
        walls=tuple(
            WallFacts(w.floor_id, w.from_m, w.to_m, w.material_id, materials[w.material_id].loss_db[MAP_BAND])
            for w in walls
        ),
        floors=tuple((floor.id, floor.name) for floor in floors),
        activities=tuple(_activity_facts(activity) for activity in activities),
        periods=tuple(PeriodFacts(p.id, p.kind, p.start_s, p.end_s) for p in site.timetable.periods),
        criteria=criteria_for(site),
    )


def _activity_facts(activity: Activity) -> ActivityFacts:
    return ActivityFacts(
        activity.id,
        activity.label,
        activity.kind,
        activity.service_id,
        activity.direction,
        activity.good_s,
        activity.save,
        activity.evidence.confidence,
    )


def facts_of_stages(site: Site, models: Sequence[StageModel]) -> tuple[StageFacts, ...]:
    """What stands in each stage; stages with the same radios share their maps."""
    maps: dict[tuple[PlacedRadio, ...], tuple[MapFacts, ...]] = {}
    for model in models:
        if model.radios not in maps:
            levels = range(len(site.building.floors))
            maps[model.radios] = tuple(_floor_map(site, model.coverage, level) for level in levels)
    return tuple(_stage_facts(site, model, maps[model.radios]) for model in models)


def _stage_facts(site: Site, model: StageModel, maps: tuple[MapFacts, ...]) -> StageFacts:
    """What stands in one stage, in the order of its ``[resource]`` and ``[radio]`` axes."""
    stage = model.stage
    population = populate(site, stage, seed=site.simulation.seed, replication=0)
    return StageFacts(
        id=stage.id,
        label=stage.label,
        date=stage.date.isoformat(),
        opens_with=stage.opens_with,
        devices=population.count,
        resources=tuple(
            replace(resource, usable_airtime=(), usable_downloads=()) for resource in model.network.resources
        ),
        radios=_radio_facts(model, stage.network),
        maps=maps,
        room_rssi_dbm=_room_rssi(site, model),
        figures=_figures(site, stage.network),
    )


def _radio_facts(model: StageModel, network: Network) -> tuple[RadioFacts, ...]:
    points = {point.id: point for point in network.access_points}
    facts = []
    for number, placed in enumerate(model.coverage.radios):
        point = points[placed.access_point_id]
        radio = placed.radio
        facts.append(
            RadioFacts(
                ap_id=point.id,
                band=radio.band,
                channel=radio.channel,
                width_mhz=radio.width_mhz,
                power_dbm=radio.power_dbm,
                enabled=radio.enabled,
                floor_id=point.floor_id,
                at_m=point.at_m,
                cliques=model.cliques_of[number],
            )
        )
    return tuple(facts)


def _room_rssi(site: Site, model: StageModel) -> FloatArray:
    """What 95 % of a room's seats have at least of the commonest pupil device's best 5 or 6 GHz or 2.4 GHz signal."""
    client = site.catalog.clients[site.programme.client_id]
    levels = rssi_dbm(model.coverage, client)
    usable = np.array([placed.radio.band in client.bands for placed in model.coverage.radios], dtype=np.bool_)
    best = np.max(levels[usable], axis=0, initial=-np.inf)
    rooms = site.building.rooms
    values = np.full(len(rooms), np.nan)
    for index, room in enumerate(rooms):
        if room.seats:
            seats = best[model.coverage.places.room == index]
            values[index] = np.quantile(seats, 1.0 - COVERED_SHARE, method="lower")
    return values


def _floor_map(site: Site, coverage: Coverage, level: int) -> MapFacts:
    """The strongest 5 GHz signal of the pupils' device over one floor and its rate, on a grid of ``MAP_STEP_M``."""
    floor = site.building.floors[level]
    x, y = _grid(floor)
    columns, rows = x.size, y.size
    grid_y, grid_x = np.meshgrid(y, x, indexing="ij")
    count = rows * columns
    places = Places(
        room=np.zeros(count, dtype=np.int64),
        floor=np.full(count, level),
        x_m=grid_x.ravel(),
        y_m=grid_y.ravel(),
        z_m=np.full(count, floor.base_m + SEAT_HEIGHT_M),
    )
    near = [number for number, placed in enumerate(coverage.radios) if placed.radio.band == MAP_BAND]
    origin = (float(x[0]), float(y[0])) if count else (0.0, 0.0)
    if not near or not count:
        nothing = np.full((rows, columns), -np.inf)
        return MapFacts(floor.id, origin, MAP_STEP_M, nothing, np.full((rows, columns), -1, dtype=np.int64))
    radios = tuple(coverage.radios[number] for number in near)
    law = site.simulation.air.path_loss
    heard = survey(site.building, radios, places, materials=site.catalog.materials, law=law)
    client = site.catalog.clients[site.programme.client_id]
    levels = rssi_dbm(heard, client)
    best = levels.argmax(axis=0)
    rates = prices(links(heard, contention_domains(heard), client, site.simulation.air)).down_rate_bps
    strongest, fastest = (found[best, np.arange(count)].reshape(rows, columns) for found in (levels, rates))
    return MapFacts(floor.id, origin, MAP_STEP_M, strongest, np.array(near)[best].reshape(rows, columns), fastest)


def _grid(floor: Floor) -> tuple[FloatArray, FloatArray]:
    """Grid lines in the middle of one-metre cells that cover the floor's bounding box."""
    corners = np.array([corner for room in floor.rooms for corner in room.outline_m]).reshape(-1, 2)
    if not corners.size:
        return np.zeros(0), np.zeros(0)
    low, high = corners.min(axis=0), corners.max(axis=0)
    return (
        np.arange(low[0] + MAP_STEP_M / 2, high[0] + MAP_STEP_M / 2 - 1e-9, MAP_STEP_M),
        np.arange(low[1] + MAP_STEP_M / 2, high[1] + MAP_STEP_M / 2 - 1e-9, MAP_STEP_M),
    )


def _figures(site: Site, network: Network) -> dict[str, float]:
    """Quantities of the equipment alone, by metric name; rates in Mbit/s."""
    main = network.wan[0]
    inner = {switch.uplink_id for switch in network.switches}
    edge = [switch.uplink_bps for switch in network.switches if switch.id not in inner]
    filters = [switch.throughput_bps for switch in network.switches if switch.kind == "filter"]
    return {
        **({"filter_mbps": filters[0] / 1e6} if len(filters) == 1 and math.isfinite(filters[0]) else {}),
        "line_down_mbps": main.down_bps / 1e6,
        "line_up_mbps": main.up_bps / 1e6,
        "line_down_mbps_per_pupil": main.down_bps / 1e6 / max(site.pupils, 1),
        "backup_line": float(len(network.wan) > 1),
        "pupils_per_ap": site.pupils / max(len(network.access_points), 1),
        "switch_uplink_mbps_min": min(edge, default=0.0) / 1e6,
    }
