"""Which goods exist when: whether the goods of a measure match any."""

from __future__ import annotations

from bisect import bisect_left

from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.terms import AllGoods, Goods, GoodsList, ListVersion


class Nomenclature:
    """The codes of the base schedule of all years, and the goods lists, of one importer."""

    def __init__(self, law: ImporterLaw) -> None:
        periods: dict[str, list[Period]] = {}
        for line in law.lines:
            periods.setdefault(line.code, []).append(line.valid)
        for number in law.statistical:
            periods.setdefault(number.code, []).append(number.valid)
        self._line = law.importer.codes.line
        self._periods = periods
        self._codes = sorted(periods)
        self._lists: dict[str, list[ListVersion]] = {}
        for version in law.list_versions:
            self._lists.setdefault(version.name, []).append(version)
        self._found: dict[tuple[str, Period], bool] = {}

    def problem(self, goods: Goods, valid: Period, known: Period) -> str:
        """Say why the goods match nothing over a rectangle, "" if they match something.

        Only that something exists on some of the days is asked, whatever day it became known.
        """
        if isinstance(goods, AllGoods):
            return "" if self._codes else "the base schedule has no codes"
        if not isinstance(goods, GoodsList):
            found = any(self.exists(code, valid) for code in goods.include)
            return "" if found else f"no goods stand under {', '.join(goods.include)} in those years"
        held = [v for v in self._lists.get(goods.name, ()) if v.valid & valid and v.known & known]
        if not held:
            return f"the list {goods.name} has no rows then"
        for version in held:
            days = version.valid & valid
            if days and any(entry.include and self.exists(entry.code, days) for entry in version.entries):
                return ""
        return f"no goods of those years stand under a row of the list {goods.name}"

    def exists(self, prefix: str, days: Period) -> bool:
        """Tell whether a code of the schedule stands under the prefix on any of the days.

        A prefix longer than a rate line exists with its line: the statistical numbers may not be known.
        """
        found = self._found.get((prefix, days))
        if found is None:
            found = self._found[prefix, days] = self._look(prefix, days)
        return found

    def _look(self, prefix: str, days: Period) -> bool:
        at = bisect_left(self._codes, prefix)
        while at < len(self._codes) and self._codes[at].startswith(prefix):
            if any(period & days for period in self._periods[self._codes[at]]):
                return True
            at += 1
        line = prefix[: self._line]
        return len(prefix) > self._line and any(period & days for period in self._periods.get(line, ()))
