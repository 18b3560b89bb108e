"""Limits on how much one client may ask: an application around the edge, there only when a limit is set.

Each worker counts for itself; with several, a client may reach the sum. Health and metrics are never limited.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send

from service.api.desk import Desk
from service.api.errors import instance_of, problem_reply
from service.api.limits_clients import address_of, bearer_of, name_of, read_keys, read_networks
from service.api.limits_state import State, header_fields
from service.api.negotiation import read_wishes
from service.api.problems import Problem
from service.api.replies import WISHES
from service.settings import Settings

if TYPE_CHECKING:
    from service.api.limits_counts import Allowance

FREE: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
CLIENT: Final = "strata_client"
"""Key of the ``Client`` in the scope, for handlers that learn later how much was asked."""

LIMITED: Final = "limited"


class Client:
    """One client during one request: what it is called, its allowance, and where that stands."""

    __slots__ = ("_allowance", "_name", "_taken", "state")

    def __init__(self, allowance: Allowance | None, name: str) -> None:
        self._allowance = allowance
        self._name = name
        self._taken = 0
        self.state: State | None = None

    def charge(self, cost: int) -> None:
        """Take ``cost`` questions off the allowance; raises ``Problem`` (``rate-limited``) when they are not left.

        One request takes the whole allowance at most, so that a body of more questions can be answered at all.
        """
        if self._allowance is None:
            return
        cost = min(cost, self._allowance.amount - self._taken)
        self.state = state = self._allowance.take(self._name, cost)
        self._taken += cost
        if not state.passed:
            raise Problem(
                "rate-limited",
                f"This {self._allowance.kind} may ask {state.amount} questions in {state.window} seconds; {cost} now "
                f"would be too many. Try again in {state.renewed_in} seconds.",
                headers=(("retry-after", str(state.renewed_in)),),
            )

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that tell where the allowance stands."""
        if self._allowance is None or self.state is None:
            return []
        return header_fields(self._allowance.kind, self.state)


class Limited:
    """An ASGI application that lets requests through to another while their client's allowance lasts."""

    def __init__(self, app: ASGIApp, desk: Desk, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        """Read the settings. Raises ``BadKeysError``, ``ValueError`` for what cannot be used."""
        # Imported here: a service without limits does without the library, and starts sooner.
        from service.api.limits_counts import Allowance, Counts  # noqa: PLC0415

        counts = Counts(clock)

        def allowance(kind: str, rate: str) -> Allowance | None:
            return None if rate == "off" else Allowance(kind, rate, counts, clock)

        self.app: Final = app
        self.desk: Final = desk
        self._by_address: Final = allowance("address", settings.rate_address)
        self._by_key: Final = allowance("key", settings.rate_key)
        self._keys: Final = {} if settings.keys_file == "none" else read_keys(Path(settings.keys_file))
        self._proxies: Final = read_networks(settings.proxies)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 401 or 429."""
        if scope["type"] != "http" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        client = Client(self._by_address, address_of(scope, self._proxies))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *client.fields()]
            await send(message)

        try:
            key = bearer_of(scope) if self._keys else None
            if key is None or (name := name_of(key, self._keys)) is None:
                client.charge(1)
                if key is not None:
                    raise _unauthorized()
            else:
                client = Client(self._by_key, name)
                client.charge(1)
        except Problem as problem:
            await self._refuse(problem, scope, sending, started)
            return
        scope[CLIENT] = client
        await self.app(scope, receive, sending)

    async def _refuse(self, problem: Problem, scope: Any, send: Send, started: float) -> None:
        scope[WISHES] = wishes = read_wishes(scope)
        current = self.desk.holder.current
        reply = problem_reply(problem, instance_of(scope), None if current is None else current.release)
        self.desk.metrics.problems.labels(problem.type.slug).inc()
        status = await reply.send(wishes, send)
        self.desk.metrics.count(scope["method"], LIMITED, status, started)


def charge(scope: HTTPScope, cost: int) -> None:
    """Take more off the allowance of a request's client; raises ``Problem`` (``rate-limited``)."""
    client = scope.get(CLIENT)
    if isinstance(client, Client) and cost > 0:
        client.charge(cost)


def limited(app: ASGIApp, desk: Desk, settings: Settings) -> ASGIApp:
    """Return ``app`` within the limits that are set; without any, ``app`` itself."""
    if settings.rate_address == settings.rate_key == "off" and settings.keys_file == "none":
        return app
    return Limited(app, desk, settings)


def _unauthorized() -> Problem:
    return Problem(
        "unauthorized",
        "The key in Authorization is not known here. Leave the header out to ask without a key.",
        headers=(("www-authenticate", "Bearer"),),
    )
