"""Decoding the condition of a measure: one predicate of the closed set, or ``not``, ``all``, ``any`` of others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal, cast

from service.law.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    BaseAtLeast,
    Before,
    Below,
    Between,
    ChargedUnder,
    Claims,
    ColumnIs,
    Condition,
    EnteredFree,
    FactIs,
    Metal,
    MetalAnyFrom,
    MetalFrom,
    Not,
    PreferenceIn,
    QuotaIs,
    UnitValue,
    Use,
)
from service.law.decode_facts import NUMBER_TYPES, fact_value, known_fact
from service.law.decode_fields import (
    Reader,
    T,
    flag,
    items,
    mapping,
    name,
    number,
    one_of,
    one_or_more,
    ordinal,
    percent,
    share,
    single,
    text,
)
from service.law.decode_goods import Setting, country, heading, headings
from service.law.errors import Fault, nearest
from service.law.facts import FactDefinition
from service.law.yaml_marks import Mapping, Node

CONSULTED = {
    "claims": "claims",
    "preference_in": "preference",
    "entered_free": "preference",
    "base_at_least": "base_ave",
    "quota": "quota",
    "use": "end_use",
}
"""The facts that predicates consult without naming them."""

METAL_FACT = {"steel": "steel_melt_pour", "aluminum": "aluminum_smelt_cast", "copper": "copper_smelt_cast"}


class Conditions:
    """A reader of conditions for one importer."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._kinds: dict[str, Callable[[Node, str], Condition]] = {
            "fact_is": self._fact_is,
            "at_least": lambda node, key: AtLeast(*self._compared(node, key)),
            "below": lambda node, key: Below(*self._compared(node, key)),
            "between": self._between,
            "unit_value": self._unit_value,
            "before": self._before,
            "claims": lambda node, key: Claims(headings(node, key)),
            "preference_in": lambda node, key: PreferenceIn(one_or_more(text)(node, key)),
            "entered_free": self._entered_free,
            "column_is": self._column_is,
            "base_at_least": lambda node, key: BaseAtLeast(percent(node, key)),
            "metal_from": self._metal_from,
            "metal_any_from": self._metal_any_from,
            "charged_under": _charged_under,
            "quota": _quota,
            "use": self._use,
            "not": lambda node, key: Not(self.condition(node, key)),
            "all": lambda node, key: AllOf(items(self.condition)(node, key)),
            "any": lambda node, key: AnyOf(items(self.condition)(node, key)),
        }

    def condition(self, node: Node, key: str) -> Condition:
        """Read a condition; every fact it names must exist and be of a type the predicate can ask."""
        word, value, line = single(node, key)
        kind = self._kinds.get(word)
        if kind is None:
            raise Fault(line, word, f"unknown condition{nearest(word, self._kinds)}")
        if word in CONSULTED:
            known_fact(self.setting.facts, CONSULTED[word], line)
        return kind(value, word)

    def _fact(self, node: Node, key: str) -> tuple[FactDefinition, Node, int]:
        word, value, line = single(node, key)
        return known_fact(self.setting.facts, word, line), value, line

    def _fact_is(self, node: Node, key: str) -> Condition:
        fact, value, line = self._fact(node, key)
        if fact.type not in ("bool", "enum", "symbol", "heading", "currency", "flags"):
            raise Fault(line, fact.name, f"fact_is cannot ask {fact.name}, which is of type {fact.type}")
        found = fact_value(fact, value, fact.name)
        if fact.type == "flags":
            found = text(value, fact.name)
        return FactIs(fact.name, cast("str | bool", found))

    def _number_fact(self, node: Node, key: str) -> tuple[FactDefinition, Node]:
        fact, value, line = self._fact(node, key)
        if fact.type not in NUMBER_TYPES:
            raise Fault(line, fact.name, f"{key} compares numbers; {fact.name} is of type {fact.type}")
        return fact, value

    def _compared(self, node: Node, key: str) -> tuple[str, Decimal]:
        fact, value = self._number_fact(node, key)
        return fact.name, self._number(fact, value)

    def _number(self, fact: FactDefinition, node: Node) -> Decimal:
        return Decimal(cast("Decimal | int", fact_value(fact, node, fact.name)))

    def _between(self, node: Node, key: str) -> Condition:
        fact, value = self._number_fact(node, key)
        ends = items(lambda item, _: self._number(fact, item))(value, fact.name)
        if len(ends) != 2 or ends[0] >= ends[1]:
            raise Fault(value.line, fact.name, "between needs two numbers, the lower first; the upper is outside")
        return Between(fact.name, *ends)

    def _unit_value(self, node: Node, key: str) -> Condition:
        entries = _only(node, key, "per", "from", "below", "heading", "among")
        for fact in ("value", "quantities", "claims"):
            known_fact(self.setting.facts, fact, entries.line)
        stated = entries.entries
        low = _part(entries, "from", number) if "from" in stated else Decimal(0)
        high = _part(entries, "below", number) if "below" in stated else None
        if high is None and "from" not in stated:
            raise Fault(entries.line, key, "a bracket needs 'from', 'below' or both")
        if high is not None and low >= high:
            raise Fault(entries.lines["below"], "below", "the upper end must be above 'from'; it is outside")
        among = _part(entries, "among", headings)
        own = _part(entries, "heading", heading)
        if own not in among:
            raise Fault(entries.lines["heading"], "heading", f"{own} is none of the headings in 'among'")
        return UnitValue(_part(entries, "per", text), self.setting.currency, low, high, own, among)

    def _before(self, node: Node, key: str) -> Condition:
        fact, value, line = self._fact(node, key)
        if fact.type != "date":
            raise Fault(line, fact.name, f"before asks a day; {fact.name} is of type {fact.type}")
        return Before(fact.name, ordinal(value, fact.name))

    def _entered_free(self, node: Node, key: str) -> Condition:
        if not flag(node, key):
            raise Fault(node.line, key, "write entered_free: true, and 'not' around it for the opposite")
        return EnteredFree()

    def _column_is(self, node: Node, key: str) -> Condition:
        column = text(node, key)
        if self.setting.columns and column not in self.setting.columns:
            hint = nearest(column, self.setting.columns)
            raise Fault(node.line, key, f"the base schedule has no column {column!r}{hint}")
        return ColumnIs(column)

    def _metal(self, entries: Mapping) -> Metal:
        metal = cast("Metal", _part(entries, "metal", one_of(*METAL_FACT)))
        known_fact(self.setting.facts, METAL_FACT[metal], entries.line)
        return metal

    def _metal_from(self, node: Node, key: str) -> Condition:
        entries = _only(node, key, "metal", "countries", "at_least")
        least = _part(entries, "at_least", share) if "at_least" in entries.entries else Decimal(1)
        return MetalFrom(self._metal(entries), _part(entries, "countries", one_or_more(country)), least)

    def _metal_any_from(self, node: Node, key: str) -> Condition:
        entries = _only(node, key, "metal", "countries")
        return MetalAnyFrom(self._metal(entries), _part(entries, "countries", one_or_more(country)))

    def _use(self, node: Node, key: str) -> Condition:
        fact = self.setting.facts[CONSULTED["use"]]
        uses = one_or_more(lambda item, at: cast("str", fact_value(fact, item, at)))(node, key)
        return Use(uses)


def _only(node: Node, key: str, *known: str) -> Mapping:
    entries = mapping(node, key)
    for word, line in entries.lines.items():
        if word not in known:
            raise Fault(line, word, f"unknown key in {key}{nearest(word, known)}")
    return entries


def _part(entries: Mapping, key: str, read: Reader[T]) -> T:
    if key not in entries.entries:
        raise Fault(entries.line, key, f"the condition needs {key!r}")
    return read(entries.entries[key], key)


def _charged_under(node: Node, key: str) -> Condition:
    if not isinstance(node, Mapping):
        return ChargedUnder(headings(node, key))
    entries = _only(node, key, "headings", "owed_only")
    owed = _part(entries, "owed_only", flag) if "owed_only" in entries.entries else False
    return ChargedUnder(_part(entries, "headings", headings), owed)


def _quota(node: Node, key: str) -> Condition:
    entries = _only(node, key, "id", "state")
    state = cast('Literal["in", "over"]', _part(entries, "state", one_of("in", "over")))
    return QuotaIs(_part(entries, "id", name), state)
