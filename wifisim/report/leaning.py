"""Which inputs the verdict leans on, as a table: from a sensitivity analysis that stands in the result folder."""

from __future__ import annotations

from dataclasses import dataclass

from wifisim.results.phrases import bound_text, value_text
from wifisim.results.sensitivity import CHANCE, CriterionSensitivity, Effect, Sensitivity, Sign

_SHOWN = 10
_DIRECTIONS: dict[Sign, str] = {"up": "more of it raises the figure", "down": "more of it lowers it",
                                "mixed": "both ways", "none": ""}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeaningRow:
    """An input; ``effect`` is how far the figure moves over the input's whole range."""

    label: str
    span: str
    confidence: str
    effect: str
    spread: str
    direction: str


@dataclass(frozen=True, slots=True)
class Leaning:
    """The inputs of the criterion that decides, strongest first; ``chance`` is what another day alone moves."""

    figure: str
    where: str
    chance: str
    rows: tuple[LeaningRow, ...]


def leaning_of(found: Sensitivity | None) -> Leaning | None:
    """The table; None without an analysis."""
    if found is None or not found.criteria:
        return None
    criterion = found.criteria[0]
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    effects = [effect for effect in criterion.effects if effect.input.id != CHANCE and effect.mu_star > 0.0]
    chance = next((effect for effect in criterion.effects if effect.input.id == CHANCE), None)
    return Leaning(
        figure=f"{criterion.label} ({asked})",
        where=f"{found.stage_label}, {found.day} day, {found.runs} runs",
        chance=_size(criterion, chance.mu_star) if chance else "",
        rows=tuple(_row(criterion, effect) for effect in effects[:_SHOWN]),
    )


def _row(criterion: CriterionSensitivity, effect: Effect) -> LeaningRow:
    one = effect.input
    unit = {"dB": " dB", "x": " times"}.get(one.unit, "")
    return LeaningRow(
        one.label, f"{one.low:g} to {one.high:g}{unit}", one.confidence, _size(criterion, effect.mu_star),
        _size(criterion, effect.sigma), _DIRECTIONS[effect.sign],
    )  # fmt: skip


def _size(criterion: CriterionSensitivity, size: float) -> str:
    if criterion.unit == "share":
        return f"{100.0 * size:.1f} points"
    return value_text(size, {"dBm": "dB"}.get(criterion.unit, criterion.unit))
