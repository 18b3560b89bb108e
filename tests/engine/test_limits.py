"""Quotas, bans, law that is not encoded, and questions that have no answer."""

from __future__ import annotations

import pytest

from service.engine.refusals import (
    CodeTooShort,
    NotDutiable,
    OutsideCoverage,
    Refusal,
    UnknownCode,
    UnknownOrigin,
)
from tests.engine.zed import ask, assumed, fresh, kinds, layers, number, percent, question, span


def test_within_an_absolute_quota_nothing_is_added() -> None:
    """Q.01: 600 tonnes of salt."""
    answer = ask("25.10.01", quota="in")
    assert percent(answer) == "5"
    assert answer.prohibited is None
    quota = answer.quota
    assert quota is not None
    assert (quota.id, quota.state, number(quota.limit), quota.unit) == ("salt", "in", "600", "tonne")


def test_beyond_an_absolute_quota_entry_is_refused() -> None:
    """Q.01: the quota is filled; admitted goods would owe the base."""
    answer = ask("25.10.01", quota="over")
    assert percent(answer) is None
    assert answer.prohibited is not None
    assert answer.prohibited.heading == "Q.01"
    assert answer.layers == ()
    assert [x.heading for x in answer.if_admitted] == ["25.10.01"]


def test_an_absolute_quota_of_unknown_state() -> None:
    """Q.01: taken as open, and told as unknown."""
    answer = ask("25.10.01")
    assert percent(answer) == "5"
    assert answer.quota is not None
    assert answer.quota.state == "unknown"
    assert assumed(answer) == {"quota": "in"}


def test_a_tariff_rate_quota() -> None:
    """Q.02: 40 % beyond the quota; Q.03: 8 % within."""
    assert percent(ask("25.10.02", quota="over")) == "45"
    assert percent(ask("25.10.02", quota="in")) == "13"
    answer = ask("25.10.02")
    assert (percent(answer), span(answer)) == ("13", ("13%", "45%"))
    assert percent(ask("25.10.03")) == "5"


def test_law_that_is_not_encoded_leaves_no_total() -> None:
    """The salt levy of 2021 on 26.10 is not encoded."""
    answer = ask("26.10.01")
    assert percent(answer) is None
    assert kinds(answer) == ["not-covered"]
    assert answer.warnings[0].program == "zz/salt"
    assert span(answer) == (None, None)
    assert number(answer.total.ad_valorem_percent) == "5"


@pytest.mark.parametrize("day", ["2020-12-31", "2022-01-01"])
def test_outside_its_days_law_that_is_not_encoded_does_no_harm(day: str) -> None:
    """The salt levy is of 2021."""
    answer = ask("26.10.01", day=day)
    assert (percent(answer), kinds(answer)) == ("5", [])


@pytest.mark.parametrize(
    ("origin", "claims", "known"), [("XA", "90.80.02", False), ("XA", "90.80.04", True), ("XB", "90.80.02", True)]
)
def test_reliefs_that_are_not_encoded_matter_only_to_who_claims_them(origin: str, claims: str, known: bool) -> None:
    """Reliefs 90.80.01 to 90.80.03 for goods of XA are not encoded."""
    answer = ask("26.20.01", origin, claims=claims)
    assert (percent(answer) is not None) is known
    assert (kinds(answer) == []) is known
    assert percent(ask("26.20.01", origin)) == "5"


def test_a_day_after_the_evidence_is_told() -> None:
    """The law was last verified on 2025-06-30."""
    assert kinds(ask("10.10.10", day="2025-06-30")) == []
    assert kinds(ask("10.10.10", day="2025-07-01")) == ["after-evidence"]


@pytest.mark.parametrize(
    ("code", "origin", "day", "refusal"),
    [
        ("10.10.10", "ZZ", "2021-05-01", NotDutiable),
        ("90.10.10", "XA", "2021-05-01", NotDutiable),
        ("10.10.10", "QQ", "2021-05-01", UnknownOrigin),
        ("10.10.10", "XF", "2021-05-01", OutsideCoverage),
        ("10.10.10", "XA", "2019-12-31", OutsideCoverage),
        ("10.10.10", "XE", "2021-05-01", OutsideCoverage),
        ("10.10", "XA", "2021-05-01", CodeTooShort),
        ("10", "XA", "2021-05-01", CodeTooShort),
        ("10.10.99", "XA", "2021-05-01", UnknownCode),
        ("10.10.10.10", "XA", "2021-05-01", UnknownCode),
        ("77", "XA", "2021-05-01", UnknownCode),
    ],
)
def test_refusals(code: str, origin: str, day: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        ask(code, origin, day)


@pytest.mark.parametrize(("origin", "day"), [("XE", "2020-12-31"), ("XE", "2022-01-01"), ("XA", "2020-01-01")])
def test_the_edges_of_the_coverage(origin: str, day: str) -> None:
    """XE is covered for 2020 and from 2022 on; XA from 2020 on."""
    assert percent(ask("10.10.10", origin, day)) == "5"


def test_coverage_by_a_group_follows_its_membership() -> None:
    """XH is covered as a member of the late, which it joins on 2022-01-01, whichever day is asked first."""
    schedule = fresh()
    for day in ("2021-12-31", "2022-01-01", "2021-12-31"):
        asked = question("10.10.10", "XH", day)
        if day < "2022":
            with pytest.raises(OutsideCoverage):
                schedule.answer(asked)
        else:
            assert percent(schedule.answer(asked)) == "5"


def test_a_short_code_lists_the_lines_below_it() -> None:
    """11.10 had three lines in 2021 and four of 2022."""
    with pytest.raises(CodeTooShort) as early:
        ask("11.10", day="2021-12-31")
    assert [(n.code, n.relation) for n in early.value.near] == [
        ("11.10.10", "below"),
        ("11.10.40", "below"),
        ("11.10.50", "below"),
    ]
    with pytest.raises(CodeTooShort) as late:
        ask("11.10", day="2022-01-01")
    assert [n.code for n in late.value.near] == ["11.10.20", "11.10.30", "11.10.40", "11.10.50"]


def test_a_code_that_ended_names_its_successors() -> None:
    """11.10.10 ended on 2022-01-01, when 11.10.20 and 11.10.30 began."""
    with pytest.raises(UnknownCode) as refused:
        ask("11.10.10", day="2022-01-01")
    near = {(n.code, n.relation) for n in refused.value.near}
    assert {("11.10.20", "successor"), ("11.10.30", "successor")} <= near


def test_a_code_that_has_not_begun_names_its_predecessors() -> None:
    """11.10.20 begins on 2022-01-01, in place of 11.10.10."""
    with pytest.raises(UnknownCode) as refused:
        ask("11.10.20", day="2021-12-31")
    assert ("11.10.10", "predecessor") in {(n.code, n.relation) for n in refused.value.near}


def test_a_code_unknown_for_ever_names_its_neighbours() -> None:
    """10.10.99 never existed; the lines of 10.10 are near."""
    with pytest.raises(UnknownCode) as refused:
        ask("10.10.99")
    assert ("10.10.10", "near") in {(n.code, n.relation) for n in refused.value.near}
    assert layers(ask("10.10.10"))


def test_a_post_duty_is_ranked_over_the_base_of_its_own_line() -> None:
    """E.04: fine goods pay 10 % in place of everything: 5 to 10 over a base of 5, 10 to 20 over one of 20."""
    schedule = fresh()
    assert span(schedule.answer(question("16.10.01"))) == ("5%", "10%")
    assert span(schedule.answer(question("16.10.02"))) == ("10%", "20%")
