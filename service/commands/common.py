"""What the commands share: settings, a database that is ready to be asked, and how failures are told."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NoReturn, TypeVar

import click

from service.settings import CHECKOUT, Settings, SettingsError

MIGRATIONS: Final = CHECKOUT / "db" / "migrations"
T = TypeVar("T")


def fail(message: str, *, usage: bool = False) -> NoReturn:
    """Say on stderr why there is no answer, and end with status 1, or 2 when the command was not understood."""
    click.echo(f"strata: {message}", err=True)
    raise SystemExit(2 if usage else 1)


def note(message: str) -> None:
    """Say on stderr what is being done."""
    click.echo(message, err=True)


def settings(**overrides: object) -> Settings:
    """Return the settings of the environment; a wrong one ends the command."""
    environ: dict[str, str] = {
        **os.environ,
        **{key: str(value) for key, value in overrides.items() if value is not None},
    }
    try:
        return Settings.from_env(environ)
    except SettingsError as error:
        fail(str(error), usage=True)


@contextmanager
def database_failures() -> Iterator[None]:
    """End the command with the reason when the database cannot be used."""
    import asyncpg  # noqa: PLC0415
    import psycopg  # noqa: PLC0415

    from service.store.binaries import EmbeddedError  # noqa: PLC0415
    from service.store.migrate import MigrationError  # noqa: PLC0415

    try:
        yield
    except (EmbeddedError, MigrationError) as error:
        fail(str(error))
    except (OSError, TimeoutError, psycopg.OperationalError, asyncpg.PostgresError) as error:
        fail(f"the database cannot be used: {str(error).strip() or type(error).__name__}")


def run(work: Callable[[], T]) -> T:
    """Do what needs the database; failures of it end the command."""
    with database_failures():
        return work()


def ready_database(chosen: Settings) -> str:
    """Return the address of a database in the shape this version needs, holding the law of ``db/law``.

    A private database is started, migrated and published to. One of somebody else's is migrated; where its release
    was made from other files than those here, that is only said.
    """
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade  # noqa: PLC0415

    with database_failures():
        dsn = ensure_database_sync(chosen)
        for applied in upgrade(dsn, MIGRATIONS):
            note(f"migrated: {applied}")
        state = asyncio.run(_state(dsn, chosen))
    if state == "same":
        return dsn
    if chosen.database_url is None:
        note("publishing the law files to the private database; this takes a moment")
        publish_aside(dsn, chosen)
    elif state == "none":
        note("the database holds no release yet: strata law publish makes one")
    else:
        note("the law files differ from the current release: strata law publish makes a new one")
    return dsn


async def _state(dsn: str, chosen: Settings) -> str:
    """Compare the current release with the law files: ``same``, ``other``, or ``none`` when there is no release."""
    from service.store.documents import digest, law_documents  # noqa: PLC0415
    from service.store.publish import derivation  # noqa: PLC0415
    from service.store.releases import current_release  # noqa: PLC0415

    current = await current_release(dsn)
    if current is None:
        return "none"
    here = (digest(law_documents(chosen.law_dir)), derivation())
    return "same" if (current.digest, current.derivation) == here else "other"


def publish_aside(dsn: str, chosen: Settings) -> None:
    """Publish in a process of its own, so that what it needs in memory is gone afterwards."""
    environ: Mapping[str, str] = {**os.environ, "DATABASE_URL": dsn, "STRATA_LAW_DIR": str(chosen.law_dir)}
    command = [sys.executable, "-m", "service.cli", "law", "publish"]
    done = subprocess.run(command, env=environ, check=False, stdout=sys.stderr)  # noqa: S603 - our own command
    if done.returncode != 0:
        fail("the law files were not published; see above")
