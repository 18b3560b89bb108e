"""Programs that yield to others, and circles among them.

A program depends on another while one of its measures in force asks whether a heading of the other was charged.
Both clocks and both views count: a relation may turn round from one day to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from service.law.conditions import AllOf, AnyOf, ChargedUnder, Claims, Condition, Not, UnitValue
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.rates import Silent
from service.law.terms import VIEWS, Version


class Circle(msgspec.Struct, frozen=True):
    """Programs that depend on each other in this order, and the last on the first, over one rectangle of time."""

    programs: tuple[str, ...]
    valid: Period
    known: Period


class Edge(msgspec.Struct, frozen=True):
    """``program`` is decided after ``after``, over one rectangle of time."""

    program: str
    after: str
    valid: Period
    known: Period


def relations(condition: Condition | None) -> tuple[ChargedUnder, ...]:
    """Return the references to other programs inside a condition."""
    match condition:
        case ChargedUnder():
            return (condition,)
        case Not(inner):
            return relations(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return tuple(found for inner in conditions for found in relations(inner))
        case _:
            return ()


def named_headings(condition: Condition) -> set[str]:
    """Return the headings that a condition asks for, charged elsewhere or claimed."""
    match condition:
        case ChargedUnder(headings) | Claims(headings):
            return set(headings)
        case UnitValue(among=among):
            return set(among)
        case Not(inner):
            return named_headings(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return set[str]().union(*map(named_headings, conditions))
        case _:
            return set()


def edges(law: ImporterLaw, versions: Sequence[Version]) -> list[Edge]:
    """Return the dependencies that stand in ``versions``, which are of one view."""
    headings = {(p.id, m.id): m.heading for p in law.programs for m in p.measures}
    alive = [version for version in versions if not isinstance(version.terms.rate, Silent)]
    charged: dict[str, list[Version]] = {}
    for version in alive:
        charged.setdefault(headings[version.program, version.measure], []).append(version)
    found: set[Edge] = set()
    for version in alive:
        asked = {heading for relation in relations(version.terms.when) for heading in relation.headings}
        for heading in asked:
            for other in charged.get(heading, ()):
                valid, known = version.valid & other.valid, version.known & other.known
                if other.program != version.program and valid and known:
                    found.add(Edge(version.program, other.program, valid, known))
    return list(found)


def cycles(law: ImporterLaw) -> Iterator[Circle]:
    """Yield one circle per set of programs that form one, at the first rectangle where they do."""
    told: set[frozenset[str]] = set()
    for view in VIEWS:
        found = edges(law, [version for version in law.versions if version.view == view])
        suspects = _in_circles(found)  # usually none: then there is nothing to look at day by day
        inside = [edge for edge in found if edge.program in suspects and edge.after in suspects]
        for known in _cuts([edge.known for edge in inside]):
            there = [edge for edge in inside if edge.known & known]
            for valid in _cuts([edge.valid for edge in there]):
                standing = [edge for edge in there if edge.valid & valid]
                circle = _circle(standing)
                if circle and frozenset(circle) not in told:
                    told.add(frozenset(circle))
                    yield Circle(circle, valid, known)


def _cuts(periods: Sequence[Period]) -> list[Period]:
    """Return the stretches between all edges of the periods."""
    days = sorted({day for period in periods for day in (period.start, period.until)})
    return [Period(start, until) for start, until in pairwise(days)]


def _graph(found: Sequence[Edge]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for edge in found:
        graph.setdefault(edge.program, set()).add(edge.after)
    return graph


def _in_circles(found: Sequence[Edge]) -> set[str]:
    """Drop programs that depend on none of the others, or on which none depends, until nothing changes."""
    left = list(found)
    while True:
        both = {edge.program for edge in left} & {edge.after for edge in left}
        kept = [edge for edge in left if edge.program in both and edge.after in both]
        if len(kept) == len(left):
            return both
        left = kept


def _circle(found: Sequence[Edge]) -> tuple[str, ...]:
    """Return the programs of one circle in order, () if there is none."""
    graph = _graph(found)
    done: set[str] = set()

    def follow(program: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if program in way:
            return way[way.index(program) :]
        if program in done:
            return ()
        for after in sorted(graph.get(program, ())):
            if circle := follow(after, (*way, program)):
                return circle
        done.add(program)
        return ()

    return next(filter(None, (follow(program, ()) for program in sorted(graph))), ())
