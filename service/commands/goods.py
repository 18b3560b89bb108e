"""Finding goods codes on the command line, as the API finds them."""

from __future__ import annotations

import asyncio
import textwrap
import time
from http import HTTPStatus
from typing import Final

import click

from service.api.browsing.asking import prepared
from service.api.browsing.goods import descriptions_state, goods_list
from service.api.browsing.parameters import GOODS
from service.api.browsing.shapes import GoodsItem, GoodsList
from service.api.parameters import read_fields
from service.api.problems import Problem
from service.api.replies import encode
from service.commands.common import database_failures, fail, ready_database, settings
from service.store.connection import connection
from service.store.releases import NoRelease, find_release

WIDTH: Final = 80
CODE: Final = 15
MOST_LINES: Final = 3


@click.command()
@click.argument("words", nargs=-1)
@click.option("--importer", metavar="CODE", help="Whose nomenclature; needed when there are several.")
@click.option("--prefix", metavar="DIGITS", help="Only codes that begin so.")
@click.option("--date", metavar="DAY", help="Only goods that exist on this day; today by default.")
@click.option("--known-on", metavar="DAY", help="The schedule as known on this day; today by default.")
@click.option("--release", metavar="NUMBER", help="Answer from this release.")
@click.option("--limit", metavar="NUMBER", default="20", show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as the API gives it.")
def goods(words: tuple[str, ...], as_json: bool, **given: str | None) -> None:
    """Goods that WORDS describe, or whose codes begin with the digits given.

    For example: strata goods lithium battery; strata goods 8507.60
    """
    asked = {name: value for name, value in given.items() if value is not None}
    if words:
        asked["q"] = " ".join(words)
    dsn = ready_database(settings())
    try:
        with database_failures():
            found = asyncio.run(_find(dsn, asked))
    except NoRelease as error:
        fail(str(error))
    except Problem as problem:
        fail(problem.detail, usage=problem.type.status == HTTPStatus.BAD_REQUEST)
    if as_json:
        click.echo(encode(found))
    else:
        _show(found)
    if words and not found.items:
        raise SystemExit(1)


async def _find(dsn: str, asked: dict[str, str]) -> GoodsList:
    fields = read_fields(asked, GOODS)
    async with connection(dsn) as conn:
        current = (await find_release(conn, None)).number
        question = await prepared(
            conn, "goods", GOODS, fields, fields, current=current, now=time.time(), stamp=descriptions_state
        )
        return await goods_list(question)


def _show(found: GoodsList) -> None:
    for word in found.words:
        if tuple(word.read_as) != (word.word,):
            click.echo(f"{word.word}: {' or '.join(word.read_as) if word.read_as else 'not understood'}", err=True)
    for item in found.items:
        for line in _lines(item):
            click.echo(line)
    if found.next is not None:
        click.echo("There are more; --limit shows them.", err=True)
    for note in found.notes:
        click.echo(textwrap.fill(note, WIDTH), err=True)


def _lines(item: GoodsItem) -> list[str]:
    """Write an item in a few lines: of a long description the end, which tells it from its neighbours."""
    text = " ".join((item.description or "").split())
    width = WIDTH - CODE
    while len(wrapped := textwrap.wrap(text, width) or [""]) > MOST_LINES:
        _, colon, rest = text.removeprefix("... ").partition(": ")
        if not colon:
            wrapped = [*wrapped[: MOST_LINES - 1], textwrap.shorten(" ".join(wrapped[2:]), width, placeholder=" ...")]
            break
        text = f"... {rest}"
    return [f"{item.code if at == 0 else '':<{CODE}}{line}".rstrip() for at, line in enumerate(wrapped)]
