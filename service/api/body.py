"""Bodies: JSON read strictly, with the position of what is wrong and without losing a digit."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection
from typing import Any, Final, NoReturn

from service.api.desk import Call, desk_of
from service.api.parameters import JsonNumber
from service.api.problems import FieldError, InvalidFields, Problem
from service.api.query import unknown
from service.api.values import shown

MAX_BODY: Final = 1_048_576
"""Bytes a body may have."""

MAX_ERRORS: Final = 10
"""Unknown keys of one object that are told; looking for a near name takes time, and a body may hold many."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {shown(twice)} stands more than once in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_no_constant
)


def invalid(message: str, field: str = "") -> InvalidFields:
    """Return the problem of a body that cannot be used."""
    return InvalidFields([FieldError(field, message)], slug="invalid-body")


def decode_json(raw: bytes) -> Any:
    """Return the value of a JSON document, its numbers as ``JsonNumber``.

    Raises ``InvalidFields`` (``invalid-body``): not UTF-8, not JSON (with line and column), a repeated key, ``NaN``
    and ``Infinity``, or nesting too deep to read.
    """
    if not raw.strip():
        raise invalid('the body is empty; send {"questions": [...]}')
    try:
        return _decoder.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise invalid(f"the body is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise invalid(f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError as error:
        raise invalid(str(error)) from None
    except RecursionError:
        raise invalid("the body is nested too deep") from None


def refuse_unknown(value: dict[str, Any], known: Collection[str], place: str = "") -> None:
    """Raise ``InvalidFields`` naming the keys that are not known, the first ``MAX_ERRORS``, with the near name."""
    errors = []
    for name in value:
        if name not in known:
            error = unknown(name, known)
            errors.append(FieldError(place + error.field, error.message))
            if len(errors) == MAX_ERRORS:
                break
    if errors:
        raise InvalidFields(errors, slug="invalid-body")


async def read_json(request: Call) -> Any:
    """Return the decoded body of a request sent as ``application/json``.

    Raises ``Problem``: ``unsupported-media-type``, ``invalid-body``, ``too-large`` beyond ``MAX_BODY``, and
    ``timeout`` when the body does not arrive in time.
    """
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if media_type.strip() != "application/json" or charset not in {"", "utf-8", "utf8"}:
        sent = request.headers.get("content-type")
        detail = f"The body was sent as {shown(sent)}" if sent else "The body was sent without Content-Type"
        raise Problem("unsupported-media-type", f"{detail}; send application/json, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem("unsupported-media-type", "The body was sent compressed; send it as it is.")
    patience = desk_of(request).patience
    try:
        async with asyncio.timeout(patience.body):
            raw = await request.body()
    except TimeoutError:
        raise Problem(
            "timeout",
            f"The body did not arrive within {patience.body:g} seconds.",
            headers=(("connection", "close"),),
        ) from None
    return decode_json(raw)
