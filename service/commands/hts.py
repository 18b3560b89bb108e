"""Official editions of the US schedule from the command line."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from service.commands.common import (
    database,
    database_failures,
    examples,
    fail,
    json_option,
    print_json,
    settings,
)

if TYPE_CHECKING:
    from service.hts.importing import Imported, Standing

IMPORTER = "US"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def hts() -> None:
    """Official editions of the US schedule."""


class _Done(msgspec.Struct):
    """What an import did. ``changed``: null when the release was in the schedule already.

    ``files``: the schedule files that are new or differ; ``written``: whether they, and the descriptions, were kept.
    """

    release: str
    edition: str
    changed: dict[str, object] | None = None
    files: list[str] = []
    descriptions: dict[str, int] | None = None
    written: bool = False


@hts.command(
    "import",
    epilog=examples(
        "strata hts import hts_2026_rev_11.json --published 2026-11-20 --check",
        "strata hts import hts_2026_rev_11.json --published 2026-11-20",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--release", metavar="NAME", help="2026-rev-11; read from the name of FILE if that states it.")
@click.option(
    "--published", metavar="DAY", type=_DAY, help="The day it was posted; needed unless the release is there already."
)
@click.option(
    "--from",
    "start",
    metavar="DAY",
    type=_DAY,
    help="First day of entry of its texts; the day of publication if not given.",
)
@click.option("--check", is_flag=True, help="Write nothing, only say what would change.")
@click.option(
    "--descriptions/--no-descriptions", default=True, help="Keep its descriptions in the database (default)."
)
@json_option("Print what was done as JSON.")
def import_(
    file: Path,
    release: str | None,
    published: datetime | None,
    start: datetime | None,
    check: bool,
    descriptions: bool,
    as_json: bool,
) -> None:
    """Add an edition exported from hts.usitc.gov (JSON or CSV, gzipped or not) to the schedule files.

    Of a release that is in the schedule already only the descriptions are taken.
    """
    from service.hts.descriptions import read_descriptions  # noqa: PLC0415
    from service.hts.editions import EditionError  # noqa: PLC0415
    from service.hts.importing import ImportRefused, release_of  # noqa: PLC0415
    from service.law.schedule import ScheduleError  # noqa: PLC0415

    name = release or release_of(file.name)
    if name is None:
        fail(f"{file.name} does not say which release it is; name it with --release 2026-rev-11", usage=True)
    try:
        texts = read_descriptions(file) if descriptions else {}
        standing, imported = _laid(file, name, _day(published), _day(start), write_it=not check)
    except (EditionError, ImportRefused, ScheduleError, OSError) as error:
        fail(str(error))
    done = _Done(name, standing.edition.id, written=not check)
    if imported is not None:
        done.changed = _counts(imported)
        done.files = sorted(imported.files)
    _say(_laid_down(done, standing, imported), as_json=as_json)
    if texts and not check:
        kept = _keep(name, texts, _day(start) or standing.edition.start, standing.place)
        done.descriptions = {"read": len(texts), "kept": kept}
        _say([f"descriptions: {kept} of {len(texts)} new or different"], as_json=as_json)
    if as_json:
        print_json(done)


def _laid(
    file: Path, name: str, published: date | None, start: date | None, *, write_it: bool
) -> tuple[Standing, Imported | None]:
    """Lay an edition over the schedule, unless it is there already; ends the command when its day is not given."""
    from service.hts.editions import read_edition  # noqa: PLC0415
    from service.hts.importing import import_edition, read_schedule, standing_of, write  # noqa: PLC0415

    folder = settings().law_dir / IMPORTER.lower() / "schedule"
    schedule, table = read_schedule(folder), read_edition(file)
    standing = standing_of(schedule, name)
    if standing is not None:
        return standing, None
    if published is None:
        fail(f"{name} is new: say with --published on which day it was posted", usage=True)
    imported = import_edition(schedule, table, name, file.name, published=published, start=start)
    if write_it:
        write(folder, imported)
    return imported.standing, imported


def _laid_down(done: _Done, standing: Standing, imported: Imported | None) -> list[str]:
    if imported is None:
        return [f"{done.release}: in the schedule already{standing.as_what(done.release)}"]
    return [imported.summary, *(["written: " + ", ".join(done.files)] if done.written else [])]


def _counts(imported: Imported) -> dict[str, object]:
    from service.hts.editions import LINE  # noqa: PLC0415

    rows = imported.rows
    return {
        "lines": sum(len(row.code) == LINE for row in rows),
        "numbers": sum(len(row.code) > LINE for row in rows),
        "gone": sum(row.text is None for row in rows),
        "from": imported.edition.start,
    }


def _say(lines: list[str], *, as_json: bool) -> None:
    for line in () if as_json else lines:
        click.echo(line)


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _keep(release: str, texts: dict[str, str], start: date, place: int) -> int:
    from service.store.descriptions import write_descriptions  # noqa: PLC0415

    with database_failures():
        return asyncio.run(write_descriptions(database(), IMPORTER, release, texts, start=start, place=place))
