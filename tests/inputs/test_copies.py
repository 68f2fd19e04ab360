"""A site file that is a copy of another with changes: what it says, where its parts stand, what it was read from."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from wifisim.errors import InputError
from wifisim.inputs.lines import read_lines
from wifisim.inputs.reader import read_site

SITES = Path(__file__).resolve().parent.parent.parent / "sites"
CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "valid"


def test_a_copy_without_changes_is_the_same_site(tmp_path: Path) -> None:
    text = (CORPUS / "small.yaml").read_text(encoding="utf-8")
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "plain.yaml").write_text("wifisim: 1\ncopy_of: small.yaml\n", encoding="utf-8")
    plain, copy = read_site(tmp_path / "small.yaml"), read_site(tmp_path / "plain.yaml")
    assert [source.split()[0] for source in copy.sources] == ["plain.yaml", "small.yaml"]
    assert dataclasses.replace(copy, sources=plain.sources) == plain


def test_names_are_relative_to_the_file_they_stand_in(tmp_path: Path) -> None:
    # The original names ../profiles/...; a copy in another folder reads the same files.
    (tmp_path / "designs").mkdir()
    path = tmp_path / "designs" / "fast.yaml"
    depth = len(path.parent.parts) - 1
    written = f"{'../' * depth}{(SITES / 'rural-fellside.yaml').relative_to('/').as_posix()}"
    path.write_text(f"wifisim: 1\ncopy_of: {written}\nset: {{network.wan.main.down_mbps: 500}}\n", encoding="utf-8")
    copy, original = read_site(path), read_site(SITES / "rural-fellside.yaml")
    assert copy.profiles == original.profiles
    assert copy.timetable == original.timetable
    assert [stage.network.wan[0].down_bps for stage in copy.stages] == [500e6] * len(original.stages)


def test_places_are_those_of_whoever_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text((CORPUS / "small.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "fast.yaml").write_text(
        "wifisim: 1\ncopy_of: small.yaml\nset:\n  network.wan.main.down_mbps: 500\n", encoding="utf-8"
    )
    lines = read_lines(tmp_path / "fast.yaml")
    down, up = (lines.at("network", "wan", "main", key) for key in ("down_mbps", "up_mbps"))
    assert (Path(down.file).name, down.line, down.key_path) == ("fast.yaml", 4, "set.network.wan.main.down_mbps")
    assert (Path(up.file).name, up.key_path) == ("small.yaml", "network.wan.main.up_mbps")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("secondary-linden", "school-owned"),
        ("linden-take-home", "take-home"),
        ("linden-parental", "parental-contribution"),
        ("linden-cyod", "cyod"),
        ("linden-byod", "byod"),
    ],
)
def test_linden_comes_in_every_model_of_provision(name: str, model: str) -> None:
    site, trolleys = read_site(SITES / f"{name}.yaml"), read_site(SITES / "secondary-linden.yaml")
    assert site.programme.model == model
    assert site.timetable == trolleys.timetable
    assert site.building == trolleys.building
    assert [stage.network for stage in site.stages] == [stage.network for stage in trolleys.stages]


@pytest.mark.parametrize("path", sorted((SITES / "questions").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_variants_behind_the_questions_page_read_and_are_asked(path: Path) -> None:
    assert read_site(path).stages
    pages = [(SITES.parent / "docs" / name).read_text("utf-8") for name in ("questions.md", "first-site.md")]
    commands = [line for page in pages for line in page.splitlines() if line.startswith("$ ")]
    stem = path.stem.removeprefix("brookside-update-")
    assert any(re.search(rf"\b{stem}\b", line) for line in commands)


def test_copies_of_copies_come_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "c0.yaml").write_text((CORPUS / "small.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    for number in range(1, 23):
        text = f"wifisim: 1\ncopy_of: c{number - 1}.yaml\nset: {{site.staff: {number}}}\n"
        (tmp_path / f"c{number}.yaml").write_text(text, encoding="utf-8")
    assert read_site(tmp_path / "c20.yaml").staff == 20
    with pytest.raises(InputError, match="more than 20 times over"):
        read_site(tmp_path / "c22.yaml")
