"""The value cut into cells: metals, own content, and what is assumed of undeclared content (chapters 31 to 36).

Steel pays 25 (M.01), aluminum 40 (M.02), copper 50 (M.03), each on its content; goods of chapter 34 pay the general
levy G.04 of 10 on what is not charged as metal (G.01). The base duty is 5.
"""

from __future__ import annotations

import pytest

from service.engine.refusals import ImpossibleFacts
from tests.engine.zed import ask, assumed, could, layers, percent, reasons, span


def test_goods_charged_in_full_by_their_code_need_no_content() -> None:
    """M.01: 25 % on the full value of chapter 32."""
    answer = ask("32.10.01")
    assert percent(answer) == "30"
    assert assumed(answer) == {}
    assert layers(answer) == [("M.01", "25", "1"), ("32.10.01", "5", "1")]


def test_the_longest_code_decides_the_basis() -> None:
    """M.01: the full value of 34.50.01, though its content is 0.3; all of it is then spared by G.01."""
    answer = ask("34.50.01", steel_content="0.3")
    assert percent(answer) == "30"  # 25 + 5
    assert layers(answer) == [("M.01", "25", "1"), ("G.01", "0", "1"), ("34.50.01", "5", "1")]


def test_undeclared_content_goes_to_the_metal_of_the_chapter() -> None:
    """M.02: chapter 31 is aluminum: 40 + 5. Without aluminum G.05 (6 % on the rest) would be owed: 6 + 5."""
    answer = ask("31.10.01")
    assert percent(answer) == "45"
    assert assumed(answer) == {"aluminum_content": "1"}
    assert layers(answer) == [("M.02", "40", "1"), ("31.10.01", "5", "1")]
    assert reasons(answer) == [("G.05", "condition", None)]
    assert span(answer) == ("11%", "45%")


def test_the_metal_of_the_chapter_is_the_importers() -> None:
    """M.03: chapter 33 is copper: 50 + 5."""
    answer = ask("33.10.01")
    assert percent(answer) == "55"
    assert span(answer) == ("5%", "55%")


def test_declared_content_is_charged_and_the_rest_left() -> None:
    """M.02: half aluminum, half rest: 40 x 0.5 + 6 x 0.5 + 5."""
    answer = ask("31.10.01", aluminum_content="0.5")
    assert percent(answer) == "28"
    assert layers(answer) == [("M.02", "40", "0.5"), ("G.05", "6", "0.5"), ("31.10.01", "5", "1")]
    assert span(answer) == ("28%", "28%")


def test_another_listed_metal_counts_nothing_once_one_is_declared() -> None:
    """From 2023 M.04 charges copper of chapter 31 with 60: undeclared it counts 0, and the range ends with all of it.

    20 + 6 x 0.5 + 5, and 20 + 60 x 0.5 + 5.
    """
    answer = ask("31.10.01", day="2023-01-01", aluminum_content="0.5")
    assert percent(answer) == "28"
    assert assumed(answer) == {"copper_content": "0"}
    assert span(answer) == ("28%", "55%")  # 20 + 60 x 0.5 + 5
    assert span(ask("31.10.01", day="2022-12-31", aluminum_content="0.5")) == ("28%", "28%")


def test_outside_the_metals_chapters_the_full_value_goes_to_the_listed_metal() -> None:
    """34.10 is on the steel list: 25 + 5, and G.04 is displaced by G.01; with no steel 10 + 5."""
    answer = ask("34.10.01")
    assert layers(answer) == [("M.01", "25", "1"), ("G.01", "0", "1"), ("34.10.01", "5", "1")]
    assert reasons(answer) == [("G.04", "displaced", "G.01")]
    assert span(answer) == ("15%", "30%")
    assert assumed(answer) == {"steel_content": "1"}


def test_a_slice_is_spared_and_the_rest_charged() -> None:
    """Steel 0.4: 25 x 0.4 = 10; levy 10 x 0.6 = 6; base 5."""
    answer = ask("34.10.01", steel_content="0.4")
    assert percent(answer) == "21"
    assert layers(answer) == [
        ("M.01", "25", "0.4"),
        ("G.01", "0", "0.4"),
        ("G.04", "10", "0.6"),
        ("34.10.01", "5", "1"),
    ]
    assert span(answer) == ("21%", "21%")


def test_no_metal_no_metal_duty() -> None:
    """Steel 0: M.01 finds no steel, so nothing is charged and G.01 does not hold: 10 + 5."""
    answer = ask("34.10.01", steel_content="0")
    assert layers(answer) == [("G.04", "10", "1"), ("34.10.01", "5", "1")]
    assert reasons(answer) == [("M.01", "condition", None), ("G.01", "condition", None)]


def test_a_metal_whose_list_does_not_name_the_code_stays_in_the_rest() -> None:
    """34.10 is on no aluminum list: 25 x 0.4 + 10 x 0.6 + 5, aluminum or not."""
    assert percent(ask("34.10.01", steel_content="0.4", aluminum_content="0.3")) == "21"


def test_the_undeclared_listed_metal_can_take_only_what_is_left() -> None:
    """Aluminum 0.3 declared: steel counts 0 (10 + 5), at most 0.7: 25 x 0.7 + 10 x 0.3 + 5."""
    answer = ask("34.10.01", aluminum_content="0.3")
    assert percent(answer) == "15"
    assert span(answer) == ("15%", "25.5%")


def test_two_lists_the_dearest_first() -> None:
    """34.20 is on the lists of steel (25) and aluminum (40): all aluminum is assumed, never both."""
    answer = ask("34.20.01")
    assert percent(answer) == "45"
    assert assumed(answer) == {"steel_content": "0", "aluminum_content": "1"}
    assert span(answer) == ("15%", "45%")
    assert layers(answer)[0] == ("M.02", "40", "1")


def test_two_lists_with_one_metal_declared() -> None:
    """Steel 0.2: 5 + levy 8 + base 5; aluminum at most 0.8: 5 + 32 + 5."""
    answer = ask("34.20.01", steel_content="0.2")
    assert percent(answer) == "18"
    assert assumed(answer) == {"aluminum_content": "0"}
    assert span(answer) == ("18%", "42%")


def test_two_lists_with_both_metals_declared() -> None:
    """Steel 0.2 and aluminum 0.3: 5 + 12 + levy 5 + base 5."""
    answer = ask("34.20.01", steel_content="0.2", aluminum_content="0.3")
    assert percent(answer) == "27"
    assert layers(answer) == [
        ("M.01", "25", "0.2"),
        ("M.02", "40", "0.3"),
        ("G.01", "0", "0.5"),
        ("G.04", "10", "0.5"),
        ("34.20.01", "5", "1"),
    ]


def test_shares_above_one_are_refused() -> None:
    """Steel 0.7 and aluminum 0.4 are more than the goods; 0.7 and 0.3 are not."""
    with pytest.raises(ImpossibleFacts):
        ask("34.20.01", steel_content="0.7", aluminum_content="0.4")
    assert percent(ask("34.20.01", steel_content="0.7", aluminum_content="0.3")) == "34.5"  # 17.5 + 12 + 5


def test_a_row_states_the_content_assumed() -> None:
    """34.30 counts as one tenth steel: 2.5 + levy 9 + base 5."""
    answer = ask("34.30.01")
    assert percent(answer) == "16.5"
    assert assumed(answer) == {"steel_content": "0.1"}
    assert span(answer) == ("15%", "30%")
    assert percent(ask("34.30.01", steel_content="0.4")) == "21"


def test_a_metal_named_by_codes_in_place_competes_with_a_list() -> None:
    """34.60.01: steel by list (25), copper by its code (50): copper is assumed."""
    assert percent(ask("34.60.01")) == "55"


def test_own_content_lies_in_the_rest_before_the_metals() -> None:
    """Steel 0.5, own 0.3: 12.5 on the steel; own 0.3 of the rest exempt (G.02); levy 10 x 0.2; base 5."""
    answer = ask("34.40.01", steel_content="0.5", us_content="0.3")
    assert percent(answer) == "19.5"
    assert layers(answer) == [
        ("M.01", "25", "0.5"),
        ("G.01", "0", "0.5"),
        ("G.02", "0", "0.3"),
        ("G.04", "10", "0.2"),
        ("34.40.01", "5", "1"),
    ]
    # Own 0.6 fills the rest; the steel is charged own or not.
    assert percent(ask("34.40.01", steel_content="0.5", us_content="0.6")) == "17.5"


def test_own_content_frees_its_share_from_a_threshold() -> None:
    """G.02: own content is exempt from a fifth of the value on: levy 10 x 0.8 + 5."""
    assert percent(ask("36.10.01", us_content="0.2")) == "13"
    assert percent(ask("36.10.01", us_content="0.19")) == "15"
    answer = ask("36.10.01")
    assert percent(answer) == "15"
    assert could(answer) == [("us_content", "1", "5%")]


def test_a_measure_on_the_foreign_part_only() -> None:
    """Own 0.3: G.02 exempts it, G.03 takes 14 x 0.7, G.04 finds nothing left. Own 0.1: 14 x 0.9 + 10 x 0.1."""
    answer = ask("36.10.02", us_content="0.3")
    assert layers(answer) == [("G.02", "0", "0.3"), ("G.03", "14", "0.7"), ("36.10.02", "5", "1")]
    assert reasons(answer) == [("G.04", "preempted", "G.03")]
    assert percent(answer) == "14.8"
    little = ask("36.10.02", us_content="0.1")
    assert layers(little) == [("G.03", "14", "0.9"), ("G.04", "10", "0.1"), ("36.10.02", "5", "1")]
    assert percent(little) == "18.6"  # 12.6 + 1 + 5
