"""Runs the commands of docs/questions.md, first-site.md and faults.md and puts what they print below them.

``python benchmarks/questions.py [TEXT]``.

A block begins with ```` ```console ```` and a line ``$ command``; the rest of it is replaced. With TEXT only blocks
that contain it are run. Commands run in the repository's folder, one after the other; what they write goes to results/.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = tuple(ROOT / "docs" / name for name in ("questions.md", "first-site.md", "faults.md"))
_BLOCK = re.compile(r"(```console\n)((?:\$ .*\n)+)(?:(?!```).*\n)*(```)")


def output_of(commands: str) -> str:
    """What the commands of one block print, without trailing spaces."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = "\n".join(line.removeprefix("$ ") for line in commands.splitlines())
    run = subprocess.run(  # noqa: S603
        ["/bin/bash", "-c", script],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return "".join(f"{line.rstrip()}\n" for line in run.stdout.splitlines())


def main() -> None:
    """Renew the pages in place, block by block."""
    (ROOT / "results").mkdir(exist_ok=True)
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for page in PAGES:
        for commands in [block[2] for block in _BLOCK.finditer(page.read_text("utf-8")) if wanted in block[2]]:
            printed = output_of(commands)
            before = page.read_text("utf-8")
            found = next(block for block in _BLOCK.finditer(before) if block[2] == commands)
            page.write_text(
                before[: found.start()] + found[1] + commands + printed + found[3] + before[found.end() :], "utf-8"
            )


if __name__ == "__main__":
    main()
