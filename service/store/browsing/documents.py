"""The law files of a release that name something."""

from __future__ import annotations

import zlib
from typing import Final

from service.store.connection import Connection

FILES: Final = """
    SELECT path, content FROM release_document JOIN document USING (sha256)
    WHERE release = $1 AND starts_with(path, $2) AND path LIKE '%.csv' ORDER BY path
"""


async def documents_naming(conn: Connection, release: int, folder: str, word: str) -> dict[str, str]:
    """Return the texts of the tables below ``folder`` that have ``word`` as a field, by name without the ending.

    The texts are kept compressed, so that the search is done here; a release holds a few megabytes of them.
    """
    field = f",{word},".encode()
    found = {}
    for path, content in await conn.fetch(FILES, release, folder):
        text = zlib.decompress(content)
        if field in text:
            found[path.removeprefix(folder).removesuffix(".csv")] = text.decode("utf-8")
    return found
