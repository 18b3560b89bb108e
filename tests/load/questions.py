"""Questions for the benchmark: real codes on days they exist, reproducible from a seed."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from itertools import accumulate, islice
from pathlib import Path
from typing import Final

from service.engine.schedule import Schedule
from service.law.goods import CodeSystem
from service.snapshot import FIRST_DAY

ORIGINS: Final = ("CN",) * 8 + ("HK", "MO")
KNOWN_SHARE: Final = 0.20
"""Of the questions, how many name a known day; the others ask by what is known today."""

LAW_SHARE: Final = 0.10
FACT_SHARE: Final = 0.05
ZIPF: Final = 1.1


class Questions:
    """An endless source of distinct query strings that the law has an answer to.

    Args:
        schedule: The compiled law, which tells what exists when.
        system: How codes are written.
        today: The last day that may be asked about or known.
    """

    def __init__(self, schedule: Schedule, system: CodeSystem, today: date, seed: int = 1) -> None:
        self._lines = schedule.lines
        self._size = system.line
        self._codes = [code for code in schedule.lines.sorted if len(code) >= system.line]
        self._dotted = system.dotted
        self._days = (FIRST_DAY.toordinal(), today.toordinal())
        self._random = random.Random(seed)  # noqa: S311 - a sample, not a secret
        self._asked: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        """Give query strings, no two alike."""
        while True:
            query = self._draw()
            if query is not None and query not in self._asked:
                self._asked.add(query)
                yield query

    def take(self, count: int) -> list[str]:
        """Return the next ``count`` query strings."""
        return list(islice(self, count))

    def _draw(self) -> str | None:
        chance, (first, last) = self._random, self._days
        code, day = chance.choice(self._codes), chance.randint(first, last)
        known = chance.randint(first, last) if chance.random() < KNOWN_SHARE else None
        seen = last if known is None else known
        if any(self._lines.at(part, day, seen) is None for part in {code, code[: self._size]}):
            return None
        written = self._dotted(code) if chance.random() < 0.5 else code
        query = f"importer=US&code={written}&origin={chance.choice(ORIGINS)}&date={date.fromordinal(day)}"
        if known is not None:
            query += f"&known_on={date.fromordinal(known)}"
        if chance.random() < LAW_SHARE:
            query += "&view=law"
        if chance.random() < FACT_SHARE:
            query += chance.choice(
                (
                    f"&loaded_on={date.fromordinal(max(day - chance.randint(1, 60), first))}",
                    f"&us_content=0.{chance.randint(1, 9)}",
                    f"&value={chance.randint(1, 5000)}&currency=USD",
                    "&transport=ocean",
                )
            )
        return query


def zipf(queries: list[str], draws: int, exponent: float = ZIPF, seed: int = 2) -> list[str]:
    """Draw from ``queries`` so that the one of rank r comes up in proportion to r ** -exponent."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    weights = list(accumulate((rank + 1) ** -exponent for rank in range(len(queries))))
    return [queries[bisect_left(weights, chance.random() * weights[-1])] for _ in range(draws)]


def write(path: Path, queries: list[str]) -> None:
    """Write query strings, one a line."""
    path.write_text("\n".join(queries) + "\n", "ascii")
