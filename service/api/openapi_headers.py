"""Which headers a response carries, by its status: what the OpenAPI document says of them."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

_TEXT: Final = {"type": "string"}
_WHOLE: Final = {"type": "integer", "minimum": 0}

HEADERS: Final[Json] = {
    "Strata-Version": {"description": "Version of the service. On every response.", "schema": _TEXT},
    "Strata-Release": {
        "description": (
            "Number of the release answered from; of a problem, the current one. Missing while none is loaded."
        ),
        "schema": {"type": "integer", "minimum": 1},
    },
    "Cache-Control": {
        "description": (
            "public, max-age=86400 when release, date and known_on were all given, as far as the operation takes "
            "them; no-cache: ask again with If-None-Match; no-store on problems and on what changes at any moment."
        ),
        "schema": _TEXT,
    },
    "ETag": {
        "description": (
            "Identifies (service version, release, imported descriptions, question). Send it back as If-None-Match. "
            "Weak on a compressed body."
        ),
        "schema": _TEXT,
    },
    "Vary": {
        "description": (
            "Accept-Encoding where the body is long enough to be compressed, Accept where there are several forms. "
            "Missing elsewhere."
        ),
        "schema": _TEXT,
    },
    "RateLimit-Policy": {
        "description": (
            'How much may be asked: "address" or "key", q questions in w seconds. Missing where the operator set no '
            "limit."
        ),
        "schema": _TEXT,
    },
    "RateLimit": {
        "description": (
            "What is left: r questions, and t seconds until all are there again. Missing where the operator set no "
            "limit."
        ),
        "schema": _TEXT,
    },
    "Retry-After": {"description": "Seconds after which to try again.", "schema": _WHOLE},
    "WWW-Authenticate": {"description": "How to send a key: Bearer.", "schema": _TEXT},
}
"""Described once, referred to by the responses that carry them."""

SECURITY: Final = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options")
"""On every response, for browsers; the description of the service names them once."""

_ALWAYS: Final = ("Strata-Version", "Strata-Release", "Cache-Control")
_LIMITED: Final = ("RateLimit-Policy", "RateLimit")
_CAN_BE_LONG: Final = {200, 400, 404, 422}
_MORE: Final = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def headers(status: int, *, limited: bool, tagged: bool = False) -> Json:
    """Return the headers of a response.

    ``limited``: the operation counts against an allowance; ``tagged``: its answers can be confirmed by their tag.
    """
    names = [*_ALWAYS]
    if tagged and status in {200, 304}:
        names.append("ETag")
    if status in _CAN_BE_LONG:
        names.append("Vary")
    names += _LIMITED if limited else ()
    names += _MORE.get(status, ())
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
