"""Asking the shipped law many questions: strategies, and what of an answer must stay the same over an interval."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import msgspec
from hypothesis import strategies as st

from service.engine.answers import Answer, Interval, Layer, Question
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule
from service.law.facts import Facts
from tests.shipped import TODAY, laws, schedule
from tests.wide.lawfiles import goods_list, news

FIRST, END = date(2018, 1, 1), date(2027, 1, 1)
ORIGINS = ("CN", "HK", "MO", "KP")
DECLARED: tuple[Facts, ...] = (
    {},
    {},
    {},
    {"loaded_on": date(2025, 4, 4).toordinal()},
    {"exported_on": date(2019, 5, 9).toordinal()},
    {"us_content": Decimal("0.25")},
    {"donation": True},
    {"informational": False},
    {"preference": "C"},
    {"chapter_98": "9802.00.80", "us_parts_value": Decimal("0.4")},
    {"transshipped": True},
    {"civil_aircraft": True},
    {"base_ave": Decimal("3.2")},
    {"claims": ("9903.02.78", "9903.03.04")},
    {"claims": ("9903.88.69", "9904.05.48")},
    {"exclusion_granted": True},
    {"steel_content": Decimal("0.4"), "aluminum_content": Decimal("0.1")},
    {"transport": "mail", "shipment_value": Decimal(500)},
    {"value": Decimal(1000), "quantities": (("kg", Decimal(20)), ("piece", Decimal(10)))},
)
encoder = msgspec.json.Encoder(decimal_format="number")


def step(day: date, by: int) -> date:
    """Return the day ``by`` days later."""
    return day + timedelta(by)


@cache
def codes() -> tuple[tuple[str, ...], ...]:
    """Return the rate lines, the statistical numbers, and those on a list with more than one state."""
    law = laws()["US"]
    every = sorted({x.code for x in law.lines} | {x.code for x in law.statistical})
    moving = {
        code
        for name in ("s301-list1", "s301-list2", "s301-list3-partial", "s301-list4a", "ieepa-annex-ii")
        for code, rows in goods_list(name).items()
        if len(rows) > 1 or len(code) == 10
    }
    moving |= {code[:8] for code in moving}
    return (
        tuple(c for c in every if len(c) == 8),
        tuple(c for c in every if len(c) == 10),
        tuple(c for c in every if c in moving or c[:8] in moving),
    )


def any_code() -> st.SearchStrategy[str]:
    """Return codes of every edition, dead ones among them; those with a history come up often."""
    return st.deferred(lambda: st.one_of(*map(st.sampled_from, codes())))


def any_known_day() -> st.SearchStrategy[date]:
    """Return known days: any, and those around a day with news."""
    near = st.sampled_from(news()).flatmap(lambda d: st.sampled_from([step(d, -1), d, step(d, 1)]))
    return st.one_of(st.just(TODAY), near, st.dates(FIRST, TODAY)).filter(lambda d: FIRST <= d <= TODAY)


def any_question(declared: tuple[Facts, ...] = ({},)) -> st.SearchStrategy[Question]:
    """Return questions of the United States; without declared facts unless some are given."""
    return st.builds(
        lambda code, origin, day, known, view, facts: Question("US", code, origin, day, known, view, facts),
        any_code(),
        st.sampled_from(ORIGINS),
        st.dates(FIRST, step(END, -1)),
        any_known_day(),
        st.sampled_from(["collected", "law"]),
        st.sampled_from(declared),
    )


def answer(question: Question, asked: Schedule | None = None) -> Answer | str:
    """Answer a question, or return the kind of problem."""
    try:
        return (asked or schedule()).answer(question)
    except Refusal as refusal:
        return refusal.kind


def state(found: Answer | str) -> object:
    """Return what must stay the same for an answer to count as constant (the contract)."""
    if isinstance(found, str):
        return found
    layers = [(x.program, x.measure, x.percent, x.specific, x.share) for x in found.layers]
    return (found.total, found.range, found.prohibited, found.quota, layers)


def lasting(layer: Layer) -> Layer:
    """Return a layer without its days and acts: within an interval another act may say the same."""
    return msgspec.structs.replace(layer, from_=None, until=None, acts=())


def within(found: Interval, first: date, until: date) -> tuple[date, date]:
    """Return an interval cut to a window."""
    return max(found.from_ or first, first), min(found.until or until, until)
