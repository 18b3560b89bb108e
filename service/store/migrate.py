"""Numbered SQL files that bring a database to the shape this version of the service needs.

Each file is applied in one transaction together with the row that says so, under a session lock: starters may
race or be killed at any point, and the next one continues where the last commit left off. Files only go
forward and are never edited once applied. A file that must run outside a transaction says
``-- transactional: false`` in its first line and holds one statement that can be repeated.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import psycopg

LOCK: Final = 0x5354_5241_5441
"""Key of the advisory lock: the letters STRATA."""

PATIENCE: Final = "10min"
"""How long to wait for another starter that is migrating."""

TABLE_LOCK_TIMEOUT: Final = "4s"
"""How long a migration may queue for a table: everybody else's statements queue behind it meanwhile."""

TRIES: Final = 5
PAUSE_SECONDS: Final = 1
UNTRANSACTIONAL: Final = re.compile(r"--\s*transactional:\s*false\s*$", re.MULTILINE)

TABLE: Final = b"""
create table if not exists public.strata_migration (
    id text primary key,
    digest text not null,
    applied_at timestamptz not null default now()
)"""
APPLIED: Final = "select id, digest from public.strata_migration"
RECORD: Final = "insert into public.strata_migration (id, digest) values (%s, %s)"


class MigrationError(RuntimeError):
    """The database cannot be brought up to date; the message names the file and, where known, its line."""


class Migration(msgspec.Struct, frozen=True):
    """One file: ``id`` is its name without the ending, ``digest`` the SHA-256 of its bytes."""

    id: str
    text: str
    digest: str

    @property
    def transactional(self) -> bool:
        """Tell whether the file runs in a transaction, as all do that do not say otherwise."""
        return UNTRANSACTIONAL.match(self.text) is None


def read_migrations(directory: Path) -> list[Migration]:
    """Return the migrations of a directory by number.

    Raises:
        MigrationError: A file is not named like ``0007.goods-lists.sql``, a number is taken twice, or there
            are none.
    """
    migrations: dict[str, Migration] = {}
    for path in sorted(directory.glob("*.sql")):
        if not re.fullmatch(r"\d{4}\.[a-z0-9-]+\.sql", path.name):
            raise MigrationError(f"{path.name} is not named like 0007.goods-lists.sql.")
        number = path.name[:4]
        if number in migrations:
            raise MigrationError(f"{path.stem} and {migrations[number].id} have the same number.")
        content = path.read_bytes()
        migrations[number] = Migration(path.stem, content.decode(), hashlib.sha256(content).hexdigest())
    if not migrations:
        raise MigrationError(f"{directory} holds no migrations.")
    return list(migrations.values())


def pending(dsn: str, directory: Path) -> list[str]:
    """Return the ids of the migrations that the database lacks, by number; changes nothing.

    Raises:
        MigrationError: The files are not in order, or an applied one was edited.
        psycopg.OperationalError: The database cannot be reached.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [migration.id for migration in _missing(connection, read_migrations(directory))]


def upgrade(dsn: str, directory: Path) -> list[str]:
    """Apply what is pending, and return the ids of what this call applied.

    Rows of migrations that this version does not know are left alone: they belong to a newer version that
    shares the database.

    Raises:
        MigrationError: A migration fails (it is undone, those before it stay), or waiting for another starter
            or for a busy table takes too long.
        psycopg.OperationalError: The database cannot be reached.
    """
    migrations = read_migrations(directory)
    applied: list[str] = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        if not _missing(connection, migrations):
            return applied
        with _locked(connection):
            connection.execute(TABLE)
            for migration in _missing(connection, migrations):
                _apply(connection, migration)
                applied.append(migration.id)
    return applied


def _missing(connection: psycopg.Connection, migrations: list[Migration]) -> list[Migration]:
    known = connection.execute("select to_regclass('public.strata_migration')").fetchone()
    digests: dict[str, str] = {}
    if known is not None and known[0] is not None:
        digests = dict(connection.execute(APPLIED).fetchall())
    for migration in migrations:
        if digests.get(migration.id, migration.digest) != migration.digest:
            raise MigrationError(
                f"{migration.id} was edited after it was applied to this database: "
                "put it back, and make the change in a new migration."
            )
    return [migration for migration in migrations if migration.id not in digests]


@contextmanager
def _locked(connection: psycopg.Connection) -> Iterator[None]:
    """Hold the session lock; the server frees it when the session ends, however it ends."""
    # Lets the server notice within a second that a starter was killed in the middle of a long statement;
    # where the server's platform cannot, the next starter waits for that statement to end.
    with suppress(psycopg.errors.InvalidParameterValue):
        connection.execute("set client_connection_check_interval = '1s'")
    connection.execute("set statement_timeout = 0")
    connection.execute(f"set lock_timeout = '{PATIENCE}'")
    try:
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
    except psycopg.errors.LockNotAvailable:
        raise MigrationError(f"Another process has been migrating this database for {PATIENCE}.") from None
    connection.execute(f"set lock_timeout = '{TABLE_LOCK_TIMEOUT}'")
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("select pg_advisory_unlock(%s)", [LOCK])


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    """Run one migration and record it, trying again while somebody else holds a table that it needs."""
    for attempt in range(1, TRIES + 1):
        try:
            if migration.transactional:
                with connection.transaction():
                    connection.execute(migration.text.encode())
                    connection.execute(RECORD, [migration.id, migration.digest])
            else:
                connection.execute(migration.text.encode())
                connection.execute(RECORD, [migration.id, migration.digest])
            return
        except psycopg.errors.LockNotAvailable as error:
            if attempt == TRIES:
                raise _failure(migration, error) from error
            time.sleep(PAUSE_SECONDS)
        except psycopg.Error as error:
            raise _failure(migration, error) from error


def _failure(migration: Migration, error: psycopg.Error) -> MigrationError:
    position = error.diag.statement_position
    line = f", line {migration.text.count(chr(10), 0, int(position) - 1) + 1}" if position else ""
    hint = f" ({error.diag.message_hint})" if error.diag.message_hint else ""
    return MigrationError(f"{migration.id}.sql{line}: {error.diag.message_primary or error}{hint}")
