"""Writing schedule files: ``editions.yaml`` and one table per edition; for any importer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from service.hts import plan
from service.hts.editions import COLUMNS
from service.law.periods import FOREVER
from service.law.schedule import APPROXIMATE, GONE, Edition, Row

EDITIONS: Final = "editions.yaml"

ABOUT: Final = f"""\
# The base schedule of the United States: chapters 1 to 97 of the Harmonized Tariff Schedule.
# Source: {plan.SOURCE}.
# Each edition has a table of the rows that changed against the one before; docs/schedule.md explains them.
"""
"""The comment at the head of ``editions.yaml``."""


def write_schedule(target: Path, steps: Sequence[tuple[Edition, Sequence[Row]]]) -> None:
    """Write all files of a schedule to ``target``; tables of editions no longer listed are removed."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.csv"):
        old.unlink()
    (target / EDITIONS).write_text(editions_yaml(edition for edition, _ in steps), encoding="utf-8")
    for edition, rows in steps:
        (target / f"{edition.id}.csv").write_text(table_csv(edition, rows), encoding="utf-8")


def editions_yaml(editions: Iterable[Edition], *, columns: Sequence[str] = COLUMNS, about: str = ABOUT) -> str:
    """Return the text of ``editions.yaml``: ``about`` is the comment at its head."""
    head = f"{about}columns: [{', '.join(columns)}]\neditions:\n"
    return head + "".join(map(_edition_yaml, editions))


def replace_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files of a schedule, by name: all of them beside the old ones first, then put in their place.

    So a full disk leaves the schedule as it was. The list of editions comes last: until then it names no new table.
    Raises ``OSError``.
    """
    waiting = [(folder / f"{name}.new", folder / name) for name in sorted(files, key=lambda name: name == EDITIONS)]
    try:
        for beside, place in waiting:
            beside.write_text(files[place.name], encoding="utf-8")
        for beside, place in waiting:
            beside.replace(place)
    finally:
        for beside, _ in waiting:
            beside.unlink(missing_ok=True)


def _edition_yaml(edition: Edition) -> str:
    lines = [
        f"- id: {edition.id}",
        f"  published: {edition.published}",
        f"  from: {edition.start}",
        f"  title: {_quoted(edition.title)}",
    ]
    if edition.note:
        lines.append(f"  note: {_quoted(edition.note)}")
    if edition.files:
        lines.append(f"  files: [{', '.join(edition.files)}]")
    if edition.unchanged:
        lines.append("  unchanged:")
        lines += [f"    - {release}" for release in edition.unchanged]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def table_csv(edition: Edition, rows: Iterable[Row], *, columns: Sequence[str] = COLUMNS) -> str:
    """Return the table of an edition, by code and first day; ``columns`` are the names of its rates."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "from", "until", "units", *columns, "mark"))
    for row in sorted(rows, key=lambda row: (row.code, row.period)):
        writer.writerow(_fields(edition, row, len(columns)))
    return out.getvalue()


def _fields(edition: Edition, row: Row, width: int) -> tuple[str, ...]:
    start = row.period.start
    low = "" if start == edition.start.toordinal() else date.fromordinal(start).isoformat()
    high = "" if row.period.until >= FOREVER else date.fromordinal(row.period.until).isoformat()
    if row.text is None:
        return row.code, low, high, "", *[""] * width, GONE
    mark = APPROXIMATE if row.text.approximate else ""
    return row.code, low, high, ";".join(row.text.units), *row.text.columns, mark
