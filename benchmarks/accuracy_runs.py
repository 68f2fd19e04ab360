"""Tables of docs/accuracy.md where one run of ns-3 is not enough: long-run means, their spread, held-out cells."""

from __future__ import annotations

import ns3_reference as ns3


def mixed() -> str:
    """Mixed rates, group by group: the given line, the mean of longer runs, the model."""
    lines = [
        "## Mixed rates",
        "",
        "Each group of stations, Mbit/s. `line` is the one run of the given table; `mean` that of our own, longer runs",
        "with its 95 % interval; `swing` the standard deviation of windows as long as the line's: what one may be off.",
        "",
        "| cell | group | line | mean | swing | model | to the line | to the mean |",
        "|--|--|--|--|--|--|--|--|",
    ]
    for pair in ns3.mixed():
        row = pair.row
        if pair.what == "total":
            continue
        offered = "" if row["offered_mbps_per_sta"] == "saturated" else f", {row['offered_mbps_per_sta']} Mbit/s each"
        name = f"{row['standard']} {row['transport']} {row['direction']}{offered}"
        group = f"{row[f'n_{pair.what}']} at MCS {row[f'mcs_{pair.what}']}"
        lines.append(f"| {name} | {group} | {pair.reference:.1f} | {_compared(pair)} |")
    return "\n".join(lines) + "\n"


def cochannel() -> str:
    """Several access points: the given line, the mean of longer runs, the model."""
    lines = [
        "## Several access points",
        "",
        "| access points | apart | stations at | MCS | line | mean | swing | model | to the line | to the mean |",
        "|--|--|--|--|--|--|--|--|--|--|",
    ]
    for pair in ns3.cochannel():
        row = pair.row
        channel = "" if row["same_channel"] == "1" else ", other channels"
        place = f"{row['n_ap']}{channel} | {row['ap_distance_m']} m | {row['sta_radius_m']} m | {row['mcs']}"
        lines.append(f"| {place} | {pair.reference:.0f} | {_compared(pair)} |")
    return "\n".join(lines) + "\n"


def held_out() -> str:
    """Cells that were chosen before the model was compared with them."""
    lines = [
        "## Long runs, held out",
        "",
        "Settings drawn by chance, and mixed cells and layouts chosen by hand, all before anything was compared.",
        "",
        *_HEAD,
    ]
    lines += _listed("mixed_held_out", "cells_held_out", "random")
    lines += ["", "Drawn by chance after the present rules for uploads and for two cells were made, and run then:", ""]
    lines += [*_HEAD, *_listed("drawn_later")]
    lines += [
        "",
        "Uploads by TCP after 3 to 6 s, looked at while the rules were made:",
        "",
        *_HEAD,
        *_listed("settled"),
    ]
    lines += ["", "Hidden access points and uploads in two cells, looked at while the rules were made:", "", *_HEAD]
    return "\n".join([*lines, *_listed("cells")]) + "\n"


_HEAD = ("| cell | group | ns-3 Mbit/s | model | error |", "|--|--|--|--|--|")


def _listed(*names: str) -> list[str]:
    lines = []
    for run in ns3.long_runs():
        pair = run.pair
        if pair.row["set"] not in names:
            continue
        mark = "" if run.agrees else " (!)"
        lines.append(
            f"| {_cell(pair.row)} | {pair.what} | {pair.reference:.1f} +- {run.ci95:.1f} | {pair.model:.1f} "
            f"| {pair.error:+.1%}{mark} |"
        )
    return lines


def longer() -> str:
    """Our own runs of ns-3."""
    lines = [
        "## Longer and further runs",
        "",
        "One run each; uploads by TCP were run again for longer (`mean`), because 1.5 s after 1 s tell little of them.",
        "",
        "| cell | ns-3 Mbit/s | mean | model | error | to the mean |",
        "|--|--|--|--|--|--|",
    ]
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
        run = ns3.settled(pair)
        mean = f"{run.pair.reference:.1f} +- {run.ci95:.1f}" if run else "-"
        to_mean = f"{run.pair.error:+.1%}" if run else "-"
        lines.append(
            f"| {', '.join(parts)} | {pair.reference:.1f} | {mean} | {pair.model:.1f} | {pair.error:+.1%} | {to_mean} |"
        )
    return "\n".join(lines) + "\n"


def _compared(pair: ns3.Pair) -> str:
    run = ns3.settled(pair)
    if run is None:
        return f"- | - | {pair.model:.1f} | {pair.error:+.1%} | -"
    settled = f"{run.pair.reference:.1f} +- {run.ci95:.1f} | {run.window_sd:.1f}"
    return f"{settled} | {pair.model:.1f} | {pair.error:+.1%} | {run.pair.error:+.1%}"


def _cell(row: dict[str, str]) -> str:
    groups = " + ".join(f"{count} at MCS {mcs}" for count, mcs in (text.split(":") for text in row["groups"].split()))
    parts = [f"802.11{row['standard']} {row['width_mhz']} MHz {row['nss']} ss, {groups}"]
    parts.append(f"{row['transport']} {row['direction']}")
    if row["guard_interval_ns"] == "3200":
        parts.append("3,200 ns")
    usual = {"payload_bytes": "1472", "ampdu_max_bytes": "65535", "rts_cts": "0"}
    parts += [f"{key} {row[key]}" for key, value in usual.items() if row[key] != value]
    if row["aps"] != "1":
        parts.append(f"{row['aps']} APs {row['ap_distance_m']} m apart, stations at {row['sta_radius_m']} m")
    return ", ".join(parts)
