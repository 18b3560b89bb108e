"""What a request's headers ask for: the form, the compression, and whether the client's copy is still good."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from litestar import Request
from litestar.types import HTTPScope

from service.api.problems import Problem
from service.api.replies import WISHES, Wishes, matches


def read_wishes(scope: HTTPScope) -> Wishes:
    """Read the headers that decide how a reply is sent."""
    wishes = Wishes()
    wishes.head = scope["method"] == "HEAD"
    for name, value in scope["headers"]:
        if name == b"accept":
            wishes.accept = wishes.accept + b"," + value if wishes.accept else value
        elif name == b"accept-encoding":
            wishes.gzip = takes_gzip(value)
        elif name == b"if-none-match":
            wishes.none_match = value
    return wishes


@lru_cache(256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Tell whether ``Accept-Encoding`` allows gzip."""
    qualities = _qualities(accept_encoding)
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


@lru_cache(256)
def takes_json(accept: bytes) -> bool:
    """Tell whether ``Accept`` allows ``application/json``; no header allows everything."""
    if not accept.strip():
        return True
    qualities = _qualities(accept)
    for form in ("application/json", "application/*", "*/*"):
        if form in qualities:
            return qualities[form] > 0
    return False


@lru_cache(256)
def prefers_html(accept: bytes) -> bool:
    """Tell whether ``Accept`` names HTML, as browsers do."""
    return _qualities(accept).get("text/html", 0.0) > 0


def _qualities(header: bytes) -> dict[str, float]:
    """Return the quality of each element of a list header; what cannot be read has quality 0."""
    found: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        element, _, parameters = part.partition(";")
        quality = 1.0
        for parameter in parameters.split(";"):
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if element.strip():
            found[element.strip()] = quality
    return found


def wishes_of(scope: HTTPScope) -> Wishes:
    """Return the wishes that the edge put into the scope."""
    found = scope.get(WISHES)
    return found if isinstance(found, Wishes) else read_wishes(scope)


def confirms(scope: HTTPScope, etag: str) -> bool:
    """Tell whether the client's copy is the answer of this tag, so that none need be made."""
    none_match = wishes_of(scope).none_match
    return none_match is not None and matches(none_match, etag.encode())


async def json_only(request: Request[Any, Any, Any]) -> None:
    """Refuse a request that does not take JSON; runs before every handler below ``/v1``.

    A guard would do the same, but guards are handed a copy of the route handler, which takes longer than an answer.
    """
    if not takes_json(wishes_of(request.scope).accept):
        raise Problem("not-acceptable", "This resource is written as application/json only; Accept excludes it.")
