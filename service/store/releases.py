"""Releases: which there are, and what each was made from."""

from __future__ import annotations

from datetime import datetime

import msgspec

from service.store import statements
from service.store.connection import Connection, Database, connection
from service.store.documents import DocumentRef, document_list

PAGE = 50
"""Releases in a page unless the caller says otherwise."""


class Release(msgspec.Struct, frozen=True):
    """One published state of the law.

    ``digest`` identifies the documents, ``derivation`` the code that read them; ``published_at`` is in UTC.
    """

    number: int
    digest: str
    derivation: str
    published_at: datetime
    service_version: str
    notes: str


class ReleaseDetail(msgspec.Struct, frozen=True):
    """A release with the documents it was made from."""

    release: Release
    documents: tuple[DocumentRef, ...]


class NoRelease(LookupError):  # noqa: N818 - a fact about the database, not a fault of the program
    """No law has been published yet, or the release asked for does not exist."""


async def current_release(database: Database) -> Release | None:
    """Return the newest release, or None before the first one."""
    async with connection(database) as conn:
        row = await conn.fetchrow(statements.CURRENT_RELEASE)
    return None if row is None else Release(*row)


async def find_release(conn: Connection, number: int | None) -> Release:
    """Return a release by its number, the newest one for None.

    Raises:
        NoRelease: It does not exist.
    """
    if number is None:
        row = await conn.fetchrow(statements.CURRENT_RELEASE)
    else:
        row = await conn.fetchrow(statements.RELEASE, number)
    if row is None:
        raise NoRelease("no law has been published yet" if number is None else f"there is no release {number}")
    return Release(*row)


async def get_release(database: Database, number: int) -> ReleaseDetail:
    """Return a release with its documents.

    Raises:
        NoRelease: It does not exist.
    """
    async with connection(database) as conn:
        return ReleaseDetail(await find_release(conn, number), await document_list(conn, number))


async def list_releases(database: Database, *, before: int | None = None, limit: int = PAGE) -> tuple[Release, ...]:
    """Return releases, newest first: at most ``limit`` of those whose number is below ``before``.

    The number of the last one is the ``before`` of the next page; fewer than ``limit`` are the last page.
    """
    async with connection(database) as conn:
        rows = await conn.fetch(statements.RELEASES_BEFORE, before, limit)
    return tuple(Release(*row) for row in rows)
