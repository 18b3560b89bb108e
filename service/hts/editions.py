"""Reading one official edition of the Harmonized Tariff Schedule, as JSON or CSV, gzipped or not.

The exports of hts.usitc.gov hold one record per printed row. A rate is stated once for a rate line: on its
8-digit row, or on its only 10-digit row. Everything is therefore keyed on 8 digits, and the first row of a
line that states a rate counts (9006.59.15.20 repeats a column 2 rate without the general rate). Chapters 98
and 99 are not goods and are left out; so are descriptions.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from service.hts.packed import PackedError, unpacked
from service.law.rate_text import clean, clean_special
from service.law.schedule import LineText

COLUMNS: Final = ("general", "special", "column2")
LINE: Final = 8
_NUMBER: Final = 10
_RESERVED: Final = ("98", "99")
_CSV_FIELDS: Final = (
    "HTS Number",
    "Unit of Quantity",
    "General Rate of Duty",
    "Special Rate of Duty",
    "Column 2 Rate of Duty",
)
_JSON_FIELDS: Final = ("htsno", "units", "general", "special", "other")

_UNITS: Final[dict[str, tuple[str, ...]]] = {
    "": (),
    "No": ("No.",),
    "No..": ("No.",),
    "No. and kg": ("No.", "kg"),
    "prs": ("prs.",),
    "doz.prs.": ("doz. prs.",),
    "doz. prs": ("doz. prs.",),
    "pcs.": ("pcs",),
    "Dz Pcs": ("doz. pcs",),
    "doz. pcs.": ("doz. pcs",),
    "thousand": ("thousands",),
    "Thousand": ("thousands",),
    "Hundreds": ("hundreds",),
    "Gross": ("gross",),
    "kg.": ("kg",),
}
"""Spellings of units that differ from the usual one."""


class EditionError(ValueError):
    """A file that is not an edition as hts.usitc.gov exports it."""


class EditionTable(msgspec.Struct, frozen=True):
    """What one edition states for chapters 1 to 97: texts by 8-digit line, units by 10-digit number."""

    lines: dict[str, LineText]
    numbers: dict[str, tuple[str, ...]]


def read_export(path: Path) -> tuple[str, bytes]:
    """Return the kind of an export (``.json``, ``.csv``) and its bytes, unpacked.

    Raises ``EditionError`` for another kind and a broken ``.gz``, ``OSError`` when it cannot be read.
    """
    try:
        name, data = unpacked(path)
    except PackedError as error:
        raise EditionError(str(error)) from error
    if name.suffix not in {".json", ".csv"}:
        raise EditionError(f"{path.name} is neither .json nor .csv, nor one of them with .gz")
    return name.suffix, data


@contextmanager
def no_export(path: Path) -> Iterator[None]:
    """Turn what reading a file of another form raises into ``EditionError``."""
    try:
        yield
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise EditionError(f"{path.name} is not an export of the tariff schedule: {error!r}") from error


def read_edition(path: Path) -> EditionTable:
    """Read an edition file (``.json``, ``.csv``, each also with ``.gz``).

    Raises ``EditionError`` when the file has other columns or no rate lines, ``OSError`` when it cannot be
    read.
    """
    kind, data = read_export(path)
    with no_export(path):
        records = list(_json(data) if kind == ".json" else _csv(data))
    table = table_of(records)
    if not table.lines:
        raise EditionError(f"{path.name} states no rate for chapters 1 to 97")
    return table


Record = tuple[str, list[str], str, str, str]
"""Code as printed, units, general, special and column 2 text."""


def _json(data: bytes) -> Iterator[Record]:
    for record in json.loads(data):
        yield _record(*(record[field] for field in _JSON_FIELDS))


def _csv(data: bytes) -> Iterator[Record]:
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        code, units, *rates = (row[field] for field in _CSV_FIELDS)
        yield _record(code, json.loads(units) if units else [], *rates)


def _record(code: Any, units: Any, *rates: Any) -> Record:
    general, special, column2 = (str(rate or "") for rate in rates)
    return str(code or ""), [str(unit) for unit in units or ()], general, special, column2


def table_of(records: list[Record]) -> EditionTable:
    """Key the records of an edition on rate lines and statistical numbers, with cleaned texts."""
    columns: dict[str, tuple[str, ...]] = {}
    own_units: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, tuple[str, ...]] = {}
    for printed, units, general, special, column2 in records:
        code = printed.strip().replace(".", "")
        if len(code) not in (LINE, _NUMBER) or not code.isdigit() or code.startswith(_RESERVED):
            continue
        counted = _units(tuple(units))
        if len(code) == _NUMBER:
            numbers[code] = counted
        rates = (_clean(general), _clean_special(special), _clean(column2))
        if any(rates) and code[:LINE] not in columns:
            columns[code[:LINE]] = rates
            own_units[code[:LINE]] = counted
    shared = _shared_units(numbers)
    lines = {code: LineText(own_units[code] or shared.get(code, ()), rates) for code, rates in columns.items()}
    return EditionTable(lines, {code: units for code, units in numbers.items() if code[:LINE] in lines})


def _shared_units(numbers: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the units of each line whose statistical numbers all have the same ones."""
    seen: dict[str, set[tuple[str, ...]]] = {}
    for code, units in numbers.items():
        seen.setdefault(code[:LINE], set()).add(units)
    return {line: next(iter(units)) for line, units in seen.items() if len(units) == 1}


@cache
def _clean(text: str) -> str:
    return clean(text)


@cache
def _clean_special(text: str) -> str:
    return clean_special(text)


@cache
def _units(printed: tuple[str, ...]) -> tuple[str, ...]:
    units: dict[str, None] = {}
    for unit in map(clean, printed):
        units.update(dict.fromkeys(_UNITS.get(unit, (unit,))))
    return tuple(units)
