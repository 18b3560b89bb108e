"""Outcomes with their range and what could change them, cached by the entries that made them.

Questions about different codes and days mostly meet the same entries; what is composed once for a set of entries,
an origin and a column serves all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import msgspec

from service.engine.amounts import Charge, extremes
from service.engine.answers import Assumption, Layer, Refundable
from service.engine.bounded import Bounded
from service.engine.cells import METALS
from service.engine.compose import Arranged, Composer
from service.engine.conditions import CONTENT_FACT, days_compared, facts_named, needs_base
from service.engine.index import Entry, GapEntry, Index
from service.engine.ledger import combine
from service.engine.outcome import BaseOutcome, Outcome, Part, Tally, tally
from service.engine.refusals import ImpossibleFacts
from service.law.facts import Facts, FactValue
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
from service.law.terms import Act

ONE = Decimal(1)
BRANCHES = 256
DECLARED = 4
"""Part of the room kept for outcomes of declared facts."""
FIGURES = frozenset(("value", "currency", "quantities", "part_values", "base_ave"))
CLAIMED = frozenset(("chapter_98", "foreign_work_value", "us_parts_value"))
CONTENT = frozenset(CONTENT_FACT.values())
CONTENT_BASES = frozenset((*METALS, "rest", "those_cells"))
US_BASES = frozenset(("us_content", "non_us_content", "those_cells"))

Over = tuple[Decimal, Charge]
"""What lies over the base: the share of the value on which the base is kept, and the charge."""


Could = tuple[tuple[str, tuple[tuple[FactValue, Over], ...]], ...]
"""Per exceptional fact, the values that change something and what they would lay over the base."""


class Surface(msgspec.Struct, gc=False):
    """An outcome ready for answers.

    ``spread``: what may lie over the base, over all ordinary undeclared facts. ``signature``: what must stay the same
    for an answer to count as constant. ``could`` is found when first asked for (``Surfaces.could``).
    """

    serial: int
    outcome: Outcome
    layers: tuple[Layer, ...]
    spread: tuple[Over, ...]
    assumptions: tuple[Assumption, ...]
    signature: tuple[object, ...]
    could: Could | None = None


class Setting(msgspec.Struct, frozen=True, gc=False):
    """What some entries are composed over: the origin, the metal of the chapter, the base duty and its identity."""

    origin: str
    own: str | None
    base: BaseOutcome
    serial: int


class Reach(msgspec.Struct, frozen=True, gc=False):
    """What a set of entries depends on: the names of facts, and whether it looks at the base duty.

    ``days``: the days that conditions compare a date with, per fact. A declared day stands for all days between two
    of them, so that it is composed once.
    """

    facts: frozenset[str]
    base: bool
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


class Surfaces:
    """Composes and keeps surfaces."""

    def __init__(self, index: Index, composer: Composer, acts: dict[str, Act], size: int) -> None:
        self.index = index
        self.composer = composer
        self.acts = acts
        self.kept: Bounded[Surface] = Bounded(size)
        self._parts: Bounded[Part] = Bounded(size)
        # Declared facts make many outcomes that are seldom asked again: they must not push out the common ones.
        self._declared: Bounded[Surface] = Bounded(size // DECLARED)
        self._declared_parts: Bounded[Part] = Bounded(size // DECLARED)
        self._tried: Bounded[Part] = Bounded(size)
        self._arrangements: Bounded[Arranged] = Bounded(size // 2)
        self._reaches: Bounded[Reach] = Bounded(3 * size)
        self._distinct: dict[Reach, Reach] = {}
        self._serial = count(1)

    def reach(self, mask: int) -> Reach:
        """Return what the entries of a mask depend on."""
        found = self._reaches.get(mask)
        if found is None:
            components = self.index.components(mask)
            if len(components) > 1:
                reaches = [self.reach(c) for c in components]
                facts = frozenset[str]().union(*(r.facts for r in reaches)) | {"claims"}
                days: dict[str, set[int]] = {}
                for reach in reaches:
                    for fact, compared in reach.days:
                        days.setdefault(fact, set()).update(compared)
                found = Reach(facts, any(r.base for r in reaches), _ordered(days))
            else:
                found = _reach(self.index.listed(mask))
            # Masks are many, what they depend on is one of a few hundred things: equal ones are one object.
            found = self._reaches.put(mask, self._distinct.setdefault(found, found))
        return found

    def surface(
        self, mask: int, law: int, origin: str, own: str | None, base: BaseOutcome, serial: int, facts: Facts
    ) -> Surface:
        """Return the surface of some entries over a base duty.

        ``law``: the entries of the law view, from which refunds follow; equal to ``mask`` when that view is asked.
        ``serial``: identity of the base outcome.
        """
        reach = self.reach(mask)
        declared = reach.relevant(facts)
        stated = tuple(sorted(declared.items())) if declared else ()
        key = (mask, law, origin, own, base.column, stated, serial if reach.base else 0)
        kept = self._declared if stated else self.kept
        found = kept.get(key)
        if found is None:
            setting = Setting(origin, own, base, serial if reach.base else 0)
            found = kept.put(key, self._build(mask, law, setting, declared))
        return found

    def could(self, surface: Surface, mask: int, setting: Setting, facts: Facts) -> Could:
        """Return what each exceptional undeclared fact would change; found once per surface.

        ``mask``, ``setting`` and ``facts`` are those the surface was made of.
        """
        if surface.could is None:
            declared = self.reach(mask).relevant(facts)
            now = self._tally(mask, setting, declared)
            surface.could = tuple(_could(lambda more: self._tally(mask, setting, more), declared, now))
        return surface.could

    def _build(self, mask: int, law: int, setting: Setting, facts: Facts) -> Surface:
        claims = facts.get("claims")
        claimed = [c for c in claims if isinstance(c, str)] if isinstance(claims, tuple) else []
        mine = self._all_parts(mask, setting, facts)
        outcome = combine(mine, self.index.gaps(mask), claimed, self.composer.present)
        ways = branches(lambda declared: self._tally(mask, setting, declared), facts, tally(mine))
        spread = _bounds([_over(way) for way in ways])
        layers = outcome.layers
        if law != mask:
            owed = {(x.program, x.measure) for p in self._all_parts(law, setting, facts) for _, x in p.layers}
            layers = tuple(self._refundable(layer, owed, law) for layer in layers)
        assumptions = tuple(self.composer.present.assumption(c) for c in outcome.consulted)
        return Surface(next(self._serial), outcome, layers, spread, assumptions, _signature(outcome, spread))

    def _all_parts(self, mask: int, setting: Setting, facts: Facts) -> list[Part]:
        return [self._part(component, setting, facts) for component in self.index.components(mask)]

    def _tally(self, mask: int, setting: Setting, facts: Facts) -> Tally:
        """Add up what some entries come to under facts that are tried; what they do not touch is composed already."""
        return tally([self._part(component, setting, facts, told=False) for component in self.index.components(mask)])

    def _part(self, mask: int, setting: Setting, facts: Facts, *, told: bool = True) -> Part:
        """Compose one component of programs; kept, since few of them make up all surfaces.

        Without ``told`` the part may lack layers and reasons.
        """
        reach = self.reach(mask)
        declared = reach.relevant(facts)
        stated = tuple(sorted(declared.items())) if declared else ()
        origin, own, base = setting.origin, setting.own, setting.base
        key = (mask, origin, own, base.column, stated, setting.serial if reach.base else 0)
        if not stated:
            kept, told = self._parts, True
        else:
            kept = self._declared_parts if told else self._tried
        found = kept.get(key)
        if found is None:
            arranged = self._arranged(mask, base.column)
            found = kept.put(key, self.composer.part(arranged, base, declared, origin, own, told=told))
        return found

    def _arranged(self, mask: int, column: str) -> Arranged:
        key = (mask, column)
        found = self._arrangements.get(key)
        if found is None:
            found = self._arrangements.put(key, self.composer.arrange(self.index.measures(mask), column))
        return found

    def _refundable(self, layer: Layer, owed: set[tuple[str, str]], law: int) -> Layer:
        """Mark a layer that the law view does not have, with the act that emptied it there."""
        if not (layer.ad_valorem_percent or layer.specific or layer.parts):
            return layer
        if (layer.program, layer.measure) in owed:
            return layer
        for entry in self.index.measures(law):
            if entry.program.id == layer.program and entry.measure.id == layer.measure:
                act = self.acts[entry.version.acts[0]]
                return msgspec.structs.replace(layer, refundable=Refundable(act.id, act.announced))
        return layer


def _could(
    run: Callable[[Facts], Tally], facts: Facts, now: Tally
) -> list[tuple[str, tuple[tuple[FactValue, Over], ...]]]:
    """Try each exceptional fact by itself, with each value worth trying."""
    found = []
    for item in now.consulted:
        if item.class_ != "exceptional":
            continue
        differing = []
        for value in item.probes:
            try:
                changed = _over(run({**facts, item.fact: value}))
            except ImpossibleFacts:
                continue
            if changed != _over(now):
                differing.append((value, changed))
        if differing:
            found.append((item.fact, tuple(differing)))
    return found


def branches(run: Callable[[Facts], Tally], facts: Facts, first: Tally) -> list[Tally]:
    """Return the outcomes over all values worth trying of the ordinary undeclared facts that were consulted.

    Branches only where a fact was asked for; at most ``BRANCHES`` outcomes.
    """
    outcomes = [first]
    waiting: list[tuple[Facts, Tally]] = [(facts, first)]
    while waiting and len(outcomes) < BRANCHES:
        declared, outcome = waiting.pop()
        item = next((c for c in outcome.consulted if c.class_ == "ordinary" and c.fact not in declared), None)
        if item is None:
            continue
        for value in item.probes:
            changed = {**declared, item.fact: value}
            try:
                result = run(changed)
            except ImpossibleFacts:
                continue
            outcomes.append(result)
            waiting.append((changed, result))
    return outcomes


def _over(outcome: Tally) -> Over:
    return (outcome.base_kept, outcome.charge)


def _bounds(spread: list[Over]) -> tuple[Over, ...]:
    """Return what bounds the total: two ends where the base is kept whole, else every way that differs."""
    if all(kept == ONE for kept, _ in spread):
        low, high = extremes([charge for _, charge in spread])
        return ((ONE, low), (ONE, high))
    return tuple(dict.fromkeys(spread))


def _signature(outcome: Outcome, spread: tuple[Over, ...]) -> tuple[object, ...]:
    layers = tuple(layer_signature(x) for x in outcome.layers)
    # An answer that meets a program not covered shows no bounds, so they cannot change it.
    bounds = () if outcome.incomplete else spread
    return (layers, outcome.base_kept, outcome.charge, bounds, outcome.prohibited, outcome.quota)


def layer_signature(layer: Layer) -> tuple[object, ...]:
    """Return what of a layer must stay the same for an answer to count as constant."""
    return (
        layer.program,
        layer.measure,
        layer.percent,
        layer.ad_valorem_percent,
        layer.specific,
        layer.share,
    )


def _reach(entries: list[Entry | GapEntry]) -> Reach:
    facts: set[str] = set(CLAIMED)
    days: dict[str, set[int]] = {}
    base = False
    for entry in entries:
        if isinstance(entry, GapEntry):
            facts.add("claims")
            continue
        terms = entry.version.terms
        facts |= facts_named(terms.when)
        rates = [entry.rate, *(r for _, r in terms.columns)]
        for fact, day in days_compared(terms.when):
            days.setdefault(fact, set()).add(day)
        if entry.basis in CONTENT_BASES:
            facts |= CONTENT
        if entry.basis in US_BASES or any(isinstance(r, NonUsPart) for r in rates):
            facts.add("us_content")
        if needs_base(terms.when) or any(isinstance(r, Total) for r in rates):
            base = True
            facts |= FIGURES
        if any(_needs_figures(r) for r in rates):
            facts |= FIGURES
        if any(isinstance(r, QuotaLimit) for r in rates):
            facts.add("quota")
    return Reach(frozenset(facts), base, _ordered(days))


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
