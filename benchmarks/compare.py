"""Compare two benchmark files: ``python benchmarks/compare.py OLD.json NEW.json [--most 1.25] [--work-only]``.

Times are compared as ratios to the bare SimPy loop of the same file, so that two machines can be compared; the
deterministic work counters must not grow by more than 2 %. Exit 1 when anything did.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

YARDSTICK = "test_bare_simpy_timeouts"
MOST_WORK = 1.02


def read(path: Path) -> dict[str, dict]:
    """Benchmarks by name."""
    return {one["name"]: one for one in json.loads(path.read_text())["benchmarks"]}


def cost(one: dict) -> float:
    """Seconds a unit (transfer, timeout, call), best of its rounds."""
    return one["stats"]["min"] / one["extra_info"].get("per", 1)


def compare(old: dict[str, dict], new: dict[str, dict], *, most: float, work_only: bool) -> list[str]:
    """What has grown too much, in words; prints the whole table."""
    faults = []
    for name in sorted(old.keys() & new.keys()):
        ratio = [cost(run[name]) / cost(run[YARDSTICK]) if YARDSTICK in run else cost(run[name]) for run in (old, new)]
        change = ratio[1] / ratio[0]
        print(f"{name:45s} {1e6 * cost(new[name]):12.3f} us  {ratio[1]:12.3f} yardsticks  x {change:.3f}")
        if change > most and not work_only and name != YARDSTICK:
            faults.append(f"{name}: {change:.2f} times as slow")
        before, after = (run[name]["extra_info"].get("work", {}) for run in (old, new))
        faults += [
            f"{name}: {key} went from {before[key]} to {after[key]}"
            for key in before.keys() & after.keys()
            if after[key] > MOST_WORK * before[key] + 1
        ]
    return faults


def main() -> int:
    """Exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--most", type=float, default=1.25, help="largest growth of a time ratio that passes")
    parser.add_argument("--work-only", action="store_true", help="gate on work counters, only report times")
    given = parser.parse_args()
    faults = compare(read(given.old), read(given.new), most=given.most, work_only=given.work_only)
    for fault in faults:
        print(f"regression: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
