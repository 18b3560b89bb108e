"""Facts under which a condition holds, as far as facts can make it hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from service.engine.conditions import METAL_ORIGIN_FACT
from service.law.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    BaseAtLeast,
    Before,
    Below,
    Between,
    Claims,
    Condition,
    FactIs,
    MetalAnyFrom,
    MetalFrom,
    Not,
    PreferenceIn,
    QuotaIs,
    UnitValue,
    Use,
)
from service.law.facts import FactDefinition, Facts

A_LITTLE = Decimal("0.01")


def satisfying(condition: Condition | None, facts: Mapping[str, FactDefinition]) -> Facts:  # noqa: C901 -- one case each
    """Return facts that make a condition true; what depends on other duties or on the base is left open."""
    match condition:
        case FactIs(fact, value):
            flags = facts[fact].type in ("flags", "headings")
            return {fact: (str(value),) if flags else value}
        case AtLeast(fact, value) | Between(fact, value):
            return {fact: value}
        case Below(fact, value):
            return {fact: max(value - A_LITTLE, Decimal(0))}
        case UnitValue(unit, _, low, high):
            return {"value": low * 100 or (high or Decimal(1)) * 50, "quantities": ((unit, Decimal(100)),)}
        case Before(fact, day):
            return {fact: day - 1}
        case Claims(headings):
            return {"claims": headings[:1]}
        case PreferenceIn(symbols):
            return {"preference": symbols[0]}
        case BaseAtLeast(percent):
            return {"base_ave": percent}
        case MetalFrom(metal, countries) | MetalAnyFrom(metal, countries):
            return {METAL_ORIGIN_FACT[metal]: ((countries[0], Decimal(1)),)}
        case QuotaIs(_, state):
            return {"quota": state}
        case Use(uses):
            return {"end_use": uses[0]}
        case Not(inner):
            return _failing(inner, facts)
        case AllOf(conditions):
            found: dict[str, Any] = {}
            for one in conditions:
                more: dict[str, Any] = dict(satisfying(one, facts))
                if "claims" in more and "claims" in found:
                    more["claims"] = (*found["claims"], *more["claims"])
                found |= more
            return found
        case AnyOf(conditions) if conditions:
            return satisfying(conditions[0], facts)
        case _:
            return {}


def _failing(condition: Condition, facts: Mapping[str, FactDefinition]) -> Facts:
    """Return facts that make a condition false; most are false where nothing is declared."""
    match condition:
        case FactIs(fact, bool() as value):
            return {fact: not value}
        case FactIs(fact, value):
            other = next((v for v in facts[fact].values if v != value), None)
            return {} if other is None or facts[fact].type == "flags" else {fact: other}
        case AtLeast(fact, value):
            return {fact: max(value - A_LITTLE, Decimal(0))}
        case Below(fact, value):
            return {fact: value}
        case Before(fact, day):
            return {fact: day}
        case Not(inner):
            return satisfying(inner, facts)
        case AllOf(conditions) if conditions:
            return _failing(conditions[0], facts)
        case AnyOf(conditions):
            found: Facts = {}
            for one in conditions:
                found |= _failing(one, facts)
            return found
        case _:
            return {}


def written(facts: Facts) -> str:
    """Write facts shortly."""
    return ", ".join(
        f"{name}={date.fromordinal(value) if name.endswith('_on') and isinstance(value, int) else value}"
        for name, value in facts.items()
    )
