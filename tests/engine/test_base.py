"""The duty of the schedule: columns, treaties, amounts, editions, and the lower of two columns."""

from __future__ import annotations

from datetime import date

import pytest

from service.engine.refusals import UnknownCode
from tests.engine.zed import (
    ask,
    assumed,
    constant,
    could,
    fresh,
    kinds,
    layers,
    number,
    percent,
    question,
    schedule,
    span,
)


def test_the_normal_column() -> None:
    """10.10.10: 5 % normal."""
    answer = ask("10.10.10")
    assert layers(answer) == [("10.10.10", "5", "1")]
    assert span(answer) == ("5%", "5%")
    assert assumed(answer) == {}  # XA has no treaty


def test_a_free_base_is_a_layer() -> None:
    """10.10.60: Free."""
    assert layers(ask("10.10.60")) == [("10.10.60", "0", "1")]


@pytest.mark.parametrize(("treaty", "total"), [("T", "0"), ("U", "2"), ("X", "5")])
def test_the_treaty_column_states_a_rate_per_treaty(treaty: str, total: str) -> None:
    """10.10.10: Free (T), 2 % (U); a treaty the line does not name leaves the normal 5 %."""
    assert percent(ask("10.10.10", "XB", preference=treaty)) == total


def test_an_undeclared_treaty_opens_the_range() -> None:
    """10.10.10: 5 % normal, Free (T), 2 % (U)."""
    answer = ask("10.10.10", "XB")
    assert (percent(answer), span(answer)) == ("5", ("0%", "5%"))
    assert assumed(answer) == {"preference": "None"}
    # 10.10.30 names no treaty, so none is asked for.
    assert assumed(ask("10.10.30", "XB")) == {}


def test_lines_alike_but_for_their_treaty_rates_are_told_apart() -> None:
    """10.10.10: 5 % normal, Free (T), 2 % (U); 10.10.98: 5 % normal, 3 % (T), 4 % (U): each for itself."""
    schedule = fresh()
    assert span(schedule.answer(question("10.10.10", "XB"))) == ("0%", "5%")
    assert span(schedule.answer(question("10.10.98", "XB"))) == ("3%", "5%")


def test_a_country_joins_the_treaty_on_a_day() -> None:
    """XD is of the pact from 2022-01-01."""
    assert percent(ask("10.10.10", "XD", "2021-12-31", preference="T")) == "5"
    assert percent(ask("10.10.10", "XD", "2022-01-01", preference="T")) == "0"


@pytest.mark.parametrize(
    ("day", "total"), [("2021-05-31", "5"), ("2021-06-01", "40"), ("2023-05-31", "40"), ("2023-06-01", "5")]
)
def test_a_country_is_punished_between_two_days(day: str, total: str) -> None:
    """XC is punished over [2021-06-01, 2023-06-01): 40 % instead of 5 %."""
    assert percent(ask("10.10.10", "XC", day)) == total


def test_an_amount_per_unit() -> None:
    """10.10.20: 2 ZZD/kg normal, 9 ZZD/kg punitive, Free (T)."""
    assert ask("10.10.20").total.text == "2 ZZD/kg"
    assert percent(ask("10.10.20", value="50", quantities="kg:5")) == "20"  # 10 of 50
    assert ask("10.10.20", "XC", "2022-01-01").total.text == "9 ZZD/kg"
    assert percent(ask("10.10.20", "XB", preference="T")) == "0"


def test_a_treaty_against_an_amount_per_unit() -> None:
    """10.10.20: free under T, otherwise 2 ZZD/kg."""
    assert span(ask("10.10.20", "XB")) == ("0%", "2 ZZD/kg")


def test_a_compound_rate() -> None:
    """10.10.30: 1.5 ZZD/kg + 3 %; 4 kg in 100 are 6 %."""
    assert percent(ask("10.10.30", value="100", quantities="kg:4")) == "9"
    answer = ask("10.10.30")
    assert percent(answer) is None
    assert number(answer.total.ad_valorem_percent) == "3"


def test_rates_on_parts() -> None:
    """10.10.40: 10 % on the case, 20 % on the strap, 0.4 ZZD a piece."""
    # 50 x 10 % + 30 x 20 % + 5 x 0.4 = 5 + 6 + 2 = 13 of 200
    facts = {"value": "200", "part_values": "case:50,strap:30", "quantities": "piece:5"}
    assert percent(ask("10.10.40", **facts)) == "6.5"
    assert percent(ask("10.10.40", value="200", part_values="case:50", quantities="piece:5")) is None


def test_an_amount_that_falls_by_degrees() -> None:
    """10.10.50: 3 ZZD/kg less 0.02 for each degree under 100, at least 2."""
    # 96 degrees: 3 - 4 x 0.02 = 2.92; 10 kg = 29.2 of 292
    assert percent(ask("10.10.50", value="292", quantities="kg:10,polarization:96")) == "10"
    # 50 degrees: 3 - 1 = 2, just the floor; 49 would be 1.98, so 2; 10 kg = 20 of 200
    assert percent(ask("10.10.50", value="200", quantities="kg:10,polarization:50")) == "10"
    assert percent(ask("10.10.50", value="200", quantities="kg:10,polarization:49")) == "10"
    # 51 degrees: 2.02
    assert percent(ask("10.10.50", value="202", quantities="kg:10,polarization:51")) == "10"
    assert percent(ask("10.10.50")) is None


def test_an_amount_that_falls_by_degrees_has_bounds() -> None:
    """10.10.50: between 2 and 3 ZZD/kg."""
    assert span(ask("10.10.50")) == ("2 ZZD/kg", "3 ZZD/kg")


def test_a_reference_in_the_schedule() -> None:
    """10.10.70: See 82.05.90."""
    answer = ask("10.10.70")
    assert percent(answer) is None
    assert answer.see


def test_a_text_that_cannot_be_computed_is_never_free() -> None:
    """10.10.80: the rate of the moon."""
    answer = ask("10.10.80")
    assert percent(answer) is None
    assert answer.see == ("the rate of the moon",)


def test_a_computed_stand_in_is_told() -> None:
    """10.10.90 is marked approximate."""
    assert kinds(ask("10.10.90")) == ["approximate-base"]
    assert percent(ask("10.10.90")) == "7"
    assert kinds(ask("10.10.10")) == []


def test_the_money_of_the_schedule_is_the_importers() -> None:
    """10.10.91: $4/kg, $1/kg (T); $ is the currency of the importer, in every column."""
    assert ask("10.10.91").total.text == "4 ZZD/kg"


def test_the_money_of_a_treaty_is_the_importers() -> None:
    """10.10.91: $1/kg (T)."""
    assert ask("10.10.91", "XB", preference="T").total.text == "1 ZZD/kg"


def test_an_exemption_within_the_base() -> None:
    """10.10.92: 9 %, for a museum nothing."""
    assert percent(ask("10.10.92")) == "9"
    assert percent(ask("10.10.92", end_use="museum")) == "0"
    assert percent(ask("10.10.92", end_use="milling")) == "9"


def test_an_exceptional_fact_of_the_base_could_change_the_total() -> None:
    """10.10.92: 9 %, for a museum nothing."""
    assert could(ask("10.10.92")) == [("end_use", "museum", "0%")]


def test_the_lower_of_two_columns() -> None:
    """Chapter 15: the normal rate or the interim one, the lower: 8 and 3; 8 and none stated; 2 ZZD/kg and 10 %."""
    assert percent(ask("15.10.10")) == "3"
    assert percent(ask("15.10.20")) == "8"
    assert percent(ask("15.10.30", value="100", quantities="kg:4")) == "8"
    assert percent(ask("15.10.30", value="100", quantities="kg:6")) == "10"


def test_the_lower_of_two_columns_lasts_while_both_say_the_same() -> None:
    """15.10.40: 8 % throughout; 3 % interim until 2022, 4 % from then on."""
    before, after = ask("15.10.40"), ask("15.10.40", day="2022-05-01")
    assert (percent(before), percent(after)) == ("3", "4")
    assert constant(before) == ("2020-01-01", "2022-01-01")
    assert constant(after) == ("2022-01-01", None)
    assert str(after.layers[0].from_) == "2022-01-01"
    told = schedule().timeline(question("15.10.40"), date(2020, 1, 1), None)
    assert [str(it.from_) for it in told.intervals][-2:] == ["2020-01-01", "2022-01-01"]


def test_a_column_that_stands_alone_is_not_compared() -> None:
    """15.10.20: 8 % normal, no interim rate."""
    assert ask("15.10.20").layers[0].text == "8%"


def test_a_mark_of_doubt_does_not_end_an_interval() -> None:
    """15.10.50: 8 % throughout, a stand-in until 2022."""
    before, after = ask("15.10.50"), ask("15.10.50", day="2022-05-01")
    assert (kinds(before), kinds(after)) == (["approximate-base"], [])
    assert constant(before) == constant(after) == ("2020-01-01", None)


def test_the_lower_of_two_columns_has_bounds() -> None:
    """15.10.30: 2 ZZD/kg or 10 %, the lower: never more than 10 %."""
    assert span(ask("15.10.30")) == ("2 ZZD/kg", "10%")


@pytest.mark.parametrize(
    ("day", "known", "total"),
    [
        ("2021-12-31", "2025-06-30", "4"),
        ("2022-01-01", "2025-06-30", "3"),
        ("2022-01-31", "2025-06-30", "3"),
        ("2022-02-01", "2025-06-30", "2"),
        ("2022-02-15", "2021-12-14", "4"),
        ("2022-02-15", "2021-12-15", "3"),
        ("2022-02-15", "2022-03-09", "3"),
        ("2022-02-15", "2022-03-10", "2"),
    ],
)
def test_editions_of_the_schedule_in_two_clocks(day: str, known: str, total: str) -> None:
    """11.10.40: 4 %; 3 % from 2022-01-01, published 2021-12-15; 2 % from 2022-02-01, published 2022-03-10."""
    assert percent(ask("11.10.40", day=day, known=known)) == total


def test_the_answer_is_constant_between_editions() -> None:
    """11.10.40: 3 % over [2022-01-01, 2022-02-01), as known today; without end as known before 2022-03-10."""
    assert constant(ask("11.10.40", day="2022-01-15")) == ("2022-01-01", "2022-02-01")
    assert constant(ask("11.10.40", day="2022-01-15", known="2022-03-09")) == ("2022-01-01", None)


def test_a_code_ends_in_both_clocks() -> None:
    """11.10.50 ends on 2024-01-01, as known since 2022-03-10."""
    assert percent(ask("11.10.50", day="2023-12-31")) == "7"
    assert percent(ask("11.10.50", day="2024-01-01", known="2022-03-09")) == "7"
    with pytest.raises(UnknownCode):
        ask("11.10.50", day="2024-01-01", known="2022-03-10")
