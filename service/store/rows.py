"""The law as rows of the tables of one release, in the order in which they refer to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from service.law.importer import ImporterLaw
from service.law.terms import Measure, Program
from service.store import statements
from service.store.connection import PUBLISH_SECONDS, Connection
from service.store.encoding import importer_to_json, to_json, to_range

Row = tuple[Any, ...]
Laws = Mapping[str, ImporterLaw]


class Table(msgspec.Struct, frozen=True):
    """A table, its columns after ``release`` and ``importer``, and what an importer's law puts there."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[ImporterLaw], Iterable[Row]]


def _facts(law: ImporterLaw) -> Iterator[Row]:
    for place, (name, fact) in enumerate(law.facts.items()):
        assumed = None if fact.default is None else to_json(fact.default)
        yield name, place, fact.type, fact.class_, fact.description, fact.effect, assumed, fact.values


def _acts(law: ImporterLaw) -> Iterator[Row]:
    for place, act in enumerate(law.acts.values()):
        yield act.id, place, act.title, act.announced, act.sequence, act.citation, act.url, act.notes


def _programs(law: ImporterLaw) -> Iterator[Row]:
    for place, program in enumerate(law.programs):
        yield (
            program.id,
            place,
            program.title,
            program.authority,
            program.order,
            program.chapter_98,
            program.acts,
            program.notes,
            program.path,
        )


def _measures_of(law: ImporterLaw) -> Iterator[tuple[Program, int, Measure]]:
    for program in law.programs:
        for place, measure in enumerate(program.measures):
            yield program, place, measure


def _measures(law: ImporterLaw) -> Iterator[Row]:
    for program, place, measure in _measures_of(law):
        yield (
            program.id,
            measure.id,
            place,
            measure.heading,
            measure.title,
            to_json(measure.patch),
            to_json(measure.assume),
            to_json(measure.classes),
            measure.notes,
            measure.line,
        )


def _amendments(law: ImporterLaw) -> Iterator[Row]:
    for program, _, measure in _measures_of(law):
        for place, amendment in enumerate(measure.amendments):
            yield (
                program.id,
                measure.id,
                place,
                amendment.act,
                to_range(amendment.valid),
                amendment.concerns,
                to_json(amendment.patch),
                amendment.line,
            )


def _announcements(law: ImporterLaw) -> Iterator[Row]:
    for program in law.programs:
        for place, said in enumerate(program.announcements):
            yield (
                program.id,
                said.id,
                place,
                said.announced,
                said.withdrawn,
                None if said.valid is None else to_range(said.valid),
                None if said.origins is None else to_json(said.origins),
                said.text,
                said.url,
            )


def _versions(law: ImporterLaw) -> Iterator[Row]:
    for place, version in enumerate(law.versions):
        yield (
            place,
            version.program,
            version.measure,
            version.view,
            to_range(version.valid),
            to_range(version.known),
            to_json(version.terms),
            version.acts,
        )


def _list_versions(law: ImporterLaw) -> Iterator[Row]:
    for place, version in enumerate(law.list_versions):
        yield place, version.name, to_range(version.valid), to_range(version.known), to_json(version.entries)


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


TABLES: Final = (
    Table("fact", _columns("name place type class description effect assumed choices"), _facts),
    Table("act", _columns("id place title announced sequence citation url notes"), _acts),
    Table(
        "program",
        _columns("id place title authority declaration_order chapter_98 acts notes path"),
        _programs,
    ),
    Table("measure", _columns("program id place heading title patch assume classes notes line"), _measures),
    Table("amendment", _columns("program measure place act valid concerns patch line"), _amendments),
    Table(
        "announcement",
        _columns("program id place announced withdrawn valid origins text url"),
        _announcements,
    ),
    Table("version", _columns("place program measure view valid known terms acts"), _versions),
    Table("list_version", _columns("place name valid known entries"), _list_versions),
)


async def write_laws(conn: Connection, release: int, laws: Laws) -> None:
    """Write the laws of a release, inside the caller's transaction.

    Raises:
        asyncpg.IntegrityConstraintViolationError: Rows contradict each other or refer to nothing.
    """
    await conn.copy_records_to_table(
        "importer",
        columns=("release", "code", "place", "title", "document"),
        records=[
            (release, code, place, law.importer.title, importer_to_json(law.importer))
            for place, (code, law) in enumerate(laws.items())
        ],
        timeout=PUBLISH_SECONDS,
    )
    for table in TABLES:
        await conn.copy_records_to_table(
            table.name,
            columns=("release", "importer", *table.columns),
            records=((release, code, *row) for code, law in laws.items() for row in table.rows(law)),
            timeout=PUBLISH_SECONDS,
        )
    for code, law in laws.items():
        schedule = await _write_schedule(conn, code, law)
        await conn.execute(statements.INSERT_RELEASE_SCHEDULE, release, code, schedule)


def schedule_digest(law: ImporterLaw) -> str:
    """Return the digest of what was derived from the schedule: its editions, lines and numbers."""
    return hashlib.sha256(msgspec.msgpack.encode((law.editions, law.lines, law.statistical))).hexdigest()


async def _write_schedule(conn: Connection, code: str, law: ImporterLaw) -> int:
    """Return the id of the importer's schedule; its rows are written unless a release has them already."""
    key = schedule_digest(law)
    found: int | None = await conn.fetchval(statements.SCHEDULE_BY_DIGEST, code, key)
    if found is not None:
        return found
    schedule: int = await conn.fetchval(statements.INSERT_SCHEDULE, code, key)
    await conn.copy_records_to_table(
        "edition",
        columns=("schedule", "place", "id", "published", "start", "document"),
        records=[
            (schedule, place, edition.id, edition.published, edition.start, to_json(edition))
            for place, edition in enumerate(law.editions)
        ],
        timeout=PUBLISH_SECONDS,
    )
    await conn.copy_records_to_table(
        "schedule_line",
        columns=_columns("schedule place code valid known units columns approximate edition"),
        records=(
            (
                schedule,
                place,
                line.code,
                to_range(line.valid),
                to_range(line.known),
                line.text.units,
                line.text.columns,
                line.text.approximate,
                line.edition,
            )
            for place, line in enumerate(law.lines)
        ),
        timeout=PUBLISH_SECONDS,
    )
    await conn.copy_records_to_table(
        "statistical_number",
        columns=_columns("schedule place code valid known units edition"),
        records=(
            (
                schedule,
                place,
                number.code,
                to_range(number.valid),
                to_range(number.known),
                number.units,
                number.edition,
            )
            for place, number in enumerate(law.statistical)
        ),
        timeout=PUBLISH_SECONDS,
    )
    return schedule
