"""Undeclared facts: what is assumed, how the verdict would change, which values are worth trying."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from service.engine.answers import ShownValue
from service.law.facts import FactDefinition, FactValue

MAPS = frozenset(("quantities", "part_values", "country_shares"))

FactClass = Literal["ordinary", "exceptional"]


class Consulted(msgspec.Struct, frozen=True, gc=False):
    """An undeclared fact that a measure asked for: its class, what was assumed, and the values worth trying."""

    fact: str
    class_: FactClass
    assumed: FactValue | None
    probes: tuple[FactValue, ...]


def merge(consulted: list[Consulted]) -> tuple[Consulted, ...]:
    """Fold several consultations of one fact into one; it is exceptional only if every measure says so."""
    found: dict[str, Consulted] = {}
    for item in consulted:
        seen = found.get(item.fact)
        if seen is None:
            found[item.fact] = item
            continue
        probes = seen.probes + tuple(p for p in item.probes if p not in seen.probes)
        ordinary = "ordinary" in (seen.class_, item.class_)
        found[item.fact] = Consulted(item.fact, "ordinary" if ordinary else "exceptional", seen.assumed, probes)
    return tuple(found.values())


def shown(definition: FactDefinition | None, value: FactValue | None) -> ShownValue | None:
    """Return a fact's value as answers show it: days as dates, maps as objects."""
    kind = definition.type if definition is not None else None
    if kind == "date" and isinstance(value, int):
        return date.fromordinal(value)
    if isinstance(value, tuple):
        pairs = dict(pair for pair in value if isinstance(pair, tuple))
        return pairs if kind in MAPS else tuple(item for item in value if isinstance(item, str))
    return value


def default_of(
    definitions: Mapping[str, FactDefinition], fact: str, assume: Mapping[str, FactValue]
) -> FactValue | None:
    """Return what is assumed for an undeclared fact: the default of the measure or list row before the common one."""
    if fact in assume:
        return assume[fact]
    definition = definitions.get(fact)
    return None if definition is None else definition.default
