"""Shapes of the answers of browsing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

from service.engine.answers import ActRef, Interval, ReleaseRef

GoodsKind = Literal["heading", "subheading", "line", "number"]


class GoodsItem(msgspec.Struct, frozen=True):
    """Goods of a nomenclature: a heading, a subheading, a rate line or a statistical number.

    ``description``: what an official edition prints, from the heading down; null when none was imported. ``score``:
    how well the words fit, 1 at best; null where no words were given.
    """

    importer: str
    code: str
    kind: GoodsKind
    description: str | None
    score: Decimal | None


class WordRead(msgspec.Struct, frozen=True):
    """A word of a search and the words of the descriptions that it was taken for; none: it was not understood."""

    word: str
    read_as: tuple[str, ...]


class GoodsList(msgspec.Struct, frozen=True):
    """Goods that exist on ``date`` as known on ``known_on``: by score for words, else by code.

    ``notes`` say what the list cannot tell: that no descriptions were imported, for one.
    """

    items: tuple[GoodsItem, ...]
    next: str | None
    date: dt.date
    known_on: dt.date
    words: tuple[WordRead, ...]
    notes: tuple[str, ...]
    release: ReleaseRef


class GoodsNode(msgspec.Struct, frozen=True):
    """A code above or below another."""

    code: str
    kind: GoodsKind
    description: str | None


class GoodsBeside(msgspec.Struct, frozen=True):
    """A code that came before or after another, and the days on which it exists."""

    code: str
    description: str | None
    days: tuple[Interval, ...]


class GoodsStated(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What the schedule states over days of entry, as known from a day until a day.

    ``rates``: text by column; null for a statistical number, whose line states them. ``approximate``: the days are
    known only to the nearest edition.
    """

    from_: dt.date | None
    until: dt.date | None
    known_from: dt.date | None
    known_until: dt.date | None
    units: tuple[str, ...]
    rates: dict[str, str] | None
    approximate: bool
    edition: str


class GoodsDetail(msgspec.Struct, frozen=True):
    """One code of a nomenclature with the tree around it and its history.

    ``edition``: the edition that the description was read from. ``days``: when it exists, as known on ``known_on``.
    ``stated``: all versions of a line or number. Schedules state no concordance: ``predecessors`` are the codes that
    ended on the day this one began, ``successors`` those that began on the day it ended, at the nearest level of the
    tree that has any; which part of the goods went where they do not tell.
    """

    importer: str
    code: str
    kind: GoodsKind
    date: dt.date
    known_on: dt.date
    in_force: bool
    description: str | None
    edition: str | None
    days: tuple[Interval, ...]
    stated: tuple[GoodsStated, ...]
    ancestors: tuple[GoodsNode, ...]
    children: tuple[GoodsNode, ...]
    predecessors: tuple[GoodsBeside, ...]
    successors: tuple[GoodsBeside, ...]
    notes: tuple[str, ...]
    release: ReleaseRef


class TermsInWords(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Terms of a measure over days of entry.

    ``when``: its condition, null when there is none; ``cells``: the part of the value it falls on; ``columns``: rates
    that differ by column of the schedule; ``suspended``: nothing is charged, ``hidden`` would be.
    """

    from_: dt.date | None
    until: dt.date | None
    rate: str
    goods: str
    origins: str
    when: str | None
    cells: str
    columns: dict[str, str]
    suspended: bool
    hidden: str | None
    acts: tuple[ActRef, ...]


class MeasureItem(msgspec.Struct, frozen=True):
    """A measure: one line of a program. ``terms``: what it says on the day; null when it says nothing."""

    id: str
    importer: str
    program: str
    measure: str
    heading: str
    title: str | None
    authority: str
    terms: TermsInWords | None


class MeasureList(msgspec.Struct, frozen=True):
    """Measures in the order of programs and of their decision lists."""

    items: tuple[MeasureItem, ...]
    next: str | None
    release: ReleaseRef


class AmendmentSaid(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What an act made of a measure over days of entry: field -> words. A field not named stays as it was.

    ``concerns``: the views it changes. With no field named, the measure applies with the terms that always hold.
    """

    act: ActRef
    measure: str
    heading: str
    from_: dt.date | None
    until: dt.date | None
    concerns: Literal["law", "collection", "both"]
    sets: dict[str, str]


class VersionSaid(msgspec.Struct, frozen=True):
    """What the amendments come to: terms over days of entry, as known from a day until a day, in one view."""

    view: Literal["collected", "law"]
    known_from: dt.date | None
    known_until: dt.date | None
    terms: TermsInWords


class MeasureDetail(msgspec.Struct, frozen=True):
    """One measure with all its amendments, in the order of announcement, and what they come to.

    ``always``: fields that hold wherever no amendment says otherwise. ``terms``: what it says on ``date`` as known on
    ``known_on``; null when it says nothing.
    """

    id: str
    importer: str
    program: str
    measure: str
    heading: str
    title: str | None
    authority: str
    notes: str | None
    date: dt.date
    known_on: dt.date
    terms: TermsInWords | None
    always: dict[str, str]
    amendments: tuple[AmendmentSaid, ...]
    versions: tuple[VersionSaid, ...]
    release: ReleaseRef


class ProgramItem(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A tariff action: an ordered decision list of measures.

    ``matching``: how many of its measures fit what was asked; ``from``, ``until``: the days over which those say
    something.
    """

    id: str
    importer: str
    title: str
    authority: str
    measures: int
    matching: int
    from_: dt.date | None
    until: dt.date | None


class ProgramList(msgspec.Struct, frozen=True):
    """Programs in the order of the release."""

    items: tuple[ProgramItem, ...]
    next: str | None
    release: ReleaseRef


class AnnouncementSaid(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A public statement that is not law. ``from``, ``until``: the days it speaks of, null when it names none."""

    id: str
    announced: dt.date
    withdrawn: dt.date | None
    origins: str | None
    from_: dt.date | None
    until: dt.date | None
    text: str
    url: str | None


class ProgramDetail(msgspec.Struct, frozen=True):
    """One program: its acts, its measures in the order in which they are tried, what was announced.

    ``order``: its place in the order in which customs wants the headings declared; ``doubts``: what was noted;
    ``file``: the law file it stands in.
    """

    id: str
    importer: str
    title: str
    authority: str
    order: int
    date: dt.date
    known_on: dt.date
    acts: tuple[ActRef, ...]
    measures: tuple[MeasureItem, ...]
    announcements: tuple[AnnouncementSaid, ...]
    doubts: tuple[str, ...]
    file: str
    release: ReleaseRef


class ActItem(msgspec.Struct, frozen=True):
    """A legal act. ``sequence``: its place among the acts of its day."""

    id: str
    importer: str
    title: str
    citation: str | None
    announced: dt.date
    sequence: int
    url: str | None


class ActList(msgspec.Struct, frozen=True):
    """Acts in the order of announcement."""

    items: tuple[ActItem, ...]
    next: str | None
    release: ReleaseRef


class ListChange(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What an act made of a goods list over days of entry: codes put in, taken out of a shorter one, and struck."""

    list: str
    from_: dt.date | None
    until: dt.date | None
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    struck: tuple[str, ...]


class ActDetail(msgspec.Struct, frozen=True):
    """One act with all it did: to measures, and to goods lists. ``programs``: those that name it."""

    id: str
    importer: str
    title: str
    citation: str | None
    announced: dt.date
    sequence: int
    url: str | None
    notes: str | None
    programs: tuple[str, ...]
    amendments: tuple[AmendmentSaid, ...]
    lists: tuple[ListChange, ...]
    release: ReleaseRef


class ListItem(msgspec.Struct, frozen=True):
    """A goods list. ``codes``: how many it holds on the day, null when it does not stand; ``used_by``: measures."""

    id: str
    importer: str
    codes: int | None
    used_by: tuple[str, ...]


class ListList(msgspec.Struct, frozen=True):
    """Goods lists by name."""

    items: tuple[ListItem, ...]
    next: str | None
    release: ReleaseRef


class ListRowSaid(msgspec.Struct, frozen=True):
    """A row of a goods list: a code with all below it; with ``include`` false it is taken out of a shorter one."""

    code: str
    include: bool
    act: str
    attributes: dict[str, str]


class ListVersionSaid(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """How many codes a list holds over days of entry, as known from a day until a day."""

    from_: dt.date | None
    until: dt.date | None
    known_from: dt.date | None
    known_until: dt.date | None
    codes: int
    excluded: int


class ListDetail(msgspec.Struct, frozen=True):
    """One goods list: its rows on ``date`` as known on ``known_on``, by code, and all its versions."""

    id: str
    importer: str
    items: tuple[ListRowSaid, ...]
    next: str | None
    date: dt.date
    known_on: dt.date
    used_by: tuple[str, ...]
    versions: tuple[ListVersionSaid, ...]
    release: ReleaseRef


class MembershipSaid(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A country belongs to a group of an importer's law from a day until a day."""

    importer: str
    group: str
    country: str
    from_: dt.date | None
    until: dt.date | None


class OriginItem(msgspec.Struct, frozen=True):
    """A country, or a group of countries that the law of an importer names.

    ``memberships``: the groups that a country belongs to, or the members of a group, with their days.
    """

    id: str
    kind: Literal["country", "group"]
    name: str
    importer: str | None
    memberships: tuple[MembershipSaid, ...]


class OriginList(msgspec.Struct, frozen=True):
    """Groups, then countries, by id."""

    items: tuple[OriginItem, ...]
    next: str | None
    release: ReleaseRef


class OriginDetail(msgspec.Struct, frozen=True):
    """One country, or the groups of one name."""

    id: str
    items: tuple[OriginItem, ...]
    release: ReleaseRef


class StackingEdge(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A measure that looks at what another program charges.

    Where the program ``other`` reported one of ``under`` (with ``owed_only``: and a duty above 0), the measure
    applies; with ``unless``, where it did not. ``effect`` is its rate: ``exempt`` makes its program yield. ``when``
    is the whole condition.
    """

    importer: str
    program: str
    other: str
    measure: str
    heading: str
    title: str | None
    effect: str
    under: tuple[str, ...]
    owed_only: bool
    unless: bool
    when: str
    from_: dt.date | None
    until: dt.date | None
    acts: tuple[ActRef, ...]


class Stacking(msgspec.Struct, frozen=True):
    """The relations between programs on a day; ``order``: those that take part, each after the ones it looks at."""

    items: tuple[StackingEdge, ...]
    next: str | None
    date: dt.date
    known_on: dt.date
    view: Literal["collected", "law"]
    order: tuple[str, ...]
    release: ReleaseRef
