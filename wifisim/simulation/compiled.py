"""Compilation of the flow kernel, and where the compiled code is kept.

numba keeps compiled functions by the age of their own file only, and not at all where the package folder is read-only.
So the store is a folder of the user's, named after a hash of the kernel's sources: a changed source compiles anew, an
unchanged one never does. ``first_use`` sees to it that one process compiles.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numba

from wifisim import randomness
from wifisim.network import transport

_KERNEL = (
    "booking", "cell_shares", "clocks", "compiled", "draws", "filling", "flow_engine", "flow_state", "gates", "habits",
    "heaps", "membership", "sharing",
)  # fmt: skip

_njit: Any = numba.njit
_config: Any = numba.config
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """``function`` compiled when compiled code calls it (Python cannot); division by zero gives inf, as in numpy."""
    return _njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)  # type: ignore[no-any-return]


def compiled_in_place(function: Function) -> Function:
    """``function`` compiled into its only caller.

    numba optimises a function together with all that it calls, once for each function on the way down: few levels of
    large functions compile in half the time.
    """
    return _njit(error_model="numpy", inline="always")(function)  # type: ignore[no-any-return]


def compiled_entry(function: Function) -> Function:
    """``function`` compiled once for all runs: its machine code is kept in ``cache_folder()``."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(cache_folder())
    try:
        return _njit(error_model="numpy", cache=True)(function)  # type: ignore[no-any-return]
    finally:
        _config.CACHE_DIR = before


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """The folder of the compiled kernel: ``NUMBA_CACHE_DIR`` or the user's cache, and a hash of the sources."""
    digest = hashlib.blake2b(f"{numba.__version__} {sys.version}".encode(), digest_size=8)
    here = Path(__file__).parent
    for source in (*(here / f"{name}.py" for name in _KERNEL), Path(randomness.__file__), Path(transport.__file__)):
        digest.update(source.read_bytes())
    return _writable_root() / "wifisim" / digest.hexdigest()


def _writable_root() -> Path:
    """The first folder that can be written: named by the environment, the user's cache, else the temporary one."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    local = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME")
    for root in (named, local, Path.home() / ".cache"):
        if root and _can_write(Path(root)):
            return Path(root)
    return Path(tempfile.gettempdir())


def _can_write(root: Path) -> bool:
    try:
        (root / "wifisim").mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(root / "wifisim", os.W_OK)
