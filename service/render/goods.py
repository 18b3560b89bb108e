"""Goods codes with their descriptions."""

from __future__ import annotations

import textwrap
from typing import Final

from service.api.browsing.shapes import GoodsItem, GoodsList
from service.render.page import Page, table

CODE: Final = 15
MOST_LINES: Final = 3


def goods(found: GoodsList) -> None:
    """Print goods, a code and a few lines of its description each."""
    page = Page()
    page.lines(table(([it.code, _described(it, page.width - CODE)] for it in found.items), "code!", "description"))


def _described(item: GoodsItem, width: int) -> str:
    """Write a description in a few lines: of a long one the end, which tells it from its neighbours."""
    text = " ".join((item.description or "").split())
    while len(wrapped := textwrap.wrap(text, width) or [""]) > MOST_LINES:
        _, colon, rest = text.removeprefix("... ").partition(": ")
        if not colon:
            wrapped = [*wrapped[: MOST_LINES - 1], textwrap.shorten(" ".join(wrapped[2:]), width, placeholder=" ...")]
            break
        text = f"... {rest}"
    return "\n".join(wrapped)
