"""Amendments laid over each other: from acts in order of announcement to versions in two clocks.

The law as known on a day is what the amendments announced by then leave behind when each overwrites the valid days
it covers. A version is a rectangle of valid x known time over which that is constant. The rectangles of a measure
and view never overlap, and those that hold for one known day are as long as possible in valid time: what stands
before an amendment and after it, where nothing changed, remains one version.

Everything here works on *runs*: disjoint stretches of valid days with a value, in order. Acts of one day are all
applied before the runs are looked at, so only the final state of a day is ever known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Generic, TypeVar

from msgspec import UNSET

from service.law.periods import EVER, FOREVER, Period
from service.law.rates import Rate, Silent
from service.law.terms import (
    FIELDS,
    VIEWS,
    Act,
    AllGoods,
    Amendment,
    Basis,
    GoodsListSource,
    ListEntry,
    ListRow,
    ListVersion,
    Measure,
    Origins,
    Terms,
    Version,
    View,
)

V = TypeVar("V")

Rank = tuple[int, int]
"""Order of announcement: (ordinal of the day, sequence in the day)."""

Run = tuple[int, int, V]
"""``(start, until, value)``, a stretch of valid days."""


class Runs(Generic[V]):
    """A function from valid days to values, constant over stretches, undefined in the gaps between them."""

    __slots__ = ("_ends", "_runs")

    def __init__(self, runs: Iterable[Run[V]] = ()) -> None:
        self._runs: list[Run[V]] = list(runs)
        self._ends: list[int] = [until for _, until, _ in self._runs]

    def __iter__(self) -> Iterator[Run[V]]:
        """Iterate over the stretches in order of days."""
        return iter(self._runs)

    def lay(self, period: Period, value: V) -> None:
        """Set the value over ``period``, whatever was there."""
        self.change(period, lambda _: value)

    def change(self, period: Period, become: Callable[[V | None], V]) -> None:
        """Replace every value over ``period`` by ``become(value)``; ``None`` is passed where there is none."""
        low = bisect_right(self._ends, period.start)
        high = low
        new: list[Run[V]] = []
        at = period.start
        while high < len(self._runs) and self._runs[high][0] < period.until:
            start, until, value = self._runs[high]
            if start < period.start:
                new.append((start, period.start, value))
            if at < start:
                new.append((at, start, become(None)))
            left, right = max(start, period.start), min(until, period.until)
            new.append((left, right, become(value)))
            if right < until:
                new.append((right, until, value))
            at = right
            high += 1
        if at < period.until:
            new.append((at, period.until, become(None)))
        self._runs[low:high] = new
        self._ends[low:high] = [until for _, until, _ in new]

    def at(self, day: int) -> V | None:
        """Return the value of a day, None in a gap."""
        place = bisect_right(self._ends, day)
        if place < len(self._runs) and self._runs[place][0] <= day:
            return self._runs[place][2]
        return None

    def edges(self) -> set[int]:
        """Return every first day of a stretch and every day after a last one."""
        return {day for start, until, _ in self._runs for day in (start, until)}


def joined(runs: Iterable[Run[V]]) -> list[Run[V]]:
    """Join adjacent stretches with equal values."""
    found: list[Run[V]] = []
    for start, until, value in runs:
        if found and found[-1][1] == start and found[-1][2] == value:
            found[-1] = (found[-1][0], until, value)
        else:
            found.append((start, until, value))
    return found


def rectangles(states: Iterable[tuple[int, Sequence[Run[V]]]]) -> list[tuple[Period, Period, V]]:
    """Turn what is known at the end of successive days into rectangles ``(valid, known, value)``.

    ``states`` are ``(day, runs)`` in order of days, each holding until the next; runs must be joined. A stretch that
    stands unchanged from one state to the next stays one rectangle. In order of the first day known, then valid.
    """
    found: list[tuple[Period, Period, V]] = []
    standing: dict[tuple[int, int], tuple[int, V]] = {}
    for day, runs in states:
        next_standing: dict[tuple[int, int], tuple[int, V]] = {}
        for start, until, value in runs:
            since = standing.get((start, until))
            if since is not None and since[1] == value:
                next_standing[start, until] = standing.pop((start, until))
            else:
                next_standing[start, until] = (day, value)
        found += [(Period(*span), Period(since, day), value) for span, (since, value) in standing.items()]
        standing = next_standing
    found += [(Period(*span), Period(since, FOREVER), value) for span, (since, value) in standing.items()]
    return sorted(found, key=lambda rectangle: (rectangle[1].start, rectangle[0].start))


def fold(entries: Sequence[tuple[Rank, Period, V]]) -> list[tuple[Period, Period, V]]:
    """Fold ``(rank, valid days, value)`` into disjoint rectangles ``(valid, known, value)``.

    Over (valid day, known day) the value is that of the last entry, in order of rank and then of place, that covers
    the valid day among those announced by the known day.
    """
    runs: Runs[V] = Runs()

    def states() -> Iterator[tuple[int, Sequence[Run[V]]]]:
        for day, group in groupby(sorted(entries, key=_rank), key=_day):
            for _, period, value in group:
                runs.lay(period, value)
            yield day, joined(runs)

    return rectangles(states())


def _rank(entry: tuple[Rank, Period, Any]) -> Rank:
    return entry[0]


def _day(entry: tuple[Rank, Period, Any]) -> int:
    return entry[0][0]


# --- measures ---------------------------------------------------------------------------------------------

_DEFAULTS: dict[str, Any] = {
    "goods": AllGoods(),
    "origins": Origins(("*",)),
    "when": None,
    "basis": Basis(),
    "counted": "general",
    "columns": (),
}
_Said = tuple[Any, str | None]
"""A value of a field and the act that gave it; None for a constant of the measure."""


def named(measure: Measure, place: int) -> dict[str, Any]:
    """Return the fields that the amendment at ``place`` gives: those it names, and the rate where it enacts it.

    An amendment that names no field enacts the measure's own rate; the first one does so too when it names others.
    """
    patch = measure.amendments[place].patch
    fields = {field: value for field in FIELDS if (value := getattr(patch, field)) is not UNSET}
    if "rate" not in fields and (place == 0 or not fields) and measure.patch.rate is not UNSET:
        fields["rate"] = measure.patch.rate
    return fields


def in_order(measure: Measure, acts: Mapping[str, Act]) -> list[tuple[Rank, int, Amendment]]:
    """Return the amendments as ``(rank, place in the file, amendment)`` in order of announcement."""
    return sorted((acts[a.act].rank, place, a) for place, a in enumerate(measure.amendments))


def fold_measure(program: str, measure: Measure, acts: Mapping[str, Act]) -> list[Version]:
    """Fold the amendments of a measure into its versions, for both views.

    Each field folds by itself; a version is the product. A measure stands only where an amendment gives it a rate.
    Silent rates are kept where a rate had been given before (``Terms.beneath`` shows it while suspended).
    """
    both = rectangles(_measure_states(measure, acts, VIEWS[0]))
    alike = all(amendment.concerns == "both" for amendment in measure.amendments)
    return [
        Version(program, measure.id, view, valid, known, terms, by)
        for view in VIEWS
        for valid, known, (terms, by) in (
            both if alike or view == VIEWS[0] else rectangles(_measure_states(measure, acts, view))
        )
    ]


def _measure_states(
    measure: Measure, acts: Mapping[str, Act], view: View
) -> Iterator[tuple[int, Sequence[Run[tuple[Terms, tuple[str, ...]]]]]]:
    layers: dict[str, Runs[_Said]] = {field: Runs() for field in FIELDS}
    for field, default in _DEFAULTS.items():
        own = getattr(measure.patch, field)
        layers[field].lay(EVER, (default if own is UNSET else own, None))
    beneath: Runs[Rate] = Runs()
    amendments = [item for item in in_order(measure, acts) if view in item[2].views]
    for day, group in groupby(amendments, key=lambda item: item[0][0]):
        for _, place, amendment in group:
            for field, value in named(measure, place).items():
                layers[field].lay(amendment.valid, (value, amendment.act))
                if field == "rate" and not isinstance(value, Silent):
                    beneath.lay(amendment.valid, value)
        yield day, joined(_product(layers, beneath))


def _product(layers: Mapping[str, Runs[_Said]], beneath: Runs[Rate]) -> Iterator[Run[tuple[Terms, tuple[str, ...]]]]:
    """Intersect the fields: one stretch per combination of values, only where there is a rate to speak of."""
    edges = sorted(beneath.edges().union(*(runs.edges() for runs in layers.values())))
    for start, until, (rate, act) in layers["rate"]:
        inside = edges[bisect_left(edges, start) : bisect_right(edges, until)]
        for left, right in pairwise(inside):
            hidden = beneath.at(left)
            if hidden is None:
                continue  # silence where nothing was ever said
            said = {field: runs.at(left) for field, runs in layers.items() if field != "rate"}
            values = {field: pair[0] for field, pair in said.items() if pair is not None}
            shown = hidden if isinstance(rate, Silent) and rate.suspended else None
            by = [act, *(pair[1] for pair in said.values() if pair is not None)]
            yield (
                left,
                right,
                (
                    Terms(rate=rate, beneath=shown, **values),
                    tuple(dict.fromkeys(name for name in by if name is not None)),
                ),
            )


# --- goods lists ------------------------------------------------------------------------------------------


class _Batch:
    """Rows of one act over the same valid days: they come and go together."""

    __slots__ = ("period", "rank", "rows")

    def __init__(self, rank: Rank, period: Period) -> None:
        self.rank = rank
        self.period = period
        self.rows: dict[str, int | None] = {}


class _Held:
    """The rows of a list on some days: code -> place of its entry, None where it has been taken off."""

    __slots__ = ("content", "rows")

    def __init__(self, rows: dict[str, int | None]) -> None:
        self.rows = rows
        self.content = tuple(sorted(place for place in rows.values() if place is not None))


def fold_list(source: GoodsListSource, acts: Mapping[str, Act]) -> list[ListVersion]:
    """Fold the rows of a list, each code by itself, into versions of the whole list.

    Works on batches (rows of one act over the same days), not on rows. Rectangles without any entry are left
    out. Versions with the same rows share them.
    """
    entries = _entries(source.rows)
    batches = _batches(source.rows, acts, {entry: place for place, entry in enumerate(entries)})
    shared: dict[tuple[int, ...], tuple[ListEntry, ...]] = {}
    versions: list[ListVersion] = []
    for valid, known, content in rectangles(_list_states(batches)):
        if content not in shared:
            shared[content] = tuple(entries[place] for place in content)
        versions.append(ListVersion(source.name, valid, known, shared[content]))
    return versions


def _entries(rows: Iterable[ListRow]) -> list[ListEntry]:
    distinct = {_entry(row) for row in rows if row.change != "off"}
    return sorted(distinct, key=lambda entry: (entry.code, entry.include, entry.act, entry.attributes))


def _entry(row: ListRow) -> ListEntry:
    return ListEntry(row.code, row.change == "include", row.act, row.attributes)


def _batches(rows: Iterable[ListRow], acts: Mapping[str, Act], places: Mapping[ListEntry, int]) -> list[_Batch]:
    """Group rows into batches, in order of announcement and then of the file.

    A later row of a code must not be laid before an earlier one, so it opens a new batch where it would be.
    """
    open_batches: dict[tuple[str, Period], int] = {}
    last: dict[tuple[Rank, str], int] = {}
    batches: list[_Batch] = []
    for row in rows:
        rank = acts[row.act].rank
        key = (row.act, row.valid)
        at = open_batches.get(key, -1)
        if at < 0 or at < last.get((rank, row.code), 0):
            at = open_batches[key] = len(batches)
            batches.append(_Batch(rank, row.valid))
        last[rank, row.code] = at
        batches[at].rows[row.code] = None if row.change == "off" else places[_entry(row)]
    return sorted(batches, key=lambda batch: batch.rank)


def _list_states(batches: Iterable[_Batch]) -> Iterator[tuple[int, Sequence[Run[tuple[int, ...]]]]]:
    runs: Runs[_Held] = Runs()
    for day, group in groupby(batches, key=lambda batch: batch.rank[0]):
        for batch in group:
            runs.change(batch.period, _laying(batch.rows))
        yield day, joined((start, until, held.content) for start, until, held in runs if held.content)


def _laying(rows: dict[str, int | None]) -> Callable[[_Held | None], _Held]:
    """Return what a batch makes of what was held before, computed once for each."""
    made: dict[_Held | None, _Held] = {}

    def lay(held: _Held | None) -> _Held:
        if held not in made:
            made[held] = _Held(rows if held is None else held.rows | rows)
        return made[held]

    return lay
