"""Parameters: one declaration for each drives all readers and the OpenAPI document.

The readers are those of query strings, of bodies and of the command line. Facts are data: their parameters are made
from the ``FactDefinition`` of the release that answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, Literal

import msgspec

from service.api import values
from service.api.problems import FieldError, InvalidFields
from service.api.query import parse_query
from service.law.facts import FactDefinition
from service.law.terms import VIEWS

MAX_ITEMS: Final = 100
"""Entries that a list or map may have."""

Form = Literal["text", "number", "bool", "list", "map"]


class JsonNumber(str):
    """A number of a JSON document as it was written, so that no digit is lost before it is read strictly."""

    __slots__ = ()


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter.

    ``form`` is its shape in JSON; in a query string a list is ``a,b`` and a map ``a:1,b:2``. ``read`` reads one
    element, ``key`` the key of a map, ``finish`` makes the value of the elements and checks them together.
    ``schema`` is the JSON schema of one element (or of a map's value); ``shape`` says the query form in words.
    """

    name: str
    description: str
    read: Callable[[str], Any]
    schema: Mapping[str, Any]
    example: Any
    form: Form = "text"
    key: Callable[[str], str] = values.read_name
    finish: Callable[[Any], Any] | None = None
    required: bool = False

    def from_text(self, text: str) -> Any:
        """Read the value from a query string or the command line; raises ``ValueError``."""
        if self.form == "list":
            return self._list(text.split(","))
        if self.form == "map":
            return self._map([self._pair(part) for part in text.split(",")])
        return self.read(text)

    def from_json(self, value: Any) -> Any:
        """Read the value from a decoded body whose numbers are ``JsonNumber``; raises ``ValueError``."""
        if self.form == "list":
            if not isinstance(value, list):
                raise ValueError(f"must be a list of strings, such as {_json(self.example)}")
            return self._list([_string(item, self.example) for item in value])
        if self.form == "map":
            if not isinstance(value, dict):
                raise ValueError(f"must be an object, such as {_json(self.example)}")
            return self._map([(name, _number(item, self.example)) for name, item in value.items()])
        if self.form == "bool":
            if not isinstance(value, bool):
                raise ValueError("must be true or false")
            return value
        return self.read(_number(value, self.example) if self.form == "number" else _string(value, self.example))

    def _pair(self, part: str) -> tuple[str, str]:
        name, colon, value = part.rpartition(":")
        if not colon or not name or not value:
            raise ValueError(f"{values.shown(part)} is not of the form name:number; write {self.query_example()}")
        return name, value

    def _list(self, items: list[str]) -> Any:
        if not 1 <= len(items) <= MAX_ITEMS:
            raise ValueError(f"has {len(items)} entries; 1 to {MAX_ITEMS} are read")
        read = [self.read(item) for item in items]
        if len(set(read)) < len(read):
            raise ValueError("names an entry more than once")
        result = tuple(sorted(read))
        return self.finish(result) if self.finish else result

    def _map(self, pairs: list[tuple[str, str]]) -> Any:
        if not 1 <= len(pairs) <= MAX_ITEMS:
            raise ValueError(f"has {len(pairs)} entries; 1 to {MAX_ITEMS} are read")
        read = {self.key(name): self.read(value) for name, value in pairs}
        if len(read) < len(pairs):
            raise ValueError("names an entry more than once")
        result = tuple(sorted(read.items()))
        return self.finish(result) if self.finish else result

    def query_example(self) -> str:
        """Return the example as it is written in a query string."""
        if self.form == "list":
            return ",".join(map(str, self.example))
        if self.form == "map":
            return ",".join(f"{name}:{value}" for name, value in self.example.items())
        return str(self.example).lower() if isinstance(self.example, bool) else str(self.example)


class Table(dict[str, Parameter]):
    """Parameters by name, in the order in which they are documented."""

    def __init__(self, *parameters: Parameter) -> None:
        super().__init__((parameter.name, parameter) for parameter in parameters)
        self.required = tuple(parameter for parameter in parameters if parameter.required)


_encoder = msgspec.json.Encoder(decimal_format="number")


def _json(example: Any) -> str:
    return _encoder.encode(example).decode()


def _string(value: Any, example: Any) -> str:
    if not isinstance(value, str) or isinstance(value, JsonNumber):
        raise ValueError(f"must be a string, such as {_json(example)}")
    return value


def _number(value: Any, example: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a number, such as {_json(example)}")
    return value


def read_query(raw: bytes, table: Table) -> dict[str, Any]:
    """Read a query string by its table of parameters; raises ``InvalidFields`` with all that is wrong in it."""
    given, errors = parse_query(raw, table)
    return read_fields(given, table, errors)


def read_fields(
    given: Mapping[str, Any], table: Table, found: Sequence[FieldError] = (), *, json: bool = False
) -> dict[str, Any]:
    """Read every given field by its parameter.

    Raises ``InvalidFields`` with the errors ``found`` before, every field that cannot be used and every required
    one that is missing. ``given`` holds known names only.
    """
    fields: dict[str, Any] = {}
    errors = list(found)
    faulty = {error.field for error in errors}
    for name, raw in given.items():
        parameter = table[name]
        try:
            fields[name] = parameter.from_json(raw) if json else parameter.from_text(raw)
        except ValueError as error:
            errors.append(FieldError(name, str(error)))
    errors += [
        FieldError(parameter.name, f"is required; give it as in {parameter.name}={parameter.query_example()}")
        for parameter in table.required
        if parameter.name not in given and parameter.name not in faulty
    ]
    if errors:
        raise InvalidFields(errors)
    return fields


def choice(allowed: tuple[str, ...]) -> Callable[[str], str]:
    """Return a reader of one of the words ``allowed``."""

    def read(text: str) -> str:
        if text not in allowed:
            near = get_close_matches(text, allowed, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{values.shown(text)} is not one of {', '.join(allowed)}{hint}")
        return text

    return read


def _shares(pairs: tuple[tuple[str, Decimal], ...]) -> tuple[tuple[str, Decimal], ...]:
    whole = sum((share for _, share in pairs), Decimal(0))
    if whole > 1:
        raise ValueError(f"the shares add up to {whole}, more than 1")
    return pairs


_TEXT: Final = {"type": "string"}
_DAY: Final = {"type": "string", "format": "date"}
_AMOUNT: Final = {"type": "number", "minimum": 0}
_SHARE: Final = {"type": "number", "minimum": 0, "maximum": 1}


def _ordinal(text: str) -> int:
    return values.read_date(text).toordinal()


def fact_parameter(fact: FactDefinition) -> Parameter:
    """Return the parameter of a fact; its description says what is computed while it is not declared."""
    words = fact.description.strip().rstrip(".")
    effect = fact.effect.strip().rstrip(".")
    description = f"{words[:1].upper()}{words[1:]}. Fact, {fact.class_}. If absent: {effect or 'nothing is assumed'}."
    traits: dict[str, dict[str, Any]] = {
        "symbol": {"read": values.read_symbol, "schema": _TEXT, "example": "S"},
        "enum": {
            "read": choice(fact.values),
            "schema": {"type": "string", "enum": list(fact.values)},
            "example": (fact.values or ("",))[0],
        },
        "headings": {"read": values.read_heading, "schema": _TEXT, "example": ["9903.88.05"], "form": "list"},
        "heading": {"read": values.read_heading, "schema": _TEXT, "example": "9802.00.50"},
        "date": {"read": _ordinal, "schema": _DAY, "example": "2025-04-04"},
        "amount": {"read": values.read_positive, "schema": _AMOUNT, "example": Decimal(1000), "form": "number"},
        "percent": {"read": values.read_positive, "schema": _AMOUNT, "example": Decimal("2.5"), "form": "number"},
        "share": {"read": values.read_share, "schema": _SHARE, "example": Decimal("0.25"), "form": "number"},
        "quantities": {
            "read": values.read_positive, "schema": _AMOUNT, "example": {"kg": Decimal(120)}, "form": "map"
        },
        "part_values": {
            "read": values.read_positive, "schema": _AMOUNT, "example": {"case": Decimal(40)}, "form": "map"
        },
        "country_shares": {
            "read": values.read_share,
            "schema": _SHARE,
            "example": {"US": Decimal("0.6"), "CN": Decimal("0.4")},
            "form": "map",
            "key": values.read_country,
            "finish": _shares,
        },
        "bool": {"read": values.read_bool, "schema": {"type": "boolean"}, "example": True, "form": "bool"},
        "year": {"read": values.read_year, "schema": {"type": "integer"}, "example": 2019, "form": "number"},
        "flags": {
            "read": choice(fact.values),
            "schema": {"type": "string", "enum": list(fact.values)},
            "example": list(fact.values[:1]),
            "form": "list",
        },
        "currency": {"read": values.read_currency, "schema": _TEXT, "example": "USD"},
    }  # fmt: skip
    return Parameter(name=fact.name, description=description, **traits[fact.type])


IMPORTER = Parameter(
    name="importer",
    description="The customs territory that levies: its ISO 3166-1 alpha-2 code.",
    read=values.read_country_form,
    schema=_TEXT,
    example="US",
    required=True,
)
CODE = Parameter(
    name="code",
    description=(
        "The goods, by the importer's code of 8 or 10 digits, dots allowed. With 8 digits where the ten-digit number "
        "matters, the dearest is answered and the number is an undeclared fact; 4 to 7 digits are answered by a "
        "problem that lists the lines below."
    ),
    read=values.read_code_form,
    schema=_TEXT,
    example="9503.00.00.73",
    required=True,
)
ORIGIN = Parameter(
    name="origin",
    description="The country of origin of the goods: ISO 3166-1 alpha-2.",
    read=values.read_country_form,
    schema=_TEXT,
    example="CN",
    required=True,
)
DATE = Parameter(
    name="date",
    description=(
        "The day of entry for consumption. If absent: today in the time zone of the importer's customs. A day in the "
        "future is answered from what is known."
    ),
    read=values.read_date,
    schema=_DAY,
    example="2025-07-28",
)
KNOWN_ON = Parameter(
    name="known_on",
    description=(
        "The law as known at the end of this day, at most today. If absent: today in the time zone of the importer's "
        "customs."
    ),
    read=values.read_date,
    schema=_DAY,
    example="2025-07-28",
)
VIEW = Parameter(
    name="view",
    description=(
        "collected: what the importer pays that day. law: what is owed by the law, no void duty. If absent: "
        "collected."
    ),
    read=choice(VIEWS),
    schema={"type": "string", "enum": list(VIEWS), "default": "collected"},
    example="collected",
)
RELEASE = Parameter(
    name="release",
    description="The number of the release of the law data to answer from. If absent: the current one.",
    read=values.read_whole,
    schema={"type": "integer", "minimum": 1},
    example=1,
    form="number",
)
FROM = Parameter(
    name="from",
    description="The first day of the timeline. If absent: the first day the law data cover.",
    read=values.read_date,
    schema=_DAY,
    example="2025-01-01",
)
UNTIL = Parameter(
    name="until",
    description="The day after the last of the timeline. If absent: it does not end.",
    read=values.read_date,
    schema=_DAY,
    example="2026-01-01",
)
LIMIT = Parameter(
    name="limit",
    description="How many items to answer, 1 to 1000. If absent: 100.",
    read=values.read_whole,
    schema={"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
    example=20,
    form="number",
)
CURSOR = Parameter(
    name="cursor",
    description="Where to go on: the value of next of the page before. If absent: from the newest.",
    read=values.read_whole,
    schema=_TEXT,
    example="7",
)


COVERAGE: Final = Table(
    msgspec.structs.replace(
        IMPORTER,
        required=False,
        description=f"{IMPORTER.description} If absent: every importer of the release.",
    ),
    RELEASE,
)
RELEASES: Final = Table(LIMIT, CURSOR)
NOTHING: Final = Table()


class Tables(msgspec.Struct, frozen=True):
    """The parameters of each question, with the facts of one release; ``item`` is one question of a body."""

    rates: Table
    item: Table
    timeline: Table
    headline: Table


def tables_of(facts: Mapping[str, FactDefinition]) -> Tables:
    """Make the tables of parameters for the facts of a release."""
    declared = [fact_parameter(fact) for fact in facts.values()]
    return Tables(
        rates=Table(IMPORTER, CODE, ORIGIN, DATE, KNOWN_ON, VIEW, RELEASE, *declared),
        item=Table(IMPORTER, CODE, ORIGIN, DATE, KNOWN_ON, VIEW, *declared),
        timeline=Table(IMPORTER, CODE, ORIGIN, FROM, UNTIL, KNOWN_ON, VIEW, RELEASE, *declared),
        headline=Table(IMPORTER, ORIGIN, DATE, KNOWN_ON, VIEW, RELEASE),
    )
