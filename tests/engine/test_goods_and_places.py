"""Goods lists, statistical numbers, origins, columns, and the order of layers."""

from __future__ import annotations

import pytest

from service.engine.refusals import UnknownCode
from tests.engine.zed import ask, assumed, layers, percent, reasons, span


@pytest.mark.parametrize(
    ("code", "day", "total"),
    [
        ("22.20.01", "2020-06-30", "30"),  # 22 is in: 25 + 5
        ("22.10.01", "2020-06-30", "5"),  # 22.10 is out
        ("22.10.05", "2020-06-30", "5"),
        ("22.10.05", "2020-07-01", "15"),  # in again by its own row: 10 + 5
        ("22.10.05", "2021-06-30", "15"),
        ("22.10.05", "2021-07-01", "5"),  # its row is off, so 22.10 decides
    ],
)
def test_the_longest_prefix_of_a_list_decides(code: str, day: str, total: str) -> None:
    """List chapter-22: 22 in at 25 %, 22.10 out, 22.10.05 in at 10 % over [2020-07-01, 2021-07-01)."""
    assert percent(ask(code, day=day)) == total


def test_a_list_changes_in_known_time() -> None:
    """22.10.05 came in by an act of 2020-06-01 and went off by one of 2021-06-01."""
    assert percent(ask("22.10.05", day="2020-07-01", known="2020-05-31")) == "5"
    assert percent(ask("22.10.05", day="2020-07-01", known="2020-06-01")) == "15"
    assert percent(ask("22.10.05", day="2021-07-01", known="2021-05-31")) == "15"
    assert percent(ask("22.10.05", day="2021-07-01", known="2021-06-01")) == "5"


def test_the_act_of_the_row_stands_behind_the_layer() -> None:
    """22.10.05 is charged by the measure's act and by the one that listed it."""
    assert [a.id for a in ask("22.10.05", day="2020-08-01").layers[0].acts] == ["levy-act", "add"]


def test_statistical_numbers_of_a_line_differ_for_a_time() -> None:
    """22.20.02.10 is out over [2020-07-01, 2021-01-01); its sister 22.20.02.20 pays 25 + 5."""
    assert percent(ask("22.20.02.10", day="2020-07-01")) == "5"
    assert percent(ask("22.20.02.20", day="2020-07-01")) == "30"
    line = ask("22.20.02", day="2020-07-01")
    assert (percent(line), span(line)) == ("30", ("5%", "30%"))
    assert assumed(line) == {"statistical_number": "22.20.02.20"}
    later = ask("22.20.02", day="2021-01-01")
    assert (percent(later), span(later), assumed(later)) == ("30", ("30%", "30%"), {})


def test_prefixes_stated_in_place() -> None:
    """L.04 (18 %): 14.10 and 14.10.10.12 in, 14.10.10 and 14.10.10.11 out. L.05 (7 %): 14.10.10.13."""
    assert percent(ask("14.10.10.11")) == "5"
    assert percent(ask("14.10.10.12")) == "23"
    assert percent(ask("14.10.10.13")) == "12"
    assert percent(ask("14.10.20")) == "23"


def test_the_dearest_number_stands_for_the_line() -> None:
    """14.10.10 has numbers at 0, 18 and 7 over a base of 5."""
    answer = ask("14.10.10")
    assert percent(answer) == "23"
    assert span(answer) == ("5%", "23%")
    assert assumed(answer) == {"statistical_number": "14.10.10.12"}
    assert percent(ask("14.10.10", statistical_number="14.10.10.13")) == "12"
    with pytest.raises(UnknownCode):
        ask("14.10.10", statistical_number="14.10.20.10")


def test_a_statistical_number_begins() -> None:
    """14.10.20.20 exists from 2022-01-01."""
    assert percent(ask("14.10.20.20", day="2022-01-01")) == "23"
    with pytest.raises(UnknownCode):
        ask("14.10.20.20", day="2021-12-31")


@pytest.mark.parametrize(
    ("origin", "day", "total", "heading"),
    [
        ("XB", "2021-12-31", "11", "P.01"),  # of the pact: 6 + 5
        ("XA", "2021-12-31", "14", "P.02"),  # everyone else: 9 + 5
        ("XD", "2021-12-31", "14", "P.02"),
        ("XD", "2022-01-01", "11", "P.01"),  # joins the pact
        ("XC", "2021-12-31", "40", "28.10.01"),  # excepted by name; its base is punitive then
    ],
)
def test_origins_by_group_and_exception(origin: str, day: str, total: str, heading: str) -> None:
    """P.01: 6 % on the pact. P.02: 9 % on all but the pact and XC."""
    answer = ask("28.10.01", origin, day)
    assert percent(answer) == total
    assert layers(answer)[0][0] == heading


def test_a_rate_by_the_column_of_the_entry() -> None:
    """P.03: 12 %; under a treaty 3 %; in the punitive column nothing."""
    assert percent(ask("28.10.02")) == "17"  # 12 + 5
    assert percent(ask("28.10.02", "XB", preference="T")) == "4"  # 3 + 1
    assert percent(ask("28.10.02", "XC", "2021-05-31")) == "17"
    assert percent(ask("28.10.02", "XC", "2021-06-01")) == "40"


def test_the_column_not_used_is_told() -> None:
    """XC is punished: the normal column of 28.10.02 is preempted by the line itself, which is a layer."""
    answer = ask("28.10.02", "XC", "2021-06-01")
    assert layers(answer) == [("28.10.02", "40", "1")]
    assert reasons(answer) == [("28.10.02", "preempted", "28.10.02")]


def test_which_base_a_total_counts() -> None:
    """15 % in all: P.04 counts the normal 5 whatever is paid, P.05 (from 2022-06-01) what is applied."""
    assert percent(ask("28.10.03", "XB", "2022-05-31", preference="T")) == "11"  # 1 + (15 - 5)
    assert percent(ask("28.10.03", "XB", "2022-06-01", preference="T")) == "15"  # 1 + (15 - 1)
    assert percent(ask("28.10.03", "XA", "2022-05-31")) == "15"
    assert percent(ask("28.10.03", "XA", "2022-06-01")) == "15"
    assert percent(ask("28.10.03", "XC", "2022-05-31")) == "50"  # 40 + (15 - 5)
    assert percent(ask("28.10.03", "XC", "2022-06-01")) == "40"  # 40 is above 15


def test_layers_stand_in_the_order_of_declaration() -> None:
    """A.01 has the order 90, the base 100, Z.01 200."""
    assert percent(ask("29.10.01")) == "8"
    assert [x[0] for x in layers(ask("29.10.01"))] == ["A.01", "29.10.01", "Z.01"]
