"""How every rate line of every year is answered, counted; ``python -m tests.wide.years`` writes the table."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from service.engine.answers import Answer, Question
from service.engine.refusals import Refusal
from service.law.facts import Facts
from service.law.terms import VIEWS, View
from tests.shipped import TODAY, schedule
from tests.wide.lawfiles import lines

YEARS = range(2018, 2027)
KINDS = ("ad valorem", "quantities", "unresolved", "not covered", "refused")
FIGURES: Facts = {
    "value": Decimal(1000),
    "quantities": (("kg", Decimal(700)), ("liter", Decimal(800)), ("total_sugars", Decimal(300))),
}
"""A value and quantities to declare, for goods whose duty goes by the value per unit."""
HEAD = """# Coverage by year

Every rate line of the shipped law, asked on June 1 of each year for goods of China as known on {known}, in both
views: the number of lines by the kind of answer. Made by `python -m tests.wide.years > docs/coverage-by-year.md`; a
test compares.

- **ad valorem**: the total is a percentage.
- **quantities**: part of the duty is an amount per unit, or falls on the value of a part, or is one of several
  amounts by the value per unit. The answer says which figures it lacks; once they are declared it has a total.
- **unresolved**: the rate refers to other headings or cannot be computed; the answer says where to look.
- **not covered**: a program that is known and not encoded may reach the goods; the answer has no total.
- **refused**: no answer.
"""


class Asked(NamedTuple):
    """One line, as answered; ``answer`` is the kind of problem where it was refused."""

    code: str
    day: date
    view: View
    answer: Answer | str
    figured: Answer | None = None
    """The answer with value and quantities declared, where the first one refers to the headings that they choose."""


def every_line(year: int, view: View) -> Iterator[Asked]:
    """Ask all rate lines of June 1."""
    day = date(year, 6, 1)
    asked = schedule()
    for code in lines(day):
        try:
            found: Answer | str = asked.answer(Question("US", code, "CN", day, TODAY, view))
        except Refusal as refusal:
            found = refusal.kind
        figured = None
        if isinstance(found, Answer) and found.see and needs_figures(found):
            figured = asked.answer(Question("US", code, "CN", day, TODAY, view, FIGURES))
        yield Asked(code, day, view, found, figured)


def needs_figures(answer: Answer) -> bool:
    """Tell whether an answer refers to headings that value and quantities would choose between."""
    lacking = {
        x.heading for x in answer.not_applied if "not declared" in x.reason.text and x.reason.needs is not None
    }
    return set(answer.see) <= lacking


def kind(asked: Asked) -> str:
    """Return the kind of an answer, one of ``KINDS``."""
    answer = asked.answer
    if isinstance(answer, str):
        return "refused"
    if any(w.kind == "not-covered" for w in answer.warnings) and answer.total.percent is None:
        return "not covered"
    if answer.see:
        return "unresolved" if asked.figured is None or asked.figured.total.percent is None else "quantities"
    return "ad valorem" if answer.total.percent is not None else "quantities"


def table(counts: dict[tuple[int, View], Counter[str]]) -> str:
    """Write the counts as a page of documentation."""
    rows = [["year", "view", "lines", *KINDS]]
    for (year, view), found in sorted(counts.items()):
        rows.append([str(year), view, str(found.total()), *(str(found[k]) for k in KINDS)])
    rule = ["---", "---", *["---:"] * (len(rows[0]) - 2)]
    body = "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]])
    return HEAD.format(known=TODAY) + "\n" + body + "\n"


def main() -> None:
    """Write the table to standard output."""
    counts = {(y, v): Counter(kind(a) for a in every_line(y, v)) for y in YEARS for v in VIEWS}
    sys.stdout.write(table(counts))


if __name__ == "__main__":
    main()
