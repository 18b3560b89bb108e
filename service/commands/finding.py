"""The answer of ``strata goods``: read, find, print."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping

import click

from service.api.browsing.asking import prepared
from service.api.browsing.goods import descriptions_state, goods_list
from service.api.browsing.parameters import GOODS
from service.api.browsing.shapes import GoodsList
from service.api.parameters import read_fields
from service.api.problems import Problem
from service.commands.answering import refuse
from service.commands.common import database_failures, fail, print_json, ready_database, settings
from service.render import goods as shown
from service.render.problems import told
from service.store.connection import connection
from service.store.releases import NoRelease, find_release


def find(asked: Mapping[str, str], *, as_json: bool) -> None:
    """Find and print goods; what cannot be found ends the command."""
    dsn = ready_database(settings())
    try:
        with database_failures():
            found = asyncio.run(_find(dsn, asked))
    except NoRelease as error:
        fail(str(error), slug="not-found")
    except Problem as problem:
        refuse(problem, asked)
    if as_json:
        print_json(found)
    else:
        if found.items:
            shown.goods(found)
        for line in _notes(found):
            click.echo(told([line]), err=True)
    if "q" in asked and not found.items:
        raise SystemExit(1)


async def _find(dsn: str, asked: Mapping[str, str]) -> GoodsList:
    fields = read_fields(asked, GOODS)
    async with connection(dsn) as conn:
        current = (await find_release(conn, None)).number
        question = await prepared(
            conn, "goods", GOODS, fields, fields, current=current, now=time.time(), stamp=descriptions_state
        )
        return await goods_list(question)


def _notes(found: GoodsList) -> Iterator[str]:
    """Say how the words were read, and what the list does not show."""
    for word in found.words:
        if tuple(word.read_as) != (word.word,):
            yield f"{word.word}: {' or '.join(word.read_as) if word.read_as else 'not understood'}"
    if found.next is not None:
        yield "There are more; --limit shows them."
    yield from found.notes
