"""Hand-outs: bytes through the line against the time there is, and spare devices against missing ones.

Bytes are the mean sizes of the bulk transfers in the profile that the wave plays; what a content cache
answers does not cross the line. The rate is the slowest of line and filter, at the share of payload that TCP/IP
leaves (1448 of 1500 bytes). Left out: everything else that uses the line in those hours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, Severity, percent
from wifisim.inputs.equipment import Network
from wifisim.inputs.rollout import Stage, Wave
from wifisim.inputs.site import Site

PAYLOAD_SHARE = 1448 / 1500  # TCP payload of a full IP packet (RFC 9293, RFC 7323)
TIGHT = 0.8  # of the time there is: beyond it the lessons beside it have no line left


def enrolment(case: Case, stage: Stage) -> Iterator[Finding]:
    """For each wave that enrols: the fullest slot's bytes over the line against the slot's length."""
    rate_bps = payload_rate_bps(stage.network)
    for wave in stage.arriving:
        if not wave.arrival.enrol or not wave.arrival.profile_id:
            continue
        each = line_bytes(case.site, stage.network, wave.arrival.profile_id)
        devices = fullest_slot(wave, _groups(case, stage, wave))
        takes_s = devices * each * 8.0 / rate_bps
        if takes_s <= TIGHT * wave.arrival.slot_s:
            continue
        late = takes_s > wave.arrival.slot_s
        slots = math.ceil(wave.arrival.slots * takes_s / (TIGHT * wave.arrival.slot_s))
        yield Finding(
            severity="problem" if late else "warning",
            subject=wave.id,
            message=f"Enrolling wave {wave.id} {'takes longer than its slots' if late else 'fills the line'}.",
            working=f"{volume_text(devices, each)} in the fullest slot; at {rate_bps / 1e6:,.0f} Mbit/s of payload "
            f"{time_text(takes_s)}; slot {wave.arrival.slot_s / 60:g} min",
            fix=f"About {slots} slots of {wave.arrival.slot_s / 60:g} min instead of {wave.arrival.slots} (two days if "
            "need be), apps installed beforehand, or a content cache.",
            place=case.lines.item("waves", wave.id),
            weight=takes_s / wave.arrival.slot_s,
        )


def _groups(case: Case, stage: Stage, wave: Wave) -> list[int]:
    """Devices of each class of a wave, or of each class set of its department."""
    sizes = {school_class.id: school_class.size for school_class in case.site.timetable.classes}
    sets = [one.block.keys.size for one in case.population(stage).sets if one.wave == wave]
    return [sizes[class_id] for class_id in wave.class_ids] or sets


def fullest_slot(wave: Wave, groups: Sequence[int]) -> int:
    """Devices in the fullest slot: the groups are spread over the slots in order."""
    slots: dict[int, int] = {}
    for number, devices in enumerate(groups):
        slot = number * wave.arrival.slots // len(groups)
        slots[slot] = slots.get(slot, 0) + devices
    return max(slots.values(), default=0)


def line_bytes(site: Site, network: Network, profile_id: str) -> float:
    """Mean bytes that one device's bulk downloads bring over the line; a cache's share does not count."""
    hits = {service: share for cache in network.caches for service, share in cache.hit_share.items()}
    total = 0.0
    for part in site.profiles[profile_id].activities:
        activity = site.activities[part.activity_id]
        if activity.kind != "bulk" or activity.direction != "down" or activity.peers:
            continue
        kept = (1.0 - hits.get(activity.service_id, 0.0)) * (1.0 - activity.browser_hit_share)
        total += part.share * max(activity.count, 1) * activity.size_bytes.mean() * kept
    return total


def payload_rate_bps(network: Network) -> float:
    """What TCP can carry down: the slowest of line and filter, less headers."""
    filters = [switch.throughput_bps for switch in network.switches if switch.kind == "filter"]
    return min([network.wan[0].down_bps, *filters]) * PAYLOAD_SHARE


def pool(case: Case, stage: Stage) -> Iterator[Finding]:
    """Spare devices against the faulty and the forgotten ones."""
    programme, devices, spare = case.site.programme, case.handed_out(stage), case.spares(stage)
    faulty, forgotten = case.missing(stage)
    missing = faulty + forgotten
    if not devices or spare >= missing:
        return
    # A school that manages no devices may well keep none: that is told, not warned of.
    chosen = spare == 0 and not programme.managed
    severity: Severity = "note" if chosen else "warning"
    none = f"There are no spare devices: on an ordinary day {missing:.0f} pupils go without."
    small = f"The pool is too small for an ordinary day: {missing - spare:.0f} pupils go without."
    wanted = math.ceil(100.0 * missing / devices) / 100.0
    lend = "Some devices of the school's own to lend" if chosen else f"A pool of at least {percent(wanted)}"
    yield Finding(
        severity=severity,
        subject="pool",
        message=none if spare == 0 else small,
        working=f"{devices:,} devices, of which {faulty:.0f} faulty ({percent(programme.fault_share)}) and "
        f"{forgotten:.0f} forgotten ({percent(programme.forgotten_share)}) = {missing:.0f} missing; "
        f"pool {percent(programme.pool_share)} = {spare}",
        fix=f"{lend} (pool_share: {wanted:g}).",
        place=case.lines.at("programme", "pool_share"),
        weight=missing - spare,
    )


def volume_text(devices: int, each_bytes: float) -> str:
    """The bytes of some devices, as a sum."""
    return f"{devices:,} devices x {each_bytes / 1e6:,.0f} MB = {devices * each_bytes / 1e9:,.1f} GB"


def time_text(seconds: float) -> str:
    """A length of time in words."""
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"
