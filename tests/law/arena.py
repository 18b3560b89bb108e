"""The law, the cases asked of it, and what becomes of its mutants.

Only the cases that meet the measure or the row on their day, as known on theirs, are asked again, each of the law cut
down to it (``probes``), until one differs. A row of a goods list is caught by the manifests, too (``lists.yaml``),
and every mutant by the rules of ``check_law`` that refuse a law. What no answer could show is the same law
(``sameness``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec.structs import replace

from service.countries import countries
from service.law import check
from service.law.check import Finding, Rule
from service.law.fold import fold_list, fold_measure
from service.law.importer import ImporterLaw
from service.law.rates import Silent
from service.law.terms import ListRow, ListVersion, Measure, Version, View
from tests.law.cases import Case
from tests.law.manifests import State, by_code, read_manifests, state_of
from tests.law.mutants import Mutant
from tests.law.probes import At, Probes
from tests.law.reduced import Goods
from tests.law.sameness import Answers, terms_at

CAUGHT, SURVIVED, SAME = "caught", "survived", "same law"
WARNING = (
    check.act_never_used,
    check.hole_in_time,
    check.code_never_existed,
    check.list_never_used,
    check.line_without_base,
)
"""Rules that only warn."""
ONE_PROGRAM = (check.matches_no_goods, check.not_reachable)
"""Rules that look at each program by itself, and long at all of them together."""
OTHERS = tuple(rule for rule in check.RULES if rule not in (*WARNING, *ONE_PROGRAM))


class Arena:
    """The law, the cases asked of it, and what is needed to try a mutant quickly."""

    def __init__(self, law: ImporterLaw, cases: Sequence[Case]) -> None:
        self.law = law
        self.cases = [case for case in cases if case.question.importer == law.importer.code]
        self.goods = Goods(law, (case.question.code for case in self.cases))
        self.versions: dict[At, list[Version]] = {
            (program.id, measure.id): [] for program in law.programs for measure in program.measures
        }
        for version in law.versions:
            self.versions[version.program, version.measure].append(version)
        self.probes = Probes(law, self.goods, self.versions, self.cases)
        self.points: dict[str, list[tuple[int, int]]] = {}
        for manifest in (m for m in read_manifests() if m.importer == law.importer.code):
            self.points.setdefault(manifest.list, []).append(manifest.point)
        self.rows = {name: by_code(source) for name, source in law.lists.items()}
        self.headings = {(p.id, m.id): m.heading for p in law.programs for m in p.measures}
        self.named = {id(case): _headings(case) for case in self.cases}
        self.findings: dict[str, frozenset[Finding]] = {}

    @cached_property
    def answers(self) -> Answers:
        """What answers of the unchanged law can show."""
        return Answers(self.law)

    def judge(self, mutant: Mutant) -> tuple[str, str]:
        """Return the fate of a mutant and what caught it.

        Raises ``AssertionError`` when a case does not hold on the law as it is.
        """
        return self._row(mutant) if mutant.list_ else self._measure(mutant)

    # -- measures ---------------------------------------------------------------------------------------------

    def _measure(self, mutant: Mutant) -> tuple[str, str]:
        at, old, new = self.versions_of(mutant)
        if _terms(old) == _terms(new):
            return SAME, ""
        by = self._caught_by(mutant, at, new) or self._refused(mutant, at, new)
        if by is not None:
            return CAUGHT, by
        return (SURVIVED if self.answers.show(at, old, new) else SAME), ""

    def versions_of(self, mutant: Mutant) -> tuple[At, list[Version], list[Version]]:
        """Return the measure a mutant changes, with its versions before and after."""
        assert mutant.original is not None
        at = (mutant.program, mutant.original.id)
        new = fold_measure(mutant.program, mutant.measure, self.law.acts) if mutant.measure is not None else []
        return at, self.versions[at], new

    def _caught_by(self, mutant: Mutant, at: At, new: Sequence[Version]) -> str | None:
        """Ask the cases that can meet the measure, those that name its heading first."""
        cases = (case for case in self.cases if mutant.moves_goods or at in self.probes.meets[id(case)])
        touched = [case for case in cases if _differs(self.versions[at], new, case)]
        touched.sort(key=lambda case: self.headings[at] not in self.named[id(case)])
        for case in touched:
            if self.probes.of(case).differs(at, new) is not None:
                return f"{case.file}: {case.name}"
        return None

    def _refused(self, mutant: Mutant, at: At, new: Sequence[Version]) -> str | None:
        """Return what the checks of a law find in the mutant and not in the law."""
        before = self.findings.get(at[0])
        if before is None:
            before = self.findings[at[0]] = frozenset(_errors(self.law, at[0]))
        changed = replace(
            self.law,
            versions=tuple(v for key, held in self.versions.items() for v in (new if key == at else held)),
            programs=tuple(
                replace(p, measures=tuple(_put(p.measures, mutant.original, mutant.measure))) if p.id == at[0] else p
                for p in self.law.programs
            ),
        )
        return next((str(found) for found in _errors(changed, at[0]) if found not in before), None)

    # -- rows -------------------------------------------------------------------------------------------------

    def _row(self, mutant: Mutant) -> tuple[str, str]:
        source = self.law.lists[mutant.list_]
        code = source.rows[mutant.place].code
        old = self.rows[mutant.list_][code]
        new = [(place, mutant.row if place == mutant.place else row) for place, row in old]
        kept = [(place, row) for place, row in new if row is not None]
        acts = self.law.acts

        def states(on: int, known: int) -> tuple[State | None, State | None]:
            return state_of(old, acts, on, known), state_of(kept, acts, on, known)

        for on, known in self.points.get(mutant.list_, ()):
            before, after = states(on, known)
            if before != after:
                return CAUGHT, "lists.yaml"
        corners = _corners([row for _, row in (*old, *kept)], [acts[row.act].announced.toordinal() for _, row in old])
        if all(before == after for before, after in (states(on, known) for on, known in corners)):
            return SAME, ""
        if code in self.goods.prefixes:
            cases = [
                case
                for case in self.cases
                if code.startswith(case.question.code[: len(code)])
                and len(set(states(case.question.date.toordinal(), case.question.known_on.toordinal()))) > 1
            ]
            if by := self._caught_by_row(mutant, cases):
                return CAUGHT, by
        return SURVIVED, ""

    def _caught_by_row(self, mutant: Mutant, cases: Iterable[Case]) -> str | None:
        versions = self._list_with(mutant)
        found = (case for case in cases if self.probes.of(case).differs_by_list(mutant.list_, versions) is not None)
        return next((f"{case.file}: {case.name}" for case in found), None)

    def _list_with(self, mutant: Mutant) -> list[ListVersion]:
        source = self.law.lists[mutant.list_]
        rows = [*source.rows[: mutant.place], mutant.row, *source.rows[mutant.place + 1 :]]
        changed = replace(source, rows=tuple(row for row in rows if row and row.code in self.goods.prefixes))
        return fold_list(changed, self.law.acts)


def _errors(law: ImporterLaw, program: str) -> Iterator[Finding]:
    """Yield what stands in the way of publishing a law of which one program was changed."""
    alone = replace(
        law,
        programs=tuple(p for p in law.programs if p.id == program),
        versions=tuple(v for v in law.versions if v.program == program),
    )
    given: list[tuple[ImporterLaw, Sequence[Rule]]] = [(law, OTHERS), (alone, ONE_PROGRAM)]
    for whole, rules in given:
        for rule in rules:
            yield from check.errors_of(rule(whole))
    yield from check.errors_of(check.origins_unknown(alone, countries()))


def _headings(case: Case) -> set[str]:
    return {x["heading"] for key in ("layers", "not_applied") for x in case.expect.get(key, ())}


def _put(measures: Sequence[Measure], old: Measure | None, new: Measure | None) -> Iterator[Measure]:
    for measure in measures:
        if measure is not old:
            yield measure
        elif new is not None:
            yield new


def _terms(versions: Sequence[Version]) -> set[tuple[object, ...]]:
    """Return what versions say, so that laws which say the same compare equal; silence alone says nothing."""
    return {
        (v.view, v.valid, v.known, v.terms)
        for v in versions
        if not (isinstance(v.terms.rate, Silent) and not v.terms.rate.suspended)
    }


def _differs(old: Sequence[Version], new: Sequence[Version], case: Case) -> bool:
    """Tell whether versions differ for the day and the known day of a case, in its view or in that of the law."""
    question = case.question
    day, known = question.date.toordinal(), question.known_on.toordinal()
    views: set[View] = {question.view, "law"}
    return any(terms_at(old, view, day, known) != terms_at(new, view, day, known) for view in views)


def _corners(rows: Sequence[ListRow], announced: Sequence[int]) -> Iterator[tuple[int, int]]:
    days = {day for row in rows for day in (row.valid.start, row.valid.until)}
    for known in set(announced):
        for on in days:
            yield on, known
