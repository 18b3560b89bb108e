"""The watcher: releases are noticed by notification, by polling, and across every kind of interruption."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from service.store import refresh, statements
from service.store.connection import Connection as Conn
from service.store.connection import connect, connection
from service.store.publish import publish_laws
from service.store.refresh import ReleaseWatcher
from tests.servers import Server
from tests.store.laws import atlantis, documents

NEVER = 3600.0
"""Seconds between polls in tests that must not depend on polling."""

PATIENCE = 10.0


class Heard:
    """Records the numbers that a watcher hands over."""

    def __init__(self) -> None:
        self.numbers: asyncio.Queue[int] = asyncio.Queue()

    async def __call__(self, number: int) -> None:
        self.numbers.put_nowait(number)

    async def next(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.numbers.get()

    async def silence(self, seconds: float = 0.3) -> bool:
        await asyncio.sleep(seconds)
        return self.numbers.empty()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def conn(database: str) -> AsyncIterator[Conn]:
    opened = await connect(database)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, so that tests of outages end soon."""
    monkeypatch.setattr(refresh, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(refresh, "LONGEST_PAUSE", 0.1)


async def released(conn: Conn, *texts: str) -> None:
    for text in texts:
        await publish_laws(conn, documents(text), {"ATL": atlantis()})


async def watchers(conn: Conn) -> list[int]:
    """Server processes of watchers of this database."""
    rows = await conn.fetch(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'strata watcher' AND datname = current_database()"
    )
    return [pid for (pid,) in rows]


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - the server changes it, not this loop
            await asyncio.sleep(0.02)


@pytest.mark.every_postgres
async def test_the_release_that_stands_and_each_new_one_are_handed_over(
    database: str, conn: Conn, heard: Heard
) -> None:
    await released(conn, "one")
    async with ReleaseWatcher(database, NEVER, heard) as watcher:
        assert await heard.next() == 1
        await released(conn, "two")
        assert await heard.next() == 2
        assert await heard.silence()
        assert (watcher.connected, watcher.seen) == (True, 2)


async def test_a_release_that_is_loaded_already_is_not_handed_over(database: str, conn: Conn, heard: Heard) -> None:
    await released(conn, "one")
    async with ReleaseWatcher(database, NEVER, heard, seen=1) as watcher:

        async def connected() -> bool:
            return watcher.connected

        await until(connected)
        assert await heard.silence()


async def test_before_the_first_release_it_waits(database: str, conn: Conn, heard: Heard) -> None:
    async with ReleaseWatcher(database, NEVER, heard):
        assert await heard.silence()
        await released(conn, "one")
        assert await heard.next() == 1


async def test_a_standby_which_cannot_notify_is_polled(
    database: str, conn: Conn, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "IS_STANDBY", "SELECT true")
    monkeypatch.setattr(statements, "RELEASE_CHANNEL", "nobody_listens_here")
    await released(conn, "one")
    async with ReleaseWatcher(database, 0.05, heard):
        assert await heard.next() == 1
        await released(conn, "two")
        assert await heard.next() == 2


async def test_a_notification_lost_while_disconnected_costs_nothing(database: str, conn: Conn, heard: Heard) -> None:
    await released(conn, "one")
    async with ReleaseWatcher(database, NEVER, heard):
        assert await heard.next() == 1
        for text in ("two", "three"):
            (pid,) = await watchers(conn)
            await conn.execute("SELECT pg_terminate_backend($1)", pid)
            await released(conn, text)
            assert await heard.next() == int(text == "three") + 2
            await until(lambda: watchers(conn))


async def test_a_database_that_is_away_at_the_start_and_in_between_is_awaited(
    postgres: Server, database: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    name = urlsplit(database).path.removeprefix("/")

    def go_away() -> None:
        postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        everybody = f"FROM pg_stat_activity WHERE datname = '{name}'"
        postgres.execute(f"SELECT pg_terminate_backend(pid) {everybody}")

    def come_back() -> None:
        postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")

    async with connection(database) as conn:
        await released(conn, "one")
    go_away()
    async with ReleaseWatcher(database, NEVER, heard) as watcher:
        assert await heard.silence()
        assert not watcher.connected
        come_back()
        assert await heard.next() == 1
        assert watcher.connected
        go_away()
        assert await heard.silence()
        assert not watcher.connected
        come_back()
        async with connection(database) as conn:
            await released(conn, "two")
        assert await heard.next() == 2
    assert "cannot reach the database" in caplog.text


async def test_a_server_that_does_not_exist_is_no_reason_to_end(heard: Heard) -> None:
    watcher = ReleaseWatcher("postgresql://strata@/nowhere?host=/nonexistent", NEVER, heard)
    async with watcher:
        assert await heard.silence()
        assert not watcher.connected


async def test_a_database_without_tables_is_no_reason_to_end(empty_database: str, heard: Heard) -> None:
    async with ReleaseWatcher(empty_database, NEVER, heard) as watcher:
        assert await heard.silence()
        assert not watcher.connected


async def test_a_release_that_could_not_be_taken_over_is_offered_again(
    database: str, conn: Conn, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    async def clumsy(number: int) -> None:
        tries.append(number)
        if len(tries) < 3:
            raise ValueError("dropped it")
        await heard(number)

    await released(conn, "one")
    with caplog.at_level(logging.ERROR):
        async with ReleaseWatcher(database, 0.05, clumsy) as watcher:
            assert await heard.next() == 1
            assert await heard.silence()
            assert watcher.seen == 1
    assert tries == [1, 1, 1]
    assert caplog.text.count("ValueError: dropped it") == 2


async def test_releases_that_come_while_one_is_taken_over_are_handed_over_as_the_newest(
    database: str, conn: Conn, heard: Heard
) -> None:
    may_go_on = asyncio.Event()

    async def slow(number: int) -> None:
        await heard(number)
        await may_go_on.wait()

    await released(conn, "one")
    async with ReleaseWatcher(database, NEVER, slow):
        assert await heard.next() == 1
        await released(conn, "two", "three")
        may_go_on.set()
        assert await heard.next() == 3
        assert await heard.silence()


async def test_it_follows_a_database_that_was_put_back_to_an_earlier_state(
    database: str, conn: Conn, heard: Heard
) -> None:
    await released(conn, "one")
    async with ReleaseWatcher(database, NEVER, heard, seen=5):
        assert await heard.next() == 1


async def test_stopping_closes_the_connection_also_in_the_middle_of_a_release(
    database: str, conn: Conn, heard: Heard
) -> None:
    async def endless(number: int) -> None:
        await heard(number)
        await asyncio.Event().wait()

    await released(conn, "one")
    for on_release in (heard, endless):
        watcher = ReleaseWatcher(database, NEVER, on_release)
        watcher.start()
        watcher.start()
        assert await heard.next() == 1
        async with asyncio.timeout(PATIENCE):
            await watcher.stop()
            await watcher.stop()
        assert not watcher.connected

        async def gone() -> bool:
            return not await watchers(conn)

        await until(gone)
