"""A composed answer before it is written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from service.engine.amounts import ONE, Charge, dearness
from service.engine.answers import (
    Answer,
    Assumption,
    CouldChange,
    Goods,
    Interval,
    Layer,
    NotApplied,
    Notice,
    Question,
    Range,
    Total,
)
from service.engine.lines import Span
from service.engine.outcome import BaseOutcome
from service.engine.surface import Surface
from service.law.facts import FactDefinition
from service.law.goods import CodeSystem
from service.law.periods import Period

if TYPE_CHECKING:
    from service.engine.schedule import Schedule


class Draft(msgspec.Struct, frozen=True):
    """A base duty and what lies over it, for one question.

    ``goods`` and ``lifetime`` are masks: the entries that can concern the goods, and those of them that the origin
    and the known day leave. ``others``: drafts of other statistical numbers of the line asked, with the number
    assumed.
    """

    question: Question
    goods: int
    lifetime: int
    span: Span
    line: Span
    own: str | None
    base: BaseOutcome
    serial: int
    surface: Surface
    others: tuple[Draft, ...] = ()
    number: Assumption | None = None

    @property
    def charge(self) -> Charge:
        """The whole charge."""
        return self.surface.outcome.with_base(self.base.charge)

    @staticmethod
    def dearest(
        drafts: Sequence[tuple[Draft, list[str]]], codes: CodeSystem, definition: FactDefinition | None
    ) -> Draft:
        """Return the dearest of several drafts that differ by statistical number; the others bound its range."""
        ranked = sorted(drafts, key=lambda d: (dearness(d[0].charge), len(d[1])))
        best, numbers = ranked[-1]
        effect = definition.effect if definition is not None else "the dearest of the line's statistical numbers"
        assumed = Assumption("statistical_number", codes.dotted(numbers[0]), effect)
        return msgspec.structs.replace(best, others=tuple(d for d, _ in ranked[:-1]), number=assumed)


def assemble(schedule: Schedule, question: Question, draft: Draft, constant: Interval) -> Answer:
    """Write the answer out."""
    outcome = draft.surface.outcome
    total, range_, could = states(schedule, draft)
    layers = base_layers(schedule, draft)
    over = draft.surface.layers
    layers = over + layers if schedule.base_last else layers + over
    refused = outcome.prohibited is not None
    see = draft.base.charge.see + tuple(s for s in outcome.charge.see if s not in outcome.incomplete)
    assumptions = draft.surface.assumptions
    if draft.base.consulted:
        assumptions = tuple(schedule.composer.present.assumption(c) for c in draft.base.consulted) + assumptions
    if draft.number is not None:
        assumptions = (draft.number, *assumptions)
    day = question.date
    known = question.known_on.toordinal()
    return Answer(
        importer=question.importer,
        origin=question.origin,
        date=day,
        known_on=question.known_on,
        view=question.view,
        goods=Goods(schedule.lines.dotted(question.code), None, draft.span.units or draft.line.units),
        total=total,
        range=range_,
        layers=() if refused else layers,
        not_applied=_base_not_applied(schedule, draft) + outcome.not_applied,
        could_change=could,
        assumptions=assumptions,
        warnings=warnings(schedule, draft),
        announced=outcome.announced + schedule.announced(question.origin, day.toordinal(), known),
        prohibited=outcome.prohibited,
        quota=outcome.quota,
        see=see,
        if_admitted=layers if refused else (),
        excludes=schedule.importer.excludes,
        constant=constant,
        release=schedule.release,
    )


def base_layers(schedule: Schedule, draft: Draft) -> tuple[Layer, ...]:
    """Return the base layers as they stand for the line: its number as heading, its period, what replaces it."""
    question = draft.question
    lines = schedule.lines
    code = question.code[: lines.size]
    start, until = lines.extent(code, draft.line, draft.base.column, question.known_on.toordinal())
    covered = schedule.covered(question.origin, question.date.toordinal())
    within = Period(max(start, covered.start), min(until, covered.until))
    heading = lines.dotted(code)
    by = draft.surface.outcome.replaced_by
    first, end = within.first, within.end
    return tuple(
        Layer(
            layer.program,
            layer.measure,
            layer.authority,
            heading,
            layer.text,
            layer.percent,
            layer.ad_valorem_percent,
            layer.specific,
            layer.parts,
            layer.share,
            first,
            end,
            layer.acts,
            None,
            by,
        )
        for layer in draft.base.layers
    )


def _base_not_applied(schedule: Schedule, draft: Draft) -> tuple[NotApplied, ...]:
    if not draft.base.not_applied:
        return ()
    heading = schedule.lines.dotted(draft.question.code[: schedule.lines.size])
    return tuple(msgspec.structs.replace(n, heading=heading) for n in draft.base.not_applied)


def warnings(schedule: Schedule, draft: Draft) -> tuple[Notice, ...]:
    """Return what the answer does not vouch for."""
    found = draft.surface.outcome.warnings
    for other in draft.others:
        found += tuple(w for w in other.surface.outcome.warnings if w not in found)
    rates = draft.line.rates
    if rates is not None and rates.approximate:
        text = "the official text of the base duty for these days was not found; the rate is a computed stand-in"
        valid = draft.line.valid
        base = schedule.importer.base
        found = (Notice("approximate-base", text, base, valid.first, valid.end), *found)
    return schedule.late(found, draft.question.date)


def states(schedule: Schedule, draft: Draft) -> tuple[Total, Range, tuple[CouldChange, ...]]:
    """Return total, range and what could change the total."""
    given = schedule.given(draft.question.facts)
    stated = schedule.totals_of(draft.base, draft.serial, draft.surface, given)
    if draft.base.consulted:
        stated = _with_base_facts(schedule, draft, stated)
    if not draft.others:
        return stated
    total, range_, could = stated
    return total, hull([range_, *(states(schedule, o)[1] for o in draft.others)]), could


def _with_base_facts(
    schedule: Schedule, draft: Draft, stated: tuple[Total, Range, tuple[CouldChange, ...]]
) -> tuple[Total, Range, tuple[CouldChange, ...]]:
    """Add what the undeclared facts that the base duty consulted would make of range and total."""
    total, range_, could = stated
    ranges, more = [range_], []
    for item in draft.base.consulted:
        for value in item.probes:
            facts = {**draft.question.facts, item.fact: value}
            other = schedule.draft(msgspec.structs.replace(draft.question, facts=facts))
            changed = schedule.totals_of(other.base, other.serial, other.surface, schedule.given(facts))
            if item.class_ == "ordinary":
                ranges.append(changed[1])
            elif changed[0] != total:
                shown = schedule.composer.present.shown(item.fact, value)
                more.append(CouldChange(item.fact, shown, changed[0]))
    return total, hull(ranges), (*more, *could)


def hull(ranges: list[Range]) -> Range:
    """Return the range over some ranges; a bound that one of them cannot give is not given."""
    lows = [r.min for r in ranges]
    highs = [r.max for r in ranges]
    low = None if any(t is None for t in lows) else min((t for t in lows if t is not None), key=_dear)
    high = None if any(t is None for t in highs) else max((t for t in highs if t is not None), key=_dear)
    return Range(low, high)


def _dear(total: Total) -> tuple[object, ...]:
    parts = sum((p.percent for p in total.parts), ONE - ONE)
    return (total.ad_valorem_percent + parts, len(total.specific), tuple(s.amount for s in total.specific))
