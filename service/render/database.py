"""The database: its releases, and the state it is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from service.render.page import Page, styled, table
from service.render.words import counted
from service.snapshot import ReleaseInfo


class State(msgspec.Struct, frozen=True):
    """The state of the database.

    ``address`` without password; ``server``: the version of PostgreSQL; ``applied``, ``pending``: migrations;
    ``release``: the current one, null before the first; ``law``: how the law files compare with it (``none``: there
    is no release, or its tables are not there yet).
    """

    address: str
    server: str
    applied: tuple[str, ...]
    pending: tuple[str, ...]
    release: ReleaseInfo | None
    law: Literal["same", "other", "none"]


_LAW = {
    "same": "those of the current release",
    "other": "differ from the current release: strata law publish makes a new one",
    "none": "not published: strata law publish makes the first release",
}


def state(found: State) -> None:
    """Print the state of the database."""
    release = found.release
    pending = f"{counted(len(found.pending), 'migration')} to apply: {', '.join(found.pending)} (strata db upgrade)"
    rows = [
        ["database", found.address],
        ["server", f"PostgreSQL {found.server}"],
        ["tables", pending if found.pending else f"up to date, {counted(len(found.applied), 'migration')}"],
        [
            "release",
            "none" if release is None else f"{release.number}, published {release.published_at:%Y-%m-%d %H:%M}",
        ],
        ["law files", _LAW[found.law]],
    ]
    Page().section(table(([styled((name, "dim")), text] for name, text in rows), "!", ""))


def releases(items: Iterable[ReleaseInfo]) -> None:
    """Print releases, newest first."""
    rows = ([str(it.number), f"{it.published_at:%Y-%m-%d %H:%M}", it.digest[:12], it.notes] for it in items)
    Page().section(table(rows, "release!", "published (UTC)!", "digest!", "notes"))
