"""A broken copy of each shipped site: all its faults come in one report, at the right lines, and nothing else does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from wifisim.errors import InputError
from wifisim.inputs.reader import read_site

ROOT = Path(__file__).resolve().parent.parent.parent
# Those that are written out; copies of them with changes have other faults (tests/corpus/invalid/copy_*).
SITES = sorted(path.name for path in (ROOT / "sites").glob("*.yaml") if "\ncopy_of:" not in path.read_text("utf-8"))

# What is broken, how, and what must be said of it. The pattern must occur in every shipped site.
FAULTS = {
    "unknown key": (r"\ntargets:", r"\ncolour: red\ntargets:", r"colour = red: is not a known key here"),
    "NaN": (r"down_mbps: \d+", "down_mbps: .nan", r"down_mbps = \.nan: must be a finite number"),
    "wrong unit": (r"filter: \{throughput_mbps", "filter: {throughput_gbps", r"did you mean 'throughput_mbps'\?"),
    "outside": (
        r"\n  access_points:\n",
        "\n  access_points:\n    - {id: AP-LOST, model: wifi6-2x2, floor: FLOOR, at_m: [4000, 0], switch: core}\n",
        r"access_points\[0\]\.at_m = \[4000, 0\]: is in no room of floor",
    ),
    "pupils": (
        r"(pupils: \d+, )?staff: \d+",
        "pupils: 1000000000000, staff: 9",
        r"pupils = 1000000000000: must be at most 20,000",
    ),
    "cycle": (r"core: \{uplink: filter", "core: {uplink: core", r"goes round: core -> core"),
    "duplicate": (r"\nprogramme:", "\nwifisim: 1\nprogramme:", r"wifisim: is written twice \(first in line \d+\)"),
}


def _copy(tmp_path: Path, name: str) -> tuple[Path, str]:
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    (tmp_path / "sites").mkdir()
    for table in (ROOT / "sites").glob("*.csv"):
        shutil.copy(table, tmp_path / "sites")
    return tmp_path / "sites" / name, (ROOT / "sites" / name).read_text(encoding="utf-8")


def _broken(text: str, fault: str) -> str:
    pattern, replacement, _ = FAULTS[fault]
    floor = re.search(r"floors:\n\s+- \{?\s*id: \"?(\w+)", text)
    assert floor is not None
    assert re.search(pattern, text), f"{fault}: nothing to break"
    return re.sub(pattern, replacement.replace("FLOOR", f'"{floor.group(1)}"'), text, count=1)


def _problems(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_site(path)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_said_once(name: str, fault: str, tmp_path: Path) -> None:
    path, text = _copy(tmp_path, name)
    problems = _problems(path, _broken(text, fault))
    about = [problem for problem in problems if re.search(FAULTS[fault][2], problem)]
    assert len(about) == 1
    # A key with the wrong unit also leaves the right one missing.
    assert len(problems) == (2 if fault == "wrong unit" else 1), problems


@pytest.mark.parametrize("name", SITES)
def test_all_faults_come_in_one_report(name: str, tmp_path: Path) -> None:
    path, text = _copy(tmp_path, name)
    for fault in FAULTS:
        text = _broken(text, fault)
    problems = _problems(path, text)
    for fault in FAULTS:
        assert any(re.search(FAULTS[fault][2], problem) for problem in problems), fault
    assert len(problems) == len(FAULTS) + 1  # the wrong unit is two


@pytest.mark.parametrize("name", SITES)
def test_a_lesson_in_a_room_that_does_not_exist(name: str, tmp_path: Path) -> None:
    path, text = _copy(tmp_path, name)
    (path.parent / "lessons.csv").write_text("day,period,class,room,profile\nMon,nine,7Z,Z99,nothing\n")
    text = re.sub(r"\n  (fill|lessons): .*\n", "\n  lessons: lessons.csv\n", text)
    rules = [re.sub("; .*", "", problem).split(": ", 2)[-1] for problem in _problems(path, text)]
    assert rules == ["is not a known period", "is not a known class", "is not a known room", "is not a known profile"]


@pytest.mark.parametrize("name", SITES)
def test_an_alias_bomb_in_a_site(name: str, tmp_path: Path) -> None:
    path, text = _copy(tmp_path, name)
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    problems = _problems(path, text + "\n" + "\n".join(bomb))
    assert len(problems) == 1
    assert "expands to more than" in problems[0]
