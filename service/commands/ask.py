"""Questions on the command line, answered from Postgres as the API answers them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import click

from service import render
from service.api.parameters import Table, Tables, read_fields, tables_of
from service.api.problems import FieldError, InvalidFields, Problem, as_problem
from service.api.query import unknown
from service.api.questions import resolve, resolve_headline, resolve_over
from service.api.replies import encode
from service.commands.common import fail, ready_database, settings
from service.engine.refusals import Refusal
from service.snapshot import Snapshot, SourceUnavailable, UnknownRelease

F = TypeVar("F", bound=Callable[..., Any])


def _options(*names: str) -> Callable[[F], F]:
    """Add options by the names of the parameters that they are read as."""
    known = {
        "date": click.option("--date", metavar="DAY", help="Day of entry; today by default."),
        "known_on": click.option("--known-on", metavar="DAY", help="The law as known on this day; today by default."),
        "view": click.option("--view", metavar="collected|law", help="What is collected, or what is owed by law."),
        "from": click.option("--from", "from_", metavar="DAY", help="First day."),
        "until": click.option("--until", metavar="DAY", help="Day after the last."),
        "declare": click.option(
            "--declare", multiple=True, metavar="FACT=VALUE", help="A fact about the entry; repeat for more."
        ),
        "release": click.option("--release", metavar="NUMBER", help="Answer from this release."),
        "json": click.option("--json", "as_json", is_flag=True, help="Print the answer as the API gives it."),
    }

    def add(command: F) -> F:
        for name in reversed(names):
            command = known[name](command)
        return command

    return add


@click.command()
@click.argument("importer")
@click.argument("code")
@click.argument("origin")
@_options("date", "known_on", "view", "declare", "release", "json")
def rate(declare: tuple[str, ...], as_json: bool, **given: str | None) -> None:
    """What duty IMPORTER levies on goods CODE of ORIGIN, and why.

    For example: strata rate US 9503.00.00.73 CN --date 2025-07-28
    """

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        asked = resolve(fields, snapshot, time.time())
        return asked.territory.answer(asked.question)

    _answer(lambda tables: tables.rates, given, declare, answer, render.answer, as_json=as_json)


@click.command()
@click.argument("importer")
@click.argument("code")
@click.argument("origin")
@_options("from", "until", "known_on", "view", "declare", "release", "json")
def timeline(declare: tuple[str, ...], as_json: bool, **given: str | None) -> None:
    """The duty on goods CODE of ORIGIN over time."""

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        over = resolve_over(fields, snapshot, time.time())
        return over.asked.territory.timeline(over.asked.question, over.start, over.until)

    given["from"] = given.pop("from_")
    _answer(lambda tables: tables.timeline, given, declare, answer, render.timeline, as_json=as_json)


@click.command()
@click.argument("importer")
@click.argument("origin")
@_options("date", "known_on", "view", "release", "json")
def headline(as_json: bool, **given: str | None) -> None:
    """The duty of IMPORTER on goods of ORIGIN as a whole."""

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        asked = resolve_headline(fields, snapshot, time.time())
        return asked.territory.schedule.headline(asked.origin, asked.day, asked.known_on, asked.view)

    _answer(lambda tables: tables.headline, given, (), answer, render.headline, as_json=as_json)


def _answer(
    table_of: Callable[[Tables], Table],
    given: dict[str, str | None],
    declare: tuple[str, ...],
    answer: Callable[[dict[str, Any], Snapshot], Any],
    show: Callable[[Any], None],
    *,
    as_json: bool,
) -> None:
    """Read the question, answer it and show the answer; what has no answer ends the command."""
    chosen = {name: value for name, value in given.items() if value is not None}
    snapshot = _snapshot(chosen.get("release"))
    table = table_of(tables_of(snapshot.facts))
    try:
        fields = read_fields(chosen | _declared(declare, chosen, table), table)
        found = answer(fields, snapshot)
    except (Problem, Refusal) as error:
        _refuse(as_problem(error))
    if as_json:
        click.echo(encode(found))
    else:
        show(found)


def _snapshot(release: str | None) -> Snapshot:
    from service.releases import read_snapshot  # noqa: PLC0415

    if release is not None and not release.isdecimal():
        fail(f"release: {release!r} is not a number", usage=True)
    dsn = ready_database(settings())
    try:
        return asyncio.run(read_snapshot(dsn, None if release is None else int(release)))
    except UnknownRelease as error:
        fail(str(error))
    except SourceUnavailable as error:
        fail(f"the database cannot be used: {error}")


def _declared(declare: tuple[str, ...], given: dict[str, str], table: Table) -> dict[str, str]:
    """Return the declared facts as text by name; raises ``InvalidFields``."""
    facts: dict[str, str] = {}
    errors: list[FieldError] = []
    for item in declare:
        name, equals, value = item.partition("=")
        if not equals or not value:
            errors.append(FieldError(item, "is not of the form fact=value"))
        elif name not in table or name in given:
            errors.append(unknown(name, [known for known in table if known not in given]))
        elif name in facts:
            errors.append(FieldError(name, "is declared more than once"))
        else:
            facts[name] = value
    if errors:
        raise InvalidFields(errors)
    return facts


def _refuse(problem: Problem) -> NoReturn:
    """End with the reason: status 2 when the question is malformed, 1 when it has no answer."""
    lines = [problem.detail]
    for near in problem.near:
        since = f" from {near.from_}" if near.from_ else ""
        until = f" until {near.until}" if near.until else ""
        lines.append(f"  {near.relation}: {near.code}{since}{until}")
    fail("\n".join(lines), usage=problem.type.status == HTTPStatus.BAD_REQUEST)
