"""``wifisim plot`` and ``wifisim report`` with a style: one file for both, its mistakes told, exit code 2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image
from synthetic import school

from wifisim.cli.main import main
from wifisim.results.readiness import assess
from wifisim.results.store import write_results


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("plot")
    results = school()
    write_results(results, assess(results), home / "results")
    Image.new("RGB", (40, 20), "#0b5394").save(home / "logo.png")
    (home / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (home / "style.toml").write_text('organisation = "Nets"\naccent = "#0b5394"\nlogo = "logo.png"')
    (home / "svg.toml").write_text('logo = "logo.svg"')
    (home / "bad.toml").write_text('accent = "#ffff00"\nlogo = "logo.gif"')
    return home


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["wifisim", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    return int(str(left.value.code))


def test_one_style_for_figures_and_report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    style, svg, page = folder / "style.toml", folder / "day.svg", folder / "report.html"
    assert run(monkeypatch, "plot", folder / "results", "--kind", "day", "--style", style, "--out", svg) == 0
    # The logo is the only raster picture of the figure.
    assert svg.read_text("utf-8").count("<image") == 1
    assert run(monkeypatch, "report", folder / "results", "--style", style, "--out", page) == 0
    text = page.read_text("utf-8")
    assert "--accent:#0b5394" in text
    assert "by Nets" in text
    assert '<img class="logo" src="data:image/png;base64,' in text


@pytest.mark.parametrize("command", ["plot", "report"])
def test_a_style_that_is_not_usable_is_told_whole(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / f"never.{'png' if command == 'plot' else 'html'}"
    assert run(monkeypatch, command, folder / "results", "--style", folder / "bad.toml", "--out", out) == 2
    said = capsys.readouterr().err
    assert "bad.toml: 2 not usable" in said
    assert "accent #ffff00 has a contrast of 1.1 on white; text needs 4.5" in said
    assert "a logo ends in .png, .jpg, .jpeg, .svg" in said
    assert not out.exists()


def test_an_svg_logo_without_a_picture_for_figures_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "ladder.png"
    arguments = ("--kind", "ladder", "--style", folder / "svg.toml", "--out", out)
    assert run(monkeypatch, "plot", folder / "results", *arguments) == 0
    assert "figure_logo names a PNG or JPEG" in capsys.readouterr().err
    assert out.is_file()
