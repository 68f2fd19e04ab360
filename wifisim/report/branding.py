"""A consultant's own name, colour and logo on the report, from a small TOML file.

    organisation = "Example Networks Ltd"
    accent = "#0b5394"        # headings, links, buttons; must have a contrast of 4.5 : 1 on white (WCAG 2.2, 1.4.3)
    logo = "logo.svg"         # PNG, JPEG or SVG beside this file, at most 300 kB; goes into the page

The colours of statuses, charts and maps stay the house's, because they carry meaning.
"""

from __future__ import annotations

import base64
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from wifisim.errors import ResultsError

_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_MAX_LOGO_BYTES = 300_000
_MIN_CONTRAST = 4.5
_KEYS = {"organisation", "accent", "logo"}


@dataclass(frozen=True, slots=True)
class Branding:
    """``logo`` is a data URL or ""."""

    organisation: str = ""
    accent: str = "#0b4f7d"
    logo: str = ""


def read_branding(path: Path) -> Branding:
    """The branding in a file. Raises ResultsError, naming the file, when something in it is not usable."""
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ResultsError(f"cannot read the style {path}: {error}") from error
    for key, value in written.items():
        if key not in _KEYS:
            raise ResultsError(f"{path}: no setting '{key}' (there is {', '.join(sorted(_KEYS))})")
        if not isinstance(value, str):
            raise ResultsError(f"{path}: {key} must be text")
    plain = Branding()
    accent = written.get("accent", plain.accent)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        raise ResultsError(f"{path}: accent must be a colour like #0b5394, not '{accent}'")
    if contrast_on_white(accent) < _MIN_CONTRAST:
        raise ResultsError(
            f"{path}: accent {accent} has a contrast of {contrast_on_white(accent):.1f} on white; "
            f"text needs {_MIN_CONTRAST}"
        )
    logo = _logo(path.parent / written["logo"]) if written.get("logo") else ""
    return Branding(written.get("organisation", ""), accent, logo)


def contrast_on_white(colour: str) -> float:
    """Contrast ratio of ``#rrggbb`` on white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def _logo(path: Path) -> str:
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise ResultsError(f"{path}: a logo ends in {', '.join(_KINDS)}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ResultsError(f"cannot read the logo {path}: {error.strerror or error}") from error
    if len(data) > _MAX_LOGO_BYTES:
        raise ResultsError(f"{path}: {len(data)} bytes; a logo may have {_MAX_LOGO_BYTES}")
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
