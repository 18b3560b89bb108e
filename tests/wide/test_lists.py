"""Every line of the lists of Section 301, added up anew from the files.

Expected are the base duty, the duty of the list and the IEEPA duties, layer by layer. The base is read from the
schedule files, the lists from theirs; the rates of the lists and of the IEEPA duties stand below, as the acts state
them. Where no other authority reaches the goods, the total is held against their sum as well. What other authorities
add (section 232, section 201, farm safeguards) is counted, and must be in the total as its layers say.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest

from service.engine.answers import Answer, Layer
from service.engine.refusals import UnknownCode
from tests.shipped import ask
from tests.wide.lawfiles import general, goods_list, lines, numbers, on_list, plain_percent, report

DAYS = (date(2018, 12, 1), date(2019, 6, 1), date(2020, 3, 1), date(2025, 7, 28))

RATES = {
    # 83 FR 28710; 83 FR 40823
    "s301-list1": ("25", "25", "25", "25"),
    "s301-list2": ("25", "25", "25", "25"),
    # 83 FR 47974 at 10 percent; 84 FR 20459 at 25 from 2019-05-10
    "s301-list3-partial": ("10", "25", "25", "25"),
    "s301-list3": ("10", "25", "25", "25"),
    # 84 FR 43304 and 45821 from 2019-09-01; 85 FR 3741 at 7.5 from 2020-02-14
    "s301-list4a": ("0", "0", "7.5", "7.5"),
    # 84 FR 69447: never collected
    "s301-list4b": ("0", "0", "0", "0"),
}
TOLD_AT_LEAST = dict(zip(DAYS, (10000, 10000, 10000, 9800), strict=True))
"""How many of the listed codes the tables tell wholly, at least."""
UNLISTED_AT_LEAST = dict(zip(DAYS, (3500, 3500, 400, 400), strict=True))
"""How many lines on no list the tables tell wholly, at least."""
REVIEWED = date(2024, 9, 27)
PUBLICATIONS = ("4901", "4902", "4903", "4904", "4905", "491110", "491191")
SHIPPED_BEFORE_THE_INCREASE = Decimal(10)
"""9903.88.09: List 3 goods exported before 2019-05-10 and entered before 2019-06-15 (84 FR 20459, 84 FR 26930)."""


def list_of(code: str, day: date) -> str | None:
    """Return the list of a code; the acts put every number on one list at most."""
    found = [name for name in RATES if on_list(name, code, day)]
    assert len(found) <= 1, (code, day, found)
    return found[0] if found else None


def list_duty(code: str, day: date) -> Decimal:
    name = list_of(code, day)
    return Decimal(RATES[name][DAYS.index(day)]) if name else Decimal(0)


MINE = {
    "us/mfn": "base",
    "us/section-301/china": "list",
    "us/ieepa/fentanyl-china": "opioids",
    "us/ieepa/reciprocal": "reciprocal",
}
"""The programs whose layers are told by the tables."""
LISTS = ("9903.88.01", "9903.88.02", "9903.88.03", "9903.88.04", "9903.88.09", "9903.88.15", "9903.88.16")
"""The headings of the lists, and of List 3 goods in transit."""
REVIEW = ("9903.91.", "9903.92.")
"""The headings of the four-year review (89 FR 76581, from 2024-09-27): its goods have left the lists."""
METALS_AND_VEHICLES = "9903.01.33"
"""Frees what pays under section 232 from the reciprocal duty, for the share of the value that it states."""


class Over(NamedTuple):
    """The duties over the base that the tables give a number."""

    listed: Decimal
    opioids: Decimal
    reciprocal: Decimal


def over_base(code: str, day: date) -> Over:
    """Return the duties of a code: list, 20 (EO 14228), 10 (EO 14257, 14298) less what the orders exempt."""
    listed = list_duty(code, day)
    if day < date(2025, 2, 4) or code.startswith(PUBLICATIONS):
        return Over(listed, Decimal(0), Decimal(0))
    return Over(listed, Decimal(20), Decimal(0) if on_list("ieepa-annex-ii", code, day) else Decimal(10))


def below(code: str, day: date) -> list[str]:
    """Return the numbers of a line; of anything else, itself."""
    return (numbers(code, day) if len(code) == 8 else []) or [code]


def dearest(code: str, day: date) -> Decimal:
    """Return the duty over the base; for a line, that of the dearest of its numbers."""
    return max(sum(over_base(c, day), Decimal(0)) for c in below(code, day))


def listed_codes(day: date) -> list[str]:
    """Return the lines on a list, now or once, and the numbers of the lines that a list splits."""
    split = {code[:8] for name in RATES for code in goods_list(name) if len(code) == 10}
    found = {code for name in RATES for code in goods_list(name) if len(code) == 8} | split
    return sorted(found | {number for line in split for number in numbers(line, day)})


def levied(layers: list[Layer]) -> Decimal:
    """Return what layers add that falls on the value, in percent."""
    return sum((x.ad_valorem_percent * x.share for x in layers), Decimal(0))


class Parts:
    """The layers of an answer, sorted by what the tables tell of them."""

    def __init__(self, answer: Answer) -> None:
        standing = [x for x in answer.layers if x.replaced_by is None]
        of = {name: [x for x in standing if x.program == program] for program, name in MINE.items()}
        self.base, self.opioids, self.reciprocal = of["base"], of["opioids"], of["reciprocal"]
        self.listed = [x for x in of["list"] if x.heading in LISTS]
        self.review = [x for x in of["list"] if x.heading.startswith(REVIEW)]
        self.others = [x for x in standing if x.program not in MINE]
        self.unknown = [x for x in of["list"] if x not in self.listed and x not in self.review]
        self.all = standing

    @property
    def freed(self) -> Decimal:
        """The share of the value that 9903.01.33 frees from the reciprocal duty."""
        return sum((x.share for x in self.reciprocal if x.heading == METALS_AND_VEHICLES), Decimal(0))

    @property
    def told_by_the_tables(self) -> bool:
        """Whether the tables give the whole duty."""
        return not (self.others or self.review or self.freed)


def assumed_number(answer: Answer) -> str | None:
    """Return the number that a line was taken for."""
    found = [str(a.assumed).replace(".", "") for a in answer.assumptions if a.fact == "statistical_number"]
    return found[0] if found else None


def differs(answer: Answer, parts: Parts, base: Decimal | None, expected: Over) -> list[str]:
    """Return the layers that are not what the tables say; the base only where its text is a plain percentage."""
    wrong = []
    if base is not None and levied(parts.base) != base:
        wrong.append("base")
    if parts.unknown or (parts.review and (parts.listed or expected.listed)):
        wrong.append("section 301")
    if not parts.review and levied(parts.listed) != expected.listed:
        wrong.append("list")
    if levied(parts.opioids) != expected.opioids:
        wrong.append("opioids")
    if levied(parts.reciprocal) != expected.reciprocal * (1 - parts.freed):
        wrong.append("reciprocal")
    if parts.freed and not any(x.authority == "Section 232" for x in parts.others):
        wrong.append("freed without a duty of section 232")
    if answer.total.ad_valorem_percent != levied(parts.all):
        wrong.append("sum")
    return wrong


def kinds(parts: Parts, base: Decimal | None) -> list[str]:
    """Return the counts that an answer belongs to."""
    found = ["base ad valorem" if base is not None else "base otherwise"]
    found += ["told by the tables"] if parts.told_by_the_tables else []
    found += ["four-year review"] if parts.review else []
    found += ["freed as metal or vehicle"] if parts.freed else []
    return found + sorted({f"also {x.authority}" for x in parts.others})


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_listed_line_adds_up(day: date):
    counts: Counter[str] = Counter()
    wrong = []
    for code in listed_codes(day):
        text = general(code[:8], day)
        if text is None or general(code, day) is None:
            with pytest.raises(UnknownCode):
                ask(code, day)
            counts["not in the schedule that day"] += 1
            continue
        answer = ask(code, day)
        parts, base, number = Parts(answer), plain_percent(text), assumed_number(answer)
        counts.update(kinds(parts, base))
        # Numbers that differ: the one assumed. All the same: any of them.
        faults = differs(answer, parts, base, over_base(number or below(code, day)[0], day))
        if parts.told_by_the_tables:
            expected = levied(parts.base) + dearest(code, day)
            if answer.total.ad_valorem_percent != expected or (base is not None and answer.total.percent != expected):
                faults.append("total")
        if faults:
            wrong.append((code, text, answer.total.text, *faults))
    report(f"{day}: " + ", ".join(f"{name} {number}" for name, number in sorted(counts.items())))
    assert wrong == []
    assert counts["base ad valorem"] > 8500
    assert counts["told by the tables"] > TOLD_AT_LEAST[day]


def test_list_3_is_open_below_while_goods_exported_before_the_increase_arrive():
    day = date(2019, 6, 1)
    wrong = []
    seen = 0
    for line in lines(day):
        answer = ask(line, day)
        if answer.total.percent is None or answer.range.min is None or answer.range.max is None:
            continue
        names = {c: list_of(c, day) or "" for c in below(line, day)}
        third = any(name.startswith("s301-list3") for name in names.values())
        parts = Parts(answer)
        low = min(
            SHIPPED_BEFORE_THE_INCREASE if name.startswith("s301-list3") else sum(over_base(c, day))
            for c, name in names.items()
        )
        expected = (levied(parts.base) + low, levied(parts.base) + dearest(line, day))
        found = (answer.range.min.percent, answer.range.max.percent)
        if parts.others:
            # What another authority adds may itself be open; the goods in transit keep their reach below.
            if third and (found[1] or 0) - (found[0] or 0) < expected[1] - expected[0]:
                wrong.append((line, expected, answer.range.min.text, answer.range.max.text))
            continue
        seen += third
        if found != expected:
            wrong.append((line, expected, answer.range.min.text, answer.range.max.text))
    assert wrong == []
    assert seen > 5000


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_lines_on_no_list_pay_none(day: date):
    wrong = []
    seen = 0
    for line in lines(day):
        if any(list_of(c, day) for c in below(line, day)):
            continue
        answer = ask(line, day)
        parts = Parts(answer)
        base, number = plain_percent(general(line, day) or ""), assumed_number(answer)
        faults = differs(answer, parts, base, over_base(number or below(line, day)[0], day))
        if parts.listed or (parts.review and day < REVIEWED):
            faults.append("levied")
        if parts.told_by_the_tables:
            seen += 1
            if answer.total.ad_valorem_percent != levied(parts.base) + dearest(line, day):
                faults.append("total")
        if faults:
            wrong.append((line, answer.total.text, *faults))
    report(f"{day}: {seen} lines on no list, told by the tables")
    assert wrong == []
    assert seen > UNLISTED_AT_LEAST[day]
