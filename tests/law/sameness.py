"""Which changes of the law no answer could show.

A change is the same law where, on every day and known day on which what a measure says differs, its goods or its
origins are not covered, or where it only names other headings to which it yields and no goods of the measure meet
them: then those headings are never charged beside it. "Meet" is read from the compiled law itself: both measures are
in force on a common day, as known on a common day, in one view, for one code of the schedule and one covered origin.
What conditions on declared facts rule out is not looked at, so that a change is called the same only when it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from service.countries import countries
from service.engine.answers import ReleaseRef
from service.engine.index import Entry
from service.engine.schedule import compile_schedule
from service.law.check_relations import relations
from service.law.conditions import AllOf, AnyOf, ChargedUnder, Condition, Not
from service.law.importer import ImporterLaw
from service.law.periods import FOREVER, Period
from service.law.rates import Silent
from service.law.terms import VIEWS, GoodsList, Terms, Version, View

FIRST_KNOWN = date(2018, 1, 1)
"""The first known day that may be asked for."""
ASKABLE = Period(FIRST_KNOWN.toordinal(), FOREVER)


class Answers:
    """What answers of a law can show."""

    def __init__(self, law: ImporterLaw) -> None:
        self.law = law
        self.index = compile_schedule(law, ReleaseRef(1, "law"), countries()).index
        self._headings: dict[str, list[Entry]] = {}
        self._measures: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.index.entries:
            if isinstance(entry, Entry):
                self._measures.setdefault((entry.program.id, entry.measure.id), []).append(entry)
                if not isinstance(entry.rate, Silent):
                    self._headings.setdefault(entry.measure.heading, []).append(entry)
        self._goods = self._masks_of_goods()
        self.covered = list(self._covered())
        self._origins = {(self.index.origin(country), valid) for country, valid in self.covered}

    def _masks_of_goods(self) -> dict[int, set[Period]]:
        """Return, per mask of entries, the periods in which a code of the schedule has it."""
        found: dict[int, set[Period]] = {}
        stands = [(v.code, v.valid) for v in self.law.lines] + [(v.code, v.valid) for v in self.law.statistical]
        for code, valid in stands:
            found.setdefault(self.index.goods[code], set()).add(valid)
        return found

    def _covered(self) -> Iterator[tuple[str, Period]]:
        for item in self.law.importer.coverage:
            for part in self.index.memberships(item.origins, item.valid):
                for country in sorted(countries() - {self.law.importer.code}):
                    if self.index.includes(item.origins, country, part.start):
                        yield country, part

    def show(self, at: tuple[str, str], old: Sequence[Version], new: Sequence[Version]) -> bool:
        """Tell whether some answer could differ when a measure has the versions ``new`` in place of ``old``.

        ``at``: its program and its name.
        """
        return any(
            self._differ(at, view, before, after, valid, known)
            for view, before, after, valid, known in changes(old, new)
        )

    def _differ(
        self,
        at: tuple[str, str],
        view: View,
        before: Terms | None,
        after: Terms | None,
        valid: Period,
        known: Period,
    ) -> bool:
        stated = [terms for terms in (before, after) if terms is not None]
        if not any(self._asked_about(terms, valid, known) for terms in stated):
            return False
        if before is None or after is None or replace(before, when=None) != replace(after, when=None):
            return True
        named = {h for terms in stated for r in relations(terms.when) for h in r.headings}
        met = {h for h in named if self.meet(at, h, view, valid, known)}
        one, other = kept(before.when, met), kept(after.when, met)
        return one != other and not (never(one) and never(other))

    def _asked_about(self, terms: Terms, valid: Period, known: Period) -> bool:
        """Tell whether terms have goods, for a covered origin, somewhere in a rectangle of time."""
        for days in self._days_with_goods(terms, valid, known):
            for part in self.index.memberships(terms.origins, days):
                if any(p & part and self.index.includes(terms.origins, c, part.start) for c, p in self.covered):
                    return True
        return False

    def _days_with_goods(self, terms: Terms, valid: Period, known: Period) -> Iterator[Period]:
        if not isinstance(terms.goods, GoodsList):
            yield valid
            return
        for version in self.law.list_versions:
            if version.name == terms.goods.name and version.entries and version.known & known:
                days = version.valid & valid
                if days is not None:
                    yield days

    def meet(self, at: tuple[str, str], heading: str, view: View, valid: Period, known: Period) -> bool:
        """Tell whether another program's measure with a heading meets a measure in a rectangle of time."""
        return any(
            self._together(mine, other, valid, known)
            for mine in self._measures.get(at, ())
            if mine.version.view == view and not isinstance(mine.rate, Silent)
            for other in self._headings.get(heading, ())
            if other.version.view == view and other.program.id != at[0]
        )

    def _together(self, one: Entry, other: Entry, valid: Period, known: Period) -> bool:
        days, seen = _common(valid, one.valid, other.valid), _common(known, one.known, other.known, ASKABLE)
        if days is None or seen is None:
            return False
        both = 1 << one.bit | 1 << other.bit
        asked = [days & covered for mask, covered in self._origins if mask & both == both]
        return any(
            part and part & stands
            for part in asked
            for mask, standing in (self._goods.items() if part else ())
            if mask & both == both
            for stands in standing
        )


def changes(
    old: Sequence[Version], new: Sequence[Version]
) -> Iterator[tuple[View, Terms | None, Terms | None, Period, Period]]:
    """Yield what differs between versions of a measure: view, terms before and after, over which rectangle."""
    versions = (*old, *new)
    for valid in _cells({edge for v in versions for edge in (v.valid.start, v.valid.until)}):
        for known in _cells({edge for v in versions for edge in (v.known.start, v.known.until)}):
            seen = known & ASKABLE
            if seen is None:
                continue
            for view in VIEWS:
                before, after = (terms_at(held, view, valid.start, seen.start) for held in (old, new))
                if before != after:
                    yield view, before, after, valid, seen


def terms_at(versions: Sequence[Version], view: View, day: int, known: int) -> Terms | None:
    """Return the terms of a day; None where the measure says nothing."""
    for version in versions:
        if version.view == view and day in version.valid and known in version.known:
            rate = version.terms.rate
            return None if isinstance(rate, Silent) and not rate.suspended else version.terms
    return None


def kept(condition: Any, met: set[str]) -> Any:
    """Return a condition whose relations name only the headings that can be met."""
    match condition:
        case ChargedUnder(headings):
            return replace(condition, headings=tuple(sorted(h for h in set(headings) if h in met)))
        case AllOf(conditions) | AnyOf(conditions):
            return type(condition)(tuple(kept(inner, met) for inner in conditions))
        case Not(inner):
            return Not(kept(inner, met))
        case _:
            return condition


def never(condition: Condition | None) -> bool:
    """Tell whether a condition cannot hold, because nothing that it names can be met."""
    match condition:
        case ChargedUnder(headings):
            return not headings
        case AllOf(conditions):
            return any(map(never, conditions))
        case AnyOf(conditions):
            return all(map(never, conditions))
        case _:
            return False


def _cells(edges: set[int]) -> Iterator[Period]:
    return (Period(start, until) for start, until in pairwise(sorted(edges)))


def _common(first: Period, *others: Period) -> Period | None:
    found: Period | None = first
    for other in others:
        found = None if found is None else found & other
    return found
