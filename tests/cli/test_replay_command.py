"""The replay command: outputs, refusals, and what it says."""

from __future__ import annotations

import csv
import json
import re
import signal

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from wifisim.cli.main import main
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


def test_a_line_that_dies_and_changes_of_one_moment(folder):
    # Of two changes at 1 s the last written holds, whichever is larger: 8 Mbit of a and 4 of b are not all through by
    # then (8 Mbit/s carry 8), and nothing moves any more. c, which is empty, needs no line; d, empty too, starts dead.
    schedule = "[{at_s: 1, down_mbps: 4, up_mbps: 8}, {at_s: 1, down_mbps: 0, up_mbps: 8}]"
    network = NETWORK.replace("[{at_s: 10, down_mbps: 4, up_mbps: 8}]", schedule)
    (folder / "network.yaml").write_text(network)
    rows = "a,s1,A,0,1000000,down,\nb,s2,A,0,500000,down,\nc,s1,A,0.3,0,down,\nd,s2,A,2.7,0,down,\n"
    (folder / "flows.csv").write_text(FLOWS.splitlines()[0] + "\n" + rows)
    done = run(folder, "--pure-fluid", "--json")
    # b alone is through: 4 Mbit at 4 Mbit/s take 1 s.
    assert done.stdout.splitlines() == [
        "flow_id,start_s,finish_s,duration_s", "a,0,,", "b,0,1,1", "c,0.3,0.3,0", "d,2.7,2.7,0"
    ]  # fmt: skip
    said = json.loads(done.stderr.splitlines()[-1])
    assert (said["flows"], said["unfinished"]) == (4, 1)


def test_cells_are_quoted_only_where_an_id_needs_it(folder):
    (folder / "flows.csv").write_text(FLOWS.replace("\na,", '\n"a, ""first""",'))
    run(folder, "-o", str(folder / "out.CSV"))
    with (folder / "out.CSV").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["flow_id", "start_s", "finish_s", "duration_s"]
    assert [row[0] for row in rows[1:]] == ['a, "first"', "b", "c"]


def test_being_ended_leaves_nothing_half_written(folder, monkeypatch, capsys):
    def ended(*_):
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_batch", ended)
    files = [str(folder / name) for name in ("network.yaml", "flows.csv", "out.parquet")]
    monkeypatch.setattr("sys.argv", ["wifisim", "replay", *files[:2], "-o", files[2]])
    try:
        with pytest.raises(SystemExit) as exit_:
            main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert exit_.value.code == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not list(folder.glob("out*"))


def test_blocks_change_nothing(folder, monkeypatch):
    # 400 transfers through a line that holds about 20 of them back at a time, and is down for two seconds: read in
    # blocks of four rows and carried in blocks of seven, all times are those of one block.
    rng = np.random.default_rng(5)
    start_s = rng.permutation(np.cumsum(rng.exponential(0.05, 400)))
    rows = [f"{i},s{i % 2 + 1},A,{start_s[i]:.6f},{rng.integers(0, 60_000)},{('down', 'up')[i % 3 == 0]},"
            for i in range(400)]  # fmt: skip
    (folder / "flows.csv").write_text("\n".join([FLOWS.splitlines()[0], *rows]) + "\n")
    (folder / "network.yaml").write_text(
        NETWORK.replace(
            "[{at_s: 10", "[{at_s: 3, down_mbps: 0, up_mbps: 8}, {at_s: 5, down_mbps: 8, up_mbps: 8}, {at_s: 10"
        )
    )
    run(folder, "-o", str(folder / "one.parquet"))
    monkeypatch.setattr("wifisim.inputs.flow_list._BLOCK_OCTETS", 120)
    monkeypatch.setattr("wifisim.simulation.replay._BLOCK", 7)
    run(folder, "-o", str(folder / "many.parquet"))
    one, many = (pq.read_table(folder / f"{name}.parquet").to_pydict() for name in ("one", "many"))
    assert many["flow_id"] == one["flow_id"] == [str(i) for i in range(400)]
    assert many["finish_s"] == pytest.approx(one["finish_s"], rel=1e-12)


def test_faults_in_later_blocks_have_their_lines(folder, monkeypatch):
    rows = [f"{i},{'s1' if i % 10 else 'who'},A,{i},{-1 if i == 35 else 1000},down," for i in range(1, 41)]
    (folder / "flows.csv").write_text("\n".join([FLOWS.splitlines()[0], *rows]) + "\n")
    monkeypatch.setattr("wifisim.inputs.flow_list._BLOCK_OCTETS", 120)
    said = str(run(folder).exception)
    # Row i stands on line i + 1, behind the column names.
    assert re.search(r"flows.csv:36: size_bytes = -1", said), said
    assert re.search(r"flows.csv:11: station = who: .*\(so in 3 more rows\)", said), said


def test_a_target_that_cannot_be_is_refused_before_the_work(folder):
    (folder / "flows.csv").write_text("not a list")
    (folder / "x.csv").mkdir()
    for target, words in (("no/out.csv", "there is no folder"), ("x.csv", "is a folder"), ("out.txt", "must end in")):
        error = run(folder, "--force", "-o", str(folder / target)).exception
        assert isinstance(error, ResultsError)
        assert words in str(error)


@pytest.mark.parametrize(
    ("stop", "words"),
    [(OSError(28, "No space left on device"), "No space left on device"), (KeyboardInterrupt(), "")],
    ids=["full", "interrupted"],
)
def test_what_stops_the_writing_leaves_the_old_file(folder, monkeypatch, stop, words):
    def stopped(*_):
        raise stop

    (folder / "out.parquet").write_text("mine")
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_batch", stopped)
    done = run(folder, "--force", "-o", str(folder / "out.parquet"))
    assert done.exit_code == 1
    assert words in str(done.exception)
    assert (folder / "out.parquet").read_text() == "mine"
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (FLOWS.encode("utf-16"), "looks like UTF-16"),
        (FLOWS.replace("\na", "\n\xe4").encode("latin-1"), r"flows.csv:2: must be UTF-8 text"),
        (FLOWS.replace("direction", "ap").encode(), r"flows.csv:1: ap: is a column twice"),
        (FLOWS.replace("500000,down,", "500000").encode(), r"Row #3: Expected 7 columns, got 5"),
        (b"", "Empty CSV file"),
    ],
    ids=["utf-16", "latin-1", "twice", "short", "empty"],
)
def test_what_is_no_flow_list(folder, content, message):
    (folder / "flows.csv").write_bytes(content)
    error = run(folder).exception
    assert isinstance(error, InputError)
    assert re.search(message, str(error)), str(error)


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
        ("network.yaml", "[{id: A, uplink_mbps: 100}]", "[]", "access_points = .*must be at least one"),
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
