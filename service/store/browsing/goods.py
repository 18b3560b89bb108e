"""Goods in the base schedule of a release: what exists on a day, the tree around a code, what came before and after.

Headings and subheadings have no rows of their own: they exist while a rate line below them does. Their descriptions,
where an edition prints none for them, are what those of all codes below begin with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from os.path import commonprefix
from typing import Final

import msgspec

from service.law.goods import CodeSystem
from service.store.connection import Connection

BETWEEN: Final = ": "

BELOW: Final = """
    WITH own AS (
        (SELECT code FROM schedule_line
         WHERE schedule = $1 AND code >= $2 AND code < $2 || ':' AND code > $3
           AND (valid @> $4::date AND known @> $5::date) IS TRUE
         ORDER BY code LIMIT $6)
        UNION ALL
        (SELECT code FROM statistical_number
         WHERE schedule = $1 AND code >= $2 AND code < $2 || ':' AND code > $3
           AND (valid @> $4::date AND known @> $5::date) IS TRUE
         ORDER BY code LIMIT $6)
    )
    SELECT DISTINCT left(own.code, digits) AS code
    FROM own CROSS JOIN unnest($7::integer[]) AS digits
    WHERE starts_with(left(own.code, digits), $2) AND left(own.code, digits) > $3
    ORDER BY code LIMIT $6
"""
"""Codes in order. Every shorter code stands before the first line below it, so those of the lines taken are all.
``IS TRUE`` keeps the server from the index that holds days, which knows no order of codes."""

DESCRIBED: Final = """
    SELECT DISTINCT ON (code) code, text, edition FROM description
    WHERE importer = $1 AND code = any($2::text[])
    ORDER BY code, start <= $3::date DESC, abs(start - $3::date)
"""

DESCRIBED_BELOW: Final = """
    SELECT DISTINCT ON (code) code, text FROM description
    WHERE importer = $1 AND code > $2 AND code < $2 || ':'
    ORDER BY code, start <= $3::date DESC, abs(start - $3::date)
"""

REVISION: Final = "SELECT max(revision) FROM described_edition WHERE importer = $1"

VERSIONS: Final = """
    SELECT lower(valid) AS from_, upper(valid) AS until, lower(known) AS known_from, upper(known) AS known_until,
           units, columns, approximate, edition
    FROM schedule_line WHERE schedule = $1 AND code = $2
    UNION ALL
    SELECT lower(valid), upper(valid), lower(known), upper(known), units, NULL, false, edition
    FROM statistical_number WHERE schedule = $1 AND code = $2
    ORDER BY known_from NULLS FIRST, from_ NULLS FIRST
"""

EXISTS: Final = """
    SELECT left(code, $3::integer) AS code, range_agg(valid) AS days
    FROM (
        SELECT code, valid, known FROM schedule_line
        WHERE schedule = $1 AND code >= $2 AND code < $2 || ':'
        UNION ALL
        SELECT code, valid, known FROM statistical_number
        WHERE schedule = $1 AND code >= $2 AND code < $2 || ':' AND $3::integer > $5::integer
    ) AS own
    WHERE (known @> $4::date) IS TRUE AND length(code) >= $3::integer
    GROUP BY 1 ORDER BY 1
"""
"""Codes of ``$3`` digits below a prefix with all days on which they exist, as known on a day."""

ANY_DAY: Final = """
    SELECT EXISTS (SELECT FROM schedule_line WHERE schedule = $1 AND code >= $2 AND code < $2 || ':')
        OR EXISTS (SELECT FROM statistical_number WHERE schedule = $1 AND code >= $2 AND code < $2 || ':')
"""

ALL_BELOW: Final = """
    SELECT code FROM schedule_line WHERE schedule = $1 AND code > $2 AND code < $2 || ':'
    UNION
    SELECT code FROM statistical_number WHERE schedule = $1 AND code > $2 AND code < $2 || ':'
"""

Days = tuple[date | None, date | None]
"""First day and day after the last; None is open."""


class Described(msgspec.Struct, frozen=True):
    """What an edition prints for a code; ``edition`` is None where the text is that of the codes below."""

    text: str
    edition: str | None


class GoodsVersion(msgspec.Struct, frozen=True):
    """What the schedule says of a code over some days, as known over others; ``columns`` is None for numbers."""

    valid: Days
    known: Days
    units: tuple[str, ...]
    columns: tuple[str, ...] | None
    approximate: bool
    edition: str


class Existing(msgspec.Struct, frozen=True):
    """A code and the days on which it exists, in order, without overlap."""

    code: str
    days: tuple[Days, ...]


async def codes_below(
    conn: Connection,
    schedule: int,
    prefix: str,
    *,
    after: str,
    lengths: Sequence[int],
    day: date,
    known_on: date,
    limit: int,
) -> list[str]:
    """Return up to ``limit`` codes that exist on a day, begin with ``prefix`` and stand after ``after``, in order."""
    rows = await conn.fetch(BELOW, schedule, prefix, after, day, known_on, limit, list(lengths))
    return [row["code"] for row in rows]


async def descriptions(
    conn: Connection, importer: str, codes: Collection[str], day: date, *, line: int
) -> dict[str, Described]:
    """Return what is printed for codes on a day, by code; those of which nothing is known are left out.

    A number that no edition prints has the text of its line, a heading or subheading that of the codes below.
    """
    wanted = {*codes, *(code[:line] for code in codes)}
    rows = await conn.fetch(DESCRIBED, importer, list(wanted), day)
    printed = {row["code"]: Described(row["text"], row["edition"]) for row in rows}
    found: dict[str, Described] = {}
    for code in codes:
        said = printed.get(code) or printed.get(code[:line])
        if said is None and len(code) <= line:
            said = await _of_those_below(conn, importer, code, day)
        if said is not None:
            found[code] = said
    return found


async def _of_those_below(conn: Connection, importer: str, code: str, day: date) -> Described | None:
    texts = [row["text"].split(BETWEEN) for row in await conn.fetch(DESCRIBED_BELOW, importer, code, day)]
    common = commonprefix(texts)  # noqa: RUF071 - of lists, part by part
    return Described(BETWEEN.join(common), None) if common else None


async def revision(conn: Connection, importer: str) -> int | None:
    """Return the state of the descriptions of an importer; None when none were imported."""
    found: int | None = await conn.fetchval(REVISION, importer)
    return found


async def versions(conn: Connection, schedule: int, code: str) -> tuple[GoodsVersion, ...]:
    """Return all that the schedule says of a line or number, in the order in which it became known."""
    rows = await conn.fetch(VERSIONS, schedule, code)
    return tuple(
        GoodsVersion(
            (row["from_"], row["until"]),
            (row["known_from"], row["known_until"]),
            tuple(row["units"]),
            None if row["columns"] is None else tuple(row["columns"]),
            row["approximate"],
            row["edition"],
        )
        for row in rows
    )


async def existing(
    conn: Connection, schedule: int, prefix: str, digits: int, known_on: date, *, line: int
) -> tuple[Existing, ...]:
    """Return the codes of some length that begin with ``prefix`` with the days on which they exist."""
    rows = await conn.fetch(EXISTS, schedule, prefix, digits, known_on, line)
    return tuple(Existing(row["code"], tuple((it.lower, it.upper) for it in row["days"])) for row in rows)


async def is_code(conn: Connection, schedule: int, code: str) -> bool:
    """Tell whether a code, or a code below it, is in any edition of the schedule."""
    return bool(await conn.fetchval(ANY_DAY, schedule, code))


async def all_below(conn: Connection, schedule: int, code: str) -> list[str]:
    """Return the lines and numbers below a code, of all days."""
    return [row["code"] for row in await conn.fetch(ALL_BELOW, schedule, code)]


def beside(
    code: str, days: Iterable[Days], others: Iterable[Existing], system: CodeSystem
) -> tuple[list[Existing], list[Existing]]:
    """Return the predecessors and the successors of a code among others of its length.

    The schedule states no concordance: predecessors are the codes that ended on the day on which this one began,
    successors those that began on the day on which it ended, of the nearest level of the tree that has any.
    """
    starts = {start for start, _ in days if start is not None}
    ends = {end for _, end in days if end is not None}
    rows = [other for other in others if other.code != code]
    before = [other for other in rows if any(end in starts for _, end in other.days)]
    after = [other for other in rows if any(start in ends for start, _ in other.days)]
    return _nearest(code, before, system), _nearest(code, after, system)


def _nearest(code: str, rows: list[Existing], system: CodeSystem) -> list[Existing]:
    for digits in reversed([length for length in system.lengths if length < len(code)]):
        found = [row for row in rows if row.code.startswith(code[:digits])]
        if found:
            return found
    return []
