"""Writes docs/accuracy.md and its figure: the model of the air against ns-3 and against published rules of thumb.

``python -m benchmarks.accuracy`` from the repository's root; ``--check`` only says whether the page is up to date.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import ns3_reference as ns3  # noqa: E402

from wifisim.mac.capacity import solve  # noqa: E402
from wifisim.mac.frames import Aggregation  # noqa: E402
from wifisim.mac.question import Question, cell_of  # noqa: E402
from wifisim.mac.standing import beacon_share  # noqa: E402
from wifisim.rf.phy import required_snr_db  # noqa: E402

PAGE = ROOT / "docs" / "accuracy.md"
FIGURE = ROOT / "docs" / "accuracy.svg"

INTRODUCTION = """# How accurate the air is

This page is written by `python -m benchmarks.accuracy`; the tests in `tests/reference/test_ns3_bounds.py` hold its
bounds. No constant is fitted to these tables: frame timing comes from the standard, contention from Bianchi's fixed
point, and each further rule is stated in the module that has it. Two rules for TCP uploads (`mac/tcp.py`: the access
point contends from its first window; the number of active stations is a geometric mean) were chosen after seeing ns-3
runs, the further ones included, so agreement there is weaker evidence than elsewhere.

## Settings

The reference is ns-3 3.44 (`tests/reference/ns3/README.md`): 5 GHz, best effort (AIFSN 3, CW 15-1023, retry limit 7),
A-MPDU up to 65,535 octets, no A-MSDU, no RTS/CTS unless said, MAC queue of 500 packets shared by all receivers, 20 dBm,
noise figure 7 dB, path loss 46.68 dB at 1 m with exponent 3, beacons at 6 Mbit/s, guard interval 400 ns (n, ac) or
800 ns (ax, be), TCP CUBIC. These are the defaults of `wifisim cell`. `longer_runs.csv` holds further runs of ns-3 under
the same settings, made by us with another program and longer windows: other widths, streams, standards, sizes, layouts.

## In short
"""

REASONS = """
## Where we differ, and why

* **Mixed rates, uplink, MCS 11 with MCS 0, 1 or 4.** The table's windows of 2 s are short for stations that win the air
  by chance: the same cells run for 5 to 6 s give 66.1 and 71.4 Mbit/s (table: 55.7), 88.5 (76.5) and 177.4 (194.4), and
  the model is within 8 % of each. TCP splits between groups are not settled either; totals are compared.
* **802.11n, TCP, MCS 7 with MCS 0** (9.0 Mbit/s in the table): at 1 Mbit/s a station CUBIC never leaves its start in
  4 s; the fast stations got half of what the slow ones did, although the scheduler serves packets in turn.
* **Two senders just beyond each other's carrier sense** (`cochannel.csv`, 80 m, MCS 9, 12 m; and 70 to 75 m in
  `longer_runs.csv`): who is drowned depends on how the two fall into step. The model takes the mean over time of both
  being on the air, and is up to 40 % off in single layouts of this kind.
* **Collisions of access points whose stations hear them 4 to 15 dB apart** (3 access points 10 m apart): ns-3 loses
  fewer bursts than the model; why is not settled. The model is 2 to 8 % low there, and up to 14 % off for uploads in
  two such cells.
* **TCP with 20 and more stations**: CUBIC has not converged in the reference's windows; the model takes large windows.
* **802.11ac at 80 MHz** is 0.3 to 1 % low: the standard's VHT-SIG-B (4 us), which ns-3 leaves out for one user.
* **Guard interval 1,600 ns** in ns-3 3.44 is sent as 3,200 ns when set the ordinary way; such a run is not listed.
"""


@dataclass(frozen=True)
class Anchor:
    """A published figure and the assumption under which the model gives it."""

    source: str
    published: str
    assumption: str
    model_mbps: float
    unit: str = "Mbit/s"


def main() -> int:
    text = page()
    if "--check" in sys.argv:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    draw()
    return 0


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, summary(), "\n![Model against ns-3](accuracy.svg)\n", uplink(), mixed(), cochannel()]
    return "\n".join([*parts, rates(), longer(), REASONS, anchors()])


def tables() -> dict[str, tuple[list[ns3.Pair], str]]:
    """Compared pairs by name, with the bound that the tests hold."""
    cochannel_pairs = ns3.cochannel()
    long = ns3.longer_runs()
    single = [pair for pair in long if pair.row["aps"] == "1"]
    return {
        "UDP down": (ns3.saturated("sat_udp_down"), "mean 2 %, worst 8 %"),
        "UDP up, 1 to 50 stations": (ns3.saturated("sat_udp_up"), "mean 4 %, worst 15 %"),
        "TCP down": (ns3.saturated("sat_tcp_down"), "mean 5 %, worst 12 %"),
        "TCP up": (ns3.saturated("sat_tcp_up"), "mean 5 %, worst 12 %"),
        "mixed rates, totals": ([p for p in ns3.mixed() if p.what == "total"], "10 %, but see below"),
        "mixed rates, UDP down, groups": (
            [
                p
                for p in ns3.mixed()
                if p.what != "total" and (p.row["transport"], p.row["direction"]) == ("udp", "down")
            ],
            "10 %",
        ),
        "several access points, totals": (cochannel_pairs, "10 %, but see below"),
        "longer runs, UDP, one cell": ([p for p in single if p.row["transport"] == "udp"], "mean 3 %"),
        "longer runs, TCP, one cell": ([p for p in single if p.row["transport"] == "tcp"], "mean 6 %, worst 15 %"),
    }


def summary() -> str:
    """One line a table."""
    lines = ["| what | cells | mean error | worst | bias | bound |", "|--|--|--|--|--|--|"]
    for name, (pairs, bound) in tables().items():
        errors = [pair.error for pair in pairs]
        mean = sum(abs(e) for e in errors) / len(errors)
        worst = max(abs(e) for e in errors)
        bias = sum(errors) / len(errors)
        lines.append(f"| {name} | {len(errors)} | {mean:.1%} | {worst:.1%} | {bias:+.1%} | {bound} |")
    found = ns3.rates()
    same = sum(pair.model_mcs == pair.reference_mcs for pair in found)
    lines.append(f"| SNR to MCS | {len(found)} | {same} the same, {len(found) - same} below | one step | | one below |")
    return "\n".join(lines) + "\n"


def uplink() -> str:
    """Uplink contention line by line."""
    lines = ["## UDP up", "", "| cell | stations | ns-3 Mbit/s | model | error | ns-3 lost | model lost |"]
    lines.append("|--|--|--|--|--|--|--|")
    for pair in ns3.saturated("sat_udp_up"):
        row = pair.row
        extra = ", RTS/CTS" if row["rts_cts"] == "1" else ", no aggregation" if row["ampdu_max_bytes"] == "0" else ""
        question = Question(
            standard=ns3.STANDARDS[row["standard"]],
            width_mhz=int(row["width_mhz"]),
            nss=int(row["nss"]),
            mcs=int(row["mcs"]),
            stations=int(row["n_sta"]),
            direction="up",
        )
        lost = solve(cell_of(question)).collision_probability
        reference = row["sta_data_ppdu_fail_frac"] or "-"
        lines.append(
            f"| {row['standard']} {row['width_mhz']} MHz{extra} | {row['n_sta']} | {pair.reference:.1f} "
            f"| {pair.model:.1f} | {pair.error:+.1%} | {reference} | {lost:.3f} |"
        )
    return "\n".join(lines) + "\n"


def mixed() -> str:
    """Mixed rates, totals and groups."""
    lines = [
        "## Mixed rates",
        "",
        "| cell | ns-3 fast + slow | model fast + slow | error of the total |",
        "|--|--|--|--|",
    ]
    pairs = ns3.mixed()
    for index, pair in enumerate(pairs):
        if pair.what != "total":
            continue
        groups = []
        for other in pairs[index + 1 :]:
            if other.what == "total":
                break
            groups.append(other)
        row = pair.row
        name = f"{row['n_fast']} at MCS {row['mcs_fast']}, {row['n_slow']} at {row['mcs_slow'] or '-'}"
        offered = "" if row["offered_mbps_per_sta"] == "saturated" else f", {row['offered_mbps_per_sta']} Mbit/s each"
        lines.append(
            f"| {row['standard']} {row['transport']} {row['direction']}, {name}{offered} "
            f"| {' + '.join(f'{g.reference:.1f}' for g in groups)} | {' + '.join(f'{g.model:.1f}' for g in groups)} "
            f"| {pair.error:+.1%} |"
        )
    return "\n".join(lines) + "\n"


def cochannel() -> str:
    """Several access points."""
    lines = ["## Several access points", "", "| access points | apart | stations at | MCS | ns-3 | model | error |"]
    lines.append("|--|--|--|--|--|--|--|")
    for pair in ns3.cochannel():
        row = pair.row
        channel = "" if row["same_channel"] == "1" else ", other channels"
        lines.append(
            f"| {row['n_ap']}{channel} | {row['ap_distance_m']} m | {row['sta_radius_m']} m | {row['mcs']} "
            f"| {pair.reference:.0f} | {pair.model:.0f} | {pair.error:+.1%} |"
        )
    return "\n".join(lines) + "\n"


def rates() -> str:
    """Thresholds of the two link models."""
    lines = [
        "## SNR to rate",
        "",
        "`wifisim cell` takes what an ideal receiver needs for a bit error rate of 1e-6 (`rf/link.py`), no margin;",
        "`wifisim run` takes the standard's sensitivity table (`rf/phy.py`) plus `rate_margin_db`. One stream:",
        "",
        "| MCS | ns-3 dB | ideal receiver dB | sensitivity table dB |",
        "|--|--|--|--|",
    ]
    reference = {
        index: snr for row, index, snr, _ in ns3.thresholds() if (row["standard"], row["nss"]) == ("802.11ax", "1")
    }
    for index, snr in sorted(reference.items()):
        ideal, table = (required_snr_db(index, 1, model) for model in ("awgn", "sensitivity"))
        lines.append(f"| {index} | {snr:.1f} | {ideal:.1f} | {table:.1f} |")
    return "\n".join(lines) + "\n"


def longer() -> str:
    """Our own runs of ns-3."""
    lines = ["## Longer and further runs", "", "| cell | ns-3 Mbit/s | model | error |", "|--|--|--|--|"]
    for pair in ns3.longer_runs():
        row = pair.row
        parts = [
            f"{row['standard']} {row['width_mhz']} MHz {row['nss']} ss MCS {row['mcs']}",
            f"{row['n_sta']} stations",
        ]
        if row["n_2"] != "0":
            parts.append(f"{row['n_2']} more at MCS {row['mcs_2']}")
        parts.append(f"{row['transport']} {row['direction']}")
        usual = {"payload_bytes": "1472", "ampdu_max_bytes": "65535", "mac_queue_packets": "500", "rts_cts": "0"}
        parts += [f"{key} {row[key]}" for key, value in usual.items() if row[key] != value]
        if row["aps"] != "1":
            parts.append(f"{row['aps']} APs {row['ap_distance_m']} m apart, stations at {row['sta_radius_m']} m")
        lines.append(f"| {', '.join(parts)} | {pair.reference:.1f} | {pair.model:.1f} | {pair.error:+.1%} |")
    return "\n".join(lines) + "\n"


def anchors() -> str:
    """Published figures, which disagree by 2.5 times, and the assumption that reproduces each."""
    lines = [
        "## Published anchors",
        "",
        "Published efficiencies lie between 0.32 and 0.81 of the PHY rate: no single factor fits them. With the",
        "assumption named, the model gives:",
        "",
        "| source | published | assumption | model |",
        "|--|--|--|--|",
    ]
    lines += [
        f"| {anchor.source} | {anchor.published} | {anchor.assumption} | {anchor.model_mbps:.3g} {anchor.unit} |"
        for anchor in _anchors()
    ]
    lines += [
        "",
        "None of these sources states its frame sizes, so agreement shows that the assumption is plausible, not that",
        "it is the one behind the figure. SimGrid's decay with flows (-1.9 % at 40, -7.6 % at 100) is milder than here",
        "because its fit has no packet queue that receivers share.",
    ]
    return "\n".join(lines) + "\n"


def _anchors() -> list[Anchor]:
    single = Aggregation(max_octets=0)
    return [
        Anchor(
            "Apple, 802.11n without aggregation", "0.45", "one 1x1 client at 72 Mbit/s, single MPDUs, UDP",
            _efficiency(standard="n", width_mhz=20, nss=1, mcs=7, limits=single), "",
        ),
        Anchor(
            "Apple and Cisco, aggregated", "0.65", "30 802.11ax clients, 40 MHz MCS 7, TCP down",
            _efficiency(stations=30, transport="tcp"), "",
        ),
        Anchor(
            "Cisco high density guide", "117 (30 clients, MCS 15)", "802.11n 20 MHz, 2 streams, TCP down",
            _goodput(standard="n", width_mhz=20, mcs=7, stations=30, transport="tcp"),
        ),
        Anchor(
            "divdyn, 1x1 clients on 20 MHz", "30", "signal mix: 4 at MCS 7, 3 at MCS 4, 3 at MCS 2, TCP down",
            _goodput(standard="n", width_mhz=20, nss=1, groups=("4x:mcs=7", "3x:mcs=4", "3x:mcs=2"), transport="tcp"),
        ),
        Anchor(
            "divdyn, 2x2 clients on 20 MHz", "65", "signal mix: 8 at MCS 7, 7 at MCS 4, 6 at MCS 2, TCP down",
            _goodput(standard="n", width_mhz=20, groups=("8x:mcs=7", "7x:mcs=4", "6x:mcs=2"), transport="tcp"),
        ),
        Anchor(
            "WatchGuard, 80 MHz, 30 x 1x1", "139", "signal mix: thirds at MCS 9, 4 and 2, TCP down",
            _goodput(
                standard="ac", width_mhz=80, nss=1, groups=("10x:mcs=9", "10x:mcs=4", "10x:mcs=2"), transport="tcp"
            ),
        ),
        Anchor(
            "Silicon Labs 1x1 module, TCP", "46 and 53 of 143", "A-MPDU of three frames (5,000 octets)",
            _goodput(
                band="2.4", width_mhz=20, nss=1, mcs=11, transport="tcp", limits=Aggregation(max_octets=5000)
            ),
        ),
        Anchor(
            "Grandstream, 3 SSIDs x 3 access points", "about 27 % of the air", "beacons of 300 octets at 1 Mbit/s",
            100.0 * 3 * beacon_share("2.4", ssids=3, rate_mbps=1.0), "%",
        ),
        Anchor(
            "SimGrid, 100 flows against 20", "-7.6 %", "UDP down, 802.11ax 40 MHz, queue of 500 packets",
            100.0 * (_goodput(stations=100) / _goodput(stations=20) - 1.0), "%",
        ),
    ]  # fmt: skip


def _goodput(**options: object) -> float:
    return solve(cell_of(Question(**options))).goodput_bps / 1e6


def _efficiency(**options: object) -> float:
    return solve(cell_of(Question(**options))).efficiency


def draw() -> None:
    """The figure: every cell of the tables, model against ns-3."""
    from wifisim.plots.figures import save_figure  # noqa: PLC0415
    from wifisim.plots.style import GREY, LINES, new_figure, title  # noqa: PLC0415

    figure = new_figure(7.5, 5.6)
    axes = figure.add_subplot()
    axes.axhspan(-10, 10, color=GREY, alpha=0.15, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    for colour, (name, (pairs, _bound)) in zip((*LINES, "#222222", "#7a5195"), list(tables().items())[:8], strict=True):
        errors = [100.0 * pair.error for pair in pairs]
        axes.plot([p.reference for p in pairs], errors, "o", markersize=4, color=colour, alpha=0.75, label=name)
    axes.set_xscale("log")
    axes.set_ylim(-45, 45)
    axes.set_xlabel("Goodput in ns-3 (Mbit/s)")
    axes.set_ylabel("Model less ns-3 (%)")
    axes.legend(loc="lower right", fontsize=7, ncol=2)
    title(figure, "Model against ns-3, cell by cell", "shaded: 10 % either way")
    save_figure(figure, FIGURE, force=True)


if __name__ == "__main__":
    sys.exit(main())
