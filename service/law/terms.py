"""What a measure says (its terms), and the amendments and versions of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from service.law.conditions import Condition
from service.law.facts import FactValue
from service.law.periods import Period
from service.law.rates import Rate

View = Literal["collected", "law"]
VIEWS: tuple[View, ...] = ("collected", "law")

Concerns = Literal["law", "collection", "both"]

CELL_BASES = ("full", "steel", "aluminum", "copper", "rest", "us_content", "non_us_content", "those_cells")


class AllGoods(msgspec.Struct, frozen=True, tag="all", tag_field="kind"):
    """Goods of every code."""


class GoodsList(msgspec.Struct, frozen=True, tag="list", tag_field="kind"):
    """The goods of a list of the same importer, by its name (``s301-list3``)."""

    name: str


class GoodsPrefixes(msgspec.Struct, frozen=True, tag="prefixes", tag_field="kind"):
    """Codes stated in place: the longest matching prefix decides between ``include`` and ``exclude``."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


Goods = AllGoods | GoodsList | GoodsPrefixes


class Origins(msgspec.Struct, frozen=True):
    """Countries and groups of countries: those of ``include`` (``("*",)`` = every origin) less those of ``exclude``.

    A member is an ISO 3166-1 alpha-2 code or the name of one of the importer's groups, whose membership is dated.
    """

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


class Basis(msgspec.Struct, frozen=True):
    """The cells of the customs value that the measure takes.

    ``default`` and the values of ``by_code`` are names of ``CELL_BASES``; ``by_code`` is keyed by code prefix, the
    longest one deciding. ``those_cells`` are the cells charged under the headings of the measure's condition.
    """

    default: str = "full"
    by_code: tuple[tuple[str, str], ...] = ()


class Terms(msgspec.Struct, frozen=True):
    """The complete terms of a measure over one rectangle of time.

    ``columns`` overrides the rate for a column of the base schedule (``{"column2": Silent()}``). ``counted`` says
    which base duty a ``Total`` counts: the general rate or the rate applied. ``beneath`` is the rate that a
    suspension hides, shown but never charged.
    """

    rate: Rate
    goods: Goods
    origins: Origins
    when: Condition | None = None
    basis: Basis = Basis()
    counted: Literal["general", "applied"] = "general"
    columns: tuple[tuple[str, Rate], ...] = ()
    beneath: Rate | None = None


FIELDS = ("rate", "goods", "origins", "when", "basis", "counted", "columns")
"""The fields an amendment may patch; each folds by itself."""


class Act(msgspec.Struct, frozen=True):
    """A legal act. ``announced``: the day its text became public; ``sequence``: its place among acts of that day."""

    id: str
    title: str
    announced: date
    citation: str | None = None
    url: str | None = None
    sequence: int = 0
    notes: str | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Order of announcement: (ordinal of the day, sequence in the day)."""
        return (self.announced.toordinal(), self.sequence)


class Patch(msgspec.Struct, frozen=True):
    """The fields an amendment names; ``msgspec.UNSET`` for those it leaves alone. ``when`` may be set to None."""

    rate: Rate | msgspec.UnsetType = msgspec.UNSET
    goods: Goods | msgspec.UnsetType = msgspec.UNSET
    origins: Origins | msgspec.UnsetType = msgspec.UNSET
    when: Condition | msgspec.UnsetType | None = msgspec.UNSET
    basis: Basis | msgspec.UnsetType = msgspec.UNSET
    counted: Literal["general", "applied"] | msgspec.UnsetType = msgspec.UNSET
    columns: tuple[tuple[str, Rate], ...] | msgspec.UnsetType = msgspec.UNSET


class Amendment(msgspec.Struct, frozen=True):
    """From the day ``act`` was announced, the fields of ``patch`` are so over ``valid``, in some views.

    ``line`` is the line of the law file it stands on.
    """

    act: str
    valid: Period
    patch: Patch
    concerns: Concerns = "both"
    line: int = 0

    @property
    def views(self) -> tuple[View, ...]:
        """The views it changes."""
        if self.concerns == "both":
            return VIEWS
        return ("law",) if self.concerns == "law" else ("collected",)


class Measure(msgspec.Struct, frozen=True):
    """One line of a program: a heading, constant terms (``patch``), and the amendments that give it life.

    ``assume`` overrides the default of undeclared facts for this measure's condition; ``classes`` overrides their
    class. ``quota`` describes the quota a ``QuotaIs`` of this measure refers to.
    """

    id: str
    heading: str
    patch: Patch
    amendments: tuple[Amendment, ...]
    title: str | None = None
    assume: Mapping[str, FactValue] = {}
    classes: Mapping[str, Literal["ordinary", "exceptional"]] = {}
    notes: str | None = None
    line: int = 0


class Announcement(msgspec.Struct, frozen=True):
    """A public, dated statement that is not law: shown, never computed with."""

    id: str
    announced: date
    text: str
    origins: Origins | None = None
    valid: Period | None = None
    withdrawn: date | None = None
    url: str | None = None


Chapter98 = Literal["standard", "standard_but_60_full", "not_affected"]


class Program(msgspec.Struct, frozen=True):
    """One tariff action: an ordered decision list of measures.

    ``order`` is its place in the declaration order of the importer's customs; ``path`` the file it stands in.
    """

    id: str
    title: str
    authority: str
    order: int
    measures: tuple[Measure, ...]
    chapter_98: Chapter98 = "standard"
    announcements: tuple[Announcement, ...] = ()
    acts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    path: str = ""


class ListRow(msgspec.Struct, frozen=True):
    """One amendment of a goods list: over ``valid``, from the act's announcement, the code is in, out, or absent.

    ``change``: ``include``; ``exclude`` (the code is taken out of a shorter prefix); ``off`` (the code has no row).
    ``attributes`` are the further columns of the row (``rate``, ``article``, ``default`` ...), as text.
    """

    code: str
    change: Literal["include", "exclude", "off"]
    act: str
    valid: Period
    attributes: tuple[tuple[str, str], ...] = ()
    line: int = 0


class GoodsListSource(msgspec.Struct, frozen=True):
    """A goods list with all its rows, in file order."""

    name: str
    rows: tuple[ListRow, ...]
    path: str = ""


class Version(msgspec.Struct, frozen=True):
    """Terms of a measure over one rectangle of valid x known time, in one view.

    ``acts``: the acts whose amendments gave the fields their values here, the rate's act first.
    """

    program: str
    measure: str
    view: View
    valid: Period
    known: Period
    terms: Terms
    acts: tuple[str, ...]


class ListEntry(msgspec.Struct, frozen=True):
    """A row as it stands in one version of a list: ``include`` tells whether the prefix is in or out."""

    code: str
    include: bool
    act: str
    attributes: tuple[tuple[str, str], ...] = ()


class ListVersion(msgspec.Struct, frozen=True):
    """The rows of a list over one rectangle of valid x known time (lists are the same in both views)."""

    name: str
    valid: Period
    known: Period
    entries: tuple[ListEntry, ...]
