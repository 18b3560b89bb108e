"""Reading the USITC annual tariff database, which stands in for the schedule of 2018.

One row per rate line and rate period. The database writes ``cents`` for the cent sign, keeps footnote marks
and broken words, and has slips in column 2, which is better taken from a later edition that has the line.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from service.law.rate_text import clean, clean_special, number_text, parse_rate
from service.law.rates import Form, Specific, Unresolved

_RESERVED: Final = ("98", "99")
_CENTS: Final = re.compile(r"(?<=\d) cents\b")
_FOOTNOTE: Final = re.compile(r" \d/\s*$")
_FRACTION: Final = re.compile(r"0?\.\d+")
_TENTH: Final = Decimal("0.1")


class DatabaseLine(msgspec.Struct, frozen=True):
    """The texts of a rate line in the database."""

    general: str
    special: str
    column2: str


def read_database(path: Path, on: date) -> dict[str, DatabaseLine]:
    """Read the rows in force on the day ``on`` by 8-digit line, with texts written as in editions."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("latin-1")
    lines: dict[str, DatabaseLine] = {}
    for row in csv.DictReader(io.StringIO(text)):
        code = row["hts8"]
        start, last = _day(row["begin_effect_date"]), _day(row["end_effective_date"])
        if code.startswith(_RESERVED) or not start <= on <= last:
            continue
        special = clean_special(_CENTS.sub("¢", row["col1_special_text"]))
        lines[code] = DatabaseLine(_text(row["mfn_text_rate"]), special, _text(row["col2_text_rate"]))
    return lines


def _day(text: str) -> date:
    return datetime.strptime(text.partition(" ")[0], "%m/%d/%Y").date()  # noqa: DTZ007 - a day without a clock


def _text(text: str) -> str:
    said = clean(_FOOTNOTE.sub("", _CENTS.sub("¢", text)))
    if _FRACTION.fullmatch(said):  # one line gives 0.022 for 2.2%
        return f"{number_text(Decimal(said) * 100)}%"
    return said


def next_step(general: str) -> str | None:
    """Return the text of the next of four equal yearly steps to free, after two of them were taken.

    Half of what is left, cut to a tenth of a percent or of a cent, as the steps before were cut. None when
    the text is not a percentage with or without amounts per unit.
    """
    rate = parse_rate(general)
    if isinstance(rate, Unresolved) or not isinstance(rate, Form) or rate.parts:
        return None
    terms = [_cents(term) for term in rate.specific]
    if rate.percent:
        terms.append(f"{number_text(_half(rate.percent))}%")
    return " + ".join(terms)


def _cents(term: Specific) -> str:
    unit = " each" if term.per.unit == "piece" else f"/{term.per.unit}"
    return f"{number_text(_half(term.amount * 100))}¢{unit}"


def _half(value: Decimal) -> Decimal:
    return value / 2 // _TENTH * _TENTH
