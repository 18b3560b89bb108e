"""Questions and answers, in the shape users see (docs: the contract).

``Decimal`` fields are written as JSON numbers, money as strings; dates are ISO 8601; ``until`` is exclusive
everywhere and null means "open".

Answers and what they are made of hold no cycles, so they are kept from the garbage collector (``gc=False``): passes
over hundreds of thousands of them stopped the process for a second.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

from service.law.facts import Facts
from service.law.terms import View

ShownValue = str | bool | int | Decimal | tuple[str, ...] | dt.date | dict[str, Decimal]
"""A fact's value as answers show it: days as dates, maps as objects."""


class Question(msgspec.Struct, frozen=True, gc=False):
    """What duty does ``importer`` levy on goods ``code`` of ``origin`` entered on ``date``?

    ``code``: 8 or 10 digits; ``known_on``: the law as known at the end of that day; ``facts``: what is declared.
    """

    importer: str
    code: str
    origin: str
    date: dt.date
    known_on: dt.date
    view: View
    facts: Facts = {}


class PerQuantity(msgspec.Struct, frozen=True, gc=False):
    """The quantity an amount is charged for."""

    quantity: Decimal
    unit: str


class SpecificAmount(msgspec.Struct, frozen=True, gc=False):
    """A duty per quantity. ``amount`` is money, as a string; ``on`` names the quantity or part it is charged on."""

    amount: str
    currency: str
    per: PerQuantity
    on: str | None = None


class PartShare(msgspec.Struct, frozen=True, gc=False):
    """A percentage of the value of a named part."""

    percent: Decimal
    on: str


class Total(msgspec.Struct, frozen=True, gc=False):
    """A duty. ``percent`` is null unless it is the whole of it; ``ad_valorem_percent`` is the computable part."""

    percent: Decimal | None
    ad_valorem_percent: Decimal
    specific: tuple[SpecificAmount, ...]
    parts: tuple[PartShare, ...]
    text: str


class Range(msgspec.Struct, frozen=True, gc=False):
    """Bounds of the total over the ordinary facts that were not declared. Null: no bound can be given."""

    min: Total | None
    max: Total | None


class ActRef(msgspec.Struct, frozen=True, gc=False):
    """A legal act behind a layer."""

    id: str
    title: str
    citation: str | None
    announced: dt.date


class Refundable(msgspec.Struct, frozen=True, gc=False):
    """Collected, but not owed in the law view: the act that emptied it, and since when."""

    act: str
    since: dt.date


class Layer(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """One measure's contribution. ``percent`` falls on the share of the value given by ``share``.

    ``from``/``until``: the days over which the measure stands with these terms, for the same known day and view.
    """

    program: str
    measure: str
    authority: str
    heading: str
    text: str
    percent: Decimal | None
    ad_valorem_percent: Decimal
    specific: tuple[SpecificAmount, ...]
    parts: tuple[PartShare, ...]
    share: Decimal
    from_: dt.date | None
    until: dt.date | None
    acts: tuple[ActRef, ...]
    refundable: Refundable | None = None
    replaced_by: str | None = None


class FactNeeded(msgspec.Struct, frozen=True, gc=False):
    """The smallest fact that would have changed the verdict."""

    fact: str
    value: ShownValue | None


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why a measure does not apply.

    ``exempt``: an exempting measure of its program decided; ``displaced``: exempt because of what was charged
    elsewhere; ``suspended``; ``condition``: its condition does not hold; ``preempted``: an earlier measure of the
    same program decided. ``by`` is the heading that decided.
    """

    kind: Literal["exempt", "displaced", "suspended", "condition", "preempted"]
    text: str
    by: str | None = None
    until: dt.date | None = None
    needs: FactNeeded | None = None


class NotApplied(msgspec.Struct, frozen=True, gc=False):
    """A measure that was considered and does not apply."""

    program: str
    measure: str
    authority: str
    heading: str
    text: str
    reason: Reason
    acts: tuple[ActRef, ...]


class CouldChange(msgspec.Struct, frozen=True, gc=False):
    """What an exceptional undeclared fact would make of the total, were it declared so."""

    fact: str
    value: ShownValue | None
    total: Total


class Assumption(msgspec.Struct, frozen=True, gc=False):
    """An undeclared fact that was consulted, what was assumed, and the effect."""

    fact: str
    assumed: ShownValue | None
    effect: str


class Notice(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}, omit_defaults=True):
    """Something the answer does not cover: ``after-evidence``, ``approximate-base`` or ``not-covered``."""

    kind: Literal["after-evidence", "approximate-base", "not-covered"]
    text: str
    program: str | None = None
    from_: dt.date | None = None
    until: dt.date | None = None


class Announced(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """A public statement that is not law and was standing on the known day: never computed with."""

    program: str
    id: str
    announced: dt.date
    text: str
    from_: dt.date | None
    until: dt.date | None
    url: str | None


class Prohibition(msgspec.Struct, frozen=True, gc=False):
    """Entry is refused."""

    program: str
    heading: str
    act: ActRef | None
    text: str


class QuotaState(msgspec.Struct, frozen=True, gc=False):
    """A quota that decides the answer."""

    id: str
    state: str
    limit: Decimal | None
    unit: str | None


class Interval(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """Days ``from <= day < until``."""

    from_: dt.date | None
    until: dt.date | None


class Goods(msgspec.Struct, frozen=True, gc=False):
    """The goods asked about, and the official text on them, from the heading down.

    ``description`` is that of the day (of the last day, over a span), as first printed by the edition
    ``described_in``; both are null when no edition that has the code was imported.
    """

    code: str
    description: str | None
    units: tuple[str, ...]
    described_in: str | None = None


class ReleaseRef(msgspec.Struct, frozen=True, gc=False):
    """The published state of the law the answer came from."""

    number: int
    digest: str


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The duty, every layer of it, and everything that does not apply with the reason."""

    importer: str
    origin: str
    date: dt.date
    known_on: dt.date
    view: View
    goods: Goods
    total: Total
    range: Range
    layers: tuple[Layer, ...]
    not_applied: tuple[NotApplied, ...]
    could_change: tuple[CouldChange, ...]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[Notice, ...]
    announced: tuple[Announced, ...]
    prohibited: Prohibition | None
    quota: QuotaState | None
    see: tuple[str, ...]
    if_admitted: tuple[Layer, ...]
    excludes: tuple[str, ...]
    constant: Interval
    release: ReleaseRef


class TimelineInterval(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """A maximal interval over which the answer is constant; ``refused`` names the problem where there is none."""

    from_: dt.date
    until: dt.date | None
    total: Total | None
    layers: tuple[Layer, ...]
    refused: str | None = None


class Timeline(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """The answers of one code and origin over time, for one known day and view."""

    importer: str
    origin: str
    known_on: dt.date
    view: View
    goods: Goods
    from_: dt.date
    until: dt.date | None
    intervals: tuple[TimelineInterval, ...]
    warnings: tuple[Notice, ...]
    release: ReleaseRef


class Spread(msgspec.Struct, frozen=True, gc=False):
    """Minimum, median, mean and maximum, in percent; the mean to six places. Null when there is no line."""

    min: Decimal | None
    median: Decimal | None
    mean: Decimal | None
    max: Decimal | None


class Distribution(msgspec.Struct, frozen=True, gc=False):
    """Ad valorem duty over all rate lines in force that day.

    ``left_out``: lines whose total is not a percentage (they need quantities, cannot be computed, or meet a
    program that is not covered). ``additional``: the duty beside the base duty.
    """

    lines: int
    left_out: int
    additional: Spread
    total: Spread


class AuthorityShare(msgspec.Struct, frozen=True, gc=False):
    """What one authority adds over the lines counted: mean in percent, and on how many lines it adds anything."""

    authority: str
    lines: int
    mean: Decimal


class Headline(msgspec.Struct, frozen=True, gc=False):
    """The country-level statement: "US tariff on Chinese goods as of X"."""

    importer: str
    origin: str
    date: dt.date
    known_on: dt.date
    view: View
    universal_percent: Decimal
    universal: tuple[Layer, ...]
    distribution: Distribution
    by_authority: tuple[AuthorityShare, ...]
    warnings: tuple[Notice, ...]
    announced: tuple[Announced, ...]
    constant: Interval
    release: ReleaseRef
