"""Brackets by unit value (13.10.26 by the kilogram, 13.10.27 by the piece; ``zz/brackets``).

Beside a base duty of 5 % a kilogram worth less than 0.25 owes 0.7 ZZD, less than 1.5 owes 0.2 ZZD, more owes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.answers import Answer
from service.engine.conditions import unit_value
from service.engine.refusals import ImpossibleFacts
from service.law.conditions import UnitValue
from service.law.facts import Facts
from tests.engine.zed import ask, assumed, could, layers, number, percent, span

LADDER = ("90.71.01", "90.71.02", "90.71.03")
STEPS = {"90.71.01": ("0", "0.7"), "90.71.02": ("0.25", "0.2"), "90.71.03": ("1.5", "0")}
"""Heading -> from which value per kilogram, and what it charges per kilogram."""

amounts = st.decimals(min_value="0.01", max_value=10**9, places=2)
quantities = st.decimals(min_value="0.001", max_value=10**6, places=3)


def bracket(answer: Answer) -> list[str]:
    """The headings of the ladder, or the one beneath it, that charge."""
    return [x.heading for x in answer.layers if x.program == "zz/brackets"]


def by_law(value: Decimal, quantity: Decimal) -> str:
    worth = Fraction(value) / Fraction(quantity)
    return [h for h, (start, _) in STEPS.items() if worth >= Fraction(start)][-1]


@pytest.mark.parametrize(
    ("value", "kilograms", "heading", "whole"),
    [
        ("249.99", "1000", "90.71.01", "285.0112"),  # 5 + 700 / 249.99
        ("250", "1000", "90.71.02", "85"),  # 5 + 200 / 250
        ("1499.99", "1000", "90.71.02", "18.3334"),  # 5 + 200 / 1499.99
        ("1500", "1000", "90.71.03", "5"),
        ("0.75", "3", "90.71.02", "85"),
        ("0.74", "3", "90.71.01", "288.7838"),  # 5 + 2.1 / 0.74
    ],
)
def test_value_and_quantity_choose_the_bracket(value: str, kilograms: str, heading: str, whole: str) -> None:
    answer = ask("13.10.26", value=value, quantities=f"kg:{kilograms}")
    assert bracket(answer) == [heading]
    assert percent(answer) == whole
    assert [number(x.percent) if x else None for x in (answer.range.min, answer.range.max)] == [whole, whole]
    assert answer.see == ()
    assert could(answer) == []


@given(amounts, quantities)
def test_exactly_one_bracket_holds_and_the_money_is_exact(value: Decimal, quantity: Decimal) -> None:
    answer = ask("13.10.26", value=f"{value:f}", quantities=f"kg:{quantity:f}")
    heading = by_law(value, quantity)
    assert bracket(answer) == [heading]
    assert answer.total.percent is not None
    exact = 5 + Fraction(STEPS[heading][1]) * Fraction(quantity) / Fraction(value) * 100
    assert abs(Fraction(answer.total.percent) - exact) <= Fraction(1, 20_000)  # four places


@given(amounts, quantities)
def test_the_bounds_of_undeclared_figures_hold_whatever_they_are(value: Decimal, quantity: Decimal) -> None:
    bounds = ask("13.10.26").range
    assert bounds.min is not None
    assert bounds.min.percent is not None
    assert bounds.max is not None
    whole = ask("13.10.26", value=f"{value:f}", quantities=f"kg:{quantity:f}").total.percent
    assert whole is not None
    (most,) = bounds.max.specific
    dearest = (
        Fraction(bounds.max.ad_valorem_percent) + Fraction(most.amount) * Fraction(quantity) / Fraction(value) * 100
    )
    assert Fraction(bounds.min.percent) <= Fraction(whole) <= dearest + Fraction(1, 20_000)


@given(st.sampled_from(["0.25", "1.5"]), quantities)
def test_a_mark_belongs_to_the_bracket_above_it(mark: str, quantity: Decimal) -> None:
    at = Decimal(mark) * quantity
    above = next(h for h, (start, _) in STEPS.items() if start == mark)
    below = next(one for one, two in pairwise(LADDER) if two == above)
    assert bracket(ask("13.10.26", value=f"{at:f}", quantities=f"kg:{quantity:f}")) == [above]
    less = at - Decimal("0.00000001")
    assert bracket(ask("13.10.26", value=f"{less:f}", quantities=f"kg:{quantity:f}")) == [below]


def test_a_unit_value_that_no_decimal_holds_is_kept_exactly() -> None:
    facts: Facts = {"value": Decimal(1), "quantities": (("kg", Decimal(3)),)}
    assert unit_value(facts, UnitValue("kg", "ZZD", Decimal(0), None, "90.71.01", ("90.71.01",))) == Fraction(1, 3)


def test_undeclared_figures_leave_the_total_open_between_bounds() -> None:
    answer = ask("13.10.26")
    assert percent(answer) is None
    assert layers(answer) == [("B.09", None, "1"), ("13.10.26", "5", "1")]
    assert answer.see == LADDER
    assert span(answer) == ("5%", "0.7 ZZD/kg + 5%")
    assert answer.total.text == "5% to 0.7 ZZD/kg + 5%, see 90.71.01; 90.71.02; 90.71.03"
    assert assumed(answer) == {"value": "None", "quantities": "None", "claims": "None"}
    told = {x.heading: (x.text, x.reason.text, x.reason.needs and x.reason.needs.fact) for x in answer.not_applied}
    missing = "value (ZZD) and quantities (kg) are not declared"
    assert told == {
        "90.71.01": ("0.7 ZZD/kg", missing, "value"),
        "90.71.02": ("0.2 ZZD/kg", missing, "value"),
        "90.71.03": ("exempt", missing, "value"),
    }
    assert could(answer) == [("claims", "90.71.03", "5%"), ("claims", "90.71.01", "0.7 ZZD/kg + 5%")]


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"value": "100"}, "quantities (kg) are not declared"),
        ({"quantities": "kg:100"}, "value (ZZD) is not declared"),
        ({"value": "100", "quantities": "piece:7"}, "quantities (kg) are not declared"),
        ({"value": "100", "quantities": "kg:0"}, "quantities (kg) are not declared"),
        ({"value": "0", "quantities": "kg:10"}, "value (ZZD) is not declared"),
        ({"value": "100", "quantities": "kg:10", "currency": "EUR"}, "value (ZZD) is not declared"),
        ({"claims": "90.80.01"}, "value (ZZD) and quantities (kg) are not declared"),
    ],
)
def test_figures_that_choose_no_bracket_are_asked_for(facts: dict[str, str], missing: str) -> None:
    answer = ask("13.10.26", **facts)
    assert percent(answer) is None
    assert bracket(answer) == ["B.09"]
    assert {x.reason.text for x in answer.not_applied} == {missing}
    high = answer.range.max
    assert span(answer)[0] == "5%"
    assert high is not None
    assert high.text == "0.7 ZZD/kg + 5%"


def test_the_money_of_the_entry_may_be_stated() -> None:
    assert bracket(ask("13.10.26", value="100", quantities="kg:100", currency="ZZD")) == ["90.71.02"]


def test_amounts_per_unit_are_no_percentage_of_another_money() -> None:
    """K.02: 3 ZZD a kilogram; 100 kg worth 1000 ZZD owe 30 %, worth 1000 of another money nobody knows what."""
    assert percent(ask("12.10.02", value="1000", quantities="kg:100")) == "35"
    assert percent(ask("12.10.02", value="1000", quantities="kg:100", currency="EUR")) is None


def test_a_claim_stands_for_figures_that_are_not_declared() -> None:
    answer = ask("13.10.26", claims="90.71.02")
    assert bracket(answer) == ["90.71.02"]
    assert answer.total.text == "0.2 ZZD/kg + 5%"
    assert answer.see == ()
    assert percent(ask("13.10.26", claims="90.71.03")) == "5"
    assert percent(ask("13.10.26", claims="90.71.02", quantities="kg:10")) is None


def test_a_claim_of_the_right_bracket_changes_nothing() -> None:
    plain = ask("13.10.26", value="100", quantities="kg:100")
    assert ask("13.10.26", value="100", quantities="kg:100", claims="90.71.02") == plain


@given(amounts, quantities, st.sampled_from(LADDER))
def test_a_claim_that_contradicts_the_figures_is_refused_and_the_right_heading_named(
    value: Decimal, quantity: Decimal, claimed: str
) -> None:
    right = by_law(value, quantity)
    facts = {"value": f"{value:f}", "quantities": f"kg:{quantity:f}", "claims": claimed}
    if claimed == right:
        assert bracket(ask("13.10.26", **facts)) == [right]
        return
    with pytest.raises(ImpossibleFacts, match=f"{claimed} is claimed, .* fall under {right}") as refused:
        ask("13.10.26", **facts)
    assert refused.value.field == "claims"


def test_two_brackets_of_one_ladder_cannot_be_claimed() -> None:
    with pytest.raises(ImpossibleFacts, match=r"90\.71\.01, 90\.71\.02"):
        ask("13.10.26", claims="90.71.02,90.71.01")


def test_a_bracket_of_other_goods_may_be_claimed_beside() -> None:
    assert bracket(ask("13.10.26", value="100", quantities="kg:100", claims="90.72.02")) == ["90.71.02"]


def test_a_ladder_by_the_piece() -> None:
    """13.10.27: 2 ZZD a piece and 1 % below 10 ZZD, else 0.5 ZZD; no limit is stated for what it may be."""
    low = ask("13.10.27", value="99.99", quantities="piece:10,kg:3")
    assert bracket(low) == ["90.72.01"]
    assert percent(low) == "26.002"  # 5 + 1 + 20 / 99.99
    high = ask("13.10.27", value="100", quantities="piece:10,kg:3")
    assert bracket(high) == ["90.72.02"]
    assert percent(high) == "10"  # 5 + 5 / 100
    open_answer = ask("13.10.27")
    assert (percent(open_answer), span(open_answer)) == (None, ("5% + see 90.72.01; 90.72.02",) * 2)
