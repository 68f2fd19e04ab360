"""Every error wifisim raises on purpose.

WifisimError
├── InputError        a file cannot be used; carries every problem found in it
├── SimulationError   a run could not be completed
└── ResultsError      a result folder cannot be read or written
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, said so that its writer can mend it.

    ``value`` is what stood there, already shortened for printing; ``rule`` is what must hold;
    ``nearest`` is the valid name that is closest to the one written, or an empty string.
    """

    file: str
    line: int
    key_path: str
    value: str
    rule: str
    nearest: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        what = " = ".join(part for part in (self.key_path, self.value) if part)
        hint = f"; did you mean '{self.nearest}'?" if self.nearest else ""
        return ": ".join(part for part in (where, what, f"{self.rule}{hint}") if part)


class WifisimError(Exception):
    """Base of all errors that wifisim raises on purpose."""


class InputError(WifisimError):
    """An input file cannot be used; ``problems`` lists all that is wrong with it, in file order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class SimulationError(WifisimError):
    """A run could not be completed."""


class ResultsError(WifisimError):
    """A result folder cannot be read or written."""
