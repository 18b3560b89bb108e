"""The story of a program, in order of announcement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from service.law.condition_text import condition_text
from service.law.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    BaseAtLeast,
    Before,
    Below,
    Between,
    ChargedUnder,
    Claims,
    ColumnIs,
    Condition,
    EnteredFree,
    FactIs,
    MetalAnyFrom,
    MetalFrom,
    Not,
    PreferenceIn,
    QuotaIs,
    UnitValue,
    Use,
)
from service.law.decode import decode_law
from service.law.history import Change, history
from service.law.importer import ImporterLaw
from tests.unit.broken_law.tree import documents


@pytest.fixture(scope="module")
def law() -> ImporterLaw:
    return decode_law(documents())["ZZ"]


def test_acts_and_announcements_stand_in_order_of_announcement(law: ImporterLaw) -> None:
    assert [(event.date.isoformat(), event.kind, event.id) for event in history(law, "zz/extra")] == [
        ("2020-03-01", "act", "order-1"),
        ("2020-05-01", "announcement", "threat"),
        ("2020-05-20", "withdrawal", "threat"),
        ("2020-06-01", "act", "order-2"),
    ]


def test_the_first_change_of_a_measure_tells_its_constants_too(law: ImporterLaw) -> None:
    enacting = history(law, "zz/extra")[0]
    assert enacting.citation == "Gazette 1"
    assert enacting.changes[1] == Change(
        subject="listed",
        heading="9901.01.02",
        from_=date(2020, 3, 10),
        until=None,
        concerns="both",
        says=(
            "rate: rate of the goods list",
            "goods: lists/extra",
            "origins: all but pact",
            "when: not (loaded_on before 2020-03-10) and not (claims 9901.50.01 or 9901.50.02)",
            "basis: full, steel for 72, full for 720810",
            "columns: other none",
        ),
    )


def test_a_later_act_tells_only_what_it_changed(law: ImporterLaw) -> None:
    later = history(law, "zz/extra")[3]
    assert [(change.subject, change.concerns, change.says) for change in later.changes] == [
        ("listed", "both", ("rate: suspended",)),
        ("rest", "law", ("rate: 15% less base",)),
        ("lists/extra", "both", ("off: 1 codes",)),
    ]


def test_an_unknown_program_is_a_key_error(law: ImporterLaw) -> None:
    with pytest.raises(KeyError):
        history(law, "zz/nothing")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (FactIs("donation", value=True), "donation"),
        (FactIs("donation", value=False), "donation is false"),
        (FactIs("end_use", "repair"), "end_use is repair"),
        (AtLeast("us_content", Decimal("0.20")), "us_content at least 0.20"),
        (Below("metal_weight_share", Decimal("0.15")), "metal_weight_share below 0.15"),
        (Between("value", Decimal(0), Decimal(800)), "value at least 0 and below 800"),
        (UnitValue("kg", "USD", Decimal("0.25"), Decimal("0.45"), "9904.02.02", ("9904.02.02",)),
         "valued at 0.25 USD or more and below 0.45 per kg"),
        (UnitValue("kg", "USD", Decimal("1.45"), None, "9904.02.08", ("9904.02.08",)),
         "valued at 1.45 USD or more per kg"),
        (Before("loaded_on", date(2025, 4, 5).toordinal()), "loaded_on before 2025-04-05"),
        (Claims(("9903.88.05",)), "claims 9903.88.05"),
        (PreferenceIn(("S", "S+")), "preference S or S+"),
        (EnteredFree(), "entered free under a preference"),
        (ColumnIs("column2"), "base duty from the column column2"),
        (BaseAtLeast(Decimal(15)), "base duty at least 15%"),
        (MetalFrom("steel", ("US",), Decimal("0.95")), "at least 95.00% of the steel from US"),
        (MetalAnyFrom("aluminum", ("RU",)), "any of the aluminum from RU"),
        (ChargedUnder(("9903.94.01",), owed_only=True), "charged under 9903.94.01, with a duty above 0"),
        (QuotaIs("psf", "over"), "quota psf: over"),
        (Use(("repair",)), "for repair"),
        (Not(EnteredFree()), "not (entered free under a preference)"),
        (AllOf((AnyOf((Use(("rd",)), Use(("repair",)))), EnteredFree())),
         "(for rd or for repair) and entered free under a preference"),
    ],
)  # fmt: skip
def test_conditions_are_told_in_words(condition: Condition, text: str) -> None:
    assert condition_text(condition) == text
