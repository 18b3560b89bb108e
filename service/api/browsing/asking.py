"""What every question of browsing goes through: its parameters, a connection, the release, today, and the reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from service.api import values
from service.api.browsing.cursors import Cursor, Place, continued, hash_of
from service.api.desk import Call, Desk, desk_of
from service.api.negotiation import confirms
from service.api.parameters import Table, read_query
from service.api.problems import FieldError, InvalidFields, Problem, unavailable
from service.api.query import near_name
from service.api.questions import check_covered, check_known
from service.api.replies import DAY, REVALIDATE, Reply, encode, etag_of
from service.countries import is_country
from service.engine.answers import ReleaseRef
from service.law.importer import Importer
from service.snapshot import SourceUnavailable
from service.store.browsing.goods import all_below, is_code
from service.store.browsing.law import Filter, authorities, belongs, program_ids
from service.store.browsing.opened import Opened, OtherTypes, open_release
from service.store.connection import UNREACHABLE, Connection, connection
from service.store.releases import NoRelease

DEFAULT_LIMIT: Final = 100
LONGEST_NAME: Final = 300
_DIGEST: Final = 16
_AWAY: Final = "The database that browsing reads is away."
AWAY: Final = (*UNREACHABLE, asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError, SourceUnavailable)
"""What says that the database cannot answer now; anything else it raises is a fault of the service."""

T = TypeVar("T")
P = TypeVar("P", bound=tuple[str | int, ...])


class Asked(msgspec.Struct, frozen=True):
    """A question with all that is needed to answer it.

    ``fields``: the parameters given; ``today``: the day that defaults mean; ``cursor``: where the list goes on;
    ``stamp``: the state of what the answer depends on beside the release.
    """

    kind: str
    fields: Mapping[str, Any]
    question: Mapping[str, Any]
    conn: Connection
    opened: Opened
    today: date
    cursor: Cursor | None
    stamp: Any = None

    @property
    def release(self) -> ReleaseRef:
        """The release that is browsed."""
        return ReleaseRef(self.opened.number, self.opened.digest)

    @property
    def limit(self) -> int:
        """How many items are asked for."""
        return int(self.fields.get("limit", DEFAULT_LIMIT))

    @property
    def day(self) -> date:
        """The day of entry asked about."""
        return self._day("date")

    @property
    def known_on(self) -> date:
        """The known day asked about."""
        return self._day("known_on")

    def _day(self, name: str) -> date:
        day: date = self.fields.get(name, self.today)
        return day

    def place(self, first: P) -> P:
        """Return where the list goes on; ``first`` stands before every item.

        Raises ``InvalidFields`` for a cursor that the service did not write.
        """
        if self.cursor is None:
            return first
        place = self.cursor.place
        if list(map(type, place)) != list(map(type, first)):
            raise InvalidFields([FieldError("cursor", "is not a cursor of this list")])
        return cast("P", place)

    def cut(self, rows: list[T], place: Callable[[T], Place]) -> tuple[list[T], str | None]:
        """Return the rows of this page and the cursor of the next, from one row more than the page holds."""
        page = rows[: self.limit]
        return page, self.next(place(page[-1])) if len(rows) > self.limit else None

    def next(self, place: Place) -> str:
        """Return the cursor of the page that goes on after ``place``."""
        digest = self.opened.digest[:_DIGEST]
        return Cursor(
            self.kind, self.opened.number, digest, self.today.toordinal(), hash_of(self.question), place
        ).write()

    def importers(self) -> tuple[str, ...]:
        """Return the importers asked about."""
        return (self.fields["importer"],) if "importer" in self.fields else tuple(self.opened.importers)


Answerer = Callable[[Asked], Awaitable[Any]]
Stamper = Callable[[Asked], Awaitable[Any]]


async def browsed(
    request: Call,
    kind: str,
    table: Table,
    answer: Answerer,
    *,
    named: Mapping[str, str] | None = None,
    stamp: Stamper | None = None,
) -> Reply:
    """Reply to a question of browsing.

    ``named``: what the path names; ``stamp``: what the answer depends on beside the release. Raises ``Problem``.
    """
    desk, scope = desk_of(request), request.scope
    fields = read_query(scope["query_string"], table)
    if any(not it.isprintable() or len(it) > LONGEST_NAME for it in (named or {}).values()):
        raise Problem("not-found", "Nothing has such a name.")
    question = {**fields, **(named or {})}
    cursor = continued(fields, kind, question)
    current = desk.snapshot().release
    async with _connected(desk) as conn:
        asked = await prepared(
            conn, kind, table, fields, question, cursor=cursor, current=current.number, now=desk.clock(), stamp=stamp
        )
        pinned = _pinned(fields, table)
        etag = etag_of(
            "browse", kind, asked.release, sorted(question.items()), None if cursor is None else cursor.write(),
            None if pinned else asked.today, asked.stamp,
        )  # fmt: skip
        fixed = stamp is None and "release" in fields and pinned
        caching = DAY if fixed else REVALIDATE
        if confirms(scope, etag):
            return Reply(b"", release=asked.release, etag=etag, cache_control=caching)
        found = await answer(asked)
    return Reply(encode(found), release=asked.release, etag=etag, cache_control=caching)


async def prepared(
    conn: Connection,
    kind: str,
    table: Table,
    fields: Mapping[str, Any],
    question: Mapping[str, Any],
    *,
    current: int,
    now: float,
    cursor: Cursor | None = None,
    stamp: Stamper | None = None,
) -> Asked:
    """Open the release asked for, or the current one, and make the question ready to be answered.

    ``now`` is in seconds since the epoch. Raises ``Problem``.
    """
    opened = await _open(conn, fields, cursor, current)
    today = _today(now, fields, opened) if cursor is None else cursor.day
    asked = Asked(kind, fields, question, conn, opened, today, cursor)
    _check_days(asked, table)
    return asked if stamp is None else msgspec.structs.replace(asked, stamp=await stamp(asked))


def _pinned(fields: Mapping[str, Any], table: Table) -> bool:
    return all(name in fields for name in ("date", "known_on") if name in table)


@asynccontextmanager
async def _connected(desk: Desk) -> AsyncIterator[Connection]:
    if desk.browsing is None:
        raise unavailable("This service has no database to browse.", retry_after=60)
    try:
        async with connection(await desk.browsing()) as conn:
            try:
                yield conn
            except asyncpg.InternalClientError as error:
                if not conn.is_closed():
                    raise
                # The server hung up just as the driver began to speak, which confuses it.
                raise unavailable(_AWAY, retry_after=5) from error
    except AWAY as error:
        if isinstance(error, ValueError):  # the driver's word for an argument of the wrong type: a fault of ours
            raise
        raise unavailable(_AWAY, retry_after=5) from error


async def _open(conn: Connection, fields: Mapping[str, Any], cursor: Cursor | None, current: int) -> Opened:
    number = fields.get("release", current) if cursor is None else cursor.release
    try:
        opened = await open_release(conn, number)
    except NoRelease:
        if cursor is not None:
            raise _gone(cursor) from None
        raise Problem("not-found", f"There is no release {number}; /v1/releases lists them.") from None
    except OtherTypes:
        detail = f"Release {number} was written by another version of Strata and cannot be browsed by this one."
        raise Problem("conflict", f"{detail} It is still answered from by /v1/rates.") from None
    if cursor is not None and opened.digest[:_DIGEST] != cursor.digest:
        raise _gone(cursor)
    importer = fields.get("importer")
    if importer is not None and importer not in opened.importers:
        known = ", ".join(opened.importers)
        raise InvalidFields(
            [FieldError("importer", f"{importer} is not an importer of this release; known are {known}")]
        )
    return opened


def _gone(cursor: Cursor) -> Problem:
    detail = (
        f"Release {cursor.release}, in which this list began, is no longer stored; begin again without the cursor."
    )
    return Problem("not-found", detail, errors=(FieldError("cursor", detail),))


def _today(now: float, fields: Mapping[str, Any], opened: Opened) -> date:
    """Return the day at the customs of the importer asked about; with several, the latest of their days."""
    chosen = [opened.importers[fields["importer"]]] if "importer" in fields else list(opened.importers.values())
    return max(datetime.fromtimestamp(now, ZoneInfo(importer.time_zone)).date() for importer in chosen)


def _check_days(asked: Asked, table: Table) -> None:
    if "known_on" in table:
        check_known(asked.known_on, asked.today)
    for name in ("date", "known_on"):
        day = asked.fields.get(name)
        if day is not None:
            check_covered(day, name)


async def filter_of(asked: Asked) -> Filter:
    """Return the filter that the parameters of a list of law make.

    Raises ``InvalidFields`` for an authority or a program that the release does not have, and problems for goods
    and origins that do not exist: an empty list would pass for an answer.
    """
    fields, release = asked.fields, asked.opened.number
    errors = []
    if (authority := fields.get("authority")) is not None:
        errors += _one_of("authority", authority, await authorities(asked.conn, release))
    if (program := fields.get("program")) is not None:
        errors += _one_of("program", program, await program_ids(asked.conn, release))
    if errors:
        raise InvalidFields(errors)
    importers = asked.importers()
    above: tuple[str, ...] | None = None
    below: tuple[str, ...] = ()
    if "code" in fields:
        above, below, importers = await _goods(asked)
    return Filter(
        importers=importers,
        known_on=asked.known_on,
        view=fields.get("view", "collected"),
        day=fields.get("date"),
        authority=authority,
        program=program,
        above=above,
        below=below,
        belongs=_origin(asked, importers) if "origin" in fields else None,
    )


def _one_of(field: str, given: str, known: Iterable[str]) -> list[FieldError]:
    names = list(known)
    if given in names:
        return []
    near = near_name(given, names)
    message = f"{values.shown(given)} is none of this release" + (near or f"; known are {', '.join(names)}")
    return [FieldError(field, message)]


def _origin(asked: Asked, importers: Iterable[str]) -> Any:
    origin = asked.fields["origin"]
    if not is_country(origin):
        detail = f"{origin} is not the ISO 3166-1 alpha-2 code of a country."
        raise Problem("unknown-origin", detail, errors=(FieldError("origin", detail),))
    return belongs((asked.opened.importers[code] for code in importers), origin)


async def _goods(asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the code asked for with its prefixes, the codes below it, and the importers whose schedules have it."""
    above: dict[str, None] = {}
    below: dict[str, None] = {}
    having: list[str] = []
    for name in asked.importers():
        importer, schedule = asked.opened.importers[name], asked.opened.schedules[name]
        code = code_of(asked.fields["code"], importer)
        if await is_code(asked.conn, schedule, code):
            having.append(name)
            above |= dict.fromkeys(code[:length] for length in importer.codes.lengths if length <= len(code))
            below |= dict.fromkeys(await all_below(asked.conn, schedule, code))
    if not having:
        given = values.shown(asked.fields["code"])
        detail = f"{given} is in no edition of the schedule; /v1/goods finds codes by words and by prefix."
        raise Problem("unknown-code", detail, errors=(FieldError("code", detail),))
    return tuple(above), tuple(below), tuple(having)


def code_of(text: str, importer: Importer, field: str = "code") -> str:
    """Return the digits of goods; raises ``InvalidFields`` for what is no code, or of a reserved chapter."""
    try:
        code = importer.codes.digits(text)
    except ValueError as error:
        raise InvalidFields([FieldError(field, str(error))]) from None
    if code.startswith(importer.codes.reserved):
        message = f"{text} is of a chapter whose numbers are not goods; ask for it as a heading"
        raise InvalidFields([FieldError(field, message)])
    return code
