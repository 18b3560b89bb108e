"""Comparing printed headings with the law: is each known, with the same rate, over the same days?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from service.audit.printed import Charge, Heading
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.rate_text import parse_rate
from service.law.rates import Form, FromList, InLieuOfAll, InLieuOfColumn2, NonUsPart, Rate, Total
from service.law.terms import GoodsList, Terms

Verdict = Literal["same", "unknown", "other rate", "other days"]


class Standing(msgspec.Struct, frozen=True):
    """What the law knew of a heading on a day: what it charges that day, what later, and what before."""

    now: frozenset[Charge]
    later: frozenset[Charge]
    before: frozenset[Charge]

    def __str__(self) -> str:
        parts = (("", self.now), ("later ", self.later), ("before ", self.before))
        told = [f"{when}{', '.join(sorted(map(str, charges)))}" for when, charges in parts if charges]
        return "; ".join(told) or "nothing"


class Finding(msgspec.Struct, frozen=True):
    """A printed heading held against the law."""

    heading: Heading
    verdict: Verdict
    standing: Standing | None

    def __str__(self) -> str:
        printed = ", ".join(map(str, self.heading.charges))
        if self.heading.state != "open":
            printed += f" ({self.heading.state})"
        here = "not known here" if self.standing is None else f"here: {self.standing}"
        return f"{self.verdict}; printed: {printed}; {here}"


def headings_of(law: ImporterLaw) -> dict[tuple[str, str], str]:
    """Return the heading of each measure, by program and measure."""
    return {(it.id, measure.id): measure.heading for it in law.programs for measure in it.measures}


class Knowledge:
    """What the law charges under each heading of chapter 99, on any day, as known on any day."""

    def __init__(self, law: ImporterLaw) -> None:
        self._lists = law.lists
        self._versions: dict[str, list[tuple[Period, Period, frozenset[Charge]]]] = defaultdict(list)
        bearing = headings_of(law)
        for version in law.versions:
            if version.view == "collected":
                charges = frozenset(self._charges(version.terms))
                self._versions[bearing[version.program, version.measure]].append(
                    (version.valid, version.known, charges)
                )

    def of(self, heading: str, day: date, known_on: date) -> Standing | None:
        """Return what was known of a heading, or None when no measure bears it."""
        if heading not in self._versions:
            return None
        asked, known = day.toordinal(), known_on.toordinal()
        now: set[Charge] = set()
        later: set[Charge] = set()
        before: set[Charge] = set()
        for valid, when, charges in self._versions[heading]:
            if known in when:
                (now if asked in valid else later if valid.start > asked else before).update(charges)
        return Standing(frozenset(now), frozenset(later), frozenset(before))

    def _charges(self, terms: Terms) -> Iterator[Charge]:
        yield from self._of_rate(terms.rate, terms)
        for _, rate in terms.columns:
            yield from self._of_rate(rate, terms)

    def _of_rate(self, rate: Rate, terms: Terms) -> Iterator[Charge]:
        match rate:
            case Form(percent=percent, specific=(), parts=()):
                yield Charge("adds", percent)
            case NonUsPart(percent=percent):
                yield Charge("adds", percent)
            case Total(percent=percent):
                yield Charge("stands", percent)
            case InLieuOfColumn2(rate=form) | InLieuOfAll(rate=form):
                yield Charge("stands", form.percent)
            case FromList(column=column) if isinstance(terms.goods, GoodsList):
                rows = self._lists[terms.goods.name].rows
                for text in {dict(row.attributes).get(column, "") for row in rows} - {""}:
                    if isinstance(parsed := parse_rate(text), Form):
                        yield Charge("adds", parsed.percent)


def compare(headings: Iterable[Heading], knowledge: Knowledge, day: date, known_on: date) -> list[Finding]:
    """Hold each heading against what the law knew on ``known_on`` of the days from ``day`` on."""
    found = []
    for heading in headings:
        standing = knowledge.of(heading.number, day, known_on)
        found.append(Finding(heading, _verdict(heading, standing), standing))
    return found


def _verdict(heading: Heading, standing: Standing | None) -> Verdict:
    if standing is None:
        return "unknown"
    printed = _charging(heading.charges)
    if heading.state == "open":
        if printed <= _charging(standing.now) or printed <= _charging(standing.later):
            return "same"
        known = _charging(standing.now | standing.later)
        return "other rate" if known else "other days"
    if _charging(standing.now):
        return "other days"
    return "same" if printed <= _charging(standing.before | standing.later) else "other rate"


def _charging(charges: Iterable[Charge]) -> frozenset[Charge]:
    return frozenset(charges) - {Charge("adds", Decimal(0))}
