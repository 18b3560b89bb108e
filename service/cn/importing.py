"""Importing a tariff of China: what it changes against the schedule files, and the files with it added.

Tariffs are imported in the order in which they were published. The first day of their rates is not in a table; unless
it is given, it is the day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from service.cn.reading import COLUMNS, NOT_STATED
from service.hts.importing import MOST_GONE, ImportRefused, known_releases, read_schedule, state_of
from service.hts.write import EDITIONS, editions_yaml, replace_files, table_csv
from service.law.periods import period
from service.law.schedule import Edition, LineText, Row, ScheduleFile

__all__ = ["ABOUT", "ImportRefused", "Imported", "import_tariff", "read_schedule", "write"]

MOST_UNSTATED: Final = 100
"""How many lines a table may leave without a rate; those with a specific duty (frozen chicken, film) are fewer."""

ABOUT: Final = """\
# The base schedule of China: rates by 8-digit line, 2018 to 2026, as far as they are known.
# Source: rates of 2018 and 2019 as a study of the tariff war compiled them; of 2026, in part, the tariff of the
# Customs Tariff Commission of the State Council. Each edition has a table of the rows that changed against the one
# before; docs/schedule.md explains them.
"""

_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Imported(msgspec.Struct, frozen=True):
    """A tariff laid over the schedule.

    ``rows``: what changed, empty when it states the same; ``files``: the texts of the schedule files that are new or
    differ, by name; empty when the tariff is in the schedule already.
    """

    edition: Edition
    rows: tuple[Row, ...]
    files: Mapping[str, str]

    @property
    def summary(self) -> str:
        """Say in one line what changed."""
        name = self.edition.id
        if not self.files:
            return f"{name}: in the schedule already, with the same rates"
        if not self.rows:
            return f"{name}: nothing changed"
        gone = sum(row.text is None for row in self.rows)
        unstated = sum(row.text is not None and row.text.columns[0] == NOT_STATED for row in self.rows)
        said = f"{name}: {len(self.rows)} rate lines changed, {gone} of them gone, from {self.edition.start}"
        return said + (f"; {unstated} without a rate, whose duty will not be told" if unstated else "")


def import_tariff(
    schedule: ScheduleFile,
    lines: Mapping[str, LineText],
    file: str,
    *,
    published: date,
    start: date | None = None,
    release: str | None = None,
) -> Imported:
    """Lay a tariff over a schedule.

    ``lines``: its rate lines, by code in digits; ``file``: the name of the file it was read from; ``published``: the
    day it was made public, from which on it is known; ``start``: the first day of entry of its rates, by default
    ``published``; ``release``: its name, by default the day of publication. Raises ``ImportRefused`` when another
    tariff has that name, when it is older than the last, or when so many lines are missing or without a rate that it
    cannot be the whole tariff.
    """
    edition = _edition(file, published, start or published, release)
    state = state_of(schedule).lines
    rows = _difference(state, lines, edition)
    if edition.id in known_releases(schedule):
        if rows:
            raise ImportRefused(
                f"{edition.id} is in the schedule already, with other rates; a correction needs a name and a day of "
                "publication of its own (--release, --published)"
            )
        return Imported(edition, (), {})
    last = schedule.editions[-1]
    if published < last.published:
        raise ImportRefused(
            f"{edition.id} was published on {published}, before {last.id} ({last.published}): import in order"
        )
    _refuse_parts(file, state, lines)
    if not rows:
        editions = (*schedule.editions[:-1], replace(last, unchanged=(*last.unchanged, edition.id)))
        return Imported(edition, (), {EDITIONS: editions_yaml(editions, columns=COLUMNS, about=ABOUT)})
    files = {
        EDITIONS: editions_yaml((*schedule.editions, edition), columns=COLUMNS, about=ABOUT),
        f"{edition.id}.csv": table_csv(edition, rows, columns=COLUMNS),
    }
    return Imported(edition, tuple(rows), files)


def write(folder: Path, imported: Imported) -> None:
    """Write the files that changed, all or none; raises ``OSError``."""
    replace_files(folder, imported.files)


def _edition(file: str, published: date, start: date, release: str | None) -> Edition:
    name = release or published.isoformat()
    if not _NAME.fullmatch(name):
        raise ImportRefused(f"{name!r} is no name for a tariff; use small letters, digits and hyphens: tariff-2027")
    return Edition(name, published, start, f"Import and Export Tariff, published {published}", files=(file,))


def _difference(before: Mapping[str, LineText], after: Mapping[str, LineText], edition: Edition) -> list[Row]:
    """Return what changed, every row from the first day on; a stand-in that proves right loses its mark."""
    from_start = period(edition.start)
    rows = [Row(code, edition.id, from_start, text) for code, text in after.items() if before.get(code) != text]
    rows += [Row(code, edition.id, from_start, None) for code in before if code not in after]
    return sorted(rows, key=lambda row: row.code)


def _refuse_parts(file: str, state: Mapping[str, LineText], lines: Mapping[str, LineText]) -> None:
    missing = len(state.keys() - lines.keys())
    if missing > MOST_GONE * len(state):
        raise ImportRefused(
            f"{file} lacks {missing} of the {len(state)} rate lines in force: it is not the whole tariff, and all of "
            "them would end"
        )
    unstated = sum(text.columns[0] == NOT_STATED for text in lines.values())
    if unstated > MOST_UNSTATED:
        raise ImportRefused(f"{file} states no rate for {unstated} of its {len(lines)} lines: is a column missing?")
