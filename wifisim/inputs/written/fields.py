"""Building blocks of the written form: names, dates, clock times and numbers with a unit and a sensible range.

Numbers are strict: text is never read as a number, true and false never as 1 and 0. Names take whatever was typed,
so a room may be called 101 or 1E1 without quotes.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

from wifisim.inputs.findings import is_control
from wifisim.inputs.source import WrittenFloat, WrittenInt
from wifisim.units import seconds_from_clock

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_THOUSANDS = re.compile(r"^[-+]?\d{1,3}(\.\d{3})+$")
_FLAGS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
_EARLIEST, _LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


class Written(BaseModel):
    """Base of all written forms: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def shape_of(value: Any) -> str:
    """What kind of YAML value stands there: the tag that chooses between a shorthand and its full form."""
    if isinstance(value, dict):
        return "mapping"
    if isinstance(value, list | tuple):
        return "list"
    if isinstance(value, str):
        return "text"
    return "number"


def _name(value: Any) -> str:
    if isinstance(value, WrittenInt | WrittenFloat):
        return value.text
    if not isinstance(value, str):
        raise ValueError("must be text (quote it if it is a name)")
    if value != value.strip() or not value:
        raise ValueError("must be text without spaces around it")
    if any(is_control(c) for c in value):
        raise ValueError("must not hold control characters")
    return value


def _note(value: Any) -> str:
    return value.strip() if isinstance(value, str) else _name(value)


def _date(value: Any) -> dt.date:
    if isinstance(value, str) and _DATE.match(value):
        try:
            date = dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError("is not a date of the calendar") from None
        if _EARLIEST <= date <= _LATEST:
            return date
        raise ValueError("must be a date from 2000 to 2100")
    raise ValueError("must be a date like 2026-11-02")


def _clock(value: Any) -> float:
    if isinstance(value, str):
        try:
            return seconds_from_clock(value)
        except ValueError:
            pass
    raise ValueError('must be a time of day like "09:05"')


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in _FLAGS:
        return _FLAGS[value.casefold()]
    raise ValueError("must be true or false")


def _whole(value: Any) -> Any:
    """1e3 is a whole number however it is written; 30.5 is not, and 20.000 may be meant as twenty thousand."""
    if isinstance(value, WrittenFloat) and _THOUSANDS.match(value.text):
        raise ValueError(f"must be a whole number without points ({value.text.replace('.', '')}, if that is meant)")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


_WHOLE = (BeforeValidator(_whole), Strict())

# A room called 101 need not be quoted, so an editor must take numbers for names.
_NAME_SCHEMA = {"type": ["string", "number"], "minLength": 1, "maxLength": 80}

Name = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=80), WithJsonSchema(_NAME_SCHEMA)]
Note = Annotated[str, BeforeValidator(_note), Field(max_length=2000)]
Path = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=500)]
Date = Annotated[dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Clock = Annotated[
    float, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": r"^[0-2]?\d:[0-5]\d(:[0-5]\d)?$"})
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Channel = Annotated[int, *_WHOLE, Field(ge=1, le=253)]
Count = Annotated[int, *_WHOLE, Field(ge=0, le=1_000_000)]
People = Annotated[int, *_WHOLE, Field(ge=1, le=20_000)]
Whole = Annotated[int, *_WHOLE]

Number = Annotated[float, Strict()]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
Coordinate = Annotated[float, Strict(), Field(ge=-5000, le=5000)]
PointM = Annotated[
    tuple[Coordinate, Coordinate], Field(description=("[x, y] in metres, x to the east, y to the north"))
]
Length = Annotated[float, Strict(), Field(gt=0, le=1000)]
Height = Annotated[float, Strict(), Field(ge=2, le=20)]
MountHeight = Annotated[float, Strict(), Field(ge=0.1, le=20)]
Mbps = Annotated[float, Strict(), Field(gt=0, le=1_000_000)]
Milliseconds = Annotated[float, Strict(), Field(ge=0, le=60_000)]
Seconds = Annotated[float, Strict(), Field(ge=0, le=86_400)]
Minutes = Annotated[float, Strict(), Field(gt=0, le=1440)]
Watts = Annotated[float, Strict(), Field(ge=0, le=100_000)]
PowerDbm = Annotated[float, Strict(), Field(ge=-10, le=36)]
LevelDbm = Annotated[float, Strict(), Field(ge=-110, le=0)]
GainDb = Annotated[float, Strict(), Field(ge=-10, le=40)]
LossDb = Annotated[float, Strict(), Field(ge=0, le=100)]
Bytes = Annotated[float, Strict(), Field(ge=0, le=1e12)]
