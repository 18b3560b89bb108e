"""Every row of every list and every amendment reaches an answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest

from tests.law.cases import read_yaml
from tests.shipped import LAW, importers, laws, schedule
from tests.wide.reach import Reach, Unreached

EXCEPTIONS: dict[str, str] = read_yaml(LAW.parents[1] / "tests" / "wide" / "reach.yaml")
EVERYWHERE = pytest.mark.parametrize("importer", importers())


@cache
def reach(importer: str) -> Reach:
    return Reach(laws()[importer], schedule(importer))


def unexplained(found: Iterable[Unreached]) -> list[str]:
    return [str(one) for one in found if not one.id.startswith(tuple(EXCEPTIONS))]


@cache
def rows(importer: str) -> tuple[Unreached, ...]:
    return tuple(reach(importer).rows_unreached())


@cache
def amendments(importer: str) -> tuple[Unreached, ...]:
    return tuple(reach(importer).amendments_idle())


@EVERYWHERE
def test_every_list_row_reaches_an_answer(importer: str):
    assert unexplained(rows(importer)) == []


@EVERYWHERE
def test_every_amendment_changes_an_answer_on_its_first_day(importer: str):
    assert unexplained(amendments(importer)) == []


def test_every_exception_is_needed_and_has_a_reason():
    found = [one.id for importer in importers() for one in (*rows(importer), *amendments(importer))]
    assert [name for name in EXCEPTIONS if not any(one.startswith(name) for one in found)] == []
    assert all(EXCEPTIONS.values())
