"""Law of an invented importer, built by hand: one of everything that the store must keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from service.law import conditions as c
from service.law import rates as r
from service.law.facts import FactDefinition
from service.law.goods import CodeSystem
from service.law.importer import Coverage, Importer, ImporterLaw, Membership, NotCovered
from service.law.periods import ALWAYS, EVER, FOREVER, Period, period
from service.law.schedule import Edition, LineText, LineVersion, StatVersion
from service.law.terms import (
    VIEWS,
    Act,
    AllGoods,
    Amendment,
    Announcement,
    Basis,
    GoodsList,
    GoodsPrefixes,
    ListEntry,
    ListVersion,
    Measure,
    Origins,
    Patch,
    Program,
    Terms,
    Version,
)

JAN, MAY, JUL = date(2025, 1, 1), date(2025, 5, 1), date(2025, 7, 1)
EVERYWHERE = Origins(("*",))
KG = r.Per(Decimal(1), "kg")

RATES: tuple[r.Rate, ...] = (
    r.Form(Decimal("2.50"), (r.Specific(Decimal("0.037"), "ATL", KG, on="drained weight"),)),
    r.Form(parts=(r.PartPercent(Decimal("4.7"), "rifle"),)),
    r.Sliding(Decimal("3.6606"), Decimal("0.020668"), "degree", Decimal(100), Decimal("3.143854"), "ATL", KG),
    r.Bounded(r.Form(Decimal(1)), minimum=r.Form(specific=(r.Specific(Decimal(2), "ATL", KG),))),
    r.GreaterOf((r.Form(Decimal(5)), r.FREE)),
    r.LesserOf((r.FromSchedule("general"), r.FromSchedule("special"))),
    r.EXEMPT,
    r.SILENT,
    r.SUSPENDED,
    r.NoChange(),
    r.Total(Decimal(15), replace=True),
    r.InLieuOfColumn2(r.Form(Decimal(35))),
    r.InLieuOfAll(r.FREE),
    r.NonUsPart(Decimal(25), Decimal("0.40")),
    r.FromList(),
    r.ByReference(("8205.90",), "see the articles"),
    r.ByReference(("9904.02.01",), "by value", r.Form(specific=(r.Specific(Decimal("0.666"), "ATL", KG),))),
    r.Unresolved("as agreed"),
    r.Unspecified(),
    r.Prohibited("until further notice"),
    r.QuotaLimit("psf", Decimal(600), "tonne"),
)

EVERY_CONDITION = c.AllOf(
    (
        c.FactIs("donation", value=True),
        c.AtLeast("us_content", Decimal("0.20")),
        c.Below("us_content", Decimal("0.9")),
        c.Between("value", Decimal(0), Decimal(800)),
        c.UnitValue("kg", "ATL", Decimal("0.25"), None, "9904.02.02", ("9904.02.01", "9904.02.02")),
        c.Before("loaded_on", date(2025, 4, 5).toordinal()),
        c.Not(c.Claims(("9903.88.05",))),
        c.PreferenceIn(("S", "S+")),
        c.AnyOf((c.EnteredFree(), c.ColumnIs("general"), c.BaseAtLeast(Decimal(15)))),
        c.MetalFrom("steel", ("AA",), Decimal("0.95")),
        c.MetalAnyFrom("aluminum", ("BB",)),
        c.ChargedUnder(("9903.94.01",), owed_only=True),
        c.QuotaIs("psf", "over"),
        c.Use(("repair",)),
    )
)


def _fact(name: str, type_: str, default: object, *values: str) -> FactDefinition:
    return FactDefinition(name, type_, "ordinary", f"what {name} is", "none", default, values)  # type: ignore[arg-type]


FACTS = {
    fact.name: fact
    for fact in (
        _fact("preference", "symbol", None),
        _fact("colour", "enum", "red", "red", "blue"),
        _fact("claims", "headings", ("9903.88.05", "9903.88.06")),
        _fact("chapter_98", "heading", "9802.00.40"),
        _fact("loaded_on", "date", date(2025, 4, 5).toordinal()),
        _fact("value", "amount", Decimal("800.00")),
        _fact("alcohol", "percent", Decimal("12.50")),
        _fact("us_content", "share", Decimal(0)),
        _fact("quantities", "quantities", (("kg", Decimal("1.50")), ("l", Decimal(2)))),
        _fact("part_values", "part_values", (("strap", Decimal(5)),)),
        _fact("steel_from", "country_shares", (("AA", Decimal("0.6")), ("BB", Decimal("0.4")))),
        _fact("donation", "bool", False),
        _fact("model_year", "year", 2025),
        _fact("flags", "flags", ("set",), "set", "other"),
        _fact("currency", "currency", "ATL"),
    )
}

ACTS = {
    act.id: act
    for act in (
        Act("tariff", "The Tariff Act", date(2020, 1, 1), "1 OJ 1", "https://law.example/1", 0, "a note"),
        Act("rise", "The Rise", JAN, sequence=1),
        Act("truce", "The Truce", MAY, sequence=2),
    )
}

IMPORTER = Importer(
    code="ATL",
    title="Atlantis",
    time_zone="Atlantic/Azores",
    currency="ATL",
    codes=CodeSystem((4, 6, 8, 10), 8, (4, 2, 2, 2), ("98", "99")),
    columns=("general", "special"),
    base="atl/base",
    metal_chapters={"76": "aluminum", "72": "steel"},
    chapter_98={"98020040": "work", "98": "none"},
    full_for_60="98020060",
    groups={"south": (Membership("BB", Period(ALWAYS, JAN.toordinal())), Membership("AA", EVER))},
    coverage=(Coverage(EVERYWHERE, period(JAN), date(2026, 10, 10), ("a doubt",)),),
    not_covered=(
        NotCovered(
            "atl/unknown",
            "Unknown",
            GoodsPrefixes(("72",)),
            EVERYWHERE,
            period(JAN, MAY),
            "not encoded",
            True,
            ("9903",),
        ),
    ),
    excludes=("excise", "ad-cvd"),
    percent_places=4,
)


def _base() -> Program:
    patch = Patch(rate=r.FromSchedule("general"), goods=AllGoods(), origins=EVERYWHERE)
    enacted = Amendment("tariff", period(date(2020, 1, 1)), Patch(), line=9)
    return Program(
        id="atl/base",
        title="Base duty",
        authority="Tariff Act",
        order=1,
        measures=(Measure("general", "0101", patch, (enacted,), line=7),),
        acts=("tariff",),
        path="atl/programs/base.yaml",
    )


def _surcharge() -> Program:
    whole = Patch(
        rate=RATES[0],
        goods=GoodsList("metals"),
        origins=Origins(("*",), ("south",)),
        when=EVERY_CONDITION,
        basis=Basis("rest", (("72", "full"),)),
        counted="applied",
        columns=(("special", r.SILENT),),
    )
    said = Announcement("threat", MAY, "Soon.", Origins(("AA",)), period(JUL), JUL, "https://law.example/threat")
    measures = tuple(
        Measure(
            f"m{at}",
            f"9903.00.{at:02}",
            whole if at == 0 else Patch(),
            (
                Amendment("rise", period(JAN), Patch(rate=rate), line=20 + at),
                Amendment("truce", period(JAN, MAY), Patch(rate=r.SILENT, when=None), "law", 40 + at),
            ),
            title=f"Rate {at}",
            assume={"donation": True, "us_content": Decimal("0.10"), "claims": ("9903.88.05",)} if at == 0 else {},
            classes={"us_content": "ordinary", "donation": "exceptional"} if at == 0 else {},
            notes="a note" if at == 0 else None,
            line=10 + at,
        )
        for at, rate in enumerate(RATES)
    )
    return Program(
        id="atl/surcharge",
        title="Surcharge",
        authority="Emergency",
        order=2,
        measures=measures,
        chapter_98="not_affected",
        announcements=(said, Announcement("idea", JUL, "Perhaps.")),
        acts=("rise", "truce"),
        notes=("a choice", "another"),
        path="atl/programs/surcharge.yaml",
    )


def version(
    valid: Period, known: Period, *, rate: r.Rate = r.FREE, measure: str = "m0", view: str = "law", **terms: object
) -> Version:
    whole = Terms(rate, GoodsList("metals"), EVERYWHERE, **terms)  # type: ignore[arg-type]
    return Version("atl/surcharge", measure, view, valid, known, whole, ("rise",))  # type: ignore[arg-type]


def _versions() -> tuple[Version, ...]:
    before = Period(JAN.toordinal(), MAY.toordinal())
    after = Period(MAY.toordinal(), FOREVER)
    surcharge = [
        version(valid, known, rate=rate, measure=f"m{at}", view=view, when=EVERY_CONDITION, beneath=rate)
        for at, rate in enumerate(RATES)
        for view in VIEWS
        for valid in (before, after)
        for known in (before, after)
    ]
    base = Terms(r.FromSchedule("general"), AllGoods(), EVERYWHERE)
    return (
        *surcharge,
        *(Version("atl/base", "general", view, period(date(2020, 1, 1)), EVER, base, ("tariff",)) for view in VIEWS),
    )


ENTRIES = (
    ListEntry("7208", True, "rise", (("rate", "25%"), ("article", "of “steel”"))),
    ListEntry("72085100", False, "rise"),
)
EDITION = Edition("2025-rev-1", JAN, JAN, "First edition")


def schedule(lines: int = 3, statistical: int = 2) -> tuple[tuple[LineVersion, ...], tuple[StatVersion, ...]]:
    """Give a schedule with this many rate lines and statistical numbers, each in two versions."""
    halves = (Period(ALWAYS, MAY.toordinal()), Period(MAY.toordinal(), FOREVER))
    rate_lines = tuple(
        LineVersion(
            f"{1000_0000 + at}",
            valid,
            EVER,
            LineText(("kg", "No."), (f"{at % 50}%", "" if at % 7 else "Free (AA)"), at % 3 == 0),
            EDITION.id,
        )
        for at in range(lines)
        for valid in halves
    )
    numbers = tuple(
        StatVersion(f"{1000_0000 + at}10", EVER, known, ("kg",) if at % 2 else (), EDITION.id)
        for at in range(statistical)
        for known in halves
    )
    return rate_lines, numbers


def atlantis() -> ImporterLaw:
    """Give the whole law of Atlantis."""
    lines, statistical = schedule()
    valid = period(JAN)
    return ImporterLaw(
        importer=IMPORTER,
        facts=FACTS,
        acts=ACTS,
        programs=(_surcharge(), _base()),
        lists={},
        editions=(EDITION,),
        versions=_versions(),
        list_versions=(
            ListVersion("metals", valid, period(JAN, MAY), ENTRIES[:1]),
            ListVersion("metals", valid, period(MAY), ENTRIES),
            ListVersion("empty", EVER, EVER, ()),
        ),
        lines=lines,
        statistical=statistical,
    )


def changed(law: ImporterLaw, **fields: object) -> ImporterLaw:
    """Give a law with other fields."""
    return msgspec.structs.replace(law, **fields)


DOCUMENTS: Mapping[str, str] = {
    "facts.yaml": "facts: {}\n",
    "atl/importer.yaml": "importer: ATL\r\ntitle: Atlantis — “übersee”",
    "atl/lists/metals.csv": "",
}


def documents(text: str) -> dict[str, str]:
    """Give documents that differ from others in one file."""
    return {**DOCUMENTS, "atl/programs/surcharge.yaml": text}
