"""Which inputs a verdict leans on: elementary effects (Morris, Technometrics 33, 1991) as records, and their files.

An elementary effect is how much a figure changes when one input goes from one end of its range to the other and all
else stays, measured at random places of the whole space. ``mu_star`` is the mean of their sizes (Campolongo et al.,
Environmental Modelling & Software 22, 2007), ``mu`` their mean with sign, ``sigma`` their spread: a large one means
that the input's effect depends on the others, or that it has a threshold. Chance is an input among the others:
another day drawn with the same inputs; what lies below it is not worth measuring better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from wifisim.errors import ResultsError
from wifisim.randomness import stream
from wifisim.results.extracts import csv_text
from wifisim.results.records import FloatArray, IntArray

SENSITIVITY_FILE = "sensitivity.json"
SENSITIVITY_TABLE = "sensitivity.csv"
CHANCE = "chance"  # the input that stands for another day drawn with the same inputs
LEVELS = 4  # values an input takes: 0, 1/3, 2/3 and 1 of its range
STEP = LEVELS / (2.0 * (LEVELS - 1))  # with this step all levels are equally likely (Morris)
_MIXED = 0.5  # below this share of mu_star the effects of an input cancel too much to give it a sign

Sign = Literal["up", "down", "mixed", "none"]


@dataclass(frozen=True, slots=True)
class InputRange:
    """An input that is not known exactly: its id, its name for people, evidence and range in its unit."""

    id: str
    label: str
    confidence: str
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How a figure leans on one input over its whole range, in the figure's unit.

    ``sign``: where the figure goes when the input rises. ``share``: the input's part in the sum of squares of all
    ``mu_star``, roughly its part in the variance.
    """

    input: InputRange
    mu_star: float
    mu: float
    sigma: float
    sign: Sign
    share: float


@dataclass(frozen=True, slots=True)
class CriterionSensitivity:
    """One criterion: its lowest and highest figure over all runs, in how many it missed its target, effects by size."""

    id: str
    label: str
    metric: str
    comparison: str
    target: float
    unit: str
    low: float
    high: float
    missed: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The whole: which stage and day was run how often, and the criteria, the one that decides first."""

    format: Literal["wifisim-sensitivity"]
    version: Literal[1]
    site: str
    stage: str
    stage_label: str
    day: str
    paths: int
    runs: int
    seed: int
    criteria: tuple[CriterionSensitivity, ...]


_ADAPTER = TypeAdapter(Sensitivity)


def sensitivity_json(found: Sensitivity) -> bytes:
    """UTF-8 JSON of a sensitivity analysis."""
    return _ADAPTER.dump_json(found, indent=1) + b"\n"


def sensitivity_csv(found: Sensitivity) -> str:
    """One row a criterion and input, safe for a spreadsheet."""
    header = (
        "criterion",
        "input",
        "label",
        "confidence",
        "low",
        "high",
        "unit",
        "mu_star",
        "mu",
        "sigma",
        "sign",
        "share",
    )
    rows = (
        (criterion.id, one.id, one.label, one.confidence, one.low, one.high, one.unit,
         effect.mu_star, effect.mu, effect.sigma, effect.sign, effect.share)
        for criterion in found.criteria
        for effect in criterion.effects
        for one in (effect.input,)
    )  # fmt: skip
    return csv_text(header, rows)


def write_sensitivity(found: Sensitivity, folder: Path) -> None:
    """Put the analysis into a result folder, in the place of an older one. Raises ResultsError when it cannot."""
    texts = {SENSITIVITY_FILE: sensitivity_json(found), SENSITIVITY_TABLE: sensitivity_csv(found).encode()}
    try:
        for name, text in texts.items():
            fresh = folder / f".{name}.new"
            fresh.write_bytes(text)
            fresh.replace(folder / name)
    except OSError as error:
        raise ResultsError(f"cannot write to {folder}: {error.strerror or error}") from error


def read_sensitivity(folder: Path) -> Sensitivity | None:
    """The analysis in a folder, or None where there is none. Raises ResultsError when it is damaged."""
    path = folder / SENSITIVITY_FILE
    if not path.is_file():
        return None
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise ResultsError(f"{path} is damaged: {str(error).splitlines()[0]}") from None


def walk(inputs: int, *, seed: int, path: int) -> tuple[FloatArray, IntArray]:
    """One random path: places [step, input] in the unit cube, one input moved a step; and which input moves [step]."""
    draws = stream(seed, "morris", path)
    order = draws.permutation(inputs)
    upward = draws.random(inputs) < 0.5
    free = int(LEVELS - STEP * (LEVELS - 1))  # levels from which a step up stays inside
    start = draws.integers(0, free, inputs) / (LEVELS - 1)
    places = np.tile(np.where(upward, start, start + STEP), (inputs + 1, 1))
    for step, moved in enumerate(order):
        places[step + 1 :, moved] += STEP if upward[moved] else -STEP
    return places, order


def elementary_effects(places: FloatArray, order: IntArray, values: FloatArray) -> FloatArray:
    """Effect of each input [input] along one path with ``values`` [step], for the whole of the input's range."""
    effects = np.zeros(order.size)
    steps = places[np.arange(1, order.size + 1), order] - places[np.arange(order.size), order]
    effects[order] = np.diff(values) / steps
    return effects


def effects_of(inputs: Sequence[InputRange], effects: FloatArray) -> tuple[Effect, ...]:
    """The inputs by the size of their ``effects`` [path, input], largest first; a path without a figure is left out."""
    known = effects[np.isfinite(effects).all(axis=1)]
    if known.shape[0] == 0:
        return ()
    sizes = np.abs(known).mean(axis=0)
    total = float((sizes**2).sum()) or 1.0
    spread = known.std(axis=0, ddof=1) if known.shape[0] > 1 else np.zeros(len(inputs))
    found = [
        Effect(one, float(size), float(mean), float(sigma), _sign(float(mean), float(size)), float(size) ** 2 / total)
        for one, size, mean, sigma in zip(inputs, sizes, known.mean(axis=0), spread, strict=True)
    ]
    return tuple(sorted(found, key=lambda effect: -effect.mu_star))


def leaning_on(criterion: CriterionSensitivity) -> tuple[Effect, ...]:
    """The inputs that matter more than chance, largest effect first."""
    chance = next((effect.mu_star for effect in criterion.effects if effect.input.id == CHANCE), 0.0)
    return tuple(effect for effect in criterion.effects if effect.mu_star > chance and effect.input.id != CHANCE)


def _sign(mean: float, size: float) -> Sign:
    if size == 0.0:
        return "none"
    if abs(mean) < _MIXED * size:
        return "mixed"
    return "up" if mean > 0.0 else "down"


def finite_range(values: FloatArray) -> tuple[float, float]:
    """Lowest and highest finite one of ``values``; NaN twice when there is none."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)
