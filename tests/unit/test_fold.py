"""The fold against a brute-force oracle, one cell per valid day x known day x view, and on worked examples."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from service.law.fold import fold, fold_list, fold_measure
from service.law.periods import FOREVER, Period
from service.law.rates import EXEMPT, SILENT, SUSPENDED, Form, Rate, Silent, Total
from service.law.terms import (
    FIELDS,
    VIEWS,
    Act,
    Amendment,
    Basis,
    Concerns,
    GoodsListSource,
    GoodsPrefixes,
    ListRow,
    Measure,
    Origins,
    Patch,
    Version,
)

DAYS = range(1, 10)
"""The days of the oracle; every act and every period of the strategies lies among them, or ends never."""

LAST = DAYS[-1] + 1


# --- strategies and helpers -------------------------------------------------------------------------------


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(1, 8))
    until = draw(st.one_of(st.just(FOREVER), st.integers(start + 1, 9)))
    return Period(start, until)


ranks = st.tuples(st.integers(1, 8), st.integers(0, 2))


def act(name: str, day: int, sequence: int = 0) -> Act:
    return Act(id=name, title=name, announced=date.fromordinal(day), sequence=sequence)


def percent(number: int | str) -> Form:
    return Form(percent=Decimal(number))


def cells(rectangles: Iterable[tuple[Period, Period, Any]]) -> dict[tuple[int, int], Any]:
    """Paint rectangles on the grid of days; no cell may be painted twice."""
    painted: dict[tuple[int, int], Any] = {}
    for valid, known, value in rectangles:
        for day, seen in itertools.product(range(1, LAST + 1), range(1, LAST + 1)):
            if day in valid and seen in known:
                assert (day, seen) not in painted, f"{day}, {seen} twice"
                painted[day, seen] = value
    return painted


def assert_joined(rectangles: Sequence[tuple[Period, Period, Any]]) -> None:
    """For one known day no two stretches that touch are equal, and no rectangle continues in the next known day."""
    for (valid, known, value), (other, seen, again) in itertools.permutations(rectangles, 2):
        if value == again and valid.until == other.start:
            assert not known & seen, f"{valid} and {other} touch with {value}"
        if value == again and valid == other:
            assert known.until != seen.start, f"{known} and {seen} touch with {value}"


# --- fold -------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(ranks, periods(), st.sampled_from("abc")), max_size=8))
def test_a_cell_has_the_value_of_the_last_entry_announced_by_then(entries: list[tuple[Any, Period, str]]) -> None:
    expected = {}
    for day, known in itertools.product(range(1, LAST + 1), range(1, LAST + 1)):
        laid = [
            (rank, place, value)
            for place, (rank, valid, value) in enumerate(entries)
            if day in valid and rank[0] <= known
        ]
        if laid:
            expected[day, known] = max(laid)[2]
    found = fold(entries)
    assert cells(found) == expected
    assert_joined(found)


def test_nothing_folds_to_nothing() -> None:
    assert fold([]) == []


def test_what_an_amendment_does_not_touch_stays_one_rectangle() -> None:
    entries = [((1, 0), Period(1), "old"), ((5, 0), Period(3, 4), "new"), ((7, 0), Period(3, 4), "newer")]
    assert fold(entries) == [
        (Period(1), Period(1, 5), "old"),
        (Period(1, 3), Period(5), "old"),
        (Period(3, 4), Period(5, 7), "new"),
        (Period(4), Period(5), "old"),
        (Period(3, 4), Period(7), "newer"),
    ]


def test_only_the_last_state_of_a_day_is_known() -> None:
    entries = [((4, 1), Period(2), "second"), ((4, 0), Period(2), "first"), ((4, 1), Period(5), "third")]
    assert fold(entries) == [(Period(2, 5), Period(4), "second"), (Period(5), Period(4), "third")]


def test_the_same_value_again_changes_nothing() -> None:
    assert fold([((1, 0), Period(1), "a"), ((2, 0), Period(3, 5), "a")]) == [(Period(1), Period(1), "a")]


# --- measures ---------------------------------------------------------------------------------------------

RATES: list[Rate] = [percent(10), percent(25), EXEMPT, SILENT, SUSPENDED]
ORIGINS = [Origins(("*",)), Origins(("CN",)), Origins(("*",), ("KR",))]
GOODS = [GoodsPrefixes(("72",)), GoodsPrefixes(("73",))]


def maybe(some: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(UNSET), some)


@st.composite
def measures(draw: st.DrawFn) -> tuple[Measure, dict[str, Act]]:
    acts = {
        f"act-{n}": act(f"act-{n}", *rank) for n, rank in enumerate(draw(st.lists(ranks, min_size=1, max_size=6)))
    }
    own = Patch(
        rate=draw(maybe(st.sampled_from(RATES[:2]))),
        goods=draw(maybe(st.sampled_from(GOODS))),
        basis=draw(maybe(st.just(Basis("steel")))),
    )
    amendments = []
    for name in draw(st.lists(st.sampled_from(sorted(acts)), min_size=1, max_size=7)):
        patch = Patch(
            rate=draw(maybe(st.sampled_from(RATES))),
            origins=draw(maybe(st.sampled_from(ORIGINS))),
            goods=draw(maybe(st.sampled_from(GOODS))),
        )
        concerns: Concerns = draw(st.sampled_from(["both", "law", "collection"]))
        amendments.append(Amendment(name, draw(periods()), patch, concerns))
    return Measure("m", "9901.01.01", own, tuple(amendments)), acts


def gives_rate(measure: Measure, place: int) -> Any:
    """Return the rate an amendment gives, by the rule of the law format, or UNSET."""
    patch = measure.amendments[place].patch
    if patch.rate is not UNSET:
        return patch.rate
    if place == 0 or all(getattr(patch, field) is UNSET for field in FIELDS):
        return measure.patch.rate
    return UNSET


def oracle(measure: Measure, acts: dict[str, Act], view: str, day: int, known: int) -> Any:
    """Read the amendments as a lawyer would for one day, as known on one day: the fields, and what lies beneath."""
    heard = sorted(
        (acts[a.act].rank, place, a)
        for place, a in enumerate(measure.amendments)
        if acts[a.act].announced.toordinal() <= known and day in a.valid and view in a.views
    )
    said: dict[str, tuple[Any, str | None]] = {
        "goods": (GoodsPrefixes(()), None),
        "origins": (Origins(("*",)), None),
        "basis": (Basis(), None),
    }
    for field in said:
        own = getattr(measure.patch, field)
        said[field] = (None if field == "goods" and own is UNSET else said[field][0] if own is UNSET else own, None)
    beneath: Rate | None = None
    for _, place, amendment in heard:
        for field in ("origins", "goods"):
            value = getattr(amendment.patch, field)
            if value is not UNSET:
                said[field] = (value, amendment.act)
        rate = gives_rate(measure, place)
        if rate is not UNSET:
            said["rate"] = (rate, amendment.act)
            beneath = beneath if isinstance(rate, Silent) else rate
    if "rate" not in said or (isinstance(said["rate"][0], Silent) and beneath is None):
        return None
    rate, by = said["rate"]
    acts_named = dict.fromkeys(name for name in (by, said["goods"][1], said["origins"][1]) if name)
    goods = said["goods"][0]
    hidden = beneath if rate == SUSPENDED else None
    return (rate, goods, said["origins"][0], said["basis"][0], hidden, tuple(acts_named))


def summary(version: Version) -> Any:
    terms = version.terms
    goods = terms.goods if isinstance(terms.goods, GoodsPrefixes) else None
    return (terms.rate, goods, terms.origins, terms.basis, terms.beneath, version.acts)


@settings(max_examples=300, deadline=None)
@given(measures())
def test_each_field_of_a_measure_folds_by_itself_in_each_view(drawn: tuple[Measure, dict[str, Act]]) -> None:
    measure, acts = drawn
    versions = fold_measure("zz/p", measure, acts)
    for view in VIEWS:
        rectangles = [(v.valid, v.known, summary(v)) for v in versions if v.view == view]
        expected = {
            (day, known): value
            for day, known in itertools.product(range(1, LAST + 1), range(1, LAST + 1))
            if (value := oracle(measure, acts, view, day, known)) is not None
        }
        assert cells(rectangles) == expected
        assert_joined(rectangles)


def test_the_first_amendment_enacts_the_rate_also_when_it_names_another_field() -> None:
    measure = Measure("m", "h", Patch(rate=percent(5)), (Amendment("a", Period(3), Patch(origins=Origins(("CN",)))),))
    (collected, law) = fold_measure("zz/p", measure, {"a": act("a", 2)})
    assert (collected.valid, collected.known, collected.view) == (Period(3), Period(2), "collected")
    assert collected.terms == law.terms
    assert collected.terms.rate == percent(5)
    assert collected.acts == ("a",)


# --- goods lists ------------------------------------------------------------------------------------------

CODES = ["7201", "7202", "72020000"]


@st.composite
def lists(draw: st.DrawFn) -> tuple[GoodsListSource, dict[str, Act]]:
    acts = {
        f"act-{n}": act(f"act-{n}", *rank) for n, rank in enumerate(draw(st.lists(ranks, min_size=1, max_size=4)))
    }
    rows = draw(
        st.lists(
            st.builds(
                ListRow,
                code=st.sampled_from(CODES),
                change=st.sampled_from(["include", "exclude", "off"]),
                act=st.sampled_from(sorted(acts)),
                valid=periods(),
                attributes=st.sampled_from([(), (("rate", "5%"),)]),
            ),
            max_size=9,
        )
    )
    return GoodsListSource("goods", tuple(rows)), acts


@settings(max_examples=300, deadline=None)
@given(lists())
def test_each_code_of_a_list_folds_by_itself(drawn: tuple[GoodsListSource, dict[str, Act]]) -> None:
    source, acts = drawn
    expected: dict[tuple[int, int], Any] = {}
    for day, known in itertools.product(range(1, LAST + 1), range(1, LAST + 1)):
        held = []
        for code in CODES:
            heard = [
                (acts[row.act].rank, place, row)
                for place, row in enumerate(source.rows)
                if row.code == code and day in row.valid and acts[row.act].rank[0] <= known
            ]
            if heard and (row := max(heard, key=lambda item: item[:2])[2]).change != "off":
                held.append((row.code, row.change == "include", row.act, row.attributes))
        if held:
            expected[day, known] = tuple(held)
    versions = fold_list(source, acts)
    rectangles = [
        (v.valid, v.known, tuple((e.code, e.include, e.act, e.attributes) for e in v.entries)) for v in versions
    ]
    assert cells(rectangles) == expected
    assert_joined(rectangles)


def test_a_long_list_folds_by_batches_not_by_rows() -> None:
    """Six thousand rows of three acts become three versions, and equal contents are shared."""
    acts = {"a": act("a", 100), "b": act("b", 200), "c": act("c", 300)}
    rows = [ListRow(f"{n:08d}", "include", "a", Period(100)) for n in range(6000)]
    rows += [ListRow(f"{n:08d}", "off", "b", Period(210)) for n in range(10)]
    rows += [ListRow(f"{n:08d}", "off", "c", Period(310)) for n in range(10, 20)]
    versions = fold_list(GoodsListSource("long", tuple(rows)), acts)
    assert [(v.valid, v.known, len(v.entries)) for v in versions] == [
        (Period(100), Period(100, 200), 6000),
        (Period(100, 210), Period(200), 6000),
        (Period(210), Period(200, 300), 5990),
        (Period(210, 310), Period(300), 5990),
        (Period(310), Period(300), 5980),
    ]
    assert versions[0].entries is versions[1].entries


# --- worked examples --------------------------------------------------------------------------------------


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def span(start: str, until: str | None = None) -> Period:
    return Period(day(start), day(until) if until else FOREVER)


def dated(**announced: str) -> dict[str, Act]:
    return {name: Act(id=name, title=name, announced=date.fromisoformat(text)) for name, text in announced.items()}


def shown(versions: Iterable[Version]) -> list[tuple[Period, Period, Rate, Rate | None, str]]:
    """Return the collected view, newest knowledge last."""
    return [(v.valid, v.known, v.terms.rate, v.terms.beneath, v.acts[0]) for v in versions if v.view == "collected"]


def rate(of: str, valid: Period, rate: Rate, **fields: Any) -> Amendment:
    return Amendment(of, valid, Patch(rate=rate, **fields))


def test_example_1_a_suspension_is_extended_the_day_before_it_lapses() -> None:
    acts = dated(
        o14257="2025-04-02", o14259="2025-04-08", o14266="2025-04-09", o14298="2025-05-12", o14334="2025-08-11",
        o14358="2025-11-04",
    )  # fmt: skip
    measure = Measure(
        "china", "9903.01.63", Patch(origins=Origins(("CN", "HK", "MO"))), (
            rate("o14257", span("2025-04-09"), percent(34)),
            rate("o14259", span("2025-04-09"), percent(84)),
            rate("o14266", span("2025-04-10"), percent(125)),
            rate("o14298", span("2025-05-14"), percent(34)),
            rate("o14298", span("2025-05-14", "2025-08-12"), SUSPENDED),
            rate("o14334", span("2025-08-12", "2025-11-10"), SUSPENDED),
            rate("o14358", span("2025-11-10", "2026-11-10"), SUSPENDED),
        ),
    )  # fmt: skip
    assert shown(fold_measure("zz/reciprocal", measure, acts)) == [
        (span("2025-04-09"), span("2025-04-02", "2025-04-08"), percent(34), None, "o14257"),
        (span("2025-04-09"), span("2025-04-08", "2025-04-09"), percent(84), None, "o14259"),
        (span("2025-04-09", "2025-04-10"), span("2025-04-09"), percent(84), None, "o14259"),
        (span("2025-04-10"), span("2025-04-09", "2025-05-12"), percent(125), None, "o14266"),
        (span("2025-04-10", "2025-05-14"), span("2025-05-12"), percent(125), None, "o14266"),
        (span("2025-05-14", "2025-08-12"), span("2025-05-12"), SUSPENDED, percent(34), "o14298"),
        (span("2025-08-12"), span("2025-05-12", "2025-08-11"), percent(34), None, "o14298"),
        (span("2025-08-12", "2025-11-10"), span("2025-08-11"), SUSPENDED, percent(34), "o14334"),
        (span("2025-11-10"), span("2025-08-11", "2025-11-04"), percent(34), None, "o14298"),
        (span("2025-11-10", "2026-11-10"), span("2025-11-04"), SUSPENDED, percent(34), "o14358"),
        (span("2026-11-10"), span("2025-11-04"), percent(34), None, "o14298"),
    ]


def test_example_2_a_suspension_that_never_came_back() -> None:
    acts = dated(o14257="2025-04-02", o14266="2025-04-09", o14316="2025-07-07", o14326="2025-07-31")
    measure = Measure(
        "country", "9903.01.55", Patch(), (
            rate("o14257", span("2025-04-09"), percent(32)),
            rate("o14266", span("2025-04-10", "2025-07-09"), SUSPENDED),
            rate("o14316", span("2025-07-09", "2025-08-01"), SUSPENDED),
            rate("o14326", span("2025-08-01"), SILENT),
        ),
    )  # fmt: skip
    assert shown(fold_measure("zz/reciprocal", measure, acts)) == [
        (span("2025-04-09"), span("2025-04-02", "2025-04-09"), percent(32), None, "o14257"),
        (span("2025-04-09", "2025-04-10"), span("2025-04-09"), percent(32), None, "o14257"),
        (span("2025-04-10", "2025-07-09"), span("2025-04-09"), SUSPENDED, percent(32), "o14266"),
        (span("2025-07-09"), span("2025-04-09", "2025-07-07"), percent(32), None, "o14257"),
        (span("2025-07-09", "2025-08-01"), span("2025-07-07"), SUSPENDED, percent(32), "o14316"),
        (span("2025-08-01"), span("2025-07-07", "2025-07-31"), percent(32), None, "o14257"),
        (span("2025-08-01"), span("2025-07-31"), SILENT, None, "o14326"),
    ]


def test_examples_3_and_4_a_retroactive_carve_out_and_a_cancelled_increase_do_not_touch_each_other() -> None:
    """The origins change retroactively by three weeks; the increase known since September is put off in December."""
    acts = dated(p10976="2025-09-29", notice="2025-12-03", p12="2025-12-31")
    wide, narrow = Origins(("*",)), Origins(("*",), ("KR", "GB", "JP", "EU27"))
    upholstered = Measure(
        "upholstered", "9903.76.02", Patch(), (
            rate("p10976", span("2025-10-14"), percent(25)),
            rate("p10976", span("2026-01-01"), percent(30)),
            Amendment("notice", span("2025-11-14"), Patch(origins=narrow)),
            rate("p12", span("2026-01-01", "2027-01-01"), percent(25)),
        ),
    )  # fmt: skip
    found = [
        (v.valid, v.known, v.terms.rate, v.terms.origins, v.acts)
        for v in fold_measure("zz/wood", upholstered, acts)
        if v.view == "law"
    ]
    assert found == [
        (span("2025-10-14", "2026-01-01"), span("2025-09-29", "2025-12-03"), percent(25), wide, ("p10976",)),
        (span("2026-01-01"), span("2025-09-29", "2025-12-03"), percent(30), wide, ("p10976",)),
        (span("2025-10-14", "2025-11-14"), span("2025-12-03"), percent(25), wide, ("p10976",)),
        (span("2025-11-14", "2026-01-01"), span("2025-12-03"), percent(25), narrow, ("p10976", "notice")),
        (span("2026-01-01"), span("2025-12-03", "2025-12-31"), percent(30), narrow, ("p10976", "notice")),
        (span("2026-01-01", "2027-01-01"), span("2025-12-31"), percent(25), narrow, ("p12", "notice")),
        (span("2027-01-01"), span("2025-12-31"), percent(30), narrow, ("p10976", "notice")),
    ]
    korea = Measure(
        "kr-upholstered", "9903.76.23", Patch(), (
            rate("notice", span("2025-11-14"), Total(Decimal(15), replace=True), origins=Origins(("KR",))),
        ),
    )  # fmt: skip
    assert [(v.valid, v.known, v.terms.origins, v.acts) for v in fold_measure("zz/wood", korea, acts)] == [
        (span("2025-11-14"), span("2025-12-03"), Origins(("KR",)), ("notice",))
    ] * 2


def test_example_5_law_paused_before_it_started() -> None:
    acts = dated(o14194="2025-02-01", o14198="2025-02-03")
    measure = Measure(
        "mx-general", "9903.01.01", Patch(), (
            rate("o14194", span("2025-02-04"), percent(25)),
            rate("o14198", span("2025-02-04", "2025-03-04"), SUSPENDED),
        ),
    )  # fmt: skip
    assert shown(fold_measure("zz/fentanyl", measure, acts)) == [
        (span("2025-02-04"), span("2025-02-01", "2025-02-03"), percent(25), None, "o14194"),
        (span("2025-02-04", "2025-03-04"), span("2025-02-03"), SUSPENDED, percent(25), "o14198"),
        (span("2025-03-04"), span("2025-02-03"), percent(25), None, "o14194"),
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_a_ruling_empties_the_law_from_the_first_day_and_collection_from_its_own(view: str) -> None:
    acts = dated(order="2025-04-02", ruling="2026-02-20", customs="2026-02-23")
    measure = Measure(
        "baseline", "9903.01.25", Patch(), (
            rate("order", span("2025-04-05"), percent(10)),
            Amendment("ruling", span("2025-04-05"), Patch(rate=SILENT), "law"),
            Amendment("customs", span("2026-02-24"), Patch(rate=SILENT), "collection"),
        ),
    )  # fmt: skip
    found = [
        (v.valid, v.known, v.terms.rate, v.acts)
        for v in fold_measure("zz/reciprocal", measure, acts)
        if v.view == view
    ]
    ruling, customs = day("2026-02-20"), day("2026-02-23")
    known = day("2025-04-02")
    assert (
        found
        == {
            "law": [
                (span("2025-04-05"), Period(known, ruling), percent(10), ("order",)),
                (span("2025-04-05"), Period(ruling), SILENT, ("ruling",)),
            ],
            "collected": [
                (span("2025-04-05"), Period(known, customs), percent(10), ("order",)),
                (span("2025-04-05", "2026-02-24"), Period(customs), percent(10), ("order",)),
                (span("2026-02-24"), Period(customs), SILENT, ("customs",)),
            ],
        }[view]
    )
