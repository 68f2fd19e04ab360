"""Updates of all devices: their bytes over the line against the time that the plan gives them.

The plan is the site's `storms`: at once or over some minutes they meet lessons, over days a day has its part of the
devices, over evenings devices that stay in school have the evening and the others update at home. Where a site says
nothing of updates, the sum is done as if all devices updated at once. Bytes, payload and caches as for hand-outs; what
devices fetch from their neighbours does not cross the line. Left out: everything else that uses the line then.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, Severity, percent
from wifisim.checks.handout import TIGHT, line_bytes, payload_rate_bps, time_text, volume_text
from wifisim.inputs.rollout import Stage
from wifisim.inputs.storm import Storm

UPDATE_PROFILE = "os-update"
UPDATE_KINDS = ("os-update", "app-update")
NIGHT_S = 12.0 * 3600.0  # from the evening to the first lesson (project choice)
EVENING_S = 6.0 * 3600.0  # how long the simulation gives an evening for its part


def update_time(case: Case, stage: Stage) -> Iterator[Finding]:
    """Each planned update against the time its way to stagger leaves; without a plan, all devices at once."""
    planned = [storm for storm in case.site.storms if storm.kind in UPDATE_KINDS]
    for storm in planned:
        yield from _planned(case, stage, storm)
    if not planned:
        yield from _unplanned(case, stage)


def _planned(case: Case, stage: Stage, storm: Storm) -> Iterator[Finding]:
    spread, evening = storm.spread, storm.spread.kind == "evenings"
    owners = case.updating(stage, storm.platform, stays=evening)
    devices = round(owners * storm.share / spread.parts)
    each = line_bytes(case.site, stage.network, storm.profile_id) * (1.0 - storm.peers_share)
    rate_bps = payload_rate_bps(stage.network)
    takes_s = devices * each * 8.0 / rate_bps
    given_s, given = _time_given(case, storm)
    if takes_s <= TIGHT * given_s:
        return
    part = f" (one of {spread.parts} parts of {owners:,})" if spread.parts > 1 else ""
    peers = f", {percent(storm.peers_share)} of it from devices nearby" if storm.peers_share else ""
    yield Finding(
        severity="warning",
        subject=storm.id,
        message=f"Update {storm.id} needs the line for longer than {given}.",
        working=f"{volume_text(devices, each)}{part}{peers}; at {rate_bps / 1e6:,.0f} Mbit/s of payload "
        f"{time_text(takes_s)}; {given} {time_text(given_s)}, of which {percent(TIGHT)} may go",
        fix=_remedy(storm, takes_s / (TIGHT * given_s), evenings=takes_s * spread.parts / (TIGHT * EVENING_S)),
        place=case.lines.storm(storm.id, case.site.storms.index(storm)),
        weight=takes_s / given_s,
    )


def _time_given(case: Case, storm: Storm) -> tuple[float, str]:
    """How long the devices of one part have, and what that time is."""
    lessons = [p.end_s - p.start_s for p in case.site.timetable.periods if p.kind == "lesson"]
    if storm.spread.kind == "evenings":
        return EVENING_S, "an evening"
    if storm.spread.kind == "over":
        return storm.spread.over_s, "the minutes it is spread over"
    if storm.spread.kind == "days":
        return sum(lessons, 0.0) or 3600.0, "the lessons of a day"
    return max(lessons, default=3600.0), "a lesson"


def _remedy(storm: Storm, over: float, *, evenings: float) -> str:
    if storm.spread.kind in {"evenings", "days"}:
        parts = math.ceil(over * storm.spread.parts)
        return f"Spread it over {parts} {storm.spread.kind}, with peers or a content cache."
    return (
        f"Outside lessons: spread: {{evenings: {math.ceil(evenings)}}}, or over days; peers and a content cache help."
    )


def _unplanned(case: Case, stage: Stage) -> Iterator[Finding]:
    devices = case.handed_out(stage)
    if not devices or UPDATE_PROFILE not in case.site.profiles:
        return
    each = line_bytes(case.site, stage.network, UPDATE_PROFILE)
    rate_bps = payload_rate_bps(stage.network)
    takes_s = devices * each * 8.0 / rate_bps
    longest_s = max((p.end_s - p.start_s for p in case.site.timetable.periods if p.kind == "lesson"), default=3600.0)
    if takes_s <= longest_s:
        return
    nights, over = math.ceil(takes_s / (TIGHT * NIGHT_S)), takes_s > TIGHT * NIGHT_S
    severity: Severity = "warning" if over else "note"
    yield Finding(
        severity=severity,
        subject="update",
        message="An update of all devices does not fit into one night."
        if over
        else "An update of all devices fills the line for longer than a lesson; the plan does not say when it runs.",
        working=f"{volume_text(devices, each)}; at {rate_bps / 1e6:,.0f} Mbit/s of payload {time_text(takes_s)}; "
        f"night {NIGHT_S / 3600:g} h, lesson {longest_s / 60:.0f} min",
        fix=f"Spread it over {nights} nights (ChromeOS scatter, update rings), with peers or a content cache."
        if over
        else "Write how updates are staggered, as storms: [{what: os-update, spread: {evenings: 1}}], and set it so.",
        place=case.lines.network(stage.date, "wan", "main", "down_mbps"),
        weight=takes_s / 3600.0,
    )


def update_without_devices(case: Case, stage: Stage) -> Iterator[Finding]:
    """Storms of a platform that no pupil device has in any stage: they do nothing."""
    if stage is not case.site.stages[-1]:
        return
    for index, storm in enumerate(case.site.storms):
        if storm.platform and not any(case.updating(any_stage, storm.platform) for any_stage in case.site.stages):
            have = sorted({case.platform(name) for name in case.pupil_clients()})
            yield Finding(
                severity="warning",
                subject=storm.id,
                message=f"Storm {storm.id} is about {storm.platform}, which no pupil device runs: it does nothing.",
                working=f"0 devices with {storm.platform}; pupils have {', '.join(have) or 'none'}",
                fix="The platform of the devices that are handed out, or leave the storm out.",
                place=case.lines.storm(storm.id, index),
            )
