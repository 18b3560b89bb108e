"""The law files from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from difflib import unified_diff
from typing import NoReturn

import click

from service import render
from service.commands.audit import audit
from service.commands.common import MIGRATIONS, database_failures, fail, settings
from service.law.decode import decode_law
from service.law.errors import LawErrors
from service.law.importer import ImporterLaw
from service.law.terms import Program
from service.store.documents import documents_of, law_documents


@click.group()
def law() -> None:
    """The law files: check them, publish them, see what changed."""


law.add_command(audit)


@law.command()
@click.option("--strict", is_flag=True, help="Let warnings end with status 1, too.")
def check(strict: bool) -> None:
    """Say what is wrong with the law files, as FILE:LINE: MESSAGE."""
    from service.countries import countries  # noqa: PLC0415
    from service.law.check import check_law, errors_of  # noqa: PLC0415

    laws = _decoded(_documents())
    findings = [finding for found in laws.values() for finding in check_law(found, countries())]
    for finding in findings:
        click.echo(str(finding))
    errors = len(errors_of(findings))
    click.echo(f"{', '.join(laws)}: {errors} errors, {len(findings) - errors} warnings", err=True)
    if errors or (strict and findings):
        raise SystemExit(1)


@law.command()
@click.option("--notes", default="", metavar="TEXT", help="Why; stands beside the release.")
def publish(notes: str) -> None:
    """Publish the law files as a new release, if they differ from the current one."""
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade  # noqa: PLC0415
    from service.store.publish import PublishRefused  # noqa: PLC0415
    from service.store.publish import publish as publish_law  # noqa: PLC0415

    documents = _documents()
    with database_failures():
        dsn = ensure_database_sync(settings())
        upgrade(dsn, MIGRATIONS)
        try:
            done = asyncio.run(publish_law(dsn, documents, notes=notes))
        except PublishRefused as refused:
            for finding in refused.findings:
                click.echo(str(finding), err=True)
            fail("nothing was published")
    click.echo(f"release {done.number} {'published' if done.new else 'is current already'}: {done.digest[:12]}")


@law.command()
@click.argument("program")
@click.argument("measure", required=False)
def history(program: str, measure: str | None) -> None:
    """The amendments of PROGRAM, or of one MEASURE of it, as they were announced."""
    laws = _decoded(_documents())
    for found in laws.values():
        for candidate in found.programs:
            if candidate.id == program:
                if measure is not None and measure not in {it.id for it in candidate.measures}:
                    fail(
                        f"{program} has no measure {measure}; it has {', '.join(it.id for it in candidate.measures)}"
                    )
                render.history(candidate, found.acts, measure)
                return
    _no_program(program, [candidate for found in laws.values() for candidate in found.programs])


@law.command()
@click.argument("older", type=click.IntRange(min=1), required=False)
@click.argument("newer", type=click.IntRange(min=1), required=False)
@click.option("--names", is_flag=True, help="Only the names of the files.")
def diff(older: int | None, newer: int | None, names: bool) -> None:
    """What changed in the law files from release OLDER to release NEWER.

    Without NEWER, the files here are compared; without OLDER, with the current release. Status 0 either way.
    """
    from service.store.embedded import ensure_database_sync  # noqa: PLC0415
    from service.store.migrate import upgrade  # noqa: PLC0415
    from service.store.releases import current_release  # noqa: PLC0415

    async def read(dsn: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        first = older
        if first is None:
            current = await current_release(dsn)
            if current is None:
                fail("no law has been published yet")
            first = current.number
        before = await documents_of(dsn, first)
        after = _documents() if newer is None else await documents_of(dsn, newer)
        for number, documents in ((first, before), (newer, after)):
            if number is not None and not documents:
                fail(f"there is no release {number}; strata releases lists them")
        return before, after

    with database_failures():
        dsn = ensure_database_sync(settings())
        upgrade(dsn, MIGRATIONS)
        before, after = asyncio.run(read(dsn))
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            _show(path, before.get(path), after.get(path), names=names)


def _show(path: str, before: str | None, after: str | None, *, names: bool) -> None:
    if names:
        click.echo(f"{'+' if before is None else '-' if after is None else '~'} {path}")
        return
    old, new = (before or "").splitlines(), (after or "").splitlines()
    sides = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    for line in unified_diff(old, new, *sides, lineterm=""):
        click.secho(line, fg={"+": "green", "-": "red", "@": "cyan"}.get(line[:1]))


def _documents() -> dict[str, str]:
    try:
        return law_documents(settings().law_dir)
    except (OSError, ValueError) as error:
        fail(str(error))


def _decoded(documents: Mapping[str, str]) -> dict[str, ImporterLaw]:
    try:
        return decode_law(documents)
    except LawErrors as errors:
        for error in errors.errors:
            click.echo(str(error))
        fail(f"{len(errors.errors)} errors")


def _no_program(wanted: str, programs: list[Program]) -> NoReturn:
    known = [program.id for program in programs]
    near = [name for name in known if wanted.rpartition("/")[2] in name] or known
    fail(f"there is no program {wanted}; there are {', '.join(sorted(near))}")
