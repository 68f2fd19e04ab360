"""The examples in docs/site-file.md and docs/catalogue.md are read as they stand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from wifisim.inputs.reader import read_site

ROOT = Path(__file__).parents[2]


def _examples(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def _written(tmp_path: Path, text: str) -> Path:
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    site = tmp_path / "sites" / "example.yaml"
    site.parent.mkdir()
    site.write_text(text, encoding="utf-8")
    return site


def test_the_shortest_file_of_the_guide_reads(tmp_path: Path) -> None:
    site = read_site(_written(tmp_path, _examples("site-file.md")[0]))
    assert site.pupils == 54  # two classes of 27
    assert len(site.timetable.lessons) == 4
    assert [stage.id for stage in site.stages] == ["baseline", "wave-1"]


def test_the_guide_s_profile_and_access_point_read(tmp_path: Path) -> None:
    profiles = _examples("site-file.md")[2]
    text = _examples("site-file.md")[0].replace("../profiles/secondary.yaml]", "../profiles/secondary.yaml, own.yaml]")
    text = text.replace("profile: ks3-video", "profile: geography-trip").replace("wifi5-2x2", "our-ap")
    path = _written(tmp_path, text + _examples("catalogue.md")[0])
    path.with_name("own.yaml").write_text(profiles, encoding="utf-8")
    site = read_site(path)
    assert "geography-trip" in site.profiles
    assert site.stages[0].network.access_points[0].radios[1].streams == 4


def test_the_guide_s_copy_reads(tmp_path: Path) -> None:
    path = _written(tmp_path, _examples("site-file.md")[1])
    shutil.copy(ROOT / "sites" / "rural-fellside.yaml", path.parent)
    site = read_site(path)
    assert len(site.stages[0].network.wan) == 1
    assert {"AP-A2", "AP-A3"} <= {point.id for point in site.stages[0].network.access_points}


def test_the_first_file_s_pieces_are_the_shipped_file() -> None:
    *pieces, copy = _examples("first-site.md")
    shipped = (ROOT / "sites" / "first-school.yaml").read_text(encoding="utf-8")
    assert "\n".join(pieces) == shipped[shipped.index("wifisim: 1") :]
    assert (ROOT / "sites" / "questions" / "first-school-faster.yaml").read_text(encoding="utf-8").endswith(copy)
