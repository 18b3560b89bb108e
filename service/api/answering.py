"""Answering one question of a query string: read, resolve, compare tags, compute, encode, keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final, Literal

import msgspec

from service.api.cache import Entry
from service.api.desk import Call, Desk, desk_of
from service.api.edge import key_of
from service.api.negotiation import confirms
from service.api.parameters import read_query
from service.api.replies import DAY, REVALIDATE, Reply, encode, etag_of
from service.snapshot import Snapshot, Territory

_RELEASE = re.compile(rb"(?:^|&)release=([1-9][0-9]{0,8})(?:&|$)")
FOREVER: Final = float("inf")
LONGEST_DAY: Final = 22 * 3_600
"""Seconds before a midnight within which it is surely the next one, whatever the clocks do that night."""

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


Preparer = Callable[[dict[str, Any], Snapshot, float], Prepared]
"""Resolve the fields of a question against a snapshot, at a moment."""


async def answered(request: Call, kind: Kind, prepare: Preparer) -> Reply:
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
    etag = _tag(kind, snapshot, prepared)
    if confirms(scope, etag):
        return Reply(b"", release=snapshot.release, etag=etag, cache_control=caching)

    result = await desk.aside(etag, prepared.compute) if prepared.heavy else prepared.compute()
    reply = Reply(encode(result), release=snapshot.release, etag=etag, cache_control=caching)
    # Not if other descriptions came meanwhile: nothing would take the answer out.
    if snapshot is desk.holder.current or (wanted is not None and desk.holder.holds(snapshot)):
        keep = desk.cache.put if prepared.heavy else desk.cache.offer
        keep(key_of(scope["path"], raw), reply, _expiry(desk, prepared, now))
    return reply


def ready(desk: Desk, kind: Kind, snapshot: Snapshot, prepared: Prepared, now: float) -> Entry:
    """Compute the reply to a question that names no release, and say how long it holds."""
    etag = _tag(kind, snapshot, prepared)
    reply = Reply(encode(prepared.compute()), release=snapshot.release, etag=etag, cache_control=REVALIDATE)
    return _expiry(desk, prepared, now), reply


def _tag(kind: Kind, snapshot: Snapshot, prepared: Prepared) -> str:
    """Return the tag of an answer: descriptions of goods are in it, too, and change without a release."""
    if kind == "headline" or not (described := prepared.territory.descriptions.digest):
        return etag_of(kind, snapshot.release, prepared.identity)
    return etag_of(kind, snapshot.release, prepared.identity, described)


def _expiry(desk: Desk, prepared: Prepared, now: float) -> float:
    """Return when an answer ceases to hold: never, or when today ends at the importer's customs."""
    if prepared.pinned:
        return FOREVER
    territory = prepared.territory
    code = territory.importer.code
    midnight = desk.midnights.get(code, 0.0)
    if not midnight - LONGEST_DAY < now < midnight:
        tomorrow: date = territory.today(now) + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time_of_day.min, territory.zone).timestamp()
        desk.midnights[code] = midnight
    return midnight
