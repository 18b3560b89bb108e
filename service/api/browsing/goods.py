"""``/v1/goods``: finding goods by words and by prefix, and one code with the tree around it and its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from service.api import values
from service.api.browsing.asking import Asked, browsed, code_of
from service.api.browsing.parameters import GOODS, ONE_GOODS
from service.api.browsing.shapes import (
    GoodsBeside,
    GoodsDetail,
    GoodsItem,
    GoodsKind,
    GoodsList,
    GoodsNode,
    GoodsStated,
    WordRead,
)
from service.api.desk import Call
from service.api.problems import FieldError, InvalidFields, Problem
from service.engine.answers import Interval
from service.engine.refusals import Near
from service.law.goods import CodeSystem
from service.law.importer import Importer
from service.store.browsing import goods as store
from service.store.browsing.search import search

NEAR: Final = 12
MILLION: Final = 1_000_000
NOT_DESCRIBED: Final = (
    "No descriptions were imported for the importer {title}, so words do not find its goods; `strata hts import` "
    "reads those of the United States from an official edition. A prefix of digits finds codes all the same."
)
NOTHING_FOUND: Final = "Nothing that exists on this day is described by these words."


@get("/goods", operation_id="listGoods")
async def list_goods(request: Call) -> ASGIApp:
    """Find goods."""
    return await browsed(request, "goods", GOODS, goods_list, stamp=descriptions_state)


@get("/goods/{importer:str}/{code:str}", operation_id="getGoods")
async def get_goods(request: Call, importer: FromPath[str], code: FromPath[str]) -> ASGIApp:
    """Describe one code."""
    named = {"importer": importer, "code": code}
    return await browsed(request, "goods-one", ONE_GOODS, _one, named=named, stamp=descriptions_state)


async def descriptions_state(asked: Asked) -> Any:
    """Return the state of the descriptions, which no release holds."""
    codes = [asked.question["importer"]] if "importer" in asked.question else sorted(asked.importers())
    return [await store.revision(asked.conn, code) for code in codes]


async def goods_list(asked: Asked) -> GoodsList:
    """Answer ``listGoods``; raises ``Problem``."""
    importers = [asked.opened.importers[code] for code in sorted(asked.importers())]
    typed: str | None = asked.fields.get("q")
    prefix = asked.fields.get("prefix", "")
    words: tuple[WordRead, ...] = ()
    if typed is not None and (digits := _as_digits(typed)) is not None:
        if prefix and not digits.startswith(prefix):
            raise InvalidFields([FieldError("q", f"{typed} does not begin with the prefix asked for")])
        typed, prefix = None, digits
    for importer in importers:
        _check_prefix(prefix, importer)
    described = [importer for importer, state in zip(importers, asked.stamp, strict=True) if state is not None]
    notes = tuple(_not_described(importer) for importer in importers if importer not in described)
    if typed is None:
        rows, following = await _by_prefix(asked, importers, prefix)
    else:
        rows, following, words = await _by_words(asked, described, typed, prefix)
        notes += () if rows or not described else (NOTHING_FOUND,)
    return GoodsList(await _items(asked, rows), following, asked.day, asked.known_on, words, notes, asked.release)


Row = tuple[str, str, Decimal | None]
"""Importer, code and score of goods that were found."""


async def _items(asked: Asked, rows: list[Row]) -> tuple[GoodsItem, ...]:
    """Describe what was found, in its order."""
    said: dict[str, Mapping[str, store.Described]] = {}
    for name in {name for name, _, _ in rows}:
        codes = [code for other, code, _ in rows if other == name]
        said[name] = await _said(asked, asked.opened.importers[name], codes, asked.day)
    found = []
    for name, code, score in rows:
        system = asked.opened.importers[name].codes
        found.append(GoodsItem(name, system.dotted(code), kind_of(code, system), _text(said[name], code), score))
    return tuple(found)


def _not_described(importer: Importer) -> str:
    return NOT_DESCRIBED.format(title=importer.title)


def _as_digits(typed: str) -> str | None:
    """Return the digits of what is a code rather than words."""
    digits = typed.replace(".", "").replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) > 1 else None


def _check_prefix(prefix: str, importer: Importer) -> None:
    longest = importer.codes.lengths[-1]
    if len(prefix) > longest:
        raise InvalidFields([FieldError("prefix", f"has {len(prefix)} digits; a code has at most {longest}")])
    if prefix.startswith(importer.codes.reserved):
        message = "is of a chapter whose numbers are not goods; /v1/measures takes them as heading"
        raise InvalidFields([FieldError("prefix", message)])


async def _by_prefix(asked: Asked, importers: Sequence[Importer], prefix: str) -> tuple[list[Row], str | None]:
    """Find codes in the order of importers and codes."""
    first, after = asked.place(("", ""))
    found: list[Row] = []
    for importer in importers:
        if importer.code < first or len(found) > asked.limit:
            continue
        codes = await store.codes_below(
            asked.conn,
            asked.opened.schedules[importer.code],
            prefix,
            after=after if importer.code == first else "",
            lengths=importer.codes.lengths,
            day=asked.day,
            known_on=asked.known_on,
            limit=asked.limit + 1 - len(found),
        )
        found += [(importer.code, code, None) for code in codes]
    return asked.cut(found, lambda row: (row[0], row[1]))


async def _by_words(
    asked: Asked, importers: Sequence[Importer], typed: str, prefix: str
) -> tuple[list[Row], str | None, tuple[WordRead, ...]]:
    """Find codes by words, the best first; how a word was read is told for all nomenclatures together."""
    # Scores are whole millionths in cursors: no digit may change on the way.
    rows: list[tuple[int, str, str]] = []
    read: dict[str, dict[str, None]] = {}
    for importer in importers:
        found = await search(
            asked.conn,
            importer.code,
            typed,
            schedule=asked.opened.schedules[importer.code],
            prefix=prefix,
            line=importer.codes.line,
            day=asked.day,
            known_on=asked.known_on,
        )
        rows += [(-round(score * MILLION), code, importer.code) for code, score in found.codes]
        for word in found.words:
            read.setdefault(word.typed, {}).update(dict.fromkeys(word.read_as))
    mark, after, name = asked.place((2 * MILLION, "", ""))
    left = [row for row in sorted(rows) if row > (-mark, after, name)]
    page, following = asked.cut(left[: asked.limit + 1], lambda row: (-row[0], row[1], row[2]))
    scored: list[Row] = [(name, code, Decimal(-score) / MILLION) for score, code, name in page]
    return scored, following, tuple(WordRead(word, tuple(others)) for word, others in read.items())


async def _said(asked: Asked, importer: Importer, codes: Collection[str], day: date) -> Mapping[str, store.Described]:
    return await store.descriptions(asked.conn, importer.code, codes, day, line=importer.codes.line)


def _text(said: Mapping[str, store.Described], code: str) -> str | None:
    return said[code].text if code in said else None


def kind_of(code: str, system: CodeSystem) -> GoodsKind:
    """Name what a code of some length is."""
    if len(code) == system.line:
        return "line"
    if len(code) > system.line:
        return "number"
    return "heading" if len(code) == system.lengths[0] else "subheading"


async def _one(asked: Asked) -> GoodsDetail:
    importer = _importer(asked)
    code = code_of(asked.question["code"], importer)
    system, schedule = importer.codes, asked.opened.schedules[importer.code]
    line, size = system.line, len(code)
    peers = await store.existing(asked.conn, schedule, code[: system.lengths[0]], size, asked.known_on, line=line)
    mine = next((it for it in peers if it.code == code), None)
    if mine is None:
        raise await _unknown(asked, importer, code)
    stated = await store.versions(asked.conn, schedule, code) if size >= line else ()
    above = [code[:length] for length in system.lengths if length < size]
    below = await _children(asked, schedule, code, system)
    before, after = store.beside(code, mine.days, peers, system) if size >= line else ([], [])
    said = await _said(asked, importer, [code, *above, *below], asked.day)
    beside = await _described_beside(asked, importer, (*before, *after))
    edition = said[code].edition if code in said else None
    return GoodsDetail(
        importer=importer.code,
        code=system.dotted(code),
        kind=kind_of(code, system),
        date=asked.day,
        known_on=asked.known_on,
        in_force=any(_within(asked.day, days) for days in mine.days),
        description=_text(said, code),
        edition=edition,
        days=_intervals(mine.days),
        stated=tuple(_stated(row, importer) for row in stated),
        ancestors=_nodes(above, system, said),
        children=_nodes(below, system, said),
        predecessors=tuple(beside[it.code] for it in before),
        successors=tuple(beside[it.code] for it in after),
        notes=() if said else (_not_described(importer),),
        release=asked.release,
    )


def _importer(asked: Asked) -> Importer:
    code = asked.question["importer"]
    try:
        values.read_country_form(code)
    except ValueError as error:
        raise InvalidFields([FieldError("importer", str(error))]) from None
    importer = asked.opened.importers.get(code)
    if importer is None:
        known = ", ".join(asked.opened.importers)
        raise InvalidFields([FieldError("importer", f"{code} is not an importer of this release; known are {known}")])
    return importer


async def _children(asked: Asked, schedule: int, code: str, system: CodeSystem) -> list[str]:
    """Return the codes one level below that exist on the day."""
    longer = [length for length in system.lengths if length > len(code)]
    if not longer:
        return []
    found = await store.existing(asked.conn, schedule, code, longer[0], asked.known_on, line=system.line)
    return [it.code for it in found if any(_within(asked.day, days) for days in it.days)]


async def _described_beside(
    asked: Asked, importer: Importer, rows: Iterable[store.Existing]
) -> dict[str, GoodsBeside]:
    """Describe codes as on the last day of their lives, or as on the day asked about."""
    found = {}
    for row in rows:
        day = asked.day if any(_within(asked.day, days) for days in row.days) else (row.days[-1][0] or asked.day)
        said = await _said(asked, importer, [row.code], day)
        dotted = importer.codes.dotted(row.code)
        found[row.code] = GoodsBeside(dotted, _text(said, row.code), _intervals(row.days))
    return found


async def _unknown(asked: Asked, importer: Importer, code: str) -> Problem:
    """Return the problem of a code that no edition known on the day has, with codes near it."""
    system, schedule = importer.codes, asked.opened.schedules[importer.code]
    near: list[store.Existing] = []
    for length in reversed([length for length in system.lengths if length < len(code)]):
        near = list(
            await store.existing(
                asked.conn, schedule, code[:length], max(len(code), system.line), asked.known_on, line=system.line
            )
        )
        if near:
            break
    detail = f"{system.dotted(code)} is in no edition of the schedule known on {asked.known_on}."
    return Problem(
        "unknown-code",
        detail,
        errors=(FieldError("code", detail),),
        near=tuple(Near(system.dotted(it.code), "near", it.days[0][0], it.days[-1][1]) for it in near[:NEAR]),
    )


def _within(day: date, days: store.Days) -> bool:
    start, until = days
    return (start is None or start <= day) and (until is None or day < until)


def _intervals(days: Iterable[store.Days]) -> tuple[Interval, ...]:
    return tuple(Interval(start, until) for start, until in days)


def _nodes(codes: Iterable[str], system: CodeSystem, said: Mapping[str, store.Described]) -> tuple[GoodsNode, ...]:
    return tuple(GoodsNode(system.dotted(code), kind_of(code, system), _text(said, code)) for code in codes)


def _stated(row: store.GoodsVersion, importer: Importer) -> GoodsStated:
    rates = None if row.columns is None else dict(zip(importer.columns, row.columns, strict=True))
    return GoodsStated(*row.valid, *row.known, row.units, rates, row.approximate, row.edition)
