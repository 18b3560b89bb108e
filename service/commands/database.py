"""The database from the command line: its shape, and the releases in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

import click

from service.commands.common import (
    MIGRATIONS,
    database,
    database_failures,
    examples,
    json_option,
    law_files,
    law_state,
    print_json,
    settings,
)
from service.settings import redacted

if TYPE_CHECKING:
    from service.render.database import State


@click.group()
def db() -> None:
    """The database: its state, and its tables."""


@db.command(epilog=examples("strata db upgrade", "strata db upgrade --check"))
@click.option("--check", is_flag=True, help="Change nothing; status 1 if something is to be applied.")
@json_option("Print the migrations applied, or to apply, as JSON.")
def upgrade(check: bool, as_json: bool) -> None:
    """Bring the database to the shape that this version of the service needs."""
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import pending  # noqa: PLC0415
    from service.store.migrate import upgrade as apply  # noqa: PLC0415

    with database_failures():
        dsn = ensure_database_sync(settings())
        found = pending(dsn, MIGRATIONS) if check else apply(dsn, MIGRATIONS)
    if as_json:
        print_json({"pending" if check else "applied": found})
    else:
        for name in found:
            click.echo(f"{'to apply' if check else 'applied'}: {name}")
        if not found:
            click.echo("The database is up to date.")
    if check and found:
        raise SystemExit(1)


@db.command(epilog=examples("strata db status"))
@json_option("Print the state as JSON.")
def status(as_json: bool) -> None:
    """Say which database is used, whether its tables are up to date, and which release is current.

    Changes nothing. Status 0 whatever the state, 1 when the database cannot be reached.
    """
    from service.render import database as shown  # noqa: PLC0415
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415

    with database_failures():
        found = _state(ensure_database_sync(settings()))
    if as_json:
        print_json(found)
    else:
        shown.state(found)


def _state(dsn: str) -> State:
    import psycopg  # noqa: PLC0415

    from service.render.database import State  # noqa: PLC0415
    from service.snapshot import ReleaseInfo  # noqa: PLC0415
    from service.store.migrate import pending, read_migrations  # noqa: PLC0415
    from service.store.releases import current_release  # noqa: PLC0415

    left = pending(dsn, MIGRATIONS)
    applied = [it.id for it in read_migrations(MIGRATIONS) if it.id not in left]
    with psycopg.connect(dsn) as connection:
        server = str(connection.info.parameter_status("server_version") or "").partition(" ")[0]
    release: ReleaseInfo | None = None
    law: Literal["same", "other", "none"] = "none"
    if not left:
        current = asyncio.run(current_release(dsn))
        law = asyncio.run(law_state(dsn, law_files(settings())))
        if current is not None:
            release = ReleaseInfo(
                current.number, current.digest, current.published_at, current.service_version, current.notes
            )
    return State(redacted(dsn), server, tuple(applied), tuple(left), release, law)


@click.command(epilog=examples("strata releases --limit 5"))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first.")
@json_option()
def releases(limit: int, as_json: bool) -> None:
    """The published states of the law data, newest first."""
    from service.render import database as shown  # noqa: PLC0415
    from service.snapshot import ReleaseInfo, ReleaseList  # noqa: PLC0415
    from service.store.releases import list_releases  # noqa: PLC0415

    with database_failures():
        found = asyncio.run(list_releases(database(), limit=limit + 1))
    items = tuple(
        ReleaseInfo(it.number, it.digest, it.published_at, it.service_version, it.notes) for it in found[:limit]
    )
    following = str(items[-1].number) if len(found) > limit else None
    if as_json:
        print_json(ReleaseList(items, following))
        return
    shown.releases(items)
    if following is not None:
        click.echo("There are more; --limit shows them.", err=True)
    if not items:
        click.echo("No law has been published yet: strata law publish makes the first release.", err=True)
