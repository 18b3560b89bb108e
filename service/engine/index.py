"""The bitmap index: which versions of which measures can concern a code, an origin, a day and a known day.

Every version, cut by the rows of its goods list and by dated membership of its origins, is an *entry* with one
bit. Goods codes with the same entries form a class with one mask; so do origins, intervals of valid time and
intervals of known time. The candidates of a question are the AND of five masks; no entry is scanned.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from service.engine.bounded import Bounded
from service.engine.cells import METALS
from service.engine.conditions import relations
from service.engine.pace import Pace, each
from service.law.importer import Membership, NotCovered
from service.law.periods import EVER, FOREVER, Period
from service.law.rate_text import parse_rate
from service.law.rates import FromList, Rate
from service.law.terms import (
    AllGoods,
    Basis,
    Goods,
    GoodsList,
    GoodsPrefixes,
    ListEntry,
    ListVersion,
    Measure,
    Origins,
    Program,
    Version,
)

COMPONENTS = 2_000

DIVIDING = (*METALS, "rest")
"""Bases that depend on how the metal content is divided."""

Row = tuple[str, tuple[tuple[str, str], ...]]
"""What the rows of a list that index alike have in common: the act and the attributes."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One bit of the index: a version as it falls on one group of goods.

    ``rate`` and ``basis`` are resolved for the row; ``row`` is None where the goods are not listed.
    """

    bit: int
    valid: Period
    known: Period
    origins: Origins
    program: Program
    measure: Measure
    version: Version
    rate: Rate
    basis: str
    row: Row | None


class GapEntry(msgspec.Struct, frozen=True, gc=False):
    """One bit of the index: a program whose law is not encoded, as it may fall on one group of goods."""

    bit: int
    valid: Period
    known: Period
    origins: Origins
    gap: NotCovered


class GoodsClasses:
    """Partition of the nomenclature: codes matched alike by every list have one class number."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        self.number = [0] * len(self.codes)
        self.members: list[frozenset[object]] = [frozenset()]
        self._intern: dict[tuple[int, object], int] = {}

    def refine(self, rows: Sequence[tuple[str, object | None]]) -> set[object]:
        """Split the classes by a list of (prefix, group); None takes a prefix out. The longest prefix decides.

        Returns the groups that matched at least one code.
        """
        groups: list[object | None] = [None] * len(self.codes)
        touched: set[int] = set()
        for prefix, group in sorted(rows, key=lambda r: len(r[0])):
            low, high = self.span(prefix)
            if low < high:
                groups[low:high] = [group] * (high - low)
                touched.update(range(low, high))
        seen: set[object] = set()
        number, intern = self.number, self._intern
        for at in touched:
            group = groups[at]
            if group is None:
                continue
            seen.add(group)
            key = (number[at], group)
            new = intern.get(key)
            if new is None:
                new = intern[key] = len(self.members)
                self.members.append(self.members[key[0]] | {group})
            number[at] = new
        return seen

    def span(self, prefix: str) -> tuple[int, int]:
        """Return the half-open range of positions of the codes below a prefix, itself included."""
        low = bisect_left(self.codes, prefix)
        return low, bisect_left(self.codes, prefix + ":", low)


class Index:
    """Entries and masks of one importer's law."""

    def __init__(
        self,
        codes: Iterable[str],
        programs: Sequence[Program],
        versions: Iterable[Version],
        list_versions: Iterable[ListVersion],
        groups: Mapping[str, tuple[Membership, ...]],
        not_covered: Iterable[NotCovered],
        currency: str,
        pace: Pace = each,
    ) -> None:
        self._currency = currency
        self._pace = pace
        self._groups = groups
        self._classes = GoodsClasses(codes)
        versions = tuple(versions)
        self._read = {"default"} | {v.terms.rate.column for v in versions if isinstance(v.terms.rate, FromList)}
        self._by_code: dict[Basis, list[tuple[str, tuple[object, ...]]]] = {}
        self._stated: set[tuple[str, GoodsPrefixes]] = set()
        self._lists = self._refine_lists(list_versions)
        self.entries: list[Entry | GapEntry] = []
        self._needs: list[tuple[object, ...]] = []
        self._add_measures(programs, versions)
        for gap in not_covered:
            self._add_gap(gap)
        self._finish()

    # -- building ---------------------------------------------------------------------------------------------

    def _refine_lists(
        self, versions: Iterable[ListVersion]
    ) -> dict[str, list[tuple[ListVersion, dict[object, Row]]]]:
        lists: dict[str, list[tuple[ListVersion, dict[object, Row]]]] = {}
        for version in self._pace(versions):
            rows = [(e.code, (id(version), self._row(e)) if e.include else None) for e in version.entries]
            seen = self._classes.refine(rows)
            found: dict[object, Row] = {group: group[1] for group in sorted(seen, key=lambda g: g[1])}  # type: ignore[index]
            lists.setdefault(version.name, []).append((version, found))
        return lists

    def _row(self, entry: ListEntry) -> Row:
        """Return what of a row makes a difference: the act, a default of facts, and rates that measures read."""
        return (entry.act, tuple(pair for pair in entry.attributes if pair[0] in self._read))

    def _add_measures(self, programs: Sequence[Program], versions: Iterable[Version]) -> None:
        by_measure: dict[tuple[str, str], list[Version]] = {}
        for version in versions:
            by_measure.setdefault((version.program, version.measure), []).append(version)
        for program in sorted(programs, key=lambda p: (p.order, p.id)):
            for measure in program.measures:
                for version in self._pace(by_measure.get((program.id, measure.id), ())):
                    self._add_version(program, measure, version)

    def _add_version(self, program: Program, measure: Measure, version: Version) -> None:
        terms = version.terms
        for row, needs, valid, known in self._goods(terms.goods, version.valid, version.known):
            for basis, more in self._bases(version):
                rate = self._listed(terms.rate, row) if row is not None else terms.rate
                for part in self.memberships(terms.origins, valid):
                    bit = self._next(needs + more)
                    self.entries.append(
                        Entry(bit, part, known, terms.origins, program, measure, version, rate, basis, row)
                    )

    def _add_gap(self, gap: NotCovered) -> None:
        for _, needs, valid, known in self._goods(gap.goods, gap.valid, EVER):
            for part in self.memberships(gap.origins, valid):
                self.entries.append(GapEntry(self._next(needs), part, known, gap.origins, gap))

    def _next(self, needs: tuple[object, ...]) -> int:
        """Return the next bit, to be set for the classes that have all the groups needed."""
        self._needs.append(needs)
        return len(self._needs) - 1

    def _goods(
        self, goods: Goods, valid: Period, known: Period
    ) -> Iterable[tuple[Row | None, tuple[object, ...], Period, Period]]:
        """Yield (row, groups a class must have, valid, known) for each kind of goods under the terms."""
        match goods:
            case AllGoods():
                yield None, (), valid, known
            case GoodsPrefixes(include, exclude):
                key = ("prefixes", goods)
                if key not in self._stated:
                    self._classes.refine([(c, key) for c in include] + [(c, None) for c in exclude])
                    self._stated.add(key)
                yield None, (key,), valid, known
            case GoodsList(name):
                for version, rows in self._lists.get(name, ()):
                    in_valid, in_known = valid & version.valid, known & version.known
                    if in_valid is not None and in_known is not None:
                        for group, row in rows.items():
                            yield row, (group,), in_valid, in_known

    def _bases(self, version: Version) -> list[tuple[str, tuple[object, ...]]]:
        """Return the bases of a version with the groups of goods each falls on."""
        basis = version.terms.basis
        if not basis.by_code:
            return [(basis.default, ())]
        found = self._by_code.get(basis)
        if found is None:
            prefixes = [("", ("basis", basis, basis.default))]
            prefixes += [(code, ("basis", basis, name)) for code, name in basis.by_code]
            seen = self._classes.refine(prefixes)
            found = self._by_code[basis] = [(g[2], (g,)) for g in sorted(seen, key=repr)]  # type: ignore[index]
        return found

    def _listed(self, rate: Rate, row: Row) -> Rate:
        """Resolve a rate that the list row states."""
        if not isinstance(rate, FromList):
            return rate
        return parse_rate(dict(row[1])[rate.column], currency=self._currency)

    def memberships(self, origins: Origins, valid: Period) -> list[Period]:
        """Cut a period where the membership of a group it names changes."""
        cuts = {valid.start, valid.until}
        for name in origins.include + origins.exclude:
            for member in self._groups.get(name, ()):
                cuts.update(d for d in (member.valid.start, member.valid.until) if valid.start < d < valid.until)
        ordered = sorted(cuts)
        return [Period(a, b) for a, b in pairwise(ordered)]

    def _finish(self) -> None:
        masks = [0] * len(self._classes.members)
        anyone = sum(1 << e.bit for e, needs in zip(self.entries, self._needs, strict=True) if not needs)
        by_group: dict[object, list[tuple[int, tuple[object, ...]]]] = {}
        for entry, needs in zip(self.entries, self._needs, strict=True):
            if needs:
                by_group.setdefault(needs[0], []).append((1 << entry.bit, needs[1:]))
        used = set(self._classes.number)
        for number, members in self._pace(enumerate(self._classes.members)):
            if number not in used:
                continue
            mask = anyone
            for group in members:
                for bit, more in by_group.get(group, ()):
                    if all(m in members for m in more):
                        mask |= bit
            masks[number] = mask
        self.unlisted = anyone
        numbered = zip(self._classes.codes, self._classes.number, strict=True)
        self.goods = {code: masks[n] for code, n in self._pace(numbered)}
        self.codes = self._classes.codes
        self.days, self._day_masks = _timeline([e.valid for e in self.entries])
        self.known_days, self._known_masks = _timeline([e.known for e in self.entries])
        self.views = {
            view: sum(1 << e.bit for e in self.entries if isinstance(e, GapEntry) or e.version.view == view)
            for view in ("collected", "law")
        }
        self._origins: dict[str, int] = {}
        self._components: Bounded[tuple[int, ...]] = Bounded(COMPONENTS)
        self._relate()
        del self._pace, self._classes, self._lists, self._needs, self._by_code, self._stated

    def _relate(self) -> None:
        """Note which entries belong to one program, refer to other headings, and divide the metal content."""
        programs: dict[str, int] = {}
        headings: dict[str, int] = {}
        for entry in self.entries:
            if isinstance(entry, Entry):
                bit = 1 << entry.bit
                programs[entry.program.id] = programs.get(entry.program.id, 0) | bit
                headings[entry.measure.heading] = headings.get(entry.measure.heading, 0) | bit
        self._programs = list(programs.values())
        self._references: dict[int, int] = {}
        self._metal = 0
        for entry in self.entries:
            if isinstance(entry, Entry):
                named = relations(entry.version.terms.when)
                if named:
                    mask = sum({headings.get(h, 0) for r in named for h in r.headings} - {0})
                    self._references[entry.bit] = mask
                if entry.basis in DIVIDING:
                    self._metal |= 1 << entry.bit
        self._referring = sum(1 << bit for bit in self._references)

    # -- asking -----------------------------------------------------------------------------------------------

    def origin(self, country: str) -> int:
        """Return the mask of an origin. Membership of groups is decided per entry, on its first valid day."""
        mask = self._origins.get(country)
        if mask is None:
            mask = sum(1 << e.bit for e in self.entries if self.includes(e.origins, country, e.valid.start))
            self._origins[country] = mask
        return mask

    def includes(self, origins: Origins, country: str, day: int) -> bool:
        """Tell whether a country is among some origins on a day."""

        def named(names: tuple[str, ...]) -> bool:
            return any(
                n in ("*", country) or any(m.country == country and day in m.valid for m in self._groups.get(n, ()))
                for n in names
            )

        return named(origins.include) and not named(origins.exclude)

    def day(self, ordinal: int) -> int:
        """Return the mask of a day of entry."""
        return self._day_masks[bisect_right(self.days, ordinal) - 1]

    def known(self, ordinal: int) -> int:
        """Return the mask of a known day."""
        return self._known_masks[bisect_right(self.known_days, ordinal) - 1]

    def listed(self, mask: int) -> list[Entry | GapEntry]:
        """Return the entries of a mask in the order of programs and their lists."""
        found = []
        entries = self.entries
        while mask:
            low = mask & -mask
            found.append(entries[low.bit_length() - 1])
            mask ^= low
        return found

    def components(self, mask: int) -> tuple[int, ...]:
        """Split the measures of a mask into programs that decide independently of each other.

        Programs stay together where one refers to the other's headings, or where both divide the metal content.
        """
        found = self._components.get(mask)
        if found is None:
            found = self._components.put(mask, self._split(mask))
        return found

    def _split(self, mask: int) -> tuple[int, ...]:
        parts: list[tuple[int, int]] = []
        for bits in self._programs:
            mine = mask & bits
            if not mine:
                continue
            reach = mine
            referring = mine & self._referring
            while referring:
                low = referring & -referring
                reach |= self._references[low.bit_length() - 1] & mask
                referring ^= low
            if mine & self._metal:
                reach |= mask & self._metal
            apart = []
            for other, far in parts:
                if other & reach or far & mine:
                    mine, reach = mine | other, reach | far
                else:
                    apart.append((other, far))
            parts = [*apart, (mine, reach)]
        return tuple(mine for mine, _ in parts)

    def measures(self, mask: int) -> list[Entry]:
        """Return the entries of a mask that are measures, in the order of programs and their lists."""
        return [e for e in self.listed(mask) if isinstance(e, Entry)]

    def gaps(self, mask: int) -> list[NotCovered]:
        """Return the programs not covered among the entries of a mask."""
        return [e.gap for e in self.listed(mask) if isinstance(e, GapEntry)]


def _timeline(periods: list[Period]) -> tuple[list[int], list[int]]:
    """Return the starts of the intervals over which the set of entries is the same, and the mask of each."""
    flips: dict[int, int] = {0: 0}
    for bit, period in enumerate(periods):
        flips[period.start] = flips.get(period.start, 0) ^ (1 << bit)
        if period.until < FOREVER:
            flips[period.until] = flips.get(period.until, 0) ^ (1 << bit)
    starts = sorted(flips)
    masks, mask = [], 0
    for start in starts:
        mask ^= flips[start]
        masks.append(mask)
    return starts, masks
