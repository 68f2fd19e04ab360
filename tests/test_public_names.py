"""The public names and the page about them: every name loads, importing costs nothing, the page's code runs."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wifisim

ROOT = Path(__file__).resolve().parent.parent


def _names_for_type_checkers() -> set[str]:
    tree = ast.parse(inspect.getsource(wifisim))
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.If) for inner in node.body
            if isinstance(inner, ast.ImportFrom) for alias in inner.names}  # fmt: skip


def test_type_checkers_and_programs_see_the_same_names() -> None:
    seen = {name for name in dir(wifisim) if not name.startswith("_")} - {"annotations", "import_module"}
    rooms = {path.stem for path in (ROOT / "wifisim").iterdir()}
    assert seen - rooms - {"TYPE_CHECKING"} == _names_for_type_checkers()


@pytest.mark.parametrize("name", sorted(_names_for_type_checkers()))
def test_every_public_name_loads(name: str) -> None:
    assert getattr(wifisim, name).__name__ == name


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'read_sight'"):
        _ = wifisim.read_sight


def test_importing_loads_no_library() -> None:
    code = "import sys, wifisim; print([name for name in ('numpy', 'matplotlib', 'numba') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.strip() == "[]"


def test_the_code_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "tests" / "corpus" / "valid" / "small.yaml", tmp_path / "my-school.yaml")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text("utf-8"), flags=re.DOTALL)
    exec(compile("\n".join(blocks), "docs/python.md", "exec"), {})  # noqa: S102  the page is ours
    printed = capsys.readouterr().out
    assert printed.split()[0] in {"ready", "at_risk", "not_ready"}
    assert re.search(r"^\d+ Mbit/s, 0\.\d+ of the PHY rate$", printed, flags=re.MULTILINE)
    assert (tmp_path / "readiness.png").stat().st_size > 10_000
    assert (tmp_path / "results" / "my-school" / "report.html").is_file()
