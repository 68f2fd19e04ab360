"""The files of one reading: the site file and those it names, each opened once and noted with its digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wifisim.inputs.checking import Model, check
from wifisim.inputs.files import CSV_SUFFIXES, YAML_SUFFIXES, Opened, open_reference, open_site
from wifisim.inputs.findings import Findings, Place
from wifisim.inputs.lessons_file import lesson_nodes
from wifisim.inputs.source import Node, decode, parse
from wifisim.inputs.written.school import WrittenLessons
from wifisim.inputs.written.site import WrittenSite


@dataclass(slots=True)
class Library:
    """Opens files on behalf of the site file; ``sources`` names each with its SHA-256, the site first."""

    findings: Findings
    by: Opened | None = None
    sources: list[str] = field(default_factory=list)

    def site(self, path: Path) -> tuple[WrittenSite, Node] | None:
        """The site file in its written form; from here on names are relative to it."""
        self.by = open_site(path, self.findings)
        return self._checked(self.by, WrittenSite)

    def named(self, name: str, place: Place, model: type[Model]) -> tuple[Model, Node] | None:
        """A YAML file that the site names at ``place``."""
        return self._checked(self._open(name, place, YAML_SUFFIXES), model)

    def lessons(self, name: str, place: Place) -> tuple[WrittenLessons, Node] | None:
        """A CSV file of lessons that the site names at ``place``."""
        opened = self._open(name, place, CSV_SUFFIXES)
        text = self._text(opened)
        node = None if opened is None or text is None else lesson_nodes(text, opened.shown, self.findings)
        return None if node is None else check(node, WrittenLessons, self.findings)

    def _open(self, name: str, place: Place, suffixes: tuple[str, ...]) -> Opened | None:
        if self.by is None:
            return None
        return open_reference(name, self.by, place=place, suffixes=suffixes, findings=self.findings)

    def _text(self, opened: Opened | None) -> str | None:
        if opened is None:
            return None
        self.sources.append(f"{opened.relative} sha256:{opened.digest}")
        return decode(opened.data, opened.shown, self.findings)

    def _checked(self, opened: Opened | None, model: type[Model]) -> tuple[Model, Node] | None:
        text = self._text(opened)
        node = None if opened is None or text is None else parse(text, opened.shown, self.findings)
        return None if node is None else check(node, model, self.findings)
