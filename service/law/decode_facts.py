"""Decoding the facts: their definitions in ``facts.yaml``, and values written as text.

Values are written the same way everywhere: in law files (``assume``), in the ``default`` column of goods lists, and
in questions. Maps are ``US:0.6,CN:0.4``, lists have commas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import cast, get_args

from service.law.decode_fields import (
    Fields,
    is_null,
    items,
    mapping,
    name,
    one_of,
    parse_day,
    parse_number,
    single,
    text,
)
from service.law.decode_goods import expand_headings
from service.law.errors import Fault, Faults, nearest
from service.law.facts import FactDefinition, FactType, FactValue
from service.law.yaml_marks import Mapping as MappingNode
from service.law.yaml_marks import Node, Sequence

FACT_TYPES: tuple[str, ...] = get_args(FactType)
NUMBER_TYPES = frozenset(("amount", "percent", "share", "year"))

_KEYS = ("type", "class", "default", "values", "description", "effect")
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+*-]{0,19}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_YEAR = re.compile(r"[12][0-9]{3}")
_LABEL = re.compile(r"[^,:;=]{1,60}")


def parse_fact(definition: FactDefinition, value: str) -> FactValue:
    """Parse a declared value by the type of its fact (``service.law.facts`` lists the Python types).

    Raises ``ValueError`` with what would be right.
    """
    try:
        return _PARSERS[definition.type](definition, value)
    except ValueError as error:
        raise ValueError(f"{definition.name}: {error}") from None


def _matched(pattern: re.Pattern[str], what: str) -> Callable[[FactDefinition, str], FactValue]:
    def parse(_: FactDefinition, value: str) -> FactValue:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return parse


def _enum(definition: FactDefinition, value: str) -> FactValue:
    if value not in definition.values:
        raise ValueError(f"{value!r} is not one of {', '.join(definition.values)}")
    return value


def _heading(_: FactDefinition, value: str) -> FactValue:
    found = expand_headings(value)
    if len(found) != 1:
        raise ValueError(f"{value!r} names several headings; one is expected")
    return found[0]


def _headings(_: FactDefinition, value: str) -> FactValue:
    return tuple(dict.fromkeys(heading for part in value.split(",") for heading in expand_headings(part.strip())))


def _date(_: FactDefinition, value: str) -> FactValue:
    return parse_day(value).toordinal()


def _amount(_: FactDefinition, value: str) -> Decimal:
    found = parse_number(value)
    if found < 0:
        raise ValueError(f"{value} is below 0")
    return found


def _percent(definition: FactDefinition, value: str) -> FactValue:
    return _amount(definition, value.removesuffix("%"))


def _share(_: FactDefinition, value: str) -> Decimal:
    found = parse_number(value)
    if not 0 <= found <= 1:
        raise ValueError(f"{value} is not a share; write a number from 0 to 1 (0.2 for 20%)")
    return found


def _pairs(
    key: re.Pattern[str], example: str, number: Callable[[FactDefinition, str], Decimal]
) -> Callable[[FactDefinition, str], FactValue]:
    def parse(definition: FactDefinition, value: str) -> FactValue:
        found: dict[str, Decimal] = {}
        for part in value.split(","):
            word, colon, amount = part.strip().partition(":")
            if not colon or not key.fullmatch(word):
                raise ValueError(f"{part!r} is not understood; write it as {example}")
            if word in found:
                raise ValueError(f"{word} stands twice")
            found[word] = number(definition, amount)
        if number is _share and sum(found.values()) > 1:
            raise ValueError(f"the shares of {value!r} sum to more than 1")
        return tuple(sorted(found.items()))

    return parse


def _bool(_: FactDefinition, value: str) -> FactValue:
    if value not in ("true", "false"):
        raise ValueError(f"{value!r} is neither true nor false")
    return value == "true"


def _year(_: FactDefinition, value: str) -> FactValue:
    if not _YEAR.fullmatch(value):
        raise ValueError(f"{value!r} is not a year")
    return int(value)


def _flags(definition: FactDefinition, value: str) -> FactValue:
    found = {part.strip() for part in value.split(",")}
    for word in sorted(found):
        if word not in definition.values:
            raise ValueError(f"{word!r} is not one of {', '.join(definition.values)}")
    return tuple(sorted(found))


_PARSERS: Mapping[str, Callable[[FactDefinition, str], FactValue]] = {
    "symbol": _matched(_SYMBOL, "a symbol"),
    "enum": _enum,
    "headings": _headings,
    "heading": _heading,
    "date": _date,
    "amount": _amount,
    "percent": _percent,
    "share": _share,
    "quantities": _pairs(_LABEL, "kg:12,No.:3", _amount),
    "part_values": _pairs(_LABEL, "case:10,strap:5", _amount),
    "country_shares": _pairs(_COUNTRY, "US:0.6,CN:0.4", _share),
    "bool": _bool,
    "year": _year,
    "flags": _flags,
    "currency": _matched(_CURRENCY, "a currency (three capital letters)"),
}


def parse_defaults(facts: Mapping[str, FactDefinition], value: str) -> dict[str, FactValue]:
    """Parse the ``default`` column of a list row: ``fact=value;fact=value``.

    Raises ``ValueError`` for a fact that does not exist or a value it cannot have.
    """
    found: dict[str, FactValue] = {}
    for part in value.split(";"):
        word, equals, given = part.strip().partition("=")
        if not equals:
            raise ValueError(f"{part!r} is not understood; write fact=value, several with ';' between")
        if word not in facts:
            raise ValueError(f"there is no fact {word!r}{nearest(word, facts)}")
        found[word] = parse_fact(facts[word], given)
    return found


def fact_value(definition: FactDefinition, node: Node, key: str) -> FactValue:
    """Read a value from YAML; maps and lists may be written as such or as one text."""
    if isinstance(node, MappingNode):
        value = ",".join(f"{word}:{text(number, word)}" for word, number in mapping(node, key).entries.items())
    elif isinstance(node, Sequence):
        value = ",".join(items(text)(node, key))
    else:
        value = text(node, key)
    try:
        return parse_fact(definition, value)
    except ValueError as error:
        raise Fault(node.line, key, str(error)) from None


def known_fact(facts: Mapping[str, FactDefinition], word: str, line: int) -> FactDefinition:
    """Return the definition of a fact, or raise a ``Fault`` naming the nearest one."""
    if word not in facts:
        raise Fault(line, word, f"there is no fact {word!r}{nearest(word, facts)}")
    return facts[word]


def assumed(facts: Mapping[str, FactDefinition]) -> Callable[[Node, str], dict[str, FactValue]]:
    """Return a reader of ``assume``: fact -> value."""

    def read(node: Node, key: str) -> dict[str, FactValue]:
        entries = mapping(node, key)
        return {
            word: fact_value(known_fact(facts, word, entries.lines[word]), value, word)
            for word, value in entries.entries.items()
        }

    return read


def classes(facts: Mapping[str, FactDefinition]) -> Callable[[Node, str], dict[str, str]]:
    """Return a reader of ``classes``: fact -> ``ordinary`` or ``exceptional``."""

    def read(node: Node, key: str) -> dict[str, str]:
        entries = mapping(node, key)
        return {
            known_fact(facts, word, entries.lines[word]).name: one_of("ordinary", "exceptional")(value, word)
            for word, value in entries.entries.items()
        }

    return read


def decode_facts(file: str, faults: Faults, root: Node) -> dict[str, FactDefinition]:
    """Decode ``facts.yaml``."""
    try:
        word, node, line = single(root, "facts")
        if word != "facts":
            raise Fault(line, word, "the file has one key, 'facts'")
        entries = mapping(node, "facts")
    except Fault as fault:
        faults.add(file, fault.line, fault.key, fault.message)
        return {}
    found: dict[str, FactDefinition] = {}
    for word, value in entries.entries.items():
        try:
            fields = Fields(file, faults, value, word, _KEYS)
            found[word] = _definition(word, fields)
        except Fault as fault:
            faults.add(file, fault.line, fault.key, fault.message)
    return found


def _definition(word: str, fields: Fields) -> FactDefinition:
    if not word.isidentifier() or word != word.lower():
        fields.complain(word, f"{word!r} is not a fact's name; use small letters and '_'")
    type_ = fields.need("type", one_of(*FACT_TYPES), "symbol")
    values = fields.get("values", items(name), ())
    if (type_ in ("enum", "flags")) != bool(values):
        fields.complain("values", "facts of type enum and flags name their values, and only those")
    bare = FactDefinition(
        name=word,
        type=cast("FactType", type_),
        class_=fields.need("class", one_of("ordinary", "exceptional"), "ordinary"),  # type: ignore[arg-type]
        description=fields.need("description", text, ""),
        effect=fields.need("effect", text, ""),
        values=values,
    )
    default = fields.need("default", lambda node, key: None if is_null(node) else fact_value(bare, node, key), None)
    return FactDefinition(
        bare.name, bare.type, bare.class_, bare.description, bare.effect, default=default, values=values
    )
