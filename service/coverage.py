"""Coverage: for which goods, origins and days the law data are complete, and which acts they include."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from service.engine.answers import ActRef, ReleaseRef
from service.law.importer import ImporterLaw
from service.law.terms import AllGoods, GoodsList, GoodsPrefixes, Origins, Program


class OriginSet(msgspec.Struct, frozen=True, omit_defaults=True):
    """Countries and groups: those of ``include`` (``*`` is every origin) less those of ``exclude``."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


class Covered(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Origins and days of entry for which the law is complete, as last verified on ``verified``."""

    origins: OriginSet
    from_: date | None
    until: date | None
    verified: date
    doubts: tuple[str, ...]


class Gap(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A program known to exist whose law is not encoded; ``claims_only``: it matters only to who claims something."""

    program: str
    title: str
    goods: str
    origins: OriginSet
    from_: date | None
    until: date | None
    claims_only: bool
    text: str


class ProgramCoverage(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What is encoded of a program: the days from its first measure on, the last act included, and doubts noted."""

    program: str
    title: str
    authority: str
    measures: int
    acts: int
    from_: date | None
    until: date | None
    last_act: ActRef | None
    doubts: tuple[str, ...]


class ImporterCoverage(msgspec.Struct, frozen=True):
    """The coverage of one importer; ``excludes`` are charges that are never part of an answer."""

    importer: str
    title: str
    covered: tuple[Covered, ...]
    not_covered: tuple[Gap, ...]
    programs: tuple[ProgramCoverage, ...]
    excludes: tuple[str, ...]


class Coverage(msgspec.Struct, frozen=True):
    """The coverage of every importer in one release."""

    items: tuple[ImporterCoverage, ...]
    release: ReleaseRef


def _origins(origins: Origins) -> OriginSet:
    return OriginSet(origins.include, origins.exclude)


def _goods(goods: AllGoods | GoodsList | GoodsPrefixes) -> str:
    if isinstance(goods, AllGoods):
        return "all"
    if isinstance(goods, GoodsList):
        return f"lists/{goods.name}"
    return ", ".join(goods.include) + (f" except {', '.join(goods.exclude)}" if goods.exclude else "")


def _program(program: Program, law: ImporterLaw, periods: list[tuple[date | None, date | None]]) -> ProgramCoverage:
    named = {amendment.act for measure in program.measures for amendment in measure.amendments}
    acts = [law.acts[name] for name in named if name in law.acts]
    last = max(acts, key=lambda act: (act.rank, act.id), default=None)
    starts = [start for start, _ in periods]
    ends = [end for _, end in periods]
    return ProgramCoverage(
        program=program.id,
        title=program.title,
        authority=program.authority,
        measures=len(program.measures),
        acts=len(acts),
        from_=None if None in starts else min((day for day in starts if day), default=None),
        until=None if None in ends else max((day for day in ends if day), default=None),
        last_act=None if last is None else ActRef(last.id, last.title, last.citation, last.announced),
        doubts=program.notes,
    )


def coverage_of(law: ImporterLaw) -> ImporterCoverage:
    """Return the coverage of one importer's law."""
    importer = law.importer
    periods: dict[str, list[tuple[date | None, date | None]]] = {}
    for version in law.versions:
        periods.setdefault(version.program, []).append((version.valid.first, version.valid.end))
    return ImporterCoverage(
        importer=importer.code,
        title=importer.title,
        covered=tuple(
            Covered(_origins(row.origins), row.valid.first, row.valid.end, row.verified, row.doubts)
            for row in importer.coverage
        ),
        not_covered=tuple(
            Gap(
                row.program,
                row.title,
                _goods(row.goods),
                _origins(row.origins),
                row.valid.first,
                row.valid.end,
                row.claims_only,
                row.text,
            )
            for row in importer.not_covered
        ),
        programs=tuple(_program(program, law, periods.get(program.id, [])) for program in law.programs),
        excludes=importer.excludes,
    )


def coverage_answer(items: Iterable[ImporterCoverage], release: ReleaseRef) -> Coverage:
    """Return the answer to ``/v1/coverage``."""
    return Coverage(tuple(items), release)
