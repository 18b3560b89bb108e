"""Answers over time: the maximal interval around a day, and all intervals of a code."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from service.engine.answers import Goods, Interval, Notice, Question, Timeline, TimelineInterval
from service.engine.draft import Draft, base_layers, states, warnings
from service.engine.refusals import Refusal
from service.engine.surface import layer_signature
from service.law.periods import FOREVER, Period

if TYPE_CHECKING:
    from service.engine.schedule import Schedule

LAST = date.max.toordinal()


class Steps(msgspec.Struct, frozen=True):
    """Starts of the maximal intervals over which what lies over the base stays the same, ascending."""

    starts: list[int]

    def around(self, day: int) -> tuple[int, int]:
        """Return the interval of a day."""
        at = bisect_right(self.starts, day)
        return self.starts[at - 1], self.starts[at] if at < len(self.starts) else FOREVER


def constant(schedule: Schedule, question: Question, draft: Draft) -> Interval:
    """Return the largest interval around the day over which the answer stays the same."""
    reach = schedule.surfaces.reach(draft.lifetime & ~schedule.base_bits)
    branching = any(c.class_ == "ordinary" for c in draft.base.consulted)
    if reach.base or draft.others or branching or _mixed(schedule, draft):
        return _searched(schedule, question, draft)
    day, known = question.date.toordinal(), question.known_on.toordinal()
    lines, code = schedule.lines, question.code
    covered = schedule.covered(question.origin, day)
    periods = [
        _steps(schedule, draft).around(day),
        _base_days(schedule, draft, day),
        lines.extent(code[: lines.size], draft.line, draft.base.column, known),
        (covered.start, covered.until),
    ]
    if len(code) > lines.size:
        periods.append(lines.existence(code, draft.span, known))
    found = Period(max(p[0] for p in periods), min(p[1] for p in periods))
    return Interval(found.first, found.end)


def _mixed(schedule: Schedule, draft: Draft) -> bool:
    """Tell whether statistical numbers of a whole line may differ on other days."""
    code = draft.question.code
    return len(code) == schedule.lines.size and schedule.shared_mask(code) is None


def _base_days(schedule: Schedule, draft: Draft, day: int) -> tuple[int, int]:
    """Return the days around ``day`` over which the base program says the same."""
    index = schedule.index
    mask = draft.lifetime & schedule.base_bits & index.views[draft.question.view]
    key = ("base", mask)
    found = schedule.intervals(key)
    if found is None:
        entries = index.measures(mask)
        starts: list[int] = []
        last: object = None
        for cut in sorted({0, *(c for e in entries for c in (e.valid.start, e.valid.until) if c < FOREVER)}):
            says = [(e.measure.id, e.version.terms) for e in entries if cut in e.valid]
            if not starts or says != last:
                starts.append(cut)
                last = says
        found = schedule.keep_intervals(key, Steps(starts))
    return found.around(day)


def _steps(schedule: Schedule, draft: Draft) -> Steps:
    over = ~schedule.base_bits
    index = schedule.index
    question = draft.question
    mine = draft.lifetime & over & index.views[question.view]
    law = draft.lifetime & over & index.views["law"]
    relevant = schedule.surfaces.reach(draft.lifetime & over).facts
    stated = tuple(sorted((k, v) for k, v in question.facts.items() if k in relevant)) if question.facts else ()
    key = (mine, question.origin, draft.own, draft.base.column, stated)
    found = schedule.intervals(key)
    if found is not None:
        return found
    cuts = {0}
    for entry in index.listed(mine):
        cuts.update((entry.valid.start, entry.valid.until))
    starts: list[int] = []
    last: object = None
    for cut in sorted(c for c in cuts if c < FOREVER):
        reach = index.day(cut)
        surface = schedule.surfaces.surface(
            mine & reach, law & reach, question.origin, draft.own, draft.base, draft.serial, question.facts
        )
        if not starts or surface.signature != last:
            starts.append(cut)
            last = surface.signature
    return schedule.keep_intervals(key, Steps(starts))


def _cuts(schedule: Schedule, question: Question, goods: tuple[int, ...]) -> list[int]:
    """Return every day on which the answer to a question may change, ascending."""
    known = question.known_on.toordinal()
    size = schedule.lines.size
    cuts = {0}
    mask = 0
    for one in goods:
        mask |= one
    mask &= schedule.index.origin(question.origin) & schedule.index.known(known)
    for entry in schedule.index.listed(mask):
        cuts.update((entry.valid.start, entry.valid.until))
    codes = [question.code, question.code[:size]]
    if len(question.code) == size:
        codes = schedule.lines.family(question.code)
    for code in codes:
        for span in schedule.lines.spans(code):
            if span.seen(known):
                cuts.update((span.start, span.until))
    for item in schedule.importer.coverage:
        cuts.update((item.valid.start, item.valid.until))
    return sorted(c for c in cuts if c <= LAST)


def _family_masks(schedule: Schedule, code: str) -> tuple[int, ...]:
    if len(code) > schedule.lines.size:
        return (schedule.index.goods[code],)
    return tuple({schedule.index.goods[c] for c in schedule.lines.family(code)})


def signature(schedule: Schedule, draft: Draft) -> tuple[object, ...]:
    """Return what must stay the same for an answer to count as constant."""
    total, range_, _ = states(schedule, draft)
    layers = tuple(layer_signature(x) for x in draft.base.layers + draft.surface.layers)
    outcome = draft.surface.outcome
    return (total, range_, layers, outcome.prohibited, outcome.quota)


def _signature_at(schedule: Schedule, question: Question, day: int) -> object:
    try:
        draft = schedule.draft(msgspec.structs.replace(question, date=date.fromordinal(day)))
    except Refusal as refusal:
        return refusal.kind
    return signature(schedule, draft)


def _searched(schedule: Schedule, question: Question, draft: Draft) -> Interval:
    """Find the constant interval by asking outward from the day, one cut after the other."""
    day = question.date.toordinal()
    cuts = _cuts(schedule, question, _family_masks(schedule, question.code))
    mine = signature(schedule, draft)
    at = bisect_right(cuts, day) - 1
    start, low = cuts[at], at
    while low > 0 and _signature_at(schedule, question, max(cuts[low] - 1, 1)) == mine:
        low -= 1
        start = cuts[low]
    high = at + 1
    while high < len(cuts) and _signature_at(schedule, question, cuts[high]) == mine:
        high += 1
    until = cuts[high] if high < len(cuts) else FOREVER
    found = Period(start, until)
    return Interval(found.first, found.end)


def timeline(schedule: Schedule, question: Question, start: date, until: date | None) -> Timeline:
    """Return the maximal constant intervals of [start, until).

    A stretch for which there is no answer is an interval with the kind of the problem and no total. Raises the
    refusal when no day of the stretch has an answer.
    """
    first = start.toordinal()
    end = until.toordinal() if until is not None else FOREVER
    goods = _family_masks(schedule, question.code) if question.code in schedule.index.goods else ()
    cuts = [first, *(c for c in _cuts(schedule, question, goods) if first < c < end)]
    intervals: list[TimelineInterval] = []
    noted: dict[Notice, None] = {}
    units: tuple[str, ...] = ()
    last: object = None
    failure: Refusal | None = None
    answered = False
    for at, cut in enumerate(cuts):
        stop = cuts[at + 1] if at + 1 < len(cuts) else end
        asked = msgspec.structs.replace(question, date=date.fromordinal(cut))
        try:
            draft = schedule.draft(asked)
        except Refusal as refusal:
            failure = refusal
            now: object = refusal.kind
            built = TimelineInterval(asked.date, None, None, (), refusal.kind)
        else:
            answered = True
            units = draft.span.units or draft.line.units
            now = signature(schedule, draft)
            noted.update(dict.fromkeys(warnings(schedule, draft)))
            layers = base_layers(schedule, draft)
            over = draft.surface.layers
            layers = over + layers if schedule.base_last else layers + over
            built = TimelineInterval(asked.date, None, states(schedule, draft)[0], layers)
        ends = date.fromordinal(stop) if stop < FOREVER else None
        if intervals and now == last:
            intervals[-1] = msgspec.structs.replace(intervals[-1], until=ends)
        else:
            intervals.append(msgspec.structs.replace(built, until=ends))
            last = now
    if not answered and failure is not None:
        raise failure
    return Timeline(
        question.importer,
        question.origin,
        question.known_on,
        question.view,
        Goods(schedule.lines.dotted(question.code), None, units),
        start,
        until,
        tuple(intervals),
        tuple(noted),
        schedule.release,
    )
