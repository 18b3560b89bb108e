"""A sample of the mutants of the law: nearly all are caught (``make mutate`` tries them all)."""

from __future__ import annotations

import pytest

from service.law.importer import ImporterLaw
from tests.law import mutate
from tests.law.arena import CAUGHT, SURVIVED, Arena
from tests.law.cases import read_cases
from tests.law.mutants import KINDS, mutants
from tests.law.mutate import Run, folder_of, listed, report, run, sampled, survivors, wrong
from tests.shipped import importers, laws

SIZE = 140
"""Twenty mutants of every kind, of whatever program."""


@pytest.fixture(scope="module", params=importers())
def law(request: pytest.FixtureRequest) -> ImporterLaw:
    return laws()[request.param]


@pytest.fixture(scope="module")
def arena(law: ImporterLaw) -> Arena:
    return Arena(law, read_cases())


@pytest.fixture(scope="module")
def done(law: ImporterLaw, arena: Arena) -> Run:
    return run(law, sample=SIZE, seed=20180706, arena=arena)


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


def test_a_sample_takes_from_every_kind_alike(law: ImporterLaw):
    every = list(mutants(law))
    found = sampled(every, 30, seed=1)
    kinds = {m.kind for m in every}
    assert {m.kind for m in found} == kinds <= set(KINDS)
    assert found == sampled(every, 30, seed=1) != sampled(every, 30, seed=2)


def test_a_mutant_that_no_case_asks_about_survives():
    """Without cases only the checks of the law itself are left, and they do not know the rates."""
    done = run(laws()["US"], kinds=("rate",), program="us/section-122", arena=Arena(laws()["US"], ()))
    assert [m.kind for m in done.of(SURVIVED)] == ["rate"]


def test_a_run_looks_at_the_survivors_of_its_importer_alone(law: ImporterLaw):
    """The survivors of another importer are no mutants of this law, and nothing is wrong with that."""
    missing = f"{folder_of(law)}gone measure: dropped"
    kept = {name: reason for name, reason in listed().items() if not name.startswith(folder_of(law))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mutate, "listed", lambda: {**kept, missing: "was there once"})
        assert wrong(Run([], [], folder_of(law)), whole=True) == [
            f"{missing}: listed as a survivor, but there is no such mutant"
        ]
