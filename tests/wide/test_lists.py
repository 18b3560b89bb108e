"""Every line of the lists of Section 301, added up anew from the files.

Expected is base + list duty + IEEPA. The base is read from the schedule files, the lists from theirs; the rates of
the lists and of the IEEPA duties stand below, as the acts state them.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from service.engine.answers import Answer
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


def ieepa(code: str, day: date) -> Decimal:
    """Return 20 (EO 14228) + 10 (EO 14257, 14298) less what the orders exempt; nothing before 2025."""
    if day < date(2025, 2, 4) or code.startswith(PUBLICATIONS):
        return Decimal(0)
    return Decimal(20) + (Decimal(0) if on_list("ieepa-annex-ii", code, day) else Decimal(10))


def over_base(code: str, day: date) -> Decimal:
    return list_duty(code, day) + ieepa(code, day)


def dearest(code: str, day: date) -> Decimal:
    """Return the duty over the base; for a line, that of the dearest of its numbers."""
    below = numbers(code, day) if len(code) == 8 else []
    return max(over_base(c, day) for c in below or [code])


def listed_codes(day: date) -> list[str]:
    """Return the lines on a list, now or once, and the numbers of the lines that a list splits."""
    split = {code[:8] for name in RATES for code in goods_list(name) if len(code) == 10}
    found = {code for name in RATES for code in goods_list(name) if len(code) == 8} | split
    return sorted(found | {number for line in split for number in numbers(line, day)})


def base_of(answer: Answer) -> Decimal:
    return sum((x.ad_valorem_percent * x.share for x in answer.layers if x.authority == "MFN"), Decimal(0))


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
        base = plain_percent(text)
        counts["base ad valorem" if base is not None else "base otherwise"] += 1
        uncovered = any(w.kind == "not-covered" for w in answer.warnings)
        assumed = [str(a.assumed).replace(".", "") for a in answer.assumptions if a.fact == "statistical_number"]
        # What is not covered counts as dearest: then the number assumed is one of those, whatever its list duty.
        over = over_base(assumed[0], day) if uncovered and assumed else dearest(code, day)
        expected = (base_of(answer) if base is None else base) + over
        if uncovered:
            counts["not covered"] += 1
        said = [answer.total.ad_valorem_percent]
        if base is not None and not uncovered:
            said.append(answer.total.percent or Decimal(0))
        if said != [expected] * len(said) or (uncovered and answer.total.percent is not None):
            wrong.append((code, text, f"{expected:f}", answer.total.text))
    report(f"{day}: " + ", ".join(f"{name} {number}" for name, number in sorted(counts.items())))
    assert wrong == []
    assert counts["base ad valorem"] > 8500


def test_list_3_is_open_below_while_goods_exported_before_the_increase_arrive():
    day = date(2019, 6, 1)
    wrong = []
    seen = 0
    for line in lines(day):
        below = numbers(line, day) or [line]
        names = {list_of(c, day) for c in below}
        third = bool(names & {"s301-list3", "s301-list3-partial"})
        answer = ask(line, day)
        if answer.total.percent is None or answer.range.min is None or answer.range.max is None:
            continue
        low = min(
            (SHIPPED_BEFORE_THE_INCREASE if (list_of(c, day) or "").startswith("s301-list3") else over_base(c, day))
            for c in below
        )
        expected = (base_of(answer) + low, base_of(answer) + dearest(line, day))
        seen += third
        if (answer.range.min.percent, answer.range.max.percent) != expected:
            wrong.append((line, expected, answer.range.min.text, answer.range.max.text))
    assert wrong == []
    assert seen > 5000


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_lines_on_no_list_pay_none(day: date):
    wrong = []
    for line in lines(day):
        if any(list_of(c, day) for c in numbers(line, day) or [line]):
            continue
        answer = ask(line, day)
        levied = [x.heading for x in answer.layers if x.authority == "Section 301"]
        if levied or answer.total.ad_valorem_percent != base_of(answer) + dearest(line, day):
            wrong.append(line)
    assert wrong == []
