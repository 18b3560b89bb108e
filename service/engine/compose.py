"""Composition: programs in the order their relations demand, each deciding cell by cell, laid over the base duty.

Pure: the same entries, facts and base give the same outcome. Caching is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from service.engine.amounts import NOTHING, Charge, Figures, charge_of, dearness, equivalent, figures
from service.engine.answers import Announced, Layer, NotApplied, Notice, Prohibition, QuotaState
from service.engine.cells import partition, undeclared_content
from service.engine.conditions import Surroundings, relations, symbols_named
from service.engine.facts import Consulted, merge
from service.engine.index import Entry
from service.engine.lines import LineRates
from service.engine.outcome import BaseOutcome, Outcome, Part, tally
from service.engine.present import Presenter
from service.engine.walk import Decision, Walk, assumptions_of, walk
from service.law.facts import FactDefinition, Facts, FactValue
from service.law.importer import Importer, NotCovered
from service.law.rates import (
    Exempt,
    FromSchedule,
    GreaterOf,
    InLieuOfAll,
    InLieuOfColumn2,
    LesserOf,
    NoChange,
    NonUsPart,
    Prohibited,
    QuotaLimit,
    Rate,
    Total,
    Unresolved,
)
from service.law.terms import Act, Program

ZERO = Decimal(0)
ONE = Decimal(1)


class Composer:
    """Composes answers under the law of one importer."""

    def __init__(
        self, importer: Importer, definitions: Mapping[str, FactDefinition], acts: Mapping[str, Act]
    ) -> None:
        self.importer = importer
        self.definitions = definitions
        self.present = Presenter(acts, definitions)

    # -- the base duty ----------------------------------------------------------------------------------------

    def base(self, entries: list[Entry], rates: LineRates, facts: Facts, origin: str) -> BaseOutcome:
        """Decide the base duty: the first measure of the base program whose column has a rate for the entry."""
        first = self.importer.columns[0]

        def resolve(entry: Entry, rate: Rate) -> Rate | None:
            if isinstance(rate, GreaterOf | LesserOf):
                return type(rate)(tuple(r for r in (resolve(entry, one) for one in rate.rates) if r is not None))
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

        around = Surroundings(facts, self.definitions, origin, "", None, False, {})
        share, more = self._assessed(entries[0].program, facts)
        given = figures(facts, self.importer.percent_places)
        found = walk(entries, {("rest", False): share} if share else {}, around, resolve, offer)
        charge, column, layers = NOTHING, first, []
        for decision in found.decisions:
            part = charge_of(decision.rate, given)
            column = _column(decision.entry) or column
            charge = charge + part.times(decision.share)
            layers.append(self.present.layer(decision, part, given))
        general_rate = rates.rate(first)
        general = charge_of(general_rate, given) if general_rate is not None else NOTHING
        declared = facts.get("base_ave")
        known = declared if isinstance(declared, Decimal) else None
        return BaseOutcome(
            column,
            charge,
            general,
            known if known is not None else equivalent(charge, given),
            known if known is not None else equivalent(general, given),
            tuple(layers),
            tuple(self.present.skipped(s) for s in found.skipped),
            merge(found.asked + more),
        )

    # -- everything laid over it ------------------------------------------------------------------------------

    def part(self, entries: list[Entry], base: BaseOutcome, facts: Facts, origin: str, own: str | None) -> Part:
        """Compose some programs other than the base, with all those they refer to.

        ``own``: the metal the code's chapter is made of. Where undeclared metal content may lie in several ways, the
        dearest is taken.
        """
        listed = {e.basis for e in entries}
        defaults = {}
        for entry in entries:
            if entry.row is not None:
                for name, value in assumptions_of(entry, self.definitions).items():
                    if name.endswith("_content") and isinstance(value, Decimal):
                        defaults[name.removesuffix("_content")] = value
        placements, asked = undeclared_content(facts, listed, own, defaults)
        parts = [self._compose(entries, base, facts, origin, placed, asked) for placed in placements]
        return parts[0] if len(parts) == 1 else max(parts, key=lambda p: dearness(tally([p]).with_base(base.charge)))

    def _compose(
        self,
        entries: list[Entry],
        base: BaseOutcome,
        facts: Facts,
        origin: str,
        placed: Mapping[str, Decimal],
        asked: list[Consulted],
    ) -> Part:
        cells = partition(facts, placed)
        around = Surroundings(
            facts, self.definitions, origin, base.column, base.equivalent, _is_free(base.charge), {}
        )
        ledger = Ledger(self, base, facts, list(asked))
        for program, mine in in_order(entries):
            share, more = self._assessed(program, facts)
            ledger.asked.extend(more)
            assessed = cells if share == ONE else {c: s * share for c, s in cells.items()}
            found = walk(mine, assessed if share else {}, around)
            ledger.enter(found)
            for decision in found.decisions:
                owed = not isinstance(decision.rate, Exempt | NoChange) and not ledger.last_free(decision)
                around.charged[decision.entry.measure.heading] = (decision.cells, owed)
        return ledger.close()

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
        if program.chapter_98 == "standard_but_60_full":
            full = self.importer.full_for_60
            return (ONE if full is None or digits.startswith(full.replace(".", "")) else _rule_share(rule, facts)), []
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
    part = stated / value if stated > ONE and isinstance(value, Decimal) and value else stated
    part = min(max(part, ZERO), ONE)
    return part if rule == "work" else ONE - part


def _column(entry: Entry) -> str | None:
    rate = entry.version.terms.rate
    return rate.column if isinstance(rate, FromSchedule) else None


def _is_free(charge: Charge) -> bool:
    return charge.ad_valorem and not charge.percent


def in_order(entries: list[Entry]) -> list[tuple[Program, list[Entry]]]:
    """Group entries by program, each program after those whose headings its conditions refer to.

    Raises ``ValueError`` on a cycle, which the load check rules out.
    """
    mine: dict[str, list[Entry]] = {}
    by_heading: dict[str, set[str]] = {}
    for entry in entries:
        mine.setdefault(entry.program.id, []).append(entry)
        by_heading.setdefault(entry.measure.heading, set()).add(entry.program.id)
    after: dict[str, set[str]] = {
        name: {
            other
            for e in group
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


class Ledger:
    """Adds up the decisions of all programs into one outcome."""

    def __init__(self, composer: Composer, base: BaseOutcome, facts: Facts, asked: list[Consulted]) -> None:
        self.present = composer.present
        self.importer = composer.importer
        self.base = base
        self.facts = facts
        self.given: Figures = figures(facts, composer.importer.percent_places)
        self.asked = asked
        self.layers: list[tuple[int, Layer]] = []
        self.skipped: list[tuple[int, NotApplied]] = []
        self.announced: list[Announced] = []
        self.charge = NOTHING
        self.replaced: Decimal = ZERO
        self.replaced_by: str | None = None
        self.instead: Charge | None = None
        self.prohibited: Prohibition | None = None
        self.quota: QuotaState | None = None
        self._free: set[int] = set()

    def enter(self, found: Walk) -> None:
        """Enter what one program decided and skipped."""
        self.asked.extend(found.asked)
        for decision in found.decisions:
            self._enter(decision)
        for skipped in found.skipped:
            self.skipped.append((skipped.entry.bit, self.present.skipped(skipped)))
        self.announced.extend(self.present.unspecified(e) for e in found.unspecified)

    def last_free(self, decision: Decision) -> bool:
        """Tell whether an entered decision came out at nothing."""
        return decision.entry.bit in self._free

    def _enter(self, decision: Decision) -> None:
        rate, bit = decision.rate, decision.entry.bit
        heading = decision.entry.measure.heading
        if isinstance(rate, Prohibited):
            self.prohibited = self.present.prohibition(decision, rate)
            return
        if isinstance(rate, QuotaLimit) and self._quota(decision, rate):
            return
        unit = self._unit_charge(decision, rate)
        charge = unit.times(decision.share)
        if not charge.percent and charge.ad_valorem:
            self._free.add(bit)
        if isinstance(rate, InLieuOfAll):
            self.instead = (self.instead or NOTHING) + charge
            self.replaced_by = heading
        elif isinstance(rate, InLieuOfColumn2) or (isinstance(rate, Total) and rate.replace):
            self.replaced += decision.share
            self.replaced_by = heading
            self.charge = self.charge + charge
        else:
            self.charge = self.charge + charge
        self.layers.append((bit, self.present.layer(decision, unit, self.given)))

    def _quota(self, decision: Decision, rate: QuotaLimit) -> bool:
        """Note the quota's state; True where it refuses entry."""
        state = self.facts.get("quota")
        if state is None:
            self.asked.append(Consulted("quota", "ordinary", "in", ("in", "over")))
        self.quota = QuotaState(rate.quota, str(state or "unknown"), rate.limit, rate.unit)
        if state == "over":
            self.prohibited = self.present.prohibition(decision, Prohibited(f"the quota {rate.quota} is filled"))
            return True
        return False

    def _unit_charge(self, decision: Decision, rate: Rate) -> Charge:
        """Return the charge on the whole value; the caller takes the share."""
        match rate:
            case Exempt() | NoChange() | QuotaLimit():
                return NOTHING
            case Total():
                return self._total(decision, rate)
            case InLieuOfColumn2(form) | InLieuOfAll(form):
                return charge_of(form, self.given)
            case NonUsPart(percent, cap):
                return Charge(percent * (ONE - min(self._us_content(), cap)))
            case FromSchedule():
                return Charge(open=True, see=(rate.column,))
            case _:
                return charge_of(rate, self.given)

    def _us_content(self) -> Decimal:
        declared = self.facts.get("us_content")
        if isinstance(declared, Decimal):
            return declared
        self.asked.append(Consulted("us_content", "exceptional", ZERO, (ZERO, ONE)))
        return ZERO

    def _total(self, decision: Decision, rate: Total) -> Charge:
        if rate.replace:
            return Charge(rate.percent)
        applied = decision.entry.version.terms.counted == "applied"
        base = self.base.charge if applied else self.base.general
        counted = self.base.equivalent if applied else self.base.general_equivalent
        if counted is not None:
            return Charge(max(rate.percent - counted, ZERO))
        # The base is specific and its equivalent unknown: it is taken to lie below the total, which it then fills up.
        self.asked.append(Consulted("base_ave", "ordinary", ZERO, (ZERO, rate.percent)))
        return Charge(rate.percent - base.percent) + _negative(base)

    def close(self) -> Part:
        """Return the part."""
        return Part(
            tuple(self.layers),
            tuple(self.skipped),
            self.charge,
            self.replaced,
            self.replaced_by,
            self.instead,
            merge(self.asked),
            tuple(self.announced),
            self.prohibited,
            self.quota,
        )


def combine(parts: list[Part], gaps: list[NotCovered], claimed: Collection[str], present: Presenter) -> Outcome:
    """Put parts together: ``gaps`` are programs not covered that may hit the goods.

    A gap that matters to claims only is met where one of its headings is ``claimed``.
    """
    summed = tally(parts)
    met = [g for g in gaps if not g.claims_only or not set(g.headings).isdisjoint(claimed)]
    warnings = {g.program: _gap_warning(g) for g in met}
    layers = sorted((x for p in parts for x in p.layers), key=_bit)
    skipped = [x for p in parts for x in p.skipped]
    by = next((p.replaced_by for p in parts if p.instead is not None), None)
    if by is not None:
        skipped += [(bit, present.displaced(x, by)) for bit, x in layers if x.heading != by]
        layers = [pair for pair in layers if pair[1].heading == by]
    names = tuple(warnings)
    return Outcome(
        tuple(layer for _, layer in layers),
        summed.charge + Charge(open=True, see=names) if names else summed.charge,
        summed.base_kept,
        by or next((p.replaced_by for p in parts if p.replaced_by), None),
        tuple(item for _, item in sorted(skipped, key=_bit)),
        summed.consulted,
        tuple(warnings.values()),
        tuple(a for p in parts for a in p.announced),
        names,
        next((p.prohibited for p in parts if p.prohibited is not None), None),
        next((p.quota for p in parts if p.quota is not None), None),
    )


def _bit(pair: tuple[int, object]) -> int:
    return pair[0]


def _negative(charge: Charge) -> Charge:
    return Charge(
        ZERO,
        tuple(type(s)(-s.amount, s.currency, s.per, s.on) for s in charge.specific),
        tuple(type(p)(-p.percent, p.part) for p in charge.parts),
    )


def _gap_warning(gap: NotCovered) -> Notice:
    return Notice("not-covered", gap.text, gap.program, gap.valid.first, gap.valid.end)
