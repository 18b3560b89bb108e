"""Parts of what lies over the base duty: programs composed together where they refer to each other, each kept.

A program is composed once for what it depends on: its entries, the facts it asks for, the cells of the value, and
what the headings it refers to reported. So a fact that is tried, or a day on which one program changes, composes
that program anew and those alone that the change reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import zip_longest

import msgspec

from service.engine.amounts import NOTHING, dearness
from service.engine.bounded import Bounded
from service.engine.cells import Cell, partition, undeclared_content
from service.engine.compose import Arranged, Composer, Step, Walked
from service.engine.conditions import relations
from service.engine.facts import Consulted, merge
from service.engine.index import Entry, GapEntry, Index
from service.engine.outcome import Part, join, tally
from service.engine.reach import Reach, Setting, reach_of, stated, together
from service.law.facts import Facts
from service.law.terms import Program

ZERO = Decimal(0)
DECLARED = 4
"""Part of the room kept for what declared facts come to."""

Reported = list[tuple[frozenset[Cell], bool]]


class Composition(msgspec.Struct, frozen=True, gc=False):
    """Programs composed together: the sum, how the value was cut into cells, and what each program came to."""

    part: Part
    cells: Mapping[Cell, Decimal]
    walked: tuple[Walked, ...]


class Parts:
    """Composes and keeps parts; ``size`` bounds how many of each kind."""

    def __init__(self, index: Index, composer: Composer, size: int) -> None:
        self.index = index
        self.composer = composer
        self.kept: Bounded[Composition] = Bounded(size)
        self.trials: Bounded[Part] = Bounded(size)
        self.walked: Bounded[Walked] = Bounded(size)
        # Declared facts make many outcomes that are seldom asked for again: they must not push out the common ones.
        self.declared: Bounded[Walked] = Bounded(size // DECLARED)
        self.arrangements: Bounded[Arranged] = Bounded(size)
        self._steps: Bounded[Step] = Bounded(size)
        self.reaches: Bounded[Reach] = Bounded(2 * size)
        self._distinct: dict[Reach, Reach] = {}
        self._of_entries: dict[int, Reach] = {}

    def reach(self, mask: int) -> Reach:
        """Return what the entries of a mask depend on."""
        found = self.reaches.get(mask)
        if found is None:
            found = self._one(together({id(r): r for r in map(self._of_entry, self.index.listed(mask))}.values()))
            self.reaches.put(mask, found)
        return found

    def _of_entry(self, entry: Entry | GapEntry) -> Reach:
        found = self._of_entries.get(entry.bit)
        if found is None:
            found = self._of_entries[entry.bit] = self._one(reach_of(entry))
        return found

    def _one(self, reach: Reach) -> Reach:
        """Return the one object for equal reaches: masks are many, what they depend on is one of a few hundred."""
        return self._distinct.setdefault(reach, reach)

    def all(self, mask: int, setting: Setting, facts: Facts) -> list[Composition]:
        """Compose all programs of a mask."""
        return [self.composition(component, setting, facts) for component in self.index.components(mask)]

    def composition(self, component: int, setting: Setting, facts: Facts) -> Composition:
        """Compose one component of programs, with what is declared of the facts it asks for."""
        reach = self.reach(component)
        declared = reach.relevant(facts)
        if declared:
            return self._compose(component, setting, declared, self.declared)
        key = (component, *reach.matters(setting))
        found = self.kept.get(key)
        if found is None:
            found = self.kept.put(key, self._compose(component, setting, declared, self.walked))
        return found

    def tried(
        self, component: int, setting: Setting, declared: Facts, more: Facts, names: frozenset[str], now: Composition
    ) -> Part:
        """Compose a component for its sums alone, with more facts than those declared, for which it is ``now``.

        ``names``: the facts of which programs that ask for one must decide anew.
        """
        reach = self.reach(component)
        facts = reach.relevant({**declared, **more})
        if reach.relevant(declared):
            return self._compose(component, setting, facts, self.declared, names, now).part
        key = (component, *reach.matters(setting), *stated(facts))
        found = self.trials.get(key)
        return found or self.trials.put(key, self._compose(component, setting, facts, self.walked, names, now).part)

    def _compose(
        self,
        component: int,
        setting: Setting,
        facts: Facts,
        kept: Bounded[Walked],
        names: frozenset[str] = frozenset(),
        now: Composition | None = None,
    ) -> Composition:
        """Compose programs; where undeclared metal content may lie in several ways, the dearest is taken."""
        arranged = self._arranged(component, setting.base.column)
        found = []
        for placed, asked in undeclared_content(facts, arranged.bases, setting.own, arranged.contents):
            cells = partition(facts, placed)
            before = now.walked if now is not None and now.cells == cells else ()
            walked = self._walk(arranged, setting, facts, cells, kept, names, before, told=now is None)
            parts = [w.part for w in walked]
            parts = [_asking(asked), *parts] if asked else parts
            found.append(Composition(join(parts, told=now is None), cells, tuple(walked)))
        if len(found) == 1:
            return found[0]
        charge = setting.base.charge
        return max(found, key=lambda c: dearness(tally([c.part]).with_base(charge)))

    def _walk(
        self,
        arranged: Arranged,
        setting: Setting,
        facts: Facts,
        cells: Mapping[Cell, Decimal],
        kept: Bounded[Walked],
        names: frozenset[str],
        earlier: tuple[Walked, ...],
        *,
        told: bool,
    ) -> list[Walked]:
        """Let programs decide one after the other.

        Where it is known what each came to ``earlier``, those decide anew that some facts (``names``) concern, or
        that refer to what decided otherwise now.
        """
        charged: dict[str, Reported] = {}
        changed: set[str] = set()
        walked = []
        for step, before in zip_longest(arranged.steps, earlier):
            if before is not None and names.isdisjoint(step.reach.facts) and changed.isdisjoint(step.headings):
                done = before
            else:
                done = self._step(step, setting, facts, cells, charged, kept, told=told)
                if before is not None and done.reported != before.reported:
                    changed.update(h for w in (done, before) for h, _, _ in w.reported)
            for heading, mine, owed in done.reported:
                charged.setdefault(heading, []).append((mine, owed))
            walked.append(done)
        return walked

    def _step(
        self,
        step: Step,
        setting: Setting,
        facts: Facts,
        cells: Mapping[Cell, Decimal],
        charged: Mapping[str, Reported],
        kept: Bounded[Walked],
        *,
        told: bool,
    ) -> Walked:
        """Let one program decide; kept for all it depends on."""
        reach = step.reach
        declared = reach.relevant(facts)
        met = {h: charged[h] for h in charged if h in step.headings} if charged and step.headings else {}
        key = (
            step.bits,
            *reach.matters(setting),
            stated(declared),
            tuple(cells.items()),
            tuple((h, tuple(lines)) for h, lines in met.items()),
        )
        found = kept.get(key)
        if found is None or (told and not found.told):
            around = self.composer.surroundings(declared, setting.origin, setting.base, met)
            found = kept.put(key, self.composer.program(step, around, setting.base, cells, told=told))
        return found

    def _arranged(self, component: int, column: str) -> Arranged:
        key = (component, column)
        found = self.arrangements.get(key)
        if found is None:
            entries = self.index.measures(component)
            found = self.arrangements.put(key, self.composer.arrange(entries, column, self._stepped))
        return found

    def _stepped(self, program: Program, entries: list[Entry]) -> Step:
        bits = sum(1 << e.bit for e in entries)
        found = self._steps.get(bits)
        if found is None:
            named = frozenset(h for e in entries for r in relations(e.version.terms.when) for h in r.headings)
            found = self._steps.put(bits, Step(program, tuple(entries), bits, self.reach(bits), named))
        return found


def _asking(asked: list[Consulted]) -> Part:
    """Return the part that only asks: for metal content that is assumed to lie somewhere."""
    return Part((), (), NOTHING, ZERO, None, None, merge(asked), (), None, None)
