"""The law in the types of Postgres: periods as ranges, structs as JSON.

An open end is an unbounded range, never the ordinals ``ALWAYS`` and ``FOREVER``. Decimals are JSON strings,
which keep every digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import asyncpg
import msgspec

from service.law.facts import FactDefinition, FactType, FactValue
from service.law.importer import Importer
from service.law.periods import FOREVER, Period

_TEXTS = tuple[str, ...]
_NUMBERS = tuple[tuple[str, Decimal], ...]

_FACT_SHAPES: Final[Mapping[FactType, Any]] = MappingProxyType(
    {
        "symbol": str,
        "enum": str,
        "headings": _TEXTS,
        "heading": str,
        "date": int,
        "amount": Decimal,
        "percent": Decimal,
        "share": Decimal,
        "quantities": _NUMBERS,
        "part_values": _NUMBERS,
        "country_shares": _NUMBERS,
        "bool": bool,
        "year": int,
        "flags": _TEXTS,
        "currency": str,
    }
)
_RAW_VALUES: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_IMPORTER: Final = msgspec.json.Decoder(Importer)


def to_json(value: object) -> str:
    """Write a struct as JSON text."""
    return msgspec.json.encode(value).decode()


def to_range(days: Period) -> asyncpg.Range[date]:
    """Return the period as a ``daterange``, unbounded where it is open."""
    return asyncpg.Range(days.first, days.end)


class Periods(dict[tuple[int | None, int | None], Period]):
    """Periods by their ordinals as read from a range, None where it is open; equal ones are one object."""

    def __missing__(self, ends: tuple[int | None, int | None]) -> Period:
        start, until = ends
        found = self[ends] = Period(start or 0, FOREVER if until is None else until)
        return found


def importer_to_json(importer: Importer) -> str:
    """Write an importer; periods without an end have no key ``until``."""
    return to_json(_without_open_ends(msgspec.to_builtins(importer)))


def importer_from_json(text: str) -> Importer:
    """Read what ``importer_to_json`` wrote.

    Raises:
        msgspec.ValidationError: It was written by a version of Strata with other types.
    """
    return _IMPORTER.decode(text)


def _without_open_ends(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_without_open_ends(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"start", "until"} and value["until"] == FOREVER:
        return {"start": value["start"]}
    return {key: _without_open_ends(item) for key, item in value.items()}


def fact_value_from_json(kind: FactType, text: str | msgspec.Raw) -> FactValue:
    """Read a value of a fact of type ``kind``; it is written by ``to_json``."""
    value: FactValue = msgspec.json.decode(text, type=_FACT_SHAPES[kind])
    return value


def fact_values_from_json(facts: Mapping[str, FactDefinition], text: str) -> dict[str, FactValue]:
    """Read values by the name of their fact.

    Raises:
        KeyError: There is no fact of that name.
    """
    return {name: fact_value_from_json(facts[name].type, raw) for name, raw in _RAW_VALUES.decode(text).items()}


def rectangle(valid: Period, known: Period) -> str:
    """Say a rectangle of both times in words: ``valid 2025-04-05 to 2025-05-14, known from 2025-05-12``.

    Ends are exclusive.
    """
    return f"valid {_span(valid)}, known {_span(known)}"


def _span(days: Period) -> str:
    first, end = days.first, days.end
    if first is None:
        return "always" if end is None else f"before {_day(end)}"
    return f"from {_day(first)}" if end is None else f"{_day(first)} to {_day(end)}"


def _day(day: date) -> str:
    return day.isoformat()
