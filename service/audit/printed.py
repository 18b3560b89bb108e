"""What an official edition of the US schedule prints of headings of chapter 99, and where its lines point to them.

An edition says of a heading what it adds ("The duty provided in the applicable subheading + 25%") or what stands in
place of the duty ("15%"), and in a compiler's note that it ended or is suspended. Lines of goods name headings in
footnotes ("See 9903.88.15."); only the JSON export has these.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from service.hts.editions import EditionError, no_export, read_export

State = Literal["open", "suspended", "over"]

_HEADING: Final = re.compile(r"9903\.\d\d\.\d\d")
_TAG: Final = re.compile(r"<[^>]*>")
_ADDED: Final = re.compile(r"^the duty provided in.*?(?:\+|plus)\s*(?:a duty of )?\s*(\d+(?:\.\d+)?)\s*(?:%|percent)")
_FLAT: Final = re.compile(r"^(\d+(?:\.\d+)?)\s*%")
_OVER: Final = re.compile(r"\b(?:terminat|expired|have expired|ended)", re.IGNORECASE)
_SUSPENDED: Final = re.compile(r"(?:provision|\.\d\d (?:is|are)) suspended", re.IGNORECASE)
_NOTE: Final = re.compile(r"\[?compiler.?s note:.*", re.IGNORECASE | re.DOTALL)
_CSV: Final = ("HTS Number", "Description", "General Rate of Duty", "Special Rate of Duty", "Column 2 Rate of Duty")
_JSON: Final = ("htsno", "description", "general", "special", "other")


class Charge(msgspec.Struct, frozen=True):
    """What a rate column says: ``adds`` percent to the duty otherwise owed, or ``stands`` in place of it."""

    kind: Literal["adds", "stands"]
    percent: Decimal

    def __str__(self) -> str:
        return f"+ {self.percent}%" if self.kind == "adds" else f"{self.percent}%"


class Heading(msgspec.Struct, frozen=True):
    """A heading of chapter 99 as printed: what its columns charge, and whether a note says that it ended."""

    number: str
    general: Charge | None
    special: Charge | None
    column2: Charge | None
    state: State

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The different charges of the columns, that of the general column first."""
        found = (self.general, self.special, self.column2)
        return tuple(dict.fromkeys(charge for charge in found if charge is not None))

    @property
    def block(self) -> str:
        """Its block: ``9903.88``."""
        return self.number[:7]


class Edition(msgspec.Struct, frozen=True):
    """The headings of 9903 that charge something, and the headings that lines name, by code as printed in digits."""

    headings: tuple[Heading, ...]
    footnotes: Mapping[str, tuple[str, ...]]


def read_printed(path: Path) -> Edition:
    """Read an export (``.json``, ``.csv``, each also with ``.gz``).

    Raises ``EditionError`` when it is not an edition, ``OSError`` when it cannot be read.
    """
    kind, data = read_export(path)
    with no_export(path):
        records = list(json.loads(data) if kind == ".json" else csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        if not records:
            raise EditionError(f"{path.name} holds no rows")
        fields = _JSON if kind == ".json" else _CSV
        return Edition(tuple(_headings(records, fields)), _footnotes(records) if kind == ".json" else {})


def charge_of(text: str) -> Charge | None:
    """Read a rate column; None where it charges nothing more than the line itself."""
    said = " ".join(_TAG.sub("", text).lower().split())
    if found := _ADDED.match(said):
        return Charge("adds", Decimal(found[1]))
    if found := _FLAT.match(said):
        return Charge("stands", Decimal(found[1]))
    return Charge("stands", Decimal(0)) if said == "free" else None


def state_of(text: str) -> State:
    """Read from the description and the footnotes of a heading whether it still stands."""
    notes = " ".join(found[0] for found in _NOTE.finditer(text)) or text
    if _SUSPENDED.search(notes):
        return "suspended"
    return "over" if _OVER.search(notes) else "open"


def _headings(records: Iterable[Mapping[str, Any]], fields: tuple[str, ...]) -> Iterator[Heading]:
    for record in records:
        number, text, *rates = (str(record[field] or "").strip() for field in fields)
        if not _HEADING.fullmatch(number):
            continue
        general, special, column2 = (charge_of(rate) for rate in rates)
        if general or special or column2:
            told = [text, *(str(note["value"]) for note in record.get("footnotes") or ())]
            yield Heading(number, general, special, column2, state_of(" ".join(told)))


def _footnotes(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the headings that each line or statistical number names, also those its superior lines name."""
    found: dict[str, tuple[str, ...]] = {}
    for record in records:
        code = str(record["htsno"] or "").replace(".", "")
        if len(code) < 8 or code.startswith(("98", "99")):
            continue
        named = tuple(
            heading
            for note in record["footnotes"] or ()
            if "see" in str(note["value"]).lower()
            for heading in _HEADING.findall(str(note["value"]))
        )
        if named:
            found[code] = tuple(dict.fromkeys((*found.get(code, ()), *named)))
    return found
