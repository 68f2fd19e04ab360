"""Where in its file each part of a site stands: for messages about a site that was read without a problem.

A side table, so that ``Site`` itself stays free of file names and lines. Places are looked up by key path; a part that
is not written (a default) has the place of the nearest section around it. What a stage's network says may come from
an upgrade: then the place is the upgrade's.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path

from wifisim.inputs.findings import Findings, Loc, Place
from wifisim.inputs.library import Library
from wifisim.inputs.source import Node

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def read_lines(path: str | os.PathLike[str]) -> Lines:
    """The places of the site file ``path``. Raises ``InputError`` where ``read_site`` cannot parse it either."""
    findings = Findings()
    root = Library(findings).root(Path(path))
    findings.raise_if_any()
    assert root is not None  # noqa: S101  (no root always comes with a problem)
    return Lines(root)


class Lines:
    """Places of the parts of one site file."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def at(self, *loc: str | int) -> Place:
        """The place of the key path ``loc``, or of the nearest section around it."""
        return _nearest(self._root, loc)

    def network(self, date: dt.date, *loc: str) -> Place:
        """Where ``network`` + ``loc`` got the value that holds on ``date``: an upgrade, or the file."""
        return self._upgraded(date, ".".join(("network", *loc))) or self.at("network", *loc)

    def access_point(self, date: dt.date, name: str) -> Place:
        """Where the access point ``name`` is written, in the network or in an upgrade up to ``date``."""
        for index, _ in self._upgrades(date):
            added = ("upgrades", index, "add", "network.access_points")
            found = self._named(added, name)
            if found is not None:
                return found
        return self._named(("network", "access_points"), name) or self.at("network", "access_points")

    def room(self, name: str) -> Place:
        """Where a room is written; one that came with a copied floor has the place of the floors."""
        floors = self._root.child("building")
        floors = floors.child("floors") if floors is not None else None
        for index in range(len(floors.items) if floors is not None else 0):
            found = self._named(("building", "floors", index, "rooms"), name)
            if found is not None:
                return found
        return self.at("building", "floors")

    def item(self, section: str, name: str) -> Place:
        """The item of a list section (``waves``, ``upgrades``) whose id is ``name``."""
        return self._named((section,), name) or self.at(section)

    def storm(self, name: str, index: int) -> Place:
        """Where a storm is written; one that goes by its default name has the place of its number in the file."""
        return self._named(("storms",), name) or self.at("storms", index)

    def _upgraded(self, date: dt.date, path: str) -> Place | None:
        for index, upgrade in self._upgrades(date):
            changes = upgrade.child("set")
            for key in changes.keys if changes is not None else ():
                if path == key or path.startswith(f"{key}."):
                    return self.at("upgrades", index, "set", key)
        return None

    def _upgrades(self, date: dt.date) -> Iterator[tuple[int, Node]]:
        """Upgrades up to ``date``, the last first."""
        section = self._root.child("upgrades")
        items = section.items if section is not None else ()
        for index in reversed(range(len(items))):
            when = items[index].child("date")
            if when is not None and when.text <= date.isoformat():
                yield index, items[index]

    def _named(self, loc: Loc, name: str) -> Place | None:
        """The item at ``loc`` whose id is ``name``; templates like ``G{n:02}`` count when no plain id does."""
        node = self._below(loc)
        ids = [(index, item.child("id")) for index, item in enumerate(node.items if node is not None else ())]
        texts = [(index, key.text) for index, key in ids if key is not None]
        for index, text in texts:
            if text == name:
                return self.at(*loc, index)
        for index, text in texts:
            pattern = ".+".join(re.escape(part) for part in _PLACEHOLDER.split(text))
            if "{" in text and re.fullmatch(pattern, name) and self._may_be(loc, index, text, name):
                return self.at(*loc, index)
        return None

    def _may_be(self, loc: Loc, index: int, template: str, name: str) -> bool:
        """Whether a template over listed rooms, or one that counts, makes ``name``."""
        rooms = self._below((*loc, index, "rooms"))
        if rooms is not None:
            return any(template.replace("{room}", room.text) == name for room in rooms.items)
        first, count = (self._below((*loc, index, "repeat", key)) for key in ("first", "count"))
        if first is None or count is None or not first.text.isdigit() or not count.text.isdigit():
            return False
        numbers = range(int(first.text), int(first.text) + int(count.text))
        return any(template.format(n=number) == name for number in numbers)

    def _below(self, loc: Loc) -> Node | None:
        node: Node | None = self._root
        for part in loc:
            node = node.child(part) if node is not None else None
        return node


def _nearest(root: Node, loc: Loc) -> Place:
    node, found = root, 0
    for part in loc:
        child = node.child(part)
        if child is None:
            break
        node, found = child, found + 1
    return root.place(loc[:found])
