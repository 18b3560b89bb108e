"""A release opened for browsing: its number and digest, and what is peculiar to its importers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from service.law.importer import Importer
from service.store.connection import Connection
from service.store.encoding import importer_from_json
from service.store.releases import NoRelease

OPEN: Final = """
    SELECT release.number, release.digest, importer.code, importer.document, release_schedule.schedule
    FROM release
    LEFT JOIN importer ON importer.release = release.number
    LEFT JOIN release_schedule
           ON (release_schedule.release, release_schedule.importer) = (importer.release, importer.code)
    WHERE release.number = $1::bigint ORDER BY importer.place
"""


class OtherTypes(RuntimeError):  # noqa: N818 - a fact about the release
    """The rows of the release were written by a version of Strata with other types, and cannot be read one by one."""


class Opened(msgspec.Struct, frozen=True):
    """A stored release. ``importers``: by code, in the order of the release; ``schedules``: ids of base schedules."""

    number: int
    digest: str
    importers: Mapping[str, Importer]
    schedules: Mapping[str, int]


async def open_release(conn: Connection, number: int) -> Opened:
    """Open a release.

    Raises:
        NoRelease: It does not exist.
        OtherTypes: It was written by another version of Strata.
    """
    rows = await conn.fetch(OPEN, number)
    if not rows:
        raise NoRelease(f"there is no release {number}")
    mine = [row for row in rows if row["code"] is not None]
    try:
        importers = {row["code"]: importer_from_json(row["document"]) for row in mine}
    except msgspec.ValidationError as error:
        raise OtherTypes(str(error)) from error
    return Opened(number, rows[0]["digest"], importers, {row["code"]: row["schedule"] for row in mine})
