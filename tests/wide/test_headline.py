"""The headline: its universal layers by day, and its figures recomputed from the answers of all rate lines."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import msgspec
import pytest

from service.engine.answers import Answer, Headline, Spread
from service.engine.bounded import Bounded
from tests.shipped import TODAY, ask, importers, laws, principal, schedule
from tests.wide.lawfiles import lines, report

JULY = date(2025, 7, 28)

UNIVERSAL: list[tuple[date, date, str, list[tuple[str, str, str]]]] = [
    (date(2025, 1, 15), TODAY, "0", []),
    (date(2025, 2, 10), TODAY, "10", [("9903.01.20", "10", "eo-14195")]),
    (date(2025, 3, 10), TODAY, "20", [("9903.01.24", "20", "eo-14228")]),
    (date(2025, 4, 7), TODAY, "30", [("9903.01.24", "20", "eo-14228"), ("9903.01.25", "10", "eo-14257")]),
    (date(2025, 4, 9), TODAY, "104", [("9903.01.24", "20", "eo-14228"), ("9903.01.63", "84", "eo-14259")]),
    (date(2025, 4, 20), TODAY, "145", [("9903.01.24", "20", "eo-14228"), ("9903.01.63", "125", "eo-14266")]),
    (JULY, TODAY, "30", [("9903.01.24", "20", "eo-14228"), ("9903.01.25", "10", "eo-14257")]),
    (date(2025, 8, 13), JULY, "54", [("9903.01.24", "20", "eo-14228"), ("9903.01.63", "34", "eo-14298")]),
    (date(2025, 8, 13), TODAY, "30", [("9903.01.24", "20", "eo-14228"), ("9903.01.25", "10", "eo-14257")]),
    (date(2025, 12, 1), TODAY, "20", [("9903.01.24", "10", "eo-14357"), ("9903.01.25", "10", "eo-14257")]),
    (date(2026, 3, 15), TODAY, "10", [("9903.03.01", "10", "pp-11012")]),
]
WHOLE, KEPT = "2025-all-goods", "2025-all-goods-kept"
IN_CHINA: list[tuple[date, date, str, list[tuple[str, str, str]]]] = [
    (date(2018, 8, 1), TODAY, "0", []),
    (date(2025, 3, 15), TODAY, "0", []),
    # Announcement No. 4 at 34, No. 5 at 84 on the day before the first, No. 6 at 125 two days later.
    (date(2025, 4, 10), date(2025, 4, 8), "34", [(WHOLE, "34", "tc-2025-4")]),
    (date(2025, 4, 10), TODAY, "84", [(WHOLE, "84", "tc-2025-5")]),
    (date(2025, 4, 11), date(2025, 4, 10), "84", [(WHOLE, "84", "tc-2025-5")]),
    (date(2025, 4, 20), TODAY, "125", [(WHOLE, "125", "tc-2025-6")]),
    (date(2025, 5, 13), TODAY, "125", [(WHOLE, "125", "tc-2025-6")]),
    # No. 7: 24 points suspended for 90 days; No. 8 and No. 10 prolonged it before it ended.
    (date(2025, 5, 14), TODAY, "10", [(KEPT, "10", "tc-2025-7")]),
    (date(2025, 8, 12), JULY, "34", [(WHOLE, "34", "tc-2025-7")]),
    (date(2025, 8, 12), TODAY, "10", [(KEPT, "10", "tc-2025-8")]),
    (date(2025, 11, 10), date(2025, 11, 4), "34", [(WHOLE, "34", "tc-2025-7")]),
    (date(2025, 11, 10), TODAY, "10", [(KEPT, "10", "tc-2025-10")]),
    (date(2026, 11, 10), date(2026, 9, 1), "34", [(WHOLE, "34", "tc-2025-7")]),
    (date(2026, 11, 10), TODAY, "10", [(KEPT, "10", "mofcom-2026-09-28")]),
    (date(2027, 1, 10), TODAY, "34", [(WHOLE, "34", "tc-2025-7")]),
]
BY_DAY = {"US": UNIVERSAL, "CN": IN_CHINA}
CASES = [
    pytest.param(importer, *case, id=f"{importer} {case[0]} known {case[1]}")
    for importer in importers()
    for case in BY_DAY[importer]
]


def headline(day: date, known: date = TODAY, importer: str = "US") -> Headline:
    return schedule(importer).headline(principal(importer), day, known, "collected")


@pytest.mark.parametrize(("importer", "day", "known", "percent", "layers"), CASES)
def test_universal(importer: str, day: date, known: date, percent: str, layers: list[tuple[str, str, str]]):
    found = headline(day, known, importer)
    assert found.universal_percent == Decimal(percent)
    assert [(x.heading, f"{x.percent:f}", x.acts[0].id) for x in found.universal] == layers
    assert (found.importer, found.origin) == (importer, principal(importer))
    assert (found.date, found.known_on) == (day, known)


class Counted(NamedTuple):
    """The answers of one day, counted anew."""

    lines: int
    totals: list[Decimal]
    additional: list[Decimal]
    by_authority: dict[str, list[Decimal]]


def base_of(answer: Answer) -> Decimal:
    base = laws()[answer.importer].importer.base
    mine = [x for x in answer.layers if x.program == base and x.replaced_by is None]
    return sum((x.ad_valorem_percent * x.share for x in mine), Decimal(0))


@cache
def counted(day: date, importer: str) -> Counted:
    codes = lines(day, importer)
    totals, additional = [], []
    authorities: dict[str, list[Decimal]] = defaultdict(list)
    for code in codes:
        answer = ask(code, day, importer=importer)
        total = answer.total.percent
        if total is None:
            continue
        totals.append(total)
        additional.append(total - base_of(answer))
        shares: dict[str, Decimal] = defaultdict(Decimal)
        for layer in answer.layers:
            shares[layer.authority] += layer.ad_valorem_percent * layer.share
        for name, share in shares.items():
            authorities[name].append(share)
    return Counted(len(codes), totals, additional, authorities)


def spread(values: list[Decimal]) -> Spread:
    six = Decimal("0.000001")
    mean = statistics.mean(values).quantize(six)
    return Spread(min(values), statistics.median(values), mean, max(values))


DAYS = (date(2019, 6, 1), date(2025, 4, 20), JULY, date(2026, 3, 15))
RECOUNTED = pytest.mark.parametrize(
    ("importer", "day"), [pytest.param(i, day, id=f"{i} {day}") for i in importers() for day in DAYS]
)


@RECOUNTED
def test_distribution_is_that_of_the_answers(importer: str, day: date):
    found, again = headline(day, importer=importer).distribution, counted(day, importer)
    report(f"{importer} {day}: {found.lines} lines, {found.left_out} left out, mean {found.total.mean}")
    assert found.lines == again.lines
    assert found.left_out == again.lines - len(again.totals)
    assert found.total == spread(again.totals)
    assert found.additional == spread(again.additional)


@RECOUNTED
def test_means_by_authority_are_those_of_the_answers(importer: str, day: date):
    again = counted(day, importer)
    number = len(again.totals)
    means = {
        name: (sum(shares, Decimal(0)) / number).quantize(Decimal("0.000001"))
        for name, shares in again.by_authority.items()
        if any(shares)
    }
    found = headline(day, importer=importer)
    assert {x.authority: x.mean for x in found.by_authority} == means
    assert sum(x.mean for x in found.by_authority) == pytest.approx(
        found.distribution.total.mean, abs=Decimal("1e-5")
    )


@RECOUNTED
def test_lines_by_authority_are_those_of_the_answers(importer: str, day: date):
    again = counted(day, importer).by_authority
    lines_of = {name: sum(map(bool, shares)) for name, shares in again.items() if any(shares)}
    assert {x.authority: x.lines for x in headline(day, importer=importer).by_authority} == lines_of


def figures(found: Headline) -> Headline:
    """Return a headline without what tells the day."""
    return msgspec.structs.replace(found, date=JULY, warnings=(), announced=())


STANDING = [
    pytest.param(importer, *days, id=f"{importer} {days[0]} known {days[1]}")
    for importer in importers()
    for days in [*(c[:2] for c in BY_DAY[importer]), (date(2018, 3, 1), TODAY)]
]


@pytest.mark.parametrize(("importer", "day", "known"), STANDING)
def test_constant_holds_from_its_first_to_its_last_day(importer: str, day: date, known: date):
    mine = headline(day, known, importer)
    first, until = mine.constant.from_, mine.constant.until
    assert first is not None
    assert first <= day
    assert until is None or day < until
    last = until - timedelta(1) if until is not None else day + timedelta(400)
    # Asked of a schedule without a memory, else the headline kept for the interval would be compared with itself.
    for other in (first, last):
        fresh = fresh_headline(other, known, importer)
        assert figures(fresh) == figures(mine)
        assert fresh.date == other


def fresh_headline(day: date, known: date, importer: str) -> Headline:
    asked = schedule(importer)
    asked._headlines = Bounded(256)
    return asked.headline(principal(importer), day, known, "collected")


def test_two_days_of_one_interval_differ_in_the_date_alone():
    one, two = headline(date(2025, 7, 28)), headline(date(2025, 7, 29))
    assert msgspec.structs.replace(two, date=one.date) == one
    assert two.date == date(2025, 7, 29)


@pytest.mark.parametrize(
    ("importer", "day", "lines"), [("US", date(2019, 1, 5), 92), ("US", JULY, None), ("CN", date(2020, 6, 1), 8544)]
)
def test_a_headline_tells_how_many_lines_rest_on_stand_ins(importer: str, day: date, lines: int | None):
    told = [w for w in headline(day, importer=importer).warnings if w.kind == "approximate-base"]
    assert [w.text.split()[4] for w in told] == ([] if lines is None else [str(lines)])
