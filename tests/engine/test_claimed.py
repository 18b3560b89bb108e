"""Claims of a heading of chapter 90: what share of the value each program is charged on.

On 20.10.10 the base is 5 (standard), S.01 10 (standard), S.03 20 (standard but in full under 90.10.60), S.04 40 (not
affected; 1 where the base is punitive).
"""

from __future__ import annotations

import pytest

from service.engine.refusals import ImpossibleFacts
from tests.engine.zed import ask, assumed, layers, percent, span


def test_nothing_claimed() -> None:
    """10 + 20 + 40 + 5."""
    answer = ask("20.10.10")
    assert percent(answer) == "75"
    assert assumed(answer) == {}


@pytest.mark.parametrize("claimed", ["90.30.01", "90.99.99"])
def test_no_duty_under_a_heading_but_for_programs_not_affected(claimed: str) -> None:
    """90.30 and every other heading of chapter 90: S.04 alone is charged; the base stays a layer, on nothing."""
    answer = ask("20.10.10", chapter_98=claimed)
    assert percent(answer) == "40"
    assert layers(answer) == [("S.04", "40", "1"), ("20.10.10", "5", "0")]


def test_the_value_of_the_work() -> None:
    """90.10: on the work, 0.2 of the value: 2 + 4 + 40 + 1."""
    answer = ask("20.10.10", chapter_98="90.10.10", foreign_work_value="0.2")
    assert percent(answer) == "47"
    assert layers(answer) == [
        ("S.01", "10", "0.2"),
        ("S.03", "20", "0.2"),
        ("S.04", "40", "1"),
        ("20.10.10", "5", "0.2"),
    ]


def test_one_heading_is_charged_in_full_by_some_programs() -> None:
    """90.10.60: S.03 in full: 2 + 20 + 40 + 1."""
    assert percent(ask("20.10.10", chapter_98="90.10.60", foreign_work_value="0.2")) == "63"


def test_the_value_less_own_parts() -> None:
    """90.20: own parts are 0.3 of the value: (10 + 20 + 5) x 0.7 + 40."""
    assert percent(ask("20.10.10", chapter_98="90.20.10", us_parts_value="0.3")) == "64.5"


def test_amounts_are_set_against_the_value() -> None:
    """Own parts of 60 in 200 are 0.3; work of 40 in 200 is 0.2."""
    assert percent(ask("20.10.10", chapter_98="90.20.10", us_parts_value="60", value="200")) == "64.5"
    assert percent(ask("20.10.10", chapter_98="90.10.10", foreign_work_value="40", value="200")) == "47"


def test_an_amount_without_a_value_is_refused() -> None:
    """Own parts of 60 say nothing while the value is not known."""
    with pytest.raises(ImpossibleFacts):
        ask("20.10.10", chapter_98="90.20.10", us_parts_value="60")


@pytest.mark.parametrize("claimed", ["90.10.10", "90.20.10"])
def test_an_undeclared_share_is_taken_to_be_all(claimed: str) -> None:
    """Without a figure the full value is charged (75); the range goes down to the program not affected (40)."""
    answer = ask("20.10.10", chapter_98=claimed)
    assert percent(answer) == "75"
    assert span(answer) == ("40%", "75%")
    fact = "foreign_work_value" if claimed.startswith("90.10") else "us_parts_value"
    assert set(assumed(answer)) == {fact}


def test_an_undeclared_share_matters_also_to_one_program_alone() -> None:
    """90.10.60 with the work undeclared: S.03 (20) and S.04 (40) in full, S.01 and the base from nothing to all."""
    assert span(ask("20.10.10", chapter_98="90.10.60")) == ("60%", "75%")


def test_a_heading_elsewhere_is_no_claim() -> None:
    """89.01.01 has no rule: the full value."""
    assert percent(ask("20.10.10", chapter_98="89.01.01")) == "75"


def test_the_column_is_known_though_no_base_is_owed() -> None:
    """XC is punished: S.04 is 1 there, also where the claim leaves no base duty."""
    assert percent(ask("20.10.10", "XC", "2021-07-01", chapter_98="90.30.01")) == "1"


def test_a_duty_in_place_of_the_base_falls_on_the_assessed_value() -> None:
    """S.02 on 20.10.20: 15 % in place of 4 ZZD/kg, on work of half the value: 7.5, and no base."""
    answer = ask("20.10.20", chapter_98="90.10.10", foreign_work_value="0.5")
    assert percent(answer) == "7.5"
