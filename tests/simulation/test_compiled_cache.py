"""Compiled code is kept outside the package, in the first folder that can be written, and its absence is announced."""

from __future__ import annotations

import pytest

from wifisim.simulation import compiled


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


def test_first_use_is_announced_until_code_is_kept(fresh, tmp_path, capsys):
    fresh.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    compiled.announce_compilation()
    assert "compiling the flow kernel" in capsys.readouterr().err
    compiled.cache_folder().mkdir(parents=True)
    (compiled.cache_folder() / "run_until.nbi").write_bytes(b"")
    compiled.announce_compilation()
    assert capsys.readouterr().err == ""
