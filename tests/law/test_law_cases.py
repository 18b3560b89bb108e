"""Every case of ``tests/law/*.yaml``, asked of the shipped law."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.law.cases import EXPECTED, Case, asked, differences, read_cases
from tests.shipped import schedule

CASES = [pytest.param(case, id=f"{case.file}: {case.name}") for case in read_cases()]


@pytest.mark.parametrize("case", CASES)
def test_law_case(case: Case):
    assert set(case.expect) <= EXPECTED
    assert list(differences(case, asked(case, schedule(case.question.importer)))) == [], case.why


def test_cases_are_named_once_and_cite_their_source():
    assert [n for n, k in Counter(p.id for p in CASES).items() if k > 1] == []
    assert [case.name for case in read_cases() if not case.source or not case.why] == []
