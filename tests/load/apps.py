"""Applications under load: the real one with two routes beside it to compare with, and a bare one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, Final

import asyncpg
from litestar import Litestar, Response, Router, get
from litestar.types import ASGIApp

from service.api.answering import _RELEASE
from service.api.desk import Call, desk_of
from service.api.edge import Edge
from service.api.negotiation import confirms, json_only
from service.api.parameters import read_query
from service.api.replies import DAY, REVALIDATE, Reply, encode, etag_of
from service.api.routes.rates import prepare_rate
from service.app import create_app
from service.store.connection import Pool, open_pool

STORED_FILE: Final = "BENCH_STORED_FILE"
"""Environment variable: the file that holds the answer which the comparator and the bare handler return."""

POOL: Final = 4
ROW: Final = "select code, units, columns from schedule_line where schedule = $1 and code = $2 and place = $3"
"""One row by its primary key."""


def measured_app() -> Edge:
    """Return the service with ``/bench/stored`` and ``/bench/row``."""
    app = create_app()
    routes = Router("/bench", before_request=json_only, route_handlers=[_stored(), _row()])
    assert isinstance(app, Edge)
    assert isinstance(app.app, Litestar)
    app.app.register(routes)
    return app


def _stored() -> Any:
    """Return the comparator: what answers a rate that is not kept ready, without composing and encoding."""
    body = Path(os.environ[STORED_FILE]).read_bytes()

    @get("/stored")
    async def stored(request: Call) -> ASGIApp:
        desk, scope = desk_of(request), request.scope
        raw, now = scope["query_string"], desk.clock()
        wanted = _RELEASE.search(raw)
        snapshot = await desk.snapshot_of(int(wanted[1]) if wanted else None)
        fields = read_query(raw, desk.tables(snapshot).rates)
        prepared = prepare_rate(fields, snapshot, now)
        caching = DAY if wanted is not None and prepared.pinned else REVALIDATE
        etag = etag_of("rates", snapshot.release, prepared.identity)
        if confirms(scope, etag):
            return Reply(b"", release=snapshot.release, etag=etag, cache_control=caching)
        return Reply(body, release=snapshot.release, etag=etag, cache_control=caching)

    return stored


def _row() -> Any:
    """Return a handler that reads one row by primary key over a pool and answers with it."""
    opening: list[asyncio.Task[Pool]] = []

    @get("/row")
    async def row(schedule: int, code: str, place: int) -> ASGIApp:
        if not opening:
            opening.append(asyncio.create_task(open_pool(os.environ["DATABASE_URL"], minimum=POOL, maximum=POOL)))
        pool = await opening[0]
        found: asyncpg.Record | None = await pool.fetchrow(ROW, schedule, code, place)
        return Reply(encode(None if found is None else dict(found)))

    return row


def bare_app() -> Litestar:
    """Return an application with one handler and nothing around it, which answers the same bytes."""
    body = Path(os.environ[STORED_FILE]).read_bytes()

    @get("/bench/bare", media_type="application/json")
    async def bare() -> Response[bytes]:
        return Response(body, media_type="application/json")

    return Litestar([bare], openapi_config=None, logging_config=None)
