"""Asking the shipped law many questions: strategies, and what of an answer must stay the same over an interval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.engine.answers import Answer, Interval, Layer, Question
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule
from service.law.facts import Facts
from tests.shipped import TODAY, importers, laws, principal, schedule
from tests.wide.lawfiles import goods_list, list_names, news

FIRST, END = date(2018, 1, 1), date(2027, 1, 1)
ORIGINS = {"US": ("CN", "HK", "MO", "KP")}
"""Origins to ask about; of other importers the principal one."""
MOVING = {"US": ("s301-list1", "s301-list2", "s301-list3-partial", "s301-list4a", "ieepa-annex-ii")}
"""Lists whose codes come up often when they have a history; of other importers all lists."""
ANYWHERE: tuple[Facts, ...] = (
    {},
    {},
    {"loaded_on": date(2025, 4, 9).toordinal()},
    {"exported_on": date(2018, 9, 23).toordinal()},
    {"donation": True},
    {"described": True},
    {"exclusion_granted": True},
    {"quota": "over"},
    {"transport": "mail", "shipment_value": Decimal(500)},
    {"value": Decimal(1000), "quantities": (("kg", Decimal(20)), ("piece", Decimal(10)))},
)
"""What may be declared to any importer."""
TO_THE_UNITED_STATES: tuple[Facts, ...] = (
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
DECLARED = {"US": TO_THE_UNITED_STATES}
encoder = msgspec.json.Encoder(decimal_format="number")


def step(day: date, by: int) -> date:
    """Return the day ``by`` days later."""
    return day + timedelta(by)


def origins(importer: str = "US") -> tuple[str, ...]:
    """Return the origins to ask an importer about."""
    return ORIGINS.get(importer) or (principal(importer),)


def declared(importer: str = "US") -> tuple[Facts, ...]:
    """Return what may be declared to an importer, one of many at a time."""
    return DECLARED.get(importer, ANYWHERE)


@cache
def codes(importer: str = "US") -> tuple[tuple[str, ...], ...]:
    """Return the rate lines, the statistical numbers, and those on a list with more than one state."""
    law = laws()[importer]
    line = law.importer.codes.line
    every = sorted({x.code for x in law.lines} | {x.code for x in law.statistical})
    moving = {
        code
        for name in MOVING.get(importer) or list_names(importer)
        for code, rows in goods_list(name, importer).items()
        if len(rows) > 1 or len(code) > line
    }
    moving |= {code[:line] for code in moving}
    found = (
        tuple(c for c in every if len(c) == line),
        tuple(c for c in every if len(c) > line),
        tuple(c for c in every if c in moving or c[:line] in moving),
    )
    return tuple(some for some in found if some)


def any_code(importer: str = "US") -> st.SearchStrategy[str]:
    """Return codes of every edition, dead ones among them; those with a history come up often."""
    return st.deferred(lambda: st.one_of(*map(st.sampled_from, codes(importer))))


def any_known_day(importer: str = "US") -> st.SearchStrategy[date]:
    """Return known days: any, and those around a day with news."""
    near = st.sampled_from(news(importer)).flatmap(lambda d: st.sampled_from([step(d, -1), d, step(d, 1)]))
    return st.one_of(st.just(TODAY), near, st.dates(FIRST, TODAY)).filter(lambda d: FIRST <= d <= TODAY)


def any_question(importer: str = "US", facts: tuple[Facts, ...] = ({},)) -> st.SearchStrategy[Question]:
    """Return questions to an importer; without declared facts unless some are given."""
    return st.builds(
        lambda code, origin, day, known, view, said: Question(importer, code, origin, day, known, view, said),
        any_code(importer),
        st.sampled_from(origins(importer)),
        st.dates(FIRST, step(END, -1)),
        any_known_day(importer),
        st.sampled_from(["collected", "law"]),
        st.sampled_from(facts),
    )


def asked_everywhere(
    *examples: Question, facts: bool = True
) -> Callable[[Callable[[Question], None]], Callable[[str], None]]:
    """Make a check of a question a test of every importer by itself: of ``examples`` and of any question.

    ``facts``: whether something may be declared.
    """

    def wrapped(check: Callable[[Question], None]) -> Callable[[str], None]:
        def test(importer: str) -> None:
            holds = given(any_question(importer, declared(importer) if facts else ({},)))(check)
            for question in examples:
                holds = example(question)(holds) if question.importer == importer else holds
            holds()

        test.__doc__, test.__module__ = check.__doc__, check.__module__
        return pytest.mark.parametrize("importer", importers())(test)

    return wrapped


def answer(question: Question, asked: Schedule | None = None) -> Answer | str:
    """Answer a question, or return the kind of problem."""
    try:
        return (asked or schedule(question.importer)).answer(question)
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
