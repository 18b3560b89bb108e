"""Descriptions of goods, as an official edition prints them.

They are kept in the database of who imports an edition and are no part of the law files. A row's own text rarely
stands alone ("Other"), so each code is given the texts above it, from its heading down.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from service.hts.editions import EditionError

_RESERVED: Final = ("98", "99")
_LENGTHS: Final = (4, 6, 8, 10)
_TAG: Final = re.compile(r"<[^>]*>")
_SPACE: Final = re.compile(r"\s+")
BETWEEN: Final = ": "

Line = tuple[str, int, str]
"""Code as printed (may be empty), indent, text."""


def read_descriptions(path: Path) -> dict[str, str]:
    """Read the descriptions of chapters 1 to 97 from an edition file, by code in digits.

    ``{"01012100": "Live horses, asses, mules and hinnies: Horses: Purebred breeding animals"}``. Raises
    ``EditionError`` when the file is no export of the schedule, ``OSError`` when it cannot be read.
    """
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    kind = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    try:
        return described(_json(data) if kind == ".json" else _csv(data))
    except (KeyError, ValueError, TypeError) as error:
        raise EditionError(f"{path.name} is not an export of the tariff schedule: {error!r}") from error


def described(lines: Iterable[Line]) -> dict[str, str]:
    """Give each code the texts of the rows above it that it is indented under, and its own."""
    above: list[str] = []
    found: dict[str, str] = {}
    for printed, indent, text in lines:
        del above[indent:]
        above += [""] * (indent - len(above))  # a level that was skipped says nothing
        above.append(clean_text(text))
        code = printed.strip().replace(".", "")
        if len(code) in _LENGTHS and code.isdigit() and not code.startswith(_RESERVED):
            found.setdefault(code, BETWEEN.join(filter(None, above)))
    return found


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
