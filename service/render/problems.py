"""Why there is no answer, on standard error."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence

from service.engine.refusals import Near
from service.render.page import NARROWEST, WIDTH, clean
from service.render.words import days


def told(lines: Iterable[str]) -> str:
    """Write the lines of a message; a terminal gets them wrapped between words, a file or pipe as they are."""
    shown = [clean(line).plain for line in lines]
    if sys.stderr.isatty():
        width = max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns)
        shown = [_wrapped(line, width) for line in shown]
    return "\n".join(shown)


def _wrapped(line: str, width: int) -> str:
    if line.startswith(" "):
        return line
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False, subsequent_indent="  ") or line


def near_codes(near: Sequence[Near], described: Callable[[str], str | None]) -> list[str]:
    """List codes near the one asked: the days on which they exist, what they are to it, and the end of their texts.

    ``described`` returns the text on a code, from the heading down, if there is one.
    """
    if not near:
        return []
    columns = [[f"  {it.code}" for it in near], [days(it.from_, it.until) for it in near]]
    if any(it.relation != "below" for it in near):
        columns.append([it.relation for it in near])
    widths = [max(map(len, column)) for column in columns]
    lines = ["  ".join(map(str.ljust, row, widths)) for row in zip(*columns, strict=True)]
    left = WIDTH - len(lines[0]) - 2
    texts = ((described(it.code) or "").rpartition(": ")[2] for it in near)
    return [
        f"{line}  {textwrap.shorten(text, left, placeholder=' ...')}".rstrip()
        for line, text in zip(lines, texts, strict=True)
    ]
