"""The documents of a release: the law files as text, kept once by content, given back byte for byte."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from service.store import statements
from service.store.connection import PUBLISH_SECONDS, Connection, Database, connection

SUFFIXES: Final = frozenset((".yaml", ".yml", ".csv"))
"""Law files; anything else below the directory (a README) is for people."""


class DocumentRef(msgspec.Struct, frozen=True):
    """A document of a release: its path, the SHA-256 of its text, and its length in bytes."""

    path: str
    sha256: str
    bytes: int


def law_documents(directory: Path) -> dict[str, str]:
    """Read all law files below ``directory``: path relative to it, with forward slashes -> text.

    Raises:
        FileNotFoundError: ``directory`` does not exist.
        ValueError: A file is not UTF-8; the message names it.
    """
    if not directory.is_dir():
        raise FileNotFoundError(f"{directory} is not a directory of law files")
    found: dict[str, str] = {}
    for path in sorted(directory.rglob("*")):
        relative = path.relative_to(directory)
        hidden = any(part.startswith(".") for part in relative.parts)
        if hidden or path.suffix not in SUFFIXES or not path.is_file():
            continue
        try:
            found[relative.as_posix()] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{relative.as_posix()}: not UTF-8 at byte {error.start}") from error
    return found


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(documents: Mapping[str, str]) -> str:
    """Return the digest of a release: that of its documents' digests and paths, sorted by path.

    It is what ``sha256sum`` gives for the list that ``sha256sum`` prints of the files, ordered by the bytes
    of their paths.
    """
    return _digest_of({path: sha256(text) for path, text in documents.items()})


def _digest_of(digests: Mapping[str, str]) -> str:
    by_bytes = sorted(digests.items(), key=lambda item: item[0].encode())
    return sha256("".join(f"{content}  {path}\n" for path, content in by_bytes))


async def record_documents(conn: Connection, release: int, documents: Mapping[str, str]) -> None:
    """Store the documents of a release, inside the caller's transaction; texts that are there stay."""
    texts = {sha256(text): text for text in documents.values()}
    known = {row[0] for row in await conn.fetch(statements.KNOWN_DOCUMENTS, list(texts))}
    await conn.copy_records_to_table(
        "document",
        columns=("sha256", "content", "bytes"),
        records=(
            (key, zlib.compress(text.encode()), len(text.encode())) for key, text in texts.items() if key not in known
        ),
        timeout=PUBLISH_SECONDS,
    )
    await conn.copy_records_to_table(
        "release_document",
        columns=("release", "path", "sha256"),
        records=[(release, path, sha256(text)) for path, text in documents.items()],
        timeout=PUBLISH_SECONDS,
    )


async def documents_of(database: Database, number: int) -> dict[str, str]:
    """Return the documents of a release, byte for byte as published; none if there is no such release."""
    async with connection(database) as conn:
        rows = await conn.fetch(statements.DOCUMENTS_OF, number)
    return {path: zlib.decompress(content).decode("utf-8") for path, content in rows}


async def document_list(database: Database, number: int) -> tuple[DocumentRef, ...]:
    """Return the paths of a release with the digests and lengths of their texts, sorted by path."""
    async with connection(database) as conn:
        rows = await conn.fetch(statements.DOCUMENT_LIST, number)
    return tuple(DocumentRef(*row) for row in rows)
