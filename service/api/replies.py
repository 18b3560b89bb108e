"""Replies: bytes with headers, made once and sent any number of times.

A ``Reply`` is an ASGI application, so a handler may return it, and it costs nothing beyond being sent. Its headers
are complete: caching, release, security. What depends on the request (compression, ``HEAD``, ``If-None-Match``)
is decided by the ``Wishes`` that the edge read from the request's headers.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, Final

import msgspec
from litestar.types import Receive, Scope, Send

from service.engine.answers import ReleaseRef

VERSION: Final = version("strata")
"""The version of the service; an answer is reproduced to the byte by (question, release, this version)."""

JSON: Final = "application/json"
GZIP_FROM: Final = 1_024
"""Bytes from which on a body is compressed when the client asks for it."""

GZIP_LEVEL: Final = 5
DAY: Final = "public, max-age=86400"
REVALIDATE: Final = "no-cache"
NO_STORE: Final = "no-store"

Headers = list[tuple[bytes, bytes]]

SECURITY: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"strata-version", VERSION.encode()),
)
CLOSED: Final = "default-src 'none'; frame-ancestors 'none'"

_encoder = msgspec.json.Encoder(decimal_format="number")
_ordered = msgspec.json.Encoder(order="deterministic")


class Wishes:
    """What a request's headers ask of the reply."""

    __slots__ = ("accept", "complete", "gzip", "head", "none_match")

    def __init__(self) -> None:
        self.head = False
        self.gzip = False
        self.accept: bytes = b""
        self.none_match: bytes | None = None
        self.complete = False  # set when what was sent needs no header added


WISHES: Final = "strata_wishes"
"""Key of the ``Wishes`` in the scope."""


def encode(value: Any) -> bytes:
    """Write an answer as JSON: decimals as numbers with exactly their digits, keys in the order of declaration."""
    return _encoder.encode(value)


def etag_of(*parts: Any) -> str:
    """Return the strong entity tag of what is reproduced by (service version, media type, ``parts``)."""
    digest = blake2b(_ordered.encode((VERSION, JSON, *parts)), digest_size=12)
    return f'"{digest.hexdigest()}"'


def matches(none_match: bytes, etag: bytes) -> bool:
    """Tell whether ``If-None-Match`` names the tag, by the weak comparison that RFC 9110 prescribes for it."""
    if none_match in {etag, b"*"}:
        return True
    return any(part.strip().removeprefix(b"W/") == etag for part in none_match.split(b","))


@lru_cache(128)
def _common(media_type: str, cache_control: str, policy: str, release: int | None) -> Headers:
    """Return the headers that thousands of replies share: one list for all of them, never changed."""
    headers = [
        (b"content-type", media_type.encode()),
        (b"cache-control", cache_control.encode()),
        (b"content-security-policy", policy.encode()),
        *SECURITY,
    ]
    return headers if release is None else [*headers, (b"strata-release", b"%d" % release)]


class Reply:
    """A complete response.

    ``headers`` lack only content-length and what the request's wishes add. ``etag`` is the strong tag; a
    compressed body carries it weak.
    """

    __slots__ = ("body", "complete", "etag", "headers", "packed", "status")

    def __init__(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: str = JSON,
        release: ReleaseRef | None = None,
        etag: str | None = None,
        cache_control: str = NO_STORE,
        policy: str = CLOSED,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.status = status
        self.body = body
        self.packed: bytes | None = None
        self.complete = release is not None and status not in {204, 405}
        self.etag = etag.encode() if etag else None
        self.headers: Headers = _common(
            media_type, cache_control, policy, None if release is None else release.number
        )
        if not extra:
            return
        self.headers = self.headers + [
            (name.lower().encode(), value.encode("latin-1", "replace")) for name, value in extra
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the reply as the request's wishes demand."""
        wishes = scope.get(WISHES)
        await self.send(wishes if isinstance(wishes, Wishes) else Wishes(), send)

    async def send(self, wishes: Wishes, send: Send) -> int:
        """Send the reply and return the status sent."""
        etag = self.etag
        wishes.complete = self.complete
        if etag is not None and wishes.none_match is not None and matches(wishes.none_match, etag):
            headers = [pair for pair in self.headers if pair[0] != b"content-type"]
            headers.append((b"etag", etag))
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return 304
        body = self.body
        headers = self.headers.copy()
        if len(body) >= GZIP_FROM:
            headers.append((b"vary", b"accept-encoding"))
            if wishes.gzip:
                if self.packed is None:
                    self.packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
                body = self.packed
                headers.append((b"content-encoding", b"gzip"))
                etag = etag and b"W/" + etag
        if etag is not None:
            headers.append((b"etag", etag))
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if wishes.head else body, "more_body": False})
        return self.status
