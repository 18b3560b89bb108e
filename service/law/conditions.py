"""Predicates over the facts of an entry: a closed set, three-valued.

Each is a frozen struct tagged by ``kind``; the engine evaluates them (``service.engine.conditions``). "Entered
before D" is not a predicate: it is the end of an amendment's period.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

Metal = Literal["steel", "aluminum", "copper"]


class FactIs(msgspec.Struct, frozen=True, tag="fact_is", tag_field="kind"):
    """The fact has this value; for facts of type ``flags``, the flag is set."""

    fact: str
    value: str | bool


class AtLeast(msgspec.Struct, frozen=True, tag="at_least", tag_field="kind"):
    """The number is at least ``value``."""

    fact: str
    value: Decimal


class Below(msgspec.Struct, frozen=True, tag="below", tag_field="kind"):
    """The number is below ``value``."""

    fact: str
    value: Decimal


class Between(msgspec.Struct, frozen=True, tag="between", tag_field="kind"):
    """``low <= number < high``."""

    fact: str
    low: Decimal
    high: Decimal


class UnitValue(msgspec.Struct, frozen=True, tag="unit_value", tag_field="kind"):
    """The customs value per ``unit`` lies in one bracket of a ladder: ``low <= value / quantity < high``.

    ``low`` and ``high`` are money in ``currency`` per one ``unit``; no ``high``: the last bracket. ``heading`` names
    the bracket, ``among`` all brackets of its ladder. While value or quantity is not declared, a claim of ``heading``
    stands for them; beside them, a claim of another bracket contradicts them (HTS chapter 99, subchapter IV).
    """

    unit: str
    currency: str
    low: Decimal
    high: Decimal | None
    heading: str
    among: tuple[str, ...]


class Before(msgspec.Struct, frozen=True, tag="before", tag_field="kind"):
    """The day lies before ``day`` (an ordinal); the day itself does not."""

    fact: str
    day: int


class Claims(msgspec.Struct, frozen=True, tag="claims", tag_field="kind"):
    """One of the headings is claimed by the filer."""

    headings: tuple[str, ...]


class PreferenceIn(msgspec.Struct, frozen=True, tag="preference_in", tag_field="kind"):
    """The special program claimed is one of these symbols."""

    symbols: tuple[str, ...]


class EnteredFree(msgspec.Struct, frozen=True, tag="entered_free", tag_field="kind"):
    """A preference is claimed and the rate of the column used is free."""


class ColumnIs(msgspec.Struct, frozen=True, tag="column_is", tag_field="kind"):
    """The base duty is taken from this column of the schedule."""

    column: str


class BaseAtLeast(msgspec.Struct, frozen=True, tag="base_at_least", tag_field="kind"):
    """The counted base duty is at least ``percent`` ad valorem."""

    percent: Decimal


class MetalFrom(msgspec.Struct, frozen=True, tag="metal_from", tag_field="kind"):
    """At least the share ``at_least`` of the metal was melted and poured (smelted and cast) in ``countries``."""

    metal: Metal
    countries: tuple[str, ...]
    at_least: Decimal = Decimal(1)


class MetalAnyFrom(msgspec.Struct, frozen=True, tag="metal_any_from", tag_field="kind"):
    """Any of the metal comes from one of ``countries``."""

    metal: Metal
    countries: tuple[str, ...]


class ChargedUnder(msgspec.Struct, frozen=True, tag="charged_under", tag_field="kind"):
    """Another program reported one of ``headings`` for the goods; with ``owed_only``, and a duty above 0."""

    headings: tuple[str, ...]
    owed_only: bool = False


class QuotaIs(msgspec.Struct, frozen=True, tag="quota", tag_field="kind"):
    """The tariff-rate quota ``quota`` is in this state."""

    quota: str
    state: Literal["in", "over"]


class Use(msgspec.Struct, frozen=True, tag="use", tag_field="kind"):
    """The goods are for one of these end uses."""

    uses: tuple[str, ...]


class Not(msgspec.Struct, frozen=True, tag="not", tag_field="kind"):
    """The condition does not hold."""

    condition: Condition


class AllOf(msgspec.Struct, frozen=True, tag="all", tag_field="kind"):
    """Every condition holds."""

    conditions: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any", tag_field="kind"):
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


Condition = (
    FactIs
    | AtLeast
    | Below
    | Between
    | UnitValue
    | Before
    | Claims
    | PreferenceIn
    | EnteredFree
    | ColumnIs
    | BaseAtLeast
    | MetalFrom
    | MetalAnyFrom
    | ChargedUnder
    | QuotaIs
    | Use
    | Not
    | AllOf
    | AnyOf
)
