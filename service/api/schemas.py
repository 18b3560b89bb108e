"""JSON schemas of the structs that answers are made of.

msgspec describes most types itself, but not a union of two kinds of list, which the value of a fact is; and the
schemas here say what is on the wire: decimals are numbers, a struct is closed to nothing but its own keys.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import msgspec

Json = dict[str, Any]

REF: Final = "#/components/schemas/{}"
_SCALARS: Final[Mapping[Any, Json]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Decimal: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
    Any: {},
}


def public_name(struct: type[msgspec.Struct]) -> str:
    """Return the name of a struct in the document."""
    name = struct.__name__.rstrip("_")
    return "Problem" if name == "ProblemDocument" else name


def components(structs: Iterable[type[msgspec.Struct]]) -> dict[str, Json]:
    """Return the schemas of structs, and of all structs they hold, by public name in alphabetical order."""
    found: dict[str, Json] = {}
    waiting = list(structs)
    while waiting:
        struct = waiting.pop()
        name = public_name(struct)
        if name not in found:
            found[name] = _object(struct, name, waiting)
    return dict(sorted(found.items()))


def _object(struct: type[msgspec.Struct], name: str, waiting: list[type[msgspec.Struct]]) -> Json:
    properties: Json = {}
    required: list[str] = []
    leaves_out = struct.__struct_config__.omit_defaults
    for field in msgspec.structs.fields(struct):
        properties[field.encode_name] = _schema(field.type, waiting)
        if field.required or not leaves_out:
            required.append(field.encode_name)
    text = " ".join(inspect.cleandoc(struct.__doc__ or "").replace("``", "`").split())
    return {"title": name, "description": text, "type": "object", "required": required, "properties": properties}


def _schema(type_: Any, waiting: list[type[msgspec.Struct]]) -> Json:
    if type_ in _SCALARS:
        return dict(_SCALARS[type_])
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin in {Union, UnionType}:
        return _union(arguments, waiting)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": _schema(arguments[0], waiting)}
        items = [_schema(argument, waiting) for argument in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], waiting)}
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        waiting.append(type_)
        return {"$ref": REF.format(public_name(type_))}
    raise TypeError(f"no schema is known for {type_!r}")


def _union(arguments: tuple[Any, ...], waiting: list[type[msgspec.Struct]]) -> Json:
    """Write the union of a scalar and null as one type; others as alternatives."""
    options = [_schema(argument, waiting) for argument in arguments]
    rest = [option for option in options if option != {"type": "null"}]
    if len(rest) == 1 and len(options) == 2 and isinstance(rest[0].get("type"), str) and "enum" not in rest[0]:
        return {**rest[0], "type": [rest[0]["type"], "null"]}
    return {"anyOf": options}
