"""JSON Schemas of the written forms, so that an editor completes keys, explains them and marks mistakes.

The schemas say what each key is; what spans several keys (a room that exists, a tree of switches) only the reader says.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel

from wifisim.inputs.written.catalogue import WrittenCatalogue
from wifisim.inputs.written.profiles import WrittenProfiles
from wifisim.inputs.written.site import WrittenCopy, WrittenSite

SchemaKind = Literal["site", "profiles", "catalogue"]
_FORMS: dict[SchemaKind, tuple[type[BaseModel], str]] = {
    "site": (WrittenSite, "wifisim site file"),
    "profiles": (WrittenProfiles, "wifisim profile file"),
    "catalogue": (WrittenCatalogue, "wifisim catalogue file"),
}


def json_schema(kind: SchemaKind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file."""
    form, title = _FORMS[kind]
    schema = form.model_json_schema(by_alias=True)
    if kind == "site":
        schema = _with_copies(schema)
    _tidy(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def _with_copies(site: dict[str, Any]) -> dict[str, Any]:
    """A site file says either all of a site, or what a copy of another changes."""
    copy = WrittenCopy.model_json_schema(by_alias=True)
    forms = {**site.pop("$defs"), "WrittenSite": site, "WrittenCopy": copy}
    return {
        "$defs": forms,
        "if": {"required": ["copy_of"]},
        "then": {"$ref": "#/$defs/WrittenCopy"},
        "else": {"$ref": "#/$defs/WrittenSite"},
    }


def schema_text(kind: SchemaKind) -> str:
    """The JSON Schema as text that ends in a newline."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


def _tidy(schema: Any) -> None:
    """Drop what the file's writer never types: null as a default, and titles that repeat the key."""
    if isinstance(schema, list):
        for inner in schema:
            _tidy(inner)
    elif isinstance(schema, dict):
        if schema.get("default", ...) is None:
            del schema["default"]
        if isinstance(schema.get("title"), str):
            del schema["title"]
        if "oneOf" in schema:  # a name is text or number in both branches of a shorthand
            schema["anyOf"] = schema.pop("oneOf")
        options = schema.get("anyOf", [])
        if {"type": "null"} in options:
            options.remove({"type": "null"})
        if len(options) == 1 and "anyOf" in schema:
            schema |= {key: value for key, value in schema.pop("anyOf")[0].items() if key not in schema}
        for inner in schema.values():
            _tidy(inner)
