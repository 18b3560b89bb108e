"""The database from the command line: its shape, and the releases in it."""

from __future__ import annotations

import asyncio

import click

from service import render
from service.api.replies import encode
from service.commands.common import MIGRATIONS, database_failures, settings
from service.snapshot import ReleaseInfo


@click.group()
def db() -> None:
    """The database."""


@db.command()
@click.option("--check", is_flag=True, help="Change nothing; status 1 if something is to be applied.")
def upgrade(check: bool) -> None:
    """Bring the database to the shape that this version of the service needs."""
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import pending  # noqa: PLC0415
    from service.store.migrate import upgrade as apply  # noqa: PLC0415

    with database_failures():
        dsn = ensure_database_sync(settings())
        found = pending(dsn, MIGRATIONS) if check else apply(dsn, MIGRATIONS)
    for name in found:
        click.echo(f"{'to apply' if check else 'applied'}: {name}")
    if not found:
        click.echo("The database is up to date.")
    if check and found:
        raise SystemExit(1)


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print as the API gives it.")
def releases(limit: int, as_json: bool) -> None:
    """The published states of the law data, newest first."""
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade as apply  # noqa: PLC0415
    from service.store.releases import list_releases  # noqa: PLC0415

    with database_failures():
        dsn = ensure_database_sync(settings())
        apply(dsn, MIGRATIONS)
        found = asyncio.run(list_releases(dsn, limit=limit))
    items = [ReleaseInfo(it.number, it.digest, it.published_at, it.service_version, it.notes) for it in found]
    if as_json:
        click.echo(encode({"items": items, "next": str(items[-1].number) if len(items) == limit else None}))
    else:
        render.releases(items)
