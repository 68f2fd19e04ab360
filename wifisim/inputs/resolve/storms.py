"""Storms resolved: defaults of their kind, and what the platform does by itself."""

from __future__ import annotations

from wifisim.inputs.findings import Loc
from wifisim.inputs.resolve.rollout import RolloutDesk
from wifisim.inputs.storm import PROFILE_OF_STORM, Spread, Storm
from wifisim.inputs.written.storms import WrittenSpread, WrittenStorm


def resolve_storms(written: tuple[WrittenStorm, ...], desk: RolloutDesk) -> tuple[Storm, ...]:
    """The storms in the order of the file."""
    storms: list[Storm] = []
    for index, storm in enumerate(written):
        loc: Loc = ("storms", index)
        name = storm.id or "-".join(filter(None, [storm.what, storm.platform]))
        if any(other.id == name for other in storms):
            desk.fault((*loc, "id"), f"needs an id of its own: there are two storms called {name}")
        profile = PROFILE_OF_STORM[storm.what] if storm.profile is None else storm.profile
        if storm.profile is not None or profile in desk.profiles:
            desk.profile(profile, (*loc, "profile"))
        else:
            desk.fault((*loc, "what"), f"needs a profile called {profile}")
        storms.append(
            Storm(
                id=name,
                kind=storm.what,
                day_kind=storm.day,
                start_s=storm.at or 0.0,
                platform=storm.platform or "",
                profile_id=profile,
                share=storm.share,
                spread=_spread(storm, (*loc, "spread"), desk),
                peers_share=_peers(storm, (*loc, "peers"), desk),
                who=storm.who,
            )
        )
    return tuple(storms)


def _spread(storm: WrittenStorm, loc: Loc, desk: RolloutDesk) -> Spread:
    spread = storm.spread
    if spread == "at-once":
        return Spread("at-once")
    if not isinstance(spread, WrittenSpread):
        platform = desk.catalog.platforms.get(storm.platform or "")
        if platform is None or platform.scatter_days == 0:
            desk.fault(loc, "needs a platform that scatters its updates (see the catalogue's platforms)")
        return Spread("days", parts=max(platform.scatter_days, 1) if platform else 1)
    given = [key for key in ("over_min", "days", "evenings") if getattr(spread, key) is not None]
    if len(given) != 1:
        desk.fault(loc, "must have one of over_min, days, evenings")
    if spread.over_min is not None:
        return Spread("over", over_s=spread.over_min * 60)
    if spread.days is not None:
        return Spread("days", parts=spread.days)
    return Spread("evenings", parts=spread.evenings or 1)


def _peers(storm: WrittenStorm, loc: Loc, desk: RolloutDesk) -> float:
    if isinstance(storm.peers, float):
        return storm.peers
    platform = desk.catalog.platforms.get(storm.platform or "")
    if platform is None or platform.peers_share == 0.0:
        desk.fault(loc, "needs a platform that takes updates from its peers (see the catalogue's platforms)")
        return 0.0
    return platform.peers_share
