"""A consultant's own name, colours, font and logo, for figures and for the report alike, from one small TOML file.

    organisation = "Example Networks Ltd"
    accent = "#0b5394"                          # titles, links, buttons
    colours = ["#0b5394", "#b45309", "#047857"] # lines of charts, 3 to 6
    font = "Open Sans"                          # of figures; of the report where the reader has it
    logo = "logo.svg"                           # PNG, JPEG or SVG beside this file, at most 300 kB
    figure_logo = "logo.png"                    # PNG or JPEG for figures, where the logo is an SVG

Text needs a contrast of 4.5 : 1 on white (WCAG 2.2, 1.4.3), lines 3 : 1 (1.4.11). The colours of statuses and maps stay
the house's, because they carry meaning. A brand holds for figures that are drawn inside ``with branded(brand):``.
"""

from __future__ import annotations

import base64
import difflib
import io
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from matplotlib import font_manager
from PIL import Image, UnidentifiedImageError

from wifisim.errors import ResultsError

_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_DRAWN = (".png", ".jpg", ".jpeg")
_MAX_LOGO_BYTES = 300_000
_TEXT_CONTRAST, _LINE_CONTRAST = 4.5, 3.0
_FEWEST_COLOURS, _MOST_COLOURS = 3, 6
_KEYS = ("organisation", "accent", "colours", "font", "logo", "figure_logo")


@dataclass(frozen=True, slots=True)
class Brand:
    """``logo`` is a data URL or ""; ``figure_logo`` the bytes of a picture or empty; no ``colours``: the house's."""

    organisation: str = ""
    accent: str = "#0b4f7d"
    colours: tuple[str, ...] = ()
    font: str = ""
    logo: str = ""
    figure_logo: bytes = b""


_CURRENT: ContextVar[Brand | None] = ContextVar("brand", default=None)


def current_brand() -> Brand | None:
    """The brand that figures are drawn with now; None: the plain house style."""
    return _CURRENT.get()


@contextmanager
def branded(brand: Brand | None) -> Iterator[None]:
    """Draw what is drawn inside with this brand."""
    token = _CURRENT.set(brand)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def read_brand(path: Path) -> Brand:
    """The brand in a file. Raises ResultsError that lists everything in it that is not usable."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ResultsError(f"cannot read the style {path}: {error}") from error
    problems = [*_key_problems(written), *_colour_problems(written), *_font_problems(written)]
    texts = {key: value for key, value in written.items() if isinstance(value, str)}
    logo = figure_logo = b""
    try:
        logo = _picture(path.parent, texts.get("logo", ""), tuple(_KINDS))
        drawn = texts.get("figure_logo") or (texts["logo"] if _suffix(texts.get("logo", "")) in _DRAWN else "")
        figure_logo = _picture(path.parent, drawn, _DRAWN)
    except ResultsError as error:
        problems.append(str(error))
    if problems:
        raise ResultsError("\n".join([f"{path}: {len(problems)} not usable", *(f"  {one}" for one in problems)]))
    kind = _KINDS.get(_suffix(texts.get("logo", "")), "")
    url = f"data:{kind};base64,{base64.b64encode(logo).decode('ascii')}" if logo else ""
    colours = tuple(written.get("colours", ()))
    plain = Brand()
    return Brand(
        texts.get("organisation", ""),
        texts.get("accent", plain.accent),
        colours,
        texts.get("font", ""),
        url,
        figure_logo,
    )


def contrast_on_white(colour: str) -> float:
    """Contrast ratio of ``#rrggbb`` on white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def _key_problems(written: dict[str, object]) -> Iterator[str]:
    for key, value in written.items():
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f" (there is {', '.join(_KEYS)})"
            yield f"no setting '{key}'{hint}"
        elif key != "colours" and not isinstance(value, str):
            yield f"{key} must be text, not {value!r}"


def _colour_problems(written: dict[str, object]) -> Iterator[str]:
    accent, colours = written.get("accent"), written.get("colours", [])
    if isinstance(accent, str):
        yield from _colour_problem("accent", accent, _TEXT_CONTRAST, "text needs")
    if not isinstance(colours, list) or not all(isinstance(one, str) for one in colours):
        yield "colours must be a list of colours"
        return
    if "colours" in written and not _FEWEST_COLOURS <= len(set(colours)) <= _MOST_COLOURS:
        yield f"colours: {len(set(colours))} different ones; charts need {_FEWEST_COLOURS} to {_MOST_COLOURS}"
    for number, one in enumerate(colours):
        yield from _colour_problem(f"colours[{number}]", one, _LINE_CONTRAST, "lines need")


def _colour_problem(key: str, colour: str, needed: float, what: str) -> Iterator[str]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        yield f"{key} must be a colour like #0b5394, not '{colour}'"
    elif contrast_on_white(colour) < needed:
        yield f"{key} {colour} has a contrast of {contrast_on_white(colour):.1f} on white; {what} {needed:g}"


def _font_problems(written: dict[str, object]) -> Iterator[str]:
    font = written.get("font", "")
    if not isinstance(font, str) or not font:
        return
    if not re.fullmatch(r"[\w .-]{1,60}", font):
        yield f"font must be the name of a font family, not '{font}'"
        return
    known = sorted({entry.name for entry in font_manager.fontManager.ttflist})
    if font not in known:
        near = difflib.get_close_matches(font, known, n=3) or known[:3]
        yield f"font '{font}' is not installed here, so figures cannot use it (there is {', '.join(near)})"


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _picture(folder: Path, name: str, kinds: tuple[str, ...]) -> bytes:
    """The bytes of a logo, "" none. Raises ResultsError when it cannot be used."""
    if not name:
        return b""
    path = folder / name
    if _suffix(name) not in kinds:
        raise ResultsError(f"{path}: a logo ends in {', '.join(kinds)}")
    try:
        data = path.read_bytes()
        if _suffix(name) in _DRAWN and len(data) <= _MAX_LOGO_BYTES:
            Image.open(io.BytesIO(data)).verify()
    except UnidentifiedImageError as error:
        raise ResultsError(f"{path}: not a picture") from error
    except OSError as error:
        raise ResultsError(f"cannot read the logo {path}: {error.strerror or error}") from error
    if len(data) > _MAX_LOGO_BYTES:
        raise ResultsError(f"{path}: {len(data)} bytes; a logo may have {_MAX_LOGO_BYTES}")
    return data
