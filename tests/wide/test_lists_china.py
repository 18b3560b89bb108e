"""Every line of China on goods of the United States, added up anew from the files.

The base is read from the schedule files, the goods and the rates that stand beside them from the lists; the rates and
days of the acts stand below. Each program must charge what they come to, and the total must be their sum.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from service.engine.answers import Answer
from tests.shipped import ask, importers
from tests.wide.lawfiles import general, lines, listed, plain_percent, report

pytestmark = pytest.mark.skipif("CN" not in importers(), reason="there is no law of China")

ALWAYS = date.max
NOTHING = Decimal(0)
DAYS = (
    date(2018, 5, 1),
    date(2018, 8, 1),
    date(2018, 12, 1),
    date(2019, 2, 1),
    date(2019, 7, 15),
    date(2019, 12, 1),
    date(2020, 6, 1),
    date(2022, 6, 1),
    date(2025, 2, 20),
    date(2025, 4, 20),
    date(2025, 5, 20),
    date(2025, 12, 1),
    date(2026, 3, 1),
)
AT_LEAST = 8500
"""Lines of a day whose whole duty the files tell, at least."""

Steps = tuple[tuple[date, date, str], ...]
"""From a day until another: a percentage, or the column of the list that states it."""

ANSWER_232: dict[str, Steps] = {"answer-232": ((date(2018, 4, 2), ALWAYS, "rate"),)}
LISTS_1_TO_3: dict[str, Steps] = {
    "answer-301-list-1": ((date(2018, 7, 6), ALWAYS, "25"),),
    "answer-301-list-2": ((date(2018, 8, 23), ALWAYS, "25"),),
    "answer-301-list-3": ((date(2018, 9, 24), date(2019, 6, 1), "first"), (date(2019, 6, 1), ALWAYS, "raised")),
    "answer-301-numbers-of-2022": ((date(2022, 1, 1), ALWAYS, "rate"),),
}
LIST_4: dict[str, Steps] = {
    "answer-301-list-4": ((date(2019, 9, 1), date(2020, 2, 14), "rate"), (date(2020, 2, 14), ALWAYS, "halved")),
}
FEBRUARY: dict[str, Steps] = {
    "2025-february-15": ((date(2025, 2, 10), ALWAYS, "15"),),
    "2025-february-10": ((date(2025, 2, 10), ALWAYS, "10"),),
}
MARCH: dict[str, Steps] = {
    "2025-march-15": ((date(2025, 3, 10), date(2025, 11, 10), "15"),),
    "2025-march-10": ((date(2025, 3, 10), date(2025, 11, 10), "10"),),
}
ALL_GOODS: Steps = (
    (date(2025, 4, 10), date(2025, 4, 12), "84"),
    (date(2025, 4, 12), date(2025, 5, 14), "125"),
    (date(2025, 5, 14), date(2027, 1, 10), "10"),
)
VEHICLES = "answer-301-vehicles"
"""Free of lists 1 to 3 since 2019-01-01."""


def stated(steps: Steps, row: dict[str, str], day: date) -> Decimal:
    """Return what a list charges on a day."""
    for first, until, said in steps:
        if first <= day < until:
            text = row.get(said, said).removesuffix("%")
            return Decimal(text)
    return NOTHING


def by_lists(program: dict[str, Steps], code: str, day: date) -> Decimal:
    """Return what a program charges; the acts put a code on one of its lists at most."""
    rows = [(steps, row) for name, steps in program.items() if (row := listed(name, code, day, "CN")) is not None]
    assert len(rows) <= 1, (code, day)
    return sum((stated(steps, row, day) for steps, row in rows), NOTHING)


def expected(code: str, day: date) -> dict[str, Decimal]:
    """Return the duties over the base by program."""
    vehicles = listed(VEHICLES, code, day, "CN") is not None
    return {
        "cn/section-232": by_lists(ANSWER_232, code, day),
        "cn/section-301/lists-1-to-3": NOTHING if vehicles else by_lists(LISTS_1_TO_3, code, day),
        "cn/section-301/list-4": by_lists(LIST_4, code, day),
        "cn/february-2025": by_lists(FEBRUARY, code, day),
        "cn/march-2025": by_lists(MARCH, code, day),
        "cn/all-goods-2025": stated(ALL_GOODS, {}, day),
    }


def charged(answer: Answer) -> dict[str, Decimal]:
    """Return what an answer charges over the base by program."""
    found: Counter[str] = Counter()
    for layer in answer.layers:
        found[layer.program] += layer.ad_valorem_percent * layer.share  # type: ignore[assignment]
    return {program: Decimal(percent) for program, percent in found.items() if program != "cn/mfn" and percent}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_line_adds_up(day: date):
    counts: Counter[str] = Counter()
    wrong: list[tuple[object, ...]] = []
    for code in lines(day, "CN"):
        answer = ask(code, day, importer="CN")
        base, over = plain_percent(general(code, day, "CN") or ""), expected(code, day)
        if charged(answer) != {program: percent for program, percent in over.items() if percent}:
            wrong.append((code, charged(answer), over))
        if base is None or any(warning.kind == "not-covered" for warning in answer.warnings):
            counts["base not known or not covered"] += 1
            if answer.total.percent is not None:
                wrong.append((code, answer.total.text, "a total in spite of a gap"))
        else:
            counts["told by the files"] += 1
            if answer.total.percent != base + sum(over.values()):
                wrong.append((code, answer.total.text, base, over))
    report(f"CN {day}: " + ", ".join(f"{name} {number}" for name, number in sorted(counts.items())))
    assert wrong == []
    assert counts["told by the files"] > AT_LEAST
