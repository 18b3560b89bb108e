"""The law cut down to the goods that some questions ask about: compiled in a moment, same answers for those goods."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from msgspec.structs import replace

from service.law.importer import ImporterLaw
from service.law.terms import GoodsListSource, ListVersion


class Goods:
    """The codes below some rate lines, with every prefix of them."""

    def __init__(self, law: ImporterLaw, asked: Iterable[str]) -> None:
        size = law.importer.codes.line
        lines = {code[:size] for code in asked}
        codes = {v.code for v in law.lines} | {v.code for v in law.statistical}
        self.codes = sorted(code for code in codes if code[:size] in lines)
        self.prefixes = frozenset(code[:end] for code in self.codes for end in range(1, len(code) + 1))

    def below(self, prefix: str) -> list[str]:
        """Return the codes under a prefix, itself included."""
        low = bisect_left(self.codes, prefix)
        return self.codes[low : bisect_left(self.codes, prefix + ":", low)]

    def law(self, law: ImporterLaw) -> ImporterLaw:
        """Cut a law down: its schedule and the rows of its lists; programs and measures stay whole."""
        kept = frozenset(self.codes)
        return replace(
            law,
            lines=tuple(v for v in law.lines if v.code in kept),
            statistical=tuple(v for v in law.statistical if v.code in kept),
            lists={name: self.source(source) for name, source in law.lists.items()},
            list_versions=tuple(map(self._version, law.list_versions)),
        )

    def source(self, source: GoodsListSource) -> GoodsListSource:
        """Cut a list down to the rows that can match."""
        return replace(source, rows=tuple(row for row in source.rows if row.code in self.prefixes))

    def _version(self, version: ListVersion) -> ListVersion:
        return replace(version, entries=tuple(e for e in version.entries if e.code in self.prefixes))
