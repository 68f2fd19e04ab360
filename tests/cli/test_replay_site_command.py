"""The replay command over a site file: outputs, refusals with their lines, options."""

from __future__ import annotations

import json
import sys

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import ROOT
from support.edited import edited_site

from wifisim.cli.main import main
from wifisim.cli.replay import command

SITE = str(ROOT / "sites" / "primary-brookside.yaml")
HEADER = "flow_id,station,ap,start_s,size_bytes,direction,service,cap\n"
ROWS = [f"f{number},C{1 + number % 14:02}/{number + 1},,{0.1 * number},1500000,down,web,\n" for number in range(20)]


@pytest.fixture
def flows_file(tmp_path):
    path = tmp_path / "flows.csv"
    path.write_text(HEADER + "".join(ROWS))
    return path


def refused(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["wifisim", "replay", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    return capsys.readouterr().err.splitlines()


def test_twenty_transfers(flows_file):
    out = flows_file.with_name("done.parquet")
    done = CliRunner().invoke(command, [SITE, str(flows_file), "--json", "-o", str(out)])
    assert done.exit_code == 0, done.output
    table = pq.read_table(out).to_pydict()
    assert list(table) == ["flow_id", "start_s", "finish_s", "duration_s"]
    assert table["flow_id"] == [f"f{number}" for number in range(20)]
    # 12 Mbit through a line of 100 Mbit/s take 0.12 s at least; all 240 through half of it would be done in 5 s.
    assert all(0.12 < duration < 5.0 for duration in table["duration_s"])
    assert json.loads(done.stderr.splitlines()[-1])["flows"] == 20


def _faster_line(document):
    document["upgrades"] = [{"id": "faster", "date": "2027-08-01", "set": {"network.wan.main.down_mbps": 200}}]


def test_a_stage_before_an_upgrade_has_its_own_line(flows_file, tmp_path):
    edited_site("primary-brookside", tmp_path, _faster_line)
    flows_file.write_text(HEADER + "".join(f"{n},C{n:02}/1,,0,20000000,down,,\n" for n in (1, 3, 9, 11)))

    def last_s(*options):
        site = str(tmp_path / "sites" / "primary-brookside.yaml")
        done = CliRunner().invoke(command, [site, str(flows_file), "--pure-fluid", *options])
        assert done.exit_code == 0, done.output
        return max(float(row.split(",")[2]) for row in done.stdout.splitlines()[1:])

    # Four radios on four channels share the line: 4 x 160 Mbit at 100 Mbit/s are 6.4 s, at 200 no less than 3.2 s.
    assert last_s("--stage", "wave-3") == pytest.approx(6.4, rel=1e-9)
    assert 3.2 * (1 - 1e-9) <= last_s() < 6.0


def test_all_faults_are_named_with_their_lines(flows_file, monkeypatch, capsys):
    bad = [
        "a,C05/1,AP-HAL,0,1,down,,\n",
        "b,C55/2,,0,1,down,,\n",
        "c,C05/31,,0,1,down,,\n",
        "d,C05/1,,0,1,down,google-doc,\n",
        "e,a laptop,,0,1,down,,\n",
        "f,C05/0,AP-HALL,-inf,1,down,,\n",
        "g,C05/1,AP-HAL,0,1,down,,\n",
    ]
    flows_file.write_text(HEADER + "".join(bad))
    said = refused(monkeypatch, capsys, SITE, flows_file)
    assert said[0] == "wifisim: 7 problems in the input"
    for line, words in (
        (2, "ap = AP-HAL: is not an access point of this stage (so in 1 more row); did you mean 'AP-HALL'?"),
        (3, "station = C55/2: must be ROOM or ROOM/SEAT where no access point is given; did you mean 'C05'?"),
        (4, "station = C05/31: is no seat of the room: they are C05/1 to C05/30"),
        (5, "service = google-doc: is not a cloud service of the catalogue; did you mean 'google-docs'?"),
        (6, "station = a laptop: must be ROOM or ROOM/SEAT where no access point is given"),
        (7, "start_s = -inf: must be a finite number of seconds"),
        (7, "station = C05/0: is no seat of the room: they are C05/1 to C05/30"),
    ):
        assert f"  {flows_file}:{line}: {words}" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stage", "wave-4"], "  --stage: wave-4: is not a stage of the site; did you mean 'wave-1'?"),
        (["--client", "ipd"], "  --client: ipd: is not a client type of the catalogue; did you mean 'ipad'?"),
    ],
)
def test_options_name_what_the_site_has(flows_file, monkeypatch, capsys, options, message):
    assert message in refused(monkeypatch, capsys, SITE, flows_file, *options)


def test_a_bare_network_has_no_stages(flows_file, monkeypatch, capsys):
    network = flows_file.with_name("network.yaml")
    network.write_text("wifisim_network: 1\n")
    said = refused(monkeypatch, capsys, network, flows_file, "--stage", "today")
    assert any("--stage and --client are for site files" in line for line in said)
