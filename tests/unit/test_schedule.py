"""The base schedule: its files, its fold in two clocks, and the schedule of the United States as committed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.law.periods import ALWAYS, FOREVER, Period
from service.law.rate_text import parse_rate, parse_special
from service.law.rates import ByReference, Unresolved
from service.law.schedule import (
    Edition,
    LineText,
    LineVersion,
    Row,
    ScheduleError,
    ScheduleFile,
    StatVersion,
    decode_schedule,
    fold_lines,
)

V = TypeVar("V", LineVersion, StatVersion)
Folded = tuple[list[LineVersion], list[StatVersion]]

EDITIONS = """\
columns: [general, special, column2]
editions:
  - id: first
    published: 2017-12-22
    from: 2018-01-01
    title: First
  - id: second
    published: 2018-06-15
    from: 2018-07-01
    title: Second
    note: why
    files: [a.csv]
    unchanged: [third]
"""
HEAD = "code,from,until,units,general,special,column2,mark\n"
TABLES = {
    "first.csv": HEAD + "01012100,,,No.,Free,,Free,\n0101210010,,,No.;kg,,,,\n01019000,,,,5%,,20%,\n",
    "second.csv": HEAD + '01012100,2018-05-01,2019-01-01,No.,"2%",Free (S),Free,approximate\n01019000,,,,,,,gone\n',
}


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def test_an_edition_overwrites_the_days_its_rows_cover():
    schedule = decode_schedule(EDITIONS, TABLES)
    lines, numbers = schedule.fold()
    june = day("2018-06-15")
    assert [(v.code, v.valid, v.known, v.text.columns[0]) for v in lines] == [
        ("01012100", Period(day("2018-05-01"), day("2019-01-01")), Period(june), "2%"),
        ("01012100", Period(day("2018-01-01"), day("2018-05-01")), Period(ALWAYS), "Free"),
        ("01012100", Period(day("2018-05-01"), day("2019-01-01")), Period(ALWAYS, june), "Free"),
        ("01012100", Period(day("2019-01-01")), Period(ALWAYS), "Free"),
        ("01019000", Period(day("2018-01-01"), day("2018-07-01")), Period(ALWAYS), "5%"),
        ("01019000", Period(day("2018-07-01")), Period(ALWAYS, june), "5%"),
    ]
    assert [(v.code, v.valid, v.units) for v in numbers] == [("0101210010", Period(day("2018-01-01")), ("No.", "kg"))]
    assert lines[0].text.approximate
    assert not lines[1].text.approximate


def test_editions_keep_what_was_said_about_them():
    first, second = decode_schedule(EDITIONS, TABLES).editions
    assert (first.published, first.start, first.title) == (date(2017, 12, 22), date(2018, 1, 1), "First")
    assert (second.note, second.files, second.unchanged) == ("why", ("a.csv",), ("third",))


# --- against an oracle that paints one cell per valid day and known day ----------------------------------

_DAYS = 12
_BASE = date(2020, 1, 1).toordinal()

_spans = st.tuples(st.integers(0, _DAYS - 1), st.integers(1, _DAYS)).map(
    lambda pair: Period(_BASE + pair[0], FOREVER if pair[0] + pair[1] > _DAYS else _BASE + sum(pair))
)
_rows = st.lists(st.tuples(_spans, st.booleans()), max_size=3)
_published = st.lists(st.integers(0, _DAYS - 1), min_size=1, max_size=5).map(sorted)


@given(_published, st.data())
def test_the_fold_equals_painting_day_by_day(published: list[int], data: st.DataObject):
    editions = [
        Edition(f"e{at}", date.fromordinal(_BASE + day), date.fromordinal(_BASE), "")
        for at, day in enumerate(published)
    ]
    rows: list[Row] = []
    painted: dict[tuple[int, int], str | None] = {}
    for at, edition in enumerate(editions):
        taken: list[Period] = []
        for span, gone in data.draw(_rows):
            if any(span & other for other in taken):
                continue
            taken.append(span)
            mark = f"{edition.id}/{len(rows)}"
            rows.append(Row("01", edition.id, span, None if gone else LineText((), (mark,))))
            first = 0 if at == 0 else published[at]
            for known in range(first, _DAYS):
                for valid in range(_DAYS):
                    if _BASE + valid in span:
                        painted[valid, known] = None if gone else mark
    lines, _ = fold_lines(editions, rows, line=2)
    for valid in range(_DAYS):
        for known in range(_DAYS):
            found = [v for v in lines if _BASE + valid in v.valid and _BASE + known in v.known]
            assert len(found) <= 1
            assert (found[0].text.columns[0] if found else None) == painted.get((valid, known))
    for at, one in enumerate(lines):
        for two in lines[at + 1 :]:
            assert not (one.valid & two.valid and one.known & two.known)


# --- files that cannot be right --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("published: 2018-06-15", "published: 2018-6-15", 8, "not a day"),
        ("published: 2018-06-15", "published: 2016-01-01", 7, "before the edition above"),
        ("id: second", "id: first", 7, "listed twice"),
        ("note: why", "remark: why", 11, "unknown key 'remark'"),
        ("    title: Second\n", "", 7, "'title' is missing"),
        ("[general, special, column2]", "[general, general]", 1, "once"),
        ("files: [a.csv]", "files: a.csv", 12, "expected a list"),
        ("title: Second", "title: [x]", 10, "expected a text"),
        ("title: Second", "title: Second\n    title: Third", 11, "twice"),
        ("columns:", "columns: [", 2, "YAML"),
    ],
)
def test_errors_in_the_list_of_editions_name_the_line(old: str, new: str, line: int, words: str):
    with pytest.raises(ScheduleError, match=words) as caught:
        decode_schedule(EDITIONS.replace(old, new), TABLES)
    assert (caught.value.file, caught.value.line) == ("editions.yaml", line)


def test_an_empty_list_of_editions():
    with pytest.raises(ScheduleError, match="empty"):
        decode_schedule("", {})
    with pytest.raises(ScheduleError, match="no editions"):
        decode_schedule("columns: [a]\neditions: []\n", {})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("01012100,,,No.,Free,,Free", "7 fields instead of 8"),
        ("0101210,,,No.,Free,,Free,", "not a code"),
        ("0101.21.00,,,No.,Free,,Free,", "not a code"),
        ("01012100,1/1/2018,,No.,Free,,Free,", "not a day"),
        ("01012100,2019-01-01,2019-01-01,No.,Free,,Free,", "ends on 2019-01-01"),
        ("01012100,,,No.,Free,,Free,went", "unknown mark 'went'"),
        ("01012100,,,No.,,,,gone", "no units and no rates"),
        ("01012100,,,No.,,,,", "without a rate"),
        ("0101210010,,,No.,Free,,,", "takes the rates of its line"),
        ("01012100,,2019-01-01,,Free,,,\n01012100,2018-12-31,,,5%,,,", "state the same days"),
    ],
)
def test_errors_in_a_table_name_the_line(row: str, words: str):
    tables = {**TABLES, "second.csv": HEAD + row + "\n"}
    with pytest.raises(ScheduleError, match=words) as caught:
        decode_schedule(EDITIONS, tables)
    assert caught.value.file == "second.csv"
    assert caught.value.line == 2 + row.count("\n")


def test_the_header_names_the_columns():
    with pytest.raises(ScheduleError, match="first line must be code,from"):
        decode_schedule(EDITIONS, {**TABLES, "second.csv": "code,from\n"})


def test_every_edition_has_its_table_and_no_table_is_left_over():
    with pytest.raises(ScheduleError, match="listed but missing"):
        decode_schedule(EDITIONS, {"first.csv": HEAD})
    with pytest.raises(ScheduleError, match="belongs to no edition"):
        decode_schedule(EDITIONS, {**TABLES, "third.csv": HEAD})


# --- the schedule of the United States -------------------------------------------------------------------

_US = Path(__file__).parents[2] / "db" / "law" / "us" / "schedule"


@pytest.fixture(scope="module")
def us():
    tables = {path.name: path.read_text(encoding="utf-8") for path in _US.glob("*.csv")}
    return decode_schedule((_US / "editions.yaml").read_text(encoding="utf-8"), tables)


@pytest.fixture(scope="module")
def folded(us: ScheduleFile):
    return us.fold()


def at(versions: Sequence[V], valid: str, known: str = "2026-06-30") -> dict[str, V]:
    found = [v for v in versions if day(valid) in v.valid and day(known) in v.known]
    assert len({v.code for v in found}) == len(found)
    return {v.code: v for v in found}


def test_decoding_and_folding_take_a_moment():
    tables = {path.name: path.read_text(encoding="utf-8") for path in _US.glob("*.csv")}
    start = time.perf_counter()
    decode_schedule((_US / "editions.yaml").read_text(encoding="utf-8"), tables).fold()
    assert time.perf_counter() - start < 2.5


@pytest.mark.parametrize(
    ("valid", "lines", "numbers"),
    [
        ("2018-06-01", 11083, 18554),
        ("2019-06-01", 11111, 18741),
        ("2020-06-01", 11111, 18849),
        ("2021-06-01", 11111, 18905),
        ("2022-06-01", 11414, 19291),
        ("2023-06-01", 11414, 19552),
        ("2024-06-01", 11414, 19552),
        ("2025-06-01", 11414, 19615),
        ("2026-06-01", 11414, 19738),
    ],
)
def test_lines_and_numbers_in_force(folded: Folded, valid: str, lines: int, numbers: int):
    rate_lines = at(folded[0], valid)
    statistical = at(folded[1], valid)
    assert (len(rate_lines), len(statistical)) == (lines, numbers)
    assert {code[:8] for code in statistical} <= set(rate_lines)


@pytest.mark.parametrize("valid", ["2018-06-01", "2020-06-01", "2022-06-01", "2024-06-01", "2026-06-01"])
def test_few_rates_stay_without_a_number(folded: Folded, valid: str):
    texts = [text for v in at(folded[0], valid).values() for text in (v.text.columns[0], v.text.columns[2]) if text]
    open_ended = sum(isinstance(parse_rate(text), Unresolved | ByReference) for text in texts)
    assert open_ended / len(texts) < 0.005


def test_every_special_cell_names_programs(folded: Folded):
    for cell in {v.text.columns[1] for v in folded[0]}:
        assert all(symbols for symbols, _ in parse_special(cell))


def _general(folded: Folded, code: str, valid: str, known: str = "2026-06-30") -> str:
    return at(folded[0], valid, known)[code].text.columns[0]


def test_the_last_step_of_the_technology_expansion_is_approximate(folded: Folded):
    assert _general(folded, "85044040", "2018-06-30") == "0.7%"
    assert _general(folded, "85044040", "2018-07-01") == "0.3%"
    assert _general(folded, "85044040", "2019-06-30") == "0.3%"
    assert _general(folded, "85044040", "2019-07-01") == "Free"
    assert len({v.code for v in folded[0] if v.text.approximate}) == 92


def test_a_reduction_of_january_2021_reaches_back_to_august(folded: Folded):
    assert _general(folded, "16042005", "2020-08-01", known="2021-01-04") == "10%"
    assert _general(folded, "16042005", "2020-08-01", known="2021-01-05") == "5%"
    assert _general(folded, "16042005", "2020-07-31", known="2021-01-05") == "10%"


def test_the_symbols_of_nafta_end_when_the_usmca_begins(folded: Folded):
    before = at(folded[0], "2020-06-30")["39269099"].text.columns[1]
    after = at(folded[0], "2020-07-01")["39269099"].text.columns[1]
    assert "CA,CL" in before
    assert ",S," not in before
    assert "CA" not in after
    assert ",S," in after


def test_the_changeover_of_2022(folded: Folded):
    assert "03051020" in at(folded[0], "2022-01-26")
    assert "03051020" not in at(folded[0], "2022-01-27")
    assert "03051020" in at(folded[0], "2022-01-27", known="2022-01-03")
    assert len(at(folded[0], "2022-01-27")) == 11414


def test_lines_of_wood_were_renumbered_in_october_2018(folded: Folded):
    assert "44031100" not in at(folded[0], "2018-09-30")
    assert "44031100" in at(folded[0], "2018-10-01")
    assert "44031000" not in at(folded[0], "2018-10-01")
