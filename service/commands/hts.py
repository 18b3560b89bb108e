"""Official editions of the US schedule from the command line."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path

import click

from service.commands.common import MIGRATIONS, database_failures, fail, settings

IMPORTER = "US"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def hts() -> None:
    """Official editions of the US schedule."""


@hts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--release", metavar="NAME", help="2026-rev-11; read from the name of FILE if that states it.")
@click.option("--published", type=_DAY, help="The day it was posted; needed unless the release is there already.")
@click.option(
    "--from", "start", type=_DAY, help="First day of entry of its texts; the day of publication if not given."
)
@click.option("--check", is_flag=True, help="Write nothing, only say what would change.")
@click.option(
    "--descriptions/--no-descriptions", default=True, help="Keep its descriptions in the database (default)."
)
def import_(
    file: Path,
    release: str | None,
    published: datetime | None,
    start: datetime | None,
    check: bool,
    descriptions: bool,
) -> None:
    """Add an edition exported from hts.usitc.gov (JSON or CSV, gzipped or not) to the schedule files.

    Of a release that is in the schedule already only the descriptions are taken.
    """
    from service.hts.descriptions import read_descriptions  # noqa: PLC0415
    from service.hts.editions import EditionError, read_edition  # noqa: PLC0415
    from service.hts.importing import (  # noqa: PLC0415
        ImportRefused,
        import_edition,
        read_schedule,
        release_of,
        standing_of,
        write,
    )
    from service.law.schedule import ScheduleError  # noqa: PLC0415

    name = release or release_of(file.name)
    if name is None:
        fail(f"{file.name} does not say which release it is; name it with --release 2026-rev-11", usage=True)
    folder = settings().law_dir / IMPORTER.lower() / "schedule"
    try:
        schedule, table = read_schedule(folder), read_edition(file)
        texts = read_descriptions(file) if descriptions else {}
        standing = standing_of(schedule, name)
        if standing is not None:
            click.echo(f"{name}: in the schedule already{standing.as_what(name)}")
        elif published is None:
            fail(f"{name} is new: say with --published on which day it was posted", usage=True)
        else:
            done = import_edition(schedule, table, name, file.name, published=published.date(), start=_day(start))
            click.echo(done.summary)
            standing = done.standing
            if not check:
                write(folder, done)
                click.echo("written: " + ", ".join(sorted(done.files)))
    except (EditionError, ImportRefused, ScheduleError, OSError) as error:
        fail(str(error))
    if texts and not check:
        kept = _keep(name, texts, _day(start) or standing.edition.start, standing.place)
        click.echo(f"descriptions: {kept} of {len(texts)} new or different")


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _keep(release: str, texts: dict[str, str], start: date, place: int) -> int:
    from service.store.descriptions import write_descriptions  # noqa: PLC0415
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade  # noqa: PLC0415

    with database_failures():
        dsn = ensure_database_sync(settings())
        upgrade(dsn, MIGRATIONS)
        return asyncio.run(write_descriptions(dsn, IMPORTER, release, texts, start=start, place=place))
