"""Every condition, on a line of its own (chapter 13).

Where nothing else is said the base duty is 5 %, the fallback C.99 is 10 %, and the measure under test exempts from
it: so 15 where its condition does not hold and 5 where it does.
"""

from __future__ import annotations

import pytest

from tests.engine.zed import ask, assumed, could, layers, percent, reasons, span


def test_a_fact_that_is_declared_decides() -> None:
    """C.01: exempt when a gift."""
    answer = ask("13.10.01", gift="true")
    assert layers(answer) == [("C.01", "0", "1"), ("13.10.01", "5", "1")]
    assert reasons(answer) == [("C.99", "exempt", "C.01")]
    assert (could(answer), assumed(answer)) == ([], {})
    refused = ask("13.10.01", gift="false")
    assert layers(refused) == [("C.99", "10", "1"), ("13.10.01", "5", "1")]
    assert reasons(refused) == [("C.01", "condition", None)]
    assert refused.not_applied[0].reason.needs is None


def test_an_undeclared_exceptional_fact_is_assumed_and_told() -> None:
    """C.01: exempt when a gift; not a gift until someone says so."""
    answer = ask("13.10.01")
    assert percent(answer) == "15"
    assert assumed(answer) == {"gift": "False"}
    assert could(answer) == [("gift", "True", "5%")]
    assert span(answer) == ("15%", "15%")
    needs = answer.not_applied[0].reason.needs
    assert needs is not None
    assert (needs.fact, needs.value) == ("gift", True)


def test_one_word_of_several() -> None:
    """C.02: 30 % on royal goods. The grade is ordinary, so it opens the range; plain is assumed."""
    assert percent(ask("13.10.02", grade="royal")) == "35"
    assert percent(ask("13.10.02", grade="fine")) == "15"
    answer = ask("13.10.02")
    assert percent(answer) == "15"
    assert span(answer) == ("15%", "35%")
    assert assumed(answer) == {"grade": "plain"}


def test_a_word_that_is_the_default_still_opens_the_range() -> None:
    """C.25: plain goods are exempt; plain is assumed, any other grade pays."""
    answer = ask("13.10.25")
    assert percent(answer) == "5"
    assert span(answer) == ("5%", "15%")
    assert percent(ask("13.10.25", grade="fine")) == "15"


def test_a_flag_among_others() -> None:
    """C.03: exempt under seal."""
    assert percent(ask("13.10.03", marks="brand,seal")) == "5"
    assert percent(ask("13.10.03", marks="brand")) == "15"
    assert could(ask("13.10.03")) == [("marks", "seal", "5%")]


def test_the_value_told_for_a_flag_can_be_declared_as_it_is() -> None:
    """C.03: facts of several flags take a tuple of them."""
    assert [x.value for x in ask("13.10.03").could_change] == [("seal",)]


def test_at_least_includes_the_mark() -> None:
    """C.04: exempt from 20 % own content."""
    assert percent(ask("13.10.04", us_content="0.20")) == "5"
    assert percent(ask("13.10.04", us_content="0.1999")) == "15"
    answer = ask("13.10.04")
    assert percent(answer) == "15"
    assert could(answer) == [("us_content", "0.2", "5%")]
    assert assumed(answer) == {"us_content": "0"}


def test_below_excludes_the_mark() -> None:
    """C.05: exempt under 15 % of metal by weight; all metal is assumed."""
    assert percent(ask("13.10.05", metal_weight_share="0.1499")) == "5"
    assert percent(ask("13.10.05", metal_weight_share="0.15")) == "15"
    answer = ask("13.10.05")
    assert (percent(answer), span(answer)) == ("15", ("5%", "15%"))
    assert assumed(answer) == {"metal_weight_share": "1"}


def test_between_includes_the_lower_mark_only() -> None:
    """C.06: 2 % on a value from 100 to below 800."""
    assert percent(ask("13.10.06", value="99.99")) == "15"
    assert percent(ask("13.10.06", value="100")) == "7"  # 2 + 5
    assert percent(ask("13.10.06", value="799.99")) == "7"
    assert percent(ask("13.10.06", value="800")) == "15"
    assert could(ask("13.10.06")) == [("value", "100", "7%")]


def test_before_excludes_the_day() -> None:
    """C.07: exempt when loaded before 2021-04-05; an undeclared day of loading is ordinary."""
    assert percent(ask("13.10.07", loaded_on="2021-04-04")) == "5"
    assert percent(ask("13.10.07", loaded_on="2021-04-05")) == "15"
    answer = ask("13.10.07")
    assert (percent(answer), span(answer), assumed(answer)) == ("15", ("5%", "15%"), {"loaded_on": "None"})
    needs = answer.not_applied[0].reason.needs
    assert needs is not None
    assert str(needs.value) == "2021-04-04"


def test_a_claimed_heading() -> None:
    """90.70.01: exempt on a claim of 90.70.01 or 90.70.02."""
    assert percent(ask("13.10.08", claims="90.70.02")) == "5"
    assert percent(ask("13.10.08", claims="90.70.03,90.70.01")) == "5"
    assert percent(ask("13.10.08", claims="90.70.03")) == "15"
    assert could(ask("13.10.08")) == [("claims", "90.70.01", "5%")]


def test_a_treaty_claimed() -> None:
    """C.09: exempt under treaty T. The treaty column says 1 % (T) and Free (U)."""
    assert percent(ask("13.10.09", "XB", preference="T")) == "1"  # 1 + 0
    assert percent(ask("13.10.09", "XB", preference="U")) == "10"  # 0 + 10
    answer = ask("13.10.09", "XB")
    assert percent(answer) == "15"
    assert span(answer) == ("1%", "15%")
    # XA has no treaty: the base stays at 5, the exemption asks for the claim only.
    assert percent(ask("13.10.09", "XA", preference="T")) == "5"


def test_entered_free_under_a_treaty() -> None:
    """C.10: exempt where the treaty rate claimed is free. The columns say 6 %, Free (T), 2 % (U)."""
    assert percent(ask("13.10.10", "XB", preference="T")) == "0"
    assert percent(ask("13.10.10", "XB", preference="U")) == "12"  # 2 + 10
    answer = ask("13.10.10", "XB")
    assert percent(answer) == "16"  # 6 + 10
    assert span(answer) == ("0%", "16%")


def test_the_column_of_the_base_duty() -> None:
    """C.11: exempt where the base is taken from the punitive column (40 %)."""
    assert percent(ask("13.10.11", "XC", "2021-06-01")) == "40"
    assert percent(ask("13.10.11", "XC", "2021-05-31")) == "15"
    assert percent(ask("13.10.11", "XA", "2021-06-01")) == "15"


def test_a_high_base_counted_by_the_normal_column() -> None:
    """C.12: exempt from a normal rate of 15 %, whatever is paid. The columns say 20 % and 3 % (T)."""
    assert percent(ask("13.10.12", "XB", preference="T")) == "3"
    assert percent(ask("13.10.12", "XB", preference="U")) == "20"
    assert percent(ask("13.10.12")) == "20"


def test_a_high_base_counted_as_applied() -> None:
    """C.13: exempt from a rate paid of 15 %. The columns say 20 % and 3 % (T)."""
    assert percent(ask("13.10.13", "XB", preference="T")) == "13"  # 3 + 10
    assert percent(ask("13.10.13")) == "20"


def test_a_high_base_in_amounts_is_unknown_until_evaluated() -> None:
    """C.13: exempt from 15 %; the base is 2 ZZD/kg and taken to lie below."""
    answer = ask("13.10.21")
    assert answer.total.text == "2 ZZD/kg + 10%"
    assert span(answer) == ("2 ZZD/kg", "2 ZZD/kg + 10%")
    assert percent(ask("13.10.21", value="100", quantities="kg:7")) == "24"  # 14 + 10
    assert percent(ask("13.10.21", value="100", quantities="kg:8")) == "16"  # 16, exempt
    assert ask("13.10.21", base_ave="15").total.text == "2 ZZD/kg"
    assert ask("13.10.21", base_ave="14.9").total.text == "2 ZZD/kg + 10%"


def test_metal_from_a_country_up_to_a_share() -> None:
    """C.14: exempt when 95 % of the steel was poured in XD; undeclared steel fails the test, also of origin XD."""
    assert percent(ask("13.10.14", steel_melt_pour="XD:0.95,XA:0.05")) == "5"
    assert percent(ask("13.10.14", steel_melt_pour="XD:0.94,XA:0.06")) == "15"
    answer = ask("13.10.14", "XD")
    assert percent(answer) == "15"
    assert could(answer) == [("steel_melt_pour", "XD:1", "5%")]


def test_any_metal_from_a_country() -> None:
    """C.15: 200 % on any aluminum cast in XC; undeclared aluminum comes from the country of origin."""
    assert percent(ask("13.10.15")) == "15"
    assert could(ask("13.10.15")) == [("aluminum_smelt_cast", "XC:1", "205%")]
    assert percent(ask("13.10.15", "XC")) == "205"  # 200 + 5
    assert assumed(ask("13.10.15", "XC")) == {"aluminum_smelt_cast": "XC:1"}
    assert percent(ask("13.10.15", "XC", aluminum_smelt_cast="XA:1")) == "15"
    assert percent(ask("13.10.15", "XA", aluminum_smelt_cast="XA:0.99,XC:0.01")) == "205"


def test_the_state_of_a_quota() -> None:
    """C.17: 50 % beyond the quota."""
    assert percent(ask("13.10.17", quota="over")) == "55"
    assert percent(ask("13.10.17", quota="in")) == "15"
    answer = ask("13.10.17")
    assert (percent(answer), span(answer), assumed(answer)) == ("15", ("15%", "55%"), {"quota": "in"})


@pytest.mark.parametrize(("use", "total"), [("milling", "5"), ("museum", "5"), ("other", "15")])
def test_the_use_of_the_goods(use: str, total: str) -> None:
    """C.18: exempt for milling and for museums."""
    assert percent(ask("13.10.18", end_use=use)) == total


def test_the_use_of_the_goods_undeclared() -> None:
    """C.18: exempt for milling and for museums; no such use is assumed."""
    answer = ask("13.10.18")
    assert percent(answer) == "15"
    assert could(answer) == [("end_use", "milling", "5%")]


NESTED = [
    ({"loaded_on": "2021-04-05", "gift": "true"}, "6"),  # 1 + 5
    ({"loaded_on": "2021-04-04", "gift": "true"}, "15"),
    ({"loaded_on": "2021-04-05", "end_use": "museum", "us_content": "0.5"}, "6"),
    ({"loaded_on": "2021-04-05", "end_use": "museum", "us_content": "0.49"}, "15"),
    ({"loaded_on": "2021-04-05", "end_use": "milling", "us_content": "0.5"}, "15"),
    ({"loaded_on": "2021-04-05", "end_use": "museum"}, "15"),
    ({"gift": "true"}, "6"),
    ({}, "15"),
]


@pytest.mark.parametrize(("facts", "total"), NESTED)
def test_conditions_inside_conditions(facts: dict[str, str], total: str) -> None:
    """C.19: 1 % if not loaded before 2021-04-05 and (a gift, or for a museum with half own content)."""
    assert percent(ask("13.10.19", **facts)) == total


def test_a_condition_that_is_decided_consults_nothing_more() -> None:
    """C.19: loaded before 2021-04-05 is enough to know that it does not hold."""
    answer = ask("13.10.19", loaded_on="2021-04-04")
    assert (assumed(answer), could(answer)) == ({}, [])
    assert answer.not_applied[0].reason.needs is None


def test_a_branch_that_is_decided_consults_nothing_more() -> None:
    """C.19: used for milling, the branch of the museum is closed: own content no longer matters."""
    assert set(assumed(ask("13.10.19", end_use="milling"))) == {"loaded_on", "gift"}
    # Use and own content together would change the total; neither does by itself.
    assert could(ask("13.10.19")) == [("gift", "True", "6%")]


def test_an_ordinary_fact_inside_opens_the_range() -> None:
    """C.19: a gift pays 1 %, if loaded before 2021-04-05 it pays 10 %."""
    assert span(ask("13.10.19", gift="true")) == ("6%", "15%")


def test_a_year() -> None:
    """C.20: exempt when built before 1990."""
    assert percent(ask("13.10.20", built="1989")) == "5"
    assert percent(ask("13.10.20", built="1990")) == "15"
    answer = ask("13.10.20")
    assert percent(answer) == "15"
    assert could(answer) == [("built", "1989", "5%")]


def test_a_measure_sets_its_own_default_and_class() -> None:
    """C.22: gifts are exempt; here a gift is assumed, and the fact is ordinary."""
    answer = ask("13.10.22")
    assert percent(answer) == "5"
    assert assumed(answer) == {"gift": "True"}
    assert span(answer) == ("5%", "15%")
    assert could(answer) == []
    assert percent(ask("13.10.22", gift="false")) == "15"


def test_a_row_of_a_list_sets_its_own_default() -> None:
    """L.02: printed matter is exempt; the row takes its goods to be printed. L.03: 10 %."""
    answer = ask("13.10.23")
    assert percent(answer) == "5"
    assert assumed(answer) == {"printed": "True"}
    assert could(answer) == [("printed", "False", "15%")]
    assert reasons(answer) == [("L.03", "exempt", "L.02")]
    assert percent(ask("13.10.23", printed="false")) == "15"
