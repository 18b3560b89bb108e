"""Answering one question of a query string: read, resolve, compare tags, compute, encode, keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final, Literal

import msgspec

from service.api.desk import Call, desk_of
from service.api.edge import key_of
from service.api.negotiation import wishes_of
from service.api.parameters import read_query
from service.api.replies import DAY, REVALIDATE, Reply, encode, etag_of, matches
from service.snapshot import Snapshot, Territory

_RELEASE = re.compile(rb"(?:^|&)release=([1-9][0-9]{0,8})(?:&|$)")
FOREVER: Final = float("inf")

Kind = Literal["rates", "timeline", "headline"]


class Prepared(msgspec.Struct, frozen=True):
    """A question resolved but not yet answered.

    ``identity`` is what the answer depends on, beside release and version; ``compute`` answers; ``pinned`` tells
    that nothing in it depends on today. ``heavy`` computations leave the event loop.
    """

    identity: Any
    territory: Territory
    pinned: bool
    compute: Callable[[], Any]
    heavy: bool = False


async def answered(
    request: Call, kind: Kind, prepare: Callable[[dict[str, Any], Snapshot, float], Prepared]
) -> Reply:
    """Return the reply to a question asked in the query string.

    Raises ``Problem`` and ``Refusal`` for what has no answer.
    """
    desk, scope = desk_of(request), request.scope
    raw, now = scope["query_string"], desk.clock()
    wanted = _RELEASE.search(raw)
    snapshot = await desk.snapshot_of(int(wanted[1]) if wanted else None)
    table = getattr(desk.tables(snapshot), kind)
    fields = read_query(raw, table)
    prepared = prepare(fields, snapshot, now)

    fixed = wanted is not None and prepared.pinned
    caching = DAY if fixed else REVALIDATE
    etag = etag_of(kind, snapshot.release, prepared.identity)
    none_match = wishes_of(scope).none_match
    if none_match is not None and matches(none_match, etag.encode()):
        return Reply(b"", release=snapshot.release, etag=etag, cache_control=caching)

    result = await desk.aside(etag, prepared.compute) if prepared.heavy else prepared.compute()
    reply = Reply(encode(result), release=snapshot.release, etag=etag, cache_control=caching)
    if snapshot is desk.holder.current or wanted is not None:
        expires = FOREVER if prepared.pinned else _midnight(prepared.territory, now)
        desk.cache.put(key_of(scope["path"], raw), reply, expires)
    return reply


def _midnight(territory: Territory, now: float) -> float:
    """Return when today ends at the importer's customs, in seconds since the epoch."""
    tomorrow: date = territory.today(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time_of_day.min, territory.zone).timestamp()
