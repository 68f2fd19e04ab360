"""The comparison of two benchmark files fails on what has grown, and on nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMPARE = Path(__file__).parents[1] / "benchmarks" / "compare.py"


def written(folder, name, *, yardstick_s, day_s, events):
    one = {"name": "day", "stats": {"min": day_s}, "extra_info": {"per": 1000, "work": {"events": events}}}
    bare = {"name": "test_bare_simpy_timeouts", "stats": {"min": yardstick_s}, "extra_info": {"per": 1000}}
    path = folder / name
    path.write_text(json.dumps({"benchmarks": [one, bare]}))
    return path


@pytest.mark.parametrize(
    ("yardstick_s", "day_s", "events", "options", "code"),
    [
        (1.0, 2.0, 100_000, [], 0),
        (3.0, 6.0, 100_000, [], 0),  # three times as slow a machine
        (1.0, 2.6, 100_000, [], 1),  # 1.3 times as slow a day
        (1.0, 2.6, 100_000, ["--work-only"], 0),
        (1.0, 2.0, 103_000, ["--work-only"], 1),  # 3 % more events
    ],
)
def test_a_planted_regression_fails(tmp_path, yardstick_s, day_s, events, options, code):
    old = written(tmp_path, "old.json", yardstick_s=1.0, day_s=2.0, events=100_000)
    new = written(tmp_path, "new.json", yardstick_s=yardstick_s, day_s=day_s, events=events)
    command = [sys.executable, str(COMPARE), str(old), str(new), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == code, done.stdout
    assert ("regression" in done.stdout) == bool(code)
