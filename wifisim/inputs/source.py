"""YAML text to nodes that remember file, line and key path: the only place that knows YAML.

Scalars follow the core rules of YAML 1.2, so ``10:05``, ``NO``, ``off`` and ``2026-11-02`` stay text and ``1e3`` is a
number. What is legal YAML but no good in a plan is refused with its line: duplicate keys, empty values, tags, several
documents, numbers that are not finite, aliases that contain themselves or expand beyond ``MAX_NODES``.
The tree is built from the parser's events with a stack of its own, so that nesting cannot exhaust Python's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import yaml

from wifisim.inputs.findings import Findings, Loc, Place, is_control, printable

MAX_BYTES = 8_000_000
MAX_DEPTH = 24
MAX_NODES = 400_000
MAX_DIGITS = 18

_INTEGER = re.compile(r"^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_NOT_FINITE = re.compile(r"^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$")
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WrittenInt(int):
    """A whole number that remembers how it was written, since a room may be called 007."""

    text: str


class WrittenFloat(float):
    """A number that remembers how it was written, since a room may be called 1E1."""

    text: str


Scalar = str | bool | WrittenInt | WrittenFloat


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a file. ``line`` is that of its key; ``origin``, where set, is its full key path."""

    file: str
    line: int
    kind: Literal["mapping", "list", "scalar"]
    scalar: Scalar = ""
    text: str = ""
    keys: dict[str, Node] = field(default_factory=dict)
    items: tuple[Node, ...] = ()
    origin: str | None = None
    size: int = 1

    def child(self, part: str | int) -> Node | None:
        """The value under a key or at an index, or None."""
        if self.kind == "mapping":
            return self.keys.get(str(part))
        if self.kind == "list" and isinstance(part, int) and 0 <= part < len(self.items):
            return self.items[part]
        return None

    def place(self, loc: Loc = ()) -> Place:
        """Where ``loc`` below this node stands; parts that lead nowhere name a key that is missing."""
        node, path, value = self, self.origin or "", ""
        found = True
        for part in loc:
            child = node.child(part) if found else None
            path = _joined(path, part)
            if child is None:
                found = False
                continue
            node = child
            path = child.origin if child.origin is not None else path
        if found:
            value = node.said
        return Place(node.file, node.line, path, value)

    @property
    def said(self) -> str:
        """The value in a few words, for messages."""
        if self.kind == "scalar":
            return self.text
        if self.kind == "mapping":
            return "a mapping"
        if len(self.items) <= 4 and all(item.kind == "scalar" for item in self.items):
            return f"[{', '.join(item.text for item in self.items)}]"
        return f"a list of {len(self.items)}"

    def plain(self) -> Any:
        """Dicts, lists and scalars."""
        if self.kind == "mapping":
            return {key: node.plain() for key, node in self.keys.items()}
        if self.kind == "list":
            return [node.plain() for node in self.items]
        return self.scalar

    def with_key(self, key: str, node: Node) -> Node:
        """A copy of the mapping with one key set."""
        return replace(self, keys={**self.keys, key: node})

    def names(self) -> Iterator[str]:
        """All ids and keys in this value: the names that others may refer to."""
        for key, node in self.keys.items():
            yield node.text if key == "id" else key
            yield from node.names()
        for node in self.items:
            yield from node.names()

    def without_key(self, key: str) -> Node:
        """A copy of the mapping without one key."""
        return replace(self, keys={name: node for name, node in self.keys.items() if name != key})


def _joined(path: str, part: str | int) -> str:
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{part}" if path else part


def text_node(text: str, like: Node) -> Node:
    """A text scalar that stands where ``like`` stands."""
    return Node(like.file, like.line, "scalar", text, text, origin=like.origin)


def number_node(value: float, like: Node) -> Node:
    """A number that stands where ``like`` stands."""
    number: WrittenInt | WrittenFloat = WrittenInt(value) if float(value).is_integer() else WrittenFloat(value)
    number.text = like.text
    return replace(like, kind="scalar", scalar=number, keys={}, items=())


# What the parser says of a slip, and what the slip mostly is.
_SYNTAX_HINTS = (
    ("expected ',' or", " (a comma or a closing bracket is missing; the bracket is opened in line {opened})"),
    ("expected <block end>", " (this line is indented otherwise than those it belongs to, from line {opened} on)"),
    ("expected key", " (this line is indented otherwise than those it belongs to, from line {opened} on)"),
    (
        "mapping values are not allowed",
        " (a colon is missing here or on the line above, or this line is indented too far)",
    ),
    ("could not find expected ':'", " (a colon is missing)"),
)
_SAVE_AS = "save it again as UTF-8: Notepad, Save as, Encoding; Excel, CSV UTF-8"


def parse(text: str, file: str, findings: Findings) -> Node | None:
    """The tree of one YAML text, or None when its syntax cannot be followed; problems go to ``findings``."""
    before = len(findings)
    builder = _Builder(file, findings)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        findings.add(Place(file, line, ""), _syntax_rule(error, text, line))
        return None
    except yaml.YAMLError as error:
        findings.add(Place(file, 0, ""), f"is not YAML: {printable(str(error).splitlines()[0], 120)}")
        return None
    except _TooMuchError as error:
        findings.add(error.place, error.rule)
        return None
    if builder.root is None and len(findings) == before:
        findings.add(Place(file, 0, ""), "the file is empty")
    return builder.root


def decode(data: bytes, file: str, findings: Findings) -> str | None:
    """The text of a file: UTF-8, with or without byte order mark, without control characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4096]:
        findings.add(Place(file, 0, ""), f"must be UTF-8 text; this looks like UTF-16 or a binary file ({_SAVE_AS})")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        findings.add(Place(file, line, ""), f"must be UTF-8 text ({_SAVE_AS})")
        return None
    for number, row in enumerate(text.splitlines(), start=1):
        bad = next((c for c in row if is_control(c) and c != "\t"), None)
        if bad is not None:
            findings.add(Place(file, number, "", bad), "must not hold control characters")
            return None
    return text


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_LOADER))


def _syntax_rule(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    said = printable(", ".join(parts), 120)
    rows = text.splitlines()
    if 0 < line <= len(rows) and "\t" in rows[line - 1]:
        return f"is not YAML: {said} (indent with spaces, not tabs)"
    hint = next((hint for mark, hint in _SYNTAX_HINTS if mark in str(error.problem)), "")
    opened = error.context_mark.line + 1 if error.context_mark is not None else line
    return f"is not YAML: {said}{hint.format(opened=opened)}"


def _missing_value_hint(key_path: str) -> str:
    key = key_path.rpartition(".")[2]
    if key.isdigit():
        return f"numbers are written without commas: 9.5, 20000; is {key} the end of one?"
    if ":" in key or "\u00a0" in key:
        return "put an ordinary space behind the colon"
    return "leave the key out for its default"


class _TooMuchError(Exception):
    """The text asks for more than a plan can need; parsing stops."""

    def __init__(self, place: Place, rule: str) -> None:
        self.place = place
        self.rule = rule
        super().__init__(rule)


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open."""

    kind: Literal["mapping", "list"]
    line: int
    path: str
    anchor: str | None
    keys: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    key_line: int = 0
    ignored: bool = False
    size: int = 1


class _Builder:
    """Builds the tree from events."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.root: Node | None = None
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node | None] = {}
        self._documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _TooMuchError(Place(self.file, line, ""), "must hold one YAML document (found a second '---')")
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)

    def _path(self) -> str:
        """Key path of the value that comes next."""
        if not self._stack:
            return ""
        top = self._stack[-1]
        return _joined(top.path, len(top.items)) if top.kind == "list" else _joined(top.path, top.key or "")

    def _wants_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].kind == "mapping" and self._stack[-1].key is None

    def _line(self, line: int) -> int:
        top = self._stack[-1] if self._stack else None
        return top.key_line if top is not None and top.kind == "mapping" else line

    def _refuse_tag(self, event: Any, line: int) -> None:
        if event.tag not in (None, "!"):
            self.findings.fault(
                Place(self.file, line, self._path(), str(event.tag)), "tags are not used in these files"
            )

    def _open(self, event: Any, line: int) -> None:
        self._refuse_tag(event, line)
        if self._wants_key():
            raise _TooMuchError(
                Place(self.file, line, self._stack[-1].path), "a key must be text (quote text that starts with { or [)"
            )
        if len(self._stack) >= MAX_DEPTH:
            raise _TooMuchError(Place(self.file, line, self._path()), f"is nested deeper than {MAX_DEPTH} levels")
        kind: Literal["mapping", "list"] = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Frame(kind, self._line(line), self._path(), event.anchor))

    def _close(self) -> None:
        frame = self._stack.pop()
        node = Node(self.file, frame.line, frame.kind, keys=frame.keys, items=tuple(frame.items), size=frame.size)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = node
        self._attach(node)

    def _alias(self, event: Any, line: int) -> None:
        place = Place(self.file, line, self._path(), f"*{event.anchor}")
        if event.anchor not in self._anchors:
            raise _TooMuchError(place, "is an alias of nothing")
        node = self._anchors[event.anchor]
        if node is None:
            raise _TooMuchError(place, "is an alias that contains itself")
        if self._wants_key():
            self._key(node.text, line)
        else:
            self._attach(replace(node, line=self._line(line)))

    def _scalar(self, event: Any, line: int) -> None:
        self._refuse_tag(event, line)
        if self._wants_key():
            self._key(event.value, line)
            return
        place = Place(self.file, self._line(line), self._path(), event.value)
        value = self._value(event.value, plain=not event.style, place=place)
        if isinstance(value, str) and any(is_control(c) and c not in "\n\t" for c in value):
            self.findings.fault(place, "must not hold control characters")
        node = Node(self.file, place.line, "scalar", value, event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._attach(node)

    def _value(self, text: str, *, plain: bool, place: Place) -> Scalar:
        """The scalar by the core rules; an unusable one is reported and stands in as text."""
        if not plain:
            return text
        if text in _NULL:
            self.findings.fault(place, f"has no value ({_missing_value_hint(place.key_path)})")
        elif text in _TRUE or text in _FALSE:
            return text in _TRUE
        elif _NOT_FINITE.match(text):
            self.findings.fault(place, "must be a finite number")
        elif _INTEGER.match(text):
            return self._integer(text, place)
        elif _FLOAT.match(text):
            return self._float(text, place)
        return text

    def _integer(self, text: str, place: Place) -> Scalar:
        if len(text) > MAX_DIGITS:
            self.findings.fault(place, f"has more than {MAX_DIGITS} digits (quote it if it is a name)")
            return text
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        number = WrittenInt(int(text, base))
        number.text = text
        return number

    def _float(self, text: str, place: Place) -> Scalar:
        value = float(text)
        if abs(value) > 1e300:
            self.findings.fault(place, "must be a finite number")
            return text
        number = WrittenFloat(value)
        number.text = text
        return number

    def _key(self, key: str, line: int) -> None:
        top = self._stack[-1]
        top.key, top.key_line = key, line
        top.ignored = key in top.keys
        place = Place(self.file, line, self._path(), "")
        if top.ignored:
            self.findings.add(place, f"is written twice (first in line {top.keys[key].line})")
        elif key == "<<":
            self.findings.add(place, "merge keys are not used in these files; write the keys out")
            top.ignored = True
        elif any(is_control(c) for c in key):
            self.findings.add(place, "a key must not hold control characters")

    def _attach(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        top.size += node.size
        if top.size > MAX_NODES:
            raise _TooMuchError(
                Place(self.file, node.line, top.path), f"expands to more than {MAX_NODES} values (aliases of aliases?)"
            )
        if top.kind == "list":
            top.items.append(node)
            return
        if not top.ignored and top.key is not None:
            top.keys[top.key] = node
        top.key = None
