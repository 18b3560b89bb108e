"""Newer tariffs of China from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from service.commands.common import examples, fail, json_option, print_json, settings

IMPORTER = "CN"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def cn() -> None:
    """Official tariffs of China."""


@cn.command(
    "import",
    epilog=examples(
        "strata cn import tariff.csv --published 2026-12-31 --from 2027-01-01 --check",
        "strata cn import tariff.csv --published 2026-12-31 --from 2027-01-01",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--published", type=_DAY, required=True, help="The day it was made public; it is known from then on.")
@click.option(
    "--from", "start", type=_DAY, help="First day of entry of its rates; the day of publication if not given."
)
@click.option("--release", metavar="NAME", help="tariff-2027; the day of publication if not given.")
@click.option("--check", is_flag=True, help="Write nothing, only say what would change.")
@json_option("Print what was done as JSON.")
def import_(
    file: Path, published: datetime, start: datetime | None, release: str | None, check: bool, as_json: bool
) -> None:
    """Lay a whole tariff over the schedule files.

    FILE is a CSV table in UTF-8, gzipped or not, with the columns code (8 digits), mfn and provisional; rates are
    percentages (10 or 10%) or amounts (1.3 CNY/kg). A table with a bad row is refused whole.
    """
    from service.cn.importing import ImportRefused, import_tariff, read_schedule, write  # noqa: PLC0415
    from service.cn.reading import TariffError, read_tariff  # noqa: PLC0415
    from service.law.schedule import ScheduleError  # noqa: PLC0415

    folder = settings().law_dir / IMPORTER.lower() / "schedule"
    first = start.date() if start is not None else None
    try:
        schedule, lines = read_schedule(folder), read_tariff(file)
        done = import_tariff(schedule, lines, file.name, published=published.date(), start=first, release=release)
        written = sorted(done.files) if not check else []
        if written:
            write(folder, done)
        if as_json:
            changed = {"changed": len(done.rows), "files": sorted(done.files), "written": bool(written)}
            print_json({"edition": done.edition.id, **changed})
        else:
            click.echo("\n".join([done.summary, *(["written: " + ", ".join(written)] if written else [])]))
    except (TariffError, ImportRefused, ScheduleError, OSError) as error:
        fail(str(error))
