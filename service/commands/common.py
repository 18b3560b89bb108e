"""What the commands share: options, settings, a database that is ready to be asked, and how failures are told."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeVar

import click

from service.settings import CHECKOUT, Settings, SettingsError, redacted

if TYPE_CHECKING:
    from service.api.problems import Problem

MIGRATIONS: Final = CHECKOUT / "db" / "migrations"
F = TypeVar("F", bound=Callable[..., Any])


def examples(*commands: str) -> str:
    """Return the end of a help text: what one would type."""
    return "\n".join(("\b", "For example:", *(f"  {command}" for command in commands)))


def json_option(help_: str = "Print JSON, as the API gives it; an error is a problem document.") -> Callable[[F], F]:
    """Add ``--json``: the command prints JSON, and tells failures as problem documents."""
    return click.option("--json", "as_json", is_flag=True, help=help_)


def wants_json() -> bool:
    """Tell whether the command under way was given ``--json``."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.params.get("as_json"))


def print_json(value: object) -> None:
    """Print a value as the API writes it."""
    from service.api.replies import encode  # noqa: PLC0415

    click.echo(encode(value))


def fail(
    message: str | Iterable[str], *, usage: bool = False, slug: str = "", problem: Problem | None = None
) -> NoReturn:
    """Say on stderr why there is no answer, and end with status 1, or 2 when the command was not understood.

    ``message`` may be of several lines. With ``--json`` the reason is a problem document: that of ``problem``, or
    one of the type ``slug`` (``invalid-parameter`` when the command was not understood, else ``conflict``).
    """
    lines = message.splitlines() if isinstance(message, str) else list(message)
    if wants_json():
        click.echo(problem_json("\n".join(lines), usage=usage, slug=slug, problem=problem), err=True)
    else:
        from service.render.problems import told  # noqa: PLC0415

        first, *others = lines
        click.echo(told([f"strata: {first}", *others]), err=True)
    raise SystemExit(2 if usage else 1)


def problem_json(detail: str, *, usage: bool = False, slug: str = "", problem: Problem | None = None) -> bytes:
    """Write a failure as the API would."""
    from service.api.problems import Problem  # noqa: PLC0415
    from service.api.replies import encode  # noqa: PLC0415

    told = problem or Problem(slug or ("invalid-parameter" if usage else "conflict"), detail)
    return encode(told.document(None))


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

    from service.snapshot import SourceUnavailable  # noqa: PLC0415
    from service.store.binaries import EmbeddedError  # noqa: PLC0415
    from service.store.migrate import MigrationError  # noqa: PLC0415

    try:
        yield
    except (EmbeddedError, MigrationError) as error:
        fail(str(error), slug="unavailable")
    except (OSError, TimeoutError, psycopg.OperationalError, asyncpg.PostgresError, SourceUnavailable) as error:
        fail(_away(error), slug="unavailable")


def _away(error: BaseException) -> list[str]:
    """Say that the database cannot be used, and which setting named it."""
    said = " ".join(str(error).split()) or type(error).__name__
    url = os.environ.get("DATABASE_URL", "").strip()
    where = (
        f"DATABASE_URL is {redacted(url)}; without it a private PostgreSQL is used."
        if url
        else "DATABASE_URL is not set, so this is the private PostgreSQL below STRATA_DATA_DIR."
    )
    return [f"the database cannot be used: {said}", where]


def database() -> str:
    """Return the address of a database in the shape this version needs."""
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade  # noqa: PLC0415

    dsn = ensure_database_sync(settings())
    upgrade(dsn, MIGRATIONS)
    return dsn


def ready_database(chosen: Settings) -> str:
    """Return the address of a database in the shape this version needs, holding the law of ``db/law``.

    A private database is started, migrated and published to. One of somebody else's is migrated; where its release
    was made from other files than those here, that is only said.
    """
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade  # noqa: PLC0415

    documents = law_files(chosen)
    with database_failures():
        dsn = ensure_database_sync(chosen)
        for applied in upgrade(dsn, MIGRATIONS):
            note(f"migrated: {applied}")
        state = asyncio.run(law_state(dsn, documents))
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


def law_files(chosen: Settings) -> dict[str, str]:
    """Read the law files; those that cannot be read end the command."""
    from service.store.documents import law_documents  # noqa: PLC0415

    try:
        return law_documents(chosen.law_dir)
    except (OSError, ValueError) as error:
        fail(str(error))


async def law_state(dsn: str, documents: Mapping[str, str]) -> Literal["same", "other", "none"]:
    """Compare the current release with the law files; ``none``: there is no release."""
    from service.store.documents import digest  # noqa: PLC0415
    from service.store.publish import derivation  # noqa: PLC0415
    from service.store.releases import current_release  # noqa: PLC0415

    current = await current_release(dsn)
    if current is None:
        return "none"
    here = (digest(documents), derivation())
    return "same" if (current.digest, current.derivation) == here else "other"


def publish_aside(dsn: str, chosen: Settings) -> None:
    """Publish in a process of its own, so that what it needs in memory is gone afterwards."""
    environ: Mapping[str, str] = {**os.environ, "DATABASE_URL": dsn, "STRATA_LAW_DIR": str(chosen.law_dir)}
    command = [sys.executable, "-m", "service.cli", "law", "publish"]
    done = subprocess.run(command, env=environ, check=False, stdout=sys.stderr)  # noqa: S603 - our own command
    if done.returncode != 0:
        fail("the law files were not published; see above")
