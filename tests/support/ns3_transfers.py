"""Completion times of ns-3 (set F of its README, further runs of ours), and what ``wifisim replay`` makes of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from wifisim.inputs.flow_list import FlowList
from wifisim.inputs.network_only import NetworkOnly, Station, WrittenRadio
from wifisim.mac.exchange import Medium
from wifisim.mac.frames import Aggregation
from wifisim.mac.tcp import goodput_bps
from wifisim.rf.phy import PhyMode, default_guard_interval_ns
from wifisim.simulation.replay import replay

REFERENCE = Path(__file__).parents[1] / "reference"
# Goodput of a lone station of set F's settings, sets C of the same data: sat_tcp_down.csv and sat_tcp_up.csv, n_sta 1.
SET_F_BPS = (241.88e6, 229.216e6)
STATIONS = 30
SET_F_RADIO = WrittenRadio()


@dataclass(frozen=True)
class Run:
    """One list of transfers over one cell, as ns-3 carried it."""

    name: str
    path: Path
    bottleneck: str
    direction: str
    load: float
    rtt_s: float = 0.02
    radio: WrittenRadio = SET_F_RADIO
    kind: str = "given"
    arrivals_of: str = ""

    @property
    def bound(self) -> float:
        """What mean, median and 95th percentile may be off by."""
        return 0.15 if self.load <= 0.8 else 0.30


@dataclass(frozen=True)
class Compared:
    """Mean, p50 and p95 of ns-3 and of the model over the measured transfers, and how the transfers correspond."""

    ns3_s: np.ndarray
    model_s: np.ndarray
    correlation: float

    @property
    def error(self) -> np.ndarray:
        return self.model_s / self.ns3_s - 1.0


def given_runs() -> list[Run]:
    found = []
    for path in sorted((REFERENCE / "ns3_flows").glob("*.csv")):
        bottleneck, direction, load = re.match(r"(wan|wifi)_(down|up)_fixed_\d+kB_load(\d+)", path.stem).groups()
        found.append(Run(path.stem, path, bottleneck, direction, int(load) / 100.0))
    return found


def further_runs() -> list[Run]:
    folder = REFERENCE / "ns3_further"
    with (folder / "runs.csv").open() as lines:
        return [
            Run(
                row["file"], folder / f"{row['file']}.csv", row["bottleneck"], row["direction"], float(row["load"]),
                float(row["rtt_ms"]) / 1e3,
                WrittenRadio(standard=row["standard"], width_mhz=int(row["width_mhz"]), nss=int(row["nss"]),
                             mcs=int(row["mcs"])),
                row["kind"], row["arrivals_of"],
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip


def compare(run: Run) -> Compared:
    with run.path.open() as lines:
        rows = list(csv.DictReader(lines))
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    count = len(rows)
    flows = FlowList(
        pa.chunked_array([[row["flow"] for row in rows]]), column["station"].astype(np.int32), column["start_s"],
        column["size_bytes"], np.full(count, run.direction == "up"), np.full(count, np.inf),
    )  # fmt: skip
    mine = replay(_network(run), flows, pure_fluid=False).finish_s - flows.start_s
    measured = slice(int(np.ceil(0.1 * count)), count - int(0.05 * count))  # as the reference's statistics
    mine, theirs = mine[measured], column["fct_s"][measured]
    alike = np.corrcoef(mine, theirs)[0, 1] if mine.std() > 1e-9 else 0.0
    return Compared(figures(theirs), figures(mine), float(alike))


def figures(durations: np.ndarray) -> np.ndarray:
    return np.array([durations.mean(), *np.quantile(durations, [0.5, 0.95])])


def _network(run: Run) -> NetworkOnly:
    line_bps = 100e6 if run.bottleneck == "wan" else 1e9
    down_bps, up_bps = SET_F_BPS if run.radio == SET_F_RADIO else _lone_bps(run.radio)
    stations = tuple(Station(str(i), 0, down_bps, up_bps) for i in range(STATIONS))
    return NetworkOnly(line_bps, line_bps, run.rtt_s, 0.012, (), ("0",), (1e10,), stations, run.radio)


def _lone_bps(radio: WrittenRadio) -> tuple[float, float]:
    mode = PhyMode(radio.standard, radio.width_mhz, radio.nss, radio.mcs, default_guard_interval_ns(radio.standard))
    medium = Medium(limits=Aggregation(max_octets=radio.ampdu_bytes, queue_packets=radio.queue_packets))
    down_bps, up_bps = (goodput_bps(mode, mode, medium, direction=way, stations=1) for way in ("down", "up"))
    return down_bps, up_bps
