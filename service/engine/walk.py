"""One program deciding: a walk through its ordered measures until every cell of the value is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from service.engine.amounts import plain
from service.engine.cells import Cell, taken
from service.engine.conditions import Evaluation, Surroundings, consulted, relations
from service.engine.facts import Consulted
from service.engine.index import Entry
from service.law.decode_facts import parse_defaults
from service.law.facts import FactDefinition, FactValue
from service.law.rates import Exempt, NoChange, Rate, Silent, Unspecified

ZERO = Decimal(0)
ONE = Decimal(1)


class Decision(msgspec.Struct, frozen=True):
    """A measure decided some cells, at this rate."""

    entry: Entry
    rate: Rate
    cells: frozenset[Cell]
    share: Decimal


class Skipped(msgspec.Struct, frozen=True):
    """A measure that was considered and did not decide. ``by``: the decision that left it no cells."""

    entry: Entry
    kind: str
    rate: Rate | None
    by: Decision | None = None
    asked: tuple[Consulted, ...] = ()


class Walk(msgspec.Struct):
    """The decisions of one program and what it skipped."""

    decisions: list[Decision]
    skipped: list[Skipped]
    asked: list[Consulted]
    unspecified: list[Entry]


Resolver = Callable[[Entry, Rate], Rate | None]
"""Resolve a rate that needs more than the entry (the base schedule); None where it does not exist."""

Offer = Callable[[Entry, Rate], tuple[FactValue, ...] | None]
"""The values of a fact for which the base schedule states a rate; None where the rate does not depend on one."""


def walk(
    entries: Sequence[Entry],
    cells: Mapping[Cell, Decimal],
    around: Surroundings,
    resolve: Resolver | None = None,
    offer: Offer | None = None,
) -> Walk:
    """Let one program decide.

    A measure decides the cells its basis names if its condition holds and its rate is not silent in the column of
    the entry; it may decide them exempt. Measures after the last decided cell are told as exempt, displaced or
    preempted.
    """
    result = Walk([], [], [], [])
    left = dict(cells)
    for entry in entries:
        rate = rate_in(entry, around.column)
        if isinstance(rate, Unspecified):
            result.unspecified.append(entry)
            continue
        if isinstance(rate, Silent):
            if rate.suspended:
                result.skipped.append(Skipped(entry, "suspended", entry.version.terms.beneath))
            continue
        if not left:
            _beaten(entry, rate, around, cells, result)
            continue
        offered = offer(entry, rate) if offer is not None else None
        if offered == ():
            continue
        held, asked = _holds(entry, around)
        if offered is not None:
            asked = [msgspec.structs.replace(a, probes=offered) for a in asked]
        result.asked.extend(asked)
        if not held:
            result.skipped.append(Skipped(entry, "condition", rate, None, tuple(asked)))
            continue
        if resolve is not None:
            resolved = resolve(entry, rate)
            if resolved is None:
                result.skipped.append(Skipped(entry, "condition", rate))
                continue
            rate = resolved
        mine = taken(entry.basis, left, _those(entry, around))
        result.asked.extend(_content_asked(entry, around))
        if not mine:
            _beaten(entry, rate, around, cells, result)
            continue
        share = plain(sum((left.pop(c) for c in mine), ZERO))
        result.decisions.append(Decision(entry, rate, frozenset(mine), share))
    return result


def _content_asked(entry: Entry, around: Surroundings) -> list[Consulted]:
    """Return the undeclared content that the basis of an entry divides the value by; metals are the composer's."""
    if entry.basis not in ("us_content", "non_us_content") or "us_content" in around.facts:
        return []
    return [consulted(around.definitions, entry.measure.classes, "us_content", ZERO, (ZERO, ONE))]


def rate_in(entry: Entry, column: str) -> Rate:
    """Return the rate of an entry for the column the base duty is taken from."""
    for name, rate in entry.version.terms.columns:
        if name == column:
            return rate
    return entry.rate


def assumptions_of(entry: Entry, definitions: Mapping[str, FactDefinition]) -> Mapping[str, FactValue]:
    """Return the defaults of undeclared facts that the measure and its list row set themselves."""
    own = entry.measure.assume
    if entry.row is None:
        return own
    stated = dict(entry.row[1]).get("default")
    if not stated:
        return own
    return {**own, **parse_defaults(definitions, stated)}


def _holds(entry: Entry, around: Surroundings) -> tuple[bool, list[Consulted]]:
    condition = entry.version.terms.when
    if condition is None:
        return True, []
    evaluation = Evaluation(
        around, assumptions_of(entry, around.definitions), entry.measure.classes, entry.version.terms.counted
    )
    return evaluation.holds(condition), list(evaluation.asked)


def _those(entry: Entry, around: Surroundings) -> frozenset[Cell]:
    if entry.basis != "those_cells":
        return frozenset()
    cells: frozenset[Cell] = frozenset()
    for relation in relations(entry.version.terms.when):
        for heading in relation.headings:
            for reported, owed in around.charged.get(heading, ()):
                if owed or not relation.owed_only:
                    cells |= reported
    return cells


def _beaten(entry: Entry, rate: Rate, around: Surroundings, cells: Mapping[Cell, Decimal], result: Walk) -> None:
    """Record a measure that found no cell left, with the decision that took its cells.

    An exempting one would have changed nothing and is not told. Where the value never had such cells (no steel in
    it), nothing took them: its condition does not hold.
    """
    if isinstance(rate, Exempt | NoChange):
        return
    held, _ = _holds(entry, around)
    if not held:
        return
    wanted = frozenset(taken(entry.basis, cells, _those(entry, around)))
    by = next((d for d in reversed(result.decisions) if d.cells & wanted), None)
    kind = "condition" if by is None else _beaten_kind(by)
    result.skipped.append(Skipped(entry, kind, rate, by))


def _beaten_kind(by: Decision) -> str:
    if not isinstance(by.rate, Exempt | NoChange):
        return "preempted"
    return "displaced" if relations(by.entry.version.terms.when) else "exempt"
