"""The files of one reading: the site file and those it names, each opened once and noted with its digest.

A site file may be a copy of another with changes (``copy_of``). Its root is then the other's, changed; every node keeps
the file it was written in, so that problems and further file names are read where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wifisim.inputs.checking import Model, check
from wifisim.inputs.files import CSV_SUFFIXES, YAML_SUFFIXES, Opened, open_reference, open_site
from wifisim.inputs.findings import Findings, Place
from wifisim.inputs.lessons_file import lesson_nodes
from wifisim.inputs.resolve.changes import apply_to_site
from wifisim.inputs.source import Node, decode, parse
from wifisim.inputs.written.school import WrittenLessons
from wifisim.inputs.written.site import WrittenCopy, WrittenSite

MAX_COPIES = 20


@dataclass(slots=True)
class Library:
    """Opens files on behalf of the site file; ``sources`` names each with its SHA-256, the site first.

    A name is relative to the file in which it is written.
    """

    findings: Findings
    sources: list[str] = field(default_factory=list)
    _opened: dict[str, Opened] = field(default_factory=dict)

    def site(self, path: Path) -> tuple[WrittenSite, Node] | None:
        """The site file in its written form."""
        root = self.root(path)
        return None if root is None else check(root, WrittenSite, self.findings)

    def root(self, path: Path) -> Node | None:
        """The site file as a tree, the changes of copies made."""
        return self._root(open_site(path, self.findings), above=())

    def _root(self, opened: Opened | None, above: tuple[Path, ...]) -> Node | None:
        """The tree of a site file; ``above`` are the files that are copies of it."""
        node = self._parsed(opened)
        if opened is None or node is None or node.child("copy_of") is None:
            return node
        read = check(self._without_sections(node), WrittenCopy, self.findings)
        if read is None:
            return None
        written, copy = read
        place = copy.place(("copy_of",))
        original = self._open(written.copy_of, place, YAML_SUFFIXES)
        above = (*above, opened.path.resolve())
        if original is not None and original.path.resolve() in above:
            self.findings.add(place, "goes round: it is a copy of itself")
            return None
        if len(above) > MAX_COPIES:
            self.findings.add(place, f"is a copy of a copy more than {MAX_COPIES} times over")
            return None
        root = self._root(original, above)
        return None if root is None else apply_to_site(root, written, copy, self.findings)

    def _without_sections(self, copy: Node) -> Node:
        """A copy without the sections that only a whole site file may hold, each reported."""
        for key in [
            key for key in copy.keys if key in WrittenSite.model_fields and key not in WrittenCopy.model_fields
        ]:
            rule = (
                f"stands in the file that this one is a copy of; change it by path, as in `set: {{{key}.KEY: value}}`"
            )
            self.findings.add(copy.place((key,)), rule)
            copy = copy.without_key(key)
        return copy

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
        by = self._opened.get(place.file)
        if by is None:
            return None
        return open_reference(name, by, place=place, suffixes=suffixes, findings=self.findings)

    def _text(self, opened: Opened | None) -> str | None:
        if opened is None:
            return None
        self._opened[opened.shown] = opened
        self.sources.append(f"{opened.relative} sha256:{opened.digest}")
        return decode(opened.data, opened.shown, self.findings)

    def _checked(self, opened: Opened | None, model: type[Model]) -> tuple[Model, Node] | None:
        node = self._parsed(opened)
        return None if node is None else check(node, model, self.findings)

    def _parsed(self, opened: Opened | None) -> Node | None:
        text = self._text(opened)
        return None if opened is None or text is None else parse(text, opened.shown, self.findings)
