"""A composed answer before it is written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from service.engine import totals
from service.engine.amounts import Charge, dearness
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
from service.engine.lifetimes import Lifetime
from service.engine.lines import Run
from service.engine.outcome import BaseOutcome
from service.engine.reach import Setting
from service.engine.surface import Meeting, Surface
from service.law.facts import FactDefinition
from service.law.goods import CodeSystem
from service.law.periods import Period

if TYPE_CHECKING:
    from service.engine.schedule import Schedule


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A base duty and what lies over it, for one question.

    ``covered``: the covered days around the day asked; ``lifetime``: what can concern the goods on any day, of this
    origin and as known, ``meeting`` what does on the day; ``number``: the number asked, ``line``: its rate line;
    ``others``: drafts of other statistical numbers of the line asked, ``assumed`` the number assumed of them.
    """

    question: Question
    covered: Period
    lifetime: Lifetime
    meeting: Meeting
    number: Run
    line: Run
    setting: Setting
    surface: Surface
    others: tuple[Draft, ...] = ()
    assumed: Assumption | None = None

    @property
    def base(self) -> BaseOutcome:
        """The base duty."""
        return self.setting.base

    @property
    def charge(self) -> Charge:
        """The whole charge."""
        return self.surface.outcome.with_base(self.base.charge)

    @property
    def branching(self) -> bool:
        """Whether the base duty consulted an ordinary fact that was not declared."""
        consulted = self.setting.base.consulted
        return bool(consulted) and any(c.class_ == "ordinary" for c in consulted)

    @staticmethod
    def dearest(
        drafts: Sequence[tuple[Draft, list[str]]], codes: CodeSystem, definition: FactDefinition | None
    ) -> Draft:
        """Return the dearest of several drafts that differ by statistical number; the others bound its range."""
        ranked = sorted(drafts, key=lambda d: (dearness(d[0].charge), len(d[1])))
        best, numbers = ranked[-1]
        effect = definition.effect if definition is not None else "the dearest of the line's statistical numbers"
        assumed = Assumption("statistical_number", codes.dotted(numbers[0]), effect)
        return msgspec.structs.replace(best, others=tuple(d for d, _ in ranked[:-1]), assumed=assumed)


class Settled(msgspec.Struct, frozen=True, gc=False):
    """All of an answer that the pair of a base duty and what lies over it decides, whatever the code and the day."""

    total: Total
    range: Range
    could_change: tuple[CouldChange, ...]
    not_applied: tuple[NotApplied, ...]
    assumptions: tuple[Assumption, ...]
    see: tuple[str, ...]


def settle(schedule: Schedule, draft: Draft) -> Settled:
    """Settle a draft."""
    outcome = draft.surface.outcome
    assumptions = draft.surface.assumptions
    if draft.base.consulted:
        assumptions = tuple(schedule.composer.present.assumption(c) for c in draft.base.consulted) + assumptions
    if draft.assumed is not None:
        assumptions = (draft.assumed, *assumptions)
    see = draft.base.charge.see + tuple(s for s in outcome.charge.see if s not in outcome.incomplete)
    return Settled(
        totals.total(schedule, draft),
        totals.span(schedule, draft),
        totals.could_change(schedule, draft),
        draft.base.not_applied + outcome.not_applied,
        assumptions,
        see,
    )


def assemble(schedule: Schedule, question: Question, draft: Draft, constant: Interval) -> Answer:
    """Write the answer out."""
    settled = schedule.settled(draft)
    outcome = draft.surface.outcome
    layers = all_layers(schedule, draft)
    refused = outcome.prohibited is not None
    not_applied = settled.not_applied
    if draft.base.not_applied:
        heading = schedule.lines.dotted(question.code[: schedule.lines.size])
        not_applied = tuple(_of_line(n, heading) for n in draft.base.not_applied) + outcome.not_applied
    return Answer(
        question.importer,
        question.origin,
        question.date,
        question.known_on,
        question.view,
        goods(schedule, draft),
        settled.total,
        settled.range,
        () if refused else layers,
        not_applied,
        settled.could_change,
        settled.assumptions,
        warnings(schedule, draft),
        outcome.announced + schedule.announced(question.origin, question.date, question.known_on),
        outcome.prohibited,
        outcome.quota,
        settled.see,
        layers if refused else (),
        schedule.importer.excludes,
        constant,
        schedule.release,
    )


def goods(schedule: Schedule, draft: Draft) -> Goods:
    """Return the goods asked about."""
    number = draft.number
    found = number.goods
    if found is None:
        code = draft.question.code
        found = number.goods = Goods(schedule.lines.dotted(code), None, number.units or draft.line.units)
    return found


def all_layers(schedule: Schedule, draft: Draft) -> tuple[Layer, ...]:
    """Return all layers in the order of declaration."""
    base, over = base_layers(schedule, draft), draft.surface.layers
    if schedule.before_base:
        at = sum(1 for layer in over if layer.program in schedule.before_base)
        return over[:at] + base + over[at:]
    return base + over


def _of_line(item: NotApplied, heading: str) -> NotApplied:
    """Name the line in what the base program did not apply; its measures have no heading of their own."""
    reason = item.reason
    if reason.by is not None:
        text = reason.text.replace(reason.by, heading)
        reason = msgspec.structs.replace(reason, by=heading, text=text)
    return msgspec.structs.replace(item, heading=heading, reason=reason)


def base_layers(schedule: Schedule, draft: Draft) -> tuple[Layer, ...]:
    """Return the base layers as they stand for the line: its number as heading, its period, what replaces it."""
    question, line = draft.question, draft.line
    covered = draft.covered
    by = draft.surface.outcome.replaced_by
    key = (draft.setting.serial, by, covered)
    kept = line.layers
    if kept is None or kept[0] != key:
        lines = schedule.lines
        code = question.code[: lines.size]
        start, until = lines.extent(code, line, draft.base.reads, question.known_on.toordinal())
        within = Period(max(start, covered.start), min(until, covered.until))
        heading, first, end = lines.dotted(code), within.first, within.end
        stated = tuple(
            msgspec.structs.replace(layer, heading=heading, from_=first, until=end, replaced_by=by)
            for layer in draft.base.layers
        )
        kept = line.layers = (key, stated)
    return kept[1]


def stands_in(schedule: Schedule, draft: Draft) -> bool:
    """Tell whether the rate that the base duty is taken from is a stand-in for one that was not seen."""
    rates = draft.line.rates
    return rates is not None and rates.approximate and draft.base.column == schedule.importer.columns[0]


def warnings(schedule: Schedule, draft: Draft) -> tuple[Notice, ...]:
    """Return what the answer does not vouch for."""
    found = draft.surface.outcome.warnings
    for other in draft.others:
        found += tuple(w for w in other.surface.outcome.warnings if w not in found)
    if stands_in(schedule, draft):
        text = "the official text of the base duty for these days was not found; the rate is a computed stand-in"
        code, known = draft.question.code[: schedule.lines.size], draft.question.known_on.toordinal()
        valid = Period(*schedule.lines.stand_in(code, draft.line, known))
        base = schedule.importer.base
        found = (Notice("approximate-base", text, base, valid.first, valid.end), *found)
    return schedule.late(found, draft.question.date)
