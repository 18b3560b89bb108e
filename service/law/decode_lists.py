"""Decoding goods lists: CSV tables of tens of thousands of rows, so equal texts are understood once."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Literal, cast

from service.law.decode_facts import parse_defaults
from service.law.decode_fields import make_period, parse_day
from service.law.decode_goods import Setting
from service.law.errors import Fault, Faults, nearest
from service.law.periods import FOREVER, Period
from service.law.rate_text import parse_rate
from service.law.rates import Unresolved
from service.law.terms import GoodsListSource, ListRow

COLUMNS = ("code", "change", "act", "from", "until")
CHANGES = ("include", "exclude", "off")
DEFAULT = "default"

Change = Literal["include", "exclude", "off"]
_Key = tuple[str, str, Period]


class ListDecoder:
    """Decodes the lists of one importer, remembering codes, periods and attributes it has met."""

    def __init__(self, setting: Setting, faults: Faults) -> None:
        self.setting = setting
        self.faults = faults
        self._codes: dict[str, str] = {}
        self._periods: dict[tuple[str, str], Period] = {}
        self._attributes: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        self._header: tuple[str, ...] = ()

    def decode(self, file: str, name: str, text: str) -> GoodsListSource:
        """Decode one list. Faulty rows are recorded and left out."""
        reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        rows: list[ListRow] = []
        try:
            header = next(reader, [])
            if not self._header_is_right(file, header):
                return GoodsListSource(name, (), file)
            self._rows(file, reader, header, rows)
        except csv.Error as error:
            self.faults.add(file, reader.line_num, "csv", f"not readable as CSV: {error}")
        if not rows:
            self.faults.add(file, 0, "code", "the list has no rows; a list that matches no goods is an error")
        return GoodsListSource(name, tuple(rows), file)

    def _header_is_right(self, file: str, header: list[str]) -> bool:
        if tuple(header[: len(COLUMNS)]) != COLUMNS:
            self.faults.add(file, 1, "code", f"the first line must begin with {','.join(COLUMNS)}")
            return False
        doubled = {word for word in header if header.count(word) > 1 or not word.strip()}
        for word in doubled:
            self.faults.add(file, 1, word, f"the column {word!r} stands twice or has no name")
        return not doubled

    def _rows(self, file: str, reader: Iterable[list[str]], header: list[str], rows: list[ListRow]) -> None:
        self._header = tuple(header[len(COLUMNS) :])
        self._attributes = {}
        width = len(header)
        seen: dict[_Key, int] = {}
        acts = self.setting.acts
        for line, fields in enumerate(reader, start=2):
            if len(fields) != width:
                problem = "an empty line" if not fields else f"{len(fields)} fields"
                self.faults.add(file, line, "code", f"{problem}; every row has {width} fields")
                continue
            code, change, act, start, until, *further = fields
            try:
                if change not in CHANGES:
                    raise Fault(line, "change", f"{change!r} is not one of {', '.join(CHANGES)}")
                if act not in acts:
                    raise Fault(line, "act", self._no_act(act))
                row = ListRow(
                    self._codes.get(code) or self._code(code, line),
                    cast("Change", change),
                    act,
                    self._periods.get((start, until)) or self._period(start, until, line),
                    self._attributes_of(tuple(further), line) if further else (),
                    line,
                )
                self._once(row, seen)
            except Fault as fault:
                self.faults.add(file, fault.line, fault.key, fault.message)
            else:
                rows.append(row)

    def _once(self, row: ListRow, seen: dict[_Key, int]) -> None:
        key = (row.code, row.act, row.valid)
        if key in seen:
            raise Fault(
                row.line, "code", f"the code stands twice for the same act and days; first on line {seen[key]}"
            )
        seen[key] = row.line

    def _no_act(self, act: str) -> str:
        if not act:
            return "a row without an act: say by which act the code is so"
        return f"there is no act {act!r}{nearest(act, self.setting.acts)}"

    def _code(self, text: str, line: int) -> str:
        try:
            code = self.setting.codes.digits(text)
        except ValueError as error:
            raise Fault(line, "code", str(error)) from None
        if code.startswith(self.setting.codes.reserved):
            raise Fault(line, "code", f"{text!r} is of a reserved chapter, whose numbers are not goods")
        self._codes[text] = code
        return code

    def _period(self, start: str, until: str, line: int) -> Period:
        key = "from"
        try:
            first = parse_day(start).toordinal()
            key = "until"
            last = parse_day(until).toordinal() if until else FOREVER
        except ValueError as error:
            message = str(error) if (start if key == "from" else until) else "the first day is missing"
            raise Fault(line, key, message) from None
        found = self._periods[start, until] = make_period(first, last, line, "until")
        return found

    def _attributes_of(self, values: tuple[str, ...], line: int) -> tuple[tuple[str, str], ...]:
        found = self._attributes.get(values)
        if found is None:
            found = tuple(pair for pair in zip(self._header, values, strict=True) if pair[1])
            for column, value in found:
                if column == DEFAULT:
                    try:
                        parse_defaults(self.setting.facts, value)
                    except ValueError as error:
                        raise Fault(line, DEFAULT, str(error)) from None
            self._attributes[values] = found
        return found


def check_rates(source: GoodsListSource, column: str, setting: Setting, faults: Faults) -> None:
    """Record every row that is in the list without a rate text in ``column`` that can be computed."""
    good: set[str] = set()
    for row in source.rows:
        if row.change != "include":
            continue
        value = next((text for name, text in row.attributes if name == column), "")
        if value in good:
            continue
        if not value:
            faults.add(source.path, row.line, column, "the rate is missing; a measure reads it from this column")
        elif isinstance(parse_rate(value, currency=setting.currency), Unresolved):
            faults.add(source.path, row.line, column, f"{value!r} is not a rate that can be computed; write 25%")
        else:
            good.add(value)
