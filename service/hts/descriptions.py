"""Descriptions of goods, as an official edition prints them.

They are kept in the database of who imports an edition and are no part of the law files. A row's own text rarely
stands alone ("Other"), so each code is given the texts above it, from its heading down.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from service.descriptions import BETWEEN
from service.hts.editions import LINE, no_export, read_export

_RESERVED: Final = ("98", "99")
_LENGTHS: Final = (4, 6, 8, 10)
_ONLY: Final = "00"
_TAG: Final = re.compile(r"<[^>]*>")
_SPACE: Final = re.compile(r"\s+")

Line = tuple[str, int, str]
"""Code as printed (may be empty), indent, text."""


def read_descriptions(path: Path) -> dict[str, str]:
    """Read the descriptions of chapters 1 to 97 from an edition file, by code in digits.

    ``{"01012100": "Live horses, asses, mules and hinnies: Horses: Purebred breeding animals"}``. Raises
    ``EditionError`` when the file is no export of the schedule, ``OSError`` when it cannot be read.
    """
    kind, data = read_export(path)
    with no_export(path):
        return described(_json(data) if kind == ".json" else _csv(data))


def described(lines: Iterable[Line]) -> dict[str, str]:
    """Give each code the texts of the rows above it that it is indented under, and its own.

    A rate line with one statistical number is printed as that number alone, ending in 00: both have its text.
    """
    above: list[str] = []
    found: dict[str, str] = {}
    for printed, indent, text in lines:
        del above[indent:]
        above += [""] * (indent - len(above))  # a level that was skipped says nothing
        above.append(clean_text(text))
        code = printed.strip().replace(".", "")
        if len(code) in _LENGTHS and code.isdigit() and not code.startswith(_RESERVED):
            found.setdefault(code, BETWEEN.join(filter(None, above)))
    alone = {code[:LINE]: text for code, text in found.items() if len(code) > LINE and code.endswith(_ONLY)}
    return alone | found


def clean_text(text: str) -> str:
    """Take out markup, repeated spaces and the colon that announces further rows."""
    return _SPACE.sub(" ", _TAG.sub("", text)).strip().rstrip(":").rstrip()


def _json(data: bytes) -> Iterator[Line]:
    for record in json.loads(data):
        yield _line(record["htsno"], record["indent"], record["description"])


def _csv(data: bytes) -> Iterator[Line]:
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        yield _line(row["HTS Number"], row["Indent"], row["Description"])


def _line(code: Any, indent: Any, text: Any) -> Line:
    return str(code or ""), int(indent or 0), str(text or "")
