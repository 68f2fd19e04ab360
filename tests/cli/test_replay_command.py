"""The replay command: outputs, refusals, and what it says."""

from __future__ import annotations

import json
import re

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from wifisim.cli.replay import command
from wifisim.errors import InputError, ResultsError

NETWORK = """\
wifisim_network: 1
wan: {down_mbps: 8, up_mbps: 8, rtt_ms: 0, schedule: [{at_s: 10, down_mbps: 4, up_mbps: 8}]}
access_points: [{id: A, uplink_mbps: 100}]
stations: stations.csv
"""
STATIONS = "station,ap,phy_goodput_bps\ns1,A,100e6\ns2,A,100e6\n"
FLOWS = """\
flow_id,station,ap,start_s,size_bytes,direction,cap
a,s1,A,0,1000000,down,
b,s2,A,0.5,500000,down,
c,s1,A,10,1000000,down,2e6
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "network.yaml").write_text(NETWORK)
    (tmp_path / "stations.csv").write_text(STATIONS)
    (tmp_path / "flows.csv").write_text(FLOWS)
    return tmp_path


def run(folder, *options):
    arguments = [str(folder / "network.yaml"), str(folder / "flows.csv"), *options]
    return CliRunner().invoke(command, arguments, catch_exceptions=True)


def test_times_by_hand(folder):
    # 8 Mbit/s. a alone for 0.5 s (4 of 8 Mbit), then a and b at 4 Mbit/s: both have 4 Mbit left, done at 1.5 s.
    # c is capped at 2 Mbit/s of the 4 there are from 10 s: 8 Mbit take 4 s.
    done = run(folder, "--pure-fluid", "--json", "-o", str(folder / "out.parquet"))
    assert done.exit_code == 0, done.output
    table = pq.read_table(folder / "out.parquet").to_pydict()
    assert table["flow_id"] == ["a", "b", "c"]
    assert table["finish_s"] == pytest.approx([1.5, 1.5, 14.0], rel=1e-12)
    assert table["duration_s"] == pytest.approx([1.5, 1.0, 4.0], rel=1e-12)
    said = json.loads(done.stderr.splitlines()[-1])
    assert said["flows"] == 3
    assert said["us_per_flow"] > 0


def test_a_list_over_years_and_empty_transfers(folder):
    # 1 byte at 4 Mbit/s takes 2 us, of which a clock at 1e9 s shows steps of 1e-7; the line is idle in between.
    rows = "a,s1,A,0,0,down,\nb,s2,A,1e9,1,down,\na,s1,A,5,1000,up,\n"
    (folder / "flows.csv").write_text(FLOWS.splitlines()[0] + "\n" + rows)
    done = run(folder, "--pure-fluid", "-o", str(folder / "out.parquet"))
    assert done.exit_code == 0, done.output
    table = pq.read_table(folder / "out.parquet").to_pydict()
    assert table["flow_id"] == ["a", "b", "a"]  # ids need not differ, rows need not be sorted
    assert table["duration_s"][0] == 0.0
    assert table["duration_s"][1:] == pytest.approx([2e-6, 1e-3], abs=2e-7)


def test_transport_only_adds(folder):
    run(folder, "--pure-fluid", "-o", str(folder / "fluid.parquet"))
    run(folder, "-o", str(folder / "whole.parquet"))
    fluid = pq.read_table(folder / "fluid.parquet")["duration_s"].to_pylist()
    whole = pq.read_table(folder / "whole.parquet")["duration_s"].to_pylist()
    assert all(w > f for w, f in zip(whole, fluid, strict=True))


def test_an_existing_file_is_not_replaced(folder):
    (folder / "out.csv").write_text("mine")
    assert isinstance(run(folder, "-o", str(folder / "out.csv")).exception, ResultsError)
    assert (folder / "out.csv").read_text() == "mine"
    assert run(folder, "--force", "-o", str(folder / "out.csv")).exit_code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("network.yaml", "rtt_ms", "rtt_msec", "is not a known key here"),
        ("network.yaml", "down_mbps: 8,", "down_mbps: -8,", "greater than 0|at least|above 0|more than 0"),
        ("stations.csv", "s2,A", "s2,B", "is not a known access point"),
        ("stations.csv", "s2,A,100e6", "s2,A,nan", "must be a rate > 0"),
        ("flows.csv", "b,s2", "b,s9", "is not in the network's station list"),
        ("flows.csv", "0.5,500000", "nan,500000", "must be a finite number of seconds"),
        ("flows.csv", "500000,down", "500000,left", "must be down or up"),
        ("flows.csv", "0.5,500000", "soon,500000", r"flows.csv:3: start_s = soon: must be a finite number of seconds"),
        ("flows.csv", "down,2e6", "down,fast", r"flows.csv:4: cap = fast: must be a rate above 0, or empty"),
        ("flows.csv", "size_bytes", "size", "is required as a column"),
    ],
)
def test_faults_are_named_with_their_line(folder, file, old, new, message):
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    error = run(folder).exception
    assert isinstance(error, InputError)
    assert re.search(message, str(error)), str(error)
    assert file in str(error)
