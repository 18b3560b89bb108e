"""The country-level statement: what goods of an origin pay as a whole."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from service.engine.amounts import ZERO, rounded
from service.engine.answers import (
    AuthorityShare,
    Distribution,
    Headline,
    Interval,
    Notice,
    Question,
    Spread,
)
from service.engine.draft import Draft, states
from service.engine.refusals import Refusal
from service.engine.surface import Surface
from service.law.periods import FOREVER, Period
from service.law.terms import View

if TYPE_CHECKING:
    from service.engine.schedule import Schedule


def universal(schedule: Schedule, origin: str, day: int, known: int, view: View) -> Surface | None:
    """Compose the measures whose goods are all, as they fall on an ordinary entry of a line on no list."""
    index = schedule.index
    reach = index.unlisted & index.origin(origin) & index.known(known) & index.day(day)
    over = ~schedule.base_bits
    spans = (schedule.lines.at(c, day, known) for c in schedule.lines.rate_lines)
    rates = next((s.rates for s in spans if s is not None and s.rates is not None), None)
    if rates is None:
        return None
    based = schedule.base(reach & index.views[view] & schedule.base_bits, rates, {}, origin)
    return schedule.surfaces.surface(
        reach & index.views[view] & over,
        reach & index.views["law"] & over,
        origin,
        None,
        based.outcome,
        based.serial,
        {},
    )


def constant(schedule: Schedule, origin: str, day: date, known_on: date, view: View) -> Interval:
    """Return the interval around a day over which no measure on the origin and no line changes."""
    ordinal, known = day.toordinal(), known_on.toordinal()
    start, until = schedule.covered(origin, ordinal).start, schedule.covered(origin, ordinal).until
    index = schedule.index
    mask = index.origin(origin) & index.known(known) & index.views[view]
    for entry in index.listed(mask):
        for cut in (entry.valid.start, entry.valid.until):
            if cut <= ordinal:
                start = max(start, cut)
            else:
                until = min(until, cut)
    for cut in schedule.line_days:
        if cut <= ordinal:
            start = max(start, cut)
        elif cut < until:
            until = cut
    found = Period(start, min(until, FOREVER))
    return Interval(found.first, found.end)


def headline(schedule: Schedule, origin: str, day: date, known_on: date, view: View, span: Interval) -> Headline:
    """Derive the headline of a day from the answers of all rate lines in force."""
    ordinal, known = day.toordinal(), known_on.toordinal()
    surface = universal(schedule, origin, ordinal, known, view)
    layers = surface.layers if surface is not None else ()
    charge = surface.outcome.charge.percent if surface is not None else ZERO
    counted: Counter[tuple[Decimal, Decimal]] = Counter()
    adds: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    left_out = 0
    noted: dict[Notice, int] = {}
    for code in schedule.lines.rate_lines:
        if schedule.lines.at(code, ordinal, known) is None:
            continue
        question = Question(schedule.importer.code, code, origin, day, known_on, view)
        try:
            draft = schedule.draft(question)
        except Refusal:
            left_out += 1
            continue
        for warning in draft.surface.outcome.warnings:
            noted[warning] = noted.get(warning, 0) + 1
        total = states(schedule, draft)[0]
        if total.percent is None:
            left_out += 1
            continue
        counted[(total.percent, total.percent - _base_percent(draft))] += 1
        for layer in draft.base.layers + draft.surface.layers:
            part = (layer.percent or ZERO) * layer.share
            if part:
                sums[layer.authority] = sums.get(layer.authority, ZERO) + part
                adds[layer.authority] += 1
    lines = sum(counted.values()) + left_out
    number = max(lines - left_out, 1)
    return Headline(
        schedule.importer.code,
        origin,
        day,
        known_on,
        view,
        charge,
        layers,
        Distribution(
            lines,
            left_out,
            spread(_marginal(counted, 1), schedule.importer.percent_places),
            spread(_marginal(counted, 0), schedule.importer.percent_places),
        ),
        tuple(
            AuthorityShare(name, adds[name], rounded(sums[name] / number, schedule.importer.percent_places))
            for name in sorted(sums)
        ),
        tuple(noted),
        (),
        span,
        schedule.release,
    )


def _base_percent(draft: Draft) -> Decimal:
    """Return what the base duty contributes to the total."""
    return (draft.base.charge.percent * draft.surface.outcome.base_kept).normalize()


def _marginal(counted: Counter[tuple[Decimal, Decimal]], at: int) -> Counter[Decimal]:
    found: Counter[Decimal] = Counter()
    for pair, number in counted.items():
        found[pair[at]] += number
    return found


def spread(values: Counter[Decimal], places: int) -> Spread:
    """Return minimum, median, mean and maximum of counted values; all null when there are none."""
    number = sum(values.values())
    if not number:
        return Spread(None, None, None, None)
    ordered = sorted(values)
    mean = sum((v * n for v, n in values.items()), ZERO) / number
    low, high = _nth(values, ordered, (number - 1) // 2), _nth(values, ordered, number // 2)
    return Spread(
        rounded(ordered[0], places),
        rounded((low + high) / 2, places),
        rounded(mean, places),
        rounded(ordered[-1], places),
    )


def _nth(values: Counter[Decimal], ordered: list[Decimal], n: int) -> Decimal:
    for value in ordered:
        n -= values[value]
        if n < 0:
            return value
    return ordered[-1]
