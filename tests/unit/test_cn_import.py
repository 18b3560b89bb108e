"""Reading tables of the tariff of China, laying them over the schedule files, and the files that are shipped."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from service.cn.importing import ABOUT, ImportRefused, import_tariff, read_schedule, write
from service.cn.reading import COLUMNS, NOT_STATED, TariffError, read_tariff, table_of
from service.hts.importing import state_of
from service.hts.write import EDITIONS, editions_yaml
from service.law.periods import FOREVER
from service.law.rate_text import parse_rate
from service.law.rates import Form
from service.law.schedule import LineText, LineVersion, ScheduleFile
from tests.shipped import LAW

SHIPPED = LAW / "cn" / "schedule"
PUBLISHED, FIRST = date(2026, 12, 30), date(2027, 1, 1)
HEAD = "code,mfn,provisional\n"


@pytest.fixture(scope="module")
def schedule() -> ScheduleFile:
    return read_schedule(SHIPPED)


@pytest.fixture(scope="module")
def state(schedule: ScheduleFile) -> dict[str, LineText]:
    return dict(state_of(schedule).lines)


@pytest.fixture(scope="module")
def versions(schedule: ScheduleFile) -> list[LineVersion]:
    lines, numbers = schedule.fold()
    assert numbers == []
    return lines


def tariff(state: Mapping[str, LineText], changed: Mapping[str, tuple[str, str]]) -> str:
    """Write a whole tariff: every line in force at the rate it has, save those changed."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("code", "description", "mfn", "provisional"))
    for code, text in state.items():
        applied, mfn, provisional = text.columns
        stated = changed.get(code, (mfn or (applied if "%" in applied else "7"), provisional))
        writer.writerow((f"{code[:4]}.{code[4:6]}.{code[6:]}", "goods", *stated))
    return out.getvalue()


def copied(folder: Path) -> Path:
    for path in SHIPPED.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


# --- reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("22083000,10,5", ("5%", "10%", "5%")),
        ("2208.30.00,10%,", ("10%", "10%", "")),
        ("22083000, 6.50 ,0", ("0%", "6.5%", "0%")),
        ("22083000,1.3 CNY/kg,", ("1.3 CNY/kg", "1.3 CNY/kg", "")),
        ("22083000,3.2 CNY/kg + 10%,5", ("5%", "3.2 CNY/kg + 10%", "5%")),
        ("22083000,,", (NOT_STATED, "", "")),
        ("22083000,,4", ("4%", "", "4%")),
    ],
)
def test_the_provisional_rate_is_applied_where_there_is_one(row: str, columns: tuple[str, ...]):
    assert table_of("t.csv", HEAD + row) == {"22083000": LineText((), columns)}


def test_a_rate_that_is_not_stated_is_no_number():
    assert not isinstance(parse_rate(NOT_STATED, currency="CNY"), Form)


@pytest.mark.parametrize("head", ["HS_Code,MFN_rate,x,Provisional_Rate", "税则号列,最惠国税率,x,暂定税率"])
def test_columns_are_found_by_their_names(head: str, tmp_path: Path):
    for name, data in {
        "t.csv": f"{head}\n22083000,10,whisky,5\n\n".encode(),
        "t.csv.gz": gzip.compress(f"{head}\n22083000,10,whisky,5\n".encode("utf-8-sig")),
    }.items():
        (tmp_path / name).write_bytes(data)
        assert read_tariff(tmp_path / name) == {"22083000": LineText((), ("5%", "10%", "5%"))}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "2208300,10,", "line 2: code: '2208300' is not a code of 8 digits"),
        (HEAD + "2208300010,10,", "line 2: code: '2208300010' is not a code of 8 digits"),
        (HEAD + "22083000,ten,", "line 2: mfn: 'ten' is not a rate"),
        (HEAD + "22083000,-10,", "line 2: mfn: '-10' is not a rate"),
        (HEAD + "22083000,$5/kg,", "line 2: mfn: '$5/kg' is not a rate"),
        (HEAD + "22083000,5 USD/kg,", "line 2: mfn: '5 USD/kg' is not a rate"),
        (HEAD + "22083000,10,see note", "line 2: provisional: 'see note' is not a rate"),
        (HEAD + "22083000,5,10", "line 2: provisional: 10% is more than the MFN rate of 5%"),
        (HEAD + "22083000,10", "line 2: 2 fields instead of 3"),
        (HEAD + "22083000,10,\n2208.30.00,5,", "line 3: code: 2208.30.00 stands in the table twice"),
        ("code,mfn\n22083000,10", "line 1: no column named provisional"),
        ("code,mfn,mfn_rate,provisional\n", "line 1: 2 columns named mfn"),
        (HEAD, "t.csv has no rows"),
        ("", "no column named code"),
    ],
)
def test_a_bad_table_is_refused_and_told_by_line_and_field(text: str, said: str):
    with pytest.raises(TariffError) as caught:
        table_of("t.csv", text)
    assert said in str(caught.value)


def test_every_bad_row_is_told_up_to_some():
    with pytest.raises(TariffError) as caught:
        table_of("t.csv", HEAD + "\n".join(f"{code},x," for code in range(22083000, 22083030)))
    assert str(caught.value).count("is not a rate") == 20
    assert "(10 more bad rows)" in str(caught.value)


# --- laying over -----------------------------------------------------------------------------------------


def test_a_tariff_changes_the_rates_from_its_day_and_takes_the_marks_off(
    schedule: ScheduleFile, state: dict[str, LineText], tmp_path: Path
):
    assert state["61091000"].approximate
    lines = table_of("t.csv", tariff(state, {"87032341": ("12", ""), "12019011": ("3", "1")}))
    del lines["22083000"]
    done = import_tariff(schedule, lines, "t.csv", published=PUBLISHED, start=FIRST, release="tariff-2027")
    assert done.summary.startswith("tariff-2027: ")
    assert ", 1 of them gone, from 2027-01-01" in done.summary
    write(copied(tmp_path), done)
    again = read_schedule(tmp_path)
    assert state_of(again).lines == lines
    assert (again.editions[-1].published, again.editions[-1].start) == (PUBLISHED, FIRST)
    rates = {
        (v.valid.first, v.known.first): (v.text.columns, v.text.approximate)
        for v in again.fold()[0]
        if v.code == "12019011" and v.valid.until == FOREVER
    }
    assert rates[FIRST, PUBLISHED] == (("1%", "3%", "1%"), False)
    assert rates[FIRST, date(2025, 12, 31)] == (("3%", "3%", ""), False)


def test_the_same_tariff_twice_changes_nothing(schedule: ScheduleFile, state: dict[str, LineText], tmp_path: Path):
    lines = table_of("t.csv", tariff(state, {"87032341": ("12", "")}))
    write(copied(tmp_path), import_tariff(schedule, lines, "t.csv", published=PUBLISHED))
    once = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    done = import_tariff(read_schedule(tmp_path), lines, "t.csv", published=PUBLISHED)
    assert (dict(done.files), done.summary) == ({}, "2026-12-30: in the schedule already, with the same rates")
    write(tmp_path, done)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == once
    other = import_tariff(read_schedule(tmp_path), lines, "u.csv", published=PUBLISHED, release="again")
    assert other.summary == "again: nothing changed"
    assert list(other.files) == [EDITIONS]
    with pytest.raises(ImportRefused, match="2026-12-30 is in the schedule already, with other rates"):
        import_tariff(read_schedule(tmp_path), {**lines, "87032341": lines["12019011"]}, "t.csv", published=PUBLISHED)


def test_what_cannot_be_the_whole_tariff_is_refused(schedule: ScheduleFile, state: dict[str, LineText]):
    lines = table_of("t.csv", tariff(state, {}))
    part = dict(list(lines.items())[:1000])
    with pytest.raises(ImportRefused, match="it is not the whole tariff"):
        import_tariff(schedule, part, "t.csv", published=PUBLISHED)
    empty = {**lines, **dict.fromkeys(list(lines)[:200], LineText((), (NOT_STATED, "", "")))}
    with pytest.raises(ImportRefused, match="states no rate for 200 of its"):
        import_tariff(schedule, empty, "t.csv", published=PUBLISHED)
    with pytest.raises(ImportRefused, match="import in order"):
        import_tariff(schedule, lines, "t.csv", published=date(2025, 1, 1))
    with pytest.raises(ImportRefused, match="is no name for a tariff"):
        import_tariff(schedule, lines, "t.csv", published=PUBLISHED, release="../2027")


def test_files_that_cannot_be_written_leave_the_schedule_as_it_was(
    schedule: ScheduleFile, state: dict[str, LineText], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    done = import_tariff(schedule, table_of("t.csv", tariff(state, {})), "t.csv", published=PUBLISHED)
    before = {path.name: path.read_bytes() for path in copied(tmp_path).iterdir()}

    def full(path: Path, text: str, encoding: str) -> int:
        path.write_bytes(text[:100].encode(encoding))
        if path.name.startswith(EDITIONS):
            raise OSError("no space left")
        return 100

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="no space left"):
        write(tmp_path, done)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# --- the shipped files -----------------------------------------------------------------------------------


def test_the_shipped_list_of_editions_is_written_as_it_is(schedule: ScheduleFile):
    written = editions_yaml(schedule.editions, columns=COLUMNS, about=ABOUT)
    assert written == (SHIPPED / EDITIONS).read_text("utf-8")


def test_the_applied_rate_is_the_provisional_one_or_the_mfn_rate(versions: list[LineVersion]):
    for version in versions:
        applied, mfn, provisional = version.text.columns
        if provisional or mfn:
            assert applied == (provisional or mfn), version
        if provisional and mfn:
            assert Decimal(provisional.rstrip("%")) < Decimal(mfn.rstrip("%")), version


def test_every_rate_is_a_percentage_or_says_that_it_is_not_known(versions: list[LineVersion]):
    for version in versions:
        for text in filter(None, version.text.columns):
            rate = parse_rate(text, currency="CNY")
            assert isinstance(rate, Form) or text.endswith("not known here"), version
            if isinstance(rate, Form):
                assert rate == Form(percent=rate.percent), version


def test_what_no_source_vouches_for_is_marked(versions: list[LineVersion]):
    firm = [v for v in versions if v.known.until == FOREVER and not v.text.approximate and "%" in v.text.columns[0]]
    between = [v for v in firm if v.valid.end is None or v.valid.end > date(2019, 7, 1)]
    assert {v.edition for v in between} == {"2026", "2026-no-1"}
    assert all(v.valid.first is not None and v.valid.first >= date(2026, 1, 1) for v in between)
    assert len({v.code for v in between}) == 1021 - 4 - 28  # four without a rate, 28 with a part at another rate


def test_numbers_of_2018_and_of_2022_meet_without_a_gap(versions: list[LineVersion]):
    today = [v for v in versions if v.known.until == FOREVER]
    ended = {v.code for v in today if v.valid.end == date(2022, 1, 1)} - {
        v.code for v in today if v.valid.first == date(2022, 1, 1)
    }
    begun = {v.code for v in today if v.valid.first == date(2022, 1, 1)}
    assert {"12019010", "87037000", "85414010"} <= ended
    assert {"12019011", "12019019", "87037011", "85414200"} <= begun
    assert not ended & begun
