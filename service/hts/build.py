"""Making the schedule files from a folder of official editions."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from service.hts import plan
from service.hts.database import DatabaseLine, next_step, read_database
from service.hts.difference import apply, difference, heal, same_rate, same_special, spell, without_symbols
from service.hts.editions import LINE, EditionTable, read_edition
from service.hts.write import write_schedule
from service.law.periods import Period, period
from service.law.schedule import Edition, LineText, Row

_EMPTY: Final = EditionTable({}, {})
_STAND_INS: Final = ("2019-rev-20", "2020-rev-18", "2021-rev-12", "2022-rev-12", "2023-rev-11", "2024-rev-4")
_STEP: Final = (date(2018, 7, 1), date(2019, 7, 1))

Step = tuple[Edition, list[Row]]


class Releases:
    """The releases of a folder with a file, in order: ``releases.csv`` names them and gives their days."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.published: dict[str, date] = {}
        self.files: dict[str, str] = {}
        with (source / "releases.csv").open(newline="", encoding="utf-8") as listing:
            for row in csv.DictReader(listing):
                if row["files"]:
                    self.published[row["release"]] = date.fromisoformat(row["published"] or row["current_from"])
                    self.files[row["release"]] = row["files"].split(";")[0]

    def tables(self) -> dict[str, EditionTable]:
        """Read every file once, take slips out and give each rate one spelling."""
        names = list(self.files)
        read: dict[str, EditionTable] = {name: read_edition(self.source / self.files[name]) for name in names}
        days = [self.published[name] for name in names]
        return dict(zip(names, spell(heal(list(read.values()), days)), strict=True))


def build(source: Path, target: Path) -> list[Step]:
    """Read all editions in ``source`` and write ``editions.yaml`` and the tables to ``target``.

    Returns the editions with their rows. Raises ``EditionError`` for a file that is not an edition and
    ``OSError`` when one is missing.
    """
    releases = Releases(source)
    tables = releases.tables()
    early = early_steps(tables, read_database(source / plan.DATABASE, date(2018, 1, 1)))
    later = [
        (plan.running(name, releases.published[name], releases.files[name]), table)
        for name, table in tables.items()
        if name not in _STAND_INS
    ]
    steps = running_steps(early, later)
    write_schedule(target, steps)
    return steps


def running_steps(steps: Sequence[Step], editions: Iterable[tuple[Edition, EditionTable]]) -> list[Step]:
    """Add editions to ``steps``, each compared with the state before it.

    An edition that changes nothing gets no table; the edition before names it as unchanged.
    """
    done = list(steps)
    state = _EMPTY
    for _, rows in done:
        state = apply(state, rows)
    for edition, table in editions:
        rows = difference(state, table, edition)
        if rows or not done:
            done.append((edition, rows))
            state = apply(state, rows)
        else:
            last, its_rows = done[-1]
            done[-1] = (replace(last, unchanged=(*last.unchanged, edition.id)), its_rows)
    return done


# --- 2018 to mid-2024 ------------------------------------------------------------------------------------


def early_steps(tables: Mapping[str, EditionTable], database: Mapping[str, DatabaseLine]) -> list[Step]:
    """Date the changes of the years of which only single files are at hand; see ``plan`` for the reasons."""
    t19, t20, t21, t22, t23, t24 = (tables[name] for name in _STAND_INS)
    steps: list[Step] = []
    state = _EMPTY

    def step(edition: Edition, rows: list[Row]) -> None:
        nonlocal state
        steps.append((edition, rows))
        state = apply(state, rows)

    step(plan.BASIC_2018, rows_of_2018(t19, database))
    step(plan.WOOD_2018, _renumbered(state, t19, plan.WOOD_2018))
    step(plan.BASIC_2019, difference(state, t19, plan.BASIC_2019))
    before_usmca = _without(t20, ("S", "S+"))
    step(plan.BASIC_2020, _kept_to_july(difference(state, before_usmca, plan.BASIC_2020)))
    step(plan.USMCA_2020, difference(state, _without(t20, ("CA", "MX")), plan.USMCA_2020))
    of_2020 = state
    unreduced = _with_general(t21, of_2020, plan.EU_LINES)
    step(plan.PRELIMINARY_2021, _kept_to_july(difference(state, unreduced, plan.PRELIMINARY_2021)))
    step(plan.EU_2021, _reduced(of_2020, t21))
    step(plan.BASIC_2022, _staged(difference(state, t22, plan.BASIC_2022), state, date(2022, 1, 1)))
    step(plan.BASIC_2023, _kept_to_july(difference(state, t23, plan.BASIC_2023)))
    changes = difference(state, t24, plan.BASIC_2024)
    step(plan.BASIC_2024, [row for row in changes if not _is_july_2024(row)])
    step(plan.JULY_2024, difference(state, t24, plan.JULY_2024))
    return steps


def rows_of_2018(t19: EditionTable, database: Mapping[str, DatabaseLine]) -> list[Row]:
    """Return the first edition: the lines of the database, with the steps of the expansion."""
    whole = period(plan.BASIC_2018.start)
    rows: list[Row] = []
    for code, line in database.items():
        later = t19.lines.get(code)
        if later is None:
            text = LineText((), (line.general, line.special, line.column2))
            rows.append(Row(code, plan.BASIC_2018.id, whole, text))
            continue
        general, _, column2 = later.columns
        freed = general == "Free" and line.general != "Free"
        kept = line.general if freed else general
        text = LineText(later.units, (kept, _special(line, later), column2))
        rows += _steps_to_free(code, text, later) if freed else [Row(code, plan.BASIC_2018.id, whole, text)]
    for number, units in t19.numbers.items():
        if number[:LINE] in database:
            rows.append(Row(number, plan.BASIC_2018.id, whole, LineText(units, ("", "", ""))))
    return sorted(rows, key=_order)


def _special(line: DatabaseLine, later: LineText) -> str:
    """Prefer the later spelling of a special cell that means the same."""
    return later.columns[1] if same_special(line.special, later.columns[1]) else line.special


def _steps_to_free(code: str, text: LineText, free: LineText) -> list[Row]:
    general, special, column2 = text.columns
    step = next_step(general)
    if step is None:
        raise ValueError(f"{code}: no step can be computed from {general!r}")
    middle = LineText(text.units, (step, special, column2), approximate=True)
    edition, (first, last) = plan.BASIC_2018, _STEP
    return [
        Row(code, edition.id, period(edition.start, first), text),
        Row(code, edition.id, period(first, last), middle),
        Row(code, edition.id, period(last), free),
    ]


def _renumbered(state: EditionTable, t19: EditionTable, edition: Edition) -> list[Row]:
    lines = set(state.lines) ^ set(t19.lines)
    return [
        row
        for row in difference(state, t19, edition)
        if row.code[:LINE] in lines and row.code.startswith(plan.NEW_2018_10)
    ]


def _without(table: EditionTable, symbols: Sequence[str]) -> EditionTable:
    return EditionTable({code: without_symbols(text, symbols) for code, text in table.lines.items()}, table.numbers)


def _with_general(table: EditionTable, other: EditionTable, codes: Iterable[str]) -> EditionTable:
    """Return the table with the general rates of ``other`` for some lines."""
    lines = dict(table.lines)
    for code in codes:
        _, special, column2 = lines[code].columns
        lines[code] = replace(lines[code], columns=(other.lines[code].columns[0], special, column2))
    return EditionTable(lines, table.numbers)


def _reduced(of_2020: EditionTable, t21: EditionTable) -> list[Row]:
    """Return the rows of the retroactive reductions: the rest of 2020, then 2021 on."""
    edition = plan.EU_2021
    january = plan.PRELIMINARY_2021.start
    in_2020 = _with_general(of_2020, t21, plan.EU_LINES)
    rows: list[Row] = []
    for code in plan.EU_LINES:
        rows.append(Row(code, edition.id, period(edition.start, january), in_2020.lines[code]))
        rows.append(Row(code, edition.id, period(january), t21.lines[code]))
    return rows


def _kept_to_july(rows: Iterable[Row]) -> list[Row]:
    """Let statistical numbers that ended at an unknown day of the year live until July 1."""
    return [
        replace(row, period=period(plan.JULY[row.edition])) if row.text is None and len(row.code) > LINE else row
        for row in rows
    ]


def _staged(rows: Iterable[Row], state: EditionTable, first: date) -> list[Row]:
    """Let the rates of lines that stayed change on ``first`` instead of the edition's own first day."""

    def start(row: Row) -> Period:
        before = state.lines.get(row.code)
        if before is None or row.text is None or _same_rates(before, row.text):
            return row.period
        return period(first)

    return [replace(row, period=start(row)) for row in rows]


def _same_rates(one: LineText, two: LineText) -> bool:
    general, special, column2 = zip(one.columns, two.columns, strict=True)
    return same_rate(*general) and same_special(*special) and same_rate(*column2)


def _is_july_2024(row: Row) -> bool:
    return len(row.code) > LINE and row.code[:LINE] in plan.JULY_2024_LINES


def _order(row: Row) -> tuple[str, Period]:
    return row.code, row.period
