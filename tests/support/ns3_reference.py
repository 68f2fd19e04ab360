"""Runs the cells of the ns-3 reference tables (tests/reference/ns3) through the model and pairs the results.

Used by the tests that hold the bounds and by ``python -m benchmarks.accuracy``, which writes docs/accuracy.md.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from wifisim.mac.capacity import solve
from wifisim.mac.cell import Cell, CellResult, Group
from wifisim.mac.exchange import Medium
from wifisim.mac.frames import Aggregation
from wifisim.mac.neighbours import Layout
from wifisim.rf.phy import PhyMode, default_guard_interval_ns, ladder, required_snr_db

FOLDER = Path(__file__).parents[1] / "reference" / "ns3"
STANDARDS = {"802.11n": "n", "802.11ac": "ac", "802.11ax": "ax"}


@dataclass(frozen=True)
class Pair:
    """One compared value in Mbit/s; ``row`` is the line of the table, ``what`` the group."""

    table: str
    row: dict[str, str]
    what: str
    reference: float
    model: float

    @property
    def error(self) -> float:
        """Relative error of the model."""
        return self.model / self.reference - 1.0


def rows(table: str) -> list[dict[str, str]]:
    """Lines of a table."""
    with (FOLDER / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def mode(row: dict[str, str], mcs: str) -> PhyMode:
    """The PHY mode of a line."""
    generation = STANDARDS[row["standard"]]
    interval = default_guard_interval_ns(generation)
    return PhyMode(generation, int(row["width_mhz"]), int(row["nss"]), int(mcs), interval)


def saturated(table: str) -> list[Pair]:
    """sat_udp_down, sat_udp_up, sat_tcp_down or sat_tcp_up: total goodput of equal stations."""
    pairs = []
    for row in rows(table):
        limits = Aggregation(max_octets=int(row["ampdu_max_bytes"]), queue_packets=int(row["mac_queue_packets"]))
        cell = Cell(
            groups=(Group("all", int(row["n_sta"]), mode(row, row["mcs"])),),
            medium=Medium(limits=limits, rts_cts=row["rts_cts"] == "1"),
            layout=Layout(),
            direction=row["direction"],
            transport="tcp" if "tcp" in table else "udp",
        )
        pairs.append(_total(table, row, float(row["throughput_mbps"]), solve(cell)))
    return pairs


def mixed() -> list[Pair]:
    """mixed_rates: the total and, for downlink UDP, whose shares ns-3 has settled, both groups."""
    pairs = []
    for row in rows("mixed_rates"):
        groups = tuple(
            Group(name, int(row[f"n_{name}"]), mode(row, row[f"mcs_{name}"]))
            for name in ("fast", "slow")
            if int(row[f"n_{name}"])
        )
        offered = row["offered_mbps_per_sta"]
        cell = Cell(
            groups,
            Medium(),
            Layout(),
            direction=row["direction"],
            transport=row["transport"],
            offered_bps=math.inf if offered == "saturated" else float(offered) * 1e6,
        )
        result = solve(cell)
        pairs.append(_total("mixed_rates", row, float(row["total_mbps"]), result))
        for found in result.groups:
            reference = float(row[f"{found.group.label}_group_mbps"])
            pairs.append(Pair("mixed_rates", row, found.group.label, reference, found.goodput_bps / 1e6))
    return pairs


def cochannel() -> list[Pair]:
    """cochannel: total of two or three access points."""
    pairs = []
    for row in rows("cochannel"):
        layout = Layout(
            aps=int(row["n_ap"]),
            distance_m=float(row["ap_distance_m"]),
            same_channel=row["same_channel"] == "1",
            station_m=float(row["sta_radius_m"]),
        )
        cell = Cell((Group("all", int(row["n_sta_per_ap"]), mode(row, row["mcs"])),), Medium(), layout)
        pairs.append(_total("cochannel", row, float(row["total_mbps"]), solve(cell)))
    return pairs


@dataclass(frozen=True)
class RatePair:
    """MCS and streams chosen by ns-3 and by the model at one SNR; ``reference_bps`` and ``model_bps`` are PHY rates."""

    row: dict[str, str]
    reference_mcs: int
    model_mcs: int
    reference_bps: float
    model_bps: float


def rates() -> list[RatePair]:
    """rssi_rate, the lines where the station was associated."""
    pairs = []
    for row in rows("rssi_rate"):
        if row["associated"] != "1":
            continue
        streams = int(row["nss"])
        name, used = row["main_mode"].split("Mcs")[1].split("x")
        index = int(name) % 8 if row["standard"] == "802.11n" else int(name)
        generation = STANDARDS[row["standard"]]
        interval = default_guard_interval_ns(generation)
        rungs = ladder(generation, int(row["width_mhz"]), streams, interval, model="awgn", receive_chains=streams)
        step = int(rungs.highest(np.array(float(row["snr_db"])), 0.0))
        assert step >= 0, row
        reference = PhyMode(generation, int(row["width_mhz"]), int(used), index, interval).rate_bps
        pairs.append(RatePair(row, index, rungs.modes[step].mcs, reference, rungs.modes[step].rate_bps))
    return pairs


def thresholds() -> list[tuple[dict[str, str], int, float, float]]:
    """ideal_thresholds: line, MCS, SNR of ns-3 and of the link model in dB."""
    found = []
    for row in rows("ideal_thresholds"):
        index = int(row["mode"].split("Mcs")[1])
        index = index % 8 if row["standard"] == "802.11n" else index
        reference = float(row["snr_db_for_ber_1e-6"])
        found.append((row, index, reference, required_snr_db(index, int(row["nss"]), "awgn")))
    return found


def _total(table: str, row: dict[str, str], reference: float, result: CellResult) -> Pair:
    return Pair(table, row, "total", reference, result.goodput_bps / 1e6)


def longer_runs() -> list[Pair]:
    """longer_runs: our own runs of ns-3 under the same settings, other cases and longer windows."""
    pairs = []
    for row in rows("longer_runs"):
        generation = STANDARDS.get(row["standard"], "be")
        interval = int(row["guard_interval_ns"])
        groups = tuple(
            Group(name, int(count), PhyMode(generation, int(row["width_mhz"]), int(row["nss"]), int(mcs), interval))
            for name, count, mcs in (("1", row["n_sta"], row["mcs"]), ("2", row["n_2"], row["mcs_2"]))
            if int(count)
        )
        pairs.append(_total("longer_runs", row, float(row["throughput_mbps"]), solve(_cell(row, groups))))
    return pairs


@dataclass(frozen=True)
class LongRun:
    """One group of one cell in long runs of ns-3: mean with its 95 % interval, spread of single windows, the model."""

    pair: Pair
    ci95: float
    window_sd: float

    @property
    def agrees(self) -> bool:
        """Within 10 %, or within what ns-3 itself leaves open."""
        return abs(self.pair.error) <= 0.10 or abs(self.pair.model - self.pair.reference) <= self.ci95

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the cell and the group."""
        names = ("standard", "direction", "transport", "groups", "aps", "ap_distance_m", "sta_radius_m")
        return (*(self.pair.row[name] for name in names), self.pair.what)


_SETTING = (
    "width_mhz", "nss", "guard_interval_ns", "direction", "transport", "payload_bytes", "ampdu_max_bytes",
    "mac_queue_packets", "rts_cts", "aps", "ap_distance_m",
)  # fmt: skip


@cache
def long_runs() -> tuple[LongRun, ...]:
    """long_run_means: our own runs of ns-3 with several seeds and windows."""
    results: dict[tuple[str, ...], CellResult] = {}
    found = []
    for row in rows("long_run_means"):
        setting = tuple(list(row.values())[: list(row).index("group")])
        if setting not in results:
            results[setting] = solve(_long_run_cell(row))
        result = results[setting]
        bps = result.goodput_bps if row["group"] == "total" else result.groups[int(row["group"]) - 1].goodput_bps
        pair = Pair("long_run_means", row, row["group"], float(row["mean_mbps"]), bps / 1e6)
        found.append(LongRun(pair, float(row["ci95_mbps"]), float(row["window_sd_mbps"])))
    return tuple(found)


def settled(pair: Pair) -> LongRun | None:
    """The long runs of a line of mixed_rates, cochannel or longer_runs, where there are some."""
    if pair.table == "longer_runs":
        wanted = {name: pair.row[name] for name in _SETTING} | {"groups": f"{pair.row['n_sta']}:{pair.row['mcs']}"}
        wanted["standard"] = pair.row["standard"].removeprefix("802.11")
        wanted["ap_distance_m"] = wanted["ap_distance_m"] if wanted["aps"] != "1" else ""
        found = (run for run in long_runs() if run.pair.row["set"] == "settled" and pair.row["n_2"] == "0")
        return next((run for run in found if wanted.items() <= run.pair.row.items()), None)
    row = pair.row
    if pair.table == "mixed_rates":
        groups = " ".join(f"{row[f'n_{name}']}:{row[f'mcs_{name}']}" for name in ("fast", "slow"))
        group = {"fast": "1", "slow": "2"}.get(pair.what, "total")
        key = (row["standard"].removeprefix("802.11"), row["direction"], row["transport"], groups, "1", "", "3", group)
        if row["offered_mbps_per_sta"] != "saturated":
            return None
    else:
        groups = f"{row['n_sta_per_ap']}:{row['mcs']}"
        key = ("ax", "down", "udp", groups, row["n_ap"], row["ap_distance_m"], row["sta_radius_m"], "total")
    return next((run for run in long_runs() if run.key == key and run.pair.row["rts_cts"] == "0"), None)


def _long_run_cell(row: dict[str, str]) -> Cell:
    interval, width = int(row["guard_interval_ns"]), int(row["width_mhz"])
    groups = []
    for text in row["groups"].split():
        count, mcs = text.split(":")
        mode_ = PhyMode(row["standard"], width, int(row["nss"]), int(mcs), interval)
        groups.append(Group(text, int(count), mode_))
    return _cell(row, tuple(groups))


def _cell(row: dict[str, str], groups: tuple[Group, ...]) -> Cell:
    """The cell of a row of our own runs, with these groups."""
    limits = Aggregation(max_octets=int(row["ampdu_max_bytes"]), queue_packets=int(row["mac_queue_packets"]))
    return Cell(
        groups,
        Medium(limits=limits, rts_cts=row["rts_cts"] == "1"),
        Layout(
            aps=int(row["aps"]),
            distance_m=float(row["ap_distance_m"] or 10.0),
            station_m=float(row["sta_radius_m"]),
        ),
        direction=row["direction"],
        transport=row["transport"],
        payload_octets=int(row["payload_bytes"]),
    )
