"""Releases in Postgres, as the source of snapshots: rows become law, law becomes compiled schedules."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from service.countries import countries
from service.coverage import coverage_of
from service.descriptions import NONE, Descriptions
from service.engine.answers import ReleaseRef
from service.engine.pace import Pace, each
from service.engine.schedule import compile_schedule
from service.law.facts import FactDefinition
from service.pacing import gently
from service.snapshot import (
    ReleaseDetail,
    ReleaseDocument,
    ReleaseInfo,
    Snapshot,
    SourceUnavailable,
    Territory,
    UnknownRelease,
)
from service.store.connection import UNREACHABLE, Pool, open_pool
from service.store.descriptions import load_descriptions
from service.store.load import LoadedRelease, load_release
from service.store.releases import NoRelease, Release, current_release, get_release, list_releases

AWAY: Final = (*UNREACHABLE, asyncpg.PostgresError)


def build_snapshot(loaded: LoadedRelease, pace: Pace = each) -> Snapshot:
    """Compile a loaded release: one schedule for each importer; ``pace`` as in ``compile_schedule``."""
    release = ReleaseRef(loaded.number, loaded.digest)
    facts: dict[str, FactDefinition] = {}
    territories: dict[str, Territory] = {}
    for code, law in sorted(loaded.laws.items()):
        facts |= law.facts
        territories[code] = Territory(
            importer=law.importer,
            schedule=compile_schedule(law, release, countries(), pace),
            coverage=coverage_of(law),
            zone=ZoneInfo(law.importer.time_zone),
            descriptions=loaded.descriptions.get(code, NONE),
        )
    return Snapshot(release, territories, facts, loaded=time.time())


async def read_snapshot(dsn: str, number: int | None = None, pace: Pace = each) -> Snapshot:
    """Load and compile a release, the newest for None, on the running event loop, which it occupies meanwhile.

    Raises:
        UnknownRelease: It does not exist; for None, nothing was published yet.
        SourceUnavailable: The server is away.
    """
    try:
        return build_snapshot(await load_release(dsn, number, pace), pace)
    except NoRelease as error:
        raise UnknownRelease(str(error)) from None
    except AWAY as error:
        raise SourceUnavailable(str(error) or type(error).__name__) from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from walking what is being built.

    What stands afterwards lives long: it is set aside, so that later collections do not walk it either.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class PostgresReleases:
    """A ``ReleaseSource`` that reads Postgres. Browsing goes over a small pool; loading has a connection of its own.

    Args:
        dsn: Address of the database.
        pool_size: Connections for browsing.
    """

    def __init__(self, dsn: str, *, pool_size: int = 4) -> None:
        self.dsn: Final = dsn
        self._pool_size: Final = pool_size
        self._pool: Pool | None = None
        self._opening = asyncio.Lock()
        self._loaded = False

    async def current(self) -> int | None:
        """Return the number of the newest release; None when nothing was published yet."""
        try:
            release = await current_release(await self.browsing())
        except AWAY as error:
            raise _away(error) from error
        return None if release is None else release.number

    async def load(self, number: int) -> Snapshot:
        """Load and compile a release in a thread; after the first one gently, so that requests go on meanwhile."""
        pace = gently if self._loaded else each
        with _uncollected():
            snapshot = await asyncio.to_thread(lambda: asyncio.run(read_snapshot(self.dsn, number, pace)))
        self._loaded = True
        return snapshot

    async def descriptions(self) -> Mapping[str, Descriptions]:
        """Read the descriptions of goods imported until now, by importer, in a thread."""
        try:
            return await asyncio.to_thread(lambda: asyncio.run(load_descriptions(self.dsn)))
        except AWAY as error:
            raise _away(error) from error

    async def infos(self, below: int | None, limit: int) -> tuple[ReleaseInfo, ...]:
        """Return at most ``limit`` releases with numbers less than ``below``, newest first."""
        try:
            found = await list_releases(await self.browsing(), before=below, limit=limit)
        except AWAY as error:
            raise _away(error) from error
        return tuple(_info(release) for release in found)

    async def info(self, number: int) -> ReleaseDetail:
        """Return one release with its documents."""
        try:
            detail = await get_release(await self.browsing(), number)
        except NoRelease as error:
            raise UnknownRelease(str(error)) from None
        except AWAY as error:
            raise _away(error) from error
        release = detail.release
        return ReleaseDetail(
            release.number,
            release.digest,
            release.published_at,
            release.service_version,
            release.notes,
            tuple(ReleaseDocument(it.path, it.sha256, it.bytes) for it in detail.documents),
        )

    async def close(self, seconds: float = 5.0) -> None:
        """Close the pool; connections still in use after ``seconds`` are cut."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), seconds)
        except TimeoutError:
            pool.terminate()

    async def browsing(self) -> Pool:
        """Return the pool that browsing reads over, opened when it is first asked for."""
        async with self._opening:
            if self._pool is None:
                self._pool = await open_pool(self.dsn, minimum=1, maximum=self._pool_size)
            return self._pool


def _info(release: Release) -> ReleaseInfo:
    return ReleaseInfo(release.number, release.digest, release.published_at, release.service_version, release.notes)


def _away(error: BaseException) -> SourceUnavailable:
    return SourceUnavailable(str(error) or type(error).__name__)
