"""Does every row of every list, and every amendment, reach at least one answer?

A row is reached when the answer for a code under it, on a day on which it and a measure that uses its list are in
force, names that measure (charged, or told as not applied). A row that takes a code out is reached when the measure
is not named although it would be without the row. A row that strikes a code from the day on which the code itself
ends needs no answer: there is none. An amendment is reached when an answer on its first day, as known on that day (or
on the day it was announced), differs from the one given without it.

What is not reached is told by file and line; exceptions stand in ``reach.yaml`` with their reasons.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

import msgspec
from msgspec.structs import replace

from service.countries import countries
from service.engine.answers import Layer, NotApplied, Question, ReleaseRef
from service.engine.conditions import relations
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule, compile_schedule
from service.law.facts import Facts
from service.law.fold import fold_measure
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.rates import Silent
from service.law.schedule import LineVersion, StatVersion
from service.law.terms import (
    AllGoods,
    Goods,
    GoodsList,
    GoodsPrefixes,
    ListRow,
    Measure,
    Origins,
    Program,
    Terms,
    Version,
)
from tests.law.manifests import State, by_code, state_of
from tests.law.mutants import NOT_COVERED
from tests.law.reduced import Goods as Reduced
from tests.shipped import TODAY, principal
from tests.wide.satisfying import satisfying

FIRST_KNOWN = date(2018, 1, 1).toordinal()
LAST_KNOWN = TODAY.toordinal()
APART: Facts = {
    "auto_part": False,
    "mhd_part": False,
    "steel_content": Decimal(0),
    "aluminum_content": Decimal(0),
    "copper_content": Decimal(0),
    "metal_weight_share": Decimal(0),
}
"""What keeps goods apart from other programs, which would free them of the program asked about."""
PARTLY: Facts = dict.fromkeys(("steel_content", "aluminum_content", "copper_content"), Decimal("0.4"))
PROBES: tuple[Facts, ...] = (APART, PARTLY, {"described": False}, {"vehicle_kind": "other"})
"""What may be declared to meet a measure that takes what the others leave."""
FEW, MANY = 8, 60
"""How many codes are tried for an amendment, and for one that yields to other programs."""


class Unreached(msgspec.Struct, frozen=True):
    """A row or an amendment that no answer shows; ``id`` is its name in ``reach.yaml``."""

    id: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.id}"


class Reach:
    """Asks one importer's law what its rows and amendments do."""

    def __init__(self, law: ImporterLaw, schedule: Schedule) -> None:
        self.law = law
        self.schedule = schedule
        self.rows = {name: by_code(source) for name, source in law.lists.items()}
        self.codes = schedule.lines.sorted
        self.lives: dict[str, list[tuple[Period, Period]]] = {}
        versions: tuple[LineVersion | StatVersion, ...] = (*law.lines, *law.statistical)
        for v in versions:
            self.lives.setdefault(v.code, []).append((v.valid, v.known))
        self._origins: dict[tuple[Origins, int], str | None] = {}
        self._compiled: dict[tuple[str, tuple[str, ...]], tuple[ImporterLaw, Schedule]] = {}
        self._alone: dict[str, Schedule] = {}

    @cached_property
    def versions(self) -> dict[tuple[str, str], list[Version]]:
        found: dict[tuple[str, str], list[Version]] = {}
        for version in self.law.versions:
            found.setdefault((version.program, version.measure), []).append(version)
        return found

    @cached_property
    def unassumed(self) -> dict[str, Facts]:
        """Return, by program, the facts that undo what its measures assume where nothing is declared."""
        return {
            program.id: {
                fact: not value
                for measure in program.measures
                for fact, value in measure.assume.items()
                if isinstance(value, bool)
            }
            for program in self.law.programs
        }

    # -- programs by themselves -------------------------------------------------------------------------------

    def alone(self, program: str) -> ImporterLaw:
        """Return the law of one program, of those it yields to and of the base; others do not change what it does."""
        programs = {p.id: p for p in self.law.programs}
        by_heading: dict[str, set[str]] = {}
        for p in programs.values():
            for measure in p.measures:
                by_heading.setdefault(measure.heading, set()).add(p.id)
        found: set[str] = set()
        waiting = {program, self.law.importer.base}
        while waiting:
            found |= waiting
            named = {
                heading
                for (p, _), versions in self.versions.items()
                if p in waiting
                for version in versions
                for relation in relations(version.terms.when)
                for heading in relation.headings
            }
            waiting = {p for heading in named for p in by_heading.get(heading, ())} - found
        versions = tuple(v for v in self.law.versions if v.program in found)
        lists = {v.terms.goods.name for v in versions if isinstance(v.terms.goods, GoodsList)}
        return replace(
            self.law,
            importer=replace(self.law.importer, not_covered=()),
            programs=tuple(p for p in self.law.programs if p.id in found),
            versions=versions,
            list_versions=tuple(v for v in self.law.list_versions if v.name in lists),
        )

    # -- rows -------------------------------------------------------------------------------------------------

    def rows_unreached(self) -> Iterator[Unreached]:
        """Yield the rows of lists in use that reach no answer."""
        users: dict[str, list[Version]] = {}
        for version in self.law.versions:
            goods, rate = version.terms.goods, version.terms.rate
            speaks = not isinstance(rate, Silent) or rate.suspended
            if isinstance(goods, GoodsList) and version.view == "collected" and speaks:
                users.setdefault(goods.name, []).append(version)
        for name, source in self.law.lists.items():
            if name.startswith(NOT_COVERED):
                continue
            for row in source.rows:
                if row.change == "off" and not self._lives(row):
                    continue
                if not any(self._reached(name, row, version) for version in users.get(name, ())):
                    identity = (
                        f"{source.path.removesuffix('.csv')} {row.code} {row.change} {row.act} from {row.valid.first}"
                    )
                    yield Unreached(identity, source.path, row.line)

    def _lives(self, row: ListRow) -> bool:
        """Tell whether the schedule has a code of the row on one of its days, as known once the row is."""
        known = Period(self.law.acts[row.act].announced.toordinal(), LAST_KNOWN + 1)
        return any(
            row.valid & lives and known & seen for code in self._below(row.code) for lives, seen in self.lives[code]
        )

    def _reached(self, name: str, row: ListRow, version: Version) -> bool:
        for code, day, known in self._moments(name, row, version):
            origin = self._origin(version.terms.origins, day)
            if origin is None:
                continue
            wanted = satisfying(version.terms.when, self.law.facts)
            for facts in (wanted, {**self.unassumed[version.program], **wanted}, {**APART, **wanted}):
                named = self._names(self._question(code, origin, day, known, "collected", facts), version)
                if named == (row.change == "include"):
                    return True
        return False

    def _moments(self, name: str, row: ListRow, version: Version) -> Iterator[tuple[str, int, int]]:
        """Yield (code, day, known day) at which the row decides for the code, the first of each stretch."""
        announced = self.law.acts[row.act].announced.toordinal()
        valid = row.valid & version.valid
        known = Period(max(announced, FIRST_KNOWN), LAST_KNOWN + 1) & version.known
        if valid is None or known is None:
            return
        for code in reversed(self._below(row.code)):
            for lives, seen in self.lives[code]:
                days, knows = valid & lives, known & seen
                if days is None or knows is None:
                    continue
                for at in dict.fromkeys((knows.until - 1, knows.start)):
                    if self._decides(name, row, code, days.start, at):
                        yield code, days.start, at
                        break

    def _decides(self, name: str, row: ListRow, code: str, day: int, known: int) -> bool:
        """Tell whether the row is the one that puts the code in or out."""
        with_, without = self._match(name, code, day, known, None), self._match(name, code, day, known, row)
        if row.change == "include":
            return with_ == (row.code, ("include", row.attributes)) and self._holds(name, row, day, known)
        return (with_ is None or with_[1][0] == "exclude") and without is not None and without[1][0] == "include"

    def _holds(self, name: str, row: ListRow, day: int, known: int) -> bool:
        """Tell whether no later row of the same code stands in place of the row."""
        acts = self.law.acts
        later = [
            (acts[other.act].rank, place)
            for place, other in self.rows[name][row.code]
            if day in other.valid and acts[other.act].announced.toordinal() <= known
        ]
        mine = next((acts[row.act].rank, place) for place, other in self.rows[name][row.code] if other is row)
        return bool(later) and max(later) == mine

    def _match(self, name: str, code: str, day: int, known: int, left: ListRow | None) -> tuple[str, State] | None:
        """Return the longest prefix with a row, leaving one row out."""
        rows = self.rows[name]
        for end in range(len(code), 1, -1):
            mine = rows.get(code[:end])
            if mine:
                kept = [(place, row) for place, row in mine if row is not left]
                state = state_of(kept, self.law.acts, day, known)
                if state is not None:
                    return code[:end], state
        return None

    # -- amendments -------------------------------------------------------------------------------------------

    def amendments_idle(self) -> Iterator[Unreached]:
        """Yield the amendments without which every answer tried would be the same."""
        for program in self.law.programs:
            for measure in program.measures:
                for place, amendment in enumerate(measure.amendments):
                    if not self._works(program, measure, place):
                        called = f"{program.id} {measure.id} {amendment.act} from {amendment.valid.first}"
                        if amendment.concerns != "both":
                            called += f" ({amendment.concerns})"
                        yield Unreached(called, program.path, amendment.line)

    def _works(self, program: Program, measure: Measure, place: int) -> bool:
        amendment = measure.amendments[place]
        first = max(amendment.valid.start, min(c.valid.start for c in self.law.importer.coverage))
        announced = max(self.law.acts[amendment.act].announced.toordinal(), FIRST_KNOWN)
        rest = replace(measure, amendments=measure.amendments[:place] + measure.amendments[place + 1 :])
        without = fold_measure(program.id, rest, self.law.acts)
        have = self.versions[program.id, measure.id]
        for known in dict.fromkeys((min(max(announced, first), LAST_KNOWN), min(announced, LAST_KNOWN))):
            for view in amendment.views:
                states = [_at(versions, view, first, known) for versions in (have, without)]
                if states[0] != states[1] and self._shows(
                    (program.id, measure.id), without, states, first, known, view
                ):
                    return True
        return False

    def _shows(
        self,
        at: tuple[str, str],
        without: Sequence[Version],
        states: Sequence[tuple[Terms, tuple[str, ...]] | None],
        day: int,
        known: int,
        view: str,
    ) -> bool:
        stated = [state[0] for state in states if state is not None]
        codes = self._sample(stated, day, known)
        law, with_ = self._small(at[0], codes)
        kept = [v for v in law.versions if (v.program, v.measure) != at]
        other = self._compile(replace(law, versions=(*kept, *without)))
        tried: list[Facts] = [{}, *(satisfying(terms.when, self.law.facts) for terms in stated), *PROBES]
        for terms in stated:
            origin = self._origin(terms.origins, day)
            for code in codes if origin is not None else ():
                for facts in tried:
                    question = self._question(code, str(origin), day, known, view, facts)
                    if _said(with_, question) != _said(other, question):
                        return True
        return False

    def _sample(self, stated: Iterable[Terms], day: int, known: int) -> tuple[str, ...]:
        found: list[str] = []
        for terms in stated:
            every = self._goods(terms.goods, day, known)
            size = MANY if relations(terms.when) else FEW
            found += every[:: max(1, len(every) // size)]
        return tuple(sorted(set(found)))

    def _goods(self, goods: Goods, day: int, known: int) -> list[str]:
        prefixes: Iterable[str] = ("8",)
        match goods:
            case AllGoods():
                pass
            case GoodsPrefixes(include):
                prefixes = include
            case GoodsList(name):
                states = ((code, state_of(rows, self.law.acts, day, known)) for code, rows in self.rows[name].items())
                prefixes = [code for code, state in states if state is not None and state[0] == "include"]
        return [
            code
            for prefix in prefixes
            for code in self._below(prefix)
            if any(day in lives and known in seen for lives, seen in self.lives[code])
        ]

    def _small(self, program: str, codes: tuple[str, ...]) -> tuple[ImporterLaw, Schedule]:
        if (program, codes) not in self._compiled:
            law = Reduced(self.law, codes).law(self.alone(program))
            self._compiled[program, codes] = (law, self._compile(law))
        return self._compiled[program, codes]

    # -- asking -----------------------------------------------------------------------------------------------

    def _compile(self, law: ImporterLaw) -> Schedule:
        return compile_schedule(law, ReleaseRef(1, "reach"), countries())

    def _below(self, prefix: str) -> list[str]:
        low, high = _span(self.codes, prefix)
        return self.codes[low:high]

    def _origin(self, origins: Origins, day: int) -> str | None:
        """Return a covered origin among some."""
        key = (origins, day)
        if key not in self._origins:
            covered = (
                country
                for country in (principal(self.law.importer.code), "HK", "MO", *sorted(countries()))
                if self.schedule.index.includes(origins, country, day)
                and any(
                    day in c.valid and self.schedule.index.includes(c.origins, country, day)
                    for c in self.law.importer.coverage
                )
            )
            self._origins[key] = next(covered, None)
        return self._origins[key]

    def _question(self, code: str, origin: str, day: int, known: int, view: str, facts: Facts) -> Question:
        importer = self.law.importer.code
        return Question(importer, code, origin, date.fromordinal(day), date.fromordinal(known), view, facts)  # type: ignore[arg-type]

    def _names(self, question: Question, version: Version) -> bool:
        """Tell whether the answer names the measure of a version."""
        if version.program not in self._alone:
            self._alone[version.program] = self._compile(self.alone(version.program))
        try:
            answer = self._alone[version.program].answer(question)
        except Refusal:
            return False
        told: tuple[Layer | NotApplied, ...] = (*answer.layers, *answer.not_applied, *answer.if_admitted)
        return any((x.program, x.measure) == (version.program, version.measure) for x in told)


def _said(schedule: Schedule, question: Question) -> object:
    """Return what an answer says, but for the days for which it says so; of a refusal, its kind."""
    try:
        answer = schedule.answer(question)
    except Refusal as refusal:
        return refusal.kind
    layers = [replace(layer, from_=None, until=None) for layer in (*answer.layers, *answer.if_admitted)]
    return (answer.total, answer.range, layers, answer.not_applied, answer.could_change, answer.warnings)


def _at(versions: Sequence[Version], view: str, day: int, known: int) -> tuple[Terms, tuple[str, ...]] | None:
    """Return the terms of a day and the acts they are from."""
    for version in versions:
        if version.view == view and day in version.valid and known in version.known:
            return version.terms, version.acts
    return None


def _span(codes: Sequence[str], prefix: str) -> tuple[int, int]:
    low = bisect_left(codes, prefix)
    return low, bisect_left(codes, prefix + ":", low)
