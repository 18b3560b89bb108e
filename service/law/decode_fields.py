"""Reading the plain values of law files: words, days, numbers, lists, and mappings with known keys.

A reader takes a node and the key it stands under, returns the typed value, and raises ``Fault`` with what would
be right. ``Fields`` reads a mapping key by key and records the faults of each, so that one bad value does not hide
the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from typing import TypeVar

from service.law.errors import Fault, Faults, nearest
from service.law.periods import FOREVER, Period
from service.law.yaml_marks import Mapping, Node, Sequence, Text

T = TypeVar("T")
D = TypeVar("D")
Reader = Callable[[Node, str], T]

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_PERCENT = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,8})?)%")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_FIRST_YEAR, _LAST_YEAR = 1700, 2200


def text(node: Node, key: str) -> str:
    """Read one value as text; not a list, not empty."""
    if not isinstance(node, Text):
        kind = "a list" if isinstance(node, Sequence) else "a mapping"
        raise Fault(node.line, key, f"expected one value, found {kind}")
    if not node.text.strip():
        raise Fault(node.line, key, "the value is empty; write it or leave the key out")
    return node.text.strip()


def is_null(node: Node) -> bool:
    """Tell whether the node is the word ``null``, without quotes."""
    return isinstance(node, Text) and node.plain and node.text == "null"


def name(node: Node, key: str) -> str:
    """Read an identifier: letters, digits, and ``. _ + -`` after the first."""
    value = text(node, key)
    if not _NAME.fullmatch(value):
        raise Fault(node.line, key, f"{value!r} is not a name; use letters, digits, '-', '.', '_'")
    return value


def flag(node: Node, key: str) -> bool:
    """Read ``true`` or ``false``."""
    value = text(node, key)
    if value not in ("true", "false"):
        raise Fault(node.line, key, f"{value!r} is neither true nor false")
    return value == "true"


def parse_number(value: str) -> Decimal:
    """Parse digits with an optional decimal part. Raises ``ValueError`` for exponents, separators and the like."""
    if not _NUMBER.fullmatch(value):
        raise ValueError(f"{value!r} is not a number; write digits and at most one point (0.25)")
    return Decimal(value)


def number(node: Node, key: str) -> Decimal:
    """Read a decimal number without exponent."""
    try:
        return parse_number(text(node, key))
    except ValueError as error:
        raise Fault(node.line, key, str(error)) from None


def whole(node: Node, key: str) -> int:
    """Read a whole number, 0 or more."""
    value = text(node, key)
    if not _WHOLE.fullmatch(value):
        raise Fault(node.line, key, f"{value!r} is not a whole number")
    return int(value)


def share(node: Node, key: str) -> Decimal:
    """Read a share: a number from 0 to 1."""
    value = number(node, key)
    if not 0 <= value <= 1:
        raise Fault(node.line, key, f"{value} is not a share; write a number from 0 to 1 (0.2 for 20%)")
    return value


def percent(node: Node, key: str) -> Decimal:
    """Read a percentage, written with its sign: ``12.5%``."""
    value = text(node, key)
    match = _PERCENT.fullmatch(value)
    if match is None:
        raise Fault(node.line, key, f"{value!r} is not a percentage; write it as 12.5%")
    return Decimal(match[1])


def parse_day(value: str) -> date:
    """Parse ``2025-04-05``. Raises ``ValueError`` for any other form and for dates that only mean "for ever"."""
    if not _DAY.fullmatch(value):
        raise ValueError(f"{value!r} is not a day; write it as 2025-04-05")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a day of the calendar") from None
    if not _FIRST_YEAR <= day.year < _LAST_YEAR:
        raise ValueError(f"{value} cannot be meant; a period without an end has no 'until'")
    return day


def day(node: Node, key: str) -> date:
    """Read a day in ISO form."""
    try:
        return parse_day(text(node, key))
    except ValueError as error:
        raise Fault(node.line, key, str(error)) from None


def ordinal(node: Node, key: str) -> int:
    """Read a day as its ordinal number."""
    return day(node, key).toordinal()


def one_of(*words: str) -> Reader[str]:
    """Return a reader of one of ``words``."""

    def read(node: Node, key: str) -> str:
        value = text(node, key)
        if value not in words:
            raise Fault(node.line, key, f"{value!r} is not one of {', '.join(words)}")
        return value

    return read


def items(read: Reader[T]) -> Reader[tuple[T, ...]]:
    """Return a reader of a list, not empty, each item read by ``read``."""

    def read_all(node: Node, key: str) -> tuple[T, ...]:
        if not isinstance(node, Sequence):
            raise Fault(node.line, key, "expected a list: [a, b]")
        if not node.items:
            raise Fault(node.line, key, "the list is empty; leave the key out")
        return tuple(read(item, key) for item in node.items)

    return read_all


def one_or_more(read: Reader[T]) -> Reader[tuple[T, ...]]:
    """Return a reader of one value or a list of them."""
    many = items(read)
    return lambda node, key: many(node, key) if isinstance(node, Sequence) else (read(node, key),)


def mapping(node: Node, key: str) -> Mapping:
    """Check that the node is a mapping, not empty."""
    if not isinstance(node, Mapping):
        raise Fault(node.line, key, "expected a mapping: {key: value}")
    if not node.entries:
        raise Fault(node.line, key, "the mapping is empty; leave the key out")
    return node


def single(node: Node, key: str) -> tuple[str, Node, int]:
    """Read a mapping of exactly one key: the key, its value and the line of the key."""
    entries = mapping(node, key)
    if len(entries.entries) != 1:
        raise Fault(node.line, key, f"expected one key, found {', '.join(entries.entries)}")
    ((word, value),) = entries.entries.items()
    return word, value, entries.lines[word]


def make_period(start: int, until: int, line: int, key: str) -> Period:
    """Build a period from ordinals; it must end after it starts."""
    if start >= until:
        first = date.fromordinal(start) if start else None
        raise Fault(line, key, f"the period ends on {date.fromordinal(until)}, not after its start {first}")
    return Period(start, until)


class Fields:
    """A mapping with known keys. Unknown keys are recorded at once, the others as they are read."""

    def __init__(self, file: str, faults: Faults, node: Node, key: str, known: Collection[str]) -> None:
        entries = mapping(node, key)
        self.file = file
        self.faults = faults
        self.key = key
        self.line = node.line
        self.entries = entries.entries
        self.lines = entries.lines
        for word, line in entries.lines.items():
            if word not in known:
                faults.add(file, line, word, f"unknown key in {key}{nearest(word, known)}")

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is given."""
        return key in self.entries

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping when the key is not given."""
        return self.lines.get(key, self.line)

    def get(self, key: str, read: Reader[T], default: D) -> T | D:
        """Read an optional key; ``default`` when absent or, recorded, faulty."""
        node = self.entries.get(key)
        if node is None:
            return default
        try:
            return read(node, key)
        except Fault as fault:
            self.faults.add(self.file, fault.line, fault.key, fault.message)
            return default

    def need(self, key: str, read: Reader[T], default: D, why: str = "") -> T | D:
        """Read a required key; its absence is recorded with ``why``, and ``default`` returned."""
        if key not in self.entries:
            self.complain(key, f"{self.key} needs the key {key!r}" + (f": {why}" if why else ""))
            return default
        return self.get(key, read, default)

    def complain(self, key: str, message: str) -> None:
        """Record an error at a key of this mapping."""
        self.faults.add(self.file, self.line_of(key), key, message)

    def period(self, *, open_start: bool = False) -> Period:
        """Read ``from`` and ``until`` as a period; ``from`` may be absent only with ``open_start``."""
        start = self.get("from", ordinal, 0) if open_start else self.need("from", ordinal, 0, "the first day")
        until = self.get("until", ordinal, FOREVER)
        try:
            return make_period(start, until, self.line_of("until"), "until")
        except Fault as fault:
            self.complain("until", fault.message)
            return Period(start)


def each(file: str, faults: Faults, node: Node, key: str, read: Callable[[Node, str], T]) -> tuple[T, ...]:
    """Read a list item by item; a faulty item is recorded and left out, the others go on."""
    found: list[T] = []
    try:
        if not isinstance(node, Sequence):
            raise Fault(node.line, key, "expected a list, one '-' per item")
    except Fault as fault:
        faults.add(file, fault.line, fault.key, fault.message)
        return ()
    for item in node.items:
        try:
            found.append(read(item, key))
        except Fault as fault:
            faults.add(file, fault.line, fault.key, fault.message)
    return tuple(found)
