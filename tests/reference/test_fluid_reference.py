"""``wifisim replay --pure-fluid`` against completion times of an independent fluid simulator (SimGrid 3.32, CM02).

The reference is rounded to the nanosecond, so short durations are compared through their finish times as well.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from wifisim.cli.replay import command

DATA = Path(__file__).parent / "fluid"


@pytest.mark.reference
@pytest.mark.parametrize("line_mbps", ["13.2", "26", "150"])
def test_completion_times(tmp_path, line_mbps):
    (tmp_path / "S.stations.csv").write_bytes((DATA / "S.stations.csv").read_bytes())
    network = tmp_path / "network.yaml"
    network.write_text(
        f"wifisim_network: 1\nwan: {{down_mbps: {line_mbps}, up_mbps: {line_mbps}, rtt_ms: 0}}\n"
        "access_points: {count: 1, uplink_mbps: 1000}\nstations: S.stations.csv\n"
    )
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(command, [str(network), str(DATA / "S.flows.csv"), "--pure-fluid", "-o", str(out)])
    assert done.exit_code == 0, done.output
    with out.open() as mine, (DATA / f"S_wan{line_mbps}M.csv").open() as theirs:
        got, expected = list(csv.DictReader(mine)), list(csv.DictReader(theirs))
    assert [row["flow_id"] for row in got] == [row["flow_id"] for row in expected]
    finish = np.array([float(row["finish_s"]) for row in got])
    assert len(finish) == 1496
    np.testing.assert_allclose(finish, [float(row["finish_s"]) for row in expected], rtol=1e-8)
    duration = np.array([float(row["duration_s"]) for row in got])
    np.testing.assert_allclose(duration, [float(row["duration_s"]) for row in expected], rtol=1e-6, atol=1e-9)
