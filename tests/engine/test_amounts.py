"""The algebra of charges, their evaluation, and the one normal form of numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.amounts import (
    NOTHING,
    Charge,
    Figures,
    charge_of,
    charge_text,
    dearness,
    equivalent,
    extremes,
    plain,
    rounded,
    total_of,
)
from service.law.rates import Bounded, Form, GreaterOf, LesserOf, PartPercent, Per, Specific

KG = Per(Decimal(1), "kg")
DOZEN = Per(Decimal(12), "piece")

numbers = st.decimals(min_value=-1000, max_value=1000, places=4)
shares = st.decimals(min_value=0, max_value=1, places=3)
amounts = st.builds(
    Specific, numbers, st.just("ZZD"), st.sampled_from((KG, DOZEN)), st.sampled_from((None, "drained weight"))
)
part_percents = st.builds(PartPercent, numbers, st.sampled_from(("case", "strap")))
charges = st.builds(
    Charge,
    numbers.map(plain),
    st.lists(amounts, max_size=3, unique_by=lambda s: (s.per, s.on)).map(tuple),
    st.lists(part_percents, max_size=2, unique_by=lambda p: p.part).map(tuple),
)


def terms(charge: Charge) -> tuple[object, ...]:
    """A charge without regard to the order of its terms, and without terms of nothing."""
    specific = {(s.currency, s.per, s.on): plain(s.amount) for s in charge.specific if s.amount}
    parts = {p.part: plain(p.percent) for p in charge.parts if p.percent}
    return plain(charge.percent), specific, parts, charge.open


@given(charges, charges)
def test_addition_commutes(a: Charge, b: Charge) -> None:
    assert terms(a + b) == terms(b + a)


@given(charges, charges, charges)
def test_addition_associates(a: Charge, b: Charge, c: Charge) -> None:
    assert terms((a + b) + c) == terms(a + (b + c))


@given(charges)
def test_nothing_is_neutral(a: Charge) -> None:
    assert a + NOTHING == a
    assert NOTHING + a == a


@given(charges)
def test_a_charge_and_its_negative_cancel(a: Charge) -> None:
    whole = a + a.times(Decimal(-1))
    assert terms(whole) == terms(NOTHING)


@given(charges, charges, shares)
def test_a_share_distributes_over_a_sum(a: Charge, b: Charge, share: Decimal) -> None:
    assert terms((a + b).times(share)) == terms(a.times(share) + b.times(share))


@given(charges, shares)
def test_shares_that_add_up_to_one_leave_the_charge(a: Charge, share: Decimal) -> None:
    assert terms(a.times(share) + a.times(1 - share)) == terms(a)


def test_equal_units_add_up_and_different_ones_stand_apart() -> None:
    """2 per kg + 3 per kg = 5 per kg; a dozen and a quantity counted otherwise stay apart."""
    two = Charge(specific=(Specific(Decimal(2), "ZZD", KG),))
    three = Charge(specific=(Specific(Decimal(3), "ZZD", KG),))
    dozen = Charge(specific=(Specific(Decimal(1), "ZZD", DOZEN),))
    drained = Charge(specific=(Specific(Decimal(1), "ZZD", KG, "drained weight"),))
    assert (two + three).specific == (Specific(Decimal(5), "ZZD", KG),)
    assert len((two + dozen + drained).specific) == 3
    assert (two + two.times(Decimal(-1))).specific == ()


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("0E+3", "0"),
        ("1E+2", "100"),
        ("7.50", "7.5"),
        ("10", "10"),
        ("0.10", "0.1"),
        ("-2.0", "-2"),
    ],
)
def test_the_normal_form_of_a_number(written: str, normal: str) -> None:
    found = plain(Decimal(written))
    assert str(found) == normal
    assert found.as_tuple() == Decimal(normal).as_tuple()


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_the_normal_form_keeps_the_number_and_is_stable(number: Decimal) -> None:
    assert plain(number) == number
    assert plain(plain(number)).as_tuple() == plain(number).as_tuple()
    assert "E" not in str(plain(number))


def test_rounding_is_half_to_even() -> None:
    assert str(rounded(Decimal("0.125"), 2)) == "0.12"
    assert str(rounded(Decimal("0.135"), 2)) == "0.14"
    assert str(rounded(Decimal("5.0000"), 4)) == "5"


FIVE_AND_TWO = Charge(Decimal(5), (Specific(Decimal(2), "ZZD", KG),))


def test_a_percentage_needs_no_figures() -> None:
    assert equivalent(Charge(Decimal(5)), Figures()) == 5


def test_an_amount_needs_value_and_quantity() -> None:
    """5 % + 2 ZZD/kg; 3 kg in a value of 60 are 10 %."""
    assert equivalent(FIVE_AND_TWO, Figures()) is None
    assert equivalent(FIVE_AND_TWO, Figures(Decimal(60))) is None
    assert equivalent(FIVE_AND_TWO, Figures(Decimal(60), {"kg": Decimal(3)})) == 15


def test_an_amount_per_dozen() -> None:
    """6 ZZD a dozen; 24 pieces in a value of 100: 12 %."""
    charge = Charge(specific=(Specific(Decimal(6), "ZZD", DOZEN),))
    assert equivalent(charge, Figures(Decimal(100), {"piece": Decimal(24)})) == 12


def test_a_quantity_counted_otherwise_has_its_own_name() -> None:
    charge = Charge(specific=(Specific(Decimal(1), "ZZD", KG, "drained weight"),))
    assert equivalent(charge, Figures(Decimal(100), {"kg": Decimal(9), "drained_weight": Decimal(8)})) == 8


def test_a_part_has_its_own_value() -> None:
    """10 % on a case of 30 in a value of 100: 3 %."""
    charge = Charge(parts=(PartPercent(Decimal(10), "case"),))
    assert equivalent(charge, Figures(Decimal(100), {}, {"case": Decimal(30)})) == 3
    assert equivalent(charge, Figures(Decimal(100))) is None


def test_an_open_charge_has_no_percentage() -> None:
    open_ = Charge(Decimal(5), open=True)
    assert equivalent(open_, Figures(Decimal(100))) is None
    assert total_of(open_).percent is None
    assert total_of(open_).ad_valorem_percent == 5


ONE_PERCENT = Form(Decimal(1))
FIVE_PERCENT = Form(Decimal(5))
TWO_PER_KG = Form(specific=(Specific(Decimal(2), "ZZD", KG),))


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [
        (GreaterOf((FIVE_PERCENT, TWO_PER_KG)), "5%", "2 ZZD/kg"),
        (LesserOf((FIVE_PERCENT, TWO_PER_KG)), "2 ZZD/kg", "5%"),
        (Bounded(TWO_PER_KG, ONE_PERCENT, None), "1%", "2 ZZD/kg"),
        (Bounded(TWO_PER_KG, None, FIVE_PERCENT), "2 ZZD/kg", "5%"),
        (Bounded(TWO_PER_KG, ONE_PERCENT, FIVE_PERCENT), "1%", "5%"),
    ],
)
def test_bounds_of_comparisons_without_figures(rate: GreaterOf | LesserOf | Bounded, low: str, high: str) -> None:
    """What a comparison comes to at least and at most while nothing is declared, alone and in a sum."""
    charge = charge_of(rate, Figures())
    assert charge.open
    assert [charge_text(c) for c in extremes([charge])] == [low, high]
    more = charge + Charge(Decimal(3))
    low_too, high_too = extremes([more])
    assert terms(low_too) == terms(charge.bounds[0] + Charge(Decimal(3)))
    assert terms(high_too) == terms(charge.bounds[-1] + Charge(Decimal(3)))
    assert charge_text(more) == " or ".join(charge_text(b) for b in more.bounds)


@given(st.decimals(min_value="0.01", max_value=100, places=2))
def test_comparisons_lie_between_their_bounds(kilograms: Decimal) -> None:
    """Whatever is declared, the higher of 5 % and 2 ZZD/kg is at least both, the lower at most both."""
    figures = Figures(Decimal(100), {"kg": kilograms})
    five, two = (equivalent(charge_of(r, figures), figures) for r in (FIVE_PERCENT, TWO_PER_KG))
    higher = equivalent(charge_of(GreaterOf((FIVE_PERCENT, TWO_PER_KG)), figures), figures)
    lower = equivalent(charge_of(LesserOf((FIVE_PERCENT, TWO_PER_KG)), figures), figures)
    assert five is not None
    assert two is not None
    assert (higher, lower) == (max(five, two), min(five, two))


def test_more_of_an_amount_is_dearer_than_any_percentage() -> None:
    """A quantity nobody declared may be as large as it likes."""
    assert dearness(Charge(Decimal(90))) < dearness(charge_of(TWO_PER_KG, Figures()))
    assert dearness(Charge(Decimal(9))) < dearness(Charge(Decimal(10)))


def test_texts() -> None:
    assert charge_text(NOTHING) == "0%"
    assert charge_text(FIVE_AND_TWO) == "2 ZZD/kg + 5%"
    assert charge_text(Charge(specific=(Specific(Decimal(6), "ZZD", DOZEN),))) == "6 ZZD/12 piece"
    assert charge_text(Charge(parts=(PartPercent(Decimal(10), "case"),))) == "10% on case"
    assert charge_text(Charge(open=True, see=("82.05",))) == "see 82.05"
    assert charge_text(Charge(Decimal(5), open=True)) == "5% + a part that is not computed"
