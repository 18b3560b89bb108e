"""A sample of the mutants of the law: nearly all are caught (``make mutate`` tries them all)."""

from __future__ import annotations

from tests.law.mutants import KINDS, mutants
from tests.law.mutate import SURVIVED, report, run, sampled, survivors, wrong
from tests.shipped import laws

BEHIND = (
    "us/ieepa/reciprocal",
    "us/infant-formula",
    "us/section-122",
    "us/section-232/aluminum",
    "us/section-232/metals",
    "us/section-232/pharmaceuticals",
    "us/section-232/steel",
    "us/section-232/trucks",
    "us/section-232/wood",
    "us/section-301/china-maritime",
    "us/section-301/forced-labor",
)
"""Programs whose cases catch too few mutants yet: mostly, of the many headings to which a measure yields, those that
no case meets together with it (``make mutate`` tells which)."""


def test_a_sample_of_mutants_is_caught():
    done = run(laws()["US"], without=BEHIND, sample=60, seed=20180706)
    told = "\n".join(report(done))
    assert len(done.mutants) == 60
    counted = len(done.of("caught")) + len(survivors(done))
    assert len(done.of("caught")) >= 0.95 * counted, told
    assert wrong(done, whole=False) == []


def test_a_sample_takes_from_every_kind_alike():
    every = list(mutants(laws()["US"]))
    found = sampled(every, 30, seed=1)
    kinds = {m.kind for m in every}
    assert {m.kind for m in found} == kinds <= set(KINDS)
    assert found == sampled(every, 30, seed=1) != sampled(every, 30, seed=2)


def test_a_mutant_that_no_case_asks_about_survives():
    """Without cases only the checks of the law itself are left, and they do not know the rates."""
    done = run(laws()["US"], kinds=("rate",), program="us/section-122", cases=())
    assert [m.kind for m in done.of(SURVIVED)] == ["rate"]
