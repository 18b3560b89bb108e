"""Answers over time: the maximal interval around a day, and all intervals of a code."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from service.engine import totals
from service.engine.answers import Goods, Interval, Notice, Question, Timeline, TimelineInterval
from service.engine.draft import Draft, all_layers, goods, warnings
from service.engine.refusals import Refusal
from service.engine.surface import layer_signature
from service.law.periods import FOREVER

if TYPE_CHECKING:
    from service.engine.schedule import Schedule

LAST = date.max.toordinal()


class Steps:
    """The maximal intervals found so far over which the law says the same of some goods, in order of time."""

    __slots__ = ("_starts", "_untils")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._untils: list[int] = []

    def around(self, day: int) -> tuple[int, int] | None:
        """Return the interval of a day, None if it was not found yet."""
        at = bisect_right(self._starts, day) - 1
        return (self._starts[at], self._untils[at]) if at >= 0 and day < self._untils[at] else None

    def add(self, start: int, until: int) -> tuple[int, int]:
        """Keep an interval and return it."""
        at = bisect_right(self._starts, start)
        if at == 0 or self._starts[at - 1] != start:
            self._starts.insert(at, start)
            self._untils.insert(at, until)
        return start, until


def constant(schedule: Schedule, question: Question, draft: Draft) -> Interval:
    """Return the largest interval around the day over which the answer stays the same."""
    if draft.others or draft.branching or _mixed(schedule, draft) or _offered(schedule, draft):
        return _searched(schedule, question, draft)
    day = question.date.toordinal()
    number = draft.number
    start, until = _around(schedule, draft, day)
    low, high = _text(schedule, draft)
    covered = draft.covered
    start = max(start, low, covered.start, number.exists_from)
    until = min(until, high, covered.until, number.exists_until)
    return schedule.interval(start, until)


def _text(schedule: Schedule, draft: Draft) -> tuple[int, int]:
    """Return the days over which the line says the same: in the columns used, and the first where it counts."""
    question, columns = draft.question, draft.base.reads
    if draft.lifetime.reach.base:
        columns |= {schedule.importer.columns[0]}
    code, known = question.code[: schedule.lines.size], question.known_on.toordinal()
    return schedule.lines.extent(code, draft.line, columns, known)


def _mixed(schedule: Schedule, draft: Draft) -> bool:
    """Tell whether statistical numbers of a whole line may differ on other days."""
    code = draft.question.code
    return len(code) == schedule.lines.size and schedule.shared_mask(code) is None


def _offered(schedule: Schedule, draft: Draft) -> bool:
    """Tell whether preferences may change the base duty on other days: declared, or opening the range."""
    if "preference" in draft.question.facts:
        return True
    offers = schedule.ordinary_preferences(draft.lifetime.base)
    if not offers:
        return False
    code = draft.question.code[: schedule.lines.size]
    texts = [s.rates for s in schedule.lines.spans(code) if s.rates is not None]
    return any(symbol in symbols for t in texts for column, symbols in offers for symbol in t.preferences(column))


def _around(schedule: Schedule, draft: Draft, day: int) -> tuple[int, int]:
    """Return the days around ``day`` over which the law says the same of the goods, the texts of the line left aside.

    Found by looking outward from the day; kept where nothing that matters is declared.
    """
    lifetime, facts = draft.lifetime, draft.question.facts
    place = bisect_right(lifetime.cuts, day) - 1
    if facts and lifetime.reach.relevant(facts):
        return _outward(schedule, draft, place)
    key = lifetime.reach.matters(draft.setting)
    spans = lifetime.spans.get(key)
    if spans is None:
        spans = lifetime.spans[key] = [None] * len(lifetime.cuts)
    found = spans[place]
    if found is None:
        found = _outward(schedule, draft, place)
        for at in range(bisect_left(lifetime.cuts, found[0]), bisect_left(lifetime.cuts, found[1])):
            spans[at] = found
    return found


def _outward(schedule: Schedule, draft: Draft, place: int) -> tuple[int, int]:
    """Look outward from a stretch of a lifetime, as far as the law says the same."""
    lifetime, setting, facts = draft.lifetime, draft.setting, draft.question.facts
    surface = schedule.surfaces.surface

    def says(at: int) -> object:
        cell = lifetime.cell(at)
        return (surface(cell.over, setting, facts).signature, cell.said)

    low, high, cuts = place, place + 1, lifetime.cuts
    mine = says(place)
    while low > 0 and says(low - 1) == mine:
        low -= 1
    while high < len(cuts) and says(high) == mine:
        high += 1
    return cuts[low], cuts[high] if high < len(cuts) else FOREVER


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
    total, range_ = totals.total(schedule, draft), totals.span(schedule, draft)
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
    """Find the constant interval by asking outward from the day, cut by cut; kept if nothing is declared."""
    day, known = question.date.toordinal(), question.known_on.toordinal()
    kept = Steps()
    if not question.facts:
        seen = (schedule.index.known(known), schedule.editions_known(known))
        key = (question.code, question.origin, question.view, seen)
        kept = schedule.steps.get(key) or schedule.steps.put(key, kept)
    return schedule.interval(*(kept.around(day) or kept.add(*_search(schedule, question, draft, day))))


def _search(schedule: Schedule, question: Question, draft: Draft, day: int) -> tuple[int, int]:
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
    return start, cuts[high] if high < len(cuts) else FOREVER


def timeline(schedule: Schedule, question: Question, start: date, until: date | None) -> Timeline:
    """Return the maximal constant intervals of [start, until).

    A stretch for which there is no answer is an interval with the kind of the problem and no total. Raises the
    refusal when no day of the stretch has an answer.
    """
    first = start.toordinal()
    end = until.toordinal() if until is not None else FOREVER
    masks = _family_masks(schedule, question.code) if question.code in schedule.index.goods else ()
    cuts = [first, *(c for c in _cuts(schedule, question, masks) if first < c < end)]
    intervals: list[TimelineInterval] = []
    noted: dict[Notice, None] = {}
    asked_about = Goods(schedule.lines.dotted(question.code), None, ())
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
            asked_about = goods(schedule, draft)
            now = signature(schedule, draft)
            noted.update(dict.fromkeys(warnings(schedule, draft)))
            built = TimelineInterval(asked.date, None, totals.total(schedule, draft), all_layers(schedule, draft))
        ends = date.fromordinal(stop) if stop < FOREVER else None
        if intervals and now == last:
            intervals[-1] = msgspec.structs.replace(intervals[-1], until=ends)
        else:
            intervals.append(msgspec.structs.replace(built, until=ends))
            last = now
    if not answered and failure is not None:
        raise failure
    last_day = date.fromordinal(end - 1) if end < FOREVER else date.max
    noted.update(dict.fromkeys(schedule.late((), last_day)))
    return Timeline(
        question.importer,
        question.origin,
        question.known_on,
        question.view,
        asked_about,
        start,
        until,
        tuple(intervals),
        tuple(noted),
        schedule.release,
    )
