"""The base schedule compiled: rate lines and statistical numbers by code, day and known day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from service.engine.refusals import CodeTooShort, Near, UnknownCode
from service.law.goods import CodeSystem
from service.law.periods import FOREVER, Period
from service.law.rate_text import parse_rate, parse_special
from service.law.rates import Rate
from service.law.schedule import LineText, LineVersion, StatVersion

NEAR = 12


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
            segments = parse_special(text) if text else ()
            found = {symbol: rate for symbols, rate in segments for symbol in symbols}
            self._preferences[text] = found
        return found


class LineRates:
    """The texts of one line. Lines with the same texts share one object."""

    __slots__ = ("approximate", "columns", "names", "texts")

    def __init__(self, text: LineText, names: tuple[str, ...], texts: Texts) -> None:
        self.names = names
        self.columns = text.columns
        self.approximate = text.approximate
        self.texts = texts

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
    def stated(self) -> LineRates:
        """The texts of a rate line. Raises ``ValueError`` for a statistical number, which has none."""
        if self.rates is None:
            raise ValueError("a statistical number states no rates; those of its line apply")
        return self.rates

    @property
    def valid(self) -> Period:
        """The days over which the version is valid."""
        return Period(self.start, self.until)

    def seen(self, known: int) -> bool:
        """Tell whether the version is known on a day."""
        return self.known_from <= known < self.known_until


class Lines:
    """Every rate line and statistical number of one importer."""

    def __init__(
        self,
        codes: CodeSystem,
        columns: tuple[str, ...],
        currency: str,
        lines: Iterable[LineVersion],
        statistical: Iterable[StatVersion],
    ) -> None:
        self.codes = codes
        self.size = codes.line
        self._spans: dict[str, list[Span]] = {}
        self._dotted: dict[str, str] = {}
        texts = Texts(currency)
        shared: dict[LineText, LineRates] = {}
        for line in lines:
            rates = shared.get(line.text)
            if rates is None:
                rates = shared[line.text] = LineRates(line.text, columns, texts)
            self._spans.setdefault(line.code, []).append(Span(line.valid, line.known, rates, line.text.units))
        for number in statistical:
            self._spans.setdefault(number.code, []).append(Span(number.valid, number.known, None, number.units))
        for spans in self._spans.values():
            spans.sort(key=lambda s: (s.start, s.known_from))
        self.sorted = sorted(self._spans)
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

    def at(self, code: str, day: int, known: int) -> Span | None:
        """Return the version of a code on a day as known on another, or None."""
        for span in self._spans.get(code, ()):
            if span.start <= day < span.until and span.known_from <= known < span.known_until:
                return span
        return None

    def children(self, line: str, day: int, known: int) -> list[str]:
        """Return the statistical numbers of a line on a day."""
        return [c for c in self._with_prefix(line) if len(c) > self.size and self.at(c, day, known) is not None]

    def family(self, line: str) -> list[str]:
        """Return a line and all statistical numbers it ever had."""
        return self._with_prefix(line)

    def below(self, prefix: str, day: int, known: int) -> list[str]:
        """Return the rate lines below a heading or subheading on a day."""
        return [c for c in self._with_prefix(prefix) if len(c) == self.size and self.at(c, day, known) is not None]

    def existence(self, code: str, span: Span, known: int) -> tuple[int, int]:
        """Return the days around a version on which the code exists, as known on a day."""
        return self._run(span, [s for s in self._spans[code] if s.seen(known)])

    def extent(self, code: str, span: Span, column: str, known: int) -> tuple[int, int]:
        """Return the days around a version of a line over which the text of a column stays the same."""
        rates = span.rates
        if rates is None or len(self._spans[code]) == 1:
            return span.start, span.until
        at = rates.names.index(column)
        text = rates.columns[at]
        alike = [
            s
            for s in self._spans[code]
            if s.known_from <= known < s.known_until
            and s.rates is not None
            and (s.rates is rates or (s.rates.columns[at] == text and s.rates.approximate == rates.approximate))
        ]
        return self._run(span, alike)

    @staticmethod
    def _run(span: Span, alike: list[Span]) -> tuple[int, int]:
        """Join the versions that adjoin ``span``, both ways; ``alike`` is in order of time."""
        start, until = span.start, span.until
        for other in reversed(alike):
            if other.until == start:
                start = other.start
        for other in alike:
            if other.start == until:
                until = other.until
        return start, until

    def require(self, code: str, day: int, known: int) -> Span:
        """Return the version of a code on a day.

        Raises ``CodeTooShort`` for a heading or subheading that exists, ``UnknownCode`` otherwise, both with
        neighbours and their validity.
        """
        span = self.at(code, day, known)
        if span is not None:
            return span
        dotted = self.dotted(code)
        if len(code) < self.size:
            below = self.below(code, day, known)
            if below:
                near = tuple(self._near(c, "below", known) for c in below)
                raise CodeTooShort(f"{dotted} is not a rate line: name one of the {len(near)} lines below it", near)
        raise UnknownCode(*self._unknown(code, dotted, day, known))

    def _unknown(self, code: str, dotted: str, day: int, known: int) -> tuple[str, tuple[Near, ...]]:
        when = _date(day)
        lived = [s.valid for s in self._spans.get(code, ()) if s.seen(known)]
        if not lived:
            cut = len(code)
            near: list[str] = []
            while cut > 4 and not near:
                cut -= 2
                near = [c for c in self._with_prefix(code[:cut]) if self.at(c, day, known)]
            return (
                f"{dotted} is in no edition of the schedule known on the day asked",
                tuple(self._near(c, "near", known) for c in near[:NEAR]),
            )
        relation = "successor" if max(p.until for p in lived) <= day else "predecessor"
        parent = code[:6]
        others = [c for c in self._with_prefix(parent) if len(c) == len(code) and self.at(c, day, known)]
        if not others:
            others = [c for c in self._with_prefix(code[:4]) if len(c) == len(code) and self.at(c, day, known)]
        return (
            f"{dotted} does not exist on {when}: it existed {_periods(lived)}",
            (self._near(code, "near", known), *(self._near(c, relation, known) for c in others[:NEAR])),
        )

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
