"""The base schedule compiled: rate lines and statistical numbers by code, day and known day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice, pairwise

import msgspec

from service.engine.answers import Goods, Layer
from service.engine.bounded import Bounded
from service.engine.outcome import Based
from service.engine.pace import Pace, each
from service.engine.refusals import CodeTooShort, Near, UnknownCode
from service.law.goods import CodeSystem
from service.law.periods import FOREVER, Period
from service.law.rate_text import parse_rate, parse_special
from service.law.rates import Rate
from service.law.schedule import LineText, LineVersion, StatVersion

NEAR = 12
VERSIONS = 40_000


class Texts:
    """Rate texts parsed when first asked for, each once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._rates: dict[str, Rate] = {}
        self._preferences: dict[str, dict[str, Rate]] = {}

    def rate(self, text: str) -> Rate:
        """Return the rate of a text."""
        found = self._rates.get(text)
        if found is None:
            found = self._rates[text] = parse_rate(text, currency=self._currency)
        return found

    def preferences(self, text: str) -> dict[str, Rate]:
        """Return the rates of a cell that states one per special-program symbol."""
        found = self._preferences.get(text)
        if found is None:
            segments = parse_special(text, currency=self._currency) if text else ()
            found = {symbol: rate for symbols, rate in segments for symbol in symbols}
            self._preferences[text] = found
        return found


class LineRates:
    """The texts of one line. Lines with the same texts share one object."""

    __slots__ = ("approximate", "based", "columns", "names", "texts")

    def __init__(self, text: LineText, names: tuple[str, ...], texts: Texts) -> None:
        self.names = names
        self.columns = text.columns
        self.approximate = text.approximate
        self.texts = texts
        self.based: dict[int, Based] = {}
        """Base outcomes of entries without declared facts, by mask; as many as there are base programs in time."""

    def text(self, column: str) -> str:
        """Return the rate text of a column, empty where nothing is stated."""
        return self.columns[self.names.index(column)]

    def rate(self, column: str) -> Rate | None:
        """Return the rate of a column, or None where nothing is stated."""
        text = self.text(column)
        return self.texts.rate(text) if text else None

    def preferences(self, column: str) -> dict[str, Rate]:
        """Return the rates of a column that states one rate per special-program symbol."""
        return self.texts.preferences(self.text(column))


class Span:
    """One version of a line or number: valid and known days, and the texts (None for statistical numbers)."""

    __slots__ = ("known_from", "known_until", "rates", "start", "units", "until")

    def __init__(self, valid: Period, known: Period, rates: LineRates | None, units: tuple[str, ...]) -> None:
        self.start, self.until = valid.start, valid.until
        self.known_from, self.known_until = known.start, known.until
        self.rates = rates
        self.units = units

    @property
    def valid(self) -> Period:
        """The days over which the version is valid."""
        return Period(self.start, self.until)

    def seen(self, known: int) -> bool:
        """Tell whether the version is known on a day."""
        return self.known_from <= known < self.known_until


class Run(msgspec.Struct, gc=False):
    """A version of a code among its neighbours, as known on some day.

    ``exists_*``: the days around it on which the code exists; ``same_*``: those over which the first column stays
    the same. All are ordinals. ``goods`` and ``layers`` keep the parts of answers that only the version decides, the
    latter for the base duty and the coverage last asked.
    """

    span: Span
    rates: LineRates | None
    units: tuple[str, ...]
    start: int
    until: int
    exists_from: int
    exists_until: int
    same_from: int
    same_until: int
    goods: Goods | None = None
    layers: tuple[object, tuple[Layer, ...]] | None = None

    @property
    def stated(self) -> LineRates:
        """The texts of a rate line. Raises ``ValueError`` for a statistical number, which has none."""
        if self.rates is None:
            raise ValueError("a statistical number states no rates; those of its line apply")
        return self.rates

    def says(self) -> object:
        """Return what the first column says here."""
        return None if self.rates is None else self.rates.columns[0]


def runs_of(spans: Sequence[Span]) -> tuple[list[int], list[Run]]:
    """Return the starts and the runs of versions that are known together, in order of time."""
    runs = [Run(s, s.rates, s.units, s.start, s.until, s.start, s.until, s.start, s.until) for s in spans]
    for before, after in pairwise(runs):
        if before.until == after.start:
            after.exists_from = before.exists_from
            if before.says() == after.says():
                after.same_from = before.same_from
    for before, after in zip(reversed(runs[:-1]), reversed(runs[1:]), strict=True):
        if before.until == after.start:
            before.exists_until = after.exists_until
            if before.says() == after.says():
                before.same_until = after.same_until
    return [r.start for r in runs], runs


class Versions:
    """All versions of one code; what is known together is put in order when first asked for."""

    __slots__ = ("_known", "_runs", "_spans")

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._known = sorted({s.known_from for s in spans} | {s.known_until for s in spans})
        self._runs: list[tuple[list[int], list[Run]] | None] = [None] * (len(self._known) + 1)

    def at(self, day: int, known: int) -> Run | None:
        """Return the version of a day as known on another, or None."""
        place = bisect_right(self._known, known)
        found = self._runs[place]
        if found is None:
            found = self._runs[place] = runs_of([s for s in self._spans if s.seen(known)])
        starts, runs = found
        at = bisect_right(starts, day) - 1
        if at < 0:
            return None
        run = runs[at]
        return run if day < run.until else None


class Lines:
    """Every rate line and statistical number of one importer."""

    def __init__(
        self,
        codes: CodeSystem,
        columns: tuple[str, ...],
        currency: str,
        lines: Iterable[LineVersion],
        statistical: Iterable[StatVersion],
        pace: Pace = each,
    ) -> None:
        self.codes = codes
        self.size = codes.line
        self._spans: dict[str, list[Span]] = {}
        self._dotted: dict[str, str] = {}
        texts = Texts(currency)
        shared: dict[LineText, LineRates] = {}
        for line in pace(lines):
            rates = shared.get(line.text)
            if rates is None:
                rates = shared[line.text] = LineRates(line.text, columns, texts)
            self._spans.setdefault(line.code, []).append(Span(line.valid, line.known, rates, line.text.units))
        # The first answer for a whole country asks for all of them at once.
        for stated in pace({rates.columns[0] for rates in shared.values() if rates.columns[0]}):
            texts.rate(stated)
        for number in pace(statistical):
            self._spans.setdefault(number.code, []).append(Span(number.valid, number.known, None, number.units))
        for spans in pace(self._spans.values()):
            spans.sort(key=lambda s: (s.start, s.known_from))
        self.sorted = sorted(self._spans)
        self.known_days = sorted({s.known_from for spans in self._spans.values() for s in spans})
        self._versions: Bounded[Versions] = Bounded(VERSIONS)
        self.rate_lines = [c for c in self.sorted if len(c) == self.size]

    def dotted(self, code: str) -> str:
        """Write a code of the schedule with dots."""
        found = self._dotted.get(code)
        if found is None:
            found = self._dotted[code] = self.codes.dotted(code)
        return found

    def spans(self, code: str) -> Sequence[Span]:
        """Return all versions of a code, by valid day."""
        return self._spans.get(code, ())

    def at(self, code: str, day: int, known: int) -> Run | None:
        """Return the version of a code on a day as known on another, or None."""
        found = self._versions.get(code)
        if found is None:
            spans = self._spans.get(code)
            if spans is None:
                return None
            found = self._versions.put(code, Versions(spans))
        return found.at(day, known)

    def children(self, line: str, day: int, known: int) -> list[str]:
        """Return the statistical numbers of a line on a day."""
        return [c for c in self._with_prefix(line) if len(c) > self.size and self.at(c, day, known) is not None]

    def family(self, line: str) -> list[str]:
        """Return a line and all statistical numbers it ever had."""
        return self._with_prefix(line)

    def below(self, prefix: str, day: int, known: int) -> list[str]:
        """Return the rate lines below a heading or subheading on a day."""
        return [c for c in self._with_prefix(prefix) if len(c) == self.size and self.at(c, day, known) is not None]

    def extent(self, code: str, run: Run, columns: Iterable[str], known: int) -> tuple[int, int]:
        """Return the days around a version of a line over which the texts of some columns stay the same."""
        start, until = run.exists_from, run.exists_until
        for column in columns:
            low, high = self._extent(code, run, run.stated.names.index(column), known)
            start, until = max(start, low), min(until, high)
        return start, until

    def _extent(self, code: str, run: Run, at: int, known: int) -> tuple[int, int]:
        if at == 0:
            return run.same_from, run.same_until
        text = run.stated.columns[at]
        return self._alike(code, run, known, lambda other: other.columns[at] == text)

    def stand_in(self, code: str, run: Run, known: int) -> tuple[int, int]:
        """Return the days around a version of a line over which its rate stands in for one not seen, as it does."""
        approximate = run.stated.approximate
        return self._alike(code, run, known, lambda other: other.approximate == approximate)

    def _alike(self, code: str, run: Run, known: int, alike: Callable[[LineRates], bool]) -> tuple[int, int]:
        start, until = run.start, run.until
        spans = [s for s in self._spans[code] if s.seen(known) and s.rates is not None and alike(s.rates)]
        for other in reversed(spans):
            if other.until == start:
                start = other.start
        for other in spans:
            if other.start == until:
                until = other.until
        return start, until

    def require(self, code: str, day: int, known: int) -> Run:
        """Return the version of a code on a day.

        Raises ``CodeTooShort`` for a heading or subheading that exists, ``UnknownCode`` otherwise, both with
        neighbours and their validity.
        """
        run = self.at(code, day, known)
        if run is not None:
            return run
        dotted = self.dotted(code)
        if len(code) < self.size:
            below = self.below(code, day, known)
            if below:
                near = tuple(self._near(c, "below", known) for c in below)
                raise CodeTooShort(f"{dotted} is not a rate line: name one of the {len(near)} lines below it", near)
        raise UnknownCode(*self._unknown(code, dotted, day, known))

    def _unknown(self, code: str, dotted: str, day: int, known: int) -> tuple[str, tuple[Near, ...]]:
        lived = [s.valid for s in self._spans.get(code, ()) if s.seen(known)]
        if not lived:
            near = self._around(code, day, known, ())
            return (
                f"{dotted} is in no edition of the schedule known on the day asked",
                tuple(self._near(c, "near", known) for c in near),
            )
        relation = "successor" if max(p.until for p in lived) <= day else "predecessor"
        others = self._around(code, day, known, (len(code),))
        return (
            f"{dotted} does not exist on {_date(day)}: it existed {_periods(lived)}",
            (self._near(code, "near", known), *(self._near(c, relation, known) for c in others)),
        )

    def _around(self, code: str, day: int, known: int, sizes: Collection[int]) -> list[str]:
        """Return some codes of a day below the longest part of the code that has any; of the sizes given, if any."""
        for cut in reversed([n for n in self.codes.lengths if n < len(code)]):
            found = (
                c for c in self._with_prefix(code[:cut]) if (not sizes or len(c) in sizes) and self.at(c, day, known)
            )
            near = list(islice(found, NEAR))
            if near:
                return near
        return []

    def _with_prefix(self, prefix: str) -> list[str]:
        low = bisect_left(self.sorted, prefix)
        return self.sorted[low : bisect_left(self.sorted, prefix + ":", low)]

    def _near(self, code: str, relation: str, known: int) -> Near:
        lived = [s.valid for s in self._spans[code] if s.seen(known)] or [s.valid for s in self._spans[code]]
        whole = Period(min(p.start for p in lived), max(p.until for p in lived))
        return Near(self.dotted(code), relation, whole.first, whole.end)


def _date(day: int) -> str:
    first = Period(day).first
    return first.isoformat() if first else "?"


def _periods(periods: list[Period]) -> str:
    start, until = min(p.start for p in periods), max(p.until for p in periods)
    tail = "on" if until >= FOREVER else f"until {_date(until)}"
    return f"from {_date(start)} {tail}" if start else tail
