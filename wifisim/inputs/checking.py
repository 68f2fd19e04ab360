"""Nodes against the written form: pydantic does the checking, this file turns its errors into problems in plain words.

An error's location is a path of keys, indices and union tags; walking it along the nodes gives file, line and key path,
walking it along the models gives the keys that would be valid there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.source import Node

Model = TypeVar("Model", bound=BaseModel)

_KIND_WORDS = {"mapping": "a mapping", "list": "a list", "text": "text", "number": "a number"}


def check(node: Node, model: type[Model], findings: Findings) -> Model | None:
    """The written form of ``node``, or None after adding a problem for each fault."""
    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            _report(dict(fault), node, model, findings)
    return None


def _report(fault: dict[str, Any], root: Node, model: type[BaseModel], findings: Findings) -> None:
    kind, raw = fault["type"], tuple(fault["loc"])
    if raw and raw[-1] == "[key]":
        raw = raw[:-1]
    loc = _steps(root, raw, keep_last=kind == "missing")
    place = root.place(loc)
    context = fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys_at(model, raw[:-1])
        findings.add(place.of_key(str(raw[-1])), "is not a known key here", names=known)
    elif kind == "literal_error":
        choices = _choices_at(model, raw)
        findings.add(place, f"must be one of: {', '.join(choices)}", names=choices)
    elif kind == "missing":
        findings.add(place, "is required")
    else:
        findings.add(place, _rule(kind, context, place.value, str(fault["msg"])))


def _steps(root: Node, loc: Loc, *, keep_last: bool) -> Loc:
    """``loc`` without the tags of unions, which have no counterpart in the file."""
    node, steps = root, []
    for index, part in enumerate(loc):
        child = node.child(part)
        if child is not None:
            node = child
            steps.append(part)
        elif keep_last and index == len(loc) - 1:
            steps.append(part)
    return tuple(steps)


def _rule(kind: str, context: dict[str, Any], value: str, message: str) -> str:
    bounds = {
        "greater_than_equal": ("ge", "must be at least {}"),
        "greater_than": ("gt", "must be more than {}"),
        "less_than_equal": ("le", "must be at most {}"),
        "less_than": ("lt", "must be less than {}"),
        "too_short": ("min_length", "must have at least {} entries"),
        "too_long": ("max_length", "must have at most {} entries"),
        "string_too_short": ("min_length", "must have at least {} characters"),
        "string_too_long": ("max_length", "must have at most {} characters"),
        "string_pattern_mismatch": ("pattern", "must match {}"),
    }
    if kind in bounds:
        key, words = bounds[kind]
        return words.format(_number(context[key]))
    if kind == "value_error":
        return str(context["error"])
    if kind in {"float_type", "float_parsing"}:
        unit = " (the unit stands in the key)" if value[:1].isdigit() else ""
        return f"must be a number{unit}"
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


def _number(bound: Any) -> str:
    return f"{bound:,.10g}" if isinstance(bound, int | float) else str(bound)


def _keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the mapping at ``loc`` may have."""
    keys: list[str] = []
    for found in _models(_type_at(model, loc)):
        keys.extend(info.alias or name for name, info in found.model_fields.items())
    return keys


def _choices_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The values that a choice at ``loc`` may have."""
    found = _type_at(model, loc)
    return [str(choice) for part in _parts(found) if get_origin(part) is Literal for choice in get_args(part)]


def _type_at(model: type[BaseModel], loc: Loc) -> Any:
    """The annotation at ``loc``; tags of unions choose their branch."""
    here: Any = model
    for part in loc:
        here = _step_type(here, part)
    return here


def _step_type(here: Any, part: str | int) -> Any:
    """The annotation one step down, or ``object`` where nothing is known."""
    for candidate in _parts(here):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            for name, info in candidate.model_fields.items():
                if part == (info.alias or name):
                    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        elif get_origin(candidate) is dict and isinstance(part, str) and not _is_tag(here, part):
            key_type, value_type = get_args(candidate)
            choices = [str(c) for p in _parts(key_type) if get_origin(p) is Literal for c in get_args(p)]
            return value_type if not choices or part in choices else key_type
        elif get_origin(candidate) in (tuple, list) and isinstance(part, int):
            return get_args(candidate)[0]
    return _branch(here, part)


def _branch(here: Any, part: str | int) -> Any:
    """The branch of a tagged union called ``part``."""
    for candidate in _union_members(here):
        if any(isinstance(mark, Tag) and mark.tag == part for mark in get_args(candidate)[1:]):
            return get_args(candidate)[0]
    return object


def _is_tag(here: Any, part: str) -> bool:
    return _branch(here, part) is not object


def _union_members(here: Any) -> Iterator[Any]:
    inner = get_args(here)[0] if get_origin(here) is Annotated else here
    if _is_union(inner):
        for member in get_args(inner):
            yield from _union_members(member) if _is_union(member) else [member]
            if get_origin(member) is Annotated and _is_union(get_args(member)[0]):
                yield from _union_members(member)


def _parts(here: Any) -> Iterator[Any]:
    """All plain annotations inside unions and ``Annotated``."""
    if get_origin(here) is Annotated:
        yield from _parts(get_args(here)[0])
    elif _is_union(here):
        for member in get_args(here):
            yield from _parts(member)
    else:
        yield here


def _is_union(here: Any) -> bool:
    return get_origin(here) is Union or type(here).__name__ == "UnionType"


def _models(here: Any) -> Iterator[type[BaseModel]]:
    for part in _parts(here):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part
