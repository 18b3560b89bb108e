"""The outermost layer: ready answers, ``HEAD``, common headers and counters, for every request alike.

A question whose bytes were asked before is answered here, before routing, by sending stored bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Final

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send

from service.api.desk import Desk
from service.api.negotiation import read_wishes, takes_json
from service.api.replies import CLOSED, SECURITY, WISHES, Wishes

CACHED: Final = frozenset({"/v1/rates", "/v1/rates/timeline", "/v1/headline"})
"""Paths whose answers are kept ready by their query string."""

UNMATCHED: Final = "unmatched"


def key_of(path: str, query: bytes) -> bytes:
    """Return the key under which the answer to a query is kept."""
    return path.encode() + b"?" + query


class Edge:
    """An ASGI application around the application that routes."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app: Final = app
        self.desk: Final = desk

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer from the ready answers if possible, else let the application answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        wishes = read_wishes(scope)
        scope[WISHES] = wishes
        desk, path, method = self.desk, scope["path"], scope["method"]
        if path in CACHED and (method == "GET" or wishes.head) and takes_json(wishes.accept):
            reply = desk.cache.get(key_of(path, scope["query_string"]), desk.clock())
            if reply is not None:
                desk.metrics.hits.inc()
                status = await reply.send(wishes, send)
                desk.metrics.count(method, path, status, started)
                return
            desk.metrics.misses.inc()
        await self._route(scope, receive, send, wishes, started)

    async def _route(self, scope: HTTPScope, receive: Receive, send: Send, wishes: Wishes, started: float) -> None:
        method = scope["method"]
        head = method == "HEAD"
        if head:
            scope["method"] = "GET"
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not wishes.complete:
                    message["headers"] = _complete(message.get("headers", ()), status, self.desk)
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            route = scope.get("path_template") or UNMATCHED
            self.desk.metrics.count(method, route, status, started)


def _complete(headers: Iterable[tuple[bytes, bytes]], status: int, desk: Desk) -> list[tuple[bytes, bytes]]:
    """Add the headers that every response carries, and HEAD to the methods allowed where GET is."""
    complete: list[tuple[bytes, bytes]] = []
    names = set()
    for name, value in headers:
        key = name.lower()
        names.add(key)
        if key == b"allow" and status in {204, 405}:
            complete.append((key, _allowed(value)))
        else:
            complete.append((key, value))
    defaults: list[tuple[bytes, Any]] = [*SECURITY, (b"content-security-policy", CLOSED.encode())]
    if (current := desk.holder.current) is not None:
        defaults.append((b"strata-release", b"%d" % current.release.number))
    complete += [pair for pair in defaults if pair[0] not in names]
    return complete


def _allowed(value: bytes) -> bytes:
    methods = {method.strip() for method in value.split(b",")}
    if b"GET" in methods:
        methods.add(b"HEAD")
    return b", ".join(sorted(methods))
