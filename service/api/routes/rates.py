"""``/v1/rates``: what duty, why; and the same over time, and for a country as a whole."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from litestar import get, route
from litestar.types import ASGIApp

from service.api.answering import Prepared, answered
from service.api.batch import failed, read_batch, solved
from service.api.body import MAX_BODY, read_json
from service.api.desk import Call, desk_of
from service.api.errors import instance_of
from service.api.limits import charge
from service.api.parameters import read_fields
from service.api.problems import Problem, as_problem
from service.api.questions import resolve, resolve_headline, resolve_over
from service.api.replies import Reply, encode
from service.snapshot import Snapshot

SLICE: Final = 0.005
"""Seconds of computing after which a long request lets others go on."""


def prepare_rate(fields: dict[str, Any], snapshot: Snapshot, now: float) -> Prepared:
    """Resolve one question against a snapshot; raises ``Problem``."""
    asked = resolve(fields, snapshot, now)
    return Prepared(
        identity=asked.question,
        territory=asked.territory,
        pinned=asked.pinned,
        compute=lambda: asked.territory.answer(asked.question),
    )


def _timeline(fields: dict[str, Any], snapshot: Snapshot, now: float) -> Prepared:
    over = resolve_over(fields, snapshot, now)
    question, territory = over.asked.question, over.asked.territory
    return Prepared(
        identity=(question, over.start, over.until),
        territory=territory,
        pinned=over.asked.pinned,
        compute=lambda: territory.timeline(question, over.start, over.until),
        heavy=True,
    )


def _headline(fields: dict[str, Any], snapshot: Snapshot, now: float) -> Prepared:
    asked = resolve_headline(fields, snapshot, now)
    territory = asked.territory
    return Prepared(
        identity=(territory.importer.code, asked.origin, asked.day, asked.known_on, asked.view),
        territory=territory,
        pinned=asked.pinned,
        compute=lambda: territory.schedule.headline(asked.origin, asked.day, asked.known_on, asked.view),
        heavy=True,
    )


@route("/rates", http_method=["GET", "POST"], status_code=200, request_max_body_size=MAX_BODY)
async def rates(request: Call) -> ASGIApp:
    """Answer one question, or many.

    One handler for both methods: with two, the framework's answer to OPTIONS names only the methods of the first.
    """
    return await post_rates(request) if request.method == "POST" else await get_rate(request)


async def get_rate(request: Call) -> Reply:
    """Answer one question."""
    return await answered(request, "rates", prepare_rate)


@get("/rates/timeline", operation_id="getTimeline")
async def get_timeline(request: Call) -> ASGIApp:
    """Answer one question over time."""
    return await answered(request, "timeline", _timeline)


@get("/headline", operation_id="getHeadline")
async def get_headline(request: Call) -> ASGIApp:
    """Answer for a country as a whole."""
    return await answered(request, "headline", _headline)


async def post_rates(request: Call) -> Reply:
    """Answer up to 1,000 questions, each by itself, all from one release."""
    desk, now = desk_of(request), desk_of(request).clock()
    if request.scope["query_string"]:
        raise Problem("invalid-parameter", "A POST takes its questions in the body, not in the query string.")
    batch = read_batch(await read_json(request))
    charge(request.scope, len(batch.questions) - 1)
    snapshot = await desk.snapshot_of(batch.release)
    table, instance = desk.tables(snapshot).item, instance_of(request.scope)
    results: list[bytes] = []
    pause = time.perf_counter() + SLICE
    for index, item in enumerate(batch.questions):
        try:
            fields = read_fields(batch.checked(item, table), table, json=True)
            asked = resolve(fields, snapshot, now)
            results.append(solved(asked.territory.answer(asked.question)))
        except Exception as error:  # noqa: BLE001 - one question that fails must not take the others with it
            problem = as_problem(error)
            desk.metrics.problems.labels(problem.type.slug).inc()
            results.append(failed(problem, f"{instance}#/questions/{index}"))
        if time.perf_counter() > pause:
            await asyncio.sleep(0)
            pause = time.perf_counter() + SLICE
    body = b'{"results":[%b],"release":%b}' % (b",".join(results), encode(snapshot.release))
    return Reply(body, release=snapshot.release)
