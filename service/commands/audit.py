"""The law files held against an official edition, from the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from service.commands.common import examples, fail, json_option, law_files, print_json, settings
from service.settings import CHECKOUT

EXCEPTIONS = CHECKOUT / "db" / "audit" / "us-headings.csv"


@click.command(epilog=examples("strata law audit --release hts-2026-rev-10.json.gz --date 2026-06-08"))
@click.option(
    "--release",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An edition exported from hts.usitc.gov: .json or .csv, also with .gz.",
)
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day it was published.")
@json_option("Print the report as JSON.")
def audit(file: Path, day: datetime, as_json: bool) -> None:
    """Are the headings of 9903 that an edition prints known here?

    Each heading that adds, tops up or replaces a duty is looked for in the law files: with the same rate, and in
    force when printed as in force. Dormant ones are left out; differences that are understood are told with their
    reason. Status 1 when a difference has none.
    """
    from service.audit.exceptions import BadExceptionsError, read_exceptions  # noqa: PLC0415
    from service.audit.report import audit as audited  # noqa: PLC0415
    from service.hts.editions import EditionError  # noqa: PLC0415
    from service.law.decode import decode_law  # noqa: PLC0415
    from service.law.errors import LawErrors  # noqa: PLC0415
    from service.render import audit as shown  # noqa: PLC0415

    try:
        law = decode_law(law_files(settings()))["US"]
        report = audited(file, law, day.date(), read_exceptions(EXCEPTIONS))
    except (LawErrors, BadExceptionsError, EditionError, OSError, KeyError) as error:
        fail(str(error))
    if as_json:
        print_json(report)
    else:
        shown.report(report)
    if report.unexplained or report.missed:
        raise SystemExit(1)
