"""The history of a shipped program reads as a story: everything in it, in the order in which it became public."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from service.law.history import Event, history
from service.law.importer import ImporterLaw
from service.law.terms import GoodsList, Program
from tests.shipped import laws

PROGRAMS = ("us/ieepa/reciprocal", "us/section-301/china")


def law() -> ImporterLaw:
    return laws()["US"]


def told(program: str) -> list[Event]:
    return history(law(), program)


def one(program: str) -> Program:
    return next(p for p in law().programs if p.id == program)


def says(event: Event, subject: str) -> list[tuple[str, str]]:
    return [(str(c.from_), c.says[0]) for c in event.changes if c.subject == subject]


def act(program: str, name: str) -> Event:
    return next(e for e in told(program) if e.kind == "act" and e.id == name)


@pytest.mark.parametrize("program", PROGRAMS)
def test_events_stand_in_the_order_in_which_they_became_public(program: str):
    events = told(program)
    assert [e.date for e in events] == sorted(e.date for e in events)
    acts = [e.id for e in events if e.kind == "act"]
    assert acts == sorted(acts, key=lambda name: law().acts[name].rank)
    assert len(acts) == len(set(acts))


@pytest.mark.parametrize("program", PROGRAMS)
def test_acts_of_a_day_stand_before_what_was_said_that_day(program: str):
    events = told(program)
    for earlier, later in pairwise(events):
        assert not (earlier.date == later.date and earlier.kind != "act" and later.kind == "act")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_amendment_is_told_once(program: str):
    wanted = Counter(
        (a.act, m.id, a.valid.first, a.valid.end, a.concerns) for m in one(program).measures for a in m.amendments
    )
    shown = Counter(
        (event.id, change.subject, change.from_, change.until, change.concerns)
        for event in told(program)
        for change in event.changes
        if not change.subject.startswith("lists/")
    )
    assert shown == wanted


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_row_of_its_lists_is_counted(program: str):
    names = {
        patch.goods.name
        for measure in one(program).measures
        for patch in (measure.patch, *(a.patch for a in measure.amendments))
        if isinstance(patch.goods, GoodsList)
    }
    rows = sum(len(law().lists[name].rows) for name in names)
    counted = [
        int(text.split()[1])
        for event in told(program)
        for change in event.changes
        if change.subject.startswith("lists/")
        for text in change.says
    ]
    assert sum(counted) == rows


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_was_said_is_told_and_taken_back(program: str):
    wanted = {(said.announced, "announcement", said.id) for said in one(program).announcements}
    wanted |= {(said.withdrawn, "withdrawal", said.id) for said in one(program).announcements if said.withdrawn}
    assert {(e.date, e.kind, e.id) for e in told(program) if e.kind != "act"} == wanted
    place = {(e.kind, e.id): at for at, e in enumerate(told(program))}
    assert all(place["announcement", name] < at for (kind, name), at in place.items() if kind == "withdrawal")


def test_the_increase_of_list_3_is_ordered_put_off_twice_and_made():
    """83 FR 47974, 83 FR 65198, 84 FR 7966, 84 FR 20459."""
    steps = [(e.date, e.id, says(e, "list-3")) for e in told("us/section-301/china") if says(e, "list-3")]
    assert steps == [
        (date(2018, 9, 17), "83-fr-47974", [("2018-09-24", "rate: 10%"), ("2019-01-01", "rate: 25%")]),
        (date(2018, 12, 14), "83-fr-65198", [("2019-01-01", "rate: 10%"), ("2019-03-02", "rate: 25%")]),
        (date(2019, 2, 28), "84-fr-7966", [("2019-03-02", "rate: 10%")]),
        (date(2019, 5, 8), "84-fr-20459", [("2019-05-10", "rate: 25%")]),
    ]


def test_list_4b_never_starts():
    """84 FR 43304, 84 FR 45821, 84 FR 69447."""
    steps = [(e.id, says(e, "list-4b")) for e in told("us/section-301/china") if says(e, "list-4b")]
    assert steps == [
        ("84-fr-43304", [("2019-12-15", "rate: 10%")]),
        ("84-fr-45821", [("2019-12-15", "rate: 15%")]),
        ("84-fr-69447", [("2019-12-15", "rate: suspended")]),
    ]


def test_a_threat_stands_between_the_orders_it_announces():
    """Reciprocal duties on China: ordered 2025-04-02, threatened with more on 04-07, raised on 04-08 and 04-09."""
    around = [(e.date, e.kind, e.id) for e in told("us/ieepa/reciprocal") if e.date < date(2025, 4, 10)]
    assert around == [
        (date(2025, 4, 2), "act", "eo-14257"),
        (date(2025, 4, 7), "announcement", "fifty-more"),
        (date(2025, 4, 8), "act", "csms-64680374"),
        (date(2025, 4, 8), "act", "eo-14259"),
        (date(2025, 4, 8), "withdrawal", "fifty-more"),
        (date(2025, 4, 9), "act", "eo-14266"),
    ]


def test_the_judgment_reaches_back_and_concerns_the_law_alone():
    judgment = act("us/ieepa/reciprocal", "learning-resources")
    assert judgment.date == date(2026, 2, 20)
    assert {c.concerns for c in judgment.changes} == {"law"}
    assert {c.says for c in judgment.changes} == {("rate: none",)}
    assert min(str(c.from_) for c in judgment.changes) == "2025-04-05"
    stop = act("us/ieepa/reciprocal", "csms-67834313")
    assert {(str(c.from_), c.concerns) for c in stop.changes} == {("2026-02-24", "collection")}
