"""The base schedule: rate texts and statistical numbers by code, in the two clocks.

A schedule is kept as the official editions it was read from: one table per edition with only the rows that
changed against the edition before. An edition is known from the day it was published (the first one since
always), and each of its rows says: from that day on, the text of this code over [from, until) is so, or the
code does not exist from ``from`` on. :func:`fold_lines` lays the rows of a code over each other, newest
first, into versions that never overlap in both clocks.

Files: ``editions.yaml`` and one ``<edition>.csv`` each; :func:`decode_schedule` reads their texts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import attrgetter

import msgspec

from service.law import yaml_marks
from service.law.errors import Faults
from service.law.periods import ALWAYS, FOREVER, Period
from service.law.yaml_marks import Node, read_yaml

GONE = "gone"
APPROXIMATE = "approximate"


class ScheduleError(ValueError):
    """A schedule file that cannot be right: ``file``, ``line`` (from 1; 0 for all of it) and ``message``."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message


class Edition(msgspec.Struct, frozen=True):
    """One published state of the schedule. ``start``: the first day of entry its texts apply to."""

    id: str
    published: date
    start: date
    title: str
    note: str = ""
    files: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


class LineText(msgspec.Struct, frozen=True, gc=False):
    """What an edition prints for a rate line: units and rate texts, "" where a column states nothing.

    ``columns`` is aligned with ``ScheduleFile.columns``; ``approximate``: computed, the text was not seen.
    """

    units: tuple[str, ...]
    columns: tuple[str, ...]
    approximate: bool = False


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of an edition's table; ``text`` is None where the code ends. ``period`` is in valid time."""

    code: str
    edition: str
    period: Period
    text: LineText | None


class LineVersion(msgspec.Struct, frozen=True, gc=False):
    """The text of a rate line over one rectangle of valid x known time."""

    code: str
    valid: Period
    known: Period
    text: LineText
    edition: str


class StatVersion(msgspec.Struct, frozen=True, gc=False):
    """A statistical number below a rate line, over one rectangle of valid x known time."""

    code: str
    valid: Period
    known: Period
    units: tuple[str, ...]
    edition: str


class ScheduleFile(msgspec.Struct, frozen=True):
    """A decoded schedule: names of its rate columns, its editions in order of publication, its rows."""

    columns: tuple[str, ...]
    editions: tuple[Edition, ...]
    rows: tuple[Row, ...]
    line: int = 8

    def fold(self) -> tuple[list[LineVersion], list[StatVersion]]:
        """Return the versions of rate lines and of statistical numbers; see :func:`fold_lines`."""
        return fold_lines(self.editions, self.rows, line=self.line)


def fold_lines(
    editions: Sequence[Edition], rows: Iterable[Row], *, line: int = 8
) -> tuple[list[LineVersion], list[StatVersion]]:
    """Fold rows into versions by code: a later edition overwrites the valid days its row covers.

    Codes of ``line`` digits are rate lines, longer ones statistical numbers. Editions published on one day
    count in the order given. The versions of a code never overlap in both clocks; the order is by code, then
    newest known first.
    """
    rank = {edition.id: at for at, edition in enumerate(editions)}
    known = [ALWAYS if at == 0 else edition.published.toordinal() for at, edition in enumerate(editions)]
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    lines: list[LineVersion] = []
    numbers: list[StatVersion] = []
    for code in sorted(by_code):
        newest_first = sorted(by_code[code], key=lambda row: -rank[row.edition])
        for row, valid, seen in _rectangles([(row, known[rank[row.edition]]) for row in newest_first]):
            text = row.text
            if text is None:
                continue
            if len(code) == line:
                lines.append(LineVersion(code, valid, seen, text, row.edition))
            else:
                numbers.append(StatVersion(code, valid, seen, text.units, row.edition))
    return lines, numbers


def _rectangles(newest_first: Sequence[tuple[Row, int]]) -> Iterator[tuple[Row, Period, Period]]:
    """Give each row what the later ones left of it: (row, valid, known).

    The ceiling holds, for every valid day, the first known day that a later row has already taken.
    """
    ceiling: list[tuple[int, int, int]] = [(ALWAYS, FOREVER, FOREVER)]
    for row, known in newest_first:
        low, high = row.period.start, row.period.until
        lowered: list[tuple[int, int, int]] = []
        for start, until, top in ceiling:
            left, right = max(start, low), min(until, high)
            if left >= right or top <= known:
                lowered.append((start, until, top))
                continue
            yield row, Period(left, right), Period(known, top)
            if start < left:
                lowered.append((start, left, top))
            lowered.append((left, right, known))
            if right < until:
                lowered.append((right, until, top))
        ceiling = _joined(lowered)


def _joined(segments: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Join neighbours with the same top, so that older rows are not cut into needless pieces."""
    joined: list[tuple[int, int, int]] = []
    for start, until, top in segments:
        if joined and joined[-1][2] == top:
            joined[-1] = (joined[-1][0], until, top)
        else:
            joined.append((start, until, top))
    return joined


def decode_schedule(editions: str, tables: Mapping[str, str], *, line: int = 8) -> ScheduleFile:
    """Decode the text of ``editions.yaml`` and of the tables by file name (``2025-basic.csv``).

    ``line`` is the number of digits of a rate line. Raises ``ScheduleError`` naming file and line for unknown
    or missing keys, columns, dates, marks and files, and for rows of one edition that overlap.
    """
    columns, listed = _decode_editions(editions)
    names = {f"{edition.id}.csv" for edition in listed}
    for name in sorted(names ^ set(tables)):
        problem = "is listed but missing" if name in names else "belongs to no edition of editions.yaml"
        raise ScheduleError(name, 0, f"this table {problem}")
    rows: list[Row] = []
    for edition in listed:
        rows += _decode_table(edition, columns, f"{edition.id}.csv", tables[f"{edition.id}.csv"], line)
    return ScheduleFile(columns, listed, tuple(rows), line)


# --- editions.yaml ---------------------------------------------------------------------------------------

_YAML = "editions.yaml"
_REQUIRED = ("id", "published", "from", "title")
_OPTIONAL = ("note", "files", "unchanged")


def _decode_editions(text: str) -> tuple[tuple[str, ...], tuple[Edition, ...]]:
    faults = Faults()
    root = read_yaml(_YAML, text, faults)
    for fault in faults.errors:
        raise ScheduleError(_YAML, fault.line, f"{fault.key}: {fault.message}")
    if root is None:
        raise ScheduleError(_YAML, 0, "the file is empty")
    top = _mapping(root, ("columns", "editions"))
    columns = _texts(top["columns"])
    if not columns or len(set(columns)) < len(columns):
        raise ScheduleError(_YAML, top["columns"].line, "columns must name each rate column once")
    listed: list[Edition] = []
    for node in _items(top["editions"]):
        edition = _edition(node)
        if any(edition.id == other.id for other in listed):
            raise ScheduleError(_YAML, node.line, f"edition {edition.id} is listed twice")
        if listed and edition.published < listed[-1].published:
            raise ScheduleError(_YAML, node.line, f"{edition.id} was published before the edition above it")
        listed.append(edition)
    if not listed:
        raise ScheduleError(_YAML, top["editions"].line, "no editions")
    return columns, tuple(listed)


def _edition(node: Node) -> Edition:
    keys = _mapping(node, _REQUIRED, _OPTIONAL)
    return Edition(
        id=_text(keys["id"]),
        published=_day(_text(keys["published"]), _YAML, keys["published"].line),
        start=_day(_text(keys["from"]), _YAML, keys["from"].line),
        title=_text(keys["title"]),
        note=_text(keys["note"]) if "note" in keys else "",
        files=_texts(keys["files"]) if "files" in keys else (),
        unchanged=_texts(keys["unchanged"]) if "unchanged" in keys else (),
    )


def _mapping(node: Node, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Node]:
    if not isinstance(node, yaml_marks.Mapping):
        raise ScheduleError(_YAML, node.line, f"expected keys {', '.join(required)}")
    for key, line in node.lines.items():
        if key not in required and key not in optional:
            raise ScheduleError(_YAML, line, f"unknown key {key!r}; known are {', '.join((*required, *optional))}")
    for key in required:
        if key not in node.entries:
            raise ScheduleError(_YAML, node.line, f"key {key!r} is missing")
    return node.entries


def _items(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, yaml_marks.Sequence):
        raise ScheduleError(_YAML, node.line, "expected a list")
    return node.items


def _text(node: Node) -> str:
    if not isinstance(node, yaml_marks.Text):
        raise ScheduleError(_YAML, node.line, "expected a text")
    return node.text


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(map(_text, _items(node)))


def _day(text: str, file: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScheduleError(file, line, f"{text!r} is not a day; write 2025-01-31") from None


# --- tables ----------------------------------------------------------------------------------------------


def _decode_table(edition: Edition, columns: tuple[str, ...], file: str, text: str, line: int) -> list[Row]:
    header = ["code", "from", "until", "units", *columns, "mark"]
    reader = csv.reader(text.splitlines())
    if next(reader, None) != header:
        raise ScheduleError(file, 1, f"the first line must be {','.join(header)}")
    days: dict[str, int] = {}

    def ordinal(written: str, default: int) -> int:
        if not written:
            return default
        if written not in days:
            days[written] = _day(written, file, reader.line_num).toordinal()
        return days[written]

    rows: list[Row] = []
    start = edition.start.toordinal()
    for fields in reader:
        at = reader.line_num
        if len(fields) != len(header):
            raise ScheduleError(file, at, f"{len(fields)} fields instead of {len(header)}")
        code, low, high, units, *rates, mark = fields
        if not (code.isascii() and code.isdigit() and len(code) >= line):
            raise ScheduleError(file, at, f"{code!r} is not a code of {line} or more digits")
        first, end = ordinal(low, start), ordinal(high, FOREVER)
        if first >= end:
            raise ScheduleError(file, at, f"{code} ends on {high}, not after {low or edition.start}")
        said = _line_text(units, tuple(rates), mark, file, at, is_line=len(code) == line)
        rows.append(Row(code, edition.id, Period(first, end), said))
    _refuse_overlaps(rows, file)
    return rows


def _line_text(
    units: str, rates: tuple[str, ...], mark: str, file: str, at: int, *, is_line: bool
) -> LineText | None:
    if mark == GONE:
        if units or any(rates):
            raise ScheduleError(file, at, "a code that is gone has no units and no rates")
        return None
    if mark not in ("", APPROXIMATE):
        raise ScheduleError(file, at, f"unknown mark {mark!r}; write {GONE}, {APPROXIMATE} or nothing")
    if is_line and not any(rates):
        raise ScheduleError(file, at, "a rate line without a rate")
    if not is_line and any(rates):
        raise ScheduleError(file, at, "a statistical number takes the rates of its line; leave them empty")
    return LineText(tuple(units.split(";")) if units else (), rates, mark == APPROXIMATE)


def _refuse_overlaps(rows: Sequence[Row], file: str) -> None:
    ordered = sorted(rows, key=attrgetter("code", "period"))
    for one, two in pairwise(ordered):
        if one.code == two.code and one.period.until > two.period.start:
            at = rows.index(two) + 2
            raise ScheduleError(file, at, f"two rows of {two.code} state the same days")
