"""Warnings about what may be left over, out of time, or unheard of; the shipped law with one thing changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from service.law.check import check_law, errors_of
from service.law.check_codes import codes_unheard_of, rows_out_of_time
from service.law.check_orphans import days_without_base, lines_without_base, lists_never_used
from service.law.check_periods import holes
from service.law.fold import fold_measure
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.terms import Measure
from tests.shipped import laws


def law() -> ImporterLaw:
    return laws()["US"]


def changed(program: str, measure: str, **fields: Any) -> ImporterLaw:
    """Return the law with fields of a measure replaced, folded anew."""
    new: list[Measure] = []

    def measures(every: tuple[Measure, ...]) -> Iterator[Measure]:
        for one in every:
            if one.id == measure:
                new.append(replace(one, **fields))
                yield new[0]
            else:
                yield one

    programs = tuple(
        replace(p, measures=tuple(measures(p.measures))) if p.id == program else p for p in law().programs
    )
    others = tuple(v for v in law().versions if (v.program, v.measure) != (program, measure))
    return replace(law(), programs=programs, versions=(*others, *fold_measure(program, new[0], law().acts)))


def amendments(program: str, measure: str) -> Any:
    return next(m for p in law().programs if p.id == program for m in p.measures if m.id == measure).amendments


def test_the_shipped_law_has_no_holes_and_no_lists_left_over():
    assert list(holes(law())) == []
    assert list(lists_never_used(law())) == []
    assert list(rows_out_of_time(law())) == []
    assert list(days_without_base(law())) == []
    assert errors_of(check_law(law())) == []


def test_days_that_no_amendment_speaks_of_are_a_hole():
    first, *rest = amendments("us/section-301/china", "list-4a")
    ended = [replace(a, valid=Period(a.valid.start, a.valid.start + 10)) for a in (first, *rest[:-1])]
    found = list(holes(changed("us/section-301/china", "list-4a", amendments=(*ended, rest[-1]))))
    assert [str(hole) for hole in found] == [
        "measure list-4a says nothing over [2019-09-11, 2020-02-14) between two rates"
    ]
    assert found[0].measure.line > 0


def test_days_made_silent_by_an_act_are_no_hole():
    *before, last = amendments("us/section-301/china", "in-transit")
    silent = replace(before[-1], valid=Period(before[-1].valid.start, last.valid.until))
    again = replace(last, valid=Period(last.valid.until))
    assert list(holes(changed("us/section-301/china", "in-transit", amendments=(before[0], silent, again)))) == []


def test_a_code_of_no_edition_is_told_with_its_line():
    source = law().lists["s301-list1"]
    odd = replace(source.rows[0], code="84999999", line=7)
    bad = replace(law(), lists={**law().lists, "s301-list1": replace(source, rows=(odd,))})
    assert [(u.file, u.line, str(u)) for u in codes_unheard_of(bad) if u.code == "84999999"] == [
        ("us/lists/s301-list1.csv", 7, "no edition of the schedule has 84999999")
    ]


def test_a_row_out_of_the_time_of_its_code_is_told():
    source = law().lists["s301-list1"]
    row = replace(source.rows[0], code="85177000", valid=Period(738000 + 2000))
    bad = replace(law(), lists={**law().lists, "s301-list1": replace(source, rows=(row,))})
    assert [u.code for u in rows_out_of_time(bad)] == ["85177000"]


def test_a_list_that_nothing_uses_is_told():
    spare = replace(law().lists["s301-list1"], name="spare", path="us/lists/spare.csv")
    found = list(lists_never_used(replace(law(), lists={**law().lists, "spare": spare})))
    assert [(o.file, o.message) for o in found] == [("us/lists/spare.csv", "no measure uses the list spare")]


def test_a_line_without_a_rate_of_column_2_is_told():
    lacking = {o.message.split()[2] for o in lines_without_base(law())}
    assert lacking == {"90065910"}  # a slip of the editions of 2022 and 2023


def test_days_without_a_base_duty_are_an_error():
    base = law().importer.base
    late = tuple(v for v in law().versions if v.program != base)
    assert next(days_without_base(replace(law(), versions=late))).message.startswith("no base duty from")
