"""Questions on the command line, answered from Postgres as the API answers them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import click

from service.commands import completing
from service.commands.common import examples, json_option

F = TypeVar("F", bound=Callable[..., Any])


def _options(*names: str) -> Callable[[F], F]:
    """Add options by the names of the parameters that they are read as."""
    known = {
        "date": click.option("--date", metavar="DAY", help="Day of entry, as 2025-07-28; today by default."),
        "known_on": click.option("--known-on", metavar="DAY", help="The law as known on this day; today by default."),
        "view": click.option(
            "--view",
            metavar="collected|law",
            help="What is collected (the default), or what is owed by law.",
            shell_complete=completing.views,
        ),
        "from": click.option(
            "--from", "from_", metavar="DAY", help="First day; the first that is covered by default."
        ),
        "until": click.option("--until", metavar="DAY", help="Day after the last; no end by default."),
        "declare": click.option(
            "--declare",
            multiple=True,
            metavar="FACT=VALUE",
            help="A fact about the entry, as us_content=0.25; repeat for more.",
            shell_complete=completing.facts,
        ),
        "release": click.option("--release", metavar="NUMBER", help="Answer from this release."),
        "json": json_option(),
    }

    def add(command: F) -> F:
        for name in reversed(names):
            command = known[name](command)
        return command

    return add


def _importer(command: F) -> F:
    return click.argument("importer", shell_complete=completing.importers)(command)


def _origin(command: F) -> F:
    return click.argument("origin", shell_complete=completing.countries)(command)


def _answering() -> Any:
    """Import what answers: only a question needs it, and it takes longer than all the rest."""
    return import_module("service.commands.answering")


@click.command(
    epilog=examples(
        "strata rate US 9503.00.00.73 CN --date 2025-07-28",
        "strata rate US 9503.00.00.73 CN --date 2025-07-28 --declare us_content=0.25",
    )
)
@_importer
@click.argument("code")
@_origin
@_options("date", "known_on", "view", "declare", "release", "json")
def rate(declare: tuple[str, ...], as_json: bool, **given: str | None) -> None:
    """What duty IMPORTER levies on goods CODE of ORIGIN, and why.

    IMPORTER and ORIGIN are countries by their codes of two letters; CODE has 8 or 10 digits, with or without dots.
    What is not declared is not guessed: the answer gives bounds, and says what would change it.
    """
    _answering().rate(given, declare, as_json=as_json)


@click.command(epilog=examples("strata timeline US 9503.00.00.73 CN --from 2025-01-01 --until 2026-01-01"))
@_importer
@click.argument("code")
@_origin
@_options("from", "until", "known_on", "view", "declare", "release", "json")
def timeline(declare: tuple[str, ...], as_json: bool, **given: str | None) -> None:
    """The duty of IMPORTER on goods CODE of ORIGIN over time.

    Each line holds from its first day until, exclusively, its last.
    """
    given["from"] = given.pop("from_")
    _answering().timeline(given, declare, as_json=as_json)


@click.command(epilog=examples("strata headline US CN --date 2025-07-28"))
@_importer
@_origin
@_options("date", "known_on", "view", "release", "json")
def headline(as_json: bool, **given: str | None) -> None:
    """The duty of IMPORTER on goods of ORIGIN as a whole."""
    _answering().headline(given, as_json=as_json)


@click.command(epilog=examples("strata coverage US"))
@click.argument("importer", required=False, shell_complete=completing.importers)
@click.option("--all", "everything", is_flag=True, help="Program by program, with all doubts noted.")
@_options("release", "json")
def coverage(everything: bool, as_json: bool, **given: str | None) -> None:
    """For which origins and days the law data are complete, and what is known to be missing."""
    _answering().coverage(given, everything=everything, as_json=as_json)
