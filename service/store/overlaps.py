"""Finding the rows behind a refused exclusion constraint, so that the message can name both rectangles.

The server's own message names them as well, but in its language and without the law file.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from service.law.check import Finding
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.store.encoding import rectangle


class Rectangle(Protocol):
    """Anything that holds over valid days, as known on some days."""

    @property
    def valid(self) -> Period:
        """Days of entry."""

    @property
    def known(self) -> Period:
        """Days on which it was known."""


K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Rectangle)


def overlaps(laws: Mapping[str, ImporterLaw]) -> list[Finding]:
    """Return a finding for each two versions that overlap in both times."""
    return [finding for law in laws.values() for finding in _in_law(law)]


def _in_law(law: ImporterLaw) -> Iterator[Finding]:
    places = {
        (program.id, measure.id): (program.path, measure.line)
        for program in law.programs
        for measure in program.measures
    }
    for (program, measure, view), one, other in _pairs(
        ((version.program, version.measure, version.view), version) for version in law.versions
    ):
        file, line = places.get((program, measure), ("", 0))
        yield Finding(file, line, _message(f"{program} {measure}, view {view}", one, other))
    lists = {name: source.path for name, source in law.lists.items()}
    for name, one_list, other_list in _pairs((version.name, version) for version in law.list_versions):
        yield Finding(lists.get(name, ""), 0, _message(f"list {name}", one_list, other_list))
    for code, a_line, other_line in _pairs((row.code, row) for row in law.lines):
        yield Finding("", 0, _message(f"{law.importer.code} line {code}", a_line, other_line))
    for code, number, other_number in _pairs((row.code, row) for row in law.statistical):
        yield Finding("", 0, _message(f"{law.importer.code} number {code}", number, other_number))


def _pairs(keyed: Iterable[tuple[K, T]]) -> Iterator[tuple[K, T, T]]:
    """Give each two overlapping rectangles of one key, in the order given."""
    seen: dict[K, list[T]] = {}
    for key, one in keyed:
        others = seen.setdefault(key, [])
        for other in others:
            if one.valid & other.valid and one.known & other.known:
                yield key, other, one
        others.append(one)


def _message(what: str, one: Rectangle, other: Rectangle) -> str:
    first, second = rectangle(one.valid, one.known), rectangle(other.valid, other.known)
    return f"two versions of {what} overlap in both times: {first}; and {second}"
