"""Measures that can never be reached: an earlier one without a condition always decides before them.

Conservative: what is reported is certain; what is not reported may still be unreachable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.law.importer import ImporterLaw
from service.law.periods import EVER, Period
from service.law.rates import (
    Bounded,
    ByReference,
    Exempt,
    Form,
    InLieuOfAll,
    NoChange,
    NonUsPart,
    Prohibited,
    Silent,
    Sliding,
    Total,
)
from service.law.terms import (
    VIEWS,
    AllGoods,
    Basis,
    Goods,
    GoodsList,
    GoodsPrefixes,
    Measure,
    Origins,
    Program,
    Version,
    View,
)

_DECIDING = (Bounded, ByReference, Exempt, Form, InLieuOfAll, NoChange, NonUsPart, Prohibited, Sliding, Total)
"""Rates that decide for every entry. Others may say nothing: a row or a column without a rate."""

Rectangle = tuple[Period, Period]


def unreachable(law: ImporterLaw, program: Program) -> Iterator[tuple[Measure, Measure]]:
    """Yield measures that are covered at all times, in both views, with an earlier measure that covers them."""
    wider = _Wider(law)
    versions: dict[tuple[str, View], list[Version]] = {}
    for version in law.versions:
        if version.program == program.id and not isinstance(version.terms.rate, Silent):
            versions.setdefault((version.measure, version.view), []).append(version)
    measures = {measure.id: measure for measure in program.measures}
    deciding: dict[View, list[Version]] = {view: [] for view in VIEWS}
    for measure in program.measures:
        behind: str | None = None
        hidden = any((measure.id, view) in versions for view in VIEWS)
        for view in VIEWS:
            for version in versions.get((measure.id, view), ()):
                covering = [other for other in deciding[view] if wider.covers(other, version)]
                if not covering or _left_of((version.valid, version.known), covering):
                    hidden = False
                    break
                behind = covering[0].measure
        if hidden and behind is not None:
            yield measure, measures[behind]
        for view in VIEWS:
            deciding[view] += [v for v in versions.get((measure.id, view), ()) if _decides_all(v)]


def _decides_all(version: Version) -> bool:
    terms = version.terms
    return (
        terms.when is None
        and terms.basis == Basis()
        and not terms.columns
        and isinstance(terms.rate, _DECIDING)
    )  # fmt: skip


def _left_of(rectangle: Rectangle, covering: Sequence[Version]) -> list[Rectangle]:
    """Return what the versions leave uncovered of a rectangle of valid x known time."""
    left = [rectangle]
    for version in covering:
        left = [part for whole in left for part in _without(whole, (version.valid, version.known))]
    return left


def _without(whole: Rectangle, hole: Rectangle) -> list[Rectangle]:
    valid, known = whole[0] & hole[0], whole[1] & hole[1]
    if valid is None or known is None:
        return [whole]
    parts: list[Rectangle] = []
    if whole[0].start < valid.start:
        parts.append((Period(whole[0].start, valid.start), whole[1]))
    if valid.until < whole[0].until:
        parts.append((Period(valid.until, whole[0].until), whole[1]))
    if whole[1].start < known.start:
        parts.append((valid, Period(whole[1].start, known.start)))
    if known.until < whole[1].until:
        parts.append((valid, Period(known.until, whole[1].until)))
    return parts


class _Wider:
    """Whether goods and origins of one version certainly include those of another."""

    def __init__(self, law: ImporterLaw) -> None:
        self._groups = law.importer.groups
        self._lists: dict[str, set[str]] = {}
        for version in law.list_versions:
            codes = self._lists.setdefault(version.name, set())
            codes.update(entry.code for entry in version.entries if entry.include)
        self._goods: dict[tuple[Goods, Goods], bool] = {}

    def covers(self, wide: Version, narrow: Version) -> bool:
        key = (wide.terms.goods, narrow.terms.goods)
        if key not in self._goods:
            self._goods[key] = self._goods_cover(*key)
        return self._goods[key] and self._origins_cover(wide.terms.origins, narrow.terms.origins)

    def _goods_cover(self, wide: Goods, narrow: Goods) -> bool:
        if wide == narrow or isinstance(wide, AllGoods):
            return True
        if not isinstance(wide, GoodsPrefixes) or wide.exclude:
            return False
        if isinstance(narrow, GoodsPrefixes):
            return all(code.startswith(wide.include) for code in narrow.include)
        codes = self._lists.get(narrow.name, set()) if isinstance(narrow, GoodsList) else set()
        return bool(codes) and all(code.startswith(wide.include) for code in codes)

    def _origins_cover(self, wide: Origins, narrow: Origins) -> bool:
        if wide == narrow or (wide.include == ("*",) and not wide.exclude):
            return True
        out = self._possible(wide.exclude)
        if "*" in narrow.include:
            return "*" in wide.include and out <= self._certain(narrow.exclude)
        within = self._possible(narrow.include) - self._certain(narrow.exclude)
        if "*" in wide.include:
            return not within & out
        return within <= self._certain(wide.include) - out

    def _possible(self, names: Sequence[str]) -> set[str]:
        """Return the countries that belong to the names on some day."""
        return {c for name in names for c in self._members(name)}

    def _certain(self, names: Sequence[str]) -> set[str]:
        """Return the countries that belong to the names on every day."""
        return {c for name in names for c, always in self._members(name).items() if always}

    def _members(self, name: str) -> dict[str, bool]:
        if name not in self._groups:
            return {name: True}
        return {member.country: member.valid == EVER for member in self._groups[name]}
