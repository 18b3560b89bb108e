"""Things that stand in the law and touch nothing: lists, lines without a base rate, days without a base duty."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.rates import FromSchedule, GreaterOf, LesserOf, Rate, Silent
from service.law.terms import GoodsList


class Orphan(msgspec.Struct, frozen=True):
    """Something that nothing else refers to, or that lacks what it needs."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Say it in words."""
        return self.message


def lists_never_used(law: ImporterLaw) -> Iterator[Orphan]:
    """Yield lists that no measure and no program not covered names."""
    used = {gap.goods.name for gap in law.importer.not_covered if isinstance(gap.goods, GoodsList)}
    for program in law.programs:
        for measure in program.measures:
            patches = (measure.patch, *(amendment.patch for amendment in measure.amendments))
            used |= {patch.goods.name for patch in patches if isinstance(patch.goods, GoodsList)}
    for name, source in law.lists.items():
        if name not in used:
            yield Orphan(source.path, 0, f"no measure uses the list {name}")


def lines_without_base(law: ImporterLaw) -> Iterator[Orphan]:
    """Yield rate lines that lack the text of a column which the base program reads without a condition.

    The first column is the general rate: a line without it has no base duty for most origins.
    """
    read = {column for rate in _base_rates(law) for column in _columns(rate)}
    needed = [(at, name) for at, name in enumerate(law.importer.columns) if name in read]
    file = f"{law.importer.code.lower()}/schedule"
    for version in law.lines:
        for at, name in needed:
            if not version.text.columns[at]:
                message = f"the line {version.code} has no {name} rate over {_days(version.valid)}"
                yield Orphan(f"{file}/{version.edition}.csv", 0, message)


def _base_rates(law: ImporterLaw) -> Iterator[Rate]:
    for version in law.versions:
        if version.program == law.importer.base and version.terms.when is None:
            yield version.terms.rate


def _columns(rate: Rate) -> frozenset[str]:
    match rate:
        case FromSchedule(column, by_preference):
            return frozenset() if by_preference else frozenset((column,))
        case LesserOf(rates) | GreaterOf(rates):
            return frozenset[str]().union(*(_columns(one) for one in rates[:1]))
        case _:
            return frozenset()


def days_without_base(law: ImporterLaw) -> Iterator[Orphan]:
    """Yield covered periods during which the base program has no rate for any entry."""
    base = next((p for p in law.programs if p.id == law.importer.base), None)
    if base is None:
        return
    rated = sorted(v.valid for v in law.versions if v.program == base.id and not isinstance(v.terms.rate, Silent))
    for covered in law.importer.coverage:
        start = covered.valid.start
        for valid in rated:
            if valid.start > start:
                break
            start = max(start, valid.until)
        if start < covered.valid.until:
            yield Orphan(base.path, 0, f"no base duty from {Period(start, covered.valid.until).first} on")


def _days(valid: Period) -> str:
    return f"[{valid.first or '...'}, {valid.end or '...'})"
