"""Mutants: the decoded law with one small thing wrong.

Each names the place it changes and how, and carries the measure or the list row as the mutant has it. Kinds:

========== ==========================================================================================
drop       an amendment is left out
shift      an amendment's first day, or the day after its last, moves by a day, either way
rate       a percentage rises by one point (rates of amendments, of measures, of columns)
relation   a measure with ``charged_under`` is left out, yields to nothing, or forgets one heading
row-drop   a row of a goods list is left out
row-shift  the days of a row move by a day
row-change a row says the opposite (include, exclude) or its rate rises by one point
========== ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from service.law.conditions import AllOf, AnyOf, ChargedUnder, Condition, Not
from service.law.importer import ImporterLaw
from service.law.periods import FOREVER, Period
from service.law.rate_text import parse_rate, rate_text
from service.law.rates import (
    Bounded,
    Form,
    GreaterOf,
    InLieuOfAll,
    InLieuOfColumn2,
    LesserOf,
    NonUsPart,
    Rate,
    Total,
    Unresolved,
)
from service.law.terms import Amendment, GoodsList, GoodsListSource, ListRow, Measure, Patch, Program

KINDS = ("drop", "shift", "rate", "relation", "row-drop", "row-shift", "row-change")
NOT_COVERED = "not-covered/"


class Mutant(msgspec.Struct, frozen=True):
    """One mutant. ``id`` stays the same while the thing it changes does.

    ``measure`` is what stands in place of ``original`` (None: nothing). For rows, ``list_`` is the list and ``row``
    what stands in place of the row at ``place``.
    """

    id: str
    kind: str
    program: str
    file: str
    line: int
    original: Measure | None = None
    measure: Measure | None = None
    moves_goods: bool = False
    list_: str = ""
    place: int = 0
    row: ListRow | None = None


def mutants(law: ImporterLaw) -> Iterator[Mutant]:
    """Yield every mutant of a law in order of programs, measures and lists."""
    for program in law.programs:
        for measure in program.measures:
            yield from _of_measure(program, measure)
    users = _users(law)
    for name, source in law.lists.items():
        if name in users and not name.startswith(NOT_COVERED):
            yield from _of_list(users[name], source)


def _users(law: ImporterLaw) -> dict[str, str]:
    """Return the program of each list: the first that uses it."""
    found: dict[str, str] = {}
    for program in law.programs:
        for measure in program.measures:
            for patch in (measure.patch, *(a.patch for a in measure.amendments)):
                if isinstance(patch.goods, GoodsList):
                    found.setdefault(patch.goods.name, program.id)
    return found


# --- measures ---------------------------------------------------------------------------------------------


def _of_measure(program: Program, measure: Measure) -> Iterator[Mutant]:
    def mutant(kind: str, what: str, line: int, changed: Measure | None, *, moves: bool = False) -> Mutant:
        identity = f"{program.id} {measure.id}: {what}"
        return Mutant(identity, kind, program.id, program.path, line, measure, changed, moves)

    seen: dict[str, int] = {}
    for place, amendment in enumerate(measure.amendments):
        called = f"{amendment.act} from {amendment.valid.first}"
        seen[called] = seen.get(called, 0) + 1
        if seen[called] > 1:
            called += f" ({seen[called]})"
        rest = measure.amendments[:place] + measure.amendments[place + 1 :]
        moves = amendment.patch.goods is not UNSET or amendment.patch.origins is not UNSET
        yield mutant("drop", f"{called} dropped", amendment.line, replace(measure, amendments=rest), moves=moves)
        for kind, what, changed in _of_amendment(amendment):
            put = (*measure.amendments[:place], changed, *measure.amendments[place + 1 :])
            yield mutant(kind, f"{called} {what}", amendment.line, replace(measure, amendments=put))
    for what, patch in _dearer(measure.patch):
        yield mutant("rate", what, measure.line, replace(measure, patch=patch))
    if any(relations_of(patch.when) for patch in (measure.patch, *(a.patch for a in measure.amendments))):
        yield mutant("relation", "the measure dropped", measure.line, None)
        for what, patch in _loosened(measure.patch):
            yield mutant("relation", what, measure.line, replace(measure, patch=patch))


def _of_amendment(amendment: Amendment) -> Iterator[tuple[str, str, Amendment]]:
    for what, valid in shifted(amendment.valid):
        yield "shift", what, replace(amendment, valid=valid)
    for what, patch in _dearer(amendment.patch):
        yield "rate", what, replace(amendment, patch=patch)
    for what, patch in _loosened(amendment.patch):
        yield "relation", what, replace(amendment, patch=patch)


def shifted(valid: Period) -> Iterator[tuple[str, Period]]:
    """Yield a period with either end moved by a day, either way."""
    for end in ("from", "until"):
        day = valid.start if end == "from" else valid.until
        if day in (0, FOREVER):
            continue
        for by in (-1, 1):
            moved = (valid.start + by, valid.until) if end == "from" else (valid.start, valid.until + by)
            if moved[0] < moved[1]:
                yield f"with {end} {by:+d} day", Period(*moved)


def _dearer(patch: Patch) -> Iterator[tuple[str, Patch]]:
    if patch.rate is not UNSET and (more := dearer(patch.rate)) is not None:
        yield f"at {rate_text(more)}", replace(patch, rate=more)
    if patch.columns is not UNSET:
        for at, (column, rate) in enumerate(patch.columns):
            if (more := dearer(rate)) is not None:
                columns = (*patch.columns[:at], (column, more), *patch.columns[at + 1 :])
                yield f"at {rate_text(more)} in {column}", replace(patch, columns=columns)


def dearer(rate: Rate) -> Rate | None:
    """Return a rate one percentage point higher; None where it has no percentage of its own."""
    match rate:
        case Form() | Total() | NonUsPart():
            return replace(rate, percent=rate.percent + 1)
        case InLieuOfColumn2() | InLieuOfAll():
            return replace(rate, rate=replace(rate.rate, percent=rate.rate.percent + 1))
        case Bounded(Form()):
            return replace(rate, rate=dearer(rate.rate))
        case GreaterOf(rates) | LesserOf(rates):
            made = [dearer(one) for one in rates]
            at = next((place for place, one in enumerate(made) if one is not None), None)
            return None if at is None else type(rate)((*rates[:at], made[at], *rates[at + 1 :]))  # type: ignore[arg-type]
        case _:
            return None


# --- relations --------------------------------------------------------------------------------------------


def relations_of(condition: Condition | Any) -> list[ChargedUnder]:
    """Return the relations a condition states."""
    match condition:
        case ChargedUnder():
            return [condition]
        case Not(inner):
            return relations_of(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return [found for inner in conditions for found in relations_of(inner)]
        case _:
            return []


def _loosened(patch: Patch) -> Iterator[tuple[str, Patch]]:
    if patch.when is UNSET:
        return
    for relation in relations_of(patch.when):
        never = _swapped(patch.when, relation, AnyOf(()))
        yield f"yielding never to {relation.headings[0]}", replace(patch, when=never)
        always = _swapped(patch.when, relation, AllOf(()))
        yield f"yielding always, {relation.headings[0]}", replace(patch, when=always)
        for heading in relation.headings if len(relation.headings) > 1 else ():
            rest = replace(relation, headings=tuple(h for h in relation.headings if h != heading))
            yield f"without {heading}", replace(patch, when=_swapped(patch.when, relation, rest))


def _swapped(condition: Any, wanted: ChargedUnder, become: Condition) -> Any:
    match condition:
        case ChargedUnder():
            return become if condition == wanted else condition
        case Not(inner):
            return Not(_swapped(inner, wanted, become))
        case AllOf(conditions) | AnyOf(conditions):
            return type(condition)(tuple(_swapped(inner, wanted, become) for inner in conditions))
        case _:
            return condition


# --- goods lists ------------------------------------------------------------------------------------------


def _of_list(program: str, source: GoodsListSource) -> Iterator[Mutant]:
    for place, row in enumerate(source.rows):
        called = f"{source.path.removesuffix('.csv')} {row.code} {row.act} from {row.valid.first}"

        def mutant(
            kind: str,
            what: str,
            changed: ListRow | None,
            called: str = called,
            place: int = place,
            row: ListRow = row,
        ) -> Mutant:
            return Mutant(
                f"{called} {what}", kind, program, source.path, row.line, list_=source.name, place=place, row=changed
            )

        yield mutant("row-drop", "dropped", None)
        for what, valid in shifted(row.valid):
            yield mutant("row-shift", what, replace(row, valid=valid))
        if row.change != "off":
            opposite = "exclude" if row.change == "include" else "include"
            yield mutant("row-change", f"as {opposite}", replace(row, change=opposite))
        for at, (name, text) in enumerate(row.attributes):
            if name == "rate" and not isinstance(rate := parse_rate(text), Unresolved):
                more = dearer(rate)
                if more is not None:
                    put = (*row.attributes[:at], (name, rate_text(more)), *row.attributes[at + 1 :])
                    yield mutant("row-change", f"at {rate_text(more)}", replace(row, attributes=put))


def percent_of(part: int, whole: int) -> Decimal:
    """Return a share in percent with one decimal; 100 of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else Decimal(100)
