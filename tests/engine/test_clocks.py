"""Acts in two clocks, law and collection, announcements, and the interval over which an answer is constant."""

from __future__ import annotations

import pytest

from service.engine.schedule import Schedule
from tests.engine.zed import ask, constant, fresh, layers, percent, question, reasons, timeline


def test_a_ruling_voids_the_law_but_not_the_collection() -> None:
    """T.01: 30 % from 2021-01-01; void in law by a judgment known on 2022-02-20; collected until 2022-02-24."""
    assert percent(ask("21.10.01", day="2021-06-01", known="2022-02-19", view="law")) == "35"
    assert percent(ask("21.10.01", day="2021-06-01", known="2022-02-20", view="law")) == "5"
    assert percent(ask("21.10.01", day="2021-06-01", known="2022-02-20")) == "35"


def test_what_was_collected_without_law_is_refundable_once_known() -> None:
    """T.01: refundable since the judgment was known, not a day earlier."""
    early = ask("21.10.01", day="2021-06-01", known="2022-02-19")
    assert [x.refundable for x in early.layers] == [None, None]
    late = ask("21.10.01", day="2021-06-01", known="2022-02-20")
    duty, base = late.layers
    assert duty.refundable is not None
    assert (duty.refundable.act, str(duty.refundable.since)) == ("court", "2022-02-20")
    assert base.refundable is None
    assert all(x.refundable is None for x in ask("21.10.01", day="2021-06-01", view="law").layers)


def test_collection_ends_on_its_own_day() -> None:
    """T.01: collected to 2022-02-23; the end was announced on 2022-02-22."""
    assert percent(ask("21.10.01", day="2022-02-23")) == "35"
    assert percent(ask("21.10.01", day="2022-02-24")) == "5"
    assert percent(ask("21.10.01", day="2022-02-24", known="2022-02-21")) == "35"


def test_a_retroactive_cut() -> None:
    """T.02: 25 %; from 2021-05-01 15 %, announced on 2021-06-10."""
    assert percent(ask("21.10.02", day="2021-05-15", known="2021-06-09")) == "30"
    assert percent(ask("21.10.02", day="2021-05-15", known="2021-06-10")) == "20"
    assert percent(ask("21.10.02", day="2021-04-30")) == "30"
    assert percent(ask("21.10.02", day="2021-05-01")) == "20"


@pytest.mark.parametrize(
    ("day", "known", "total"),
    [
        ("2022-06-01", "2021-01-19", "30"),
        ("2022-06-01", "2021-01-20", "35"),
        ("2022-06-01", "2021-12-19", "35"),
        ("2022-06-01", "2021-12-20", "30"),
        ("2022-12-31", "2025-06-30", "30"),
        ("2023-01-01", "2025-06-30", "35"),
    ],
)
def test_a_raise_put_off_for_a_year(day: str, known: str, total: str) -> None:
    """T.03: 25 %; 30 % from 2022 by an act of 2021-01-20; 25 % for 2022 by one of 2021-12-20."""
    assert percent(ask("21.10.03", day=day, known=known)) == total


def test_two_acts_of_one_day_count_in_their_sequence() -> None:
    """T.04: 6 % in the morning, 12 % in the evening of 2021-03-01, whatever their place in the file."""
    assert percent(ask("21.10.04", day="2021-04-01", known="2021-03-01")) == "17"
    assert percent(ask("21.10.04", day="2021-04-01", known="2021-02-28")) == "5"


def test_an_amendment_of_the_origins_leaves_the_rate() -> None:
    """T.04: from 2021-07-01, announced 2021-06-10, not on goods of XB."""
    assert percent(ask("21.10.04", "XB", "2021-06-30")) == "17"
    assert percent(ask("21.10.04", "XB", "2021-07-01")) == "5"
    assert percent(ask("21.10.04", "XA", "2021-07-01")) == "17"
    assert percent(ask("21.10.04", "XB", "2021-07-01", known="2021-06-09")) == "17"


def announced(code: str, origin: str, day: str, known: str) -> list[str]:
    return [a.id for a in ask(code, origin, day, known).announced]


def test_an_announcement_is_shown_while_it_stands_and_never_computed() -> None:
    """The threat of 50 % on goods of XD from 2021-11-01 stood from 2021-10-10 until 2021-10-30."""
    assert "threat" not in announced("21.10.04", "XD", "2021-11-05", "2021-10-09")
    assert "threat" in announced("21.10.04", "XD", "2021-11-05", "2021-10-10")
    assert "threat" in announced("21.10.04", "XD", "2021-11-05", "2021-10-29")
    assert "threat" not in announced("21.10.04", "XD", "2021-11-05", "2021-10-30")
    assert "threat" not in announced("21.10.04", "XA", "2021-11-05", "2021-10-10")
    assert "threat" not in announced("21.10.04", "XD", "2021-10-31", "2021-10-10")
    assert percent(ask("21.10.04", "XD", "2021-11-05", "2021-10-10")) == "17"


def test_an_announcement_to_a_group_reaches_its_members_of_the_day() -> None:
    """The pact is told something; XD is of the pact from 2022-01-01, whichever day is asked first."""
    schedule = fresh()
    for day in ("2021-12-31", "2022-01-01", "2021-12-31"):
        told = [a.id for a in schedule.answer(question("21.10.04", "XD", day)).announced]
        assert ("to-the-pact" in told) is (day >= "2022")


def test_constant_over_a_suspension() -> None:
    """K.11 is suspended over [2021-03-01, 2021-09-01); before its announcement nobody saw an end."""
    assert constant(ask("12.10.08", day="2021-05-01")) == ("2021-03-01", "2021-09-01")
    assert constant(ask("12.10.08", day="2021-02-28")) == ("2020-01-01", "2021-03-01")
    assert constant(ask("12.10.08", day="2021-02-28", known="2021-02-14")) == ("2020-01-01", None)


def test_constant_where_two_periods_of_one_rate_meet() -> None:
    """T.03: 25 % over 2021 and over 2022, by three acts: one interval."""
    assert constant(ask("21.10.03", day="2022-06-01")) == ("2021-01-01", "2023-01-01")


def test_constant_ends_where_a_relation_turns_round() -> None:
    """Ash yields to birch until 2020-07-01, then birch to ash."""
    assert constant(ask("18.10.01", day="2020-03-01")) == ("2020-01-01", "2020-07-01")
    assert constant(ask("18.10.01", day="2020-07-01")) == ("2020-07-01", None)


def test_constant_ends_where_a_country_is_punished() -> None:
    """XC pays the punitive column over [2021-06-01, 2023-06-01)."""
    assert constant(ask("10.10.10", "XC", "2022-01-01")) == ("2021-06-01", "2023-06-01")


def test_constant_ends_with_the_coverage() -> None:
    """XE is covered for 2020 and from 2022 on."""
    assert constant(ask("10.10.10", "XE", "2020-06-01")) == ("2020-01-01", "2021-01-01")
    assert constant(ask("10.10.10", "XE", "2022-06-01")) == ("2022-01-01", None)


def test_constant_passes_over_a_treaty_the_line_does_not_name() -> None:
    """XD joins the pact on 2022-01-01; 10.10.30 names no treaty, so nothing changes."""
    assert constant(ask("10.10.30", "XD", "2022-06-01")) == ("2020-01-01", None)


def test_constant_of_a_top_up_follows_its_base() -> None:
    """P.04 counts the normal rate until 2022-06-01, P.05 the rate applied; without treaty both add 10 to 5.

    The headings differ, so the answers do.
    """
    assert constant(ask("28.10.03", day="2022-05-31")) == ("2020-01-01", "2022-06-01")


def base_days(schedule: Schedule, code: str, origin: str, day: str, known: str) -> tuple[str, str | None]:
    layer = schedule.answer(question(code, origin, day, known)).layers[-1]
    return str(layer.from_), str(layer.until) if layer.until is not None else None


def test_the_days_of_the_base_layer_end_with_the_coverage_of_its_own_origin() -> None:
    """XE is covered for 2020 only, XA without end; whichever is asked first."""
    schedule = fresh()
    assert base_days(schedule, "10.10.10", "XE", "2020-06-01", "2025-06-30") == ("2020-01-01", "2021-01-01")
    assert base_days(schedule, "10.10.10", "XA", "2020-06-01", "2025-06-30") == ("2020-01-01", None)


def test_the_days_of_the_base_layer_follow_the_known_day() -> None:
    """11.10.40: 4 % without end as known before the second edition, since then until 2022-01-01."""
    schedule = fresh()
    for known, end in (("2021-12-14", None), ("2021-12-15", "2022-01-01"), ("2021-12-14", None)):
        assert base_days(schedule, "11.10.40", "XA", "2020-06-01", known) == ("2020-01-01", end)


def intervals(code: str, origin: str, start: str, until: str | None) -> list[tuple[str, str | None, str | None]]:
    return [
        (str(x.from_), str(x.until) if x.until else None, x.total.text if x.total is not None else x.refused)
        for x in timeline(code, origin, start, until).intervals
    ]


def test_a_timeline_of_a_suspension() -> None:
    """K.11 (7 %) is suspended over [2021-03-01, 2021-09-01), when K.12 (4 %) is charged; base 5."""
    assert intervals("12.10.08", "XA", "2021-01-15", "2022-01-01") == [
        ("2021-01-15", "2021-03-01", "12%"),
        ("2021-03-01", "2021-09-01", "9%"),
        ("2021-09-01", "2022-01-01", "12%"),
    ]


def test_a_timeline_across_days_without_an_answer() -> None:
    """XE is not covered in 2021."""
    assert intervals("10.10.10", "XE", "2020-06-01", "2022-06-01") == [
        ("2020-06-01", "2021-01-01", "5%"),
        ("2021-01-01", "2022-01-01", "outside-coverage"),
        ("2022-01-01", "2022-06-01", "5%"),
    ]


def test_a_timeline_across_editions_and_the_end_of_a_code() -> None:
    """11.10.50: 6 %, from 2022-01-01 7 %, gone on 2024-01-01."""
    assert intervals("11.10.50", "XA", "2021-12-01", None) == [
        ("2021-12-01", "2022-01-01", "6%"),
        ("2022-01-01", "2024-01-01", "7%"),
        ("2024-01-01", None, "unknown-code"),
    ]


def test_a_timeline_of_a_punished_country() -> None:
    """XC pays 40 % over [2021-06-01, 2023-06-01), otherwise 5 %."""
    assert intervals("10.10.10", "XC", "2020-01-01", None) == [
        ("2020-01-01", "2021-06-01", "5%"),
        ("2021-06-01", "2023-06-01", "40%"),
        ("2023-06-01", None, "5%"),
    ]


def test_a_suspended_layer_comes_back() -> None:
    """K.11 decides again from 2021-09-01."""
    answer = ask("12.10.08", day="2021-09-01")
    assert layers(answer)[0] == ("K.11", "7", "1")
    assert reasons(answer) == [("K.12", "preempted", "K.11")]
