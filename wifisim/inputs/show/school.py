"""Building, timetable and rollout in the written form: rooms as polygons, every wall and every lesson on its own."""

from __future__ import annotations

import dataclasses
import math
from itertools import groupby
from typing import Any

from wifisim.inputs.floorplan import Building, Floor
from wifisim.inputs.resolve.shapes import OPEN
from wifisim.inputs.rollout import Event, Fleet, Wave
from wifisim.inputs.show.network import change_form, network_form
from wifisim.inputs.show.units import clock, date, mbps, minutes
from wifisim.inputs.site import Simulation, Site
from wifisim.inputs.storm import Storm
from wifisim.inputs.timetable import Lesson, Timetable
from wifisim.inputs.variation import NOTHING_VARIED


def building_form(building: Building) -> dict[str, Any]:
    """The section ``building``; room outlines are open, since all walls are listed."""
    return {"floors": [_floor(floor) for floor in building.floors]}


def _floor(floor: Floor) -> dict[str, Any]:
    return {
        "id": floor.id,
        "name": floor.name,
        "height_m": floor.height_m,
        "slab": floor.slab_material_id,
        "rooms": [
            {
                "id": room.id,
                "name": room.name,
                "kind": room.kind,
                "outline_m": [list(corner) for corner in room.outline_m],
                "seats": room.seats,
                "wall": OPEN,
            }
            for room in floor.rooms
        ],
        "walls": [
            {"from_m": list(wall.from_m), "to_m": list(wall.to_m), "material": wall.material_id} for wall in floor.walls
        ],
    }


def timetable_form(timetable: Timetable) -> dict[str, Any]:
    """The section ``timetable`` with all lessons."""
    two_weeks = " " in timetable.day_names[0]
    days = list(dict.fromkeys(name.split(" ")[0] for name in timetable.day_names))
    return {
        "weeks": 2 if two_weeks else 1,
        "days": days,
        "periods": {
            period.id: {"time": f"{clock(period.start_s)}-{clock(period.end_s)}", "kind": period.kind}
            for period in timetable.periods
        },
        "years": {
            year: {"classes": [c.id for c in group], "size": group[0].size, "stage": group[0].stage}
            for year, group in ((y, list(g)) for y, g in groupby(timetable.classes, key=lambda c: c.year))
        },
        **{
            key: [{"name": one.name, "first": date(one.first), "last": date(one.last)} for one in spans]
            for key, spans in (("terms", timetable.terms), ("assessments", timetable.assessments))
        },
        "lessons": [_lesson(lesson, timetable.day_names[lesson.day]) for lesson in timetable.lessons],
    }


def _lesson(lesson: Lesson, day_name: str) -> dict[str, Any]:
    day, _, week = day_name.partition(" ")
    return {
        "day": day,
        **({"week": week} if week else {}),
        "period": lesson.period_id,
        "class": lesson.class_id,
        "room": lesson.room_id,
        "subject": lesson.subject,
        "profile": lesson.profile_id,
    }


def fleet_form(fleet: Fleet) -> dict[str, Any]:
    """One entry of ``devices.already``."""
    form: dict[str, Any] = {"used_by": fleet.use, "type": fleet.client_id, "profile": fleet.profile_id}
    if fleet.use == "room":
        form |= {"room": fleet.room_id, "count": fleet.count}
    else:
        form["per_person"] = fleet.per_person
    if fleet.use == "class":
        form["classes"] = list(fleet.class_ids)
    form |= {"wired": True, "switch": fleet.switch_id} if fleet.wired else {"wired": False}
    return form | ({"retired_on": date(fleet.retired_on)} if fleet.retired_on else {})


def programme_form(site: Site) -> dict[str, Any]:
    """The section ``programme``."""
    programme = site.programme
    return {
        "model": programme.model,
        "device": programme.client_id,
        "opt_out_share": programme.opt_out_share,
        "opt_out_device": programme.opt_out_client_id,
        "pool_share": programme.pool_share,
        "fault_share": programme.fault_share,
        "forgotten_share": programme.forgotten_share,
        "choice": dict(programme.choice),
        "adoption": {
            "start_share": programme.adoption.start_share,
            "full_after_weeks": programme.adoption.full_after_weeks,
            "by_stage": dict(programme.adoption.by_stage),
            "staff_readiness": programme.adoption.staff_readiness,
        },
        "roll_over": [date(day) for day in programme.roll_over],
        "lessons_per_charge": programme.lessons_per_charge,
    }


def wave_form(wave: Wave) -> dict[str, Any]:
    """One entry of ``waves``."""
    arrival = wave.arrival
    return {
        "id": wave.id,
        "date": date(wave.date),
        "who": {"department": list(wave.subjects)} if wave.subjects else {"class": list(wave.class_ids)},
        "device": wave.client_id,
        "arrival": {
            "slots": arrival.slots,
            "slot_min": minutes(arrival.slot_s),
            "start": clock(arrival.start_s),
            "enrol": arrival.enrol,
            **({"profile": arrival.profile_id} if arrival.profile_id else {}),
        },
    }


def upgrades_form(site: Site) -> list[dict[str, Any]]:
    """The section ``upgrades``; of several on one date the first carries all changes."""
    forms = []
    done = set()
    for upgrade in site.upgrades:
        form: dict[str, Any] = {"id": upgrade.id, "date": date(upgrade.date), "label": upgrade.label}
        if upgrade.date not in done:
            done.add(upgrade.date)
            after = next(i for i, stage in enumerate(site.stages) if stage.date == upgrade.date)
            before = network_form(site.stages[after - 1].network)
            form |= change_form(before, network_form(site.stages[after].network))
        forms.append(form | {"cost": upgrade.cost})
    return forms


def event_form(event: Event) -> dict[str, Any]:
    """One entry of ``events``."""
    return {
        "day": event.day_kind,
        "what": event.target,
        "id": event.target_id,
        "at": clock(event.start_s),
        "for_min": minutes(event.duration_s),
        **({"bypass": True} if event.bypass else {}),
        **({"slow_s": event.slow_s} if event.slow_s else {}),
        **({"left_mbps": mbps(event.left_bps)} if event.left_bps else {}),
    }


def storm_form(storm: Storm) -> dict[str, Any]:
    """One entry of ``storms``."""
    spread: Any = {
        "at-once": "at-once",
        "over": {"over_min": minutes(storm.spread.over_s)},
        "days": {"days": storm.spread.parts},
        "evenings": {"evenings": storm.spread.parts},
    }[storm.spread.kind]
    return {
        "id": storm.id,
        "what": storm.kind,
        "day": storm.day_kind,
        "who": storm.who,
        **({"at": clock(storm.start_s)} if storm.start_s else {}),
        **({"platform": storm.platform} if storm.platform else {}),
        "profile": storm.profile_id,
        "share": storm.share,
        "spread": spread,
        "peers": storm.peers_share,
    }


def _replications_form(simulation: Simulation) -> int | dict[str, int]:
    at_least, extra = simulation.replications, simulation.extra_replications
    if not extra:
        return at_least
    days = simulation.extra_device_days
    budget = {} if math.isinf(days) else {"device_days": round(days)}
    return {"at_least": at_least, "at_most": at_least + extra, **budget}


def _vary_form(simulation: Simulation) -> str | dict[str, list[float]]:
    if simulation.vary == NOTHING_VARIED:
        return "off"
    return {name: list(ends) for name, ends in dataclasses.asdict(simulation.vary).items()}


def simulate_form(site: Site) -> dict[str, Any]:
    """The section ``simulate``."""
    simulation = site.simulation
    day, _, week = site.timetable.day_names[simulation.weekday].partition(" ")
    return {
        "days": list(simulation.days),
        "weekday": day,
        "week": week or "A",
        "replications": _replications_form(simulation),
        "seed": simulation.seed,
        "bin_s": simulation.bin_s,
        "vary": _vary_form(simulation),
        "air": dataclasses.asdict(simulation.air),
    }
