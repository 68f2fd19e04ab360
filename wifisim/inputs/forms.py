"""Walks the written forms by location: which keys, choices and optional parts there are at a place.

A location is pydantic's: keys, indices, and the tags that choose a branch of a union.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from wifisim.inputs.findings import Loc


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the mapping at ``loc`` may have."""
    keys: list[str] = []
    for found in _models(_type_at(model, loc)):
        keys.extend(info.alias or name for name, info in found.model_fields.items())
    return keys


def choices_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The values that a choice at ``loc`` may have."""
    found = _type_at(model, loc)
    return [str(choice) for part in _parts(found) if get_origin(part) is Literal for choice in get_args(part)]


def shapes_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The other kinds of value (tags of a union) that may stand where the branch ``loc`` was tried."""
    if not loc:
        return []
    marks = (mark for member in _union_members(_type_at(model, loc[:-1])) for mark in get_args(member)[1:])
    tags = [str(mark.tag) for mark in marks if isinstance(mark, Tag)]
    return [tag for tag in dict.fromkeys(tags) if tag != loc[-1]] if loc[-1] in tags else []


def is_removable(model: type[BaseModel], loc: Loc) -> bool:
    """Whether the value at ``loc`` can be left out: an optional key, an entry of a list or of a free mapping."""
    for candidate in _parts(_type_at(model, loc[:-1])):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            fields = (info for name, info in candidate.model_fields.items() if loc[-1] == (info.alias or name))
            return all(not info.is_required() for info in fields)
        if get_origin(candidate) is dict:
            return True
        if get_origin(candidate) in (tuple, list) and isinstance(loc[-1], int):
            return get_args(candidate)[-1] is ... or get_origin(candidate) is list
    return False


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
