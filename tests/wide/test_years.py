"""Every rate line of every year: none is answered by silence, and the counts are those of the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import pytest

from service.engine.answers import Answer, Total
from service.law.conditions import UnitValue
from service.law.terms import VIEWS, GoodsPrefixes, View
from tests.shipped import ask, importers, laws
from tests.wide.lawfiles import report
from tests.wide.years import APPROXIMATE, KINDS, YEARS, Asked, Counts, counted, every_line, kind, number, table

PAGE = Path(__file__).parents[2] / "docs" / "coverage-by-year.md"
OPEN_AT_MOST = {"US": 0.005, "CN": 0.04}
"""Share of the lines of a day that may be unresolved or refused. No rate is known of many Chinese lines of 2022."""
CENT = Decimal("0.01")

LINES = {"US": 11000, "CN": 8000}
"""Rate lines that a schedule has in every year, at least."""

counts: Counts = {}


def percent_hides_something(total: Total) -> bool:
    return total.percent is not None and bool(total.specific or total.parts)


def bounds(answer: Answer) -> list[Total]:
    return [t for t in (answer.range.min, answer.range.max) if t is not None]


def faults(asked: Asked, base: str) -> list[str]:
    """Return what is wrong with an answer, whatever the law says."""
    answer = asked.answer
    if isinstance(answer, str):
        return []
    found = []
    if not answer.layers and answer.total.percent == 0:
        found.append("0 percent without a layer")
    if [x.program for x in answer.layers].count(base) != 1 or answer.layers[0].program != base:
        found.append("the base duty is not the first layer")
    if any(map(percent_hides_something, (answer.total, *bounds(answer), *(c.total for c in answer.could_change)))):
        found.append("a percentage beside amounts that nothing evaluates")
    if any(x.percent is not None and (x.specific or x.parts) for x in answer.layers):
        found.append("a layer with a percentage beside amounts")
    if answer.total.percent is not None and answer.total.percent != sum(
        (x.percent or 0) * x.share for x in answer.layers if x.replaced_by is None
    ):
        found.append("the total is not the sum of its layers")
    if answer.total.percent not in (None, answer.total.ad_valorem_percent):
        found.append("the total is not its computable part")
    return found + unexplained(asked, answer)


def unexplained(asked: Asked, answer: Answer) -> list[str]:
    """Return what is missing in an answer without a percentage."""
    if answer.total.percent is not None:
        return []
    match kind(asked):
        case "unresolved" if not any(s.strip() for s in answer.see) or "see" not in answer.total.text:
            return ["unresolved without a reason"]
        case "quantities" if not all(heading in answer.total.text for heading in answer.see):
            return ["a heading referred to that the total does not name"]
        case "quantities" if answer.see and (answer.range.max is None or not answer.range.max.specific):
            return ["an amount by the value per unit without a bound"]
        case "quantities" if not answer.see and not (
            answer.total.specific or answer.total.parts or " or " in answer.total.text
        ):
            return ["no percentage, and no amount or part that would explain it"]
        case "not covered" if not all(w.text and w.program for w in answer.warnings if w.kind == "not-covered"):
            return ["not covered without a program"]
    return []


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("importer", importers())
def test_every_line_of_the_year(importer: str, year: int, view: View):
    base = laws()[importer].importer.base
    answers = list(every_line(year, view, importer))
    found = counts[importer, year, view] = counted(answers)
    wrong = [(asked.code, fault) for asked in answers for fault in faults(asked, base)]
    report(f"{importer} {year} {view}: " + ", ".join(f"{name} {found[name]}" for name in (*KINDS, APPROXIMATE)))
    assert wrong == []
    assert number(found) > LINES[importer]
    assert found["unresolved"] + found["refused"] <= OPEN_AT_MOST[importer] * number(found)
    assert found["refused"] == 0


@pytest.mark.slow
def test_the_page_shows_these_counts():
    for importer, year, view in product(importers(), YEARS, VIEWS):
        if (importer, year, view) not in counts:
            counts[importer, year, view] = counted(every_line(year, view, importer))
    made = "make it anew with: python -m tests.wide.years > docs/coverage-by-year.md"
    assert PAGE.read_text("utf-8") == table(counts), made


@cache
def by_value() -> tuple[Asked, ...]:
    """The lines of 2025 whose duty goes by the value per unit."""
    return tuple(a for a in every_line(2025, "collected") if a.figured is not None)


def test_claiming_any_heading_named_states_its_amount():
    assert len(by_value()) > 150
    wrong = []
    for code, day, _, open_answer, _ in by_value():
        assert isinstance(open_answer, Answer)
        charged = {x.heading: x.text for x in open_answer.not_applied}
        for heading in open_answer.see:
            answer = ask(code, day, facts={"claims": (heading,)})
            claimed = [x.text for x in answer.layers if x.heading == heading]
            if answer.see or claimed != [charged[heading]]:
                wrong.append((code, heading, answer.total.text))
    assert wrong == []


def brackets(code: str) -> list[UnitValue]:
    """Return the brackets of a line in the law, from the lowest."""
    program = next(p for p in laws()["US"].programs if p.id == "us/agricultural-safeguards")
    found = [
        m.patch.when
        for m in program.measures
        if isinstance(m.patch.goods, GoodsPrefixes) and code in m.patch.goods.include
    ]
    return sorted((w for w in found if isinstance(w, UnitValue)), key=lambda b: b.low)


def test_value_and_quantity_alone_choose_the_bracket_on_both_sides_of_every_mark():
    """Each line by the value per unit, at each mark and the smallest amount below it: one heading, and a total."""
    wrong, tried = [], set()
    for code, day, *_ in by_value():
        ladder = brackets(code)
        for below, above in pairwise(ladder):
            for value, right in ((above.low * 1000 - CENT, below), (above.low * 1000, above)):
                counted = {"total_sugars": Decimal(300), above.unit: Decimal(1000)}
                answer = ask(code, day, facts={"value": value, "quantities": tuple(sorted(counted.items()))})
                headings = [x.heading for x in answer.layers if x.program == "us/agricultural-safeguards"]
                if headings != [right.heading] or answer.see or not_whole(answer, counted):
                    wrong.append((code, value, headings, answer.total.text))
                tried.add(right.heading)
    assert wrong == []
    assert len(tried) == 414


def not_whole(answer: Answer, counted: Mapping[str, Decimal]) -> bool:
    """Tell whether an answer has no total although every quantity it charges on is declared."""
    keys = {x.per.unit if x.on is None else x.on.replace(" ", "_") for x in answer.total.specific}
    return answer.total.percent is None and keys <= counted.keys()


SUGAR = "17011210"
"""Beet sugar: an amount that falls with each degree of polarization, down to a floor."""


def test_the_text_of_an_open_comparison_counts_nothing_twice():
    answer = ask(SUGAR, date(2018, 6, 1))
    assert answer.total.text == "0.03143854 USD/kg or 0.036606 USD/kg"
    answer = ask(SUGAR, date(2025, 7, 28))
    assert answer.total.text.count("37.5%") == answer.total.text.count("USD")


def test_an_open_comparison_is_bounded_by_its_alternatives():
    answer = ask(SUGAR, date(2018, 6, 1))
    assert answer.range.min is not None
    assert answer.range.max is not None
    assert [x.amount for x in answer.range.min.specific] == ["0.03143854"]
    assert [x.amount for x in answer.range.max.specific] == ["0.036606"]
