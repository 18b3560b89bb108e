"""What changed from one edition to the next, by meaning and not by spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache

from msgspec.structs import replace

from service.hts.editions import LINE, EditionTable
from service.law.periods import period
from service.law.rate_text import parse_rate, special_segments
from service.law.rates import ByReference, Rate, Unresolved
from service.law.schedule import Edition, LineText, Row

_CONDITION = re.compile(r" bond| set$")
"""Texts that say more than their rate and keep their wording."""


def difference(previous: EditionTable, following: EditionTable, edition: Edition) -> list[Row]:
    """Return the rows of ``edition``: codes whose units or rates changed, that are new, or that are gone.

    Every row starts on the edition's own first day. Differences of spelling alone are not changes.
    """
    from_start = period(edition.start)
    rows: list[Row] = []
    for code, text in following.lines.items():
        if code not in previous.lines or not same_text(previous.lines[code], text):
            rows.append(Row(code, edition.id, from_start, text))
    for code, units in following.numbers.items():
        if previous.numbers.get(code) != units:
            rows.append(Row(code, edition.id, from_start, LineText(units, ("", "", ""))))
    for before, after in ((previous.lines, following.lines), (previous.numbers, following.numbers)):
        rows += [Row(code, edition.id, from_start, None) for code in before if code not in after]
    return sorted(rows, key=lambda row: row.code)


def apply(table: EditionTable, rows: Iterable[Row]) -> EditionTable:
    """Return the table as it stands after the open-ended rows: what the next edition is compared with."""
    lines, numbers = dict(table.lines), dict(table.numbers)
    for row in sorted(rows, key=lambda row: row.period.start):
        if row.period.end is not None:
            continue
        if len(row.code) == LINE:
            lines.pop(row.code, None)
            if row.text is not None:
                lines[row.code] = row.text
        else:
            numbers.pop(row.code, None)
            if row.text is not None:
                numbers[row.code] = row.text.units
    return EditionTable(lines, numbers)


def same_text(one: LineText, two: LineText) -> bool:
    """Tell whether two texts of a line mean the same, units included."""
    if one.units != two.units or one.approximate != two.approximate:
        return False
    general, special, column2 = zip(one.columns, two.columns, strict=True)
    return same_rate(*general) and same_special(*special) and same_rate(*column2)


def same_rate(one: str, two: str) -> bool:
    """Tell whether two general or column 2 texts mean the same."""
    return one == two or (bool(one) and bool(two) and _rate(one) == _rate(two))


def same_special(one: str, two: str) -> bool:
    """Tell whether two special cells give every program the same rate."""
    return one == two or _programs(one) == _programs(two)


@cache
def _rate(text: str) -> Rate:
    return parse_rate(text)


@cache
def _programs(text: str) -> frozenset[tuple[str, Rate | None]]:
    return frozenset(
        (symbol, _rate(said) if said else None)
        for symbols, said in special_segments(text)
        for symbol in symbols or ("",)
    )


def without_symbols(text: LineText, symbols: Collection[str]) -> LineText:
    """Return the text with these program symbols taken out of its special cell."""
    general, special, column2 = text.columns
    kept: list[str] = []
    for listed, said in special_segments(special):
        left = [symbol for symbol in listed if symbol not in symbols]
        if left:
            kept.append(f"{said} ({','.join(left)})".strip())
        elif not listed:
            kept.append(said)
    return replace(text, columns=(general, " ".join(kept), column2))


# --- noise -----------------------------------------------------------------------------------------------


def heal(tables: Sequence[EditionTable], days: Sequence[date], *, within: int = 60) -> list[EditionTable]:
    """Take single-edition slips out of a run of editions, ``days`` being their days of publication.

    A code that one edition lacks though the editions around it have it was left out by mistake; a code that
    one edition has and the next, published ``within`` days, takes back was printed by mistake.
    """
    healed = list(tables)
    for at in range(1, len(tables) - 1):
        before, now, after = healed[at - 1], healed[at], tables[at + 1]
        taken_back = (days[at + 1] - days[at]).days <= within
        lines, numbers = dict(now.lines), dict(now.numbers)
        lines.update({code: before.lines[code] for code in _missing(before.lines, now.lines, after.lines)})
        numbers.update({code: before.numbers[code] for code in _missing(before.numbers, now.numbers, after.numbers)})
        if taken_back:
            for code in _alone(before.lines, now.lines, after.lines):
                del lines[code]
            for code in _alone(before.numbers, now.numbers, after.numbers):
                del numbers[code]
        healed[at] = EditionTable(lines, numbers)
    return healed


def _missing(before: Collection[str], now: Collection[str], after: Collection[str]) -> list[str]:
    return [code for code in before if code not in now and code in after]


def _alone(before: Collection[str], now: Collection[str], after: Collection[str]) -> list[str]:
    return [code for code in now if code not in before and code not in after]


def spell(tables: Sequence[EditionTable]) -> list[EditionTable]:
    """Write every rate in the spelling that is most frequent for its meaning over all the tables."""
    spellings: dict[Rate, Counter[str]] = {}
    for table in tables:
        for text in table.lines.values():
            for said in _rates(text):
                rate = _rate(said)
                if not isinstance(rate, (Unresolved, ByReference)) and not _CONDITION.search(said):
                    spellings.setdefault(rate, Counter())[said] += 1
    usual = {said: counts.most_common(1)[0][0] for counts in spellings.values() for said in counts}
    cells: dict[str, str] = {}
    return [
        EditionTable({code: _respelled(text, usual, cells) for code, text in table.lines.items()}, table.numbers)
        for table in tables
    ]


def _rates(text: LineText) -> Iterable[str]:
    general, special, column2 = text.columns
    yield from filter(None, (general, column2))
    yield from (said for _, said in special_segments(special) if said)


def _respelled(text: LineText, usual: dict[str, str], cells: dict[str, str]) -> LineText:
    general, special, column2 = text.columns
    if special not in cells:
        cells[special] = " ".join(
            f"{usual.get(said, said)} ({','.join(symbols)})".strip() if symbols else usual.get(said, said)
            for symbols, said in special_segments(special)
        )
    columns = (usual.get(general, general), cells[special], usual.get(column2, column2))
    return text if columns == text.columns else replace(text, columns=columns)
