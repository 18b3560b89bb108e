"""One case and the law cut down to it: its goods, its day, its known day. Compiled in a moment, the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from service.countries import countries
from service.engine import totals
from service.engine.answers import Answer, ReleaseRef
from service.engine.draft import Draft, Settled, assemble
from service.engine.index import Index
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule, compile_schedule
from service.law.importer import ImporterLaw
from service.law.schedule import LineVersion, StatVersion
from service.law.terms import ListEntry, ListVersion, Version
from tests.law.cases import Case, differences
from tests.law.reduced import Goods

At = tuple[str, str]
"""A measure: its program and its name."""

Row = TypeVar("Row", LineVersion, StatVersion)


class Quick(Schedule):
    """A schedule whose answers leave out what no case states: what exceptional facts would change."""

    def settled(self, draft: Draft) -> Settled:
        """Settle a draft without trying exceptional facts."""
        told = draft.base.not_applied + draft.surface.outcome.not_applied
        return Settled(totals.total(self, draft), totals.span(self, draft), (), told, (), ())


class Probe:
    """A case with the parts of the law that can make its answer."""

    def __init__(
        self,
        case: Case,
        law: ImporterLaw,
        versions: Mapping[At, tuple[Version, ...]],
        lists: Mapping[str, ListVersion],
    ) -> None:
        """``law``: with the lines of its goods alone; ``versions`` and ``lists``: those of its day and known day."""
        self.case = case
        self.law = law
        self.versions = versions
        self.lists = lists
        found = self._difference(self._compiled(versions, lists))
        assert found is None, f"{case.file}: {case.name}: must hold before it catches anything: {found}"

    def differs(self, at: At, versions: Iterable[Version]) -> str | None:
        """Say what differs from what the case expects when a measure has other versions; None if nothing does."""
        mine = tuple(v for v in versions if holds(v, self.case))
        return self._asked({**self.versions, at: mine}, self.lists)

    def differs_by_list(self, name: str, versions: Iterable[ListVersion]) -> str | None:
        """Say what differs when a list has other versions."""
        found = next((v for v in versions if holds(v, self.case)), None)
        lists = {other: version for other, version in self.lists.items() if other != name}
        return self._asked(self.versions, lists if found is None else {**lists, name: found})

    def _asked(self, versions: Mapping[At, tuple[Version, ...]], lists: Mapping[str, ListVersion]) -> str | None:
        try:
            return self._difference(self._compiled(versions, lists))
        except (KeyError, ValueError, IndexError) as error:  # such a law cannot even be asked
            return repr(error)

    def _compiled(self, versions: Mapping[At, tuple[Version, ...]], lists: Mapping[str, ListVersion]) -> Schedule:
        every = tuple(version for found in versions.values() for version in found)
        law = replace(self.law, versions=every, list_versions=tuple(lists.values()))
        return Quick(law, ReleaseRef(1, "mutant"), countries())

    def _difference(self, schedule: Schedule) -> str | None:
        return next(differences(self.case, _answered(self.case, schedule)), None)


def _answered(case: Case, schedule: Schedule) -> Answer | Refusal:
    """Answer without looking for the interval over which the answer is constant, which no case states."""
    question = case.question
    day = question.date.toordinal()
    try:
        return assemble(schedule, question, schedule.draft(question), schedule.interval(day, day + 1))
    except Refusal as refusal:
        return refusal


def holds(version: Version | ListVersion, case: Case) -> bool:
    """Tell whether a version stands on the day and the known day of a case."""
    question = case.question
    return question.date.toordinal() in version.valid and question.known_on.toordinal() in version.known


class Probes:
    """Makes probes for the cases of one law, each once."""

    def __init__(
        self, law: ImporterLaw, goods: Goods, versions: Mapping[At, Sequence[Version]], cases: Iterable[Case]
    ) -> None:
        self._law = law
        self._goods = goods
        self._versions = versions
        self._rows = [(v, {e.code: e for e in v.entries if e.code in goods.prefixes}) for v in law.list_versions]
        self._lines: Mapping[str, list[LineVersion]] = _by_code(law.lines, goods)
        self._numbers: Mapping[str, list[StatVersion]] = _by_code(law.statistical, goods)
        self._made: dict[int, Probe] = {}
        index = compile_schedule(goods.law(law), ReleaseRef(1, "small"), countries()).index
        self.meets = {id(case): self._meeting(case, index) for case in cases}
        """Per case (by identity), the measures that its goods and origin can meet on any day."""

    def _meeting(self, case: Case, index: Index) -> frozenset[At]:
        mask = 0
        for code in self.codes(case):
            mask |= index.goods[code]
        met = index.measures(mask & index.origin(case.question.origin))
        return frozenset((entry.program.id, entry.measure.id) for entry in met)

    def of(self, case: Case) -> Probe:
        """Return the probe of a case.

        Raises ``AssertionError`` when the case does not hold on the law as it is.
        """
        found = self._made.get(id(case))
        if found is None:
            found = self._made[id(case)] = self._make(case)
        return found

    def _make(self, case: Case) -> Probe:
        codes = self.codes(case)
        prefixes = sorted({code[:end] for code in codes for end in range(1, len(code) + 1)})
        law = replace(
            self._law,
            lines=tuple(v for code in codes for v in self._lines.get(code, ())),
            statistical=tuple(v for code in codes for v in self._numbers.get(code, ())),
        )
        versions = {
            at: mine
            for at, every in self._versions.items()
            if at in self.meets[id(case)] and (mine := tuple(v for v in every if holds(v, case)))
        }
        lists = {v.name: replace(v, entries=tuple(_of(rows, prefixes))) for v, rows in self._rows if holds(v, case)}
        return Probe(case, law, versions, lists)

    def codes(self, case: Case) -> list[str]:
        """Return the codes of the rate line a case asks about, its statistical numbers included."""
        return self._goods.below(case.question.code[: self._law.importer.codes.line])


def _of(rows: Mapping[str, ListEntry], prefixes: Iterable[str]) -> Iterator[ListEntry]:
    return (rows[prefix] for prefix in prefixes if prefix in rows)


def _by_code(versions: Iterable[Row], goods: Goods) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    kept = frozenset(goods.codes)
    for version in versions:
        if version.code in kept:
            found.setdefault(version.code, []).append(version)
    return found
