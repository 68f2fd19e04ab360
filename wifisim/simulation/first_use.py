"""The first call of the compiled kernel: one process compiles and says so, others wait for it and load.

The lock is the operating system's on a file beside the compiled code, so it goes with the process that holds it,
however that ends. Where a file system knows no locks, each process compiles.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from filelock import FileLock, Timeout

from wifisim.simulation.compiled import cache_folder

_LOOK_AGAIN_S = 0.1


@contextlib.contextmanager
def first_use() -> Iterator[None]:
    """Around the first call: what happens is said on standard error, nothing where compiled code is kept already."""
    if _kept():
        yield
        return
    cache_folder().mkdir(parents=True, exist_ok=True)
    lock = FileLock(cache_folder() / "compiling.lock")
    _wait_for(lock)
    try:
        if not _kept():
            _say("compiling the flow kernel (once, about half a minute)")
        yield
    finally:
        lock.release()


def _kept() -> bool:
    # numba writes its index first, the code itself last and at one stroke.
    return any(cache_folder().rglob("*.nbc"))


def _wait_for(lock: FileLock) -> None:
    """Take the lock, if there are locks here."""
    with contextlib.suppress(OSError, NotImplementedError):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _say("another process is compiling the flow kernel; waiting for it")
            lock.acquire(poll_interval=_LOOK_AGAIN_S)


def _say(text: str) -> None:
    print(f"wifisim: {text}", file=sys.stderr, flush=True)  # noqa: T201
