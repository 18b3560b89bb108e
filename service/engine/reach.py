"""What a set of entries depends on: which declared facts, and what of the setting they are composed in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from service.engine.cells import METALS
from service.engine.conditions import CONTENT_FACT, days_compared, facts_named, needs_base, needs_origin
from service.engine.index import Entry, GapEntry
from service.engine.outcome import BaseOutcome
from service.law.facts import Facts
from service.law.rates import Bounded as BoundedRate
from service.law.rates import (
    Form,
    GreaterOf,
    InLieuOfAll,
    InLieuOfColumn2,
    LesserOf,
    NonUsPart,
    QuotaLimit,
    Rate,
    Sliding,
    Total,
)

FIGURES = frozenset(("value", "currency", "quantities", "part_values", "base_ave"))
CLAIMED = frozenset(("chapter_98", "foreign_work_value", "us_parts_value"))
CONTENT = frozenset(CONTENT_FACT.values())
CONTENT_BASES = frozenset((*METALS, "rest", "those_cells"))
US_BASES = frozenset(("us_content", "non_us_content", "those_cells"))

Stated = tuple[tuple[str, object], ...]
"""Declared facts that matter, in the order of their names."""


class Setting(msgspec.Struct, frozen=True, gc=False):
    """What some entries are composed over: the origin, the metal of the chapter, the base duty and its identity."""

    origin: str
    own: str | None
    base: BaseOutcome
    serial: int


class Reach(msgspec.Struct, frozen=True, gc=False):
    """What a set of entries depends on: the names of facts, and what of the setting.

    ``base``: they look at the base duty; ``origin``: they take metal to come from the country of origin; ``metal``:
    they divide the metal content, which the chapter may decide. ``days``: the days that conditions compare a date
    with, per fact. A declared day stands for all days between two of them, so that it is composed once.
    """

    facts: frozenset[str]
    base: bool
    origin: bool
    metal: bool
    days: tuple[tuple[str, tuple[int, ...]], ...]

    def relevant(self, facts: Facts) -> Facts:
        """Return the declared facts that matter; amounts of chapter 98 are set against the value."""
        if not facts:
            return facts
        named = self.facts | {"value"} if "chapter_98" in facts else self.facts
        found = {k: v for k, v in facts.items() if k in named}
        for fact, days in self.days:
            value = found.get(fact)
            if isinstance(value, int):
                at = bisect_right(days, value)
                found[fact] = days[at - 1] if at else days[0] - 1
        return found

    def matters(self, setting: Setting) -> tuple[object, ...]:
        """Return what of a setting makes a difference: equal settings give equal outcomes."""
        return (
            setting.base.column,
            setting.serial if self.base else 0,
            setting.origin if self.origin else "",
            setting.own if self.metal else None,
        )


def stated(facts: Facts) -> Stated:
    """Return facts as part of a key."""
    return tuple(sorted(facts.items())) if facts else ()


def reach_of(entry: Entry | GapEntry) -> Reach:
    """Return what one entry depends on."""
    if isinstance(entry, GapEntry):
        return Reach(CLAIMED | {"claims"}, False, False, False, ())
    terms = entry.version.terms
    rates = [entry.rate, *(r for _, r in terms.columns)]
    days: dict[str, set[int]] = {}
    for fact, day in days_compared(terms.when):
        days.setdefault(fact, set()).add(day)
    facts = CLAIMED | facts_named(terms.when)
    metal = entry.basis in CONTENT_BASES
    if metal:
        facts |= CONTENT
    if entry.basis in US_BASES or any(isinstance(r, NonUsPart) for r in rates):
        facts |= {"us_content"}
    base = needs_base(terms.when) or any(isinstance(r, Total) for r in rates)
    if base or any(_needs_figures(r) for r in rates):
        facts |= FIGURES
    if any(isinstance(r, QuotaLimit) for r in rates):
        facts |= {"quota"}
    return Reach(facts, base, needs_origin(terms.when), metal, _ordered(days))


def together(reaches: Iterable[Reach]) -> Reach:
    """Return what several entries depend on."""
    reaches = tuple(reaches)
    days: dict[str, set[int]] = {}
    for reach in reaches:
        for fact, compared in reach.days:
            days.setdefault(fact, set()).update(compared)
    return Reach(
        CLAIMED.union(*(r.facts for r in reaches)),
        any(r.base for r in reaches),
        any(r.origin for r in reaches),
        any(r.metal for r in reaches),
        _ordered(days),
    )


def _ordered(days: dict[str, set[int]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((fact, tuple(sorted(compared))) for fact, compared in sorted(days.items()))


def _needs_figures(rate: Rate) -> bool:
    """Tell whether what a layer comes to depends on value and quantities."""
    match rate:
        case Form(_, specific, parts):
            return bool(specific or parts)
        case InLieuOfAll(form) | InLieuOfColumn2(form):
            return _needs_figures(form)
        case BoundedRate() | GreaterOf() | LesserOf() | Sliding():
            return True
        case _:
            return False
