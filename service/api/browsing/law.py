"""``/v1/programs``, ``/v1/measures``, ``/v1/stacking``: the law as encoded, and what yields to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from service.api.browsing.asking import Asked, browsed, filter_of
from service.api.browsing.parameters import MEASURES, ONE_MEASURE, ONE_PROGRAM, PROGRAMS, STACKING
from service.api.browsing.shapes import (
    AnnouncementSaid,
    MeasureDetail,
    MeasureItem,
    MeasureList,
    ProgramDetail,
    ProgramItem,
    ProgramList,
    Stacking,
    StackingEdge,
)
from service.api.browsing.words import Acts, act_ref, amendment_said, patch_in_words, terms_in_words, version_said
from service.api.desk import Call
from service.api.problems import Problem
from service.law.condition_text import condition_text
from service.law.conditions import AllOf, AnyOf, ChargedUnder, Condition, Not
from service.law.history import origins_text
from service.law.rate_text import rate_text
from service.store.browsing import law as store
from service.store.connection import Row


@get("/programs", operation_id="listPrograms")
async def list_programs(request: Call) -> ASGIApp:
    """List programs."""
    return await browsed(request, "programs", PROGRAMS, _programs)


@get("/programs/{id:path}", operation_id="getProgram")
async def get_program(request: Call, id: FromPath[str]) -> ASGIApp:  # noqa: A002 - the name of the parameter
    """Describe one program."""
    named = {"id": str(id).strip("/")}
    return await browsed(request, "programs-one", ONE_PROGRAM, _program, named=named)


@get("/measures", operation_id="listMeasures")
async def list_measures(request: Call) -> ASGIApp:
    """List measures."""
    return await browsed(request, "measures", MEASURES, _measures)


@get("/measures/{id:path}", operation_id="getMeasure")
async def get_measure(request: Call, id: FromPath[str]) -> ASGIApp:  # noqa: A002 - the name of the parameter
    """Describe one measure with all its amendments."""
    named = {"id": str(id).strip("/")}
    return await browsed(request, "measures-one", ONE_MEASURE, _measure, named=named)


@get("/stacking", operation_id="getStacking")
async def get_stacking(request: Call) -> ASGIApp:
    """Tell which programs yield to which on a day."""
    return await browsed(request, "stacking", STACKING, _stacking)


async def _programs(asked: Asked) -> ProgramList:
    wanted = await filter_of(asked)
    rows = await store.find_programs(asked.conn, asked.opened.number, wanted, asked.place(("", -1)), asked.limit + 1)
    page, following = asked.cut(rows, lambda row: (row["importer"], row["place"]))
    items = (
        ProgramItem(
            row["id"],
            row["importer"],
            row["title"],
            row["authority"],
            row["measures"],
            row["matching"],
            row["start"],
            row["until"],
        )
        for row in page
    )
    return ProgramList(tuple(items), following, asked.release)


async def _measures(asked: Asked) -> MeasureList:
    wanted = await filter_of(asked)
    rows = await store.find_measures(
        asked.conn,
        asked.opened.number,
        wanted,
        asked.fields.get("heading"),
        asked.place(("", -1, -1)),
        asked.limit + 1,
    )
    page, following = asked.cut(rows, lambda row: (row["importer"], row["program_place"], row["place"]))
    return MeasureList(await _items(asked, page), following, asked.release)


async def _items(asked: Asked, rows: Sequence[Row]) -> tuple[MeasureItem, ...]:
    """Write measures with the terms that stand on the day."""
    ids = [_id(row) for row in rows]
    wanted = store.Filter(
        importers=tuple(asked.opened.importers), known_on=asked.known_on, view=asked.fields.get("view", "collected")
    )
    standing = await store.standing(asked.conn, asked.opened.number, wanted, asked.day, ids)
    acts = await _acts(asked, standing.values())
    return tuple(_item(row, standing.get((row["program"], row["id"])), acts) for row in rows)


def _item(row: Row, version: Row | None, acts: Acts) -> MeasureItem:
    terms = None if version is None else terms_in_words(version, row["importer"], acts)
    if terms is not None and terms.rate == "none" and not terms.suspended:
        terms = None
    return MeasureItem(
        id=_id(row),
        importer=row["importer"],
        program=row["program"],
        measure=row["id"],
        heading=row["heading"],
        title=row["title"],
        authority=row["authority"],
        terms=terms,
    )


def _id(row: Row) -> str:
    return f"{row['program']}/{row['id']}"


async def _acts(asked: Asked, versions: Iterable[Row], more: Iterable[str] = ()) -> Acts:
    names = {name for row in versions for name in row["acts"]} | set(more)
    return await store.acts_by_id(asked.conn, asked.opened.number, None, names)


async def _program(asked: Asked) -> ProgramDetail:
    name, release = asked.question["id"], asked.opened.number
    row = await asked.conn.fetchrow(store.PROGRAM, release, name)
    if row is None:
        raise Problem("not-found", f"There is no program {name!r} in this release; /v1/programs lists them.")
    importer = row["importer"]
    measures = await asked.conn.fetch(store.MEASURE_ROWS, release, name, None)
    amendments = await asked.conn.fetch(store.AMENDMENTS, release, importer, name, None, None)
    named = {it["act"] for it in amendments} | set(row["acts"])
    acts = await store.acts_by_id(asked.conn, release, importer, named)
    announced = await asked.conn.fetch(store.ANNOUNCEMENTS, release, name)
    return ProgramDetail(
        id=name,
        importer=importer,
        title=row["title"],
        authority=row["authority"],
        order=row["declaration_order"],
        date=asked.day,
        known_on=asked.known_on,
        acts=tuple(act_ref(act) for act in sorted(acts.values(), key=lambda it: (it.rank, it.id))),
        measures=await _items(asked, measures),
        announcements=tuple(_announcement(it) for it in announced),
        doubts=tuple(row["notes"]),
        file=row["path"],
        release=asked.release,
    )


def _announcement(row: Row) -> AnnouncementSaid:
    said = store.announcement_of(row)
    origins = None if said.origins is None else origins_text(said.origins)
    return AnnouncementSaid(
        said.id, said.announced, said.withdrawn, origins, row["from_"], row["until"], said.text, said.url
    )


async def _measure(asked: Asked) -> MeasureDetail:
    name, release = asked.question["id"], asked.opened.number
    program, _, measure = name.rpartition("/")
    row = await asked.conn.fetchrow(store.MEASURE_ROWS, release, program, measure)
    if row is None:
        detail = (
            f"There is no measure {name!r} in this release; an id is that of the program, a slash and the measure's."
        )
        raise Problem("not-found", f"{detail} /v1/measures lists them.")
    importer = row["importer"]
    amendments = await asked.conn.fetch(store.AMENDMENTS, release, importer, program, measure, None)
    versions = await asked.conn.fetch(store.VERSIONS, release, importer, program, measure)
    acts = await _acts(asked, versions, (it["act"] for it in amendments))
    (item,) = await _items(asked, [row])
    return MeasureDetail(
        id=name,
        importer=importer,
        program=program,
        measure=measure,
        heading=row["heading"],
        title=row["title"],
        authority=row["authority"],
        notes=row["notes"],
        date=asked.day,
        known_on=asked.known_on,
        terms=item.terms,
        always=patch_in_words(store.patch_of(row)),
        amendments=tuple(amendment_said(it, importer, acts) for it in amendments),
        versions=tuple(version_said(it, importer, acts) for it in versions),
        release=asked.release,
    )


async def _stacking(asked: Asked) -> Stacking:
    release, importers = asked.opened.number, list(asked.importers())
    view = asked.fields.get("view", "collected")
    when = (release, importers, view, asked.day, asked.known_on)
    rows = await asked.conn.fetch(store.RELATING, *when)
    charging: dict[tuple[str, str], set[str]] = {}
    for it in await asked.conn.fetch(store.CHARGING, *when):
        charging.setdefault((it["importer"], it["heading"]), set()).add(it["program"])
    acts = await _acts(asked, rows)
    edges = [edge for row in rows for edge in _edges(row, charging, acts)]
    (start,) = asked.place((0,))
    page = edges[start : start + asked.limit]
    following = asked.next((start + asked.limit,)) if len(edges) > start + asked.limit else None
    return Stacking(tuple(page), following, asked.day, asked.known_on, view, _order(edges), asked.release)


def _edges(row: Row, charging: dict[tuple[str, str], set[str]], acts: Acts) -> Iterator[StackingEdge]:
    """Write a measure once for each other program that it looks at and that charges under one of the headings."""
    terms, importer = store.terms_of(row), row["importer"]
    if terms.when is None:
        return
    for asks, unless in _asks(terms.when, unless=False):
        by_program: dict[str, list[str]] = {}
        for heading in asks.headings:
            for other in sorted(charging.get((importer, heading), ())):
                if other != row["program"]:
                    by_program.setdefault(other, []).append(heading)
        for other, under in by_program.items():
            yield StackingEdge(
                importer=importer,
                program=row["program"],
                other=other,
                measure=f"{row['program']}/{row['measure']}",
                heading=row["heading"],
                title=row["title"],
                effect=rate_text(terms.rate),
                under=tuple(under),
                owed_only=asks.owed_only,
                unless=unless,
                when=condition_text(terms.when),
                from_=row["from_"],
                until=row["until"],
                acts=tuple(act_ref(acts[importer, name]) for name in row["acts"]),
            )


def _asks(condition: Condition, *, unless: bool) -> Iterator[tuple[ChargedUnder, bool]]:
    """Yield what a condition asks about other programs, and whether the answer must be no."""
    match condition:
        case ChargedUnder():
            yield condition, unless
        case Not(inner):
            yield from _asks(inner, unless=not unless)
        case AllOf(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from _asks(inner, unless=unless)
        case _:
            return


def _order(edges: Iterable[StackingEdge]) -> tuple[str, ...]:
    """Return the programs so that each stands after those it looks at; published law has no circle."""
    after: dict[str, set[str]] = {}
    for edge in edges:
        after.setdefault(edge.program, set()).add(edge.other)
        after.setdefault(edge.other, set())
    found: list[str] = []
    while len(found) < len(after):
        ready = sorted(name for name, others in after.items() if name not in found and others <= set(found))
        if not ready:
            return ()
        found += ready
    return tuple(found)
