"""The law files from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

import click

from service.commands import completing
from service.commands.audit import audit
from service.commands.common import database, database_failures, examples, fail, json_option, print_json, settings
from service.commands.common import law_files as read_files

if TYPE_CHECKING:
    from service.law.check import Finding
    from service.law.importer import ImporterLaw
    from service.law.terms import Program
    from service.render.law import History


@click.group()
def law() -> None:
    """The law files: check them, publish them, see what changed."""


law.add_command(audit)


@law.command(epilog=examples("strata law check", "strata law check --strict --json"))
@click.option("--strict", is_flag=True, help="Let warnings end with status 1, too.")
@json_option("Print the findings and how many there are as JSON.")
def check(strict: bool, as_json: bool) -> None:
    """Say what is wrong with the law files, as FILE:LINE: SEVERITY: MESSAGE."""
    from service.law.check import Finding  # noqa: PLC0415
    from service.law.decode import decode_law  # noqa: PLC0415
    from service.law.errors import LawErrors  # noqa: PLC0415
    from service.render import law as shown  # noqa: PLC0415

    found: list[Finding] = []
    laws: Mapping[str, ImporterLaw] = {}
    try:
        laws = decode_law(_documents())
    except LawErrors as wrong:
        found = [Finding(it.file, it.line, f"{it.key}: {it.message}") for it in wrong.errors]
    else:
        found = _checked(laws)
    errors = sum(finding.severity == "error" for finding in found)
    if as_json:
        print_json({"findings": found, "errors": errors, "warnings": len(found) - errors})
    else:
        shown.findings(found)
        importers = f"{', '.join(laws)}: " if laws else "the law files cannot be read: "
        click.echo(f"{importers}{errors} errors, {len(found) - errors} warnings", err=True)
    if errors or (strict and found):
        raise SystemExit(1)


def _checked(laws: Mapping[str, ImporterLaw]) -> list[Finding]:
    from service.countries import countries  # noqa: PLC0415
    from service.law.check import check_law  # noqa: PLC0415

    return [finding for found in laws.values() for finding in check_law(found, countries())]


@law.command(epilog=examples("strata law publish --notes 'Copper at 50 percent'"))
@click.option("--notes", default="", metavar="TEXT", help="Why; stands beside the release.")
@json_option("Print the release as JSON, and whether it is new.")
def publish(notes: str, as_json: bool) -> None:
    """Publish the law files as a new release, if they differ from the current one."""
    from service.store.publish import PublishRefused  # noqa: PLC0415
    from service.store.publish import publish as publish_law  # noqa: PLC0415

    documents = _documents()
    with database_failures():
        dsn = database()
        try:
            done = asyncio.run(publish_law(dsn, documents, notes=notes))
        except PublishRefused as refused:
            _refuse(refused.findings)
    if as_json:
        print_json(done)
    else:
        click.echo(f"release {done.number} {'published' if done.new else 'is current already'}: {done.digest[:12]}")


def _refuse(findings: Sequence[Finding]) -> NoReturn:
    from service.api.problems import FieldError, Problem  # noqa: PLC0415

    errors = tuple(FieldError(":".join(filter(None, (it.file, str(it.line or "")))), it.message) for it in findings)
    lines = ["nothing was published: the law files cannot be right", *(f"  {finding}" for finding in findings)]
    fail(lines, problem=Problem("conflict", lines[0], errors=errors))


@law.command(
    epilog=examples("strata law history us/ieepa/reciprocal", "strata law history us/ieepa/reciprocal china")
)
@click.argument("program", shell_complete=completing.programs)
@click.argument("measure", required=False, shell_complete=completing.measures)
@json_option("Print the amendments as JSON, as /v1/measures/{id} gives them.")
def history(program: str, measure: str | None, as_json: bool) -> None:
    """The amendments of PROGRAM, or of one MEASURE of it, as they were announced.

    Read from the law files here, published or not.
    """
    from service.render import law as shown  # noqa: PLC0415

    laws = _decoded(_documents())
    for found in laws.values():
        for candidate in found.programs:
            if candidate.id == program:
                story = _history(found, candidate, measure)
                if as_json:
                    print_json(story)
                else:
                    shown.history(story)
                return
    _no_program(program, [candidate for found in laws.values() for candidate in found.programs])


def _history(found: ImporterLaw, program: Program, wanted: str | None) -> History:
    from service.api.browsing.shapes import AmendmentSaid  # noqa: PLC0415
    from service.api.browsing.words import act_ref, patch_in_words  # noqa: PLC0415
    from service.render.law import History, MeasureHistory  # noqa: PLC0415

    chosen = [it for it in program.measures if wanted in {None, it.id}]
    if not chosen:
        _no_measure(program, wanted or "")
    measures = []
    for it in chosen:
        name = f"{program.id}/{it.id}"
        rows = sorted(it.amendments, key=lambda row: (found.acts[row.act].rank, row.line))
        said = tuple(
            AmendmentSaid(
                act=act_ref(found.acts[row.act]),
                measure=name,
                heading=it.heading,
                from_=row.valid.first,
                until=row.valid.end,
                concerns=row.concerns,
                sets=patch_in_words(row.patch),
            )
            for row in rows
        )
        measures.append(MeasureHistory(name, it.id, it.heading, it.title, said))
    return History(program.id, found.importer.code, program.title, program.authority, tuple(measures))


def _no_measure(program: Program, wanted: str) -> NoReturn:
    known = [it.id for it in program.measures]
    fail(f"{program.id} has no measure {wanted}{_near(wanted, known)}", slug="not-found")


def _no_program(wanted: str, programs: Sequence[Program]) -> NoReturn:
    fail(f"there is no program {wanted}{_near(wanted, [program.id for program in programs])}", slug="not-found")


def _near(wanted: str, known: Sequence[str]) -> str:
    """Name those near a name, those that hold its last part, or all."""
    near = get_close_matches(wanted, known, n=3, cutoff=0.7)
    near = near or [name for name in known if wanted.rpartition("/")[2] in name]
    if near:
        return f"; did you mean {' or '.join(near[:3])}?"
    return f"; there are {', '.join(sorted(known))}"


@law.command(epilog=examples("strata law diff", "strata law diff 1 2 --names"))
@click.argument("older", type=click.IntRange(min=1), required=False)
@click.argument("newer", type=click.IntRange(min=1), required=False)
@click.option("--names", is_flag=True, help="Only the names of the files.")
@json_option("Print the files that differ as JSON, each with its patch (without, with --names).")
def diff(older: int | None, newer: int | None, names: bool, as_json: bool) -> None:
    """What changed in the law files from release OLDER to release NEWER, as a patch.

    Without NEWER, the files here are compared; without OLDER, with the current release. Status 0 either way.
    """
    from service.render import law as shown  # noqa: PLC0415

    with database_failures():
        before, after = asyncio.run(_sides(database(), older, newer))
    found = [
        shown.changed(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
    if not as_json:
        shown.differences(found, names=names)
    elif names:
        print_json({"files": [{"path": it.path, "change": it.change} for it in found]})
    else:
        print_json({"files": found})


async def _sides(dsn: str, older: int | None, newer: int | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    from service.store.documents import documents_of  # noqa: PLC0415
    from service.store.releases import current_release  # noqa: PLC0415

    first = older
    if first is None:
        current = await current_release(dsn)
        if current is None:
            fail("no law has been published yet: strata law publish makes the first release", slug="not-found")
        first = current.number
    before = await documents_of(dsn, first)
    after = _documents() if newer is None else await documents_of(dsn, newer)
    for number, documents in ((first, before), (newer, after)):
        if number is not None and not documents:
            fail(f"there is no release {number}; strata releases lists them", slug="not-found")
    return before, after


def _documents() -> dict[str, str]:
    return read_files(settings())


def _decoded(documents: Mapping[str, str]) -> dict[str, ImporterLaw]:
    from service.law.decode import decode_law  # noqa: PLC0415
    from service.law.errors import LawErrors  # noqa: PLC0415

    try:
        return decode_law(documents)
    except LawErrors as errors:
        fail([f"the law files cannot be read: {len(errors.errors)} errors", *(f"  {it}" for it in errors.errors)])
