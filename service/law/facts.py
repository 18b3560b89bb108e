"""Facts: what may be declared about an entry.

The closed set stands in ``db/law/facts.yaml``; this module gives the types. A declared value is plain data
whose Python type follows from the fact's ``type``:

=============== =====================================================================
type            value
=============== =====================================================================
symbol          ``str`` (a special-program symbol)
enum            ``str``, one of ``values``
headings        ``tuple[str, ...]`` of dotted chapter 98/99 headings
heading         ``str``, dotted
date            ``int``, ordinal of the day
amount          ``Decimal`` (money, in the currency of the fact ``currency``)
percent, share  ``Decimal``; a share lies in 0..1
quantities      ``tuple[tuple[str, Decimal], ...]``, unit and quantity, sorted
part_values     ``tuple[tuple[str, Decimal], ...]``, part and its value, sorted
country_shares  ``tuple[tuple[str, Decimal], ...]``, country and share, sorted
bool            ``bool``
year            ``int``
flags           ``tuple[str, ...]``, the flags that are set, sorted
currency        ``str``, ISO 4217
=============== =====================================================================
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

FactType = Literal[
    "symbol",
    "enum",
    "headings",
    "heading",
    "date",
    "amount",
    "percent",
    "share",
    "quantities",
    "part_values",
    "country_shares",
    "bool",
    "year",
    "flags",
    "currency",
]

FactValue = str | bool | int | Decimal | tuple[str, ...] | tuple[tuple[str, Decimal], ...]

Facts = dict[str, FactValue]
"""Declared facts by name. An absent key is an undeclared fact, never a default."""


class FactDefinition(msgspec.Struct, frozen=True):
    """One fact: its name, type, class and what is computed while it is undeclared.

    ``ordinary`` facts open ``range``, ``exceptional`` ones stand under ``could_change``. ``default`` None
    means that nothing is assumed to be so: predicates over the fact are false. ``effect`` says in words what
    the default means for the answer.
    """

    name: str
    type: FactType
    class_: Literal["ordinary", "exceptional"] = msgspec.field(name="class")
    description: str
    effect: str
    default: FactValue | None = None
    values: tuple[str, ...] = ()
