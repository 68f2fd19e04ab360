"""``wifisim cell`` from the outside."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from wifisim.cli.cell import command

KEYS = {"goodput_mbps", "per_station_mbps", "groups", "airtime", "collision_probability", "mpdus_per_ampdu"}


def answer(*arguments: str) -> dict:
    result = CliRunner().invoke(command, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_json_holds_what_scripts_ask_for() -> None:
    record = answer("--stations", "10", "--mcs", "7", "--direction", "up", "--explain")
    assert record.keys() >= KEYS
    assert record["per_station_mbps"] == pytest.approx(record["goodput_mbps"] / 10)
    assert record["collision_probability"] == pytest.approx(0.384, abs=1e-3)
    assert record["working"][0]["unit"] == "bit"


def test_groups() -> None:
    record = answer("--group", "10x:mcs=11", "--group", "10x:mcs=0")
    fast, slow = record["groups"]
    assert (fast["mcs"], slow["mcs"]) == (11, 0)
    assert fast["goodput_mbps"] + slow["goodput_mbps"] == pytest.approx(record["goodput_mbps"])


def test_groups_say_what_sets_them_apart() -> None:
    record = answer("--group", "5x:snr=20", "--group", "5x:distance=30", "--group", "1x:mcs=3,nss=1")
    assert [group["label"] for group in record["groups"]] == [
        "5x MCS 6 at 20 dB",
        "5x MCS 6 at 30 m",
        "1x MCS 3, 1 stream",
    ]


def test_stations_that_ask_for_little_leave_the_air_free() -> None:
    # 50 of the 285.2 Mbit/s that fill it
    full, little = answer("--stations", "10"), answer("--stations", "10", "--offered-mbps", "5")
    assert little["airtime"] == pytest.approx(full["airtime"] * 50.0 / full["goodput_mbps"])


def test_the_groups_airtime_adds_up_to_the_cells() -> None:
    record = answer("--group", "10x:mcs=11", "--group", "10x:mcs=0", "--direction", "up")
    assert sum(group["airtime"] for group in record["groups"]) == pytest.approx(record["airtime"])


def test_distance_chooses_the_rate() -> None:
    # 46.68 + 30 log10(30) = 91 dB; 20 + 90.98 - 91 = 20 dB -> MCS 6
    assert answer("--distance-m", "30")["groups"][0]["mcs"] == 6


def test_table_csv_and_working() -> None:
    runner = CliRunner()
    text = runner.invoke(command, ["--explain", "--stations", "3"]).stdout
    assert "Mbit/s" in text
    assert "preamble 50.4 us + 111 symbols" in text
    rows = list(csv.DictReader(io.StringIO(runner.invoke(command, ["--csv"]).stdout)))
    assert float(rows[0]["goodput_mbps"]) == pytest.approx(285.2, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--standard", "n", "--width-mhz", "80"], "802.11n has no 80 MHz channels (it has 20, 40)"),
        (["--json", "--csv"], "choose --json or --csv"),
        (["--group", "10x:mcs=11", "--stations", "5"], "--stations 5, but the groups are 10"),
        (["--amsdu-bytes", "100"], "smaller than one packet"),
        (["--width-mhz", "320", "--standard", "be"], "no 320 MHz channels in the 5 GHz band; the 6 GHz band has"),
        (["--nss", "9"], "1 to 8 spatial streams"),
        (["--stations", "0"], "0 is not in the range"),
        (["--ap-distance-m", "nan"], "nan"),
        (["--group", "x"], "is not like '10x:mcs=11'"),
        (["--group", "5x:distance=-4"], "'-4' cannot be distance"),
        (["--group", "5x:snr=nan"], "'nan' cannot be snr"),
        (["--group", "5x:mcs=7.5"], "'7.5' cannot be mcs"),
        (["--group", "5x:mcs=7,mcs=3"], "says mcs twice"),
        (["--plot", "cell.bmp"], "ends in .png, .svg or .pdf"),
    ],
)
def test_wrong_options_end_in_one_message(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_plot(tmp_path: Path) -> None:
    target = tmp_path / "cell.png"
    assert CliRunner().invoke(command, ["--plot", str(target)]).exit_code == 0
    assert target.read_bytes().startswith(b"\x89PNG")
    again = CliRunner().invoke(command, ["--plot", str(target)])
    assert again.exit_code != 0


def test_answers_without_loading_what_it_does_not_need() -> None:
    """Under half a second on an idle machine; what would make it slow is importing these."""
    code = (
        "import sys; from wifisim.cli.cell import command; command(['--stations', '20'], standalone_mode=False); "
        "print([m for m in ('matplotlib', 'numba', 'shapely', 'networkx', 'pyarrow', 'pydantic') if m in sys.modules])"
    )
    start = time.perf_counter()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert result.stdout.strip().endswith("[]")
    assert time.perf_counter() - start < 5.0
