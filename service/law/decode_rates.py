"""Decoding the rate of a measure: a word, a rate text, or a mapping of one of the kinds of ``service.law.rates``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from service.law.decode_fields import Reader, T, flag, items, mapping, name, number, percent, share, text
from service.law.decode_goods import Setting, headings
from service.law.errors import Fault, nearest
from service.law.rate_text import parse_rate
from service.law.rates import (
    EXEMPT,
    SILENT,
    SUSPENDED,
    Bounded,
    ByReference,
    Form,
    FromList,
    FromSchedule,
    GreaterOf,
    InLieuOfAll,
    InLieuOfColumn2,
    LesserOf,
    NoChange,
    NonUsPart,
    Prohibited,
    QuotaLimit,
    Rate,
    Sliding,
    Total,
    Unresolved,
    Unspecified,
)
from service.law.yaml_marks import Mapping, Node, Text

WORDS: dict[str, Rate] = {
    "exempt": EXEMPT,
    "no_change": NoChange(),
    "none": SILENT,
    "suspended": SUSPENDED,
    "unspecified": Unspecified(),
}


class Rates:
    """A reader of rates for one importer."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._kinds: dict[str, tuple[Callable[[Mapping], Rate], frozenset[str]]] = {
            "total": (self._total, frozenset(("total", "replace"))),
            "in_lieu_of_column2": (lambda m: InLieuOfColumn2(self._form(m, "in_lieu_of_column2")), frozenset()),
            "in_lieu_of_all": (lambda m: InLieuOfAll(self._form(m, "in_lieu_of_all")), frozenset()),
            "non_us_part": (_non_us_part, frozenset(("cap",))),
            "from_list": (lambda m: FromList(_at(m, "from_list", name)), frozenset()),
            "schedule": (self._from_schedule, frozenset(("by_preference",))),
            "of": (self._bounded, frozenset(("minimum", "maximum"))),
            "greater_of": (lambda m: GreaterOf(_at(m, "greater_of", self._two_or_more)), frozenset()),
            "lesser_of": (lambda m: LesserOf(_at(m, "lesser_of", self._two_or_more)), frozenset()),
            "by_reference": (self._by_reference, frozenset(("text", "at_most"))),
            "prohibited": (lambda m: Prohibited(_at(m, "prohibited", text)), frozenset()),
            "quota_limit": (_quota_limit, frozenset(("unit", "quota"))),
        }

    def rate(self, node: Node, key: str) -> Rate:
        """Read a rate. A text that cannot be computed is an error here: in a law file it must be said otherwise."""
        if isinstance(node, Text):
            return self._text(text(node, key), node.line, key)
        entries = mapping(node, key)
        kind = next((word for word in self._kinds if word in entries.entries), None)
        if kind is None:
            first = next(iter(entries.entries))
            if first in ("minimum", "maximum"):
                raise Fault(node.line, first, "a bound needs 'of': the rate it bounds ({minimum: 1%, of: 2 USD/kg})")
            raise Fault(entries.lines[first], first, f"unknown kind of rate{nearest(first, self._kinds)}")
        build, further = self._kinds[kind]
        for word, line in entries.lines.items():
            if word != kind and word not in further:
                raise Fault(line, word, f"unknown key in a rate of kind {kind}{nearest(word, {kind, *further})}")
        return build(entries)

    def columns(self, node: Node, key: str) -> tuple[tuple[str, Rate], ...]:
        """Read ``columns``: column of the schedule -> the rate where the base duty is taken from it."""
        entries = mapping(node, key)
        return tuple(
            (self._column(word, entries.lines[word], word), self.rate(value, word))
            for word, value in entries.entries.items()
        )

    def column(self, node: Node, key: str) -> str:
        """Read the name of a column of the base schedule."""
        return self._column(text(node, key), node.line, key)

    def _column(self, value: str, line: int, key: str) -> str:
        if self.setting.columns and value not in self.setting.columns:
            hint = nearest(value, self.setting.columns)
            raise Fault(line, key, f"the base schedule has no column {value!r}{hint}")
        return value

    def _text(self, value: str, line: int, key: str) -> Rate:
        if value in WORDS:
            return WORDS[value]
        rate = parse_rate(value, currency=self.setting.currency)
        if isinstance(rate, Unresolved):
            hint = nearest(value, WORDS) if value.isidentifier() else ""
            raise Fault(
                line,
                key,
                f"{value!r} is not a rate that can be computed; write 25%, 2 USD/kg + 5%, Free, or one of "
                f"{', '.join(WORDS)}{hint}",
            )
        return rate

    def form(self, node: Node, key: str) -> Form:
        """Read a linear form."""
        rate = self.rate(node, key)
        if not isinstance(rate, Form):
            raise Fault(node.line, key, "expected percentages and amounts: 35%, 2 USD/kg + 5%, Free")
        return rate

    def _form(self, entries: Mapping, key: str) -> Form:
        return _at(entries, key, self.form)

    def _total(self, entries: Mapping) -> Total:
        replace = entries.entries.get("replace")
        return Total(_at(entries, "total", percent), flag(replace, "replace") if replace is not None else False)

    def _from_schedule(self, entries: Mapping) -> FromSchedule:
        preference = entries.entries.get("by_preference")
        return FromSchedule(
            _at(entries, "schedule", self.column),
            flag(preference, "by_preference") if preference is not None else False,
        )

    def _bounded(self, entries: Mapping) -> Bounded:
        rate = _at(entries, "of", self.rate)
        if not isinstance(rate, Form | Sliding):
            raise Fault(
                entries.lines["of"], "of", "a bound is put on percentages and amounts: {minimum: 1%, of: 2 USD/kg}"
            )
        low, high = (
            self._form(entries, word) if word in entries.entries else None for word in ("minimum", "maximum")
        )
        if low is None and high is None:
            raise Fault(entries.line, "of", "a bounded rate needs minimum or maximum")
        return Bounded(rate, low, high)

    def _by_reference(self, entries: Mapping) -> Rate:
        limit = self._form(entries, "at_most") if "at_most" in entries.entries else None
        return ByReference(_at(entries, "by_reference", headings), _at(entries, "text", text), limit)

    def _two_or_more(self, node: Node, key: str) -> tuple[Rate, ...]:
        rates = items(self.rate)(node, key)
        if len(rates) < 2:
            raise Fault(node.line, key, "a comparison needs two rates or more")
        return rates


def _at(entries: Mapping, key: str, read: Reader[T]) -> T:
    """Read a required key of a rate."""
    if key not in entries.entries:
        raise Fault(entries.line, key, f"the rate needs {key!r}")
    return read(entries.entries[key], key)


def _non_us_part(entries: Mapping) -> Rate:
    cap = entries.entries.get("cap")
    return NonUsPart(_at(entries, "non_us_part", percent), share(cap, "cap") if cap is not None else Decimal(1))


def _quota_limit(entries: Mapping) -> Rate:
    return QuotaLimit(_at(entries, "quota", name), _at(entries, "quota_limit", number), _at(entries, "unit", text))
