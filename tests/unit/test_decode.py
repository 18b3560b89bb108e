"""What is wrong in a law file is told with file, line, key, and what would be right."""

from __future__ import annotations

import contextlib
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.law.check import check_law
from service.law.conditions import AllOf, Before, ChargedUnder, Claims, FactIs, Not
from service.law.decode import decode_law
from service.law.errors import MOST_PER_FILE, LawError, LawErrors
from service.law.importer import ImporterLaw
from service.law.periods import Period, period
from service.law.rates import SILENT, SUSPENDED, Form, FromList, FromSchedule, Per, Specific, Total
from service.law.terms import Basis, GoodsList, GoodsPrefixes, Measure, Origins
from tests.unit.broken_law.tree import broken, documents

FACTS = "facts.yaml"
IMPORTER = "zz/importer.yaml"
EXTRA = "zz/programs/extra.yaml"
YIELDING = "zz/programs/yielding.yaml"
LIST = "zz/lists/extra.csv"
TABLE = "zz/schedule/2018-basic.csv"
PIECE = re.compile(r"[\w.%/-]+|\s+|.")


def errors(law: dict[str, str]) -> tuple[LawError, ...]:
    with pytest.raises(LawErrors) as caught:
        decode_law(law)
    return caught.value.errors


@pytest.fixture(scope="module")
def law() -> ImporterLaw:
    return decode_law(documents())["ZZ"]


def measure(law: ImporterLaw, program: str, name: str) -> Measure:
    return next(m for p in law.programs if p.id == program for m in p.measures if m.id == name)


# --- what is read -----------------------------------------------------------------------------------------


def test_programs_stand_in_declaration_order(law: ImporterLaw) -> None:
    assert [program.id for program in law.programs] == ["zz/extra", "zz/yielding", "zz/base"]


def test_a_measure_is_read_whole(law: ImporterLaw) -> None:
    listed = measure(law, "zz/extra", "listed")
    assert listed.heading == "9901.01.02"
    assert listed.patch.rate == FromList("rate")
    assert listed.patch.goods == GoodsList("extra")
    assert listed.patch.origins == Origins(("*",), ("pact",))
    assert listed.patch.basis == Basis("full", (("72", "steel"), ("720810", "full")))
    assert listed.patch.columns == (("other", SILENT),)
    assert listed.patch.when == AllOf((
        Not(Before("loaded_on", date(2020, 3, 10).toordinal())),
        Not(Claims(("9901.50.01", "9901.50.02"))),
    ))  # fmt: skip
    assert listed.assume == {"us_content": Decimal("0.5")}
    assert listed.classes == {"us_content": "ordinary"}


def test_none_with_an_end_is_a_suspension(law: ImporterLaw) -> None:
    enacting, suspending = measure(law, "zz/extra", "listed").amendments
    assert enacting.valid == period(date(2020, 3, 10))
    assert suspending.patch.rate == SUSPENDED
    assert suspending.valid == period(date(2020, 7, 1), date(2020, 8, 1))


def test_rates_headings_and_prefixes_are_read(law: ImporterLaw) -> None:
    duty = measure(law, "zz/yielding", "duty").patch
    assert duty.rate == Form(Decimal(5), (Specific(Decimal("0.037"), "ZZD", Per(Decimal(1), "kg")),))
    assert duty.goods == GoodsPrefixes(("72", "2203"), ("72081000",))
    relief = measure(law, "zz/yielding", "relief").patch
    assert relief.when == ChargedUnder(("9901.01.02", "9901.01.03"), owed_only=True)
    assert measure(law, "zz/base", "general").patch.rate == FromSchedule("general")
    assert measure(law, "zz/extra", "rest").amendments[1].patch.rate == Total(Decimal(15))
    assert measure(law, "zz/extra", "rest").amendments[1].concerns == "law"


def test_the_importer_is_read(law: ImporterLaw) -> None:
    importer = law.importer
    assert (importer.code, importer.currency, importer.base) == ("ZZ", "ZZD", "zz/base")
    assert importer.columns == ("general", "other")
    assert [member.country for member in importer.groups["pact"]] == ["NO", "SE", "DK"]
    assert importer.groups["pact"][2].valid == period(date(2020, 1, 1), date(2024, 1, 1))
    assert importer.not_covered[0].headings == ("9901.50.01", "9901.50.02", "9901.50.03")
    assert importer.coverage[0].verified == date(2026, 1, 1)


def test_a_list_row_keeps_only_what_it_states(law: ImporterLaw) -> None:
    rows = law.lists["extra"].rows
    assert [row.attributes for row in rows] == [
        (("rate", "25%"),), (), (("rate", "10%"), ("default", "us_content=0.1;end_use=NO")), ()
    ]  # fmt: skip
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert rows[1].code == "72081000"


def test_scalars_are_text_until_we_type_them() -> None:
    """``NO`` is Norway and not false, ``01012100`` no octal, ``9903.01`` no float and ``12:01`` no minutes."""
    law = broken(EXTRA, "origins: [far, US]", "origins: [NO]\n    goods: [01012100]\n    title: 12:01")
    law[EXTRA] = law[EXTRA].replace("heading: 9901.01.03", "heading: 9901.10")
    law[YIELDING] = law[YIELDING].replace("9901.01.02-9901.01.03", "9901.10")
    law[TABLE] += "01012100,,,No.,Free,10%,\n"
    decoded = measure(decode_law(law)["ZZ"], "zz/extra", "rest")
    assert decoded.patch.origins == Origins(("NO",))
    assert decoded.patch.goods == GoodsPrefixes(("01012100",))
    assert (decoded.heading, decoded.title) == ("9901.10", "12:01")


def test_acts_may_stand_under_one_key_or_bare() -> None:
    law = documents()
    law["zz/acts.yaml"] = law["zz/acts.yaml"].replace("acts:\n", "").replace("  schedule-act", "schedule-act")
    assert decode_law(law)["ZZ"].acts == decode_law(documents())["ZZ"].acts


def test_texts_for_people_are_ignored() -> None:
    assert set(decode_law({**documents(), "zz/programs/README.md": "# Why"})) == {"ZZ"}


# --- what is refused --------------------------------------------------------------------------------------

BROKEN = [
    # file, what stands there, what is made of it, where the error is told, key, words of the message
    (EXTRA, "order: 10", "ordr: 10", "ordr", "ordr", "unknown key; did you mean order?"),
    (EXTRA, "authority: Order", "authority: Order\norder: 7", "order: 10", "order", "stands twice; line 4"),
    (EXTRA, "title: Extra duty", "title: &x Extra", "title", "&x", "anchors are not used"),
    (EXTRA, "title: Extra duty", "title: *x", "title", "*x", "aliases are not used"),
    (EXTRA, "title: Extra duty", "title: !!str Extra", "title", "str", "tags are not used"),
    (EXTRA, "notes: [invented]", "notes: [invented", "acts", "yaml", "not readable as YAML"),
    (EXTRA, "announcements:", "---\nannouncements:", "---", "---", "one document"),
    (EXTRA, "program: zz/extra", "program: yy/extra", "program", "program", "must start with; zz/"),
    (EXTRA, "order: 10", "order: ten", "order", "order", "'ten' is not a whole number"),
    (EXTRA, "notes: [invented]", "chapter_98: never", "chapter_98", "chapter_98", "standard_but_60_full"),
    (EXTRA, "announced: 2020-03-01", "sequence: 0", "order-1", "announced", "needs the key; became public"),
    (EXTRA, "announced: 2020-03-01", "announced: 2020-3-1", "order-1", "announced", "write it as 2025-04-05"),
    (EXTRA, "announced: 2020-03-01", "announced: 2020-02-30", "order-1", "announced", "not a day of the calendar"),
    (EXTRA, "announced: 2020-03-01", "announced: 9999-12-31", "order-1", "announced", "cannot be meant"),
    (EXTRA, "order-2: {title", "schedule-act: {title", "schedule-act", "schedule-act", "given already; acts.yaml"),
    (EXTRA, "{act: order-1, from: 2020-03-10, rate: 12.5%}", "{from: 2020-03-10, rate: 12.5%}", "{from", "act",
     "a figure without an act"),
    (EXTRA, "{act: order-1, from: 2020-03-10, rate: 12.5%}", "{act: order-l, from: 2020-03-10, rate: 12.5%}",
     "order-l", "act", "no act 'order-l'; did you mean order-"),
    (EXTRA, "{act: order-1, from: 2020-03-10, rate: 12.5%}", "{act: order-1, rate: 12.5%}", "{act: order-1, rate",
     "from", "needs the key 'from'"),
    (EXTRA, "from: 2020-07-01, until: 2020-08-01", "from: 2020-07-01, until: 2020-06-01", "until: 2020-06-01",
     "until", "ends on 2020-06-01, not after its start 2020-07-01"),
    (EXTRA, "rate: 12.5%}", "rate: 1e3%}", "1e3%", "rate", "'1e3%' is not a rate that can be computed"),
    (EXTRA, "rate: 12.5%}", "rate: exmpt}", "exmpt", "rate", "did you mean exempt?"),
    (EXTRA, "rate: {total: 15%}", "rate: {total: 15}", "total: 15", "total", "write it as 12.5%"),
    (EXTRA, "rate: {total: 15%}", "rate: {totl: 15%}", "totl", "totl", "unknown kind of rate; did you mean total?"),
    (EXTRA, "rate: {total: 15%}", "rate: {total: 15%, cap: 1}", "cap: 1", "cap", "unknown key in a rate"),
    (EXTRA, "rate: {total: 15%}", "rate: {minimum: 1%}", "minimum", "minimum", "needs 'of'"),
    (EXTRA, "rate: {total: 15%}", "rate: {greater_of: [5%]}", "greater_of", "greater_of", "two rates or more"),
    (EXTRA, "rate: {total: 15%}", "rate: {schedule: genral}", "genral", "schedule", "did you mean general?"),
    (EXTRA, "columns: {other: none}", "columns: {othr: none}", "othr", "othr", "no column; did you mean other?"),
    (EXTRA, "concerns: law", "concerns: laws", "laws", "concerns", "'laws' is not one of law, collection, both"),
    (EXTRA, "goods: lists/extra", "goods: lists/extras", "lists/extras", "goods", "no list; did you mean extra?"),
    (EXTRA, "goods: lists/extra", "goods: [7208]", "from_list", "rate", "from_list needs goods that are a list"),
    (EXTRA, "{from_list: rate}", "{from_list: rates}", None, "rates", "rate is missing"),
    (EXTRA, "origins: [far, US]", "origins: [fa, US]", "[fa", "origins", "neither a country; did you mean far?"),
    (EXTRA, "origins: [far, US]", "origins: US", "origins: US", "origins", "a list: [US]"),
    (EXTRA, "origins: [far, US]", "origins: {all_but: [US]}", "all_but", "all_but", "all_except"),
    (EXTRA, "default: full}", "default: ful}", "ful}", "default", "'ful' is not a basis; did you mean full?"),
    (EXTRA, "by_code: {72: steel, 7208.10: full}, default: full", "default: full", "basis", "basis", "needs by_code"),
    (EXTRA, "7208.10: full", "72081: full", "72081", "72081", "has 5 digits, not one of 4, 6, 8"),
    (EXTRA, "{donation: true}", "{donaton: true}", "donaton", "donaton", "no fact 'donaton'; did you mean donation?"),
    (EXTRA, "{donation: true}", "{donation: yes}", "donation: yes", "donation", "neither true nor false"),
    (EXTRA, "{donation: true}", "{loaded_on: 2020-01-01}", "fact_is: {loaded_on", "loaded_on", "of type date"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{before: {donation: 2020-03-10}}", "before: {donation", "donation",
     "before asks a day; of type bool"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{below: {loaded_on: 5}}", "below", "loaded_on", "compares numbers"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{at_least: {us_content: 2}}", "us_content: 2}", "us_content",
     "from 0 to 1"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{between: {us_content: [0.5, 0.2]}}", "between", "us_content",
     "the lower first"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{befor: {loaded_on: 2020-03-10}}", "befor:", "befor",
     "unknown condition; did you mean before?"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{fact_is: {end_use: repairs}}", "repairs", "end_use",
     "one of repair, NO, other"),
    (EXTRA, "{before: {loaded_on: 2020-03-10}}", "{metal_from: {metal: steel}}", "metal_from", "countries", "needs"),
    (EXTRA, "9901.50.01-9901.50.02", "9901.50.02-9901.51.03", "9901.50.02", "claims", "last group only"),
    (EXTRA, "assume: {us_content: 0.5}", "assume: {us_content: half}", "half", "us_content", "is not a number"),
    (EXTRA, "classes: {us_content: ordinary}", "classes: {us_content: odd}", "odd", "us_content", "exceptional"),
    (EXTRA, "id: rest", "id: listed", None, "id", "a measure 'listed' already, on line"),
    (YIELDING, "exclude: [7208.10.00]", "exclude: [720.8100.0]", "720.8100.0", "exclude", "write 7208.10.00"),
    (YIELDING, "exclude: [7208.10.00]", "without: [7208]", "without", "without", "unknown key in goods"),
    (YIELDING, "    rate: 0.037 ZZD/kg + 5%\n", "", "{act: order-3, from: 2020-04-10, until", "rate",
     "names nothing and the measure has no rate"),
    (YIELDING, "program: zz/yielding", "program: zz/extra", "program", "program", "given already; extra.yaml"),
    (IMPORTER, "importer: ZZ", "importer: YY", "importer", "importer", "stands in the folder zz"),
    (IMPORTER, "line: 8", "line: 9", "codes", "line", "9 is not one of the lengths"),
    (IMPORTER, "base: zz/base", "base: zz/bas", "base", "base", "no program 'zz/bas'"),
    (IMPORTER, "time_zone: Europe/Oslo", "time_zone: Oslo time", "time_zone", "time_zone", "not a time zone"),
    (IMPORTER, "[NO, SE,", "[NOR, SE,", "NOR", "pact", "two capital letters"),
    (IMPORTER, "metal_chapters: {72: steel}", "metal_chapters: {72: iron}", "iron", "72", "steel, aluminum, copper"),
    (IMPORTER, "verified: 2026-01-01", "verfied: 2026-01-01", "verfied", "verfied", "did you mean verified?"),
    (FACTS, "type: date", "type: day", "loaded_on", "type", "'day' is not one of"),
    (FACTS, "class: ordinary, default: null, description: day", "class: ordinary, description: day", "loaded_on",
     "default", "needs the key 'default'"),
    (FACTS, "values: [camera, large], ", "", "uas", "values", "name their values"),
    (FACTS, "class: exceptional, default: 0", "class: exceptional, default: 7", "us_content", "default", "0 to 1"),
    (LIST, "code,change,act,from,until,rate", "code,act,change,from,until,rate", "code", "code", "must begin with"),
    (LIST, "7208,include,order-1", "7208,included,order-1", "7208,inc", "change", "'included' is not one of"),
    (LIST, "7208,include,order-1", "7208,include,", "7208,inc", "act", "a row without an act"),
    (LIST, "7208,include,order-1", "7208,include,order-9", "7208,inc", "act", "no act 'order-9'"),
    (LIST, "7208,include,order-1,2020-03-10", "7208,include,order-1,", "7208,inc", "from", "first day is missing"),
    (LIST, "7208,include,order-1,2020-03-10", "7208,include,order-1,10.3.2020", "7208,inc", "from", "write it as"),
    (LIST, "7208,include", "72O8,include", "72O8", "code", "digits and dots only"),
    (LIST, "7208,include", "99020000,include", "99020000", "code", "reserved chapter"),
    (LIST, "7208.10.00,exclude,order-1,2020-03-10,,,\n", "7208.10.00,exclude,order-1,2020-03-10\n", "7208.10.00",
     "code", "4 fields; every row has 7"),
    (LIST, "7208.10.00,exclude,", "7208,exclude,", "7208,exclude", "code", "stands twice; first on line 2"),
    (LIST, ",25%,", ",a quarter,", "7208,inc", "rate", "'a quarter' is not a rate"),
    (LIST, ",25%,", ",,", "7208,inc", "rate", "the rate is missing"),
    (LIST, "us_content=0.1;", "us_content=x;", "22030000", "default", "us_content: 'x' is not a number"),
    (LIST, "us_content=0.1;", "us_contend=0.1;", "22030000", "default", "did you mean us_content?"),
    (TABLE, "22030000,,,l", "2203,,,l", "2203", "schedule", "8 or more digits"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "at", "key", "words"), BROKEN, ids=lambda value: str(value)[:40])
def test_an_error_names_file_line_key_and_what_would_be_right(
    file: str, old: str, new: str, at: str | None, key: str, words: str
) -> None:
    law = broken(file, old, new)
    told = errors(law)
    if at is not None:
        place = law[file].index(new) + new.index(at) if at in new else law[file].index(at)
        line = law[file][:place].count("\n") + 1
        told = tuple(e for e in told if (e.file, e.line) == (file, line))
    matching = [e for e in told if key in e.key and all(word in e.message for word in words.split("; "))]
    assert matching, "\n".join(map(str, errors(law)))
    assert str(matching[0]).startswith(matching[0].file)


def test_missing_files_are_named() -> None:
    for path in (FACTS, IMPORTER, "zz/schedule/editions.yaml"):
        law = documents()
        del law[path]
        assert any(error.file == path and "missing" in error.message for error in errors(law)), path


def test_a_stranger_among_the_files_is_an_error() -> None:
    law = documents() | {"zz/program/extra.yaml": "a: b", "notes.txt": "x"}
    assert {e.file for e in errors(law)} == {"zz/program/extra.yaml", "notes.txt"}


def test_an_empty_list_is_an_error() -> None:
    law = documents()
    law[LIST] = law[LIST].splitlines()[0] + "\n"
    assert any(e.file == LIST and "has no rows" in e.message for e in errors(law))


def test_no_importer_at_all_is_an_error() -> None:
    assert any("no importer" in e.message for e in errors({FACTS: documents()[FACTS]}))


def test_all_errors_are_told_in_one_go_in_order() -> None:
    law = broken(EXTRA, "rate: 12.5%", "rate: much")
    law[LIST] = law[LIST].replace("25%", "lots")
    law[IMPORTER] = law[IMPORTER].replace("currency: ZZD", "currency: Z")
    told = errors(law)
    assert {e.file for e in told} == {EXTRA, LIST, IMPORTER}
    assert list(told) == sorted(told)


def test_a_shifted_column_does_not_print_thousands_of_lines() -> None:
    law = documents()
    law[LIST] += "".join(f"{n:08d},include,nobody,2020-01-01,,5%,\n" for n in range(5000))
    told = [e for e in errors(law) if e.file == LIST]
    assert len(told) == MOST_PER_FILE + 1
    assert "more errors" in told[-1].message or any("more errors" in e.message for e in told)


def test_tens_of_thousands_of_rows_are_read_once() -> None:
    """A list of forty thousand rows: equal periods are shared, and the fold works on batches."""
    law = documents()
    law[LIST] += "".join(f"{n:08d},include,order-1,2020-03-10,,5%,\n" for n in range(30_000_000, 30_040_000))
    decoded = decode_law(law)["ZZ"]
    rows = decoded.lists["extra"].rows
    assert len(rows) == 40_004
    assert rows[-1].valid is rows[-2].valid
    assert isinstance(rows[-1].valid, Period)
    assert [len(v.entries) for v in decoded.list_versions] == [40_003, 40_003, 40_002]


def test_fact_of_type_flags_is_asked_by_flag() -> None:
    law = broken(EXTRA, "{donation: true}", "{uas: camera}")
    assert measure(decode_law(law)["ZZ"], "zz/extra", "donations").patch.when == FactIs("uas", "camera")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_in_a_file_only_law_errors_come_out(data: st.DataObject) -> None:
    """Any piece of any file may be missing, or be replaced by a piece of another."""
    law = documents()
    file = data.draw(st.sampled_from(sorted(law)))
    pieces = PIECE.findall(law[file])
    place = data.draw(st.integers(0, len(pieces) - 1))
    other = PIECE.findall(law[data.draw(st.sampled_from(sorted(law)))])
    pieces[place] = data.draw(st.sampled_from(["", "null", "[]", "{}", "-", "0", "\x00", *other]))
    law[file] = "".join(pieces)
    with contextlib.suppress(LawErrors):
        for decoded in decode_law(law).values():
            check_law(decoded)
