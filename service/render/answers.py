"""Answers about duties, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from service.coverage import Coverage, ImporterCoverage, OriginSet
from service.engine.answers import (
    Announced,
    Answer,
    Headline,
    Interval,
    Layer,
    Notice,
    Range,
    ReleaseRef,
    Timeline,
    Total,
)
from service.render.page import Page, Row, styled, table
from service.render.words import acts_cited, counted, days, fact_value, percents


def answer(found: Answer) -> None:
    """Print the duty on one entry, and why."""
    page = Page()
    goods = found.goods
    page.section(
        styled(
            (f"{found.importer} on {goods.code} of {found.origin}", "bold"),
            f", entered {found.date}, as known {found.known_on}, {found.view}",
        ),
        *([styled((goods.description, "dim"))] if goods.description else []),
        styled("Duty: ", _duty(found.total), _bounds(found.range)),
    )
    page.section(_layers(found.layers))
    if found.prohibited is not None:
        page.section(
            styled((f"Entry is refused ({found.prohibited.heading}): {found.prohibited.text}", "bold red")),
            _layers(found.if_admitted, title="If admitted"),
        )
    if found.quota is not None:
        limit = f", limit {found.quota.limit} {found.quota.unit or ''}".rstrip() if found.quota.limit else ""
        page.section(f"Quota {found.quota.id}: {found.quota.state}{limit}")
    if found.see:
        page.section(f"See {', '.join(found.see)}")
    _reasons(page, found)
    _notices(page, found.warnings, found.announced)
    page.section(*_footing(found.constant, found.release, found.excludes))


def _duty(total: Total) -> Text:
    return styled((total.text, "bold green" if total.percent is not None else "bold yellow"))


def _bounds(found: Range) -> str:
    if found.min is None or found.max is None:
        return "; bounds cannot be given"
    if found.min == found.max:
        return ""
    return f"; between {found.min.text} and {found.max.text} by what is not declared"


def _layers(rows: Iterable[Layer], *, title: str | None = None) -> Table:
    """Make the table of layers; the share of the value has a column only where it is not the whole."""
    layers = list(rows)
    shared = any(row.share != 1 for row in layers)
    cells: list[Row] = [
        [
            row.heading,
            row.text,
            *([str(row.share)] if shared else []),
            str(row.from_ or ""),
            _grounds(row),
        ]
        for row in layers
    ]
    columns = ("heading!", "duty~", *(["share!"] if shared else []), "since!", "measure, acts")
    return table(cells, *columns, title=title)


def _grounds(row: Layer) -> Text:
    """Name the measure and, below it, its acts and what became of it."""
    notes = [acts_cited(row.acts)] if row.acts else []
    if row.refundable is not None:
        notes.append(f"refundable since {row.refundable.since} ({row.refundable.act})")
    if row.replaced_by is not None:
        notes.append(f"replaced by {row.replaced_by}")
    return styled(f"{row.program} {row.measure}", *((f"\n{note}", "dim") for note in notes))


def _reasons(page: Page, found: Answer) -> None:
    considered: Iterable[Row] = (
        [item.heading, item.text, styled((f"{item.program} {item.measure}: ", "dim"), item.reason.text)]
        for item in found.not_applied
    )
    page.section(table(considered, "heading!", "would be~", "does not apply", title="Considered"))
    changes = ([f"{it.fact}={fact_value(it.value)}", it.total.text] for it in found.could_change)
    page.section(table(changes, "if declared", "duty", title="Could change"))
    assumed = ([it.fact, fact_value(it.assumed), it.effect] for it in found.assumptions)
    page.section(table(assumed, "fact!", "assumed", "effect", title="Assumed"))


def _notices(page: Page, warnings: Iterable[Notice], announced: Iterable[Announced] = ()) -> None:
    page.section(
        *(styled((f"Warning: {it.text}", "yellow")) for it in warnings),
        *(styled((f"Announced, not law ({it.announced}): {it.text}", "cyan")) for it in announced),
    )


def _footing(constant: Interval, release: ReleaseRef, excludes: Iterable[str] = ()) -> Iterable[Text]:
    yield styled((f"Constant: {days(constant.from_, constant.until)}", "dim"))
    left_out = ", ".join(excludes)
    yield styled((f"{f'Not included: {left_out}. ' if left_out else ''}Release {release.number}.", "dim"))


def timeline(found: Timeline) -> None:
    """Print the duty over time."""
    page = Page()
    title = f"{found.importer} on {found.goods.code} of {found.origin}"
    page.section(
        styled((title, "bold"), f", as known {found.known_on}, {found.view}"),
        *([styled((found.goods.description, "dim"))] if found.goods.description else []),
    )
    rows: Iterable[Row] = (
        [
            str(row.from_),
            str(row.until or ""),
            styled((f"no answer: {row.refused}", "yellow")) if row.total is None else _duty(row.total),
            " + ".join(layer.heading for layer in row.layers),
        ]
        for row in found.intervals
    )
    page.section(table(rows, "from!", "until!", "duty", "headings"))
    _notices(page, found.warnings)
    page.section(styled((f"Release {found.release.number}.", "dim")))


def headline(found: Headline) -> None:
    """Print the duty on a country as a whole."""
    page = Page()
    (percent,) = percents([found.universal_percent])
    page.section(
        styled(
            (f"{found.importer} on goods of {found.origin}", "bold"),
            f", entered {found.date}, as known {found.known_on}, {found.view}",
        ),
        styled("On every ordinary entry: ", (percent, "bold green")),
    )
    page.section(_layers(found.universal))
    page.section(_spreads(found))
    shares = found.by_authority
    means = percents([share.mean for share in shares])
    rows = ([it.authority, f"{it.lines:,}", mean] for it, mean in zip(shares, means, strict=True))
    page.section(table(rows, "authority", "lines!", "mean!", title="By authority"))
    _notices(page, found.warnings, found.announced)
    page.section(*_footing(found.constant, found.release))


def _spreads(found: Headline) -> Table:
    spread = found.distribution
    names = ("beside the base duty", "in total")
    columns: list[list[str]] = []
    for part in ("min", "median", "mean", "max"):
        values: list[Decimal | None] = [getattr(row, part) for row in (spread.additional, spread.total)]
        columns.append(percents(values))
    rows = ([name, *(column[place] for column in columns)] for place, name in enumerate(names))
    title = f"Over {counted(spread.lines, 'line')} ({spread.left_out:,} left out)"
    return table(rows, "", "min!", "median!", "mean!", "max!", title=title)


def coverage(found: Coverage, *, everything: bool) -> None:
    """Print what the law data cover; with ``everything`` program by program, and the doubts noted."""
    page = Page()
    for item in found.items:
        page.section(styled((f"{item.importer}: {item.title}", "bold")))
        covered = ([_origins(it.origins), days(it.from_, it.until), str(it.verified)] for it in item.covered)
        page.section(table(covered, "origins", "days of entry", "verified!", title="Covered"))
        gaps = (
            [
                f"{it.title}{' (matters to claims only)' if it.claims_only else ''}: {it.text}",
                days(it.from_, it.until),
            ]
            for it in item.not_covered
        )
        page.section(table(gaps, "program", "days of entry", title="Known to be missing"))
        if everything:
            _programs(page, item)
        page.section(styled((f"Never included: {', '.join(item.excludes)}.", "dim")))
    page.section(styled((f"Release {found.release.number}.", "dim")))


def _programs(page: Page, item: ImporterCoverage) -> None:
    rows = (
        [
            it.program,
            days(it.from_, it.until),
            "" if it.last_act is None else f"{it.last_act.citation or it.last_act.id}, {it.last_act.announced}",
        ]
        for it in item.programs
    )
    page.section(table(rows, "program", "days of entry", "last act", title="Programs"))
    for row in item.covered:
        page.section(*(f"Doubt ({_origins(row.origins)}): {doubt}" for doubt in row.doubts))
    for program in item.programs:
        page.section(*(f"Doubt ({program.program}): {doubt}" for doubt in program.doubts))


def _origins(origins: OriginSet) -> str:
    include = "all" if origins.include == ("*",) else ", ".join(origins.include)
    return include + (f" but {', '.join(origins.exclude)}" if origins.exclude else "")
