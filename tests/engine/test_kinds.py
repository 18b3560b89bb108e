"""Every kind of rate, on a line of its own (chapter 12). The base duty is 5 % unless a test says otherwise."""

from __future__ import annotations

import pytest

from tests.engine.zed import ask, assumed, could, layers, number, percent, reasons, span


def test_a_percentage_is_added_to_the_base() -> None:
    """K.01: 25 %."""
    answer = ask("12.10.01")
    assert percent(answer) == "30"  # 25 + 5
    assert layers(answer) == [("K.01", "25", "1"), ("12.10.01", "5", "1")]
    assert answer.total.text == "30%"
    assert span(answer) == ("30%", "30%")


def test_the_day_before_the_act_applies_nothing_is_known_of_it() -> None:
    """K.01 is known since 2019-12-01; the schedule's first edition since always."""
    assert percent(ask("12.10.01", known="2019-11-30")) == "5"
    assert percent(ask("12.10.01", known="2019-12-01")) == "30"


def test_a_specific_duty_stays_symbolic() -> None:
    """K.02: 3 ZZD/kg."""
    answer = ask("12.10.02")
    assert percent(answer) is None
    assert number(answer.total.ad_valorem_percent) == "5"
    assert [(s.amount, s.currency, s.per.unit) for s in answer.total.specific] == [("3", "ZZD", "kg")]
    assert answer.total.text == "3 ZZD/kg + 5%"
    assert layers(answer)[0] == ("K.02", None, "1")


def test_a_specific_duty_is_evaluated_from_value_and_quantity() -> None:
    """K.02: 10 kg x 3 ZZD = 30 ZZD; on a value of 200 that is 15 %."""
    answer = ask("12.10.02", value="200", quantities="kg:10")
    assert percent(answer) == "20"  # 15 + 5
    assert percent(ask("12.10.02", value="200")) is None
    assert percent(ask("12.10.02", value="200", quantities="piece:10")) is None


def test_an_evaluated_duty_is_rounded_to_the_places_of_the_importer() -> None:
    """K.02: 30 ZZD on 900 is 3 1/3 %; the importer states four places."""
    assert percent(ask("12.10.02", value="900", quantities="kg:10")) == "8.3333"


def test_an_evaluated_layer_states_its_percentage() -> None:
    """K.02: 15 % of the value, as the total counts it."""
    assert layers(ask("12.10.02", value="200", quantities="kg:10"))[0] == ("K.02", "15", "1")


def test_a_compound_duty() -> None:
    """K.03: 1.2 ZZD/kg + 4 %."""
    assert ask("12.10.03").total.text == "1.2 ZZD/kg + 9%"  # 4 + 5
    assert percent(ask("12.10.03", value="240", quantities="kg:10")) == "14"  # 12/240 = 5; 5 + 4 + 5


def test_percentages_of_parts_and_quantities_other_than_the_net_one() -> None:
    """K.04: 10 % on the case + 0.5 ZZD/kg on drained weight."""
    answer = ask("12.10.04")
    assert percent(answer) is None
    assert [(p.on, number(p.percent)) for p in answer.total.parts] == [("case", "10")]
    assert [(s.amount, s.on) for s in answer.total.specific] == [("0.5", "drained weight")]
    # case 40 x 10 % = 4; 8 kg x 0.5 = 4; 8 of 100 = 8 %; + 5
    facts = {"value": "100", "part_values": "case:40", "quantities": "drained_weight:8"}
    assert percent(ask("12.10.04", **facts)) == "13"
    assert percent(ask("12.10.04", value="100", part_values="case:40", quantities="kg:8")) is None


def test_exempt_decides_and_is_reported() -> None:
    """K.05 exempts goods of XA; K.06 (8 %) is not reached."""
    answer = ask("12.10.05")
    assert percent(answer) == "5"
    assert layers(answer) == [("K.05", "0", "1"), ("12.10.05", "5", "1")]
    assert reasons(answer) == [("K.06", "exempt", "K.05")]
    assert layers(ask("12.10.05", "XB")) == [("K.06", "8", "1"), ("12.10.05", "5", "1")]


def test_no_change_decides_like_an_exemption() -> None:
    """K.07, goods of XA: the duty of the subheading; K.08 (8 %) is not reached."""
    answer = ask("12.10.06")
    assert layers(answer) == [("K.07", "0", "1"), ("12.10.06", "5", "1")]
    assert reasons(answer) == [("K.08", "exempt", "K.07")]
    assert percent(ask("12.10.06", "XB")) == "13"


def test_a_repealed_measure_lets_the_next_one_decide() -> None:
    """K.09 (6 %) is repealed on 2021-05-01 by an act announced 2021-04-20; then K.10 (9 %) decides."""
    before, after = ask("12.10.07", day="2021-04-30"), ask("12.10.07", day="2021-05-01")
    assert (percent(before), reasons(before)) == ("11", [("K.10", "preempted", "K.09")])
    assert (percent(after), reasons(after)) == ("14", [])
    assert percent(ask("12.10.07", day="2021-05-01", known="2021-04-19")) == "11"
    assert percent(ask("12.10.07", day="2021-05-01", known="2021-04-20")) == "14"


def test_a_suspended_measure_is_told_with_its_rate_and_its_end() -> None:
    """K.11 (7 %) is suspended over [2021-03-01, 2021-09-01); meanwhile K.12 (4 %) decides."""
    assert percent(ask("12.10.08", day="2021-02-28")) == "12"
    answer = ask("12.10.08", day="2021-03-01")
    assert percent(answer) == "9"
    assert reasons(answer) == [("K.11", "suspended", None)]
    assert answer.not_applied[0].text == "7%"
    assert str(answer.not_applied[0].reason.until) == "2021-09-01"
    assert percent(ask("12.10.08", day="2021-08-31")) == "9"
    assert percent(ask("12.10.08", day="2021-09-01")) == "12"
    assert percent(ask("12.10.08", day="2021-03-01", known="2021-02-14")) == "12"


def test_a_duty_without_a_rate_is_announced_and_never_a_layer() -> None:
    """K.13: a duty whose rate is not set."""
    answer = ask("12.10.09")
    assert layers(answer) == [("12.10.09", "5", "1")]
    assert [a.id for a in answer.announced if a.program == "zz/kinds"] == ["unspecified"]
    assert not [a for a in ask("12.10.10").announced if a.program == "zz/kinds"]


def test_free_is_a_layer_of_nothing() -> None:
    """K.14: Free."""
    assert layers(ask("12.10.10")) == [("K.14", "0", "1"), ("12.10.10", "5", "1")]


def test_a_total_tops_the_base_up() -> None:
    """K.15: 15 % in all, over a base of 5."""
    answer = ask("12.10.11")
    assert percent(answer) == "15"
    assert layers(answer) == [("K.15", "10", "1"), ("12.10.11", "5", "1")]
    assert answer.layers[0].text == "15% less base"


def test_a_total_leaves_a_higher_base_alone() -> None:
    """K.15: 15 % in all, over a base of 20: nothing is added, the heading is reported."""
    assert layers(ask("12.10.12")) == [("K.15", "0", "1"), ("12.10.12", "20", "1")]
    assert percent(ask("12.10.12")) == "20"


def test_a_total_over_a_specific_base_makes_the_amounts_cancel() -> None:
    """K.15: 15 % in all, over 2 ZZD/kg: taken to lie below 15 %; the range ends with the bare amount."""
    answer = ask("12.10.13")
    assert percent(answer) == "15"
    assert answer.total.specific == ()
    assert span(answer) == ("15%", "2 ZZD/kg")
    assert "base_ave" in assumed(answer)


def test_a_total_over_a_specific_base_with_its_equivalent_declared() -> None:
    """K.15: the base is worth 6 %, so 9 % is added to 2 ZZD/kg; worth 16 %, nothing."""
    answer = ask("12.10.13", base_ave="6")
    assert layers(answer)[0] == ("K.15", "9", "1")
    assert answer.total.text == "2 ZZD/kg + 9%"
    assert layers(ask("12.10.13", base_ave="16"))[0] == ("K.15", "0", "1")


def test_an_equivalent_declared_of_a_percentage_counts_for_nothing() -> None:
    """K.15 over a base of 5 %: an equivalent of 9 % contradicts the schedule and is left aside."""
    assert percent(ask("12.10.11", base_ave="9")) == "15"


def test_a_total_that_counts_another_column_than_the_one_applied() -> None:
    """K.15 on punished goods counts the normal 2 ZZD/kg over a base of 40 %: at most 40 + 15, at least 40."""
    assert percent(ask("12.10.13", "XC", "2021-06-01", base_ave="15")) == "40"
    assert percent(ask("12.10.13", "XC", "2021-06-01", base_ave="0")) == "55"
    assert span(ask("12.10.13", "XC", "2021-06-01"))[1] == "55%"


def test_a_total_over_a_specific_base_with_value_and_quantity() -> None:
    """K.15: 5 kg x 2 ZZD on 100 is 10 %, so 5 % is added; 10 kg is 20 %, and nothing is added."""
    answer = ask("12.10.13", value="100", quantities="kg:5")
    assert layers(answer) == [("K.15", "5", "1"), ("12.10.13", "10", "1")]
    assert percent(answer) == "15"
    assert percent(ask("12.10.13", value="100", quantities="kg:10")) == "20"


@pytest.mark.parametrize("code", ["12.10.14", "12.10.15"])
def test_a_replacing_total_stands_in_place_of_any_base(code: str) -> None:
    """K.16: 15 % in place of the base, of 20 and of 5."""
    answer = ask(code)
    assert percent(answer) == "15"
    assert layers(answer)[0] == ("K.16", "15", "1")
    assert answer.layers[-1].replaced_by == "K.16"


def test_a_rate_in_place_of_the_punitive_column() -> None:
    """K.17: 35 % instead of the punitive 40 %, for goods charged from that column only."""
    answer = ask("12.10.16", "XC", "2021-07-01")
    assert percent(answer) == "35"
    assert answer.layers[-1].replaced_by == "K.17"
    # The day before XC joins the punished, its column is the normal one.
    before = ask("12.10.16", "XC", "2021-05-31")
    assert (percent(before), reasons(before)) == ("5", [("K.17", "condition", None)])
    assert percent(ask("12.10.16", "XA", "2021-07-01")) == "5"


def test_a_rate_in_place_of_everything() -> None:
    """K.18: parcels below 50 are free of every duty, E.01 (12 %) and the base included."""
    answer = ask("12.10.17", value="49.99")
    assert percent(answer) == "0"
    assert layers(answer) == [("K.18", "0", "1"), ("12.10.17", "5", "1")]
    assert answer.layers[-1].replaced_by == "K.18"
    assert reasons(answer) == [("E.01", "displaced", "K.18")]
    dearer = ask("12.10.17", value="50")
    assert percent(dearer) == "17"  # 12 + 5
    assert reasons(dearer) == [("K.18", "condition", None)]


def test_a_parcel_of_unknown_value_pays_and_is_told_what_a_value_would_change() -> None:
    """K.18: the value is an exceptional fact."""
    answer = ask("12.10.17")
    assert percent(answer) == "17"
    assert could(answer) == [("value", "0", "0%")]
    assert span(answer) == ("17%", "17%")


def test_a_rate_in_place_of_everything_beats_one_in_place_of_the_base() -> None:
    """K.18 frees the parcel; E.02 (15 % in place of the base), composed later, is displaced too."""
    answer = ask("12.10.18", value="10")
    assert percent(answer) == "0"
    assert layers(answer) == [("K.18", "0", "1"), ("12.10.18", "5", "1")]
    assert answer.layers[-1].replaced_by == "K.18"
    assert reasons(answer) == [("E.02", "displaced", "K.18")]
    assert percent(ask("12.10.18", value="60")) == "15"


def test_a_rate_on_the_foreign_part() -> None:
    """K.20: 30 % on what is not own content, of which at most 40 % of the value counts."""
    assert percent(ask("12.10.19")) == "35"  # 30 + 5
    answer = ask("12.10.19", us_content="0.25")
    assert layers(answer)[0] == ("K.20", "22.5", "1")  # 30 x 0.75
    assert percent(answer) == "27.5"
    assert percent(ask("12.10.19", us_content="0.4")) == "23"  # 30 x 0.6 + 5
    assert percent(ask("12.10.19", us_content="0.9")) == "23"
    assert could(ask("12.10.19")) == [("us_content", "1", "23%")]


def test_a_rate_from_the_row_of_a_list() -> None:
    """K.21: the rate stands in the list."""
    assert layers(ask("12.10.20"))[0] == ("K.21", "11", "1")
    assert ask("12.10.21").total.text == "0.7 ZZD/kg + 5%"


def test_the_money_of_a_list_is_the_importers() -> None:
    """K.21: a row writes $; that is the currency of the importer."""
    assert [s.currency for s in ask("12.10.28").total.specific] == ["ZZD"]


def test_a_minimum() -> None:
    """K.22: 2 ZZD/kg, but at least 1 %."""
    assert percent(ask("12.10.22", value="1000", quantities="kg:1")) == "6"  # 0.2 % < 1 %
    assert percent(ask("12.10.22", value="100", quantities="kg:2")) == "9"  # 4 %
    answer = ask("12.10.22")
    assert percent(answer) is None
    assert span(answer) == ("6%", "2 ZZD/kg + 5%")


def test_a_maximum() -> None:
    """K.23: 2 ZZD/kg, but at most 5 %."""
    assert percent(ask("12.10.23", value="100", quantities="kg:1")) == "7"  # 2 %
    assert percent(ask("12.10.23", value="100", quantities="kg:4")) == "10"  # 8 % > 5 %
    assert span(ask("12.10.23")) == ("2 ZZD/kg + 5%", "10%")


def test_a_minimum_and_a_maximum() -> None:
    """K.29: 2 ZZD/kg, at least 1 %, at most 5 %."""
    assert percent(ask("12.10.29", value="1000", quantities="kg:1")) == "6"
    assert percent(ask("12.10.29", value="100", quantities="kg:1")) == "7"
    assert percent(ask("12.10.29", value="100", quantities="kg:4")) == "10"
    assert span(ask("12.10.29")) == ("6%", "10%")


def test_the_greater_of_two_rates() -> None:
    """K.24: 5 % or 2 ZZD/kg, the greater."""
    assert percent(ask("12.10.24", value="100", quantities="kg:2")) == "10"  # 4 < 5
    assert percent(ask("12.10.24", value="100", quantities="kg:3")) == "11"  # 6 > 5
    answer = ask("12.10.24")
    assert percent(answer) is None
    assert span(answer) == ("10%", "2 ZZD/kg + 5%")
    assert answer.total.text == "10% or 2 ZZD/kg + 5%"


def test_the_lesser_of_two_rates() -> None:
    """K.25: 5 % or 2 ZZD/kg, the lesser."""
    assert percent(ask("12.10.25", value="100", quantities="kg:2")) == "9"
    assert percent(ask("12.10.25", value="100", quantities="kg:3")) == "10"
    assert span(ask("12.10.25")) == ("2 ZZD/kg + 5%", "10%")


def test_a_rate_by_reference_says_where_to_look_and_is_no_number() -> None:
    """K.26: as 82.05.90."""
    answer = ask("12.10.26")
    assert percent(answer) is None
    assert answer.see == ("82.05.90",)
    assert layers(answer)[0] == ("K.26", None, "1")
    assert number(answer.total.ad_valorem_percent) == "5"


def test_prohibited_goods_have_no_rate_but_one_if_admitted() -> None:
    """K.27: no entry; admitted goods owe E.03 (3 %) and the base (5 %)."""
    answer = ask("12.10.27")
    assert percent(answer) is None
    assert answer.prohibited is not None
    assert (answer.prohibited.heading, answer.prohibited.text) == ("K.27", "no ivory")
    assert answer.layers == ()
    assert [(x.heading, number(x.percent)) for x in answer.if_admitted] == [("E.03", "3"), ("12.10.27", "5")]
    assert ask("12.10.26").prohibited is None
