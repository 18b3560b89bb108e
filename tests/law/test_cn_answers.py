"""The lists of the answers of China taken together, and the acts behind their layers."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from tests.law.manifests import held
from tests.shipped import TODAY, ask, laws

ONE_OF = ("answer-301-list-1", "answer-301-list-2", "answer-301-list-3", "answer-301-numbers-of-2022")
"""No number stands on two of these: lists 1 to 3 were written apart; the numbers of 2022 take the place of others."""

ANSWERS = (*ONE_OF, "answer-301-list-4", "answer-232")
BOUNDARIES = ("2018-07-06", "2018-08-23", "2018-09-24", "2019-09-01", "2021-12-31", "2022-01-01", "2026-01-01")


def numbers(name: str, day: date) -> set[str]:
    law = laws()["CN"]
    return set(held(law.lists[name], law.acts, day.toordinal(), TODAY.toordinal()))


@pytest.mark.parametrize("day", [date.fromisoformat(day) for day in BOUNDARIES])
def test_no_number_stands_on_two_lists_of_one_program(day: date):
    for one, other in combinations(ONE_OF, 2):
        assert numbers(one, day) & numbers(other, day) == set()


def test_the_numbers_of_2022_are_those_of_the_table_of_2025():
    """6,922 numbers of the table, 67 lines of vehicles and parts at 5 percent that it leaves out, 4 of rice flour."""
    assert len(set().union(*(numbers(name, date(2022, 1, 1)) for name in ANSWERS))) == 6922 + 67 + 4


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2022, 1, 1), date(2026, 1, 1)])
def test_every_number_on_a_list_is_in_the_tariff_of_the_day(day: date):
    lines = {v.code for v in laws()["CN"].lines if day.toordinal() in v.valid and TODAY.toordinal() in v.known}
    for name in ANSWERS:
        assert numbers(name, day) - lines == set()


@pytest.mark.parametrize("day", [date(2019, 1, 1), date(2021, 12, 31), date(2022, 1, 1), date(2026, 1, 1)])
def test_every_vehicle_suspended_has_a_duty_beneath(day: date):
    charged = set().union(*(numbers(name, day) for name in ONE_OF))
    assert numbers("answer-301-vehicles", day) - charged == set()


ACTS = [
    ("1201.90.10", "2018-07-10", {"301-list-1": "税委会公告〔2018〕5号"}),
    ("2711.11.00", "2018-09-30", {"301-list-3": "税委会公告〔2018〕8号"}),
    ("2711.11.00", "2019-07-01", {"301-list-3": "税委会公告〔2019〕3号"}),
    ("8703.23.41", "2018-09-30", {"301-list-2": "税委会公告〔2018〕7号"}),
    ("8703.23.41", "2019-01-15", {"301-vehicles": "税委会公告〔2018〕10号"}),
    ("8703.23.41", "2019-07-01", {"301-vehicles": "税委会公告〔2019〕1号"}),
    ("8703.23.41", "2020-02-20", {"301-vehicles": "税委会公告〔2019〕7号"}),
    ("0203.29.00", "2019-09-05", {"232-answer": "税委会〔2018〕13号", "301-list-4": "税委会公告〔2019〕4号"}),
    ("0203.29.00", "2020-02-20", {"232-answer": "税委会〔2018〕13号", "301-list-4": "税委会公告〔2020〕1号"}),
    ("2709.00.00", "2025-02-15", {"2025-february": "税委会公告2025年第1号"}),
    ("1201.90.11", "2025-03-15", {"301-list-1": "税委会公告〔2018〕5号", "2025-march": "税委会公告2025年第2号"}),
    ("8542.31.90", "2025-04-10", {"2025-all-goods": "税委会公告2025年第5号"}),
    ("8542.31.90", "2025-04-13", {"2025-all-goods": "税委会公告2025年第6号"}),
    ("8802.40.10", "2025-06-01", {"2025-all-goods-kept": "税委会公告2025年第7号"}),
    ("8802.40.10", "2025-09-01", {"2025-all-goods-kept": "税委会公告2025年第8号"}),
    ("8802.40.10", "2026-10-01", {"2025-all-goods-kept": "税委会公告2025年第10号"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "acts"), ACTS)
def test_a_layer_names_the_act_that_set_its_rate(code: str, day: str, acts: dict[str, str]):
    answer = ask(code, date.fromisoformat(day), origin="US", importer="CN")
    first = {layer.heading: layer.acts[0].citation for layer in answer.layers}
    assert {heading: first.get(heading) for heading in acts} == acts


def test_the_suspended_points_name_the_act_that_suspends_them():
    answer = ask("8802.40.10", date(2025, 12, 1), origin="US", importer="CN")
    (told,) = (item for item in answer.not_applied if item.heading == "2025-all-goods")
    assert (told.text, told.reason.until) == ("34%", date(2026, 11, 10))
    assert told.acts[0].citation == "税委会公告2025年第10号"


def test_what_is_not_law_is_told_and_never_computed_with():
    answer = ask("1507.10.00", date(2026, 10, 1), origin="US", importer="CN")
    assert {"reduction-2026", "waivers-2025"} <= {item.id for item in answer.announced}
    earlier = ask("1507.10.00", date(2026, 9, 27), origin="US", importer="CN", known_on=date(2026, 9, 27))
    assert answer.total == earlier.total
