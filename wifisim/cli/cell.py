"""``wifisim cell``: how much one access point carries, or several, with the working shown."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wifisim.mac.capacity import solve
from wifisim.mac.cell import CellResult
from wifisim.mac.frames import Aggregation
from wifisim.mac.neighbours import Layout
from wifisim.mac.question import DEFAULT_DISTANCE_M, MOST_STATIONS, Question, cell_of
from wifisim.mac.timing import SIGNAL_DETECT_DBM
from wifisim.mac.working import working
from wifisim.rf.propagation import REFERENCE_EXPONENT, REFERENCE_LOSS_1M_DB


class _Number(click.FloatRange):
    """A range of real numbers; NaN, which no comparison refuses, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number", param, ctx)
        return number


_POSITIVE = _Number(min=0.0, min_open=True, max=1e6)
_DECIBEL = _Number(-200.0, 200.0)


def _choice(*names: str) -> click.Choice[str]:
    return click.Choice(names)


@click.command(name="cell")
@click.option("--standard", type=_choice("n", "ac", "ax", "be"), default="ax", show_default=True, help="802.11 ...")
@click.option("--band", type=_choice("2.4", "5", "6"), default="5", show_default=True, help="Band in GHz.")
@click.option("--width-mhz", type=int, default=40, show_default=True, help="Channel width.")
@click.option("--nss", type=int, default=2, show_default=True, help="Spatial streams.")
@click.option("--mcs", type=click.IntRange(0, 13), help="MCS per stream [default: from the signal, else 7].")
@click.option("--guard-interval-ns", type=int, default=0, help="[default: 400 for n and ac, 800 for ax and be]")
@click.option(
    "--stations", type=click.IntRange(1, MOST_STATIONS), default=1, show_default=True, help="Per AP; groups replace it."
)
@click.option("--group", "groups", multiple=True, metavar="Nx:KEY=V", help="Like 10x:mcs=11 or 5x:snr=20,nss=1.")
@click.option("--direction", type=_choice("down", "up", "both"), default="down", show_default=True)
@click.option("--transport", type=_choice("udp", "tcp"), default="udp", show_default=True)
@click.option("--fairness", type=_choice("throughput", "airtime"), default="throughput", show_default=True)
@click.option("--payload-bytes", type=int, default=1472, show_default=True, help="UDP payload of a packet.")
@click.option("--offered-mbps", type=_POSITIVE, help="Traffic of each station [default: as much as goes].")
@click.option("--ampdu-bytes", type=click.IntRange(0, 16_000_000), default=65535, show_default=True, help="0: none.")
@click.option("--amsdu-bytes", type=click.IntRange(0, 11454), default=0, show_default=True, help="0: none.")
@click.option("--ba-window", type=click.IntRange(0, 1024), default=0, help="[default: 64 n ac, 256 ax, 1024 be]")
@click.option("--queue-packets", type=click.IntRange(1, 1_000_000), default=500, show_default=True, help="MAC queue.")
@click.option("--rts-cts/--no-rts-cts", default=False, show_default=True)
@click.option("--protection", is_flag=True, help="802.11b stations about: CTS-to-self, long slots (2.4 GHz).")
@click.option("--ofdma-users", type=click.IntRange(1, 74), default=1, show_default=True, help="Served at once, down.")
@click.option("--mu-mimo-users", type=click.IntRange(1, 8), default=1, show_default=True, help="Served at once, down.")
@click.option("--snr-db", type=_DECIBEL, help="SNR of all stations; chooses the MCS.")
@click.option("--distance-m", type=_POSITIVE, help="Stations from their AP; chooses the MCS if none is given.")
@click.option("--link-model", type=_choice("awgn", "sensitivity"), default="awgn", show_default=True)
@click.option("--rate-margin-db", type=_DECIBEL, default=0.0, show_default=True, help="Kept by rate control.")
@click.option("--mrc/--no-mrc", default=True, show_default=True, help="Combining gain of spare receive chains.")
@click.option("--aps", type=click.IntRange(1, 3), default=1, show_default=True, help="Access points.")
@click.option("--ap-distance-m", type=_POSITIVE, default=10.0, show_default=True, help="Between access points.")
@click.option("--same-channel/--other-channel", default=True, show_default=True)
@click.option("--tx-power-dbm", type=_DECIBEL, default=20.0, show_default=True, help="Of APs and stations.")
@click.option("--noise-figure-db", type=_DECIBEL, default=7.0, show_default=True)
@click.option("--path-loss-exponent", type=_Number(1.0, 10.0), default=REFERENCE_EXPONENT, show_default=True)
@click.option("--path-loss-1m-db", type=_DECIBEL, default=REFERENCE_LOSS_1M_DB, show_default=True)
@click.option("--cca-dbm", type=_DECIBEL, default=SIGNAL_DETECT_DBM, show_default=True, help="Carrier sense.")
@click.option("--beacon-rate-mbps", type=_POSITIVE, default=6.0, show_default=True)
@click.option("--explain", is_flag=True, help="Show the working.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line a group.")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Goodput against stations, as a file.")
@click.option("--force", is_flag=True, help="Replace the plot if it exists.")
def command(*, explain: bool, as_json: bool, as_csv: bool, plot: Path | None, force: bool, **options: Any) -> int:
    """How much one access point carries, or up to three, from the standard's frame timing.

    Defaults: 5 GHz, best effort, A-MPDU up to 65,535 octets, no RTS/CTS, control frames at up to 24 Mbit/s, a path
    loss of 46.68 dB at 1 m with exponent 3, 20 dBm, noise figure 7 dB.

    Where no MCS is named, a distance or an SNR chooses it; beside an access point that is not heard, lower ones are
    tried too, and the one that carries most is used.
    """
    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv")
    question = _question(options)
    result = _solved(question)
    typed = click.get_current_context().get_parameter_source("stations") is ParameterSource.COMMANDLINE
    if typed and result.cell.stations != question.stations:
        raise click.UsageError(f"--stations {question.stations}, but the groups are {result.cell.stations}")
    if plot is not None:
        _plot(question, plot, force=force)
    if as_json:
        click.echo(json.dumps(_record(result, explain=explain), indent=2))
    elif as_csv:
        click.echo(_table(result), nl=False)
    else:
        click.echo(_report(result, explain=explain))
    return 0


def _question(options: dict[str, Any]) -> Question:
    limits = Aggregation(
        max_octets=options["ampdu_bytes"],
        window=options["ba_window"],
        queue_packets=options["queue_packets"],
        amsdu_octets=options["amsdu_bytes"],
    )
    layout = Layout(
        aps=options["aps"],
        distance_m=options["ap_distance_m"],
        same_channel=options["same_channel"],
        station_m=options["distance_m"] or DEFAULT_DISTANCE_M,
        power_dbm=options["tx_power_dbm"],
        noise_figure_db=options["noise_figure_db"],
        exponent=options["path_loss_exponent"],
        loss_1m_db=options["path_loss_1m_db"],
        carrier_sense_dbm=options["cca_dbm"],
    )
    names = set(Question.__dataclass_fields__) & set(options) - {"offered_mbps"}
    offered = math.inf if options["offered_mbps"] is None else options["offered_mbps"]
    return Question(**{name: options[name] for name in names}, limits=limits, layout=layout, offered_mbps=offered)


def _solved(question: Question) -> CellResult:
    try:
        return solve(cell_of(question))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _record(result: CellResult, *, explain: bool) -> dict[str, Any]:
    cell = result.cell
    stations = cell.stations * cell.layout.aps
    record: dict[str, Any] = {
        "goodput_mbps": result.goodput_bps / 1e6,
        "per_station_mbps": result.goodput_bps / 1e6 / stations,
        "per_ap_mbps": result.goodput_bps / 1e6 / cell.layout.aps,
        "stations": stations,
        "phy_rate_mbps": max(group.group.mode.rate_bps for group in result.groups) / 1e6,
        "efficiency": result.efficiency,
        "airtime": result.airtime,
        "collision_probability": result.collision_probability,
        "mpdus_per_ampdu": result.mpdus_per_ampdu,
        "beacon_airtime": result.beacons,
        "aps_sending_together": result.together,
        "received_share": result.received,
        "groups": _groups(result),
    }
    if explain:
        record["working"] = [
            {"group": s.of, "what": s.what, "how": s.how, "value": s.value, "unit": s.unit} for s in working(result)
        ]
    return record


def _groups(result: CellResult) -> list[dict[str, Any]]:
    return [
        {
            "label": found.group.label,
            "stations": found.group.stations * result.cell.layout.aps,
            "works": found.group.works,
            "mcs": found.group.mode.mcs,
            "nss": found.group.mode.streams,
            "phy_rate_mbps": found.group.mode.rate_bps / 1e6,
            "goodput_mbps": found.goodput_bps / 1e6,
            "per_station_mbps": found.per_station_bps / 1e6,
            "airtime": found.airtime,
            "mpdus_per_ampdu": found.mpdus_per_ampdu,
        }
        for found in result.groups
    ]


def _table(result: CellResult) -> str:
    rows = _groups(result)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _report(result: CellResult, *, explain: bool) -> str:
    cell = result.cell
    lines = []
    if explain:
        group = None
        for step in working(result):
            if step.of != group:
                group = step.of
                lines.append(f"\n{group or 'all'}")
            lines.append(f"  {step.what:<32}{step.value:>14,.6g} {step.unit:<12} {step.how}")
        lines.append("")
    lines.append(f"{'group':<30}{'PHY Mbit/s':>12}{'each Mbit/s':>13}{'all Mbit/s':>12}{'airtime':>9}{'MPDUs':>7}")
    for found in result.groups:
        rate, each, total = found.group.mode.rate_bps, found.per_station_bps, found.goodput_bps
        numbers = f"{rate / 1e6:>12.1f}{each / 1e6:>13.2f}{total / 1e6:>12.1f}"
        lines.append(f"{found.group.label:<30}{numbers}{found.airtime:>9.2f}{found.mpdus_per_ampdu:>7.1f}")
        if not found.group.works:
            lines.append("  the signal is too weak for this rate")
    places = f" on {cell.layout.aps} access points" if cell.layout.aps > 1 else ""
    lines.append(f"goodput {result.goodput_bps / 1e6:.1f} Mbit/s{places}, efficiency {result.efficiency:.2f}, ")
    lines[-1] += f"airtime {result.airtime:.2f}, collision probability {result.collision_probability:.3f}"
    return "\n".join(lines)


def _plot(question: Question, path: Path, *, force: bool) -> None:
    from wifisim.plots.cell import plot_cell  # noqa: PLC0415 - drawing takes longer to load than to answer
    from wifisim.plots.figures import save_figure  # noqa: PLC0415

    if question.groups:
        raise click.UsageError("--plot draws goodput against --stations; it cannot be combined with --group")
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise click.UsageError("--plot wants a name that ends in .png, .svg or .pdf")
    most = max(question.stations, 50)
    counts = sorted({*range(1, 11), *range(12, most, max(most // 25, 2)), most})
    results = [_solved(replace(question, stations=count)) for count in counts]
    mode = results[0].groups[0].group.mode
    streams = "1 stream" if mode.streams == 1 else f"{mode.streams} streams"
    title = f"802.11{mode.generation}, {mode.width_mhz} MHz, {streams}, MCS {mode.mcs}"
    aps = question.layout.aps
    places = "1 access point" if aps == 1 else f"{aps} access points together"
    context = f"{question.transport.upper()} {question.direction}, {places}"
    figure = plot_cell(counts, [r.goodput_bps / 1e6 for r in results], title=title, context=context)
    save_figure(figure, path, force=force)
