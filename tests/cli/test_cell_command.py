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
        (["--stations", "0"], "0 is not in the range"),
        (["--ap-distance-m", "nan"], "nan"),
        (["--group", "x"], "is not like '10x:mcs=11'"),
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
