"""Every row of every list and every amendment reaches an answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tests.law.cases import read_yaml
from tests.shipped import LAW, laws, schedule
from tests.wide.reach import Reach, Unreached

EXCEPTIONS: dict[str, str] = read_yaml(LAW.parents[1] / "tests" / "wide" / "reach.yaml")


@cache
def reach() -> Reach:
    return Reach(laws()["US"], schedule())


def unexplained(found: Iterable[Unreached]) -> list[str]:
    return [str(one) for one in found if not one.id.startswith(tuple(EXCEPTIONS))]


@cache
def rows() -> tuple[Unreached, ...]:
    return tuple(reach().rows_unreached())


@cache
def amendments() -> tuple[Unreached, ...]:
    return tuple(reach().amendments_idle())


def test_every_list_row_reaches_an_answer():
    assert unexplained(rows()) == []


def test_every_amendment_changes_an_answer_on_its_first_day():
    assert unexplained(amendments()) == []


def test_every_exception_is_needed_and_has_a_reason():
    found = [one.id for one in (*rows(), *amendments())]
    assert [name for name in EXCEPTIONS if not any(one.startswith(name) for one in found)] == []
    assert all(EXCEPTIONS.values())
