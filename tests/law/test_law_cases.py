"""Every case of ``tests/law/*.yaml``, asked of the shipped law.

A case states the law at one boundary: ``ask`` (facts stand flat beside the question), ``expect``, the act it is
derived from (``source``) and the sum written out (``why``). ``expect.layers`` names every layer in order.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.api.parameters import fact_parameter
from service.engine.answers import Answer
from service.engine.refusals import Refusal
from tests.shipped import TODAY, ask, laws

QUESTION = frozenset(("importer", "code", "origin", "date", "known_on", "view"))
EXPECTED = frozenset(("total", "layers", "not_applied", "range", "refundable", "warnings", "refused"))


def read_cases() -> list[Any]:
    """Read all cases; every scalar stays text, as in the law files."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        cases = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 -- builds text, lists and maps only
        found += [pytest.param(case, id=f"{path.stem}: {case['name']}") for case in cases]
    return found


CASES = read_cases()


def asked(case: dict[str, Any]) -> Answer:
    """Ask the question of a case."""
    question = case["ask"]
    importer = question.get("importer", "US")
    definitions = laws()[importer].facts
    facts = {
        name: fact_parameter(definitions[name]).from_text(_text(value))
        for name, value in question.items()
        if name not in QUESTION
    }
    return ask(
        question["code"],
        date.fromisoformat(question["date"]),
        origin=question["origin"],
        known_on=date.fromisoformat(question["known_on"]) if "known_on" in question else TODAY,
        view=question.get("view", "collected"),
        importer=importer,
        facts=facts,
    )


def _text(value: Any) -> str:
    """Write a fact as a query string does: lists with commas, maps as ``a:1,b:2``."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{one}" for name, one in value.items())
    return ",".join(value) if isinstance(value, list) else value


@pytest.mark.parametrize("case", CASES)
def test_law_case(case: dict[str, Any]):
    expect = case["expect"]
    assert set(expect) <= EXPECTED
    if "refused" in expect:
        with pytest.raises(Refusal) as refusal:
            asked(case)
        assert refusal.value.kind == expect["refused"]
        return
    answer = asked(case)
    assert _number(answer.total.percent) == expect.get("total", "null"), case["why"]
    if "layers" in expect:
        assert _layers(answer) == [(x["heading"], x["percent"]) for x in expect["layers"]], case["why"]
    for item in expect.get("not_applied", ()):
        assert (item["heading"], item["kind"]) in {(n.heading, n.reason.kind) for n in answer.not_applied}
    if "range" in expect:
        low, high = answer.range.min, answer.range.max
        shown = {"min": _number(low.percent) if low else "null", "max": _number(high.percent) if high else "null"}
        assert shown == expect["range"]
    if "refundable" in expect:
        assert [x.heading for x in answer.layers if x.refundable] == expect["refundable"]
    if "warnings" in expect:
        late = set() if "after-evidence" in expect["warnings"] else {"after-evidence"}
        assert {w.kind for w in answer.warnings} - late == set(expect["warnings"])


def _layers(answer: Answer) -> list[tuple[str, str]]:
    return [(layer.heading, _number(layer.percent)) for layer in answer.layers]


def _number(percent: object) -> str:
    return "null" if percent is None else f"{percent:f}"


def test_cases_are_named_once_and_cite_their_source():
    cases = [p.values[0] for p in CASES]
    assert [n for n, k in Counter(p.id for p in CASES).items() if k > 1] == []
    assert [c["name"] for c in cases if not c.get("source") or not c.get("why")] == []
