"""The query string, read strictly: each parameter known, given once, and percent-encoded UTF-8."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final
from urllib.parse import unquote_to_bytes

from service.api.problems import FieldError, InvalidFields
from service.api.values import shown

MAX_QUERY: Final = 8_192
"""Bytes a query string may have."""

MAX_NAME: Final = 64
"""Characters beyond which no near name is looked for."""

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PLAIN = re.compile(rb"[A-Za-z0-9_.,:~=&*-]*")


def near_name(name: str, known: Collection[str]) -> str:
    """Return ``; did you mean X?`` for the known name closest to ``name``, or nothing."""
    near = get_close_matches(name, known, n=1, cutoff=0.6) if len(name) <= MAX_NAME else ()
    return f"; did you mean {near[0]}?" if near else ""


def unknown(name: str, known: Collection[str]) -> FieldError:
    """Return the error for a name that is not known."""
    return FieldError(
        name if name.isascii() and name.isprintable() else shown(name), "is not known" + near_name(name, known)
    )


def parse_query(raw: bytes, known: Collection[str]) -> tuple[dict[str, str], list[FieldError]]:
    """Return the parameters of a query string as text by name, in the order given, and what is wrong with others.

    Wrong are parameters that are unknown (the error tells the near name), repeated, without a value, or not
    percent-encoded UTF-8. Raises ``InvalidFields`` for a query string of more than ``MAX_QUERY`` bytes.
    """
    if len(raw) > MAX_QUERY:
        message = f"the query string has {len(raw)} bytes; at most {MAX_QUERY} are read, POST takes longer questions"
        raise InvalidFields([FieldError("", message)])
    given: dict[str, str] = {}
    errors: list[FieldError] = []
    if not raw:
        return given, errors
    plain = _PLAIN.fullmatch(raw) is not None
    for part in raw.split(b"&"):
        name_raw, equals, value_raw = part.partition(b"=")
        try:
            name = name_raw.decode("ascii") if plain else _decoded(name_raw)
            value = value_raw.decode("ascii") if plain else _decoded(value_raw)
        except ValueError as error:
            errors.append(FieldError(shown(name_raw.decode("latin-1")), str(error)))
            continue
        if not name:
            errors.append(FieldError("", "the query string holds a part without a name"))
        elif name not in known:
            errors.append(unknown(name, known))
        elif name in given:
            errors.append(FieldError(name, "is given more than once"))
        elif not equals or not value:
            errors.append(FieldError(name, "has no value; leave the parameter out if it is not known"))
        else:
            given[name] = value
    return given, errors


def _decoded(raw: bytes) -> str:
    """Decode one name or value; raises ``ValueError`` when it is not percent-encoded UTF-8."""
    if _BAD_ESCAPE.search(raw):
        raise ValueError("holds a % that is not followed by two hexadecimal digits")
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("is not percent-encoded UTF-8") from None
    if not text.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return text
