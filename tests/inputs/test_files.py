"""Files that a site names: only plain files of the right kind, whatever the path or the link behind it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from wifisim.errors import InputError
from wifisim.inputs.reader import read_site

SMALL = (Path(__file__).resolve().parent.parent / "corpus" / "valid" / "small.yaml").read_text(encoding="utf-8")
PROFILES = "wifisim_profiles: 1\nactivities: {}\nprofiles: {}\n"


def _site(folder: Path, named: str) -> Path:
    path = folder / "site.yaml"
    path.write_text(SMALL.replace("profiles:\n  - activities", f'profiles:\n  - "{named}"\n  - activities'))
    return path


def _rules(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_site(path)
    return [problem.rule for problem in caught.value.problems]


def test_a_file_above_the_site_s_folder_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(PROFILES)
    (tmp_path / "sites").mkdir()
    site = read_site(_site(tmp_path / "sites", "../shared.yaml"))
    assert [source.split(" ")[0] for source in site.sources] == ["site.yaml", "../shared.yaml"]
    assert all(len(source.split("sha256:")[1]) == 64 for source in site.sources)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights there")
@pytest.mark.parametrize(
    ("target", "rule"), [("/dev/zero", "must be a plain file"), ("/etc/passwd", "must be a .yaml or .yml file")]
)
def test_a_link_does_not_lead_elsewhere(tmp_path: Path, target: str, rule: str) -> None:
    (tmp_path / "link.yaml").symlink_to(target)
    assert _rules(_site(tmp_path, "link.yaml")) == [rule]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights there")
def test_a_link_to_itself_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert _rules(_site(tmp_path, "loop.yaml")) in (["cannot be read"], ["no such file"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert _rules(_site(tmp_path, "pipe.yaml")) == ["must be a plain file"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(9_000_000)
    assert _rules(_site(tmp_path, "huge.yaml")) == ["must be at most 8 MB"]


@pytest.mark.parametrize("name", ["nothing.yaml", "folder.yaml", "site.txt", "", "\x00", "x" * 5000])
def test_the_site_file_itself(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "site.txt").write_text(SMALL)
    assert len(_rules(tmp_path / name)) == 1
