"""A small invented law, for tests of HTTP alone: one importer, a few codes, and every refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from service.coverage import coverage_of
from service.descriptions import Descriptions
from service.engine.answers import (
    Answer,
    Distribution,
    Goods,
    Headline,
    Interval,
    Layer,
    Question,
    Range,
    ReleaseRef,
    Spread,
    Timeline,
    TimelineInterval,
    Total,
)
from service.engine.refusals import (
    CodeTooShort,
    ImpossibleFacts,
    Near,
    NotDutiable,
    OutsideCoverage,
    UnknownCode,
    UnknownOrigin,
)
from service.law.facts import FactDefinition
from service.law.goods import CodeSystem
from service.law.importer import Coverage, Importer, ImporterLaw
from service.law.periods import Period
from service.law.terms import Origins
from service.snapshot import (
    ReleaseDetail,
    ReleaseDocument,
    ReleaseInfo,
    Snapshot,
    SourceUnavailable,
    Territory,
    UnknownRelease,
    described,
)

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC).timestamp()
"""Noon in New York."""

FIRST = date(2018, 1, 1)
DIED = date(2022, 1, 27)


def fact(name: str, type_: str, values: tuple[str, ...] = (), class_: str = "exceptional") -> FactDefinition:
    return FactDefinition(name, type_, class_, f"the {name}", "nothing is assumed", values=values)  # type: ignore[arg-type]


FACTS: Mapping[str, FactDefinition] = {
    item.name: item
    for item in (
        fact("preference", "symbol"),
        fact("claims", "headings"),
        fact("chapter_98", "heading"),
        fact("loaded_on", "date", class_="ordinary"),
        fact("value", "amount"),
        fact("currency", "currency"),
        fact("base_ave", "percent"),
        fact("us_content", "share"),
        fact("steel_content", "share", class_="ordinary"),
        fact("aluminum_content", "share", class_="ordinary"),
        fact("quantities", "quantities"),
        fact("part_values", "part_values"),
        fact("steel_melt_pour", "country_shares"),
        fact("donation", "bool"),
        fact("model_year", "year"),
        fact("transport", "enum", ("ocean", "air", "truck")),
        fact("uas", "flags", ("thermal_imaging", "not_for_uas")),
    )
}

LAW = ImporterLaw(
    importer=Importer(
        code="US",
        title="United States",
        time_zone="America/New_York",
        currency="USD",
        codes=CodeSystem((4, 6, 8, 10), 8, (4, 2, 2, 2), ("98", "99")),
        columns=("general",),
        base="us/mfn",
        metal_chapters={},
        chapter_98={},
        full_for_60=None,
        groups={},
        coverage=(Coverage(Origins(("CN",)), Period(FIRST.toordinal()), date(2026, 10, 10), ("a doubt",)),),
        not_covered=(),
        excludes=("fees",),
    ),
    facts=FACTS,
    acts={},
    programs=(),
    lists={},
    editions=(),
    versions=(),
    list_versions=(),
    lines=(),
    statistical=(),
)


def total(percent: str) -> Total:
    return Total(Decimal(percent), Decimal(percent), (), (), f"{percent}%")


class FakeSchedule:
    """Toys pay 30%; one code died in 2022. Duck-typed as ``service.engine.schedule.Schedule``."""

    def __init__(self, release: ReleaseRef) -> None:
        self.release = release
        self.asked: list[Question] = []

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        self._refuse(question)
        duty = total("30")
        layer = Layer(
            "us/mfn",
            "general",
            "MFN",
            "9503.00.00",
            "30%",
            Decimal(30),
            Decimal(30),
            (),
            (),
            Decimal(1),
            FIRST,
            None,
            (),
        )
        return Answer(
            importer=question.importer,
            origin=question.origin,
            date=question.date,
            known_on=question.known_on,
            view=question.view,
            goods=Goods("9503.00.00.73", "toys " * 300, ("No.",)),
            total=duty,
            range=Range(duty, duty),
            layers=(layer,),
            not_applied=(),
            could_change=(),
            assumptions=(),
            warnings=(),
            announced=(),
            prohibited=None,
            quota=None,
            see=(),
            if_admitted=(),
            excludes=("fees",),
            constant=Interval(FIRST, None),
            release=self.release,
        )

    def timeline(self, question: Question, start: date, until: date | None) -> Timeline:
        self._refuse(question)
        interval = TimelineInterval(start, until, total("30"), ())
        goods = Goods("9503.00.00.73", None, ("No.",))
        return Timeline(
            question.importer,
            question.origin,
            question.known_on,
            question.view,
            goods,
            start,
            until,
            (interval,),
            (),
            self.release,
        )

    def headline(self, origin: str, day: date, known_on: date, view: str) -> Headline:
        spread = Spread(None, None, None, None)
        return Headline(
            "US",
            origin,
            day,
            known_on,
            view,  # type: ignore[arg-type]
            Decimal(30),
            (),
            Distribution(0, 0, spread, spread),
            (),
            (),
            (),
            Interval(FIRST, None),
            self.release,
        )

    def _refuse(self, question: Question) -> None:
        facts, code = question.facts, question.code
        if question.origin == "ZZ":
            raise UnknownOrigin("ZZ is not a country")
        if question.origin == question.importer:
            raise NotDutiable("goods of US are not dutiable in US")
        if code[:2] in {"98", "99"}:
            raise NotDutiable("numbers of chapters 98 and 99 are not goods")
        if len(code) < 8:
            raise CodeTooShort(f"{code} is a heading", (Near("9503.00.00", "below", FIRST, None),))
        if code == "84733010" and question.date >= DIED:
            raise UnknownCode("8473.30.10 ended", (Near("8473.30.11", "successor", DIED, None),))
        if not code.startswith("9503"):
            raise UnknownCode(f"there is no {code}", (Near("9503.00.00", "near", FIRST, None),))
        if question.origin == "KP":
            raise OutsideCoverage("not covered")
        shares = [facts.get("steel_content", Decimal(0)), facts.get("aluminum_content", Decimal(0))]
        if sum(shares) > 1:  # type: ignore[arg-type]
            raise ImpossibleFacts("steel_content", "the shares add up to more than 1")
        if facts.get("model_year") == 1999:
            raise RuntimeError("a fault of ours")


def snapshot(number: int = 2, law: ImporterLaw = LAW) -> Snapshot:
    release = ReleaseRef(number, f"{number:064x}")
    territory = Territory(law.importer, FakeSchedule(release), coverage_of(law), ZoneInfo(law.importer.time_zone))
    return Snapshot(release, {"US": territory}, law.facts, loaded=NOW - 60)


class FakeSource:
    """Releases 1 to ``newest``; ``away`` is what a lost database looks like."""

    def __init__(self, newest: int = 2) -> None:
        self.newest = newest
        self.away = False
        self.loads: list[int] = []
        self.described: dict[str, Descriptions] = {}

    async def current(self) -> int | None:
        self._reach()
        return self.newest or None

    async def load(self, number: int) -> Snapshot:
        self._reach()
        if not 1 <= number <= self.newest:
            raise UnknownRelease(str(number))
        self.loads.append(number)
        return described(snapshot(number), self.described)

    async def descriptions(self) -> dict[str, Descriptions]:
        self._reach()
        return self.described

    async def infos(self, below: int | None, limit: int) -> tuple[ReleaseInfo, ...]:
        self._reach()
        top = self.newest if below is None else below - 1
        return tuple(
            ReleaseInfo(n, f"{n:064x}", self._day(n), "0.1.0", "") for n in range(top, max(0, top - limit), -1)
        )

    async def info(self, number: int) -> ReleaseDetail:
        self._reach()
        if not 1 <= number <= self.newest:
            raise UnknownRelease(str(number))
        documents = (ReleaseDocument("us/importer.yaml", "0" * 64, 10),)
        return ReleaseDetail(number, f"{number:064x}", self._day(number), "0.1.0", "", documents)

    def _day(self, number: int) -> datetime:
        return datetime(2026, 11, number, tzinfo=UTC)

    def _reach(self) -> None:
        if self.away:
            raise SourceUnavailable("connection refused")
