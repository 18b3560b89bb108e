"""Importing an official edition: what it changes against the schedule files, and the files with it added.

Editions are imported in the order in which they were published. The first day of the texts is not in the file; it
is that of the act (see ``service.hts.plan``), or the day of publication when nothing else is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from service.hts.difference import apply, difference
from service.hts.editions import LINE, EditionTable
from service.hts.plan import running
from service.hts.write import EDITIONS, editions_yaml, replace_files, table_csv
from service.law.schedule import Edition, Row, ScheduleFile, decode_schedule

__all__ = [
    "EDITIONS",
    "ImportRefused",
    "Imported",
    "Standing",
    "extended",
    "import_edition",
    "known_releases",
    "read_schedule",
    "release_of",
    "standing_of",
    "state_of",
    "write",
]

MOST_GONE: Final = 0.1
"""Part of the rate lines that an edition may end; the changeover of 2022, the largest until now, ended 4%."""

_NAME: Final = re.compile(r"(20\d\d)[-_ ]*(basic|prelim|rev(?:ision)?[-_ ]*(\d+))", re.IGNORECASE)


class ImportRefused(ValueError):  # noqa: N818 - named for what happens to the edition, as PublishRefused is
    """The edition cannot be added to the schedule; the message says why and what would be right."""


class Standing(msgspec.Struct, frozen=True):
    """Where a release stands in a schedule: the edition that speaks for it, and its place among all releases."""

    edition: Edition
    place: int

    def as_what(self, release: str) -> str:
        """Say as which edition a release stands there, if under another name."""
        return "" if release in {self.edition.id, *self.edition.unchanged} else f" as {self.edition.id}"


class Imported(msgspec.Struct, frozen=True):
    """An edition laid over the schedule.

    ``rows``: what changed, empty when the edition states the same; ``files``: the texts of the schedule files that
    are new or differ, by name; ``standing``: where it stands then, as an edition of its own in any case.
    """

    edition: Edition
    rows: tuple[Row, ...]
    files: Mapping[str, str]
    standing: Standing

    @property
    def summary(self) -> str:
        """Say in one line what changed."""
        if not self.rows:
            return f"{self.edition.id}: nothing changed"
        lines = [row for row in self.rows if len(row.code) == LINE]
        numbers = [row for row in self.rows if len(row.code) > LINE]
        gone = sum(row.text is None for row in self.rows)
        return (
            f"{self.edition.id}: {len(lines)} rate lines and {len(numbers)} statistical numbers changed, "
            f"{gone} of them gone, from {self.edition.start}"
        )


def release_of(name: str) -> str | None:
    """Return the release a file name states, as the schedule calls it; None when it states none.

    >>> release_of("hts_2026_rev_11.json.gz")
    '2026-rev-11'
    >>> release_of("hts_2025_basic_edition.csv")
    '2025-basic'
    """
    found = _NAME.search(name)
    if found is None:
        return None
    year, kind, revision = found.groups()
    return f"{year}-rev-{int(revision)}" if revision else f"{year}-{kind.lower()}"


def read_schedule(folder: Path) -> ScheduleFile:
    """Read the schedule files of a folder.

    Raises ``ScheduleError`` when they cannot be right, ``OSError`` when they cannot be read.
    """
    tables = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.csv"))}
    return decode_schedule((folder / EDITIONS).read_text("utf-8"), tables, line=LINE)


def known_releases(schedule: ScheduleFile) -> frozenset[str]:
    """Return the names of all releases that the schedule holds, those that changed nothing among them."""
    return frozenset(name for edition in schedule.editions for name in (edition.id, *edition.unchanged))


def standing_of(schedule: ScheduleFile, release: str) -> Standing | None:
    """Return where a release stands, by name or as the file that stands in for an edition; None when nowhere."""
    place, stand_in = 0, None
    for edition in schedule.editions:
        names = (edition.id, *edition.unchanged)
        if release in names:
            return Standing(edition, place + names.index(release))
        if stand_in is None and release in map(release_of, edition.files):
            stand_in = Standing(edition, place)
        place += len(names)
    return stand_in


def state_of(schedule: ScheduleFile) -> EditionTable:
    """Return what the schedule states once every edition is laid over those before."""
    rows: dict[str, list[Row]] = {edition.id: [] for edition in schedule.editions}
    for row in schedule.rows:
        rows[row.edition].append(row)
    state = EditionTable({}, {})
    for edition in schedule.editions:
        state = apply(state, rows[edition.id])
    return state


def import_edition(
    schedule: ScheduleFile,
    table: EditionTable,
    release: str,
    file: str,
    *,
    published: date,
    start: date | None = None,
) -> Imported:
    """Lay an edition over a schedule.

    ``release``: its name (``2026-rev-11``); ``file``: the name of the file it was read from; ``published``: the day
    it was posted; ``start``: the first day of entry of its texts, by default the day the release is known to apply
    from, else ``published``. Raises ``ImportRefused`` when the release is there already, is older than the last, or
    lacks so many rate lines that it cannot be a whole edition.
    """
    if release in known_releases(schedule):
        raise ImportRefused(f"{release} is in the schedule already")
    last = schedule.editions[-1]
    if published < last.published:
        raise ImportRefused(
            f"{release} was published on {published}, before {last.id} ({last.published}): import in order"
        )
    edition = running(release, published, file)
    if start is not None:
        edition = replace(edition, start=start)
    state = state_of(schedule)
    missing = len(state.lines.keys() - table.lines.keys())
    if missing > MOST_GONE * len(state.lines):
        raise ImportRefused(
            f"{file} lacks {missing} of the {len(state.lines)} rate lines in force: it is no whole edition, and all "
            "of them would end"
        )
    rows = difference(state, table, edition)
    if rows:
        editions: Sequence[Edition] = (*schedule.editions, edition)
        changed = {f"{edition.id}.csv": table_csv(edition, rows)}
    else:
        editions = (*schedule.editions[:-1], replace(last, unchanged=(*last.unchanged, release)))
        changed = {}
    place = sum(1 + len(it.unchanged) for it in schedule.editions)
    files = {EDITIONS: editions_yaml(editions), **changed}
    return Imported(edition, tuple(rows), files, Standing(edition, place))


def extended(schedule: ScheduleFile, imported: Imported) -> ScheduleFile:
    """Return the schedule with an imported edition added, without reading the files again."""
    if imported.rows:
        editions = (*schedule.editions, imported.edition)
    else:
        last = schedule.editions[-1]
        editions = (*schedule.editions[:-1], replace(last, unchanged=(*last.unchanged, imported.edition.id)))
    return replace(schedule, editions=editions, rows=(*schedule.rows, *imported.rows))


def write(folder: Path, imported: Imported) -> None:
    """Write the files that changed, all or none; raises ``OSError``."""
    replace_files(folder, imported.files)
