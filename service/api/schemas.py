"""JSON schemas of the structs that answers are made of.

msgspec describes most types itself, but not a union of two kinds of list, which the value of a fact is; and the
schemas here say what is on the wire: decimals are numbers, a struct is closed to nothing but its own keys.

What a generator of clients could not use, or a reader not understand, raises ``TypeError``: a word of a closed set
that is not explained, a union of structs that no tag tells apart.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import msgspec

from service.api.openapi_words import WORDS, Words

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


def components(structs: Iterable[type[msgspec.Struct]], words: Mapping[str, Words] = WORDS) -> dict[str, Json]:
    """Return the schemas of structs, and of all structs they hold, by public name in alphabetical order.

    ``words`` explains the closed sets, by ``Schema.property``. Raises ``TypeError`` for what cannot be described.
    """
    found: dict[str, Json] = {}
    waiting = list(structs)
    while waiting:
        struct = waiting.pop()
        name = public_name(struct)
        if name not in found:
            found[name] = _object(struct, name, waiting, words)
    return dict(sorted(found.items()))


def _object(
    struct: type[msgspec.Struct], name: str, waiting: list[type[msgspec.Struct]], words: Mapping[str, Words]
) -> Json:
    properties: Json = {}
    required: list[str] = []
    config = struct.__struct_config__
    leaves_out = config.omit_defaults
    if config.tag_field is not None:
        properties[config.tag_field] = {"type": "string", "const": config.tag}
        required.append(config.tag_field)
    for field in msgspec.structs.fields(struct):
        place = f"{name}.{field.encode_name}"
        properties[field.encode_name] = _explained(_schema(field.type, waiting), place, words.get(place, {}))
        if field.required or not leaves_out:
            required.append(field.encode_name)
    text = " ".join(inspect.cleandoc(struct.__doc__ or "").replace("``", "`").split())
    return {"title": name, "description": text, "type": "object", "required": required, "properties": properties}


def _explained(schema: Json, place: str, words: Words) -> Json:
    """Add what each word of a closed set means, and close a set that its type leaves open."""
    if set(schema.get("enum", words)) != words.keys():
        unlike = sorted(set(schema["enum"]) ^ words.keys())
        raise TypeError(f"{place}: {', '.join(unlike)} must stand in the type and in service/api/openapi_words.py")
    if not words:
        return schema
    meant = "; ".join(f"`{word}`: {meaning}" for word, meaning in words.items())
    closed: list[str | None] = list(words)
    if "null" in schema["type"]:
        closed.append(None)
    return {**schema, "enum": closed, "description": f"{meant}."}


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
    """Write the union of a scalar and null as one type, of tagged structs with their tag, others as alternatives."""
    structs = [it for it in arguments if isinstance(it, type) and issubclass(it, msgspec.Struct)]
    if len(structs) > 1:
        return _tagged(structs, arguments, waiting)
    options = [_schema(argument, waiting) for argument in arguments]
    rest = [option for option in options if option != {"type": "null"}]
    if len(rest) == 1 and len(options) == 2 and isinstance(rest[0].get("type"), str) and "enum" not in rest[0]:
        return {**rest[0], "type": [rest[0]["type"], "null"]}
    return {"anyOf": options}


def _tagged(
    structs: list[type[msgspec.Struct]], arguments: tuple[Any, ...], waiting: list[type[msgspec.Struct]]
) -> Json:
    """Write a union of structs, which clients tell apart by the tag that each carries."""
    fields = {struct.__struct_config__.tag_field for struct in structs}
    names = ", ".join(public_name(struct) for struct in structs)
    if len(structs) < len(arguments) or None in fields or len(fields) > 1:
        raise TypeError(f"the union of {names} needs a tag by which clients tell them apart, and nothing beside it")
    waiting += structs
    references = {str(struct.__struct_config__.tag): REF.format(public_name(struct)) for struct in structs}
    return {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": fields.pop(), "mapping": references},
    }
