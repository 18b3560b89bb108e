"""How every rate line of every year is answered, counted; ``python -m tests.wide.years`` writes the table."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from service.countries import names
from service.engine.answers import Answer, Question
from service.engine.refusals import Refusal
from service.law.facts import Facts
from service.law.terms import VIEWS, View
from tests.shipped import TODAY, importers, laws, principal, schedule
from tests.wide.lawfiles import lines

YEARS = range(2018, 2027)
KINDS = ("ad valorem", "quantities", "unresolved", "not covered", "refused")
APPROXIMATE = "approximate"
FIGURES: Facts = {
    "value": Decimal(1000),
    "quantities": (("kg", Decimal(700)), ("liter", Decimal(800)), ("total_sugars", Decimal(300))),
}
"""A value and quantities to declare, for goods whose duty goes by the value per unit."""
HEAD = """# Coverage by year

Every rate line of each importer's schedule, asked on June 1 of each year for goods of its principal origin as known
on {known}, in both views: the number of lines by the kind of answer. Made by
`python -m tests.wide.years > docs/coverage-by-year.md`; a test compares.

- **ad valorem**: the total is a percentage.
- **quantities**: part of the duty is an amount per unit, or falls on the value of a part, or is one of several
  amounts by the value per unit. The answer says which figures it lacks; once they are declared it has a total.
- **unresolved**: the rate refers to other headings or cannot be computed; the answer says where to look.
- **not covered**: a program that is known and not encoded may reach the goods; the answer has no total.
- **refused**: no answer.
- **approximate**: of all these, the lines whose base duty is a stand-in, because its official text was not found.
"""


class Asked(NamedTuple):
    """One line, as answered; ``answer`` is the kind of problem where it was refused."""

    code: str
    day: date
    view: View
    answer: Answer | str
    figured: Answer | None = None
    """The answer with value and quantities declared, where the first one refers to the headings that they choose."""


def every_line(year: int, view: View, importer: str = "US") -> Iterator[Asked]:
    """Ask all rate lines of June 1 about goods of the importer's principal origin."""
    day, origin = date(year, 6, 1), principal(importer)
    asked = schedule(importer)
    for code in lines(day, importer):
        try:
            found: Answer | str = asked.answer(Question(importer, code, origin, day, TODAY, view))
        except Refusal as refusal:
            found = refusal.kind
        figured = None
        if isinstance(found, Answer) and found.see and needs_figures(found):
            figured = asked.answer(Question(importer, code, origin, day, TODAY, view, FIGURES))
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


def approximate(asked: Asked) -> bool:
    """Tell whether the base duty of an answer is a stand-in."""
    return isinstance(asked.answer, Answer) and any(w.kind == "approximate-base" for w in asked.answer.warnings)


Counts = dict[tuple[str, int, View], Counter[str]]
"""Answers by kind, and the approximate ones among them, for an importer, a year and a view."""


def counted(answers: Iterable[Asked]) -> Counter[str]:
    """Count answers by kind, and the approximate ones among them."""
    found: Counter[str] = Counter()
    for asked in answers:
        found[kind(asked)] += 1
        found[APPROXIMATE] += approximate(asked)
    return found


def number(found: Counter[str]) -> int:
    """Return how many lines were counted."""
    return sum(found[kind] for kind in KINDS)


def table(counts: Counts) -> str:
    """Write the counts as a page of documentation."""
    parts = [HEAD.format(known=TODAY)]
    for importer in sorted({importer for importer, _, _ in counts}, key=_first_the_united_states):
        title = f"## Importer {laws()[importer].importer.title}, origin {names()[principal(importer)]}"
        rows = [["year", "view", "lines", *KINDS, APPROXIMATE]]
        for (_, year, view), found in sorted(item for item in counts.items() if item[0][0] == importer):
            rows.append([str(year), view, str(number(found)), *(str(found[k]) for k in (*KINDS, APPROXIMATE))])
        rule = ["---", "---", *["---:"] * (len(rows[0]) - 2)]
        parts.append(
            "\n".join([title, "", *("| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]]), ""])
        )
    return "\n".join(parts)


def _first_the_united_states(importer: str) -> tuple[bool, str]:
    return importer != "US", importer


def main() -> None:
    """Write the table to standard output."""
    asked = product(importers(), YEARS, VIEWS)
    sys.stdout.write(table({(i, year, view): counted(every_line(year, view, i)) for i, year, view in asked}))


if __name__ == "__main__":
    main()
