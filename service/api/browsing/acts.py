"""``/v1/acts``, ``/v1/lists``, ``/v1/origins``: what an act did, goods lists, countries and groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from csv import DictReader
from datetime import date
from io import StringIO

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from service.api.browsing.asking import Asked, browsed, filter_of
from service.api.browsing.parameters import ACTS, LISTS, ONE_ACT, ONE_LIST, ONE_ORIGIN, ORIGINS
from service.api.browsing.shapes import (
    ActDetail,
    ActItem,
    ActList,
    ListChange,
    ListDetail,
    ListItem,
    ListList,
    ListRowSaid,
    ListVersionSaid,
    MembershipSaid,
    OriginDetail,
    OriginItem,
    OriginList,
)
from service.api.browsing.words import amendment_said
from service.api.desk import Call
from service.api.problems import FieldError, InvalidFields, Problem
from service.countries import names
from service.law.importer import Importer
from service.law.terms import Act, ListEntry
from service.store.browsing import law as store
from service.store.browsing.documents import documents_naming


@get("/acts", operation_id="listActs")
async def list_acts(request: Call) -> ASGIApp:
    """List acts."""
    return await browsed(request, "acts", ACTS, _acts)


@get("/acts/{id:str}", operation_id="getAct")
async def get_act(request: Call, id: FromPath[str]) -> ASGIApp:  # noqa: A002 - the name of the parameter
    """Tell all that one act did."""
    return await browsed(request, "acts-one", ONE_ACT, _act, named={"id": id})


@get("/lists", operation_id="listLists")
async def list_lists(request: Call) -> ASGIApp:
    """List goods lists."""
    return await browsed(request, "lists", LISTS, _lists)


@get("/lists/{id:path}", operation_id="getList")
async def get_list(request: Call, id: FromPath[str]) -> ASGIApp:  # noqa: A002 - the name of the parameter
    """Give the rows of one goods list."""
    return await browsed(request, "lists-one", ONE_LIST, _list, named={"id": str(id).strip("/")})


@get("/origins", operation_id="listOrigins")
async def list_origins(request: Call) -> ASGIApp:
    """List countries and groups."""
    return await browsed(request, "origins", ORIGINS, _origins)


@get("/origins/{id:str}", operation_id="getOrigin")
async def get_origin(request: Call, id: FromPath[str]) -> ASGIApp:  # noqa: A002 - the name of the parameter
    """Describe one country or group."""
    return await browsed(request, "origins-one", ONE_ORIGIN, _origin, named={"id": id})


async def _acts(asked: Asked) -> ActList:
    wanted = await filter_of(asked)
    day, sequence, importer, name = asked.place((1, -1, "", ""))
    after = (date.fromordinal(max(1, day)), sequence, importer, name)
    rows = await store.find_acts(asked.conn, asked.opened.number, wanted, after, asked.limit + 1)
    page, following = asked.cut(
        rows, lambda row: (row["announced"].toordinal(), row["sequence"], row["importer"], row["id"])
    )
    items = (_item(row["importer"], store.act_of(row)) for row in page)
    return ActList(tuple(items), following, asked.release)


def _item(importer: str, act: Act) -> ActItem:
    return ActItem(act.id, importer, act.title, act.citation, act.announced, act.sequence, act.url)


async def _act(asked: Asked) -> ActDetail:
    name, release = asked.question["id"], asked.opened.number
    found = await store.acts_by_id(asked.conn, release, asked.fields.get("importer"), [name])
    importer = _only(asked, [importer for importer, _ in found], f"act {name!r}", "/v1/acts")
    act = found[importer, name]
    amendments = await asked.conn.fetch(store.AMENDMENTS, release, importer, None, None, name)
    lists = await documents_naming(asked.conn, release, _folder(importer), name)
    return ActDetail(
        id=act.id,
        importer=importer,
        title=act.title,
        citation=act.citation,
        announced=act.announced,
        sequence=act.sequence,
        url=act.url,
        notes=act.notes,
        programs=tuple(dict.fromkeys(row["program"] for row in amendments)),
        amendments=tuple(amendment_said(row, importer, {(importer, name): act}) for row in amendments),
        lists=tuple(_changes(lists, name, asked.opened.importers[importer])),
        release=asked.release,
    )


def _folder(importer: str) -> str:
    return f"{importer.lower()}/lists/"


def _only(asked: Asked, importers: Iterable[str], what: str, where: str) -> str:
    """Return the one importer whose law has what is asked for."""
    codes = sorted(set(importers))
    if not codes:
        raise Problem("not-found", f"There is no {what} in release {asked.opened.number}; {where} lists them.")
    if len(codes) > 1:
        message = f"must be named: the laws of {', '.join(codes)} have this {what.partition(' ')[0]}"
        raise InvalidFields([FieldError("importer", message)])
    return codes[0]


def _changes(files: Mapping[str, str], act: str, importer: Importer) -> Iterator[ListChange]:
    """Read from list files what an act did, row by row, grouped by its days."""
    for name, text in files.items():
        spans: dict[tuple[str, str], dict[str, list[str]]] = {}
        for row in DictReader(StringIO(text.removeprefix("\ufeff"), newline="")):
            if row["act"] == act:
                change = spans.setdefault((row["from"], row["until"]), {})
                code = importer.codes.dotted(row["code"].replace(".", ""))
                change.setdefault(row["change"], []).append(code)
        for (start, until), change in spans.items():
            yield ListChange(
                list=name,
                from_=date.fromisoformat(start),
                until=date.fromisoformat(until) if until else None,
                included=tuple(change.get("include", ())),
                excluded=tuple(change.get("exclude", ())),
                struck=tuple(change.get("off", ())),
            )


async def _lists(asked: Asked) -> ListList:
    wanted = await filter_of(asked)
    release = asked.opened.number
    rows = await store.find_lists(asked.conn, release, wanted, asked.place(("", "")), asked.limit + 1)
    page, following = asked.cut(rows, lambda row: (row["importer"], row["name"]))
    chosen = [row["name"] for row in page]
    sizes = store.by_name(
        await asked.conn.fetch(store.LIST_SIZES, release, chosen, asked.day, asked.known_on), "codes"
    )
    users = await _users(asked, chosen)
    items = (
        ListItem(
            row["name"],
            row["importer"],
            sizes.get((row["importer"], row["name"])),
            users.get((row["importer"], row["name"]), ()),
        )
        for row in page
    )
    return ListList(tuple(items), following, asked.release)


async def _users(asked: Asked, chosen: list[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the measures that use lists, by importer and list."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in await asked.conn.fetch(store.LIST_USERS, asked.opened.number, chosen):
        found.setdefault((row["importer"], row["name"]), []).append(f"{row['program']}/{row['measure']}")
    return {key: tuple(measures) for key, measures in found.items()}


async def _list(asked: Asked) -> ListDetail:
    name, release = asked.question["id"], asked.opened.number
    rows = [
        row
        for row in await asked.conn.fetch(store.LIST_VERSIONS, release, name)
        if row["importer"] == asked.fields.get("importer", row["importer"])
    ]
    importer = _only(asked, [row["importer"] for row in rows], f"list {name!r}", "/v1/lists")
    entries = await store.entries(asked.conn, release, importer, name, asked.day, asked.known_on)
    (after,) = asked.place(("",))
    left = [entry for entry in entries if entry.code > after][: asked.limit + 1]
    page, following = asked.cut(left, lambda entry: (entry.code,))
    users = await _users(asked, [name])
    return ListDetail(
        id=name,
        importer=importer,
        items=tuple(_row(entry, asked.opened.importers[importer]) for entry in page),
        next=following,
        date=asked.day,
        known_on=asked.known_on,
        used_by=users.get((importer, name), ()),
        versions=tuple(
            ListVersionSaid(
                row["from_"], row["until"], row["known_from"], row["known_until"], row["codes"], row["out"]
            )
            for row in rows
        ),
        release=asked.release,
    )


def _row(entry: ListEntry, importer: Importer) -> ListRowSaid:
    return ListRowSaid(importer.codes.dotted(entry.code), entry.include, entry.act, dict(entry.attributes))


async def _origins(asked: Asked) -> OriginList:
    day: date | None = asked.fields.get("date")
    chosen = [asked.opened.importers[code] for code in asked.importers()]
    items = sorted(_all_origins(chosen, day), key=_order)
    after = asked.place((-1, "", ""))
    left = [item for item in items if _order(item) > after][: asked.limit + 1]
    page, following = asked.cut(left, _order)
    return OriginList(tuple(page), following, asked.release)


def _order(item: OriginItem) -> tuple[int, str, str]:
    return (0 if item.kind == "group" else 1, item.id, item.importer or "")


def _all_origins(importers: Iterable[Importer], day: date | None) -> Iterator[OriginItem]:
    members: list[MembershipSaid] = []
    for importer in importers:
        for group in importer.groups:
            mine = [it for it in _memberships(importer, group) if day is None or _stands(it, day)]
            members += mine
            yield OriginItem(group, "group", group, importer.code, tuple(mine))
    for code, name in names().items():
        yield OriginItem(code, "country", name, None, tuple(it for it in members if it.country == code))


def _memberships(importer: Importer, group: str) -> Iterator[MembershipSaid]:
    for it in importer.groups[group]:
        yield MembershipSaid(importer.code, group, it.country, it.valid.first, it.valid.end)


def _stands(membership: MembershipSaid, day: date) -> bool:
    start, until = membership.from_, membership.until
    return (start is None or start <= day) and (until is None or day < until)


async def _origin(asked: Asked) -> OriginDetail:
    name = asked.question["id"]
    items = tuple(it for it in _all_origins(asked.opened.importers.values(), None) if it.id == name)
    if not items:
        detail = f"{name!r} is neither the ISO 3166-1 alpha-2 code of a country nor a group of this release."
        raise Problem("unknown-origin", f"{detail} /v1/origins lists them.")
    return OriginDetail(name, items, asked.release)
