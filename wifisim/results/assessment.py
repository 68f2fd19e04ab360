"""What an assessment says, as bare records; ``readiness`` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wifisim.results.causes import Cause
from wifisim.results.intervals import Estimate
from wifisim.results.ladder import Rung
from wifisim.results.records import CriterionFacts
from wifisim.results.remedies import Need

Status = Literal["pass", "at_risk", "fail", "not_applicable"]
Verdict = Literal["ready", "at_risk", "not_ready"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One criterion in one stage, on its worst kind of day.

    ``margin`` is what is left to the target in the criterion's unit (negative: missing). ``since_stage_id`` is the
    stage from which the criterion has been missed for certain without a break, ``""`` when it is not missed here.
    """

    criterion: CriterionFacts
    stage_id: str
    day_kind: str
    estimate: Estimate
    values: tuple[float, ...]
    status: Status
    margin: float
    cause: Cause | None
    need: Need | None
    since_stage_id: str

    @property
    def tight(self) -> bool:
        """Whether a limit on reserve is exceeded for certain; the status of that is at_risk."""
        return self.criterion.reserve and self.status == "at_risk" and self.since_stage_id != ""


@dataclass(frozen=True, slots=True)
class StageReadiness:
    """A stage's verdict and what it rests on, one assessment a criterion, in the run's order of criteria."""

    stage_id: str
    verdict: Verdict
    assessments: tuple[Assessment, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """The plan's verdict, its stages, the bottleneck ladder, the fullest that still hold.

    ``sentences`` say what fails, ``warnings`` what is tight: a limit on reserve exceeded.
    """

    verdict: Verdict
    first_failing_stage: str
    stages: tuple[StageReadiness, ...]
    ladder: tuple[Rung, ...]
    holding: tuple[Rung, ...]
    sentences: tuple[str, ...]
    warnings: tuple[str, ...] = ()
