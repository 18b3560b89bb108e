"""Decisions put into the words and shapes of answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from service.engine.amounts import Charge, Figures, charge_text, equivalent, part_shares, specific_amounts
from service.engine.answers import (
    ActRef,
    Announced,
    Assumption,
    FactNeeded,
    Layer,
    NotApplied,
    Prohibition,
    Reason,
    ShownValue,
)
from service.engine.bounded import Bounded
from service.engine.facts import Consulted, shown
from service.engine.index import Entry
from service.engine.walk import Decision, Skipped
from service.law.condition_text import condition_text
from service.law.conditions import UnitValue
from service.law.facts import FactDefinition, FactValue
from service.law.rate_text import rate_text
from service.law.rates import FromSchedule, InLieuOfAll, InLieuOfColumn2, NonUsPart, Prohibited, Rate, Total
from service.law.terms import Act

ASSUMPTIONS = 2_000


class Presenter:
    """Builds the parts of an answer from decisions; knows the acts, the facts and the money of the law."""

    def __init__(self, acts: Mapping[str, Act], definitions: Mapping[str, FactDefinition], money: str) -> None:
        self._acts = {a.id: ActRef(a.id, a.title, a.citation, a.announced) for a in acts.values()}
        self._definitions = definitions
        self._money = money
        self._assumptions: Bounded[Assumption] = Bounded(ASSUMPTIONS)

    def act(self, name: str) -> ActRef:
        """Return the reference to an act."""
        return self._acts[name]

    def acts(self, entry: Entry) -> tuple[ActRef, ...]:
        """Return the acts behind an entry: those of its terms, then the one that listed the goods."""
        names = list(entry.version.acts)
        if entry.row is not None and entry.row[0] not in names:
            names.append(entry.row[0])
        return tuple(self._acts[n] for n in names)

    def layer(self, decision: Decision, unit: Charge, given: Figures) -> Layer:
        """Build a layer: ``unit`` is charged on ``decision.share`` of the value."""
        entry = decision.entry
        valid = entry.version.valid
        return Layer(
            program=entry.program.id,
            measure=entry.measure.id,
            authority=entry.program.authority,
            heading=entry.measure.heading,
            text=_layer_text(decision.rate, unit),
            percent=equivalent(unit, given),
            ad_valorem_percent=unit.percent,
            specific=specific_amounts(unit.specific),
            parts=part_shares(unit.parts),
            share=decision.share,
            from_=valid.first,
            until=valid.end,
            acts=self.acts(entry),
        )

    def skipped(self, item: Skipped) -> NotApplied:
        """Build the account of a measure that does not apply."""
        entry = item.entry
        return NotApplied(
            program=entry.program.id,
            measure=entry.measure.id,
            authority=entry.program.authority,
            heading=entry.measure.heading,
            text=rate_text(item.rate) if item.rate is not None else "",
            reason=self._reason(item),
            acts=self.acts(entry),
        )

    def displaced(self, layer: Layer, by: str) -> NotApplied:
        """Turn a layer into the account of what another heading stands in place of."""
        reason = Reason("displaced", f"{by} stands in place of every other duty", by)
        return NotApplied(
            layer.program, layer.measure, layer.authority, layer.heading, layer.text, reason, layer.acts
        )

    def _reason(self, item: Skipped) -> Reason:
        if item.kind == "suspended":
            until = item.entry.version.valid.end
            when = f"until {until.isoformat()}" if until is not None else "until further notice"
            return Reason("suspended", f"suspended {when}", until=until)
        if item.by is not None:
            by = item.by.entry.measure
            heading = by.heading
            text = {
                "exempt": f"exempt under {heading}",
                "displaced": f"exempt under {heading}, because of what another program charges",
                "preempted": f"{heading} decided before it",
            }[item.kind]
            return Reason(item.kind, text, heading)  # type: ignore[arg-type]
        return self._unmet(item)

    def _unmet(self, item: Skipped) -> Reason:
        bracket = item.entry.version.terms.when
        if not item.asked:
            holds_not = "its condition does not hold for this entry"
            return Reason(
                "condition", f"not {condition_text(bracket)}" if isinstance(bracket, UnitValue) else holds_not
            )
        need = item.asked[0]
        if isinstance(bracket, UnitValue):
            return Reason("condition", _figures_text(item, bracket), needs=FactNeeded(need.fact, None))
        value = next((p for p in need.probes if p != need.assumed), None)
        definition = self._definitions.get(need.fact)
        fact = FactNeeded(need.fact, shown(definition, value))
        money = f" ({self._money})" if definition is not None and definition.type == "amount" else ""
        return Reason("condition", f"{need.fact}{money} is not declared", needs=fact)

    def prohibition(self, decision: Decision, rate: Prohibited) -> Prohibition:
        """Build the statement that entry is refused."""
        entry = decision.entry
        acts = self.acts(entry)
        return Prohibition(
            entry.program.id,
            entry.measure.heading,
            acts[0] if acts else None,
            rate.text,
        )

    def unspecified(self, entry: Entry) -> Announced:
        """Build the note on a duty that an act announces without a rate."""
        valid = entry.version.valid
        acts = self.acts(entry)
        return Announced(
            entry.program.id,
            entry.measure.id,
            acts[0].announced if acts else date.min,
            f"{entry.measure.heading}: a duty is provided for, its rate is not set",
            valid.first,
            valid.end,
            None,
        )

    def assumption(self, item: Consulted) -> Assumption:
        """State what was assumed for an undeclared fact."""
        key = (item.fact, item.assumed)
        found = self._assumptions.get(key)
        if found is None:
            definition = self._definitions.get(item.fact)
            effect = definition.effect if definition is not None else ""
            found = self._assumptions.put(key, Assumption(item.fact, shown(definition, item.assumed), effect))
        return found

    def shown(self, fact: str, value: FactValue) -> ShownValue | None:
        """Return a fact's value as answers show it."""
        return shown(self._definitions.get(fact), value)


def _figures_text(item: Skipped, bracket: UnitValue) -> str:
    """Say which figures are not declared: ``value (USD) and quantities (kg) are not declared``."""
    names = {"value": f"value ({bracket.currency})", "quantities": f"quantities ({bracket.unit})"}
    missing = [names[a.fact] for a in item.asked if a.fact in names]
    return (
        " and ".join(missing)
        + (" are" if len(missing) > 1 or "quantities" in missing[0] else " is")
        + " not declared"
    )


def _layer_text(rate: Rate, unit: Charge) -> str:
    match rate:
        case Total(percent, replace):
            return f"{percent:f}%" + (" in place of the base duty" if replace else " less base")
        case InLieuOfColumn2() | InLieuOfAll() | NonUsPart() | FromSchedule():
            return charge_text(unit)
        case _:
            return rate_text(rate)
