"""The figures a result folder can give, by kind: what each needs, and how they are saved.

``draw`` gives one figure, or one a floor for the maps, each with the part of a file name that tells it from the
others. Files are the same bytes for the same results: no date goes into them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from wifisim.errors import ResultsError
from wifisim.plots.choice import choose_day, choose_floors, choose_stage
from wifisim.plots.day import plot_day
from wifisim.plots.ladder import plot_ladder
from wifisim.plots.latency import plot_latency
from wifisim.plots.lessons import plot_lessons
from wifisim.plots.plan import plot_airtime, plot_rate, plot_signal
from wifisim.plots.readiness import plot_readiness
from wifisim.plots.rooms import plot_channels, plot_experience
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup
from wifisim.results.records import Results, RunFacts, StageFacts

FORMATS = ("png", "svg", "pdf")
DPI = 150
_PER_DAY: dict[str, Callable[[DayGroup], Figure]] = {"day": plot_day, "lessons": plot_lessons, "latency": plot_latency}
_PER_STAGE: dict[str, Callable[[RunFacts, StageFacts, str], Figure]] = {
    "signal": plot_signal, "rate": plot_rate, "channels": plot_channels,
}  # fmt: skip
_PER_FLOOR: dict[str, Callable[[DayGroup, str], Figure]] = {"airtime": plot_airtime, "experience": plot_experience}
KINDS = ("readiness", "ladder", "day", "lessons", "latency", "signal", "rate", "airtime", "experience", "channels")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which figure: empty texts leave the choice to ``choice``."""

    kind: str
    stage_id: str = ""
    day_kind: str = ""
    floor_id: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure, what it shows (``airtime-wave-2-typical``), and the floor if there is one file a floor."""

    name: str
    floor_id: str
    figure: Figure


def draw(results: Results, readiness: Readiness, choice: Choice) -> Iterator[Drawing]:
    """The figures of a choice. Raises ResultsError when there is no such figure, stage, day or floor."""
    stage = choose_stage(results, readiness, choice.stage_id)
    floors = choose_floors(results, choice.floor_id)
    if choice.kind == "readiness":
        yield Drawing("readiness", "", plot_readiness(results, readiness))
        return
    if choice.kind == "ladder":
        yield Drawing("ladder", "", plot_ladder(results, readiness))
        return
    if choice.kind in _PER_STAGE:
        for floor in floors:
            yield Drawing(f"{choice.kind}-{stage.id}", floor, _PER_STAGE[choice.kind](results.run, stage, floor))
        return
    group = choose_day(results, readiness, stage=stage, day_kind=choice.day_kind)
    name = f"{choice.kind}-{stage.id}-{group.day_kind}"
    if choice.kind in _PER_FLOOR:
        for floor in floors:
            yield Drawing(name, floor, _PER_FLOOR[choice.kind](group, floor))
    elif choice.kind in _PER_DAY:
        yield Drawing(name, "", _PER_DAY[choice.kind](group))
    else:
        raise ResultsError(f"no figure '{choice.kind}' (there is {', '.join(KINDS)})")


def paths_for(drawings: Sequence[Drawing], out: Path | None, folder: Path) -> list[Path]:
    """Where figures go: ``out`` itself for one, ``out`` with the floor for several, or the folder's ``plots``."""
    if out is None:
        names = ("-".join(filter(None, (drawing.name, drawing.floor_id))) for drawing in drawings)
        return [folder / "plots" / f"{_safe(name)}.png" for name in names]
    if out.suffix.lower().lstrip(".") not in FORMATS:
        raise ResultsError(f"{out}: a figure ends in .{', .'.join(FORMATS)}")
    if len(drawings) == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{_safe(drawing.floor_id)}{out.suffix}") for drawing in drawings]


def save_figure(figure: Figure, path: Path, *, force: bool) -> None:
    """Write a figure in the format its name ends in. Raises ResultsError when it exists and ``force`` is not set."""
    if path.exists() and not force:
        raise ResultsError(f"{path} exists; --force replaces it")
    kind = path.suffix.lower().lstrip(".")
    # PDF and SVG carry their time of making unless told not to; PNG carries the matplotlib version only.
    metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with mpl.rc_context({"svg.hashsalt": "wifisim", "svg.fonttype": "path"}):
            figure.savefig(fresh, format=kind, dpi=DPI, metadata=metadata)
        fresh.replace(path)
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)


def _safe(name: str) -> str:
    """A file name on every system: letters, digits, dots, dashes and underscores only."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "figure"
