"""Problems found in input files: gathered over all of them, reported once.

A ``Place`` says where something stands (file, line, key path, value); ``Findings`` collects one ``Problem`` a fault and
raises them together as ``InputError``. All text from files is shortened and stripped of control characters here, so
that no input can garble a terminal.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wifisim.errors import InputError, Problem

Loc = tuple[str | int, ...]

MAX_PROBLEMS = 100
MAX_TEXT = 60
# Lists of valid names up to this length are printed whole when no single name is near.
MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in an input file; ``value`` is its text as written."""

    file: str
    line: int
    key_path: str
    value: str = ""

    def of_key(self, key: str) -> Place:
        """The same place, about the key instead of its value."""
        return replace(self, value=key)


def is_control(character: str) -> bool:
    """Whether a character steers a terminal or the direction of text instead of showing something."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(text: str, limit: int = MAX_TEXT) -> str:
    """``text`` with control characters as escapes, cut to ``limit`` characters."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(f"\\u{ord(c):04x}" if is_control(c) else c for c in cut)


def nearest_name(written: str, names: Iterable[str]) -> str:
    """The one of ``names`` that is closest to what was written, or an empty string."""
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(written[:MAX_TEXT].casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


class Findings:
    """The problems found so far; the same problem is kept once."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self._files: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._problems)

    def read(self, file: str) -> None:
        """Note that ``file`` is read now: problems are reported in this order of files."""
        self._files.setdefault(file, len(self._files))

    def add(self, place: Place, rule: str, *, names: Iterable[str] | None = None) -> None:
        """Add one problem; with ``names`` the nearest valid one is offered, or a short list of them."""
        near = ""
        if names is not None:
            known = list(dict.fromkeys(names))
            near = nearest_name(place.value, known)
            if not near and 0 < len(known) <= MAX_LISTED:
                rule = f"{rule}; known: {', '.join(printable(name) for name in known)}"
        problem = Problem(
            file=printable(place.file, 300),
            line=place.line,
            key_path=printable(place.key_path, 160),
            value=printable(place.value),
            rule=rule,
            nearest=printable(near),
        )
        self._problems.setdefault(problem)

    def raise_if_any(self) -> None:
        """Raise ``InputError`` with all problems in file order, at most ``MAX_PROBLEMS`` of them."""
        if not self._problems:
            return
        order = self._files
        problems = sorted(self._problems, key=lambda p: (order.get(p.file, len(order)), p.line))
        if len(problems) > MAX_PROBLEMS:
            left = len(problems) - MAX_PROBLEMS
            first = problems[0].file
            problems = [*problems[:MAX_PROBLEMS], Problem(first, 0, "", "", f"{left} further problems not shown")]
        raise InputError(tuple(problems))
