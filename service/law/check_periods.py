"""Holes in time: days on which a measure says nothing between days on which it charges.

A hole may be right (a duty that lapsed and came back), but then an act says so; a hole nobody enacted is a slip in
a date. Everything found here is to be looked at, none of it stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from service.law.importer import ImporterLaw
from service.law.periods import FOREVER, Period
from service.law.rates import Silent
from service.law.terms import Measure, Program


class Hole(msgspec.Struct, frozen=True):
    """A measure that no amendment speaks of over ``days``, between two rates."""

    program: Program
    measure: Measure
    days: Period

    def __str__(self) -> str:
        """Say it in words."""
        return f"measure {self.measure.id} says nothing over [{self.days.first}, {self.days.end}) between two rates"


def holes(law: ImporterLaw) -> Iterator[Hole]:
    """Yield the days between two rates of a measure that no amendment covers, as known at the end.

    Days made silent by an amendment (``none``, ``suspended``) are no holes: an act says so.
    """
    spoken: dict[tuple[str, str], set[Period]] = {}
    for version in law.versions:
        if version.known.until >= FOREVER and not isinstance(version.terms.rate, Silent):
            spoken.setdefault((version.program, version.measure), set()).add(version.valid)
    for program in law.programs:
        for measure in program.measures:
            rated = spoken.get((program.id, measure.id), set())
            covered = sorted({amendment.valid for amendment in measure.amendments} | rated)
            for days in _between(covered):
                before = any(valid.start < days.start for valid in rated)
                if before and any(valid.until > days.until for valid in rated):
                    yield Hole(program, measure, days)


def _between(covered: list[Period]) -> Iterator[Period]:
    """Yield the gaps between periods in order of their first day."""
    reached: list[int] = []
    for valid in covered:
        reached.append(max([valid.until, *reached[-1:]]))
    for until, following in zip(reached, covered[1:], strict=False):
        if until < following.start:
            yield Period(until, following.start)
