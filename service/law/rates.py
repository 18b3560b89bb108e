"""What a measure or a schedule column charges, as data.

A rate is symbolic: percentages of a basis, amounts per unit and percentages of named parts, kept as
``Decimal`` and never evaluated here. The engine decides on which share of the value a rate falls
and evaluates it when the entry declares value and quantities.

Every rate is a frozen msgspec struct with the tag field ``kind``, so that it can be stored as JSON and
read back unchanged.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

ZERO = Decimal(0)


class Per(msgspec.Struct, frozen=True, gc=False):
    """The quantity an amount is charged for: ``1 kg``, ``1000 pieces``. ``unit`` is a key of the importer's units."""

    quantity: Decimal
    unit: str


class Specific(msgspec.Struct, frozen=True):
    """An amount of money per quantity; ``on`` names the quantity when it is not the net quantity of the line.

    ``Specific(Decimal("0.037"), "USD", Per(Decimal(1), "kg"), on="drained weight")`` is 3.7 cents per
    kilogram of drained weight.
    """

    amount: Decimal
    currency: str
    per: Per
    on: str | None = None


class PartPercent(msgspec.Struct, frozen=True):
    """A percentage of the value of a named part of the article (``case``, ``strap``, ``battery``)."""

    percent: Decimal
    part: str


class Form(msgspec.Struct, frozen=True, tag="form", tag_field="kind"):
    """A linear form: percent of the basis + amounts per unit + percentages of parts. All empty = free."""

    percent: Decimal = ZERO
    specific: tuple[Specific, ...] = ()
    parts: tuple[PartPercent, ...] = ()


class Sliding(msgspec.Struct, frozen=True, tag="sliding", tag_field="kind"):
    """An amount that falls with each degree under a mark, with a floor (raw sugar, HTS 1701).

    ``amount - less * degrees under ``under``, but not less than ``floor``, per ``per``.
    """

    amount: Decimal
    less: Decimal
    degree: str
    under: Decimal
    floor: Decimal
    currency: str
    per: Per


class Bounded(msgspec.Struct, frozen=True, tag="bounded", tag_field="kind"):
    """A rate that is never below ``minimum`` and never above ``maximum``; either may be absent."""

    rate: Form | Sliding
    minimum: Form | None = None
    maximum: Form | None = None


class GreaterOf(msgspec.Struct, frozen=True, tag="greater_of", tag_field="kind"):
    """The rate whose duty is higher once evaluated."""

    rates: tuple[Rate, ...]


class LesserOf(msgspec.Struct, frozen=True, tag="lesser_of", tag_field="kind"):
    """The rate whose duty is lower once evaluated (China: MFN or provisional)."""

    rates: tuple[Rate, ...]


class Exempt(msgspec.Struct, frozen=True, tag="exempt", tag_field="kind"):
    """Nothing is added, and the matter is decided: the heading is reported, later measures are not reached."""


class Silent(msgspec.Struct, frozen=True, tag="none", tag_field="kind"):
    """The measure says nothing; the next one of its program decides. ``suspended``: it is expected to speak again."""

    suspended: bool = False


class NoChange(msgspec.Struct, frozen=True, tag="no_change", tag_field="kind"):
    """The duty provided in the applicable subheading: adds nothing and decides, like ``Exempt``."""


class Total(msgspec.Struct, frozen=True, tag="total", tag_field="kind"):
    """Tops the counted base duty up to ``percent``; a higher base stays.

    With ``replace`` it stands in place of the base duty, also where the base is higher.
    """

    percent: Decimal
    replace: bool = False


class InLieuOfColumn2(msgspec.Struct, frozen=True, tag="in_lieu_of_column2", tag_field="kind"):
    """Stands in place of the column 2 base rate (9903.90.08, 9903.90.09)."""

    rate: Form


class InLieuOfAll(msgspec.Struct, frozen=True, tag="in_lieu_of_all", tag_field="kind"):
    """Stands in place of every other layer, the base duty included (postal duty, de minimis)."""

    rate: Form


class NonUsPart(msgspec.Struct, frozen=True, tag="non_us_part", tag_field="kind"):
    """``percent`` on the part of the value that is not US content; at most ``cap`` of the value counts as US."""

    percent: Decimal
    cap: Decimal = Decimal(1)


class FromList(msgspec.Struct, frozen=True, tag="from_list", tag_field="kind"):
    """The rate stands in the column ``column`` of the matched row of the goods list, as a rate text."""

    column: str = "rate"


class FromSchedule(msgspec.Struct, frozen=True, tag="schedule", tag_field="kind"):
    """The rate stands in the column ``column`` of the base schedule for the line.

    ``by_preference``: the cell states one rate per special-program symbol, and the one of the preference claimed
    applies.
    """

    column: str
    by_preference: bool = False


class ByReference(msgspec.Struct, frozen=True, tag="by_reference", tag_field="kind"):
    """The rate of other headings or of a component: the answer says where to look, never a number.

    ``at_most``: what it cannot exceed, where that is known; it may come to nothing.
    """

    see: tuple[str, ...]
    text: str
    at_most: Form | None = None


class Unresolved(msgspec.Struct, frozen=True, tag="unresolved", tag_field="kind"):
    """A rate text that cannot be computed; kept as text and flagged, never 0."""

    text: str


class Unspecified(msgspec.Struct, frozen=True, tag="unspecified", tag_field="kind"):
    """A duty that an act announces without a rate: never a layer, told under ``announced``."""


class Prohibited(msgspec.Struct, frozen=True, tag="prohibited", tag_field="kind"):
    """The goods may not be entered. ``text`` says what and until when."""

    text: str


class QuotaLimit(msgspec.Struct, frozen=True, tag="quota_limit", tag_field="kind"):
    """An absolute quota: within ``limit`` nothing is added, beyond it entry is refused."""

    quota: str
    limit: Decimal
    unit: str


Rate = (
    Form
    | Sliding
    | Bounded
    | GreaterOf
    | LesserOf
    | Exempt
    | Silent
    | NoChange
    | Total
    | InLieuOfColumn2
    | InLieuOfAll
    | NonUsPart
    | FromList
    | FromSchedule
    | ByReference
    | Unresolved
    | Unspecified
    | Prohibited
    | QuotaLimit
)

FREE = Form()
EXEMPT = Exempt()
SILENT = Silent()
SUSPENDED = Silent(suspended=True)
