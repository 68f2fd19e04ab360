"""The first call of the compiled kernel: one process compiles and says so, others wait for it and load.

The lock is the operating system's (``flock``, on Windows ``locking``) on a file beside the compiled code, so it goes
with the process that holds it, however that ends. Where a file system knows no locks, each process compiles.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import IO

from wifisim.simulation.compiled import cache_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOOK_AGAIN_S = 0.1


@contextlib.contextmanager
def first_use() -> Iterator[None]:
    """Around the first call: what happens is said on standard error, nothing where compiled code is kept already."""
    if _kept():
        yield
        return
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / "compiling.lock").open("wb") as file:
        _wait_for(file)
        if not _kept():
            _say("compiling the flow kernel (once, about half a minute)")
        yield


def _kept() -> bool:
    # numba writes its index first, the code itself last and at one stroke.
    return any(cache_folder().rglob("*.nbc"))


def _wait_for(file: IO[bytes]) -> None:
    """Take the lock of ``file``, which closing it gives back."""
    said = False
    while not _taken(file):
        if not said:
            _say("another process is compiling the flow kernel; waiting for it")
        said = True
        time.sleep(_LOOK_AGAIN_S)


def _taken(file: IO[bytes]) -> bool:
    """Whether the lock is ours now, or there are no locks here."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _say(text: str) -> None:
    print(f"wifisim: {text}", file=sys.stderr, flush=True)  # noqa: T201
