"""Programs, measures, acts and goods lists of a release, filtered by what holds on a day for goods and origins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

import asyncpg
import msgspec

from service.law.importer import Importer
from service.law.terms import Act, Announcement, ListEntry, Origins, Patch, Terms
from service.store.connection import Connection, Row

MATCHING: Final = """
    WITH listed AS MATERIALIZED (
        SELECT it.importer, it.name, it.valid
        FROM list_version AS it
        WHERE $8::text[] IS NOT NULL AND it.release = $1 AND it.known @> $4::date
          AND ($3::date IS NULL OR it.valid @> $3::date)
          AND list_codes(it.entries) && ($8::text[] || $9::text[])
          AND (
              (SELECT (entry -> 'include')::boolean FROM jsonb_array_elements(it.entries) AS entry
               WHERE entry ->> 'code' = any($8::text[]) ORDER BY length(entry ->> 'code') DESC LIMIT 1)
              OR EXISTS (
                  SELECT FROM jsonb_array_elements(it.entries) AS entry
                  WHERE entry ->> 'code' = any($9::text[]) AND (entry -> 'include')::boolean
              )
          )
    ), matching AS MATERIALIZED (
        SELECT it.importer, it.program, it.measure, it.terms, it.acts, it.valid
        FROM version AS it
        JOIN program ON (program.release, program.importer, program.id) = (it.release, it.importer, it.program)
        WHERE it.release = $1 AND it.importer = any($2::text[]) AND it.view = $5
          AND it.known @> $4::date AND ($3::date IS NULL OR it.valid @> $3::date)
          AND (it.terms #>> '{rate,kind}' <> 'none' OR (it.terms #> '{rate,suspended}') = 'true'::jsonb)
          AND ($6::text IS NULL OR program.authority = $6)
          AND ($7::text IS NULL OR it.program = $7)
          AND ($10::text[] IS NULL OR (
              EXISTS (
                  SELECT FROM unnest($10::text[], $11::daterange[], $12::text[]) AS belongs (name, days, importer)
                  WHERE coalesce(belongs.importer, it.importer) = it.importer
                    AND it.terms #> '{origins,include}' ? belongs.name
                    AND belongs.days && CASE WHEN $3::date IS NULL THEN it.valid
                                             ELSE daterange($3::date, $3::date, '[]') END
              ) AND NOT EXISTS (
                  SELECT FROM unnest($10::text[], $11::daterange[], $12::text[]) AS belongs (name, days, importer)
                  WHERE coalesce(belongs.importer, it.importer) = it.importer
                    AND it.terms #> '{origins,exclude}' ? belongs.name
                    AND belongs.days @> CASE WHEN $3::date IS NULL THEN it.valid
                                             ELSE daterange($3::date, $3::date, '[]') END
              )
          ))
          AND ($8::text[] IS NULL OR CASE it.terms #>> '{goods,kind}'
              WHEN 'all' THEN true
              WHEN 'list' THEN EXISTS (
                  SELECT FROM listed
                  WHERE listed.importer = it.importer AND listed.name = it.terms #>> '{goods,name}'
                    AND listed.valid && it.valid
              )
              ELSE coalesce((
                  SELECT said.include
                  FROM (
                      SELECT prefix, true AS include
                      FROM jsonb_array_elements_text(it.terms #> '{goods,include}') AS prefix
                      UNION ALL
                      SELECT prefix, false
                      FROM jsonb_array_elements_text(coalesce(it.terms #> '{goods,exclude}', '[]')) AS prefix
                  ) AS said
                  WHERE said.prefix = any($8::text[]) ORDER BY length(said.prefix) DESC LIMIT 1
              ), false) OR (it.terms #> '{goods,include}') ?| $9::text[]
          END)
    )
"""
"""Versions that say something: known on ``$4`` in the view ``$5`` and, unless they are null, valid on the day ``$3``,
of the authority ``$6``, of the program ``$7``, for goods ``$8`` (the code and all its prefixes) or ``$9`` (codes
below it), for the origin that is meant by the names ``$10`` over the days ``$11``, each in the law of ``$12`` or,
where that is null, of every importer."""

PROGRAMS: Final = (
    MATCHING  # noqa: S608 - two constants
    + """
    SELECT it.importer, it.id, it.title, it.authority, it.place,
           (SELECT count(*) FROM measure
            WHERE (measure.release, measure.importer, measure.program) = ($1, it.importer, it.id)) AS measures,
           found.measures AS matching, found.start, found.until
    FROM program AS it
    JOIN (
        SELECT importer, program, count(DISTINCT measure) AS measures,
               CASE WHEN bool_or(lower_inf(valid)) THEN NULL ELSE min(lower(valid)) END AS start,
               CASE WHEN bool_or(upper_inf(valid)) THEN NULL ELSE max(upper(valid)) END AS until
        FROM matching GROUP BY importer, program
    ) AS found ON (found.importer, found.program) = (it.importer, it.id)
    WHERE it.release = $1 AND (it.importer, it.place) > ($13::text, $14::integer)
    ORDER BY it.importer, it.place LIMIT $15
"""
)

MEASURES: Final = (
    MATCHING  # noqa: S608 - two constants
    + """
    SELECT it.importer, it.program, it.id, it.heading, it.title, it.place, program.authority,
           program.place AS program_place
    FROM measure AS it
    JOIN program ON (program.release, program.importer, program.id) = (it.release, it.importer, it.program)
    WHERE it.release = $1
      AND (it.importer, it.program, it.id) IN (SELECT importer, program, measure FROM matching)
      AND ($13::text IS NULL OR it.heading = $13)
      AND (it.importer, program.place, it.place) > ($14::text, $15::integer, $16::integer)
    ORDER BY it.importer, program.place, it.place LIMIT $17
"""
)

ACTS: Final = (
    MATCHING  # noqa: S608 - two constants
    + """
    SELECT it.importer, it.id, it.title, it.announced, it.sequence, it.citation, it.url, it.notes
    FROM act AS it
    WHERE it.release = $1 AND it.importer = any($2::text[]) AND it.announced <= $4::date
      AND ($13 OR (it.importer, it.id) IN (SELECT importer, unnest(acts) FROM matching))
      AND (it.announced, it.sequence, it.importer, it.id) > ($14::date, $15::integer, $16::text, $17::text)
    ORDER BY it.announced, it.sequence, it.importer, it.id LIMIT $18
"""
)

LISTS: Final = (
    MATCHING  # noqa: S608 - two constants
    + """
    SELECT it.importer, it.name
    FROM (SELECT DISTINCT importer, name FROM list_version
          WHERE release = $1 AND importer = any($2::text[]) AND known @> $4::date
            AND ($3::date IS NULL OR valid @> $3::date)) AS it
    WHERE ($13 OR (it.importer, it.name) IN (
            SELECT importer, terms #>> '{goods,name}' FROM matching WHERE terms #>> '{goods,kind}' = 'list'))
      AND (it.importer, it.name) > ($14::text, $15::text)
    ORDER BY it.importer, it.name LIMIT $16
"""
)

AUTHORITIES: Final = "SELECT DISTINCT authority FROM program WHERE release = $1 ORDER BY 1"
PROGRAM_IDS: Final = "SELECT id FROM program WHERE release = $1 ORDER BY importer, place"

PROGRAM: Final = """
    SELECT importer, id, title, authority, declaration_order, chapter_98, acts, notes, path
    FROM program WHERE release = $1 AND id = $2
"""

MEASURE_ROWS: Final = """
    SELECT it.importer, it.program, it.id, it.heading, it.title, it.place, it.patch, it.notes, program.authority
    FROM measure AS it
    JOIN program ON (program.release, program.importer, program.id) = (it.release, it.importer, it.program)
    WHERE it.release = $1 AND it.program = $2 AND ($3::text IS NULL OR it.id = $3) ORDER BY it.place
"""

ANNOUNCEMENTS: Final = """
    SELECT id, announced, withdrawn, valid IS NOT NULL AS dated, lower(valid) AS from_, upper(valid) AS until,
           origins, text, url
    FROM announcement WHERE release = $1 AND program = $2 ORDER BY announced, place
"""

AMENDMENTS: Final = """
    SELECT it.program, it.measure, it.place, it.act, lower(it.valid) AS from_, upper(it.valid) AS until,
           it.concerns, it.patch, measure.heading
    FROM amendment AS it
    JOIN act ON (act.release, act.importer, act.id) = (it.release, it.importer, it.act)
    JOIN measure ON (measure.release, measure.importer, measure.program, measure.id)
                  = (it.release, it.importer, it.program, it.measure)
    JOIN program ON (program.release, program.importer, program.id) = (it.release, it.importer, it.program)
    WHERE it.release = $1 AND it.importer = $2 AND ($3::text IS NULL OR it.program = $3)
      AND ($4::text IS NULL OR it.measure = $4) AND ($5::text IS NULL OR it.act = $5)
    ORDER BY act.announced, act.sequence, program.place, measure.place, it.place
"""

VERSIONS: Final = """
    SELECT program, measure, view, lower(valid) AS from_, upper(valid) AS until,
           lower(known) AS known_from, upper(known) AS known_until, terms, acts
    FROM version
    WHERE release = $1 AND importer = $2 AND program = $3 AND ($4::text IS NULL OR measure = $4)
    ORDER BY view, lower(known) NULLS FIRST, lower(valid) NULLS FIRST
"""

STANDING: Final = """
    SELECT importer, program, measure, lower(valid) AS from_, upper(valid) AS until, terms, acts
    FROM version
    WHERE release = $1 AND importer = any($2::text[]) AND view = $3 AND valid @> $4::date AND known @> $5::date
      AND ($6::text[] IS NULL OR program || '/' || measure = any($6::text[]))
"""

RELATING: Final = """
    SELECT it.importer, it.program, it.measure, lower(it.valid) AS from_, upper(it.valid) AS until, it.terms, it.acts,
           measure.heading, measure.title
    FROM version AS it
    JOIN measure ON (measure.release, measure.importer, measure.program, measure.id)
                  = (it.release, it.importer, it.program, it.measure)
    JOIN program ON (program.release, program.importer, program.id) = (it.release, it.importer, it.program)
    WHERE it.release = $1 AND it.importer = any($2::text[]) AND it.view = $3
      AND it.valid @> $4::date AND it.known @> $5::date AND it.terms #>> '{rate,kind}' <> 'none'
      AND jsonb_path_exists(it.terms, '$.when.** ? (@.kind == "charged_under")')
    ORDER BY it.importer, program.place, measure.place
"""

CHARGING: Final = """
    SELECT DISTINCT it.importer, it.program, measure.heading
    FROM version AS it
    JOIN measure ON (measure.release, measure.importer, measure.program, measure.id)
                  = (it.release, it.importer, it.program, it.measure)
    WHERE it.release = $1 AND it.importer = any($2::text[]) AND it.view = $3
      AND it.valid @> $4::date AND it.known @> $5::date AND it.terms #>> '{rate,kind}' <> 'none'
"""

ACTS_BY_ID: Final = """
    SELECT importer, id, title, announced, sequence, citation, url, notes
    FROM act WHERE release = $1 AND ($2::text IS NULL OR importer = $2) AND id = any($3::text[])
"""

ANNOUNCED_SINCE: Final = """
    SELECT id FROM act WHERE release = $1 AND importer = $2 AND announced > $3
"""

LIST_VERSIONS: Final = """
    SELECT importer, lower(valid) AS from_, upper(valid) AS until, lower(known) AS known_from,
           upper(known) AS known_until,
           (SELECT count(*) FROM jsonb_array_elements(entries) AS entry WHERE (entry -> 'include')::boolean) AS codes,
           (SELECT count(*) FROM jsonb_array_elements(entries) AS entry
            WHERE NOT (entry -> 'include')::boolean) AS out
    FROM list_version WHERE release = $1 AND name = $2 ORDER BY 1, lower(known) NULLS FIRST, lower(valid) NULLS FIRST
"""

LIST_ENTRIES: Final = """
    SELECT entries FROM list_version
    WHERE release = $1 AND importer = $2 AND name = $3 AND valid @> $4::date AND known @> $5::date
"""

LIST_SIZES: Final = """
    SELECT importer, name,
           (SELECT count(*) FROM jsonb_array_elements(entries) AS entry WHERE (entry -> 'include')::boolean) AS codes
    FROM list_version WHERE release = $1 AND name = any($2::text[]) AND valid @> $3::date AND known @> $4::date
"""

LIST_USERS: Final = """
    SELECT DISTINCT importer, program, measure, terms #>> '{goods,name}' AS name
    FROM version WHERE release = $1 AND terms #>> '{goods,name}' = any($2::text[]) ORDER BY 1, 2, 3
"""

_ENTRIES: Final = msgspec.json.Decoder(tuple[ListEntry, ...])
_ORIGINS: Final = msgspec.json.Decoder(Origins)
_PATCH: Final = msgspec.json.Decoder(Patch)
_TERMS: Final = msgspec.json.Decoder(Terms)


Belongs = tuple[str, date | None, date | None, str | None]
"""A name that means an origin, from a day, until a day, in the law of an importer (None: of every one)."""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which versions of measures count.

    ``importers``: codes; ``day``: None for any; ``above``: a goods code with all its prefixes, None for any goods;
    ``below``: the codes below it; ``belongs``: what origins name when they mean the origin asked for (its code, every
    origin, the groups with their days), None for any origin.
    """

    importers: tuple[str, ...]
    known_on: date
    view: str
    day: date | None = None
    authority: str | None = None
    program: str | None = None
    above: tuple[str, ...] | None = None
    below: tuple[str, ...] = ()
    belongs: tuple[Belongs, ...] | None = None

    @property
    def narrow(self) -> bool:
        """Tell whether anything but importers, view and known day is asked for."""
        return any(it is not None for it in (self.day, self.authority, self.program, self.above, self.belongs))

    def arguments(self, release: int) -> tuple[Any, ...]:
        """Return the parameters of ``MATCHING``."""
        names = days = owners = None
        if self.belongs is not None:
            names = [name for name, _, _, _ in self.belongs]
            days = [asyncpg.Range(start, until) for _, start, until, _ in self.belongs]
            owners = [owner for _, _, _, owner in self.belongs]
        above = None if self.above is None else list(self.above)
        return (
            release,
            list(self.importers),
            self.day,
            self.known_on,
            self.view,
            self.authority,
            self.program,
            above,
            list(self.below),
            names,
            days,
            owners,
        )


def belongs(importers: Iterable[Importer], country: str) -> tuple[Belongs, ...]:
    """Return the names that mean a country in the origins of measures, with the days on which they do."""
    found: list[Belongs] = [("*", None, None, None), (country, None, None, None)]
    for importer in importers:
        for group, members in importer.groups.items():
            mine = [it.valid for it in members if it.country == country]
            found += [(group, days.first, days.end, importer.code) for days in mine]
    return tuple(found)


async def find_programs(
    conn: Connection, release: int, wanted: Filter, after: tuple[str, int], limit: int
) -> list[Row]:
    """Return programs with a matching measure, in the order of the release, after (importer, place)."""
    return await conn.fetch(PROGRAMS, *wanted.arguments(release), *after, limit)


async def find_measures(
    conn: Connection, release: int, wanted: Filter, heading: str | None, after: tuple[str, int, int], limit: int
) -> list[Row]:
    """Return matching measures in the order of programs and their lists, after (importer, program place, place)."""
    return await conn.fetch(MEASURES, *wanted.arguments(release), heading, *after, limit)


async def find_acts(
    conn: Connection, release: int, wanted: Filter, after: tuple[date, int, str, str], limit: int
) -> list[Row]:
    """Return acts as they were announced: all known or, if something was asked for, those behind the matches."""
    return await conn.fetch(ACTS, *wanted.arguments(release), not wanted.narrow, *after, limit)


async def find_lists(conn: Connection, release: int, wanted: Filter, after: tuple[str, str], limit: int) -> list[Row]:
    """Return goods lists by name: all known or, if something was asked for, those that a matching measure uses."""
    everything = not wanted.narrow or wanted == msgspec.structs.replace(
        Filter(importers=wanted.importers, known_on=wanted.known_on, view=wanted.view), day=wanted.day
    )
    return await conn.fetch(LISTS, *wanted.arguments(release), everything, *after, limit)


async def authorities(conn: Connection, release: int) -> tuple[str, ...]:
    """Return the authorities of all programs."""
    return tuple(row["authority"] for row in await conn.fetch(AUTHORITIES, release))


async def program_ids(conn: Connection, release: int) -> tuple[str, ...]:
    """Return the ids of all programs, in the order of the release."""
    return tuple(row["id"] for row in await conn.fetch(PROGRAM_IDS, release))


async def acts_by_id(
    conn: Connection, release: int, importer: str | None, ids: Collection[str]
) -> dict[tuple[str, str], Act]:
    """Return acts by importer and id."""
    rows = await conn.fetch(ACTS_BY_ID, release, importer, list(ids))
    return {(row["importer"], row["id"]): act_of(row) for row in rows}


def act_of(row: Row) -> Act:
    """Read an act."""
    return Act(row["id"], row["title"], row["announced"], row["citation"], row["url"], row["sequence"], row["notes"])


def terms_of(row: Row) -> Terms:
    """Read the terms of a version."""
    return _TERMS.decode(row["terms"])


def patch_of(row: Row) -> Patch:
    """Read what an amendment, or a measure for all its life, says."""
    return _PATCH.decode(row["patch"])


def announcement_of(row: Row) -> Announcement:
    """Read an announcement, without its days."""
    origins = None if row["origins"] is None else _ORIGINS.decode(row["origins"])
    return Announcement(row["id"], row["announced"], row["text"], origins, None, row["withdrawn"], row["url"])


async def entries(
    conn: Connection, release: int, importer: str, name: str, day: date, known_on: date
) -> tuple[ListEntry, ...]:
    """Return the rows of a goods list on a day, by code; none where it does not stand that day."""
    found = await conn.fetchval(LIST_ENTRIES, release, importer, name, day, known_on)
    return () if found is None else tuple(sorted(_ENTRIES.decode(found), key=lambda it: it.code))


async def standing(
    conn: Connection, release: int, wanted: Filter, day: date, measures: Collection[str] | None
) -> dict[tuple[str, str], Row]:
    """Return the versions that stand on a day by program and measure; ``measures``: program/measure, None for all."""
    chosen = None if measures is None else list(measures)
    rows = await conn.fetch(STANDING, release, list(wanted.importers), wanted.view, day, wanted.known_on, chosen)
    return {(row["program"], row["measure"]): row for row in rows}


def by_name(rows: Iterable[Row], value: str) -> Mapping[tuple[str, str], Any]:
    """Return one column of rows by importer and name."""
    return {(row["importer"], row["name"]): row[value] for row in rows}
