"""Codes that law files name and that no edition of the schedule ever had.

A list may unite the numbers of all editions, so a code of other years is no error. A code of no year at all is a
misprint, or stands in an edition whose file could not be had.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from service.law.importer import ImporterLaw
from service.law.periods import EVER, FOREVER, Period
from service.law.schedule import LineVersion, StatVersion
from service.law.terms import GoodsList, GoodsListSource, GoodsPrefixes, Patch


class Unheard(msgspec.Struct, frozen=True):
    """A code named in a file, and over which days; ``ever``: some edition of other years has it."""

    file: str
    line: int
    code: str
    days: Period
    ever: bool

    def __str__(self) -> str:
        """Say it in words."""
        when = f" over [{self.days.first or '...'}, {self.days.end or '...'})" if self.ever else ""
        return f"no edition of the schedule has {self.code}{when}"


class Codes:
    """The codes of all editions of one importer's schedule, with their days as known now."""

    def __init__(self, law: ImporterLaw) -> None:
        self._days: dict[str, list[Period]] = {}
        versions: tuple[LineVersion | StatVersion, ...] = (*law.lines, *law.statistical)
        for version in versions:
            days = self._days.setdefault(version.code, [])
            if version.known.until >= FOREVER:
                days.append(version.valid)
        self._sorted = sorted(self._days)

    def heard_of(self, prefix: str, days: Period | None = None) -> bool:
        """Tell whether a code of some edition stands under a prefix, on some of the days if any are given."""
        at = bisect_left(self._sorted, prefix)
        while at < len(self._sorted) and self._sorted[at].startswith(prefix):
            if days is None or any(valid & days for valid in self._days[self._sorted[at]]):
                return True
            at += 1
        return False


def codes_unheard_of(law: ImporterLaw) -> Iterator[Unheard]:
    """Yield codes of lists and of measures that no edition has, in any year.

    A statistical number whose rate line has no numbers at all on record is let pass: they are not known. Lists of
    programs that are not covered are let pass, too: they only warn.
    """
    codes = Codes(law)
    size = law.importer.codes.line
    told: set[tuple[str, str]] = set()
    for source in _used(law):
        for row in source.rows:
            if (source.path, row.code) not in told and not _known(codes, row.code, size):
                told.add((source.path, row.code))
                yield Unheard(source.path, row.line, row.code, row.valid, ever=False)
    for program in law.programs:
        for measure in program.measures:
            for line, patch in ((measure.line, measure.patch), *((a.line, a.patch) for a in measure.amendments)):
                for code in _prefixes(patch):
                    if (program.path, code) not in told and not _known(codes, code, size):
                        told.add((program.path, code))
                        yield Unheard(program.path, line, code, EVER, ever=False)


def _used(law: ImporterLaw) -> Iterator[GoodsListSource]:
    names: set[str] = set()
    for program in law.programs:
        for measure in program.measures:
            patches = (measure.patch, *(amendment.patch for amendment in measure.amendments))
            names |= {patch.goods.name for patch in patches if isinstance(patch.goods, GoodsList)}
    return (source for name, source in law.lists.items() if name in names)


def rows_out_of_time(law: ImporterLaw) -> Iterator[Unheard]:
    """Yield rows of lists none of whose days lie in those of the code, although some edition has it."""
    codes = Codes(law)
    for source in _used(law):
        for row in source.rows:
            if row.change == "include" and codes.heard_of(row.code) and not codes.heard_of(row.code, row.valid):
                yield Unheard(source.path, row.line, row.code, row.valid, ever=True)


def _known(codes: Codes, code: str, size: int) -> bool:
    if codes.heard_of(code):
        return True
    line = code[:size]
    return len(code) > size and codes.heard_of(line) and not _split(codes, line)


def _split(codes: Codes, line: str) -> bool:
    """Tell whether any statistical number of a line is on record."""
    return any(codes.heard_of(f"{line}{digit}") for digit in range(10))


def _prefixes(patch: Patch) -> tuple[str, ...]:
    goods = patch.goods
    if goods is UNSET or not isinstance(goods, GoodsPrefixes):
        return ()
    return (*goods.include, *goods.exclude)
