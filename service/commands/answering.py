"""The answers to the questions of ``service.commands.ask``: read, answer, print."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from service.api import parameters
from service.api.parameters import Table, Tables, read_fields, tables_of
from service.api.problems import FieldError, InvalidFields, Problem, as_problem
from service.api.questions import resolve, resolve_headline, resolve_over, territory_of
from service.commands.common import database_failures, fail, print_json, ready_database, settings
from service.commands.hints import explained, facts_meant
from service.coverage import coverage_answer
from service.engine.refusals import Refusal
from service.releases import read_snapshot
from service.render import answers
from service.render.problems import near_codes
from service.snapshot import Snapshot, UnknownRelease

Given = Mapping[str, str | None]


def rate(given: Given, declare: tuple[str, ...], *, as_json: bool) -> None:
    """Answer and print the duty on one entry."""

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        asked = resolve(fields, snapshot, time.time())
        return asked.territory.answer(asked.question)

    _print(_answer(lambda tables: tables.rates, given, declare, answer), answers.answer, as_json=as_json)


def timeline(given: Given, declare: tuple[str, ...], *, as_json: bool) -> None:
    """Answer and print the duty over time."""

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        over = resolve_over(fields, snapshot, time.time())
        return over.asked.territory.timeline(over.asked.question, over.start, over.until)

    _print(_answer(lambda tables: tables.timeline, given, declare, answer), answers.timeline, as_json=as_json)


def headline(given: Given, *, as_json: bool) -> None:
    """Answer and print the duty on a country as a whole."""

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        asked = resolve_headline(fields, snapshot, time.time())
        return asked.territory.schedule.headline(asked.origin, asked.day, asked.known_on, asked.view)

    _print(_answer(lambda tables: tables.headline, given, (), answer), answers.headline, as_json=as_json)


def coverage(given: Given, *, everything: bool, as_json: bool) -> None:
    """Print what the law data cover."""

    def answer(fields: dict[str, Any], snapshot: Snapshot) -> Any:
        chosen = [territory_of(fields, snapshot)] if "importer" in fields else snapshot.territories.values()
        return coverage_answer((territory.coverage for territory in chosen), snapshot.release)

    found = _answer(lambda _: parameters.COVERAGE, given, (), answer)
    _print(found, lambda it: answers.coverage(it, everything=everything), as_json=as_json)


def _print(found: Any, show: Callable[[Any], None], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        show(found)


def _answer(
    table_of: Callable[[Tables], Table],
    given: Given,
    declare: tuple[str, ...],
    answer: Callable[[dict[str, Any], Snapshot], Any],
) -> Any:
    """Read the question and answer it; what has no answer ends the command."""
    chosen = {name: value for name, value in given.items() if value is not None}
    snapshot = _snapshot(chosen.get("release"))
    tables = tables_of(snapshot.facts)
    table = table_of(tables)
    try:
        fields = read_fields(chosen | _declared(declare, snapshot), table)
        return answer(fields, snapshot)
    except (Problem, Refusal) as error:
        refuse(as_problem(error), chosen, snapshot)


def _snapshot(release: str | None) -> Snapshot:
    if release is not None and not (release.isascii() and release.isdecimal() and len(release) < 10):
        fail(f"release: {release!r} is not a number", usage=True)
    dsn = ready_database(settings())
    try:
        with database_failures():
            return asyncio.run(read_snapshot(dsn, None if release is None else int(release)))
    except UnknownRelease as error:
        fail([str(error), "strata releases lists those there are"], slug="not-found")


def _declared(declare: tuple[str, ...], snapshot: Snapshot) -> dict[str, str]:
    """Return the declared facts as text by name; raises ``InvalidFields``."""
    facts: dict[str, str] = {}
    errors: list[FieldError] = []
    questions = parameters.Table(*_OPTIONS)
    for item in declare:
        name, equals, value = item.partition("=")
        if not equals or not value:
            errors.append(FieldError(item, "is not of the form fact=value, such as us_content=0.25"))
        elif name in questions:
            errors.append(FieldError(name, "is not known as a fact; it has an option or argument of its own"))
        elif name not in snapshot.facts:
            errors.append(FieldError(name, "is not known" + facts_meant(name, snapshot.facts)))
        elif name in facts:
            errors.append(FieldError(name, "is declared more than once"))
        else:
            facts[name] = value
    if errors:
        raise InvalidFields(errors)
    return facts


_OPTIONS = (
    parameters.IMPORTER,
    parameters.CODE,
    parameters.ORIGIN,
    parameters.DATE,
    parameters.KNOWN_ON,
    parameters.VIEW,
    parameters.RELEASE,
    parameters.FROM,
    parameters.UNTIL,
)


def refuse(problem: Problem, given: Mapping[str, str], snapshot: Snapshot | None = None) -> NoReturn:
    """End with the reason: status 2 when the question is malformed, 1 when it has no answer.

    ``snapshot`` describes the codes that are near the one asked for.
    """

    def described(code: str) -> str | None:
        territory = None if snapshot is None else snapshot.territories.get(given.get("importer", ""))
        if territory is None:
            return None
        said = territory.descriptions.of(code.replace(".", ""), territory.today(time.time()))
        return None if said is None else said.text

    lines = [*explained(problem, given), *near_codes(problem.near, described)]
    fail(lines, usage=problem.type.status == HTTPStatus.BAD_REQUEST, problem=problem)
