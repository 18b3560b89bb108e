"""What a draft comes to: the total, its range over undeclared facts, and what could change it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from service.engine.amounts import NO_FIGURES, Charge, Figures, bounds_of, ends, total_of
from service.engine.answers import CouldChange, Range, Total
from service.engine.outcome import laid_over
from service.law.facts import FactValue

if TYPE_CHECKING:
    from service.engine.draft import Draft
    from service.engine.schedule import Schedule

ZERO = Decimal(0)


def stated(schedule: Schedule, charge: Charge, given: Figures) -> Total:
    """State a charge as a total; kept where no figures are declared, as a few thousand charges make all totals."""
    if given is not NO_FIGURES:
        return total_of(charge, given)
    found = schedule.totals.get(charge)
    return found if found is not None else schedule.totals.put(charge, total_of(charge))


def total(schedule: Schedule, draft: Draft) -> Total:
    """Return the total; null as a percentage where entry is refused."""
    whole = stated(schedule, draft.charge, schedule.given(draft.question.facts))
    if draft.surface.outcome.prohibited is None:
        return whole
    return Total(None, whole.ad_valorem_percent, whole.specific, whole.parts, "entry is refused")


def span(schedule: Schedule, draft: Draft) -> Range:
    """Return the range over the ordinary undeclared facts, those of the base duty and the statistical number too."""
    ranges = [_own_span(schedule, draft)]
    for item in draft.base.consulted:
        if item.class_ == "ordinary":
            ranges += [_own_span(schedule, _with(schedule, draft, item.fact, value)) for value in item.probes]
    ranges += [span(schedule, other) for other in draft.others]
    return ranges[0] if len(ranges) == 1 else hull(ranges)


def _own_span(schedule: Schedule, draft: Draft) -> Range:
    """Return the range over the facts that what lies over the base asks for; kept where nothing is declared."""
    given = schedule.given(draft.question.facts)
    if draft.question.facts:
        return _spanned(schedule, draft, given)
    key = (draft.setting.serial, draft.surface.serial)
    found = schedule.ranges.get(key)
    return found if found is not None else schedule.ranges.put(key, _spanned(schedule, draft, given))


def _spanned(schedule: Schedule, draft: Draft, given: Figures) -> Range:
    surface = draft.surface
    if surface.outcome.incomplete:
        return Range(None, None)
    bare = draft.base.charge
    low, high = bounds_of([(kept, laid_over(bare, kept, charge)) for kept, charge in surface.spread])
    return Range(stated(schedule, low, given), stated(schedule, high, given))


def could_change(schedule: Schedule, draft: Draft) -> tuple[CouldChange, ...]:
    """Return what each exceptional undeclared fact would make of the total, those of the base duty first."""
    shown, given = schedule.composer.present.shown, schedule.given(draft.question.facts)
    found = []
    now = total(schedule, draft)
    for item in draft.base.consulted:
        if item.class_ == "exceptional":
            for value in item.probes:
                changed = total(schedule, _with(schedule, draft, item.fact, value))
                if changed != now:
                    found.append(CouldChange(item.fact, shown(item.fact, value), changed))
    bare, facts = draft.base.charge, draft.question.facts
    for fact, values in schedule.surfaces.could(draft.surface, draft.meeting, draft.setting, facts):
        options: list[tuple[FactValue, Charge]] = [(v, laid_over(bare, kept, c)) for v, (kept, c) in values]
        for value, charge in ends(options, draft.charge):
            found.append(CouldChange(fact, shown(fact, value), stated(schedule, charge, given)))
    return tuple(found)


def _with(schedule: Schedule, draft: Draft, fact: str, value: FactValue) -> Draft:
    """Return the draft of the same question with one more fact declared."""
    facts = {**draft.question.facts, fact: value}
    return schedule.draft(msgspec.structs.replace(draft.question, facts=facts))


def hull(ranges: list[Range]) -> Range:
    """Return the range over some ranges; a bound that one of them cannot give is not given."""
    lows = [r.min for r in ranges]
    highs = [r.max for r in ranges]
    low = None if any(t is None for t in lows) else min((t for t in lows if t is not None), key=_dear)
    high = None if any(t is None for t in highs) else max((t for t in highs if t is not None), key=_dear)
    return Range(low, high)


def _dear(stated: Total) -> tuple[object, ...]:
    """Order totals as charges are ordered: amounts per unit know no limit, so more of them is dearer."""
    amounts = sum((Decimal(s.amount) / s.per.quantity for s in stated.specific), ZERO)
    parts = sum((p.percent for p in stated.parts), ZERO)
    return (amounts, stated.ad_valorem_percent + parts)
