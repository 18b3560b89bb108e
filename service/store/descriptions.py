"""Descriptions of goods in the database: written when an edition is imported, read when answers are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from service.store.connection import Database, connection

WRITE: Final = """
    INSERT INTO description (importer, code, text, edition)
    SELECT $1, new.code, new.text, $2 FROM unnest($3::text[], $4::text[]) AS new (code, text)
    ON CONFLICT (importer, code) DO UPDATE SET text = excluded.text, edition = excluded.edition
    WHERE (description.text, description.edition) IS DISTINCT FROM (excluded.text, excluded.edition)
"""
READ: Final = "SELECT code, text FROM description WHERE importer = $1 AND code = any($2::text[])"
READ_ALL: Final = "SELECT code, text FROM description WHERE importer = $1"
EDITION: Final = (
    "SELECT edition, count(*) AS codes FROM description WHERE importer = $1 GROUP BY edition ORDER BY 2 DESC"
)


async def write_descriptions(database: Database, importer: str, edition: str, texts: Mapping[str, str]) -> int:
    """Put descriptions by code in place of those there; codes that the edition lacks keep their last text.

    Returns how many differ. Raises ``asyncpg.PostgresError`` or ``OSError`` when the database refuses or is away.
    """
    said = {code: text for code, text in texts.items() if text}
    async with connection(database) as opened:
        done = await opened.execute(WRITE, importer, edition, list(said), list(said.values()))
    return int(done.rpartition(" ")[2])


async def read_descriptions(
    database: Database, importer: str, codes: Collection[str] | None = None
) -> dict[str, str]:
    """Read descriptions of some codes (digits), or all of an importer; codes without one are left out."""
    async with connection(database) as opened:
        if codes is None:
            rows = await opened.fetch(READ_ALL, importer)
        else:
            rows = await opened.fetch(READ, importer, list(codes))
    return {row["code"]: row["text"] for row in rows}


async def editions_described(database: Database, importer: str) -> dict[str, int]:
    """Return from which editions the descriptions are, with their number of codes, the most first."""
    async with connection(database) as opened:
        rows = await opened.fetch(EDITION, importer)
    return {row["edition"]: row["codes"] for row in rows}
