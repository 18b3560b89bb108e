"""Conditions in words, for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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
    MetalAnyFrom,
    MetalFrom,
    Not,
    PreferenceIn,
    QuotaIs,
    UnitValue,
    Use,
)


def condition_text(condition: Condition) -> str:
    """Write a condition: ``loaded_on before 2025-04-05``, ``not (claims 9903.88.05)``, ``a and b``."""
    match condition:
        case Not(inner):
            return f"not ({condition_text(inner)})"
        case AllOf(conditions):
            return " and ".join(map(_grouped, conditions))
        case AnyOf(conditions):
            return " or ".join(map(_grouped, conditions))
        case FactIs(fact, value):
            return fact if value is True else f"{fact} is {'false' if value is False else value}"
        case AtLeast(fact, number):
            return f"{fact} at least {number:f}"
        case Below(fact, number):
            return f"{fact} below {number:f}"
        case Between(fact, low, high):
            return f"{fact} at least {low:f} and below {high:f}"
        case UnitValue(unit, currency, low, high):
            end = "" if high is None else f" and below {high:f}"
            return f"valued at {low:f} {currency} or more{end} per {unit}"
        case Before(fact, day):
            return f"{fact} before {date.fromordinal(day)}"
        case _:
            return _of_entry(condition)


def _of_entry(condition: Condition) -> str:
    match condition:
        case Claims(headings):
            return f"claims {_or(headings)}"
        case PreferenceIn(symbols):
            return f"preference {_or(symbols)}"
        case EnteredFree():
            return "entered free under a preference"
        case ColumnIs(column):
            return f"base duty from the column {column}"
        case BaseAtLeast(percent):
            return f"base duty at least {percent:f}%"
        case MetalFrom(metal, countries, share):
            return f"at least {share * 100:f}% of the {metal} from {_or(countries)}"
        case MetalAnyFrom(metal, countries):
            return f"any of the {metal} from {_or(countries)}"
        case ChargedUnder(headings, owed_only):
            return f"charged under {_or(headings)}" + (", with a duty above 0" if owed_only else "")
        case QuotaIs(quota, state):
            return f"quota {quota}: {state}"
        case Use(uses):
            return f"for {_or(uses)}"
        case _:
            raise TypeError(f"not a condition: {condition!r}")


def _grouped(condition: Condition) -> str:
    text = condition_text(condition)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)
