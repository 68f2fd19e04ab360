"""Compiled code is kept outside the package, in the first folder that can be written; one process compiles it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest

from wifisim.simulation import compiled
from wifisim.simulation.first_use import first_use


@pytest.fixture
def fresh(monkeypatch):
    compiled.cache_folder.cache_clear()
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    yield monkeypatch
    compiled.cache_folder.cache_clear()


def test_a_folder_that_cannot_be_written_gives_way_to_the_next(fresh, tmp_path):
    # A file where the folder should be: not even root can write below it.
    (tmp_path / "taken").write_text("")
    fresh.setenv("NUMBA_CACHE_DIR", str(tmp_path / "taken"))
    fresh.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert compiled.cache_folder().parent == tmp_path / "cache" / "wifisim"


KERNEL = """
from wifisim.simulation.compiled import compiled_entry


@compiled_entry
def doubled(x):
    return 2.0 * x
"""


def test_code_of_a_package_that_cannot_be_written_is_kept_across_runs(fresh, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "kernel.py").write_text(KERNEL)
    # A file where numba would make its folder: not even root can write there.
    (package / "__pycache__").write_text("")
    package.chmod(0o555)
    fresh.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    fresh.syspath_prepend(str(package))
    kernel = importlib.import_module("kernel")
    assert kernel.doubled(21.0) == 42.0
    assert sum(kernel.doubled.stats.cache_misses.values()) == 1
    assert list((tmp_path / "cache" / "wifisim").rglob("kernel.doubled*.nbc"))
    assert sorted(path.name for path in package.iterdir()) == ["__pycache__", "kernel.py"]
    script = "from kernel import doubled; print(doubled(21.0), sum(doubled.stats.cache_hits.values()))"
    again = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(package)},
    )  # fmt: skip
    assert again.stdout.split() == ["42.0", "1"]


def test_first_use_is_announced_until_code_is_kept(fresh, tmp_path, capsys):
    fresh.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    with first_use():
        assert capsys.readouterr().err == "wifisim: compiling the flow kernel (once, about half a minute)\n"
        (compiled.cache_folder() / "run_until.1.nbc").write_bytes(b"")
    with first_use():
        assert capsys.readouterr().err == ""


def test_of_two_at_once_one_compiles_and_the_other_waits(fresh, tmp_path):
    fresh.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    script = "from wifisim.simulation.first_use import first_use\nwith first_use(): print('loads')"
    with first_use():
        other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
        waits = other.stderr.readline()
        assert other.poll() is None
        (compiled.cache_folder() / "run_until.1.nbc").write_bytes(b"")
    loads, says_more = other.communicate(timeout=30)
    assert waits == b"wifisim: another process is compiling the flow kernel; waiting for it\n"
    assert (loads.strip(), says_more, other.returncode) == (b"loads", b"", 0)


@pytest.mark.parametrize("reason", [NotImplementedError("no flock here"), OSError(37, "No locks available")])
def test_where_there_are_no_locks_each_process_compiles(fresh, tmp_path, capsys, reason):
    fresh.setenv("NUMBA_CACHE_DIR", str(tmp_path))

    def no_lock(*_args, **_options):
        raise reason

    fresh.setattr("wifisim.simulation.first_use.FileLock.acquire", no_lock)
    with first_use():
        assert capsys.readouterr().err == "wifisim: compiling the flow kernel (once, about half a minute)\n"
