"""Loading a release: the rows of its tables become ``ImporterLaw`` again, equal to what was published.

One exception: ``ImporterLaw.lists``, the goods lists with their source rows, is empty. Nothing computes with
it; the lists as they stand are in ``list_versions``, their files among the documents of the release.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from service.descriptions import Descriptions
from service.law.decode import decode_law
from service.law.facts import FactDefinition
from service.law.importer import ImporterLaw
from service.law.schedule import Edition, LineText, LineVersion, StatVersion
from service.law.terms import (
    Act,
    Amendment,
    Announcement,
    ListEntry,
    ListVersion,
    Measure,
    Origins,
    Patch,
    Program,
    Terms,
    Version,
)
from service.store import statements
from service.store.connection import Connection, Database, Row, connection
from service.store.descriptions import load_descriptions
from service.store.documents import documents_of
from service.store.encoding import Periods, fact_value_from_json, fact_values_from_json, importer_from_json
from service.store.releases import find_release

_CLASSES: Final = msgspec.json.Decoder(dict[str, Any])
_EDITION: Final = msgspec.json.Decoder(Edition)
_ENTRIES: Final = msgspec.json.Decoder(tuple[ListEntry, ...])
_ORIGINS: Final = msgspec.json.Decoder(Origins)
_PATCH: Final = msgspec.json.Decoder(Patch)
_TERMS: Final = msgspec.json.Decoder(Terms)

T = TypeVar("T")
Rows = Sequence[Row]
Grouped = defaultdict[str, list[T]]


Pace = Callable[[Rows], Iterable[Row]]


def _each(rows: Rows) -> Iterable[Row]:
    return rows


class LoadedRelease(msgspec.Struct, frozen=True):
    """The law of a release by importer; ``lists`` of each law is empty (see the module).

    ``descriptions`` of goods by importer are those imported until now: they are part of no release.
    """

    number: int
    digest: str
    published_at: datetime
    laws: dict[str, ImporterLaw]
    descriptions: Mapping[str, Descriptions] = {}


class _Tables(msgspec.Struct, frozen=True):
    """All rows of a release."""

    importers: Rows
    facts: Rows
    acts: Rows
    programs: Rows
    measures: Rows
    amendments: Rows
    announcements: Rows
    versions: Rows
    list_versions: Rows
    editions: Rows
    lines: Rows
    statistical: Rows


async def load_release(database: Database, number: int | None = None, pace: Pace = _each) -> LoadedRelease:
    """Load a release, the newest for None, as it stood in one instant.

    A release whose rows were written by a version of Strata with other types is decoded from its documents,
    which takes longer. ``pace`` says how to work through many rows: at once, or with rests.

    Raises:
        NoRelease: It does not exist.
        OSError, TimeoutError, asyncpg.PostgresError: The server is away.
    """
    async with connection(database) as conn:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            release = await find_release(conn, number)
            tables = await _fetch(conn, release.number)
            descriptions = await load_descriptions(conn)
        try:
            laws = build_laws(tables, pace)
        except (msgspec.ValidationError, KeyError):
            laws = decode_law(await documents_of(conn, release.number))
    return LoadedRelease(release.number, release.digest, release.published_at, laws, descriptions)


async def _fetch(conn: Connection, release: int) -> _Tables:
    return _Tables(
        importers=await conn.fetch(statements.IMPORTERS, release),
        facts=await conn.fetch(statements.FACTS, release),
        acts=await conn.fetch(statements.ACTS, release),
        programs=await conn.fetch(statements.PROGRAMS, release),
        measures=await conn.fetch(statements.MEASURES, release),
        amendments=await conn.fetch(statements.AMENDMENTS, release),
        announcements=await conn.fetch(statements.ANNOUNCEMENTS, release),
        versions=await conn.fetch(statements.VERSIONS, release),
        list_versions=await conn.fetch(statements.LIST_VERSIONS, release),
        editions=await conn.fetch(statements.EDITIONS, release),
        lines=await conn.fetch(statements.LINES, release),
        statistical=await conn.fetch(statements.STATISTICAL, release),
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector from walking a heap that only grows: it would find nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def build_laws(tables: _Tables, pace: Pace = _each) -> dict[str, ImporterLaw]:
    """Build the law of every importer; ``pace`` says how to work through many rows.

    Raises:
        msgspec.ValidationError: A struct was written by a version of Strata with other types.
        KeyError: A fact is assumed that is not defined.
    """
    with _without_collector():
        periods = Periods()
        facts = _facts(tables.facts)
        acts = _acts(tables.acts)
        programs = _programs(tables, facts, periods)
        versions = _versions(pace(tables.versions), periods)
        list_versions = _list_versions(pace(tables.list_versions), periods)
        editions = _by_importer((row[0], _EDITION.decode(row[1])) for row in tables.editions)
        lines = _lines(pace(tables.lines), periods)
        statistical = _statistical(pace(tables.statistical), periods)
        return {
            code: ImporterLaw(
                importer=importer_from_json(document),
                facts=facts[code],
                acts=acts[code],
                programs=tuple(programs[code]),
                lists={},
                editions=tuple(editions[code]),
                versions=tuple(versions[code]),
                list_versions=tuple(list_versions[code]),
                lines=tuple(lines[code]),
                statistical=tuple(statistical[code]),
            )
            for code, document in tables.importers
        }


def _by_importer(pairs: Iterator[tuple[str, T]]) -> Grouped[T]:
    found: Grouped[T] = defaultdict(list)
    for importer, value in pairs:
        found[importer].append(value)
    return found


def _facts(rows: Rows) -> defaultdict[str, dict[str, FactDefinition]]:
    found: defaultdict[str, dict[str, FactDefinition]] = defaultdict(dict)
    for importer, name, kind, class_, description, effect, assumed, choices in rows:
        default = None if assumed is None else fact_value_from_json(kind, assumed)
        found[importer][name] = FactDefinition(
            name, kind, class_, description, effect, default=default, values=tuple(choices)
        )
    return found


def _acts(rows: Rows) -> defaultdict[str, dict[str, Act]]:
    found: defaultdict[str, dict[str, Act]] = defaultdict(dict)
    for importer, id_, title, announced, sequence, citation, url, notes in rows:
        found[importer][id_] = Act(id_, title, announced, citation, url, sequence, notes)
    return found


def _programs(
    tables: _Tables, facts: defaultdict[str, dict[str, FactDefinition]], periods: Periods
) -> Grouped[Program]:
    amendments: defaultdict[tuple[str, str, str], list[Amendment]] = defaultdict(list)
    for importer, program, measure, act, start, until, concerns, patch, line in tables.amendments:
        amendments[importer, program, measure].append(
            Amendment(act, periods[start, until], _PATCH.decode(patch), concerns, line)
        )
    measures: defaultdict[tuple[str, str], list[Measure]] = defaultdict(list)
    for importer, program, id_, heading, title, patch, assume, classes, notes, line in tables.measures:
        measures[importer, program].append(
            Measure(
                id_,
                heading,
                _PATCH.decode(patch),
                tuple(amendments[importer, program, id_]),
                title,
                fact_values_from_json(facts[importer], assume),
                _CLASSES.decode(classes),
                notes,
                line,
            )
        )
    announcements: defaultdict[tuple[str, str], list[Announcement]] = defaultdict(list)
    for (
        importer,
        program,
        id_,
        announced,
        withdrawn,
        dated,
        start,
        until,
        origins,
        text,
        url,
    ) in tables.announcements:
        announcements[importer, program].append(
            Announcement(
                id_,
                announced,
                text,
                None if origins is None else _ORIGINS.decode(origins),
                periods[start, until] if dated else None,
                withdrawn,
                url,
            )
        )
    found: Grouped[Program] = defaultdict(list)
    for importer, id_, title, authority, order, chapter_98, acts, notes, path in tables.programs:
        found[importer].append(
            Program(
                id_,
                title,
                authority,
                order,
                tuple(measures[importer, id_]),
                chapter_98,
                tuple(announcements[importer, id_]),
                tuple(acts),
                tuple(notes),
                path,
            )
        )
    return found


def _versions(rows: Iterable[Row], periods: Periods) -> Grouped[Version]:
    return _by_importer(
        (
            importer,
            Version(
                program,
                measure,
                view,
                periods[start, until],
                periods[since, to],
                _TERMS.decode(terms),
                tuple(acts),
            ),
        )
        for importer, program, measure, view, start, until, since, to, terms, acts in rows
    )


def _list_versions(rows: Iterable[Row], periods: Periods) -> Grouped[ListVersion]:
    return _by_importer(
        (importer, ListVersion(name, periods[start, until], periods[since, to], _ENTRIES.decode(entries)))
        for importer, name, start, until, since, to, entries in rows
    )


def _lines(rows: Iterable[Row], periods: Periods) -> Grouped[LineVersion]:
    """Texts repeat over thousands of lines; equal ones are one object."""
    texts: dict[LineText, LineText] = {}
    found: Grouped[LineVersion] = defaultdict(list)
    for importer, code, start, until, since, to, units, columns, approximate, edition in rows:
        text = LineText(tuple(units), tuple(columns), approximate)
        text = texts.setdefault(text, text)
        found[importer].append(LineVersion(code, periods[start, until], periods[since, to], text, edition))
    return found


def _statistical(rows: Iterable[Row], periods: Periods) -> Grouped[StatVersion]:
    texts: dict[tuple[str, ...], tuple[str, ...]] = {}
    found: Grouped[StatVersion] = defaultdict(list)
    for importer, code, start, until, since, to, units, edition in rows:
        wanted = tuple(units)
        wanted = texts.setdefault(wanted, wanted)
        found[importer].append(StatVersion(code, periods[start, until], periods[since, to], wanted, edition))
    return found
