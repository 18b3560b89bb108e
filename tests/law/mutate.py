"""``make mutate``: change the law one small step at a time and show which mutants no case catches.

Each mutant is folded and compiled for the goods the cases ask about (``reduced``), and only the cases that meet the
measure or the row on their day, as known on theirs, are asked again, until one differs. A row of a goods list is
caught by the manifests, too (``lists.yaml``), and every mutant by ``check_law``. A mutant that changes no day of any
version is the same law and is not counted. Known survivors stand in ``survivors.yaml`` with a reason.

Exit status 1: a listed survivor is caught or is no mutant any more.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

import msgspec
from msgspec.structs import replace

from service.countries import countries
from service.engine.answers import ReleaseRef
from service.engine.index import Entry
from service.engine.schedule import Schedule, compile_schedule
from service.law.check import Finding, check_law, errors_of
from service.law.fold import fold_list, fold_measure
from service.law.importer import ImporterLaw
from service.law.rates import Silent
from service.law.terms import VIEWS, GoodsList, ListRow, Measure, Terms, Version, View
from service.law.terms import Goods as AnyGoods
from tests.law.cases import HERE, Case, asked, differences, read_cases, read_yaml
from tests.law.manifests import State, by_code, read_manifests, state_of
from tests.law.mutants import KINDS, Mutant, mutants, percent_of
from tests.law.reduced import Goods
from tests.shipped import laws

FEW = 3
FIRST_KNOWN = date(2018, 1, 1)
"""The first known day that may be asked for."""

SURVIVORS = HERE / "survivors.yaml"
CAUGHT, SURVIVED, SAME = "caught", "survived", "same law"


class Verdict(msgspec.Struct, frozen=True):
    """What became of a mutant; ``by``: the case, manifest or finding that caught it."""

    mutant: int
    fate: str
    by: str = ""


class Arena:
    """The law, the cases asked of it, and what is needed to try a mutant quickly.

    Raises ``AssertionError`` when a case does not hold on the law as it is.
    """

    def __init__(self, law: ImporterLaw, cases: Sequence[Case]) -> None:
        self.law = law
        self.cases = [case for case in cases if case.question.importer == law.importer.code]
        self.goods = Goods(law, (case.question.code for case in self.cases))
        self.small = self.goods.law(law)
        self.versions: dict[tuple[str, str], list[Version]] = {
            (program.id, measure.id): [] for program in law.programs for measure in program.measures
        }
        for version in law.versions:
            self.versions[version.program, version.measure].append(version)
        self.points: dict[str, list[tuple[int, int]]] = {}
        for manifest in read_manifests():
            self.points.setdefault(manifest.list, []).append(manifest.point)
        self.rows = {name: by_code(source) for name, source in law.lists.items()}
        schedule = self.compiled(self.small)
        failing = [case.name for case in self.cases if next(differences(case, asked(case, schedule)), None)]
        assert not failing, f"the cases must hold before they can catch anything: {failing}"
        self._meets(schedule)
        self.index = schedule.index
        self.covered = {
            c.origins: [at for at in countries() if schedule.index.includes(c.origins, at, c.valid.start)]
            for c in law.importer.coverage
        }

    def compiled(self, law: ImporterLaw) -> Schedule:
        return compile_schedule(law, ReleaseRef(1, "mutant"), countries())

    def _meets(self, schedule: Schedule) -> None:
        """Note which cases can meet a measure on any day, those that name its heading first."""
        self.meeting: dict[tuple[str, str], list[Case]] = {}
        for case in self.cases:
            question = case.question
            mask = 0
            for code in self.goods.below(question.code):
                mask |= schedule.index.goods[code]
            mask &= schedule.index.origin(question.origin)
            for at in {(e.program.id, e.measure.id) for e in schedule.index.listed(mask) if isinstance(e, Entry)}:
                self.meeting.setdefault(at, []).append(case)
        heading = {(p.id, m.id): m.heading for p in self.law.programs for m in p.measures}
        for at, cases in self.meeting.items():
            named = heading[at]
            cases.sort(key=lambda case: named not in _headings(case))

    @cached_property
    def findings(self) -> frozenset[Finding]:
        return frozenset(errors_of(check_law(self.law, countries())))

    # -- trying -----------------------------------------------------------------------------------------------

    def judge(self, mutant: Mutant) -> tuple[str, str]:
        """Return the fate of a mutant and what caught it."""
        return self._row(mutant) if mutant.list_ else self._measure(mutant)

    def _measure(self, mutant: Mutant) -> tuple[str, str]:
        assert mutant.original is not None
        at = (mutant.program, mutant.original.id)
        old = self.versions[at]
        new = fold_measure(mutant.program, mutant.measure, self.law.acts) if mutant.measure is not None else []
        if _terms(old) == _terms(new):
            return SAME, ""
        cases = self.cases if mutant.moves_goods else self.meeting.get(at, [])
        touched = [case for case in cases if _differs(old, new, case)]
        by = self._caught_by(replace(self.small, versions=tuple(self._with(at, new))), touched)
        if by is None:
            by = self._checked(mutant, at, new)
        if by is not None:
            return CAUGHT, by
        return (SURVIVED if self._possible(old, new) else SAME), ""

    def _possible(self, old: Sequence[Version], new: Sequence[Version]) -> bool:
        """Tell whether some answer could differ: on a covered day and known day, for goods of a covered origin."""
        days = {edge for v in (*old, *new) for edge in (v.valid.start, v.valid.until)}
        known = {v.known.start for v in (*old, *new)} | {FIRST_KNOWN.toordinal()}
        return any(
            self._reaches(before, after, on, seen)
            for view in VIEWS
            for on in days
            for seen in known
            if seen >= FIRST_KNOWN.toordinal()
            for before, after in [(_at(old, view, on, seen), _at(new, view, on, seen))]
            if before != after
        )

    def _reaches(self, before: Terms | None, after: Terms | None, on: int, seen: int) -> bool:
        origins = [t.origins for t in (before, after) if t is not None and self._has_goods(t.goods, on, seen)]
        return any(
            on in covered.valid and any(self.index.includes(named, country, on) for named in origins)
            for covered in self.law.importer.coverage
            for country in self.covered[covered.origins]
        )

    def _has_goods(self, goods: AnyGoods, on: int, seen: int) -> bool:
        if not isinstance(goods, GoodsList):
            return True
        held = (v for v in self.law.list_versions if v.name == goods.name and on in v.valid and seen in v.known)
        return any(version.entries for version in held)

    def _with(self, at: tuple[str, str], new: list[Version]) -> Iterator[Version]:
        for key, versions in self.versions.items():
            yield from new if key == at else versions

    def _caught_by(self, law: ImporterLaw, cases: Sequence[Case]) -> str | None:
        """Ask the first few cases of a law cut down to their goods, which mostly is enough, then the rest."""
        few = cases[:FEW]
        by = self._asked(Goods(law, {case.question.code for case in few}).law(law), few) if few else None
        return by or (self._asked(law, cases[FEW:]) if len(cases) > FEW else None)

    def _asked(self, law: ImporterLaw, cases: Sequence[Case]) -> str | None:
        try:
            schedule = self.compiled(law)
            for case in cases:
                if next(differences(case, asked(case, schedule)), None) is not None:
                    return f"{case.file}: {case.name}"
        except (KeyError, ValueError, IndexError) as error:  # such a law cannot even be asked
            return repr(error)
        return None

    def _checked(self, mutant: Mutant, at: tuple[str, str], new: list[Version]) -> str | None:
        law = replace(
            self.law,
            versions=tuple(self._with(at, new)),
            programs=tuple(
                replace(p, measures=tuple(_put(p.measures, mutant.original, mutant.measure))) if p.id == at[0] else p
                for p in self.law.programs
            ),
        )
        found = [f for f in errors_of(check_law(law, countries())) if f not in self.findings]
        return str(found[0]) if found else None

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
            if cases and (by := self._asked(self._small_with(mutant), cases)):
                return CAUGHT, by
        return SURVIVED, ""

    def _small_with(self, mutant: Mutant) -> ImporterLaw:
        source = self.law.lists[mutant.list_]
        rows = [*source.rows[: mutant.place], mutant.row, *source.rows[mutant.place + 1 :]]
        changed = replace(source, rows=tuple(row for row in rows if row and row.code in self.goods.prefixes))
        others = [v for v in self.small.list_versions if v.name != mutant.list_]
        return replace(self.small, list_versions=(*others, *fold_list(changed, self.law.acts)))


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
    return any(_at(old, view, day, known) != _at(new, view, day, known) for view in views)


def _at(versions: Sequence[Version], view: View, day: int, known: int) -> Terms | None:
    """Return the terms of a day; none where the measure says nothing."""
    for version in versions:
        if version.view == view and day in version.valid and known in version.known:
            rate = version.terms.rate
            return None if isinstance(rate, Silent) and not rate.suspended else version.terms
    return None


def _corners(rows: Sequence[ListRow], announced: Sequence[int]) -> Iterator[tuple[int, int]]:
    days = {day for row in rows for day in (row.valid.start, row.valid.until)}
    for known in set(announced):
        for on in days:
            yield on, known


# --- running ----------------------------------------------------------------------------------------------


class Run(msgspec.Struct):
    """Mutants and what became of them, in order."""

    mutants: list[Mutant]
    verdicts: list[Verdict]

    def of(self, *fates: str) -> list[Mutant]:
        return [self.mutants[v.mutant] for v in self.verdicts if v.fate in fates]


def listed() -> dict[str, str]:
    """Return the known survivors with their reasons."""
    found = read_yaml(SURVIVORS) if SURVIVORS.exists() else None
    return dict(found or {})


_arena: Arena
_chosen: list[Mutant]


def run(
    law: ImporterLaw,
    *,
    kinds: Sequence[str] = KINDS,
    program: str | tuple[str, ...] = "",
    without: tuple[str, ...] = (),
    sample: int | None = None,
    seed: int = 0,
    processes: int = 1,
    cases: Sequence[Case] | None = None,
) -> Run:
    """Try the mutants of some kinds and programs (all: ""), or a sample that takes from every kind alike."""
    global _arena, _chosen  # noqa: PLW0603 -- what forked processes inherit instead of copying it through a pipe
    chosen = [
        m for m in mutants(law) if m.kind in kinds and m.program.startswith(program) and m.program not in without
    ]
    _chosen = chosen if sample is None else sampled(chosen, sample, seed)
    _arena = Arena(law, read_cases() if cases is None else cases)
    places = range(len(_chosen))
    if processes == 1 or len(_chosen) < 200:
        return Run(_chosen, [_verdict(at) for at in places])
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        verdicts = pool.map(_verdict, places, chunksize=min(500, max(1, len(_chosen) // (8 * processes))))
    return Run(_chosen, verdicts)


def _verdict(at: int) -> Verdict:
    return Verdict(at, *_arena.judge(_chosen[at]))


def sampled(chosen: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """Take one of each kind in turn, so that the many rows of lists do not crowd out the rest."""
    source = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    by_kind = {kind: [m for m in chosen if m.kind == kind] for kind in KINDS}
    for found in by_kind.values():
        source.shuffle(found)
    taken: list[Mutant] = []
    while len(taken) < size and any(by_kind.values()):
        taken += [found.pop() for found in by_kind.values() if found]
    return taken[:size]


def wrong(done: Run, *, whole: bool) -> list[str]:
    """Return what is wrong with the list of survivors; of a part of the mutants, only what is caught can be told."""
    reasons = listed()
    caught = {m.id for m in done.of(CAUGHT, SAME)}
    faults = [
        f"{name}: listed as a survivor, but no answer is the same any more" for name in reasons if name in caught
    ]
    if whole:
        known = {m.id for m in done.mutants}
        faults += [
            f"{name}: listed as a survivor, but there is no such mutant" for name in reasons if name not in known
        ]
    return faults + [f"{name}: a survivor without a reason" for name, reason in reasons.items() if not reason]


def survivors(done: Run) -> list[Mutant]:
    """Return the survivors that are not listed."""
    reasons = listed()
    return [m for m in done.of(SURVIVED) if m.id not in reasons]


def report(done: Run) -> Iterator[str]:
    """Yield the survivors that are not listed, by file and line, and the totals by kind and by program."""
    for mutant in survivors(done):
        yield f"{mutant.file}:{mutant.line}: {mutant.kind}: {mutant.id}"
    yield ""
    reasons = listed()
    for title, key in (("kind", lambda m: m.kind), ("program", lambda m: m.program)):
        fates: Counter[tuple[str, str]] = Counter()
        for verdict in done.verdicts:
            mutant = done.mutants[verdict.mutant]
            fates[key(mutant), "listed" if verdict.fate == SURVIVED and mutant.id in reasons else verdict.fate] += 1
        yield f"{title:<32}{'caught':>8}{'survived':>10}{'listed':>8}{'same law':>10}{'percent':>9}"
        for name in sorted({name for name, _ in fates}):
            caught, left = fates[name, CAUGHT], fates[name, SURVIVED]
            yield (
                f"{name:<32}{caught:>8}{left:>10}{fates[name, 'listed']:>8}{fates[name, SAME]:>10}"
                f"{percent_of(caught, caught + left):>9}"
            )
        yield ""
    caught, left = len(done.of(CAUGHT)), len(survivors(done))
    yield f"{caught + left} mutants, {caught} caught ({percent_of(caught, caught + left)} percent), {left} survived"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="make mutate", description="Which mutants of the law does no case catch?")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind; may be repeated")
    parser.add_argument("--program", default="", help="only programs whose name begins so")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants, of every kind alike")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    started = time.monotonic()
    faults: list[str] = []
    for law in laws().values():
        done = run(
            law,
            kinds=options.kind or KINDS,
            program=options.program,
            sample=options.sample,
            seed=options.seed,
            processes=options.processes,
        )
        for line in report(done):
            sys.stdout.write(line + "\n")
        faults += wrong(done, whole=not (options.kind or options.program or options.sample))
    sys.stdout.write(f"{time.monotonic() - started:.0f} seconds\n")
    for fault in faults:
        sys.stderr.write(fault + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
