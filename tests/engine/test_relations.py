"""Programs that yield to each other (chapter 18): ash (50) and birch (51), cedar (52) and dogwood (53)."""

from __future__ import annotations

import pytest

from tests.engine.zed import ask, could, layers, percent, reasons


def test_one_program_yields_to_the_other_on_the_article() -> None:
    """80.01.01: ash (10) yields to birch (20)."""
    answer = ask("18.10.01", day="2020-03-01")
    assert percent(answer) == "25"  # 20 + 5
    assert layers(answer) == [("80.01.01", "0", "1"), ("80.02.01", "20", "1"), ("18.10.01", "5", "1")]
    assert reasons(answer) == [("80.01.02", "displaced", "80.01.01")]


def test_the_direction_turns_round_on_a_day() -> None:
    """From 2020-07-01 birch yields to ash (80.02.02)."""
    assert percent(ask("18.10.01", day="2020-06-30")) == "25"
    answer = ask("18.10.01", day="2020-07-01")
    assert percent(answer) == "15"  # 10 + 5
    assert layers(answer) == [("80.01.02", "10", "1"), ("80.02.02", "0", "1"), ("18.10.01", "5", "1")]
    assert reasons(answer) == [("80.02.01", "displaced", "80.02.02")]


def test_the_direction_turns_round_in_known_time() -> None:
    """The act was announced on 2020-09-01 and reaches back to 2020-07-01."""
    assert percent(ask("18.10.01", day="2020-08-01", known="2020-08-31")) == "25"
    assert percent(ask("18.10.01", day="2020-08-01", known="2020-09-01")) == "15"


def test_yielding_only_to_a_duty_that_is_owed() -> None:
    """Until 2022 cedar yields to the top-up 80.04.05 only where something is owed under it."""
    owed = ask("18.10.02", day="2021-12-31")  # base 5, topped up by 10: owed
    assert percent(owed) == "15"
    assert reasons(owed) == [("80.03.09", "displaced", "80.03.03")]
    free = ask("18.10.12", day="2021-12-31")  # base 20, nothing to top up: cedar stays, 10 + 20
    assert percent(free) == "30"
    assert ("80.03.03", "condition", None) in reasons(free)
    assert layers(free) == [("80.03.09", "10", "1"), ("80.04.05", "0", "1"), ("18.10.12", "20", "1")]


def test_yielding_to_a_heading_that_is_reported_at_nothing() -> None:
    """From 2022 the heading need only be reported."""
    answer = ask("18.10.12", day="2022-01-01")
    assert percent(answer) == "20"
    assert reasons(answer) == [("80.03.09", "displaced", "80.03.04")]
    assert percent(ask("18.10.02", day="2022-01-01")) == "15"


def test_an_exempting_heading_counts_as_reported() -> None:
    """80.03.05: cedar yields to the exemption of gifts from dogwood (80.04.06), not to the duty (80.04.08)."""
    gift = ask("18.10.03", gift="true")
    assert percent(gift) == "5"
    assert layers(gift) == [("80.03.05", "0", "1"), ("80.04.06", "0", "1"), ("18.10.03", "5", "1")]
    assert percent(ask("18.10.03", gift="false")) == "35"  # 10 + 20 + 5
    assert could(ask("18.10.03")) == [("gift", "True", "5%")]


def test_a_program_without_relation_is_untouched() -> None:
    """18.10.04: cedar alone."""
    assert percent(ask("18.10.04")) == "15"


def test_a_heading_of_two_lines_is_owed_only_on_its_own_slice() -> None:
    """80.04.09 stands on two lines: 20 on own content, nothing on the rest. Cedar yields where it is owed.

    Own 0.3: dogwood 6, cedar 10 x 0.7, base 5.
    """
    answer = ask("18.10.06", us_content="0.3")
    assert percent(answer) == "18"
    assert layers(answer) == [
        ("80.03.06", "0", "0.3"),
        ("80.03.09", "10", "0.7"),
        ("80.04.09", "20", "0.3"),
        ("80.04.09", "0", "0.7"),
        ("18.10.06", "5", "1"),
    ]
    assert percent(ask("18.10.06", us_content="0")) == "15"


def test_a_basis_consults_its_content() -> None:
    """80.04.09 falls on own content: undeclared it is taken as 0; all own it would be 20 + 5."""
    assert could(ask("18.10.06")) == [("us_content", "1", "25%")]


@pytest.mark.parametrize(
    ("code", "heads"),
    [
        ("18.10.01", ["80.01.02", "80.02.02", "18.10.01"]),
        ("18.10.02", ["80.03.03", "80.04.05", "18.10.02"]),
        ("18.10.03", ["80.03.09", "80.04.08", "18.10.03"]),
    ],
)
def test_layers_stand_in_the_order_of_declaration(code: str, heads: list[str]) -> None:
    """Ash is declared before birch and cedar before dogwood, whichever is decided first; the base comes last."""
    assert [x[0] for x in layers(ask(code))] == heads
