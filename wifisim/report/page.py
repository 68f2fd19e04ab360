"""``report.html``: one file that needs nothing else, the same bytes for the same results.

jinja2 fills the template (autoescape on), styles and scripts stand in ``static/`` and go into the page, and so do the
data and plotly's script. These two are packed (zlib, base64) and unpacked by the browser, plotly only once the page
stands, so that the page is there at once and a third of its size. A content-security policy forbids every request.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from wifisim.errors import ResultsError
from wifisim.plots.brand import Brand, branded
from wifisim.plots.choice import choose_day, choose_stage
from wifisim.report.cells import SHEETS, day_sheets
from wifisim.report.criteria import criterion_rows, legend, stage_heads
from wifisim.report.days import DayFilm, day_film, first_shown
from wifisim.report.drawing import floor_drawings
from wifisim.report.faults import fault_sentence, faults_of
from wifisim.report.leaning import leaning_of
from wifisim.report.payload import packed, packed_json, payload
from wifisim.report.pictures import pictures
from wifisim.report.verdict import plain_verdict
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup, day_groups
from wifisim.results.gate_wording import gate_sentences
from wifisim.results.phrases import day_phrase, runs_text, stage_name, weekday_name
from wifisim.results.records import Results
from wifisim.results.sensitivity import Sensitivity
from wifisim.results.summarise import summarise

_PACKAGE = "wifisim.report"
_SCRIPTS = ("unpack.js", "heat.js", "plan.js", "tables.js", "charts.js", "report.js")
# Characters that reorder or hide text around them; a name has no business with them.
_TRICKS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0x202A, 0x202F),
                         *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF], " ")  # fmt: skip


def report_html(
    results: Results, readiness: Readiness, brand: Brand | None = None, sensitivity: Sensitivity | None = None
) -> bytes:
    """The page. Raises ResultsError when there is no simulated day to show."""
    if not results.days:
        raise ResultsError("there is no simulated day to report on")
    with branded(brand):
        return _page(results, readiness, brand or Brand(), sensitivity).encode("utf-8")


def _page(results: Results, readiness: Readiness, brand: Brand, sensitivity: Sensitivity | None) -> str:
    groups = day_groups(results)
    films = [day_film(group) for group in groups]
    chosen = _first_shown(results, readiness, groups, films)
    group = groups[chosen]
    summary = summarise(results, readiness)
    stage = summary.stages[[stage.id for stage in results.stages].index(group.stage.id)]
    day = next(day for day in stage.days if day.day == group.day_kind)
    drawings = floor_drawings(results.run)
    days = list(zip(groups, films, strict=True))
    data = payload(results, readiness, summary, days=days, drawings=drawings)
    data["chosen"] = chosen
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            run=results.run,
            weekday=weekday_name(results.run.weekday),
            brand=brand,
            verdict=plain_verdict(results, readiness, faults=fault_sentence(summary)),
            heads=stage_heads(results, readiness),
            rows=criterion_rows(results, readiness),
            legend=legend(),
            stages=results.stages,
            chosen=group,
            rssi_min=f"{data['rssiMin']:g}",
            chosen_text=f"{stage_name(group.stage)}, {day_phrase(group.day_kind, results.run.weekday)}",
            floors=drawings,
            sheets=SHEETS,
            cells=day_sheets(results, day, group.stage.radios),
            pictures=list(pictures(results, readiness, group)),
            faults=faults_of(results, summary),
            refusals=tuple(gate_sentences(summary)),
            gives_way=bool(readiness.ladder),
            ladder_words=data["ladder"]["words"],
            evidence=_evidence(results),
            leaning=leaning_of(sensitivity),
            provenance=results.provenance,
            runs=runs_text(results),
            vary=_ranges(results),
            data=packed_json(_plain(data)),
            styles=Markup(_static("report.css")),  # noqa: S704  our own file
            scripts=[Markup(_static(name)) for name in _SCRIPTS],  # noqa: S704  our own files
            plotly=packed(get_plotlyjs()),
        )
    )


def _ranges(results: Results) -> str:
    """The inputs that each run draws anew inside ranges, "" none."""
    ranges: dict[str, tuple[float, float]] = results.provenance.get("vary") or {}
    return ", ".join(f"{name.replace('_', ' ')} {low:g} to {high:g}" for name, (low, high) in ranges.items())


def _first_shown(results: Results, readiness: Readiness, groups: Sequence[DayGroup], films: Sequence[DayFilm]) -> int:
    usual = choose_day(results, readiness, stage=choose_stage(results, readiness))
    names = [(group.stage.id, group.day_kind) for group in groups]
    return first_shown(films, default=names.index((usual.stage.id, usual.day_kind)))


def write_report(page: bytes, path: Path, *, force: bool) -> None:
    """Write a page. Raises ResultsError when the file exists and ``force`` is not set, or cannot be written."""
    if path.exists() and not force:
        raise ResultsError(f"{path} exists; --force replaces it")
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(page)
        fresh.replace(path)
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, finalize=_plain_value,
    )  # fmt: skip
    environment.filters.update(stage_name=stage_name)
    return environment


def _evidence(results: Results) -> list[dict[str, str]]:
    """The evidence of the inputs; results of before it was kept have only the activities' confidence."""
    rows: list[dict[str, str]] = results.provenance.get("evidence", [])
    if rows:
        return rows
    return [
        {"kind": "activity", "name": activity.label, "confidence": activity.confidence, "source": "", "note": ""}
        for activity in results.run.activities
    ]


def _plain_value(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.translate(_TRICKS)
    return value


def _plain(value: Any) -> Any:
    """The data without the characters that reorder or hide text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return _plain_value(value)


def _static(name: str) -> str:
    return resources.files(_PACKAGE).joinpath("static", name).read_text("utf-8")
