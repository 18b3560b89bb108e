"""Law that can be read but cannot be right: what publishing refuses.

One function per rule; the first paragraph of its docstring says what it refuses and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Literal, TypeVar

import msgspec
from msgspec import UNSET

from service.law.check_brackets import broken_ladders
from service.law.check_codes import codes_unheard_of, rows_out_of_time
from service.law.check_goods import Nomenclature
from service.law.check_orphans import days_without_base, lines_without_base, lists_never_used
from service.law.check_periods import holes
from service.law.check_reach import unreachable
from service.law.check_relations import Circle, cycles, named_headings, relations
from service.law.conditions import AllOf, AnyOf, Condition, MetalAnyFrom, MetalFrom, Not
from service.law.importer import ImporterLaw
from service.law.rates import Silent
from service.law.terms import ListVersion, Measure, Origins, Patch, Program, Version


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something wrong with the law; ``line`` 0 means the whole file. Only errors stand in the way of publishing."""

    file: str
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Write it as editors expect: ``file:line: severity: message``."""
        return ":".join(filter(None, (self.file, str(self.line or "")))) + f": {self.severity}: {self.message}"


Rule = Callable[[ImporterLaw], Iterator[Finding]]


def check_law(law: ImporterLaw, countries: frozenset[str] | None = None) -> list[Finding]:
    """Apply every rule; findings in order of file and line.

    ``countries`` are the codes that exist; without them origins are not compared with the list of countries.
    """
    found = [finding for rule in RULES for finding in rule(law)]
    if countries is not None:
        found += origins_unknown(law, countries)
    return sorted(set(found))


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stand in the way of publishing."""
    return [finding for finding in findings if finding.severity == "error"]


# --- rules ------------------------------------------------------------------------------------------------


def figure_without_act(law: ImporterLaw) -> Iterator[Finding]:
    """Every figure stands in an amendment of an act that is given."""
    for program, measure in _measures(law):
        if not measure.amendments:
            yield Finding(program.path, measure.line, f"measure {measure.id}: figures without an act")
        for amendment in measure.amendments:
            if amendment.act not in law.acts:
                message = f"measure {measure.id}: there is no act {amendment.act!r}"
                yield Finding(program.path, amendment.line, message)
    for source in law.lists.values():
        for row in source.rows:
            if row.act not in law.acts:
                yield Finding(source.path, row.line, f"list {source.name}: there is no act {row.act!r}")


def act_never_used(law: ImporterLaw) -> Iterator[Finding]:
    """An act that amends nothing may be left over (a warning)."""
    used = {amendment.act for _, measure in _measures(law) for amendment in measure.amendments}
    used |= {row.act for source in law.lists.values() for row in source.rows}
    given = {act: program.path for program in law.programs for act in program.acts}
    for act in law.acts.keys() - used:
        file = given.get(act, f"{law.importer.code.lower()}/acts.yaml")
        yield Finding(file, 0, f"the act {act} amends nothing", "warning")


def never_in_force(law: ImporterLaw) -> Iterator[Finding]:
    """A measure that no act ever puts in force, in any view and as known on any day, is a mistake."""
    alive = {(v.program, v.measure) for v in law.versions if not isinstance(v.terms.rate, Silent)}
    for program, measure in _measures(law):
        if (program.id, measure.id) not in alive:
            yield Finding(program.path, measure.line, f"measure {measure.id} is never in force")


def matches_no_goods(law: ImporterLaw) -> Iterator[Finding]:
    """A version matches goods that exist: its list has rows at the time, and a code stands under one of them.

    Rows of other years are no error: a list may unite old and new numbers.
    """
    goods = Nomenclature(law)
    lines = _lines(law)
    told: set[tuple[str, str]] = set()
    for version in law.versions:
        at = (version.program, version.measure)
        if isinstance(version.terms.rate, Silent) or at in told:
            continue
        problem = goods.problem(version.terms.goods, version.valid, version.known)
        if problem:
            told.add(at)
            yield Finding(*lines[at], f"measure {version.measure} matches no goods {_span(version)}: {problem}")


def not_reachable(law: ImporterLaw) -> Iterator[Finding]:
    """A measure is not hidden, at all times, behind earlier unconditional ones that take the same goods and more."""
    lines = _lines(law)
    for program in law.programs:
        for measure, behind in unreachable(law, program):
            at = lines[program.id, measure.id]
            hidden = f"behind {behind.id}, which stands before it without a condition, for the same goods and more"
            yield Finding(*at, f"measure {measure.id} is never reached {hidden}")


def versions_overlap(law: ImporterLaw) -> Iterator[Finding]:
    """No two versions of a measure and view, and none of a list, overlap in both clocks."""
    lines = _lines(law)
    by_measure = attrgetter("program", "measure", "view")
    for (program, measure, view), versions in groupby(sorted(law.versions, key=by_measure), key=by_measure):
        for one, two in _overlapping(list(versions)):
            both = f"{_span(one)} and {_span(two)}"
            yield Finding(*lines[program, measure], f"measure {measure}: versions overlap in the view {view}: {both}")
    by_name = attrgetter("name")
    for name, held in groupby(sorted(law.list_versions, key=by_name), key=by_name):
        for first, second in _overlapping(list(held)):
            both = f"{_span(first)} and {_span(second)}"
            yield Finding(law.lists[name].path, 0, f"list {name}: versions overlap: {both}")


def relations_in_a_circle(law: ImporterLaw) -> Iterator[Finding]:
    """Programs do not yield to each other in a circle, on any day and as known on any day."""
    paths = {program.id: program.path for program in law.programs}
    for circle in cycles(law):
        way = " -> ".join((*circle.programs, circle.programs[0]))
        message = f"a circle of programs that yield to each other {_span(circle)}: {way}"
        yield Finding(paths[circle.programs[0]], 0, message)


def ladder_broken(law: ImporterLaw) -> Iterator[Finding]:
    """Every value per unit lies in exactly one bracket of a ladder."""
    lines = _lines(law)
    for broken in broken_ladders(law):
        version = broken.version
        message = f"measure {version.measure}: {broken.problem} {_span(version)}"
        yield Finding(*lines[version.program, version.measure], message)


def heading_unknown(law: ImporterLaw) -> Iterator[Finding]:
    """A heading that a condition names is that of a measure (a warning if its program is known not to be covered)."""
    known = {measure.heading for _, measure in _measures(law)}
    outside = {heading for item in law.importer.not_covered for heading in item.headings}
    for program, measure in _measures(law):
        for line, patch in _patches(measure):
            if patch.when is UNSET or patch.when is None:
                continue
            for heading in named_headings(patch.when) - known:
                covered = heading in outside
                beside = "; its program is not covered" if covered else ""
                message = f"measure {measure.id}: no measure has the heading {heading}{beside}"
                yield Finding(program.path, line, message, "warning" if covered else "error")


def cells_of_nothing(law: ImporterLaw) -> Iterator[Finding]:
    """The basis those_cells needs a condition charged_under: it takes the cells charged there."""
    lines = _lines(law)
    for version in law.versions:
        basis = version.terms.basis
        takes = {basis.default, *(cells for _, cells in basis.by_code)}
        if "those_cells" in takes and not relations(version.terms.when):
            message = "has the basis those_cells and no condition charged_under that names them"
            yield Finding(*lines[version.program, version.measure], f"measure {version.measure} {message}")


def origins_unknown(law: ImporterLaw, countries: frozenset[str]) -> Iterator[Finding]:
    """An origin is a country of ISO 3166-1 or a group of the importer."""
    importer = law.importer
    groups = importer.groups
    file = f"{importer.code.lower()}/importer.yaml"
    for name, members in groups.items():
        for country in {member.country for member in members} - countries:
            yield Finding(file, 0, f"group {name}: {country} is no country of ISO 3166-1")
    stated = [part.origins for part in importer.coverage] + [part.origins for part in importer.not_covered]
    for origins in stated:
        for member in _members(origins) - countries - groups.keys():
            yield Finding(file, 0, f"{member} is no country of ISO 3166-1 and no group")
    for program, measure in _measures(law):
        for line, patch in _patches(measure):
            named = set() if patch.origins is UNSET else _members(patch.origins)
            named |= set() if patch.when is UNSET else _countries_of(patch.when)
            for member in named - countries - groups.keys():
                message = f"measure {measure.id}: {member} is no country of ISO 3166-1 and no group"
                yield Finding(program.path, line, message)
    for program in law.programs:
        for said in program.announcements:
            for member in (_members(said.origins) if said.origins else set()) - countries - groups.keys():
                message = f"announcement {said.id}: {member} is no country of ISO 3166-1 and no group"
                yield Finding(program.path, 0, message)


def hole_in_time(law: ImporterLaw) -> Iterator[Finding]:
    """Days between two rates of a measure that no amendment speaks of may be a slip in a date (a warning)."""
    for hole in holes(law):
        yield Finding(hole.program.path, hole.measure.line, str(hole), "warning")


def code_never_existed(law: ImporterLaw) -> Iterator[Finding]:
    """A code that no edition of the schedule has may be a misprint, a row out of its code's time too (a warning)."""
    for found in (*codes_unheard_of(law), *rows_out_of_time(law)):
        yield Finding(found.file, found.line, str(found), "warning")


def list_never_used(law: ImporterLaw) -> Iterator[Finding]:
    """A list that no measure uses may be left over (a warning)."""
    for found in lists_never_used(law):
        yield Finding(found.file, found.line, found.message, "warning")


def line_without_base(law: ImporterLaw) -> Iterator[Finding]:
    """A rate line states every column that the base duty is taken from (a warning: editions have slips)."""
    for found in lines_without_base(law):
        yield Finding(found.file, found.line, found.message, "warning")


def day_without_base(law: ImporterLaw) -> Iterator[Finding]:
    """The base program has a rate on every day that is covered."""
    for found in days_without_base(law):
        yield Finding(found.file, found.line, found.message)


RULES: tuple[Rule, ...] = (
    figure_without_act,
    act_never_used,
    never_in_force,
    matches_no_goods,
    not_reachable,
    versions_overlap,
    relations_in_a_circle,
    heading_unknown,
    ladder_broken,
    cells_of_nothing,
    hole_in_time,
    code_never_existed,
    list_never_used,
    line_without_base,
    day_without_base,
)

# --- helpers ----------------------------------------------------------------------------------------------


S = TypeVar("S", Version, ListVersion)


def _measures(law: ImporterLaw) -> Iterator[tuple[Program, Measure]]:
    return ((program, measure) for program in law.programs for measure in program.measures)


def _lines(law: ImporterLaw) -> dict[tuple[str, str], tuple[str, int]]:
    return {(program.id, measure.id): (program.path, measure.line) for program, measure in _measures(law)}


def _patches(measure: Measure) -> Iterator[tuple[int, Patch]]:
    yield measure.line, measure.patch
    for amendment in measure.amendments:
        yield amendment.line, amendment.patch


def _members(origins: Origins) -> set[str]:
    return {*origins.include, *origins.exclude} - {"*"}


def _countries_of(condition: Condition | None) -> set[str]:
    match condition:
        case MetalFrom(_, countries) | MetalAnyFrom(_, countries):
            return set(countries)
        case Not(inner):
            return _countries_of(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return set[str]().union(*map(_countries_of, conditions))
        case _:
            return set()


def _span(thing: Circle | Version | ListVersion) -> str:
    valid, known = thing.valid, thing.known
    since = f"as known from {known.first}" if known.first else "as known"
    to = f" to {known.end}" if known.end else ""
    return f"[{valid.first or '...'}, {valid.end or '...'}) {since}{to}"


def _overlapping(versions: Sequence[S]) -> Iterator[tuple[S, S]]:
    """Sweep over valid time, keeping the versions that reach the day."""
    open_: list[S] = []
    for version in sorted(versions, key=attrgetter("valid")):
        open_ = [other for other in open_ if other.valid.until > version.valid.start]
        for other in open_:
            if other.known & version.known:
                yield other, version
        open_.append(version)
