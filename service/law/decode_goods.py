"""Decoding goods, origins, bases and headings; what an importer's files may refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType

import msgspec

from service.law.decode_fields import items, mapping, single, text
from service.law.errors import Fault, nearest
from service.law.facts import FactDefinition
from service.law.goods import CodeSystem
from service.law.terms import (
    CELL_BASES,
    Act,
    AllGoods,
    Basis,
    Goods,
    GoodsList,
    GoodsListSource,
    GoodsPrefixes,
    Origins,
)
from service.law.yaml_marks import Node, Sequence, Text

EVERY_ORIGIN = Origins(("*",))

_COUNTRY = re.compile(r"[A-Z]{2}")
_HEADING = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
_RANGE = re.compile(r"([0-9]+(?:\.[0-9]+)*)\.([0-9]+)-([0-9]+(?:\.[0-9]+)*)\.([0-9]+)")
_LONGEST_RANGE = 500


class Setting(msgspec.Struct, frozen=True):
    """What the files of one importer may refer to, known before its programs are decoded."""

    folder: str
    codes: CodeSystem
    currency: str
    columns: tuple[str, ...]
    groups: frozenset[str]
    facts: MappingType[str, FactDefinition]
    acts: MappingType[str, Act] = {}
    lists: MappingType[str, GoodsListSource] = {}


def expand_headings(value: str) -> tuple[str, ...]:
    """Return the headings of ``9903.82.04`` or of a range ``9903.82.04-9903.82.17`` (last group, both ends in).

    Raises ``ValueError`` when it is neither.
    """
    if match := _RANGE.fullmatch(value):
        stem, low, other, high = match.groups()
        if stem != other or len(low) != len(high) or int(low) >= int(high):
            raise ValueError(f"{value!r} is not a range; the headings may differ in the last group only, rising")
        if int(high) - int(low) >= _LONGEST_RANGE:
            raise ValueError(f"{value!r} names more than {_LONGEST_RANGE} headings")
        return tuple(f"{stem}.{at:0{len(low)}d}" for at in range(int(low), int(high) + 1))
    if not _HEADING.fullmatch(value):
        raise ValueError(f"{value!r} is not a heading")
    return (value,)


def headings(node: Node, key: str) -> tuple[str, ...]:
    """Read one heading, a range, or a list of both."""
    nodes = node.items if isinstance(node, Sequence) else (node,)
    if not nodes:
        raise Fault(node.line, key, "the list is empty; name a heading")
    found: list[str] = []
    for item in nodes:
        try:
            found += expand_headings(text(item, key))
        except ValueError as error:
            raise Fault(item.line, key, str(error)) from None
    return tuple(dict.fromkeys(found))


def heading(node: Node, key: str) -> str:
    """Read one heading, not a range."""
    found = headings(node, key)
    if len(found) != 1:
        raise Fault(node.line, key, "expected one heading, not several")
    return found[0]


def country(node: Node, key: str) -> str:
    """Read a country: two capital letters."""
    value = text(node, key)
    if not _COUNTRY.fullmatch(value):
        raise Fault(node.line, key, f"{value!r} is not a country; write two capital letters (CN)")
    return value


class Places:
    """Readers of goods and origins for one importer."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def member(self, node: Node, key: str) -> str:
        """Read a country or the name of a group."""
        value = text(node, key)
        if _COUNTRY.fullmatch(value) or value in self.setting.groups:
            return value
        raise Fault(
            node.line,
            key,
            f"{value!r} is neither a country (two capital letters) nor a group" + nearest(value, self.setting.groups),
        )

    def origins(self, node: Node, key: str) -> Origins:
        """Read ``all``, a list of countries and groups, or ``{all_except: [...]}``."""
        if isinstance(node, Text):
            if node.text != "all":
                raise Fault(node.line, key, f"{node.text!r} is not understood; write all, or a list: [{node.text}]")
            return EVERY_ORIGIN
        if isinstance(node, Sequence):
            return Origins(items(self.member)(node, key))
        word, value, line = single(node, key)
        if word != "all_except":
            raise Fault(line, word, "unknown key in origins; the one known is all_except")
        return Origins(("*",), items(self.member)(value, word))

    def goods(self, node: Node, key: str) -> Goods:
        """Read ``all``, ``lists/NAME``, a list of prefixes, or ``{include: [...], exclude: [...]}``."""
        if isinstance(node, Text):
            return self._named_goods(text(node, key), node.line, key)
        if isinstance(node, Sequence):
            return GoodsPrefixes(items(self.prefix)(node, key))
        entries = mapping(node, key)
        for word in entries.entries:
            if word not in ("include", "exclude"):
                hint = nearest(word, ("include", "exclude"))
                raise Fault(entries.lines[word], word, f"unknown key in goods{hint}")
        if "include" not in entries.entries:
            raise Fault(node.line, key, "goods need include: the prefixes that are in")
        include = items(self.prefix)(entries.entries["include"], "include")
        exclude = entries.entries.get("exclude")
        return GoodsPrefixes(include, items(self.prefix)(exclude, "exclude") if exclude is not None else ())

    def _named_goods(self, value: str, line: int, key: str) -> Goods:
        if value == "all":
            return AllGoods()
        if not value.startswith("lists/"):
            raise Fault(
                line, key, f"{value!r} is not understood; write all, lists/NAME, or a list of codes: [{value}]"
            )
        name = value.removeprefix("lists/")
        if name not in self.setting.lists:
            hint = nearest(name, self.setting.lists)
            raise Fault(line, key, f"there is no list {name!r} ({self.setting.folder}/lists/{name}.csv){hint}")
        return GoodsList(name)

    def prefix(self, node: Node, key: str) -> str:
        """Read a goods code, a shorter prefix of the system's lengths, or a chapter (two digits)."""
        value = text(node, key)
        if len(value) == 2 and value.isascii() and value.isdigit():
            return value
        try:
            return self.setting.codes.digits(value)
        except ValueError as error:
            raise Fault(node.line, key, str(error)) from None

    def basis(self, node: Node, key: str) -> Basis:
        """Read the name of a basis, or ``{by_code: {72: full}, default: steel}``."""
        if isinstance(node, Text):
            return Basis(self._cells(node, key))
        entries = mapping(node, key)
        for word in entries.entries:
            if word not in ("by_code", "default"):
                raise Fault(entries.lines[word], word, f"unknown key in basis{nearest(word, ('by_code', 'default'))}")
        if "by_code" not in entries.entries:
            raise Fault(node.line, key, "a basis by code needs by_code; one for all goods is written basis: steel")
        default = entries.entries.get("default")
        by_code = mapping(entries.entries["by_code"], "by_code")
        pairs = tuple(
            (self.prefix(Text(code, by_code.lines[code]), code), self._cells(cells, code))
            for code, cells in by_code.entries.items()
        )
        return Basis(self._cells(default, "default") if default is not None else "full", pairs)

    def _cells(self, node: Node, key: str) -> str:
        value = text(node, key)
        if value not in CELL_BASES:
            raise Fault(node.line, key, f"{value!r} is not a basis{nearest(value, CELL_BASES)}")
        return value
