"""The outermost layer: ready answers, ``HEAD``, common headers and counters, for every request alike.

A question whose bytes were asked before is answered here, before routing, by sending stored bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send

from service.api.desk import Desk
from service.api.errors import instance_of, problem_reply
from service.api.negotiation import read_wishes, takes_json
from service.api.overdue import Overdue
from service.api.problems import unavailable
from service.api.replies import CLOSED, SECURITY, WISHES, Wishes

CACHED: Final = frozenset({"/v1/rates", "/v1/rates/timeline", "/v1/headline"})
"""Paths whose answers are kept ready by their query string."""

UNMATCHED: Final = "unmatched"
DEFAULTS: Final = (*SECURITY, (b"content-security-policy", CLOSED.encode()))


def key_of(path: str, query: bytes) -> bytes:
    """Return the key under which the answer to a query is kept."""
    return path.encode() + b"?" + query


class Edge:
    """An ASGI application around the application that routes."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app: Final = app
        self.desk: Final = desk
        self.overdue: Final = Overdue(desk.patience.request)

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
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not wishes.complete:
                    message["headers"] = _complete(message.get("headers", ()), status, self.desk)
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        task = self.overdue.begin()
        try:
            await self.app(scope, receive, sending)
        except asyncio.CancelledError:
            if not self.overdue.was_cut(task):
                raise
            if status:
                raise TimeoutError from None  # part of the answer is sent: all that is left is to hang up
            await self._give_up(scope, wishes, sending)
        finally:
            self.overdue.end(task)
            route = scope.get("path_template") or UNMATCHED
            self.desk.metrics.count(method, route, status or 500, started)

    async def _give_up(self, scope: HTTPScope, wishes: Wishes, send: Send) -> None:
        """Tell a client that its answer could not be made in the time that one request is given."""
        desk = self.desk
        problem = unavailable(f"No answer was ready within {desk.patience.request:g} seconds.", retry_after=10)
        desk.metrics.problems.labels(problem.type.slug).inc()
        current = desk.holder.current
        await problem_reply(problem, instance_of(scope), None if current is None else current.release).send(
            wishes, send
        )


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
    defaults = list(DEFAULTS)
    if (current := desk.holder.current) is not None:
        defaults.append((b"strata-release", b"%d" % current.release.number))
    complete += [pair for pair in defaults if pair[0] not in names]
    return complete


def _allowed(value: bytes) -> bytes:
    methods = {method.strip() for method in value.split(b",")}
    if b"GET" in methods:
        methods.add(b"HEAD")
    return b", ".join(sorted(methods))
