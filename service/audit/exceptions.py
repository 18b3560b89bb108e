"""The headings that an audit passes over, or whose difference is understood: a table with a reason for each."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from typing import Final, Literal

import msgspec

FIELDS: Final = ["headings", "kind", "from", "until", "reason"]
_RANGE: Final = re.compile(r"(9903\.\d\d\.\d\d)(?:-(9903\.\d\d\.\d\d))?")


class Pass(msgspec.Struct, frozen=True):
    """Headings ``first`` to ``last`` as printed from ``from_`` (inclusive) to ``until`` (exclusive), and why.

    ``dormant``: printed with a rate, and nothing that is charged in the years covered; not counted at all.
    ``explained``: counted as different, and the difference is no mistake of the law here, or is a known gap.
    """

    first: str
    last: str
    kind: Literal["dormant", "explained"]
    from_: date | None
    until: date | None
    reason: str

    def holds(self, heading: str, day: date) -> bool:
        """Tell whether it speaks of ``heading`` as printed on ``day``."""
        if not self.first <= heading <= self.last:
            return False
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)


class BadExceptionsError(ValueError):
    """The table cannot be used; the message names the line."""


def read_exceptions(path: Path) -> tuple[Pass, ...]:
    """Read the table; raises ``BadExceptionsError``, ``OSError``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != FIELDS:
            raise BadExceptionsError(f"{path}: expected the columns {','.join(FIELDS)}")
        return tuple(_read(row, f"{path}:{rows.line_num}") for row in rows)


def _read(row: dict[str, str], where: str) -> Pass:
    found = _RANGE.fullmatch(row["headings"])
    if found is None or row["kind"] not in {"dormant", "explained"} or not row["reason"]:
        raise BadExceptionsError(f"{where}: expected a heading or range, dormant or explained, days, and a reason")
    try:
        days = [date.fromisoformat(row[name]) if row[name] else None for name in ("from", "until")]
    except ValueError as error:
        raise BadExceptionsError(f"{where}: {error}") from None
    return Pass(found[1], found[2] or found[1], row["kind"], days[0], days[1], row["reason"])  # type: ignore[arg-type]


def pass_for(exceptions: tuple[Pass, ...], heading: str, day: date) -> Pass | None:
    """Return the first exception that speaks of a heading on a day."""
    return next((it for it in exceptions if it.holds(heading, day)), None)
