"""Answers as tables of at most 80 columns; colours only where a terminal reads them."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.engine.answers import Answer, Headline, Layer, Range, Timeline, Total
from service.law.rate_text import rate_text
from service.law.terms import Act, Program
from service.snapshot import ReleaseInfo

WIDTH = 80


class _Trimmed(io.StringIO):
    """Output to a file or pipe, without the blanks that tables put at the ends of lines."""

    def write(self, text: str) -> int:
        """Write a whole print of the console."""
        return sys.stdout.write(re.sub(r" +(?=\n|$)", "", text))

    def flush(self) -> None:
        """Pass on what was written."""
        sys.stdout.flush()


def _console() -> Console:
    terminal = sys.stdout.isatty()
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if terminal else WIDTH
    if not terminal:
        return Console(width=width, highlight=False, no_color=True, force_terminal=False, file=_Trimmed())
    return Console(width=width, highlight=False)


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(
        box=None, title=title, title_justify="left", title_style="bold", padding=(0, 2, 0, 0), pad_edge=False
    )
    for column in columns:
        table.add_column(column, overflow="fold", header_style="dim", justify="left")
    return table


def _days(start: date | None, until: date | None) -> str:
    """Write half-open days as people do; ``until`` stays exclusive and is called so."""
    if start is None and until is None:
        return "always"
    return f"{start or 'always'} until {until or 'further notice'}"


def _percent(value: Decimal | None) -> str:
    return "-" if value is None else f"{value}%"


def _duty(total: Total) -> Text:
    return Text(total.text, style="bold green" if total.percent is not None else "bold yellow")


def answer(found: Answer) -> None:
    """Print the duty on one entry, and why."""
    console = _console()
    console.print(
        Text.assemble(
            (f"{found.importer} on {found.goods.code} of {found.origin}", "bold"),
            f", entered {found.date}, as known {found.known_on}, {found.view}",
        )
    )
    if found.goods.description:
        console.print(Text(found.goods.description, style="dim"))
    console.print(Text.assemble("Duty: ", _duty(found.total), _bounds(found.range)))
    console.print()
    _layers(console, found.layers)
    if found.prohibited is not None:
        console.print(Text(f"Entry is refused: {found.prohibited.text}", style="bold red"))
        _layers(console, found.if_admitted, title="If admitted")
    if found.quota is not None:
        console.print(f"Quota {found.quota.id}: {found.quota.state}")
    if found.see:
        console.print(f"See {', '.join(found.see)}")
    _reasons(console, found)
    release = found.release
    console.print(Text(f"Constant: {_days(found.constant.from_, found.constant.until)}", style="dim"))
    console.print(Text(f"Not included: {', '.join(found.excludes)}. Release {release.number}.", style="dim"))


def _bounds(found: Range) -> str:
    if found.min is None or found.max is None:
        return "; bounds cannot be given"
    if found.min == found.max:
        return ""
    return f"; between {found.min.text} and {found.max.text} by what is not declared"


def _layers(console: Console, layers: Iterable[Layer], *, title: str | None = None) -> None:
    rows = list(layers)
    if not rows:
        return
    table = _table("heading", "duty", "share", "measure", "since", title=title)
    for row in rows:
        refund = " (refundable)" if row.refundable else ""
        share = "" if row.share == 1 else f"{row.share}"
        duty = f"{row.text}{refund}" + (f", replaced by {row.replaced_by}" if row.replaced_by else "")
        table.add_row(row.heading, duty, share, f"{row.program} {row.measure}", str(row.from_ or ""))
    console.print(table)
    console.print()


def _reasons(console: Console, found: Answer) -> None:
    if found.not_applied:
        table = _table("heading", "would be", "does not apply", title="Considered")
        for item in found.not_applied:
            table.add_row(item.heading, item.text, f"{item.reason.kind}: {item.reason.text}")
        console.print(table)
        console.print()
    if found.could_change:
        table = _table("if declared", "duty", title="Could change")
        for change in found.could_change:
            table.add_row(f"{change.fact}={_value(change.value)}", change.total.text)
        console.print(table)
        console.print()
    if found.assumptions:
        table = _table("fact", "assumed", "effect", title="Assumed")
        for assumption in found.assumptions:
            table.add_row(assumption.fact, _value(assumption.assumed), assumption.effect)
        console.print(table)
        console.print()
    for warning in found.warnings:
        console.print(Text(f"Warning: {warning.text}", style="yellow"))
    for said in found.announced:
        console.print(Text(f"Announced, not law ({said.announced}): {said.text}", style="cyan"))


def _value(value: object) -> str:
    """Write the value of a fact as it is declared on the command line."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(f"{item[0]}:{item[1]}" if isinstance(item, tuple) else str(item) for item in value)
    return str(value)


def timeline(found: Timeline) -> None:
    """Print the duty over time."""
    console = _console()
    title = f"{found.importer} on {found.goods.code} of {found.origin}, as known {found.known_on}, {found.view}"
    console.print(Text(title, style="bold"))
    console.print()
    table = _table("from", "until", "duty", "headings")
    for row in found.intervals:
        duty = Text(f"no answer: {row.refused}", style="yellow") if row.total is None else _duty(row.total)
        headings = " + ".join(layer.heading for layer in row.layers)
        table.add_row(str(row.from_), str(row.until or ""), duty, headings)
    console.print(table)
    for warning in found.warnings:
        console.print(Text(f"Warning: {warning.text}", style="yellow"))


def headline(found: Headline) -> None:
    """Print the duty on a country as a whole."""
    console = _console()
    title = f"{found.importer} on goods of {found.origin}"
    console.print(Text.assemble((title, "bold"), f", entered {found.date}, as known {found.known_on}, {found.view}"))
    console.print(Text.assemble("On every ordinary entry: ", (_percent(found.universal_percent), "bold green")))
    console.print()
    _layers(console, found.universal)
    spread = found.distribution
    table = _table(
        "", "min", "median", "mean", "max", title=f"Over {spread.lines} lines ({spread.left_out} left out)"
    )
    for name, row in (("beside the base duty", spread.additional), ("in total", spread.total)):
        table.add_row(name, *(_percent(value) for value in (row.min, row.median, row.mean, row.max)))
    console.print(table)
    console.print()
    if found.by_authority:
        table = _table("authority", "lines", "mean")
        for share in found.by_authority:
            table.add_row(share.authority, str(share.lines), _percent(share.mean))
        console.print(table)
        console.print()
    for warning in found.warnings:
        console.print(Text(f"Warning: {warning.text}", style="yellow"))
    for said in found.announced:
        console.print(Text(f"Announced, not law ({said.announced}): {said.text}", style="cyan"))
    console.print(Text(f"Constant: {_days(found.constant.from_, found.constant.until)}", style="dim"))


def releases(items: Iterable[ReleaseInfo]) -> None:
    """Print releases, newest first."""
    console = _console()
    table = _table("release", "published", "digest", "notes")
    for item in items:
        table.add_row(str(item.number), f"{item.published_at:%Y-%m-%d %H:%M}", item.digest[:12], item.notes)
    console.print(table)


def history(program: Program, acts: Mapping[str, Act], measure: str | None) -> None:
    """Print the amendments of a program, or of one measure, in the order in which they were announced."""
    console = _console()
    console.print(Text(f"{program.id}: {program.title}", style="bold"))
    for found in program.measures:
        if measure is not None and found.id != measure:
            continue
        table = _table("announced", "act", "from", "until", "says", title=f"{found.heading} {found.id}")
        for row in sorted(found.amendments, key=lambda it: (acts[it.act].rank, it.line)):
            named = [name for name in row.patch.__struct_fields__ if _is_set(getattr(row.patch, name))]
            says = [_says(name, getattr(row.patch, name)) for name in named] or ["enacted"]
            if row.concerns != "both":
                says.append(f"({row.concerns} only)")
            table.add_row(
                str(acts[row.act].announced),
                row.act,
                str(row.valid.first or ""),
                str(row.valid.end or ""),
                "; ".join(says),
            )
        console.print()
        console.print(table)


def _is_set(value: object) -> bool:
    from msgspec import UNSET  # noqa: PLC0415

    return value is not UNSET


def _says(name: str, value: object) -> str:
    return rate_text(value) if name == "rate" else f"new {name}"  # type: ignore[arg-type]
