"""Plain values to YAML text: block style outside, flow style for what fits on a line.

Text is quoted unless every YAML reader takes it for text, so that 7E1, NO, 10:05 and 2026-11-02 stay what they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

WIDTH = 118
_SAFE = re.compile(r"^[A-Za-z][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*$")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"}


def yaml_text(value: dict[str, Any]) -> str:
    """A YAML document of a mapping."""
    return "\n".join(_block(value, 0)) + "\n"


def _block(value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(f"{pad}{_scalar(key)}:", inner, indent + 2)
    else:
        for inner in value:
            yield from _item(pad, inner, indent + 2)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    flow = f"{head} {_flow(value)}"
    if len(flow) <= WIDTH or not isinstance(value, dict | list | tuple) or not value:
        yield flow
        return
    yield head
    yield from _block(value, indent)


def _item(pad: str, value: Any, indent: int) -> Iterator[str]:
    flow = f"{pad}- {_flow(value)}"
    if len(flow) <= WIDTH or not isinstance(value, dict | list | tuple) or not value:
        yield flow
        return
    lines = list(_block(value, indent))
    yield f"{pad}- {lines[0][indent:]}"
    yield from lines[1:]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    if _SAFE.match(value) and value.casefold() not in _WORDS:
        return str(value)
    return json.dumps(value, ensure_ascii=False)
