"""Changes to what is written: dated ones of the network (upgrades), and those that make one site file of another.

Working on nodes, not on resolved types, keeps two things: a change may name anything that the file may name, and a
problem in what has changed is reported at the change that brought it. Items of a list are named by their id; keys and
ids may hold dots (``network.access_points.AP-G01.radios.2.4.channel``). Templates are opened first, so that each
access point can be named.
"""

from __future__ import annotations

from dataclasses import replace

from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.source import Node, text_node
from wifisim.inputs.written.rollout import WrittenChanges

ROOM = "{room}"
_TOP = "network"


def open_templates(network: Node, findings: Findings) -> Node:
    """The section with one access point a room where an entry named several; other things are left as written."""
    listed = network.child("access_points")
    if listed is None or listed.kind != "list":
        return network
    items: list[Node] = []
    for index, item in enumerate(listed.items):
        origin = network.place(("access_points", index)).key_path
        items.extend(_opened(replace(item, origin=origin), findings))
    return network.with_key("access_points", replace(listed, items=tuple(items)))


def _opened(item: Node, findings: Findings) -> list[Node]:
    rooms, template = item.child("rooms"), item.child("id")
    if rooms is None or template is None or rooms.kind != "list" or item.child("room") is not None:
        return [item]
    if ROOM not in template.text and len(rooms.items) > 1:
        findings.add(item.place(("id",)), f"must hold {ROOM}, since there are several rooms")
        rooms = replace(rooms, items=rooms.items[:1])
    opened = []
    for index, room in enumerate(rooms.items):
        origin = item.place(("rooms", index)).key_path
        placed = replace(room, origin=origin)
        one = item.without_key("rooms").with_key("room", placed)
        one = one.with_key("id", text_node(template.text.replace(ROOM, room.text), template))
        opened.append(_with_channel_in_turn(one, index))
    return opened


def _with_channel_in_turn(item: Node, index: int) -> Node:
    radios = item.child("radios")
    if radios is None or radios.kind != "mapping":
        return item
    for band, setting in radios.keys.items():
        channels = setting.child("channels")
        if channels is None or channels.kind != "list" or not channels.items:
            continue
        turn = index % len(channels.items)
        origin = item.place(("radios", band, "channels", turn)).key_path
        channel = replace(channels.items[turn], origin=origin)
        radios = radios.with_key(band, setting.without_key("channels").with_key("channel", channel))
    return item.with_key("radios", radios)


def apply_upgrade(network: Node, written: WrittenChanges, upgrade: Node, findings: Findings) -> Node:
    """The section after one upgrade; ``upgrade`` is the node it was written in."""
    around = Node(network.file, network.line, "mapping", keys={_TOP: network})
    return _applied(around, written, upgrade, findings, within=_TOP).keys[_TOP]


def apply_to_site(root: Node, written: WrittenChanges, copy: Node, findings: Findings) -> Node:
    """A site file's root after the changes of a file that is a ``copy`` of it."""
    network = root.child(_TOP)
    if network is not None and network.kind == "mapping":
        root = root.with_key(_TOP, open_templates(replace(network, origin=network.origin or _TOP), findings))
    return _applied(root, written, copy, findings, within="")


def _applied(root: Node, written: WrittenChanges, changes: Node, findings: Findings, *, within: str) -> Node:
    """First what goes, then what comes, then what is another; each step sees the templates of the last one opened."""
    for index, path in enumerate(written.remove):
        root = _Change(changes, ("remove", index), findings, within).apply(root, path, None, "remove")
    for key in ("add", "set"):
        section = changes.child(key)
        for path, value in (section.keys if section is not None else {}).items():
            root = _Change(changes, (key, path), findings, within).apply(root, path, value, key)
        network = root.child(_TOP)
        if network is not None:
            root = root.with_key(_TOP, open_templates(network, findings))
    return root


class _Change:
    """One path of a set of changes, with the place for its problems; ``within`` is the section it must name, if any."""

    def __init__(self, changes: Node, loc: Loc, findings: Findings, within: str) -> None:
        self.place = changes.place(loc)
        self.findings = findings
        self.within = within

    def apply(self, root: Node, path: str, value: Node | None, verb: str) -> Node:
        """The root with ``path`` removed, set to ``value`` or longer by its items."""
        top, _, rest = path.partition(".")
        if self.within and (top != self.within or not rest):
            self.findings.add(self.place.of_key(path), f"must be a path that starts with {self.within}.")
            return root
        if value is not None:
            value = replace(value, origin=self.place.key_path)
        changed = self._step(root, path, value, verb)
        return root if changed is None else changed

    def _fault(self, key: str, rule: str, names: list[str] | None = None) -> None:
        self.findings.add(self.place.of_key(key), rule, names=names)

    def _step(self, node: Node, path: str, value: Node | None, verb: str) -> Node | None:
        """``node`` with the change made below it, or None after a problem."""
        names = _names(node)
        name = max((n for n in names if path == n or path.startswith(f"{n}.")), key=len, default=None)
        if name is None:
            return self._new(node, path, value, verb, names)
        rest = path[len(name) + 1 :]
        child = _anchored(node, _part(node, name))
        if rest:
            changed = self._step(child, rest, value, verb)
        elif verb == "remove":
            return _without(node, name)
        elif verb == "add" and value is not None:
            changed = self._longer(child, name, value)
        else:
            changed = value
        return None if changed is None else _with(node, name, changed)

    def _new(self, node: Node, path: str, value: Node | None, verb: str, names: list[str]) -> Node | None:
        """A key that the file left to its default may be set or added to; anything else must be there."""
        if node.kind == "scalar":
            self._fault(path, "leads into a single value")
        elif value is None or verb == "remove":
            self._fault(path, "is not there to be removed", names)
        elif node.kind == "list":
            self._fault(path, "is not in this list (add new items with `add`)", names)
        else:
            key, inner = _split_new(path), value
            for part in reversed(key[1:]):
                inner = Node(value.file, value.line, "mapping", keys={part: inner}, origin=value.origin)
            return node.with_key(key[0], inner)
        return None

    def _longer(self, child: Node, name: str, value: Node) -> Node | None:
        if child.kind != "list" or value.kind != "list":
            self._fault(name, "must be a list to be added to; use `set`")
            return None
        origin = value.origin or ""
        new = tuple(replace(item, origin=f"{origin}[{index}]") for index, item in enumerate(value.items))
        return replace(child, items=(*child.items, *new))


def _split_new(path: str) -> list[str]:
    """The parts of a path to keys not written yet; the band 2.4 keeps its dot."""
    return [part.replace("\0", ".") for part in path.replace("2.4", "2\0004").split(".")]


def _names(node: Node) -> list[str]:
    if node.kind == "mapping":
        return list(node.keys)
    return [item.keys["id"].text for item in node.items if item.kind == "mapping" and "id" in item.keys]


def _index(node: Node, name: str) -> int:
    return next(i for i, item in enumerate(node.items) if "id" in item.keys and item.keys["id"].text == name)


def _part(node: Node, name: str) -> str | int:
    """The key or the index under which ``name`` stands."""
    return name if node.kind == "mapping" else _index(node, name)


def _anchored(node: Node, part: str | int) -> Node:
    """What stands there, with the key path it was written at: its neighbours may go."""
    child = node.keys[str(part)] if node.kind == "mapping" else node.items[int(part)]
    return child if child.origin is not None else replace(child, origin=node.place((part,)).key_path)


def _with(node: Node, name: str, child: Node) -> Node:
    if node.kind == "mapping":
        return node.with_key(name, child)
    index = _index(node, name)
    return replace(node, items=(*node.items[:index], child, *node.items[index + 1 :]))


def _without(node: Node, name: str) -> Node:
    if node.kind == "mapping":
        return node.without_key(name)
    gone = _index(node, name)
    return replace(node, items=tuple(_anchored(node, i) for i in range(len(node.items)) if i != gone))
