"""Lifetimes: all that can ever concern some goods of an origin, cut into the days over which the same entries hold.

The index finds the entries of any goods, origin, day and known day; a lifetime keeps what it found for all days of
entry at once, so that the next question about goods alike needs one look-up and one bisection.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from service.engine.bounded import Bounded
from service.engine.index import Entry, Index
from service.engine.reach import Reach
from service.engine.surface import Meeting, Surfaces
from service.law.periods import FOREVER
from service.law.rates import FromSchedule
from service.law.terms import Terms, View

CELLS = 8_000


class Cell(msgspec.Struct, gc=False):
    """The entries of one stretch of days.

    ``base``: the mask of the base program; ``said``: what its measures say, those that wait for a preference left
    aside; ``over``: all others.
    """

    base: int
    said: tuple[tuple[str, Terms], ...]
    over: Meeting


class Cells:
    """Finds the entries of a day among those of a lifetime; equal cells are one object while it is kept."""

    def __init__(self, index: Index, surfaces: Surfaces, base_bits: int) -> None:
        self.index = index
        self.surfaces = surfaces
        self.base_bits = base_bits
        self.over_bits = ((1 << len(index.entries)) - 1) & ~base_bits
        self.law_bits = self.over_bits & index.views["law"]
        self._kept: Bounded[Cell] = Bounded(CELLS)
        self._said: dict[int, tuple[tuple[str, Terms], ...]] = {}

    def cell(self, mine: int, law: int, day: int) -> Cell:
        """Return the entries of a day: ``mine`` those of the view asked, ``law`` those of the view of the law."""
        reach = self.index.day(day)
        base = mine & reach & self.base_bits
        over = self.surfaces.meeting(mine & reach & self.over_bits, law & reach)
        key = (base, over.mask, over.law)
        found = self._kept.get(key)
        return found if found is not None else self._kept.put(key, Cell(base, self._says(base), over))

    def _says(self, base: int) -> tuple[tuple[str, Terms], ...]:
        found = self._said.get(base)
        if found is None:
            found = self._said[base] = _said(self.index.measures(base))
        return found


class Lifetime:
    """What can concern some goods in one view of the law.

    ``cuts``: the first days of the stretches over which entries stay the same, ascending from 0; ``base``: the mask
    of the base program; ``reach``: what the entries over the base duty depend on. ``spans``: per setting, the days
    around each stretch over which the law says the same (see ``timeline``).
    """

    __slots__ = ("_cells", "_found", "_law", "_mine", "base", "cuts", "reach", "spans")

    def __init__(self, cells: Cells, mask: int, view: View) -> None:
        index = cells.index
        self._cells = cells
        self._mine = mask & index.views[view]
        self._law = mask & cells.law_bits
        self.base = mask & cells.base_bits
        self.reach: Reach = cells.surfaces.parts.reach(mask & cells.over_bits)
        days = {0, *(c for e in index.listed(self._mine | self._law) for c in (e.valid.start, e.valid.until))}
        self.cuts = sorted(d for d in days if d < FOREVER)
        self._found: list[Cell | None] = [None] * len(self.cuts)
        self.spans: dict[tuple[object, ...], list[tuple[int, int] | None]] = {}

    def at(self, day: int) -> Cell:
        """Return the entries of a day."""
        place = bisect_right(self.cuts, day) - 1
        return self._found[place] or self.cell(place)

    def cell(self, place: int) -> Cell:
        """Return the entries of a stretch by its place among the cuts."""
        found = self._found[place]
        if found is None:
            found = self._found[place] = self._cells.cell(self._mine, self._law, self.cuts[place])
        return found


class Lifetimes:
    """Finds and keeps lifetimes; ``size`` bounds how many.

    Nothing it keeps refers back to it: a schedule that is let go is freed at once, without the collector.
    """

    def __init__(self, index: Index, surfaces: Surfaces, base_bits: int, size: int) -> None:
        self.index = index
        self._cells = Cells(index, surfaces, base_bits)
        self.kept: Bounded[Lifetime] = Bounded(size)

    def lifetime(self, goods: int, origin: str, known: int, view: View) -> Lifetime:
        """Return the lifetime of goods (the mask of their code) of an origin, as known on a day."""
        index = self.index
        mask = goods & index.origin(origin) & index.known(known)
        key = (mask, view)
        found = self.kept.get(key)
        return found if found is not None else self.kept.put(key, Lifetime(self._cells, mask, view))


def by_preference(entry: Entry) -> bool:
    """Tell whether a measure of the base program speaks only to entries that claim a preference."""
    return isinstance(entry.rate, FromSchedule) and entry.rate.by_preference


def _said(entries: Sequence[Entry]) -> tuple[tuple[str, Terms], ...]:
    return tuple((e.measure.id, e.version.terms) for e in entries if not by_preference(e))
