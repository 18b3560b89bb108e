"""Learning of releases: by notification where the server can notify, by polling always.

A notification only wakes the watcher; what counts is the number in the table. So a lost notification costs
one poll at most, a hot standby (which has none) works the same, and after a restore from a backup the watcher
follows the database back.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import asyncpg

from service.store import statements
from service.store.connection import CONNECT_SECONDS, UNREACHABLE, connect
from service.store.descriptions import REVISION

if TYPE_CHECKING:
    Own = asyncpg.Connection[asyncpg.Record]

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 30.0
QUERY_SECONDS: Final = 10.0
"""A peer that is silently gone is noticed by a poll that gets no answer for so long."""


class ReleaseWatcher:
    """Calls ``on_release`` with the number of the current release whenever it changes.

    Args:
        dsn: Address of the database; the watcher keeps a connection of its own.
        poll_seconds: Longest time between two looks at the table; spread, so that workers take turns.
        on_release: Takes the number of the new release. When it raises, the error is logged and the release
            is offered again at the next look.
        seen: Number of the release that is loaded already; None calls for whatever stands.
        on_descriptions: Called when the descriptions of goods are others than at the look before, and at the first
            look if there are any. When it raises, as for ``on_release``.

    It is started with ``start`` or as an async context manager and never gives up: while the server is away
    it tries again, at growing intervals up to ``poll_seconds``.
    """

    def __init__(
        self,
        dsn: str,
        poll_seconds: float,
        on_release: Callable[[int], Awaitable[None]],
        *,
        seen: int | None = None,
        on_descriptions: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._dsn = dsn
        self._poll_seconds = poll_seconds
        self._on_release = on_release
        self._on_descriptions = on_descriptions
        self._seen = seen
        self._described = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connected = False

    @property
    def connected(self) -> bool:
        """Tell whether the last attempt to reach the database succeeded."""
        return self._connected

    @property
    def seen(self) -> int | None:
        """Return the number last handed to ``on_release`` with success."""
        return self._seen

    def start(self) -> None:
        """Begin to watch, on the running event loop; a second call changes nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="strata release watcher")

    async def stop(self) -> None:
        """Stop and close the connection; an ``on_release`` that is under way is cancelled."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._connected = False

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                conn = await connect(self._dsn, application="strata watcher")
            except (*UNREACHABLE, asyncpg.PostgresError) as error:
                log.warning("cannot reach the database: %s", str(error) or type(error).__name__)
            else:
                await self._watch(conn)
            if self._connected:
                pause = FIRST_PAUSE
            self._connected = False
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the load, hides nothing
            pause = min(pause * 2, self._poll_seconds, LONGEST_PAUSE)

    async def _watch(self, conn: Own) -> None:
        """Look and wait until the connection is lost."""
        conn.add_termination_listener(self._lost)
        try:
            if not await conn.fetchval(statements.IS_STANDBY, timeout=QUERY_SECONDS):
                await conn.add_listener(statements.RELEASE_CHANNEL, self._notified)
            while not conn.is_closed():
                self._wake.clear()
                await self._look(conn)
                await self._sleep()
        except (*UNREACHABLE, asyncpg.PostgresError) as error:
            log.warning("lost the database: %s", str(error) or type(error).__name__)
        finally:
            conn.remove_termination_listener(self._lost)
            await _close(conn)

    async def _look(self, conn: Own) -> None:
        number = await conn.fetchval(statements.CURRENT_NUMBER, timeout=QUERY_SECONDS)
        self._connected = True
        if number is not None and number != self._seen:
            try:
                await self._on_release(number)
            except Exception:
                log.exception("release %d could not be taken over; it is tried again", number)
            else:
                self._seen = number
        if self._on_descriptions is not None:
            await self._look_at_descriptions(conn, self._on_descriptions)

    async def _look_at_descriptions(self, conn: Own, on_descriptions: Callable[[], Awaitable[object]]) -> None:
        revision = await conn.fetchval(REVISION, timeout=QUERY_SECONDS)
        if revision == self._described:
            return
        try:
            await on_descriptions()
        except Exception:
            log.exception("the descriptions could not be taken over; it is tried again")
        else:
            self._described = revision

    async def _sleep(self) -> None:
        spread = random.uniform(0.8, 1.0)  # noqa: S311 - spreads the load, hides nothing
        try:
            async with asyncio.timeout(self._poll_seconds * spread):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _notified(self, *_: Any) -> None:
        self._wake.set()

    def _lost(self, _: Any) -> None:
        self._wake.set()


async def _close(conn: Own) -> None:
    """Close without waiting for a peer that may be gone."""
    try:
        await conn.close(timeout=CONNECT_SECONDS)
    except (*UNREACHABLE, asyncpg.PostgresError):
        conn.terminate()
