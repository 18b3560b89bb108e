"""A sample of the mutants of the law: nearly all are caught (``make mutate`` tries them all)."""

from __future__ import annotations

import pytest

from tests.law.arena import CAUGHT, SURVIVED, Arena
from tests.law.cases import read_cases
from tests.law.mutants import KINDS, mutants
from tests.law.mutate import Run, report, run, sampled, survivors, wrong
from tests.shipped import laws

SIZE = 140
"""Twenty mutants of every kind, of whatever program."""


@pytest.fixture(scope="module")
def arena() -> Arena:
    return Arena(laws()["US"], read_cases())


@pytest.fixture(scope="module")
def done(arena: Arena) -> Run:
    return run(laws()["US"], sample=SIZE, seed=20180706, arena=arena)


def test_a_sample_of_mutants_is_caught(done: Run):
    told = "\n".join(report(done))
    assert len(done.mutants) == SIZE
    counted = len(done.of(CAUGHT)) + len(survivors(done))
    assert len(done.of(CAUGHT)) >= 0.95 * counted, told
    assert wrong(done, whole=False) == []


def test_what_a_case_shows_is_never_called_the_same_law(arena: Arena, done: Run):
    by_case = [
        done.mutants[verdict.mutant]
        for verdict in done.verdicts
        if verdict.fate == CAUGHT and not done.mutants[verdict.mutant].list_ and "error: " not in verdict.by
    ]
    assert len(by_case) > SIZE // 4
    for mutant in by_case:
        assert arena.answers.show(*arena.versions_of(mutant)), mutant.id


def test_a_sample_takes_from_every_kind_alike():
    every = list(mutants(laws()["US"]))
    found = sampled(every, 30, seed=1)
    kinds = {m.kind for m in every}
    assert {m.kind for m in found} == kinds <= set(KINDS)
    assert found == sampled(every, 30, seed=1) != sampled(every, 30, seed=2)


def test_a_mutant_that_no_case_asks_about_survives():
    """Without cases only the checks of the law itself are left, and they do not know the rates."""
    law = laws()["US"]
    done = run(law, kinds=("rate",), program="us/section-122", arena=Arena(law, ()))
    assert [m.kind for m in done.of(SURVIVED)] == ["rate"]
