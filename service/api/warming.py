"""Taking over a release without a cold start: the questions asked lately are asked of it before it is current.

A new schedule starts with empty caches, and its first hundred answers cost as much as thousands later. So the newest
ready answers are computed once more, in the thread that built the schedule, and stand ready when it takes over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_to_bytes

from service.api.answering import Preparer, ready
from service.api.cache import Entry
from service.api.desk import Desk
from service.api.parameters import read_query, tables_of
from service.api.problems import Problem
from service.engine.refusals import Refusal
from service.pacing import gently
from service.snapshot import Snapshot

WARMED: Final = 1_000
"""Questions asked again at most."""

Finish = Callable[[], None]


def warm(desk: Desk, path: str, prepare: Preparer, snapshot: Snapshot) -> Finish:
    """Answer the newest questions to a path from a snapshot that is not current yet; return what keeps them ready.

    Questions that name a release, or that have no answer in the new one, are left out.
    """
    tables, now = tables_of(snapshot.facts), desk.clock()
    found: list[tuple[bytes, Entry]] = []
    for key in gently(desk.cache.newest(WARMED)):
        asked, _, query = key.partition(b"?")
        if asked != path.encode() or b"release=" in unquote_to_bytes(query):
            continue
        try:
            prepared = prepare(read_query(query, tables.rates), snapshot, now)
            found.append((key, ready(desk, "rates", snapshot, prepared, now)))
        except (Problem, Refusal):
            continue

    def finish() -> None:
        for key, (expires, reply) in found:
            desk.cache.put(key, reply, expires)

    return finish
