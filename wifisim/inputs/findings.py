"""Problems found in input files: gathered over all of them, reported once.

A ``Place`` says where something stands (file, line, key path, value); ``Findings`` collects one ``Problem`` a fault and
raises them together as ``InputError``. All text from files is shortened and stripped of control characters here, so
that no input can garble a terminal.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from wifisim.errors import InputError, Problem

Loc = tuple[str | int, ...]

MAX_PROBLEMS = 100
MAX_TEXT = 60
MAX_RULE = 800
# Lists of valid names up to this length are printed whole when no single name is near.
MAX_LISTED = 8
MIN_LIKENESS = 0.59


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
    """``text`` with escapes for what does not print, cut to ``limit`` characters."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def nearest_name(written: str, names: Iterable[str]) -> str:
    """The one of ``names`` that is closest to what was written (the first of equals), or an empty string."""
    matcher = difflib.SequenceMatcher(b=written[:MAX_TEXT].casefold(), autojunk=False)
    best, best_ratio = "", MIN_LIKENESS
    for name in names:
        matcher.set_seq1(name[:MAX_TEXT].casefold())
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = name, ratio
    return best


@dataclass(frozen=True, slots=True)
class NameSet:
    """Names that may be referred to; while not ``complete`` (a file could not be read) none counts as wrong."""

    names: tuple[str, ...]
    complete: bool = True

    def __contains__(self, name: object) -> bool:
        return not self.complete or name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)


class Findings:
    """The problems found so far, each kept once, and what follows from them and is not worth saying.

    A *fault* is a value that cannot be used at all. It is left out of what is checked further, so later checks may
    stumble over the hole: problems of whatever contains a fault, and references to a name that went with it, are
    dropped. ``note`` is put behind the rules: which later state of the file they are about.
    """

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self._files: dict[str, int] = {}
        self._around_faults: set[tuple[str, str]] = set()
        self._around_problems: set[tuple[str, str]] = set()
        self._forgiven: set[str] = set()
        self._said: set[tuple[Place, str]] = set()
        self.note = ""

    def __len__(self) -> int:
        return len(self._problems)

    def read(self, file: str) -> None:
        """Note that ``file`` is read now: problems are reported in this order of files."""
        self._files.setdefault(file, len(self._files))

    def forgive(self, name: str) -> None:
        """Say nothing of references to ``name``: what it names is there, but faulty."""
        self._forgiven.add(name)

    def touches(self, place: Place) -> bool:
        """Whether there is a problem at ``place`` or below it."""
        return (place.file, place.key_path) in self._around_problems

    def fault(
        self,
        place: Place,
        rule: str,
        *,
        names: Iterable[str] | None = None,
        listed: bool = True,
        said: str | None = None,
    ) -> None:
        """Add a problem that makes the value at ``place`` unusable."""
        self.add(place, rule, names=names, listed=listed, said=said)
        self._around_faults.update(_around(place))

    def add(
        self,
        place: Place,
        rule: str,
        *,
        names: Iterable[str] | None = None,
        listed: bool = True,
        said: str | None = None,
    ) -> None:
        """Add one problem.

        With ``names`` the one nearest to ``said`` (default: the value) is offered, or all of a few if ``listed``.
        """
        said = place.value if said is None else said
        follows = names is not None and said in self._forgiven
        if follows or (place.key_path and (place.file, place.key_path) in self._around_faults):
            return
        if (place, rule) in self._said:
            return
        self._said.add((place, rule))
        self._around_problems.update(_around(place))
        near = ""
        if names is not None:
            known = list(dict.fromkeys(names))
            # Past what is shown, likeness to long lists of names would only cost time.
            near = nearest_name(said, known) if len(self._problems) <= MAX_PROBLEMS else ""
            if listed and not near and 0 < len(known) <= MAX_LISTED:
                rule = f"{rule}; known: {', '.join(printable(name) for name in known)}"
        problem = Problem(
            file=printable(place.file, 300),
            line=place.line,
            key_path=printable(place.key_path, 160),
            value=printable(place.value),
            rule=printable(rule if place.key_path.startswith("upgrades") else rule + self.note, MAX_RULE),
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


def _around(place: Place) -> Iterator[tuple[str, str]]:
    """The place and all that contains it, as (file, key path)."""
    path = place.key_path
    yield place.file, path
    for index, character in enumerate(path):
        if character in ".[":
            yield place.file, path[:index]
