"""The page that a command prints on: how wide it is, whether it has colours, and what its tables look like.

A page is as wide as the terminal; in a file or a pipe it has 80 columns. Colours are for terminals alone, and not
for those who set ``NO_COLOR`` (https://no-color.org), a dumb terminal, or ``--no-color``.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH: Final = 80
NARROWEST: Final = 50
"""Columns below which tables are no longer readable: a narrower terminal wraps the lines itself."""

_FIGURE: Final = re.compile(r"\d[\d,]*(\.\d+)?%?")
Cell = str | Text
Row = Sequence[Cell]


class _Trimmed(io.StringIO):
    """Standard output, without the blanks that tables put at the ends of lines."""

    def write(self, text: str) -> int:
        """Write a whole print of the console."""
        return sys.stdout.write(re.sub(r" +(?=\n|$)", "", text))

    def flush(self) -> None:
        """Pass on what was written."""
        sys.stdout.flush()


def coloured() -> bool:
    """Tell whether standard output may have colours."""
    context = click.get_current_context(silent=True)
    refused = context is not None and context.color is False
    return sys.stdout.isatty() and not refused and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(terminal: bool) -> int:
    """Return how many columns there are."""
    return max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns) if terminal else WIDTH


class Page:
    """Standard output as a page of sections, with an empty line between two of them."""

    def __init__(self) -> None:
        self.width: Final = width_of(sys.stdout.isatty())
        self._console: Final = (
            Console(width=self.width, highlight=False, markup=False, emoji=False, force_terminal=True)
            if coloured()
            else Console(
                width=self.width,
                highlight=False,
                markup=False,
                emoji=False,
                color_system=None,
                force_terminal=False,
                file=_Trimmed(),
            )
        )
        self._begun = False

    def section(self, *parts: Cell | Table) -> None:
        """Print parts that belong together; empty tables are left out, and a section of nothing prints nothing."""
        shown = [part for part in parts if not isinstance(part, Table) or part.row_count]
        if not shown:
            return
        if self._begun:
            self._console.print()
        self._begun = True
        self.lines(*shown)

    def lines(self, *parts: Cell | Table) -> None:
        """Print parts right below what was printed before."""
        self._begun = True
        for part in parts:
            self._console.print(clean(part) if isinstance(part, str | Text) else part)


def clean(text: Cell, style: str = "") -> Text:
    """Return a text of which nothing can command the terminal: what cannot be printed is shown as an escape."""
    if isinstance(text, Text):
        return text
    shown = "".join(it if it.isprintable() or it in "\n\t" else ascii(it)[1:-1] for it in text)
    return Text(shown, style=style)


def styled(*parts: Cell | tuple[str, str]) -> Text:
    """Join texts, and pairs of a text and its style, to one text."""
    whole = Text()
    for part in parts:
        whole.append_text(clean(*part) if isinstance(part, tuple) else clean(part))
    return whole


def table(rows: Iterable[Row], *columns: str, title: str | None = None) -> Table:
    """Make a table.

    A column whose name ends in ``!`` is never broken (codes, days, names of facts); the others wrap between words,
    and one whose name ends in ``~`` leaves the room to those beside it. Figures stand right, if nothing else stands
    in their column.
    """
    narrow = width_of(sys.stdout.isatty()) // 4
    filled = [[clean(cell) for cell in row] for row in rows]
    made = Table(
        box=None,
        title=title,
        title_justify="left",
        title_style="bold",
        padding=(0, 2, 0, 0),
        pad_edge=False,
        show_header=any(column.rstrip("!~") for column in columns),
    )
    for place, column in enumerate(columns):
        figures = all(_is_figure(row[place].plain) for row in filled)
        made.add_column(
            column.rstrip("!~"),
            overflow="fold",
            header_style="dim",
            justify="right" if figures and filled else "left",
            no_wrap=column.endswith("!"),
            max_width=narrow if column.endswith("~") else None,
        )
    for row in filled:
        made.add_row(*row)
    return made


def _is_figure(text: str) -> bool:
    return text in {"", "-", "Free", "exempt"} or _FIGURE.fullmatch(text) is not None
