"""Cables and power: what switches must feed, and whether uplinks carry what hangs on them.

An access point's best goodput is TCP download at the highest rate of each of its radios, alone on the air. A switch's
realistic load is that of its access points under the airtime target, but never more than the line brings, plus what a
content cache further up sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, enough, percent
from wifisim.inputs.equipment import AccessPoint, Network, Radio
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import AirSettings
from wifisim.mac.airtime import air_seconds_per_bit
from wifisim.mac.links import medium_of
from wifisim.rf.phy import PhyMode, default_guard_interval_ns, mcs_indices

DFE_UPLINK_BPS = 10e9  # DfE network switching standard: 10 Gbit/s between switches (England)


def poe_budget(case: Case, stage: Stage) -> Iterator[Finding]:
    """Power that a switch's access points draw at worst against its budget."""
    for switch in stage.network.switches:
        fed = [ap for ap in stage.network.access_points if ap.switch_id == switch.id]
        drawn_w = sum(ap.poe_w for ap in fed)
        if drawn_w <= switch.poe_budget_w:
            continue
        unknown = switch.poe_budget_w == 0.0
        stated = "no budget is stated" if unknown else f"budget {switch.poe_budget_w:g} W"
        unfed = len(fed) - _fed_by(fed, switch.poe_budget_w)
        yield Finding(
            severity="note" if unknown else "problem",
            subject=switch.id,
            message=f"Switch {switch.id} feeds {len(fed)} access points, but has no power budget in the file."
            if unknown
            else f"Switch {switch.id} cannot feed all its access points: {unfed} may stay dark at full load.",
            working=f"{_listed(fed)} = {drawn_w:g} W at worst; {stated}",
            fix=f"Write poe_w for switch {switch.id} (0 if injectors feed them)."
            if unknown
            else f"A switch or power supply with at least {drawn_w:g} W, or fewer access points on it.",
            place=case.lines.network(stage.date, "switches", switch.id, "poe_w"),
            weight=drawn_w / max(switch.poe_budget_w, 1.0),
        )


def _fed_by(access_points: Sequence[AccessPoint], budget_w: float) -> int:
    """How many of them the budget feeds, in the order of the file."""
    fed = 0
    for ap in access_points:
        budget_w -= ap.poe_w
        if budget_w < 0.0:
            break
        fed += 1
    return fed


def _listed(access_points: Sequence[AccessPoint]) -> str:
    """``12 x 14 W + 2 x 25 W``."""
    powers = sorted({ap.poe_w for ap in access_points})
    return " + ".join(f"{sum(ap.poe_w == power for ap in access_points)} x {power:g} W" for power in powers)


def access_point_uplink(case: Case, stage: Stage) -> Iterator[Finding]:
    """The cable of an access point against the best that its radios carry together."""
    settings = case.site.simulation.air
    by_model: dict[tuple[str, float], list[AccessPoint]] = {}
    for ap in stage.network.access_points:
        if ap.uplink_bps < _best_bps(ap, settings):
            by_model.setdefault((ap.model_id, ap.uplink_bps), []).append(ap)
    for (model_id, uplink_bps), slow in by_model.items():
        best = max(_best_bps(ap, settings) for ap in slow)
        rates = [f"{r.band} GHz {radio_goodput_bps(r, settings) / 1e6:.0f}" for r in slow[0].radios if r.enabled]
        yield Finding(
            severity="warning",
            subject=f"{model_id} {uplink_bps:g}",
            message=f"Cables of {len(slow)} access points ({model_id}: {slow[0].id} ...) are slower than their radios.",
            working=f"best goodput {' + '.join(rates)} = {best / 1e6:.0f} Mbit/s; cable {uplink_bps / 1e6:g} Mbit/s",
            fix="The next faster Ethernet rate (2.5GBASE-T runs on Cat 5e), or leave it: classes rarely ask for this.",
            place=case.lines.access_point(stage.date, slow[0].id),
            weight=best / uplink_bps,
        )


def _best_bps(ap: AccessPoint, settings: AirSettings) -> float:
    return sum(radio_goodput_bps(radio, settings) for radio in ap.radios if radio.enabled)


def radio_goodput_bps(radio: Radio, settings: AirSettings) -> float:
    """TCP download of one device beside the radio, alone on the air, with as many streams as the radio."""
    return _goodput_bps(replace(radio, channel=0, power_dbm=0.0), settings)


@lru_cache(maxsize=256)
def _goodput_bps(radio: Radio, settings: AirSettings) -> float:
    top = max(mcs_indices(radio.generation, radio.width_mhz, radio.streams))
    guard_ns = default_guard_interval_ns(radio.generation)
    mode = PhyMode(radio.generation, radio.width_mhz, radio.streams, top, guard_ns)
    return 1.0 / air_seconds_per_bit(mode, mode, medium_of(radio.band, settings), direction="down")


def switch_uplink(case: Case, stage: Stage) -> Iterator[Finding]:
    """Every switch's uplink against its realistic load and, in England, between switches, against DfE's 10 Gbit/s."""
    network = stage.network
    between = {switch.id for switch in network.switches if switch.kind == "switch"}
    for switch in network.switches:
        if switch.kind != "switch":
            continue
        load, working = _load(case, network, switch.id)
        place = case.lines.network(stage.date, "switches", switch.id, "uplink_mbps")
        if load > switch.uplink_bps:
            yield Finding(
                severity="warning",
                subject=switch.id,
                message=f"The uplink of switch {switch.id} is slower than the load its access points can bring.",
                working=f"{working}; uplink {switch.uplink_bps / 1e6:,.0f} Mbit/s",
                fix=f"An uplink of at least {enough(load / 1e6)} Mbit/s.",
                place=place,
                weight=load / switch.uplink_bps,
            )
        elif case.site.country == "GB" and switch.uplink_id in between and switch.uplink_bps < DFE_UPLINK_BPS:
            yield Finding(
                severity="note",
                subject=f"{switch.id} DfE",
                message=f"The uplink of switch {switch.id} carries its load, but is below the DfE switching standard.",
                working=f"uplink {switch.uplink_bps / 1e6:,.0f} Mbit/s; standard 10,000 Mbit/s; {working}",
                fix="Plan 10 Gbit/s fibre when the switch is replaced.",
                place=place,
                weight=DFE_UPLINK_BPS / switch.uplink_bps,
            )


def _load(case: Case, network: Network, switch_id: str) -> tuple[float, str]:
    """What may come down to a switch, and how that comes about."""
    settings, share = case.site.simulation.air, case.site.targets.airtime_max
    below = _below(network, switch_id)
    aps = [ap for ap in network.access_points if ap.switch_id in below]
    air = share * sum(_best_bps(ap, settings) for ap in aps)
    caches = sum(cache.link_bps for cache in network.caches if cache.at_id not in below)
    outside = network.wan[0].down_bps + caches
    words = f"{len(aps)} access points bring {air / 1e6:,.0f} Mbit/s at {percent(share)} airtime"
    if outside < air:
        return (
            outside,
            f"{words}, but the line{' with caches' if caches else ''} sends {outside / 1e6:,.0f} Mbit/s",
        )
    return air, words


def _below(network: Network, switch_id: str) -> set[str]:
    """The switch and all that hang on it."""
    found = {switch_id}
    while more := {s.id for s in network.switches if s.uplink_id in found} - found:
        found |= more
    return found
