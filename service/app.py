"""The application: the routes under one roof, the state they share, and what happens at start and stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Final

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.types import ASGIApp

from service.api import landing
from service.api.browsing import routes as browsing
from service.api.desk import Clock, Desk
from service.api.edge import Edge
from service.api.errors import on_error
from service.api.limits import limited
from service.api.limits_time import Patience
from service.api.negotiation import json_only
from service.api.routes import law, operations, rates, reference
from service.api.warming import warm
from service.settings import Settings
from service.snapshot import SnapshotHolder, SourceUnavailable

log = logging.getLogger(__name__)

DRAIN: Final = signal.SIGUSR1
"""Sent by ``strata serve`` to its workers before they are stopped: readiness turns false, answers go on."""

SWITCH_SECONDS: Final = 0.0005
"""How long a thread (one that builds a snapshot, or computes a headline) may hold the interpreter while a request
waits for it. With Python's 5 ms, building a snapshot was seen to cut the throughput of a worker to a thirtieth."""

FULL: Final = 2
"""The generation of a full collection."""

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def application(desk: Desk, *lifespan: Lifespan) -> Edge:
    """Return the ASGI application around the state that its handlers share."""
    questions = Router(
        "/v1",
        before_request=json_only,
        route_handlers=[
            rates.rates,
            rates.get_timeline,
            rates.get_headline,
            law.get_coverage,
            law.list_releases,
            law.get_release,
            *browsing.ROUTES,
        ],
    )
    app = Litestar(
        route_handlers=[
            questions,
            operations.get_live,
            operations.get_ready,
            operations.get_metrics,
            landing.get_landing,
            landing.get_asset,
            reference.get_openapi,
            reference.get_docs,
            reference.get_docs_file,
            reference.list_problem_types,
            reference.get_problem_type,
        ],
        exception_handlers={Exception: on_error},
        state=State({"desk": desk}),
        lifespan=list(lifespan),
        openapi_config=None,
        logging_config=None,
    )
    desk.holder.prepare = partial(warm, desk, "/v1/rates", rates.prepare_rate)
    return Edge(app, desk)


def create_app(settings: Settings | None = None, *, clock: Clock = time.time) -> ASGIApp:
    """Return the application that answers from Postgres; the factory that servers are given.

    Without a ``DATABASE_URL`` the private Postgres of the checkout is made to run, as by ``strata serve``.
    """
    # Imported here: tests of the routes run without the store and its drivers.
    from service.releases import PostgresReleases  # noqa: PLC0415
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415

    chosen = settings or Settings.from_env(os.environ)
    source = PostgresReleases(ensure_database_sync(chosen), pool_size=chosen.pool_size)
    patience = Patience(body=chosen.body_seconds, request=chosen.request_seconds)
    desk = Desk(SnapshotHolder(source), clock=clock, cache_answers=chosen.cache_answers, patience=patience)
    desk.browsing = source.browsing

    @asynccontextmanager
    async def following(_: Litestar) -> AsyncIterator[None]:
        sys.setswitchinterval(SWITCH_SECONDS)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(source.close)
            await _first(desk)
            await stack.enter_async_context(_watching(desk, source.dsn, chosen.poll_seconds))
            _listen(desk)
            stack.enter_context(_calm())
            yield

    return limited(application(desk, following), desk, chosen)


@contextmanager
def _calm() -> Iterator[None]:
    """Walk what is kept while answering once, not at every full collection: that would stop a worker for a moment.

    What outlives a full collection lives in bounded caches, which refer to nothing in circles: it is freed when it is
    let go, and needs no collector.
    """

    def set_aside(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == FULL:
            gc.freeze()

    gc.callbacks.append(set_aside)
    try:
        yield
    finally:
        gc.callbacks.remove(set_aside)


def _listen(desk: Desk) -> None:
    """Turn readiness false on ``DRAIN``; only a worker process of its own can be signalled."""

    def drain() -> None:
        desk.draining = True

    if threading.current_thread() is threading.main_thread():
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(DRAIN, drain)


async def _first(desk: Desk) -> None:
    """Load the newest release; while there is none, or no database, the service runs but is not ready."""
    try:
        if not await desk.holder.refresh():
            log.warning("no release has been published yet; strata law publish makes one")
    except SourceUnavailable as error:
        log.warning("the database is away (%s); the service waits for it", error)


@asynccontextmanager
async def _watching(desk: Desk, dsn: str, poll_seconds: float) -> AsyncIterator[None]:
    """Take over releases as they are published."""
    from service.store.refresh import ReleaseWatcher  # noqa: PLC0415

    async def taken(number: int) -> None:
        try:
            await desk.holder.take(number)
        except Exception:
            desk.metrics.refreshes.labels("failed").inc()
            raise
        desk.metrics.refreshes.labels("taken").inc()

    current = desk.holder.current
    seen = current.release.number if current is not None else None
    async with ReleaseWatcher(dsn, poll_seconds, taken, seen=seen, on_descriptions=desk.holder.describe):
        yield
