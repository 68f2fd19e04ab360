"""The facts of a run as JSON, and back: everything in Results that is neither a load nor a count.

Arrays live in the Parquet tables; here stand the names and shapes that turn their rows into arrays again. Infinity
and NaN are written as strings. What comes back is checked as strictly as any input: the types by pydantic, and every
index against the list it points into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from wifisim.errors import ResultsError
from wifisim.results.records import Results, RunFacts, StageBasics, StageFacts
from wifisim.results.tables import DayShape, day_shape

FACTS_VERSION: Literal[2] = 2
_DAY_S = 86_400.0

Metres = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class MapShape:
    """A signal map without its values."""

    floor_id: str
    origin_m: tuple[Metres, Metres]
    step_m: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    rows: Annotated[int, Field(ge=0)]
    columns: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class StoredStage(StageBasics):
    """StageFacts with its arrays as lists or shapes."""

    maps: tuple[MapShape, ...]
    room_rssi_dbm: tuple[float, ...]


@checked_dataclass(frozen=True, slots=True, config=ConfigDict(ser_json_inf_nan="strings"))
class StoredFacts:
    """``facts.json``."""

    format: Literal["wifisim-results"]
    version: Literal[2]
    run: RunFacts
    stages: tuple[StoredStage, ...]
    days: tuple[DayShape, ...]
    provenance: dict[str, Any]


_ADAPTER = TypeAdapter(StoredFacts)


def facts_json(results: Results) -> bytes:
    """UTF-8 JSON of the facts of ``results``."""
    facts = StoredFacts(
        format="wifisim-results",
        version=FACTS_VERSION,
        run=results.run,
        stages=tuple(_stored(stage) for stage in results.stages),
        days=tuple(day_shape(day) for day in results.days),
        provenance=results.provenance,
    )
    return _ADAPTER.dump_json(facts, indent=1) + b"\n"


def facts_from_json(text: bytes) -> StoredFacts:
    """The facts in a result folder. Raises ResultsError when malformed or contradictory."""
    try:
        facts = _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise ResultsError(_first_problem(error)) from None
    if not facts.stages:
        raise ResultsError("no stage in it")
    stage_ids = [stage.id for stage in facts.stages]
    _require(len(set(stage_ids)) == len(stage_ids), "two stages have the same id")
    for stage in facts.stages:
        _check_stage(stage, facts.run)
    for day in facts.days:
        _require(day.stage_id in stage_ids, f"a day belongs to an unknown stage '{day.stage_id}'")
        _require(0 <= day.start_s < _DAY_S and 0 < day.bin_s <= _DAY_S, "a day has an impossible time")
        _require(0 < day.bins * day.bin_s <= 2 * _DAY_S and 0 <= day.slots <= 1000, "a day has an impossible length")
    return facts


def _stored(stage: StageFacts) -> StoredStage:
    return StoredStage(
        **stage.basics(),
        maps=tuple(
            MapShape(chart.floor_id, chart.origin_m, chart.step_m, *(int(size) for size in chart.rssi_dbm.shape))
            for chart in stage.maps
        ),
        room_rssi_dbm=tuple(np.asarray(stage.room_rssi_dbm, dtype=np.float64).tolist()),
    )


def _check_stage(stage: StoredStage, run: RunFacts) -> None:
    cliques = [clique for radio in stage.radios for clique in radio.cliques]
    _require(all(0 <= clique < len(stage.resources) for clique in cliques), "a radio points to an unknown resource")
    _require(len(stage.room_rssi_dbm) == len(run.rooms), "the rooms and their signals differ in number")
    resource_ids = {resource.id for resource in stage.resources}
    _require(len(resource_ids) == len(stage.resources), "two resources have the same id")


def _first_problem(error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    for problem in problems:
        if problem["loc"] == ("version",):
            form = f"{problem['input']!r:.20}"
            return f"form {form} of another wifisim, this one reads form {FACTS_VERSION}; run the site again"
    first = problems[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'facts'}: {first['msg']}"


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ResultsError(what)
