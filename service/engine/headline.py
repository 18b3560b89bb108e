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
from service.engine.draft import Draft, stands_in
from service.engine.reach import Setting
from service.engine.refusals import Refusal
from service.engine.surface import Surface
from service.law.periods import FOREVER, Period
from service.law.terms import View

if TYPE_CHECKING:
    from service.engine.schedule import Schedule


def universal(schedule: Schedule, origin: str, day: int, known: int, view: View) -> Surface | None:
    """Compose the measures whose goods are all, as they fall on an ordinary entry of a line on no list."""
    runs = (schedule.lines.at(c, day, known) for c in schedule.lines.rate_lines)
    rates = next((r.rates for r in runs if r is not None and r.rates is not None), None)
    if rates is None:
        return None
    cell = schedule.lifetimes.lifetime(schedule.index.unlisted, origin, known, view).at(day)
    based = schedule.base(cell.base, rates, {}, origin)
    return schedule.surfaces.surface(cell.over, Setting(origin, None, based.outcome, based.serial), {})


def constant(schedule: Schedule, origin: str, day: date, known_on: date, view: View) -> Interval:
    """Return the interval around a day over which no measure on the origin and no line changes."""
    ordinal, known = day.toordinal(), known_on.toordinal()
    covered = schedule.admit(origin, ordinal)
    start, until = covered.start, covered.until
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
    met: Counter[tuple[int, int]] = Counter()
    sample: dict[tuple[int, int], Draft] = {}
    left_out = stand_ins = 0
    for code in schedule.lines.rate_lines:
        if schedule.lines.at(code, ordinal, known) is None:
            continue
        try:
            draft = schedule.draft(Question(schedule.importer.code, code, origin, day, known_on, view))
        except Refusal:
            left_out += 1
            continue
        pair = (draft.setting.serial, draft.surface.serial)
        met[pair] += 1
        stand_ins += stands_in(schedule, draft)
        sample.setdefault(pair, draft)
    tally = Tally(schedule.importer.percent_places)
    for pair, lines in met.items():
        tally.add(sample[pair], lines)
    left_out += tally.left_out
    noted = tuple(tally.noted)
    if stand_ins:
        affected = f"{stand_ins} of {left_out + tally.lines} lines"
        text = f"the base duty of {affected} is a computed stand-in; its official text for these days was not found"
        noted = (Notice("approximate-base", text, schedule.importer.base, span.from_, span.until), *noted)
    return Headline(
        schedule.importer.code,
        origin,
        day,
        known_on,
        view,
        charge,
        layers,
        Distribution(
            left_out + tally.lines,
            left_out,
            spread(tally.additional, tally.places),
            spread(tally.totals, tally.places),
        ),
        tally.by_authority(),
        noted,
        (),
        span,
        schedule.release,
    )


class Tally:
    """Adds up lines whose duty is a percentage, and counts those whose duty is not."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.lines = 0
        self.left_out = 0
        self.totals: Counter[Decimal] = Counter()
        self.additional: Counter[Decimal] = Counter()
        self.noted: dict[Notice, None] = {}
        self._sums: Counter[str] = Counter()
        self._weights: dict[str, Decimal] = {}

    def add(self, draft: Draft, lines: int) -> None:
        """Add some lines that all meet the same base duty and the same layers."""
        outcome = draft.surface.outcome
        self.noted.update(dict.fromkeys(outcome.warnings))
        charge = draft.charge
        if outcome.prohibited is not None or not charge.ad_valorem:
            self.left_out += lines
            return
        self.lines += lines
        self.totals[charge.percent] += lines
        self.additional[charge.percent - draft.base.charge.percent * outcome.base_kept] += lines
        parts: dict[str, Decimal] = {}
        for layer in draft.base.layers:
            parts[layer.authority] = (layer.percent or ZERO) * layer.share * outcome.base_kept
        for layer in draft.surface.layers:
            part = (layer.percent or ZERO) * layer.share
            parts[layer.authority] = parts.get(layer.authority, ZERO) + part
        for authority, part in parts.items():
            if part:
                self._sums[authority] += lines
                self._weights[authority] = self._weights.get(authority, ZERO) + part * lines

    def by_authority(self) -> tuple[AuthorityShare, ...]:
        """Return what each authority adds on average over the lines counted."""
        number = max(self.lines, 1)
        return tuple(
            AuthorityShare(name, self._sums[name], rounded(self._weights[name] / number, self.places))
            for name in sorted(self._sums)
        )


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
