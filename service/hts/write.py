"""Writing schedule files: ``editions.yaml`` and one table per edition."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from service.hts import plan
from service.hts.editions import COLUMNS
from service.law.periods import FOREVER
from service.law.schedule import APPROXIMATE, GONE, Edition, Row

_HEAD = """\
# The base schedule of the United States: chapters 1 to 97 of the Harmonized Tariff Schedule.
# Source: {source}.
# Each edition has a table of the rows that changed against the one before; docs/schedule.md explains them.
columns: [{columns}]
editions:
"""


def write_schedule(target: Path, steps: Sequence[tuple[Edition, Sequence[Row]]]) -> None:
    """Write all files of a schedule to ``target``; tables of editions no longer listed are removed."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.csv"):
        old.unlink()
    (target / "editions.yaml").write_text(editions_yaml(edition for edition, _ in steps), encoding="utf-8")
    for edition, rows in steps:
        (target / f"{edition.id}.csv").write_text(table_csv(edition, rows), encoding="utf-8")


def editions_yaml(editions: Iterable[Edition]) -> str:
    """Return the text of ``editions.yaml``."""
    head = _HEAD.format(source=plan.SOURCE, columns=", ".join(COLUMNS))
    return head + "".join(map(_edition_yaml, editions))


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


def table_csv(edition: Edition, rows: Iterable[Row]) -> str:
    """Return the table of an edition, by code and first day."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "from", "until", "units", *COLUMNS, "mark"))
    for row in sorted(rows, key=lambda row: (row.code, row.period)):
        writer.writerow(_fields(edition, row))
    return out.getvalue()


def _fields(edition: Edition, row: Row) -> tuple[str, ...]:
    start = row.period.start
    low = "" if start == edition.start.toordinal() else date.fromordinal(start).isoformat()
    high = "" if row.period.until >= FOREVER else date.fromordinal(row.period.until).isoformat()
    if row.text is None:
        return row.code, low, high, "", *[""] * len(COLUMNS), GONE
    mark = APPROXIMATE if row.text.approximate else ""
    return row.code, low, high, ";".join(row.text.units), *row.text.columns, mark
