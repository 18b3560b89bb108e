"""The brackets of subchapter IV of chapter 99 (9904), against the figures of the official schedule.

``farm-brackets.csv`` states, per heading, what HTS 2026 revision 10 prints: the unit, from which value per unit the
bracket goes and below which (USD), and the amount per unit (USD; empty where no additional duty is owed). 9904.19.03
prints its upper end with a dollar and a cent sign; the next heading starts at the dollar amount.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from service.law.conditions import UnitValue
from service.law.rate_text import rate_text
from service.law.rates import ByReference
from tests.shipped import laws

TABLE = Path(__file__).parent / "farm-brackets.csv"

Row = tuple[str, Decimal, Decimal | None, str]
"""Unit, lower end, upper end, rate."""


def printed() -> dict[str, Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            row["heading"]: (
                row["per"],
                Decimal(row["from"] or 0),
                Decimal(row["below"]) if row["below"] else None,
                f"{row['amount']} USD/{row['per']}" if row["amount"] else "exempt",
            )
            for row in csv.DictReader(file)
        }


def test_every_bracket_is_as_printed_on_every_day_and_in_both_views():
    headings = {
        m.id: m.heading for p in laws()["US"].programs if p.id == "us/agricultural-safeguards" for m in p.measures
    }
    encoded: dict[str, set[Row]] = {}
    for version in laws()["US"].versions:
        bracket = version.terms.when
        if version.program == "us/agricultural-safeguards" and isinstance(bracket, UnitValue):
            heading = headings[version.measure]
            assert bracket.heading == heading
            row = (bracket.unit, bracket.low, bracket.high, rate_text(version.terms.rate))
            encoded.setdefault(heading, set()).add(row)
    assert encoded == {heading: {row} for heading, row in printed().items()}
    assert len(encoded) == 414


def test_the_most_that_undeclared_figures_may_owe_is_the_dearest_bracket():
    table = printed()
    program = next(p for p in laws()["US"].programs if p.id == "us/agricultural-safeguards")
    beneath = [v for v in laws()["US"].versions if v.program == program.id and v.terms.when is None]
    assert len({v.measure for v in beneath}) == 50
    for version in beneath:
        rate = version.terms.rate
        assert isinstance(rate, ByReference)
        assert rate.at_most is not None
        amounts = [Decimal(table[heading][3].split()[0]) for heading in rate.see if table[heading][3] != "exempt"]
        assert [s.amount for s in rate.at_most.specific] == [max(amounts)]
        assert {s.per.unit for s in rate.at_most.specific} == {table[heading][0] for heading in rate.see}
