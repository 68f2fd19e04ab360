"""Writes docs/accuracy.md and its figure: the model of the air against ns-3 and against published rules of thumb.

``python -m benchmarks.accuracy`` from the repository's root; ``--check`` only says whether the page is up to date.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import ns3_reference as ns3  # noqa: E402

from benchmarks import accuracy_runs as runs  # noqa: E402
from wifisim.mac.capacity import solve  # noqa: E402
from wifisim.mac.frames import Aggregation  # noqa: E402
from wifisim.mac.question import Question, cell_of  # noqa: E402
from wifisim.mac.standing import beacon_share  # noqa: E402
from wifisim.rf.phy import required_snr_db  # noqa: E402

PAGE = ROOT / "docs" / "accuracy.md"
FIGURE = ROOT / "docs" / "accuracy.svg"
DRAWN = (
    "UDP down",
    "UDP up, 1 to 50 stations",
    "TCP down",
    "TCP up",
    "mixed rates, long runs, groups",
    "several access points, lines",
    "held out: hidden access points",
    "held out: settings drawn by chance",
    "held out: drawn later",
)

INTRODUCTION = """# How accurate the air is

This page is written by `python -m benchmarks.accuracy`; the tests in `tests/reference/test_ns3_bounds.py` hold its
bounds. No constant is fitted to these tables: frame timing comes from the standard, contention from Bianchi's fixed
point, and each further rule is stated in the module that has it. Two rules were made while looking at ns-3's traces and
runs, and held against settings drawn afterwards ("drawn later" below): who hears nothing decodable of a collision does
not wait EIFS (`mac/bianchi.py`, `mac/earshot.py`), and the number of stations that upload by TCP at a time is a Markov
chain (`mac/tcp.py`). They replaced two rules that were not derived, which were 6.8 % off in these settings (2.5 % now).
The rules for access points that do not hear each other (`mac/hidden.py`) were found by following ns-3's frames in
layouts of the list below; the four layouts held out were chosen and run afterwards. That stations back off for the
acknowledgements of downloads, and what is sent again after such a collision (`mac/tcp.py`), was found in traces of our
own; its rules are held against a play of the slots by chance (`tests/mac/test_mac_tcp.py`).

## Settings

The reference is ns-3 3.44 (`tests/reference/ns3/README.md`): 5 GHz, best effort (AIFSN 3, CW 15-1023, retry limit 7),
A-MPDU up to 65,535 octets, no A-MSDU, no RTS/CTS unless said, MAC queue of 500 packets shared by all receivers, 20 dBm,
noise figure 7 dB, path loss 46.68 dB at 1 m with exponent 3, beacons at 6 Mbit/s, guard interval 400 ns (n, ac) or
800 ns (ax, be), TCP CUBIC. These are the defaults of `wifisim cell`. `longer_runs.csv` and `long_run_means.csv` hold
further runs of ns-3 under the same settings, made by us with other programs, several seeds and longer windows.

## In short
"""

REASONS = """
## Where we differ, and why

* **One run is one draw.** In the uplink stations win the air by chance: windows of 2 s of five fast stations beside
  five at MCS 0 have a standard deviation of 10 around a mean of 53 Mbit/s (the table's line: 38). Lines that are more
  than 10 % from the model were run again, 6 to 32 windows each; the model is within 10 % of every mean, or inside its
  interval (802.11n at 1 Mbit/s a station), but for TCP beside very slow stations, next.
* **TCP downloads beside stations at MCS 0 or 2** (`(!)` above). Traced in ns-3 (20 MHz, MCS 9 beside MCS 2, 10 s):
  no packet of a fast station is lost in the MAC, FqCoDel drops six, but their senders time out about 30 times. A fast
  station's whole window leaves in one A-MPDU; then its sender hears nothing until the queue of 500 packets, 190 ms
  long at this rate, has gone round, and ns-3's shortest time-out is 200 ms. A slow one's window leaves in pieces of 11
  whose acknowledgements restart the timer. With 1 s, what RFC 6298 asks for, the fast ones have 22.8 and 25.5 Mbit/s
  in two runs instead of 14.3 (model 28.0). Beside MCS 0 at 40 MHz time-outs are few (5 in 8 s), and 1 s brings 20.1 and
  23.2 instead of 20.2 (model 24.8); there the fast ones' windows stay below their share after each of CoDel's drops.
  The model has neither time-outs nor drops and shares packets evenly.
* **Stations on the brink of being drowned** (two access points 75 to 95 m apart, not hearing each other, at MCS 9).
  Every packet is repeated until it arrives, so 1 dB decides whether a tenth or half is left. Two streams: ns-3 counts
  half the bits of an MPDU (its `nbits / NSS`), which makes it milder: at 90 m the model gives 336 Mbit/s (ns-3 524),
  with half the bits 497; at 80 m 260 (272). The physics does not halve them, so we do not.
* **RTS/CTS between access points that do not hear each other**: 30 % low. Traced: an access point whose RTS goes to the
  station that is locked on the stranger's frames loses 55 % of them in ns-3, 28 % here, in runs of up to 70, while the
  other runs free. Stations that a stranger's CTS silences, block-ack requests behind RTS, and answers from where the
  stations stand were tried in the game: they leave it 30 to 42 % low, and were left out.
* **Beside access points that are not heard** no MCS named means: each that the signal carries is played in short, all
  groups a step lower together, and what carries most is used. ns-3 has no such rate control, so this is compared with
  nothing; all tables here name the MCS. In 40 layouts drawn by chance stations further away carried over 5 % more than
  nearer ones in 4 of 240 steps, where a station that is drowned holds up the rest.
* **Uploads in two cells just within earshot** (59 m, both ways): 10 % low, one group 14 %. Frames of the two cells
  survive each other by the mean levels of stations and access points.
* **Uploads by UDP in two near cells**: 10 % low to 4 % high of means; collisions between cells are counted by mean
  levels. Where only stations contend, all wait EIFS in the model; a third of them hear nothing decodable and do not.
  With that, losses agree better (0.508 against 0.506 at 30 stations), goodput worse (10 % high at 50): ns-3 also asks
  for block acks of packets that outlived their 500 ms. Both are left out.
* **Uploads by TCP of 30 and more stations**: 11 to 12 % high. Their acknowledgements fill the access point's queue;
  what CoDel drops there (24,700 of 66,000 in 8 s, 30 stations) lets each of the others free more (97 segments a turn
  instead of 63), so that more stations have data. It drops more for as long as a run lasts. The model drops none.
* **10 to 12 % off without a reason we can prove**: 12 uploads of small packets at 160 MHz, one group each of two TCP
  cells.
* **TCP uploads in a short window**: the reference's line of 10 uploads (1.5 s after 1 s) is 9 % under the mean of 14
  s of our own runs (170.9, 187.6), that of 20 uploads in our own short run 17 % (147.6, 177.6): time-outs of the start.
* **802.11ac at 80 MHz** is 0.3 to 1 % low: the standard's VHT-SIG-B (4 us), which ns-3 leaves out for one user.
  **Guard interval 3,200 ns** with four streams is 3 to 6 % low: training fields of 16 us each, 8 in ns-3.
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
    parts = [INTRODUCTION, summary(), "\n![Model against ns-3](accuracy.svg)\n", uplink()]
    parts += [runs.mixed(), runs.cochannel(), runs.held_out(), rates(), runs.longer()]
    return "\n".join([*parts, REASONS, anchors()])


def tables() -> dict[str, tuple[list[ns3.Pair], str]]:
    """Compared pairs by name, with the bound that the tests hold."""
    long = ns3.longer_runs()
    single = [pair for pair in long if pair.row["aps"] == "1"]
    tcp = [run.pair if (run := ns3.settled(pair)) else pair for pair in single if pair.row["transport"] == "tcp"]
    return {
        "UDP down": (ns3.saturated("sat_udp_down"), "mean 2 %, worst 8 %"),
        "UDP up, 1 to 50 stations": (ns3.saturated("sat_udp_up"), "mean 4 %, worst 15 %"),
        "TCP down": (ns3.saturated("sat_tcp_down"), "mean 5 %, worst 12 %"),
        "TCP up": (ns3.saturated("sat_tcp_up"), "mean 5 %, worst 12 %"),
        "mixed rates, lines, groups": ([p for p in ns3.mixed() if p.what != "total"], "10 %, or the next line"),
        "mixed rates, long runs, groups": (settled("mixed", groups=True), "10 %, exceptions below"),
        "several access points, lines": (ns3.cochannel(), "10 %, or the next line"),
        "several access points, long runs": (settled("cells"), "10 %, exceptions below"),
        "held out: mixed rates, groups": (settled("mixed_held_out", groups=True), "10 %, exceptions below"),
        "held out: hidden access points": (settled("cells_held_out"), "10 %, exceptions below"),
        "held out: settings drawn by chance": (settled("random"), "mean 3 %, worst 12 %"),
        "held out: drawn later": (settled("drawn_later"), "mean 3 %, worst 6 %"),
        "uploads by TCP, settled": (settled("settled"), "10 %, exceptions below"),
        "longer runs, UDP, one cell": ([p for p in single if p.row["transport"] == "udp"], "mean 3 %"),
        "longer runs, TCP, one cell": (tcp, "mean 6 %, worst 15 %"),
    }


def settled(name: str, *, groups: bool = False) -> list[ns3.Pair]:
    """Means of our own long runs of one set: totals, or the groups."""
    pairs = [run.pair for run in ns3.long_runs() if run.pair.row["set"] == name]
    return [pair for pair in pairs if (pair.what != "total") == groups]


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
    from matplotlib.ticker import StrMethodFormatter  # noqa: PLC0415

    from wifisim.plots.figures import save_figure  # noqa: PLC0415
    from wifisim.plots.style import GREY, LINES, new_figure, title  # noqa: PLC0415

    figure = new_figure(7.5, 5.6)
    axes = figure.add_subplot()
    axes.axhspan(-10, 10, color=GREY, alpha=0.15, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    shown = {name: pairs for name, (pairs, _bound) in tables().items() if name in DRAWN}
    for colour, (name, pairs) in zip((*LINES, "#222222", "#7a5195", "#8c564b"), shown.items(), strict=True):
        errors = [100.0 * pair.error for pair in pairs]
        axes.plot([p.reference for p in pairs], errors, "o", markersize=4, color=colour, alpha=0.75, label=name)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.set_ylim(-45, 45)
    axes.set_xlabel("Goodput in ns-3 (Mbit/s)")
    axes.set_ylabel("Model less ns-3 (%)")
    axes.legend(loc="lower right", fontsize=7, ncol=2)
    title(figure, "Model against ns-3, cell by cell", "shaded: 10 % either way")
    save_figure(figure, FIGURE, force=True)


if __name__ == "__main__":
    sys.exit(main())
