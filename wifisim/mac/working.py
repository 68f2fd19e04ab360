"""The working behind a cell's goodput, step by step: what, how, how much, in which unit."""

from __future__ import annotations

from dataclasses import dataclass

from wifisim.mac.cell import Cell, CellResult, GroupResult
from wifisim.mac.frames import (
    TCP_IP_OCTETS,
    TCP_MSS_OCTETS,
    UDP_IP_OCTETS,
    block_ack_octets,
    mpdu_octets,
    window_of,
)
from wifisim.mac.timing import max_octets, preamble_s, response_rate_mbps, symbols
from wifisim.rf.phy import MODULATIONS, data_tones


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working; ``of`` names the group it belongs to, empty for the cell."""

    of: str
    what: str
    how: str
    value: float
    unit: str


def working(result: CellResult) -> tuple[Step, ...]:
    """All steps of a result in the order in which they follow from each other."""
    cell = result.cell
    steps = [step for group in result.groups for step in (*_rate(group), *_burst(cell, group), *_times(cell, group))]
    return (*steps, *_sharing(result))


def _rate(found: GroupResult) -> tuple[Step, ...]:
    mode, label = found.group.mode, found.group.label
    modulation = MODULATIONS[mode.mcs]
    tones = data_tones(mode.generation, mode.width_mhz)
    code = f"{modulation.code[0]}/{modulation.code[1]}"
    return (
        Step(
            label,
            "bits a symbol",
            f"{tones} tones x {modulation.bits} bits x {code} x {mode.streams} streams",
            mode.data_bits_per_symbol,
            "bit",
        ),
        Step(label, "symbol", f"with {mode.guard_interval_ns} ns guard interval", mode.symbol_s * 1e6, "us"),
        Step(label, "PHY rate", "bits a symbol / symbol", mode.rate_bps / 1e6, "Mbit/s"),
    )


def _burst(cell: Cell, found: GroupResult) -> tuple[Step, ...]:
    label, mode, data = found.group.label, found.group.mode, found.data
    limits = cell.medium.limits
    if cell.transport == "tcp":
        payload, headers, name = TCP_MSS_OCTETS, TCP_IP_OCTETS, "TCP/IP"
    else:
        payload, headers, name = cell.payload_octets, UDP_IP_OCTETS, "UDP/IP"
    bounds = (
        f"{limits.max_octets} octets, {max_octets(mode, cell.medium.band)} octets in 5.484 ms, "
        f"window {window_of(mode, limits)}, queue {limits.queue_packets} shared by {cell.stations}"
    )
    return (
        Step(
            label,
            "MPDU",
            f"{payload} payload + {headers} {name} + 8 LLC/SNAP + 26 header + 4 FCS",
            mpdu_octets(payload + headers),
            "octet",
        ),
        Step(label, "MPDUs a burst", f"least of: {bounds}", data.burst.mpdus, "MPDU"),
        Step(label, "burst on the air", "with delimiters and padding to 4 octets", data.burst.octets, "octet"),
    )


def _times(cell: Cell, found: GroupResult) -> tuple[Step, ...]:
    label, mode, data, medium = found.group.label, found.group.mode, found.data, cell.medium
    answer = f"{block_ack_octets(window_of(mode, medium.limits))} octets block ack" if data.burst.aggregated else "ACK"
    count = symbols(mode, data.burst.octets)
    steps = [
        Step(
            label,
            "data PPDU",
            f"preamble {preamble_s(mode) * 1e6:.1f} us + {count} symbols",
            data.data_s * 1e6,
            "us",
        ),
        Step(label, "answer", f"{answer} at {response_rate_mbps(mode)} Mbit/s", data.answer_s * 1e6, "us"),
        Step(label, "SIFS", f"{medium.band} GHz band", medium.sifs_s * 1e6, "us"),
        Step(label, "AIFS", f"SIFS + {medium.access.aifsn} slots", medium.aifs_s * 1e6, "us"),
        Step(label, "mean backoff", f"{medium.access.cw_min}/2 slots", medium.backoff_s * 1e6, "us"),
    ]
    if data.before_s > 0.0:
        how = f"at {medium.control_rate_mbps:g} Mbit/s with SIFS"
        steps.insert(0, Step(label, "RTS/CTS" if medium.rts_cts else "CTS-to-self", how, data.before_s * 1e6, "us"))
    cycle_s = medium.aifs_s + medium.backoff_s + data.success_s
    steps.append(Step(label, "cycle of a lone sender", "sum of the above", cycle_s * 1e6, "us"))
    return tuple(steps)


def _sharing(result: CellResult) -> tuple[Step, ...]:
    cell = result.cell
    steps = []
    if result.acks is not None:
        steps.append(
            Step(
                "",
                "TCP acknowledgements",
                f"{result.acks.burst.packets:.4g} a burst, one for 2 segments, sent the other way",
                result.acks.success_s * 1e6,
                "us",
            )
        )
    steps += [
        Step("", "lost attempts", "share of data bursts that are lost to collisions", result.collision_probability, ""),
        Step("", "beacons", f"one in 102.4 ms at {cell.beacon_rate_mbps:g} Mbit/s each", result.beacons, "of the time"),
    ]
    if cell.multi.users > 1:
        how = f"{'OFDMA' if cell.multi.kind == 'ofdma' else 'MU-MIMO'}, first order: an upper bound"
        steps.append(Step("", "users served at once", how, cell.multi.users, ""))
    if cell.layout.aps > 1:
        how = f"of {cell.layout.aps}; they hear each other at {cell.layout.ap_level_dbm:.1f} dBm"
        steps.append(Step("", "access points that send at once", how, result.together, ""))
        steps.append(
            Step(
                "", "goodput that is left", "share of undisturbed, beside cells that are not heard", result.received, ""
            )
        )
    steps.append(Step("", "goodput", "payload delivered, all stations", result.goodput_bps / 1e6, "Mbit/s"))
    return tuple(steps)
