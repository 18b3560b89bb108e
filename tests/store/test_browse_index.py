"""The words of descriptions in the database, on every PostgreSQL at hand: kept in step, and found when misspelled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from service.store.browsing.search import search
from service.store.connection import Connection, connect
from service.store.descriptions import write_descriptions
from service.store.migrate import MigrationError, upgrade
from service.store.publish import publish_laws
from tests.servers import MIGRATIONS, Server
from tests.store.laws import DOCUMENTS, atlantis

START = date(2025, 1, 1)
SAID = {
    "0101": "Horses, asses and mules",
    "01011010": "Horses, asses and mules: Horses for racing",
    "0102": "Cattle, other than horses",
}

pytestmark = pytest.mark.every_postgres


@pytest.fixture
async def conn(postgres: Server) -> AsyncIterator[Connection]:
    with postgres.database() as dsn:
        opened = await connect(dsn)
        yield opened
        await opened.close()


async def postings(conn: Connection, stem: str) -> dict[str, float]:
    rows = await conn.fetch("SELECT code, weight FROM goods_posting WHERE lexeme = $1", stem)
    return {row["code"]: round(row["weight"], 3) for row in rows}


async def test_a_word_is_kept_where_it_first_appears(conn: Connection):
    await write_descriptions(conn, "ZZ", "one", SAID, start=START, place=0)
    assert await postings(conn, "race") == {"01011010": 0.675}
    assert await postings(conn, "ass") == {"0101": 0.35}
    assert (await postings(conn, "hors")).keys() == {"0101", "0102"}
    assert await postings(conn, "hors") == {"0101": 1.0, "0102": 0.35}


async def test_the_index_follows_the_descriptions(conn: Connection):
    await write_descriptions(conn, "ZZ", "one", SAID, start=START, place=0)
    await write_descriptions(conn, "ZZ", "two", {"0101": "Racing horses"}, start=date(2026, 1, 1), place=1)
    assert (await postings(conn, "race")).keys() == {"0101", "01011010"} - {"01011010"}
    await conn.execute("DELETE FROM description WHERE code = '0101'")
    assert (await postings(conn, "race")).keys() == {"01011010"}
    await conn.execute("DELETE FROM description")
    assert await conn.fetchval("SELECT count(*) FROM goods_posting") == 0


async def test_words_are_read_as_people_write_them(conn: Connection):
    rows = await conn.fetch(
        "SELECT word, lexeme, named FROM description_words($1)", "Women’s T-Shirts, of purée, 10 kg"
    )
    assert {tuple(row) for row in rows} == {
        ("womens", "women", True),
        ("tshirts", "tshirt", True),
        ("shirts", "shirt", True),
        ("puree", "pure", False),
        ("kg", "kg", False),
    }


async def test_a_search_reads_misspelled_words_on_the_day(conn: Connection):
    law = atlantis()
    await publish_laws(conn, DOCUMENTS, {"ZZ": law})
    schedule = await conn.fetchval("SELECT id FROM schedule")
    code, day, known_on = "88888888", date(2025, 6, 1), date(2026, 1, 1)
    await conn.execute(
        """
        INSERT INTO schedule_line (schedule, code, place, valid, known, units, columns, approximate, edition)
        SELECT schedule, $1, 1000, '[2025-01-01,)', '(,)', units, columns, approximate, edition
        FROM schedule_line LIMIT 1
        """,
        code,
    )
    await write_descriptions(conn, "ZZ", "one", {code: "Racing horses"}, start=START, place=0)
    asked = {"schedule": schedule, "prefix": "", "line": 8, "day": day, "known_on": known_on}
    found = await search(conn, "ZZ", "raccing hosres", **asked)
    assert [it for it, _ in found.codes] == [code]
    assert [word.read_as for word in found.words] == [("racing",), ("horses",)]
    before = await search(conn, "ZZ", "horses", **{**asked, "day": date(1990, 1, 1)})
    assert before.codes == ()


def test_a_database_without_trigrams_is_told(postgres: Server, tmp_path: Path):
    """Where pg_trgm cannot be used, the upgrade stops and says what is missing."""
    older = tmp_path / "older"
    older.mkdir()
    for path in MIGRATIONS.glob("*.sql"):
        if path.name < "0009":
            (older / path.name).write_bytes(path.read_bytes())
    with postgres.database(migrated=False) as dsn:
        upgrade(dsn, older)
        with psycopg.connect(dsn) as connection:
            connection.execute("DROP EXTENSION pg_trgm")
        with pytest.raises(MigrationError, match=r"pg_trgm is not installed.*CREATE EXTENSION pg_trgm"):
            upgrade(dsn, MIGRATIONS)
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE EXTENSION pg_trgm SCHEMA public")
        assert upgrade(dsn, MIGRATIONS)[0] == "0009.browsing"
