"""Decoding ``importer.yaml``: codes, groups, coverage, and what is known not to be covered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import msgspec

from service.law.decode_fields import (
    Fields,
    day,
    each,
    flag,
    items,
    mapping,
    name,
    one_of,
    text,
    whole,
)
from service.law.decode_goods import EVERY_ORIGIN, Places, Setting, country, headings
from service.law.errors import Fault, Faults
from service.law.goods import CodeSystem
from service.law.importer import Coverage, Importer, Membership, NotCovered
from service.law.periods import ALWAYS, FOREVER, Period
from service.law.terms import AllGoods
from service.law.yaml_marks import Node, Text

_KEYS = (
    "importer", "title", "time_zone", "currency", "codes", "base", "metal_chapters", "chapter_98", "full_for_60",
    "groups", "coverage", "not_covered", "excludes", "percent_places", "amount_places",
)  # fmt: skip
_CODES = ("lengths", "line", "groups", "reserved")
_COVERAGE = ("origins", "from", "until", "verified", "doubts")
_NOT_COVERED = ("program", "title", "goods", "origins", "from", "until", "text", "claims_only", "headings")
_MEMBER = ("country", "from", "until")
_METALS = ("steel", "aluminum", "copper")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ZONE = re.compile(r"[A-Za-z_]+(/[A-Za-z_+-]+){1,2}|UTC")
_PROGRAM = re.compile(r"[a-z0-9]+(/[a-z0-9][a-z0-9-]*)+")


def program_id(node: Node, key: str) -> str:
    """Read a program's id: the importer's folder and small words, ``us/section-301/china``."""
    value = text(node, key)
    if not _PROGRAM.fullmatch(value):
        raise Fault(node.line, key, f"{value!r} is not a program; write it as folder/name in small letters")
    return value


def decode_importer(file: str, faults: Faults, root: Node, folder: str) -> tuple[Importer, Fields] | None:
    """Decode everything but ``not_covered``, which may name goods lists and is read by :func:`with_lists`.

    None when the codes cannot be read, on which all the rest hangs.
    """
    try:
        fields = Fields(file, faults, root, "importer.yaml", _KEYS)
        codes = decode_codes(file, faults, fields)
    except Fault as fault:
        faults.add(file, fault.line, fault.key, fault.message)
        return None
    if codes is None:
        return None
    groups = fields.get("groups", _groups(file, faults), {})
    setting = Setting(folder, codes, "", (), frozenset(groups), {})
    code = fields.need("importer", country, folder.upper())
    if code.lower() != folder:
        fields.complain("importer", f"the importer {code} stands in the folder {folder}; they must agree")
    importer = Importer(
        code=code,
        title=fields.need("title", text, ""),
        time_zone=fields.need("time_zone", _matching(_ZONE, "a time zone (America/New_York)"), ""),
        currency=fields.need("currency", _matching(_CURRENCY, "a currency (USD)"), ""),
        codes=codes,
        columns=(),
        base=fields.need("base", program_id, "", "the program of the base duty"),
        metal_chapters=fields.get("metal_chapters", _by_prefix(setting, one_of(*_METALS)), {}),
        chapter_98=fields.get("chapter_98", _by_prefix(setting, one_of("none", "work", "less_parts")), {}),  # type: ignore[arg-type]
        full_for_60=fields.get("full_for_60", Places(setting).prefix, None),
        groups=groups,
        coverage=fields.need("coverage", _coverage(file, faults, setting), (), "what the law data cover"),
        not_covered=(),
        excludes=fields.get("excludes", items(name), ()),
        percent_places=fields.get("percent_places", whole, 6),
        amount_places=fields.get("amount_places", whole, 2),
    )
    return importer, fields


def with_lists(importer: Importer, fields: Fields, setting: Setting) -> Importer:
    """Return the importer with the columns of its schedule and with ``not_covered``."""
    not_covered = fields.get("not_covered", _not_covered(fields.file, fields.faults, setting), ())
    return msgspec.structs.replace(importer, columns=setting.columns, not_covered=not_covered)


def decode_codes(file: str, faults: Faults, fields: Fields) -> CodeSystem | None:
    """Decode ``codes``."""
    node = fields.entries.get("codes")
    if node is None:
        fields.complain("codes", "importer.yaml needs the key 'codes': how goods codes are written")
        return None
    part = Fields(file, faults, node, "codes", _CODES)
    lengths = part.need("lengths", items(whole), ())
    line = part.need("line", whole, 0)
    groups = part.need("groups", items(whole), ())
    reserved = part.get("reserved", items(_matching(re.compile("[0-9]{2}"), "a chapter (98)")), ())
    if not lengths or not line or not groups:
        return None
    if list(lengths) != sorted(set(lengths)):
        part.complain("lengths", "the lengths must rise: [4, 6, 8, 10]")
    if line not in lengths:
        part.complain("line", f"{line} is not one of the lengths")
    if sum(groups) < max(lengths):
        part.complain("groups", f"the groups write {sum(groups)} digits; codes have up to {max(lengths)}")
    return CodeSystem(lengths, line, groups, reserved)


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[Node, str], str]:
    def read(node: Node, key: str) -> str:
        value = text(node, key)
        if not pattern.fullmatch(value):
            raise Fault(node.line, key, f"{value!r} is not {what}")
        return value

    return read


def _by_prefix(setting: Setting, read: Callable[[Node, str], str]) -> Callable[[Node, str], dict[str, str]]:
    places = Places(setting)

    def read_all(node: Node, key: str) -> dict[str, str]:
        entries = mapping(node, key)
        return {
            places.prefix(Text(word, entries.lines[word]), word): read(value, word)
            for word, value in entries.entries.items()
        }

    return read_all


def _groups(file: str, faults: Faults) -> Callable[[Node, str], dict[str, tuple[Membership, ...]]]:
    def member(node: Node, key: str) -> Membership:
        if isinstance(node, Text):
            return Membership(country(node, key), Period(ALWAYS, FOREVER))
        fields = Fields(file, faults, node, key, _MEMBER)
        return Membership(fields.need("country", country, ""), fields.period(open_start=True))

    def read(node: Node, key: str) -> dict[str, tuple[Membership, ...]]:
        entries = mapping(node, key)
        found = {}
        for word, value in entries.entries.items():
            name(Text(word, entries.lines[word]), word)
            if len(word) == 2:
                raise Fault(
                    entries.lines[word], word, "a group's name has more than two letters; those are countries"
                )
            found[word] = each(file, faults, value, word, member)
        return found

    return read


def _coverage(file: str, faults: Faults, setting: Setting) -> Callable[[Node, str], tuple[Coverage, ...]]:
    places = Places(setting)

    def one(node: Node, key: str) -> Coverage:
        fields = Fields(file, faults, node, key, _COVERAGE)
        return Coverage(
            origins=fields.need("origins", places.origins, EVERY_ORIGIN),
            valid=fields.period(),
            verified=fields.need("verified", day, date.min),
            doubts=fields.get("doubts", items(text), ()),
        )

    return lambda node, key: each(file, faults, node, key, one)


def _not_covered(file: str, faults: Faults, setting: Setting) -> Callable[[Node, str], tuple[NotCovered, ...]]:
    places = Places(setting)

    def one(node: Node, key: str) -> NotCovered:
        fields = Fields(file, faults, node, key, _NOT_COVERED)
        return NotCovered(
            program=fields.need("program", program_id, ""),
            title=fields.need("title", text, ""),
            goods=fields.get("goods", places.goods, AllGoods()),
            origins=fields.get("origins", places.origins, EVERY_ORIGIN),
            valid=fields.period(),
            text=fields.need("text", text, ""),
            claims_only=fields.get("claims_only", flag, default=False),
            headings=fields.get("headings", headings, ()),
        )

    return lambda node, key: each(file, faults, node, key, one)
