"""What the handlers of one process share: the snapshot, the clock, the ready answers, the counters."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from litestar import Request
from litestar.datastructures import State

from service.api.cache import AnswerCache
from service.api.limits_time import Patience
from service.api.metrics import Metrics
from service.api.parameters import Tables, tables_of
from service.api.problems import Problem, unavailable
from service.snapshot import Snapshot, SnapshotHolder, SourceUnavailable, UnknownRelease

Clock = Callable[[], float]
"""Seconds since the epoch."""

HEAVY: Final = 2
"""Long computations that run at once; more of them wait, so that short ones go on."""

MOST_WAITING: Final = 64
"""Long computations under way or waiting; what comes on top is told to try again, rather than wait in vain."""

Call = Request[Any, Any, State]


class Desk:
    """The state of the application. ``draining`` turns true when the process was told to stop."""

    def __init__(
        self,
        holder: SnapshotHolder,
        *,
        clock: Clock = time.time,
        cache_answers: int = 10_000,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self.holder: Final = holder
        self.clock: Final = clock
        self.patience: Final = patience
        self.cache: Final = AnswerCache(cache_answers)
        self.metrics: Final = Metrics()
        self.draining = False
        self.browsing: Callable[[], Awaitable[Any]] | None = None
        """Gives the pool of connections that browsing reads over; None where there is no database."""
        self.midnights: Final[dict[str, float]] = {}
        self._tables: dict[str, Tables] = {}
        self._documents: dict[str, bytes] = {}
        self._threads: Final = ThreadPoolExecutor(HEAVY, thread_name_prefix="strata-heavy")
        self._under_way: dict[str, asyncio.Future[Any]] = {}
        holder.on_swap(self._swapped)

    def _swapped(self, snapshot: Snapshot) -> None:
        self.cache.clear()
        self._tables.clear()
        self._documents.clear()
        self.metrics.release.set(snapshot.release.number)
        self.metrics.loaded.set(snapshot.loaded)

    def snapshot(self) -> Snapshot:
        """Return the current snapshot; raises the problem ``unavailable`` while there is none."""
        snapshot = self.holder.current
        if snapshot is None:
            raise unavailable("No release of the law data is loaded yet.", retry_after=2)
        return snapshot

    async def snapshot_of(self, number: int | None) -> Snapshot:
        """Return the snapshot of a release, the current one by default; raises ``not-found``, ``unavailable``."""
        if number is None:
            return self.snapshot()
        try:
            return await self.holder.of(number)
        except UnknownRelease:
            raise Problem("not-found", f"There is no release {number}; /v1/releases lists them.") from None
        except SourceUnavailable:
            raise unavailable(
                f"Release {number} is not in memory, and the database is away.", retry_after=5
            ) from None

    def tables(self, snapshot: Snapshot) -> Tables:
        """Return the parameters of each question as the facts of the snapshot make them."""
        digest = snapshot.release.digest
        found = self._tables.get(digest)
        if found is None:
            found = self._tables[digest] = tables_of(snapshot.facts)
        return found

    async def aside(self, key: str, compute: Callable[[], Any]) -> Any:
        """Compute in a thread, so that other requests go on; the same ``key`` asked meanwhile waits for it.

        Raises the problem ``unavailable`` when ``MOST_WAITING`` are under way.
        """
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= MOST_WAITING:
                raise unavailable("Too many long computations wait already.", retry_after=2)
            loop = asyncio.get_running_loop()
            task = self._under_way[key] = loop.run_in_executor(self._threads, compute)
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # Shielded: a client that goes away must not take the result from the others.
        return await asyncio.shield(task)

    def document(self, name: str, make: Callable[[Snapshot], bytes]) -> bytes:
        """Return a document made once for the current snapshot."""
        if name not in self._documents:
            self._documents[name] = make(self.snapshot())
        return self._documents[name]


def desk_of(request: Call) -> Desk:
    """Return the desk of the application that received the request."""
    desk: Desk = request.app.state.desk
    return desk
