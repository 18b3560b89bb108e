"""Timelines: gapless, maximal, and the same as the answers asked day by day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import msgspec
import pytest

from service.engine.answers import Answer, Question, TimelineInterval
from service.engine.refusals import Refusal
from tests.shipped import TODAY, schedule
from tests.wide.asking import END, FIRST, answer, asked_everywhere, lasting, state, step, within


def question(code: str, origin: str = "CN", known: date = TODAY) -> Question:
    return Question("US", code, origin, date(2025, 7, 28), known, "collected")


def at(asked: Question, day: date) -> Answer | str:
    return answer(msgspec.structs.replace(asked, date=day))


def intervals(asked: Question) -> tuple[TimelineInterval, ...]:
    try:
        return schedule(asked.importer).timeline(asked, FIRST, END).intervals
    except Refusal:
        return ()


@asked_everywhere(
    question("85176200"),
    question("8517620090"),
    question("63079098"),
    question("84713001", known=date(2025, 4, 10)),
    question("44011100"),
)
def test_timeline_is_gapless_and_maximal(asked: Question):
    found = intervals(asked)
    if not found:
        assert isinstance(answer(asked), str)
        return
    assert (found[0].from_, found[-1].until) == (FIRST, END)
    assert [(a.until, b.from_) for a, b in pairwise(found) if a.until != b.from_] == []
    assert [i for i in found if i.until is None or i.from_ >= i.until] == []
    states = [state(at(asked, i.from_)) for i in found]
    assert [(a, b) for a, b in pairwise(states) if a == b] == []


@asked_everywhere(question("85176200"), question("63079098"), question("90328960"))
def test_timeline_says_what_the_answers_say(asked: Question):
    for one in intervals(asked):
        assert one.until is not None
        last = step(one.until, -1)
        middle = step(one.from_, (last - one.from_).days // 2)
        said = [at(asked, day) for day in (one.from_, middle, last)]
        assert state(said[0]) == state(said[1]) == state(said[2])
        for found in said:
            if isinstance(found, str):
                assert (one.refused, one.total, one.layers) == (found, None, ())
            else:
                assert one.refused is None
                assert one.total == found.total
                assert list(map(lasting, one.layers)) == list(map(lasting, found.layers or found.if_admitted))
                mine = within(found.constant, FIRST, END)
                if "preference" in asked.facts:  # see the next tests
                    assert one.from_ <= mine[0] < mine[1] <= one.until
                else:
                    assert mine == (one.from_, one.until)
        if one.until < END:
            assert state(at(asked, one.until)) != state(said[0])
        if one.from_ > FIRST:
            assert state(at(asked, step(one.from_, -1))) != state(said[0])


def test_constant_is_maximal_where_a_heading_is_to_be_claimed():
    found = at(question("04062063"), date(2025, 3, 5))
    assert isinstance(found, Answer)
    assert found.see
    assert [t.percent for t in (found.total, found.range.min, found.range.max) if t is not None] == [None] * 3
    first, until = found.constant.from_, found.constant.until
    assert first is not None
    assert until is not None
    assert state(at(question("04062063"), until)) != state(found)
    assert state(at(question("04062063"), step(first, -1))) != state(found)
    assert state(at(question("04062063"), first)) == state(at(question("04062063"), step(until, -1))) == state(found)


def test_constant_is_maximal_under_a_preference():
    asked = msgspec.structs.replace(question("85021100"), facts={"preference": "C"})
    found = at(asked, date(2019, 12, 31))
    assert isinstance(found, Answer)
    assert found.constant.until is not None
    assert state(at(asked, found.constant.until)) != state(found)


@asked_everywhere()
def test_days_of_a_layer_hold_the_day_asked(asked: Question):
    found = answer(asked)
    if isinstance(found, str):
        return
    for layer in found.layers:
        assert layer.from_ is None or layer.from_ <= asked.date
        assert layer.until is None or asked.date < layer.until
        # The measure stands as long as it says, with these terms.
        for day in (layer.from_, step(layer.until, -1) if layer.until else None):
            if day is None or not FIRST <= day < END:
                continue
            other = at(asked, day)
            if isinstance(other, Answer):
                mine = [x for x in other.layers if (x.program, x.measure) == (layer.program, layer.measure)]
                assert all(x.percent == layer.percent for x in mine)


@asked_everywhere()
def test_a_window_cuts_the_timeline_and_changes_nothing_else(asked: Question):
    whole = intervals(asked)
    if not whole:
        return
    until = step(asked.date, 90)
    try:
        cut = schedule(asked.importer).timeline(asked, asked.date, until).intervals
    except Refusal:
        assert isinstance(answer(asked), str)
        return
    expected = [
        msgspec.structs.replace(i, from_=max(i.from_, asked.date), until=min(i.until or until, until))
        for i in whole
        if i.from_ < until and (i.until is None or i.until > asked.date)
    ]
    if until <= END:
        found = [(i.from_, i.until, i.total, i.refused) for i in cut]
        assert found == [(i.from_, i.until, i.total, i.refused) for i in expected]


def test_an_open_timeline_ends_open():
    found = schedule().timeline(question("95030000"), FIRST, None)
    assert found.until is None
    assert found.intervals[-1].until is None


def test_a_timeline_past_the_evidence_says_so():
    found = schedule().timeline(question("95030000"), date(2026, 9, 1), END)
    assert "after-evidence" in {w.kind for w in found.warnings}


@pytest.mark.parametrize("until", [date(2026, 10, 1), date(2026, 10, 11)])
def test_a_timeline_within_the_evidence_does_not(until: date):
    found = schedule().timeline(question("95030000"), date(2026, 9, 1), until)
    assert "after-evidence" not in {w.kind for w in found.warnings}
