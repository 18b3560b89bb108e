"""Publishing: law files become a release, in one transaction or not at all.

Whatever can fail for a reason in the law fails before the transaction, or rolls it back whole: readers see
the release before or the release after, never a mixture.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

import asyncpg
import msgspec

from service.countries import countries
from service.law.check import Finding, check_law
from service.law.decode import decode_law
from service.law.errors import LawErrors
from service.law.importer import ImporterLaw
from service.store import statements
from service.store.connection import PUBLISH_SECONDS, Connection, Database, connection
from service.store.documents import digest, record_documents
from service.store.overlaps import overlaps
from service.store.releases import Release, current_release
from service.store.rows import write_laws


class Published(msgspec.Struct, frozen=True):
    """The release that now stands; ``new`` is false if it stood already."""

    number: int
    digest: str
    published_at: datetime
    new: bool


class PublishRefused(Exception):  # noqa: N818 - an outcome: the law is wrong, the program is not
    """The law cannot be right: nothing was published. ``findings`` say where and why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


async def publish(database: Database, documents: Mapping[str, str], *, notes: str = "") -> Published:
    """Publish law files: path below the directory of the law -> text.

    If the current release was made from the same documents by the same code, it stays and nothing is written.

    Raises:
        PublishRefused: The law is wrong; the release before it stands.
        OSError, TimeoutError, asyncpg.PostgresError: The server is away, or another publisher takes too long.
    """
    current = await current_release(database)
    if current is not None and _is_made_from(current, digest(documents)):
        return _published(current, new=False)
    laws = await asyncio.to_thread(derive, documents)
    async with connection(database, application="strata publish") as conn:
        return await publish_laws(conn, documents, laws, notes=notes)


def derive(documents: Mapping[str, str]) -> dict[str, ImporterLaw]:
    """Decode and check law files; warnings stand in nobody's way.

    Raises:
        PublishRefused: They cannot be decoded, or say what cannot be right.
    """
    try:
        laws = decode_law(documents)
    except LawErrors as wrong:
        raise PublishRefused(Finding(it.file, it.line, f"{it.key}: {it.message}") for it in wrong.errors) from wrong
    found = (finding for law in laws.values() for finding in check_law(law, countries()))
    if errors := [finding for finding in found if finding.severity == "error"]:
        raise PublishRefused(errors)
    return laws


async def publish_laws(
    conn: Connection, documents: Mapping[str, str], laws: Mapping[str, ImporterLaw], *, notes: str = ""
) -> Published:
    """Write what was derived from ``documents`` as a new release; see ``publish``."""
    key = digest(documents)
    try:
        async with conn.transaction():
            await conn.fetchrow(statements.LIMIT_PUBLISHING, str(int(PUBLISH_SECONDS * 1000)))
            await conn.execute(statements.LOCK_PUBLISHING, timeout=PUBLISH_SECONDS)
            current = await current_release(conn)
            if current is not None and _is_made_from(current, key):
                return _published(current, new=False)
            row = await conn.fetchrow(statements.INSERT_RELEASE, key, derivation(), service_version(), notes)
            assert row is not None  # noqa: S101 - INSERT ... RETURNING of one row
            release = Release(*row)
            await record_documents(conn, release.number, documents)
            await write_laws(conn, release.number, laws)
            await conn.execute(statements.NOTIFY_RELEASE, release.number)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise PublishRefused(_contradictions(error, laws)) from error
    return _published(release, new=True)


def _contradictions(
    error: asyncpg.IntegrityConstraintViolationError, laws: Mapping[str, ImporterLaw]
) -> list[Finding]:
    """Say in terms of the law what a constraint refused; failing that, in the server's words."""
    found = overlaps(laws) if isinstance(error, asyncpg.ExclusionViolationError) else []
    said = f"{error.detail or error} (constraint {error.constraint_name} of table {error.table_name})"
    return found or [Finding("", 0, said)]


def _is_made_from(release: Release, documents_digest: str) -> bool:
    return (release.digest, release.derivation) == (documents_digest, derivation())


def _published(release: Release, *, new: bool) -> Published:
    return Published(release.number, release.digest, release.published_at, new)


@cache
def derivation() -> str:
    """Return the digest of the code that turns law files into versions: the sources of ``service.law``.

    Documents that are read by other code are another release: a correction of the decoder takes effect with
    the next publication, although no law file changed.
    """
    found = hashlib.sha256()
    for source in sorted(files("service.law").iterdir(), key=lambda it: it.name):
        if source.name.endswith(".py"):
            found.update(f"{hashlib.sha256(source.read_bytes()).hexdigest()}  {source.name}\n".encode())
    return found.hexdigest()


@cache
def service_version() -> str:
    """Return the version of Strata."""
    try:
        return version("strata")
    except PackageNotFoundError:
        return "unknown"
