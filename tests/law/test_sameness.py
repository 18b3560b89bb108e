"""A mutant is called the same law only where no answer could show it."""

from __future__ import annotations

import pytest

from service.law.decode import decode_law
from service.law.fold import fold_measure
from service.law.importer import ImporterLaw
from tests.law.mutants import Mutant, mutants
from tests.law.sameness import Answers
from tests.unit.broken_law.tree import documents

OAK = """program: zz/oak
title: Oak duty
authority: Order
order: 30
acts:
  order-5: {title: Order 5, announced: 2019-01-01}
  order-6: {title: Order 6, announced: 2020-04-20}
measures:
  - id: met
    heading: 9903.01.01
    goods: [2203]
    origins: [CN]
    amendments: [{act: order-5, from: 2020-05-01, rate: 1%}]
  - id: of-steel
    heading: 9903.01.02
    goods: [7208.20.00]
    amendments: [{act: order-5, from: 2020-05-01, rate: 1%}]
  - id: long-over
    heading: 9903.01.03
    goods: [2203]
    amendments: [{act: order-5, from: 2019-02-01, until: 2020-04-10, rate: 1%}]
  - id: of-norway
    heading: 9903.01.04
    goods: [2203]
    origins: [NO]
    amendments: [{act: order-5, from: 2020-05-01, rate: 1%}]
  - id: listed
    heading: 9903.01.05
    goods: lists/extra
    origins: [CN]
    amendments: [{act: order-5, from: 2020-06-05, rate: 1%}]
  - id: taken-back
    heading: 9903.01.06
    goods: [2203]
    amendments:
      - {act: order-5, from: 2021-01-01, rate: 1%}
      - {act: order-6, from: 2021-01-01, rate: none}
  - id: of-everything
    heading: 9903.01.07
    amendments: [{act: order-5, from: 2022-04-09, rate: 1%}]
"""
ELM = """program: zz/elm
title: Elm duty
authority: Order
order: 40
measures:
  - id: relief
    heading: 9904.01.01
    goods: [2203]
    origins: [CN]
    when: {charged_under: [9903.01.01-9903.01.07]}
    rate: exempt
    amendments: [{act: order-3, from: 2020-04-10, until: 2022-04-10}]
  - id: duty
    heading: 9904.01.02
    amendments:
      - {act: order-5, from: 2015-01-01, until: 2017-01-01, rate: 2%}
      - {act: order-5, from: 2017-01-01, rate: 3%}
"""


@pytest.fixture(scope="module")
def law() -> ImporterLaw:
    files = {**documents(), "zz/programs/oak.yaml": OAK, "zz/programs/elm.yaml": ELM}
    return decode_law(files)["ZZ"]


def shown(law: ImporterLaw, mutant: Mutant) -> bool:
    assert mutant.original is not None
    at = (mutant.program, mutant.original.id)
    old = [v for v in law.versions if (v.program, v.measure) == at]
    new = fold_measure(mutant.program, mutant.measure, law.acts) if mutant.measure is not None else []
    return Answers(law).show(at, old, new)


def of(law: ImporterLaw, what: str) -> Mutant:
    found = [mutant for mutant in mutants(law) if mutant.id == f"zz/elm {what}"]
    assert len(found) == 1, [mutant.id for mutant in mutants(law)]
    return found[0]


@pytest.mark.parametrize(
    ("heading", "meets"),
    [
        ("9903.01.01", True),  # the same goods and origin on a common day
        ("9903.01.02", False),  # other goods
        ("9903.01.03", False),  # ended on the first day of the relief
        ("9903.01.04", False),  # another origin
        ("9903.01.05", True),  # a row that was on the list, as known before the order that took it off
        ("9903.01.06", True),  # as known before it was taken back
        ("9903.01.07", True),  # on the last day alone
    ],
)
def test_a_heading_matters_only_where_its_goods_can_meet(law: ImporterLaw, heading: str, meets: bool):
    assert shown(law, of(law, f"relief: without {heading}")) is meets


@pytest.mark.parametrize(
    "what", ["the measure dropped", "yielding never to 9903.01.01", "yielding always, 9903.01.01"]
)
def test_a_relation_that_meets_goods_shows_when_it_is_gone(law: ImporterLaw, what: str):
    assert shown(law, of(law, f"relief: {what}"))


def test_days_that_are_not_covered_cannot_be_shown(law: ImporterLaw):
    """The schedule of the invented importer is covered from 2018 on."""
    assert not shown(law, of(law, "duty: order-5 from 2015-01-01 at 3%"))
    assert not shown(law, of(law, "duty: order-5 from 2015-01-01 with until -1 day"))


def test_terms_in_force_since_before_the_coverage_are_shown(law: ImporterLaw):
    assert shown(law, of(law, "duty: order-5 from 2017-01-01 at 4%"))
