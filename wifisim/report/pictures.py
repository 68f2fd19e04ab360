"""The house's figures as pictures in the page: they print well and need no script.

PNG of the stage and day that a reader most wants to see; the alternative text is the figure's own finding.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from wifisim.plots.figures import Choice, draw
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup
from wifisim.results.records import Results

_DPI = 100
_CAPTIONS = {
    "readiness": "Every criterion through the stages, with its interval and target",
    "lessons": "Rooms by periods: the share of devices that worked",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """``source`` is a data URL; ``finding`` is what the picture shows."""

    kind: str
    source: str
    finding: str
    caption: str
    width: int
    height: int


def pictures(results: Results, readiness: Readiness, group: DayGroup) -> Iterator[Picture]:
    """Readiness by wave, and the lessons grid of the chosen day."""
    for kind, caption in _CAPTIONS.items():
        for drawing in draw(results, readiness, Choice(kind, group.stage.id, group.day_kind)):
            figure = drawing.figure
            out = io.BytesIO()
            with warnings.catch_warnings():
                # A name in a script that the font lacks shows as boxes here; the tables beside it have it in full.
                warnings.filterwarnings("ignore", message="Glyph")
                figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
            width, height = (round(float(size) * _DPI) for size in figure.get_size_inches())
            finding = " ".join(text.get_text() for text in figure.texts)
            source = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
            yield Picture(kind, source, finding, caption, width, height)
