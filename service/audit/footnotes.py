"""Do the lists here hold what the footnotes of the schedule point to? A line that names a heading is hit by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from service.audit.compare import headings_of
from service.law.importer import ImporterLaw
from service.law.rates import Silent
from service.law.terms import AllGoods, Goods, GoodsPrefixes, ListEntry


class Pointer(msgspec.Struct, frozen=True):
    """A line or statistical number whose footnote names a heading; ``hit``: a measure of that heading takes it."""

    code: str
    heading: str
    hit: bool


class Lists:
    """The goods of the measures of each heading in force on a day, as known on another."""

    def __init__(self, law: ImporterLaw, day: date, known_on: date) -> None:
        asked, known = day.toordinal(), known_on.toordinal()
        self._entries = {
            version.name: _by_code(version.entries)
            for version in law.list_versions
            if asked in version.valid and known in version.known
        }
        bearing = headings_of(law)
        self._goods: dict[str, list[Goods]] = defaultdict(list)
        for version in law.versions:
            spoken = version.view == "collected" and not isinstance(version.terms.rate, Silent)
            if spoken and known in version.known and asked in version.valid:
                self._goods[bearing[version.program, version.measure]].append(version.terms.goods)

    def check(self, footnotes: Mapping[str, tuple[str, ...]]) -> Iterator[Pointer]:
        """Yield each footnote that names a heading in force here."""
        for code, headings in footnotes.items():
            for heading in headings:
                if heading in self._goods:
                    yield Pointer(code, heading, any(self._takes(goods, code) for goods in self._goods[heading]))

    def _takes(self, goods: Goods, code: str) -> bool:
        """Tell whether the goods hold a code, or a part of it."""
        if isinstance(goods, AllGoods):
            return True
        if isinstance(goods, GoodsPrefixes):
            entries = {**dict.fromkeys(goods.exclude, False), **dict.fromkeys(goods.include, True)}
        else:
            entries = self._entries.get(goods.name, {})
        matching = [length for length in range(len(code), 1, -1) if code[:length] in entries]
        if matching and entries[code[: matching[0]]]:
            return True
        return any(included and longer.startswith(code) for longer, included in entries.items())


def _by_code(entries: tuple[ListEntry, ...]) -> dict[str, bool]:
    return {entry.code: entry.include for entry in entries}
