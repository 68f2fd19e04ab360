"""What one guess at the inputs (``inputs.variation``) says of use: who uses devices, which ones, for how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wifisim.inputs.profile import Activity, TrafficProfile
from wifisim.inputs.rollout import Fleet, Programme
from wifisim.inputs.site import Site
from wifisim.inputs.variation import Guess
from wifisim.randomness import Distribution, Kind

_PHONES = ("pupil-phone", "staff-phone")


def varied_site(site: Site, made: Guess) -> Site:
    """The site with the guess at who uses devices and which devices they are."""
    if (made.usage, made.client_mix, made.usage_of) == (1.0, 1.0, {}):
        return site
    profiles = {key: _usage(entry, made.usage * made.usage_of.get(key, 1.0)) for key, entry in site.profiles.items()}
    return replace(
        site,
        profiles=profiles,
        programme=_mixed(site.programme, made.client_mix),
        fleets=tuple(_carried(fleet, made.client_mix) for fleet in site.fleets),
    )


def varied_activities(activities: Iterable[Activity], made: Guess) -> tuple[Activity, ...]:
    """The activities with the guess at their sizes and their pace."""
    return tuple(
        _activity(
            entry,
            sizes=made.sizes * made.sizes_of.get(entry.id, 1.0),
            pace=made.pace * made.pace_of.get(entry.id, 1.0),
        )
        for entry in activities
    )


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """The distribution of ``factor`` times what ``distribution`` draws."""
    spread = distribution.b * factor if distribution.kind is Kind.UNIFORM else distribution.b
    return replace(
        distribution,
        a=distribution.a * factor,
        b=spread,
        low=distribution.low * factor,
        high=distribution.high * factor,
    )


def _usage(profile: TrafficProfile, factor: float) -> TrafficProfile:
    return replace(
        profile,
        device_share=min(profile.device_share * factor, 1.0),
        device_share_one_to_one=min(profile.device_share_one_to_one * factor, 1.0),
    )


def _mixed(programme: Programme, factor: float) -> Programme:
    """The usual type keeps its weight, the others' weights are multiplied; shares add up to what they did."""
    weights = [share * (factor if number else 1.0) for number, (_, share) in enumerate(programme.choice)]
    whole = sum(share for _, share in programme.choice)
    total = sum(weights) or 1.0
    choice = tuple(
        (client_id, weight * whole / total) for (client_id, _), weight in zip(programme.choice, weights, strict=True)
    )
    return replace(programme, choice=choice, opt_out_share=min(programme.opt_out_share * factor, 1.0))


def _carried(fleet: Fleet, factor: float) -> Fleet:
    return replace(fleet, per_person=fleet.per_person * factor) if fleet.use in _PHONES else fleet


def _activity(activity: Activity, *, sizes: float, pace: float) -> Activity:
    if (sizes, pace) == (1.0, 1.0):
        return activity
    return replace(
        activity,
        size_bytes=scaled(activity.size_bytes, sizes),
        rate_bps=activity.rate_bps * sizes,
        ladder_bps=tuple(rate * sizes for rate in activity.ladder_bps),
        think_s=scaled(activity.think_s, 1.0 / pace),
    )
