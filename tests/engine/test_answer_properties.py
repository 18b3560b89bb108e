"""Properties of answers over random codes, origins, days and declarations under the whole invented law."""

from __future__ import annotations

import gc
import weakref
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.engine.answers import Answer, Question, TimelineInterval, Total
from service.engine.refusals import Refusal
from service.law.facts import Facts, FactValue
from service.law.terms import VIEWS
from tests.engine.zed import fresh, law, schedule
from tests.engine.zed import question as written

CODES = sorted({line.code for line in law().lines} | {number.code for number in law().statistical})
FIRST, LAST = date(2019, 12, 1), date(2025, 8, 1)
ONE_DAY = timedelta(days=1)

shares = st.integers(0, 20).map(lambda n: Decimal(n) / 20)
days = st.dates(FIRST, LAST)
declarations: dict[str, st.SearchStrategy[FactValue]] = {
    "preference": st.sampled_from(("T", "U", "X")),
    "loaded_on": st.dates(date(2021, 4, 1), date(2021, 4, 9)).map(date.toordinal),
    "gift": st.booleans(),
    "grade": st.sampled_from(("plain", "fine", "royal")),
    "quota": st.sampled_from(("in", "over")),
    "end_use": st.sampled_from(("milling", "museum", "other")),
    "metal_weight_share": shares,
    "us_content": shares,
    "steel_content": shares,
    "aluminum_content": shares,
    "copper_content": shares,
    "chapter_98": st.sampled_from(("90.10.10", "90.10.60", "90.20.10", "90.30.10")),
    "foreign_work_value": shares,
    "us_parts_value": shares,
    "value": st.integers(1, 1000).map(Decimal),
    "base_ave": st.integers(0, 30).map(Decimal),
}
ORDINARY = {name for name in declarations if law().facts[name].class_ == "ordinary"} | {
    "foreign_work_value",
    "us_parts_value",
}


@st.composite
def questions(draw: st.DrawFn, *, declared: bool = True) -> Question:
    facts: Facts = {}
    if declared and draw(st.booleans()):
        for name in draw(st.sets(st.sampled_from(sorted(declarations)), max_size=3)):
            facts[name] = draw(declarations[name])
    return Question(
        "ZZ",
        draw(st.sampled_from(CODES)),
        draw(st.sampled_from(("XA", "XB", "XC", "XD", "XE"))),
        draw(days),
        draw(days),
        draw(st.sampled_from(VIEWS)),
        facts,
    )


def answer(question: Question) -> Answer:
    """The answer, or the example is given up: there is none."""
    try:
        return schedule().answer(question)
    except Refusal:
        assume(False)
        raise


def signature(question: Question, day: date) -> object:
    """What stays the same over an interval: the answer but for its day, or the kind of refusal."""
    if day < date(1, 1, 2):
        return None
    try:
        found = schedule().answer(msgspec.structs.replace(question, date=day))
    except Refusal as refusal:
        return refusal.kind
    layers = tuple(
        (x.program, x.measure, x.percent, x.ad_valorem_percent, x.specific, x.parts, x.share) for x in found.layers
    )
    return (found.total, found.range, layers, found.prohibited, found.quota)


@given(questions(), st.integers(0, 3000))
def test_the_answer_is_the_same_on_every_day_of_its_interval(question: Question, step: int) -> None:
    found = answer(question)
    start, until = found.constant.from_, found.constant.until
    first = start if start is not None else FIRST
    last = until - ONE_DAY if until is not None else LAST
    assert first <= question.date <= max(last, question.date)
    mine = signature(question, question.date)
    between = first + timedelta(days=step % max((last - first).days, 1))
    for day in {first, between, last}:
        assert signature(question, day) == mine, day


@given(questions())
def test_the_days_outside_the_interval_differ(question: Question) -> None:
    found = answer(question)
    mine = signature(question, question.date)
    if found.constant.from_ is not None:
        assert signature(question, found.constant.from_ - ONE_DAY) != mine
    if found.constant.until is not None:
        assert signature(question, found.constant.until) != mine


@given(questions(), days, st.integers(1, 2000))
def test_a_timeline_is_gapless_and_agrees_with_the_answers(question: Question, start: date, length: int) -> None:
    until = start + timedelta(days=length)
    try:
        intervals = schedule().timeline(question, start, until).intervals
    except Refusal:
        intervals = ()
    if not intervals:
        for day in (start, start + (until - start) // 2, until - ONE_DAY):
            assert isinstance(signature(question, day), str), "a timeline is refused only where no day has an answer"
        return
    assert intervals[0].from_ == start
    assert intervals[-1].until == until
    for one, two in pairwise(intervals):
        assert one.until == two.from_
        assert one.from_ < two.from_
        last, first = two.from_ - ONE_DAY, two.from_
        assert signature(question, last) != signature(question, first)
    for item in intervals:
        end = (item.until or LAST) - ONE_DAY
        for day in {item.from_, item.from_ + (end - item.from_) // 2, end}:
            agrees(item, question, day)


def agrees(item: TimelineInterval, question: Question, day: date) -> None:
    if item.refused is not None:
        assert signature(question, day) == item.refused
        assert item.total is None
        return
    found = schedule().answer(msgspec.structs.replace(question, date=day))
    assert item.total == found.total
    bare = [(x.program, x.measure, x.heading, x.percent, x.share, x.refundable) for x in item.layers]
    told = found.layers or found.if_admitted
    assert bare == [(x.program, x.measure, x.heading, x.percent, x.share, x.refundable) for x in told]


def in_percent(total: Total | None) -> Decimal | None:
    return None if total is None else total.percent


@given(questions(declared=False), st.data())
def test_the_range_contains_every_ordinary_declaration(question: Question, data: st.DataObject) -> None:
    """Declare any of the ordinary facts that the answer says it assumed, and those it then assumes, and so on."""
    found = answer(question)
    low, high = in_percent(found.range.min), in_percent(found.range.max)
    assume(low is not None or high is not None)
    facts: Facts = {}
    for _ in range(4):
        names = {a.fact for a in found.assumptions} & ORDINARY - facts.keys()
        if not names:
            break
        name = data.draw(st.sampled_from(sorted(names)))
        facts[name] = data.draw(declarations[name])
        try:
            found = schedule().answer(msgspec.structs.replace(question, facts=facts))
        except Refusal:
            break
        total = found.total.percent
        if total is not None:
            assert low is None or low <= total, facts
            assert high is None or total <= high, facts


@given(questions(declared=False))
def test_the_total_lies_in_its_range(question: Question) -> None:
    found = answer(question)
    total = found.total.percent
    low, high = in_percent(found.range.min), in_percent(found.range.max)
    if total is not None:
        assert low is None or low <= total
        assert high is None or total <= high


def declared_again(shown: object) -> FactValue:
    """A fact's value as answers show it, as a declaration."""
    if isinstance(shown, date):
        return shown.toordinal()
    if isinstance(shown, dict):
        return tuple(sorted(shown.items()))
    assert isinstance(shown, str | bool | int | Decimal | tuple)
    return shown


@given(questions())
def test_what_could_change_the_total_does_when_declared(question: Question) -> None:
    found = answer(question)
    for item in found.could_change:
        facts = {**question.facts, item.fact: declared_again(item.value)}
        changed = schedule().answer(msgspec.structs.replace(question, facts=facts))
        assert changed.total == item.total, item.fact
        assert changed.total != found.total


@given(questions())
def test_the_total_is_the_sum_of_its_layers(question: Question) -> None:
    """Percent x share, where no layer stands in place of the base and nothing is left open."""
    found = answer(question)
    assume(found.total.percent is not None and not found.see)
    assume(all(x.percent is not None and x.replaced_by is None for x in found.layers))
    summed = sum(((x.percent or Decimal(0)) * x.share for x in found.layers), Decimal(0))
    assert found.total.percent == summed


@given(questions())
def test_what_lies_in_the_future_of_the_known_day_is_not_known(question: Question) -> None:
    """No act behind an answer was announced after the day up to which the law is known."""
    found = answer(question)
    for layer in found.layers:
        assert all(act.announced <= question.known_on for act in layer.acts)
    for item in found.announced:
        assert item.announced <= question.known_on


@given(st.lists(questions(), min_size=2, max_size=5))
@settings(max_examples=20)
def test_an_answer_does_not_depend_on_the_questions_before_it(asked: list[Question]) -> None:
    """A schedule asked many things says the same as one that was asked nothing else.

    Left out are announcements, post duties, and the days of the base layer: each has a test of its own.
    """
    for question in asked:
        assert told(answer(question)) == told(fresh().answer(question))


def told(found: Answer) -> tuple[object, ...]:
    """An answer without announcements and without the days of its layers."""
    layers = tuple(msgspec.structs.replace(x, from_=None, until=None) for x in found.layers + found.if_admitted)
    return (
        (found.total, found.range, layers, found.not_applied, found.could_change),
        (found.assumptions, found.warnings, found.prohibited, found.quota, found.see, found.constant),
    )


@pytest.mark.parametrize("view", VIEWS)
def test_every_line_answers_in_both_views(view: str) -> None:
    """Every code that exists on a day has an answer, and each of its layers names an act or is the schedule's."""
    for code in CODES:
        question = Question("ZZ", code, "XA", date(2022, 6, 1), LAST, VIEWS[view == VIEWS[1]])
        try:
            found = schedule().answer(question)
        except Refusal:
            continue
        assert all(x.acts for x in found.layers)


def test_a_schedule_that_is_let_go_is_freed_without_the_collector() -> None:
    """Releases are set aside from the collector, so nothing in one may refer to itself in a circle."""
    made = fresh()
    for code in ("10.10.10", "13.10.09", "13.10.12"):
        for origin in ("XA", "XB"):
            made.answer(written(code, origin))
            made.timeline(written(code, origin), date(2020, 1, 1), None)
    made.headline("XA", date(2021, 5, 1), date(2025, 6, 30), "collected")
    kept = weakref.ref(made)
    lifetimes = weakref.ref(made.lifetimes)
    gc.disable()
    try:
        del made
        assert kept() is None
        assert lifetimes() is None
    finally:
        gc.enable()
