"""``wifisim show`` and ``wifisim schema`` from the outside: output, exit codes, no traceback, quick help."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = ROOT / "tests" / "corpus"


def _wifisim(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wifisim", *arguments]
    return subprocess.run(  # noqa: S603  (our own interpreter)
        command, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_show_prints_the_resolved_site() -> None:
    done = _wifisim("show", "tests/corpus/valid/small.yaml")
    assert done.returncode == 0
    assert done.stdout == (CORPUS / "valid" / "small.yaml.resolved").read_text(encoding="utf-8")


def test_show_prints_a_section() -> None:
    done = _wifisim("show", "tests/corpus/valid/small.yaml", "--section", "targets")
    assert done.stdout.startswith("targets:")


def test_bad_input_is_reported_and_exits_2() -> None:
    done = _wifisim("show", "tests/corpus/invalid/yaml_many_faults.yaml")
    assert done.returncode == 2
    assert done.stdout == ""
    expected = (CORPUS / "invalid" / "yaml_many_faults.txt").read_text(encoding="utf-8").splitlines()
    head, *problems = done.stderr.splitlines()
    assert head == f"wifisim: {len(expected)} problems in the input"
    assert [problem.strip().removeprefix("tests/corpus/invalid/") for problem in problems] == expected


def test_a_missing_file_exits_2() -> None:
    done = _wifisim("show", "no-such-site.yaml")
    assert done.returncode == 2
    assert "no-such-site.yaml: no such file" in done.stderr


def test_schema_prints_json_or_writes_it(tmp_path: Path) -> None:
    printed = _wifisim("schema").stdout
    assert json.loads(printed)["title"] == "wifisim site file"
    assert _wifisim("schema", "--out", str(tmp_path / "s.json")).returncode == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed


def test_schema_into_nowhere_is_an_error(tmp_path: Path) -> None:
    done = _wifisim("schema", "--out", str(tmp_path / "none" / "s.json"))
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["profiles", "catalogue"])
def test_other_schemas(kind: str) -> None:
    assert json.loads(_wifisim("schema", kind).stdout)["properties"]


def test_help_imports_no_heavy_package() -> None:
    heavy = "{'pydantic', 'shapely', 'numpy', 'yaml', 'numba', 'matplotlib', 'simpy'}"
    code = f"import sys, wifisim.cli.main; print(sorted({heavy} & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
