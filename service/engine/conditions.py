"""Evaluation of conditions, three-valued, with the default verdict where a fact is not declared.

A condition is *known* true or false when the declared facts decide it; otherwise the undeclared facts that it
needed are noted, and the verdict is the one under their defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from service.engine.facts import Consulted, FactClass, default_of
from service.engine.refusals import ImpossibleFacts
from service.law.condition_text import condition_text
from service.law.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    BaseAtLeast,
    Before,
    Below,
    Between,
    ChargedUnder,
    Claims,
    ColumnIs,
    Condition,
    EnteredFree,
    FactIs,
    MetalAnyFrom,
    MetalFrom,
    Not,
    PreferenceIn,
    QuotaIs,
    UnitValue,
    Use,
)
from service.law.facts import FactDefinition, Facts, FactValue

METAL_ORIGIN_FACT = {
    "steel": "steel_melt_pour",
    "aluminum": "aluminum_smelt_cast",
    "copper": "copper_smelt_cast",
}
CONTENT_FACT = {"steel": "steel_content", "aluminum": "aluminum_content", "copper": "copper_content"}

ONE = Decimal(1)
ZERO = Decimal(0)


Charged = Mapping[str, Sequence[tuple[frozenset[tuple[str, bool]], bool]]]
"""Heading -> (cells, owed) of every line reported under it."""


class Surroundings(msgspec.Struct):
    """What conditions look at beside the declared facts.

    ``base_percent``: the counted base duty as a percentage, None if it cannot be told; ``base_free``: the column
    used charges nothing; ``charged``: what other programs reported so far; ``general_percent``: as ``base_percent``,
    of the first column; ``money``: the currency of the amounts that conditions name.
    """

    facts: Facts
    definitions: Mapping[str, FactDefinition]
    origin: str
    column: str
    base_percent: Decimal | None
    base_free: bool
    charged: Charged
    general_percent: Decimal | None = None
    money: str = ""


class Verdict(msgspec.Struct):
    """The outcome of a condition: ``known`` (None = undeclared facts decide), ``holds`` under the defaults.

    ``asked``: the undeclared facts that decide; none where the outcome is known.
    """

    known: bool | None
    holds: bool
    asked: tuple[Consulted, ...] = ()


TRUE = Verdict(True, True)
FALSE = Verdict(False, False)


class Evaluation:
    """One evaluation of one measure's condition; ``asked`` are the undeclared facts that decide it.

    ``counted``: the base duty the measure counts, that of the first column or the one applied.
    """

    def __init__(
        self,
        around: Surroundings,
        assume: Mapping[str, FactValue],
        classes: Mapping[str, FactClass],
        counted: Literal["general", "applied"] = "general",
    ) -> None:
        self.around = around
        self.assume = assume
        self.classes = classes
        self.counted = counted
        self.asked: tuple[Consulted, ...] = ()

    def holds(self, condition: Condition | None) -> bool:
        """Decide the condition; facts that a known verdict did not need are not noted."""
        if condition is None:
            return True
        verdict = self._verdict(condition)
        self.asked = verdict.asked
        return verdict.holds

    def _verdict(self, condition: Condition) -> Verdict:
        if isinstance(condition, Not):
            inner = self._verdict(condition.condition)
            return Verdict(None if inner.known is None else not inner.known, not inner.holds, inner.asked)
        if isinstance(condition, AllOf):
            return self._join(condition.conditions, deciding=False)
        if isinstance(condition, AnyOf):
            return self._join(condition.conditions, deciding=True)
        return self._atom(condition)

    def _join(self, conditions: tuple[Condition, ...], *, deciding: bool) -> Verdict:
        """Kleene conjunction (``deciding`` False) or disjunction (True); parts that are known ask for nothing."""
        verdicts = [self._verdict(c) for c in conditions]
        if any(v.known is deciding for v in verdicts):
            return Verdict(deciding, deciding)
        undecided = [v for v in verdicts if v.known is None]
        if not undecided:
            return Verdict(not deciding, not deciding)
        holds = any(v.holds for v in undecided) if deciding else all(v.holds for v in undecided)
        return Verdict(None, holds, tuple(a for v in undecided for a in v.asked))

    def _atom(self, condition: Condition) -> Verdict:  # noqa: C901 -- one case per predicate of the closed set
        around = self.around
        match condition:
            case FactIs(fact, value):
                probes = (value, not value) if isinstance(value, bool) else self._words(fact, (value,))
                return self._ask(fact, probes, lambda v: v == value or (isinstance(v, tuple) and value in v))
            case AtLeast(fact, least):
                return self._number(fact, (least,), lambda v: v >= least)
            case Below(fact, limit):
                return self._number(fact, (limit,), lambda v: v < limit)
            case Between(fact, low, high):
                return self._number(fact, (low, high), lambda v: low <= v < high)
            case UnitValue():
                return self._unit_value(condition)
            case Before(fact, day):
                return self._ask(fact, (day - 1, day), lambda v: isinstance(v, int) and v < day)
            case Claims(headings):
                wanted = set(headings)
                return self._ask(
                    "claims", ((headings[0],),), lambda v: isinstance(v, tuple) and bool(wanted & set(v))
                )
            case PreferenceIn(symbols):
                return self._ask("preference", tuple(symbols), lambda v: v in symbols)
            case EnteredFree():
                if not around.base_free:
                    return FALSE
                return self._ask("preference", (), lambda v: v is not None)
            case ColumnIs(column):
                return TRUE if around.column == column else FALSE
            case BaseAtLeast(percent):
                return self._base_at_least(percent)
            case MetalFrom(metal, countries, share):
                return self._ask(
                    METAL_ORIGIN_FACT[metal],
                    (((countries[0], ONE),),),
                    lambda v: isinstance(v, tuple) and _share_of(v, countries) >= share,
                )
            case MetalAnyFrom(metal, countries):
                return self._metal_any(metal, countries)
            case ChargedUnder(headings, owed_only):
                reported = [line for h in headings for line in around.charged.get(h, ())]
                return TRUE if any(owed or not owed_only for _, owed in reported) else FALSE
            case QuotaIs(_, state):
                return self._ask("quota", ("in", "over"), lambda v: v == state)
            case Use(uses):
                return self._ask("end_use", self._words("end_use", uses), lambda v: v in uses)
            case _:
                raise TypeError(f"not a predicate: {condition!r}")

    def _ask(self, fact: str, probes: tuple[FactValue, ...], test: Callable[[FactValue | None], bool]) -> Verdict:
        if fact in self.around.facts and not self._in_other_money(fact):
            return TRUE if test(self.around.facts[fact]) else FALSE
        assumed = default_of(self.around.definitions, fact, self.assume)
        return Verdict(None, assumed is not None and test(assumed), (self._consulted(fact, assumed, probes),))

    def _in_other_money(self, fact: str) -> bool:
        """Tell whether a fact is an amount declared in another money than that of the law: it cannot be compared."""
        if not in_other_money(self.around.facts, self.around.money):
            return False
        definition = self.around.definitions.get(fact)
        return definition is not None and definition.type == "amount"

    def _words(self, fact: str, words: tuple[str, ...]) -> tuple[FactValue, ...]:
        """Return the words to try; where one of them is assumed, the others the fact knows too."""
        definition = self.around.definitions.get(fact)
        if definition is None or definition.type not in ("enum", "flags"):
            return words
        if definition.type == "flags":
            return tuple((w,) for w in words)
        if default_of(self.around.definitions, fact, self.assume) not in words:
            return words
        return words + tuple(w for w in definition.values if w not in words)

    def _number(self, fact: str, marks: tuple[Decimal, ...], test: Callable[[Decimal], bool]) -> Verdict:
        """Try the marks and a number on the other side of them, first those for which the test holds."""
        definition = self.around.definitions.get(fact)
        kind = definition.type if definition is not None else "amount"
        tried: dict[FactValue, None]
        if kind == "year":
            tried = dict.fromkeys(y for m in marks for y in (int(m), int(m) - 1))
        else:
            tried = dict.fromkeys((*marks, ZERO, ONE) if kind == "share" else (*marks, ZERO))
        probes = sorted(tried, key=lambda v: not test(Decimal(v)))  # type: ignore[arg-type]
        return self._ask(fact, tuple(probes), lambda v: v is not None and test(Decimal(v)))  # type: ignore[arg-type]

    def _unit_value(self, bracket: UnitValue) -> Verdict:
        """Decide a bracket by value and quantity; without them by the claim of its heading, if one is claimed.

        Raises ``ImpossibleFacts`` where a claim contradicts the figures, or two brackets of the ladder are claimed.
        """
        facts = self.around.facts
        declared = facts.get("claims")
        claimed = [h for h in bracket.among if h in declared] if isinstance(declared, tuple) else []
        known = unit_value(facts, bracket)
        if known is not None:
            holds = Fraction(bracket.low) <= known and (bracket.high is None or known < Fraction(bracket.high))
            wrong = next((h for h in claimed if h != bracket.heading), None) if holds else None
            if wrong is not None:
                raise ImpossibleFacts(
                    "claims",
                    f"{wrong} is claimed, but goods {condition_text(bracket)} fall under {bracket.heading}: "
                    "so say the value and the quantity declared",
                )
            return TRUE if holds else FALSE
        if len(claimed) > 1:
            raise ImpossibleFacts(
                "claims", f"of {', '.join(claimed)} one at most can be claimed: each is one bracket"
            )
        if bracket.heading in claimed:
            return TRUE
        # A value or a quantity of its own chooses no bracket, so there is no single figure worth trying.
        asked = [self._consulted(fact, None, ()) for fact in figures_missing(facts, bracket)]
        if "claims" not in facts:
            asked.append(self._consulted("claims", None, ((bracket.heading,),)))
        return Verdict(None, False, tuple(asked))

    def _base_at_least(self, percent: Decimal) -> Verdict:
        around = self.around
        counted = around.base_percent if self.counted == "applied" else around.general_percent
        if counted is not None:
            return TRUE if counted >= percent else FALSE
        return self._ask("base_ave", (ZERO, percent), lambda v: isinstance(v, Decimal) and v >= percent)

    def _metal_any(self, metal: str, countries: tuple[str, ...]) -> Verdict:
        fact = METAL_ORIGIN_FACT[metal]
        declared = self.around.facts.get(fact)
        if isinstance(declared, tuple):
            return TRUE if _share_of(declared, countries) > 0 else FALSE
        # The metal is taken to come from the country of origin unless the entry says otherwise.
        assumed = ((self.around.origin, ONE),)
        asked = self._consulted(fact, assumed, (((countries[0], ONE),), assumed))
        return Verdict(None, self.around.origin in countries, (asked,))

    def _consulted(self, fact: str, assumed: FactValue | None, probes: tuple[FactValue, ...]) -> Consulted:
        return consulted(self.around.definitions, self.classes, fact, assumed, probes)


def in_other_money(facts: Facts, money: str) -> bool:
    """Tell whether amounts are declared in another money; what states none is in that of the law."""
    return facts.get("currency", money) != money


def unit_value(facts: Facts, bracket: UnitValue) -> Fraction | None:
    """Return the exact customs value per unit, or None where value or quantity is not declared (or nothing)."""
    value = facts.get("value")
    quantity = _quantity(facts, bracket.unit)
    if figures_missing(facts, bracket) or not isinstance(value, Decimal) or quantity is None:
        return None
    return Fraction(value) / Fraction(quantity)


def figures_missing(facts: Facts, bracket: UnitValue) -> tuple[str, ...]:
    """Return the facts without which the value per unit is not known; an amount in another money is no value here."""
    value = facts.get("value")
    stated = isinstance(value, Decimal) and value > 0 and not in_other_money(facts, bracket.currency)
    missing = () if stated else ("value",)
    return missing if _quantity(facts, bracket.unit) else (*missing, "quantities")


def _quantity(facts: Facts, unit: str) -> Decimal | None:
    pairs = facts.get("quantities")
    found = dict(pairs).get(unit) if isinstance(pairs, tuple) else None  # type: ignore[arg-type]
    return found if isinstance(found, Decimal) and found > 0 else None


def consulted(
    definitions: Mapping[str, FactDefinition],
    classes: Mapping[str, FactClass],
    fact: str,
    assumed: FactValue | None,
    probes: tuple[FactValue, ...],
) -> Consulted:
    """Note an undeclared fact, in the class the measure gives it or else its own."""
    definition = definitions.get(fact)
    class_ = classes.get(fact) or (definition.class_ if definition is not None else "exceptional")
    return Consulted(fact, class_, assumed, probes)


def _share_of(shares: tuple[object, ...], countries: tuple[str, ...]) -> Decimal:
    return sum((pair[1] for pair in shares if isinstance(pair, tuple) and pair[0] in countries), ZERO)


def facts_named(condition: Condition | None) -> frozenset[str]:  # noqa: C901 -- one case per predicate of the closed set
    """Return the names of the facts a condition may ask for."""
    match condition:
        case None | ColumnIs() | ChargedUnder():
            return frozenset()
        case Not(inner):
            return facts_named(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return frozenset[str]().union(*(facts_named(c) for c in conditions))
        case AtLeast(fact) | Below(fact) | Between(fact):
            return frozenset((fact, "currency"))  # an amount in another money cannot be compared
        case FactIs(fact) | Before(fact):
            return frozenset((fact,))
        case Claims():
            return frozenset(("claims",))
        case UnitValue():
            return frozenset(("value", "currency", "quantities", "claims"))
        case PreferenceIn() | EnteredFree():
            return frozenset(("preference",))
        case BaseAtLeast():
            return frozenset(("base_ave",))
        case MetalFrom(metal) | MetalAnyFrom(metal):
            return frozenset((METAL_ORIGIN_FACT[metal],))
        case QuotaIs():
            return frozenset(("quota",))
        case Use():
            return frozenset(("end_use",))
        case _:
            raise TypeError(f"not a predicate: {condition!r}")


def days_compared(condition: Condition | None) -> tuple[tuple[str, int], ...]:
    """Return (fact, day) for each comparison with a day inside a condition."""
    match condition:
        case Before(fact, day):
            return ((fact, day),)
        case Not(inner):
            return days_compared(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return tuple(pair for c in conditions for pair in days_compared(c))
        case _:
            return ()


def symbols_named(condition: Condition | None) -> frozenset[str]:
    """Return the special-program symbols a condition asks for."""
    match condition:
        case PreferenceIn(symbols):
            return frozenset(symbols)
        case Not(inner):
            return symbols_named(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return frozenset[str]().union(*(symbols_named(c) for c in conditions))
        case _:
            return frozenset()


def needs_base(condition: Condition | None) -> bool:
    """Tell whether a condition looks at the base duty."""
    match condition:
        case EnteredFree() | BaseAtLeast():
            return True
        case Not(inner):
            return needs_base(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return any(needs_base(c) for c in conditions)
        case _:
            return False


def needs_origin(condition: Condition | None) -> bool:
    """Tell whether a condition takes metal to come from the country of origin where nothing is declared of it."""
    match condition:
        case MetalAnyFrom():
            return True
        case Not(inner):
            return needs_origin(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return any(needs_origin(c) for c in conditions)
        case _:
            return False


def relations(condition: Condition | None) -> tuple[ChargedUnder, ...]:
    """Return the references to other programs inside a condition."""
    match condition:
        case ChargedUnder():
            return (condition,)
        case Not(inner):
            return relations(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return tuple(r for c in conditions for r in relations(c))
        case _:
            return ()
