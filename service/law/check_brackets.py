"""Ladders of brackets by unit value: every value per unit lies in exactly one bracket.

The measures of a program whose condition is a ``UnitValue`` among the same headings make one ladder. Whenever any of
them stands, all of them do, and their brackets follow each other from 0 without gap or overlap, the last one open.
With them stands a measure that refers to all: without it an entry without figures would owe nothing, silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import msgspec

from service.law.conditions import UnitValue
from service.law.importer import ImporterLaw
from service.law.rates import ByReference
from service.law.terms import Version

Standing = tuple[Version, UnitValue]


class Broken(msgspec.Struct, frozen=True):
    """What is wrong with a ladder, told of one of its measures at one moment of both clocks."""

    version: Version
    problem: str


def broken_ladders(law: ImporterLaw) -> Iterator[Broken]:
    """Yield one problem per ladder and view, at the first moment where its brackets do not fit together."""
    ladders: dict[tuple[str, str, tuple[str, ...]], list[Standing]] = {}
    for version in law.versions:
        bracket = version.terms.when
        if isinstance(bracket, UnitValue):
            ladders.setdefault((version.program, version.view, bracket.among), []).append((version, bracket))
    for (program, view, among), versions in ladders.items():
        beneath = [
            v
            for v in law.versions
            if (v.program, v.view) == (program, view)
            and isinstance(v.terms.rate, ByReference)
            and set(among) <= set(v.terms.rate.see)
        ]
        yield from _first(versions, beneath)


def _first(versions: Sequence[Standing], beneath: Sequence[Version]) -> list[Broken]:
    valid = sorted({day for v, _ in versions for day in (v.valid.start, v.valid.until)})
    known = sorted({day for v, _ in versions for day in (v.known.start, v.known.until)})
    for on, day in product(known, valid):
        standing = [(v, b) for v, b in versions if day in v.valid and on in v.known]
        if not standing:
            continue
        problem = _problem([b for _, b in standing])
        if problem is None and not any(day in v.valid and on in v.known for v in beneath):
            problem = "no measure refers to all brackets for entries that declare no figures"
        if problem is not None:
            return [Broken(standing[0][0], problem)]
    return []


def _problem(brackets: Sequence[UnitValue]) -> str | None:
    """Return what keeps brackets from being a ladder, None where nothing does."""
    ordered = sorted(brackets, key=lambda b: b.low)
    headings = [b.heading for b in ordered]
    if sorted(headings) != sorted(ordered[0].among):
        return f"the brackets {', '.join(headings)} are not those named in 'among'"
    if len({b.unit for b in ordered}) > 1:
        return "the brackets of a ladder count the same unit"
    if ordered[0].low:
        return f"no bracket holds what is worth less than {ordered[0].low:f}"
    for below, above in pairwise(ordered):
        if below.high != above.low:
            high = "without an upper end" if below.high is None else f"to {below.high:f}"
            return f"{below.heading} goes {high}, {above.heading} starts at {above.low:f}"
    if ordered[-1].high is not None:
        return f"no bracket holds what is worth {ordered[-1].high:f} or more"
    return None
