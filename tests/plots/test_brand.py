from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from synthetic import school

from wifisim.errors import ResultsError
from wifisim.plots.brand import Brand, branded, contrast_on_white, read_brand
from wifisim.plots.day import plot_day
from wifisim.plots.style import GOOD_MAP, LINES, LOAD_MAP, SHARE_MAP, STATUS_INKS, line_colours, on_map
from wifisim.results.daygroup import day_groups


def style(folder: Path, text: str) -> Path:
    path = folder / "style.toml"
    path.write_text(text, "utf-8")
    return path


def png(width: int = 40, height: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b5394").save(out, "PNG")
    return out.getvalue()


def test_contrast_of_known_colours() -> None:
    # WCAG: black on white 21, white on white 1; #767676 is the well-known lightest grey that passes 4.5.
    assert contrast_on_white("#000000") == pytest.approx(21.0)
    assert contrast_on_white("#ffffff") == pytest.approx(1.0)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_the_houses_own_inks_are_readable() -> None:
    assert contrast_on_white(Brand().accent) >= 4.5
    assert all(contrast_on_white(ink) >= 4.5 for ink in STATUS_INKS.values())


def test_a_whole_style(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "logo.png").write_bytes(png())
    found = read_brand(style(
        tmp_path,
        'organisation = "Nets"\naccent = "#0b5394"\ncolours = ["#0b5394", "#b45309", "#047857"]\n'
        'font = "DejaVu Serif"\nlogo = "logo.svg"\nfigure_logo = "logo.png"',
    ))  # fmt: skip
    assert (found.organisation, found.accent, found.font) == ("Nets", "#0b5394", "DejaVu Serif")
    assert found.colours == ("#0b5394", "#b45309", "#047857")
    assert found.logo.startswith("data:image/svg+xml;base64,")
    assert found.figure_logo == png()


def test_a_png_logo_serves_figures_too(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png())
    found = read_brand(style(tmp_path, 'logo = "logo.png"'))
    assert found.figure_logo == png()
    assert found.logo.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('accent = "#aaccee"', "contrast of 1.7 on white; text needs 4.5"),
        ('accent = "red"', "a colour like #0b5394"),
        ('accent = "#0b5394}body{display:none"', "a colour like"),
        ("organisation = 3", "organisation must be text, not 3"),
        ('colour = "#000000"', "no setting 'colour'; did you mean 'colours'"),
        ('colours = ["#000000", "#111111"]', "charts need 3 to 6"),
        ('colours = ["#000000", "#111111", "#eeee00"]', r"colours\[2\] #eeee00 has a contrast of 1.2 on white"),
        ('colours = "#000000"', "colours must be a list"),
        ('font = "DejaVu Sanz"', "font 'DejaVu Sanz' is not installed here.*DejaVu Sans"),
        ('font = "a;b"', "the name of a font family"),
        ('logo = "logo.exe"', "a logo ends in"),
        ('logo = "missing.png"', "cannot read the logo"),
        ('figure_logo = "logo.svg"', "a logo ends in .png, .jpg, .jpeg"),
        ("accent =", "cannot read the style"),
    ],
)  # fmt: skip
def test_a_bad_style_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        read_brand(style(tmp_path, text))


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ResultsError) as caught:
        read_brand(style(tmp_path, 'accent = "red"\nlogo = "logo.exe"\nfont = "No Such Font"'))
    assert str(caught.value).count("\n  ") == 3


def test_logos_that_are_no_pictures_or_too_large(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with pytest.raises(ResultsError, match="not a picture"):
        read_brand(style(tmp_path, 'logo = "logo.png"'))
    (tmp_path / "logo.svg").write_bytes(b"0" * 300_001)
    with pytest.raises(ResultsError, match="may have 300000"):
        read_brand(style(tmp_path, 'logo = "logo.svg"'))


def test_a_figure_in_the_brand_has_its_name_colours_and_logo() -> None:
    brand = Brand("Nets", "#0b5394", ("#0b5394", "#b45309", "#047857"), "DejaVu Serif", "", png())
    group = day_groups(school(1))[-1]
    plain = plot_day(group)
    with branded(brand):
        figure = plot_day(group)
        assert line_colours() == brand.colours
    assert line_colours() == LINES
    assert "Nets" in _texts(figure)
    assert "Nets" not in _texts(plain)
    assert {to_hex(line.get_color()) for line in figure.axes[0].get_lines()} & set(brand.colours) == set(brand.colours)
    assert figure.texts[0].get_color() == "#0b5394"
    assert figure.texts[0].get_fontfamily() == ["sans-serif"]
    # The two plots, and the logo in its corner.
    assert len(figure.axes) == len(plain.axes) + 1


def _texts(figure: Figure) -> str:
    return "\n".join(str(found.get_text()) for found in figure.findobj(Text))


@pytest.mark.parametrize("name", [GOOD_MAP, LOAD_MAP, SHARE_MAP])
def test_maps_keep_their_order_in_grey(name: str) -> None:
    red, green, blue, _ = colormaps[name]([index / 20 for index in range(21)]).T
    grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    steps = [later - earlier for earlier, later in pairwise(grey)]
    assert all(step > 0 for step in steps) or all(step < 0 for step in steps)


def test_text_on_a_map_is_black_where_it_is_light() -> None:
    assert (on_map(LOAD_MAP, 0.0), on_map(LOAD_MAP, 1.0)) == ("black", "white")
