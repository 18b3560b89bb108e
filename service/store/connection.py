"""Connections to Postgres: one way to open them, with time limits on everything.

Functions of the store take a ``Database``: an address, for which they open a connection and close it again, a
pool, from which they borrow one, or a connection that the caller keeps. Behind pgbouncer, its setting
``ignore_startup_parameters`` must name the parameters of ``_parameters``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:  # generic in the stubs only
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

Row: TypeAlias = asyncpg.Record
Database: TypeAlias = str | Connection | Pool

CONNECT_SECONDS: Final = 10.0
ACQUIRE_SECONDS: Final = 5.0
STATEMENT_SECONDS: Final = 30.0
LOCK_SECONDS: Final = 4.0
IDLE_IN_TRANSACTION_SECONDS: Final = 60.0
PUBLISH_SECONDS: Final = 300.0
"""Limit of each statement of a publication, and of waiting for another publisher."""

POOL_MIN: Final = 1
POOL_MAX: Final = 4

UNREACHABLE: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.ObjectNotInPrerequisiteStateError,
)
"""What a driver raises when the server is away, restarting, lets nobody in, or hung up on us."""


def _parameters(application: str) -> dict[str, str]:
    """Settings of the session; the server enforces them even when this process is stuck."""
    return {
        "application_name": application,
        "timezone": "UTC",
        "jit": "off",
        "statement_timeout": _milliseconds(STATEMENT_SECONDS),
        "lock_timeout": _milliseconds(LOCK_SECONDS),
        "idle_in_transaction_session_timeout": _milliseconds(IDLE_IN_TRANSACTION_SECONDS),
    }


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


async def connect(dsn: str, *, application: str = "strata") -> asyncpg.Connection[asyncpg.Record]:
    """Open a connection.

    Raises:
        OSError, TimeoutError, asyncpg.PostgresError: The server cannot be reached or refuses.
    """
    return await asyncpg.connect(
        dsn,
        timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        server_settings=_parameters(application),
    )


async def open_pool(
    dsn: str, *, minimum: int = POOL_MIN, maximum: int = POOL_MAX, application: str = "strata"
) -> Pool:
    """Open a small pool; look-ups are answered from memory, so that only browsing and loading use it.

    Raises:
        OSError, TimeoutError, asyncpg.PostgresError: The server cannot be reached or refuses.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=minimum,
        max_size=maximum,
        timeout=CONNECT_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        server_settings=_parameters(application),
    )


@asynccontextmanager
async def connection(database: Database, *, application: str = "strata") -> AsyncIterator[Connection]:
    """Give a connection to ``database``; what was opened or borrowed here is closed or given back.

    Raises:
        TimeoutError: All connections of the pool stay in use for ``ACQUIRE_SECONDS``.
        OSError, asyncpg.PostgresError: The server cannot be reached or refuses.
    """
    if isinstance(database, str):
        opened = await connect(database, application=application)
        try:
            yield opened
        finally:
            await opened.close(timeout=CONNECT_SECONDS)
    elif isinstance(database, asyncpg.Pool):
        async with database.acquire(timeout=ACQUIRE_SECONDS) as borrowed:
            yield borrowed
    else:
        yield database
