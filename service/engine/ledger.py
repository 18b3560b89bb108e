"""The ledger: what programs decided, added up; and parts put together into an outcome."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from service.engine.amounts import NOTHING, Charge, Figures, charge_of, plain
from service.engine.answers import Announced, Layer, NotApplied, Notice, Prohibition, QuotaState
from service.engine.conditions import consulted
from service.engine.facts import Consulted, default_of, merge
from service.engine.outcome import BaseOutcome, Outcome, Part, tally
from service.engine.present import Presenter
from service.engine.walk import Decision, Walk, assumptions_of
from service.law.facts import FactDefinition, Facts, FactValue
from service.law.importer import NotCovered
from service.law.rates import (
    Exempt,
    FromSchedule,
    InLieuOfAll,
    InLieuOfColumn2,
    NoChange,
    NonUsPart,
    Prohibited,
    QuotaLimit,
    Rate,
    Total,
)

ZERO = Decimal(0)
ONE = Decimal(1)


class Ledger:
    """Adds up the decisions of all programs into one part; without ``present`` nothing is told, only added up."""

    def __init__(
        self,
        present: Presenter | None,
        definitions: Mapping[str, FactDefinition],
        base: BaseOutcome,
        facts: Facts,
        given: Figures,
        asked: list[Consulted],
    ) -> None:
        self.present = present
        self.definitions = definitions
        self.base = base
        self.facts = facts
        self.given = given
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
        if self.present is None:
            return
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
            self.prohibited = self._prohibition(decision, rate)
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
            self.replaced += decision.share / self.base.share if self.base.share else ZERO
            self.replaced_by = heading if self.instead is None else self.replaced_by
            self.charge = self.charge + charge
        else:
            self.charge = self.charge + charge
        if self.present is not None:
            self.layers.append((bit, self.present.layer(decision, unit, self.given)))

    def _prohibition(self, decision: Decision, rate: Prohibited) -> Prohibition | None:
        return None if self.present is None else self.present.prohibition(decision, rate)

    def _quota(self, decision: Decision, rate: QuotaLimit) -> bool:
        """Note the quota's state; True where it refuses entry."""
        state = self.facts.get("quota")
        if state is None:
            self._ask(decision, "quota", ("in", "over"))
        self.quota = QuotaState(rate.quota, str(state or "unknown"), rate.limit, rate.unit)
        if state == "over":
            self.prohibited = self._prohibition(decision, Prohibited(f"the quota {rate.quota} is filled"))
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
                return Charge(plain(percent * (ONE - min(self._us_content(decision), cap))))
            case FromSchedule():
                return Charge(open=True, see=(rate.column,))
            case _:
                return charge_of(rate, self.given)

    def _us_content(self, decision: Decision) -> Decimal:
        declared = self.facts.get("us_content")
        if declared is None:
            declared = self._ask(decision, "us_content", (ZERO, ONE))
        return declared if isinstance(declared, Decimal) else ZERO

    def _ask(self, decision: Decision, fact: str, probes: tuple[FactValue, ...]) -> FactValue | None:
        """Note that the rate of a measure depends on an undeclared fact; return what is assumed of it."""
        entry = decision.entry
        assumed = default_of(self.definitions, fact, assumptions_of(entry, self.definitions))
        self.asked.append(consulted(self.definitions, entry.measure.classes, fact, assumed, probes))
        return assumed

    def _total(self, decision: Decision, rate: Total) -> Charge:
        if rate.replace:
            return Charge(rate.percent)
        applied = decision.entry.version.terms.counted == "applied"
        base = self.base.applied if applied else self.base.general
        counted = self.base.equivalent if applied else self.base.general_equivalent
        if counted is None:
            declared = self.facts.get("base_ave")
            counted = declared if isinstance(declared, Decimal) else None
        if counted is not None:
            return Charge(plain(max(rate.percent - counted, ZERO)))
        # The base is specific and its equivalent unknown: it is taken to lie below the total, which it then fills up.
        # Worth as much or more, it stands alone; worth nothing, the total comes in full on top of another column.
        self._ask(decision, "base_ave", (rate.percent,) if base == self.base.applied else (ZERO, rate.percent))
        return Charge(plain(rate.percent - base.percent)) + _negative(base)

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
