"""Nodes against the written form: pydantic does the checking, this file turns its errors into problems in plain words.

An error's location is a path of keys, indices and union tags; walking it along the nodes gives file, line and key path
(``forms`` walks the models for the keys that would be valid there). What is faulty is left out or replaced by a
harmless value and the rest checked again, so that later steps find their problems in the same run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.forms import choices_at, is_removable, keys_at, shapes_at
from wifisim.inputs.source import Node, number_node, text_node

Model = TypeVar("Model", bound=BaseModel)

# Each round mends all faults that can be seen; a fault behind a fault needs another one.
MAX_ROUNDS = 12
_BOUNDS = ("greater_than_equal", "greater_than", "less_than_equal", "less_than")
_NUMBERS = ("int_type", "int_from_float", "float_type", "int_parsing_size", "finite_number")
_KIND_WORDS = {"mapping": "a mapping", "list": "a list", "text": "text", "number": "a number"}


def check(node: Node, model: type[Model], findings: Findings) -> tuple[Model, Node] | None:
    """The written form of ``node`` and the node without its faults, each reported; None when nothing is left."""
    for _ in range(MAX_ROUNDS):
        try:
            return model.model_validate(node.plain()), node
        except ValidationError as error:
            mended = _Round(node, model, findings).mend(error.errors(include_url=False, include_input=False))
        if mended is None:
            return None
        node = mended
    return None


@dataclass(slots=True)
class _Round:
    """One pass over the faults of a node."""

    root: Node
    model: type[BaseModel]
    findings: Findings
    removed: set[Loc] = field(default_factory=set)
    replaced: dict[Loc, Node] = field(default_factory=dict)

    def mend(self, faults: Sequence[Any]) -> Node | None:
        """Report all faults; the root without them, or None when it cannot do without one of them."""
        locs = [tuple(fault["loc"]) for fault in faults]
        for fault, loc in zip(faults, locs, strict=True):
            if fault["type"] != "too_short" or not _is_around_another(loc, locs):
                self._take(fault["type"], loc, fault)
        if () in self.removed:
            return None
        for loc in self.removed:
            self._forgive(loc)
        return self._edited(self.root, ())

    def _take(self, kind: str, raw: Loc, fault: Any) -> None:
        context = fault.get("ctx", {})
        of_key = bool(raw) and raw[-1] == "[key]"
        raw = raw[:-1] if of_key else raw
        steps = self._steps(raw, keep_last=kind == "missing")
        place = self.root.place(steps)
        key = str(raw[-1]) if raw else ""
        if kind == "extra_forbidden":
            known = keys_at(self.model, raw[:-1])
            rule = "is not a known key here" + (" (a colon is missing)" if set(key) & set("{[") else "")
            self.findings.fault(place, rule, names=known, said=key)
        elif kind == "literal_error":
            choices = choices_at(self.model, raw)
            rule = f"must be {'one of: ' if len(choices) > 1 else ''}{', '.join(choices)}"
            rule += "".join(f" or {_KIND_WORDS.get(shape, shape)}" for shape in shapes_at(self.model, raw))
            self.findings.fault(place.of_key(key) if of_key else place, rule, names=choices, listed=False)
        elif kind == "missing":
            self.findings.fault(place, "is required")
        else:
            self.findings.fault(place, _rule(kind, context, place.value, str(fault["msg"])))
        self._leave_out(kind, raw, steps, context)

    def _steps(self, loc: Loc, *, keep_last: bool) -> Loc:
        """``loc`` without the tags of unions, which have no counterpart in the file."""
        node: Node = self.root
        steps: list[str | int] = []
        for index, part in enumerate(loc):
            child = node.child(part)
            if child is not None:
                node = child
                steps.append(part)
            elif keep_last and index == len(loc) - 1:
                steps.append(part)
        return tuple(steps)

    def _leave_out(self, kind: str, raw: Loc, steps: Loc, context: dict[str, Any]) -> None:
        """Remove the fault, or the smallest thing around it that can be missed; required numbers are replaced."""
        length = len(raw) - 1 if kind == "missing" else len(raw)
        while length > 0:
            part = self._steps(raw[:length], keep_last=False)
            if length == len(raw) and kind == "extra_forbidden":
                break
            if len(part) == len(self._steps(raw[: length - 1], keep_last=False)):
                length -= 1  # a union's tag
                continue
            if is_removable(self.model, raw[:length]):
                break
            stand_in = self._stand_in(kind, raw, steps, context) if part == steps else None
            if stand_in is not None:
                self.replaced[steps] = stand_in
                return
            length -= 1
        self.removed.add(self._steps(raw[:length], keep_last=False) if length else ())

    def _stand_in(self, kind: str, raw: Loc, steps: Loc, context: dict[str, Any]) -> Node | None:
        """A harmless value for a required number or choice."""
        node: Node | None = self.root
        for part in steps:
            node = node.child(part) if node is not None else None
        if node is None:
            return None
        if kind in _BOUNDS:
            bound = context[{"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le"}.get(kind, "lt")]
            return number_node(bound + {"greater_than": 1, "less_than": -1}.get(kind, 0), node)
        if kind in _NUMBERS:
            return number_node(1, node)
        choices = choices_at(self.model, raw) if kind == "literal_error" else []
        return text_node(choices[0], node) if len(choices) > 1 else None

    def _forgive(self, loc: Loc) -> None:
        """Names that go with a fault are not missed elsewhere."""
        node: Node | None = self.root
        for part in loc:
            node = node.child(part) if node is not None else None
        if isinstance(loc[-1], str):
            self.findings.forgive(loc[-1])
        for name in node.names() if node is not None else ():
            self.findings.forgive(name)

    def _edited(self, node: Node, loc: Loc) -> Node:
        """A copy without the faults; items of a list that got shorter keep the key paths they were written at."""
        if loc in self.replaced:
            return self.replaced[loc]
        if node.kind == "mapping":
            kept = {k: self._edited(n, (*loc, k)) for k, n in node.keys.items() if (*loc, k) not in self.removed}
            return replace(node, keys=kept)
        if node.kind == "scalar":
            return node
        shorter = any((*loc, index) in self.removed for index in range(len(node.items)))
        items = []
        for index, item in enumerate(node.items):
            here = (*loc, index)
            if here not in self.removed:
                edited = self._edited(item, here)
                items.append(replace(edited, origin=self.root.place(here).key_path) if shorter else edited)
        return replace(node, items=tuple(items))


def _is_around_another(loc: Loc, locs: Sequence[Loc]) -> bool:
    """Whether a list has a faulty item, and so may only be short of that."""
    return any(len(other) > len(loc) and other[: len(loc)] == loc for other in locs)


def _rule(kind: str, context: dict[str, Any], value: str, message: str) -> str:
    bounds = {
        "greater_than_equal": ("ge", "must be at least {}"),
        "greater_than": ("gt", "must be more than {}"),
        "less_than_equal": ("le", "must be at most {}"),
        "less_than": ("lt", "must be less than {}"),
        "too_short": ("min_length", "must have at least {} " + _counted(context)),
        "too_long": ("max_length", "must have at most {} " + _counted(context)),
        "multiple_of": ("multiple_of", "must be a multiple of {}"),
        "string_too_short": ("min_length", "must have at least {} characters"),
        "string_too_long": ("max_length", "must have at most {} characters"),
        "string_pattern_mismatch": ("pattern", "must match {}"),
    }
    if kind in bounds:
        key, words = bounds[kind]
        return words.format(_number(context[key])) + _of_hundred(kind, context, value)
    if kind == "value_error":
        return str(context["error"])
    if kind in {"float_type", "float_parsing"}:
        return f"must be a number{_not_a_number(value)}"
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        tags = [tag.strip(" '") for tag in str(context.get("expected_tags", "")).split(",")]
        return f"must be {' or '.join(_KIND_WORDS.get(tag, tag) for tag in tags)}"
    plain = {
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "int_parsing_size": "must be a whole number of at most 18 digits",
        "string_type": "must be text",
        "bool_type": "must be true or false",
        "model_type": "must be a mapping",
        "model_attributes_type": "must be a mapping",
        "dict_type": "must be a mapping",
        "list_type": "must be a list",
        "tuple_type": "must be a list",
        "finite_number": "must be a finite number",
    }
    return plain.get(kind, message)


def _of_hundred(kind: str, context: dict[str, Any], value: str) -> str:
    """A share that looks like a percentage."""
    if kind != "less_than_equal" or context["le"] != 1 or not value.isdigit() or not 1 < int(value) <= 100:
        return ""
    return f" (a share: {value} % is {int(value) / 100:g})"


def _not_a_number(value: str) -> str:
    """What to write instead of ``4 %``, ``9,5`` or ``100 Mbit/s``."""
    percent = re.fullmatch(r"(\d{1,3}) ?%", value)
    if percent:
        return f" ({value} is {int(percent[1]) / 100:g})"
    if re.fullmatch(r"\d+,\d+", value):
        return f" with a point: {value.replace(',', '.')}"
    return " (the unit stands in the key)" if value[:1].isdigit() else ""


def _counted(context: dict[str, Any]) -> str:
    """What a length counts: pydantic calls text behind a validator just a value."""
    if context.get("field_type") not in ("Tuple", "List", "Dictionary"):
        return "characters"
    return "entry" if context.get("min_length") == 1 else "entries"


def _number(bound: Any) -> str:
    return f"{bound:,.10g}" if isinstance(bound, int | float) else str(bound)
