"""Reading a tariff of China from a table: 8-digit code, MFN rate, provisional rate.

The tariff is published as a book (Announcement No. 12 of 2025 for 2026); tables made from it come from many hands, so
every cell is checked and a table with a single bad row is refused whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from service.hts.packed import PackedError, unpacked
from service.law.rate_text import number_text, parse_rate, rate_text
from service.law.rates import Form
from service.law.schedule import LineText

CURRENCY: Final = "CNY"
COLUMNS: Final = ("applied", "mfn", "provisional")
"""The columns of the schedule files. ``applied`` is charged: the provisional rate, or the MFN rate where none is."""

LINE: Final = 8
NOT_STATED: Final = "the tariff, a specific duty whose amount is not known here"
"""The applied rate of a line for which the table states no rate: told as a text, never computed."""

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "hs_code", "税则号列"),
    "mfn": ("mfn", "mfn_rate", "最惠国税率"),
    "provisional": ("provisional", "provisional_rate", "暂定税率"),
}
"""Our name of a column -> the names it may have in a table, small or capital."""

SHOWN: Final = 20
"""How many bad rows are told of one table."""

_CODE: Final = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?) ?[%％]?", re.ASCII)


class TariffError(ValueError):
    """A file that is no table of the tariff, or has bad rows; the message names each by line and field."""


class Cell(msgspec.Struct, frozen=True):
    """A rate as a table states it: its text in our spelling and, where it is nothing else, its percentage."""

    text: str
    percent: Decimal | None


def read_tariff(path: Path) -> dict[str, LineText]:
    """Read a table (CSV in UTF-8, gzipped or not) into the texts of its rate lines, by code in digits.

    ``{"22083000": LineText((), ("5%", "10%", "5%"))}``. Raises ``TariffError`` when columns are missing, the table
    has no rows or any of its rows is bad; ``OSError`` when it cannot be read.
    """
    return table_of(path.name, _text(path))


def table_of(name: str, text: str) -> dict[str, LineText]:
    """Read the text of a table called ``name``; see :func:`read_tariff`."""
    reader = csv.reader(io.StringIO(text), strict=True)
    lines: dict[str, LineText] = {}
    faults: list[str] = []
    try:
        header = next(reader, [])
        places = _places(name, header)
        for fields in reader:
            if not any(map(str.strip, fields)):
                continue
            if len(fields) != len(header):
                faults.append(f"line {reader.line_num}: {len(fields)} fields instead of {len(header)}")
                continue
            _row({key: fields[at].strip() for key, at in places.items()}, reader.line_num, lines, faults)
    except csv.Error as error:
        raise TariffError(f"{name}: line {reader.line_num}: {error}") from error
    if faults:
        more = f"\n({len(faults) - SHOWN} more bad rows)" if len(faults) > SHOWN else ""
        raise TariffError("\n".join(f"{name}: {fault}" for fault in faults[:SHOWN]) + more)
    if not lines:
        raise TariffError(f"{name} has no rows")
    return lines


def _text(path: Path) -> str:
    try:
        _, data = unpacked(path)
    except PackedError as error:
        raise TariffError(str(error)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TariffError(f"{path.name} is not a text in UTF-8: {error}") from error


def _places(name: str, header: list[str]) -> dict[str, int]:
    """Return where the columns stand."""
    names = [cell.strip().lower() for cell in header]
    places: dict[str, int] = {}
    for key, accepted in HEADERS.items():
        found = [at for at, cell in enumerate(names) if cell in accepted]
        if len(found) != 1:
            many = "no column" if not found else f"{len(found)} columns"
            raise TariffError(f"{name}: line 1: {many} named {' or '.join(accepted)}")
        places[key] = found[0]
    return places


def _row(cells: Mapping[str, str], at: int, lines: dict[str, LineText], faults: list[str]) -> None:
    """Read one row into ``lines``, or say in ``faults`` what is wrong with it."""
    wrong = list(_wrong(cells))
    code = "".join(match.groups()) if (match := _CODE.fullmatch(cells["code"])) else ""
    if code in lines:
        wrong.append(f"code: {cells['code']} stands in the table twice")
    if wrong:
        faults.extend(f"line {at}: {what}" for what in wrong)
        return
    mfn, provisional = _cell(cells["mfn"]), _cell(cells["provisional"])
    applied = provisional or mfn
    lines[code] = LineText(
        (),
        (
            applied.text if applied is not None else NOT_STATED,
            mfn.text if mfn is not None else "",
            provisional.text if provisional is not None else "",
        ),
    )


def _wrong(cells: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the cells of a row, by field."""
    if _CODE.fullmatch(cells["code"]) is None:
        yield f"code: {cells['code']!r} is not a code of {LINE} digits"
    rates = {}
    for field in ("mfn", "provisional"):
        try:
            rates[field] = _cell(cells[field])
        except ValueError:
            yield f"{field}: {cells[field]!r} is not a rate; write 10, 10% or 1.3 CNY/kg"
    mfn, provisional = rates.get("mfn"), rates.get("provisional")
    if mfn is None or provisional is None or mfn.percent is None or provisional.percent is None:
        return
    if provisional.percent > mfn.percent:
        yield f"provisional: {provisional.text} is more than the MFN rate of {mfn.text}"


def _cell(said: str) -> Cell | None:
    """Read one rate; None where nothing is stated. Raises ``ValueError`` when it is not a rate."""
    if not said:
        return None
    match = _PERCENT.fullmatch(said)
    rate = parse_rate(f"{match[1]}%" if match else said, currency=CURRENCY)
    if not isinstance(rate, Form) or rate.parts or _foreign(said, rate):
        raise ValueError(said)
    if rate.specific:
        return Cell(rate_text(rate), None)
    return Cell(f"{number_text(rate.percent)}%", rate.percent)


def _foreign(said: str, rate: Form) -> bool:
    """Tell whether an amount is in another currency than our own; a dollar or cent sign names one."""
    return any(sign in said for sign in "$¢") or any(term.currency != CURRENCY for term in rate.specific)
