"""The customs value as cells: (metal or rest) x (US content or not), each with a share of the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from service.engine.conditions import CONTENT_FACT
from service.engine.facts import Consulted
from service.engine.refusals import ImpossibleFacts
from service.law.facts import Facts

Cell = tuple[str, bool]
Cells = Mapping[Cell, Decimal]

METALS = ("steel", "aluminum", "copper")
ZERO = Decimal(0)
ONE = Decimal(1)
WHOLE: Cells = MappingProxyType({("rest", False): ONE})
"""The value in one piece."""

DIVIDING = frozenset((*CONTENT_FACT.values(), "us_content"))
"""Facts that divide the value."""


def partition(facts: Facts, assumed: Mapping[str, Decimal]) -> Cells:
    """Cut the value by the declared (or assumed) metal content and US content.

    A US share is placed in the rest first and in the metals after it, since entries do not declare the overlap.
    Raises ``ImpossibleFacts`` when the metal shares exceed 1 in sum.
    """
    if not assumed and DIVIDING.isdisjoint(facts):
        return WHOLE
    shares = {metal: _share(facts, assumed, metal) for metal in METALS}
    declared = sum(shares.values(), ZERO)
    if declared > ONE:
        raise ImpossibleFacts("steel_content", f"the metal shares add up to {declared}, more than 1")
    shares["rest"] = ONE - declared
    us = facts.get("us_content")
    left = us if isinstance(us, Decimal) else ZERO
    cells: dict[Cell, Decimal] = {}
    for name in ("rest", "copper", "aluminum", "steel"):
        inside = min(shares[name], left)
        left -= inside
        if inside:
            cells[(name, True)] = inside
        if shares[name] - inside:
            cells[(name, False)] = shares[name] - inside
    return cells


def check_shares(facts: Facts) -> None:
    """Refuse declared metal shares that exceed 1 in sum, whether or not a measure asks for them.

    Raises ``ImpossibleFacts``.
    """
    declared = sum((_stated(facts, metal) for metal in METALS), ZERO)
    if declared > ONE:
        raise ImpossibleFacts("steel_content", f"the metal shares add up to {declared}, more than 1")


def _share(facts: Facts, assumed: Mapping[str, Decimal], metal: str) -> Decimal:
    declared = facts.get(CONTENT_FACT[metal])
    return declared if isinstance(declared, Decimal) else assumed.get(metal, ZERO)


def _stated(facts: Facts, metal: str) -> Decimal:
    value = facts.get(CONTENT_FACT[metal])
    return value if isinstance(value, Decimal) else ZERO


def taken(basis: str, left: Iterable[Cell], those: frozenset[Cell]) -> list[Cell]:
    """Return the cells among ``left`` that a basis names."""
    match basis:
        case "full":
            return list(left)
        case "us_content":
            return [c for c in left if c[1]]
        case "non_us_content":
            return [c for c in left if not c[1]]
        case "those_cells":
            return [c for c in left if c in those]
        case _:
            return [c for c in left if c[0] == basis]


def undeclared_content(
    facts: Facts, listed: Iterable[str], own: str | None, defaults: Mapping[str, Decimal]
) -> list[tuple[dict[str, Decimal], list[Consulted]]]:
    """Return the ways in which undeclared metal content may be placed, each with the facts it assumes.

    ``listed``: metals whose lists name the code; ``own``: the metal the code's chapter is made of; ``defaults``:
    shares that list rows assume. With nothing declared the whole value goes to one listed metal: the chapter's own,
    else to each in turn (the caller keeps the dearest). With some content declared, other listed metals count 0.
    """
    missing = [m for m in METALS if m in set(listed) and CONTENT_FACT[m] not in facts]
    if not missing:
        return [({}, [])]
    declared = [_share(facts, {}, m) for m in METALS if CONTENT_FACT[m] in facts]
    rest = max(ONE - sum(declared, ZERO), ZERO)
    stated = {m: defaults[m] for m in missing if m in defaults}
    ways: list[dict[str, Decimal]]
    if declared:
        ways = [dict.fromkeys(missing, ZERO)]
    elif stated:
        ways = [stated]
    elif own in missing:
        ways = [{own: ONE}]
    else:
        ways = [{m: ONE} for m in missing]
    return [
        (way, [Consulted(CONTENT_FACT[m], "ordinary", way.get(m, ZERO), (ZERO, rest)) for m in missing])
        for way in ways
    ]
