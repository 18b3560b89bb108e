"""The same questions give the same bytes: asked again, in another order, of another compilation and process."""

from __future__ import annotations

import hashlib
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from service.countries import countries
from service.engine.answers import Question, ReleaseRef
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule, compile_schedule
from service.law.decode import decode_law
from tests.shipped import TODAY, documents, importers, schedule
from tests.wide.asking import END, FIRST, codes, declared, encoder, origins, step
from tests.wide.lawfiles import news

SEED = 20250728


def questions(number: int, importer: str = "US") -> list[Question]:
    """Return random questions to an importer, always the same."""
    dice = random.Random(SEED)  # noqa: S311 -- no secret
    window = (END - FIRST).days
    days = [d for d in news(importer) if FIRST <= d <= TODAY]

    def one() -> Question:
        known = TODAY if dice.random() < 0.5 else dice.choice(days)
        view = "law" if dice.random() < 0.3 else "collected"
        code = dice.choice(dice.choice(codes(importer)))
        day = step(FIRST, dice.randrange(window))
        origin, facts = dice.choice(origins(importer)), dice.choice(declared(importer))
        return Question(importer, code, origin, day, known, view, facts)  # type: ignore[arg-type]

    return [one() for _ in range(number)]


def answered(asked: Schedule, question: Question) -> bytes:
    try:
        return encoder.encode(asked.answer(question))
    except Refusal as refusal:
        return encoder.encode([refusal.kind, refusal.detail, refusal.near])


def over_time(asked: Schedule, question: Question) -> bytes:
    try:
        return encoder.encode(asked.timeline(question, FIRST, END))
    except Refusal as refusal:
        return encoder.encode([refusal.kind, refusal.detail, refusal.near])


def as_headline(asked: Schedule, question: Question) -> bytes:
    return encoder.encode(asked.headline(question.origin, question.date, question.known_on, question.view))


def another(importer: str) -> Schedule:
    """Decode and compile the law once more."""
    law = decode_law(dict(reversed(documents().items())))[importer]
    return compile_schedule(law, ReleaseRef(1, "shipped"), countries())


def shuffled(questions: Iterable[Question]) -> list[Question]:
    mixed = list(questions)
    random.Random(SEED + 1).shuffle(mixed)  # noqa: S311 -- no secret
    return mixed


def keyed(question: Question) -> tuple[object, ...]:
    facts = tuple(sorted(question.facts.items()))
    return (question.code, question.origin, question.date, question.known_on, question.view, facts)


@pytest.mark.slow
@pytest.mark.parametrize("importer", importers())
def test_again_and_in_another_order_of_another_compilation(importer: str):
    mine, other = another(importer), another(importer)
    asked = questions(900, importer)
    first = {keyed(q): answered(mine, q) for q in asked}
    assert [q for q in shuffled(asked) if answered(other, q) != first[keyed(q)]] == []
    assert [q for q in shuffled(asked) if answered(mine, q) != first[keyed(q)]] == []
    assert sum(b'"total"' in x for x in first.values()) > 600
    some = asked[:150]
    lines = {keyed(q): over_time(mine, q) for q in some}
    assert [q for q in shuffled(some) if over_time(other, q) != lines[keyed(q)]] == []
    heads = {keyed(q): as_headline(mine, q) for q in asked[:2]}
    assert [q for q in shuffled(asked[:2]) if as_headline(other, q) != heads[keyed(q)]] == []


def test_numbers_are_plain():
    text = answered(schedule(), Question("US", "95030000", "CN", date(2025, 7, 28), TODAY, "collected"))
    assert b'"percent":30,' in text
    said = [answered(schedule(i), q) for i in importers() for q in questions(300, i)]
    assert [x for x in said if re.search(rb":-?[0-9.]+[eE]", x)] == []


def digest() -> str:
    """Return a digest of many answers of all importers, for comparison between processes."""
    found = hashlib.sha256()
    for importer in importers():
        asked = schedule(importer)
        for question in questions(500, importer):
            found.update(answered(asked, question))
        for question in questions(30, importer):
            found.update(over_time(asked, question))
        found.update(as_headline(asked, questions(1, importer)[0]))
    return found.hexdigest()


@pytest.mark.slow
def test_another_process_with_other_hashes_says_the_same():
    root = Path(__file__).parents[2]
    command = "from tests.wide.test_reproducible import digest; print(digest())"

    def started(seed: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        return subprocess.Popen(
            [sys.executable, "-c", command], cwd=root, env=environment, stdout=subprocess.PIPE, text=True
        )

    with started("1") as one, started("2") as two:
        said = {process.communicate(timeout=120)[0].strip() for process in (one, two)}
    assert said == {digest()}
