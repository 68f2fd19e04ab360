"""One line of facts about a stage's simulated day: ``python benchmarks/day_facts.py FOLDER STAGE [DAY] [UNTIL]``.

FOLDER is a result folder of one replication; DAY is the kind of day (typical). Good devices in lessons, what the
internet line carried and how long it was full (to UNTIL o'clock, else all day), the largest backlog of saves, and the
largest before nine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

BIN_S = 60.0
FULL = 0.98


def rows(folder: str, table: str, **only: str) -> dict[str, list[Any]]:
    """The columns of a table, of one stage and kind of day only."""
    found = pq.read_table(Path(folder) / f"{table}.parquet")
    for column, value in only.items():
        found = found.filter(pc.equal(found.column(column).cast("string"), value))
    return found.to_pydict()  # type: ignore[no-any-return]


def main() -> None:
    """Print the line."""
    folder, stage, *rest = sys.argv[1:]
    until_s = 3600.0 * float(rest.pop()) if rest and rest[-1][:1].isdigit() else 86_400.0
    only = {"stage": stage, "day": rest[0] if rest else "typical"}
    lessons, load, saves = (rows(folder, table, **only) for table in ("lessons", "telemetry", "backlog"))
    line = [
        (use, rate)
        for name, time_s, use, rate in zip(
            load["resource"], load["time_s"], load["utilisation"], load["carried_bps"], strict=True
        )
        if name == "line:down" and time_s < until_s
    ]
    backlog = list(zip(saves["time_s"], saves["bytes"], strict=True))
    most = max((size for _, size in backlog), default=0.0) / 1e6
    early = max((size for time_s, size in backlog if time_s < 9 * 3600), default=0.0) / 1e6
    good = 100 * sum(lessons["good_devices"]) / sum(lessons["devices"])
    carried = sum(rate for _, rate in line) * BIN_S / 8e9
    full = sum(use > FULL for use, _ in line)
    print(
        f"{good:.0f} % of devices in lessons work, line carries {carried:.1f} GB and is full for {full} min,"
        f" backlog at most {most:.1f} MB ({early:.1f} before nine)"
    )


if __name__ == "__main__":
    main()
