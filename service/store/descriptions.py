"""Descriptions of goods in the database: written when an edition is imported, read when a release is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final

from service.descriptions import Descriptions
from service.store import statements
from service.store.connection import PUBLISH_SECONDS, Database, connection

LOCK_IMPORTING: Final = "SELECT pg_advisory_xact_lock(8459131250232)"
"""One import at a time, per database."""

REVISION: Final = "SELECT coalesce(max(revision), 0) FROM described_edition"
"""Changes whenever descriptions do."""

KNOWN_EDITION: Final = "SELECT start, place FROM described_edition WHERE importer = $1 AND edition = $2"
KEEP_EDITION: Final = """
    INSERT INTO described_edition (importer, edition, start, place, revision)
    SELECT $1, $2, $3, $4, coalesce(max(revision), 0) + 1 FROM described_edition
    ON CONFLICT (importer, edition) DO UPDATE SET revision = excluded.revision
"""
NEXT_START: Final = "SELECT min(start) FROM described_edition WHERE importer = $1 AND start > $2"
LATER: Final = """
    SELECT EXISTS (SELECT FROM described_edition WHERE importer = $1 AND start = $2 AND place > $3)
"""
STANDING: Final = """
    SELECT DISTINCT ON (code) code, text FROM description
    WHERE importer = $1 AND start <= $2 ORDER BY code, start DESC
"""
CARRY: Final = """
    INSERT INTO description (importer, code, start, text, edition)
    SELECT DISTINCT ON (code) importer, code, $2::date, text, edition
    FROM description WHERE importer = $1 AND start <= $2::date AND code = any($3::text[])
    ORDER BY code, start DESC
    ON CONFLICT (importer, code, start) DO NOTHING
"""
WRITE: Final = """
    INSERT INTO description (importer, code, start, text, edition)
    SELECT $1, new.code, $2, new.text, $3 FROM unnest($4::text[], $5::text[]) AS new (code, text)
    ON CONFLICT (importer, code, start) DO UPDATE SET text = excluded.text, edition = excluded.edition
"""
READ: Final = """
    SELECT importer, code, start - date '0001-01-01' + 1, text, edition
    FROM description ORDER BY importer, length(code), code, start
"""
EDITIONS: Final = "SELECT edition, start FROM described_edition WHERE importer = $1 ORDER BY start, place"


async def write_descriptions(
    database: Database, importer: str, edition: str, texts: Mapping[str, str], *, start: date, place: int
) -> int:
    """Keep what an edition prints, by code in digits, from its first day; tell running services of it.

    ``place``: its place in the order of publication; of two editions from the same day the later one speaks. Codes
    that it lacks keep the text they had, and later editions that were imported before stay what they are; an edition
    that was imported before keeps its first day. Returns how many texts are new or differ.

    Raises ``asyncpg.PostgresError`` or ``OSError`` when the database refuses or is away.
    """
    said = {code: text for code, text in texts.items() if text}
    async with connection(database) as conn, conn.transaction():
        await conn.fetchrow(statements.LIMIT_PUBLISHING, str(int(PUBLISH_SECONDS * 1000)))
        await conn.execute(LOCK_IMPORTING, timeout=PUBLISH_SECONDS)
        known = await conn.fetchrow(KNOWN_EDITION, importer, edition)
        if known is not None:
            start, place = known
        standing = {row["code"]: row["text"] for row in await conn.fetch(STANDING, importer, start)}
        if await conn.fetchval(LATER, importer, start, place):
            changed = {code: text for code, text in said.items() if code not in standing}
        else:
            changed = {code: text for code, text in said.items() if standing.get(code) != text}
        if known is not None and not changed:
            return 0
        await conn.execute(KEEP_EDITION, importer, edition, start, place)
        following = await conn.fetchval(NEXT_START, importer, start)
        if following is not None:
            # Editions after this one may have said the same as the one before it: that is written down now.
            await conn.execute(CARRY, importer, following, list(changed), timeout=PUBLISH_SECONDS)
        codes, said_now = list(changed), list(changed.values())
        await conn.execute(WRITE, importer, start, edition, codes, said_now, timeout=PUBLISH_SECONDS)
        await conn.execute("ANALYZE description")  # the next import must not plan for an empty table
        await conn.execute("SELECT pg_notify($1, '')", statements.RELEASE_CHANNEL)
    return len(changed)


async def load_descriptions(database: Database) -> dict[str, Descriptions]:
    """Read the descriptions of every importer that has some.

    Raises ``asyncpg.PostgresError`` or ``OSError`` when the database refuses or is away.
    """
    async with connection(database) as conn:
        rows = await conn.fetch(READ)
    return {
        importer: Descriptions((code, start, text, edition) for _, code, start, text, edition in mine)
        for importer, mine in groupby(rows, key=itemgetter(0))
    }


async def editions_described(database: Database, importer: str) -> dict[str, date]:
    """Return the editions whose descriptions were imported with their first days, in order."""
    async with connection(database) as opened:
        rows = await opened.fetch(EDITIONS, importer)
    return {row["edition"]: row["start"] for row in rows}
