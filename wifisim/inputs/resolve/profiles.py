"""Profiles resolved: activities with their distributions, and the mixes of lessons.

Several files add up; a name that two of them use is an error, so that no file changes another's meaning unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from wifisim.inputs.findings import Findings, Loc, NameSet
from wifisim.inputs.profile import Activity, ActivityShare, Anchor, TrafficProfile
from wifisim.inputs.resolve.catalogue import evidence_of
from wifisim.inputs.source import Node
from wifisim.inputs.written.profiles import (
    WrittenActivity,
    WrittenDistribution,
    WrittenFirst,
    WrittenProfile,
    WrittenProfileSet,
)
from wifisim.randomness import Distribution, Kind, constant, cumulative
from wifisim.units import bps_from_mbps

# A truncation must leave at least this share of the distribution, or drawing from it is meaningless.
MIN_MASS = 1e-6
# What each kind of activity must say, and what would mean nothing to it.
_NEEDS = {
    "transaction": ("size_bytes",),
    "stream": ("ladder_mbps",),
    "call": ("rate_mbps",),
    "bulk": ("size_bytes",),
}
_ONLY_FOR = {
    "size_bytes": ("transaction", "bulk"),
    "think_s": ("transaction", "bulk"),
    "ladder_mbps": ("stream",),
    "rate_mbps": ("call",),
    "chunk_s": ("stream", "call"),
}
_CHUNK_S = {"stream": 4.0, "call": 1.0}


@dataclass(slots=True)
class ProfileBook:
    """All activities and profiles by name, with the place each was written at; ``complete`` when all files read."""

    activities: dict[str, Activity] = field(default_factory=dict)
    profiles: dict[str, TrafficProfile] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[Node, Loc]] = field(default_factory=dict)
    complete: bool = True

    @property
    def profile_names(self) -> NameSet:
        """The profiles that may be referred to."""
        return NameSet(tuple(self.profiles), self.complete)


def add_profiles(book: ProfileBook, written: WrittenProfileSet, root: Node, *, loc: Loc, findings: Findings) -> None:
    """Put the activities and profiles written at ``loc`` of ``root`` into ``book``."""
    for name, activity in written.activities.items():
        here = (*loc, "activities", name)
        if _is_new(book, "activities", name, (root, here), findings):
            book.activities[name] = _Reading(root, here, findings).activity(name, activity)
    for name, profile in written.profiles.items():
        here = (*loc, "profiles", name)
        if _is_new(book, "profiles", name, (root, here), findings):
            book.profiles[name] = _Reading(root, here, findings).profile(name, profile)


def check_references(book: ProfileBook, services: tuple[str, ...], findings: Findings) -> None:
    """Every profile's activities and every activity's service must exist."""
    names = NameSet(tuple(book.activities), book.complete)
    for profile in book.profiles.values():
        root, loc = book.places["profiles", profile.id]
        for share in profile.activities:
            if share.activity_id not in names:
                place = root.place((*loc, "activities", share.activity_id)).of_key(share.activity_id)
                findings.add(place, "is not an activity of these files", names=names)
    for activity in book.activities.values():
        root, loc = book.places["activities", activity.id]
        if activity.service_id not in services:
            findings.add(root.place((*loc, "service")), "is not a service of the catalogue", names=services)


def _is_new(book: ProfileBook, kind: str, name: str, where: tuple[Node, Loc], findings: Findings) -> bool:
    first = book.places.setdefault((kind, name), where)
    if first is where:
        return True
    other = first[0].place(first[1])
    findings.add(where[0].place(where[1]).of_key(""), f"is written twice (first in {other.file}:{other.line})")
    return False


@dataclass(frozen=True, slots=True)
class _Reading:
    """One entry being resolved, with the place for its problems."""

    root: Node
    loc: Loc
    findings: Findings

    def fault(self, rule: str, *keys: str) -> None:
        self.findings.add(self.root.place((*self.loc, *keys)), rule)

    def activity(self, name: str, written: WrittenActivity) -> Activity:
        """The activity with the defaults of its kind."""
        self._check_kind(written)
        anchor, clock_s = self._anchor(written.first)
        ladder = tuple(bps_from_mbps(rate) for rate in written.ladder_mbps or ())
        if list(ladder) != sorted(set(ladder)):
            self.fault("must be ascending", "ladder_mbps")
        return Activity(
            id=name,
            label=written.label or name,
            kind=written.kind,
            service_id=written.service,
            direction=written.direction,
            size_bytes=self.distribution(written.size_bytes, "size_bytes"),
            think_s=self.distribution(written.think_s, "think_s"),
            anchor=anchor,
            clock_s=clock_s,
            first_s=self.distribution(written.first.wait_s, "first", "wait_s"),
            count=written.count if written.count is not None else int(written.kind == "bulk"),
            rate_bps=bps_from_mbps(written.rate_mbps or 0.0),
            ladder_bps=ladder,
            chunk_s=written.chunk_s or _CHUNK_S.get(written.kind, 0.0),
            buffer_s=written.buffer_s if written.kind == "stream" else 0.0,
            connections=written.connections,
            new_connection_share=written.new_connection_share,
            browser_hit_share=written.browser_hit_share,
            changed_share=written.changed_share,
            peers=written.peers,
            save=written.save,
            good_s=written.good_s,
            evidence=evidence_of(written.evidence),
        )

    def profile(self, name: str, written: WrittenProfile) -> TrafficProfile:
        """The profile; every activity has its share and its part of the session."""
        shares = []
        for activity_id, setting in written.activities.items():
            if isinstance(setting, float):
                shares.append(ActivityShare(activity_id, setting, 0.0, 1.0))
                continue
            if setting.from_ >= setting.to:
                self.fault("must come before `to`", "activities", activity_id, "from")
            shares.append(ActivityShare(activity_id, setting.share, setting.from_, setting.to))
        later = written.device_share_one_to_one
        return TrafficProfile(
            id=name,
            label=written.label or name,
            device_share=written.device_share,
            device_share_one_to_one=written.device_share if later is None else later,
            activities=tuple(shares),
            evidence=evidence_of(written.evidence),
        )

    def distribution(self, written: WrittenDistribution | None, *keys: str) -> Distribution:
        """The one distribution that is named; nothing written is the constant 0."""
        if written is None:
            return constant(0.0)
        found = [kind for kind in _DISTRIBUTIONS if getattr(written, kind) is not None]
        if len(found) != 1:
            self.fault(f"must name one of {', '.join(_DISTRIBUTIONS)}", *keys)
            return constant(0.0)
        kind, a, b = _parameters(written, found[0])
        if kind in (Kind.CONSTANT, Kind.UNIFORM):
            if written.min is not None or written.max is not None:
                self.fault("min and max go with exponential, lognormal and weibull", *keys)
            if kind is Kind.UNIFORM and a > b:
                self.fault("must have low below high", *keys, "uniform")
            return Distribution(kind, a, b) if a != b or kind is Kind.CONSTANT else constant(a)
        low, high = written.min or 0.0, math.inf if written.max is None else written.max
        if low >= high or _mass(kind, a, b, low, high) < MIN_MASS:
            self.fault("must have min and max that leave something of the distribution", *keys)
            return constant(0.0)
        return Distribution(kind, a, b, low, high)

    def _check_kind(self, written: WrittenActivity) -> None:
        for key in _NEEDS[written.kind]:
            if getattr(written, key) is None:
                self.fault(f"is required for a {written.kind}", key)
        for key, kinds in _ONLY_FOR.items():
            if getattr(written, key) is not None and written.kind not in kinds:
                self.fault(f"has no meaning for a {written.kind}", key)

    def _anchor(self, written: WrittenFirst) -> tuple[Anchor, float]:
        given = [key for key in ("after", "before", "at") if getattr(written, key) is not None]
        if len(given) != 1:
            self.fault("must have one of after, before, at", "first")
        if written.at is not None:
            return "clock", written.at
        return ("end" if written.before is not None else "start"), 0.0


_DISTRIBUTIONS = ("constant", "uniform", "exponential", "lognormal", "weibull")


def _parameters(written: WrittenDistribution, kind: str) -> tuple[Kind, float, float]:
    """The family with its two parameters (see randomness.Kind)."""
    if written.uniform is not None and kind == "uniform":
        return Kind.UNIFORM, written.uniform.low, written.uniform.high
    if written.exponential is not None and kind == "exponential":
        return Kind.EXPONENTIAL, written.exponential.mean, 0.0
    if written.lognormal is not None and kind == "lognormal":
        return Kind.LOGNORMAL, written.lognormal.median, written.lognormal.sigma
    if written.weibull is not None and kind == "weibull":
        return Kind.WEIBULL, written.weibull.scale, written.weibull.shape
    return Kind.CONSTANT, written.constant or 0.0, 0.0


def _mass(kind: Kind, a: float, b: float, low: float, high: float) -> float:
    top = cumulative(int(kind), a, b, high) if math.isfinite(high) else 1.0
    return top - cumulative(int(kind), a, b, low)
