"""What is peculiar to an importer, read from ``importer.yaml``, and the whole of its law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from service.law.facts import FactDefinition
from service.law.goods import CodeSystem
from service.law.periods import Period
from service.law.schedule import Edition, LineVersion, StatVersion
from service.law.terms import Act, Goods, GoodsListSource, ListVersion, Origins, Program, Version


class Membership(msgspec.Struct, frozen=True):
    """A country belongs to a group over ``valid``."""

    country: str
    valid: Period


class NotCovered(msgspec.Struct, frozen=True):
    """A program known to exist whose law is not encoded: goods, origins and days it may hit.

    An answer it may hit carries a ``not-covered`` warning and no total. ``claims_only``: it matters only to an
    entry that claims something (an exclusion); then the answer stands unless ``headings`` are claimed.
    """

    program: str
    title: str
    goods: Goods
    origins: Origins
    valid: Period
    text: str
    claims_only: bool = False
    headings: tuple[str, ...] = ()


class Coverage(msgspec.Struct, frozen=True):
    """For which origins and days of entry the law data are complete, and up to which day they were verified."""

    origins: Origins
    valid: Period
    verified: date
    doubts: tuple[str, ...] = ()


class Importer(msgspec.Struct, frozen=True):
    """A customs territory.

    ``columns``: names of the columns of the base schedule, in file order. ``base``: id of the program of the base
    duty. ``metal_chapters``: chapter -> the metal its goods are made of. ``chapter_98``: prefix of a claimed
    chapter 98 heading -> how the value is assessed for additional duties: ``none`` (no duty), ``work`` (on the
    value of foreign work), ``less_parts`` (value less own components). ``full_for_60``: the prefix charged in full
    under ``standard_but_60_full``.
    """

    code: str
    title: str
    time_zone: str
    currency: str
    codes: CodeSystem
    columns: tuple[str, ...]
    base: str
    metal_chapters: Mapping[str, str]
    chapter_98: Mapping[str, Literal["none", "work", "less_parts"]]
    full_for_60: str | None
    groups: Mapping[str, tuple[Membership, ...]]
    coverage: tuple[Coverage, ...]
    not_covered: tuple[NotCovered, ...]
    excludes: tuple[str, ...]
    percent_places: int = 6
    amount_places: int = 2


class ImporterLaw(msgspec.Struct, frozen=True):
    """All the law of one importer, decoded and checked: sources and the versions derived from them."""

    importer: Importer
    facts: Mapping[str, FactDefinition]
    acts: Mapping[str, Act]
    programs: tuple[Program, ...]
    lists: Mapping[str, GoodsListSource]
    editions: tuple[Edition, ...]
    versions: tuple[Version, ...]
    list_versions: tuple[ListVersion, ...]
    lines: tuple[LineVersion, ...]
    statistical: tuple[StatVersion, ...]
