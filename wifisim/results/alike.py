"""Criteria that ask the same of the same figure are told once, with all who ask; the strictest judgement counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from wifisim.results.assessment import Status

_SEVERITY: dict[Status, int] = {"not_applicable": 0, "pass": 1, "at_risk": 2, "fail": 3}


class Asking(Protocol):
    """A criterion as facts or as a summary of them."""

    @property
    def metric(self) -> str:
        """What is measured."""

    @property
    def comparison(self) -> str:
        """``at_least`` or ``at_most``."""

    @property
    def target(self) -> float:
        """What is asked."""


class Judged(Protocol):
    """A criterion's judgement in one stage."""

    @property
    def status(self) -> Status:
        """Pass, at risk, fail or not applicable."""


_Judged = TypeVar("_Judged", bound=Judged)


def alike(criteria: Sequence[Asking]) -> tuple[tuple[int, ...], ...]:
    """Positions of the criteria that ask the same, in the order of the first of each."""
    found: dict[tuple[str, str, float], list[int]] = {}
    for index, criterion in enumerate(criteria):
        found.setdefault((criterion.metric, criterion.comparison, criterion.target), []).append(index)
    return tuple(tuple(group) for group in found.values())


def strictest(judged: Sequence[_Judged]) -> _Judged:
    """The worst of several judgements of the same figure: a standard may fail what the school only calls tight."""
    return max(judged, key=lambda one: _SEVERITY[one.status])
