"""Composition: the base duty, and programs in the order their relations demand, each deciding cell by cell.

Pure: the same entries, facts and base give the same outcome. Caching is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from service.engine.amounts import NOTHING, Charge, charge_of, equivalent, figures
from service.engine.cells import Cell
from service.engine.conditions import Charged, Surroundings, relations, symbols_named
from service.engine.facts import Consulted, merge
from service.engine.index import Entry
from service.engine.ledger import Ledger
from service.engine.lines import LineRates
from service.engine.outcome import BaseOutcome, Part
from service.engine.present import Presenter
from service.engine.reach import Reach
from service.engine.refusals import ImpossibleFacts
from service.engine.walk import assumptions_of, rate_in, walk
from service.law.facts import FactDefinition, Facts, FactValue
from service.law.importer import Importer
from service.law.rates import (
    Exempt,
    FromSchedule,
    GreaterOf,
    LesserOf,
    NoChange,
    Rate,
    Silent,
    Unresolved,
)
from service.law.terms import Act, Program

ZERO = Decimal(0)
ONE = Decimal(1)


class Step(msgspec.Struct, frozen=True, gc=False):
    """One program in its turn.

    ``bits``: the mask of its entries; ``reach``: what they depend on; ``headings``: those of other programs that they
    refer to.
    """

    program: Program
    entries: tuple[Entry, ...]
    bits: int
    reach: Reach
    headings: frozenset[str]


class Arranged(msgspec.Struct, frozen=True, gc=False):
    """Programs in the order of their relations, the bases they charge on, and the metal content they assume."""

    steps: tuple[Step, ...]
    bases: frozenset[str]
    contents: Mapping[str, Decimal]


class Walked(msgspec.Struct, frozen=True, gc=False):
    """What one program came to, and what it reported: (heading, cells, whether anything is owed on them).

    ``told``: layers and reasons are in it, not only sums.
    """

    part: Part
    reported: tuple[tuple[str, frozenset[Cell], bool], ...]
    told: bool


class Composer:
    """Composes answers under the law of one importer."""

    def __init__(
        self, importer: Importer, definitions: Mapping[str, FactDefinition], acts: Mapping[str, Act]
    ) -> None:
        self.importer = importer
        self.definitions = definitions
        self.present = Presenter(acts, definitions, importer.currency)

    # -- the base duty ----------------------------------------------------------------------------------------

    def base(self, entries: list[Entry], rates: LineRates, facts: Facts, origin: str) -> BaseOutcome:
        """Decide the base duty: the first measure of the base program whose column has a rate for the entry."""
        first = self.importer.columns[0]

        def resolve(entry: Entry, rate: Rate) -> Rate | None:
            if isinstance(rate, GreaterOf | LesserOf):
                stated = [one for one in rate.rates if not isinstance(one, FromSchedule) or rates.text(one.column)]
                chosen = [r for r in (resolve(entry, one) for one in stated or rate.rates) if r is not None]
                return chosen[0] if len(chosen) == 1 else type(rate)(tuple(chosen))
            if not isinstance(rate, FromSchedule):
                return rate
            if not rate.by_preference:
                return rates.rate(rate.column) or Unresolved("no rate is stated in this column")
            symbol = facts.get("preference")
            return rates.preferences(rate.column).get(symbol) if isinstance(symbol, str) else None

        def offer(entry: Entry, rate: Rate) -> tuple[FactValue, ...] | None:
            """Name the preferences the line offers to this entry; none declared and none offered is not told."""
            if not isinstance(rate, FromSchedule) or not rate.by_preference or "preference" in facts:
                return None
            open_to = symbols_named(entry.version.terms.when)
            return tuple(s for s in rates.preferences(rate.column) if s in open_to)

        around = Surroundings(facts, self.definitions, origin, "", None, False, {}, money=self.importer.currency)
        share, more = self._assessed(entries[0].program, facts)
        given = figures(facts, self.importer.percent_places)
        found = walk(entries, {("rest", False): share}, around, resolve, offer)
        charge, unit, column, reads, layers = NOTHING, NOTHING, first, frozenset[str](), []
        for decision in found.decisions:
            part = NOTHING if isinstance(decision.rate, Exempt | NoChange) else charge_of(decision.rate, given)
            column = _column(decision.entry) or column
            reads |= columns_named(decision.entry.version.terms.rate)
            charge, unit = charge + part.times(decision.share), unit + part
            layers.append(self.present.layer(decision, part, given))
        general_rate = rates.rate(first)
        general = charge_of(general_rate, given) if general_rate is not None else NOTHING
        declared = facts.get("base_ave")
        known = declared if isinstance(declared, Decimal) else None
        return BaseOutcome(
            column,
            charge,
            general,
            equivalent(unit, given) if known is None or unit.ad_valorem else known,
            equivalent(general, given) if known is None or general.ad_valorem else known,
            tuple(layers),
            tuple(self.present.skipped(s) for s in found.skipped),
            merge(found.asked + more),
            unit,
            share,
            reads or frozenset((column,)),
        )

    # -- everything laid over it ------------------------------------------------------------------------------

    def arrange(self, entries: list[Entry], column: str, step: Callable[[Program, list[Entry]], Step]) -> Arranged:
        """Prepare some programs for composition: their order, and what they say of undeclared metal content.

        ``step`` makes the step of a program, or finds the one made before.

        Raises ``ValueError`` when they refer to each other in a circle, which the load check rules out.
        """
        defaults = {}
        for entry in entries:
            for name, value in assumptions_of(entry, self.definitions).items():
                if name.endswith("_content") and isinstance(value, Decimal):
                    defaults[name.removesuffix("_content")] = value
        steps = tuple(step(program, mine) for program, mine in in_order(entries, column))
        return Arranged(steps, frozenset(e.basis for e in entries), defaults)

    def program(
        self, step: Step, around: Surroundings, base: BaseOutcome, cells: Mapping[Cell, Decimal], *, told: bool
    ) -> Walked:
        """Let one program decide on the cells of the value, after all those it refers to.

        ``around.charged``: what the headings it refers to reported. Without ``told`` only the sums are made: no
        layers, no account of what does not apply.
        """
        facts = around.facts
        given = figures(facts, self.importer.percent_places)
        share, asked = self._assessed(step.program, facts)
        ledger = Ledger(self.present if told else None, self.definitions, base, facts, given, asked)
        assessed = cells if share == ONE else {c: s * share for c, s in cells.items()}
        found = walk(step.entries, assessed if share else {}, around)
        ledger.enter(found)
        reported = tuple(
            (d.entry.measure.heading, d.cells, not isinstance(d.rate, Exempt | NoChange) and not ledger.last_free(d))
            for d in found.decisions
        )
        return Walked(ledger.close(), reported, told)

    def surroundings(self, facts: Facts, origin: str, base: BaseOutcome, charged: Charged) -> Surroundings:
        """Return what the conditions of programs over a base duty look at."""
        return Surroundings(
            facts,
            self.definitions,
            origin,
            base.column,
            base.equivalent,
            _is_free(base.applied),
            charged,
            base.general_equivalent,
            self.importer.currency,
        )

    def _assessed(self, program: Program, facts: Facts) -> tuple[Decimal, list[Consulted]]:
        """Return the share of the value a program is charged on, given a claimed chapter 98 heading."""
        claimed = facts.get("chapter_98")
        if not isinstance(claimed, str) or program.chapter_98 == "not_affected":
            return ONE, []
        digits = claimed.replace(".", "")
        rules = sorted(self.importer.chapter_98.items(), key=lambda r: -len(r[0]))
        rule = next((kind for prefix, kind in rules if digits.startswith(prefix.replace(".", ""))), None)
        if rule is None:
            return ONE, []
        full = self.importer.full_for_60
        if (
            full is not None
            and program.chapter_98 == "standard_but_60_full"
            and digits.startswith(full.replace(".", ""))
        ):
            return ONE, []
        fact = {"work": "foreign_work_value", "less_parts": "us_parts_value"}.get(rule)
        if fact is not None and fact not in facts:
            return ONE, [Consulted(fact, "ordinary", None, (ZERO, ONE))]
        return _rule_share(rule, facts), []


def columns_named(rate: Rate) -> frozenset[str]:
    """Return the columns of the base schedule a rate reads."""
    match rate:
        case FromSchedule(column):
            return frozenset((column,))
        case GreaterOf(rates) | LesserOf(rates):
            return frozenset[str]().union(*(columns_named(r) for r in rates))
        case _:
            return frozenset()


def _rule_share(rule: str, facts: Facts) -> Decimal:
    if rule == "none":
        return ZERO
    stated = facts.get("foreign_work_value" if rule == "work" else "us_parts_value")
    if not isinstance(stated, Decimal):
        return ONE
    value = facts.get("value")
    if stated > ONE and not (isinstance(value, Decimal) and value):
        raise ImpossibleFacts("value", f"{stated} is an amount: declare the value of the goods too, or a share of it")
    part = min(stated / value if stated > ONE and isinstance(value, Decimal) else stated, ONE)
    return part if rule == "work" else ONE - part


def _column(entry: Entry) -> str | None:
    rate = entry.version.terms.rate
    return rate.column if isinstance(rate, FromSchedule) else None


def _is_free(charge: Charge) -> bool:
    return charge.ad_valorem and not charge.percent


def in_order(entries: list[Entry], column: str) -> list[tuple[Program, list[Entry]]]:
    """Group entries by program, each program after those whose headings its conditions refer to.

    A measure that is silent in the ``column`` of the entry neither refers nor is referred to.

    Raises ``ValueError`` on a cycle, which the load check rules out.
    """
    mine: dict[str, list[Entry]] = {}
    by_heading: dict[str, set[str]] = {}
    for entry in entries:
        mine.setdefault(entry.program.id, []).append(entry)
        if not isinstance(rate_in(entry, column), Silent):
            by_heading.setdefault(entry.measure.heading, set()).add(entry.program.id)
    after: dict[str, set[str]] = {
        name: {
            other
            for e in group
            if not isinstance(rate_in(e, column), Silent)
            for relation in relations(e.version.terms.when)
            for heading in relation.headings
            for other in by_heading.get(heading, ())
            if other != name
        }
        for name, group in mine.items()
    }
    ordered: list[tuple[Program, list[Entry]]] = []
    done: set[str] = set()
    waiting = list(mine)
    while waiting:
        ready = [name for name in waiting if after[name] <= done]
        if not ready:
            raise ValueError("programs yield to each other in a circle: " + ", ".join(waiting))
        ordered += [(mine[name][0].program, mine[name]) for name in ready]
        done.update(ready)
        waiting = [name for name in waiting if name not in done]
    return ordered
