"""Reading official editions and making our schedule files from them."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from service.hts.build import running_steps
from service.hts.database import next_step, read_database
from service.hts.difference import apply, difference, heal, spell, without_symbols
from service.hts.editions import EditionError, EditionTable, read_edition
from service.hts.write import write_schedule
from service.law.periods import period
from service.law.schedule import Edition, LineText, Row, decode_schedule

CSV = (
    "\ufeff"
    '"HTS Number","Indent","Description","Unit of Quantity","General Rate of Duty","Special Rate of Duty",'
    '"Column 2 Rate of Duty","Quota Quantity","Additional Duties"\n'
    '"0101","0","Live horses:","","","","","",""\n'
    '"0101.21.00","2","Breeding","","Free","","Free","",""\n'
    '"0101.21.00.10","3","Males","[""No.""]","","","","",""\n'
    '"0101.30.00.00","1","Asses","[""No"",""<u>kg</u>""]","6.8%<u></u>","Free (AU, BH)","15%","",""\n'
    '"9006.59.15","1","Cameras","","Free","","20%","",""\n'
    '"9006.59.15.20","2","Of them","[""No.""]","","","20%","",""\n'
    '"9903.01.01","1","Reserved","","25%","","","",""\n'
)


def test_a_csv_edition_is_keyed_on_rate_lines(tmp_path: Path):
    path = tmp_path / "hts.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    table = read_edition(path)
    assert table.lines == {
        "01012100": LineText(("No.",), ("Free", "", "Free")),
        "01013000": LineText(("No.", "kg"), ("6.8%", "Free (AU,BH)", "15%")),
        "90065915": LineText(("No.",), ("Free", "", "20%")),
    }
    assert table.numbers == {
        "0101210010": ("No.",),
        "0101300000": ("No.", "kg"),
        "9006591520": ("No.",),
    }


def test_a_json_edition_reads_the_same(tmp_path: Path):
    record = {"htsno": "0101.30.00.00", "units": ["No."], "general": "6.8%", "special": "", "other": "15%"}
    blank: dict[str, object] = {"htsno": "", "units": [], "general": None, "special": None, "other": None}
    path = tmp_path / "hts.json"
    path.write_text(json.dumps([blank, record]), encoding="utf-8")
    assert read_edition(path).lines == {"01013000": LineText(("No.",), ("6.8%", "", "15%"))}


@pytest.mark.parametrize(
    ("name", "content"),
    [("hts.json", "[]"), ("hts.json", '[{"code": 1}]'), ("hts.json", "{"), ("hts.csv", "a,b\n1,2\n")],
)
def test_a_file_that_is_not_an_edition_is_refused(tmp_path: Path, name: str, content: str):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EditionError, match=name):
        read_edition(path)


# --- differences -----------------------------------------------------------------------------------------

EDITION = Edition("e2", date(2025, 1, 1), date(2025, 1, 1), "Second")


def line(general: str, special: str = "", column2: str = "20%", units: tuple[str, ...] = ("kg",)) -> LineText:
    return LineText(units, (general, special, column2))


def table(numbers: dict[str, tuple[str, ...]] | None = None, **lines: LineText) -> EditionTable:
    return EditionTable({code.removeprefix("c"): text for code, text in lines.items()}, numbers or {})


def test_spelling_is_not_a_change():
    before = table(c1=line("$1.030/kg", "Free (AU,BH) 0.70% (KR)"), c2=line("3.9% on the case"))
    after = table(c1=line("$1.03/kg", "0.7% (KR) Free (BH,AU)"), c2=line("3.9% on case"))
    assert difference(before, after, EDITION) == []


def test_what_changed_is_told_once():
    before = table({"x1": ("kg",), "x2": ("kg",)}, c1=line("5%"), c2=line("5%"), c3=line("5%", "Free (AU)"))
    after = table({"x1": ("No.",), "x3": ("kg",)}, c1=line("6%"), c3=line("5%", "Free (AU,KR)"), c4=line("1%"))
    rows = difference(before, after, EDITION)
    assert [(row.code, row.text and row.text.columns[:2], row.text and row.text.units) for row in rows] == [
        ("1", ("6%", ""), ("kg",)),
        ("2", None, None),
        ("3", ("5%", "Free (AU,KR)"), ("kg",)),
        ("4", ("1%", ""), ("kg",)),
        ("x1", ("", ""), ("No.",)),
        ("x2", None, None),
        ("x3", ("", ""), ("kg",)),
    ]
    assert {row.period for row in rows} == {period(date(2025, 1, 1))}


def test_applying_the_difference_gives_the_next_edition():
    before = EditionTable({"01012100": line("5%"), "01012900": line("5%")}, {"0101210010": ("kg",)})
    after = EditionTable({"01012100": line("6%")}, {"0101210020": ("kg",)})
    assert apply(before, difference(before, after, EDITION)) == after


def test_a_row_with_an_end_does_not_reach_the_next_edition():
    row = Row("01012100", "e2", period(date(2025, 1, 1), date(2025, 7, 1)), line("9%"))
    before = EditionTable({"01012100": line("5%")}, {})
    assert apply(before, [row]) == before


def test_a_code_left_out_once_is_kept_and_one_printed_once_is_dropped():
    full = table({"a": ("kg",)}, c1=line("5%"), c2=line("5%"))
    slip = table({"b": ("kg",)}, c1=line("5%"), c3=line("5%"))
    days = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
    assert heal([full, slip, full], days)[1] == full
    later = [date(2025, 1, 1), date(2025, 2, 1), date(2026, 3, 1)]
    assert set(heal([full, slip, full], later)[1].lines) == {"1", "2", "3"}


def test_the_usual_spelling_of_a_rate_is_used_everywhere():
    odd = table(c1=line("0.70%", "0.70% (KR)"), c2=line("Free, under bond"))
    usual = table(c1=line("0.7%"), c2=line("0.7%"), c5=line("0.7%"), c3=line("Free"), c4=line("Free"))
    assert spell([odd, usual])[0].lines == {
        "1": line("0.7%", "0.7% (KR)"),
        "2": line("Free, under bond"),
    }


def test_program_symbols_can_be_taken_out():
    text = line("5%", "Free (AU,CA,MX) 1% (CA) 2% (KR)")
    assert without_symbols(text, ("CA", "MX")) == line("5%", "Free (AU) 2% (KR)")


@pytest.mark.parametrize(
    ("general", "step"),
    [("0.7%", "0.3%"), ("2.4%", "1.2%"), ("8¢ each + 0.7%", "4¢ each + 0.3%"), ("See heading 2009", None)],
)
def test_the_next_of_equal_steps_is_cut_to_a_tenth(general: str, step: str | None):
    assert next_step(general) == step


def test_the_annual_database_gives_the_texts_of_a_day(tmp_path: Path):
    head = "hts8,mfn_text_rate,col1_special_text,col2_text_rate,begin_effect_date,end_effective_date\n"
    rows = (
        "01029000,2 cents/kg,,5.5 cents/kg,1/1/2016 0:00:00,6/30/2017 0:00:00\n"
        '01029000,1 cents/kg,"Free (A+, BH) 0.2\xa2/kg (AU)",$1.32/pf. liter 1/,7/1/2017 0:00:00,'
        "12/31/2050 0:00:00\n"
        "84564090,0.022,,30%,1/1/2017 0:00:00,12/31/2050 0:00:00\n"
        "99030101,25%,,,1/1/2017 0:00:00,12/31/2050 0:00:00\n"
    )
    path = tmp_path / "database.txt"
    path.write_bytes((head + rows).encode("latin-1"))
    lines = read_database(path, date(2018, 1, 1))
    assert sorted(lines) == ["01029000", "84564090"]
    assert lines["01029000"].general == "1¢/kg"
    assert lines["01029000"].special == "Free (A+,BH) 0.2¢/kg (AU)"
    assert lines["01029000"].column2 == "$1.32/pf. liter"
    assert lines["84564090"].general == "2.2%"


# --- writing ---------------------------------------------------------------------------------------------


def test_editions_that_change_nothing_are_named_by_the_one_before(tmp_path: Path):
    first = Edition("2025-basic", date(2024, 12, 31), date(2025, 1, 1), "Basic", note='a "note": yes')
    names = ("2025-rev-1", "2025-rev-2", "2025-rev-3")
    later = [Edition(name, date(2025, at, 1), date(2025, at, 1), name) for at, name in enumerate(names, 2)]
    one = EditionTable({"01012100": line("5%", "Free (AU,BH)")}, {"0101210010": ("No.", "kg")})
    two = EditionTable({"01012900": line("5%")}, {})
    steps = running_steps([], zip((first, *later), (one, one, two, two), strict=True))
    assert [(edition.id, edition.unchanged) for edition, _ in steps] == [
        ("2025-basic", ("2025-rev-1",)),
        ("2025-rev-2", ("2025-rev-3",)),
    ]
    (tmp_path / "stale.csv").write_text("old", encoding="utf-8")
    write_schedule(tmp_path, steps)
    tables = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv")}
    schedule = decode_schedule((tmp_path / "editions.yaml").read_text(encoding="utf-8"), tables)
    assert list(schedule.editions) == [edition for edition, _ in steps]
    assert list(schedule.rows) == [row for _, rows in steps for row in rows]
