"""The law files: what is wrong with them, what amended them, what differs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from difflib import unified_diff
from typing import Literal

import click
import msgspec
from rich.text import Text

from service.api.browsing.shapes import AmendmentSaid
from service.law.check import Finding
from service.render.page import Page, clean, coloured, styled, table


class MeasureHistory(msgspec.Struct, frozen=True):
    """A measure with its amendments in the order in which they were announced, as ``/v1/measures/{id}`` has them."""

    id: str
    measure: str
    heading: str
    title: str | None
    amendments: tuple[AmendmentSaid, ...]


class History(msgspec.Struct, frozen=True):
    """The amendments of a program, measure by measure, in the order in which the measures are tried."""

    id: str
    importer: str
    title: str
    authority: str
    measures: tuple[MeasureHistory, ...]


class Changed(msgspec.Struct, frozen=True):
    """A law file that differs; ``diff`` is a patch of one file in the unified form."""

    path: str
    change: Literal["added", "removed", "changed"]
    diff: str


def changed(path: str, before: str | None, after: str | None) -> Changed:
    """Compare two texts of a law file; None: there is none."""
    old, new = (before or "").splitlines(), (after or "").splitlines()
    sides = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    diff = "".join(f"{line}\n" for line in unified_diff(old, new, *sides, lineterm=""))
    return Changed(path, "added" if before is None else "removed" if after is None else "changed", diff)


def findings(found: Iterable[Finding]) -> None:
    """Print what is wrong, each finding as ``FILE:LINE: SEVERITY: MESSAGE``.

    They are lines for editors and ``grep``: wrapped on a terminal, and never in a pipe.
    """
    if not sys.stdout.isatty():
        for finding in found:
            click.echo(clean(str(finding)).plain)
        return
    page = Page()
    for finding in found:
        place, _, said = str(finding).partition(f": {finding.severity}: ")
        style = "bold red" if finding.severity == "error" else "yellow"
        page.lines(styled((place, "bold"), ": ", (finding.severity, style), f": {said}"))


def history(found: History) -> None:
    """Print the amendments of a program."""
    page = Page()
    page.section(styled((f"{found.id}: {found.title}", "bold")))
    for row in found.measures:
        rows = ([str(it.act.announced), *_amended(it)] for it in row.amendments)
        title = f"{row.heading} {row.measure}" + (f": {row.title}" if row.title else "")
        page.section(table(rows, "announced!", "from!", "until!", "by which act, and what it says", title=title))


def _amended(row: AmendmentSaid) -> Iterator[str | Text]:
    yield _day(row.from_)
    yield _day(row.until)
    concerns = {"both": "", "law": " (the law only)", "collection": " (collection only)"}[row.concerns]
    act = row.act.id + (f" ({row.act.citation})" if row.act.citation else "")
    says = [f"{name}: {text}" for name, text in row.sets.items()] or ["enacted"]
    yield styled((f"{act}{concerns}", "dim"), *(f"\n{line}" for line in says))


def _day(day: date | None) -> str:
    return "" if day is None else str(day)


def differences(found: Iterable[Changed], *, names: bool) -> None:
    """Print what differs: the names of the files, or a patch, whose lines are never wrapped."""
    terminal = sys.stdout.isatty()
    colours = {"+": "green", "-": "red", "@": "cyan"}
    signs = {"added": "+", "removed": "-", "changed": "~"}
    for row in found:
        lines = [f"{signs[row.change]} {row.path}"] if names else row.diff.splitlines()
        for line in lines:
            said = clean(line).plain if terminal else line
            click.echo(click.style(said, fg=colours.get(line[:1])) if coloured() else said)
