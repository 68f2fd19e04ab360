from __future__ import annotations

from pathlib import Path

import pytest

from wifisim.errors import ResultsError
from wifisim.report.branding import Branding, contrast_on_white, read_branding


def style(folder: Path, text: str) -> Path:
    path = folder / "style.toml"
    path.write_text(text, "utf-8")
    return path


def test_contrast_of_known_colours() -> None:
    # WCAG: black on white 21, white on white 1; #767676 is the well-known lightest grey that passes 4.5.
    assert contrast_on_white("#000000") == pytest.approx(21.0)
    assert contrast_on_white("#ffffff") == pytest.approx(1.0)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_the_default_accent_is_readable() -> None:
    assert contrast_on_white(Branding().accent) >= 4.5


def test_a_whole_style(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    found = read_branding(style(tmp_path, 'organisation = "Nets"\naccent = "#0b5394"\nlogo = "logo.svg"'))
    assert (found.organisation, found.accent) == ("Nets", "#0b5394")
    assert found.logo.startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('accent = "#aaccee"', "contrast of 1.7 on white"),
        ('accent = "red"', "a colour like #0b5394"),
        ('accent = "#0b5394}body{display:none"', "a colour like"),
        ("organisation = 3", "organisation must be text"),
        ('colour = "#000000"', "no setting 'colour'"),
        ('logo = "logo.exe"', "a logo ends in"),
        ('logo = "missing.png"', "cannot read the logo"),
        ("accent =", "cannot read the style"),
    ],
)
def test_a_bad_style_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        read_branding(style(tmp_path, text))


def test_a_large_logo_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"0" * 300_001)
    with pytest.raises(ResultsError, match="may have 300000"):
        read_branding(style(tmp_path, 'logo = "logo.png"'))
